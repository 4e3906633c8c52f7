"""The published revisions that this process has in memory."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime

from graph.data_map import DataMap
from graph.store.database import Database
from graph.store.revisions import load_data_map, load_number_in_force


class DataMaps:
    """Loads each revision that is or was in force once and keeps the `size` used last: it can never be stale, for it
    never changes.

    Only which one is in force can change, and that is asked of the graph each time. Drafts and revisions to come, which
    can still be withdrawn, are not kept. What is in force by this process's clock can no longer be withdrawn by
    another's: that ends a margin before, longer than clocks differ.
    """

    def __init__(self, database: Database, *, clock: Callable[[], datetime], size: int = 8) -> None:
        self.database = database
        self.clock = clock
        self._size = size
        self._kept: OrderedDict[int, DataMap] = OrderedDict()
        self._loading: dict[int, asyncio.Task[DataMap]] = {}

    def __len__(self) -> int:
        return len(self._kept)

    def is_kept(self, number: int) -> bool:
        """Whether it loads without asking the graph; then it is published."""
        return number in self._kept

    async def load(self, number: int) -> DataMap:
        """Raises NotFound. Many asking at once for the same one share one load."""
        kept = self._kept.get(number)
        if kept is not None:
            self._kept.move_to_end(number)
            return kept
        task = self._loading.get(number)
        if task is None:
            task = asyncio.create_task(self._load(number))
            self._loading[number] = task
            task.add_done_callback(lambda done: self._loaded(number, done))
        # Shielded: one asker going away must not take the load from the others.
        return await asyncio.shield(task)

    async def load_in_force(self, at: datetime) -> DataMap:
        """Raises NoRevisionInForce."""
        return await self.load(await load_number_in_force(self.database, at))

    async def _load(self, number: int) -> DataMap:
        return await load_data_map(self.database, number)

    def _loaded(self, number: int, task: asyncio.Task[DataMap]) -> None:
        del self._loading[number]
        if task.cancelled() or task.exception() is not None:
            return
        data_map = task.result()
        effective_at = data_map.revision.effective_at
        if effective_at is not None and effective_at <= self.clock():
            self._kept[number] = data_map
            while len(self._kept) > self._size:
                self._kept.popitem(last=False)
