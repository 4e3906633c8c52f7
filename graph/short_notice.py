"""How long before it comes into force a revision is published that touches people's rights directly. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta

from graph.changes import Change, Impact, notifying
from graph.errors import ShortNotice, quoted


def is_short(effective_at: datetime, at: datetime, required_days: int) -> bool:
    """Whether less than so many days lie between a publication `at` a time and the coming into force; 0: never."""
    return required_days > 0 and effective_at - at < timedelta(days=required_days)


def require_notice(
    number: int,
    changes: Sequence[Change],
    *,
    effective_at: datetime,
    at: datetime,
    required_days: int,
    reason: str | None,
) -> None:
    """Raises ShortNotice where revision `number`, published `at` a time with these changes as they are judged, touches
    somebody's rights directly and comes into force less than so many days later, for no `reason`."""
    if reason is not None or not is_short(effective_at, at, required_days):
        return
    direct = [change for change in notifying(tuple(changes)) if change.impact is Impact.DIRECT]
    if not direct:
        return
    days = max((effective_at - at).days, 0)
    earliest = _start_of_day(at + timedelta(days=required_days))
    counted = "1 change does" if len(direct) == 1 else f"{len(direct)} changes do"
    raise ShortNotice(
        f"Revision {number} would come into force {_days(days)} after its publication, where {_days(required_days)} "
        f"are asked for of what touches people's rights directly, as {counted} (the first: {quoted(direct[0].key)}): "
        f"choose {earliest:%Y-%m-%d} or later, or give a reason, which stays with the revision",
        number=number,
        days=days,
        required_days=required_days,
        earliest=earliest,
    )


def _start_of_day(moment: datetime) -> datetime:
    """The first start of a day, UTC, that is not before a moment: one that is still good a little later."""
    start = datetime.combine(moment.astimezone(UTC), time(), UTC)
    return start if start == moment else start + timedelta(days=1)


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
