"""Writing notices: a page is written whole, once, and where the last one ended, whoever tries."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from graph.changes import Place
from graph.deliveries import begun, claimed, doubted, given_up
from graph.model import Channel
from graph.notices import Delivery, DeliveryState, FanOut, FanOutState, Notice, NoticeKind, delivery_id
from graph.store.database import Database, Transaction
from graph.store.deliveries import change_deliveries, delivery_of
from graph.store.fan_outs import (
    create_fan_out,
    find_fan_outs,
    list_fan_outs,
    load_last_page,
    stop_fan_out,
    write_page,
    write_withdrawal_page,
)
from graph.store.notices import list_new_notices, list_notices, list_notices_by_id, mark_read
from tests.graph.store.telling import NOW, a_fan_out, subjects, tell, told
from tests.graphs import run


async def deliveries(database: Database) -> list[Delivery]:
    rows = await run(database, "MATCH (d:Delivery) RETURN properties(d) AS properties ORDER BY properties.id")
    return [delivery_of(row["properties"]) for row in rows]  # type: ignore[arg-type]


async def states(database: Database) -> dict[str, str]:
    return {each.id: each.state.value for each in await deliveries(database)}


async def withdraw(database: Database, revision: int = 2) -> FanOut:
    """As the transaction that withdraws a revision leaves it."""

    async def work(transaction: Transaction) -> None:
        await stop_fan_out(transaction, revision, NOW)
        await create_fan_out(transaction, revision, NoticeKind.WITHDRAWAL, NOW)

    await database.write(work)
    return (await find_fan_outs(database, revision))[NoticeKind.WITHDRAWAL]


async def test_a_page_writes_notices_and_their_deliveries(database: Database) -> None:
    await subjects(database, ["ann", "ben"])
    fan_out = await a_fan_out(database)
    people = [
        told("ann", Channel.EMAIL, Channel.ACCOUNT_AREA),
        told("ben", Channel.SOFTWARE_PRODUCT, product="panel", is_fetched=True),
    ]

    after = await write_page(database, fan_out, people, cursor="ben", is_last=False, at=NOW)

    assert after == replace(fan_out, cursor="ben", notices=2, deliveries=3)
    assert await find_fan_outs(database, 2) == {NoticeKind.REVISION: after}
    assert await list_notices(database, "ann") == [
        Notice("ann", 2, NoticeKind.REVISION, NOW, (Place("billing", "email"),), ("delivery",))
    ]
    mail = Delivery("ann", 2, NoticeKind.REVISION, Channel.EMAIL, DeliveryState.PENDING, due_at=NOW)
    assert await deliveries(database) == [
        replace(mail, channel=Channel.ACCOUNT_AREA, state=DeliveryState.SENT, due_at=None, sent_at=NOW),
        mail,
        replace(mail, subject="ben", channel=Channel.SOFTWARE_PRODUCT, product="panel", due_at=None),
    ]


async def test_the_last_page_ends_it(database: Database) -> None:
    await subjects(database, ["ann"])
    fan_out = await a_fan_out(database)

    after = await write_page(database, fan_out, [told("ann")], cursor="ann", is_last=True, at=NOW)

    assert (after.state, after.finished_at) == (FanOutState.DONE, NOW)
    assert await list_fan_outs(database, frozenset({FanOutState.PENDING})) == []
    assert await list_fan_outs(database, frozenset({FanOutState.DONE})) == [after]


async def test_a_page_that_is_tried_again_is_written_once(database: Database) -> None:
    await subjects(database, ["ann"])
    fan_out = await a_fan_out(database)
    after = await write_page(database, fan_out, [told("ann")], cursor="ann", is_last=False, at=NOW)
    before = await deliveries(database), await list_notices(database, "ann"), await load_last_page(database)

    again = await write_page(database, fan_out, [told("ann")], cursor="ann", is_last=False, at=NOW)

    assert again == after
    assert before == (await deliveries(database), await list_notices(database, "ann"), await load_last_page(database))


async def test_of_many_that_write_the_same_page_one_does(database: Database) -> None:
    await subjects(database, ["ann", "ben", "cyd"])
    fan_out = await a_fan_out(database)
    people = [told("ann"), told("ben"), told("cyd")]

    ends = await asyncio.gather(
        *(write_page(database, fan_out, people, cursor="cyd", is_last=True, at=NOW) for _ in range(4))
    )

    assert {(end.notices, end.deliveries) for end in ends} == {(3, 6)}
    assert len(await deliveries(database)) == 6
    assert await load_last_page(database) == 1


async def test_a_withdrawn_revision_writes_no_further_page(database: Database) -> None:
    await subjects(database, ["ann"])
    fan_out = await a_fan_out(database)
    await withdraw(database)

    after = await write_page(database, fan_out, [told("ann")], cursor="ann", is_last=True, at=NOW)

    assert after.state is FanOutState.STOPPED
    assert await list_notices(database, "ann") == []


async def test_a_withdrawal_stops_what_waits_and_tells_who_was_told_where_they_were(database: Database) -> None:
    await tell(
        database,
        [
            told("ann", Channel.EMAIL),
            told("ben", Channel.EMAIL, Channel.ACCOUNT_AREA),
            told("cyd", Channel.EMAIL),
            told("dee", Channel.SOFTWARE_PRODUCT, product="panel", is_fetched=True),
            told("eve", Channel.EMAIL),
            told("fay", Channel.EMAIL),
        ],
    )
    until = NOW + timedelta(minutes=2)
    sending = delivery_id(2, NoticeKind.REVISION, Channel.EMAIL, "cyd")
    await change_deliveries(database, [sending], lambda each: claimed(each, "mine", until=until, now=NOW))
    await change_deliveries(database, [sending], lambda each: begun(each, "mine", until=until))

    in_doubt, waiting = (delivery_id(2, NoticeKind.REVISION, Channel.EMAIL, each) for each in ("eve", "fay"))
    await change_deliveries(database, [in_doubt], doubted)
    await change_deliveries(database, [in_doubt, waiting], lambda each: given_up(each, "the log has all of them"))

    after = await write_withdrawal_page(database, await withdraw(database), fetching=["panel"], limit=10, at=NOW)

    assert (after.state, after.notices, after.deliveries) == (FanOutState.DONE, 3, 3)
    assert await states(database) == {
        "2/REVISION/EMAIL/ann": "STOPPED",
        "2/REVISION/EMAIL/ben": "STOPPED",
        "2/REVISION/ACCOUNT_AREA/ben": "SENT",
        "2/WITHDRAWAL/ACCOUNT_AREA/ben": "SENT",
        "2/REVISION/EMAIL/cyd": "SENDING",
        "2/WITHDRAWAL/EMAIL/cyd": "PENDING",
        "2/REVISION/SOFTWARE_PRODUCT/dee": "STOPPED",
        # Given up: of the one it was not known whether she had been told, of the other it was.
        "2/REVISION/EMAIL/eve": "FAILED",
        "2/WITHDRAWAL/EMAIL/eve": "PENDING",
        "2/REVISION/EMAIL/fay": "FAILED",
    }
    kinds = {each: [notice.kind.value for notice in await list_notices(database, each)] for each in ("ann", "ben")}
    assert kinds == {"ann": ["REVISION"], "ben": ["WITHDRAWAL", "REVISION"]}


async def test_a_withdrawal_goes_on_where_its_last_page_ended(database: Database) -> None:
    people = [f"p{number}" for number in range(5)]
    await tell(database, [told(each, Channel.ACCOUNT_AREA) for each in people])
    fan_out = await withdraw(database)

    pages = []
    while fan_out.state is FanOutState.PENDING:
        fan_out = await write_withdrawal_page(database, fan_out, fetching=(), limit=2, at=NOW)
        pages.append((fan_out.cursor, fan_out.notices))

    assert pages == [("p1", 2), ("p3", 4), ("p4", 5)]


async def test_another_revision_with_the_same_first_digits_is_left_alone(database: Database) -> None:
    await tell(database, [told("ann", Channel.EMAIL)])
    await run(database, "MATCH (s:Subject) DETACH DELETE s")
    await tell(database, [told("ann", Channel.EMAIL, revision=20)], revision=20)

    await write_withdrawal_page(database, await withdraw(database), fetching=(), limit=10, at=NOW)

    assert await states(database) == {"2/REVISION/EMAIL/ann": "STOPPED", "20/REVISION/EMAIL/ann": "PENDING"}


async def test_pages_are_numbered_in_the_order_in_which_they_are_written(database: Database) -> None:
    await tell(database, [told("ann")])
    await run(database, "CREATE (s:Subject {id: 'ben'})")
    other = await a_fan_out(database, 3)
    await write_page(database, other, [told("ben", revision=3)], cursor="ben", is_last=True, at=NOW)

    assert await load_last_page(database) == 2
    new = await list_new_notices(database, ["ann", "ben"], after=1, up_to=2)
    assert [(page, each.subject, each.revision) for page, each in new] == [(2, "ben", 3)]
    assert list(await list_notices_by_id(database, ["2/REVISION/ann", "9/REVISION/ann"])) == ["2/REVISION/ann"]


async def test_a_subject_marks_their_own_as_read_and_nobody_elses(database: Database) -> None:
    await tell(database, [told("ann"), told("ben")])
    ids = ["2/REVISION/ann", "2/REVISION/ben"]

    read = await mark_read(database, "ann", ids, NOW)
    again = await mark_read(database, "ann", ids, NOW + timedelta(days=1))

    assert [(each.subject, each.read_at) for each in read] == [("ann", NOW)]
    assert again == read
    assert [each.read_at for each in await list_notices(database, "ben")] == [None]
