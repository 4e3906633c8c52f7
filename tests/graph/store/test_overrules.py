"""A violation keeps a draft from being published, until the publisher overrules it with a reason."""

from __future__ import annotations

from datetime import timedelta

import pytest

from graph.errors import Conflict, InvalidInput, NotFound, StandingViolation, ViolationsNotOverruled
from graph.model import Adequacy, Finding, FindingOverrule, LegalBasis, MapElements, Revision, RevisionState
from graph.reasons import REASON_CHARACTERS_AT_MOST
from graph.store.database import Database
from graph.store.findings import load_findings
from graph.store.judging import overrule_finding
from graph.store.overrules import list_overrules, record_overrule
from graph.store.publishing import publish_revision, withdraw_revision
from graph.store.revisions import draft_revision
from tests.builders import A_DAY, a_country, a_map, a_purpose, a_recipient, a_revision_content
from tests.graphs import dump

TRANSFER = "transfer-without-safeguard/recipient/mailer"
MARKETING = "marketing-without-consent/purpose/news"
GAP = "unused-purpose/purpose/news"
NEWS = a_purpose("news", direct_marketing=True, legal_basis=LegalBasis.CONTRACT)
TWO_VIOLATIONS = a_map(
    countries=(a_country(), a_country("RU", adequacy=Adequacy.NONE)),
    recipients=(a_recipient(countries=("RU",)),),
    purposes=(a_purpose(), NEWS),
)


async def draft(database: Database, elements: MapElements = TWO_VIOLATIONS) -> int:
    return (await draft_revision(database, a_revision_content(elements=elements), at=A_DAY)).number


async def publish(database: Database, number: int, *, expected: int = 0) -> Revision:
    effective_at = A_DAY + timedelta(days=number)
    return await publish_revision(database, number, expected=expected, effective_at=effective_at, at=A_DAY)


async def overrule(
    database: Database, key: str, reason: str = "It ends this year.", *, number: int = 1, by: str | None = "ann"
) -> Finding:
    _, finding = await overrule_finding(database, number, key, reason, by=by, at=A_DAY)
    return finding


async def standing(database: Database, number: int = 1) -> list[str]:
    with pytest.raises(ViolationsNotOverruled) as refused:
        await publish(database, number)
    return [each.finding for each in refused.value.violations]


async def test_a_violation_keeps_a_draft_from_being_published(database: Database) -> None:
    await draft(database)
    before = await dump(database)

    with pytest.raises(ViolationsNotOverruled) as refused:
        await publish(database, 1)

    assert refused.value.violations == (
        StandingViolation(MARKETING, "is direct marketing on CONTRACT; make its basis CONSENT"),
        StandingViolation(TRANSFER, "receives identifiable data in 'RU' without a safeguard; name what protects it"),
    )
    assert refused.value.message == (
        f"Revision 1 has 2 violations that nobody overruled (the first: '{MARKETING}'): mend what is wrong and draft "
        "it again, or overrule each with a reason, which stays with the revision"
    )
    assert await dump(database) == before


async def test_it_is_published_once_each_is_overruled_and_keeps_the_reasons(database: Database) -> None:
    await draft(database)
    finding = await overrule(database, TRANSFER, "  The contract ends in May. ")
    assert finding.overrule == FindingOverrule(TRANSFER, "The contract ends in May.", "ann", A_DAY)
    assert await standing(database) == [MARKETING]

    other = await overrule(database, MARKETING, by=None)
    published = await publish(database, 1)

    assert published.state is RevisionState.PUBLISHED
    _, found = await load_findings(database, 1)
    assert [each.overrule for each in found] == [other.overrule, finding.overrule, None]
    # To publish it again is no new publication.
    assert await publish(database, 1) == published


async def test_gaps_keep_nothing_from_being_published(database: Database) -> None:
    await draft(database, a_map(purposes=(a_purpose(), a_purpose("news"))))
    assert (await publish(database, 1)).state is RevisionState.PUBLISHED
    await draft(database)
    with pytest.raises(InvalidInput, match=rf"^'{GAP}' is a gap, which keeps nothing from being published"):
        await overrule(database, GAP, number=2)


async def test_the_last_reason_counts(database: Database) -> None:
    await draft(database)
    await overrule(database, TRANSFER, "It is small.")
    await overrule(database, TRANSFER, "It ends.", by=None)
    assert await list_overrules(database, 1) == (FindingOverrule(TRANSFER, "It ends.", None, A_DAY),)


async def test_an_overrule_is_of_one_draft_alone(database: Database) -> None:
    await draft(database)
    await overrule(database, TRANSFER)
    await overrule(database, MARKETING)
    await draft(database, a_map(recipients=TWO_VIOLATIONS.recipients, countries=TWO_VIOLATIONS.countries))
    assert await standing(database, 2) == [TRANSFER]


async def test_an_overrule_of_what_is_not_found_does_not_count(database: Database) -> None:
    """As that of an earlier version, whose rules said something else."""
    await draft(database)
    await record_overrule(database, 1, FindingOverrule("an-old-rule/recipient/mailer", "Why not.", None, A_DAY))
    assert await standing(database) == [MARKETING, TRANSFER]
    _, found = await load_findings(database, 1)
    assert [each.overrule for each in found if each.overrule] == []


@pytest.mark.parametrize(
    ("reason", "message"),
    [
        (" \n ", f"^'{TRANSFER}' is a violation: say why the draft may be published all the same"),
        ("x" * (REASON_CHARACTERS_AT_MOST + 1), "has 2001 characters, and may have 2000"),
        ("a\x00b", "characters that are no text"),
    ],
)
async def test_what_is_no_reason_overrules_nothing(database: Database, reason: str, message: str) -> None:
    await draft(database)
    with pytest.raises(InvalidInput, match=message):
        await overrule(database, TRANSFER, reason)
    assert await list_overrules(database, 1) == ()


async def test_a_finding_that_is_not_there_is_told_with_those_that_are_like_it(database: Database) -> None:
    await draft(database)
    with pytest.raises(NotFound) as error:
        await overrule(database, "transfer-without-safeguard/recipient/mailers")
    assert error.value.message == (
        "There is no finding 'transfer-without-safeguard/recipient/mailers': the nearest are "
        f"'{TRANSFER}', '{MARKETING}', '{GAP}'"
    )
    assert error.value.ids == {"finding": "transfer-without-safeguard/recipient/mailers"}


async def test_only_a_draft_is_overruled(database: Database) -> None:
    await draft(database)
    await overrule(database, TRANSFER)
    await overrule(database, MARKETING)
    await publish(database, 1)
    with pytest.raises(Conflict, match=r"^Revision 1 is published already: what is found in it is overruled while it"):
        await overrule(database, TRANSFER, "Too late.")
    await draft(database)
    await withdraw_revision(database, 2, at=A_DAY)
    with pytest.raises(Conflict, match=r"^Revision 2 is withdrawn already"):
        await overrule(database, TRANSFER, number=2)
    with pytest.raises(NotFound, match=r"^There is no revision 9"):
        await overrule(database, TRANSFER, number=9)
