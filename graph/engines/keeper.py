"""An embedded engine that is started again whenever it ends by itself, or runs and does not answer any more."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NoReturn

from graph.engines.address import GraphAddress
from graph.engines.embedded import EmbeddedEngine
from graph.errors import EngineFailure

log = logging.getLogger(__name__)

#: From one look at whether a running engine answers to the next, and for the answer.
LOOK_SECONDS = 5.0
#: Looks in a row without an answer after which it is ended: 30 to 60 s. To collect the garbage of its heap takes less.
SILENT_LOOKS_AT_MOST = 6


@dataclass(frozen=True, slots=True)
class BackOff:
    """How long to wait before an engine is started again: `first_seconds`, then twice as long each time, up to
    `longest_seconds`; from the beginning again once it has served for `healthy_seconds`."""

    first_seconds: float = 0.5
    longest_seconds: float = 30.0
    healthy_seconds: float = 60.0

    def seconds(self, attempt: int) -> float:
        """Before the attempt of that number, from 1."""
        waited = self.first_seconds
        for _ in range(attempt - 1):
            if waited >= self.longest_seconds:
                break
            waited *= 2
        return min(waited, self.longest_seconds)


async def keep(
    engine: EmbeddedEngine,
    back_off: BackOff,
    *,
    away: Callable[[], Awaitable[None]],
    back: Callable[[GraphAddress], None],
) -> NoReturn:
    """Starts `engine`, which serves now, again each time that it ends or hangs, for as long as this is not cancelled.

    `away` is awaited when it has ended, `back` called with its new address when it serves again. It never gives up:
    each end and each failed start is logged, with the exit code and the number of the attempt. Cancelled, it leaves
    the engine running or not; `EmbeddedEngine.stop` cleans up after it.
    """
    attempt = 0
    while True:
        served_since = time.monotonic()
        exit_code = await _end_of(engine)
        ended = time.monotonic()
        await away()
        if ended - served_since >= back_off.healthy_seconds:
            attempt = 0
        address = None
        while address is None:
            attempt += 1
            wait_seconds = back_off.seconds(attempt)
            log.error(
                "embedded engine ended, restarting: exit code %d, attempt %d in %g s", exit_code, attempt, wait_seconds
            )
            await asyncio.sleep(wait_seconds)
            try:
                address = await engine.restart()
            except EngineFailure as failure:
                log.error("embedded engine not restarted: attempt %d, %s", attempt, failure.message)
            except (OSError, RuntimeError) as error:
                # The machine may be short of files or threads, which it is not for good.
                log.error("embedded engine not restarted: attempt %d, %s", attempt, type(error).__name__)
        back(address)
        log.warning(
            "embedded engine is back: pid %d, attempt %d, away for %d ms",
            engine.pid,
            attempt,
            (time.monotonic() - ended) * 1000,
        )


async def _end_of(engine: EmbeddedEngine) -> int:
    """The exit code of an engine that served, once it has ended; one that is silent for too long is made to."""
    ending = asyncio.create_task(engine.wait())
    silent_looks = 0
    try:
        while not (await asyncio.wait({ending}, timeout=LOOK_SECONDS))[0]:
            silent_looks = 0 if await engine.healthy(LOOK_SECONDS) else silent_looks + 1
            if silent_looks >= SILENT_LOOKS_AT_MOST and not ending.done():
                log.error(
                    "embedded engine does not answer and is killed: pid %d, asked %d times", engine.pid, silent_looks
                )
                await engine.kill()
        return await ending
    finally:
        ending.cancel()
