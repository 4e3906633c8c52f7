"""The policy is read by anybody, without a script."""

from __future__ import annotations

import re

import pytest
from playwright.async_api import expect

from tests.browser.visits import Size, Visits, barriers


@pytest.mark.parametrize("size", ["desk", "phone"])
async def test_the_policy_is_read_where_no_script_runs(visits: Visits, size: Size) -> None:
    page = await visits.anybody("/policy", size, script=False)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    contents = page.get_by_role("navigation", name="Contents")
    if not await contents.get_by_role("link").first.is_visible():
        await contents.locator("summary").click()
    part = contents.get_by_role("link").last
    address = await part.get_attribute("href")
    await part.click()
    await expect(page).to_have_url(re.compile(f"{re.escape(str(address))}$"))
    await expect(page.locator(f"[id='{str(address)[1:]}']")).to_be_in_viewport()


#: With the first words of their headings.
PAGES = {
    "/": "What is held, and who receives it",
    "/policy/1": "Privacy policy",
    "/policy?on=2019-01-01": "Privacy policy",
    "/sign-in": "Who do you want to be?",
    "/policy/999": "There is no",
    "/policy/1/changes": "What revision 1 changes",
    "/nowhere": "There is no",
}


@pytest.mark.parametrize(("size", "dark"), [("desk", False), ("phone", True)])
async def test_what_anybody_opens_can_be_read(visits: Visits, size: Size, dark: bool) -> None:
    page = await visits.anybody("/", size, dark=dark)
    for address, heading in PAGES.items():
        await page.goto(address)
        await expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert await barriers(page) == []
    # The console's word of a page that is not there.
    visits.forgive("status of 404")
