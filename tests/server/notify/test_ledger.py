"""What is written down together: steps of many deliveries share a transaction, those of one never do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

import server.notify.ledger as module
from graph.deliveries import begun
from graph.errors import GraphUnavailable
from graph.model import Channel
from graph.notices import NoticeKind, delivery_id
from graph.store.database import Database, Transaction
from graph.store.deliveries import Queue
from server.notify.ledger import Ledger, Step
from tests.graph.store.telling import NOW, tell, told

UNTIL = NOW + timedelta(minutes=2)
ANN = delivery_id(2, NoticeKind.REVISION, Channel.EMAIL, "ann")
BEN = delivery_id(2, NoticeKind.REVISION, Channel.EMAIL, "ben")


class AwayOnce(Database):
    """A graph that is away for the first transaction."""

    def __init__(self, like: Database) -> None:
        super().__init__(like.address)
        self.was_away = asyncio.Event()

    async def write(self, work: Callable[[Transaction], Awaitable[Any]]) -> Any:
        if not self.was_away.is_set():
            self.was_away.set()
            raise GraphUnavailable("The graph is away")
        return await super().write(work)


def begins(claim: str) -> Step:
    return lambda delivery: begun(delivery, claim, until=UNTIL)


async def test_of_two_claims_to_one_delivery_that_waited_together_one_begins(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first waited for the graph for longer than its lease, and the sender has claimed the delivery again."""
    monkeypatch.setattr(module, "FIRST_PAUSE_SECONDS", 0.05)
    await tell(database, [told("ann", Channel.EMAIL), told("ben", Channel.EMAIL)])
    await Queue(database, Channel.EMAIL).claim("second", until=UNTIL, now=NOW, limit=10)
    async with AwayOnce(database) as away:
        ledger = Ledger(away)
        first = asyncio.create_task(ledger.take(ANN, begins("first")))
        await away.was_away.wait()

        steps = [(ANN, "second"), (BEN, "second"), (ANN, "no")]
        others = [asyncio.create_task(ledger.take(id, begins(claim))) for id, claim in steps]

        taken = [await each for each in (first, *others)]

    assert taken == [False, True, True, False]
