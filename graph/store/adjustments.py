"""Where the publisher judges a change otherwise than the rules: written while it is a draft, kept for ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from neo4j import Record

from graph.changes import Impact, ImpactAdjustment
from graph.errors import Conflict
from graph.holdings import record_id
from graph.model import RevisionState
from graph.store.database import Database, Transaction
from graph.store.revisions import load_revision_in, lock_ledger
from graph.store.times import from_text, to_text

LIST_ADJUSTMENTS = """
MATCH (r:Revision {number: $number})-[:ADJUSTED]->(a:ImpactAdjustment)
WHERE a.base = $base
RETURN properties(a) AS properties
ORDER BY properties.change
"""


async def list_adjustments(database: Database, number: int, base: int) -> tuple[ImpactAdjustment, ...]:
    """Those of a revision's changes against revision `base`, in the order of the changes' keys. What was judged against
    another revision is not there: under the same key it was another change."""
    return _adjustments(await database.read(LIST_ADJUSTMENTS, number=number, base=base))


async def list_adjustments_in(transaction: Transaction, number: int, base: int) -> tuple[ImpactAdjustment, ...]:
    return _adjustments(await transaction.run(LIST_ADJUSTMENTS, number=number, base=base))


def _adjustments(records: Iterable[Record]) -> tuple[ImpactAdjustment, ...]:
    return tuple(_adjustment(record["properties"]) for record in records)


def _adjustment(row: dict[str, Any]) -> ImpactAdjustment:
    return ImpactAdjustment(
        change=row["change"],
        impact=Impact(row["impact"]),
        reason=row.get("reason"),
        by=row.get("by"),
        adjusted_at=from_text(row["adjusted_at"]),
    )


WRITE_ADJUSTMENT = """
MATCH (a:ImpactAdjustment {id: $id})
SET a = $properties
RETURN a.id AS id
"""
CREATE_ADJUSTMENTS = """
UNWIND $rows AS row
MATCH (r:Revision {number: row.revision})
CREATE (r)-[:ADJUSTED]->(a:ImpactAdjustment)
SET a = row
"""


async def record_adjustment(database: Database, number: int, base: int, adjustment: ImpactAdjustment) -> None:
    """Of a change of draft `number` against revision `base`, in the place of one that was recorded before.

    Raises NotFound; Conflict unless it is a draft and `base` the revision published last.
    """
    row = {
        "id": record_id("ImpactAdjustment", str(number), str(base), adjustment.change),
        "revision": number,
        "base": base,
        "change": adjustment.change,
        "impact": adjustment.impact.value,
        "reason": adjustment.reason,
        "by": adjustment.by,
        "adjusted_at": to_text(adjustment.adjusted_at),
    }
    properties = {name: value for name, value in row.items() if value is not None}

    async def work(transaction: Transaction) -> None:
        _, last_published = await lock_ledger(transaction)
        revision = await load_revision_in(transaction, number)
        if revision.state is not RevisionState.DRAFT:
            raise Conflict(
                f"Revision {number} is {revision.state.value.lower()} already: what its changes do is judged while it "
                "is a draft",
                number=number,
            )
        if last_published != base:
            raise Conflict(
                f"Revision {last_published} was published meanwhile: look at what draft {number} changes of that one, "
                "and judge it again",
                number=number,
                actual=last_published,
            )
        if not await transaction.run(WRITE_ADJUSTMENT, id=properties["id"], properties=properties):
            await transaction.run(CREATE_ADJUSTMENTS, rows=[properties])

    await database.write(work)
