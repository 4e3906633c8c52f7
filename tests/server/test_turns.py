"""One has the turn at a time, and what runs for nobody ends before the next one has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from graphql import GraphQLError

from server.errors import is_unavailable, status_of
from server.turns import WAITING_AT_MOST, Overloaded, Turn
from server.workshop import Workshop
from tests.server.threads import Slow, give_way


async def take(turn: Turn, slow: Slow) -> None:
    async with turn:
        await turn.in_thread(slow)


async def given_up(asking: asyncio.Task[None]) -> None:
    """Told at once, whatever still runs."""
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking


async def test_one_runs_at_a_time() -> None:
    turn, slow = Turn(), Slow()
    asking = [asyncio.create_task(take(turn, slow)) for _ in range(3)]
    await slow.until_begun()
    await give_way()
    assert (slow.begun, turn.locked()) == (1, True)
    slow.end()
    await asyncio.gather(*asking)
    assert (slow.begun, slow.beside, turn.locked()) == (3, False, False)


async def test_what_runs_for_nobody_ends_before_the_next_begins() -> None:
    turn, slow = Turn(), Slow()
    first = asyncio.create_task(take(turn, slow))
    await slow.until_begun()
    await given_up(first)
    second = asyncio.create_task(take(turn, slow))
    await give_way()
    assert slow.begun == 1
    # Nor does it begin through somebody who waits, and goes away too.
    await given_up(second)
    third = asyncio.create_task(take(turn, slow))
    await give_way()
    assert slow.begun == 1
    slow.end()
    await third
    assert (slow.begun, slow.beside) == (2, False)


async def test_who_is_gone_before_their_turn_begins_nothing() -> None:
    turn, slow = Turn(), Slow()
    first, gone = (asyncio.create_task(take(turn, slow)) for _ in range(2))
    await slow.until_begun()
    await given_up(gone)
    slow.end()
    await first
    assert (slow.begun, turn.locked()) == (1, False)


async def test_what_fails_lets_the_next_one_in() -> None:
    turn = Turn()

    def fail() -> None:
        raise ValueError

    for _ in range(2):
        with pytest.raises(ValueError):
            async with turn:
                await turn.in_thread(fail)


class TestWhoKeepsAPlace:
    """That others need: only so many of them wait."""

    async def test_is_refused_at_once_where_many_wait(self) -> None:
        turn, slow = Turn(), Slow()

        async def take_in_place() -> None:
            async with turn.in_place() as taken:
                await taken.in_thread(slow)

        asking = [asyncio.create_task(take_in_place()) for _ in range(1 + WAITING_AT_MOST)]
        await slow.until_begun()
        with pytest.raises(Overloaded):
            await take_in_place()
        # Who keeps none waits however many there are, and takes no room from those.
        patient = asyncio.create_task(take(turn, slow))
        await given_up(asking.pop())
        asking += [asyncio.create_task(take_in_place()), patient]
        await give_way()
        with pytest.raises(Overloaded):
            await take_in_place()
        slow.end()
        await asyncio.gather(*asking)
        assert (slow.begun, slow.beside, turn.locked()) == (2 + WAITING_AT_MOST, False, False)

    async def test_is_refused_by_a_workshop_too(self) -> None:
        slow = Slow()
        workshop = Workshop[bool](1, lambda _: 1, in_places=True)

        def make() -> bool:
            slow()
            return True

        async def prepare() -> Callable[[], bool]:
            return make

        asking = [asyncio.create_task(workshop.make("record", prepare)) for _ in range(1 + WAITING_AT_MOST)]
        await slow.until_begun()
        with pytest.raises(Overloaded):
            await workshop.make("record", prepare)
        slow.end()
        assert (await asyncio.gather(*asking), slow.begun) == ([True] * (1 + WAITING_AT_MOST), 1)

    def test_is_told_to_come_again(self) -> None:
        refused = Overloaded("later")
        assert (refused.code, status_of(refused)) == ("OVERLOADED", 503)
        assert is_unavailable(GraphQLError("later", original_error=refused))
