"""What the publisher may judge otherwise than the rules. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from graph.changes import Change, Impact, ImpactAdjustment
from graph.errors import QUOTED_AT_MOST, InvalidInput, NotFound, quoted
from graph.reasons import read_reason

_NEAR_KEYS = 3


def adjusted(changes: Sequence[Change], adjustments: Iterable[ImpactAdjustment]) -> tuple[Change, ...]:
    """The changes in their order, each with the adjustment of it, if there is one."""
    found = {each.change: each for each in adjustments}
    return tuple(replace(each, adjustment=found[each.key]) if each.key in found else each for each in changes)


def load_change(changes: Sequence[Change], key: str) -> Change:
    """The change with a key. Raises NotFound, with the keys that are most like it, and `change` among its ids."""
    found = next((each for each in changes if each.key == key), None)
    if found is None:
        near = process.extract(key, [each.key for each in changes], scorer=fuzz.ratio, limit=_NEAR_KEYS)
        way_out = f"the nearest are {', '.join(quoted(each) for each, *_ in near)}" if near else "nothing changed"
        raise NotFound(f"There is no change {quoted(key)}: {way_out}", change=key[:QUOTED_AT_MOST])
    return found


def checked_reason(change: Change, impact: Impact, reason: str | None) -> str | None:
    """The reason for judging a change otherwise, without white space around it; None for none.

    Raises InvalidInput where the impact would be lower than the rule's without a reason, and for one that is too long
    or no text.
    """
    said = read_reason(reason)
    if said is None and impact.rank < change.judged.rank:
        raise InvalidInput(
            f"{quoted(change.key)} has the impact {change.judged.value} by the rule {change.rule}: say why it is "
            f"{impact.value}, in a reason that stays with the revision"
        )
    return said
