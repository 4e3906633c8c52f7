"""A command that runs for long beside a service whose embedded engine may end, and come back at another address."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import structlog

from graph.engines.embedded import attach
from graph.store.database import Database

log = structlog.get_logger(__name__)

LOOK_SECONDS = 0.5
AWAY = "The graph is away: the service that runs it has stopped or starts it again; try again later"


@contextlib.asynccontextmanager
async def following(database: Database, folder: Path | None) -> AsyncIterator[None]:
    """Keeps to the engine of the data folder `folder`, wherever it is; None for a graph that has one address.

    While no engine is there, every call raises GraphUnavailable.
    """
    if folder is None:
        yield
        return
    looking = asyncio.create_task(_look(database, folder))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.wait({looking})


async def _look(database: Database, folder: Path) -> None:
    is_there = True
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        try:
            found = await asyncio.to_thread(attach, folder)
            if found == database.address and is_there:
                continue
            if is_there:
                is_there = False
                await database.leave(AWAY)
            if found is not None:
                database.move(found)
                is_there = True
        except Exception as error:
            # Such as no file or thread to be had: without a next look the graph would be away for good.
            log.warning("Looking for the engine failed", error=type(error).__name__)
