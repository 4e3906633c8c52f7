"""`/readyz`: each check with its state and reason, and which of them take the process out of the balancer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from graph.engines.address import GraphAddress
from graph.store.database import Database, Transaction
from graph.store.migrations import LIST_APPLIED, RECORD_APPLIED
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision
from server.app import create_app
from server.settings import Mode, Settings
from server.tokens import TokenVerifier
from server.watching import readiness
from tests.builders import a_revision_content
from tests.graphs import run
from tests.server.api import TODAY, Api
from tests.server.issuers import issuer_served, rules_for
from tests.server.watching.scrape import scrape

DELETE_MIGRATION = """
MATCH (m:Migration {name: $name})
DELETE m
"""
OK = {"state": "ok", "reason": ""}


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found serves nobody who asks later."""
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 0.0)


async def ready(client: httpx2.AsyncClient) -> tuple[int, dict[str, Any], dict[str, dict[str, str]]]:
    """The status, what is said of the whole, and the state and reason of each check by its name."""
    response = await client.get("/readyz")
    body = response.json()
    checks = {each.pop("name"): each for each in body.pop("checks")}
    assert response.headers["cache-control"] == "no-store"
    return response.status_code, body, checks


async def test_all_is_well(reader: Api) -> None:
    status, said, checks = await ready(reader.client)
    assert (status, said) == (200, {"status": "ready"})
    assert checks == {
        "graph": OK,
        "schema": OK,
        "revision": {"state": "ok", "reason": "Revision 1 is in force"},
        "load": OK,
    }


async def test_a_graph_that_is_away(reader: Api, address: GraphAddress) -> None:
    async with Database(replace(address, url="bolt://127.0.0.1:9"), retry_seconds=0) as away:
        api = Api(away, reader.issuer, reader.jwks_url, reader.clock)
        async with api.client:
            status, said, checks = await ready(api.client)
    reason = "The graph does not answer: try again later"
    assert (status, said) == (503, {"status": "unavailable", "code": "GRAPH_UNAVAILABLE", "reason": reason})
    not_checked = {"state": "not checked", "reason": "The graph is away"}
    assert checks == {
        "graph": {"state": "failed", "reason": reason},
        "schema": not_checked,
        "revision": not_checked,
        "load": OK,
    }


async def test_an_engine_that_is_started_again_says_so(reader: Api, address: GraphAddress) -> None:
    async with Database(address) as database:
        api = Api(database, reader.issuer, reader.jwks_url, reader.clock)
        async with api.client:
            await database.leave("The graph is away: the engine ended, restarting; try again later")
            status, said, checks = await ready(api.client)
            assert (status, said["code"]) == (503, "GRAPH_UNAVAILABLE")
            assert checks["graph"]["reason"] == "The graph is away: the engine ended, restarting; try again later"
            database.move(address)
            assert (await ready(api.client))[0] == 200


async def test_a_schema_of_another_version(database: Database, api: Api) -> None:
    applied = {record["name"]: record["checksum"] for record in await database.read(LIST_APPLIED)}
    last = max(applied)

    async def record(name: str, checksum: str) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.run(RECORD_APPLIED, name=name, checksum=checksum)

        await database.write(work)

    try:
        await record(last, "edited")
        status, said, checks = await ready(api.client)
        reason = f"The graph's schema is not this version's ({last}): start the service again"
        assert (status, said) == (503, {"status": "unavailable", "code": "GRAPH_FAULT", "reason": reason})
        assert checks["schema"] == {"state": "failed", "reason": reason}
        await run(database, DELETE_MIGRATION, name=last)
        assert (await ready(api.client))[1] == said
    finally:
        await record(last, applied[last])
    await record("9999_newer.cypher", "x")
    status, _, checks = await ready(api.client)
    await run(database, DELETE_MIGRATION, name="9999_newer.cypher")
    assert status == 200
    assert checks["schema"] == {
        "state": "warning",
        "reason": "A newer version has changed the graph's schema: 9999_newer.cypher",
    }


async def test_without_a_revision_staff_can_reach_it_to_publish_one(empty: Api) -> None:
    status, _, checks = await ready(empty.client)
    assert status == 200
    assert checks["revision"] == {"state": "warning", "reason": "No revision has been published yet"}


async def test_the_first_revision_is_to_come(empty: Api) -> None:
    draft = await draft_revision(empty.database, a_revision_content(), at=TODAY)
    tomorrow = TODAY + timedelta(days=1)
    await publish_revision(empty.database, draft.number, expected=0, effective_at=tomorrow, at=TODAY)
    status, _, checks = await ready(empty.client)
    assert status == 200
    assert checks["revision"]["state"] == "warning"
    assert "2026-10-07" in checks["revision"]["reason"]


async def test_the_issuers_keys_must_have_been_fetched_once(reader: Api) -> None:
    with issuer_served() as issuer:
        issuer.fail()
        rules = replace(rules_for(issuer.url), refetch_interval_seconds=0.001)
        clock = iter(range(0, 1_000_000, 1000))
        verifier = TokenVerifier(rules, monotonic=lambda: float(next(clock)))
        production = replace(Settings(), mode=Mode.PRODUCTION)
        app = create_app(production, reader.database, verifier=verifier, issuer=None, clock=reader.clock)
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://vitrine.test") as client:
            status, said, checks = await ready(client)
            reason = "The token issuer's keys were never fetched: reach VITRINE_OIDC_JWKS_URL"
            assert (status, said) == (503, {"status": "unavailable", "code": "ISSUER_UNAVAILABLE", "reason": reason})
            assert checks["issuer"] == {"state": "failed", "reason": reason}
            assert checks["graph"] == OK
            issuer.recover()
            status, _, checks = await ready(client)
            assert (status, checks["issuer"]) == (200, OK)
            issuer.fail()  # the last keys serve meanwhile
            asked = issuer.requests
            assert (await ready(client))[0] == 200
            assert issuer.requests == asked


async def test_an_issuer_that_hangs_keeps_nobody_waiting(reader: Api) -> None:
    with issuer_served() as issuer:
        issuer.open.clear()
        production = replace(Settings(), mode=Mode.PRODUCTION)
        verifier = TokenVerifier(rules_for(issuer.url))
        app = create_app(production, reader.database, verifier=verifier, issuer=None, clock=reader.clock)
        transport = httpx2.ASGITransport(app)
        async with httpx2.AsyncClient(transport=transport, base_url="http://vitrine.test") as client:
            status, said, _ = await ready(client)
        issuer.open.set()
        assert (status, said["code"]) == (503, "ISSUER_UNAVAILABLE")
        assert said["reason"] == "The issuer did not answer within 2 s: try again later"


async def test_one_that_is_overloaded_stays_in_the_balancer(reader: Api) -> None:
    api = reader.with_settings(graphql_concurrency=1, graphql_waiting=1, waiting_seconds=60.0)
    begun, released = asyncio.Event(), asyncio.Event()
    whole = api.database.read

    async def held(*statement: Any, **parameters: Any) -> Any:
        begun.set()
        await released.wait()
        return await whole(*statement, **parameters)

    async with api.client:
        await ready(api.client)  # has the revision in force read, which the scrapes below ask for
        api.database.read = held  # type: ignore[method-assign]
        try:
            asked = [asyncio.create_task(api.ask("{ revisions { totalCount } }")) for _ in range(2)]
            await begun.wait()
            while (await scrape(api.client))("vitrine_operations_waiting") != 1:
                pass
        finally:
            api.database.read = whole  # type: ignore[method-assign]
        status, _, checks = await ready(api.client)
        released.set()
        assert [answer.status for answer in await asyncio.gather(*asked)] == [200, 200]
    assert status == 200
    assert checks["load"] == {
        "state": "warning",
        "reason": "Requests are refused: more run and wait than there is room for",
    }


class Asked:
    """The graph, which is asked how it is and answers when it is let go, or fails."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.times = 0
        self.failure: Exception | None = None
        self.begun, self.released = asyncio.Event(), asyncio.Event()
        monkeypatch.setattr(Database, "check", self._check)

    async def _check(self) -> None:
        self.times += 1
        self.begun.set()
        await self.released.wait()
        if self.failure is not None:
            raise self.failure


async def test_all_who_ask_at_once_share_one_look(reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Asked(monkeypatch)
    first = asyncio.create_task(reader.client.get("/readyz"))
    others = [asyncio.create_task(reader.client.get("/readyz")) for _ in range(50)]
    await graph.begun.wait()
    first.cancel()  # goes away, and takes nothing from the others
    await asyncio.wait({first})
    graph.released.set()
    assert [response.status_code for response in await asyncio.gather(*others)] == [200] * 50
    assert (first.cancelled(), graph.times) == (True, 1)
    assert ((await ready(reader.client))[0], graph.times) == (200, 2)


async def test_what_was_found_serves_those_who_ask_soon_after(reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Asked(monkeypatch)
    graph.released.set()
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 3600.0)
    api = reader.with_settings()
    async with api.client:
        found = [await ready(api.client) for _ in range(3)]
    assert found[0] == found[1] == found[2]
    assert graph.times == 1


async def test_a_look_that_goes_wrong_leaves_nothing_behind(reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = Asked(monkeypatch)
    graph.failure = ZeroDivisionError("nobody expected this")
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 3600.0)
    hanging, ended = asyncio.Event(), asyncio.Event()

    async def hang(_: TokenVerifier) -> int:
        try:
            await hanging.wait()
        finally:
            ended.set()
        return 1

    monkeypatch.setattr(TokenVerifier, "reach_issuer", hang)
    production = replace(Settings(), mode=Mode.PRODUCTION)
    verifier = TokenVerifier(rules_for("http://127.0.0.1:9"))
    app = create_app(production, reader.database, verifier=verifier, issuer=None, clock=reader.clock)
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
    async with httpx2.AsyncClient(transport=transport, base_url="http://vitrine.test") as client:
        asked = asyncio.create_task(client.get("/readyz"))
        await graph.begun.wait()
        graph.released.set()
        response = await asked
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (500, "INTERNAL")
        assert ended.is_set()
        hanging.set()
        graph.failure = None
        assert (await ready(client))[0] == 200
