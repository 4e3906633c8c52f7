"""The running services: the usual one, and some that are as it is but for one setting."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

import pytest

from graph.store.database import Database
from tests.bad_input.persisted import MANIFEST
from tests.bad_input.rows import Given, Where
from tests.bad_input.serving import fill, serving
from tests.bad_input.wire import BUYER, asked, exchange, reported
from tests.graphs import Dump, dump
from tests.server.gate.served import until
from tests.server.issuers import Issuer, claims, issuer_served, token
from tests.server.test_availability import Cable

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
    "notice of the buyer": (
        "example-buyer",
        "{ me { notices { nodes { id } } } }",
        ("me", "notices", "nodes", 0, "id"),
    ),
    "notice of the visitor": (
        "example-visitor",
        "{ me { notices { nodes { id } } } }",
        ("me", "notices", "nodes", 0, "id"),
    ),
    "cursor of the buyer's notices": (
        "example-buyer",
        "{ me { notices { edges { cursor } } } }",
        ("me", "notices", "edges", 0, "cursor"),
    ),
    "cursor of the visitor's notices": (
        "example-visitor",
        "{ me { notices { edges { cursor } } } }",
        ("me", "notices", "edges", 0, "cursor"),
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
class Crowd:
    """A service that has room for one operation and one import."""

    port: int
    cable: Cable
    choked: Database

    @contextlib.asynccontextmanager
    async def there(self) -> AsyncIterator[None]:
        """One of each runs: the graph says nothing to them until the end."""
        self.cable.choke()
        operation = asyncio.create_task(exchange(self.port, asked("{ me { key } }", who=BUYER), seconds=60.0))
        reports = asyncio.create_task(exchange(self.port, reported(b"\n"), seconds=60.0))
        await until(lambda: self.choked.open_sessions == 2)
        try:
            yield
        finally:
            self.cable.free()
            (told,), (counted,) = await operation, await reports
        assert (told.status, counted.status) == (200, 200)


@dataclass(frozen=True, slots=True)
class Service:
    """`ports`: where each listens. `given`: what the usual one gave out, for rows that send it back."""

    ports: Mapping[Where, int]
    database: Database
    given: Given
    crowd: Crowd

    def as_it_is(self, where: Where) -> contextlib.AbstractAsyncContextManager[None]:
        """While a service is as its rows need it."""
        return self.crowd.there() if where is Where.CROWDED else contextlib.nullcontext()

    async def graph(self) -> Dump:
        return await dump(self.database)

    async def is_well(self) -> bool:
        """Whether it answers a good request as it should."""
        question = asked("{ me { key holdings { totalCount } } }", who=BUYER)
        (reply,) = await exchange(self.ports[Where.USUAL], question)
        return reply.body == b'{"data":{"me":{"key":"example-buyer","holdings":{"totalCount":13}}}}'


@pytest.fixture(scope="package")
async def service(migrated: Database, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Service]:
    folder = tmp_path_factory.mktemp("bad-input")
    manifest = folder / "persisted-documents.json"
    manifest.write_text(json.dumps(MANIFEST))
    impatient = {"request_seconds": 1.0, "head_seconds": 0.5, "ingest_idle_seconds": 1.0}
    rated = {"holder_requests_a_minute": 2, "address_requests_a_minute": 20, "trusted_proxies": 1}
    async with contextlib.AsyncExitStack() as services:
        issuer = services.enter_context(issuer_served())
        await fill(migrated, issuer, folder)
        ports = {
            Where.USUAL: await services.enter_async_context(serving(migrated, issuer)),
            Where.IMPATIENT: await services.enter_async_context(serving(migrated, issuer, **impatient)),
            Where.LOCKED: await services.enter_async_context(serving(migrated, issuer, persisted_documents=manifest)),
            Where.RATED: await services.enter_async_context(serving(migrated, issuer, **rated)),
        }
        crowd = await services.enter_async_context(_crowd(migrated, issuer))
        ports[Where.CROWDED] = crowd.port
        given = {name: await _taken(ports[Where.USUAL], *where) for name, where in TAKEN.items()}
        yield Service(ports, migrated, given, crowd)


@contextlib.asynccontextmanager
async def _crowd(database: Database, issuer: Issuer) -> AsyncIterator[Crowd]:
    url = urlsplit(database.address.url)
    cable = Cable(url.hostname or "", url.port or 7687)
    await cable.mend()
    through = replace(database.address, url=f"bolt://127.0.0.1:{cable.port}")
    for_long = {"request_seconds": 3600.0, "ingest_idle_seconds": 3600.0}
    narrow = {"graphql_concurrency": 1, "graphql_waiting": 0, "ingest_concurrency": 1, "waiting_seconds": 0.0}
    async with (
        Database(through, timeout_seconds=3600, statement_seconds=3600) as choked,
        serving(choked, issuer, **for_long, **narrow) as port,
    ):
        yield Crowd(port, cable, choked)
    await cable.cut()


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
