"""What is told from now on: notices as they are written, for the subjects who listen."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from contextvars import Context

import structlog

from graph.errors import GraphUnavailable
from graph.notices import Notice
from graph.store.database import Database
from graph.store.fan_outs import load_last_page
from graph.store.notices import list_new_notices

log = structlog.get_logger(__name__)

LOOK_SECONDS = 1.0
LISTENERS_A_STATEMENT = 500
#: Notices that wait for a listener; whoever is further behind listens anew.
WAITING_AT_MOST = 100


class Listener:
    """One subject's ear, from when it is made until it is closed: what they are told meanwhile, the oldest first.

    Ends by itself where it is too far behind, and where the tail ends. `after`: the page written last when it was made.
    """

    def __init__(self, after: int, close: Callable[[Listener], None]) -> None:
        self._queue: asyncio.Queue[Notice | None] = asyncio.Queue()
        self._after = after
        self._close = close

    def tell(self, page: int, notice: Notice) -> None:
        """What was written before is left out: it is found where another listens longer."""
        waiting = self._queue.qsize()
        if page > self._after and waiting <= WAITING_AT_MOST:
            self._queue.put_nowait(notice if waiting < WAITING_AT_MOST else None)

    def end(self) -> None:
        self._queue.put_nowait(None)

    def close(self) -> None:
        """Nothing comes any more, and nothing is kept."""
        self._close(self)

    def __aiter__(self) -> AsyncIterator[Notice]:
        return self

    async def __anext__(self) -> Notice:
        notice = await self._queue.get()
        if notice is None:
            raise StopAsyncIteration
        return notice


class NoticeTail:
    """Looks for new notices as long as anybody listens: one small statement each time, however many do, and one more
    for each `LISTENERS_A_STATEMENT` of them when there is something new."""

    def __init__(self, database: Database, *, look_seconds: float = LOOK_SECONDS) -> None:
        self._database = database
        self._look_seconds = look_seconds
        self._listeners: dict[str, set[Listener]] = {}
        self._page: int | None = None
        self._looking: asyncio.Task[None] | None = None

    def __len__(self) -> int:
        """How many listen."""
        return sum(len(listeners) for listeners in self._listeners.values())

    async def listen(self, subject: str) -> Listener:
        """Whatever the subject is told once this has returned, the listener hears, and nothing of what they were told
        before this began. It is to be closed.

        Raises GraphUnavailable; while the graph is away later, nothing comes.
        """
        page = await load_last_page(self._database)
        if self._page is None:  # others may listen, and nothing after the page that was looked at last is to be missed
            self._page = page
        listener = Listener(page, lambda closed: self._forget(subject, closed))
        self._listeners.setdefault(subject, set()).add(listener)
        if self._looking is None:
            # In a context of its own: what it asks of the graph is no part of the request that happened to be first.
            self._looking = asyncio.get_running_loop().create_task(self._look(), context=Context())
        return listener

    async def close(self) -> None:
        """Every listener's end."""
        self._end_all()
        looking = self._looking
        if looking is not None:
            looking.cancel()
            await asyncio.wait({looking})

    def _forget(self, subject: str, listener: Listener) -> None:
        listeners = self._listeners.get(subject, set())
        listeners.discard(listener)
        if not listeners:
            self._listeners.pop(subject, None)

    def _end_all(self) -> None:
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.end()

    async def _look(self) -> None:
        try:
            while self._listeners:
                await asyncio.sleep(self._look_seconds)
                if self._listeners:
                    with contextlib.suppress(GraphUnavailable):
                        await self._look_once()
        except Exception as error:
            # They listen anew: better than to wait for what nobody looks for any more.
            log.error("Looking for new notices has failed", exc_info=error)
            self._end_all()
        finally:
            self._looking = self._page = None

    async def _look_once(self) -> None:
        assert self._page is not None, "who listens has asked for it"
        last = await load_last_page(self._database)
        if last == self._page:
            return
        subjects = list(self._listeners)
        found: list[tuple[int, Notice]] = []
        for first in range(0, len(subjects), LISTENERS_A_STATEMENT):
            some = subjects[first : first + LISTENERS_A_STATEMENT]
            found += await list_new_notices(self._database, some, after=self._page, up_to=last)
        # Told at once when all are there: what fails on the way is looked for again, and told to nobody twice.
        for page, notice in found:
            for listener in self._listeners.get(notice.subject, ()):
                listener.tell(page, notice)
        self._page = last
