"""`revision { notification }`: how far the telling is, for staff."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from graph.deliveries import BACK_OFF, Outcome, Refused, Sent, begun, claimed, settled
from graph.model import Channel
from graph.notices import Delivery, DeliveryState, NoticeKind
from graph.store.database import Database
from graph.store.deliveries import change_deliveries
from graph.store.fan_outs import find_fan_outs, write_page
from graph.store.publishing import withdraw_revision
from graph.store.revisions import draft_revision
from tests.builders import A_DAY
from tests.graph.store.telling import NOW, subjects, told
from tests.server.api import Api
from tests.server.products import PEOPLE, company, open_company, publish_for_everybody
from tests.server.telling import write_notices

STATUS = """
query ($number: Int!) {
  revision(number: $number) {
    notification {
      isWritten
      isSettled
      fanOuts { kind state notices deliveries begunAt finishedAt }
      counts { channel state count }
      failures { channel state reason count }
      pace { perSecond secondsLeft }
    }
  }
}
"""
LEASE = timedelta(minutes=2)


def id_of(subject: str) -> str:
    return f"2/REVISION/EMAIL/{subject}"


def ended(outcome: Outcome, at: datetime = NOW) -> Callable[[Delivery], Delivery | None]:
    """What a sender does with one that is due, from its claim to its end."""

    def step(delivery: Delivery) -> Delivery | None:
        mine = claimed(delivery, "mine", until=at + LEASE, now=at)
        assert mine is not None
        under_way = begun(mine, "mine", until=at + LEASE)
        assert under_way is not None
        return settled(under_way, "mine", outcome, now=at, back_off=BACK_OFF, chance=0)

    return step


async def died(database: Database, subject: str) -> None:
    """Its sender began it and was not heard of again: the next one finds it so."""
    until = NOW + LEASE
    for step in (
        lambda each: claimed(each, "dead", until=until, now=NOW),
        lambda each: begun(each, "dead", until=until),
        lambda each: claimed(each, "next", until=until + LEASE, now=until),
    ):
        (changed,) = await change_deliveries(database, [id_of(subject)], step)
    assert changed.state is DeliveryState.UNKNOWN


@pytest.fixture
async def published(empty: Api) -> Api:
    """Revision 2 is published at `NOW`, and is about everybody; its notices are to be written."""
    await empty.publish_content(company(), A_DAY)
    empty.clock.now = NOW
    assert await publish_for_everybody(empty) == 2
    return empty


async def write(api: Api, *people: str, channels: tuple[Channel, ...] = ()) -> None:
    """The notices of the revision, for these people."""
    await subjects(api.database, people)
    fan_out = (await find_fan_outs(api.database, 2))[NoticeKind.REVISION]
    page = [told(each, *channels) for each in people]
    await write_page(api.database, fan_out, page, cursor=people[-1], is_last=True, at=NOW)


async def status_of(api: Api, number: int = 2) -> Any:
    return (await api.data(STATUS, {"number": number}, api.staff()))["revision"]["notification"]


async def test_staff_see_totals_reasons_and_how_fast_it_goes(published: Api) -> None:
    people = [f"p{number}" for number in range(8)]
    await write(published, *people)
    sent, refused, final = people[:3], people[3:5], people[5:6]
    database = published.database
    # One of them longer ago than a minute.
    await change_deliveries(database, [id_of(sent[0])], ended(Sent(), NOW))
    await change_deliveries(database, [id_of(each) for each in sent[1:]], ended(Sent(), NOW + timedelta(minutes=2)))
    await change_deliveries(database, [id_of(each) for each in refused], ended(Refused("451", is_final=False)))
    await change_deliveries(database, [id_of(each) for each in final], ended(Refused("550", is_final=True)))
    await died(database, people[6])
    published.clock.now = NOW + timedelta(minutes=2, seconds=30)

    found = await status_of(published)

    assert (found["isWritten"], found["isSettled"]) == (True, False)
    assert found["fanOuts"] == [
        {
            "kind": "REVISION",
            "state": "DONE",
            "notices": 8,
            "deliveries": 16,
            "begunAt": "2026-12-01T09:00:00Z",
            "finishedAt": "2026-12-01T09:00:00Z",
        }
    ]
    assert [(each["channel"], each["state"], each["count"]) for each in found["counts"]] == [
        ("EMAIL", "FAILED", 1),
        ("EMAIL", "PENDING", 1),
        ("EMAIL", "RETRY", 2),
        ("EMAIL", "SENT", 3),
        ("EMAIL", "UNKNOWN", 1),
        ("ACCOUNT_AREA", "SENT", 8),
    ]
    assert [(each["channel"], each["state"], each["reason"], each["count"]) for each in found["failures"]] == [
        ("EMAIL", "RETRY", "451", 2),
        ("EMAIL", "FAILED", "550", 1),
        ("EMAIL", "UNKNOWN", "the sender ended between handing over and writing down how that went", 1),
    ]
    # Two in a minute, and three are left: one that waits, two that are tried again.
    assert found["pace"] == {"perSecond": 2 / 60, "secondsLeft": 90.0}


async def test_it_is_settled_once_all_are_told_or_known_to_have_failed(published: Api) -> None:
    await write(published, "ann", "bob", channels=(Channel.EMAIL,))
    await change_deliveries(published.database, [id_of("ann")], ended(Sent()))
    await change_deliveries(published.database, [id_of("bob")], ended(Refused("550", is_final=True)))
    published.clock.advance(timedelta(hours=1))

    found = await status_of(published)

    assert (found["isWritten"], found["isSettled"]) == (True, True)
    assert found["pace"] == {"perSecond": 0.0, "secondsLeft": None}


async def test_before_it_is_written_nothing_is_settled(published: Api) -> None:
    found = await status_of(published)

    assert (found["isWritten"], found["isSettled"], found["counts"]) == (False, False, [])


async def test_a_withdrawal_is_told_of_beside_what_it_takes_back(empty: Api) -> None:
    await open_company(empty)
    number = await publish_for_everybody(empty)
    await write_notices(empty.database, empty.clock)
    empty.clock.advance(timedelta(hours=1))
    await withdraw_revision(empty.database, number, at=empty.clock())

    before = await status_of(empty)
    await write_notices(empty.database, empty.clock)
    after = await status_of(empty)

    assert [(each["kind"], each["state"], each["notices"]) for each in before["fanOuts"]] == [
        ("REVISION", "DONE", len(PEOPLE)),
        ("WITHDRAWAL", "PENDING", 0),
    ]
    assert (before["isWritten"], after["isWritten"], after["isSettled"]) == (False, True, True)
    # All were told in the account area.
    assert [each["notices"] for each in after["fanOuts"]] == [len(PEOPLE)] * 2
    assert after["counts"] == [{"channel": "ACCOUNT_AREA", "state": "SENT", "count": 2 * len(PEOPLE)}]


async def test_of_some_revisions_nobody_is_told(empty: Api) -> None:
    """The first one, and a draft."""
    await empty.publish_content(company(), A_DAY)
    await draft_revision(empty.database, company(email="dpo@example.com"), at=empty.clock())

    assert [await status_of(empty, number) for number in (1, 2)] == [None, None]


async def test_staff_only(published: Api) -> None:
    for token, code in (
        (None, "UNAUTHENTICATED"),
        (published.subject("ann"), "FORBIDDEN"),
        (published.service("billing"), "FORBIDDEN"),
        (published.job(), "FORBIDDEN"),
    ):
        answer = await published.ask(STATUS, {"number": 2}, token)
        assert (answer.data, answer.codes) == ({"revision": {"notification": None}}, [code])
