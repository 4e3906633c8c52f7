"""The running service: on a socket, in production mode, over a graph with two published revisions and a draft."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
import uvicorn

from graph.store.database import Database
from graph.store.revisions import draft_revision
from seed.folder import read_revision
from server.app import create_app
from server.development import open_development_issuer
from server.gate.connections import Server, connection_class
from server.listener import listen
from server.settings import Mode, Settings
from server.tokens import TokenVerifier
from tests.bad_input.rows import Given
from tests.bad_input.wire import BUYER, asked, exchange
from tests.clock import Clock
from tests.graphs import Dump, dump, wipe
from tests.server.api import EXAMPLE_REVISION, SEED, TODAY, Api
from tests.server.issuers import NOW, Issuer, claims, issuer_served, rules_for, token

#: One address asks for all rows.
SETTINGS: Mapping[str, Any] = {
    "mode": Mode.PRODUCTION,
    "address_requests_a_minute": 0,
    "holder_requests_a_minute": 0,
}
SECOND_IN_FORCE = datetime.fromisoformat("2026-10-01T00:00:00Z")

#: What is taken from the service beforehand: whose it is, what is asked, and where in the answer it stands.
TAKEN: Mapping[str, tuple[str, str, tuple[str | int, ...]]] = {
    "holding of the buyer": (
        "example-buyer",
        "{ me { holdings { nodes { id } } } }",
        ("me", "holdings", "nodes", 0, "id"),
    ),
    "decision of the unsubscribed": (
        "example-unsubscribed",
        "{ me { decisions { nodes { id } } } }",
        ("me", "decisions", "nodes", 0, "id"),
    ),
    "trust of the truster": (
        "example-truster",
        "{ me { trusts { nodes { id } } } }",
        ("me", "trusts", "nodes", 0, "id"),
    ),
    "disclosure to the disclosed": (
        "example-disclosed",
        "{ me { recipients { nodes { disclosed { nodes { id } } } } } }",
        ("me", "recipients", "nodes", "disclosed", "nodes", 0, "id"),
    ),
    "cursor of services": (
        "example-buyer",
        "{ dataMap { services { edges { cursor } } } }",
        ("dataMap", "services", "edges", 0, "cursor"),
    ),
    "cursor of services in revision 1": (
        "example-buyer",
        "{ dataMap(number: 1) { services { edges { cursor } } } }",
        ("dataMap", "services", "edges", 0, "cursor"),
    ),
    "cursor of clauses in revision 1": (
        "example-buyer",
        "{ policy(number: 1) { clauses { edges { cursor } } } }",
        ("policy", "clauses", "edges", 0, "cursor"),
    ),
    "cursor of recipients in revision 1": (
        "example-buyer",
        '{ me(asOf: "2026-09-30T00:00:00Z") { recipients { edges { cursor } } } }',
        ("me", "recipients", "edges", 0, "cursor"),
    ),
    "cursor of holdings": (
        "example-buyer",
        "{ me { holdings { edges { cursor } } } }",
        ("me", "holdings", "edges", 0, "cursor"),
    ),
    "cursor of filtered holdings": (
        "example-buyer",
        '{ me { holdings(service: ["account-area"]) { edges { cursor } } } }',
        ("me", "holdings", "edges", 0, "cursor"),
    ),
}


@dataclass(frozen=True, slots=True)
class Service:
    """`port`: where it listens; `impatient`: where one does that waits for nobody. `given`: what it gave out, for
    rows that send it back."""

    port: int
    impatient: int
    database: Database
    given: Given

    async def graph(self) -> Dump:
        return await dump(self.database)

    async def is_well(self) -> bool:
        """Whether it answers a good request as it should."""
        (reply,) = await exchange(self.port, asked("{ me { key holdings { totalCount } } }", who=BUYER))
        return reply.body == b'{"data":{"me":{"key":"example-buyer","holdings":{"totalCount":13}}}}'


class _Server(Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield  # they are pytest's


@pytest.fixture(scope="package")
async def service(migrated: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    clock = Clock(TODAY)
    migrated.observers.clear()
    await wipe(migrated)
    with issuer_served() as issuer:
        # Only its way of seeding is used: its tokens are of an issuer that the service does not know.
        await _fill(Api(migrated, open_development_issuer(tmp_path_factory.mktemp("issuer")), issuer.url, clock))
        impatient = Settings(**SETTINGS, request_seconds=1.0, head_seconds=0.5, ingest_idle_seconds=1.0)
        async with (
            _serving(migrated, issuer, clock, Settings(**SETTINGS)) as port,
            _serving(migrated, issuer, clock, impatient) as impatient_port,
        ):
            given = {name: await _taken(port, *where) for name, where in TAKEN.items()}
            yield Service(port, impatient_port, migrated, given)


async def _fill(api: Api) -> None:
    """Two revisions in force one after the other, the example subjects, and a draft that is like the first."""
    await api.seed()
    await api.publish(EXAMPLE_REVISION, SECOND_IN_FORCE)
    await draft_revision(api.database, read_revision(SEED), at=api.clock())


@contextlib.asynccontextmanager
async def _serving(database: Database, issuer: Issuer, clock: Clock, settings: Settings) -> AsyncIterator[int]:
    verifier = TokenVerifier(rules_for(issuer.url), now=lambda: float(NOW))
    app = create_app(settings, database, verifier=verifier, issuer=None, clock=clock)
    config = uvicorn.Config(
        app,
        http=connection_class(connections=settings.connections, head_seconds=settings.head_seconds),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )
    server = _Server(config)
    with contextlib.closing(listen("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


async def _taken(port: int, whose: str, document: str, where: tuple[str | int, ...]) -> str:
    (reply,) = await exchange(port, asked(document, who=token(claims(sub=whose, scope="vitrine.subject"))))
    found: Any = reply.json()["data"]
    for step in where:
        # In a list without a place: the first that has anything there.
        if isinstance(found, list) and isinstance(step, str):
            found = next(each for each in found if each[step]["nodes"])
        found = found[step]
    assert isinstance(found, str), json.dumps(found)
    return found
