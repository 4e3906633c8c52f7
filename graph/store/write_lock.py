"""Turns for the writers of an engine that resolves conflicts badly."""

from __future__ import annotations

import asyncio
import fcntl
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from graph.errors import GraphUnavailable

POLL_SECONDS = 0.005


class WriteLock:
    """Lets one writer at a time through: among this process's tasks, and, with a file, among all processes.

    Without a file it lets everyone through: the engine orders its writers itself.
    """

    def __init__(self, file: Path | None, *, timeout_seconds: float) -> None:
        self._file = file
        self._timeout_seconds = timeout_seconds
        self._turn = asyncio.Lock()
        self._descriptor: int | None = None

    @asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Raises GraphUnavailable if no turn comes in time, or the file cannot be opened."""
        if self._file is None:
            yield
            return
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._turn.acquire()
        except TimeoutError:
            raise GraphUnavailable("Too many are writing to the graph: try again later") from None
        try:
            descriptor = self._open(self._file)
            await self._lock(descriptor)
            try:
                yield
            finally:
                fcntl.flock(descriptor, fcntl.LOCK_UN)
        finally:
            self._turn.release()

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _open(self, file: Path) -> int:
        if self._descriptor is None:
            try:
                self._descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            except OSError as error:
                # Its name alone: what is raised here may be told to anybody.
                raise GraphUnavailable(f"{file.name} of the data folder cannot be opened ({error.strerror})") from error
        return self._descriptor

    async def _lock(self, descriptor: int) -> None:
        # Polled rather than awaited in a thread: a cancelled task must never leave a thread that takes the lock later.
        deadline = asyncio.get_running_loop().time() + self._timeout_seconds
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return
            except BlockingIOError:
                if asyncio.get_running_loop().time() > deadline:
                    raise GraphUnavailable("Another process is writing to the graph: try again later") from None
                await asyncio.sleep(POLL_SECONDS)
