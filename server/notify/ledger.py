"""The steps of many deliveries at once, written together: whoever waits shares one transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
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

        Of two steps of one delivery, the second is begun after the first has returned.
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
        entries: list[_Entry] = []
        pause = FIRST_PAUSE_SECONDS
        try:
            while self._entries or entries:
                await asyncio.sleep(GATHER_SECONDS)
                # More may have come while the graph was away.
                room = STEPS_A_TRANSACTION - len(entries)
                entries, self._entries = entries + self._entries[:room], self._entries[room:]
                steps = {entry.id: entry.step for entry in entries}
                try:
                    changed = await change_deliveries(self._database, list(steps), _each(steps))
                except GraphUnavailable:
                    log.warning("The graph is away: what happened to deliveries waits to be written", count=len(steps))
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
                    continue
                except Exception as error:
                    for entry in entries:
                        entry.taken.set_exception(error)
                else:
                    taken = {delivery.id for delivery in changed}
                    for entry in entries:
                        entry.taken.set_result(entry.id in taken)
                entries, pause = [], FIRST_PAUSE_SECONDS
        finally:
            for entry in (*entries, *self._entries):
                entry.taken.cancel()
            self._entries = []
            self._writing = None


def _each(steps: Mapping[str, Step]) -> Step:
    return lambda delivery: steps[delivery.id](delivery)
