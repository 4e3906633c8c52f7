"""Paths as the graph finds them: those of any map and any question, by what they pass, and cut where they are too many.

A plain walk over all facts and chains (`tests.graph.path_oracle`) says which those are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import event, given
from hypothesis import strategies as st

from graph.data_map import all_elements
from graph.errors import InvalidInput
from graph.model import ElementKind, ElementName, RevisionContent, name_of
from graph.paths import Path, question
from graph.store.database import Database
from graph.store.explore import find_paths
from graph.store.revisions import draft_revision, load_data_map
from tests.builders import (
    A_DAY,
    a_category,
    a_country,
    a_disclosure,
    a_map,
    a_processing,
    a_recipient,
    a_revision_content,
    a_service,
    a_source,
)
from tests.graph.path_oracle import paths_of
from tests.graphs import wipe
from tests.strategies import of_thirty, valid_maps

Names = list[ElementName] | None

_BEGINS = {ElementKind.SOURCE, ElementKind.SERVICE, ElementKind.DATA_CATEGORY, ElementKind.RECIPIENT}
_ENDS = {ElementKind.SERVICE, ElementKind.DATA_CATEGORY, ElementKind.RECIPIENT, ElementKind.COUNTRY}


@st.composite
def cases(draw: st.DrawFn) -> tuple[RevisionContent, RevisionContent, list[tuple[Names, Names]]]:
    """A map, another one whose keys are alike but not what they say, and questions about the first."""
    content = draw(valid_maps().filter(lambda each: bool(each.elements.processings and each.elements.disclosures)))
    names = [name_of(each) for each in all_elements(content.elements)]

    def some(kinds: set[ElementKind]) -> list[ElementName]:
        return draw(st.lists(st.sampled_from([each for each in names if each.kind in kinds]), min_size=1, unique=True))

    begins, ends = some(_BEGINS), some(_ENDS)
    every = [each for each in names if each.kind in _BEGINS], [each for each in names if each.kind in _ENDS]
    return content, draw(valid_maps()), [(None, None), (begins, None), (None, ends), (begins, ends), every]


@of_thirty(16)
@given(case=cases())
async def test_they_are_all_paths_of_any_map(
    migrated: Database, case: tuple[RevisionContent, RevisionContent, list[tuple[Names, Names]]]
) -> None:
    content, other, questions = case
    await wipe(migrated)
    await draft_revision(migrated, content, at=A_DAY)
    await draft_revision(migrated, other, at=A_DAY)
    data_map = await load_data_map(migrated, 1)
    for begins, ends in questions:
        expected = paths_of(data_map, begins, ends)
        try:
            asked = question(data_map, begins, ends)
        except InvalidInput:
            assert expected == set()
            continue
        found = await find_paths(migrated, data_map, asked)
        assert found.is_complete
        assert set(found.paths) == expected
        assert len(found.paths) == len(expected)
        event(f"paths: {min(10, len(expected))}")


# ---- in full ---------------------------------------------------------------------------------------------------------

# billing has a shop; the email is contact data. The mailer gets the shop's contact data, and engages a host abroad.
ELEMENTS = a_map(
    services=(a_service(), a_service("shop", part_of="billing"), a_service("forum")),
    data_categories=(a_category("contact"), a_category(part_of="contact"), a_category("posts")),
    sources=(a_source(), a_source("logs")),
    countries=(a_country(), a_country("US"), a_country("RU")),
    recipients=(
        a_recipient(engages=("host", "lawyer")),
        a_recipient("host", countries=("US", "RU")),
        a_recipient("lawyer", countries=()),
    ),
    processings=(
        a_processing(),
        a_processing("billing-law", source="logs"),
        a_processing("billing-again"),
    ),
    disclosures=(
        a_disclosure("contact-to-mailer", services=("shop",), categories=("contact",)),
        a_disclosure(
            "posts-to-lawyer", services=("forum",), categories=("posts",), recipient="lawyer", identifiable=False
        ),
    ),
)


async def found(database: Database, begins: Sequence[str] | None, ends: Sequence[str] | None) -> list[str]:
    await draft_revision(database, a_revision_content(elements=ELEMENTS), at=A_DAY)
    data_map = await load_data_map(database, 1)
    names = {name.key: name for name in data_map.elements_by_name}
    asked = question(
        data_map,
        None if begins is None else [names[key] for key in begins],
        None if ends is None else [names[key] for key in ends],
    )
    paths = await find_paths(database, data_map, asked)
    assert paths.is_complete
    return [written(path) for path in paths.paths]


def written(path: Path) -> str:
    passed = [path.source, path.service, path.category, *path.recipients, path.country]
    facts = " ".join([*path.processings, *path.disclosures])
    return f"{' > '.join(each for each in passed if each)}: {facts}" + ("" if path.is_identifiable else " (anonymous)")


async def test_a_path_leads_through_the_narrower_of_a_part_and_its_whole(database: Database) -> None:
    billing = "billing-again billing-email contact-to-mailer"
    assert await found(database, None, ["CY"]) == [
        f"the-person > shop > email > mailer > CY: {billing}",
        "logs > shop > email > mailer > CY: billing-law contact-to-mailer",
    ]
    assert await found(database, ["billing"], ["CY"]) == ["shop > contact > mailer > CY: contact-to-mailer"]
    assert await found(database, ["email"], ["mailer"]) == ["email > mailer: contact-to-mailer"]
    assert await found(database, ["the-person"], ["host"]) == [f"the-person > shop > email > mailer > host: {billing}"]
    assert await found(database, ["shop"], ["contact"]) == ["shop > email: billing-again billing-email billing-law"]
    assert await found(database, None, ["shop"]) == [
        "the-person > shop: billing-again billing-email",
        "logs > shop: billing-law",
    ]


async def test_to_anywhere_is_every_country_and_every_recipient_in_none(database: Database) -> None:
    assert await found(database, ["email"], None) == [
        "email > mailer > CY: contact-to-mailer",
        "email > mailer > host > US: contact-to-mailer",
        "email > mailer > host > RU: contact-to-mailer",
        "email > mailer > lawyer: contact-to-mailer",
    ]
    assert await found(database, ["mailer"], None) == [
        "mailer > CY: ",
        "mailer > host > US: ",
        "mailer > host > RU: ",
        "mailer > lawyer: ",
    ]


async def test_where_no_processing_says_from_where_a_path_begins_at_the_service(database: Database) -> None:
    assert await found(database, None, ["lawyer"]) == [
        "the-person > shop > email > mailer > lawyer: billing-again billing-email contact-to-mailer",
        "logs > shop > email > mailer > lawyer: billing-law contact-to-mailer",
        "forum > posts > lawyer: posts-to-lawyer (anonymous)",
    ]


async def test_what_is_too_much_is_cut_and_says_so(database: Database) -> None:
    await draft_revision(database, a_revision_content(elements=ELEMENTS), at=A_DAY)
    data_map = await load_data_map(database, 1)
    whole = await find_paths(database, data_map, question(data_map, None, None), ways_at_most=13)
    assert (len(whole.paths), whole.is_complete) == (9, True)
    cut = await find_paths(database, data_map, question(data_map, None, None), ways_at_most=12)
    assert not cut.is_complete
    # Of the last one a fact may be missing.
    assert len(cut.paths) in (8, 9)
    assert {_passed(path) for path in cut.paths} <= {_passed(path) for path in whole.paths}


def _passed(path: Path) -> Path:
    return replace(path, processings=(), disclosures=(), is_identifiable=True)


async def test_a_question_is_one_statement(database: Database) -> None:
    await draft_revision(database, a_revision_content(elements=ELEMENTS), at=A_DAY)
    data_map = await load_data_map(database, 1)
    ran: list[str] = []
    database.observers.append(ran.append)
    billing, email = ElementName(ElementKind.SERVICE, "billing"), ElementName(ElementKind.DATA_CATEGORY, "email")
    mailer = ElementName(ElementKind.RECIPIENT, "mailer")
    for begins, ends in (([billing, email], None), (None, [mailer]), ([billing], [email]), (None, None)):
        ran.clear()
        await find_paths(database, data_map, question(data_map, begins, ends))
        assert len(ran) == 1
