"""`GET /feed/revisions.atom`: what was published, for everybody, and at no cost for whoever has it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Any

import feedparser
import httpx2
import pytest

from graph.store.database import Database, Transaction
from graph.store.publishing import withdraw_revision
from graph.store.revisions import draft_revision
from server.feeds.revisions import ENTRIES_AT_MOST
from tests.builders import A_DAY
from tests.graphs import dump
from tests.server.api import TODAY, Api
from tests.server.gate.served import served
from tests.server.products import company
from tests.server.telling import TO_COME

ATOM = "/feed/revisions.atom"
FIRST, SECOND = company(), company(name="Acme Group Ltd")
FIND_FIRST = """
MATCH (r:Revision {number: 1}), (c:Controller {revision: 1})
RETURN properties(r) AS revision, properties(c) AS controller
"""
CREATE_REVISIONS = """
UNWIND $rows AS row
CREATE (r:Revision), (c:Controller)
SET r = row.revision, c = row.controller
"""
OLD_DATE = "Thu, 01 Jan 2015 00:00:00 GMT"


@pytest.fixture
async def client(empty: Api) -> AsyncIterator[httpx2.AsyncClient]:
    """Over a real connection; nothing is published yet."""
    async with served(empty.app) as service, a_client(service.port) as client:
        yield client


def a_client(port: int) -> httpx2.AsyncClient:
    return httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=60)


async def read(client: httpx2.AsyncClient, address: str = ATOM) -> Any:
    """As a reader of feeds understands it, which finds nothing to complain of."""
    response = await client.get(address)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/atom+xml")
    found = feedparser.parse(response.content)
    assert not found.bozo, found.get("bozo_exception")
    return found


def titles(found: Any) -> list[str]:
    return [entry.title for entry in found.entries]


async def status(client: httpx2.AsyncClient, headers: Mapping[str, str], address: str = ATOM) -> int:
    response = await client.get(address, headers=dict(headers))
    return response.status_code


async def publish_both(api: Api) -> None:
    await api.publish_content(FIRST, A_DAY)
    api.clock.advance(timedelta(days=1))
    await api.publish_content(SECOND, TO_COME)


# ---- what is in it ---------------------------------------------------------------------------------------------------


async def test_before_anything_is_published_it_is_empty(client: httpx2.AsyncClient) -> None:
    found = await read(client)

    assert (found.entries, found.feed.author) == ([], "This company")


async def test_what_was_published_is_there_the_newest_first(empty: Api, client: httpx2.AsyncClient) -> None:
    await publish_both(empty)

    found = await read(client)

    assert titles(found) == ["Revision 2, in force from 2026-12-01", "Revision 1, in force from 2026-01-01"]
    assert [entry.published for entry in found.entries] == [
        "2026-10-07T12:00:00.000000Z",
        "2026-10-06T12:00:00.000000Z",
    ]
    assert found.entries[0].link == f"{empty.settings.links}/policy/2"
    assert found.feed.author == "Acme Group Ltd"
    assert found.feed.updated == "2026-10-07T12:00:00.000000Z"


async def test_a_draft_is_not_there(empty: Api, client: httpx2.AsyncClient) -> None:
    await empty.publish_content(FIRST, A_DAY)
    await draft_revision(empty.database, SECOND, at=TODAY)

    assert titles(await read(client)) == ["Revision 1, in force from 2026-01-01"]


async def test_nobody_is_shown_that_one_was_withdrawn(empty: Api, client: httpx2.AsyncClient) -> None:
    await empty.publish_content(FIRST, A_DAY)
    before = await client.get(ATOM)
    empty.clock.advance(timedelta(days=1))
    await empty.publish_content(SECOND, TO_COME)
    with_it = await client.get(ATOM)
    await withdraw_revision(empty.database, 2, at=empty.clock())

    after = await client.get(ATOM)

    assert with_it.content != before.content
    assert (after.content, after.headers["etag"]) == (before.content, before.headers["etag"])


async def test_where_all_is_withdrawn_nothing_tells_whose_it_was(empty: Api, client: httpx2.AsyncClient) -> None:
    draft = await draft_revision(empty.database, FIRST, at=TODAY)
    await empty.publish_content(SECOND, TO_COME)
    assert (await read(client)).feed.author == "Acme Group Ltd"

    await withdraw_revision(empty.database, draft.number + 1, at=TODAY)

    found = await read(client)
    assert (found.entries, found.feed.author) == ([], "This company")


async def test_whoever_asks_without_a_token_is_answered_and_nothing_is_written(
    empty: Api, client: httpx2.AsyncClient
) -> None:
    await empty.publish_content(FIRST, A_DAY)
    before = await dump(empty.database)

    for who in ({}, {"Authorization": f"Bearer {empty.subject('example-buyer')}"}):
        assert await status(client, who) == 200

    assert await dump(empty.database) == before


# ---- ids -------------------------------------------------------------------------------------------------------------


async def test_ids_stay_through_new_revisions_restarts_and_moves(empty: Api, client: httpx2.AsyncClient) -> None:
    await empty.publish_content(FIRST, A_DAY)
    first = await read(client)
    empty.clock.advance(timedelta(days=1))
    await empty.publish_content(SECOND, TO_COME)
    second = await read(client)
    moved = empty.with_settings(public_url="https://privacy.example/vitrine")
    async with moved.client:
        response = await moved.client.get(ATOM)
    elsewhere = feedparser.parse(response.content)

    assert first.feed.id == second.feed.id == elsewhere.feed.id
    assert first.entries[0].id == second.entries[1].id == elsewhere.entries[1].id
    assert second.entries[0].id == elsewhere.entries[0].id
    assert elsewhere.entries[0].link == "https://privacy.example/vitrine/policy/2"
    assert len({first.feed.id, *(entry.id for entry in second.entries)}) == 3


# ---- conditional requests --------------------------------------------------------------------------------------------


async def test_whoever_has_it_is_told_so_without_it(empty: Api, client: httpx2.AsyncClient) -> None:
    await empty.publish_content(FIRST, A_DAY)
    given = await client.get(ATOM)
    tag, date = given.headers["etag"], given.headers["last-modified"]
    assert date == "Tue, 06 Oct 2026 12:00:00 GMT"
    assert given.headers["cache-control"] == "public, max-age=300"

    for headers in (
        {"If-None-Match": tag},
        {"If-None-Match": f"W/{tag}"},
        {"If-None-Match": f'"other", {tag}'},
        {"If-None-Match": "*"},
        {"If-Modified-Since": date},
        # What is said of tags counts.
        {"If-None-Match": tag, "If-Modified-Since": OLD_DATE},
    ):
        response = await client.get(ATOM, headers=headers)
        assert (response.status_code, response.content) == (304, b""), headers
        assert (response.headers["etag"], response.headers["last-modified"]) == (tag, date)
        assert "content-type" not in response.headers
    for headers in (
        {"If-None-Match": '"other"'},
        {"If-None-Match": tag.strip('"')},
        {"If-None-Match": '"other"', "If-Modified-Since": date},
        {"If-Modified-Since": OLD_DATE},
        {"If-Modified-Since": "yesterday"},
        {"If-Modified-Since": "Tue, 06 Oct 2026 12:00:00"},
    ):
        assert await status(client, headers) == 200, headers


async def test_what_is_new_is_sent_to_whoever_has_the_old(empty: Api, client: httpx2.AsyncClient) -> None:
    await empty.publish_content(FIRST, A_DAY)
    given = await client.get(ATOM)
    empty.clock.advance(timedelta(days=1))
    await empty.publish_content(SECOND, TO_COME)
    newer = await client.get(ATOM)
    await withdraw_revision(empty.database, 2, at=empty.clock())

    for had, sent in ((given, 304), (newer, 200)):
        assert await status(client, {"If-None-Match": had.headers["etag"]}) == sent
        # Also by the time alone, though what is left is older than what was had.
        assert await status(client, {"If-Modified-Since": had.headers["last-modified"]}) == sent


async def test_head_says_what_get_would(empty: Api, client: httpx2.AsyncClient) -> None:
    await empty.publish_content(FIRST, A_DAY)
    given = await client.get(ATOM)

    response = await client.head(ATOM)

    assert (response.status_code, response.content) == (200, b"")
    names = ("content-length", "content-type", "etag", "last-modified", "cache-control")
    assert [response.headers[name] for name in names] == [given.headers[name] for name in names]
    assert (await client.head(ATOM, headers={"If-None-Match": given.headers["etag"]})).status_code == 304


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_it_is_read_and_nothing_else(client: httpx2.AsyncClient, method: str) -> None:
    response = await client.request(method, ATOM)

    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")


# ---- pages -----------------------------------------------------------------------------------------------------------


async def publish_many(database: Database, count: int) -> None:
    """As many revisions, one copied from the other: what a page is made of, and no more."""

    async def work(transaction: Transaction) -> None:
        (found,) = await transaction.run(FIND_FIRST)
        rows = [
            {"revision": {**found["revision"], "number": each}, "controller": {**found["controller"], "revision": each}}
            for each in range(2, count + 1)
        ]
        await transaction.run(CREATE_REVISIONS, rows=rows)

    await database.write(work)


async def test_pages_lead_to_each_other_and_none_is_missed(empty: Api, client: httpx2.AsyncClient) -> None:
    await empty.publish_content(FIRST, TODAY)
    await publish_many(empty.database, 2 * ENTRIES_AT_MOST + 1)
    links, found, addresses = empty.settings.links, [], []
    address: str | None = ATOM
    while address is not None:
        page = await read(client, address)
        found += page.entries
        relations = {each.rel: each.href for each in page.feed.links}
        assert (relations["self"], relations["first"]) == (links + address, links + ATOM)
        addresses.append(address)
        address = relations["next"].removeprefix(links) if "next" in relations else None

    assert addresses == [ATOM, f"{ATOM}?before=52", f"{ATOM}?before=2"]
    assert [int(entry.link.rpartition("/")[2]) for entry in found] == list(range(2 * ENTRIES_AT_MOST + 1, 0, -1))
    assert len({entry.id for entry in found}) == len(found)


@pytest.mark.parametrize("query", ["before=0", "before=-1", "before=x", "before=1&before=2", "page=2"])
async def test_a_page_that_there_cannot_be_is_refused(client: httpx2.AsyncClient, query: str) -> None:
    response = await client.get(f"{ATOM}?{query}")

    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (400, "INVALID_INPUT")


async def test_a_page_before_all_is_empty(empty: Api, client: httpx2.AsyncClient) -> None:
    await empty.publish_content(FIRST, A_DAY)

    assert (await read(client, f"{ATOM}?before=1")).entries == []
