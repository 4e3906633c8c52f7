"""Comparisons of revisions that this process has in memory: no revision ever changes, so they can never be stale."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

from graph.changes import Change, Impact
from graph.data_map import DataMap
from graph.impact import changes
from graph.impact.adjusting import adjusted
from graph.model import Revision, RevisionState
from graph.store.adjustments import list_adjustments
from graph.store.data_maps import DataMaps

#: What a revision says, whatever becomes of it.
_Identity: TypeAlias = tuple[int, str, str, str]


@dataclass(frozen=True)
class Comparison:
    """Two revisions, and every difference between them with what follows from it, in the order of `graph.compare`."""

    old: DataMap
    new: DataMap
    changes: tuple[Change, ...]

    @cached_property
    def highest_impact(self) -> Impact:
        """NONE where nothing differs."""
        return max((change.impact for change in self.changes), key=lambda impact: impact.rank, default=Impact.NONE)


class _Shared:
    """One comparison, for all who wait for it; given up once nobody does any more."""

    def __init__(self, task: asyncio.Task[tuple[Change, ...]]) -> None:
        self._task = task
        self._waiting = 0

    def is_lost(self) -> bool:
        """Whether nothing will ever come of it: who asks next tries again."""
        if not self._task.done():
            return self._task.cancelling() > 0
        return self._task.cancelled() or self._task.exception() is not None

    async def result(self) -> tuple[Change, ...]:
        self._waiting += 1
        try:
            # Shielded: one asker going away must not take the comparison from the others.
            return await asyncio.shield(self._task)
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._task.cancel()


class Comparisons:
    """Compares each pair once and keeps the `size` used last; many asking at once for the same pair share one
    comparison. What the publisher judges otherwise is asked of the graph until both are published."""

    def __init__(self, data_maps: DataMaps, *, size: int = 16) -> None:
        self._data_maps = data_maps
        self._size = size
        self._kept: OrderedDict[tuple[int, int], Comparison] = OrderedDict()
        # One at a time: two texts of a megabyte keep a processor busy for seconds.
        self._turn = asyncio.Lock()
        self._judged: OrderedDict[tuple[_Identity, _Identity], _Shared] = OrderedDict()

    async def load(self, old: int, new: int) -> Comparison:
        """Raises NotFound. The publisher's adjustments count where they were made against `old`."""
        kept = self._find((old, new))
        if kept is not None:
            return kept
        return await self.of(*await asyncio.gather(self._data_maps.load(old), self._data_maps.load(new)))

    async def of(self, old: DataMap, new: DataMap) -> Comparison:
        """Of two revisions that are loaded."""
        numbers = old.revision.number, new.revision.number
        kept = self._find(numbers)
        if kept is not None:
            return kept
        found = await self._judge(old, new)
        adjustments = await list_adjustments(self._data_maps.database, new.revision.number, old.revision.number)
        comparison = Comparison(old, new, adjusted(found, adjustments))
        if all(each.revision.state is RevisionState.PUBLISHED for each in (old, new)):
            self._kept[numbers] = comparison
            self._judged.pop(_pair(old, new), None)
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
        return comparison

    def _find(self, numbers: tuple[int, int]) -> Comparison | None:
        kept = self._kept.get(numbers)
        if kept is not None:
            self._kept.move_to_end(numbers)
        return kept

    async def _judge(self, old: DataMap, new: DataMap) -> tuple[Change, ...]:
        """By the rules alone."""
        pair = _pair(old, new)
        shared = self._judged.get(pair)
        if shared is None or shared.is_lost():
            shared = self._judged[pair] = _Shared(asyncio.create_task(self._compare(old, new)))
            while len(self._judged) > self._size:
                self._judged.popitem(last=False)
        self._judged.move_to_end(pair)
        return await shared.result()

    async def _compare(self, old: DataMap, new: DataMap) -> tuple[Change, ...]:
        async with self._turn:
            # In a thread: nobody else is to wait for it.
            running = asyncio.create_task(asyncio.to_thread(changes, old, new))
            try:
                return await asyncio.shield(running)
            except asyncio.CancelledError:
                # It cannot be stopped, and the next one must not run beside it.
                await asyncio.wait([running])
                raise


def _pair(old: DataMap, new: DataMap) -> tuple[_Identity, _Identity]:
    return _identity(old.revision), _identity(new.revision)


def _identity(revision: Revision) -> _Identity:
    return revision.number, revision.text_hash, revision.map_hash, revision.language
