"""Which of two retention rules keeps data longer."""

from __future__ import annotations

import pytest

from graph.impact.retention import Length, compared, rule_of_replacement
from graph.model import RetentionException, RetentionOutcome, RetentionPeriod, RetentionStart
from tests.builders import a_retention_rule

P = RetentionPeriod
COLLECTION, LAST_USE, END, UNREPORTED = RetentionStart


@pytest.mark.parametrize(
    ("old", "new", "length"),
    [
        (P(months=12), P(years=1), Length.SAME),
        (P(days=7), P(days=7), Length.SAME),
        (None, None, Length.SAME),
        (P(months=6), P(months=7), Length.LONGER),
        (P(months=7), P(months=6), Length.SHORTER),
        # A year has 366 days now and then, and a month 28 to 31.
        (P(days=365), P(years=1), Length.LONGER),
        (P(years=1), P(days=365), Length.SHORTER),
        (P(years=1), P(days=366), Length.LONGER),
        (P(months=1), P(days=30), Length.LONGER),
        (P(months=1), P(days=28), Length.SHORTER),
        (P(months=1), P(days=31), Length.LONGER),
        (P(days=31), P(months=1), Length.SHORTER),
        (None, P(days=1), Length.INCOMPARABLE),
        (P(days=1), None, Length.INCOMPARABLE),
    ],
)
def test_lengths_of_time_are_compared_on_every_day(old: P | None, new: P | None, length: Length) -> None:
    assert compared(a_retention_rule(period=old), a_retention_rule(period=new)) is length


@pytest.mark.parametrize(
    ("old", "new", "length"),
    [
        (COLLECTION, LAST_USE, Length.LONGER),
        (LAST_USE, END, Length.LONGER),
        (END, COLLECTION, Length.SHORTER),
        (UNREPORTED, UNREPORTED, Length.SAME),
        (UNREPORTED, COLLECTION, Length.INCOMPARABLE),
        (END, UNREPORTED, Length.INCOMPARABLE),
    ],
)
def test_a_later_event_keeps_data_longer(old: RetentionStart, new: RetentionStart, length: Length) -> None:
    assert compared(a_retention_rule(start=old), a_retention_rule(start=new)) is length


def test_what_is_longer_and_shorter_at_once_cannot_be_compared() -> None:
    old = a_retention_rule(start=COLLECTION, period=P(months=6))
    assert compared(old, a_retention_rule(start=END, period=P(months=5))) is Length.INCOMPARABLE
    assert compared(old, a_retention_rule(start=END, period=P(months=7))) is Length.LONGER


def test_of_two_rules_the_gravest_difference_counts() -> None:
    old = a_retention_rule("old", period=P(months=6), outcome=RetentionOutcome.ERASE)

    def rule(**over: object) -> str:
        return rule_of_replacement(old, a_retention_rule("new", **{"period": P(months=6), **over})).name

    assert rule() == "retention-same"
    assert rule(criterion="in other words") == "retention-same"
    assert rule(period=P(months=5)) == "retention-shorter"
    assert rule(period=P(months=5), outcome=RetentionOutcome.DEPERSONALISE) == "retention-outcome-weaker"
    assert rule(period=P(months=5), exceptions=(RetentionException("law", "Law"),)) == "retention-exception-added"
    in_words = a_retention_rule("old", period=None)
    other = a_retention_rule("new", period=None, criterion="as long as we like")
    assert rule_of_replacement(in_words, other).name == "retention-incomparable"
