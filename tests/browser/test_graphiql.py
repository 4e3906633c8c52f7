"""Whoever writes a front end tries what can be asked."""

from __future__ import annotations

import re

from playwright.async_api import expect

from tests.browser.visits import Visits


async def test_an_example_is_asked(visits: Visits) -> None:
    page = await visits.staff("/graphiql")
    await expect(page.get_by_role("region", name="Operation Editor")).to_contain_text(re.compile(r"query\sPaths"))
    await page.get_by_role("button", name=re.compile("^Execute query")).click()
    result = page.get_by_role("region", name="Result Window")
    await expect(result).to_contain_text(re.compile(r'"isComplete":\strue'))
