"""`GET /policy` and `GET /policy/N`: the text that every notice and feed links to."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from graph.clauses import read_policy
from graph.store.publishing import withdraw_revision
from graph.store.revisions import draft_revision
from server.pages import library
from server.pages.writing import STYLESHEET
from tests.builders import A_DAY, a_controller, a_map, a_revision_content
from tests.server.api import TODAY, Api
from tests.server.pages.parsed import Parsed
from tests.server.products import company
from tests.server.telling import TO_COME

FIRST, SECOND = company(), company(email="dpo@example.com")
SECURITY = {
    "content-security-policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cache-control": "public, max-age=300",
}


@pytest.fixture
async def first(empty: Api) -> Api:
    await empty.publish_content(FIRST, A_DAY)
    return empty


async def text(api: Api, address: str, token: str | None = None) -> str:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    response = await api.client.get(address, headers=headers)
    assert (response.status_code, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return response.text


async def page(api: Api, address: str, token: str | None = None) -> Parsed:
    return Parsed(await text(api, address, token))


async def standing(api: Api, address: str, token: str | None = None) -> str:
    return (await page(api, address, token)).text(".standing > p:first-child")


async def refused(api: Api, address: str) -> tuple[int, str]:
    response = await api.client.get(address)
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"]


# ---- what it shows ---------------------------------------------------------------------------------------------------


async def test_a_page_is_the_policy_and_says_from_when(first: Api) -> None:
    found = await page(first, "/policy")

    assert found.text("title") == "Privacy policy of Acme Ltd, revision 1"
    assert found.text("h1") == "Policy"
    assert found.text(".standing > p:first-child") == "In force since 1 January 2026."
    assert found.text(".standing > p:last-child") == "Revision 1 · English · All revisions"
    assert found.links("link[rel=canonical]") == ["http://127.0.0.1:8000/policy"]
    assert found.links("link[rel=alternate]") == ["/feed/revisions.atom"]
    assert found.links("link[rel=stylesheet]") == [f"/styles/{STYLESHEET.name}"]
    # Where notices lead to.
    assert "clause-statement" in found.ids
    assert found.links(".mark") == ["/policy/1#clause-policy", "/policy/1#clause-statement"]
    assert await text(first, "/policy/1") == await text(first, "/policy")


async def test_what_is_published_is_there_before_it_comes_into_force(first: Api) -> None:
    await first.publish_content(SECOND, TO_COME)

    assert await standing(first, "/policy/2") == (
        "Not yet in force: comes into force on 1 December 2026. Read the policy in force"
    )
    now = await page(first, "/policy")
    assert now.text(".standing > p:first-child") == "In force since 1 January 2026, until 1 December 2026."
    assert now.text(".standing > p:last-child") == "Revision 1 · English · Revision 2, to come · All revisions"
    assert (await page(first, "/policy/2")).links("link[rel=canonical]") == ["http://127.0.0.1:8000/policy/2"]

    first.clock.now = TO_COME

    assert await text(first, "/policy") == await text(first, "/policy/2")
    assert await standing(first, "/policy") == "In force since 1 December 2026."
    assert await standing(first, "/policy/1") == (
        "No longer in force: was in force from 1 January 2026 to 1 December 2026. Read the policy in force"
    )
    assert (await page(first, "/policy/1")).links("link[rel=canonical]") == ["http://127.0.0.1:8000/policy/1"]


async def test_all_revisions_are_listed_with_their_dates(first: Api) -> None:
    await first.publish_content(SECOND, TO_COME)
    found = await page(first, "/policy/1")

    assert found.texts(".revisions li") == [
        "Revision 2 · Not yet in force: comes into force on 1 December 2026 "
        "Published on 6 October 2026 · What revision 2 changes",
        "Revision 1 · In force since 1 January 2026, until 1 December 2026 Published on 6 October 2026",
    ]
    assert found.links(".revisions li a") == ["/policy/2", "/policy/2/changes", "/policy/1"]
    assert found.links('.revisions a[aria-current="page"]') == ["/policy/1"]


async def test_a_list_that_is_cut_says_so(first: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "REVISIONS_AT_MOST", 1)
    await first.publish_content(SECOND, TO_COME)

    found = await page(first, "/policy")

    assert len(found.texts(".revisions li")) == 1
    assert found.text(".revisions > p") == (
        "There are older ones: pick a date above, or read the feed, which has all of them."
    )
    # What is older than those is found all the same.
    assert found.text(".standing > p:first-child") == "In force since 1 January 2026."
    assert await standing(first, "/policy/1") == "In force since 1 January 2026."
    first.clock.now = TO_COME
    assert await standing(first, "/policy/1") == (
        "No longer in force: was in force from 1 January 2026. Read the policy in force"
    )


async def test_the_seed_has_its_contents_beside_it(reader: Api) -> None:
    found = await page(reader, "/policy")

    assert found.texts(".contents > details > ol > li > a")[:3] == [
        "2 What this policy covers",
        "3 What this policy does not cover",
        "4 Other rules that may apply",
    ]
    assert found.links(".contents > details > ol > li > a")[:2] == ["#clause-scope", "#clause-not-covered"]
    assert len(found.links(".contents a")) == 25
    assert len(found.links(".policy .mark")) == len([id for id in found.ids if id.startswith("clause-")]) == 183


async def test_a_policy_without_a_title_or_in_another_language(empty: Api) -> None:
    policy = read_policy("## Данные {#data}\n\nМы их храним. {#statement}\n").policy
    await empty.publish_content(replace(FIRST, policy=policy, language="ru", summary="Первая."), A_DAY)

    found = await page(empty, "/policy")

    assert (found.text("h1"), found.text("article h2")) == ("Privacy policy of Acme Ltd", "1 Данные")
    (article,) = found.tree.css("article")
    assert (article.attributes["lang"], article.attributes["dir"]) == ("ru", "ltr")
    (heading,) = found.tree.css(".contents a span[lang]")
    assert (heading.attributes["lang"], heading.text()) == ("ru", "Данные")
    assert found.text(".standing > p:last-child") == "Revision 1 · Russian · All revisions"


async def test_a_text_that_runs_from_right_to_left_says_so(empty: Api) -> None:
    await empty.publish_content(replace(FIRST, language="ar"), A_DAY)

    (article,) = (await page(empty, "/policy")).tree.css("article")

    assert article.attributes["dir"] == "rtl"


async def test_names_are_text(empty: Api) -> None:
    controller = a_controller(name='<script>alert("1")</script> & Sons')
    await empty.publish_content(a_revision_content(elements=a_map(controller=controller)), A_DAY)

    found = await text(empty, "/policy")

    assert "<script" not in found
    assert Parsed(found).text("title") == 'Privacy policy of <script>alert("1")</script> & Sons, revision 1'


async def test_behind_a_path_of_a_proxy_links_lead_there(first: Api) -> None:
    api = first.with_settings(public_url="https://privacy.example/vitrine")
    async with api.client:
        found = await page(api, "/policy")
        on_a_day = await api.client.get("/policy", params={"on": "2026-02-01"})

    within = [each for each in found.links("[href]") if each.startswith("/")]
    assert [each for each in within if not each.startswith("/vitrine/")] == []
    assert found.links("link[rel=canonical]") == ["https://privacy.example/vitrine/policy"]
    assert on_a_day.headers["location"] == "/vitrine/policy/1"


# ---- on a day --------------------------------------------------------------------------------------------------------


async def test_the_one_in_force_on_a_day(first: Api) -> None:
    await first.publish_content(SECOND, TO_COME)

    for day, number in (("2026-01-01", 1), ("2026-11-30", 1), ("2026-12-01", 2), ("9999-12-31", 2), ("2026-10-06", 1)):
        response = await first.client.get("/policy", params={"on": day})
        assert (response.status_code, response.headers["location"]) == (303, f"/policy/{number}"), day
        assert response.headers["cache-control"] == "no-store"
    # A form whose field is left empty.
    assert (await first.client.get("/policy?on=")).status_code == 200


async def test_today_is_now(first: Api) -> None:
    """What comes into force this evening is not in force yet."""
    await first.publish_content(SECOND, TODAY + timedelta(hours=1))

    response = await first.client.get("/policy", params={"on": "2026-10-06"})

    assert response.headers["location"] == "/policy/1"


async def test_before_the_first_there_was_none(first: Api) -> None:
    response = await first.client.get("/policy", params={"on": "2025-12-31"})

    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"]) == (409, "NO_REVISION_IN_FORCE")
    assert error["message"] == "No policy was in force on 2025-12-31: the first came into force on 2026-01-01"


# ---- who may see what ------------------------------------------------------------------------------------------------


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
    assert "Draft Ltd" not in await text(first, "/policy")
    assert len((await page(first, "/policy", first.staff())).texts(".revisions li")) == 1


async def test_staff_are_shown_them_and_nobody_keeps_that(first: Api) -> None:
    await draft_revision(first.database, company(name="Draft Ltd"), at=TODAY)
    await first.publish_content(SECOND, TO_COME)
    await withdraw_revision(first.database, 3, at=TODAY)
    staff = first.staff()

    draft = await page(first, "/policy/2", staff)
    assert draft.text(".standing > p:first-child") == (
        "Draft of 6 October 2026, which only staff can see. Read the policy in force"
    )
    assert draft.text("title") == "Privacy policy of Draft Ltd, revision 2"
    assert await standing(first, "/policy/3", staff) == (
        "Withdrawn before it came into force, and seen by staff only. Read the policy in force"
    )
    for token in (first.subject("ann"), first.service("billing"), first.job()):
        response = await first.client.get("/policy/2", headers={"Authorization": f"Bearer {token}"})
        assert response.status_code == 404
    response = await first.client.get("/policy/2", headers={"Authorization": f"Bearer {staff}"})
    assert response.headers["cache-control"] == "no-store"
    assert await refused(first, "/policy/2") == (404, "NO_SUCH_ADDRESS")


@pytest.mark.parametrize(
    "number", ["0", "-1", "99999999999999999999", "9" * 1_000, "one", "1.0", "+1", "1%00", "%D9%A1", "1%20"]
)
async def test_what_is_no_number_leads_nowhere(reader: Api, number: str) -> None:
    assert await refused(reader, f"/policy/{number}") == (404, "NO_SUCH_ADDRESS")


async def test_before_there_is_any_it_says_so(empty: Api) -> None:
    assert await refused(empty, "/policy") == (409, "NO_REVISION_IN_FORCE")
    assert await refused(empty, "/policy/1") == (404, "NO_SUCH_ADDRESS")


async def test_what_is_to_come_alone_is_there_and_nothing_is_in_force(empty: Api) -> None:
    await empty.publish_content(FIRST, TO_COME)

    assert await standing(empty, "/policy/1") == "Not yet in force: comes into force on 1 December 2026."
    assert await refused(empty, "/policy") == (409, "NO_REVISION_IN_FORCE")


# ---- how it is asked for ---------------------------------------------------------------------------------------------


async def test_it_has_the_headers_of_a_page(reader: Api) -> None:
    response = await reader.client.get("/policy")

    assert {name: response.headers.get(name) for name in SECURITY} == SECURITY


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


async def test_a_text_is_sent_again_once_it_stands_otherwise(first: Api) -> None:
    """It says until when it was in force, and lists what is published."""
    given = await first.client.get("/policy/1")
    first.clock.advance(timedelta(seconds=1))
    await first.publish_content(SECOND, TO_COME)

    for name, value in (
        ("If-None-Match", given.headers["etag"]),
        ("If-Modified-Since", given.headers["last-modified"]),
    ):
        response = await first.client.get("/policy/1", headers={name: value})
        assert (response.status_code, "until" in Parsed(response.text).text(".standing")) == (200, True)


async def test_it_is_written_once(first: Api) -> None:
    statements: list[str] = []
    await text(first, "/policy")
    first.database.observers.append(statements.append)

    await asyncio.gather(*(text(first, address) for address in ("/policy", "/policy/1", "/policy")))

    # What is published now.
    assert len(statements) == 3


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_it_is_read_and_nothing_else(reader: Api, method: str) -> None:
    response = await reader.client.request(method, "/policy")

    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("number=1", "There is no parameter 'number': use on, or none"),
        ("on=2026-1-1", "`on` is '2026-1-1': give a day, such as 2019-01-01"),
        ("on=2026-02-30", "`on` is '2026-02-30': give a day, such as 2019-01-01"),
        ("on=2026-W01-1", "`on` is '2026-W01-1': give a day, such as 2019-01-01"),
        ("on=0000-01-01", "`on` is '0000-01-01': give a day, such as 2019-01-01"),
        ("on=%D9%A2026-01-01", "`on` is '\u0662026-01-01': give a day, such as 2019-01-01"),
        ("on=2026-01-01&on=2026-01-01", "`on` is in the address twice: send it once"),
    ],
)
async def test_what_is_wrong_with_the_address_is_said(reader: Api, query: str, message: str) -> None:
    response = await reader.client.get(f"/policy?{query}")

    (error,) = response.json()["errors"]
    assert (response.status_code, error["extensions"]["code"], error["message"]) == (400, "INVALID_INPUT", message)


async def test_one_revision_has_no_day(reader: Api) -> None:
    response = await reader.client.get("/policy/1?on=2026-01-01")

    assert response.json()["errors"][0]["message"] == "There is no parameter 'on': this address takes none"


async def test_many_may_ask_for_many_at_once(empty: Api) -> None:
    numbers = range(1, 7)
    for number in numbers:
        controller = a_controller(name=f"Company {number}")
        await empty.publish_content(a_revision_content(elements=a_map(controller=controller)), empty.clock())
        empty.clock.advance(timedelta(days=1))

    pages = await asyncio.gather(*(text(empty, f"/policy/{number}") for number in (*numbers, *numbers)))

    assert [
        f"<title>Privacy policy of Company {number}, revision {number}</title>" in page
        for number, page in zip((*numbers, *numbers), pages, strict=True)
    ] == [True] * len(pages)
