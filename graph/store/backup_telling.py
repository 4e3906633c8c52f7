"""What a backup has of the telling of people: what was written up to one page of notices, which is fixed before anybody
is read, so that cursors and notices agree; and what was not settled, as in doubt."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from graph.backup_order import NOTICE, NOTICES
from graph.deliveries import doubted
from graph.notices import FanOut, FanOutState
from graph.store.database import Database, Transaction
from graph.store.deliveries import delivery_of, delivery_row
from graph.store.fan_outs import fan_out_of

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Telling:
    """How far the telling of people was at one moment: `last_page` is the last page of notices there was."""

    last_page: int
    fan_outs: Mapping[str, FanOut]


# As LOCK_NOTICES, but leaves a graph where nobody was told anything as it is.
LOCK_NOTICES_IF_ANY = """
MATCH (l:Ledger {id: $id})
SET l.locked = true
RETURN l.last_page AS last_page
"""
LIST_ALL_FAN_OUTS = """
MATCH (f:FanOut)
RETURN properties(f) AS properties
"""


async def load_telling(database: Database) -> Telling:
    async def work(transaction: Transaction) -> Telling:
        ledgers = await transaction.run(LOCK_NOTICES_IF_ANY, id=NOTICES)
        found = [record["properties"] for record in await transaction.run(LIST_ALL_FAN_OUTS)]
        return Telling(ledgers[0]["last_page"] if ledgers else 0, {row["id"]: fan_out_of(row) for row in found})

    return await database.write(work)


def as_of(then: FanOut | None, now: FanOut) -> FanOut:
    """A fan-out as a backup keeps it: `then`, before the people of the file were read, or as it began where it was not
    there yet. One that is to go on after a restore goes on in doubt; one that was stopped since does not."""
    kept = then or replace(now, state=FanOutState.PENDING, cursor="", notices=0, deliveries=0, finished_at=None)
    if kept.state is not FanOutState.PENDING:
        return kept
    if now.state is FanOutState.STOPPED:
        return replace(kept, state=FanOutState.STOPPED, finished_at=now.finished_at)
    return replace(kept, is_in_doubt=True)


LIST_DELIVERIES_OF = """
UNWIND $ids AS id
MATCH (n:Notice {id: id})-[:SENT_AS]->(d:Delivery)
RETURN collect([d.subject, "Delivery", properties(d)]) AS rows
"""


async def with_deliveries(
    transaction: Transaction, telling: Telling, rows: Sequence[Sequence[Any]]
) -> list[Sequence[Any]]:
    """The rows without notices of later pages, and with the deliveries of the others."""
    kept = [row for row in rows if row[1] != NOTICE or row[2]["page"] <= telling.last_page]
    notices = [row[2]["id"] for row in kept if row[1] == NOTICE]
    if not notices:
        return kept
    (record,) = await transaction.run(LIST_DELIVERIES_OF, ids=notices)
    return kept + [(subject, label, _kept(properties)) for subject, label, properties in record["rows"]]


def _kept(row: Row) -> Row:
    """A delivery as a backup keeps it."""
    after = doubted(delivery_of(row))
    return row if after is None else delivery_row(after, feed=row.get("feed"))


def ledgers_of(found: Sequence[Row], telling: Telling) -> list[Row]:
    """The one of notices as it was before people were read, and without it where there was none."""
    then = {"last_page": telling.last_page}
    ledgers = [{**each, **then} if each["id"] == NOTICES else each for each in found]
    return sorted((each for each in ledgers if each.get("last_page") != 0), key=lambda each: str(each["id"]))
