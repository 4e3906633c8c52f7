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

    `requests`, `seconds`, `rate` (a second), `p50_ms`, `p99_ms`, `size` (of an answer), and `cpu_seconds` of this
    process meanwhile. An answer counts that was asked for and came within the time.
    """
    # Not the loop's clock, which uvloop moves on in whole milliseconds.
    clock = time.perf_counter
    begin = clock() + warm_up_seconds
    end = begin + seconds
    taken: list[float] = []
    sizes: list[int] = []

    async def client(ask: Ask) -> None:
        now = clock()
        while now < end or len(taken) < LEAST:
            size = await ask()
            answered = clock()
            if now >= begin and (answered <= end or len(taken) < LEAST):
                taken.append(answered - now)
                sizes.append(size)
            now = answered

    async def note_use() -> float:
        await asyncio.sleep(warm_up_seconds)
        return time.process_time()

    used = asyncio.create_task(note_use())
    await asyncio.gather(used, *(client(each) for each in asks))
    cpu_seconds = time.process_time() - used.result()
    elapsed = max(clock(), end) - begin if len(taken) <= LEAST else seconds
    taken.sort()
    return {
        "requests": len(taken),
        "seconds": round(elapsed, 3),
        "rate": round(len(taken) / elapsed, 1),
        "p50_ms": _percentile(taken, 0.50),
        "p99_ms": _percentile(taken, 0.99),
        "size": round(sum(sizes) / len(sizes)),
        "cpu_seconds": round(cpu_seconds, 3),
    }


def _percentile(ordered: Sequence[float], part: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(part * len(ordered)))] * 1000, 3)
