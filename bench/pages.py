"""How soon the pages are there, in the machine's Chromium: their first words, the picture of maps of several sizes, and
what they load for it. Beside them the policy, which the service writes and which has no script: that is the floor."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import statistics
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, ViewportSize, async_playwright

from bench.data import Graph, say
from bench.explore import published
from bench.maps import large_map
from bench.ports import free_port
from bench.processes import service
from graph.engines.address import GraphAddress
from server.development import EXAMPLE_STAFF

#: Elements and relationships of the maps that are drawn beside the seed's.
MAPS = ((300, 1_200), (5_000, 20_000))
#: Some examples have hardly anything; of this one more is held than of any other.
PERSON = "example-multi-product"
VIEWPORT: ViewportSize = {"width": 1440, "height": 900}
SECONDS_AT_MOST = 120
POLL_SECONDS = 0.05

_SEEN = """mark => {
  const loaded = performance.getEntriesByType("resource");
  const drawn = performance.getEntriesByName(mark)[0].startTime;
  const answers = loaded.filter(each => each.name.endsWith("/graphql") && each.responseEnd <= drawn);
  return {
    paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
    drawn,
    answered: Math.max(0, ...answers.map(each => each.responseEnd)),
    scripts: loaded.map(each => each.name).filter(name => name.endsWith(".js")),
  };
}"""
_MARKED = "mark => performance.getEntriesByName(mark).length > 0"


@dataclass(frozen=True, slots=True)
class PageVisited:
    """`who`: the form that signs in; None: nobody. `mark`: of the page's own, when it has drawn what it is for."""

    name: str
    path: str
    who: Mapping[str, str] | None = None
    mark: str | None = None


def measured(rounds: int, scratch: Path) -> dict[str, Any]:
    """By page: see `visited`. On a graph of its own, with the seed as revision 1 and the maps as the next ones."""
    graph = Graph(scratch / "data")
    port = free_port()
    settings = {**graph.environment(), "VITRINE_PORT": str(port), "VITRINE_NOTIFY": "off", "VITRINE_LOG_LEVEL": "error"}
    with service(settings, scratch / "service.log"):
        numbers = {"seed": 1}
        for elements, relationships in MAPS:
            say(f"Publishing a map of {elements:,} elements and {relationships:,} relationships …")
            map = large_map(elements, relationships)
            numbers[f"{elements:,}"] = asyncio.run(published(GraphAddress(**graph.address()), map))
        return asyncio.run(_all_visited(f"http://127.0.0.1:{port}", pages(numbers), rounds))


def pages(numbers: Mapping[str, int]) -> tuple[PageVisited, ...]:
    """`numbers`: of the revisions whose map is drawn, by what each is called."""
    return (
        PageVisited("/policy", "/policy/1"),
        PageVisited("/me", "/me", {"subject": PERSON}),
        *(
            PageVisited(f"/map, {name}", f"/map?revision={number}&show=picture", {"staff": EXAMPLE_STAFF}, "map-drawn")
            for name, number in numbers.items()
        ),
    )


async def _all_visited(url: str, pages: Sequence[PageVisited], rounds: int) -> dict[str, Any]:
    async with chromium() as browser:
        found = {}
        for each in pages:
            found[each.name] = await visited(browser, url, each, rounds)
            say(f"  {each.name}: {found[each.name]}")
        return found


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Raises RuntimeError where the machine has none."""
    path = shutil.which("chromium")
    if path is None:
        raise RuntimeError("there is no Chromium: install it (on Debian: apt-get install chromium)")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        await browser.close()


async def visited(browser: Browser, url: str, page: PageVisited, rounds: int) -> dict[str, Any]:
    """Medians, in ms from the begin of the visit: `paint_ms`, the first contentful paint, and `drawn_ms`, of a browser
    that was never there; `drawing_ms`, the part of that after the last answer of the service; with `again_` those of
    the next visit, which has the files. `script_bytes`: of the scripts that it loaded, each compressed by gzip. One
    visit before is not counted: what the service keeps for the next is made then."""
    took: list[dict[str, float]] = []
    scripts: list[str] = []
    for _ in range(rounds + 1):
        context = await browser.new_context(base_url=url, viewport=VIEWPORT, reduced_motion="reduce")
        if page.who is not None:
            await context.request.post("/sign-in", form={**page.who, "to": "/"}, headers={"X-Vitrine-Page": "1"})
        first, scripts = await _once(context, page)
        again, _ = await _once(context, page)
        took.append({**first, **{f"again_{name}": value for name, value in again.items()}})
        sizes = [len(gzip.compress(await (await context.request.get(each)).body(), mtime=0)) for each in scripts]
        await context.close()
    medians = {name: round(statistics.median(each[name] for each in took[1:])) for name in took[0]}
    return {**medians, "scripts": len(scripts), "script_bytes": sum(sizes)}


async def _once(context: BrowserContext, page: PageVisited) -> tuple[dict[str, float], list[str]]:
    opened = await context.new_page()
    opened.set_default_timeout(SECONDS_AT_MOST * 1000)
    await opened.goto(page.path)
    await opened.wait_for_selector("h1")
    mark = page.mark or "first-contentful-paint"
    async with asyncio.timeout(SECONDS_AT_MOST):  # not wait_for_function, which the content security policy stops
        while not await opened.evaluate(_MARKED, mark):  # noqa: ASYNC110 (nobody tells of it)
            await asyncio.sleep(POLL_SECONDS)
    seen = await opened.evaluate(_SEEN, mark)
    await opened.close()
    took = {"paint_ms": seen["paint"]}
    if page.mark is not None:
        took |= {"drawn_ms": seen["drawn"], "drawing_ms": seen["drawn"] - seen["answered"]}
    return took, seen["scripts"]
