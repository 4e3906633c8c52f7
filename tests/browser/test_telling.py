"""A revision is published, and who is touched by it reads that at once. Last: it changes what everybody sees."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, Route, expect

from server.settings import ROOT
from tests.browser.test_me import DISCLOSED, VISITOR, announced
from tests.browser.visits import Visits, asked, barriers

EXAMPLE_REVISION = ROOT / "seed/ispsystem/example-revision"
#: As either file says it.
FUNCTION_OF_GOOGLE = re.compile(r"(name: Google Inc\..*?function: |Google Inc\. \| )Web analytics", re.DOTALL)

PUBLISHED = "{ revisions(first: 200) { nodes { number state } } }"
DRAFT = """mutation ($input: DraftRevisionInput!) { draftRevision(input: $input) {
  ... on DraftRevisionSuccess { revision { number } } } }"""
PUBLISH = """mutation ($input: PublishRevisionInput!) { publishRevision(input: $input) { __typename } }"""


def made_up(name: str) -> str:
    """A file of the example revision, with a recipient of its own, and another function of Google's."""
    text = (EXAMPLE_REVISION / name).read_text("utf-8")
    text = text.replace("example-analytics", "example-counting").replace("Example Analytics", "Example Counting")
    text, count = FUNCTION_OF_GOOGLE.subn(r"\1Counting", text, count=1)
    assert count == 1
    return text


async def publish(staff: Page) -> int:
    """Over the API, for a day that is far enough. Its number."""
    nodes = (await asked(staff, PUBLISHED))["revisions"]["nodes"]
    files = {"policy": made_up("policy.md"), "map": made_up("map.yaml")}
    number: int = (await asked(staff, DRAFT, {"input": files}))["draftRevision"]["revision"]["number"]
    order = {
        "number": number,
        "expectedNumber": max(each["number"] for each in nodes if each["state"] == "PUBLISHED"),
        "effectiveAt": (datetime.now(UTC) + timedelta(days=400)).isoformat(),
    }
    published = await asked(staff, PUBLISH, {"input": order})
    assert published == {"publishRevision": {"__typename": "PublishRevisionSuccess"}}
    return number


async def without_news(route: Route) -> None:
    await (route.abort() if "event-stream" in route.request.headers["accept"] else route.continue_())


async def test_a_message_of_what_changes_arrives_by_itself_and_is_read(visits: Visits) -> None:
    staff = await visits.staff("/")
    page = await visits.person(VISITOR, "/me/looks")
    async with page.expect_response(lambda answer: "event-stream" in answer.headers.get("content-type", "")):
        await page.reload()
    await expect(page.get_by_text("Nobody has looked")).to_be_visible()
    # Another one does not hear of it when it happens.
    deaf = await visits.person(DISCLOSED, "/")
    await deaf.route("**/graphql", without_news)
    await deaf.goto("/me/looks")
    await expect(deaf.get_by_text("Nobody has looked")).to_be_visible()
    number = await publish(staff)
    await deaf.unroute("**/graphql")
    await expect(deaf.get_by_role("link", name=re.compile("^What changed .* unread$"))).to_be_visible()
    visits.forgive("ERR_FAILED")

    arrival = page.get_by_role("complementary", name="Something changes for you")
    await expect(arrival).to_contain_text("a new recipient of your data")
    await announced(page, "New message: Our privacy policy changes on")
    await expect(page.get_by_role("link", name=re.compile("^What changed .* unread$"))).to_be_visible()
    assert await barriers(page) == []

    await arrival.get_by_role("link", name="Read it").click()
    await expect(page.get_by_role("heading", name="New recipient: Example Counting Pte. Ltd.")).to_be_visible()
    await expect(page.get_by_text("Singapore: outside Europe")).to_be_visible()
    changed = page.locator("article", has=page.get_by_role("heading", name="Recipient: Google Inc."))
    old, new = changed.locator("blockquote").all_inner_texts, changed.locator("blockquote ins")
    await expect(new).to_have_text("Counting")
    assert await old() == [
        "Old wording\nGoogle Inc. | Web analytics | USA",
        "New wording\nGoogle Inc. | Counting | USA",
    ]
    link = changed.get_by_role("link", name="In the policy, in 20.6")
    await expect(link).to_have_attribute("href", f"/policy/{number}#clause-processors.google")

    await expect(page.get_by_role("link", name="What changed", exact=True)).to_be_visible()
    assert (await asked(page, "{ me { unreadNotices } }"))["me"]["unreadNotices"] == 0
