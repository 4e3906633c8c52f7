"""Publishing takes a reason at short notice, and leaves people to be told, in the same transaction; withdrawing sees to
those who were told."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from graph.changes import Impact, ImpactAdjustment
from graph.errors import Conflict, InvalidInput, InvalidTime, ShortNotice
from graph.model import MapElements, Revision, RevisionContent, RevisionState
from graph.notices import FanOut, FanOutState, NoticeKind
from graph.reasons import REASON_CHARACTERS_AT_MOST
from graph.store.adjustments import record_adjustment
from graph.store.comparisons import Comparison, Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.fan_outs import find_fan_outs
from graph.store.publishing import NoticePeriod, publish_revision, withdraw_revision
from graph.store.revisions import LOAD_MARKDOWN, draft_revision, list_revisions, load_revision
from tests.builders import A_DAY, a_map, a_policy, a_recipient, a_revision_content, a_service
from tests.graphs import dump

LATER = A_DAY + timedelta(days=90)
SOON = A_DAY + timedelta(days=3)


async def publish(database: Database, content: RevisionContent, *, effective_at: datetime) -> int:
    draft = await draft_revision(database, content, at=A_DAY)
    await publish_revision(database, draft.number, expected=draft.base, effective_at=effective_at, at=A_DAY)
    return draft.number


async def two(database: Database) -> None:
    await publish(database, a_revision_content(), effective_at=A_DAY)
    await publish(database, a_revision_content(policy=a_policy("statement", "more")), effective_at=LATER)


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


async def test_with_no_time_it_holds_from_its_publication(database: Database) -> None:
    await publish(database, a_revision_content(), effective_at=SOON)
    draft = await draft_revision(database, a_revision_content(policy=a_policy("statement", "more")), at=A_DAY)
    with pytest.raises(InvalidTime, match="choose a later time"):
        await publish_revision(database, draft.number, expected=1, effective_at=None, at=A_DAY)

    for at in (LATER, LATER + timedelta(hours=1)):
        published = await publish_revision(database, draft.number, expected=1, effective_at=None, at=at)
        assert (published.published_at, published.effective_at) == (LATER, LATER)


async def test_a_withdrawal_stops_the_telling_and_leaves_another(database: Database) -> None:
    await two(database)
    at = A_DAY + timedelta(days=1)

    await withdraw_revision(database, 2, at=at)
    await withdraw_revision(database, 2, at=at + timedelta(days=1))

    assert await find_fan_outs(database, 2) == {
        NoticeKind.REVISION: FanOut(2, NoticeKind.REVISION, FanOutState.STOPPED, "", 0, 0, A_DAY, at),
        NoticeKind.WITHDRAWAL: FanOut(2, NoticeKind.WITHDRAWAL, FanOutState.PENDING, "", 0, 0, at),
    }


async def test_one_that_another_builds_on_is_not_withdrawn_before_that(database: Database) -> None:
    """The later one holds its changes, and would tell nobody of them."""
    await two(database)
    await draft_revision(database, a_revision_content(policy=a_policy("statement", "third")), at=A_DAY)
    await publish_revision(database, 3, expected=2, effective_at=LATER + timedelta(days=30), at=A_DAY)

    with pytest.raises(Conflict, match=r"^Revision 3 was published after revision 2, .*: withdraw revision 3 first"):
        await withdraw_revision(database, 2, at=A_DAY)

    assert list(await find_fan_outs(database, 2)) == [NoticeKind.REVISION]
    await withdraw_revision(database, 3, at=A_DAY)
    assert (await withdraw_revision(database, 2, at=A_DAY)).state is RevisionState.WITHDRAWN


async def test_a_draft_that_is_withdrawn_tells_nobody(database: Database) -> None:
    await publish(database, a_revision_content(), effective_at=A_DAY)
    draft = await draft_revision(database, a_revision_content(policy=a_policy("statement", "more")), at=A_DAY)

    await withdraw_revision(database, draft.number, at=A_DAY)

    assert await find_fan_outs(database, draft.number) == {}


# ---- notice ----------------------------------------------------------------------------------------------------------

ADDED = "recipient/host/added"
WITH_HOST = a_map(recipients=(a_recipient(), a_recipient("host")))
WITH_NEW_NAME = a_map(services=(a_service(name="Invoices"),))
NEW_NAME = "service/billing/name"


def comparisons(database: Database) -> Comparisons:
    return Comparisons(DataMaps(database, clock=lambda: A_DAY))


async def drafted(database: Database, elements: MapElements) -> None:
    """Draft 2, with another map than that of revision 1, which is in force."""
    await publish(database, a_revision_content(), effective_at=A_DAY - timedelta(days=1))
    await draft_revision(database, a_revision_content(elements=elements), at=A_DAY)


async def publish_soon(
    database: Database,
    reason: str | None = None,
    *,
    effective_at: datetime = SOON,
    days: int = 30,
    expected: int = 1,
    known: Comparisons | None = None,
) -> Revision:
    """Draft 2, where 30 days are asked for, or others."""
    notice = NoticePeriod(days, known or comparisons(database))
    return await publish_revision(
        database, 2, expected=expected, effective_at=effective_at, at=A_DAY, notice=notice, reason=reason
    )


async def judge(database: Database, key: str, impact: Impact) -> None:
    await record_adjustment(database, 2, 1, ImpactAdjustment(key, impact, "Because.", None, A_DAY))


async def test_what_touches_rights_directly_takes_a_reason_at_short_notice(database: Database) -> None:
    await drafted(database, WITH_HOST)
    before = await dump(database)

    with pytest.raises(ShortNotice) as refused:
        await publish_soon(database)
    assert (refused.value.days, refused.value.required_days) == (3, 30)
    assert await dump(database) == before

    published = await publish_soon(database, " The old host closes. ")
    assert (published.state, published.short_notice_reason) == (RevisionState.PUBLISHED, "The old host closes.")
    assert await load_revision(database, 2) == published
    assert (await list_revisions(database, states=frozenset(RevisionState), limit=1)) == [published]
    assert list(await find_fan_outs(database, 2)) == [NoticeKind.REVISION]


async def test_a_blank_reason_is_none_and_one_that_is_no_text_is_refused(database: Database) -> None:
    await drafted(database, WITH_HOST)
    before = await dump(database)
    with pytest.raises(ShortNotice):
        await publish_soon(database, " \n ")
    with pytest.raises(InvalidInput, match="has 2001 characters, and may have 2000"):
        await publish_soon(database, "x" * (REASON_CHARACTERS_AT_MOST + 1))
    with pytest.raises(InvalidInput, match="characters that are no text"):
        await publish_soon(database, "a\x00b")
    assert await dump(database) == before


@pytest.mark.parametrize(("effective_at", "days"), [(A_DAY + timedelta(days=30), 30), (SOON, 3), (SOON, 0), (A_DAY, 0)])
async def test_with_notice_enough_none_is_needed_and_nothing_is_compared(
    database: Database, effective_at: datetime, days: int
) -> None:
    await drafted(database, WITH_HOST)
    asked: list[str] = []
    database.observers.append(asked.append)
    published = await publish_soon(database, effective_at=effective_at, days=days)
    assert (published.effective_at, published.short_notice_reason) == (effective_at, None)
    assert asked.count(LOAD_MARKDOWN) == 1, "of the draft, for what is found in it"


async def test_the_first_revision_needs_none(database: Database) -> None:
    await draft_revision(database, a_revision_content(), at=A_DAY)
    notice = NoticePeriod(30, comparisons(database))
    published = await publish_revision(database, 1, expected=0, effective_at=A_DAY, at=A_DAY, notice=notice)
    assert published.short_notice_reason is None


async def test_what_does_not_touch_rights_directly_needs_none_unless_it_was_raised(database: Database) -> None:
    await drafted(database, WITH_NEW_NAME)
    await judge(database, NEW_NAME, Impact.DIRECT)
    with pytest.raises(ShortNotice, match=f"the first: '{NEW_NAME}'"):
        await publish_soon(database)
    await judge(database, NEW_NAME, Impact.INDIRECT)
    assert (await publish_soon(database)).state is RevisionState.PUBLISHED


async def test_what_was_lowered_needs_none(database: Database) -> None:
    await drafted(database, WITH_HOST)
    await judge(database, ADDED, Impact.INDIRECT)
    assert (await publish_soon(database)).short_notice_reason is None


async def test_what_is_wrong_besides_is_told_first(database: Database) -> None:
    await drafted(database, WITH_HOST)
    with pytest.raises(Conflict, match=r"^Revision 1 was published meanwhile, where 7 was expected"):
        await publish_soon(database, expected=7)
    with pytest.raises(InvalidTime, match=r"^Revision 2 cannot come into force on") as refused:
        await publish_soon(database, effective_at=A_DAY - timedelta(days=1))
    assert refused.value.code == "INVALID_TIME"


async def test_the_same_again_returns_it_and_another_reason_is_a_conflict(database: Database) -> None:
    await drafted(database, WITH_HOST)
    published = await publish_soon(database, "The old host closes.")
    assert await publish_soon(database, "The old host closes. ") == published
    for other in (None, "It is late."):
        with pytest.raises(Conflict, match=r"^Revision 2 is published already"):
            await publish_soon(database, other)
    assert await load_revision(database, 2) == published


class Meanwhile(Comparisons):
    """Something happens when the draft has been compared, and before it is published."""

    def __init__(self, database: Database, happens: Callable[[], Awaitable[None]]) -> None:
        super().__init__(DataMaps(database, clock=lambda: A_DAY))
        self._happens = happens

    async def load(self, old: int, new: int) -> Comparison:
        found = await super().load(old, new)
        await self._happens()
        return found


async def test_what_is_raised_meanwhile_does_not_slip_through(database: Database) -> None:
    await drafted(database, WITH_NEW_NAME)
    known = Meanwhile(database, lambda: judge(database, NEW_NAME, Impact.DIRECT))
    with pytest.raises(ShortNotice):
        await publish_soon(database, known=known)
    assert (await load_revision(database, 2)).state is RevisionState.DRAFT


async def test_what_is_lowered_meanwhile_counts(database: Database) -> None:
    await drafted(database, WITH_HOST)
    known = Meanwhile(database, lambda: judge(database, ADDED, Impact.NONE))
    assert (await publish_soon(database, known=known)).state is RevisionState.PUBLISHED


async def test_what_was_published_meanwhile_is_a_conflict(database: Database) -> None:
    await drafted(database, WITH_HOST)

    async def another() -> None:
        await publish(database, a_revision_content(policy=a_policy("statement", "more")), effective_at=LATER)

    with pytest.raises(Conflict, match=r"^Revision 3 was published meanwhile"):
        await publish_soon(database, known=Meanwhile(database, another))


async def test_of_a_judgement_and_a_publication_at_once_one_is_first(database: Database) -> None:
    """Whatever the order: what was published without a reason was not judged to touch rights directly."""
    await drafted(database, WITH_NEW_NAME)
    known = comparisons(database)
    for _ in range(10):
        publication, judgement = await asyncio.gather(
            publish_soon(database, known=known), judge(database, NEW_NAME, Impact.DIRECT), return_exceptions=True
        )
        if isinstance(publication, ShortNotice):
            assert judgement is None
            await judge(database, NEW_NAME, Impact.INDIRECT)
            continue
        assert isinstance(publication, Revision)
        assert isinstance(judgement, Conflict)
        assert (await comparisons(database).load(1, 2)).highest_impact is Impact.INDIRECT
        break
