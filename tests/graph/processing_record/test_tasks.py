"""The record of processors: which rows there are, and what they say is not said."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings

from graph.data_map import DataMap
from graph.model import Adequacy, RecipientKind, RevisionContent
from graph.processing_record import Task, tasks, unstated_by_processors
from tests.builders import (
    a_controller,
    a_country,
    a_disclosure,
    a_map,
    a_policy,
    a_purpose,
    a_recipient,
    a_revision,
    a_safeguard,
)
from tests.strategies import valid_maps

CONTACT = "its contact details, its representative and its data protection officer"
MEASURES = "its security measures"


def map_of(**over: Any) -> DataMap:
    return DataMap(a_revision(), a_policy(), a_map(**over))


def rows_of(**over: Any) -> list[Task]:
    return list(tasks(map_of(**over)))


def said(row: Task) -> list[tuple[str, str]]:
    return [(each.point, each.what) for each in row.unstated]


def test_a_processor_has_a_row_for_each_disclosure_that_leads_to_it() -> None:
    recipients = (
        a_recipient("z-first"),
        a_recipient("authority", kind=RecipientKind.AUTHORITY),
        a_recipient("a-last"),
    )
    disclosures = (
        a_disclosure("one", recipient="a-last"),
        a_disclosure("two", recipient="z-first", purpose="research"),
        a_disclosure("three", recipient="z-first"),
        a_disclosure("four", recipient="authority"),
    )
    rows = rows_of(recipients=recipients, disclosures=disclosures, purposes=(a_purpose(), a_purpose("research")))
    assert [
        (row.processor.key, row.disclosure and row.disclosure.key, row.purpose and row.purpose.key) for row in rows
    ] == [
        ("z-first", "two", "research"),
        ("z-first", "three", "delivery"),
        ("a-last", "one", "delivery"),
    ]
    assert [(row.services[0].key, row.categories[0].whole.key, row.engaged_by) for row in rows] == [
        ("billing", "email", ()),
    ] * 3


def test_whom_processors_engage_act_for_the_controller_too() -> None:
    recipients = (
        a_recipient("mailer", engages=("printer",)),
        a_recipient("printer", kind=RecipientKind.INDEPENDENT_CONTROLLER, engages=("carrier",)),
        a_recipient("carrier", kind=RecipientKind.AFFILIATE),
        a_recipient("bank", kind=RecipientKind.INDEPENDENT_CONTROLLER),
    )
    rows = rows_of(recipients=recipients, disclosures=(a_disclosure(), a_disclosure("paying", recipient="bank")))
    assert [(row.processor.key, [each.key for each in row.engaged_by]) for row in rows] == [
        ("mailer", []),
        ("printer", ["mailer"]),
        ("carrier", ["printer"]),
    ]


def test_what_is_always_missing_of_a_processor() -> None:
    (row,) = rows_of()
    assert said(row) == [("30(2)(a)", CONTACT), ("30(2)(d)", MEASURES)]


def test_what_can_be_missing_of_a_processor() -> None:
    abroad = (a_country(), a_country("US", adequacy=Adequacy.NONE))
    rows = rows_of(
        countries=abroad,
        recipients=(a_recipient(name=None, countries=()), a_recipient("printer", countries=("US",))),
        disclosures=(a_disclosure(), a_disclosure("printing", recipient="printer")),
    )
    assert [said(row) for row in rows] == [
        [("30(2)(a)", "its name"), ("30(2)(a)", CONTACT), ("30(2)(c)", "the country"), ("30(2)(d)", MEASURES)],
        [("30(2)(a)", CONTACT), ("30(2)(c)", "what protects the transfer to Country US"), ("30(2)(d)", MEASURES)],
    ]


def test_data_of_nobody_is_no_transfer_of_personal_data() -> None:
    abroad = (a_country(), a_country("US", adequacy=Adequacy.NONE))
    recipients = (a_recipient(countries=("US",), safeguards=("standard-clauses",)),)
    over = {"countries": abroad, "recipients": recipients, "safeguards": (a_safeguard(),)}
    (identifiable,) = rows_of(**over)
    (of_nobody,) = rows_of(**over, disclosures=(a_disclosure(identifiable=False),))
    assert ([each.country.key for each in identifiable.transfers], of_nobody.transfers) == (["US"], ())


def test_a_processor_to_which_nothing_is_disclosed_is_there_all_the_same() -> None:
    (row,) = rows_of(disclosures=())
    assert (row.processor.key, row.disclosure, row.purpose, row.services) == ("mailer", None, None, ())
    nothing = ("30(2)(b)", "what it does, and with which data: nothing is disclosed to it")
    assert said(row) == [("30(2)(a)", CONTACT), ("30(2)(d)", MEASURES), nothing]


def test_what_is_missing_of_the_record_as_a_whole() -> None:
    (officer,) = unstated_by_processors(map_of())
    assert (officer.point, officer.what) == ("30(2)(a)", "the data protection officer, if there is one")
    abroad = map_of(
        countries=(a_country(), a_country("US", adequacy=Adequacy.NONE)), controller=a_controller(country="US")
    )
    assert len(list(unstated_by_processors(abroad))) == 2


@settings(max_examples=50)
@given(valid_maps())
def test_no_processor_and_nothing_that_reaches_one_is_missing(content: RevisionContent) -> None:
    data_map = DataMap(a_revision(), content.policy, content.elements)
    rows = list(tasks(data_map))
    shown = {(row.processor.key, row.disclosure and row.disclosure.key) for row in rows}
    assert len(shown) == len(rows)
    processors = {each.key for each in content.elements.recipients if each.kind is RecipientKind.PROCESSOR}
    assert processors <= {key for key, _ in shown}
    # As the paths have it that people are shown.
    for disclosure in content.elements.disclosures:
        service, category = (
            data_map.services[disclosure.services[0]],
            data_map.data_categories[disclosure.categories[0]],
        )
        for path in data_map.paths_of(disclosure, service, category):
            acting = any(each.kind is RecipientKind.PROCESSOR for each in path.recipients)
            assert not acting or (path.recipient.key, disclosure.key) in shown
