"""Compliance staff read what the map says, compare revisions, publish one, and look at a person."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, Route, expect

from server.development import EXAMPLE_STAFF
from server.settings import ROOT
from tests.browser.conftest import SCREENSHOTS
from tests.browser.visits import SECONDS_AT_MOST, SIZES, Size, Visits, barriers

expect.set_options(timeout=SECONDS_AT_MOST * 1000)

#: So that what other tests publish is not seen here.
REVISION = "revision=1"
#: Of whom no other test wants to know who looked.
REQUESTER = "example-requester"
SEED = ROOT / "seed/ispsystem/2018-11-12"
DRAFT = """mutation ($policy: String!, $map: String!) { draftRevision(input: {policy: $policy, map: $map}) {
  ... on DraftRevisionSuccess { revision { number } } } }"""

#: With what leaves less of long tables: axe looks at each cell.
VIEWS = {
    "coverage?needed=true": "Coverage",
    "checks?kind=GAP": "Checks",
    "time?show=changes": "Time",
    "records?of=processors": "Records",
    "person?": "A person",
}


async def figures(page: Page) -> list[str]:
    """Each number with what it is of."""
    each = page.locator("main dl > div")
    numbers, names = await each.locator("dd").all_inner_texts(), await each.locator("dt").all_inner_texts()
    return [" ".join(f"{number} {name}".split()) for number, name in zip(numbers, names, strict=True)]


async def settled(page: Page) -> None:
    """Nothing is on its way any more."""
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_text(re.compile("…$")).and_(page.get_by_role("status").locator("p"))).to_have_count(0)


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("phone", True)])
async def test_every_view_can_be_read(visits: Visits, size: Size, dark: bool) -> None:
    page = await visits.staff("/policy", size, dark=dark)
    for address, title in VIEWS.items():
        await page.goto(f"/map/{address}&{REVISION}")
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        await settled(page)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await barriers(page) == []
        await page.screenshot(path=SCREENSHOTS / f"map-{address.partition('?')[0]}-{size}.png")


async def test_text_and_map_tell_of_each_other(visits: Visits) -> None:
    page = await visits.staff(f"/map/coverage?{REVISION}")
    text, elements = page.get_by_role("region", name="Text"), page.get_by_role("region", name="Map", exact=True)
    await expect(text.get_by_role("heading", level=2)).to_have_text("Text 183 clauses")
    assert await figures(page) == [
        "5 of 183 clauses state nothing",
        "0 of 273 elements stated by no clause",
        "0 violations in the way",
        "31 gaps",
    ]

    # Of a long list what is in sight is drawn, and every heading.
    assert await text.get_by_role("listitem").count() < 60
    await expect(text.get_by_role("listitem").first).to_have_attribute("aria-setsize", "183")
    await expect(elements.get_by_role("heading", level=3)).to_have_count(15)
    affiliates = elements.get_by_role("button", name="Affiliated persons of ISPsystem. The policy names none.")
    await expect(affiliates).to_have_count(0)
    await elements.get_by_role("heading", name="Countries").scroll_into_view_if_needed()
    await affiliates.click()
    lit = text.locator("li[data-here]")
    await expect(lit).to_have_count(1)
    await expect(lit).to_be_in_viewport()
    number = await lit.get_by_role("button", name=re.compile("^Clause")).inner_text()
    await expect(elements.locator("li[data-here]")).to_contain_text(number)
    await expect(elements.locator("li[data-here]")).to_contain_text(
        "Gap is named nowhere; name it in the policy and in the map"
    )
    assert "of=RECIPIENT:affiliates" in page.url

    await page.go_back()
    await expect(lit).to_have_count(0)
    await page.get_by_role("switch", name="Only what needs a look").check(force=True)
    await expect(text.get_by_text("no data of anybody hangs on it")).to_have_count(3)
    related = elements.get_by_role("listitem").filter(has_text="Related services: Email address").first
    await expect(related).to_contain_text("a retention rule of its own · concerns 3 people")
    await expect(elements.get_by_role("heading", level=2)).to_have_text("Map 18 elements")
    await expect(text.get_by_role("heading", level=2)).to_have_text("Text 3 clauses")


async def test_findings_are_told_by_rule_with_what_mends_them(visits: Visits) -> None:
    page = await visits.staff(f"/map/checks?{REVISION}&kind=GAP")
    await expect(page.get_by_role("region")).to_have_count(5)
    assert await figures(page) == ["0 violations in the way", "0 violations overruled", "31 gaps"]
    rule = page.get_by_role("region").filter(has_text="unnamed-recipient")
    await expect(rule.get_by_role("listitem").first).to_contain_text("Affiliated persons of ISPsystem")
    await expect(rule.get_by_role("listitem").first).to_contain_text(re.compile(r"concerns \d+ (person|people)"))
    await rule.get_by_text("1 clause", exact=True).first.click()
    await expect(rule.get_by_role("link", name="12.6").first).to_have_attribute(
        "href", "/policy/1#clause-disclosure.case-4"
    )
    await page.get_by_text("Violations", exact=True).click()
    await expect(page.get_by_text("There are none of this kind.")).to_be_visible()
    await page.go_back()
    await expect(page.get_by_role("region")).to_have_count(5)


async def test_a_record_is_looked_at_and_taken_along(visits: Visits) -> None:
    page = await visits.staff(f"/map/records?{REVISION}")
    await expect(page.get_by_text("95 rows", exact=True)).to_be_visible()
    completeness = (
        "Rows: 95, all that the data map has Not stated, though Art. 30 asks for it: 16, each said where it is"
    )
    assert (await figures(page))[1] == f"{completeness} missing Completeness"
    record = page.get_by_role("region", name="Processing activities")
    first = record.get_by_role("row", name=re.compile("^1 "))
    await expect(first.get_by_role("link", name="6.2.1", exact=True)).to_have_attribute(
        "href", "/policy/1#clause-sources.personal.collection"
    )
    await expect(first).to_contain_text("Not stated: the categories of data subjects")
    missing = page.get_by_role("region", name="Not stated")
    await expect(missing.get_by_role("columnheader")).to_have_count(6)
    await expect(missing.get_by_role("row")).to_have_count(1 + 16)
    await page.get_by_text("By processor").click()
    await expect(page.get_by_text("10 rows", exact=True)).to_be_visible()
    for name, form in (("Excel (XLSX)", "xlsx"), ("CSV", "csv")):
        async with page.expect_download() as download:
            await page.get_by_role("link", name=name).click()
        taken = await download.value
        assert taken.suggested_filename.endswith(f".{form}")
        assert await taken.failure() is None
    await page.get_by_role("link", name="To print").click()
    await expect(page).to_have_title(re.compile("processors"))


async def test_a_look_at_a_person_is_meant_and_recorded(visits: Visits) -> None:
    page = await visits.staff(f"/map/person/{REQUESTER}")
    await expect(page.get_by_text("The look is recorded.")).to_be_visible()
    answer = page.get_by_role("article", name=f"What {REQUESTER} sees")
    look = page.get_by_role("button", name="Look, and have it recorded")
    await expect(look).to_be_enabled()
    await expect(answer).to_have_count(0)
    await look.click()
    await expect(answer).to_contain_text("Requests to technical support")
    assert await figures(page) == ["5 holdings", "9 recipients", "0 decisions", "0 notices"]
    receives = answer.get_by_role("region", name="Who receives it").get_by_role("row")
    standings = [row.split("\t")[1] for row in await receives.all_inner_texts()]
    assert Counter(standings) == {"Does it?": 1, "Receives it now": 4, "Only in certain cases": 4, "Not now": 1}
    looks = answer.get_by_role("region", name="Who looked").get_by_role("row")
    await expect(looks).to_have_count(2)
    await expect(looks.last).to_contain_text("development-staff")

    await page.get_by_label("Id of the person").fill("nobody-has-this-id")
    await look.click()
    await expect(page.get_by_role("alert")).to_contain_text("There is no such thing")
    await page.go_back()
    await expect(answer).to_be_visible()
    await expect(looks).to_have_count(2)


async def test_a_view_goes_on_when_the_service_is_back(visits: Visits) -> None:
    page = await visits.staff(f"/map/checks?{REVISION}")
    await settled(page)
    await page.route("**/graphql", lambda route: route.abort())
    await page.get_by_role("link", name="Records").click()
    await expect(page.get_by_role("alert")).to_contain_text("No connection")
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Try again").click()
    await page.get_by_text("By processor").click()
    await expect(page.get_by_text("10 rows", exact=True)).to_be_visible()
    visits.forgive("Failed to load resource")


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
    answer = await staff.request.post(
        "/graphql",
        data={"query": DRAFT, "variables": {"policy": policy, "map": data_map}},
        headers={"X-Vitrine-Page": "1"},
    )
    number: int = (await answer.json())["data"]["draftRevision"]["revision"]["number"]
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


async def order(page: Page, number: int) -> None:
    """Publishes a draft for a day that is far enough."""
    await page.get_by_label("From a day on").check()
    later = datetime.now(UTC) + timedelta(days=400)
    await page.get_by_label("From the beginning of (UTC)").fill(f"{later:%Y-%m-%d}")
    publish = page.get_by_role("button", name=f"Publish revision {number}")
    await expect(publish).to_be_disabled()
    await page.get_by_role("checkbox", name=f"publish revision {number}, and tell 1 person of it.").check()
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
    number = await draft(page)
    await page.goto(f"/map/time?revision={number}&against=1")
    await expect(page.get_by_role("heading", name="Affects people's rights")).to_be_visible()
    assert await figures(page) == ["2 affect people's rights", "0 touch them", "1 does nothing to them"]
    changes = [" ".join(each.split()) for each in await page.locator("main section li").all_inner_texts()]
    assert changes[0] == "Added Contest Host Ltd. Recipient A recipient is new recipient-added Judge otherwise …"
    await judge_otherwise(page)

    await page.get_by_text("Text", exact=True).click()
    await expect(page.get_by_text("183 clauses are the same")).to_be_visible()
    await expect(page.get_by_text("Contest Host Ltd. | Holding contests | USA")).to_be_visible()
    await page.get_by_role("radiogroup", name="What is shown").get_by_text("Map", exact=True).click()
    await see_both_maps(page, number)
    await page.get_by_text("Reach", exact=True).click()
    await expect(page.get_by_role("row", name="Added Contest Host Ltd. Recipient Touches 1")).to_be_visible()
    assert (await figures(page))[0] == "1 person is told"

    await page.get_by_text("Publish", exact=True).click()
    await expect(page.get_by_text("1 violation is in the way. Mend it and draft anew, or overrule it.")).to_be_visible()
    confirm = page.get_by_role("checkbox", name=f"publish revision {number}, and tell 1 person of it.")
    await expect(confirm).to_be_disabled()
    await page.get_by_role("button", name="Overrule …").click()
    await page.get_by_label("Why the draft may be published in spite of this").fill("The contract ends in May.")
    await page.route("**/graphql", lambda route: route.abort())
    await page.get_by_role("button", name="Overrule", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("This was not saved")
    await expect(page.get_by_label("Why the draft may be published in spite of this")).not_to_be_focused()
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Do it again").click()
    await expect(page.get_by_text("No violation is in the way.")).to_be_visible()
    await expect(page.get_by_text("The contract ends in May.")).to_be_visible()

    await page.route("**/graphql", published_unheard(number))
    await order(page, number)
    # The answer is lost; what came of it is seen.
    await expect(page.get_by_text("Nobody is told of it")).to_be_visible()
    await expect(confirm).to_have_count(0)
    visits.forgive("ERR_FAILED")
    await page.unroute_all(behavior="wait")
    await page.reload()

    await page.route("**/graphql", settled_later())
    await order(page, number)
    await expect(page.get_by_text("The notices are written, and are being sent.")).to_be_visible()
    await expect(page.get_by_text("Everybody is told, or it is known whom that failed for.")).to_be_visible()
    assert await figures(page) == ["1 notice, one for each person", "1 delivery on all channels"]
    await expect(page.get_by_text("1 of 1 done")).to_be_visible()
    visits.forgive("Failed to load resource")


async def after_many(route: Route) -> None:
    """In the place of the first page of revisions 200 newer ones, and the real first page after them."""
    asked = route.request.post_data_json or {}
    if "after" not in asked.get("variables", {}) or len(asked["variables"]) > 1:
        return await route.continue_()
    is_first = asked["variables"]["after"] is None
    response = await route.fetch(post_data=asked | {"variables": {"after": None}})
    answer = await response.json()
    revisions = answer["data"]["revisions"]
    revisions["totalCount"] += 200
    if is_first:
        newer = {"state": "DRAFT", "publishedAt": None, "effectiveAt": None, "summary": "Tried out"}
        one = revisions["nodes"][0]
        revisions["nodes"] = [{**one, **newer, "number": number} for number in range(1200, 1000, -1)]
        revisions["pageInfo"] = {"hasNextPage": True, "endCursor": "more"}
    return await route.fulfill(response=response, json=answer)


async def test_a_revision_is_found_however_many_are_newer(visits: Visits) -> None:
    page = await visits.staff("/policy")
    await page.route("**/graphql", after_many)
    await page.goto("/map/time?revision=1")
    await expect(page.get_by_role("combobox", name="With")).to_have_value("Revision 1, from 12 November 2018")
    await page.get_by_role("button", name="Revision 1", exact=True).click()
    choices = page.get_by_role("dialog").get_by_role("listitem")
    await expect(choices.first).to_contain_text("Revision 1200")
    await expect(choices).to_have_count(51)
    await choices.last.get_by_role("button", name=re.compile(r"^\d+ more$")).click()
    await expect(choices).to_have_count(101)
    await page.get_by_label("Find by number or by words").fill("1101")
    await expect(choices).to_have_count(1)
    await page.get_by_label("Find by number or by words").fill("1")
    await expect(choices.first).to_contain_text("Revision 1from 12 November 2018")
    await page.get_by_label("Find by number or by words").fill("nobody wrote this")
    await expect(choices).to_have_text("There is none such.")
