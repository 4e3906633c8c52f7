"""A command follows the engine of a data folder, whatever goes wrong when it looks for it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest

import server.cli.following as module
from graph.engines.address import GraphAddress
from graph.store.database import Database
from server.cli.following import following


class Leaving(Database):
    """What it had cannot be closed."""

    async def leave(self, reason: str) -> None:
        await super().leave(reason)
        raise RuntimeError("a connection cannot be closed")


@pytest.mark.parametrize("kind", [Database, Leaving])
async def test_a_look_that_fails_is_not_the_last(
    kind: type[Database], database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: Iterable[Exception | GraphAddress | None] = [
        OSError("too many open files"),
        None,
        RuntimeError("can't start new thread"),
        database.address,
    ]
    found, is_found = iter(steps), asyncio.Event()
    loop = asyncio.get_running_loop()

    def look(folder: Path) -> GraphAddress | None:
        match next(found, database.address):
            case Exception() as error:
                raise error
            case address:
                if address is not None:
                    loop.call_soon_threadsafe(is_found.set)
                return address

    monkeypatch.setattr(module, "attach", look)
    monkeypatch.setattr(module, "LOOK_SECONDS", 0.01)
    async with kind(database.address) as own, following(own, tmp_path), asyncio.timeout(10):
        await is_found.wait()
        while not own.moves:  # noqa: ASYNC110 - who looks tells nobody
            await asyncio.sleep(0.01)
        await own.check()

    assert own.moves == 1
