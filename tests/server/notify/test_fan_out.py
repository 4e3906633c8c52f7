"""The job that writes notices: everybody whom a revision touches as it is published, once, whatever comes between."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from graph.model import Channel
from graph.notices import DeliveryState, FanOut, FanOutState, NoticeKind
from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.delivery_status import load_notify_status
from graph.store.fan_outs import find_fan_outs
from graph.store.publishing import withdraw_revision
from graph.store.times import to_text
from server.notify import fan_out
from server.notify.fan_out import FanOutJob
from server.notify.ways import Ways
from tests.graphs import run
from tests.server.api import EXAMPLE_REVISION, Api
from tests.server.telling import TO_COME

TOUCHED = [
    "example-buyer",
    "example-disclosed",
    "example-multi-product",
    "example-participant",
    "example-restricted",
    "example-social-sign-in",
    "example-visitor",
]

OnPage = Callable[[FanOut, FanOut], None]


def a_job(api: Api, on_page: OnPage = lambda before, after: None, database: Database | None = None) -> FanOutJob:
    graph = database or api.database
    comparisons = Comparisons(DataMaps(graph, clock=api.clock))
    return FanOutJob(graph, comparisons, Ways(), clock=api.clock, on_page=on_page)


@pytest.fixture
async def number(api: Api, monkeypatch: pytest.MonkeyPatch) -> int:
    """A published revision of which nobody is told yet; three are on a page."""
    monkeypatch.setattr(fan_out, "PEOPLE_A_PAGE", 3)
    monkeypatch.setattr(fan_out, "LOOK_SECONDS", 0.01)
    return await api.publish(EXAMPLE_REVISION, TO_COME)


async def told(api: Api, kind: NoticeKind = NoticeKind.REVISION) -> list[str]:
    found = await run(
        api.database, "MATCH (n:Notice {kind: $kind}) RETURN n.subject AS subject ORDER BY subject", kind=kind.value
    )
    return [str(each["subject"]) for each in found]


async def fan_out_of(api: Api, number: int, kind: NoticeKind = NoticeKind.REVISION) -> FanOut:
    return (await find_fan_outs(api.database, number))[kind]


async def test_they_are_written_page_by_page(api: Api, number: int) -> None:
    pages: list[tuple[int, str, FanOutState]] = []
    await a_job(api, lambda before, after: pages.append((after.notices, after.cursor, after.state))).write_all()

    assert pages == [
        (3, "example-multi-product", FanOutState.PENDING),
        (6, "example-social-sign-in", FanOutState.PENDING),
        (7, "example-visitor", FanOutState.DONE),
    ]
    assert await told(api) == TOUCHED
    status = await load_notify_status(api.database, number)
    assert (status.counts, status.is_settled) == ({(Channel.ACCOUNT_AREA, DeliveryState.SENT): 7}, True)


async def test_a_last_page_that_is_full_is_followed_by_an_empty_one(
    api: Api, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fan_out, "PEOPLE_A_PAGE", 7)
    pages: list[tuple[int, FanOutState]] = []
    await a_job(api, lambda before, after: pages.append((after.notices, after.state))).write_all()

    assert pages == [(7, FanOutState.PENDING), (7, FanOutState.DONE)]
    assert await told(api) == TOUCHED


async def test_two_at_once_write_each_page_once(api: Api, number: int) -> None:
    written: list[int] = []

    def count(before: FanOut, after: FanOut) -> None:
        written.append(after.notices)

    async with Database(api.database.address) as other:
        await asyncio.gather(a_job(api, count).write_all(), a_job(api, count, other).write_all())

    assert await told(api) == TOUCHED
    assert (await fan_out_of(api, number)).notices == 7
    # Who comes to a page that is written already goes on behind it.
    assert set(written) == {3, 6, 7}


async def test_a_job_that_was_stopped_is_gone_on_with(api: Api, number: int) -> None:
    first = a_job(api, lambda before, after: first.stop())
    await first.run()
    assert await told(api) == TOUCHED[:3]

    pages: list[int] = []
    await a_job(api, lambda before, after: pages.append(after.notices)).write_all()

    assert pages == [6, 7]
    assert await told(api) == TOUCHED


async def test_whoever_is_gone_meanwhile_is_told_nothing_and_not_counted(api: Api, number: int) -> None:
    async def forget() -> None:
        async with Database(api.database.address) as other:
            await run(other, "MATCH (s:Subject {id: 'example-participant'}) DETACH DELETE s")

    def after_the_first_page(before: FanOut, after: FanOut) -> None:
        if after.notices == 3:  # the second is read by now
            thread = threading.Thread(target=lambda: asyncio.run(forget()))
            thread.start()
            thread.join()

    await a_job(api, after_the_first_page).write_all()

    assert await told(api) == [each for each in TOUCHED if each != "example-participant"]
    done = await fan_out_of(api, number)
    assert (done.state, done.notices, done.deliveries) == (FanOutState.DONE, 6, 6)


async def test_a_withdrawal_in_the_middle_tells_only_who_was_told(api: Api, number: int) -> None:
    first = a_job(api, lambda before, after: first.stop())
    await first.run()
    await withdraw_revision(api.database, number, at=api.clock)

    await a_job(api).write_all()

    assert await told(api) == TOUCHED[:3]
    assert await told(api, NoticeKind.WITHDRAWAL) == TOUCHED[:3]
    assert (await fan_out_of(api, number)).state is FanOutState.STOPPED
    assert (await fan_out_of(api, number, NoticeKind.WITHDRAWAL)).state is FanOutState.DONE


async def test_those_are_told_who_were_touched_as_it_was_published(api: Api, number: int) -> None:
    begun_at = (await fan_out_of(api, number)).begun_at
    api.clock.advance(timedelta(days=2))
    await end_holdings(api, "example-visitor", begun_at + timedelta(days=1))
    await end_holdings(api, "example-buyer", begun_at - timedelta(days=1))

    await a_job(api).write_all()

    assert await told(api) == [each for each in TOUCHED if each != "example-buyer"]


async def end_holdings(api: Api, subject: str, at: datetime) -> None:
    statement = "MATCH (:Subject {id: $id})-[:HAS_HOLDING]->(h:Holding) SET h.until = $at"
    await run(api.database, statement, id=subject, at=to_text(at))


async def test_while_the_graph_is_away_the_rest_waits(api: Api, number: int) -> None:
    async with Database(api.database.address) as own:
        await own.leave("the graph is away")
        writing = asyncio.create_task(a_job(api, database=own).run(until_idle=True))
        await asyncio.sleep(0.05)
        assert (await told(api), writing.done()) == ([], False)
        own.move(api.database.address)
        await writing

    assert await told(api) == TOUCHED


async def test_it_goes_on_with_what_is_published_later(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fan_out, "LOOK_SECONDS", 0.01)
    job = a_job(api, lambda before, after: job.stop())
    running = asyncio.create_task(job.run())
    await asyncio.sleep(0.05)
    number = await api.publish(EXAMPLE_REVISION, TO_COME)
    await running

    assert await told(api) == TOUCHED
    assert (await fan_out_of(api, number)).state is FanOutState.DONE
