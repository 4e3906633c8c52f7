"""Publishing leaves people to be told, in the same transaction; withdrawing sees to those who were told."""

from __future__ import annotations

from datetime import datetime, timedelta

from graph.model import RevisionContent
from graph.notices import FanOut, FanOutState, NoticeKind
from graph.store.database import Database
from graph.store.fan_outs import find_fan_outs
from graph.store.publishing import publish_revision, withdraw_revision
from graph.store.revisions import draft_revision
from tests.builders import A_DAY, a_policy, a_revision_content

LATER = A_DAY + timedelta(days=90)


async def publish(database: Database, content: RevisionContent, *, effective_at: datetime) -> int:
    draft = await draft_revision(database, content, at=A_DAY)
    await publish_revision(database, draft.number, expected=draft.base, effective_at=effective_at, at=A_DAY)
    return draft.number


async def two(database: Database) -> None:
    await publish(database, a_revision_content(), effective_at=A_DAY)
    await publish(database, a_revision_content(policy=a_policy("more")), effective_at=LATER)


async def test_the_first_revision_leaves_nobody_to_be_told(database: Database) -> None:
    await publish(database, a_revision_content(), effective_at=A_DAY)

    assert await find_fan_outs(database, 1) == {}


async def test_the_next_one_leaves_its_people_to_be_told(database: Database) -> None:
    await two(database)

    assert await find_fan_outs(database, 2) == {
        NoticeKind.REVISION: FanOut(2, NoticeKind.REVISION, FanOutState.PENDING, "", 0, 0, A_DAY)
    }


async def test_to_publish_it_again_leaves_them_to_be_told_once(database: Database) -> None:
    await two(database)

    await publish_revision(database, 2, expected=1, effective_at=LATER, at=A_DAY + timedelta(hours=1))

    assert (await find_fan_outs(database, 2))[NoticeKind.REVISION].begun_at == A_DAY


async def test_a_withdrawal_stops_the_telling_and_leaves_another(database: Database) -> None:
    await two(database)
    at = A_DAY + timedelta(days=1)

    await withdraw_revision(database, 2, at=at)
    await withdraw_revision(database, 2, at=at + timedelta(days=1))

    assert await find_fan_outs(database, 2) == {
        NoticeKind.REVISION: FanOut(2, NoticeKind.REVISION, FanOutState.STOPPED, "", 0, 0, A_DAY, at),
        NoticeKind.WITHDRAWAL: FanOut(2, NoticeKind.WITHDRAWAL, FanOutState.PENDING, "", 0, 0, at),
    }


async def test_a_draft_that_is_withdrawn_tells_nobody(database: Database) -> None:
    await publish(database, a_revision_content(), effective_at=A_DAY)
    draft = await draft_revision(database, a_revision_content(policy=a_policy("more")), at=A_DAY)

    await withdraw_revision(database, draft.number, at=A_DAY)

    assert await find_fan_outs(database, draft.number) == {}
