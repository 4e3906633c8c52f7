"""The figures of the service: what each counts, that no client can fill them with its own texts, and who reads them."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import LiteralString

import httpx2
import pytest

from graph.engines.address import GraphAddress
from graph.errors import GraphUnavailable
from graph.store.database import Database
from graph.store.subject_locks import LOCK_SUBJECTS
from graph.store.subjects import FIND_SUBJECT
from server.app import create_app
from server.settings import Mode, Settings
from server.watching.event_loop import INTERVAL_SECONDS, lag_measured
from server.watching.operation_names import ANONYMOUS_NAMES_AT_MOST, NAMES_AT_MOST, name_in
from server.watching.statement_names import statement_name, statement_names
from tests.patience import PATIENCE_SECONDS
from tests.server.api import Api
from tests.server.test_availability import Cable, away, cable
from tests.server.watching.scrape import Scrape, scrape

__all__ = ["away", "cable"]

SUBJECT = "example-visitor"
HELD = "query Held { me { holdings { totalCount } } }"
TOKEN = "a-token-for-the-scraper"
LINE = {"subject": "ann", "service": "websites", "category": "cookies", "since": "2026-01-01T00:00:00Z"}


@pytest.fixture
async def fresh(reader: Api) -> AsyncIterator[Api]:
    """An application of the test's own over the shared graph: nothing is counted in it yet."""
    api = reader.with_settings()
    async with api.client:
        yield api


async def test_a_request_is_counted_by_endpoint_status_and_code(fresh: Api) -> None:
    await fresh.me(SUBJECT, "key")
    await fresh.ask("{ me { key } }")
    await fresh.ask("{ no such field }")
    await fresh.client.get("/graphql?query={nothing")
    await fresh.client.get("/no/such/address")
    for page in ("1", "2", "anna@example.com"):
        await fresh.client.get(f"/policy/{page}")
    await fresh.report([], None)
    said = await scrape(fresh.client)

    def count(endpoint: str, status: str, code: str) -> float | None:
        return said("vitrine_requests_total", endpoint=endpoint, status=status, code=code)

    assert count("/graphql", "200", "") == 1
    assert count("/graphql", "200", "UNAUTHENTICATED") == 1
    assert count("/graphql", "200", "INVALID_DOCUMENT") == 2
    assert count("other", "404", "NO_SUCH_ADDRESS") == 1
    assert count("/ingest/holdings", "401", "UNAUTHENTICATED") == 1
    assert count("/policy/{number}", "200", "") == 1
    assert count("/policy/{number}", "404", "NO_SUCH_ADDRESS") == 2
    assert said.sum("vitrine_requests_total") == 9
    # The scrape itself is counted when it has ended.
    assert (await scrape(fresh.client))("vitrine_requests_total", endpoint="/metrics", status="200", code="") == 1


async def test_what_is_refused_for_too_much_is_counted(reader: Api) -> None:
    api = reader.with_settings(holder_requests_a_minute=1)
    async with api.client:
        for _ in range(3):
            await api.ask("{ __typename }", token=api.subject(SUBJECT))
        said = await scrape(api.client)
    assert said("vitrine_requests_total", endpoint="/graphql", status="429", code="RATE_LIMITED") == 2


async def test_an_operation_is_timed_by_its_name(fresh: Api) -> None:
    token = fresh.subject(SUBJECT)
    await fresh.data(HELD, token=token)
    await fresh.client.post("/graphql", json={"query": HELD, "operationName": "Held"}, headers=_bearer(token))
    await fresh.data("{ me { key } }", token=token)
    said = await scrape(fresh.client)
    assert _timed(said) == {"Held": 2, "unnamed": 1}
    assert (said("vitrine_request_seconds_sum", endpoint="/graphql", operation="Held") or 0) > 0


async def test_no_client_fills_the_names(fresh: Api) -> None:
    token = fresh.subject(SUBJECT)
    for number in range(NAMES_AT_MOST + 3):
        await fresh.data(f"query Name{number} {{ __typename }}", token=token)
    await fresh.data("query Name0 { __typename }")
    said = await scrape(fresh.client)
    timed = _timed(said)
    assert len(timed) == NAMES_AT_MOST + 1
    assert (timed["Name0"], timed["other"]) == (2, 3)


async def test_nobody_leaves_names_to_people(fresh: Api) -> None:
    for number in range(ANONYMOUS_NAMES_AT_MOST + 3):
        await fresh.data(f"query Name{number} {{ __typename }}")
    await fresh.data(HELD, token=fresh.subject(SUBJECT))
    timed = _timed(await scrape(fresh.client))
    assert len(timed) == ANONYMOUS_NAMES_AT_MOST + 2
    assert (timed["Held"], timed["other"]) == (1, 3)


async def test_a_name_of_an_operation_that_fails_takes_no_place(fresh: Api) -> None:
    await fresh.ask("query Anna { nothing }")
    await fresh.ask("query Bert { me { key } }")
    await fresh.ask(f"query {'x' * 65} {{ __typename }}")
    assert _timed(await scrape(fresh.client)) == {"other": 2, "unnamed": 1}


async def test_with_a_manifest_its_names_are_the_only_ones(reader: Api, tmp_path: Path) -> None:
    manifest = tmp_path / "persisted-documents.json"
    manifest.write_text(json.dumps({"abc": HELD}))
    api = reader.with_settings(persisted_documents=manifest)
    async with api.client:
        body = {"documentId": "sha256:abc"}
        await api.client.post("/graphql", json=body, headers=_bearer(api.subject(SUBJECT)))
        await api.data("query OfStaff { __typename }", token=api.staff())
        assert _timed(await scrape(api.client)) == {"Held": 1, "other": 1}


@pytest.mark.parametrize(
    ("document", "name"),
    [
        ("query A { x }", "A"),
        ("\ufeff # of ours\n mutation B($id: ID!) { x }", "B"),
        ("{ x }", None),
        ("query ($id: ID) { x }", None),
        ('{ x(text: "query Anna") }', None),
        ('query ($a: String = "query Anna") { x }', None),
        (f"query {'x' * 65} {{ x }}", None),
        ("#" * 60_000, None),
    ],
)
def test_the_name_that_a_document_begins_with(document: str, name: str | None) -> None:
    assert name_in(document) == name


async def test_statements_are_counted_for_each_request_and_timed_by_name(fresh: Api) -> None:
    await fresh.data("query Warm { policy { revision { number } } }")
    before = await scrape(fresh.client)
    await asyncio.gather(*(fresh.data(HELD, token=fresh.subject(SUBJECT)) for _ in range(5)))
    said = await scrape(fresh.client)

    def grown(name: str, **labels: str) -> float:
        return (said(name, **labels) or 0) - (before(name, **labels) or 0)

    assert grown("vitrine_request_statements_count", endpoint="/graphql") == 5
    assert grown("vitrine_request_statements_sum", endpoint="/graphql") == 5
    assert grown("vitrine_statement_seconds_count", statement="subjects.FIND_SUBJECT") == 5


def test_every_statement_of_the_store_has_a_name_of_its_own() -> None:
    assert statement_name(FIND_SUBJECT) == "subjects.FIND_SUBJECT"
    assert statement_name("MATCH (n) RETURN n") == "other"
    names = list(statement_names().values())
    assert len(names) == len(set(names)) > 50


async def test_the_pool_and_the_requests_are_seen_while_they_are_used(fresh: Api) -> None:
    seen: list[Scrape] = []
    begun, ended = asyncio.Event(), asyncio.Event()

    async def lines() -> AsyncIterator[bytes]:
        begun.set()
        await ended.wait()
        yield b"no line\n"

    importing = asyncio.create_task(fresh.report(lines(), fresh.service("websites")))
    await begun.wait()
    seen.append(await scrape(fresh.client))
    ended.set()
    assert (await importing).status_code == 200
    seen.append(await scrape(fresh.client))
    # The scrape is one of them.
    assert [said("vitrine_requests_in_flight") for said in seen] == [2, 1]
    assert [said("vitrine_graph_pool_limit") for said in seen] == [100, 100]


async def test_sessions_and_operations_that_wait_are_seen(away: Api, cable: Cable) -> None:
    api = away.with_settings(graphql_concurrency=1)
    async with api.client:
        await api.me(SUBJECT, "key")
        seen = [await scrape(api.client)]
        cable.choke()
        asked = [asyncio.create_task(api.me(SUBJECT, "key")) for _ in range(3)]
        seen.append(await scraped(api.client, "vitrine_operations_waiting", 2))
        cable.free()
        await asyncio.gather(*asked)
        seen.append(await scrape(api.client))
    assert [said("vitrine_graph_sessions") for said in seen] == [0, 1, 0]
    assert [said("vitrine_operations_waiting") for said in seen] == [0, 2, 0]


async def scraped(client: httpx2.AsyncClient, name: str, value: int) -> Scrape:
    """The first scrape that says so."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (said := await scrape(client))(name) != value:
            pass
    return said


async def test_imports_that_wait_are_seen(api: Api) -> None:
    narrow = api.with_settings(ingest_concurrency=1)
    begun, ended = asyncio.Event(), asyncio.Event()

    async def lines() -> AsyncIterator[bytes]:
        begun.set()
        await ended.wait()
        yield b"no line\n"

    async with narrow.client:
        running = asyncio.create_task(narrow.report(lines(), api.service("websites")))
        await begun.wait()
        # One for a place of its own service's, the other for one at all.
        waiting = [asyncio.create_task(narrow.report([], api.service(each))) for each in ("websites", "requests")]
        await scraped(narrow.client, "vitrine_imports_waiting", 2)
        ended.set()
        assert [each.status_code for each in await asyncio.gather(running, *waiting)] == [200, 200, 200]
        assert (await scrape(narrow.client))("vitrine_imports_waiting") == 0


async def test_a_session_counts_as_long_as_its_statement_runs(migrated: Database) -> None:
    async def work(transaction: object) -> int:
        return migrated.open_sessions

    assert migrated.open_sessions == 0
    assert await migrated.write(work) == 1
    assert migrated.open_sessions == 0


async def test_lines_are_counted_by_what_became_of_them(api: Api) -> None:
    token = api.service("websites")
    await api.report([LINE, {**LINE, "category": "bank-card-data"}, {**LINE, "service": "account-area"}], token)
    await api.report([LINE], token)
    await api.report([{**LINE, "reported_at": "2025-01-01T00:00:00Z", "since": "2024-01-01T00:00:00Z"}], token)
    document = "mutation ($input: [HoldingReport!]!) { reportHoldings(input: $input) { __typename } }"
    report = {"subject": "bert", "category": "cookies", "since": "2026-01-01T00:00:00Z"}
    answer = await api.ask(document, {"input": [report]}, token)
    assert answer.errors == []
    said = await scrape(api.client)
    outcomes = {each: said("vitrine_import_lines_total", outcome=each) for each in _outcomes(said)}
    assert outcomes == {"changed": 2, "unchanged": 1, "older": 1, "EXCLUDED_CATEGORY": 1, "OTHER_SERVICE": 1}


async def test_lines_of_an_import_that_ends_early_count_as_far_as_they_are_written(api: Api) -> None:
    batches: list[str] = []

    def fail_at_the_second_batch(statement: str) -> None:
        if statement == LOCK_SUBJECTS:
            batches.append(statement)
            if len(batches) > 1:
                raise GraphUnavailable("The graph is away")

    api.database.observers.append(fail_at_the_second_batch)
    lines = [{**LINE, "subject": f"person-{number}"} for number in range(1500)]
    response = await api.report(lines, api.service("websites"))
    api.database.observers.clear()
    assert response.status_code == 503
    assert (await scrape(api.client))("vitrine_import_lines_total", outcome="changed") == 1000
    assert (await api.report(lines, api.service("websites"))).status_code == 200
    said = await scrape(api.client)
    outcomes = {each: said("vitrine_import_lines_total", outcome=each) for each in _outcomes(said)}
    assert outcomes == {"changed": 1500, "unchanged": 1000, "older": 0}


async def test_the_revision_in_force_is_read_once_for_many_scrapes(fresh: Api) -> None:
    statements: list[LiteralString] = []
    fresh.database.observers.append(statements.append)
    said = [await scrape(fresh.client) for _ in range(5)][-1]
    assert said("vitrine_revision_in_force") == 1
    assert said("vitrine_revision_in_force_since_seconds") == 1541980800  # 2018-11-12
    # Its number, and then, because that is new, the revision.
    assert len(statements) == 2


async def test_without_a_revision_there_is_a_zero(empty: Api) -> None:
    said = await scrape(empty.client)
    assert said("vitrine_revision_in_force") == 0
    assert said("vitrine_revision_in_force_since_seconds") is None


async def test_a_graph_that_is_away_is_counted_by_its_code_and_by_ours(
    migrated: Database, address: GraphAddress, reader: Api
) -> None:
    async with Database(replace(address, url="bolt://127.0.0.1:9"), retry_seconds=0) as away:
        api = Api(away, reader.issuer, reader.jwks_url, reader.clock)
        async with api.client:
            assert (await api.ask(HELD, token=api.subject(SUBJECT))).codes == ["GRAPH_UNAVAILABLE"]
            said = await scrape(api.client)
    assert said("vitrine_requests_total", endpoint="/graphql", status="503", code="GRAPH_UNAVAILABLE") == 1
    errors = {"failure": "ServiceUnavailable", "code": "GRAPH_UNAVAILABLE"}
    # That of the operation, and that of the scrape, which asks for the revision in force.
    assert said("vitrine_graph_errors_total", **errors) == 2
    failures = {"statement": "subjects.FIND_SUBJECT", "failure": "ServiceUnavailable"}
    assert said("vitrine_statement_failures_total", **failures) == 3  # each try


async def test_two_applications_count_apart(reader: Api) -> None:
    one, other = reader.with_settings(), reader.with_settings()
    async with one.client, other.client:
        await one.data("query One { __typename }")
        await other.data("query Other { __typename }")
        assert _timed(await scrape(one.client)) == {"One": 1}
        assert _timed(await scrape(other.client)) == {"Other": 1}


async def test_the_process_is_watched(fresh: Api) -> None:
    said = await scrape(fresh.client)
    for name in ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_open_fds"):
        assert (said(name) or 0) > 0, name
    assert said("vitrine_event_loop_lag_seconds_count") == 0  # measured while the service runs
    assert said("vitrine_engine_restarts_total") == 0
    assert not [line for line in said.text.splitlines() if line.partition("{")[0].endswith("_created")]


async def test_a_busy_event_loop_is_seen() -> None:
    lags: list[float] = []
    measured = asyncio.Event()

    def observe(lag: float) -> None:
        lags.append(lag)
        measured.set()

    async with lag_measured(observe):
        await measured.wait()
        time.sleep(2 * INTERVAL_SECONDS)  # noqa: ASYNC251 - what is to be seen
        measured.clear()
        await measured.wait()
    assert max(lags) >= INTERVAL_SECONDS


class TestWhoMayRead:
    async def test_everybody_in_development(self, fresh: Api) -> None:
        await scrape(fresh.client)

    async def test_nobody_in_production_where_no_token_is_set(self, reader: Api) -> None:
        async with _production(reader) as client:
            response = await client.get("/metrics", headers=_bearer(TOKEN))
            assert response.status_code == 404
            assert response.json()["errors"][0]["extensions"]["code"] == "NO_SUCH_ADDRESS"

    @pytest.mark.parametrize(
        "credential",
        [None, "Bearer", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "Bearer \xe9"],
    )
    async def test_whoever_has_the_token_where_one_is_set(self, reader: Api, credential: str | None) -> None:
        async with _production(reader, metrics_token=TOKEN) as client:
            await scrape(client, TOKEN)
            headers = [] if credential is None else [(b"Authorization", credential.encode("latin-1"))]
            response = await client.get("/metrics", headers=headers)
            assert response.status_code == 401
            assert response.json()["errors"] == [
                {
                    "message": "the figures are for whoever sends Authorization: Bearer and VITRINE_METRICS_TOKEN",
                    "extensions": {"code": "UNAUTHENTICATED", "correlationId": response.headers["x-request-id"]},
                }
            ]
            assert response.headers["www-authenticate"] == "Bearer"


def _production(api: Api, **settings: str) -> httpx2.AsyncClient:
    production = replace(Settings(), mode=Mode.PRODUCTION, **settings)  # type: ignore[arg-type]
    app = create_app(production, api.database, verifier=api.verifier, issuer=None, clock=api.clock)
    return httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://vitrine.test")


def _timed(said: Scrape) -> dict[str, float | None]:
    """How often each operation was timed."""
    name = "vitrine_request_seconds_count"
    return {
        operation: said(name, endpoint="/graphql", operation=operation)
        for operation in said.labels(name, "operation") - {""}
    }


def _outcomes(said: Scrape) -> set[str]:
    return said.labels("vitrine_import_lines_total", "outcome")


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
