"""The publisher judges a change otherwise than the rules: while it is a draft, and for ever."""

from __future__ import annotations

from datetime import timedelta

import pytest

from graph.changes import Change, Impact, ImpactAdjustment
from graph.errors import Conflict, InvalidInput, NotFound
from graph.model import MapElements
from graph.reasons import REASON_CHARACTERS_AT_MOST
from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.judging import adjust_impact
from graph.store.publishing import publish_revision, withdraw_revision
from graph.store.revisions import draft_revision
from tests.builders import A_DAY, a_map, a_recipient, a_revision_content, a_right, a_service

HOST = a_recipient("host")
ADDED = "recipient/host/added"
NEW_NAME = "service/billing/name"
WITH_HOST = a_map(recipients=(a_recipient(), HOST), services=(a_service(name="Invoices"),))


async def draft(database: Database, elements: MapElements) -> int:
    content = a_revision_content(elements=elements)
    return (await draft_revision(database, content, at=A_DAY)).number


async def publish(database: Database, number: int, *, expected: int) -> None:
    effective_at = A_DAY + timedelta(days=number)
    await publish_revision(database, number, expected=expected, effective_at=effective_at, at=A_DAY)


@pytest.fixture
async def revised(database: Database) -> Database:
    """Revision 1 is published; draft 2 has a recipient more, and another name for a service."""
    await publish(database, await draft(database, a_map()), expected=0)
    assert await draft(database, WITH_HOST) == 2
    return database


def comparisons(database: Database) -> Comparisons:
    return Comparisons(DataMaps(database, clock=lambda: A_DAY))


async def compared(database: Database, old: int, new: int) -> dict[str, Change]:
    return {each.key: each for each in (await comparisons(database).load(old, new)).changes}


async def adjust(
    database: Database, key: str, impact: Impact, reason: str | None = None, *, number: int = 2, by: str | None = "ann"
) -> Change:
    known = comparisons(database)
    _, change = await adjust_impact(database, known, number, key, impact, reason, by=by, at=A_DAY)
    return change


async def test_lowering_needs_a_reason_and_both_are_shown(revised: Database) -> None:
    change = await adjust(revised, ADDED, Impact.INDIRECT, "  It was there before, unnamed. ")
    adjustment = ImpactAdjustment(ADDED, Impact.INDIRECT, "It was there before, unnamed.", "ann", A_DAY)
    assert (change.judged, change.impact, change.adjustment) == (Impact.DIRECT, Impact.INDIRECT, adjustment)
    assert (await compared(revised, 1, 2))[ADDED] == change
    # And when it is published, for ever.
    await publish(revised, 2, expected=1)
    assert (await compared(revised, 1, 2))[ADDED] == change


async def test_raising_needs_none(revised: Database) -> None:
    change = await adjust(revised, NEW_NAME, Impact.DIRECT, by=None)
    assert (change.judged, change.impact) == (Impact.INDIRECT, Impact.DIRECT)
    assert change.adjustment == ImpactAdjustment(NEW_NAME, Impact.DIRECT, None, None, A_DAY)
    assert (await compared(revised, 1, 2))[NEW_NAME] == change


async def test_the_last_word_counts(revised: Database) -> None:
    await adjust(revised, ADDED, Impact.NONE, "Nobody cares.")
    await adjust(revised, ADDED, Impact.DIRECT)
    (found,) = [each for each in (await compared(revised, 1, 2)).values() if each.adjustment]
    assert found.adjustment == ImpactAdjustment(ADDED, Impact.DIRECT, None, "ann", A_DAY)


@pytest.mark.parametrize(
    ("impact", "reason", "message"),
    [
        (Impact.INDIRECT, None, "say why it is INDIRECT, in a reason that stays with the revision"),
        (Impact.NONE, " \n ", "say why it is NONE"),
        (Impact.NONE, "x" * (REASON_CHARACTERS_AT_MOST + 1), "has 2001 characters, and may have 2000"),
        (Impact.DIRECT, "a\x00b", "characters that are no text"),
        (Impact.DIRECT, "a\ud800b", "characters that are no text"),
    ],
)
async def test_what_is_no_reason_changes_nothing(
    revised: Database, impact: Impact, reason: str | None, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        await adjust(revised, ADDED, impact, reason)
    assert [each for each in (await compared(revised, 1, 2)).values() if each.adjustment] == []


async def test_a_change_that_is_not_there_is_told_with_those_that_are_like_it(revised: Database) -> None:
    with pytest.raises(NotFound) as error:
        await adjust(revised, "recipient/hosts/added", Impact.NONE, "x")
    assert error.value.message == (
        "There is no change 'recipient/hosts/added': the nearest are 'recipient/host/added', 'service/billing/name'"
    )


async def test_only_a_draft_is_judged(revised: Database) -> None:
    await publish(revised, 2, expected=1)
    with pytest.raises(Conflict, match=r"^Revision 2 is published already: what its changes do is judged while it"):
        await adjust(revised, ADDED, Impact.NONE, "Too late.")
    with pytest.raises(NotFound, match=r"^There is no revision 9"):
        await adjust(revised, ADDED, Impact.NONE, "x", number=9)
    with pytest.raises(NotFound, match=r"^Revision 1 is the first: it changes nothing that anybody was told"):
        await adjust(revised, ADDED, Impact.NONE, "x", number=1)


async def test_a_word_against_one_revision_does_not_count_against_another(revised: Database) -> None:
    """A change with the same key may be another one when the revision before it is."""
    await adjust(revised, ADDED, Impact.NONE, "Nothing new.")
    third = await draft(revised, a_map(rights=(a_right(),)))
    await publish(revised, third, expected=1)
    assert (await compared(revised, third, 2))[ADDED].adjustment is None
    assert (await compared(revised, 1, 2))[ADDED].impact is Impact.NONE
    # A draft is judged against the revision published last.
    await adjust(revised, ADDED, Impact.INDIRECT, "Hardly new.")
    assert (await compared(revised, third, 2))[ADDED].impact is Impact.INDIRECT
    assert (await compared(revised, 1, 2))[ADDED].impact is Impact.NONE


async def test_a_withdrawn_draft_is_not_judged(revised: Database) -> None:
    await withdraw_revision(revised, 2, at=A_DAY)
    with pytest.raises(Conflict, match=r"^Revision 2 is withdrawn already"):
        await adjust(revised, ADDED, Impact.NONE, "x")
