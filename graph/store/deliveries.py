"""Deliveries in the graph: what is due for a channel, and each step of the way there, taken under locks.

`queue` is there while a sender is to take a delivery, and gives the order: the lane, when it is due, and the id.
`feed` is there for what products may fetch, and for ever unless it is stopped: the product, the page of the fan-out
that wrote it, and the id. `unread` is the same for as long as it is not known whether the product has it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from graph.deliveries import claimed, stopped
from graph.model import Channel
from graph.notices import UNSETTLED, Delivery, DeliveryState, NoticeKind, lane_of
from graph.store.database import Database, Transaction
from graph.store.times import find_text, find_time, to_text

T = TypeVar("T")
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
RETURN d.id AS id
ORDER BY d.queue
LIMIT $limit
"""


LIST_WITHDRAWN = """
UNWIND $numbers AS number
MATCH (r:Revision {number: number})
WHERE r.state = "WITHDRAWN"
RETURN r.number AS number
"""


async def claim_deliveries(
    database: Database,
    channel: Channel,
    claim: str,
    *,
    product: str | None = None,
    until: datetime,
    now: datetime,
    limit: int,
) -> list[Delivery]:
    """Claims what is due on a channel, of one product's where it is named, the longest due first, at most `limit`.

    What its last sender left half done is among what is returned, as UNKNOWN, and is not to be sent; nor is what is
    STOPPED, because its revision was withdrawn while it was in the hands of another. Fewer than `limit`, or none, where
    another sender was faster.
    """

    async def work(transaction: Transaction) -> list[Delivery]:
        due = await transaction.run(LIST_DUE, **due_by, limit=limit)
        ids = [record["id"] for record in due]
        if not ids:
            return []
        numbers = sorted({int(id.partition("/")[0]) for id in ids})
        withdrawn = {record["number"] for record in await transaction.run(LIST_WITHDRAWN, numbers=numbers)}

        def step(delivery: Delivery) -> Delivery | None:
            is_taken_back = delivery.kind is NoticeKind.REVISION and delivery.revision in withdrawn
            after = stopped(delivery) if is_taken_back else None
            return after or claimed(delivery, claim, until=until, now=now)

        return await change_deliveries_in(transaction, ids, step)

    due_by = _range(lane_of(channel, product), to_text(now))
    # Most of the time nothing is due, and to know that needs no turn to write.
    if not await database.read(LIST_DUE, **due_by, limit=1):
        return []
    return await database.write(work)


LIST_NEXT_DUE = """
MATCH (d:Delivery)
WHERE d.queue > $from AND d.queue < $to
RETURN d.queue AS queue
ORDER BY d.queue
LIMIT 1
"""


async def find_next_due(database: Database, channel: Channel, product: str | None = None) -> datetime | None:
    """When the next delivery on a channel, of one product's where it is named, is due, past or to come; None where a
    sender has nothing left to do."""
    found = await database.read(LIST_NEXT_DUE, **_range(lane_of(channel, product), ""))
    return find_time(found[0]["queue"].split(" ")[1]) if found else None


def _range(lane: str, until: str) -> dict[str, str]:
    """The places in a lane up to a time, or all of them: "~" comes after all that a time is written with."""
    return {"from": f"{lane} ", "to": f"{lane} {until}~"}


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
    )
