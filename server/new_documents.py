"""Documents that were not asked for before. To parse and validate one that is made for that takes tens of milliseconds:
that is done in threads, of which nobody from one address has all, and the rest is told at once to come again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from functools import partial

from graphql import DocumentNode, GraphQLError

from server.gate.shares import SharedAdmission

#: At once, and of one address one less: two threads take turns, and more would only keep the event loop from its own.
READING_AT_MOST = 2
#: Who wait for that, of one address and of all.
UNREAD_AT_MOST = 32


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in a document: `document` is None where it cannot be parsed. `problems`: none, or why it is not
    run. Not to be changed."""

    document: DocumentNode | None
    problems: list[GraphQLError] = field(default_factory=list)


class NewDocuments:
    """Reads documents, each once for all who ask for it at the same time, and keeps none."""

    def __init__(self, read: Callable[[str, bool], Reading], *, seconds: float) -> None:
        """`read`: a text, and whether it may ask for the schema. `seconds`: of waiting for a turn."""
        self._read = read
        self._room = SharedAdmission("new documents", running=READING_AT_MOST, waiting=UNREAD_AT_MOST, seconds=seconds)
        self._coming: dict[Hashable, asyncio.Task[Reading]] = {}

    async def read(self, text: str, may_introspect: bool, address: str) -> Reading:
        """Raises Refusal OVERLOADED."""
        key = (text, may_introspect, address)
        coming = self._coming.get(key)
        if coming is None:
            coming = self._coming[key] = asyncio.create_task(self._in_turn(*key))
            coming.add_done_callback(partial(self._end, key))
        # A thread cannot be stopped: it keeps its place when whoever asked is gone.
        return await asyncio.shield(coming)

    async def _in_turn(self, text: str, may_introspect: bool, address: str) -> Reading:
        async with self._room.of(address):
            return await asyncio.to_thread(self._read, text, may_introspect)

    def _end(self, key: Hashable, ended: asyncio.Task[Reading]) -> None:
        del self._coming[key]
        if not ended.cancelled():
            ended.exception()  # nobody may be left to be told
