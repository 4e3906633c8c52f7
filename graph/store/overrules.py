"""Why the publisher lets a draft be published that breaks a rule of the checks: written while it is a draft, kept for
ever."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from neo4j import Record

from graph.errors import Conflict
from graph.holdings import record_id
from graph.model import FindingOverrule, RevisionState
from graph.store.database import Database, Transaction
from graph.store.revisions import load_revision_in, lock_ledger
from graph.store.times import from_text, to_text

LIST_OVERRULES = """
MATCH (r:Revision {number: $number})-[:OVERRULED]->(o:FindingOverrule)
RETURN properties(o) AS properties
ORDER BY properties.finding
"""


async def list_overrules(database: Database, number: int) -> tuple[FindingOverrule, ...]:
    """Those of a revision's findings, in the order of the findings' keys."""
    return _overrules(await database.read(LIST_OVERRULES, number=number))


async def list_overrules_in(transaction: Transaction, number: int) -> tuple[FindingOverrule, ...]:
    return _overrules(await transaction.run(LIST_OVERRULES, number=number))


def _overrules(records: Iterable[Record]) -> tuple[FindingOverrule, ...]:
    return tuple(_overrule(record["properties"]) for record in records)


def _overrule(row: dict[str, Any]) -> FindingOverrule:
    return FindingOverrule(
        finding=row["finding"],
        reason=row["reason"],
        by=row.get("by"),
        overruled_at=from_text(row["overruled_at"]),
    )


WRITE_OVERRULE = """
MATCH (o:FindingOverrule {id: $id})
SET o = $properties
RETURN o.id AS id
"""
CREATE_OVERRULES = """
UNWIND $rows AS row
MATCH (r:Revision {number: row.revision})
CREATE (r)-[:OVERRULED]->(o:FindingOverrule)
SET o = row
"""


async def record_overrule(database: Database, number: int, overrule: FindingOverrule) -> None:
    """Of a finding in draft `number`, in the place of one that was recorded before. Raises NotFound; Conflict unless it
    is a draft."""
    row = {
        "id": record_id("FindingOverrule", str(number), overrule.finding),
        "revision": number,
        "finding": overrule.finding,
        "reason": overrule.reason,
        "by": overrule.by,
        "overruled_at": to_text(overrule.overruled_at),
    }
    properties = {name: value for name, value in row.items() if value is not None}

    async def work(transaction: Transaction) -> None:
        await lock_ledger(transaction)
        revision = await load_revision_in(transaction, number)
        if revision.state is not RevisionState.DRAFT:
            raise Conflict(
                f"Revision {number} is {revision.state.value.lower()} already: what is found in it is overruled while "
                "it is a draft",
                number=number,
            )
        if not await transaction.run(WRITE_OVERRULE, id=properties["id"], properties=properties):
            await transaction.run(CREATE_OVERRULES, rows=[properties])

    await database.write(work)
