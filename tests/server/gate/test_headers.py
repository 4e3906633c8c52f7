"""The headers of every answer, and whom browsers let read them."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from server.settings import Mode
from tests.server.api import Api

ORIGIN = "https://account.example"
OTHER = "https://evil.example"
SECURITY = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
HSTS = "max-age=31536000"


@pytest.fixture
async def shared(reader: Api) -> AsyncIterator[Api]:
    """The service with one origin besides its own, in production mode."""
    api = reader.with_settings(cors_origins=(ORIGIN,), mode=Mode.PRODUCTION)
    async with api.client:
        yield api


async def every_answer(api: Api) -> dict[str, httpx2.Response]:
    json = {"Content-Type": "application/json"}
    ask = api.client
    return {
        "data": await ask.post("/graphql", json={"query": "{ __typename }"}),
        "query by address": await ask.get("/graphql", params={"query": "{ __typename }"}),
        "no token": await ask.post("/ingest/holdings", content=b""),
        "bad token": await ask.post("/graphql", json={}, headers={"Authorization": "Bearer x"}),
        "no JSON": await ask.post("/graphql", content=b"{", headers=json),
        "method": await ask.delete("/graphql"),
        "nothing there": await ask.get("/nothing"),
        "ready": await ask.get("/readyz"),
        "alive": await ask.get("/livez"),
        "figures": await ask.get("/metrics"),
        "keys": await ask.get("/.well-known/jwks.json"),
    }


async def test_every_answer_has_them(reader: Api, shared: Api) -> None:
    for api, production in ((reader, False), (shared, True)):
        for name, response in (await every_answer(api)).items():
            assert {header: response.headers.get(header) for header in SECURITY} == SECURITY, name
            assert response.headers.get("strict-transport-security") == (HSTS if production else None), name
            assert len(response.headers.get_list("cache-control")) == 1, name
            (correlation_id,) = response.headers.get_list("x-request-id")
            assert re.fullmatch("[0-9a-f]{32}", correlation_id), name


async def test_the_correlation_id_is_the_one_that_was_sent(reader: Api) -> None:
    for path in ("/livez", "/metrics", "/graphql", "/nothing"):
        response = await reader.client.get(path, headers={"X-Request-Id": "0" * 32})
        assert response.headers.get_list("x-request-id") == ["0" * 32], path


async def test_an_unexpected_failure_has_them_too(reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise RuntimeError

    monkeypatch.setattr("server.app.response_of", lambda *_: fail())
    client = httpx2.AsyncClient(
        transport=httpx2.ASGITransport(reader.app, raise_app_exceptions=False), base_url="http://vitrine.test"
    )
    async with client:
        response = await client.get("/nothing")
    assert response.status_code == 500
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    assert {header: response.headers.get(header) for header in SECURITY} == SECURITY


class TestCors:
    async def test_an_origin_that_is_named_reads_every_answer(self, shared: Api) -> None:
        shared.client.headers["Origin"] = ORIGIN
        for name, response in (await every_answer(shared)).items():
            assert response.headers.get("access-control-allow-origin") == ORIGIN, name
            assert response.headers["vary"] == "Origin", name
            assert response.headers["access-control-expose-headers"] == "X-Request-Id, Retry-After", name
            assert "access-control-allow-credentials" not in response.headers, name

    @pytest.mark.parametrize("origin", [OTHER, "null", f"{ORIGIN}.evil.example", "http://account.example"])
    async def test_no_other_does(self, shared: Api, origin: str) -> None:
        response = await shared.client.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": origin})
        assert "access-control-allow-origin" not in response.headers
        assert response.headers["vary"] == "Origin"

    async def test_nobody_does_without_a_setting(self, reader: Api) -> None:
        response = await reader.client.post("/graphql", json={"query": "{ __typename }"}, headers={"Origin": ORIGIN})
        assert [name for name in response.headers if name.startswith("access-control")] == []
        preflight = await reader.client.options(
            "/graphql", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"}
        )
        assert preflight.status_code == 405

    async def test_a_browser_that_asks_before(self, shared: Api) -> None:
        asked = {
            "Origin": ORIGIN,
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": "authorization, content-type, x-request-id",
        }
        response = await shared.client.options("/graphql", headers=asked)
        assert (response.status_code, response.content) == (204, b"")
        assert response.headers["access-control-allow-origin"] == ORIGIN
        assert response.headers["access-control-allow-methods"] == "GET, POST"
        assert response.headers["access-control-max-age"] == "600"
        assert "x-request-id" in response.headers
        assert "access-control-allow-credentials" not in response.headers

    @pytest.mark.parametrize(
        ("header", "value"),
        [
            ("Origin", OTHER),
            ("Access-Control-Request-Method", "DELETE"),
            ("Access-Control-Request-Headers", "x-secret"),
        ],
    )
    async def test_one_that_may_not(self, shared: Api, header: str, value: str) -> None:
        asked = {"Origin": ORIGIN, "Access-Control-Request-Method": "POST", header: value}
        response = await shared.client.options("/graphql", headers=asked)
        assert response.status_code == 403
        assert response.json()["errors"][0]["extensions"]["code"] == "ORIGIN_NOT_ALLOWED"
        assert ("access-control-allow-origin" in response.headers) == (header != "Origin")
