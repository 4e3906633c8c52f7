"""The pictures of the README, taken of the running service: `python -m tests.browser.pictures`, or `make pictures`."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

from playwright.async_api import Page, expect

from bench.pages import chromium
from server.settings import ROOT
from tests.browser.visits import Visits, drawn
from tests.journeys.vitrine import running

FOLDER = ROOT / "docs/pictures"
PERSON = "example-disclosed"


async def take(url: str) -> None:
    async with chromium() as browser:
        visits = Visits(browser, url)
        map = await visits.staff("/map?revision=1&show=picture&select=RECIPIENT:google")
        await drawn(map)
        await _keep(map, "map")
        coverage = await visits.staff("/map/coverage?revision=1")
        await expect(coverage.get_by_text("Only what needs a look").first).to_be_visible()
        await _keep(coverage, "coverage")
        await _keep(await visits.person(PERSON, "/me"), "me")
        await _keep(await visits.person(PERSON, "/me/recipients", "phone"), "me-phone")
        await _keep(await visits.anybody("/policy"), "policy")


async def _keep(page: Page, name: str) -> None:
    await expect(page.get_by_role("heading", level=1)).to_be_visible()
    await expect(page.get_by_text("Loading …")).to_have_count(0)
    await page.screenshot(path=FOLDER / f"{name}.png")


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as url:
        asyncio.run(take(url))


if __name__ == "__main__":
    main()
