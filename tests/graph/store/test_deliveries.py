"""Claiming: what is due is found in its order, and of many who ask each delivery goes to one."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, LiteralString

import pytest
from neo4j import Record

import graph.store.deliveries as module
from graph.deliveries import BACK_OFF, Refused, Sent, begun, given_up, settled
from graph.model import Channel
from graph.notices import DeliveryState, NoticeKind, delivery_id
from graph.store.database import Database, Transaction
from graph.store.deliveries import Queue, change_deliveries
from graph.store.delivery_status import (
    Failure,
    Pace,
    Selection,
    change_selected,
    load_notify_status,
    pace_between,
    send_again,
)
from tests.graph.store.telling import NOW, tell, told
from tests.graphs import run

LEASE = timedelta(minutes=2)


async def claim(source: Database | Queue, word: str, *, at_second: float = 0, limit: int = 10) -> list[str]:
    """By a sender that has just begun, where it is not given its queue."""
    queue = source if isinstance(source, Queue) else Queue(source, Channel.EMAIL)
    now = NOW + timedelta(seconds=at_second)
    found = await queue.claim(word, until=now + LEASE, now=now, limit=limit)
    return [f"{each.subject} {each.state.value}" for each in found]


async def test_what_is_due_first_is_claimed_first(database: Database) -> None:
    people = [("ann", 3), ("ben", 1), ("cyd", 2), ("dee", 9)]
    await tell(database, [told(name, Channel.EMAIL, at=NOW + timedelta(seconds=second)) for name, second in people])

    assert await claim(database, "a", at_second=5, limit=2) == ["ben PENDING", "cyd PENDING"]
    assert await claim(database, "b", at_second=5) == ["ann PENDING"]
    assert await claim(database, "c", at_second=5) == []
    assert await Queue(database, Channel.EMAIL).find_next_due() == NOW + timedelta(seconds=9)


async def test_what_comes_back_after_its_revision_was_withdrawn_is_not_sent_again(database: Database) -> None:
    """It was in a sender's hands when the withdrawal stopped the others, and was refused for the time being."""
    await tell(database, [told("ann", Channel.EMAIL), told("ben", Channel.EMAIL)])
    assert await claim(database, "a", limit=1) == ["ann PENDING"]
    id = delivery_id(2, NoticeKind.REVISION, Channel.EMAIL, "ann")
    await change_deliveries(database, [id], lambda each: begun(each, "a", until=NOW + LEASE))
    await run(database, "MATCH (r:Revision {number: 2}) SET r.state = 'WITHDRAWN'")
    busy = Refused("450 to RCPT TO", is_final=False)
    await change_deliveries(
        database, [id], lambda each: settled(each, "a", busy, now=NOW, back_off=BACK_OFF, chance=0.0)
    )

    assert sorted(await claim(database, "b", at_second=3600)) == ["ann STOPPED", "ben STOPPED"]
    assert await Queue(database, Channel.EMAIL).find_next_due() is None


async def test_each_channel_has_a_queue_of_its_own(database: Database) -> None:
    await tell(database, [told("ann", Channel.ACCOUNT_AREA), told("ben", Channel.SOFTWARE_PRODUCT, product="panel")])

    assert await claim(database, "a") == []
    assert await Queue(database, Channel.EMAIL).find_next_due() is None
    assert await Queue(database, Channel.SOFTWARE_PRODUCT, "panel").find_next_due() == NOW
    assert await Queue(database, Channel.SOFTWARE_PRODUCT, "pan").find_next_due() is None


async def test_of_many_who_claim_at_once_one_gets_each(database: Database) -> None:
    await tell(database, [told(f"p{number:03}", Channel.EMAIL) for number in range(60)])

    async def sender(name: int) -> list[str]:
        got: list[str] = []
        while await Queue(database, Channel.EMAIL).find_next_due() == NOW:
            got += await claim(database, f"{name}-{len(got)}", limit=7)
        return got

    shares = await asyncio.gather(*(sender(name) for name in range(4)))

    counts = Counter(each for share in shares for each in share)
    assert counts == {f"p{number:03} PENDING": 1 for number in range(60)}


async def test_a_sender_goes_on_from_where_it_came_to(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKING_BACK", 1_000_000)
    await tell(database, [told("ann", Channel.EMAIL), told("cyd", Channel.EMAIL)])
    queue = Queue(database, Channel.EMAIL)

    assert await claim(queue, "a", limit=1) == ["ann PENDING"]
    # At the same moment, and so by their ids.
    await tell(database, [told("abe", Channel.EMAIL, revision=1)], revision=1)
    await tell(database, [told("dee", Channel.EMAIL, revision=3)], revision=3)
    assert await claim(queue, "b") == ["cyd PENDING", "dee PENDING"]
    assert await claim(queue, "c") == []
    assert await queue.find_next_due() == NOW + LEASE
    assert not await queue.is_empty()


async def test_what_came_before_that_is_found_when_it_looks_back(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKING_BACK", 0)
    await tell(database, [told("ann", Channel.EMAIL), told("cyd", Channel.EMAIL)])
    queue = Queue(database, Channel.EMAIL)

    assert await claim(queue, "a", limit=1) == ["ann PENDING"]
    await tell(database, [told("abe", Channel.EMAIL, revision=1)], revision=1)
    assert await claim(queue, "b", limit=1) == ["abe PENDING"]
    assert await claim(queue, "c") == ["cyd PENDING"]


async def test_what_comes_after_nothing_was_due_is_found(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LOOKING_BACK", 1_000_000)
    queue = Queue(database, Channel.EMAIL)

    assert await claim(queue, "a", at_second=5) == []
    await tell(database, [told("ann", Channel.EMAIL, at=NOW + timedelta(seconds=5))])
    assert await claim(queue, "b", at_second=5) == ["ann PENDING"]


async def test_what_is_written_at_this_moment_was_due_a_moment_ago_and_is_found(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOKING_BACK", 1_000_000)
    queue = Queue(database, Channel.EMAIL)

    assert await claim(queue, "a", at_second=5) == []
    await tell(database, [told("ann", Channel.EMAIL, at=NOW + timedelta(seconds=2))])
    assert await claim(queue, "b", at_second=6) == ["ann PENDING"]


class Slow(Database):
    """One that by its own watch takes a second to find what is due, `read_seconds`, and as long as said to write."""

    def __init__(self, like: Database, *, read_seconds: float = 1, write_seconds: float = 0) -> None:
        super().__init__(like.address)
        self.watch = 1000.0
        self.read_seconds = read_seconds
        self.write_seconds = write_seconds

    async def read(self, statement: LiteralString, **parameters: Any) -> list[Record]:
        self.watch += self.read_seconds
        return await super().read(statement, **parameters)

    async def write(self, work: Callable[[Transaction], Awaitable[Any]]) -> Any:
        self.watch += self.write_seconds
        return await super().write(work)


async def left_behind(database: Database, slow: Slow) -> Queue:
    """The queue of a sender that has come to where ann was, before whom abe was queued since."""
    queue = Queue(slow, Channel.EMAIL, monotonic=lambda: slow.watch)
    await tell(database, [told("ann", Channel.EMAIL)])
    assert await claim(queue, "a") == ["ann PENDING"]
    await tell(database, [told("abe", Channel.EMAIL, revision=1)], revision=1)
    return queue


@pytest.mark.parametrize(("read_seconds", "after_seconds"), [(1, 20), (2.5, 50), (10, 60)])
async def test_it_looks_back_for_a_twentieth_of_the_time_and_once_a_minute_at_least(
    database: Database, read_seconds: float, after_seconds: float
) -> None:
    async with Slow(database, read_seconds=read_seconds) as slow:
        queue = await left_behind(database, slow)
        slow.watch += after_seconds - 1 - read_seconds
        assert await claim(queue, "b") == []
        slow.watch += 1
        assert await claim(queue, "c") == ["abe PENDING"]


async def test_only_the_looking_counts_and_not_what_a_turn_to_write_took(database: Database) -> None:
    async with Slow(database, write_seconds=25) as slow:
        assert await claim(await left_behind(database, slow), "b") == ["abe PENDING"]


async def test_to_ask_what_is_due_next_does_not_put_looking_back_off(database: Database) -> None:
    async with Slow(database) as slow:
        queue = await left_behind(database, slow)
        slow.watch += 20
        assert await queue.find_next_due() == NOW + LEASE
        assert await claim(queue, "b") == ["abe PENDING"]


async def test_whoever_finds_that_something_was_left_claims_it_next(database: Database) -> None:
    async with Slow(database) as slow:
        queue = await left_behind(database, slow)
        assert await claim(queue, "b") == []
        assert not await queue.is_empty()
        assert await claim(queue, "c") == ["abe PENDING"]


async def test_nothing_is_looked_for_while_others_wait_for_their_turn_to_write(database: Database) -> None:
    await tell(database, [told("ann", Channel.EMAIL)])
    ran: list[str] = []
    database.observers.append(ran.append)

    assert await claim(database, "a") == ["ann PENDING"]
    assert ran == [module.LIST_DUE, module.LIST_WITHDRAWN, module.LOCK_DELIVERIES, module.UPDATE_DELIVERIES]


async def test_what_a_dead_sender_left_is_told_as_unknown_and_leaves_the_queue(database: Database) -> None:
    await tell(database, [told("ann", Channel.EMAIL), told("ben", Channel.EMAIL)])
    await claim(database, "dead")
    await change_deliveries(database, ["2/REVISION/EMAIL/ann"], lambda each: begun(each, "dead", until=NOW + LEASE))

    assert await claim(database, "next", at_second=121) == ["ann UNKNOWN", "ben PENDING"]
    assert await claim(database, "last", at_second=500) == ["ben PENDING"]


async def test_a_step_that_changes_nothing_writes_nothing(database: Database) -> None:
    await tell(database, [told("ann", Channel.EMAIL)])

    assert await change_deliveries(database, ["2/REVISION/EMAIL/ann"], lambda each: None) == []
    assert await change_deliveries(database, ["9/REVISION/EMAIL/nobody"], lambda each: each) == []
    assert await change_deliveries(database, [], lambda each: each) == []


async def test_a_status_counts_by_channel_state_and_reason(database: Database) -> None:
    fan_out = await tell(database, [told("ann"), told("ben"), told("cyd", Channel.EMAIL)])
    await claim(database, "mine", limit=1)
    ids = ["2/REVISION/EMAIL/ann"]
    await change_deliveries(database, ids, lambda each: begun(each, "mine", until=NOW + LEASE))
    await change_deliveries(
        database, ids, lambda each: settled(each, "mine", Sent(), now=NOW, back_off=BACK_OFF, chance=0)
    )
    gone = Selection(2, Channel.EMAIL, DeliveryState.PENDING)
    before = await load_notify_status(database, 2)

    changed = await change_selected(
        database, gone, lambda each: given_up(each, "moved away") if each.subject == "ben" else None
    )

    assert changed == 1
    status = await load_notify_status(database, 2)
    assert status.fan_outs == (fan_out,)
    assert status.counts == {
        (Channel.EMAIL, DeliveryState.FAILED): 1,
        (Channel.EMAIL, DeliveryState.PENDING): 1,
        (Channel.EMAIL, DeliveryState.SENT): 1,
        (Channel.ACCOUNT_AREA, DeliveryState.SENT): 2,
    }
    assert status.failures == (Failure(Channel.EMAIL, DeliveryState.FAILED, "moved away", 1),)
    assert (status.is_written, status.is_settled, status.unsettled, status.queued) == (True, False, 1, 1)
    assert before.queued == 2
    assert pace_between(before, status, 2.0) == Pace(0.5, 2.0)


async def test_a_selection_by_reason_is_sent_again(database: Database) -> None:
    people = [f"p{number}" for number in range(3)]
    await tell(database, [told(each, Channel.EMAIL) for each in people])
    await change_selected(
        database, Selection(2), lambda each: given_up(each, "bounced" if each.subject < "p2" else "moved away")
    )

    selection = Selection(2, reason="bounced", state=DeliveryState.FAILED)
    assert await send_again(database, replace(selection, reason=None), fetching=(), clock=lambda: NOW) == 0
    assert await send_again(database, selection, fetching=(), clock=lambda: NOW) == 2
    assert await claim(database, "mine") == ["p0 PENDING", "p1 PENDING"]


async def test_unknown_alone_keeps_it_from_being_settled(database: Database) -> None:
    await tell(database, [told("ann", Channel.EMAIL)])
    await claim(database, "dead")
    await change_selected(database, Selection(2), lambda each: begun(each, "dead", until=NOW + LEASE))
    await claim(database, "next", at_second=121)

    status = await load_notify_status(database, 2)

    assert (status.unsettled, status.queued, status.is_settled) == (0, 0, False)
