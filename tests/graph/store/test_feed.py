"""The feed of a product: nothing is missed, nothing is shown to another, and what was given out is known to be."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from graph.deliveries import begun, claimed, given_up, sent_again
from graph.model import Channel
from graph.notices import Delivery, DeliveryState, FanOut, NoticeKind, delivery_id
from graph.store.database import Database, Transaction
from graph.store.deliveries import change_deliveries
from graph.store.fan_outs import Told, write_page, write_withdrawal_page
from graph.store.feed import (
    ACKNOWLEDGED_AT_ONCE,
    START,
    FeedPage,
    FeedPlace,
    acknowledge,
    find_written_at,
    load_controller_name,
    take_feed_page,
)
from tests.graph.store.telling import NOW, a_fan_out, subjects, tell, told
from tests.graph.store.test_fan_outs import states, withdraw
from tests.graphs import run

LATER = NOW + timedelta(hours=1)


def waiting(subject: str, product: str = "panel") -> Told:
    """For a product that fetches."""
    return told(subject, Channel.SOFTWARE_PRODUCT, product=product, is_fetched=True)


def pushed(subject: str, product: str = "panel") -> Told:
    """For a product that is sent to."""
    return told(subject, Channel.SOFTWARE_PRODUCT, product=product)


def id_of(subject: str) -> str:
    return delivery_id(2, NoticeKind.REVISION, Channel.SOFTWARE_PRODUCT, subject)


async def pages(database: Database, *people: Sequence[Told]) -> FanOut:
    """Pages of one fan-out, written one after the other."""
    await subjects(database, [each.notice.subject for page in people for each in page])
    fan_out = await a_fan_out(database)
    for page in people:
        cursor = page[-1].notice.subject
        fan_out = await write_page(database, fan_out, page, cursor=cursor, is_last=page is people[-1], at=NOW)
    return fan_out


async def take(
    database: Database, after: FeedPlace = START, limit: int = 10, product: str = "panel", *, is_fetched: bool = True
) -> FeedPage:
    return await take_feed_page(database, product, after, limit, is_fetched=is_fetched)


async def read(database: Database, after: FeedPlace = START, limit: int = 100, product: str = "panel") -> list[str]:
    page = await take(database, after, limit, product)
    return [delivery.subject for delivery in page.deliveries]


async def state_of(database: Database, subject: str) -> str:
    return (await states(database))[id_of(subject)]


async def test_a_product_reads_its_own_in_the_order_in_which_they_were_written(database: Database) -> None:
    await pages(
        database,
        [waiting("zoe"), waiting("ann", "websites"), waiting("bob")],
        [waiting("ann-2"), told("cyd", Channel.EMAIL)],
    )

    assert await read(database) == ["bob", "zoe", "ann-2"]
    assert await read(database, product="websites") == ["ann"]
    assert await read(database, product="pan") == []
    assert await read(database, product="panel-2") == []


async def test_it_reads_on_from_any_place_to_the_end(database: Database) -> None:
    await pages(database, [waiting("ann"), waiting("bob")], [waiting("cyd")])

    first = await take(database, START, 2)
    assert ([each.subject for each in first.deliveries], first.is_last) == (["ann", "bob"], False)
    assert first.end == FeedPlace(1, id_of("bob"))
    second = await take(database, first.end, 2)
    assert ([each.subject for each in second.deliveries], second.is_last) == (["cyd"], True)
    third = await take(database, second.end, 2)
    assert (third.deliveries, third.end, third.is_last) == ((), second.end, True)
    # The same place leads to the same, ever.
    assert await read(database, first.end) == ["cyd"]
    assert await read(database) == ["ann", "bob", "cyd"]


async def test_what_was_given_out_is_told_once_it_is_acknowledged(database: Database) -> None:
    await pages(database, [waiting("ann"), waiting("bob")], [waiting("cyd"), waiting("dee", "websites")])

    page = await take(database, START, 2)

    assert [each.state for each in page.deliveries] == [DeliveryState.SENDING] * 2
    assert [await state_of(database, each) for each in ("ann", "bob", "cyd", "dee")] == [
        "SENDING",
        "SENDING",
        "PENDING",
        "PENDING",
    ]
    assert await acknowledge(database, "panel", page.end, at=LATER) == 2
    rows = await run(database, "MATCH (d:Delivery) RETURN d.subject AS s, d.sent_at AS at, d.unread AS u ORDER BY s")
    assert [(row["s"], row["at"], row["u"] is None) for row in rows] == [
        ("ann", "2026-12-01T10:00:00.000000Z", True),
        ("bob", "2026-12-01T10:00:00.000000Z", True),
        ("cyd", None, False),
        ("dee", None, False),
    ]
    # Saying so again is no news, and changes nothing.
    assert await acknowledge(database, "panel", page.end, at=LATER + timedelta(hours=1)) == 0
    assert [each.sent_at for each in (await take(database, START, 1)).deliveries] == [LATER]


async def test_many_are_acknowledged_at_once(database: Database) -> None:
    count = ACKNOWLEDGED_AT_ONCE + 7
    await pages(database, [waiting(f"p{number:04}") for number in range(count)])

    end = FeedPlace(1, id_of(f"p{count - 2:04}"))

    assert await acknowledge(database, "panel", end, at=LATER) == count - 1
    assert await state_of(database, f"p{count - 1:04}") == "PENDING"


async def test_nothing_new_costs_one_statement_to_read_and_one_to_acknowledge(database: Database) -> None:
    await pages(database, [waiting("ann")])
    page = await take(database, START, 10)
    await acknowledge(database, "panel", page.end, at=LATER)
    statements: list[str] = []
    database.observers.append(statements.append)

    await acknowledge(database, "panel", page.end, at=LATER)
    await take(database, page.end, 10)

    assert len(statements) == 2


async def test_what_was_stopped_before_it_was_read_is_not_there(database: Database) -> None:
    await pages(database, [waiting("ann"), waiting("bob")], [waiting("cyd")])
    first = await take(database, START, 1)

    await write_withdrawal_page(database, await withdraw(database), fetching=["panel"], limit=10, at=LATER)

    # Ann may have been told, so she is told of the withdrawal; of the others the feed says nothing.
    assert await states(database) == {
        id_of("ann"): "SENDING",
        "2/WITHDRAWAL/SOFTWARE_PRODUCT/ann": "PENDING",
        id_of("bob"): "STOPPED",
        id_of("cyd"): "STOPPED",
    }
    page = await take(database, first.end, 10)
    assert [(each.subject, each.kind) for each in page.deliveries] == [("ann", NoticeKind.WITHDRAWAL)]
    assert await read(database) == ["ann", "ann"]


async def test_one_that_is_stopped_while_the_page_is_made_is_left_out(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await pages(database, [waiting("ann"), waiting("bob")])
    write = database.write

    async def write_after_a_withdrawal(work: Callable[[Transaction], Awaitable[object]]) -> object:
        monkeypatch.undo()
        statement = "MATCH (d:Delivery {id: $id}) SET d.state = 'STOPPED' REMOVE d.feed, d.unread"
        await run(database, statement, id=id_of("bob"))
        return await write(work)

    monkeypatch.setattr(database, "write", write_after_a_withdrawal)
    page = await take(database, START, 10)

    assert [each.subject for each in page.deliveries] == ["ann"]
    assert page.end == FeedPlace(1, id_of("bob"))


async def test_a_product_that_is_sent_to_may_read_too_and_settles_what_was_in_doubt(database: Database) -> None:
    await pages(database, [pushed(each) for each in ("ann", "bob", "cyd", "dee")])
    until = NOW + timedelta(minutes=2)

    def in_hand(delivery: Delivery) -> Delivery | None:
        claim = claimed(delivery, "mine", until=until, now=NOW)
        return None if claim is None else begun(claim, "mine", until=until)

    await change_deliveries(database, [id_of("bob"), id_of("cyd")], in_hand)
    await change_deliveries(database, [id_of("cyd")], lambda each: claimed(each, "next", until=until, now=until))

    page = await take(database, is_fetched=False)
    # A sender is to take them, or has them: to read is not to be told.
    assert [each.state.value for each in page.deliveries] == ["PENDING", "SENDING", "UNKNOWN", "PENDING"]
    assert await acknowledge(database, "panel", FeedPlace(1, id_of("cyd")), at=LATER) == 2
    assert [await state_of(database, each) for each in ("ann", "bob", "cyd", "dee")] == [
        "SENT",
        "SENDING",
        "SENT",
        "PENDING",
    ]


async def test_what_staff_gave_up_can_still_be_read_and_stays_given_up(database: Database) -> None:
    await pages(database, [waiting("ann"), waiting("bob")])
    page = await take(database, START, 1)
    await change_deliveries(database, [id_of("ann"), id_of("bob")], lambda each: given_up(each, "no such product"))

    assert await read(database) == ["ann", "bob"]
    await acknowledge(database, "panel", FeedPlace(1, id_of("bob")), at=LATER)
    assert [await state_of(database, each) for each in ("ann", "bob")] == ["FAILED", "FAILED"]
    # Unless it is to be told after all.
    await change_deliveries(
        database,
        [id_of("ann")],
        lambda each: sent_again(each, now=LATER, is_fetched=True, is_reason_named=True),
    )
    assert await acknowledge(database, "panel", page.end, at=LATER) == 1
    assert await state_of(database, "ann") == "SENT"


async def test_two_that_read_at_once_get_the_same(database: Database) -> None:
    people = [f"p{number:02}" for number in range(40)]
    await pages(database, [waiting(each) for each in people])

    found = await asyncio.gather(*(read(database) for _ in range(4)))

    assert found == [people] * 4


async def test_a_page_that_comes_later_sorts_after_all_that_was_read(database: Database) -> None:
    """Two fan-outs at once: whatever the order of their names and revisions, that of their pages counts."""
    await tell(database, [waiting("zoe")])
    page = await take(database, START, 10)
    await run(database, "CREATE (s:Subject {id: 'abe'})")
    other = await a_fan_out(database, 1)
    earlier = told("abe", Channel.SOFTWARE_PRODUCT, revision=1, product="panel", is_fetched=True)
    await write_page(database, other, [earlier], cursor="abe", is_last=True, at=NOW)

    assert await read(database, page.end) == ["abe"]


async def test_what_no_sender_takes_any_more_waits_for_its_product(database: Database) -> None:
    """It was sent to, and fetches now."""
    await pages(database, [pushed("ann"), pushed("bob")])
    until = NOW + timedelta(minutes=2)
    await change_deliveries(database, [id_of("bob")], lambda each: claimed(each, "old", until=until, now=NOW))

    page = await take(database)

    assert [(each.state, each.due_at, each.claim) for each in page.deliveries] == [
        (DeliveryState.SENDING, None, None)
    ] * 2
    # The sender that is just going hands over nothing of it, and a withdrawal tells those who may have been told.
    assert await change_deliveries(database, [id_of("bob")], lambda each: begun(each, "old", until=until)) == []
    await write_withdrawal_page(database, await withdraw(database), fetching=["panel"], limit=10, at=LATER)
    assert await read(database) == ["ann", "bob", "ann", "bob"]


@pytest.mark.parametrize(
    ("product", "place", "is_there"),
    [
        ("panel", FeedPlace(1, id_of("ann")), True),
        ("panel", FeedPlace(2, id_of("bob")), True),
        ("panel", FeedPlace(2, id_of("ann")), False),
        ("panel", FeedPlace(1, id_of("cyd")), False),
        ("websites", FeedPlace(1, id_of("ann")), False),
        ("panel", FeedPlace(999_999_999_999, id_of("ann")), False),
    ],
)
async def test_a_place_is_known_by_what_stands_there(
    database: Database, product: str, place: FeedPlace, is_there: bool
) -> None:
    await pages(database, [waiting("ann")], [waiting("bob")])

    assert await find_written_at(database, product, place) == (NOW if is_there else None)


async def test_a_place_stays_one_when_what_stands_there_is_stopped(database: Database) -> None:
    await pages(database, [waiting("ann")])

    await write_withdrawal_page(database, await withdraw(database), fetching=["panel"], limit=10, at=LATER)

    assert await find_written_at(database, "panel", FeedPlace(1, id_of("ann"))) == NOW


async def test_before_anything_was_told_there_is_nothing(database: Database) -> None:
    assert await read(database) == []
    assert await find_written_at(database, "panel", FeedPlace(1, "anything")) is None
    assert await acknowledge(database, "panel", FeedPlace(1, "anything"), at=NOW) == 0


async def test_who_answers_for_a_revision(database: Database) -> None:
    await run(database, "CREATE (c:Controller {revision: 2, key: 'company', name: 'Company Ltd'})")

    assert await load_controller_name(database, 2) == "Company Ltd"
