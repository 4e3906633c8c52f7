"""Closed-loop clients: each asks again as soon as it has its answer. What a run of them comes to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

Ask = Callable[[], Awaitable[int]]
"""Asks once and returns how many bytes or rows came. Raises where the answer is not the one expected."""


#: Answers that are waited for, however long they take.
LEAST = 10


async def run(asks: Sequence[Ask], *, warm_up_seconds: float, seconds: float) -> dict[str, Any]:
    """All clients at once, for a time after a time that does not count; longer, until `LEAST` answers have come.

    `requests`, `seconds`, `rate` (a second), `p50_ms`, `p99_ms`, `size` (of an answer), `cpu_seconds` of this process
    meanwhile, and `answered` in all, before and after that time too. An answer counts that came within the time,
    whenever it was asked for: those begun before it stand for those not ended within it.
    """
    # Not the loop's clock, which uvloop moves on in whole milliseconds.
    clock = time.perf_counter
    begin = clock() + warm_up_seconds
    end = begin + seconds
    taken: list[float] = []
    sizes: list[int] = []
    answered = 0
    last = end

    async def client(ask: Ask) -> None:
        nonlocal answered, last
        now = clock()
        while now < end or len(taken) < LEAST:
            size = await ask()
            came = clock()
            answered += 1
            if came >= begin and (came <= end or len(taken) < LEAST):
                taken.append(came - now)
                sizes.append(size)
                last = max(end, came)
            now = came

    async def used_by(moment: float) -> float:
        await asyncio.sleep(moment - clock())
        return time.process_time()

    before, after = asyncio.create_task(used_by(begin)), asyncio.create_task(used_by(end))
    await asyncio.gather(before, after, *(client(each) for each in asks))
    taken.sort()
    return {
        "requests": len(taken),
        "answered": answered,
        "seconds": round(last - begin, 3),
        "rate": round(len(taken) / (last - begin), 1),
        "p50_ms": _percentile(taken, 0.50),
        "p99_ms": _percentile(taken, 0.99),
        "size": round(sum(sizes) / len(sizes)),
        "cpu_seconds": round(after.result() - before.result(), 3),
    }


def _percentile(ordered: Sequence[float], part: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000, 3)
