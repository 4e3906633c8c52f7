"""The image and its composition: read and checked as far as that goes without a container engine."""

from __future__ import annotations

import fnmatch
import json
import os
import re
import shlex
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from graph.engines.embedded import STOP_SECONDS
from server.run import GRACE_SECONDS
from server.settings import settings_table

ROOT = Path(__file__).resolve().parents[1]


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


# ---- the image -------------------------------------------------------------------------------------------------------

Instruction = tuple[str, str]


@cache
def stages() -> Sequence[Sequence[Instruction]]:
    """The Dockerfile's instructions, in stages that each begin with FROM."""
    text = re.sub(r"^\s*#.*\n", "", read("Dockerfile"), flags=re.MULTILINE).replace("\\\n", " ")
    instructions = [(word, " ".join(rest.split())) for word, _, rest in map(split, text.splitlines()) if word]
    starts = [index for index, (word, _) in enumerate(instructions) if word == "FROM"]
    assert starts[0] == 0
    return [instructions[start:end] for start, end in zip(starts, [*starts[1:], None], strict=True)]


def split(line: str) -> tuple[str, str, str]:
    return line.strip().partition(" ")


def final(word: str) -> list[str]:
    return [text for each, text in stages()[-1] if each == word]


def environment_of_image() -> dict[str, str]:
    return dict(pair.split("=", 1) for text in final("ENV") for pair in shlex.split(text))


def test_the_image_is_built_in_stages_from_one_slim_base() -> None:
    bases = [stage[0][1].split(" AS ")[0] for stage in stages()]
    assert bases == ["python:3.13-slim-bookworm"] * 3


def test_the_final_stage_installs_nothing_and_brings_what_was_installed() -> None:
    assert not any(re.search(r"\b(pip|apt-get|apt|curl|wget|gcc|make)\b", text) for text in final("RUN"))
    assert final("COPY")[0] == "--from=libraries /opt/venv /opt/venv"
    (installation,) = (text for word, text in stages()[0] if word == "RUN")
    for option in ("--no-cache-dir", "--no-compile", "--require-hashes", "--only-binary :all:", "--without-pip"):
        assert option in installation


def test_the_image_holds_the_code_that_runs_and_no_more() -> None:
    assert final("COPY")[1:] == ["graph/ graph/", "seed/ seed/", "--from=pages /code/server/ server/"]
    assert final("ADD") == []
    sent = set(files_sent())
    assert {
        "requirements.txt",
        "server/run.py",
        "graph/model.py",
        "seed/examples.ndjson",
        "server/web/map.html",
    } <= sent
    asked_for = {"requirements.txt", "requirements-node.txt", "schema.graphql"}
    assert {path.split("/")[0] for path in sent} == {*asked_for, "graph", "seed", "server"}
    built = ("server/web/dist/", "server/web/src/gql/")
    assert not any(path.endswith(".pyc") or path.startswith(built) for path in sent)


def test_the_image_has_the_pages_built_and_not_what_they_are_made_of() -> None:
    (pages,) = (stage for stage in stages() if stage[0][1].endswith(" AS pages"))
    ran = [text for word, text in pages if word == "RUN"]
    assert "--require-hashes --only-binary :all:" in ran[0]
    assert ran[1].startswith("npm ci --ignore-scripts ")
    assert ran[2:] == [
        "npm run generate && npm run build",
        "rm -r /code/server/web && mkdir /code/server/web && mv dist /code/server/web/",
    ]
    scripts = json.loads(read("server/web/package.json"))["scripts"]
    assert {"generate", "build"} <= scripts.keys()
    # What is fetched is fetched anew only when that changes.
    copied = [text.split()[0] for word, text in pages if word == "COPY"]
    assert copied == ["requirements-node.txt", "server/web/package.json", "schema.graphql", "server/web/", "server/"]


def files_sent() -> Iterator[str]:
    """The files that .dockerignore lets into a build, by its rules as far as they are used there."""
    rules = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    for place, folders, files in os.walk(ROOT):
        folders[:] = [name for name in folders if name not in (".git", ".venv", ".cache", "node_modules")]
        for name in files:
            path = (Path(place) / name).relative_to(ROOT).as_posix()
            parents = [path, *(parent.as_posix() for parent in Path(path).parents if parent != Path())]
            kept = True
            for rule in rules:
                pattern = rule.removeprefix("!")
                patterns = (pattern, pattern.removeprefix("**/"))
                if any(fnmatch.fnmatchcase(parent, each) for parent in parents for each in patterns):
                    kept = rule.startswith("!")
            if kept:
                yield path


def test_the_image_runs_as_a_user_without_rights() -> None:
    assert final("USER") == ["10001:10001"]
    words = [word for word, _ in stages()[-1]]
    assert words.index("USER") > max(index for index, word in enumerate(words) if word in ("RUN", "COPY"))
    made, learned = final("RUN")
    assert learned == 'if [ "$EMBEDDED_ENGINE" = true ]; then python -m graph.engines.aot_cache; fi'
    assert "useradd --uid 10001 --gid 10001" in made
    assert "--owner=vitrine --group=vitrine --mode=0700 /data" in made


def test_the_image_starts_the_service_itself_so_that_signals_reach_it() -> None:
    assert [json.loads(text) for text in final("ENTRYPOINT") + final("CMD")] == [
        ["python", "-m", "server.cli"],
        ["run"],
    ]
    assert final("STOPSIGNAL") == ["SIGTERM"]


def test_the_image_is_for_production_and_holds_no_secret() -> None:
    environment = environment_of_image()
    assert environment["VITRINE_MODE"] == "production"
    assert environment["PYTHONDONTWRITEBYTECODE"] == "1"
    assert final("EXPOSE") == [environment["VITRINE_PORT"]]
    known = {each.variable for each in settings_table()}
    assert {name for name in environment if name.startswith("VITRINE_")} <= known
    everything = " ".join(text for stage in stages() for _, text in stage)
    assert not re.search("PASSWORD|SECRET|TOKEN|KEY", everything)


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (None, 1)])
def test_the_health_check_asks_whether_it_is_ready(status: int | None, code: int) -> None:
    (check,) = final("HEALTHCHECK")
    options, _, command = check.partition(" CMD ")
    assert set(re.findall(r"--([a-z-]+)=", options)) == {"interval", "timeout", "start-period", "retries"}
    program, *arguments = json.loads(command)
    assert program == "python"
    with answering(status) as port:
        checked = subprocess.run(
            [sys.executable, *arguments], env={"VITRINE_PORT": str(port)}, capture_output=True, timeout=60
        )
    assert checked.returncode == code


@contextmanager
def answering(status: int | None) -> Iterator[int]:
    """The port of a service whose /readyz answers with a status; None for no service."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status or 0 if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, format: str, *arguments: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        port = server.server_address[1]
        if status is None:
            server.server_close()
            yield port
            return
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield port
        server.shutdown()
        thread.join()


# ---- compose ---------------------------------------------------------------------------------------------------------


@cache
def compose() -> Any:
    return YAML(typ="safe").load(read("compose.yaml"))


def test_compose_has_the_service_and_its_graph() -> None:
    assert set(compose()["services"]) == {"vitrine", "graph"}
    assert compose()["services"]["vitrine"]["build"] == "."
    assert re.fullmatch(r"neo4j:5\.\d+-community", compose()["services"]["graph"]["image"])


def test_compose_sets_what_the_service_knows_and_production_needs() -> None:
    environment = compose()["services"]["vitrine"]["environment"]
    assert set(environment) <= {each.variable for each in settings_table()}
    assert environment["VITRINE_MODE"] == "production"
    assert environment["VITRINE_GRAPH_URL"] == "neo4j://graph:7687"
    required = [name for name, text in environment.items() if re.fullmatch(rf"\$\{{{name}:\?[^}}]+\}}", text)]
    assert required == [
        "VITRINE_GRAPH_PASSWORD",
        "VITRINE_OIDC_ISSUER",
        "VITRINE_OIDC_AUDIENCE",
        "VITRINE_OIDC_JWKS_URL",
    ]


def test_compose_passes_optional_settings_through_and_keeps_the_containers_own() -> None:
    service = compose()["services"]["vitrine"]
    assert service["env_file"] == [{"path": ".env", "required": False}]
    # VITRINE_PORT there is the port on the host: inside, it is what the image exposes.
    own = {name: service["environment"][name] for name in ("VITRINE_HOST", "VITRINE_PORT", "VITRINE_DATA_DIR")}
    assert own == {name: environment_of_image()[name] for name in own}
    assert "env_file" not in compose()["services"]["graph"]


def test_compose_gives_no_secret_a_default() -> None:
    texts = [
        text
        for service in compose()["services"].values()
        for name, text in service["environment"].items()
        if re.search("PASSWORD|AUTH|SECRET", name)
    ]
    assert len(texts) == 2
    assert all(re.fullmatch(r"(neo4j/)?\$\{VITRINE_GRAPH_PASSWORD:\?[^}]+\}", text) for text in texts)


def test_compose_publishes_the_service_on_loopback_and_the_graph_nowhere() -> None:
    services = compose()["services"]
    assert services["vitrine"]["ports"] == ["127.0.0.1:${VITRINE_PORT:-8000}:8000"]
    assert environment_of_image()["VITRINE_PORT"] == "8000"
    assert not {"ports", "network_mode"} & services["graph"].keys()


def test_compose_starts_the_service_once_the_graph_answers() -> None:
    services = compose()["services"]
    assert services["vitrine"]["depends_on"] == {"graph": {"condition": "service_healthy"}}
    kind, command = services["graph"]["healthcheck"]["test"]
    assert kind == "CMD-SHELL"
    # Compose turns $$ into $; the password is then taken out of NEO4J_AUTH by the container's shell.
    shown = subprocess.run(
        ["sh", "-c", command.replace("$$", "$").replace("cypher-shell", "echo")],
        env={"NEO4J_AUTH": "neo4j/a secret/b"},
        capture_output=True,
        text=True,
    )
    assert shown.stdout == "--username neo4j --password a secret/b RETURN 1\n"


def test_compose_keeps_data_in_volumes_and_rights_low() -> None:
    services = compose()["services"]
    assert set(compose()["volumes"]) == {"service-data", "graph-data"}
    assert services["graph"]["volumes"] == ["graph-data:/data"]
    assert services["vitrine"]["volumes"] == [f"service-data:{environment_of_image()['VITRINE_DATA_DIR']}"]
    assert services["vitrine"]["read_only"] is True
    assert services["vitrine"]["cap_drop"] == ["ALL"]
    assert services["vitrine"]["security_opt"] == ["no-new-privileges:true"]


def test_compose_gives_the_service_time_to_finish() -> None:
    grace = int(compose()["services"]["vitrine"]["stop_grace_period"].removesuffix("s"))
    assert grace > GRACE_SECONDS + STOP_SECONDS
