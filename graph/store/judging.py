"""The publisher's word on what a change of a draft does to people's rights, against what the rules say."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from graph.changes import Change, Impact, ImpactAdjustment
from graph.errors import NotFound
from graph.impact.adjusting import checked_reason, load_change
from graph.store.adjustments import record_adjustment
from graph.store.comparisons import Comparison, Comparisons
from graph.store.database import Database
from graph.store.reach import find_base
from graph.store.revisions import load_revision


async def adjust_impact(
    database: Database,
    comparisons: Comparisons,
    number: int,
    key: str,
    impact: Impact,
    reason: str | None,
    *,
    by: str | None,
    at: datetime,
) -> tuple[Comparison, Change]:
    """Judges one change of a draft against the revision published last. Returns their comparison as it was, and the
    change as it is judged now. To judge it anew takes the place of what was said of it before.

    `by`: the opaque id of the member of staff, None for the command line. Raises NotFound for a revision, or a change
    of it, that is not there; InvalidInput where the reason is missing or cannot be taken; Conflict for what is no draft
    any more, or where another was published meanwhile.
    """
    revision = await load_revision(database, number)
    base = await find_base(database, revision)
    if base is None:
        raise NotFound(f"Revision {number} is the first: it changes nothing that anybody was told", number=number)
    comparison = await comparisons.load(base, number)
    change = load_change(comparison.changes, key)
    adjustment = ImpactAdjustment(key, impact, checked_reason(change, impact, reason), by, at)
    await record_adjustment(database, number, base, adjustment)
    return comparison, replace(change, adjustment=adjustment)
