"""The life of the service's process, with a real engine: it starts, serves, stops, and says what is wrong in a line."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request

import pytest

from graph.errors import InvalidSettings
from server.listener import listen, url_of
from server.run import RESTARTING
from tests.patience import PATIENCE_SECONDS
from tests.server.command_line import Service, is_alive, said_to_people, until, vitrine
from tests.server.watching.scrape import Scrape

CURL = """\
import sys, urllib.request
words = iter(sys.argv[1:])
headers, data, url = {}, None, None
for word in words:
    if word == "-H":
        name, _, text = next(words).partition(": ")
        headers[name] = text
    elif word == "-d":
        data = next(words).encode()
    elif word != "-s":
        url = word
print(urllib.request.urlopen(urllib.request.Request(url, data, headers)).read().decode())
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that the tests of this module use one after the other."""
    return tmp_path_factory.mktemp("run") / "data"


@pytest.fixture(scope="module")
def shell_path(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A PATH with curl on it: the machine's, or where it has none a program that takes the same options."""
    path = os.environ.get("PATH", "")
    if shutil.which("curl"):
        return path
    place = tmp_path_factory.mktemp("bin")
    (place / "curl").write_text(f"#!{sys.executable}\n{CURL}")
    (place / "curl").chmod(0o755)
    return f"{place}:{path}"


def status(url: str) -> int:
    with urllib.request.urlopen(url, timeout=PATIENCE_SECONDS) as answer:  # noqa: S310 - the service
        code: int = answer.status
        return code


def answer(url: str, body: bytes | None = None) -> tuple[int, Any]:
    """The status and the document that a GET, or a POST of a body, is answered with."""
    request = Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 - the service
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as response:  # noqa: S310
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


# ---- a life ----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def service(folder: Path) -> Iterator[Service]:
    """The service, started on an empty folder."""
    with Service(folder) as started:
        yield started.until_ready()


def test_an_empty_folder_becomes_a_service_with_the_seed_in_force(service: Service) -> None:
    published, serves, in_force, *_ = service.said
    assert published.startswith("Published revision 1 from seed/ispsystem/2018-11-12, and loaded ")
    assert published.endswith(" reports of example subjects")
    assert serves == f"Vitrine serves {service.url}"
    assert in_force.startswith("Revision 1 is in force since 2018-11-12: ")
    assert status(f"{service.url}/readyz") == 200


def test_the_printed_line_answers_when_it_is_pasted(service: Service, shell_path: str, tmp_path: Path) -> None:
    assert "\n" not in service.curl
    pasted = subprocess.run(
        ["sh", "-c", service.curl],
        cwd=tmp_path,
        env={"PATH": shell_path},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
    )
    answer = json.loads(pasted.stdout)
    assert "errors" not in answer
    holdings = [edge["node"] for edge in answer["data"]["me"]["holdings"]["edges"]]
    assert len(holdings) == 3
    assert all(each["category"]["name"] and each["service"]["name"] for each in holdings)
    assert any(recipient["recipient"]["function"] for each in holdings for recipient in each["recipients"])


def test_an_answer_does_not_say_what_serves_it(service: Service) -> None:
    with urllib.request.urlopen(f"{service.url}/livez", timeout=PATIENCE_SECONDS) as answer:  # noqa: S310
        assert answer.headers["server"] is None


def test_a_command_uses_the_engine_of_the_running_service(service: Service) -> None:
    listed = vitrine("revision", "list", "--json", settings=service.settings)
    assert [each["number"] for each in json.loads(listed.stdout)["revisions"]] == [1]
    assert is_alive(service.engine_pid())


def test_a_second_service_on_the_folder_is_told_so(service: Service) -> None:
    with Service(service.folder) as second:
        assert second.wait() == 1
    assert said_to_people(second.stderr) == [
        f"the data folder {service.folder} is in use by another process ({service.process.pid}): "
        "stop that one, or set VITRINE_DATA_DIR to another folder"
    ]
    assert status(f"{service.url}/readyz") == 200


def test_a_taken_port_is_told_before_anything_is_started(service: Service, tmp_path: Path) -> None:
    port = str(urlsplit(service.url).port)
    with Service(tmp_path / "data", VITRINE_PORT=port) as second:
        assert second.wait() == 2
    assert second.stderr == f"port {port} is taken: stop what uses it, or set VITRINE_PORT\n"
    assert not (tmp_path / "data").exists()


def test_sigterm_finishes_what_was_asked_and_then_stops_everything(service: Service) -> None:
    engine = service.engine_pid()
    place = urlsplit(service.url)
    assert place.hostname is not None
    assert place.port is not None
    body = b'{"query": "{ __typename }"}'
    with socket.create_connection((place.hostname, place.port), PATIENCE_SECONDS) as asker:
        head = f"POST /graphql HTTP/1.1\r\nHost: {place.netloc}\r\nContent-Type: application/json\r\n"
        asker.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body[:5])
        assert status(f"{service.url}/livez") == 200  # by now the first request is being read
        service.send(signal.SIGTERM)
        until(lambda: refuses(place.hostname or "", place.port or 0))
        assert is_alive(engine)
        asker.sendall(body[5:])
        with asker.makefile("rb") as answer:
            assert answer.readline() == b"HTTP/1.1 200 OK\r\n"
    assert service.wait() == 0
    assert service.said[-1] == "Vitrine has stopped"
    assert said_to_people(service.stderr) == []
    assert not is_alive(engine)


def refuses(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), PATIENCE_SECONDS).close()
    except ConnectionRefusedError:
        return True
    return False


# ---- lives after it, in the same folder ------------------------------------------------------------------------------


@pytest.fixture
def used_folder(service: Service) -> Path:
    """The data folder of the service before, which has stopped."""
    if service.process.poll() is None:
        service.stop()
    return service.folder


def test_a_killed_service_takes_its_engine_with_it_and_the_next_run_finds_the_data(used_folder: Path) -> None:
    production = {
        "VITRINE_MODE": "production",
        "VITRINE_OIDC_ISSUER": "https://login.example",
        "VITRINE_OIDC_AUDIENCE": "vitrine",
        "VITRINE_OIDC_JWKS_URL": "https://login.example/keys",
    }
    with Service(used_folder, **production) as killed:
        killed.until_said("Revision 1 is in force since 2018-11-12")
        # Nobody is given a token in production mode, nor the key that signs them.
        assert len(killed.said) == 2
        url = killed.said[0].removeprefix("Vitrine serves ")
        with pytest.raises(HTTPError, match="404"):
            status(f"{url}/.well-known/jwks.json")
        engine = killed.engine_pid()
        assert killed.stop(signal.SIGKILL) == -signal.SIGKILL
    until(lambda: not is_alive(engine))
    with Service(used_folder) as again:
        again.until_ready()
        assert again.said[0] == f"Vitrine serves {again.url}"
        assert again.said[1].startswith("Revision 1 is in force since 2018-11-12")
        engine = again.engine_pid()
        # As Ctrl-C does.
        assert again.stop(signal.SIGINT) == 0
    assert again.said[-1] == "Vitrine has stopped"
    assert not is_alive(engine)


def test_an_engine_that_is_killed_is_started_again_by_the_service(used_folder: Path) -> None:
    with Service(used_folder, VITRINE_ENGINE_RESTART_SECONDS="0.1") as service:
        service.until_ready()
        for _ in range(2):
            engine = service.engine_pid()
            os.kill(engine, signal.SIGKILL)
            service.until_said("The embedded engine has ended, and is started again")
            until(lambda: answer(f"{service.url}/readyz")[0] == 503)  # what was found before serves for a second
            _, document = answer(f"{service.url}/readyz")
            assert (document["code"], document["reason"]) == ("GRAPH_UNAVAILABLE", RESTARTING)
            assert answer(f"{service.url}/livez")[0] == 200
            away, document = answer(f"{service.url}/graphql", b'{"query": "{ policy { html } }"}')
            assert (away, document["errors"][0]["message"]) == (503, RESTARTING)
            service.until_said("The embedded engine is back")
            assert service.engine_pid() != engine
            until(lambda: answer(f"{service.url}/readyz")[0] == 200)
        with urllib.request.urlopen(f"{service.url}/metrics", timeout=PATIENCE_SECONDS) as figures:  # noqa: S310
            assert Scrape(figures.read().decode())("vitrine_engine_restarts_total") == 2
        listed = vitrine("revision", "list", "--json", settings=service.settings)
        assert [each["number"] for each in json.loads(listed.stdout)["revisions"]] == [1]
        # A stop while it starts is clean.
        os.kill(service.engine_pid(), signal.SIGKILL)
        service.until_said("The embedded engine has ended, and is started again")
        engine = service.until_engine_starts()
        assert service.stop(signal.SIGINT) == 0
    assert not is_alive(engine)
    assert service.said[-1] == "Vitrine has stopped"
    logged = [json.loads(line)["event"] for line in service.stderr.splitlines() if line.startswith("{")]
    kept = [line for line in logged if "embedded engine ended" in line]
    assert kept == [
        f"embedded engine ended, restarting: exit code -9, attempt {attempt} in 0.1 s" for attempt in (1, 2, 3)
    ]
    assert said_to_people(service.stderr) == []


def test_a_stop_while_the_engine_waits_to_be_started_again_is_clean(used_folder: Path) -> None:
    """It waits for half a second at first, and the service stops at once."""
    with Service(used_folder, VITRINE_ENGINE_RESTART_SECONDS="3600") as service:
        service.until_ready()
        os.kill(service.engine_pid(), signal.SIGKILL)
        service.until_said("The embedded engine has ended, and is started again")
        assert service.stop(signal.SIGTERM) == 0
    assert service.said[-1] == "Vitrine has stopped"
    assert said_to_people(service.stderr) == []
    with Service(used_folder) as next_one:
        assert next_one.until_ready().stop() == 0


# ---- lives that do not begin -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_while_it_starts_is_clean(tmp_path: Path, number: signal.Signals) -> None:
    with Service(tmp_path / "data") as service:
        engine = service.until_engine_starts()
        assert service.stop(number) == 0
    assert said_to_people(service.stderr) == []
    assert not is_alive(engine)


def test_a_stop_before_the_libraries_are_loaded_is_clean(tmp_path: Path) -> None:
    with Service(tmp_path / "data") as service:
        until(lambda: ignores_no(service.process.pid, signal.SIGTERM))
        assert service.stop() == 0
    assert service.stderr == ""


def ignores_no(pid: int, number: signal.Signals) -> bool:
    """Whether the process has a handler for the signal."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    (caught,) = (int(line.split()[1], 16) for line in lines if line.startswith("SigCgt:"))
    return bool(caught >> (number - 1) & 1)


def test_an_engine_that_dies_while_it_starts_is_told_in_a_line(tmp_path: Path) -> None:
    with Service(tmp_path / "data") as service:
        os.kill(service.until_engine_starts(), signal.SIGKILL)
        assert service.wait() == 1
    (line,) = said_to_people(service.stderr)
    assert line.startswith("the embedded engine was killed by signal 9: ")


def test_a_folder_that_cannot_be_written_is_told_in_a_line() -> None:
    # Not even root makes a folder below a device.
    with Service(Path("/dev/null/data")) as service:
        assert service.wait() == 1
    (line,) = service.stderr.splitlines()
    assert line.startswith("cannot write in the data folder /dev/null/data (")
    assert line.endswith("): make it writable for this user, or set VITRINE_DATA_DIR to another folder")


def test_a_graph_that_is_not_there_is_told_in_a_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    graph = {"VITRINE_GRAPH_URL": f"bolt://127.0.0.1:{port}", "VITRINE_GRAPH_PASSWORD": "none"}
    with Service(tmp_path / "data", **graph) as service:
        assert service.wait() == 3
    told = [line for line in service.stderr.splitlines() if not line.startswith("{")]  # the others are logs
    assert told == [f"The graph at bolt://127.0.0.1:{port} does not answer: start it, or correct VITRINE_GRAPH_URL"]


def test_wrong_settings_are_told_a_line_each(tmp_path: Path) -> None:
    with Service(tmp_path / "data", VITRINE_PORT="http", VITRINE_HOST="::") as service:
        assert service.wait() == 2
    port, host = service.stderr.splitlines()
    assert port.startswith("VITRINE_PORT: ")
    assert host.startswith("VITRINE_HOST: ")


def test_a_host_that_is_not_this_machines_is_told_with_the_way_out() -> None:
    with pytest.raises(InvalidSettings) as raised:
        listen("192.0.2.1", 0)
    assert raised.value.message == (
        "cannot listen on the host '192.0.2.1' (Cannot assign requested address): "
        "set VITRINE_HOST to one of this machine's"
    )


@pytest.mark.parametrize(("host", "url"), [("127.0.0.1", "http://127.0.0.1:"), ("::1", "http://[::1]:")])
def test_an_address_is_written_as_urls_are(host: str, url: str) -> None:
    with listen(host, 0) as listener:
        assert url_of(listener, host) == f"{url}{listener.getsockname()[1]}"
