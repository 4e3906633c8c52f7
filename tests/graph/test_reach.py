"""Counting whom changes reach: each subject once in all, and once for each change, place and purpose."""

from __future__ import annotations

from itertools import pairwise

import pytest

from graph import reach
from graph.changes import (
    EVERYONE,
    NOBODY,
    Change,
    ElementAdded,
    Impact,
    ImpactAdjustment,
    Place,
    Touch,
)
from graph.model import Channel
from graph.reach import OfPurpose, Spot, Tally, affects, names
from tests.builders import A_DAY, a_service

EMAIL, PHONE = Place("billing", "email"), Place("billing", "phone")
SPOTS: tuple[Spot, ...] = (EMAIL, PHONE, OfPurpose("delivery"))
AT_EMAIL, AT_PHONE, AT_DELIVERY = 1, 2, 4


def a_change(key: str, touch: Touch, impact: Impact = Impact.DIRECT, adjusted: Impact | None = None) -> Change:
    adjustment = None if adjusted is None else ImpactAdjustment(key, adjusted, "a reason", None, A_DAY)
    return Change(key, ElementAdded(a_service()), impact, "a-rule", touch, adjustment=adjustment)


def counts(tally: Tally) -> list[tuple[str, int]]:
    return [(each.change.key, each.subjects) for each in tally.reach(2, 1, A_DAY).changes]


def test_a_subject_counts_once_for_each_change_and_once_in_all() -> None:
    changes = (
        a_change("a", Touch(places=frozenset({EMAIL, PHONE}))),
        a_change("b", Touch(places=frozenset({Place("billing")}), purposes=frozenset({"delivery"}))),
        a_change("c", Touch(purposes=frozenset({"delivery"}))),
    )
    tally = Tally(changes, SPOTS)
    tally.add([("ann", AT_EMAIL | AT_PHONE), ("ben", AT_DELIVERY)])
    tally.add([("eve", AT_EMAIL | AT_DELIVERY)])
    found = tally.reach(2, 1, A_DAY)
    assert found.subjects == 3
    assert [(each.change, each.subjects, each.places, each.purposes) for each in found.changes] == [
        (changes[0], 2, ((EMAIL, 2), (PHONE, 1)), ()),
        (changes[1], 3, ((EMAIL, 2), (PHONE, 1)), (("delivery", 2),)),
        (changes[2], 2, (), (("delivery", 2),)),
    ]


def test_what_has_no_impact_or_touches_nobody_reaches_nobody_and_is_listed() -> None:
    tally = Tally(
        (
            a_change("typo", EVERYONE, Impact.NONE),
            a_change("raised", Touch(places=frozenset({EMAIL})), Impact.NONE, Impact.INDIRECT),
            a_change("lowered", Touch(places=frozenset({EMAIL})), Impact.DIRECT, Impact.NONE),
            a_change("empty", NOBODY),
            a_change("all", EVERYONE),
        ),
        SPOTS,
    )
    tally.add([("ann", AT_EMAIL), ("ben", AT_PHONE)])
    assert counts(tally) == [("typo", 0), ("raised", 1), ("lowered", 0), ("empty", 0), ("all", 2)]


def test_what_it_keeps_does_not_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reach, "_SETS_AT_MOST", 3)
    changes = (a_change("a", Touch(places=frozenset({EMAIL}))), a_change("b", Touch(places=frozenset({PHONE}))))
    tally = Tally(changes, SPOTS)
    for number in range(64):
        tally.add([(f"{number}", number % 8)])
    assert len(tally._sets) <= 3
    assert counts(tally) == [("a", 32), ("b", 32)]


def test_the_sample_is_spread_and_follows_from_who_is_affected() -> None:
    ids = [f"s{number:04}" for number in range(1000)]
    once, again = Tally((), SPOTS), Tally((), SPOTS)
    once.add([(each, AT_EMAIL) for each in ids])
    for each in ids:
        again.add([(each, AT_PHONE)])
    sample = once.reach(2, 1, A_DAY).sample
    assert sample == again.reach(2, 1, A_DAY).sample
    assert len(sample) == 10
    assert list(sample) == sorted(sample)
    # Not the first ones: some of each half, and no two neighbours.
    numbers = [ids.index(each) for each in sample]
    assert min(numbers) < 500 <= max(numbers)
    assert all(b - a > 1 for a, b in pairwise(numbers))


def test_few_are_all_in_the_sample() -> None:
    tally = Tally((), SPOTS)
    tally.add([("ann", 1), ("ben", 1)])
    assert tally.reach(2, 1, A_DAY).sample == ("ann", "ben")


def test_channels_are_counted_where_they_are_known() -> None:
    tally = Tally((), SPOTS)
    assert tally.reach(2, 1, A_DAY).channels is None
    tally.add_channels([(Channel.EMAIL, Channel.ACCOUNT_AREA), ()])
    tally.add_channels([(Channel.EMAIL,)])
    assert tally.reach(2, 1, A_DAY).channels == {
        Channel.EMAIL: 2,
        Channel.ACCOUNT_AREA: 1,
        Channel.SOFTWARE_PRODUCT: 0,
    }


@pytest.mark.parametrize(
    ("touch", "named", "affected"),
    [
        (NOBODY, [], []),
        (EVERYONE, [], list(SPOTS)),
        (Touch(places=frozenset({Place("billing")})), [EMAIL, PHONE], [EMAIL, PHONE]),
        (Touch(places=frozenset({PHONE})), [PHONE], [PHONE]),
        (Touch(everyone=True, places=frozenset({PHONE})), [PHONE], list(SPOTS)),
        (Touch(places=frozenset({Place("shop")}), purposes=frozenset({"delivery"})), [SPOTS[2]], [SPOTS[2]]),
    ],
)
def test_a_touch_is_where_it_says(touch: Touch, named: list[Spot], affected: list[Spot]) -> None:
    assert [spot for spot in SPOTS if names(touch, spot)] == named
    assert [spot for spot in SPOTS if affects(touch, spot)] == affected
