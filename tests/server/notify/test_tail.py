"""What is told from now on: whom the tail tells, of what, and what it asks of the graph for it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from graph.errors import GraphUnavailable
from graph.notices import Notice, NoticeKind
from graph.store.database import Database
from graph.store.fan_outs import FIND_LAST_PAGE
from graph.store.notices import LIST_NEW_NOTICES
from server.notify.tail import WAITING_AT_MOST, Listener, NoticeTail
from tests.builders import A_DAY
from tests.patience import PATIENCE_SECONDS
from tests.server.api import Api
from tests.server.gate.served import until
from tests.server.telling import open_account, tell_everybody


@pytest.fixture
async def account(empty: Api) -> Api:
    """A small company with ann and ben."""
    await open_account(empty, "ann", "ben")
    return empty


@pytest.fixture
async def tail(database: Database) -> AsyncIterator[NoticeTail]:
    tail = NoticeTail(database, look_seconds=0.01)
    yield tail
    await tail.close()


async def heard(listener: Listener) -> tuple[str, int]:
    """Of whom and of which revision the next notice is."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        notice = await anext(listener)
    return notice.subject, notice.revision


def count(statements: list[str], wanted: str) -> int:
    return sum(each == wanted for each in statements)


async def test_a_listener_hears_what_is_told_after_it_began_and_nothing_else(account: Api, tail: NoticeTail) -> None:
    await tell_everybody(account)
    ann = await tail.listen("ann")
    await tell_everybody(account)
    # Of revision 3 ann may not have heard when these begin.
    late, ben = await tail.listen("ann"), await tail.listen("ben")
    await tell_everybody(account)
    assert [await heard(ann), await heard(ann)] == [("ann", 3), ("ann", 4)]
    assert await heard(late) == ("ann", 4)
    assert await heard(ben) == ("ben", 4)


async def test_nothing_is_asked_while_nobody_listens(account: Api, tail: NoticeTail) -> None:
    listener = await tail.listen("ann")
    listener.close()
    listener.close()
    assert len(tail) == 0
    await until(lambda: tail._looking is None)
    statements: list[str] = []
    account.database.observers.append(statements.append)
    await asyncio.sleep(0.05)
    assert statements == []
    account.database.observers.clear()
    # And then again.
    listener = await tail.listen("ann")
    await tell_everybody(account)
    assert await heard(listener) == ("ann", 2)


async def test_however_many_listen_a_look_is_one_statement_and_two_where_there_is_news(
    account: Api, tail: NoticeTail
) -> None:
    listeners = [await tail.listen(subject) for subject in ("ann", "ben", *(f"person-{n}" for n in range(100)))]
    statements: list[str] = []
    account.database.observers.append(statements.append)
    await until(lambda: count(statements, FIND_LAST_PAGE) >= 3)
    assert set(statements) == {FIND_LAST_PAGE}
    await tell_everybody(account)
    assert [await heard(each) for each in listeners[:2]] == [("ann", 2), ("ben", 2)]
    assert count(statements, LIST_NEW_NOTICES) == 1


async def test_what_fails_on_the_way_is_looked_for_again_and_told_once(account: Api, tail: NoticeTail) -> None:
    failures = iter([GraphUnavailable("The graph does not answer: try again later")] * 2)

    def fail(statement: str) -> None:
        if statement == LIST_NEW_NOTICES and (failure := next(failures, None)):
            raise failure

    listener = await tail.listen("ann")
    account.database.observers.append(fail)
    await tell_everybody(account)
    await tell_everybody(account)
    assert [await heard(listener), await heard(listener)] == [("ann", 2), ("ann", 3)]
    assert next(failures, None) is None


async def test_where_looking_fails_for_good_the_listeners_end_and_listen_anew(account: Api, tail: NoticeTail) -> None:
    def fail(statement: str) -> None:
        raise ZeroDivisionError

    listener = await tail.listen("ann")
    account.database.observers.append(fail)
    with pytest.raises(StopAsyncIteration):
        await heard(listener)
    listener.close()
    account.database.observers.clear()
    anew = await tail.listen("ann")
    await tell_everybody(account)
    assert await heard(anew) == ("ann", 2)


async def test_when_the_tail_ends_every_listener_does(account: Api, tail: NoticeTail) -> None:
    listeners = [await tail.listen(subject) for subject in ("ann", "ben")]
    await tail.close()
    for listener in listeners:
        with pytest.raises(StopAsyncIteration):
            await heard(listener)


async def test_who_is_too_far_behind_hears_what_was_kept_and_then_the_end() -> None:
    closed: list[Listener] = []
    listener = Listener(after=3, close=closed.append)
    for page in range(1, 3 * WAITING_AT_MOST):
        listener.tell(page, Notice("ann", page, NoticeKind.REVISION, A_DAY))
    assert [notice.revision async for notice in listener] == list(range(4, 4 + WAITING_AT_MOST))
    listener.close()
    assert closed == [listener]
