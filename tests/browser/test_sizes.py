"""What pages load is small, and `make bench-pages` measures what a browser sees."""

from __future__ import annotations

import pytest
from playwright.async_api import Browser

from bench.pages import PageVisited, pages, visited

#: Of the pages that people see, compressed.
SCRIPT_BYTES_AT_MOST = 350_000


@pytest.mark.parametrize("page", pages({"seed": 1}), ids=lambda page: page.name)
async def test_a_visit_is_measured_whole(browser: Browser, pages_url: str, page: PageVisited) -> None:
    figures = await visited(browser, pages_url, page, rounds=1)
    drawn = {"drawn_ms", "drawing_ms", "again_drawn_ms", "again_drawing_ms"} if page.mark else set()
    assert figures.keys() == {"paint_ms", "again_paint_ms", "scripts", "script_bytes"} | drawn
    assert all(figures[name] > 0 for name in figures if name.endswith("_ms"))
    assert (figures["scripts"] == 0) == (page.name == "/policy")
    if page.name in ("/policy", "/me"):
        assert figures["script_bytes"] < SCRIPT_BYTES_AT_MOST
