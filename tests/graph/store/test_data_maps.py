"""The revisions in memory: each loaded once, only those that can never change kept, and only so many."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import LiteralString

import pytest

from graph.engines.address import GraphAddress
from graph.errors import GraphUnavailable, NoRevisionInForce, NotFound
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision, load_data_map
from tests.builders import A_DAY, a_policy, a_revision_content
from tests.clock import Clock
from tests.proxy import Proxy, port_of


async def published(database: Database, count: int) -> None:
    """Revisions that come into force one a day."""
    for number in range(1, count + 1):
        await draft_revision(database, a_revision_content(policy=a_policy("statement", f"text-{number}")), at=A_DAY)
        effective_at = A_DAY + timedelta(days=number)
        await publish_revision(database, number, expected=number - 1, effective_at=effective_at, at=A_DAY)


def counting(database: Database) -> Callable[[], int]:
    """How many statements have run since."""
    told: list[LiteralString] = []
    database.observers.append(told.append)
    return lambda: len(told)


async def test_fifty_who_ask_at_once_share_one_load(database: Database, clock: Clock) -> None:
    await published(database, 1)
    alone = counting(database)
    await load_data_map(database, 1)
    cost = alone()
    maps, statements = DataMaps(database, clock=clock), counting(database)
    found = await asyncio.gather(*(maps.load(1) for _ in range(50)))
    assert statements() == cost
    assert {id(each) for each in found} == {id(found[0])}
    assert await maps.load(1) is found[0]
    assert statements() == cost


async def test_one_who_goes_away_does_not_take_the_load_from_the_others(database: Database, clock: Clock) -> None:
    await published(database, 1)
    maps = DataMaps(database, clock=clock)
    first = asyncio.create_task(maps.load(1))
    others = [asyncio.create_task(maps.load(1)) for _ in range(3)]
    await asyncio.sleep(0)
    first.cancel()
    found = await asyncio.gather(*others)
    with pytest.raises(asyncio.CancelledError):
        await first
    assert [each.revision.number for each in found] == [1, 1, 1]
    assert len(maps) == 1


async def test_only_so_many_are_kept_and_those_that_were_used_last(database: Database, clock: Clock) -> None:
    await published(database, 4)
    maps = DataMaps(database, clock=clock, size=2)
    one, _ = await maps.load(1), await maps.load(2)
    assert await maps.load(1) is one
    three = await maps.load(3)
    assert len(maps) == 2
    statements = counting(database)
    assert await maps.load(1) is one
    assert await maps.load(3) is three
    assert statements() == 0
    assert (await maps.load(2)).revision.number == 2
    assert statements() > 0
    assert len(maps) == 2


async def test_drafts_and_those_to_come_are_not_kept(database: Database, clock: Clock) -> None:
    await published(database, 2)
    await draft_revision(database, a_revision_content(), at=A_DAY)
    maps = DataMaps(database, clock=clock)
    clock.now = A_DAY + timedelta(days=2, microseconds=-1)
    for number in (2, 3):
        first, second = await maps.load(number), await maps.load(number)
        assert first is not second
        assert first.elements == second.elements
    assert len(maps) == 0
    assert not maps.is_kept(2)
    clock.advance(timedelta(microseconds=1))
    assert await maps.load(2) is await maps.load(2)
    assert len(maps) == 1
    assert maps.is_kept(2)


async def test_which_one_is_in_force_is_asked_each_time(database: Database, clock: Clock) -> None:
    await published(database, 2)
    maps = DataMaps(database, clock=clock)
    with pytest.raises(NoRevisionInForce):
        await maps.load_in_force(A_DAY)
    days = [(await maps.load_in_force(A_DAY + timedelta(days=day))).revision.number for day in (1, 2, 3, 1)]
    assert days == [1, 2, 2, 1]
    statements = counting(database)
    await maps.load_in_force(A_DAY + timedelta(days=2))
    assert statements() == 1


async def test_what_is_not_there_is_not_found_and_not_kept(database: Database, clock: Clock) -> None:
    maps = DataMaps(database, clock=clock)
    for _ in range(2):
        with pytest.raises(NotFound):
            await maps.load(1)
    await published(database, 1)
    assert (await maps.load(1)).revision.number == 1


async def test_a_load_that_fails_fails_for_all_who_wait_and_is_tried_again(
    database: Database, address: GraphAddress, clock: Clock
) -> None:
    await published(database, 1)
    async with (
        Proxy(None) as proxy,
        Database(proxy.address(address), timeout_seconds=1, retry_seconds=0.1) as through,
    ):
        maps = DataMaps(through, clock=clock)
        failed = await asyncio.gather(*(maps.load(1) for _ in range(3)), return_exceptions=True)
        assert [type(each) for each in failed] == [GraphUnavailable] * 3
        assert len(maps) == 0
        proxy.target = port_of(address)
        assert (await maps.load(1)).revision.number == 1
