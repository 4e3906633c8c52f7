"""What follows from a report for what is known: whatever the order, however often."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.holdings import (
    GoneReport,
    HoldingReport,
    Outcome,
    Register,
    apply,
    closed_id,
    record_id,
    register_id,
)
from tests.builders import A_DAY

Report = HoldingReport | GoneReport


def day(number: float) -> datetime:
    return A_DAY + timedelta(days=number)


def held(since: float, until: float | None = None, *, at: float, records: int | None = None) -> HoldingReport:
    end = None if until is None else day(until)
    return HoldingReport("ann", "billing", "email", day(since), None, end, None, records, day(at))


def gone(at: float, *, known: float | None = None) -> GoneReport:
    return GoneReport("ann", "billing", "email", day(at), day(at if known is None else known))


def told(reports: Iterable[Report]) -> tuple[Register, dict[str, Register], list[Outcome]]:
    """The register after the reports, the periods that they closed by id, and what each report did."""
    register, closed, outcomes = Register(), dict[str, Register](), list[Outcome]()
    for report in reports:
        step = apply(register, report)
        register = step.register
        outcomes.append(step.outcome)
        if step.closed is not None:
            closed[closed_id(step.closed)] = step.closed
    return register, closed, outcomes


class TestSteps:
    def test_the_first_report_is_what_is_known(self) -> None:
        assert told([held(0, at=0)]) == (Register(held(0, at=0)), {}, [Outcome.CHANGED])
        assert told([gone(0)]) == (Register(gone=gone(0)), {}, [Outcome.CHANGED])

    def test_a_newer_report_replaces_it_whole(self) -> None:
        assert told([held(0, 5, at=1, records=1), held(1, at=2)])[0] == Register(held(1, at=2))

    def test_an_older_report_changes_nothing(self) -> None:
        newest = held(0, at=5)
        assert told([newest, held(1, at=4), gone(4), gone(2, known=3)]) == (
            Register(newest),
            {},
            [Outcome.CHANGED, Outcome.OLDER, Outcome.OLDER, Outcome.OLDER],
        )

    def test_the_same_report_says_nothing_new(self) -> None:
        assert told([held(0, at=0), held(0, at=0)])[2] == [Outcome.CHANGED, Outcome.UNCHANGED]
        assert told([gone(0), gone(0)])[2] == [Outcome.CHANGED, Outcome.UNCHANGED]

    def test_of_one_time_the_report_that_comes_later_counts(self) -> None:
        first, second = held(0, at=1, records=1), held(0, at=1, records=2)
        assert told([first, second])[0] == Register(second)
        assert told([second, first])[0] == Register(first)

    def test_gone_and_held_of_one_time_are_both_kept(self) -> None:
        both = Register(held(0, at=3), gone(3))
        assert told([held(0, at=3), gone(3)])[0] == both
        assert told([gone(3), held(0, at=3)])[0] == both

    def test_held_again_forgets_that_it_was_gone(self) -> None:
        assert told([gone(3), held(5, at=5)])[0] == Register(held(5, at=5))

    def test_gone_is_kept_beside_what_was_held_before(self) -> None:
        assert told([gone(3), held(0, at=0)])[0] == Register(held(0, at=0), gone(3))


class TestUntil:
    @pytest.mark.parametrize(
        ("reports", "until"),
        [
            ([held(0, at=0)], None),
            ([held(0, 9, at=0)], 9),
            ([gone(4)], 4),
            ([held(0, at=0), gone(4)], 4),
            ([held(0, 9, at=0), gone(4)], 4),
            ([held(0, 3, at=0), gone(4)], 3),
            # Gone before it began: it was never held, and ends when it begins.
            ([held(5, at=5), gone(4, known=6)], 5),
            ([held(5, 9, at=5), gone(4, known=6)], 5),
        ],
    )
    def test_is_the_earliest_end_that_is_known(self, reports: Sequence[Report], until: float | None) -> None:
        assert told(reports)[0].until == (None if until is None else day(until))


class TestPeriods:
    @pytest.mark.parametrize(
        ("before", "again"),
        [
            ([held(0, 3, at=0)], held(3, at=3)),
            ([held(0, 3, at=0)], held(5, at=5)),
            ([held(0, at=0), gone(3)], held(3, at=4)),
            ([held(0, 9, at=0), gone(3)], held(5, at=5)),
        ],
    )
    def test_beginning_again_closes_the_period_before(self, before: Sequence[Report], again: HoldingReport) -> None:
        ended, _, _ = told(before)
        register, closed, _ = told([*before, again])
        assert register == Register(again)
        assert list(closed.values()) == [ended]
        assert ended.until == day(3)

    @pytest.mark.parametrize(
        ("before", "correction"),
        [
            ([held(0, at=0)], held(5, at=5)),
            ([held(0, 6, at=0)], held(5, at=5)),
            ([held(0, 3, at=0)], held(0, 4, at=5)),
            ([held(5, at=5), gone(4, known=6)], held(7, at=7)),
            ([gone(3)], held(5, at=5)),
        ],
        ids=["no end", "ends later", "another end", "was never held", "never reported as held"],
    )
    def test_anything_else_is_a_correction(self, before: Sequence[Report], correction: HoldingReport) -> None:
        register, closed, _ = told([*before, correction])
        assert register == Register(correction)
        assert closed == {}

    def test_the_order_of_two_reports_of_one_time_closes_nothing(self) -> None:
        """Sent again, they come in the other order too: that must not make a period that was not there before."""
        first, second = held(0, 1, at=5), held(2, 3, at=5)
        assert told([first, second, first, second])[1] == {}


def _reports(at: st.SearchStrategy[int]) -> st.SearchStrategy[Report]:
    days = st.integers(0, 6)
    return st.builds(
        lambda since, length, known, records: held(
            since, None if length is None else since + length, at=known, records=records
        ),
        days,
        st.none() | st.integers(0, 3),
        at,
        st.integers(0, 2),
    ) | st.builds(lambda when, known: gone(when, known=known), days, at)


@st.composite
def _at_distinct_times(draw: st.DrawFn) -> list[Report]:
    times = draw(st.lists(st.integers(0, 20), max_size=7, unique=True))
    return [draw(_reports(st.just(time))) for time in times]


ANY_TIME = st.lists(_reports(st.integers(0, 3)), max_size=7)


class TestAnyOrder:
    @given(data=st.data())
    def test_reports_of_distinct_times_leave_the_same_register(self, data: st.DataObject) -> None:
        reports = data.draw(_at_distinct_times())
        shuffled = data.draw(st.permutations(reports))
        assert told(shuffled)[0] == told(sorted(reports, key=lambda each: each.reported_at))[0]

    @given(reports=ANY_TIME)
    def test_all_of_them_again_change_nothing(self, reports: list[Report]) -> None:
        """Invariant 10."""
        once_register, once_closed, _ = told(reports)
        register, closed, _ = told([*reports, *reports])
        assert (register, closed) == (once_register, once_closed)

    @given(reports=_at_distinct_times())
    def test_a_late_older_one_never_undoes_a_newer(self, reports: list[Report]) -> None:
        ordered = sorted(reports, key=lambda each: each.reported_at)
        register, closed, _ = told(ordered)
        for late in ordered[:-1]:
            step = apply(register, late)
            assert (step.register, step.closed) == (register, None)
            assert step.outcome is not Outcome.CHANGED
        assert told([*ordered, *ordered[:-1]])[:2] == (register, closed)

    @given(reports=ANY_TIME)
    def test_every_period_ends_before_or_when_the_next_begins(self, reports: list[Report]) -> None:
        register = Register()
        for report in reports:
            step = apply(register, report)
            if step.closed is not None:
                assert step.closed == register
                assert step.closed.held is not None
                assert step.closed.until is not None
                assert step.register.held is not None
                assert step.closed.held.since < step.closed.until <= step.register.held.since
            register = step.register

    @given(reports=ANY_TIME)
    def test_what_a_report_did_is_what_it_says(self, reports: list[Report]) -> None:
        register = Register()
        for report in reports:
            step = apply(register, report)
            assert (step.register == register) == (step.outcome is not Outcome.CHANGED)
            register = step.register


class TestIds:
    def test_a_register_has_one_id_whatever_is_reported(self) -> None:
        assert register_id(held(0, at=0)) == register_id(held(5, 9, at=7)) == register_id(gone(3))
        assert register_id(held(0, at=0)) == record_id("ann", "billing", "email")

    def test_a_closed_period_has_another_by_when_it_began(self) -> None:
        ids = {closed_id(Register(held(since, at=5))) for since in (0, 1, 2)} | {register_id(held(0, at=0))}
        assert len(ids) == 4
        assert closed_id(Register(held(0, 3, at=5), gone(2))) == closed_id(Register(held(0, at=9)))

    @given(
        parts=st.lists(st.text(max_size=4), max_size=4),
        others=st.lists(st.text(max_size=4), max_size=4),
    )
    def test_different_parts_have_different_ids(self, parts: list[str], others: list[str]) -> None:
        assert (record_id(*parts) == record_id(*others)) == (parts == others)

    def test_where_one_part_ends_matters(self) -> None:
        assert len({record_id("ab", "c"), record_id("a", "bc"), record_id("abc"), record_id("1:a", "b")}) == 4

    def test_an_id_is_128_bits_in_hexadecimal(self) -> None:
        assert len(record_id("a")) == 32
        assert int(record_id("a"), 16) < 2**128
