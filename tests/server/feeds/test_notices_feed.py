"""`GET /feed/notices`: each product reads its own, from any place and as often as it likes, and says by asking what it
has."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from graph.model import Channel
from graph.notices import NoticeKind, delivery_id, public_id
from graph.store.delivery_status import Selection, give_up
from graph.store.publishing import withdraw_revision
from server.feeds.notices import ITEMS_AT_MOST
from tests.graphs import dump, run, wipe
from tests.server.api import Api
from tests.server.products import products_file, states, tell_by_products, ways_of
from tests.server.telling import write_notices

NO_CURSOR = "This is not a cursor of your feed: give a `next` that it returned, or none to begin at its beginning"
LIST_SENT = """
MATCH (d:Delivery)
WHERE d.channel = "SOFTWARE_PRODUCT"
RETURN d.subject AS subject, d.sent_at AS sent_at
"""
STOP = """
MATCH (d:Delivery {subject: $id})
SET d.state = "STOPPED"
REMOVE d.feed, d.unread
"""


@pytest.fixture
async def told(empty: Api, tmp_path: Path) -> AsyncIterator[Api]:
    """A revision was told of: by websites and billing, which fetch, and by panel, which is sent to and has not been
    yet."""
    file = products_file(tmp_path, "websites", "billing", panel="https://panel.example/hooks")
    told = empty.with_settings(products=file)
    async with told.client:
        await tell_by_products(told)
        yield told


async def get(api: Api, token: str | None, **parameters: Any) -> httpx2.Response:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return await api.client.get("/feed/notices", params=parameters, headers=headers)


async def read(api: Api, service: str = "websites", **parameters: Any) -> Any:
    """A page that is given."""
    response = await get(api, api.service(service), **parameters)
    assert response.status_code == 200, response.text
    return response.json()


def people(page: Any) -> list[str]:
    return [item["data"]["subject"] for item in page["items"]]


async def refused(api: Api, token: str | None, **parameters: Any) -> tuple[int, str, str]:
    response = await get(api, token, **parameters)
    (error,) = response.json()["errors"]
    return response.status_code, error["extensions"]["code"], error["message"]


# ---- reading ---------------------------------------------------------------------------------------------------------


async def test_an_item_is_what_a_webhook_would_say(told: Api) -> None:
    page = await read(told, "billing")

    (item,) = page["items"]
    subject = "dee"
    assert item["id"] == public_id(delivery_id(2, NoticeKind.REVISION, Channel.SOFTWARE_PRODUCT, subject))
    assert (item["type"], item["version"], item["timestamp"]) == ("notice.created", 1, "2026-10-06T12:00:00.000000Z")
    data = item["data"]
    assert {name: data[name] for name in ("subject", "product", "revision", "kind", "locale", "url")} == {
        "subject": subject,
        "product": "billing",
        "revision": 2,
        "kind": "REVISION",
        "locale": "en",
        "url": f"{told.settings.links}/policy/2",
    }
    assert data["title"].startswith("Our privacy policy changes on 5 December 2026")
    assert data["text"].startswith(data["title"][:40])
    assert data["content"]["url"] == data["url"]
    assert page["more"] is False


async def test_it_is_read_page_by_page_to_the_end(told: Api) -> None:
    first = await read(told, limit=2)
    assert (people(first), first["more"]) == (["ann", "bob"], True)

    second = await read(told, limit=2, after=first["next"])
    assert (people(second), second["more"]) == (["cyd"], False)

    third = await read(told, limit=2, after=second["next"])
    # There is nothing after it, and so no other cursor.
    assert third == {"items": [], "next": second["next"], "more": False}


async def test_the_same_cursor_leads_to_the_same_items_ever(told: Api) -> None:
    first = await read(told, limit=1)
    second = await read(told, limit=1, after=first["next"])
    end = (await read(told, after=second["next"]))["next"]
    await read(told, after=end)

    assert await read(told, limit=1) == first
    assert await read(told, limit=1, after=first["next"]) == second
    assert people(await read(told)) == ["ann", "bob", "cyd"]


async def test_before_anything_was_told_there_is_no_cursor(empty: Api) -> None:
    assert await read(empty) == {"items": [], "next": None, "more": False}


async def test_nobody_is_shown_what_another_product_tells(told: Api) -> None:
    assert people(await read(told, "billing")) == ["dee"]
    assert people(await read(told, "websites")) == ["ann", "bob", "cyd"]
    # Neither is a service that is no product, nor one whose name begins alike.
    for service in ("requests", "website", "websites-2"):
        assert await read(told, service) == {"items": [], "next": None, "more": False}


async def test_what_is_given_out_is_kept_by_no_cache(told: Api) -> None:
    response = await get(told, told.service("websites"))

    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"


# ---- saying what was read --------------------------------------------------------------------------------------------


async def test_to_ask_for_what_comes_after_is_to_have_what_was_before(told: Api) -> None:
    page = await read(told, limit=2)
    waiting = {"dee": "PENDING", "eve": "PENDING"}
    assert await states(told) == {"ann": "SENDING", "bob": "SENDING", "cyd": "PENDING", **waiting}

    told.clock.advance(timedelta(hours=1))
    await read(told, limit=2, after=page["next"])

    assert await states(told) == {"ann": "SENT", "bob": "SENT", "cyd": "SENDING", **waiting}
    sent = {row["subject"]: row["sent_at"] for row in await run(told.database, LIST_SENT)}
    assert (sent["ann"], sent["cyd"]) == ("2026-10-06T13:00:00.000000Z", None)


async def test_to_ask_from_the_beginning_says_nothing(told: Api) -> None:
    await read(told)
    await read(told)

    assert {subject for subject, state in (await states(told)).items() if state == "SENT"} == set()


async def test_a_product_that_is_sent_to_may_read_too_and_then_is_not_sent_to(told: Api) -> None:
    page = await read(told, "panel")
    assert people(page) == ["eve"]
    # It may never come back: the webhook still tells it.
    assert (await states(told))["eve"] == "PENDING"

    await read(told, "panel", after=page["next"])

    assert (await states(told))["eve"] == "SENT"


async def test_a_product_that_fetches_now_reads_what_was_to_be_sent(told: Api, tmp_path: Path) -> None:
    later = told.with_settings(products=products_file(tmp_path, "websites", "billing", "panel"))

    assert people(await read(later, "panel")) == ["eve"]

    # It may have told them: a withdrawal does not take that back, but follows it.
    assert (await states(later))["eve"] == "SENDING"


async def test_what_staff_gave_up_is_still_there_to_read(told: Api) -> None:
    await read(told)
    assert await give_up(told.database, Selection(2), "the websites tell nobody") == 3

    page = await read(told)

    assert people(page) == ["ann", "bob", "cyd"]
    await read(told, after=page["next"])
    assert (await states(told))["ann"] == "FAILED"


# ---- a withdrawal ----------------------------------------------------------------------------------------------------


async def test_of_a_withdrawn_revision_those_hear_who_may_have_been_told(told: Api) -> None:
    first = await read(told, limit=1)
    told.clock.advance(timedelta(hours=1))
    await withdraw_revision(told.database, 2, at=told.clock())
    await write_notices(told.database, told.clock, ways_of(told))

    page = await read(told, after=first["next"])

    assert people(page) == ["ann"]
    (item,) = page["items"]
    assert (item["data"]["kind"], item["data"]["revision"]) == ("WITHDRAWAL", 2)
    # What it could read before the withdrawal is there still, and nothing else of it.
    assert [(each["data"]["subject"], each["data"]["kind"]) for each in (await read(told))["items"]] == [
        ("ann", "REVISION"),
        ("ann", "WITHDRAWAL"),
    ]
    assert await states(told, NoticeKind.WITHDRAWAL) == {"ann": "SENDING"}


async def test_a_cursor_holds_though_what_it_names_was_stopped(told: Api) -> None:
    """A page of the feed can end in what a withdrawal has just stopped."""
    end = (await read(told))["next"]
    await withdraw_revision(told.database, 2, at=told.clock())
    await run(told.database, STOP, id="cyd")

    assert await read(told, after=end) == {"items": [], "next": end, "more": False}


# ---- what is refused -------------------------------------------------------------------------------------------------


async def test_only_services_read_it(told: Api) -> None:
    needed = "this needs an access token with the scope vitrine.service: send Authorization: Bearer …"
    lacking = "this needs the scope vitrine.service, which the access token does not have"

    assert await refused(told, None) == (401, "UNAUTHENTICATED", needed)
    for token in (told.subject("ann"), told.staff(), told.job()):
        assert await refused(told, token) == (403, "FORBIDDEN", lacking)
    assert "SENDING" not in (await states(told)).values()


async def test_it_is_read_by_get_alone(told: Api) -> None:
    """Not by HEAD either: whoever asks with a cursor says something."""
    end = (await read(told))["next"]
    before = await dump(told.database)
    headers = {"Authorization": f"Bearer {told.service('websites')}"}

    for method in ("HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"):
        response = await told.client.request(method, "/feed/notices", params={"after": end}, headers=headers)
        assert (response.status_code, response.headers["allow"]) == (405, "GET"), method

    assert await dump(told.database) == before


@pytest.mark.parametrize("limit", ["0", "-1", str(ITEMS_AT_MOST + 1), "9" * 400, "1.5", "1e2", "ten", "٣", "+5", " 5"])
async def test_a_limit_has_bounds(empty: Api, limit: str) -> None:
    status, code, message = await refused(empty, empty.service("websites"), limit=limit)

    assert (status, code) == (400, "INVALID_INPUT")
    assert message.startswith("`limit` is ") and message.endswith(f": give a whole number from 1 to {ITEMS_AT_MOST}")


async def test_the_bounds_of_a_limit_are_within(told: Api) -> None:
    assert len((await read(told, limit=1))["items"]) == 1
    assert len((await read(told, limit=ITEMS_AT_MOST))["items"]) == 3


async def test_a_parameter_is_known_and_sent_once(empty: Api) -> None:
    token = empty.service("websites")

    assert await refused(empty, token, before="x") == (
        400,
        "INVALID_INPUT",
        "There is no parameter 'before': use after and limit, or none",
    )
    assert await refused(empty, token, limit=[1, 2]) == (
        400,
        "INVALID_INPUT",
        "`limit` is in the address twice: send it once",
    )


async def test_a_cursor_is_good_for_its_own_product_only(told: Api) -> None:
    cursor = (await read(told, "websites"))["next"]

    for service in ("billing", "requests"):
        assert await refused(told, told.service(service), after=cursor) == (400, "INVALID_INPUT", NO_CURSOR)

    assert (await states(told))["ann"] == "SENDING", "nothing was acknowledged"


async def test_a_cursor_from_before_a_restore_is_refused(told: Api) -> None:
    """It would skip, and acknowledge, what nobody has read: the restored graph goes on from an earlier time, and comes
    by the same numbers and names once more."""
    end = (await read(told))["next"]
    await wipe(told.database)
    assert await refused(told, told.service("websites"), after=end) == (400, "INVALID_INPUT", NO_CURSOR)

    told.clock.advance(timedelta(days=1))
    await tell_by_products(told)

    assert await refused(told, told.service("websites"), after=end) == (400, "INVALID_INPUT", NO_CURSOR)
    assert (await states(told))["ann"] == "PENDING"
    assert people(await read(told)) == ["ann", "bob", "cyd"]
