"""Room that many share: no one of them takes all of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from server.gate.admission import Admission


class SharedAdmission:
    """An `Admission` of which each holder has one place less than there are, and one at least: where there are several
    places, whoever holds on to all of theirs leaves one to the others.

        async with admission.of(holder):
            ...

    Raises Refusal OVERLOADED as `Admission` does, for want of a place of the holder's own, then of a place at all.
    """

    def __init__(self, what: str, *, running: int, waiting: int, seconds: float) -> None:
        """`waiting`: of one holder for their own places, and of all for those of all; each for `seconds` at most."""
        self._what = what
        self._running = running
        self._waiting_at_most = waiting
        self._seconds = seconds
        self._all = self._admission(what, running)
        # Of those who run or wait: whoever does keeps it.
        self._own: WeakValueDictionary[str, Admission] = WeakValueDictionary()

    @property
    def waiting(self) -> int:
        return self._all.waiting + sum(own.waiting for own in self._own.values())

    @asynccontextmanager
    async def of(self, holder: str) -> AsyncIterator[None]:
        own = self._own.get(holder)
        if own is None:
            own = self._own[holder] = self._admission(f"{self._what} of yours", max(1, self._running - 1))
        async with own, self._all:
            yield

    def _admission(self, what: str, running: int) -> Admission:
        return Admission(what, running=running, waiting=self._waiting_at_most, seconds=self._seconds)
