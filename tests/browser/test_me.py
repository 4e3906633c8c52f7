"""`/me`: what a person sees of what is held about them, and what they can do there."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import Page, Route, expect

from tests.browser.conftest import SCREENSHOTS
from tests.browser.visits import Size, Visits, asked, barriers, sign_in

#: Looked at websites: Google and Yandex count that.
VISITOR = "example-visitor"
#: Has an account too, and of them it is known what went where.
DISCLOSED = "example-disclosed"
#: Receives advertising, and agreed to it.
SUBSCRIBER = "example-subscriber"
MARKETING = "Marketing and advertising messages"

VIEWS = {
    "/me": "Your data",
    "/me/held": "What we hold",
    "/me/recipients": "Who receives it",
    "/me/choices": "What we use your data for, and your choices",
    "/me/changes": "What changed",
    "/me/looks": "Who looked",
    "/me/rights": "Your rights, and our promises",
}


async def open_row(page: Page, name: str) -> None:
    row = page.get_by_role("heading", level=3).get_by_role("button", name=re.compile(f"^{re.escape(name)}"))
    await row.click()


async def announced(page: Page, text: str) -> None:
    await expect(page.locator("[role=status][aria-live=polite]").last).to_contain_text(text)


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("phone", True)])
async def test_every_view_can_be_read(visits: Visits, size: Size, dark: bool) -> None:
    page = await visits.person(DISCLOSED, "/me", size, dark=dark)
    for path, title in VIEWS.items():
        await page.locator(f"header nav a[href='{path}']").click()
        await expect(page.get_by_role("heading", level=1)).to_have_text(title)
        await expect(page.get_by_text("Loading …")).to_have_count(0)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await barriers(page) == []
        view = path.strip("/").replace("/", "-")
        await page.screenshot(path=SCREENSHOTS / f"{view}-{size}.png", full_page=True)


async def test_an_address_of_no_view_says_so_in_its_heading(visits: Visits) -> None:
    page = await visits.person(DISCLOSED, "/me/nothing")
    await expect(page.get_by_role("heading", level=1)).to_have_text("There is no such page")
    await expect(page).to_have_title(re.compile("^There is no such page"))


async def test_a_tab_begins_anew_when_somebody_else_signed_in_in_another(visits: Visits) -> None:
    page = await visits.person(DISCLOSED, "/me/held")
    await expect(page.get_by_text("7 entries")).to_be_visible()
    other = await page.context.new_page()
    await other.goto("/me")
    await other.get_by_role("button", name="Account").click()
    await other.get_by_role("menuitem", name="Sign out").click()
    await other.wait_for_url(re.compile("/$"))
    await sign_in(other.context, {"subject": VISITOR})
    # Whatever is asked on a page that was opened before is refused, and nothing of theirs is shown there.
    refused = page.get_by_text("Somebody else has signed in")
    # It may have listened meanwhile, and know already.
    await page.get_by_role("link", name="Who looked").or_(refused).first.click()
    await expect(refused).to_be_visible()
    await expect(page.get_by_role("button", name="Account")).to_have_count(0)
    assert await barriers(page) == []
    await page.get_by_role("button", name="Begin anew").click()
    await page.locator("header nav a[href='/me/held']").click()
    await expect(page.get_by_text("9 entries")).to_be_visible()
    await page.get_by_role("button", name="Account").click()
    await expect(page.get_by_text(VISITOR)).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_text(VISITOR)).to_be_hidden()
    # It may have asked while nobody was signed in.
    visits.forgive("Failed to load resource")


async def test_a_view_stays_when_its_session_is_over(visits: Visits) -> None:
    page = await visits.person(DISCLOSED, "/me/held")
    search = page.get_by_role("searchbox")
    await search.fill("account")
    await expect(page).to_have_url(re.compile("find=account$"))
    await page.context.clear_cookies()
    await page.clock.set_fixed_time(datetime.now(UTC) + timedelta(hours=13))
    await page.evaluate("dispatchEvent(new Event('focus'))")
    await expect(page.get_by_role("alert")).to_contain_text("What you began to write is still here")
    await expect(search).to_have_value("account")
    again = page.get_by_role("link", name="Sign in, in another tab")
    # In the header, and beside what is wrong.
    await expect(again).to_have_count(2)
    for each in await again.all():
        await expect(each).to_have_attribute("href", "/sign-in?to=%2Fme%2Fheld%3Ffind%3Daccount")
        await expect(each).to_have_attribute("target", "_blank")
    await expect(page.get_by_role("link", name="Sign in", exact=True)).to_have_count(0)
    await sign_in(page.context, {"subject": DISCLOSED})
    await page.evaluate("dispatchEvent(new Event('focus'))")
    await expect(page.get_by_role("alert")).to_have_count(0)
    # What listens may have been refused meanwhile.
    visits.forgive("Failed to load resource")


async def test_back_leads_to_where_one_was_in_a_list(visits: Visits) -> None:
    page = await visits.person(DISCLOSED, "/me/held", "phone")
    await expect(page.get_by_text("7 entries")).to_be_visible()
    await page.evaluate("scrollTo(0, 300)")
    await page.wait_for_function("scrollY === 300")
    await page.locator("header nav a[href='/me/looks']").click()
    await expect(page.get_by_text("Nobody has looked", exact=True)).to_be_visible()
    assert await page.evaluate("scrollY") == 0
    await page.go_back()
    await expect(page.get_by_text("7 entries")).to_be_attached()
    await page.wait_for_function("scrollY === 300")
    # And what the focus comes to is not under the header.
    button = page.locator("main h3 button").first
    await button.evaluate("each => { scrollTo(0, 2000); each.focus() }")
    await page.wait_for_function(
        "document.activeElement.getBoundingClientRect().top >= document.querySelector('header').offsetHeight"
    )


async def test_of_whom_nothing_is_held_reads_that(visits: Visits) -> None:
    page = await visits.person("example-nobody", "/me", "phone")
    await expect(page.get_by_text("We hold nothing about you.")).to_be_visible()
    for view, said in {
        "held": "We hold nothing about you",
        "recipients": "Nobody receives anything about you",
        "changes": "Nothing has changed for you",
        "looks": "Nobody has looked",
    }.items():
        await page.locator(f"header nav a[href='/me/{view}']").click()
        await expect(page.get_by_text(said, exact=True)).to_be_visible()
    # What may be done later can be decided before.
    await page.get_by_role("link", name="Your choices").click()
    await expect(page.get_by_role("switch", name=f"I agree to: {MARKETING}")).not_to_be_checked()


async def test_what_is_held_is_in_the_order_and_the_part_that_the_address_says(visits: Visits) -> None:
    page = await visits.person(DISCLOSED, "/me/held")
    groups = page.get_by_role("heading", level=2)
    await expect(groups).to_have_text(["Account area", "Websites"])
    await page.get_by_text("by kind of data").click()
    await expect(groups.first).to_have_text("Personal data provided by users")
    await expect(page).to_have_url(re.compile(r"/me/held\?by=kind$"))
    await page.go_back()
    await expect(groups).to_have_text(["Account area", "Websites"])
    search = page.get_by_role("searchbox")
    await search.fill("account ")
    # Slower than it is looked for.
    await search.press_sequentially("email", delay=300)
    await expect(search).to_be_focused()
    await expect(search).to_have_value("account email")
    await expect(groups).to_have_text(["Account area"])
    await announced(page, "1 of 7 entries")
    await expect(page).to_have_url(re.compile(r"\?find=account\+email$"))
    await page.get_by_role("button", name="Show everything").click()
    await expect(search).to_have_value("")
    await expect(groups).to_have_text(["Account area", "Websites"])


async def test_a_row_tells_why_how_long_and_who_and_by_which_sentences(visits: Visits) -> None:
    page = await visits.person(DISCLOSED, "/me/held")
    await open_row(page, "Cookies and technologies that do the same")
    why = page.locator("section", has=page.get_by_role("heading", name="Why we use it")).last
    await expect(why.get_by_role("link")).to_have_text(
        ["Improving and supporting the services", "Meeting the requirements of laws"]
    )
    who = page.locator("section", has=page.get_by_role("heading", name="Who may receive it")).last
    await expect(who).to_contain_text('OOO "Yandex"')
    await expect(who).to_contain_text("Russia · Improving and supporting the services")
    # As it would open for a colleague.
    await page.reload()
    await who.get_by_role("button", name=re.compile("about Google Inc.$")).click()
    link = who.get_by_role("link", name="Clause 19.6, in the whole policy")
    await expect(link).to_have_attribute("href", "/policy/1#clause-processors.google")


async def test_a_past_day_is_shown_as_it_was(visits: Visits) -> None:
    page = await visits.person(DISCLOSED, "/me/held")
    await expect(page.get_by_text("7 entries")).to_be_visible()
    await page.get_by_role("button", name="Today").click()
    answered = asyncio.Event()

    async def late(route: Route) -> None:
        await answered.wait()
        await route.continue_()

    await page.route("**/graphql", late)
    await page.get_by_label("What did you hold on …").fill("2021-06-01")
    await page.get_by_role("button", name="Show that day").click()
    await expect(page.get_by_text("You are looking at 1 June 2021.")).to_be_visible()
    await expect(page.get_by_role("button", name="1 Jun 2021")).to_be_focused()
    # Until then, the answer of the day before is there to be seen only.
    await expect(page.locator("main").get_by_text("Loading …")).to_be_visible()
    await expect(page.locator("main [inert][aria-busy=true]").get_by_text("7 entries")).to_be_visible()
    answered.set()
    await expect(page.get_by_text("2 entries")).to_be_visible()
    await expect(page.locator("main [inert]")).to_have_count(0)
    await page.unroute("**/graphql")
    await page.get_by_role("link", name="Your choices").click()
    await expect(page.get_by_role("switch", name=f"I agree to: {MARKETING}")).to_be_disabled()
    # Of today alone is known what is new.
    await page.get_by_role("link", name="Overview").click()
    await expect(page.get_by_role("link", name="What we never hold")).to_be_visible()
    await expect(page.get_by_text("Nothing new")).to_have_count(0)
    await page.get_by_role("link", name="Your rights").first.click()
    look = page.get_by_role("link", name="See it here").first
    await expect(look).to_have_attribute("href", "/me/held?on=2021-06-01")
    await page.goto("/me/held?on=2017-06-01")
    await expect(page.get_by_text("There was no policy on 1 June 2017")).to_be_visible()
    await page.get_by_role("button", name="Back to today").click()
    await expect(page.get_by_text("7 entries")).to_be_visible()


async def test_the_map_and_the_list_say_the_same(visits: Visits) -> None:
    page = await visits.person(VISITOR, "/me/recipients")
    figure = page.locator("figure")
    nodes = figure.locator("svg a")
    await expect(nodes).to_have_count(6)
    await figure.get_by_text("The same as a list").click()
    now = [
        "Google Inc.",
        'OOO "Yandex"',
        "Services that monitor activity on the websites, other than the two that the policy names",
        "Subcontractors and other service providers",
        "Whoever is given statistics in which nobody can be recognised",
    ]
    await expect(figure.locator("li li a")).to_have_text(now)
    drawn = [await each.get_attribute("aria-label") or "" for each in await nodes.all()]
    assert sorted(drawn) == sorted([*now, "Websites"])
    await nodes.filter(has=page.get_by_text("Google Inc.")).focus()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(re.compile(r"/me/recipients\?open=google$"))
    await expect(page.get_by_text("United States of America: outside Europe")).to_be_visible()


async def test_what_was_received_stands_apart_from_what_may_be(visits: Visits) -> None:
    page = await visits.person(DISCLOSED, "/me/recipients?map=all&open=google")
    await expect(page.get_by_text("12 Sept 2026")).to_be_visible()
    await open_row(page, "Affiliated persons of ISPsystem")
    await expect(page.get_by_text("No service has told us that anything went there.")).to_be_visible()


async def test_those_who_are_trusted_are_among_the_recipients(visits: Visits) -> None:
    page = await visits.person("example-truster", "/me/recipients")
    await expect(page.get_by_text("example-trusted may see: Billing details")).to_be_visible()


MARKETED = """{ me { holdings(service: ["account-area"], category: ["email"]) { nodes {
  purposes { purpose { key } status } recipients { purpose { key } status } } } } }"""


async def marketed(page: Page) -> tuple[str, str]:
    """In the graph: whether data is used for marketing, and whether somebody receives it for that."""
    (held,) = (await asked(page, MARKETED))["me"]["holdings"]["nodes"]
    (used,) = [each["status"] for each in held["purposes"] if each["purpose"]["key"] == "marketing-messages"]
    (sent,) = [each["status"] for each in held["recipients"] if each["purpose"]["key"] == "marketing-messages"]
    return used, sent


async def test_an_agreement_taken_back_counts_here_and_in_the_graph(visits: Visits) -> None:
    page = await visits.person(SUBSCRIBER, "/me")
    await expect(page.get_by_text(f"You agreed to: {MARKETING}.")).to_be_visible()
    await page.locator("header nav a[href='/me/choices']").click()
    assert await marketed(page) == ("ACTIVE", "ACTIVE")
    switch = page.get_by_role("switch", name=f"I agree to: {MARKETING}")
    choice = page.get_by_role("listitem").filter(has=switch)
    await expect(switch).to_be_checked()
    await expect(switch).to_have_accessible_name(f"I agree to: {MARKETING} (You agree)")
    await choice.get_by_role("button", name="What rests on it").click()
    await expect(choice).to_contain_text("2 entries of yours are used for this. 1 recipient gets it now.")
    await switch.press("Space")
    await expect(switch).not_to_be_checked()
    await expect(choice).to_contain_text("2 entries are held that could be used for this. None is. Nobody outside")
    await expect(choice.get_by_text("Not used: you took your agreement back")).to_have_count(2)
    await expect(choice.get_by_text("Receives it now")).to_have_count(0)
    await announced(page, f"{MARKETING}: You do not agree.")
    assert await marketed(page) == ("WITHDRAWN", "PURPOSE_INACTIVE")
    await page.get_by_role("link", name="Overview").click()
    await expect(page.get_by_text(f"You have not agreed to: {MARKETING}.")).to_be_visible()
    await page.go_back()
    await switch.press("Space")
    await expect(choice).to_contain_text("1 recipient gets it now.")
    assert await marketed(page) == ("ACTIVE", "ACTIVE")


async def test_an_objection_and_a_pause_can_be_made_and_ended(visits: Visits) -> None:
    page = await visits.person("example-requester", "/me/choices?open=improvement")
    switch = page.get_by_role("switch", name="Use my data for: Improving and supporting the services")
    choice = page.get_by_role("listitem").filter(has=switch)
    await switch.press("Space")
    await expect(choice).to_contain_text("You object")
    await expect(switch).to_be_focused()
    await choice.get_by_role("button", name="Have this paused").press("Enter")
    await expect(choice).to_contain_text("Paused: you asked for it.")
    # What took the place of the button that was pressed has the focus.
    end = choice.get_by_role("button", name="End the pause")
    await expect(end).to_be_focused()
    # It is there before it can be pressed, while the pause is being saved.
    await expect(end).to_be_enabled()
    await page.keyboard.press("Enter")
    # The objection stays, though the service lifts both at once.
    await expect(choice.get_by_text("Paused: you asked for it.")).to_have_count(0)
    await expect(switch).not_to_be_checked()
    await expect(choice.get_by_role("button", name="Have this paused")).to_be_focused()
    await switch.press("Space")
    await expect(choice).to_contain_text("Allowed")
    await expect(choice).not_to_contain_text("You objected")
    made = (await asked(page, "{ me { decisions { nodes { kind } } } }"))["me"]["decisions"]["nodes"]
    assert [each["kind"] for each in made][-5:] == ["OBJECTION", "RESTRICTION", "LIFTING", "OBJECTION", "LIFTING"]
    # What lies half under the header is too small a target to axe.
    await page.evaluate("scrollTo(0, 0)")


async def test_an_address_leads_to_a_part_of_a_view(visits: Visits) -> None:
    page = await visits.person(VISITOR, "/me", "phone")
    await page.get_by_role("link", name="What we never hold").click()
    await expect(page).to_have_url(re.compile("/me/rights#never$"))
    await expect(page.get_by_role("heading", name="What we promise")).to_be_in_viewport()
    await expect(page.get_by_role("region", name="What we promise")).to_be_focused()


async def test_who_looked_and_when_stands_there(visits: Visits) -> None:
    staff = await visits.staff("/")
    await asked(staff, '{ subject(id: "example-buyer") { key } }')
    page = await visits.person("example-buyer", "/me/looks")
    await expect(page.get_by_role("heading", name=re.compile("^[0-9]+ looks?$"))).to_be_visible()
    await expect(page.get_by_text("known by the id development-staff").first).to_be_visible()


async def test_a_language_that_is_chosen_is_that_of_the_next_message(visits: Visits) -> None:
    page = await visits.person("example-contestant", "/me/changes")
    await expect(page.get_by_role("checkbox", name="Here, in your account")).to_be_checked()
    await page.get_by_label("Language of the messages").select_option(label="Deutsch")
    await announced(page, "Saved.")
    assert await asked(page, "{ me { locale } }") == {"me": {"locale": "de"}}


async def test_all_of_it_can_be_done_with_the_keyboard(visits: Visits) -> None:
    page = await visits.person(VISITOR, "/me")
    await expect(page.get_by_text("Where your data goes")).to_be_visible()
    press = page.keyboard.press
    await press("Tab")
    await expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    await press("Enter")
    await press("Tab")
    await expect(page.get_by_role("link", name="What we hold We hold 9 kinds of data")).to_be_focused()
    await press("Enter")
    await expect(page.locator("main")).to_be_focused()
    await expect(page.get_by_text("9 entries")).to_be_visible()
    for _ in range(3):
        await press("Tab")
    await expect(page.get_by_role("button", name=re.compile("^Browser specifications"))).to_be_focused()
    await press("Enter")
    await expect(page.get_by_role("heading", name="Why we use it")).to_be_visible()
    await press("Tab")
    await expect(page.get_by_role("link", name="Protection against violations and fraud")).to_be_focused()
    await press("Enter")
    await expect(page).to_have_url(re.compile(r"/me/choices\?open=protection$"))


async def test_while_the_service_is_away_it_says_so_and_goes_on(visits: Visits) -> None:
    page = await visits.person(VISITOR, "/me")
    await expect(page.get_by_text("5 recipients get some of it")).to_be_visible()
    await page.route("**/graphql", lambda route: route.abort())
    await page.get_by_role("link", name="Who looked").first.click()
    await expect(page.get_by_role("alert")).to_contain_text("No connection")
    await expect(page.get_by_text("Trying again in")).to_be_visible()
    await expect(page.get_by_role("alert")).not_to_contain_text("Trying again in")
    await page.unroute("**/graphql")
    await page.get_by_role("button", name="Try again").click()
    await expect(page.get_by_text("Nobody has looked")).to_be_visible()
    visits.forgive("ERR_FAILED")
