"""Bounded concurrency: so many at once, so many in turn, and everybody else is told at once."""

from __future__ import annotations

import asyncio
import time

import pytest
import uvloop

from server.gate.admission import Admission
from server.gate.refusals import Refusal, RefusalCode
from tests.server.gate.served import until


class Guest:
    """Somebody who wants in, and goes when told to."""

    def __init__(self, admission: Admission, name: str = "", order: list[str] | None = None) -> None:
        self.inside = asyncio.Event()
        self.leave = asyncio.Event()
        self._order = order
        self._name = name
        self.task = asyncio.create_task(self._visit(admission))

    async def _visit(self, admission: Admission) -> None:
        async with admission:
            if self._order is not None:
                self._order.append(self._name)
            self.inside.set()
            await self.leave.wait()

    async def go(self) -> None:
        self.leave.set()
        await self.task


def admission(*, running: int = 1, waiting: int = 0, seconds: float = 60.0) -> Admission:
    return Admission("operations", running=running, waiting=waiting, seconds=seconds)


async def test_who_finds_no_room_is_told_at_once() -> None:
    house = admission(running=2)
    guests = [Guest(house), Guest(house)]
    for guest in guests:
        await guest.inside.wait()
    with pytest.raises(Refusal) as raised:
        await house.__aenter__()
    assert raised.value.code is RefusalCode.OVERLOADED
    assert raised.value.headers == {"Retry-After": "1"}
    assert raised.value.message == "Too many operations run just now: send this again after 1 s"
    for guest in guests:
        await guest.go()
    await Guest(house).inside.wait()


async def test_turns_come_in_the_order_of_arrival() -> None:
    house = admission(waiting=3)
    order: list[str] = []
    guests = [Guest(house, name, order) for name in "abcd"]
    await guests[0].inside.wait()
    assert house.waiting == 3
    with pytest.raises(Refusal):
        await house.__aenter__()
    for guest in guests:
        await guest.go()
    assert order == ["a", "b", "c", "d"]
    assert house.waiting == 0


async def test_who_waits_too_long_is_told_so_and_leaves_the_queue() -> None:
    house = admission(waiting=1, seconds=0.01)
    first = Guest(house)
    await first.inside.wait()
    for _ in range(3):
        with pytest.raises(Refusal):
            await house.__aenter__()
        assert house.waiting == 0
    await first.go()
    async with house:
        pass


def test_a_turn_that_comes_as_a_wait_ends_is_nobodys() -> None:
    """On the service's own event loop: somebody leaves in the turn of it in which a wait ends."""

    async def leave_late() -> None:
        house = admission(waiting=1, seconds=0.02)
        first = Guest(house)
        await first.inside.wait()
        second = Guest(house)
        await until(lambda: house.waiting == 1)
        asyncio.get_running_loop().call_later(0.001, first.leave.set)
        time.sleep(0.05)  # noqa: ASYNC251 - both times are over when the loop goes on
        with pytest.raises(Refusal) as raised:
            await second.task
        assert raised.value.code is RefusalCode.OVERLOADED
        await first.task
        assert house.waiting == 0
        # There is one place again, and not two.
        async with house:
            with pytest.raises(Refusal):
                await house.__aenter__()
        async with house:
            pass

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(leave_late())


async def test_who_goes_away_while_waiting_keeps_no_place() -> None:
    house = admission(waiting=2)
    first, second, third = (Guest(house) for _ in range(3))
    await first.inside.wait()
    second.task.cancel()
    await asyncio.wait({second.task})
    await first.go()
    await third.inside.wait()
    await third.go()
    async with house:
        pass


async def test_a_turn_that_comes_as_its_owner_goes_is_the_next_ones() -> None:
    house = admission(waiting=2)
    await house.__aenter__()
    second, third = Guest(house), Guest(house)
    await until(lambda: house.waiting == 2)
    await house.__aexit__(None, None, None)  # the second one has its turn now, and has not run yet
    second.task.cancel()
    await asyncio.wait({second.task})
    await third.inside.wait()
    await third.go()
    async with house:
        pass


async def test_whatever_happens_inside_the_place_is_free_again() -> None:
    house = admission()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError):
            async with house:
                raise ZeroDivisionError
    async with house:
        pass
