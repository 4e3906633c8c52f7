"""GraphQL over HTTP: which status and which form an answer has, by what was asked and how."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from graph.errors import GraphUnavailable
from graph.store.revisions import FIND_REVISION
from server.settings import Mode
from tests.server.api import Api

JSON = "application/json"
RESPONSE = "application/graphql-response+json"
NAME = "{ __typename }"
LISTEN = "subscription { noticeAdded { title } }"


async def post(api: Api, body: dict[str, Any], accept: str = RESPONSE, token: str | None = None) -> Any:
    headers = {"Accept": accept, **({"Authorization": f"Bearer {token}"} if token else {})}
    return await api.client.post("/graphql", json=body, headers=headers)


async def get(api: Api, token: str | None = None, accept: str = RESPONSE, **parameters: str) -> Any:
    headers = {"Accept": accept, **({"Authorization": f"Bearer {token}"} if token else {})}
    return await api.client.get("/graphql", params=parameters, headers=headers)


def code(response: Any) -> str:
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


class TestStatus:
    @pytest.mark.parametrize(
        "body",
        [
            {"query": "{"},
            {"query": "{ nothing }"},
            {"query": "query ($id: ID!) { node(id: $id) { id } }"},
            {"query": "query A { __typename }", "operationName": "B"},
            {"query": "query A { __typename } query B { __typename }", "operationName": "C"},
            {"query": "fragment F on Query { __typename }"},
        ],
    )
    async def test_an_operation_that_cannot_be_run(self, reader: Api, body: dict[str, Any]) -> None:
        for accept, status in ((RESPONSE, 400), (JSON, 200)):
            response = await post(reader, body, accept)
            assert (response.status_code, code(response)) == (status, "INVALID_DOCUMENT")
            assert "data" not in response.json()

    @pytest.mark.parametrize("accept", [RESPONSE, JSON])
    async def test_a_field_that_fails(self, reader: Api, accept: str) -> None:
        response = await post(reader, {"query": "{ me { key } policy { revision { number } } }"}, accept)
        assert (response.status_code, code(response)) == (200, "UNAUTHENTICATED")
        assert response.json()["data"] == {"me": None, "policy": {"revision": {"number": 1}}}

    @pytest.mark.parametrize(
        ("accept", "sent"), [(RESPONSE, f"{RESPONSE}; charset=utf-8"), (JSON, JSON), ("*/*", JSON)]
    )
    async def test_the_form_that_is_asked_for(self, reader: Api, accept: str, sent: str) -> None:
        response = await post(reader, {"query": NAME}, accept)
        assert (response.status_code, response.headers["content-type"]) == (200, sent)
        assert response.json() == {"data": {"__typename": "Query"}}

    async def test_a_form_that_there_is_not(self, reader: Api) -> None:
        response = await post(reader, {"query": NAME}, "text/html")
        assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")
        assert response.headers["content-type"] == JSON

    async def test_a_compressed_body_is_not_unpacked(self, reader: Api) -> None:
        token = reader.service("websites")
        for path, media_type in (("/graphql", JSON), ("/ingest/holdings", "application/x-ndjson")):
            headers = {"Content-Type": media_type, "Content-Encoding": "gzip", "Authorization": f"Bearer {token}"}
            response = await reader.client.post(path, content=b"\x1f\x8b", headers=headers)
            assert (response.status_code, code(response)) == (415, "UNSUPPORTED_ENCODING")
            assert "without Content-Encoding" in response.json()["errors"][0]["message"]

    async def test_a_graph_that_is_away_has_no_data(self, reader: Api) -> None:
        def away(statement: str) -> None:
            if statement == FIND_REVISION:
                raise GraphUnavailable("The graph does not answer: try again later")

        reader.database.observers.append(away)
        asked = "{ policy(number: 77) { html } dataMap(number: 78) { revision { number } } }"
        response = await post(reader, {"query": asked})
        assert (response.status_code, response.headers["retry-after"]) == (503, "5")
        assert set(response.json()) == {"errors"}
        # What could be answered is, and then says so.
        response = await post(reader, {"query": "{ __typename policy(number: 77) { html } }"})
        assert (response.status_code, code(response)) == (200, "GRAPH_UNAVAILABLE")
        assert response.json()["data"] == {"__typename": "Query", "policy": None}


class TestGet:
    async def test_a_query(self, reader: Api) -> None:
        response = await get(
            reader,
            reader.subject("example-buyer"),
            query="query Q($n: Int) { me { key } policy(number: $n) { revision { number } } } query R { __typename }",
            variables='{"n": 1}',
            operationName="Q",
        )
        assert response.json() == {
            "data": {"me": {"key": "example-buyer"}, "policy": {"revision": {"number": 1}}},
        }
        assert response.headers["cache-control"] == "no-store"

    @pytest.mark.parametrize("asked", ["mutation { __typename }", "mutation { nothing }"])
    async def test_a_mutation_is_not_run(self, reader: Api, asked: str) -> None:
        for accept in (RESPONSE, JSON):
            response = await get(reader, reader.subject("example-buyer"), accept, query=asked)
            assert (response.status_code, code(response)) == (405, "METHOD_NOT_ALLOWED")
            assert response.headers["allow"] == "POST"

    async def test_nor_one_that_stands_beside_a_query(self, reader: Api) -> None:
        asked = "query Q { __typename } mutation M { __typename }"
        assert (await get(reader, query=asked, operationName="M")).status_code == 405
        assert (await get(reader, query=asked, operationName="Q")).json() == {"data": {"__typename": "Query"}}
        assert code(await get(reader, query=asked)) in ("INVALID_DOCUMENT", "METHOD_NOT_ALLOWED")

    async def test_a_subscription_is_for_who_takes_events(self, reader: Api) -> None:
        for response in (await get(reader, query=LISTEN), await post(reader, {"query": LISTEN}, JSON)):
            assert (response.status_code, code(response)) == (406, "NOT_ACCEPTABLE")

    async def test_no_page_is_shown(self, reader: Api) -> None:
        response = await reader.client.get("/graphql", headers={"Accept": "text/html,*/*;q=0.8"})
        assert (response.status_code, code(response)) == (400, "INVALID_REQUEST")


@pytest.fixture
async def production(reader: Api) -> AsyncIterator[Api]:
    api = reader.with_settings(mode=Mode.PRODUCTION)
    async with api.client:
        yield api


class TestIntrospection:
    @pytest.mark.parametrize(
        "asked", ["{ __schema { queryType { name } } }", '{ ... on Query { x: __type(name: "Query") { name } } }']
    )
    async def test_outside_development_it_is_for_staff(self, production: Api, asked: str) -> None:
        for token in (None, production.subject("example-buyer"), production.service("websites"), production.job()):
            response = await post(production, {"query": asked}, token=token)
            assert (response.status_code, code(response)) == (400, "INTROSPECTION_NOT_ALLOWED")
            assert (await production.data(NAME, token=token)) == {"__typename": "Query"}
        assert (await post(production, {"query": asked}, token=production.staff())).status_code == 200
        # And what staff may ask is not remembered for the next one.
        assert code(await post(production, {"query": asked})) == "INTROSPECTION_NOT_ALLOWED"

    async def test_in_development_it_is_for_everybody(self, reader: Api) -> None:
        assert await reader.data('{ __type(name: "Query") { name } }') == {"__type": {"name": "Query"}}
