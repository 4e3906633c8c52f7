"""Whatever is sent, the service says precisely what is wrong with it, writes nothing, tells nothing, and goes on."""

from __future__ import annotations

import io
import json
from collections.abc import AsyncIterator, Iterator

import pytest

from server.errors import MESSAGE_CHARACTERS_AT_MOST
from server.holdings_endpoint import REJECTION_BYTES_AT_MOST
from tests.bad_input.conftest import Service
from tests.bad_input.reports import MARK, MISTAKES
from tests.bad_input.rows import OURS, Row, Where, told
from tests.bad_input.tables import TABLES
from tests.bad_input.wire import NDJSON, NOBODY, Reply, asked, exchange, reported
from tests.graphs import Dump
from tests.logs import logged_to
from tests.server.issuers import SUBJECT

ROWS = [(area, row) for area, rows in TABLES.items() for row in rows]
ANSWER_BYTES_AT_MOST = 32_768


class Areas:
    """The areas of the table, one after the other: the rows of each leave the graph as it was, and the service well."""

    def __init__(self, service: Service, before: Dump) -> None:
        self._service = service
        self._before = before
        self._area = ""

    async def enter(self, area: str) -> None:
        """Checks the area before, where this is another one."""
        if area != self._area:
            await self.check()
            self._area = area

    async def check(self) -> None:
        assert await self._service.graph() == self._before, self._area
        assert await self._service.is_well(), self._area


@pytest.fixture(scope="module")
async def areas(service: Service) -> AsyncIterator[Areas]:
    areas = Areas(service, await service.graph())
    yield areas
    await areas.check()


@pytest.fixture
def logs() -> Iterator[io.StringIO]:
    """What is logged meanwhile, as the running service logs it."""
    stream = io.StringIO()
    with logged_to(stream):
        yield stream


@pytest.mark.parametrize(("area", "row"), ROWS, ids=[f"{area}: {row.name}".replace("/", " or ") for area, row in ROWS])
async def test_what_is_wrong_is_said_precisely(
    service: Service, areas: Areas, logs: io.StringIO, area: str, row: Row
) -> None:
    await areas.enter(area)
    # One answer more than there may be: whatever is wrong, the connection ends there, and nothing after it is answered.
    sent, answers = row.bytes_sent(service.given), len(row.first) + 1
    async with service.as_it_is(row.where):
        replies = await exchange(service.ports[row.where], sent, replies=answers + 1, half_close=row.half_close)
    assert len(replies) == (answers if row.status else answers - 1), replies
    for reply, (_, part) in zip(replies, row.first, strict=False):
        assert part in reply.body, (part, reply)
    if row.status:
        check(replies[-1], row)
    levels = {json.loads(line)["level"] for line in logs.getvalue().splitlines()}
    assert levels <= {"info", "warning"}, logs.getvalue()
    assert MARK not in logs.getvalue()


def check(reply: Reply, row: Row) -> None:
    said = told(reply)
    assert (reply.status, {each.code for each in said}) == (row.status, {row.code} - {""}), reply
    assert any(row.message in each.message for each in said) or not row.code, said
    assert all(len(each.message) <= MESSAGE_CHARACTERS_AT_MOST + 1 for each in said)
    lists_lines = reply.headers.get("content-type", "").startswith(NDJSON)
    assert len(reply.body) <= ANSWER_BYTES_AT_MOST + (REJECTION_BYTES_AT_MOST if lists_lines else 0)
    found = OURS.search(reply.body.decode())
    assert found is None, (found, reply.body)
    for secret in (MARK, SUBJECT):
        assert secret not in reply.body.decode()
    assert "server" not in reply.headers
    if reply.status == 401:
        assert reply.headers["www-authenticate"] == "Bearer"
    # Whoever is to come again is told when.
    assert ("retry-after" in reply.headers) == (reply.status in (429, 503))
    if "retry-after" in reply.headers:
        assert int(reply.headers["retry-after"]) >= 1
        assert f"send this again after {reply.headers['retry-after']} s" in said[0].message


def test_the_table_is_large_and_says_nothing_twice() -> None:
    assert len(ROWS) >= 500
    for area, rows in TABLES.items():
        names = [row.name for row in rows]
        assert sorted(names) == sorted(set(names)), area
    sent = [(row.where, row.first, row.sent, row.half_close) for _, row in ROWS if isinstance(row.sent, bytes)]
    assert len(sent) == len(set(sent))


async def test_a_list_of_rejected_lines_that_was_cut_says_so(service: Service) -> None:
    (reply,) = await exchange(service.ports[Where.USUAL], reported(MISTAKES))
    *listed, last = [json.loads(line) for line in reply.body.splitlines()]
    assert [each["line"] for each in listed] == [*range(1, len(listed) + 1)]
    assert last["summary"] == {
        "lines": 12_000,
        "changed": 0,
        "unchanged": 0,
        "older": 0,
        "rejected": 12_000,
        "rejected_by_code": {"MALFORMED": 12_000},
        "unlisted": 12_000 - len(listed),
    }
    assert 0 < len(listed) < 12_000


async def test_a_good_request_is_none_of_these(service: Service) -> None:
    (reply,) = await exchange(service.ports[Where.USUAL], asked("{ policy { revision { number } } }", who=NOBODY))
    assert (reply.status, told(reply), reply.json()) == (200, [], {"data": {"policy": {"revision": {"number": 2}}}})
