"""Subjects: all that is known of one, in one statement; and what is written about one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from graph.decisions import Wish, stand_of, steps
from graph.errors import NotFound
from graph.model import (
    AccessRecord,
    Decision,
    DecisionKind,
    DisclosureRecord,
    Holding,
    SubjectRecord,
    Trust,
)
from graph.store.database import Database, Transaction
from graph.store.reports import CREATE_DECISIONS, FIND_DECISIONS, decision_row
from graph.store.subject_locks import lock_subjects
from graph.store.times import find_time, from_text, to_text

#: Rows that the one statement brings, as one record; those of a subject with more come from a second, each as its own.
ROWS_AT_ONCE = 20_000

# The rows come from the one pattern that names the subject, never from a pattern comprehension or a bare pattern
# expression that begins with an optional variable: in those two the embedded engine takes a variable that is null for
# "any node", and would answer for everybody. An OPTIONAL MATCH that begins with one, as the last here, is right.
FIND_SUBJECT = """
OPTIONAL MATCH (r:Revision {state: "PUBLISHED"})
WHERE r.effective_at <= $at
WITH max(r.number) AS number
OPTIONAL MATCH (s:Subject {id: $id})-[link:HAS_HOLDING|DECIDED|TRUSTS|WAS_DISCLOSED|WAS_ACCESSED]->(n)
WITH number, link, n
LIMIT $limit
OPTIONAL MATCH (n)-[:TOWARDS]->(other:Subject)
RETURN number, collect([type(link), properties(n), other.id]) AS rows
"""


async def load_subject(
    database: Database, id: str, at: datetime, *, limit: int = ROWS_AT_ONCE
) -> tuple[int | None, SubjectRecord]:
    """What is known of a subject, and the number of the revision in force at a time (None before the first).

    One statement, or for a subject with `limit` rows or more two. A subject that the graph does not know is one of whom
    nothing is known.
    """
    (record,) = await database.read(FIND_SUBJECT, id=id, at=to_text(at), limit=limit)
    rows = record["rows"]
    if len(rows) >= limit:
        rows = await _list_rows(database.read, id)
    return record["number"], _record(id, rows)


# Without an order: whoever has ten times as many rows waits ten times as long, where pages would each sort all of them.
LIST_SUBJECT_ROWS = """
MATCH (s:Subject {id: $id})-[link:HAS_HOLDING|DECIDED|TRUSTS|WAS_DISCLOSED|WAS_ACCESSED]->(n)
OPTIONAL MATCH (n)-[:TOWARDS]->(other:Subject)
RETURN type(link) AS type, properties(n) AS properties, other.id AS other
"""


async def _list_rows(read: Callable[..., Any], id: str) -> list[tuple[str, Mapping[str, Any], str | None]]:
    return [(each["type"], each["properties"], each["other"]) for each in await read(LIST_SUBJECT_ROWS, id=id)]


RECORD_ACCESS = """
MATCH (s:Subject {id: $id})
MERGE (a:AccessRecord {id: $access})
ON CREATE SET a.by = $by, a.accessed_at = $accessed_at
MERGE (s)-[:WAS_ACCESSED]->(a)
RETURN a.id AS id
"""


async def load_subject_as_staff(
    database: Database, id: str, at: datetime, *, access: AccessRecord, limit: int = ROWS_AT_ONCE
) -> tuple[int | None, SubjectRecord]:
    """As `load_subject`, and leaves the access record in the same transaction: no answer without a record.

    Raises NotFound, and leaves nothing, for a subject that the graph does not know.
    """

    async def work(transaction: Transaction) -> tuple[int | None, SubjectRecord]:
        recorded = await transaction.run(
            RECORD_ACCESS, id=id, access=access.id, by=access.by, accessed_at=to_text(access.accessed_at)
        )
        if not recorded:
            raise NotFound("The graph knows no subject with this id", subject=id)
        (record,) = await transaction.run(FIND_SUBJECT, id=id, at=to_text(at), limit=limit)
        rows = record["rows"]
        if len(rows) >= limit:
            rows = await _list_rows(transaction.run, id)
        return record["number"], _record(id, rows)

    return await database.write(work)


RECORD_ACCESSES = """
UNWIND $rows AS row
MATCH (s:Subject {id: row.subject})
MERGE (a:AccessRecord {id: row.id})
ON CREATE SET a.by = row.by, a.accessed_at = row.accessed_at
MERGE (s)-[:WAS_ACCESSED]->(a)
"""


async def record_accesses(database: Database, accesses: Mapping[str, AccessRecord]) -> None:
    """Leaves a record with each of these subjects, by their ids, in one transaction: somebody is shown that they are
    known. Raises GraphUnavailable: then they must not be shown."""
    rows = [
        {"subject": id, "id": access.id, "by": access.by, "accessed_at": to_text(access.accessed_at)}
        for id, access in sorted(accesses.items())
    ]

    async def work(transaction: Transaction) -> None:
        await transaction.run(RECORD_ACCESSES, rows=rows)

    await database.write(work)


FIND_NEWEST_DECISION = """
MATCH (s:Subject {id: $subject})-[:DECIDED]->(d:Decision {purpose: $purpose})
RETURN d.id AS id, d.purpose AS purpose, d.kind AS kind, d.decided_at AS decided_at, d.service AS service
ORDER BY decided_at DESC, id DESC
LIMIT 1
"""


async def record_decision(database: Database, subject: str, purpose: str, kind: DecisionKind, at: datetime) -> Decision:
    """Writes a subject's own decision, or returns the newest one about the purpose where it is of the same kind: it
    stands already, or an answer was lost on the way."""

    async def work(transaction: Transaction) -> Decision:
        await lock_subjects(transaction, [subject])
        decided_at = at
        for newest in await transaction.run(FIND_NEWEST_DECISION, subject=subject, purpose=purpose):
            if newest["kind"] == kind.value:
                return _decision(newest, None)
            # Clocks of two processes differ: what the person says last counts, by whichever it is the later.
            decided_at = max(at, from_text(newest["decided_at"]) + timedelta(microseconds=1))
        row = decision_row(subject, purpose, kind.value, to_text(decided_at))
        id = row["properties"]["id"]
        if not await transaction.run(FIND_DECISIONS, ids=[id]):
            await transaction.run(CREATE_DECISIONS, rows=[row])
        return Decision(id, purpose, kind, decided_at)

    return await database.write(work)


FIND_PURPOSE_DECISIONS = """
MATCH (s:Subject {id: $subject})-[:DECIDED]->(d:Decision {purpose: $purpose})
RETURN d.id AS id, d.kind AS kind, d.decided_at AS decided_at
ORDER BY decided_at, id
"""


async def decide_as_wished(
    database: Database, subject: str, purpose: str, wish: Wish, at: datetime
) -> tuple[Decision, ...]:
    """Writes, all at once, the decisions that make a subject's stand on a purpose what is wished, whatever it was; none
    where it stands already."""

    async def work(transaction: Transaction) -> tuple[Decision, ...]:
        await lock_subjects(transaction, [subject])
        earlier = await transaction.run(FIND_PURPOSE_DECISIONS, subject=subject, purpose=purpose)
        decided_at = at
        if earlier:
            # As in `record_decision`: what the person says last counts.
            decided_at = max(at, from_text(earlier[-1]["decided_at"]) + timedelta(microseconds=1))
        found = steps(stand_of(DecisionKind(each["kind"]) for each in earlier), wish)
        times = [decided_at + timedelta(microseconds=place) for place in range(len(found))]
        rows = [
            decision_row(subject, purpose, kind.value, to_text(time)) for kind, time in zip(found, times, strict=True)
        ]
        if rows:
            await transaction.run(CREATE_DECISIONS, rows=rows)
        return tuple(
            Decision(row["properties"]["id"], purpose, kind, time)
            for row, kind, time in zip(rows, found, times, strict=True)
        )

    return await database.write(work)


def _record(id: str, rows: Iterable[Sequence[Any]]) -> SubjectRecord:
    by_type: dict[str, list[Any]] = {type: [] for type in _READERS}
    for type, properties, other in rows:
        # An unknown subject comes as one row of nulls; a tombstone is a holding that was never reported as held.
        if type is not None and (type != "HAS_HOLDING" or "since" in properties):
            by_type[type].append(_READERS[type](properties, other))
    return SubjectRecord(
        id,
        holdings=tuple(sorted(by_type["HAS_HOLDING"], key=lambda each: (each.since, each.id))),
        decisions=tuple(sorted(by_type["DECIDED"], key=lambda each: (each.decided_at, each.id))),
        trusts=tuple(sorted(by_type["TRUSTS"], key=lambda each: (each.since, each.id))),
        disclosures=tuple(sorted(by_type["WAS_DISCLOSED"], key=lambda each: (each.disclosed_at, each.id))),
        accesses=tuple(sorted(by_type["WAS_ACCESSED"], key=lambda each: (each.accessed_at, each.id))),
    )


def _holding(row: Mapping[str, Any], other: str | None) -> Holding:
    return Holding(
        row["id"],
        row["service"],
        row["category"],
        from_text(row["since"]),
        find_time(row.get("last_seen")),
        find_time(row.get("until")),
        row.get("source"),
        row.get("records"),
        from_text(row["reported_at"]),
    )


def _decision(row: Mapping[str, Any], other: str | None) -> Decision:
    return Decision(
        row["id"], row["purpose"], DecisionKind(row["kind"]), from_text(row["decided_at"]), row.get("service")
    )


def _trust(row: Mapping[str, Any], other: str | None) -> Trust:
    assert other is not None, "a trust is written together with whom it is towards"
    return Trust(
        row["id"],
        other,
        tuple(row["categories"]),
        from_text(row["since"]),
        find_time(row.get("until")),
        row.get("service"),
    )


def _disclosure(row: Mapping[str, Any], other: str | None) -> DisclosureRecord:
    return DisclosureRecord(
        row["id"],
        row["service"],
        tuple(row["categories"]),
        row["recipient"],
        row.get("purpose"),
        row.get("case"),
        from_text(row["disclosed_at"]),
    )


def _access(row: Mapping[str, Any], other: str | None) -> AccessRecord:
    return AccessRecord(row["id"], row["by"], from_text(row["accessed_at"]))


_READERS: Mapping[str, Callable[[Mapping[str, Any], str | None], Any]] = {
    "HAS_HOLDING": _holding,
    "DECIDED": _decision,
    "TRUSTS": _trust,
    "WAS_DISCLOSED": _disclosure,
    "WAS_ACCESSED": _access,
}
