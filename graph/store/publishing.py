"""Publishing and withdrawing: one transaction each, which leaves the telling of people to be done behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from graph.changes import Change
from graph.checks import RULES
from graph.checks.overruling import is_standing, overruled, require_overruled
from graph.checks.rule import Rule
from graph.errors import Conflict, InvalidTime, NothingChanged
from graph.impact.adjusting import adjusted
from graph.model import Revision, RevisionState
from graph.notices import NoticeKind
from graph.reasons import read_reason
from graph.short_notice import is_short, require_notice
from graph.store.adjustments import list_adjustments_in
from graph.store.comparisons import Comparisons
from graph.store.database import Database, Transaction
from graph.store.fan_outs import create_fan_out, find_fan_outs_in, stop_fan_out
from graph.store.findings import check_revision
from graph.store.overrules import list_overrules_in
from graph.store.revisions import load_revision_in, lock_ledger
from graph.store.times import to_text

#: Until how long before it comes into force a revision can be withdrawn: more than the clocks of two processes differ,
#: so that no process has kept it in memory by then.
WITHDRAWAL_MARGIN = timedelta(minutes=1)

#: A time that is known, or the clock to read it from once the transaction has its turn, for which it may wait long.
Moment: TypeAlias = datetime | Callable[[], datetime]


def _read(moment: Moment) -> datetime:
    return moment if isinstance(moment, datetime) else moment()


@dataclass(frozen=True, slots=True)
class NoticePeriod:
    """How many `days` before it comes into force a revision is published that touches people's rights directly, 0 for
    any; and what tells whether one does."""

    days: int
    comparisons: Comparisons


class _NotCompared(Exception):
    """Whether the draft may be published depends on what it changes, which is not known yet."""


PUBLISH_REVISION = """
MATCH (l:Ledger {id: "REVISIONS"})
MATCH (r:Revision {number: $number})
SET l.last_published = $number, r.state = "PUBLISHED", r.base = $base, r.published_at = $at,
    r.effective_at = $effective_at, r.short_notice_reason = $reason
"""


async def publish_revision(
    database: Database,
    number: int,
    *,
    expected: int,
    effective_at: datetime | None,
    at: Moment,
    notice: NoticePeriod | None = None,
    reason: str | None = None,
    rules: Sequence[Rule] = RULES,
) -> Revision:
    """Publishes a draft `at` a moment, if the last published revision is still the one `expected` (0 for none).

    `effective_at`: when it comes into force; None for the moment at which it is published.
    `notice`: how long before it comes into force; None for any time. With less, and changes from that revision that
    touch somebody's rights directly as they are judged now, it takes a `reason`, which stays with the revision.
    `rules`: of the checks. A violation that they find keeps the draft from being published until it is overruled.

    Publishing again what this very call published before returns it: an answer may have been lost on the way.
    Raises NotFound; Conflict if another was published meanwhile, or the number is not a draft; NothingChanged if text
    and map are those of the last published one; InvalidTime unless it comes into force after the last published one;
    ViolationsNotOverruled; ShortNotice; InvalidInput for a reason that cannot be taken. Nothing is written then.
    """
    said = read_reason(reason)
    changes: tuple[Change, ...] | None = None
    # Outside of the transaction, so that nobody waits for it: what a draft says never changes.
    found = (await check_revision(database, number, rules))[1] if rules else ()

    async def work(transaction: Transaction) -> Revision:
        _, last_published = await lock_ledger(transaction)
        draft = await load_revision_in(transaction, number)
        asked = (expected, draft.published_at if effective_at is None else effective_at, said)
        if (
            draft.state is RevisionState.PUBLISHED
            and (draft.base, draft.effective_at, draft.short_notice_reason) == asked
        ):
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
        now = _read(at)
        holds_from = now if effective_at is None else effective_at
        if last_published:
            _require_successor(draft, await load_revision_in(transaction, last_published), holds_from)
        if any(map(is_standing, found)):
            # Nobody overrules while the ledger is locked.
            require_overruled(number, overruled(found, await list_overrules_in(transaction, number)))
        if last_published and notice is not None and said is None and is_short(holds_from, now, notice.days):
            if changes is None:
                raise _NotCompared
            # Nobody judges while the ledger is locked: they are published as they are judged here.
            adjustments = await list_adjustments_in(transaction, number, last_published)
            require_notice(
                number,
                adjusted(changes, adjustments),
                effective_at=holds_from,
                at=now,
                required_days=notice.days,
                reason=said,
            )
        await transaction.run(
            PUBLISH_REVISION,
            number=number,
            base=expected,
            at=to_text(now),
            effective_at=to_text(holds_from),
            reason=said,
        )
        if last_published:
            await create_fan_out(transaction, number, NoticeKind.REVISION, now)
        return await load_revision_in(transaction, number)

    try:
        return await database.write(work)
    except _NotCompared:
        assert notice is not None
        # Outside of the transaction as well: what it compares never changes.
        changes = (await notice.comparisons.load(expected, number)).changes
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
        _, last_published = await lock_ledger(transaction)
        revision = await load_revision_in(transaction, number)
        if revision.state is RevisionState.WITHDRAWN:
            return revision
        if revision.effective_at is not None:
            now = _read(at)
            _require_to_come(revision, revision.effective_at, now)
            if number != last_published:
                # The later one holds what this one changes, and people were told of it against this one.
                raise Conflict(
                    f"Revision {last_published} was published after revision {number}, and holds what that changes: "
                    f"withdraw revision {last_published} first, or publish another instead",
                    number=number,
                    actual=last_published,
                )
            await _tell_of_withdrawal(transaction, number, now)
        await transaction.run(WITHDRAW_REVISION, number=number)
        await transaction.run(RESET_LEDGER)
        return await load_revision_in(transaction, number)

    return await database.write(work)


async def _tell_of_withdrawal(transaction: Transaction, number: int, at: datetime) -> None:
    """Whoever was not told yet will not be; whoever was, is told of this."""
    if await find_fan_outs_in(transaction, number):
        await stop_fan_out(transaction, number, at)
        await create_fan_out(transaction, number, NoticeKind.WITHDRAWAL, at)


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
