"""The application over the seeded graph, and an issuer whose keys a real HTTP server publishes."""

from __future__ import annotations

import io
import json
import os
import threading
from collections.abc import AsyncIterator, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from graph.store.database import Database
from server.development import JWKS_PATH, DevelopmentIssuer, open_development_issuer
from tests.clock import Clock
from tests.graphs import run, wipe
from tests.logs import logged_to
from tests.server.api import TODAY, Api
from tests.server.terminal import Terminal

MARK_SEEDED = """
CREATE (n:SeededOfTests)
"""
COUNT_SEEDED = """
MATCH (n:SeededOfTests)
RETURN count(n) AS marks
"""
WRITES = ("CREATE", "MERGE", "SET", "DELETE")


@pytest.fixture(scope="session")
def issuer(tmp_path_factory: pytest.TempPathFactory) -> DevelopmentIssuer:
    return open_development_issuer(tmp_path_factory.mktemp("issuer"))


@pytest.fixture(scope="session")
def jwks_url(issuer: DevelopmentIssuer) -> Iterator[str]:
    """Where the issuer's keys are published."""
    document = json.dumps(issuer.jwks()).encode()

    class Keys(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/jwk-set+json")
            self.send_header("Content-Length", str(len(document)))
            self.end_headers()
            self.wfile.write(document)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Keys) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}{JWKS_PATH}"
        server.shutdown()
        thread.join()


@pytest.fixture
async def empty(database: Database, clock: Clock, issuer: DevelopmentIssuer, jwks_url: str) -> AsyncIterator[Api]:
    """The application over a graph of the test's own, without any revision."""
    clock.now = TODAY
    api = Api(database, issuer, jwks_url, clock)
    async with api.client:
        yield api


@pytest.fixture
async def api(empty: Api) -> Api:
    """The application over a graph of the test's own: the seed published, the example subjects loaded."""
    await empty.seed()
    return empty


@pytest.fixture(scope="session")
async def library(migrated: Database, issuer: DevelopmentIssuer, jwks_url: str) -> AsyncIterator[Api]:
    api = Api(migrated, issuer, jwks_url, Clock(TODAY))
    async with api.client:
        yield api


@pytest.fixture
async def reader(library: Api) -> AsyncIterator[Api]:
    """As `api`, for tests that only read: they share one graph and one application, and fail where they write."""
    database = library.database
    database.observers.clear()
    (seeded,) = await run(database, COUNT_SEEDED)
    if not seeded["marks"]:
        await wipe(database)
        await library.seed()
        await run(database, MARK_SEEDED)
    library.clock.now = TODAY
    written: list[str] = []
    database.observers.append(lambda statement: written.extend(_writes(statement)))
    yield library
    database.observers.clear()
    if written:
        await wipe(database)
    assert not written, "a test that writes needs a graph of its own: `api`"


def _writes(statement: str) -> list[str]:
    return [statement] if any(word in statement for word in WRITES) else []


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Terminal]:
    """Without settings but a data folder of its own. What a command sets up for its logs ends with the test."""
    for name in [name for name in os.environ if name.startswith("VITRINE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("VITRINE_DATA_DIR", str(tmp_path / "data"))
    with logged_to(io.StringIO()):
        yield Terminal(capsys)
