"""`POST /ingest/holdings`: reports of one service, as many as there are."""

from __future__ import annotations

import asyncio
import json
import socket
import tracemalloc
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
import uvicorn

from graph.reports import LINE_BYTES_AT_MOST
from graph.store.reports import BATCH_LINES
from tests.graphs import dump, run
from tests.server.api import NDJSON, Api, ndjson, read_ndjson

COUNT_HOLDINGS = """
MATCH (h:Holding)
WHERE h.service = $service
RETURN count(h) AS holdings
"""
LIST_PAIRS = """
MATCH (s:Subject)-[:HAS_HOLDING]->(h:Holding)
WHERE h.service = $service
RETURN s.id AS subject, h.category AS category
"""
SINCE = "2026-10-01T00:00:00Z"
CATEGORIES = ("cookies", "ip-address", "browser", "device-type")


def line(subject: str, category: str = "cookies", **over: object) -> dict[str, object]:
    return {"subject": subject, "service": "requests", "category": category, "since": SINCE, **over}


def many(count: int) -> Iterator[dict[str, object]]:
    """`count` lines of as many holdings, every tenth to be rejected for one of five reasons."""
    bad: tuple[dict[str, object], ...] = (
        {"category": "health-data"},
        {"service": "account-area"},
        {"category": "cookeis"},
        {"since": "2026-10-07T00:00:00Z"},
        {"surname": "Nobody"},
    )
    for number in range(count):
        good = line(f"person-{number // 4}", CATEGORIES[number % 4])
        yield {**good, **bad[number // 10 % 5]} if number % 10 == 9 else good


async def odd_chunks(body: bytes) -> AsyncIterator[bytes]:
    """The bytes in pieces of 1 to 6,000, cut anywhere."""
    at, size = 0, 1
    while at < len(body):
        yield body[at : at + size]
        at, size = at + size, (size * 7 + 3) % 6_000 + 1


async def count(api: Api) -> int:
    (row,) = await run(api.database, COUNT_HOLDINGS, service="requests")
    found = row["holdings"]
    assert isinstance(found, int)
    return found


class TestStream:
    async def test_a_long_stream_is_taken_line_by_line(self, api: Api) -> None:
        lines = 20_000
        body = ndjson(many(lines))
        response = await api.report(odd_chunks(body), api.service("requests"))
        assert (response.status_code, response.headers["content-type"]) == (200, NDJSON)
        *rejected, last = read_ndjson(response)
        by_code = {
            "EXCLUDED_CATEGORY": 400,
            "OTHER_SERVICE": 400,
            "UNKNOWN_CATEGORY": 400,
            "FUTURE_DATE": 400,
            "MALFORMED": 400,
        }
        assert last == {
            "summary": {
                "lines": lines,
                "changed": 18_000,
                "unchanged": 0,
                "older": 0,
                "rejected": 2_000,
                "rejected_by_code": by_code,
            }
        }
        assert [each["line"] for each in rejected] == list(range(10, lines + 1, 10))
        assert Counter(each["code"] for each in rejected) == by_code
        assert all(each.keys() == {"line", "code", "reason", "clauses"} and each["reason"] for each in rejected)
        assert rejected[0] == {
            "line": 10,
            "code": "EXCLUDED_CATEGORY",
            "reason": "the policy promises never to process 'health-data'",
            "clauses": ["specific-types.list", "specific-types.health"],
        }
        assert await count(api) == 18_000

        once = await dump(api.database)
        again = read_ndjson(await api.report(odd_chunks(body), api.service("requests")))
        assert (again[:-1], again[-1]["summary"]["unchanged"], again[-1]["summary"]["changed"]) == (rejected, 18_000, 0)
        assert await dump(api.database) == once

    async def test_every_kind_of_line(self, api: Api) -> None:
        told: list[dict[str, object]] = [
            line("ann"),
            {"type": "holding", **line("ann", "browser"), "records": 3},
            {
                "type": "gone",
                "subject": "ann",
                "service": "requests",
                "category": "browser",
                "at": "2026-10-02T00:00:00Z",
            },
            {"type": "decision", "subject": "ann", "purpose": "marketing-messages", "decision": "CONSENT", "at": SINCE},
            {"type": "decision", "subject": "ann", "purpose": "marketing-messages", "decision": "CONSENT", "at": SINCE},
            {"type": "trust", "subject": "ann", "towards": "bob", "categories": ["email"], "since": SINCE},
            {
                "type": "disclosure",
                "subject": "ann",
                "service": "requests",
                "recipient": "subcontractors",
                "categories": ["cookies"],
                "at": SINCE,
            },
            line("ann", reported_at="2026-09-01T00:00:00Z", records=9),
        ]
        response = await api.report(told, api.service("requests"))
        (last,) = read_ndjson(response)
        assert last["summary"] == {
            "lines": 8,
            "changed": 6,
            "unchanged": 1,
            "older": 1,
            "rejected": 0,
            "rejected_by_code": {},
        }
        me = await api.me(
            "ann",
            """holdings { nodes { categoryKey records } } decisions { nodes { kind } } trusts { nodes { towards } }
            recipients { nodes { key disclosed { totalCount } } }""",
        )
        assert me["holdings"]["nodes"] == [{"categoryKey": "cookies", "records": None}]
        assert me["decisions"]["nodes"] == [{"kind": "CONSENT"}]
        assert me["trusts"]["nodes"] == [{"towards": "bob"}]
        assert {"key": "subcontractors", "disclosed": {"totalCount": 1}} in me["recipients"]["nodes"]

    async def test_blank_lines_and_line_ends_do_not_count(self, api: Api) -> None:
        one, two = json.dumps(line("ann")).encode(), json.dumps(line("bob")).encode()
        body = b"\n\r\n" + one + b"\r\n\n   \n" + b"no json\n" + two
        *rejected, last = read_ndjson(await api.report(body, api.service("requests")))
        assert [(each["line"], each["code"]) for each in rejected] == [(6, "MALFORMED")]
        assert (last["summary"]["lines"], last["summary"]["changed"]) == (3, 2)

    async def test_nothing_at_all_is_nothing_to_do(self, api: Api) -> None:
        (last,) = read_ndjson(await api.report(b"", api.service("requests")))
        assert last["summary"]["lines"] == 0

    async def test_what_a_service_says_of_another_is_refused(self, api: Api) -> None:
        before = await dump(api.database)
        *rejected, last = read_ndjson(await api.report([line("ann")], api.service("websites")))
        assert rejected == [
            {
                "line": 1,
                "code": "OTHER_SERVICE",
                "reason": "this credential reports for the service 'websites' only",
                "clauses": [],
            }
        ]
        assert last["summary"]["rejected"] == 1
        assert await dump(api.database) == before

    async def test_a_rejection_does_not_repeat_what_was_sent(self, api: Api) -> None:
        told = [
            line("ann", surname="Karenina"),
            line("ann", since="Karenina"),
            line("ann", records="Karenina"),
            line("Karenina of Moscow"),
            {"type": "Karenina", **line("ann")},
        ]
        response = await api.report(told, api.service("requests"))
        assert [each["code"] for each in read_ndjson(response)[:-1]] == ["MALFORMED"] * 5
        assert "Karenina" not in response.text


class TestDoor:
    @pytest.mark.parametrize(
        ("token", "status", "code"),
        [
            (None, 401, "UNAUTHENTICATED"),
            ("subject", 403, "FORBIDDEN"),
            ("staff", 403, "FORBIDDEN"),
            ("job", 403, "FORBIDDEN"),
            ("nonsense", 401, "UNAUTHENTICATED"),
        ],
    )
    async def test_only_a_service_may_report(self, reader: Api, token: str | None, status: int, code: str) -> None:
        given = {
            None: None,
            "subject": reader.subject("example-buyer"),
            "staff": reader.staff(),
            "job": reader.job(),
            "nonsense": "no.such.token",
        }[token]
        response = await reader.report([line("ann")], given)
        assert response.status_code == status
        assert response.json()["errors"][0]["extensions"]["code"] == code
        assert ("www-authenticate" in response.headers) is (status == 401)

    @pytest.mark.parametrize("media_type", ["application/json", "text/plain", "multipart/form-data", ""])
    async def test_only_ndjson_is_read(self, reader: Api, media_type: str) -> None:
        response = await reader.report([line("ann")], reader.service("requests"), media_type)
        assert response.status_code == 415
        assert response.json()["errors"][0]["message"] == (
            "Send reports as application/x-ndjson: one JSON object a line"
        )

    @pytest.mark.parametrize(
        "media_type", ["application/x-ndjson; charset=utf-8", "application/jsonl", "APPLICATION/NDJSON"]
    )
    async def test_under_any_of_its_names(self, reader: Api, media_type: str) -> None:
        response = await reader.report(b"\n", reader.service("requests"), media_type)
        assert response.status_code == 200

    async def test_only_by_post(self, reader: Api) -> None:
        for method in ("GET", "PUT", "DELETE"):
            response = await reader.client.request(method, "/ingest/holdings")
            assert (response.status_code, response.headers["allow"]) == (405, "POST")

    async def test_before_any_policy_nothing_can_be_checked(self, empty: Api) -> None:
        response = await empty.report([line("ann")], empty.service("requests"))
        assert response.status_code == 409
        assert response.json()["errors"][0]["extensions"]["code"] == "NO_REVISION_IN_FORCE"


class TestBounds:
    async def test_memory_does_not_grow_with_the_stream(self, api: Api) -> None:
        """50 MB, one line of it 10 MB long, and a rejection for each second of the others."""
        token = api.service("requests")
        padding = b" " * 6_000
        sent = 0

        async def stream() -> AsyncIterator[bytes]:
            nonlocal sent
            number = 0
            while sent < 50_000_000:
                number += 1
                told = line(f"person-{number % 500}", "cookies" if number % 2 else "health-data")
                chunk = json.dumps(told).encode() + padding + b"\n"
                if number == 100:
                    chunk = b"x" * 10_000_000 + b"\n"
                for at in range(0, len(chunk), 65_536):
                    sent += len(chunk[at : at + 65_536])
                    yield chunk[at : at + 65_536]

        await api.report(b"\n", token)  # what is loaded once is loaded
        tracemalloc.start()
        try:
            response = await api.report(stream(), token)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        *rejected, last = read_ndjson(response)
        summary = last["summary"]
        assert summary["lines"] > 6_000
        assert summary["rejected_by_code"] == {"EXCLUDED_CATEGORY": len(rejected) - 1, "TOO_LONG": 1}
        assert summary["changed"] + summary["unchanged"] + summary["rejected"] == summary["lines"]
        # A batch, a chunk, the rejections in the client's answer: far below what went through.
        assert peak < 25_000_000

    async def test_a_line_has_a_longest_length(self, api: Api) -> None:
        whole = json.dumps(line("ann")).encode()
        longest = whole + b" " * (LINE_BYTES_AT_MOST - len(whole))
        body = longest + b"\n" + longest + b" \n" + json.dumps(line("bob")).encode()
        *rejected, last = read_ndjson(await api.report(odd_chunks(body), api.service("requests")))
        assert [(each["line"], each["code"]) for each in rejected] == [(2, "TOO_LONG")]
        assert last["summary"]["changed"] == 2


class TestDisconnect:
    async def test_whole_batches_are_kept_of_a_client_that_goes_away(self, api: Api) -> None:
        batches = 3
        body = ndjson(line(f"person-{number}") for number in range(BATCH_LINES * batches + BATCH_LINES // 2))
        head = (
            "POST /ingest/holdings HTTP/1.1\r\nHost: vitrine\r\nContent-Length: 100000000\r\n"
            f"Authorization: Bearer {api.service('requests')}\r\nContent-Type: {NDJSON}\r\n\r\n"
        )
        async with served(api) as (server, port):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(head.encode() + body[:-20])
            await writer.drain()
            async with asyncio.timeout(60):
                while await count(api) < BATCH_LINES * batches:
                    pass
                writer.transport.abort()
                await asyncio.wait(set(server.server_state.tasks))
        pairs = {_pair(row) for row in await run(api.database, LIST_PAIRS, service="requests")}
        assert pairs == {(f"person-{number}", "cookies") for number in range(BATCH_LINES * batches)}
        assert await count(api) == len(pairs)
        # Sent again as it was, everything is there, and once.
        (last,) = read_ndjson(await api.report(body, api.service("requests")))
        assert (last["summary"]["changed"], last["summary"]["unchanged"]) == (500, BATCH_LINES * batches)


@asynccontextmanager
async def served(api: Api) -> AsyncIterator[tuple[uvicorn.Server, int]]:
    """The application behind a real HTTP server on loopback, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(api.app, log_config=None, access_log=False, lifespan="off"))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        try:
            yield server, listener.getsockname()[1]
        finally:
            server.should_exit = True
            await serving


def _pair(row: dict[str, Any]) -> tuple[str, str]:
    return row["subject"], row["category"]
