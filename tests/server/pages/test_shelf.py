from __future__ import annotations

from datetime import timedelta

import pytest

from graph.model import RevisionState
from server.pages.shelf import Shelf, Standing
from tests.builders import A_DAY, a_revision

A_MONTH = timedelta(days=30)
#: One a month, each published ten days before it comes into force.
FOURTH, THIRD, SECOND, FIRST = (
    a_revision(n, published_at=A_DAY + n * A_MONTH - timedelta(days=10), effective_at=A_DAY + n * A_MONTH)
    for n in (4, 3, 2, 1)
)
SHELF = Shelf((FOURTH, THIRD, SECOND, FIRST), has_older=False, in_force=2)


def test_how_each_stands() -> None:
    draft, withdrawn = (a_revision(5, state=state) for state in (RevisionState.DRAFT, RevisionState.WITHDRAWN))

    assert [SHELF.standing(each) for each in (FIRST, SECOND, THIRD, FOURTH, draft, withdrawn)] == [
        Standing.PAST,
        Standing.IN_FORCE,
        Standing.TO_COME,
        Standing.TO_COME,
        Standing.DRAFT,
        Standing.WITHDRAWN,
    ]


def test_what_comes_before_and_after() -> None:
    assert [SHELF.find_next(n) for n in (1, 2, 4)] == [SECOND, THIRD, None]
    assert [SHELF.find_before(n) for n in (1, 2, 4, 9)] == [None, FIRST, THIRD, FOURTH]


def test_what_follows_one_that_is_not_here_is_not_known() -> None:
    newest = Shelf((FOURTH, THIRD), has_older=True, in_force=4)

    assert [newest.find_next(n) for n in (1, 2, 3)] == [None, None, FOURTH]


@pytest.mark.parametrize(("days", "number"), [(29, None), (30, 1), (59, 1), (60, 2), (119, 3), (1000, 4)])
def test_which_was_in_force(days: int, number: int | None) -> None:
    assert SHELF.in_force_at(A_DAY + timedelta(days=days)) == number


def test_its_pages_change_when_one_is_published_withdrawn_or_comes_into_force() -> None:
    times = [
        Shelf((FIRST,), has_older=False, in_force=0).modified_at,
        Shelf((FIRST,), has_older=False, in_force=1).modified_at,
        Shelf((SECOND, FIRST), has_older=False, in_force=1).modified_at,
        Shelf((THIRD, SECOND, FIRST), has_older=False, in_force=1).modified_at,
        # The third was withdrawn, and the second came into force.
        Shelf((SECOND, FIRST), has_older=False, in_force=1).modified_at,
        Shelf((SECOND, FIRST), has_older=False, in_force=2).modified_at,
    ]
    assert [(time - A_DAY).days for time in times] == [20, 30, 50, 80, 50, 60]
