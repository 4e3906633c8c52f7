"""Compliance staff read what the map says, and look at a person."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.visits import SECONDS_AT_MOST, Size, Visits, barriers, drawn, figures, see_on_a_phone

expect.set_options(timeout=SECONDS_AT_MOST * 1000)

#: So that what other tests publish is not seen here.
REVISION = "revision=1"
#: Of whom no other test wants to know who looked.
REQUESTER = "example-requester"
#: With what leaves less of long tables: axe looks at each cell.
VIEWS = {
    "coverage?needed=true": "Coverage",
    "checks?kind=GAP": "Checks",
    "time?show=changes": "Time",
    "records?of=processors": "Records",
    "person?": "A person",
}


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


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("phone", True)])
async def test_what_opens_above_a_view_can_be_read_and_closed(visits: Visits, size: Size, dark: bool) -> None:
    page = await visits.staff(f"/map?{REVISION}&show=picture", size, dark=dark)
    await drawn(page)
    for name in ("Revision 1", "Filters", "Save the picture", "Legend", "Colours", "Staff"):
        await page.get_by_role("button", name=name, exact=True).click()
        opened = page.get_by_role("dialog", name=name, exact=True).or_(page.get_by_role("menu", name=name, exact=True))
        await expect(opened).to_be_in_viewport(ratio=1)
        assert await barriers(page) == []
        await page.screenshot(path=SCREENSHOTS / f"map-opened-{name.replace(' ', '-').lower()}-{size}.png")
        await page.keyboard.press("Escape")
        await expect(opened).to_have_count(0)


async def test_escape_closes_what_does_not_have_the_focus(visits: Visits) -> None:
    """It comes there a moment after what opens, if it comes there at all."""
    page = await visits.staff(f"/map?{REVISION}&show=table")
    for name in ("Revision 1", "Colours"):
        await page.get_by_role("button", name=name, exact=True).click()
        opened = page.get_by_role("dialog").or_(page.get_by_role("menu"))
        await expect(opened).to_be_visible()
        await page.evaluate("document.activeElement.blur()")
        await page.keyboard.press("Escape")
        await expect(opened).to_have_count(0)


async def test_what_is_written_is_told_without_its_pace(visits: Visits) -> None:
    """Which changes every two seconds."""
    page = await visits.staff("/policy")
    await page.route("**/graphql", while_written)
    await page.goto(f"/map/time?show=telling&{REVISION}")
    told = page.get_by_role("status").filter(has_text="notices")
    await expect(told).to_have_text("The notices are being written.")
    await expect(page.get_by_text("37 a second.")).to_be_visible()


async def while_written(route: Route) -> None:
    """In the place of what is told of a revision's notices: that they are being written."""
    response = await route.fetch()
    answer = await response.json()
    if "notification" in ((answer.get("data") or {}).get("revision") or {}):
        lists: dict[str, list[object]] = {"fanOuts": [], "counts": [], "failures": []}
        told = {"isWritten": False, "isSettled": False, "pace": {"perSecond": 37.0}}
        answer["data"]["revision"]["notification"] = told | lists
    await route.fulfill(response=response, json=answer)


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
        "Rows: 95, all that the data map has Not stated, though Art. 30 asks for it: 12, each said where it is"
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
    await expect(missing.get_by_role("row")).to_have_count(1 + 12)
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
    held = answer.get_by_role("region", name="What is held").get_by_role("row").filter(has_text="Email address")
    assert (await held.inner_text()).split("\t")[2:5] == [
        "Carrying out agreements · Meeting the requirements of laws · Payments and accounts"
        " · Protection against violations and fraud · Interaction with the user · System messages"
        " · Marketing and advertising messages (not used)",
        "7 April 2026",
        "As long as the goals of collection require",
    ]
    await expect(held.locator("a[href^='/policy/1#']")).to_have_count(17)
    receives = answer.get_by_role("region", name="Who receives it").get_by_role("row")
    standings = [row.split("\t")[1] for row in await receives.all_inner_texts()]
    assert Counter(standings) == {"Does it?": 1, "Receives it now": 4, "Only in certain cases": 4, "Not now": 1}
    looks = answer.get_by_role("region", name="Who looked").get_by_role("row")
    await expect(looks).to_have_count(2)
    await expect(looks.last).to_contain_text("development-staff")
    await see_on_a_phone(page)

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
        newer = {"state": "PUBLISHED", "effectiveAt": "2020-01-01T00:00:00Z", "summary": "Tried out"}
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
    # Which one is in force is not for the page to find out.
    await page.goto("/map/time")
    await expect(page.get_by_role("combobox", name="With")).to_have_value("Revision 1, from 12 November 2018")
