"""Turns of writers: who cannot have one. That turns are kept is seen where engines are written to."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.errors import GraphUnavailable
from graph.store.write_lock import WriteLock


async def test_a_lock_that_cannot_be_opened_is_told_and_keeps_nobodys_turn(tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    lock = WriteLock(folder / "write.lock", timeout_seconds=5.0)
    with pytest.raises(GraphUnavailable, match=r"^write\.lock of the data folder cannot be opened \(No such file"):
        async with lock.held():
            pass
    folder.mkdir()
    async with lock.held():
        pass
    lock.close()
