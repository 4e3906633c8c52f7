"""Whatever is sent, the service says precisely what is wrong with it, writes nothing, tells nothing, and goes on."""

from __future__ import annotations

import io
import json
import re
from collections.abc import AsyncIterator, Iterator

import pytest

from server.errors import MESSAGE_CHARACTERS_AT_MOST
from server.settings import ROOT
from tests.bad_input.conftest import Service
from tests.bad_input.reports import MARK
from tests.bad_input.rows import Row, told
from tests.bad_input.tables import TABLES
from tests.bad_input.wire import NOBODY, Reply, asked, exchange
from tests.graphs import Dump
from tests.logs import logged_to
from tests.server.issuers import SUBJECT

ROWS = [(area, row) for area, rows in TABLES.items() for row in rows]
#: What comes from within: no answer has any of it.
OURS = re.compile(
    rf"Traceback|File \"|\.py\b|line \d+, in |{re.escape(str(ROOT))}|site-packages|0x[0-9a-f]{{6}}|<class|<function"
    r"|object at"
    r"|\b(graph|server)\.[a-z_]+\b|\b(strawberry|starlette|uvicorn|httptools|pydantic|neo4j|arcadedb|graphql.core)\b"
    r"|\bMATCH \(|\bMERGE\b|\bCypher\b|[A-Z]\w+Error\b|Exception",
    re.IGNORECASE,
)
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
    port = service.impatient if row.impatient else service.port
    replies = await exchange(port, row.request(service.given), half_close=row.half_close)
    if row.status == 0:
        assert replies == []
    else:
        (reply,) = replies
        check(reply, row)
    levels = {json.loads(line)["level"] for line in logs.getvalue().splitlines()}
    assert levels <= {"info", "warning"}, logs.getvalue()
    assert MARK not in logs.getvalue()


def check(reply: Reply, row: Row) -> None:
    said = told(reply)
    assert (reply.status, {each.code for each in said}) == (row.status, {row.code} - {""}), reply
    assert any(row.message in each.message for each in said) or not row.code, said
    assert all(len(each.message) <= MESSAGE_CHARACTERS_AT_MOST + 1 for each in said)
    assert len(reply.body) <= ANSWER_BYTES_AT_MOST
    found = OURS.search(reply.body.decode())
    assert found is None, (found, reply.body)
    for secret in (MARK, SUBJECT):
        assert secret not in reply.body.decode()
    assert "server" not in reply.headers
    if reply.status == 401:
        assert reply.headers["www-authenticate"] == "Bearer"


def test_the_table_is_large_and_says_nothing_twice() -> None:
    assert len(ROWS) >= 400
    for area, rows in TABLES.items():
        names = [row.name for row in rows]
        assert sorted(names) == sorted(set(names)), area
    sent = [(row.sent, row.half_close) for _, row in ROWS if isinstance(row.sent, bytes)]
    assert len(sent) == len(set(sent))


async def test_a_good_request_is_none_of_these(service: Service) -> None:
    (reply,) = await exchange(service.port, asked("{ policy { revision { number } } }", who=NOBODY))
    assert (reply.status, told(reply), reply.json()) == (200, [], {"data": {"policy": {"revision": {"number": 2}}}})
