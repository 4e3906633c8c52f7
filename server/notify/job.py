"""The notification job whole: the writing of notices, and a sender for each channel."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from server.notify.fan_out import FanOutJob
from server.notify.sender import Sender


class Job:
    """As many as there are may run at once, each in a process of its own."""

    def __init__(self, fan_out: FanOutJob, senders: Sequence[Sender[Any]]) -> None:
        self._fan_out = fan_out
        self._senders = tuple(senders)

    @property
    def away(self) -> dict[str, str]:
        """Why nothing can be sent just now, by lane (a channel, or a product); "" where it can."""
        return {sender.lane: sender.away for sender in self._senders}

    async def run(self, *, until_settled: bool = False) -> None:
        """Runs until it is told to stop; `until_settled`: or until all notices are written, and no sender has anything
        left to do, now or later. What products fetch for themselves is not waited for. If a part fails, all end: a job
        that did half of its work would look as if it did the whole."""
        try:
            async with asyncio.TaskGroup() as group:
                writing = group.create_task(self._fan_out.run(until_idle=until_settled))
                for sender in self._senders:
                    group.create_task(sender.run(until_settled=writing.done if until_settled else _never))
        except BaseExceptionGroup as failures:
            raise failures.exceptions[0] from None

    def stop(self) -> None:
        """What is under way is ended and written down, and nothing new begun."""
        self._fan_out.stop()
        for sender in self._senders:
            sender.stop()


def _never() -> bool:
    return False
