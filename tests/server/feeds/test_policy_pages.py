"""`GET /policy` and `GET /policy/N`: the text that every notice and feed links to."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from graph.store.publishing import withdraw_revision
from graph.store.revisions import draft_revision
from server.feeds.policies import PAGES_KEPT
from tests.builders import A_DAY, a_controller, a_map, a_revision_content
from tests.server.api import TODAY, Api
from tests.server.products import company
from tests.server.telling import TO_COME

FIRST, SECOND = company(), company(email="dpo@example.com")


@pytest.fixture
async def first(empty: Api) -> Api:
    await empty.publish_content(FIRST, A_DAY)
    return empty


async def text(api: Api, address: str) -> str:
    response = await api.client.get(address)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return response.text


async def refused(api: Api, address: str) -> tuple[int, str]:
    response = await api.client.get(address)
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


async def test_a_page_is_the_policy_and_says_from_when(first: Api) -> None:
    page = await text(first, "/policy")

    assert page.startswith('<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n')
    assert "<title>Acme Ltd: revision 1</title>" in page
    assert '<link rel="alternate" type="application/atom+xml" href="/feed/revisions.atom">' in page
    assert '<p lang="en">Acme Ltd. Revision 1, in force from 2026-01-01.</p>' in page
    # Where notices lead to.
    assert 'id="clause-statement"' in page
    assert await text(first, "/policy/1") == page


async def test_what_is_published_is_there_before_it_comes_into_force(first: Api) -> None:
    await first.publish_content(SECOND, TO_COME)
    assert "Revision 2, in force from 2026-12-01." in await text(first, "/policy/2")
    assert "Revision 1, in force from 2026-01-01." in await text(first, "/policy")

    first.clock.now = TO_COME

    assert await text(first, "/policy") == await text(first, "/policy/2")
    assert "Revision 1, in force from 2026-01-01." in await text(first, "/policy/1")


async def test_nobody_is_shown_drafts_and_what_was_withdrawn(first: Api) -> None:
    no_such_number = await first.client.get("/policy/77")
    await draft_revision(first.database, company(name="Draft Ltd"), at=TODAY)
    draft = await first.client.get("/policy/2")
    await first.publish_content(SECOND, TO_COME)
    assert (await first.client.get("/policy/3")).status_code == 200
    await withdraw_revision(first.database, 3, at=TODAY)
    withdrawn = await first.client.get("/policy/3")

    for response in (no_such_number, draft, withdrawn):
        (error,) = response.json()["errors"]
        assert (response.status_code, error["extensions"]["code"]) == (404, "NO_SUCH_ADDRESS")
        assert error["message"] == "No policy was published under this number: /policy is in force"
        assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "number", ["0", "-1", "99999999999999999999", "9" * 1_000, "one", "1.0", "+1", "1%00", "%D9%A1", "1%20"]
)
async def test_what_is_no_number_leads_nowhere(first: Api, number: str) -> None:
    assert await refused(first, f"/policy/{number}") == (404, "NO_SUCH_ADDRESS")


async def test_before_there_is_any_it_says_so(empty: Api) -> None:
    assert await refused(empty, "/policy") == (409, "NO_REVISION_IN_FORCE")
    assert await refused(empty, "/policy/1") == (404, "NO_SUCH_ADDRESS")


async def test_whoever_has_it_is_told_so_without_it(first: Api) -> None:
    given = await first.client.get("/policy")

    for name, value in (
        ("If-None-Match", given.headers["etag"]),
        ("If-Modified-Since", given.headers["last-modified"]),
    ):
        response = await first.client.get("/policy", headers={name: value})
        assert (response.status_code, response.content) == (304, b"")
    head = await first.client.head("/policy")
    assert (head.status_code, head.content, head.headers["content-length"]) == (
        200,
        b"",
        str(len(given.content)),
    )


async def test_what_comes_into_force_is_sent_to_whoever_has_what_was(first: Api) -> None:
    """Though it was published before they asked for what was in force then."""
    await first.publish_content(SECOND, TO_COME)
    given = await first.client.get("/policy")
    first.clock.now = TO_COME

    for name, value in (
        ("If-None-Match", given.headers["etag"]),
        ("If-Modified-Since", given.headers["last-modified"]),
        # When they asked.
        ("If-Modified-Since", "Tue, 20 Oct 2026 12:00:00 GMT"),
    ):
        response = await first.client.get("/policy", headers={name: value})
        assert response.status_code == 200
        assert "Revision 2" in response.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_it_is_read_and_nothing_else(empty: Api, method: str) -> None:
    response = await empty.client.request(method, "/policy")

    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")


async def test_it_takes_no_parameters(empty: Api) -> None:
    assert await refused(empty, "/policy?number=1") == (400, "INVALID_INPUT")


async def test_names_are_text(empty: Api) -> None:
    controller = a_controller(name='<script>alert("1")</script> & Sons')
    await empty.publish_content(a_revision_content(elements=a_map(controller=controller)), A_DAY)

    page = await text(empty, "/policy")

    assert "<script>" not in page
    assert page.count("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; Sons") == 2


async def test_many_may_ask_for_many_at_once(empty: Api) -> None:
    """More than are kept."""
    numbers = range(1, PAGES_KEPT + 3)
    for number in numbers:
        controller = a_controller(name=f"Company {number}")
        await empty.publish_content(a_revision_content(elements=a_map(controller=controller)), empty.clock())
        empty.clock.advance(timedelta(days=1))

    pages = await asyncio.gather(*(text(empty, f"/policy/{number}") for number in (*numbers, *numbers)))

    assert [
        f"<title>Company {number}: revision {number}</title>" in page
        for number, page in zip((*numbers, *numbers), pages, strict=True)
    ] == [True] * len(pages)
