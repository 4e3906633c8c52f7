"""Comparisons in memory: each pair is compared once, by all who ask, and nobody else waits for it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

import graph.impact
from graph.changes import Change, Impact
from graph.data_map import DataMap
from graph.store import comparisons as module
from graph.store.comparisons import Comparison, Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision, load_data_map
from tests.builders import A_DAY, a_map, a_revision_content, a_service


class Counted:
    """Stands for `changes`: counts pairs, and waits in its thread until it may go on."""

    def __init__(self) -> None:
        self.pairs: list[tuple[int, int]] = []
        self.began = threading.Event()
        self.go_on = threading.Event()
        self.go_on.set()
        self.fails = False

    def __call__(self, old: DataMap, new: DataMap) -> tuple[Change, ...]:
        self.pairs.append((old.revision.number, new.revision.number))
        self.began.set()
        assert self.go_on.wait(30)
        if self.fails:
            raise RuntimeError("the comparison fails")
        return graph.impact.changes(old, new)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Counted]:
    counted = Counted()
    monkeypatch.setattr(module, "changes", counted)
    yield counted
    counted.go_on.set()


@pytest.fixture
async def three(database: Database) -> Database:
    """Two published revisions in force, and a draft."""
    for number in (1, 2, 3):
        elements = a_map(services=(a_service(name=f"Shop {number}"),))
        await draft_revision(database, a_revision_content(elements=elements), at=A_DAY)
    for number in (1, 2):
        effective_at = A_DAY.replace(day=number)
        await publish_revision(database, number, expected=number - 1, effective_at=effective_at, at=A_DAY)
    return database


def comparisons(database: Database, size: int = 16) -> Comparisons:
    return Comparisons(DataMaps(database, clock=lambda: A_DAY.replace(day=9)), size=size)


def keys(comparison: Comparison) -> list[str]:
    return [change.key for change in comparison.changes]


async def test_a_pair_is_compared_once_and_asks_the_graph_for_nothing_more(three: Database, counted: Counted) -> None:
    known = comparisons(three)
    first = await known.load(1, 2)
    assert (keys(first), first.highest_impact) == (["service/billing/name"], Impact.INDIRECT)
    asked: list[str] = []
    three.observers.append(asked.append)
    assert await known.load(1, 2) is first
    assert asked == []
    assert counted.pairs == [(1, 2)]


async def test_a_draft_is_compared_once_too(three: Database, counted: Counted) -> None:
    known = comparisons(three)
    assert keys(await known.load(2, 3)) == keys(await known.load(2, 3)) == ["service/billing/name"]
    assert counted.pairs == [(2, 3)]


async def test_the_same_revision_twice_differs_in_nothing(three: Database, counted: Counted) -> None:
    comparison = await comparisons(three).load(2, 2)
    assert (comparison.changes, comparison.highest_impact) == ((), Impact.NONE)


async def test_those_used_last_are_kept(three: Database, counted: Counted) -> None:
    known = comparisons(three, size=2)
    for old, new in ((1, 2), (2, 1), (1, 2), (1, 1), (1, 2), (2, 1)):
        await known.load(old, new)
    assert counted.pairs == [(1, 2), (2, 1), (1, 1), (2, 1)]


async def test_many_at_once_share_one_and_hold_nobody_up(three: Database, counted: Counted) -> None:
    known = comparisons(three)
    counted.go_on.clear()
    asking = [asyncio.create_task(known.load(2, 3)) for _ in range(5)]
    gone = asyncio.create_task(known.load(2, 3))
    assert await asyncio.to_thread(counted.began.wait, 30)
    # The loop turns while the thread is held; and one who goes away takes nothing from the others.
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    counted.go_on.set()
    assert {tuple(keys(each)) for each in await asyncio.gather(*asking)} == {("service/billing/name",)}
    assert counted.pairs == [(2, 3)]


async def test_different_pairs_take_turns(three: Database, counted: Counted) -> None:
    known = comparisons(three)
    counted.go_on.clear()
    asking = [asyncio.create_task(known.load(1, 2)), asyncio.create_task(known.load(2, 1))]
    assert await asyncio.to_thread(counted.began.wait, 30)
    assert len(counted.pairs) == 1
    counted.go_on.set()
    await asyncio.gather(*asking)
    assert sorted(counted.pairs) == [(1, 2), (2, 1)]


async def test_what_nobody_waits_for_any_more_is_not_begun(three: Database, counted: Counted) -> None:
    known = comparisons(three)
    one, other = await load_data_map(three, 1), await load_data_map(three, 2)
    counted.go_on.clear()
    first = asyncio.create_task(known.of(one, other))
    assert await asyncio.to_thread(counted.began.wait, 30)
    gone = asyncio.create_task(known.of(other, one))
    await asyncio.sleep(0)  # it has its turn, and waits for that of its comparison
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    counted.go_on.set()
    await first
    assert counted.pairs == [(1, 2)]
    # And who asks for it again gets it.
    assert keys(await known.load(2, 1)) == ["service/billing/name"]


async def test_what_was_begun_for_nobody_ends_before_it_is_begun_again(three: Database, counted: Counted) -> None:
    known = comparisons(three)
    counted.go_on.clear()
    gone = asyncio.create_task(known.load(1, 2))
    assert await asyncio.to_thread(counted.began.wait, 30)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    again = asyncio.create_task(known.load(1, 2))
    for _ in range(3):
        # As long as a read takes: what is loaded by then waits for its turn.
        await known._data_maps.load(1)
        await asyncio.sleep(0.02)
    assert counted.pairs == [(1, 2)]
    counted.go_on.set()
    assert keys(await again) == ["service/billing/name"]
    assert counted.pairs == [(1, 2), (1, 2)]


async def test_one_that_failed_is_tried_again(three: Database, counted: Counted) -> None:
    known = comparisons(three)
    counted.fails = True
    with pytest.raises(RuntimeError):
        await known.load(1, 2)
    counted.fails = False
    assert keys(await known.load(1, 2)) == ["service/billing/name"]
