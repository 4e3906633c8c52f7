"""When the graph goes away: the service says so, stays alive, and recovers by itself."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import LiteralString
from urllib.parse import urlsplit

import pytest

from graph.engines.address import GraphAddress
from graph.errors import GraphUnavailable
from graph.store.database import Database
from graph.store.publishing import withdraw_revision
from graph.store.revisions import FIND_REVISION, draft_revision
from server.development import DevelopmentIssuer
from server.watching import readiness
from tests.builders import a_revision_content
from tests.clock import Clock
from tests.server.api import EXAMPLE_REVISION, TODAY, Api, revision_in

LINE = {"subject": "example-visitor", "service": "websites", "category": "cookies", "since": "2026-01-01T00:00:00Z"}


class Cable:
    """A connection between the service and the graph that can be cut and mended."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._server: asyncio.Server | None = None
        self._ends: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()
        self.port = 0

    async def mend(self) -> None:
        self._server = await asyncio.start_server(self._join, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        assert self._server is not None
        self._server.close()
        for end in list(self._ends):
            end.transport.abort()
        await self._server.wait_closed()

    def choke(self) -> None:
        """Carry nothing, and tell neither end."""
        self._flows.clear()

    def free(self) -> None:
        self._flows.set()

    async def _join(self, near: asyncio.StreamReader, near_end: asyncio.StreamWriter) -> None:
        try:
            far, far_end = await asyncio.open_connection(*self._target)
        except OSError:
            near_end.close()
            return
        self._ends |= {near_end, far_end}
        await asyncio.gather(self._carry(near, far_end), self._carry(far, near_end))
        self._ends -= {near_end, far_end}

    async def _carry(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(65_536):
                await self._flows.wait()
                sink.write(data)
                await sink.drain()
        sink.close()


@pytest.fixture
async def cable(address: GraphAddress) -> AsyncIterator[Cable]:
    url = urlsplit(address.url)
    cable = Cable(url.hostname or "", url.port or 7687)
    await cable.mend()
    yield cable
    cable.free()
    with contextlib.suppress(AssertionError):
        await cable.cut()


@pytest.fixture
async def away(
    api: Api, cable: Cable, address: GraphAddress, issuer: DevelopmentIssuer, jwks_url: str
) -> AsyncIterator[Api]:
    """The application over the seeded graph, through a cable. A server is told by its own address, not its cluster's:
    what that says of its members would lead around the cable."""
    through = replace(address, url=f"bolt://127.0.0.1:{cable.port}")
    async with Database(through, timeout_seconds=2, statement_seconds=5, retry_seconds=1) as database:
        app = Api(database, issuer, jwks_url, Clock(TODAY))
        async with app.client:
            yield app


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found serves nobody who asks later."""
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 0.0)


async def status(api: Api, path: str) -> int:
    return (await api.client.get(path)).status_code


async def test_ready_while_the_graph_answers(away: Api, cable: Cable) -> None:
    assert (await away.client.get("/readyz")).json()["status"] == "ready"
    await cable.cut()
    response = await away.client.get("/readyz")
    assert response.status_code == 503
    assert response.json() | {"checks": []} == {
        "checks": [],
        "status": "unavailable",
        "code": "GRAPH_UNAVAILABLE",
        "reason": "The graph does not answer: try again later",
    }
    assert (await away.client.get("/livez")).json() == {"status": "alive"}
    assert await status(away, "/livez") == 200
    await cable.mend()
    assert await status(away, "/readyz") == 200


async def test_who_asks_whether_it_is_ready_is_not_kept_waiting(away: Api, cable: Cable) -> None:
    assert await status(away, "/readyz") == 200
    cable.choke()
    response = await away.client.get("/readyz")
    assert response.status_code == 503
    assert response.json() | {"checks": []} == {
        "checks": [],
        "status": "unavailable",
        "code": "GRAPH_UNAVAILABLE",
        "reason": "The graph did not answer within 2 s: try again later",
    }
    cable.free()
    assert await status(away, "/readyz") == 200


async def test_what_strangers_may_not_see_costs_what_is_absent_does(api: Api) -> None:
    """One statement, so that no stranger can have a draft loaded, or tell by the time it takes that there is one."""
    await draft_revision(api.database, revision_in(EXAMPLE_REVISION), at=api.clock())
    await draft_revision(api.database, a_revision_content(), at=api.clock())
    await withdraw_revision(api.database, 3, at=api.clock)
    strangers = (None, api.subject("example-buyer"), api.service("websites"), api.job())
    statements: list[LiteralString] = []
    api.database.observers.append(statements.append)
    for token in strangers:
        for number in (2, 3, 99):
            statements.clear()
            answer = await api.ask(f"{{ policy(number: {number}) {{ html }} }}", token=token)
            assert (answer.codes, statements) == (["NOT_FOUND"], [FIND_REVISION]), number
    await api.data("{ policy(number: 1) { html } }")
    statements.clear()
    for token in strangers:
        await api.data("{ policy(number: 1) { html } }", token=token)
    assert statements == []
    seen = await api.data("{ policy(number: 2) { revision { state } } }", token=api.staff())
    assert seen == {"policy": {"revision": {"state": "DRAFT"}}}


async def test_graphql_says_that_the_graph_is_away_and_when_to_ask_again(away: Api, cable: Cable) -> None:
    token, staff, service = away.subject("example-visitor"), away.staff(), away.service("websites")
    asked = (
        ("{ me { holdings { totalCount } } }", token),
        ("{ policy { html } }", None),
        ("{ revisions { totalCount } }", None),
        ('{ subject(id: "example-visitor") { key } }', staff),
        ('mutation { recordDecision(input: {purpose: "law", kind: RESTRICTION}) { __typename } }', token),
        ("mutation { withdrawRevision(input: {number: 7}) { __typename } }", staff),
        ("mutation { reportHoldings(input: []) { __typename } }", service),
    )
    await away.data(asked[0][0], token=token)
    await cable.cut()
    for document, credential in asked:
        answer = await away.ask(document, token=credential)
        assert (answer.status, answer.codes) == (503, ["GRAPH_UNAVAILABLE"]), document
        assert answer.headers["retry-after"] == "5"
        assert "neo4j" not in str(answer.body).lower() and "127.0.0.1" not in str(answer.body)
    # What needs no graph is answered meanwhile.
    assert await away.data("{ __typename }") == {"__typename": "Query"}
    await cable.mend()
    for document, credential in asked:
        assert (await away.ask(document, token=credential)).status == 200, document


async def test_reports_are_refused_whole_and_can_be_sent_again(away: Api, cable: Cable) -> None:
    token = away.service("websites")
    await cable.cut()
    response = await away.report([LINE], token)
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.json()["errors"][0]["extensions"]["code"] == "GRAPH_UNAVAILABLE"
    await cable.mend()
    response = await away.report([{**LINE, "records": 7, "reported_at": "2026-10-06T00:00:00Z"}], token)
    assert response.status_code == 200
    me = await away.me("example-visitor", 'holdings(category: ["cookies"]) { nodes { records } }')
    assert me["holdings"]["nodes"] == [{"records": 7}]


async def test_it_goes_away_in_the_middle_of_a_stream(away: Api, cable: Cable) -> None:
    """What was written before is there, and the whole can be sent again."""
    lines = [{**LINE, "subject": f"person-{number}"} for number in range(2_500)]
    body = "".join(f"{line}\n" for line in lines).replace("'", '"').encode()

    async def stream() -> AsyncIterator[bytes]:
        half = len(body) // 2
        yield body[:half]
        while not (await away.me("person-0", "holdings { totalCount }"))["holdings"]["totalCount"]:
            pass  # a batch is written beside what is read
        await cable.cut()
        yield body[half:]

    token = away.service("websites")
    assert (await away.report(stream(), token)).status_code == 503
    await cable.mend()
    again = (await away.report(body, token)).json()["summary"]
    assert (again["changed"], again["unchanged"], again["lines"]) == (1_500, 1_000, 2_500)


async def test_many_who_wait_for_a_graph_that_hangs_are_all_told_in_time(away: Api, cable: Cable) -> None:
    """More than there are connections: none waits for longer than a connection and a statement may take, and when it is
    over nothing of them is left."""
    many = 5 * away.database.pool_size
    await away.me("example-visitor", "key")
    cable.choke()
    async with asyncio.timeout(60):
        ends = await asyncio.gather(*(away.database.check() for _ in range(many)), return_exceptions=True)
    assert {type(end) for end in ends} == {GraphUnavailable}
    assert away.database.open_sessions == 0
    cable.free()
    answers = await asyncio.gather(*(away.me("example-visitor", "key") for _ in range(8)))
    assert answers == [{"key": "example-visitor"}] * 8


async def test_it_comes_back_while_somebody_waits(away: Api, cable: Cable) -> None:
    await away.me("example-visitor", "key")
    await cable.cut()
    await cable.mend()
    # The connections of the pool are all dead: they are replaced, and nobody is told.
    answers = await asyncio.gather(*(away.me("example-visitor", "key") for _ in range(8)))
    assert answers == [{"key": "example-visitor"}] * 8
