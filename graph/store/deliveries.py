"""Deliveries in the graph: what is due for a channel, and each step of the way there, taken under locks.

`queue` is there while a sender is to take a delivery, and gives the order: the lane, when it is due, and the id.
`feed` is there for what products may fetch, and for ever unless it is stopped: the product, the page of the fan-out
that wrote it, and the id. `unread` is the same for as long as it is not known whether the product has it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from neo4j import Record

from graph.deliveries import claimed, stopped
from graph.model import Channel
from graph.notices import UNSETTLED, Delivery, DeliveryState, NoticeKind, lane_of
from graph.store.database import Database, Transaction
from graph.store.times import find_text, find_time, to_text

Row = dict[str, Any]

PAGE_DIGITS = 12

# What the rows hold is read after the lock on each is taken, so it is what the last transaction left.
LOCK_DELIVERIES = """
UNWIND $ids AS id
MATCH (d:Delivery {id: id})
SET d.locked = true
RETURN properties(d) AS properties
"""
UPDATE_DELIVERIES = """
UNWIND $rows AS row
MATCH (d:Delivery {id: row.id})
SET d = row
"""


async def change_deliveries(
    database: Database, ids: Sequence[str], step: Callable[[Delivery], Delivery | None]
) -> list[Delivery]:
    """Takes a step with each of these deliveries, in one transaction, and returns those that it changed, as they are
    then. `step` is pure, may be asked more than once, and says None for one that is to stay as it is."""

    async def work(transaction: Transaction) -> list[Delivery]:
        return await change_deliveries_in(transaction, ids, step)

    return await database.write(work) if ids else []


async def change_deliveries_in(
    transaction: Transaction, ids: Sequence[str], step: Callable[[Delivery], Delivery | None]
) -> list[Delivery]:
    rows: list[Row] = []
    after: list[Delivery] = []
    # In one order, so that two that change the same ones do not wait for each other in a circle.
    for record in await transaction.run(LOCK_DELIVERIES, ids=sorted(ids)):
        row = record["properties"]
        changed = step(delivery_of(row))
        if changed is not None:
            after.append(changed)
            rows.append(delivery_row(changed, feed=row.get("feed")))
    if rows:
        await transaction.run(UPDATE_DELIVERIES, rows=rows)
    return after


LIST_DUE = """
MATCH (d:Delivery)
WHERE d.queue > $from AND d.queue < $to
RETURN d.id AS id, d.queue AS queue
ORDER BY d.queue
LIMIT $limit
"""

LIST_WITHDRAWN = """
UNWIND $numbers AS number
MATCH (r:Revision {number: number})
WHERE r.state = "WITHDRAWN"
RETURN r.number AS number
"""

LIST_NEXT_DUE = """
MATCH (d:Delivery)
WHERE d.queue > $from AND d.queue < $to
RETURN d.queue AS queue
ORDER BY d.queue
LIMIT 1
"""

# A look from the beginning takes a twentieth of the time at most, and nothing is left for longer than a minute.
LOOKING_BACK = 20
LONGEST_SECONDS = 60.0
# What another writes at this moment is due a moment ago.
WRITING = timedelta(seconds=10)


class Queue:
    """What is to be sent on a channel, or to one product, for one sender, which takes it in order.

    It remembers how far it has come, and only now and then looks from the beginning. An engine may mark what has left
    an index, and not remove it (the embedded one does): each look from there passes all that was sent before, and
    sending the last of a million would take a thousand times as long as the first. What is queued later is due later,
    and so comes after what was taken, but for what another writes at that moment, and for clocks that differ.
    """

    def __init__(
        self,
        database: Database,
        channel: Channel,
        product: str | None = None,
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._monotonic = monotonic
        self._lane = lane_of(channel, product)
        # Nothing was left before this place.
        self._reached = ""
        self._look_back_at = 0.0

    async def claim(self, claim: str, *, until: datetime, now: datetime, limit: int) -> list[Delivery]:
        """Claims what is due, the longest due first, at most `limit`.

        What its last sender left half done is among what is returned, as UNKNOWN, and is not to be sent; nor is what is
        STOPPED, because its revision was withdrawn while it was in the hands of another. Fewer than `limit`, or none,
        where another sender was faster.
        """
        # What is due is looked for before the turn to write, which others wait for. Most of the time nothing is.
        due = await self._list_due(to_text(now), limit)
        if not due:
            self._reached = max(self._reached, f"{self._lane} {to_text(now - WRITING)}")
            return []
        ids = [record["id"] for record in due]
        numbers = sorted({int(id.partition("/")[0]) for id in ids})

        async def work(transaction: Transaction) -> list[Delivery]:
            withdrawn = {record["number"] for record in await transaction.run(LIST_WITHDRAWN, numbers=numbers)}

            def step(delivery: Delivery) -> Delivery | None:
                is_taken_back = delivery.kind is NoticeKind.REVISION and delivery.revision in withdrawn
                after = stopped(delivery) if is_taken_back else None
                return after or claimed(delivery, claim, until=until, now=now)

            return await change_deliveries_in(transaction, ids, step)

        found = await self._database.write(work)
        self._reached = due[-1]["queue"]
        return found

    async def find_next_due(self) -> datetime | None:
        """When the next delivery is due, past or to come, of those after the place that it has come to; None where
        there is none: see `is_empty`."""
        found = await self._database.read(LIST_NEXT_DUE, **self._places(self._reached, ""))
        return find_time(found[0]["queue"].split(" ")[1]) if found else None

    async def is_empty(self) -> bool:
        """Whether nothing at all is left to be done, now or later. What it finds that was left before the place that it
        has come to is claimed next."""
        found = await self._database.read(LIST_NEXT_DUE, **self._places("", ""))
        if found and found[0]["queue"] <= self._reached:
            self._reached = ""
        return not found

    async def _list_due(self, until: str, limit: int) -> list[Record]:
        if self._reached and self._monotonic() < self._look_back_at:
            return await self._database.read(LIST_DUE, **self._places(self._reached, until), limit=limit)
        began = self._monotonic()
        due = await self._database.read(LIST_DUE, **self._places("", until), limit=limit)
        ended = self._monotonic()
        self._look_back_at = ended + min(LOOKING_BACK * (ended - began), LONGEST_SECONDS)
        return due

    def _places(self, after: str, until: str) -> dict[str, str]:
        """Those after one and up to a time, or all: "~" comes after all that a time is written with."""
        return {"from": after or f"{self._lane} ", "to": f"{self._lane} {until}~"}


# ---- rows ------------------------------------------------------------------------------------------------------------


def delivery_row(delivery: Delivery, *, feed: str | None) -> Row:
    if delivery.state is DeliveryState.STOPPED:
        feed = None
    properties: Row = {
        "id": delivery.id,
        "subject": delivery.subject,
        "revision": delivery.revision,
        "kind": delivery.kind.value,
        "channel": delivery.channel.value,
        "state": delivery.state.value,
        "product": delivery.product,
        "attempts": delivery.attempts,
        "due_at": find_text(delivery.due_at),
        "claim": delivery.claim,
        "sent_at": find_text(delivery.sent_at),
        "reason": delivery.reason,
        "given_up": delivery.is_given_up or None,
        "may_have_arrived": delivery.may_have_arrived or None,
        "queue": None if delivery.due_at is None else _place_in_queue(delivery, delivery.due_at),
        "feed": feed,
        "unread": feed if delivery.state in _UNREAD else None,
    }
    return {name: value for name, value in properties.items() if value is not None}


_UNREAD = UNSETTLED | {DeliveryState.UNKNOWN}


def _place_in_queue(delivery: Delivery, due_at: datetime) -> str:
    return f"{lane_of(delivery.channel, delivery.product)} {to_text(due_at)} {delivery.id}"


def place_in_feed(product: str, page: int, id: str) -> str:
    return f"{product} {page:0{PAGE_DIGITS}} {id}"


def delivery_of(row: Mapping[str, Any]) -> Delivery:
    return Delivery(
        subject=row["subject"],
        revision=row["revision"],
        kind=NoticeKind(row["kind"]),
        channel=Channel(row["channel"]),
        state=DeliveryState(row["state"]),
        product=row.get("product"),
        attempts=row["attempts"],
        due_at=find_time(row.get("due_at")),
        claim=row.get("claim"),
        sent_at=find_time(row.get("sent_at")),
        reason=row.get("reason"),
        is_given_up=row.get("given_up", False),
        may_have_arrived=row.get("may_have_arrived", False),
    )
