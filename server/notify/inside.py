"""The notification job inside the service: for as long as that runs, and again after a failure."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable

import structlog

from server.notify.assembly import Assembly

log = structlog.get_logger(__name__)

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
#: What has run for so long has not failed for the reason it failed for before.
SOUND_SECONDS = 600.0


@contextlib.asynccontextmanager
async def notifying(assemble: Callable[[], Assembly]) -> AsyncIterator[None]:
    """Runs the job beside what is inside, and ends it in order: what is being handed over is ended, and written down.

    What cannot be put together is raised at once; a job that fails later is written down, and begun again.
    """
    stop = asyncio.Event()
    running = asyncio.create_task(_keep(assemble(), assemble, stop))
    try:
        yield
    finally:
        stop.set()
        await running


async def _keep(first: Assembly, assemble: Callable[[], Assembly], stop: asyncio.Event) -> None:
    assembly: Assembly | None = first
    pause = FIRST_PAUSE_SECONDS
    while not stop.is_set():
        begun_at = time.monotonic()
        try:
            await _run(assembly or assemble(), stop)
            return
        except Exception as error:
            log.error("The telling of people has failed, and begins again", exc_info=error)
        if time.monotonic() - begun_at > SOUND_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause):
                await stop.wait()
        assembly, pause = None, min(2 * pause, LONGEST_PAUSE_SECONDS)


async def _run(assembly: Assembly, stop: asyncio.Event) -> None:
    stopping = asyncio.create_task(stop.wait())
    stopping.add_done_callback(lambda task: None if task.cancelled() else assembly.job.stop())
    try:
        await assembly.job.run()
    finally:
        stopping.cancel()
