"""How long the event loop keeps those waiting who are ready to run."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

INTERVAL_SECONDS = 0.25


@contextlib.asynccontextmanager
async def lag_measured(observe: Callable[[float], None]) -> AsyncIterator[None]:
    """Tells `observe` four times a second by how many seconds a task was woken too late."""
    task = asyncio.create_task(_measure(observe))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _measure(observe: Callable[[float], None]) -> None:
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + INTERVAL_SECONDS
        await asyncio.sleep(INTERVAL_SECONDS)
        observe(max(0.0, loop.time() - due))
