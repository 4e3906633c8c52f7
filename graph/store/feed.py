"""The feed of one product: the deliveries that it fetches, in the order in which they were committed.

A product reads page after page, and each time says up to where it has read. What it was given it may have told people,
so it is written down before it is given out; what it says it has read was told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from graph.deliveries import fetched, shown
from graph.notices import Delivery, DeliveryState
from graph.store.database import Database, Transaction
from graph.store.deliveries import PAGE_DIGITS, change_deliveries, change_deliveries_in, delivery_of
from graph.store.times import find_time

ACKNOWLEDGED_AT_ONCE = 500
#: Comes after every page.
_END = "~"


@dataclass(frozen=True, slots=True, order=True)
class FeedPlace:
    """Where a delivery stands in the feed of its product: on which page of all fan-outs, and its id."""

    page: int
    id: str

    def of(self, product: str) -> str:
        return f"{product} {self.page:0{PAGE_DIGITS}} {self.id}"


START = FeedPlace(0, "")


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Deliveries in their order; `end` is the place of the last of them, or where the page would begin. `is_last`:
    nothing comes after it now."""

    deliveries: tuple[Delivery, ...]
    end: FeedPlace
    is_last: bool


LIST_FEED = """
MATCH (d:Delivery)
WHERE d.feed > $after AND d.feed < $end
RETURN properties(d) AS properties
ORDER BY d.feed
LIMIT $limit
"""


async def take_feed_page(
    database: Database, product: str, after: FeedPlace, limit: int, *, is_fetched: bool
) -> FeedPage:
    """The next deliveries of a product after a place, at most `limit`, in whatever state but STOPPED; those that wait
    to be fetched are SENDING from then on. `is_fetched`: nobody sends to this product, so that all wait for it.

    Raises GraphUnavailable: then it can be asked again.
    """
    rows = [
        record["properties"]
        for record in await database.read(LIST_FEED, after=after.of(product), end=f"{product} {_END}", limit=limit + 1)
    ]
    is_last = len(rows) <= limit
    rows = rows[:limit]
    end = _place_of(product, rows[-1]) if rows else after
    deliveries = [delivery_of(row) for row in rows]
    waiting = [delivery.id for delivery in deliveries if shown(delivery, is_fetched=is_fetched) is not None]
    if waiting:
        current = await _show(database, waiting, is_fetched=is_fetched)
        deliveries = [current.get(delivery.id, delivery) for delivery in deliveries]
    there = tuple(delivery for delivery in deliveries if delivery.state is not DeliveryState.STOPPED)
    return FeedPage(there, end, is_last)


async def _show(database: Database, ids: Sequence[str], *, is_fetched: bool) -> dict[str, Delivery]:
    """Writes down that these are given out, and returns all of them as they are then: by now some may be stopped."""

    async def work(transaction: Transaction) -> dict[str, Delivery]:
        current: dict[str, Delivery] = {}

        def step(delivery: Delivery) -> Delivery | None:
            after = shown(delivery, is_fetched=is_fetched)
            current[delivery.id] = after or delivery
            return after

        await change_deliveries_in(transaction, ids, step)
        return current

    return await database.write(work)


def _place_of(product: str, row: dict[str, Any]) -> FeedPlace:
    page, _, id = row["feed"].removeprefix(f"{product} ").partition(" ")
    return FeedPlace(int(page), id)


FIND_WRITTEN = """
MATCH (d:Delivery {id: $id})<-[:SENT_AS]-(n:Notice)
WHERE d.product = $product AND n.page = $page
RETURN n.created_at AS written_at
"""


async def find_written_at(database: Database, product: str, place: FeedPlace) -> datetime | None:
    """When what stands at a place in the feed of a product was written; None where nothing does. By this time a place
    is told from the same one of another graph, such as that before a restore."""
    found = await database.read(FIND_WRITTEN, id=place.id, product=product, page=place.page)
    return find_time(found[0]["written_at"]) if found else None


LIST_UNREAD = """
MATCH (d:Delivery)
WHERE d.unread > $after AND d.unread <= $until
RETURN d.id AS id, d.unread AS unread
ORDER BY d.unread
LIMIT $limit
"""


async def acknowledge(database: Database, product: str, until: FeedPlace, *, at: datetime) -> int:
    """Writes down that a product has read all up to a place, and returns of how many that was news. One statement
    where it was none. Raises GraphUnavailable: then it can be said again."""
    after, changed = START.of(product), 0
    while True:
        records = await database.read(LIST_UNREAD, after=after, until=until.of(product), limit=ACKNOWLEDGED_AT_ONCE)
        ids = [record["id"] for record in records]
        changed += len(await change_deliveries(database, ids, lambda delivery: fetched(delivery, now=at)))
        if len(records) < ACKNOWLEDGED_AT_ONCE:
            return changed
        after = records[-1]["unread"]


FIND_CONTROLLER_NAME = """
MATCH (c:Controller {revision: $number})
RETURN c.name AS name
"""


async def load_controller_name(database: Database, number: int) -> str:
    """Who answers for a revision: the author of what is published of it."""
    (record,) = await database.read(FIND_CONTROLLER_NAME, number=number)
    name: str = record["name"]
    return name
