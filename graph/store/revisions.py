"""Revisions: drafted whole, published in one transaction, never edited."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from graph.clauses import policy_hash
from graph.data_map import DataMap
from graph.errors import Conflict, InvalidTime, NoRevisionInForce, NotFound, NothingChanged
from graph.map_file import map_hash
from graph.model import Policy, Revision, RevisionContent, RevisionState
from graph.store.database import Database, Transaction
from graph.store.map_elements import create_elements, load_elements
from graph.store.times import find_time, to_text

#: Until how long before it comes into force a revision can be withdrawn: more than the clocks of two processes differ,
#: so that no process has kept it in memory by then.
WITHDRAWAL_MARGIN = timedelta(minutes=1)

#: A time that is known, or the clock to read it from once the transaction has its turn, for which it may wait long.
Moment: TypeAlias = datetime | Callable[[], datetime]

LOCK_LEDGER = """
MERGE (l:Ledger {id: "REVISIONS"})
ON CREATE SET l.last_number = 0, l.last_published = 0
SET l.locked = true
RETURN l.last_number AS last_number, l.last_published AS last_published
"""


async def _lock_ledger(transaction: Transaction) -> tuple[int, int]:
    """The highest number given so far, and the last published; 0 for none. Until the transaction ends, nobody else
    drafts, publishes or withdraws: `locked` is written for the lock alone, as by `LOCK_SUBJECTS`."""
    (record,) = await transaction.run(LOCK_LEDGER)
    return record["last_number"], record["last_published"]


def _read(moment: Moment) -> datetime:
    return moment if isinstance(moment, datetime) else moment()


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
        last_number, last_published = await _lock_ledger(transaction)
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
            newest = await _load_in(transaction, last_number)
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


PUBLISH_REVISION = """
MATCH (l:Ledger {id: "REVISIONS"})
MATCH (r:Revision {number: $number})
SET l.last_published = $number, r.state = "PUBLISHED", r.base = $base, r.published_at = $at,
    r.effective_at = $effective_at
"""


async def publish_revision(
    database: Database, number: int, *, expected: int, effective_at: datetime, at: Moment
) -> Revision:
    """Publishes a draft `at` a moment, if the last published revision is still the one `expected` (0 for none).

    Publishing again what this very call published before returns it: an answer may have been lost on the way.
    Raises NotFound; Conflict if another was published meanwhile, or the number is not a draft; NothingChanged if text
    and map are those of the last published one; InvalidTime unless it comes into force after the last published one.
    Nothing is written then.
    """

    async def work(transaction: Transaction) -> Revision:
        _, last_published = await _lock_ledger(transaction)
        draft = await _load_in(transaction, number)
        if draft.state is RevisionState.PUBLISHED and (draft.base, draft.effective_at) == (expected, effective_at):
            return draft
        _require_draft(draft)
        if last_published != expected:
            way_out = (
                "and draft it again" if number < last_published else "then publish it expecting that, or draft it again"
            )
            raise Conflict(
                f"Revision {last_published} was published meanwhile, where {expected} was expected; draft {number} is "
                f"kept: compare it with revision {last_published}, {way_out}",
                number=number,
                expected=expected,
                actual=last_published,
            )
        if last_published:
            _require_successor(draft, await _load_in(transaction, last_published), effective_at)
        await transaction.run(
            PUBLISH_REVISION, number=number, base=expected, at=to_text(_read(at)), effective_at=to_text(effective_at)
        )
        return await _load_in(transaction, number)

    return await database.write(work)


def _require_draft(revision: Revision) -> None:
    if revision.state is not RevisionState.DRAFT:
        raise Conflict(
            f"Revision {revision.number} is {revision.state.value.lower()} already: only a draft can be published",
            number=revision.number,
        )


def _require_successor(draft: Revision, last: Revision, effective_at: datetime) -> None:
    if (draft.text_hash, draft.map_hash) == (last.text_hash, last.map_hash):
        raise NothingChanged(
            f"Nothing changed: draft {draft.number} has the text and the map of revision {last.number}",
            number=draft.number,
            same_as=last.number,
        )
    if draft.number < last.number:
        raise Conflict(
            f"Draft {draft.number} is older than revision {last.number}, which is published; the draft is kept: "
            "draft it again to publish it after that one",
            number=draft.number,
            actual=last.number,
        )
    if last.effective_at is not None and effective_at <= last.effective_at:
        raise InvalidTime(
            f"Revision {draft.number} cannot come into force on {effective_at:%Y-%m-%d %H:%M} UTC: revision "
            f"{last.number} does on {last.effective_at:%Y-%m-%d %H:%M} UTC; choose a later time, or withdraw that one "
            "if it is not in force yet",
            number=draft.number,
            last=last.number,
        )


WITHDRAW_REVISION = """
MATCH (r:Revision {number: $number})
SET r.state = "WITHDRAWN"
"""
RESET_LEDGER = """
MATCH (l:Ledger {id: "REVISIONS"})
OPTIONAL MATCH (r:Revision {state: "PUBLISHED"})
WITH l, max(r.number) AS last_published
SET l.last_published = coalesce(last_published, 0)
"""


async def withdraw_revision(database: Database, number: int, *, at: Moment) -> Revision:
    """Takes back a draft, or a published revision that comes into force more than `WITHDRAWAL_MARGIN` from now.

    `at`: the clock; a known time only for what can be nothing but a draft. Raises NotFound, Conflict.
    """

    async def work(transaction: Transaction) -> Revision:
        await _lock_ledger(transaction)
        revision = await _load_in(transaction, number)
        if revision.state is RevisionState.WITHDRAWN:
            return revision
        if revision.effective_at is not None:
            _require_to_come(revision, revision.effective_at, _read(at))
        await transaction.run(WITHDRAW_REVISION, number=number)
        await transaction.run(RESET_LEDGER)
        return await _load_in(transaction, number)

    return await database.write(work)


def _require_to_come(revision: Revision, effective_at: datetime, now: datetime) -> None:
    if effective_at <= now:
        raise Conflict(
            f"Revision {revision.number} has been in force since {effective_at:%Y-%m-%d}: publish another instead",
            number=revision.number,
        )
    if effective_at <= now + WITHDRAWAL_MARGIN:
        seconds = WITHDRAWAL_MARGIN.total_seconds()
        raise Conflict(
            f"Revision {revision.number} comes into force on {effective_at:%Y-%m-%d %H:%M} UTC, which is too soon to "
            f"withdraw it: that is possible until {seconds:g} seconds before; publish another instead",
            number=revision.number,
        )


FIND_REVISION = """
MATCH (r:Revision {number: $number})
RETURN r.number AS number, r.state AS state, r.base AS base, r.language AS language, r.summary AS summary,
       r.text_hash AS text_hash, r.map_hash AS map_hash, r.drafted_at AS drafted_at,
       r.published_at AS published_at, r.effective_at AS effective_at
"""


async def load_revision(database: Database, number: int) -> Revision:
    """Raises NotFound."""
    return _only(await database.read(FIND_REVISION, number=number), number)


async def _load_in(transaction: Transaction, number: int) -> Revision:
    return _only(await transaction.run(FIND_REVISION, number=number), number)


LIST_REVISIONS = """
MATCH (r:Revision)
WHERE r.number < $before AND r.state IN $states
RETURN r.number AS number, r.state AS state, r.base AS base, r.language AS language, r.summary AS summary,
       r.text_hash AS text_hash, r.map_hash AS map_hash, r.drafted_at AS drafted_at,
       r.published_at AS published_at, r.effective_at AS effective_at
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
