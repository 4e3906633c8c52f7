"""Revisions: drafted whole, published in one transaction, never edited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from graph.clauses import policy_hash
from graph.data_map import DataMap
from graph.errors import NoRevisionInForce, NotFound
from graph.map_file import map_hash
from graph.model import Policy, Revision, RevisionContent, RevisionState
from graph.store.database import Database, Transaction
from graph.store.map_elements import create_elements, load_elements
from graph.store.times import find_time, to_text

LOCK_LEDGER = """
MERGE (l:Ledger {id: "REVISIONS"})
ON CREATE SET l.last_number = 0, l.last_published = 0
SET l.locked = true
RETURN l.last_number AS last_number, l.last_published AS last_published
"""


async def lock_ledger(transaction: Transaction) -> tuple[int, int]:
    """The highest number given so far, and the last published; 0 for none. Until the transaction ends, nobody else
    drafts, publishes or withdraws: `locked` is written for the lock alone, as by `LOCK_SUBJECTS`."""
    (record,) = await transaction.run(LOCK_LEDGER)
    return record["last_number"], record["last_published"]


CREATE_REVISION = """
MATCH (l:Ledger {id: "REVISIONS"})
SET l.last_number = $number
CREATE (r:Revision)
SET r = $properties
"""


async def draft_revision(database: Database, content: RevisionContent, *, at: datetime) -> Revision:
    """Writes a draft with the next number. It is explored and checked like any other revision.

    Drafting again what is the newest revision, and a draft still, returns that: an answer may have been lost on the
    way.
    """

    async def work(transaction: Transaction) -> Revision:
        last_number, last_published = await lock_ledger(transaction)
        revision = Revision(
            number=last_number + 1,
            state=RevisionState.DRAFT,
            base=last_published,
            language=content.language,
            summary=content.summary,
            text_hash=policy_hash(content.policy.markdown),
            map_hash=map_hash(content.elements),
            drafted_at=at,
        )
        if last_number:
            newest = await load_revision_in(transaction, last_number)
            if newest == replace(revision, number=newest.number, drafted_at=newest.drafted_at):
                return newest
        properties = {
            "number": revision.number,
            "state": revision.state.value,
            "base": revision.base,
            "language": revision.language,
            "summary": revision.summary,
            "text_hash": revision.text_hash,
            "map_hash": revision.map_hash,
            "drafted_at": to_text(at),
            "markdown": content.policy.markdown,
        }
        await transaction.run(CREATE_REVISION, number=revision.number, properties=properties)
        await create_elements(transaction, revision.number, content.policy, content.elements)
        return revision

    return await database.write(work)


FIND_REVISION = """
MATCH (r:Revision {number: $number})
RETURN r.number AS number, r.state AS state, r.base AS base, r.language AS language, r.summary AS summary,
       r.text_hash AS text_hash, r.map_hash AS map_hash, r.drafted_at AS drafted_at,
       r.published_at AS published_at, r.effective_at AS effective_at,
       r.short_notice_reason AS short_notice_reason
"""


async def load_revision(database: Database, number: int) -> Revision:
    """Raises NotFound."""
    return _only(await database.read(FIND_REVISION, number=number), number)


async def load_revision_in(transaction: Transaction, number: int) -> Revision:
    return _only(await transaction.run(FIND_REVISION, number=number), number)


LIST_REVISIONS = """
MATCH (r:Revision)
WHERE r.number < $before AND r.state IN $states
RETURN r.number AS number, r.state AS state, r.base AS base, r.language AS language, r.summary AS summary,
       r.text_hash AS text_hash, r.map_hash AS map_hash, r.drafted_at AS drafted_at,
       r.published_at AS published_at, r.effective_at AS effective_at,
       r.short_notice_reason AS short_notice_reason
ORDER BY r.number DESC
LIMIT $limit
"""
HIGHEST_NUMBER = 2**31 - 1


async def list_revisions(
    database: Database, *, states: frozenset[RevisionState], limit: int, before: int = HIGHEST_NUMBER
) -> list[Revision]:
    """Newest first, those with a number below `before`, at most `limit`."""
    records = await database.read(
        LIST_REVISIONS, before=before, states=sorted(state.value for state in states), limit=limit
    )
    return [_revision(dict(record)) for record in records]


COUNT_REVISIONS = """
MATCH (r:Revision)
WHERE r.state IN $states
RETURN count(r) AS count
"""


async def count_revisions(database: Database, *, states: frozenset[RevisionState]) -> int:
    (record,) = await database.read(COUNT_REVISIONS, states=sorted(state.value for state in states))
    count: int = record["count"]
    return count


FIND_NUMBER_IN_FORCE = """
MATCH (r:Revision {state: "PUBLISHED"})
WHERE r.effective_at <= $at
RETURN max(r.number) AS number
"""
FIND_FIRST_IN_FORCE = """
MATCH (r:Revision {state: "PUBLISHED"})
RETURN min(r.effective_at) AS effective_at
"""


async def load_number_in_force(database: Database, at: datetime) -> int:
    """The number of the revision in force at a time. Numbers and times of coming into force rise together, so it is
    the highest. Raises NoRevisionInForce."""
    (record,) = await database.read(FIND_NUMBER_IN_FORCE, at=to_text(at))
    if record["number"] is None:
        raise await no_revision_in_force(database, at)
    number: int = record["number"]
    return number


async def no_revision_in_force(database: Database, at: datetime) -> NoRevisionInForce:
    """The error for a time before the first revision, which says when that came into force."""
    (record,) = await database.read(FIND_FIRST_IN_FORCE)
    first = find_time(record["effective_at"])
    if first is None:
        return NoRevisionInForce("No revision has been published yet")
    return NoRevisionInForce(f"No policy was in force on {at.date()}: the first came into force on {first.date()}")


LOAD_MARKDOWN = """
MATCH (r:Revision {number: $number})
RETURN r.markdown AS markdown
"""


async def load_data_map(database: Database, number: int) -> DataMap:
    """One revision whole, in four statements. Raises NotFound."""
    revision = await load_revision(database, number)
    (record,) = await database.read(LOAD_MARKDOWN, number=number)
    clauses, elements = await load_elements(database, number)
    return DataMap(revision, Policy(record["markdown"], clauses), elements)


def revision_not_found(number: int) -> NotFound:
    return NotFound(f"There is no revision {number}: the list of revisions shows those there are", number=number)


def _only(records: list[Any], number: int) -> Revision:
    if not records:
        raise revision_not_found(number)
    return _revision(dict(records[0]))


def _revision(row: Mapping[str, Any]) -> Revision:
    times = {name: find_time(row[name]) for name in ("drafted_at", "published_at", "effective_at")}
    return Revision(**{**row, **times, "state": RevisionState(row["state"])})
