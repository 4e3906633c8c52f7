"""Pages as somebody sees them, and what is wrong with them."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from playwright.async_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize, expect

from server.development import EXAMPLE_STAFF
from server.settings import ROOT

Size = Literal["desk", "phone"]
SIZES: dict[Size, ViewportSize] = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 390, "height": 844}}
SECONDS_AT_MOST = 60
expect.set_options(timeout=SECONDS_AT_MOST * 1000)

_AXE = (ROOT / "server/web/node_modules/axe-core/axe.min.js").read_text("utf-8")
_RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
#: Marked as drawn, and of the dots of a canvas some thousand are not empty.
_DRAWN = """() => performance.getEntriesByName("map-drawn").length > 0
  && [...document.querySelectorAll("[role=application] canvas")].some((each) =>
    new Uint32Array(each.getContext("2d").getImageData(0, 0, each.width, each.height).data.buffer)
      .reduce((count, dot) => count + (dot !== 0), 0) > 5000)"""
_WITHDRAW = "mutation ($number: Int!) { withdrawRevision(input: {number: $number}) { __typename } }"
# What is within GraphiQL is its own.
_SCOPE = {"exclude": [".graphiql-container"]}


class Visits:
    """Each in a browser without a past. `complaints`: what was wrong on any of their pages."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.complaints: list[str] = []
        self._browser = browser
        self._url = url
        self._pages: list[Page] = []
        self._without_script: list[Page] = []

    async def anybody(self, path: str, size: Size = "desk", *, dark: bool = False, script: bool = True) -> Page:
        return await self._open(None, path, size, dark=dark, script=script)

    async def staff(self, path: str, size: Size = "desk", *, dark: bool = False) -> Page:
        return await self._open({"staff": EXAMPLE_STAFF}, path, size, dark=dark)

    async def person(self, id: str, path: str, size: Size = "desk", *, dark: bool = False) -> Page:
        return await self._open({"subject": id}, path, size, dark=dark)

    def forgive(self, pattern: str) -> None:
        """What a test brought about itself, such as the console's word of a service that is away."""
        self.complaints[:] = [complaint for complaint in self.complaints if not re.search(pattern, complaint)]

    async def end(self, screenshot: Path) -> None:
        """Looks at each page as it was left: with axe, and into a file."""
        screenshot.parent.mkdir(exist_ok=True)
        for number, page in enumerate(self._pages):
            name = f"{screenshot.stem}-{number}" if number else screenshot.stem
            await page.screenshot(path=screenshot.with_stem(name))
            # Where no script runs axe does not either.
            if page not in self._without_script:
                self.complaints += await barriers(page)
            await page.context.close()

    async def _open(
        self, who: Mapping[str, str] | None, path: str, size: Size, *, dark: bool, script: bool = True
    ) -> Page:
        context = await self._browser.new_context(
            base_url=self._url,
            viewport=SIZES[size],
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",
        )
        context.set_default_timeout(SECONDS_AT_MOST * 1000)
        if who is not None:
            await sign_in(context, who)
        page = await context.new_page()
        self._watch(page)
        self._pages.append(page)
        if not script:
            self._without_script.append(page)
        await page.goto(path)
        return page

    def _watch(self, page: Page) -> None:
        def said(message: ConsoleMessage) -> None:
            if message.type == "error":
                self.complaints.append(f"console: {message.text}")

        def asked(request: Request) -> None:
            if not request.url.startswith((f"{self._url}/", "data:", "blob:")):
                self.complaints.append(f"asked elsewhere: {request.url}")

        page.on("console", said)
        page.on("pageerror", lambda error: self.complaints.append(f"fault: {error}"))
        page.on("request", asked)


async def sign_in(context: BrowserContext, who: Mapping[str, str]) -> None:
    """In all tabs of a browser."""
    signed_in = await context.request.post(
        "/sign-in", form={**who, "to": "/"}, headers={"X-Vitrine-Page": "1"}, max_redirects=0
    )
    assert signed_in.status == 303


async def barriers(page: Page, within: str | None = None) -> list[str]:
    """What axe finds: each rule that is broken, with where. `within`: a selector, where only that is new."""
    await page.evaluate(_AXE)
    scope = _SCOPE if within is None else within
    found = await page.evaluate("([scope, rules]) => axe.run(scope, {runOnly: rules})", [scope, _RULES])
    return [f"axe: {each['id']}: {node['target']}" for each in found["violations"] for node in each["nodes"]]


async def drawn(page: Page) -> None:
    """The picture is: its canvas is there before anything is on it."""
    async with asyncio.timeout(SECONDS_AT_MOST):  # not wait_for_function, which the content security policy stops
        while not await page.evaluate(_DRAWN):  # noqa: ASYNC110 (nobody tells of it)
            await asyncio.sleep(0.05)


async def figures(page: Page) -> list[str]:
    """Each number with what it is of."""
    each = page.locator("main dl > div")
    numbers, names = await each.locator("dd").all_inner_texts(), await each.locator("dt").all_inner_texts()
    return [" ".join(f"{number} {name}".split()) for number, name in zip(numbers, names, strict=True)]


async def withdraw(staff: Page, number: int) -> None:
    """Takes back a revision that is not in force yet."""
    taken_back = await asked(staff, _WITHDRAW, {"number": number})
    assert taken_back == {"withdrawRevision": {"__typename": "WithdrawRevisionSuccess"}}


async def asked(page: Page, document: str, variables: Mapping[str, object] | None = None) -> Any:
    """The data of an operation that goes well, asked by whoever looks at the page."""
    response = await page.request.post(
        "/graphql", data={"query": document, "variables": variables or {}}, headers={"X-Vitrine-Page": "1"}
    )
    answer = await response.json()
    assert (response.status, answer.get("errors")) == (200, None), answer
    return answer["data"]


async def see_on_a_phone(page: Page) -> None:
    """As a page is there, in the dark."""
    await page.set_viewport_size(SIZES["phone"])
    await page.emulate_media(color_scheme="dark")
    await page.evaluate("Promise.allSettled(document.getAnimations().map((each) => each.finished))")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert await barriers(page, "main") == []
    await page.set_viewport_size(SIZES["desk"])
    await page.emulate_media(color_scheme="light")
