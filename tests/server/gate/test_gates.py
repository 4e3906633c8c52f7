"""The limits on time, concurrency and rate, on the whole application."""

from __future__ import annotations

import asyncio
import errno
import json
from collections.abc import AsyncIterator
from typing import NoReturn

import httpx2
import pytest

import server.graphql
import server.holdings_endpoint
from server.gate import connections
from server.gate.rates import FAILURE_COST
from server.tokens import Credential
from tests.server.api import Api, ndjson, read_ndjson
from tests.server.gate.served import served, until
from tests.server.test_availability import Cable, away, cable

__all__ = ["away", "cable"]

ME = "{ me { key } }"
LINE = {"subject": "example-visitor", "service": "websites", "category": "cookies", "since": "2026-01-01T00:00:00Z"}


def code(response: httpx2.Response) -> str:
    found: str = response.json()["errors"][0]["extensions"]["code"]
    return found


def head(path: str, token: str | None, length: int, media_type: str = "application/json") -> bytes:
    credential = f"Authorization: Bearer {token}\r\n" if token else ""
    return (
        f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: {media_type}\r\n{credential}Content-Length: {length}\r\n\r\n"
    ).encode()


class TestTime:
    async def test_a_body_that_does_not_come_whole(self, reader: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connections, "LINGER_SECONDS", 0.1)
        monkeypatch.setattr(connections, "SWEEP_TICKS", 1)
        api = reader.with_settings(request_seconds=0.3)
        async with served(api.app) as service:
            client = await service.client()
            await client.send(head("/graphql", None, 100) + b'{"query": ')
            reply = await client.reply()
            assert (reply.status, reply.code) == (408, "TOO_SLOW")
            assert reply.body["errors"][0]["message"] == "The request did not come whole within 0.3 s: send it again"
            assert await client.rest() == b""

    async def test_an_answer_that_is_not_ready(self, away: Api, cable: Cable) -> None:
        api = away.with_settings(request_seconds=0.3)
        async with api.client:
            token = api.subject("example-visitor")
            await away.data(ME, token=token)
            cable.choke()
            answer = await api.ask(ME, token=token)
            assert (answer.status, answer.codes, answer.headers["retry-after"]) == (503, ["TIMED_OUT"], "5")
            cable.free()
            assert await away.data(ME, token=token) == {"me": {"key": "example-visitor"}}

    async def test_a_timeout_of_the_system_is_none_of_the_requests(
        self, reader: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: object) -> NoReturn:
            raise TimeoutError(errno.ETIMEDOUT, "Connection timed out")

        monkeypatch.setattr(server.graphql, "read_accept", fail)
        monkeypatch.setattr(server.holdings_endpoint, "check_content", fail)
        answer = await reader.ask("{ __typename }")
        assert (answer.status, answer.codes) == (500, ["INTERNAL"])
        response = await reader.report([LINE], reader.service("websites"))
        assert (response.status_code, response.json()["errors"][0]["extensions"]["code"]) == (500, "INTERNAL")

    async def test_an_import_that_stops_in_the_middle(self, api: Api) -> None:
        """What was written in whole batches stays, nothing of the batch that had begun is there."""
        patient = api.with_settings(ingest_idle_seconds=3.0)
        lines = ndjson({**LINE, "subject": f"person-{number}"} for number in range(1_500))
        token = api.service("websites")
        async with served(patient.app) as service:
            client = await service.client()
            await client.send(head("/ingest/holdings", token, len(lines) + 100, "application/x-ndjson") + lines)
            reply = await client.reply()
            assert (reply.status, reply.code) == (408, "TOO_SLOW")
        again = read_ndjson(await api.report(lines, token))[-1]["summary"]
        assert (again["unchanged"], again["changed"]) == (1_000, 500)

    async def test_an_import_ends_with_its_token(self, api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
        """As one that stops: what was written in whole batches stays."""
        now = 0.0
        monkeypatch.setattr(server.holdings_endpoint, "monotonic", lambda: now)
        token = api.service("websites")
        lines = ndjson({**LINE, "subject": f"person-{number}"} for number in range(1_500))

        async def outlasting() -> AsyncIterator[bytes]:
            nonlocal now
            yield lines
            now = await api.verifier.seconds_left(Credential(token)) + 1
            yield lines

        refused = await api.report(outlasting(), token)
        assert (refused.status_code, code(refused)) == (401, "UNAUTHENTICATED")
        assert refused.json()["errors"][0]["message"].startswith("the token ended before the lines did: send the whole")
        again = read_ndjson(await api.report(lines, token))[-1]["summary"]
        assert (again["unchanged"], again["changed"]) == (1_000, 500)


class TestCrowds:
    async def test_one_operation_too_many(self, away: Api, cable: Cable) -> None:
        api = away.with_settings(graphql_concurrency=1, graphql_waiting=0)
        async with api.client:
            token = api.subject("example-visitor")
            await api.data(ME, token=token)
            cable.choke()
            running = asyncio.create_task(api.data(ME, token=token))
            await until(lambda: api.database.open_sessions == 1)
            answer = await api.ask(ME, token=token)
            assert (answer.status, answer.codes, answer.headers["retry-after"]) == (503, ["OVERLOADED"], "1")
            assert (await api.client.get("/livez")).status_code == 200
            cable.free()
            assert await running == {"me": {"key": "example-visitor"}}

    async def test_a_service_leaves_a_place_to_the_others(self, api: Api) -> None:
        narrow = api.with_settings(ingest_concurrency=3, waiting_seconds=0.05)
        token = api.service("websites")
        begun, go_on = asyncio.Semaphore(0), asyncio.Event()

        async def held() -> AsyncIterator[bytes]:
            begun.release()
            await go_on.wait()
            yield ndjson([LINE])

        async with narrow.client:
            running = [asyncio.create_task(narrow.report(held(), token)) for _ in range(2)]
            for _ in running:
                await begun.acquire()
            refused = await narrow.report([LINE], token)
            assert (refused.status_code, code(refused)) == (503, "OVERLOADED")
            assert refused.json()["errors"][0]["message"] == (
                "Too many imports of yours run just now: send this again after 1 s"
            )
            other = await narrow.report([{**LINE, "service": "requests"}], api.service("requests"))
            assert other.status_code == 200
            go_on.set()
            assert [(await each).status_code for each in running] == [200, 200]
            assert (await narrow.report([LINE], token)).status_code == 200

    async def test_imports_have_a_bound_of_their_own(self, api: Api) -> None:
        narrow = api.with_settings(ingest_concurrency=1, waiting_seconds=0.05)
        token = api.service("websites")
        begun, go_on = asyncio.Event(), asyncio.Event()

        async def held() -> AsyncIterator[bytes]:
            yield ndjson([LINE])
            begun.set()
            await go_on.wait()

        async with narrow.client:
            running = asyncio.create_task(narrow.report(held(), token))
            await begun.wait()
            refused = await narrow.report([LINE], token)
            assert (refused.status_code, code(refused)) == (503, "OVERLOADED")
            assert refused.headers["retry-after"] == "1"
            assert await narrow.data(ME, token=api.subject("example-visitor")) == {"me": {"key": "example-visitor"}}
            go_on.set()
            assert (await running).status_code == 200
            assert (await narrow.report([LINE], token)).status_code == 200

    async def test_large_requests_have_a_bound_of_their_own(self, reader: Api) -> None:
        """They are in memory whole."""
        narrow = reader.with_settings(waiting_seconds=0.05)
        small = json.dumps({"query": "{ __typename }"}).encode()
        large = small + b" " * server.graphql.SMALL_BODY_BYTES_AT_MOST
        begun, go_on = asyncio.Semaphore(0), asyncio.Event()

        async def held() -> AsyncIterator[bytes]:
            begun.release()
            await go_on.wait()
            yield large

        async with narrow.client:

            async def ask(body: bytes | AsyncIterator[bytes], staff: str) -> httpx2.Response:
                headers = {"Content-Type": "application/json", "Authorization": f"Bearer {narrow.staff(staff)}"}
                return await narrow.client.post("/graphql", content=body, headers=headers)

            own = server.graphql.LARGE_BODIES_AT_MOST - 1
            running = [asyncio.create_task(ask(held(), "staff-1")) for _ in range(own)]
            for _ in running:
                await begun.acquire()
            refused = await ask(large, "staff-1")
            assert (refused.status_code, code(refused), refused.headers["retry-after"]) == (503, "OVERLOADED", "1")
            assert refused.json()["errors"][0]["message"] == (
                "Too many large requests of yours run just now: send this again after 1 s"
            )
            assert [(await ask(body, who)).status_code for body, who in ((small, "staff-1"), (large, "staff-2"))] == [
                200,
                200,
            ]
            go_on.set()
            assert [(await each).status_code for each in running] == [200] * own
            assert (await ask(large, "staff-1")).status_code == 200

    async def test_who_sends_slowly_takes_nobodys_place(self, reader: Api) -> None:
        api = reader.with_settings(graphql_concurrency=1, graphql_waiting=0)
        body = json.dumps({"query": "{ __typename }"}).encode()
        async with served(api.app) as service:
            slow, quick = await service.client(), await service.client()
            await slow.send(head("/graphql", None, len(body)) + body[:5])
            await quick.send(head("/graphql", None, len(body)) + body)
            assert (await quick.reply()).status == 200
            await slow.send(body[5:])
            assert (await slow.reply()).status == 200


class TestRates:
    async def test_an_address(self, reader: Api) -> None:
        api = reader.with_settings(address_requests_a_minute=3)
        async with api.client:
            for _ in range(3):
                await api.data("{ __typename }")
            answer = await api.ask("{ __typename }", token=api.staff())
            assert (answer.status, answer.codes) == (429, ["RATE_LIMITED"])
            assert 1 <= int(answer.headers["retry-after"]) <= 20
            assert (await api.report([LINE], api.service("websites"))).status_code == 429
            for path in ("/livez", "/readyz"):
                assert (await api.client.get(path)).status_code == 200

    async def test_the_address_behind_a_proxy(self, reader: Api) -> None:
        api = reader.with_settings(address_requests_a_minute=1, trusted_proxies=1)
        async with api.client:
            for address, status in (("203.0.113.1", 200), ("203.0.113.2", 200), ("203.0.113.1", 429)):
                headers = {"X-Forwarded-For": f"198.51.100.99, {address}"}
                assert (await api.ask("{ __typename }", headers=headers)).status == status

    async def test_a_token_that_does_not_verify_counts_more(self, reader: Api) -> None:
        api = reader.with_settings(address_requests_a_minute=2 * FAILURE_COST)
        async with api.client:
            statuses = [(await api.ask(ME, token=f"{api.staff()}x")).status for _ in range(4)]
            assert statuses == [401, 401, 429, 429]

    async def test_the_holder_of_tokens(self, reader: Api) -> None:
        api = reader.with_settings(holder_requests_a_minute=2)
        async with api.client:
            first, second = api.subject("example-visitor"), api.subject("example-visitor")
            asked = [await api.ask(ME, token=token) for token in (first, second, first, second)]
            assert [answer.status for answer in asked] == [200, 200, 429, 429]
            assert asked[-1].codes == ["RATE_LIMITED"]
            # Neither another person, nor staff of the same id, nor nobody.
            for token in (api.subject("example-buyer"), api.staff("example-visitor"), None):
                assert (await api.ask("{ __typename }", token=token)).status == 200
