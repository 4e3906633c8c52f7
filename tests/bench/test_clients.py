"""What a run of clients comes to."""

from __future__ import annotations

import asyncio

import pytest

from bench import clients
from bench.load import held


async def test_slow_answers_are_counted_as_often_as_they_come() -> None:
    """Those begun before the time that counts stand for those that end after it."""
    asked = 0

    async def ask() -> int:
        nonlocal asked
        asked += 1
        await asyncio.sleep(1.0)
        return 7

    # Answers come after 1, 2 and 3 seconds; those between 1.5 and 2.5 count.
    found = await clients.run([ask] * 20, warm_up_seconds=1.5, seconds=1.0)
    assert (found["requests"], found["rate"], found["answered"], found["size"]) == (20, 20.0, 60, 7)
    assert asked == 60


async def test_it_goes_on_until_enough_answers_have_come() -> None:
    async def ask() -> int:
        await asyncio.sleep(0.02)
        return 1

    found = await clients.run([ask], warm_up_seconds=0.0, seconds=0.05)
    assert found["requests"] == clients.LEAST
    assert found["seconds"] >= 0.02 * clients.LEAST
    assert found["rate"] == pytest.approx(found["requests"] / found["seconds"], rel=0.01)


def test_holdings_are_found_in_the_answers_of_both() -> None:
    assert held({"me": {"holdings": {"nodes": [{"since": "a"}]}}}) == [{"since": "a"}]
    told = {"subjects": [{"holdings": [{"since": "a", "cover": [{"purposes": [1], "recipients": [2]}]}]}]}
    assert held(told) == [
        {"since": "a", "cover": [{"purposes": [1], "recipients": [2]}], "purposes": [1], "recipients": [2]}
    ]
