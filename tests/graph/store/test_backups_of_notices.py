"""Backups while people are told: what was sent before is known after a restore, and what was not is never guessed."""

from __future__ import annotations

from datetime import timedelta

from graph.deliveries import BACK_OFF, BACKED_UP, Sent, begun, claimed, settled
from graph.model import Channel
from graph.notices import Delivery, DeliveryState, FanOut, FanOutState, NoticeKind, delivery_id
from graph.store.database import Database
from graph.store.deliveries import Queue, change_deliveries, delivery_of
from graph.store.fan_outs import find_fan_outs, list_fan_outs, load_last_page, write_page
from graph.store.publishing import publish_revision, withdraw_revision
from tests.graph.store.telling import NOW, told
from tests.graphs import dump, run
from tests.moves import TODAY, backed_up, backed_up_beside, fill_little, restored

PEOPLE = ("A", "Z", "a")  # those of `fill_little`, as their ids are ordered
LATER = NOW + timedelta(hours=1)


async def page_of(database: Database, subject: str, *, is_last: bool = False) -> FanOut:
    """The next page of the telling of revision 2, of one person, written."""
    fan_out = (await find_fan_outs(database, 2))[NoticeKind.REVISION]
    return await write_page(database, fan_out, [told(subject)], cursor=subject, is_last=is_last, at=NOW)


async def deliveries(database: Database) -> dict[tuple[str, Channel], Delivery]:
    rows = await run(database, "MATCH (d:Delivery) RETURN properties(d) AS properties")
    found = [delivery_of(row["properties"]) for row in rows]  # type: ignore[arg-type]
    return {(each.subject, each.channel): each for each in found}


async def test_what_was_not_settled_is_in_doubt_and_goes_to_nobody(here: Database, there: Database) -> None:
    await fill_little(here, is_told=False)
    for subject in PEOPLE:
        await page_of(here, subject, is_last=subject == PEOPLE[-1])
    mine, sent = (delivery_id(2, NoticeKind.REVISION, Channel.EMAIL, subject) for subject in PEOPLE[:2])
    for id in (mine, sent):
        await change_deliveries(here, [id], lambda each: claimed(each, "c", until=LATER, now=NOW))
        await change_deliveries(here, [id], lambda each: begun(each, "c", until=LATER))
    await change_deliveries(
        here, [sent], lambda each: settled(each, "c", Sent(), now=NOW, back_off=BACK_OFF, chance=0.0)
    )

    await restored(there, await backed_up(here))

    found = await deliveries(there)
    assert {subject: found[subject, Channel.EMAIL].state for subject in PEOPLE} == {
        PEOPLE[0]: DeliveryState.UNKNOWN,
        PEOPLE[1]: DeliveryState.SENT,
        PEOPLE[2]: DeliveryState.UNKNOWN,
    }
    assert found[PEOPLE[2], Channel.EMAIL].reason == BACKED_UP
    assert {found[subject, Channel.ACCOUNT_AREA].state for subject in PEOPLE} == {DeliveryState.SENT}
    assert await Queue(there, Channel.EMAIL).claim("c2", until=LATER, now=LATER, limit=10) == []
    # Restored again from what it holds now it is the same, and says so.
    content = await backed_up(there)
    before = await dump(there)
    assert await restored(there, content) > 0
    assert await dump(there) == before


async def test_a_telling_in_the_middle_goes_on_in_doubt(here: Database, there: Database) -> None:
    await fill_little(here, is_told=False)
    await page_of(here, PEOPLE[0])
    content = await backed_up(here)
    # Nobody who restores the file can know of this.
    await page_of(here, PEOPLE[1])

    await restored(there, content)

    [fan_out] = await list_fan_outs(there, frozenset({FanOutState.PENDING}))
    assert (fan_out.cursor, fan_out.notices, fan_out.is_in_doubt) == (PEOPLE[0], 1, True)
    assert await load_last_page(there) == 1
    await page_of(there, PEOPLE[1])
    after = await page_of(there, PEOPLE[2], is_last=True)
    assert (after.state, after.notices, after.deliveries) == (FanOutState.DONE, 3, 6)
    found = await deliveries(there)
    assert {found[subject, Channel.EMAIL].state for subject in PEOPLE} == {DeliveryState.UNKNOWN}
    assert {found[subject, Channel.ACCOUNT_AREA].state for subject in PEOPLE} == {DeliveryState.SENT}


async def test_what_is_told_while_people_are_read_is_left_out_whole(here: Database, there: Database) -> None:
    await fill_little(here, is_told=False)
    await page_of(here, PEOPLE[0])
    content = await backed_up_beside(here, lambda other, _: page_of(other, PEOPLE[2]), times=1)

    await restored(there, content)

    [fan_out] = await list_fan_outs(there, frozenset({FanOutState.PENDING}))
    assert (fan_out.cursor, fan_out.notices) == (PEOPLE[0], 1)
    assert {subject for subject, _ in await deliveries(there)} == {PEOPLE[0]}
    # Who was left out can be told: nothing of theirs stands in the way.
    await page_of(there, PEOPLE[1])
    assert (await page_of(there, PEOPLE[2], is_last=True)).notices == 3


async def test_what_is_published_and_withdrawn_while_people_are_read_is_told_of(
    here: Database, there: Database
) -> None:
    await fill_little(here, is_told=False)
    await page_of(here, PEOPLE[0])

    async def go_on(other: Database, turn: int) -> None:
        await withdraw_revision(other, 2, at=TODAY)
        await publish_revision(other, 4, expected=1, effective_at=TODAY + timedelta(days=90), at=TODAY)

    await restored(there, await backed_up_beside(here, go_on, times=1))

    found = {number: await find_fan_outs(there, number) for number in (2, 4)}
    stopped, withdrawal = found[2][NoticeKind.REVISION], found[2][NoticeKind.WITHDRAWAL]
    assert (stopped.state, stopped.cursor) == (FanOutState.STOPPED, PEOPLE[0])
    assert (withdrawal.state, withdrawal.cursor, withdrawal.is_in_doubt) == (FanOutState.PENDING, "", True)
    published = found[4][NoticeKind.REVISION]
    assert (published.state, published.cursor, published.is_in_doubt) == (FanOutState.PENDING, "", True)
