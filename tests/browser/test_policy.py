"""The policy is read by anybody, without a script."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.browser.visits import Size, Visits


@pytest.mark.parametrize("size", ["desk", "phone"])
async def test_the_policy_is_read(visits: Visits, size: Size) -> None:
    page = await visits.anybody("/policy", size)
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
