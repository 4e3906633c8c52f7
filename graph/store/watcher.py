"""What happens on the graph, told to whoever watches: for metrics and traces, of which this package knows nothing.

Who watches is a matter of the context, as asyncio copies it from task to task, and not of the database: what one
request has run is told to that request's watcher, however many run at once.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType
from typing import Protocol

from neo4j.exceptions import Neo4jError


class Watcher(Protocol):
    """Told at once, in the task that waits for the graph: both return soon, and raise nothing."""

    def statement_ran(self, statement: str, seconds: float, failure: str | None) -> None:
        """A statement has ended: its text, which holds no parameters; how long it took, with the wait for a connection;
        and where it failed, the code of the engine or the type of the error. Each try is told by itself."""

    def graph_failed(self, failure: str, told_as: str) -> None:
        """A read or a write has failed for good: the engine's code or the error's type, and which of the project's
        codes the caller was told."""


_WATCHER: ContextVar[Watcher | None] = ContextVar("graph_watcher", default=None)


@contextmanager
def watched_by(watcher: Watcher) -> Iterator[None]:
    """What runs inside, and in tasks that are made inside, is told to `watcher` and to no other."""
    token = _WATCHER.set(watcher)
    try:
        yield
    finally:
        _WATCHER.reset(token)


def tell_of_failure(error: BaseException, told_as: str) -> None:
    watcher = _WATCHER.get()
    if watcher is not None:
        watcher.graph_failed(failure_of(error), told_as)


def failure_of(error: BaseException) -> str:
    """What an error is called: never what it says."""
    code = error.code if isinstance(error, Neo4jError) else None
    return code or type(error).__name__


class Watched:
    """A statement for as long as it runs. A class, because a generator would cost twice as much for each statement."""

    __slots__ = ("_began", "_statement", "_watcher")

    def __init__(self, statement: str) -> None:
        self._statement = statement
        self._watcher = _WATCHER.get()
        self._began = 0.0

    def __enter__(self) -> None:
        self._began = time.perf_counter()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._watcher is not None:
            seconds = time.perf_counter() - self._began
            self._watcher.statement_ran(self._statement, seconds, None if error is None else failure_of(error))
