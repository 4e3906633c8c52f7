"""Work in a thread that ends when a test says so."""

from __future__ import annotations

import asyncio
import threading


class Slow:
    """`begun`: how often it was; `beside`: whether it ever ran beside itself."""

    def __init__(self) -> None:
        self.begun = 0
        self.beside = False
        self._running = 0
        self._first, self._ends = threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.begun += 1
        self._running += 1
        self.beside |= self._running > 1
        self._first.set()
        self._ends.wait(10)
        self._running -= 1

    async def until_begun(self) -> None:
        """While it runs, for the event loop is free."""
        assert await asyncio.to_thread(self._first.wait, 60)

    def end(self) -> None:
        self._ends.set()


async def give_way() -> None:
    """So that all who can go on have done so."""
    for _ in range(20):
        await asyncio.sleep(0)
