"""Which of two retention rules keeps data longer. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from enum import Enum

from graph.answer import add_period
from graph.impact import rules
from graph.impact.rules import Rule
from graph.model import RetentionOutcome, RetentionPeriod, RetentionRule, RetentionStart

# A month is as long as the day on which it begins makes it: every day of a year and of a leap year is tried.
_FIRST_DAY = datetime(2027, 1, 1, tzinfo=UTC)
_DAYS = tuple(_FIRST_DAY + timedelta(days=count) for count in range(365 + 366))

#: From the earliest: data is collected, then used, then no longer held.
_STARTS = (RetentionStart.COLLECTION, RetentionStart.LAST_USE, RetentionStart.END)
#: From the strongest.
_OUTCOMES = (RetentionOutcome.ERASE, RetentionOutcome.ERASE_OR_DEPERSONALISE, RetentionOutcome.DEPERSONALISE)


class Length(Enum):
    SHORTER = -1
    SAME = 0
    LONGER = 1
    INCOMPARABLE = 2


_RULES = {
    Length.SHORTER: rules.RETENTION_SHORTER,
    Length.SAME: rules.RETENTION_SAME,
    Length.LONGER: rules.RETENTION_LONGER,
    Length.INCOMPARABLE: rules.RETENTION_INCOMPARABLE,
}


def rule_of_length(old: RetentionRule, new: RetentionRule) -> Rule:
    return _RULES[compared(old, new)]


def rule_of_outcome(old: RetentionRule, new: RetentionRule) -> Rule:
    is_weaker = _OUTCOMES.index(new.outcome) > _OUTCOMES.index(old.outcome)
    return rules.OUTCOME_WEAKER if is_weaker else rules.OUTCOME_STRONGER


def rule_of_replacement(old: RetentionRule, new: RetentionRule) -> Rule:
    """Of data that one rule was for, and then the other: that of the gravest of all that differs."""
    found = [rule_of_length(old, new)]
    if old.period is None and new.period is None and old.criterion != new.criterion:
        found.append(rules.RETENTION_INCOMPARABLE)
    if old.outcome is not new.outcome:
        found.append(rule_of_outcome(old, new))
    before, after = ({each.key for each in rule.exceptions} for rule in (old, new))
    if after - before:
        found.append(rules.EXCEPTION_ADDED)
    if before - after:
        found.append(rules.EXCEPTION_REMOVED)
    return max(found, key=lambda rule: rule.impact.rank)


def compared(old: RetentionRule, new: RetentionRule) -> Length:
    """How long data is kept by the new rule, seen from the old one: by the event that the time runs from and its
    length. LONGER where it is so for any day of beginning; INCOMPARABLE where one of the two says more and the other
    less, or where a length stands beside words, or another event that no system reports."""
    found = {_compared_starts(old.start, new.start), _compared_periods(old.period, new.period)} - {Length.SAME}
    if not found:
        return Length.SAME
    return found.pop() if len(found) == 1 else Length.INCOMPARABLE


def _compared_starts(old: RetentionStart, new: RetentionStart) -> Length:
    if old is new:
        return Length.SAME
    if RetentionStart.UNREPORTED in (old, new):
        return Length.INCOMPARABLE
    return Length.LONGER if _STARTS.index(new) > _STARTS.index(old) else Length.SHORTER


def _compared_periods(old: RetentionPeriod | None, new: RetentionPeriod | None) -> Length:
    if old == new:
        return Length.SAME
    if old is None or new is None:
        return Length.INCOMPARABLE
    ends = [(_end(day, old), _end(day, new)) for day in _DAYS]
    if any(after > before for before, after in ends):
        return Length.LONGER
    return Length.SHORTER if any(after < before for before, after in ends) else Length.SAME


def _end(day: datetime, period: RetentionPeriod) -> datetime:
    end = add_period(day, period)
    assert end is not None, "a period of a map ends long before the year 9999"
    return end
