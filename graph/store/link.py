"""The way to a graph at one address, for as long as the graph is there."""

from __future__ import annotations

import asyncio
import contextlib
from types import TracebackType

from neo4j import AsyncDriver, AsyncGraphDatabase, AsyncSession
from neo4j.exceptions import DriverError

from graph.engines.address import GraphAddress
from graph.errors import GraphUnavailable

END_SECONDS = 5.0


class Link:
    """One driver, and all that is under way through it, which ends at once when the graph is known to have gone.

    The driver by itself would try on for its own time, and say its password to whoever listens at the old address.
    """

    def __init__(self, address: GraphAddress, driver: AsyncDriver) -> None:
        self.driver = driver
        self._database = address.database
        self._bookmarks = AsyncGraphDatabase.bookmark_manager()
        self._under_way: set[asyncio.Timeout] = set()
        self._ended_for: str | None = None
        self._idle = asyncio.Event()

    def session(self, access: str) -> AsyncSession:
        return self.driver.session(
            database=self._database, default_access_mode=access, bookmark_manager=self._bookmarks
        )

    def limit(self, seconds: float) -> Limit:
        """As `asyncio.timeout`, for work that uses this; raises GraphUnavailable where `end` cut the work short."""
        return Limit(self, seconds)

    async def end(self, reason: str) -> None:
        """Cut short what is under way, for `reason`, and close the driver. Takes `END_SECONDS` at most."""
        self._ended_for = reason
        now = asyncio.get_running_loop().time()
        for each in self._under_way:
            # One that is over its time already ends by itself.
            if not each.expired():
                each.reschedule(now)
        # What the driver cannot close in order is closed with it.
        with contextlib.suppress(TimeoutError, DriverError, OSError):
            async with asyncio.timeout(END_SECONDS):
                if self._under_way:
                    await self._idle.wait()
                await self.driver.close()

    def _enter(self, scope: asyncio.Timeout) -> None:
        self._under_way.add(scope)

    def _leave(self, scope: asyncio.Timeout) -> str | None:
        """Why it was cut short, if it was."""
        self._under_way.discard(scope)
        if self._ended_for is not None and not self._under_way:
            self._idle.set()
        return self._ended_for


class Limit:
    """A time limit that the end of its link brings forward."""

    __slots__ = ("_link", "_scope", "_seconds")

    def __init__(self, link: Link, seconds: float) -> None:
        self._link = link
        self._seconds = seconds

    async def __aenter__(self) -> None:
        self._scope = asyncio.timeout(self._seconds)
        await self._scope.__aenter__()
        self._link._enter(self._scope)

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        reason = self._link._leave(self._scope)
        try:
            await self._scope.__aexit__(kind, error, trace)
        except TimeoutError:
            if reason is None:
                raise
            raise GraphUnavailable(reason) from None
