"""The fan-out of a revision: left pending in the transaction that publishes it, and done page by page.

A page is one transaction: its notices, their deliveries, and the cursor. The ledger `NOTICES` counts the pages of all
fan-outs and is locked by each, so that their order is the order in which they were committed: whoever has read up to
one page has missed nothing before it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from graph.changes import Place
from graph.deliveries import doubted, stopped, was_told
from graph.errors import NotFound
from graph.model import Channel
from graph.notices import Delivery, DeliveryState, FanOut, FanOutState, Notice, NoticeKind, notice_id
from graph.store.database import Database, Transaction
from graph.store.deliveries import UPDATE_DELIVERIES, delivery_of, delivery_row, place_in_feed
from graph.store.times import find_text, find_time, from_text, to_text

Row = dict[str, Any]

CREATE_FAN_OUT = """
MATCH (r:Revision {number: $number})
CREATE (r)-[:NOTIFIED_BY]->(f:FanOut)
SET f = $properties
"""


async def create_fan_out(transaction: Transaction, revision: int, kind: NoticeKind, at: datetime) -> None:
    """Leaves the fan-out of a revision to be done. It must be the only one of its kind."""
    fan_out = FanOut(revision, kind, FanOutState.PENDING, "", 0, 0, at)
    await transaction.run(CREATE_FAN_OUT, number=revision, properties=fan_out_row(fan_out))


STOP_FAN_OUT = """
MATCH (f:FanOut {id: $id})
WHERE f.state = "PENDING"
SET f.state = "STOPPED", f.finished_at = $at
RETURN f.id AS id
"""


async def stop_fan_out(transaction: Transaction, revision: int, at: datetime) -> None:
    """No more notices of this revision are written; those that are stay."""
    await transaction.run(STOP_FAN_OUT, id=_fan_out_id(revision, NoticeKind.REVISION), at=to_text(at))


LIST_FAN_OUTS = """
MATCH (f:FanOut)
WHERE f.state IN $states
RETURN properties(f) AS properties
ORDER BY properties.begun_at, properties.id
"""


async def list_fan_outs(database: Database, states: frozenset[FanOutState]) -> list[FanOut]:
    """All in one of these states, oldest first. As many as there are revisions, at most twice."""
    records = await database.read(LIST_FAN_OUTS, states=sorted(state.value for state in states))
    return [fan_out_of(record["properties"]) for record in records]


FIND_FAN_OUTS = """
UNWIND $ids AS id
MATCH (f:FanOut {id: id})
RETURN properties(f) AS properties
"""


async def find_fan_outs(database: Database, revision: int) -> dict[NoticeKind, FanOut]:
    """Those of one revision, by kind; none for one that was never published, and for the first that was."""
    return _by_kind(await database.read(FIND_FAN_OUTS, ids=_fan_out_ids(revision)))


async def find_fan_outs_in(transaction: Transaction, revision: int) -> dict[NoticeKind, FanOut]:
    """As `find_fan_outs`."""
    return _by_kind(await transaction.run(FIND_FAN_OUTS, ids=_fan_out_ids(revision)))


def _fan_out_ids(revision: int) -> list[str]:
    return [_fan_out_id(revision, kind) for kind in NoticeKind]


def _by_kind(records: Iterable[Any]) -> dict[NoticeKind, FanOut]:
    found = [fan_out_of(record["properties"]) for record in records]
    return {each.kind: each for each in found}


# ---- a page ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Told:
    """One notice, and the channels on which it goes out. `product`: whose back end is told, for SOFTWARE_PRODUCT;
    `is_fetched`: that back end fetches, and nobody sends."""

    notice: Notice
    channels: tuple[Channel, ...]
    product: str | None = None
    is_fetched: bool = False

    def deliveries(self) -> list[Delivery]:
        """In the account area it is told by being there; elsewhere it is to be sent."""
        notice = self.notice
        found = []
        for channel in self.channels:
            is_there = channel is Channel.ACCOUNT_AREA
            is_product = channel is Channel.SOFTWARE_PRODUCT
            waits = is_there or (is_product and self.is_fetched)
            found.append(
                Delivery(
                    subject=notice.subject,
                    revision=notice.revision,
                    kind=notice.kind,
                    channel=channel,
                    state=DeliveryState.SENT if is_there else DeliveryState.PENDING,
                    product=self.product if is_product else None,
                    due_at=None if waits else notice.created_at,
                    sent_at=notice.created_at if is_there else None,
                )
            )
        return found


LOCK_NOTICES = """
MERGE (l:Ledger {id: "NOTICES"})
ON CREATE SET l.last_page = 0
SET l.locked = true
RETURN l.last_page AS last_page
"""
LOCK_FAN_OUT = """
MATCH (f:FanOut {id: $id})
SET f.locked = true
RETURN properties(f) AS properties
"""
CREATE_NOTICES = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.properties.subject})
CREATE (s)-[:WAS_TOLD]->(n:Notice)
SET n = row.properties
WITH n, row
UNWIND row.deliveries AS each
CREATE (n)-[:SENT_AS]->(d:Delivery)
SET d = each
RETURN DISTINCT n.id AS id
"""
MOVE_FAN_OUT = """
MATCH (l:Ledger {id: "NOTICES"})
SET l.last_page = $page
WITH l
MATCH (f:FanOut {id: $properties.id})
SET f = $properties
"""


async def write_page(
    database: Database, fan_out: FanOut, told: Sequence[Told], *, cursor: str, is_last: bool, at: datetime
) -> FanOut:
    """Writes the next page of a fan-out, if it is where `fan_out` says; returns where it is then.

    If it is elsewhere, another process has written that page, or the revision was withdrawn: then nothing is written.
    Raises GraphUnavailable: the page may be written or not, and trying it again does the right thing.
    """

    async def work(transaction: Transaction) -> FanOut:
        page, current = await _lock(transaction, fan_out)
        if page is None:
            return current
        return await _write(transaction, current, told, page, cursor=cursor, is_last=is_last, at=at)

    return await database.write(work)


async def _lock(transaction: Transaction, expected: FanOut) -> tuple[int | None, FanOut]:
    """The number of the next page, None where the fan-out is not where it is expected to be; and where it is."""
    (ledger,) = await transaction.run(LOCK_NOTICES)
    (record,) = await transaction.run(LOCK_FAN_OUT, id=_fan_out_id(expected.revision, expected.kind))
    current = fan_out_of(record["properties"])
    is_there = (current.state, current.cursor) == (FanOutState.PENDING, expected.cursor)
    return ledger["last_page"] + 1 if is_there else None, current


async def _write(
    transaction: Transaction,
    fan_out: FanOut,
    told: Sequence[Told],
    page: int,
    *,
    cursor: str,
    is_last: bool,
    at: datetime,
) -> FanOut:
    rows = [_told_row(each, page, in_doubt=fan_out.is_in_doubt) for each in told]
    found = {record["id"] for record in await transaction.run(CREATE_NOTICES, rows=rows)} if rows else set()
    # Whose subject is gone meanwhile is told nothing.
    written = [row for row in rows if row["properties"]["id"] in found]
    after = replace(
        fan_out,
        state=FanOutState.DONE if is_last else FanOutState.PENDING,
        cursor=cursor,
        notices=fan_out.notices + len(written),
        deliveries=fan_out.deliveries + sum(len(row["deliveries"]) for row in written),
        finished_at=at if is_last else None,
    )
    await transaction.run(MOVE_FAN_OUT, page=page, properties=fan_out_row(after))
    return after


# ---- a withdrawal ----------------------------------------------------------------------------------------------------

LIST_TOLD = """
MATCH (n:Notice)
WHERE n.id > $after AND n.id < $end
RETURN n.id AS id, properties(n) AS properties
ORDER BY n.id
LIMIT $limit
"""
LOCK_DELIVERIES_OF = """
UNWIND $ids AS id
MATCH (n:Notice {id: id})-[:SENT_AS]->(d:Delivery)
SET d.locked = true
RETURN properties(d) AS properties
"""


async def write_withdrawal_page(
    database: Database, fan_out: FanOut, *, fetching: Collection[str], limit: int, at: datetime
) -> FanOut:
    """Takes the next `limit` who were to be told of the revision: stops what was not handed over, and tells of the
    withdrawal whoever was told, on the channels where they were. `fetching`: the products that fetch. Otherwise as
    `write_page`."""
    prefix = notice_id(fan_out.revision, NoticeKind.REVISION, "")

    async def work(transaction: Transaction) -> FanOut:
        page, current = await _lock(transaction, fan_out)
        if page is None:
            return current
        found = await transaction.run(LIST_TOLD, after=prefix + fan_out.cursor, end=prefix[:-1] + "0", limit=limit)
        told: dict[str, Notice] = {}
        for record in found:
            row = record["properties"]
            told[row["id"]] = replace(notice_of(row), kind=NoticeKind.WITHDRAWAL, created_at=at, read_at=None)
        channels: dict[str, list[Delivery]] = {id: [] for id in told}
        stopping: list[Row] = []
        for record in await transaction.run(LOCK_DELIVERIES_OF, ids=list(told)):
            row = record["properties"]
            delivery = delivery_of(row)
            after = stopped(delivery)
            if after is not None:
                stopping.append(delivery_row(after, feed=row.get("feed")))
            if was_told(delivery):
                channels[notice_id(delivery.revision, delivery.kind, delivery.subject)].append(delivery)
        if stopping:
            await transaction.run(UPDATE_DELIVERIES, rows=stopping)
        again = [_told_again(notice, channels[id], fetching) for id, notice in told.items() if channels[id]]
        cursor = found[-1]["properties"]["subject"] if found else fan_out.cursor
        return await _write(transaction, current, again, page, cursor=cursor, is_last=len(found) < limit, at=at)

    return await database.write(work)


def _told_again(notice: Notice, deliveries: Sequence[Delivery], fetching: Collection[str]) -> Told:
    product = next((each.product for each in deliveries if each.product is not None), None)
    channels = tuple(sorted((each.channel for each in deliveries), key=list(Channel).index))
    return Told(notice, channels, product, product in fetching)


FIND_LAST_PAGE = """
MATCH (l:Ledger {id: "NOTICES"})
RETURN l.last_page AS last_page
"""


async def load_last_page(database: Database) -> int:
    """The number of the page written last, of whatever fan-out; 0 for none."""
    found = await database.read(FIND_LAST_PAGE)
    number: int = found[0]["last_page"] if found else 0
    return number


# ---- rows ------------------------------------------------------------------------------------------------------------


def _told_row(told: Told, page: int, *, in_doubt: bool) -> Row:
    deliveries = []
    for delivery in told.deliveries():
        each = (doubted(delivery) if in_doubt else None) or delivery
        feed = None if each.product is None else place_in_feed(each.product, page, each.id)
        deliveries.append(delivery_row(each, feed=feed))
    return {"properties": notice_row(told.notice, page), "deliveries": deliveries}


def notice_row(notice: Notice, page: int) -> Row:
    properties: Row = {
        "id": notice.id,
        "subject": notice.subject,
        "revision": notice.revision,
        "kind": notice.kind.value,
        "created_at": to_text(notice.created_at),
        "services": [place.service for place in notice.places],
        "categories": [place.category or "" for place in notice.places],
        "purposes": list(notice.purposes),
        "page": page,
        "read_at": find_text(notice.read_at),
    }
    return {name: value for name, value in properties.items() if value is not None}


def notice_of(row: Mapping[str, Any]) -> Notice:
    return Notice(
        subject=row["subject"],
        revision=row["revision"],
        kind=NoticeKind(row["kind"]),
        created_at=from_text(row["created_at"]),
        places=tuple(
            Place(service, category or None)
            for service, category in zip(row["services"], row["categories"], strict=True)
        ),
        purposes=tuple(row["purposes"]),
        read_at=find_time(row.get("read_at")),
    )


def _fan_out_id(revision: int, kind: NoticeKind) -> str:
    return f"{revision}/{kind.value}"


def fan_out_row(fan_out: FanOut) -> Row:
    properties: Row = {
        "id": _fan_out_id(fan_out.revision, fan_out.kind),
        "revision": fan_out.revision,
        "kind": fan_out.kind.value,
        "state": fan_out.state.value,
        "cursor": fan_out.cursor,
        "notices": fan_out.notices,
        "deliveries": fan_out.deliveries,
        "begun_at": to_text(fan_out.begun_at),
        "finished_at": find_text(fan_out.finished_at),
        "in_doubt": fan_out.is_in_doubt or None,
    }
    return {name: value for name, value in properties.items() if value is not None}


def fan_out_of(row: Mapping[str, Any]) -> FanOut:
    return FanOut(
        revision=row["revision"],
        kind=NoticeKind(row["kind"]),
        state=FanOutState(row["state"]),
        cursor=row["cursor"],
        notices=row["notices"],
        deliveries=row["deliveries"],
        begun_at=from_text(row["begun_at"]),
        finished_at=find_time(row.get("finished_at")),
        is_in_doubt=row.get("in_doubt", False),
    )


def fan_out_not_found(revision: int) -> NotFound:
    return NotFound(f"Nobody was told of revision {revision}: it was never published, or as the first", number=revision)
