"""Which revision is in force, for those who ask often: read from the graph at most every few seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime

from graph.errors import GraphFault, GraphUnavailable, NoRevisionInForce
from graph.model import Revision
from graph.store.database import Database
from graph.store.revisions import load_number_in_force, load_revision

KEPT_SECONDS = 10.0
READ_SECONDS = 1.0


class RevisionInForce:
    """The last that was read. `current`: None for none, or before the first read. `absence`: why there is none."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock
        self._reading = asyncio.Lock()
        self._read_at: float | None = None
        self.current: Revision | None = None
        self.absence = ""

    async def refresh(self) -> None:
        """Asks the graph, one statement, where that is `KEPT_SECONDS` ago; a second one where the revision is new.

        A graph that does not answer within `READ_SECONDS` changes nothing, and is asked again after `KEPT_SECONDS`.
        """
        now = asyncio.get_running_loop().time()
        # Whoever comes while another asks is content with what is known.
        if self._reading.locked() or (self._read_at is not None and now - self._read_at < KEPT_SECONDS):
            return
        async with self._reading:
            self._read_at = now
            try:
                async with asyncio.timeout(READ_SECONDS):
                    await self._read()
            except NoRevisionInForce as error:
                self.current = None
                self.absence = error.message
            except (GraphUnavailable, GraphFault, TimeoutError):
                return

    async def _read(self) -> None:
        number = await load_number_in_force(self._database, self._clock())
        if self.current is None or self.current.number != number:
            self.current = await load_revision(self._database, number)
