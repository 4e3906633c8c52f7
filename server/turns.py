"""Turns for what takes a thread for seconds: one has it at a time, and everybody else is answered meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, Self, TypeVar
from weakref import WeakKeyDictionary

from graph.errors import VitrineError
from graph.store.database import Database

ValueT = TypeVar("ValueT")

#: Who wait for a turn, each of them in a place for an operation: the other places are for what takes no time.
WAITING_AT_MOST = 12


class Overloaded(VitrineError):
    code = "OVERLOADED"


class Turn:
    """As an `asyncio.Lock`. A thread cannot be stopped: what was begun for somebody who is gone ends before the next
    one has the turn, so that requests that are given up do not fill the process with threads for nobody. Used by one
    event loop."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self._running: asyncio.Task[Any] | None = None
        self._waiting = 0

    def locked(self) -> bool:
        return self._lock.locked()

    async def __aenter__(self) -> Self:
        await self._lock.acquire()
        try:
            if self._running is not None:
                await asyncio.wait([self._running])
        except asyncio.CancelledError:
            self._lock.release()
            raise
        self._running = None
        return self

    async def __aexit__(self, *_: object) -> None:
        self._lock.release()

    @asynccontextmanager
    async def in_place(self) -> AsyncIterator[Self]:
        """As the turn itself, for whoever keeps a place meanwhile that others need. Raises Overloaded, without waiting,
        where many wait like that."""
        if self._waiting >= WAITING_AT_MOST:
            raise Overloaded("Too much that takes long is asked for just now: ask this again in a few seconds")
        self._waiting += 1
        try:
            await self.__aenter__()
        finally:
            self._waiting -= 1
        try:
            yield self
        finally:
            self._lock.release()

    async def to_its_end(self, work: Coroutine[Any, Any, ValueT]) -> ValueT:
        """Runs what goes on when whoever has the turn is cancelled."""
        running = self._running = asyncio.create_task(work)
        return await asyncio.shield(running)

    async def in_thread(self, work: Callable[[], ValueT]) -> ValueT:
        """As `to_its_end`, and frees the event loop for everybody else."""
        return await self.to_its_end(asyncio.to_thread(work))


_turns: WeakKeyDictionary[Database, Turn] = WeakKeyDictionary()


def turn_to_work_out(database: Database) -> Turn:
    """What follows from the maps of a graph, which takes a second for a large one. Not one for each map: a draft is
    another one in memory for each request."""
    return _turns.setdefault(database, Turn())
