"""Compliance staff compare a draft, judge it, overrule what is in its way, and publish it. What is published is taken
back: what others read afterwards is as it was."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from playwright.async_api import Page, Route, expect

from server.development import EXAMPLE_STAFF
from server.settings import ROOT
from tests.browser.visits import SIZES, Visits, asked, barriers, figures, see_on_a_phone, withdraw

#: Takes part in contests, and nobody else of the examples does.
CONTESTANT = "example-contestant"
SEED = ROOT / "seed/ispsystem/2018-11-12"
DRAFT = """mutation ($policy: String!, $map: String!) { draftRevision(input: {policy: $policy, map: $map}) {
  ... on DraftRevisionSuccess { revision { number } } } }"""


async def draft(staff: Page) -> int:
    """With a recipient of contests' email addresses in a country that is not safe: it touches one example person."""
    policy, data_map = (SEED / "policy.md").read_text("utf-8"), (SEED / "map.yaml").read_text("utf-8")
    row = '| OOO "Yandex" | Web analytics | Russia {#processors.yandex} |\n'
    policy = policy.replace(row, f"{row}| Contest Host Ltd. | Holding contests | USA {{#processors.contest-host}} |\n")
    cited = "countries: [US], clauses: [processors.contest-host]"
    recipient = f"  contest-host: {{kind: PROCESSOR, name: Contest Host Ltd., function: Holding contests, {cited}}}\n"
    data_map = data_map.replace("\nrecipients:\n", f"\nrecipients:\n{recipient}", 1)
    disclosure = "services: [contests], categories: [email], recipient: contest-host, purpose: interaction"
    fact = f"  to-contest-host: {{{disclosure}, case: additional-services, clauses: [processors.contest-host]}}\n"
    data_map = data_map.replace("\ndisclosures:\n", f"\ndisclosures:\n{fact}", 1)
    number: int = (await asked(staff, DRAFT, {"policy": policy, "map": data_map}))["draftRevision"]["revision"][
        "number"
    ]
    return number


async def judge_otherwise(page: Page) -> None:
    """That the recipient is new: as less, with a reason; and of the clause, which does nothing, as more without one."""
    host = page.get_by_role("listitem").filter(has_text="a recipient is new")
    await host.get_by_role("button", name="Judge otherwise …").click()
    await expect(host.get_by_role("radio", name="Affects people's rights")).to_be_focused()
    await host.get_by_role("radio", name="Touches people's rights, and takes nothing away").check()
    await expect(host.get_by_role("button", name="Judge so")).to_be_disabled()
    await host.get_by_label("Why it is less than the rule says").fill("It sees no names.")
    await host.get_by_role("button", name="Judge so").click()
    await expect(host).to_contain_text(f"By the rule: Affects people's rights. It sees no names.{EXAMPLE_STAFF}, ")
    await expect(host).to_be_focused()
    assert await figures(page) == ["1 affects people's rights", "1 touches them", "1 does nothing to them"]
    part = page.locator("section", has=page.get_by_role("heading", name="Touches people's rights"))
    await expect(part.get_by_role("listitem")).to_have_count(1)
    await expect(part.get_by_role("listitem")).to_contain_text("Contest Host Ltd.")

    clause = page.get_by_role("listitem").filter(has_text="clause-told-by-elements")
    await clause.get_by_role("button", name="Judge otherwise …").click()
    await clause.get_by_role("radio", name="Affects people's rights").check()
    await clause.get_by_role("button", name="Judge so").click()
    await expect(clause).to_contain_text("By the rule: Does nothing to people's rights.")
    assert await figures(page) == ["2 affect people's rights", "1 touches them", "0 do nothing to them"]


async def see_both_maps(page: Page, number: int) -> None:
    """Of revision 1 and the draft: beside each other, what changed of an element, then as a table, then on a phone."""
    maps = page.get_by_role("region", name="The older map beside the newer one")
    host = maps.get_by_role("button", name=f"Added Contest Host Ltd. (Recipient, revision {number})")
    await expect(maps.get_by_role("button")).to_have_count(1)
    await expect(page.get_by_text("92 elements are the same, and hidden")).to_be_visible()
    await host.click()
    panel = page.get_by_role("region", name="What changed of Contest Host Ltd.")
    await expect(panel.get_by_role("listitem")).to_contain_text("a recipient is new")
    await panel.press("Escape")
    await expect(panel).to_have_count(0)
    await expect(host).to_be_focused()
    assert await barriers(page) == []

    await page.get_by_role("switch", name="Only what differs").uncheck(force=True)
    old, new = (
        maps.get_by_role("button", name=f"Google Inc. (Recipient, revision {each})", exact=True) for each in (1, number)
    )
    await expect(old).to_be_visible()
    await host.click()
    await new.click()
    await expect(new).to_have_attribute("aria-pressed", "true")
    await page.get_by_role("region", name="What changed of Google Inc.").press("Escape")
    # Not to what was selected before.
    await expect(new).to_be_focused()
    # In line with its counterpart, each in its own half.
    boxes = "(older, newer) => [older, newer].map((each) => each.getBoundingClientRect().toJSON())"
    left, right = await old.evaluate(boxes, await new.element_handle())
    assert left["y"] == right["y"]
    assert left["right"] < SIZES["desk"]["width"] / 2 < right["left"]
    await page.get_by_text("Table", exact=True).click()
    await page.get_by_role("switch", name="Only what differs").check(force=True)
    await expect(maps.get_by_role("row", name="Recipient not there Contest Host Ltd. Added")).to_be_visible()
    fact = "Disclosure not there Contests to Contest Host Ltd.: Email address (Interaction with the user) Added"
    await expect(maps.get_by_role("row", name=fact)).to_be_visible()
    await page.set_viewport_size(SIZES["phone"])
    await expect(maps.get_by_role("row", name="Recipient Contest Host Ltd. Added")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await barriers(page) == []
    await page.set_viewport_size(SIZES["desk"])


async def listening(visits: Visits) -> Page:
    """What the person whom it touches looks at meanwhile."""
    page = await visits.person(CONTESTANT, "/me/looks")
    async with page.expect_response(lambda answer: "event-stream" in answer.headers.get("content-type", "")):
        await page.reload()
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    return page


async def see_differences(visits: Visits, number: int) -> None:
    """As anybody, at both sizes."""
    page = await visits.anybody(f"/policy/{number}/changes")
    await expect(page.get_by_role("heading", level=1)).to_contain_text(f"What revision {number} changes")
    await expect(page.locator("main")).to_contain_text("Contest Host Ltd.")
    await see_on_a_phone(page)


async def order(page: Page, number: int, later: datetime) -> None:
    """Publishes a draft for a day."""
    day = page.get_by_role("checkbox", name=f"which holds from {later.day} {later:%B %Y} on, and tell 1 person")
    await page.get_by_label("From a day on").check()
    await page.get_by_label("From the beginning of (UTC)").fill(f"{later:%Y-%m-%d}")
    publish = page.get_by_role("button", name=f"Publish revision {number}")
    await expect(publish).to_be_disabled()
    await day.check()
    # That is said of this day alone.
    await page.get_by_label("From now on").check()
    await expect(page.get_by_role("checkbox", name="which holds from now on")).not_to_be_checked()
    await expect(publish).to_be_disabled()
    await page.get_by_label("From a day on").check()
    await page.get_by_label("From the beginning of (UTC)").fill(f"{later:%Y-%m-%d}")
    await expect(day).to_be_checked()
    await publish.click()


def published_unheard(number: int) -> Callable[[Route], Awaitable[None]]:
    """As if a draft were published, and the answer to that lost."""

    async def answered(route: Route) -> None:
        variables = (route.request.post_data_json or {}).get("variables", {})
        if "expectedNumber" in variables.get("input", {}):
            await route.abort()
        elif variables == {"after": None}:
            response = await route.fetch()
            answer = await response.json()
            for each in answer["data"]["revisions"]["nodes"]:
                if each["number"] == number:
                    each["state"] = "PUBLISHED"
            await route.fulfill(response=response, json=answer)
        else:
            await route.continue_()

    return answered


def settled_later() -> Callable[[Route], Awaitable[None]]:
    """As if the job were not done yet when it is asked for the first time."""
    asked: list[Route] = []

    async def answered(route: Route) -> None:
        if (route.request.post_data_json or {}).get("variables", {}).keys() != {"number"} or asked:
            return await route.continue_()
        response = await route.fetch()
        answer = await response.json()
        told = answer["data"]["revision"].get("notification")
        if told:
            asked.append(route)
            told |= {"isWritten": True, "isSettled": False}
        return await route.fulfill(response=response, json=answer)

    return answered


async def test_a_draft_is_compared_overruled_and_published(visits: Visits) -> None:
    page = await visits.staff("/policy")
    touched = await listening(visits)
    number = await draft(page)
    await page.goto(f"/map/time?revision={number}&against=1")
    await expect(page.get_by_role("heading", name="Affects people's rights")).to_be_visible()
    assert await figures(page) == ["2 affect people's rights", "0 touch them", "1 does nothing to them"]
    changes = [" ".join(each.split()) for each in await page.locator("main section li").all_inner_texts()]
    assert changes[0] == "Added Contest Host Ltd. Recipient A recipient is new recipient-added Judge otherwise …"
    await judge_otherwise(page)
    await see_on_a_phone(page)

    await page.get_by_text("Text", exact=True).click()
    await expect(page.get_by_text("183 clauses are the same")).to_be_visible()
    await expect(page.get_by_text("Contest Host Ltd. | Holding contests | USA")).to_be_visible()
    await page.get_by_role("radiogroup", name="What is shown").get_by_text("Map", exact=True).click()
    await see_both_maps(page, number)
    await page.get_by_text("Reach", exact=True).click()
    await expect(page.get_by_role("row", name="Added Contest Host Ltd. Recipient Touches 1")).to_be_visible()
    await see_on_a_phone(page)
    assert (await figures(page))[0] == "1 person is told"

    await page.get_by_text("Publish", exact=True).click()
    await expect(page.get_by_text("1 violation is in the way. Mend it and draft anew, or overrule it.")).to_be_visible()
    at_once = page.get_by_role(
        "checkbox", name=f"publish revision {number}, which holds from now on, and tell 1 person"
    )
    await expect(at_once).to_be_disabled()
    await page.get_by_role("button", name="Overrule …").click()
    await page.get_by_label("Why the draft may be published in spite of this").fill("The contract ends in May.")
    await page.route("**/graphql", lambda route: route.abort())
    await page.get_by_role("button", name="Overrule", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("It is not known whether this was saved")
    await expect(page.get_by_label("Why the draft may be published in spite of this")).not_to_be_focused()
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Do it again").click()
    await expect(page.get_by_text("No violation is in the way.")).to_be_visible()
    await expect(page.get_by_text("The contract ends in May.")).to_be_visible()
    await see_on_a_phone(page)

    await at_once.check()
    later = datetime.now(UTC) + timedelta(days=400)
    await page.route("**/graphql", published_unheard(number))
    await order(page, number, later)
    # The answer is lost; what came of it is seen.
    await expect(page.get_by_text("Nobody is told of it")).to_be_visible()
    await expect(at_once).to_have_count(0)
    visits.forgive("ERR_FAILED")
    await page.unroute_all(behavior="wait")
    await page.reload()

    await page.route("**/graphql", settled_later())
    await order(page, number, later)
    await expect(page.get_by_text("The notices are written, and are being sent.")).to_be_visible()
    await expect(page.get_by_text("Everybody is told, or it is known whom that failed for.")).to_be_visible()
    assert await figures(page) == ["1 notice, one for each person", "1 delivery on all channels"]
    await expect(page.get_by_text("1 of 1 done")).to_be_visible()
    arrival = touched.get_by_role("complementary", name="Something changes for you")
    await expect(arrival).to_contain_text("a new recipient of your data")
    await see_differences(visits, number)
    await page.goto(f"/map/coverage?revision={number}")
    await expect(page.get_by_text("violations in the way")).to_be_visible()
    assert (await figures(page))[2] == "0 violations in the way"
    await page.unroute_all(behavior="wait")
    await withdraw(page, number)
    visits.forgive("Failed to load resource")
