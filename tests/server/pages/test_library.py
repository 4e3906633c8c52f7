from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from functools import partial

import pytest

from server.pages import library
from server.pages.library import Press


class Shop:
    """Counts what it is asked to write."""

    def __init__(self) -> None:
        self.press = Press()
        self.written: list[bytes] = []

    async def page(self, key: str | None, content: bytes) -> bytes:
        async def prepare() -> Callable[[], bytes]:
            await asyncio.sleep(0)
            return partial(self._write, content)

        return await self.press.make(key, prepare)

    def _write(self, content: bytes) -> bytes:
        self.written.append(content)
        return content


async def test_a_page_that_many_want_is_written_once() -> None:
    shop = Shop()

    pages = await asyncio.gather(*(shop.page("a", b"A") for _ in range(5)))

    assert (pages, shop.written) == ([b"A"] * 5, [b"A"])


async def test_what_is_for_few_is_not_kept() -> None:
    shop = Shop()

    assert [await shop.page(None, each) for each in (b"1", b"2")] == [b"1", b"2"]
    assert await shop.page("a", b"A") == b"A"
    assert shop.written == [b"1", b"2", b"A"]


async def test_those_that_were_asked_for_last_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PAGE_BYTES_AT_MOST", 5)
    shop = Shop()

    for key in ("aa", "bb", "aa", "cc", "aa", "bb"):
        await shop.page(key, key.encode())

    # The second gave way to the third, for the first had been asked for again.
    assert shop.written == [b"aa", b"bb", b"cc", b"bb"]


async def test_one_that_is_larger_than_all_may_be_is_written_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PAGE_BYTES_AT_MOST", 1)
    shop = Shop()

    assert [await shop.page("a", b"AA") for _ in range(2)] == [b"AA"] * 2
    assert shop.written == [b"AA"] * 2


async def test_what_fails_is_tried_again() -> None:
    shop = Shop()

    async def fail() -> Callable[[], bytes]:
        raise ValueError

    with pytest.raises(ValueError):
        await shop.press.make("a", fail)
    assert await shop.page("a", b"A") == b"A"


async def test_what_was_begun_ends_before_the_next_and_is_kept_though_nobody_waits() -> None:
    shop, ends, begun, running = Shop(), threading.Event(), threading.Event(), []

    def write() -> bytes:
        running.append("begun")
        begun.set()
        ends.wait()
        running.append("ended")
        return b"A"

    async def prepare() -> Callable[[], bytes]:
        return write

    first = asyncio.create_task(shop.press.make("a", prepare))
    await asyncio.to_thread(begun.wait)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    others = [asyncio.create_task(each) for each in (shop.page("b", b"B"), shop.page("a", b"again"))]
    for _ in range(10):
        await asyncio.sleep(0)
    assert (running, shop.written) == (["begun"], [])

    ends.set()

    assert await asyncio.gather(*others) == [b"B", b"A"]
    assert (running, shop.written) == (["begun", "ended"], [b"B"])


async def test_what_fails_though_nobody_waits_is_tried_again() -> None:
    shop, ends, begun = Shop(), threading.Event(), threading.Event()

    def write() -> bytes:
        begun.set()
        ends.wait()
        raise ValueError

    async def prepare() -> Callable[[], bytes]:
        return write

    first = asyncio.create_task(shop.press.make("a", prepare))
    await asyncio.to_thread(begun.wait)
    first.cancel()
    await asyncio.wait([first])
    again = asyncio.create_task(shop.page("a", b"A"))
    ends.set()
    assert await again == b"A"
