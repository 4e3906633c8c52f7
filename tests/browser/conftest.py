"""The pages in a real Chromium, before the real service with the embedded engine and the seed.

What a page asks of another host, what its console says is wrong, and what axe finds when the test is over fails that
test. All tests share one service and one browser; those that publish stand in files that come last,
and what one of them publishes is taken back.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, async_playwright, expect

from tests.browser.visits import SECONDS_AT_MOST, Visits
from tests.journeys.vitrine import running

SCREENSHOTS = Path(__file__).with_name("screenshots")


@pytest.fixture(scope="session")
def pages_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a service with an engine of its own, the first policy and the example people."""
    with running(tmp_path_factory.mktemp("pages")) as url:
        yield url


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The machine's own: one that is downloaded cannot be relied on."""
    chromium = shutil.which("chromium")
    if chromium is None:
        missing = "the tests of the pages need Chromium: install it (on Debian: apt-get install chromium)"
        # A machine without one shall still run the rest; CI shall not go on without.
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    expect.set_options(timeout=SECONDS_AT_MOST * 1000)
    async with async_playwright() as playwright:
        # As root, which CI is, it has no sandbox; it sees nothing but our own pages. To imitate a graphics card that is
        # not there is dear.
        arguments = ["--no-sandbox", "--disable-gpu"]
        started = await playwright.chromium.launch(executable_path=chromium, args=arguments)
        yield started
        await started.close()


@pytest.fixture
async def visits(browser: Browser, pages_url: str, request: pytest.FixtureRequest) -> AsyncIterator[Visits]:
    """Opens pages. What they complained of is told when the test is over, and how they looked then is kept."""
    opened = Visits(browser, pages_url)
    yield opened
    await opened.end(SCREENSHOTS / f"{request.path.stem}-{request.node.name}.png")
    assert opened.complaints == []
