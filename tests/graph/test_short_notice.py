"""How long before it comes into force a revision is published, by what its changes do and whom they touch."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest

from graph.changes import EVERYONE, NOBODY, Change, ElementAdded, Impact, ImpactAdjustment, Place, Touch
from graph.errors import ShortNotice
from graph.short_notice import is_short, require_notice
from tests.builders import a_recipient

AT = datetime(2026, 12, 2, 9, 30, tzinfo=UTC)
SOME = Touch(places=frozenset({Place("shop", "email")}))
SECOND = timedelta(seconds=1)


def a_change(judged: Impact = Impact.DIRECT, touch: Touch = SOME, *, adjusted: Impact | None = None) -> Change:
    key = "recipient/host/added"
    adjustment = None if adjusted is None else ImpactAdjustment(key, adjusted, "Because.", None, AT)
    return Change(key, ElementAdded(a_recipient("host")), judged, "recipient-added", touch, adjustment=adjustment)


def require(
    changes: Sequence[Change],
    after: timedelta = timedelta(days=3),
    *,
    required_days: int = 30,
    reason: str | None = None,
) -> None:
    require_notice(2, changes, effective_at=AT + after, at=AT, required_days=required_days, reason=reason)


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (timedelta(days=30) - SECOND, 29),
        (timedelta(days=3, hours=23), 3),
        (timedelta(days=1), 1),
        (timedelta(hours=23), 0),
        (-timedelta(days=400), 0),
    ],
)
def test_less_is_refused_with_what_there_is_and_what_is_asked_for(after: timedelta, days: int) -> None:
    with pytest.raises(ShortNotice) as refused:
        require([a_change()], after)
    error = refused.value
    assert (error.code, error.ids, error.days, error.required_days) == ("SHORT_NOTICE", {"number": 2}, days, 30)
    assert error.earliest == datetime(2027, 1, 2, tzinfo=UTC)


def test_the_message_says_why_and_the_way_out() -> None:
    with pytest.raises(ShortNotice) as refused:
        require([a_change(Impact.INDIRECT), a_change(), a_change()], timedelta(days=1))
    assert refused.value.message == (
        "Revision 2 would come into force 1 day after its publication, where 30 days are asked for of what touches "
        "people's rights directly, as 2 changes do (the first: 'recipient/host/added'): choose 2027-01-02 or later, or "
        "give a reason, which stays with the revision"
    )


@pytest.mark.parametrize("required_days", [1, 30, 365])
def test_so_many_days_are_enough_and_so_is_the_time_that_was_named(required_days: int) -> None:
    require([a_change()], timedelta(days=required_days), required_days=required_days)
    with pytest.raises(ShortNotice) as refused:
        require([a_change()], timedelta(days=required_days) - SECOND, required_days=required_days)
    # Also for whoever takes it a while later.
    later = AT + timedelta(hours=14)
    assert not is_short(refused.value.earliest, later, required_days)
    assert is_short(refused.value.earliest, later + timedelta(minutes=31), required_days)


def test_at_the_start_of_a_day_the_earliest_time_is_the_start_of_one() -> None:
    midnight = AT.replace(hour=0, minute=0)
    with pytest.raises(ShortNotice) as refused:
        require_notice(2, [a_change()], effective_at=AT, at=midnight, required_days=30, reason=None)
    assert refused.value.earliest == datetime(2027, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "changes",
    [
        (),
        (a_change(Impact.INDIRECT), a_change(Impact.NONE)),
        (a_change(touch=NOBODY),),
        (a_change(adjusted=Impact.INDIRECT),),
    ],
    ids=["nothing changes", "no rights are touched directly", "nobody is touched", "it was lowered"],
)
def test_of_what_touches_nobodys_rights_directly_none_is_asked_for(changes: Sequence[Change]) -> None:
    require(changes, -timedelta(days=1))


@pytest.mark.parametrize("change", [a_change(Impact.INDIRECT, adjusted=Impact.DIRECT), a_change(touch=EVERYONE)])
def test_of_what_was_raised_and_of_what_touches_everyone_it_is(change: Change) -> None:
    with pytest.raises(ShortNotice):
        require([change])


def test_a_reason_is_enough_and_0_days_ask_for_none() -> None:
    require([a_change()], reason="The old host closes.")
    require([a_change()], -timedelta(days=1), required_days=0)
