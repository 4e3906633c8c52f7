"""The steps of many deliveries at once, written together: whoever waits shares one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from graph.errors import GraphUnavailable
from graph.notices import Delivery
from graph.store.database import Database
from graph.store.deliveries import change_deliveries

log = structlog.get_logger(__name__)

Step = Callable[[Delivery], Delivery | None]

STEPS_A_TRANSACTION = 500
#: How long a transaction waits for steps to share it. The first of those that end at about the same time would else go
#: alone, and the others wait until it is written.
GATHER_SECONDS = 0.003
FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 30.0


@dataclass(slots=True)
class _Entry:
    id: str
    step: Step
    taken: asyncio.Future[bool] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Ledger:
    """Writes down what happens to deliveries, for as long as it takes: what was sent must be known to be sent."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._entries: list[_Entry] = []
        self._writing: asyncio.Task[None] | None = None

    async def take(self, id: str, step: Step) -> bool:
        """Takes a step with a delivery; False where the delivery did not allow it. While the graph is away this waits.

        Steps of one delivery are taken one after the other, as they came.
        """
        entry = _Entry(id, step)
        self._entries.append(entry)
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        # Shielded: who waits may be cancelled, and others share the transaction.
        return await asyncio.shield(entry.taken)

    async def settle(self) -> None:
        """Returns when nothing is on its way to the graph."""
        while self._writing is not None:
            await asyncio.wait({self._writing})

    def give_up(self) -> None:
        """Nothing more is written: whoever waits is cancelled."""
        if self._writing is not None:
            self._writing.cancel()

    async def _write(self) -> None:
        batch: dict[str, _Entry] = {}
        pause = FIRST_PAUSE_SECONDS

        def step(delivery: Delivery) -> Delivery | None:
            return batch[delivery.id].step(delivery)

        try:
            while self._entries or batch:
                await asyncio.sleep(GATHER_SECONDS)
                # More may have come while the graph was away.
                self._fill(batch)
                try:
                    changed = await change_deliveries(self._database, list(batch), step)
                except GraphUnavailable:
                    log.warning("The graph is away: what happened to deliveries waits to be written", count=len(batch))
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                    continue
                except Exception as error:
                    for entry in batch.values():
                        entry.taken.set_exception(error)
                else:
                    taken = {delivery.id for delivery in changed}
                    for entry in batch.values():
                        entry.taken.set_result(entry.id in taken)
                batch.clear()
                pause = FIRST_PAUSE_SECONDS
        finally:
            for entry in (*batch.values(), *self._entries):
                entry.taken.cancel()
            self._entries = []
            self._writing = None

    def _fill(self, batch: dict[str, _Entry]) -> None:
        """One step of each delivery: whether a second one may be taken is known once the first is written."""
        waiting, self._entries = self._entries, []
        for entry in waiting:
            if entry.id in batch or len(batch) == STEPS_A_TRANSACTION:
                self._entries.append(entry)
            else:
                batch[entry.id] = entry
