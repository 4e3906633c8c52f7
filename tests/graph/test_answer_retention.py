"""How long a holding is kept: dates in calendar units, from the event that the rule names."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from graph.answer import SubjectAnswer, add_period, ends_at
from graph.data_map import DataMap
from graph.model import RetentionPeriod, RetentionStart
from tests.builders import (
    A_DAY,
    a_holding,
    a_map,
    a_policy,
    a_processing,
    a_purpose,
    a_retention_rule,
    a_revision,
    a_subject,
)

NOW = A_DAY + timedelta(days=30)


def day(number: int) -> datetime:
    return A_DAY + timedelta(days=number)


class TestRetention:
    @pytest.mark.parametrize(
        ("start", "period", "end"),
        [
            # Months and years are those of the calendar; a day that the month lacks becomes its last.
            ("2026-01-31", RetentionPeriod(months=1), "2026-02-28"),
            ("2028-01-31", RetentionPeriod(months=1), "2028-02-29"),
            ("2026-01-30", RetentionPeriod(months=1), "2026-02-28"),
            ("2026-03-31", RetentionPeriod(months=1), "2026-04-30"),
            ("2026-12-31", RetentionPeriod(months=2), "2027-02-28"),
            ("2026-01-31", RetentionPeriod(months=13), "2027-02-28"),
            ("2028-02-29", RetentionPeriod(years=1), "2029-02-28"),
            ("2028-02-29", RetentionPeriod(years=4), "2032-02-29"),
            ("2096-02-29", RetentionPeriod(years=4), "2100-02-28"),
            ("1996-02-29", RetentionPeriod(years=4), "2000-02-29"),
            # Years, then months, then days; the day is made to fit once, after the months.
            ("2028-02-29", RetentionPeriod(years=1, months=12), "2030-02-28"),
            ("2027-01-31", RetentionPeriod(years=1, months=1), "2028-02-29"),
            ("2026-01-31", RetentionPeriod(months=1, days=1), "2026-03-01"),
            ("2026-01-31", RetentionPeriod(days=1), "2026-02-01"),
            ("2028-02-28", RetentionPeriod(days=2), "2028-03-01"),
            ("2026-05-15", RetentionPeriod(), "2026-05-15"),
            ("2026-12-15", RetentionPeriod(months=1), "2027-01-15"),
            ("2026-01-15", RetentionPeriod(months=11), "2026-12-15"),
            ("2026-01-15", RetentionPeriod(months=24), "2028-01-15"),
            # The calendar ends with the year 9999.
            ("9998-12-31", RetentionPeriod(years=1), "9999-12-31"),
            ("9999-11-30", RetentionPeriod(months=1, days=1), "9999-12-31"),
            ("9999-12-31", RetentionPeriod(days=1), None),
            ("9999-01-01", RetentionPeriod(months=12), None),
            ("9999-01-01", RetentionPeriod(years=1), None),
            ("2026-01-01", RetentionPeriod(years=100_000), None),
            ("2026-01-01", RetentionPeriod(days=999_999_999), None),
            ("2026-01-01", RetentionPeriod(days=10**10), None),
        ],
    )
    def test_a_period_is_added_in_calendar_units(self, start: str, period: RetentionPeriod, end: str | None) -> None:
        clock = "T13:14:15.000016+00:00"
        added = add_period(datetime.fromisoformat(start + clock), period)
        assert (added and added.isoformat()) == (end and end + clock)

    @pytest.mark.parametrize(
        ("start", "begins"),
        [
            (RetentionStart.COLLECTION, day(1)),
            (RetentionStart.LAST_USE, day(2)),
            (RetentionStart.END, day(3)),
            (RetentionStart.UNREPORTED, None),
        ],
    )
    def test_it_runs_from_the_event_of_the_rule(self, start: RetentionStart, begins: datetime | None) -> None:
        holding = a_holding(since=day(1), last_seen=day(2), until=day(3))
        rule = a_retention_rule(start=start, period=RetentionPeriod(days=10))
        assert ends_at(rule, holding) == (begins and begins + timedelta(days=10))

    @pytest.mark.parametrize("start", [RetentionStart.LAST_USE, RetentionStart.END])
    def test_there_is_no_date_before_the_event(self, start: RetentionStart) -> None:
        rule = a_retention_rule(start=start, period=RetentionPeriod(days=10))
        assert ends_at(rule, a_holding(last_seen=None, until=None)) is None

    @pytest.mark.parametrize("start", RetentionStart)
    def test_there_is_no_date_where_the_policy_states_no_length(self, start: RetentionStart) -> None:
        assert ends_at(a_retention_rule(start=start, period=None), a_holding(last_seen=NOW, until=NOW)) is None

    def test_each_rule_is_there_once_with_the_purposes_that_keep_it(self) -> None:
        short = a_retention_rule("short", start=RetentionStart.COLLECTION, period=RetentionPeriod(days=1))
        elements = a_map(
            purposes=(a_purpose(), a_purpose("tax")),
            retention_rules=(a_retention_rule(), short),
            processings=(
                a_processing("a", retention="short"),
                a_processing("b", retention="half-a-year"),
                a_processing("c", retention="short", purpose="tax"),
                a_processing("d", retention="short"),
            ),
        )
        [row] = SubjectAnswer(a_subject(), DataMap(a_revision(), a_policy(), elements), NOW).holdings
        assert [(each.rule.key, each.ends_at, each.purposes) for each in row.retention] == [
            ("short", day(1), ("delivery", "tax")),
            ("half-a-year", None, ("delivery",)),
        ]
