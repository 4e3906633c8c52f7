"""The publisher's word against what the rules say: of what a change of a draft does to people's rights, and of what
keeps it from being published."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from graph.changes import Change, Impact, ImpactAdjustment
from graph.checks.overruling import load_finding, reason_to_overrule
from graph.data_map import DataMap
from graph.errors import NotFound
from graph.impact.adjusting import checked_reason, load_change
from graph.model import Finding, FindingOverrule
from graph.store.adjustments import record_adjustment
from graph.store.comparisons import Comparison, Comparisons
from graph.store.database import Database
from graph.store.findings import check_revision
from graph.store.overrules import record_overrule
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


async def overrule_finding(
    database: Database, number: int, key: str, reason: str, *, by: str | None, at: datetime
) -> tuple[DataMap, Finding]:
    """Lets a draft be published in spite of one violation. Returns the draft, and the finding as it is overruled now.
    To overrule it anew takes the place of what was said of it before.

    `by`: as above. Raises NotFound for a revision, or a finding in it, that is not there; InvalidInput for a gap, or
    where the reason is missing or cannot be taken; Conflict for what is no draft any more.
    """
    data_map, found = await check_revision(database, number)
    finding = load_finding(found, key)
    overrule = FindingOverrule(key, reason_to_overrule(finding, reason), by, at)
    await record_overrule(database, number, overrule)
    return data_map, replace(finding, overrule=overrule)
