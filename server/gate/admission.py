"""How many requests run at once, and how many wait for their turn: the rest is told at once to come again."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from types import TracebackType

from server.gate.refusals import Refusal, RefusalCode

#: What `Retry-After` says to whoever found no room: room is made all the time.
RETRY_SECONDS = 1


class Admission:
    """Room for `running` at once; `waiting` more wait their turn, for `seconds` at most.

        async with admission:
            ...

    Raises Refusal OVERLOADED, without waiting where the queue is full. Turns are given in the order of arrival. Used
    by one event loop.
    """

    def __init__(self, what: str, *, running: int, waiting: int, seconds: float) -> None:
        self._what = what
        self._free = running
        self._waiting_at_most = waiting
        self._seconds = seconds
        self._queue: OrderedDict[asyncio.Future[None], None] = OrderedDict()

    @property
    def waiting(self) -> int:
        return len(self._queue)

    async def __aenter__(self) -> None:
        if self._free and not self._queue:
            self._free -= 1
            return
        if len(self._queue) >= self._waiting_at_most:
            raise self._overloaded()
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue[turn] = None
        try:
            async with asyncio.timeout(self._seconds):
                await turn
        except BaseException as error:
            if turn.done() and not turn.cancelled():
                self._leave()  # the turn came as the wait ended: it goes to the next
            else:
                self._queue.pop(turn, None)  # gone where a turn came by after the wait had ended
            if isinstance(error, TimeoutError):
                raise self._overloaded() from None
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._leave()

    def _leave(self) -> None:
        while self._queue:
            turn, _ = self._queue.popitem(last=False)
            if not turn.done():
                turn.set_result(None)
                return
        self._free += 1

    def _overloaded(self) -> Refusal:
        return Refusal(
            RefusalCode.OVERLOADED,
            f"Too many {self._what} run just now: send this again after {RETRY_SECONDS} s",
            {"Retry-After": str(RETRY_SECONDS)},
        )
