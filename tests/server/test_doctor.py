"""`vitrine doctor`: it tells of everything at once, with the way to mend it, and leaves everything as it was."""

from __future__ import annotations

import io
import json
import shutil
import socket
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from importlib.metadata import distribution
from pathlib import Path
from typing import NamedTuple, NoReturn

import pytest
import typer
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

import server.cli.doctor
from graph.engines.address import GraphAddress
from graph.store.database import Database, Transaction
from graph.store.migrations import LIST_APPLIED, RECORD_APPLIED
from server.watching.diagnosis import data_folder
from server.watching.diagnosis.data_folder import examine_data_folder, examine_distribution
from server.watching.diagnosis.finding import Finding, Verdict, ok
from server.watching.diagnosis.graph import examine_address, examine_graph
from server.watching.diagnosis.keys import examine_development_key, examine_issuer
from server.watching.diagnosis.listener import examine_port
from server.watching.diagnosis.settings import examine_authorities, examine_settings
from tests.graphs import dump, run
from tests.logs import logged_to
from tests.ports import free_port
from tests.server.api import Api
from tests.server.command_line import Service, settings_of, vitrine
from tests.server.issuers import EC_KEY, RSA_KEY, SHORT_RSA_KEY, issuer_served, public, rules_for

NOW = datetime(2026, 6, 1, tzinfo=UTC)
UNBUILT = "no-pages"
DELETE_MIGRATIONS = """
MATCH (m:Migration)
DELETE m
"""
DELETE_MIGRATION = """
MATCH (m:Migration {name: $name})
DELETE m
"""


class Diagnosis(NamedTuple):
    code: int
    is_ok: bool
    checks: list[dict[str, str]]

    def verdicts(self) -> list[tuple[str, str]]:
        return [(each["check"], each["verdict"]) for each in self.checks]

    def of(self, verdict: str) -> list[str]:
        return [f"{each['found']}: {each['mend']}" for each in self.checks if each["verdict"] == verdict]

    def found(self, check: str) -> str:
        return next(each["found"] for each in self.checks if each["check"] == check)


def doctor(**settings: str) -> Diagnosis:
    done = vitrine("doctor", "--json", settings={"VITRINE_WEB_DIR": UNBUILT, **settings})
    said = json.loads(done.stdout)
    assert done.stderr == ""
    return Diagnosis(done.returncode, said["ok"], said["checks"])


def tree(folder: Path) -> dict[str, tuple[int, int, bytes]]:
    """Every file below a folder: its mode, when it was written, and what is in it."""
    return {
        str(path.relative_to(folder)): (
            path.stat().st_mode,
            path.stat().st_mtime_ns,
            path.read_bytes() if path.is_file() else b"",
        )
        for path in folder.rglob("*")
    }


def test_a_check_that_goes_wrong_itself_keeps_no_other_from_being_made(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def fail(*_: object) -> NoReturn:
        raise ZeroDivisionError("nobody expected this")

    async def fail_later(*_: object) -> AsyncIterator[Finding]:
        yield ok("graph", "answers")
        fail()

    monkeypatch.setattr(server.cli.doctor, "examine_development_key", fail)
    monkeypatch.setattr(server.cli.doctor, "examine_address", fail_later)
    settings = {
        "DATA_DIR": str(tmp_path),
        "PORT": str(free_port()),
        "WEB_DIR": UNBUILT,
        "GRAPH_URL": "bolt://127.0.0.1:9",
        "GRAPH_PASSWORD": "x",
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"VITRINE_{name}", value)
    with pytest.raises(typer.Exit) as ended, logged_to(io.StringIO()):
        server.cli.doctor.doctor(json=True)
    found = [(each["check"], each["found"], each["mend"]) for each in json.loads(capsys.readouterr().out)["checks"]]
    mend = "report it: this is a mistake of ours"
    assert ended.value.exit_code == 1
    assert found[3:6] == [
        ("keys", "unexpected ZeroDivisionError", mend),
        ("graph", "answers", ""),
        ("graph", "unexpected ZeroDivisionError", mend),
    ]
    assert [check for check, *_ in found] == [
        "settings",
        "seed",
        "templates",
        "keys",
        "graph",
        "graph",
        "port",
        "clock",
    ]


# ---- whole runs ------------------------------------------------------------------------------------------------------


def test_before_the_first_start_all_is_well_and_nothing_is_made(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    diagnosis = doctor(VITRINE_DATA_DIR=str(folder), VITRINE_PORT=str(free_port()))
    assert (diagnosis.code, diagnosis.is_ok, diagnosis.of("failure"), diagnosis.of("warning")) == (0, True, [], [])
    assert [check for check, _ in diagnosis.verdicts()] == [
        "settings",
        "seed",
        "templates",
        "keys",
        "engine's files",
        "data folder",
        "disk",
        "engine",
        "graph",
        "port",
        "clock",
    ]
    assert diagnosis.found("graph") == "there is no data yet: the first start makes it"
    assert list(tmp_path.iterdir()) == []


def test_while_the_service_runs_and_after_it_has_stopped(tmp_path: Path) -> None:
    port = free_port()
    with Service(tmp_path / "data", VITRINE_PORT=str(port)) as service:
        service.until_ready()
        running = doctor(**service.settings)
        assert service.stop() == 0
    before = tree(tmp_path)
    stopped = doctor(**service.settings)
    assert tree(tmp_path) == before
    for diagnosis in (running, stopped):
        assert (diagnosis.code, diagnosis.of("failure"), diagnosis.of("warning")) == (0, [], [])
        assert diagnosis.found("schema") == "this version's"
        assert diagnosis.found("revision") == "revision 1 is in force since 2018-11-12"
        assert diagnosis.found("keys") == "development key: readable for this user alone"
    assert running.found("engine") == "runs as a child of the service"
    assert stopped.found("engine") == "can be started, and opens a copy of the data"
    assert (running.found("port"), stopped.found("port")) == (f"{port} is served by Vitrine", f"{port} is free")


def test_everything_that_is_wrong_is_told_in_one_run(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)
    manifest = tmp_path / "persisted-documents.json"
    manifest.write_text(json.dumps({"abc": "{ nothing }"}))
    unreachable = free_port()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        diagnosis = doctor(
            VITRINE_MODE="production",
            VITRINE_PROT="80",
            VITRINE_GRAPH_POOL_SIZE="many",
            VITRINE_DATA_DIR=str(folder),
            VITRINE_SEED_DIR=str(tmp_path / "none"),
            VITRINE_PORT=str(port),
            VITRINE_OIDC_ISSUER="https://login.example",
            VITRINE_OIDC_AUDIENCE="vitrine",
            VITRINE_OIDC_JWKS_URL=f"http://127.0.0.1:{unreachable}/keys",
            VITRINE_PERSISTED_DOCUMENTS=str(manifest),
            VITRINE_METRICS_TOKEN="short",
        )
    assert (diagnosis.code, diagnosis.is_ok) == (1, False)
    assert diagnosis.verdicts() == [
        ("settings", "failure"),
        ("settings", "failure"),
        ("settings", "failure"),
        ("seed", "failure"),
        ("documents", "failure"),
        ("templates", "ok"),
        ("keys", "failure"),
        ("sign-in", "warning"),
        ("graph", "not checked"),
        ("port", "failure"),
        ("clock", "ok"),
    ]
    failures = diagnosis.of("failure")
    assert failures[:3] == [
        "VITRINE_PROT is no setting: did you mean VITRINE_PORT?",
        "VITRINE_GRAPH_POOL_SIZE: 'many' is not a whole number from 1 to 10000: "
        "correct VITRINE_GRAPH_POOL_SIZE, or unset it",
        "VITRINE_METRICS_TOKEN is shorter than 16 characters: make a longer one at random",
    ]
    assert "Cannot query field 'nothing'" in failures[4]
    assert failures[5].endswith("reach that address from this machine, or correct VITRINE_OIDC_JWKS_URL")
    assert failures[6] == f"port {port} is taken: stop what uses it, or set VITRINE_PORT"
    assert all(each["mend"] for each in diagnosis.checks if each["verdict"] == "failure")
    assert "short" not in json.dumps(diagnosis.checks).replace("shorter", "")


def test_for_people_it_is_a_table(tmp_path: Path) -> None:
    settings = {"VITRINE_GRAPH_URL": f"bolt://127.0.0.1:{free_port()}", "VITRINE_GRAPH_PASSWORD": "a-secret"}
    own = {"VITRINE_PORT": "0", "VITRINE_DATA_DIR": str(tmp_path), "VITRINE_WEB_DIR": UNBUILT}
    done = vitrine("doctor", settings=settings | own)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    assert lines[0].split() == ["Check", "Found", "What", "to", "do"]
    (line,) = [line for line in lines if line.startswith("graph")]
    assert "cannot be reached (Connection refused)" in line
    assert line.rstrip().endswith("start it, open the way to it, or correct VITRINE_GRAPH_URL")
    assert lines[-1] == "6 ok, 1 failure"
    assert "a-secret" not in done.stdout


# ---- the graph -------------------------------------------------------------------------------------------------------


async def of_graph(address: GraphAddress) -> dict[str, Finding]:
    found = [each async for each in examine_graph(address, lambda: NOW, tries_writing=True)]
    return {each.check: each for each in found}


@pytest.fixture
async def applied(database: Database) -> AsyncIterator[dict[str, str]]:
    """The migrations that are applied, and again after the test."""
    names = {record["name"]: record["checksum"] for record in await database.read(LIST_APPLIED)}
    yield names
    await run(database, DELETE_MIGRATIONS)
    for name, checksum in names.items():
        await record(database, name, checksum)


async def record(database: Database, name: str, checksum: str) -> None:
    async def work(transaction: Transaction) -> None:
        await transaction.run(RECORD_APPLIED, name=name, checksum=checksum)

    await database.write(work)


async def test_a_graph_that_is_fit_is_left_as_it_was(api: Api, address: GraphAddress, applied: dict[str, str]) -> None:
    before = await dump(api.database)
    found = await of_graph(address)
    assert {check: each.verdict for check, each in found.items()} == {
        "graph": "ok",
        "write permission": "ok",
        "schema": "ok",
        "revision": "ok",
        "graph's clock": "ok",
    }
    assert await dump(api.database) == before
    assert {record["name"]: record["checksum"] for record in await api.database.read(LIST_APPLIED)} == applied


async def test_a_graph_without_a_revision(database: Database, address: GraphAddress) -> None:
    found = (await of_graph(address))["revision"]
    assert (found.verdict, found.found) == (Verdict.WARNING, "No revision has been published yet")
    assert found.mend == "start the service, which loads the seed, or publish one"


async def test_a_schema_that_is_behind_edited_or_ahead(
    database: Database, address: GraphAddress, applied: dict[str, str]
) -> None:
    *_, last = sorted(applied)
    await record(database, last, "edited")
    edited = (await of_graph(address))["schema"]
    await run(database, DELETE_MIGRATION, name=last)
    behind = (await of_graph(address))["schema"]
    await record(database, last, applied[last])
    await record(database, "9999_newer.cypher", "x")
    ahead = (await of_graph(address))["schema"]
    assert [each.verdict for each in (edited, behind, ahead)] == ["failure", "warning", "failure"]
    assert edited.found == f"{last} edited since applied"
    assert (behind.found, behind.mend) == (
        f"1 migration to be applied: {last}",
        "start the service, or run `vitrine migrate`",
    )
    assert ahead.mend == "run the version of Vitrine that was here last, or a newer one"


async def test_a_graph_that_refuses_the_credentials(address: GraphAddress) -> None:
    (found,) = (await of_graph(replace(address, password="wrong"))).values()
    assert (found.verdict, found.found) == (Verdict.FAILURE, "The graph refuses the credentials")
    assert found.mend == "check VITRINE_GRAPH_USER and VITRINE_GRAPH_PASSWORD"


async def test_a_named_graph_is_looked_at_from_the_command_line(api: Api, address: GraphAddress) -> None:
    diagnosis = doctor(**settings_of(address), VITRINE_PORT=str(free_port()))
    assert (diagnosis.code, diagnosis.of("failure")) == (0, [])
    assert diagnosis.found("revision") == "revision 1 is in force since 2018-11-12"


async def test_a_host_that_is_not_known(address: GraphAddress) -> None:
    (found,) = [each async for each in examine_address(replace(address, url="neo4j://graph.invalid"))]
    assert found.found == "neo4j://graph.invalid cannot be reached (unknown host)"


# ---- keys ------------------------------------------------------------------------------------------------------------


def test_keys_that_are_of_use() -> None:
    with issuer_served() as issuer:
        keys, clock = examine_issuer(rules_for(issuer.url))
    assert (keys.verdict, keys.found) == (Verdict.OK, "2 published (EC P-256, RSA), of use for ES256, RS256")
    assert clock.verdict is Verdict.OK


def test_keys_that_are_of_no_use() -> None:
    with issuer_served() as issuer:
        issuer.keys = [
            public(SHORT_RSA_KEY, "a", use="sig"),
            public(EC_KEY, "b", alg="ES384"),
            public(RSA_KEY, "c", use="enc"),
        ]
        keys, _ = examine_issuer(rules_for(issuer.url))
    assert keys.verdict is Verdict.FAILURE
    assert keys.found == (
        "the issuer publishes EC P-256 for ES384, RSA (enc), RSA (sig), and tokens may be signed with RS256, ES256"
    )


@pytest.mark.parametrize("body", [b"no json", b"[]", b'{"keys": 1}'])
def test_an_answer_that_is_no_key_set(body: bytes) -> None:
    with issuer_served() as issuer:
        issuer.body = body
        (keys,) = examine_issuer(rules_for(issuer.url))
    assert (keys.verdict, keys.mend) == (
        Verdict.FAILURE,
        "reach that address from this machine, or correct VITRINE_OIDC_JWKS_URL",
    )


@pytest.mark.parametrize(
    ("skew_seconds", "verdict"),
    [(0, "ok"), (10, "ok"), (20, "warning"), (-20, "warning"), (60, "failure"), (-60, "failure")],
)
def test_the_issuers_clock(monkeypatch: pytest.MonkeyPatch, skew_seconds: int, verdict: str) -> None:
    told = BaseHTTPRequestHandler.date_time_string

    def skewed(self: BaseHTTPRequestHandler, timestamp: float | None = None) -> str:
        return told(self, datetime.now(UTC).timestamp() + skew_seconds)

    monkeypatch.setattr(BaseHTTPRequestHandler, "date_time_string", skewed)
    with issuer_served() as issuer:
        _, clock = examine_issuer(rules_for(issuer.url, clock_skew_seconds=30.0))
    assert clock.verdict == verdict
    assert abs(float(clock.found.split()[0]) - skew_seconds) <= 1.5
    assert clock.found.endswith("VITRINE_OIDC_CLOCK_SKEW_SECONDS allows 30 s")


def test_a_development_key_that_others_can_read(tmp_path: Path) -> None:
    (found,) = examine_development_key(tmp_path)
    assert (found.verdict, list(tmp_path.iterdir())) == (Verdict.OK, [])
    key = tmp_path / "development" / "key.pem"
    key.parent.mkdir(mode=0o755)
    key.write_text("a key")
    (found,) = examine_development_key(tmp_path)
    assert (found.verdict, found.mend) == (Verdict.FAILURE, f"chmod 700 {key.parent}")


# ---- files, folder and port ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "verdict"), [((400, 300), "ok"), ((400, 20), "warning"), ((400, -1), "warning"), ((-1, -2), "failure")]
)
def test_authorities(tmp_path: Path, days: tuple[int, int], verdict: str) -> None:
    file = tmp_path / "authorities.pem"
    file.write_bytes(b"".join(_certificate(NOW + timedelta(days=each)) for each in days))
    (found,) = examine_authorities(file, NOW)
    assert found.verdict == verdict
    assert found.found.startswith(f"2 certificates in {file}, ")


def test_authorities_that_are_none(tmp_path: Path) -> None:
    file = tmp_path / "authorities.pem"
    file.write_text("no certificate")
    (found,) = examine_authorities(file, NOW)
    assert (found.verdict, found.found) == (
        Verdict.FAILURE,
        f"{file} cannot be read (no certificates in PEM form)",
    )


def test_a_way_to_the_graph_that_is_not_encrypted_is_told() -> None:
    def said(url: str) -> list[str]:
        _, wrong, found = examine_settings({"VITRINE_GRAPH_URL": url, "VITRINE_GRAPH_PASSWORD": "x"})
        assert wrong == frozenset()
        return [each.found for each in found if each.verdict is Verdict.WARNING]

    assert said("neo4j://graph.example") == ["what goes to the graph at graph.example is not encrypted"]
    assert said("neo4j+s://graph.example") == said("bolt://127.0.0.1") == []


def test_a_data_folder_that_others_can_read(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    found, _ = examine_data_folder(tmp_path)
    assert (found.verdict, found.mend) == (Verdict.FAILURE, f"chmod 700 {tmp_path}")


def test_a_data_folder_that_cannot_be() -> None:
    found, _ = examine_data_folder(Path("/dev/null/data"))
    assert (found.verdict, found.found) == (Verdict.FAILURE, "/dev/null cannot be written in")


@pytest.mark.parametrize(("free", "verdict"), [(100 << 20, "failure"), (1 << 30, "warning"), (3 << 30, "ok")])
def test_room_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, verdict: str) -> None:
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=free))
    _, found = examine_data_folder(tmp_path)
    assert found.verdict == verdict


def test_an_engine_of_which_files_are_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = distribution("arcadedb-embedded")

    class Broken:
        version = whole.version
        files = [each for each in whole.files or () if each.size is not None][:2]

    monkeypatch.setattr(data_folder, "distribution", lambda name: Broken)
    (found,) = examine_distribution()
    assert found.verdict is Verdict.OK
    for each in Broken.files:
        each.size = (each.size or 0) + 1
    (found,) = examine_distribution()
    assert (found.verdict, found.found) == (
        Verdict.FAILURE,
        f"{Broken.files[0]}, {Broken.files[1]} missing or cut off",
    )


def test_a_port_that_something_else_has() -> None:
    with served(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}") as port:
        (found,) = examine_port("127.0.0.1", port)
    assert (found.verdict, found.found) == (Verdict.FAILURE, f"port {port} is taken")
    assert found.mend == "stop what uses it, or set VITRINE_PORT"


class served:  # noqa: N801 - read as a phrase
    """Another program that listens, and answers the first that asks."""

    def __init__(self, answer: bytes) -> None:
        self._answer = answer

    def __enter__(self) -> int:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        port: int = self._socket.getsockname()[1]
        return port

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection:
            connection.recv(1000)
            connection.sendall(self._answer)

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        self._socket.close()


def _certificate(ends: datetime) -> bytes:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(ends - timedelta(days=1000))
        .not_valid_after(ends)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(Encoding.PEM)
