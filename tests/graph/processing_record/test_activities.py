"""The controller's record: which rows there are, what they say, and what they say is not said."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import pytest
from hypothesis import given, settings

from graph.data_map import DataMap
from graph.model import Adequacy, LegalBasis, MeasureKind, RecipientKind, RevisionContent
from graph.processing_record import Activity, Unstated, activities, unstated_by_controller
from tests.builders import (
    a_category,
    a_controller,
    a_country,
    a_disclosure,
    a_map,
    a_measure,
    a_policy,
    a_processing,
    a_purpose,
    a_recipient,
    a_retention_rule,
    a_revision,
    a_safeguard,
    a_service,
)
from tests.strategies import valid_maps

ABROAD = (a_country(), a_country("US", adequacy=Adequacy.NONE), a_country("JP", adequacy=Adequacy.ADEQUATE))


def map_of(*clauses: str, **over: Any) -> DataMap:
    return DataMap(a_revision(), a_policy("statement", *clauses), a_map(**over))


def rows_of(*clauses: str, **over: Any) -> list[Activity]:
    return list(activities(map_of(*clauses, **over)))


def received(row: Activity) -> list[tuple[str, list[str], list[str], list[str]]]:
    """Each disclosure with the services and categories that it hands on, and whom they reach."""
    return [
        (
            each.disclosure.key,
            [service.key for service in each.services],
            [category.key for category in each.categories],
            [onward.recipient.key for onward in each.reached],
        )
        for each in row.receipts
    ]


def said(unstated: Iterable[Unstated]) -> list[tuple[str, str, str]]:
    return [(each.point, each.what, each.about.key) for each in unstated]


SUBJECTS = ("30(1)(c)", "the categories of data subjects", "acme")


# ---- the rows --------------------------------------------------------------------------------------------------------


def test_a_processing_is_a_row_with_all_that_it_refers_to() -> None:
    (row,) = rows_of()

    assert (row.fact.key, row.service.whole.key, row.purpose.key) == ("billing-email", "billing", "delivery")
    assert (row.legal_basis, row.source and row.source.key) == (LegalBasis.LEGITIMATE_INTERESTS, "the-person")
    assert ([each.whole.key for each in row.categories], row.retention) == (["email"], a_retention_rule())
    assert received(row) == [("email-to-mailer", ["billing"], ["email"], ["mailer"])]
    assert (row.transfers, said(row.unstated)) == ((), [SUBJECTS])


def test_rows_are_in_the_order_of_the_map() -> None:
    processings = tuple(a_processing(key) for key in ("z", "a", "m"))
    assert [row.fact.key for row in rows_of(processings=processings)] == ["z", "a", "m"]


def test_a_row_has_its_own_legal_basis() -> None:
    (row,) = rows_of(processings=(a_processing(legal_basis=LegalBasis.CONTRACT),))
    assert row.legal_basis is LegalBasis.CONTRACT


def test_what_has_parts_is_told_with_the_last_of_them() -> None:
    services = (a_service("all"), a_service("billing", part_of="all"), a_service("shop", part_of="all"))
    categories = (
        a_category("contact"),
        a_category("phone", part_of="contact"),
        a_category("post", part_of="contact"),
        a_category("street", part_of="post"),
        a_category("email", part_of="contact"),
    )
    processings = (a_processing(service="all", categories=("contact", "post")),)
    (row,) = rows_of(services=services, data_categories=categories, processings=processings)

    assert [each.key for each in row.service.parts] == ["billing", "shop"]
    assert [[each.key for each in category.parts] for category in row.categories] == [
        ["phone", "street", "email"],
        ["street"],
    ]


def test_each_clause_that_states_something_in_a_row_is_there_once() -> None:
    (row,) = rows_of(
        "of-use",
        "of-purpose",
        "of-disclosure",
        "of-recipient",
        "of-safeguard",
        "of-retention",
        "elsewhere",
        countries=ABROAD,
        safeguards=(a_safeguard(clauses=("of-safeguard", "of-use")),),
        purposes=(a_purpose(clauses=("of-purpose",)),),
        processings=(a_processing(clauses=("of-use", "statement")),),
        disclosures=(a_disclosure(clauses=("of-disclosure", "statement")),),
        recipients=(a_recipient(countries=("US",), safeguards=("standard-clauses",), clauses=("of-recipient",)),),
        retention_rules=(a_retention_rule(clauses=("of-retention",)),),
        services=(a_service(clauses=("elsewhere",)),),
    )
    assert [each.key for each in row.clauses] == [
        "of-use",
        "statement",
        "of-purpose",
        "of-disclosure",
        "of-recipient",
        "of-safeguard",
        "of-retention",
    ]


# ---- who receives it -------------------------------------------------------------------------------------------------


def test_a_disclosure_stands_where_what_it_hands_on_is_processed_for_its_purpose() -> None:
    services = (a_service("all"), a_service("billing", part_of="all"), a_service("shop", part_of="all"))
    categories = (a_category("contact"), a_category("email", part_of="contact"), a_category("cookies"))
    rows = rows_of(
        services=services,
        data_categories=categories,
        purposes=(a_purpose(), a_purpose("research")),
        processings=(
            a_processing("of-the-part", service="billing", categories=("email", "cookies")),
            a_processing("of-the-whole", service="all", categories=("contact",)),
            a_processing("for-something-else", service="all", categories=("contact",), purpose="research"),
            a_processing("of-another", service="shop", categories=("cookies",)),
        ),
        disclosures=(
            a_disclosure("of-whole", services=("all",), categories=("contact",)),
            a_disclosure("of-part", services=("billing",), categories=("email",)),
        ),
    )
    # What is narrower counts: of the service and of the category, of the processing and of the disclosure.
    assert {row.fact.key: received(row) for row in rows} == {
        "of-the-part": [
            ("of-whole", ["billing"], ["email"], ["mailer"]),
            ("of-part", ["billing"], ["email"], ["mailer"]),
        ],
        "of-the-whole": [
            ("of-whole", ["all"], ["contact"], ["mailer"]),
            ("of-part", ["billing"], ["email"], ["mailer"]),
        ],
        "for-something-else": [],
        "of-another": [],
    }


def test_what_is_disclosed_and_processed_nowhere_for_that_purpose_is_a_row_too() -> None:
    rows = rows_of(
        services=(a_service(), a_service("shop")),
        data_categories=(a_category(), a_category("phone")),
        purposes=(a_purpose(), a_purpose("research", legal_basis=LegalBasis.CONSENT)),
        disclosures=(
            a_disclosure("in-part", services=("billing", "shop"), categories=("email", "phone")),
            a_disclosure("wholly", purpose="research"),
        ),
    )
    assert [(row.fact.key, row.service.whole.key, received(row)) for row in rows] == [
        ("billing-email", "billing", [("in-part", ["billing"], ["email"], ["mailer"])]),
        ("in-part", "billing", [("in-part", ["billing"], ["phone"], ["mailer"])]),
        ("in-part", "shop", [("in-part", ["shop"], ["email", "phone"], ["mailer"])]),
        ("wholly", "billing", [("wholly", ["billing"], ["email"], ["mailer"])]),
    ]
    last = rows[-1]
    assert (last.legal_basis, last.source, last.retention) == (LegalBasis.CONSENT, None, None)
    assert said(last.unstated) == [SUBJECTS, ("30(1)(f)", "how long it is kept for this purpose", "wholly")]


def test_a_part_that_is_processed_for_something_else_is_a_row_of_the_disclosure_of_the_whole() -> None:
    services = (a_service("all"), a_service("billing", part_of="all"), a_service("shop", part_of="all"))
    categories = (
        a_category("contact"),
        a_category("email", part_of="contact"),
        a_category("phone", part_of="contact"),
        a_category("post", part_of="contact"),
        a_category("street", part_of="post"),
        a_category("fax", part_of="contact"),
    )
    over = {
        "services": services,
        "data_categories": categories,
        "purposes": (a_purpose(), a_purpose("other")),
        "processings": (
            a_processing("email-here", categories=("email",)),
            a_processing("phone-here", categories=("phone", "street"), purpose="other"),
            a_processing("email-there", service="shop", categories=("email",), purpose="other"),
        ),
    }
    of_the_whole = rows_of(**over, disclosures=(a_disclosure("one", services=("all",), categories=("contact",)),))
    # Nobody has a fax number here. Of what the shop has, nothing is told before: it is as the disclosure names it.
    assert [(row.fact.key, received(row)) for row in of_the_whole] == [
        ("email-here", [("one", ["billing"], ["email"], ["mailer"])]),
        ("phone-here", []),
        ("email-there", []),
        ("one", [("one", ["billing"], ["phone", "post"], ["mailer"])]),
        ("one", [("one", ["shop"], ["contact"], ["mailer"])]),
    ]
    # Named twice, it is told once.
    twice = a_disclosure("one", services=("billing", "all"), categories=("contact",))
    assert [received(row) for row in rows_of(**over, disclosures=(twice,))[3:]] == [
        received(row) for row in of_the_whole[3:]
    ]


def test_whom_a_recipient_engages_is_told_nearest_first_and_once() -> None:
    recipients = (
        a_recipient("mailer", engages=("printer", "carrier")),
        a_recipient("printer", engages=("carrier",)),
        a_recipient("carrier", engages=("archive",)),
        a_recipient("archive"),
    )
    (row,) = rows_of(recipients=recipients)
    (receipt,) = row.receipts
    assert [(each.recipient.key, [by.key for by in each.engaged_by]) for each in receipt.reached] == [
        ("mailer", []),
        ("printer", ["mailer"]),
        ("carrier", ["mailer", "printer"]),
        ("archive", ["carrier"]),
    ]


# ---- where it goes, and what is not said -----------------------------------------------------------------------------


def test_a_transfer_leads_out_of_the_eea_and_has_its_safeguards() -> None:
    recipients = (
        a_recipient(countries=("US", "CY", "JP"), safeguards=("standard-clauses",), engages=("printer",)),
        a_recipient("printer", countries=("JP",)),
    )
    (row,) = rows_of(countries=ABROAD, safeguards=(a_safeguard(),), recipients=recipients)
    assert [(each.recipient.key, each.country.key, [s.key for s in each.safeguards]) for each in row.transfers] == [
        ("mailer", "US", ["standard-clauses"]),
        ("mailer", "JP", ["standard-clauses"]),
        ("printer", "JP", []),
    ]
    # Nothing is asked for where the law sees adequate protection.
    assert said(row.unstated) == [SUBJECTS]


def test_a_country_and_a_safeguard_that_are_missing_are_said_to_be() -> None:
    recipients = (a_recipient(countries=("US",), engages=("printer",)), a_recipient("printer", name=None, countries=()))
    (row,) = rows_of(countries=ABROAD, recipients=recipients)
    assert said(row.unstated) == [
        SUBJECTS,
        ("30(1)(e)", "what protects the transfer to Country US", "mailer"),
        ("30(1)(e)", "the country", "printer"),
    ]
    assert [each.mending for each in row.unstated[1:]] == [
        "Give recipients.mailer.safeguards in the map",
        "Give recipients.printer.countries in the map",
    ]


@pytest.mark.parametrize("kind", RecipientKind)
def test_a_country_that_nobody_could_state_is_not_missing(kind: RecipientKind) -> None:
    """As the check `recipient-without-country` has it."""
    (row,) = rows_of(recipients=(a_recipient(kind=kind, countries=()),))
    knowable = kind in (RecipientKind.PROCESSOR, RecipientKind.AFFILIATE, RecipientKind.INDEPENDENT_CONTROLLER)
    assert said(row.unstated) == [SUBJECTS, *([("30(1)(e)", "the country", "mailer")] if knowable else [])]


def test_data_of_nobody_is_no_transfer_of_personal_data() -> None:
    recipients = (a_recipient(countries=("US",), engages=("printer",)), a_recipient("printer", countries=()))
    disclosures = (a_disclosure(identifiable=False),)
    (row,) = rows_of(countries=ABROAD, recipients=recipients, disclosures=disclosures)
    assert (received(row)[0][3], row.transfers, said(row.unstated)) == (["mailer", "printer"], (), [SUBJECTS])


def test_a_criterion_alone_is_no_time_limit() -> None:
    (row,) = rows_of(retention_rules=(a_retention_rule(period=None),))
    assert said(row.unstated)[1:] == [("30(1)(f)", "a time limit in figures: there is a criterion only", "half-a-year")]


def test_what_is_missing_of_the_record_as_a_whole() -> None:
    joint = ("30(1)(a)", "joint controllers, if there are any", "acme")
    officer = ("30(1)(a)", "the data protection officer, if there is one", "acme")
    measures = ("30(1)(g)", "technical and organisational measures", "acme")
    principle = a_measure("fairness", kind=MeasureKind.PRINCIPLE)
    assert said(unstated_by_controller(map_of())) == [joint, officer, measures]
    assert said(unstated_by_controller(map_of(measures=(principle,)))) == [joint, officer, measures]
    assert said(unstated_by_controller(map_of(measures=(principle, a_measure())))) == [joint, officer]

    abroad = map_of(countries=ABROAD, controller=a_controller(country="JP"), measures=(a_measure(),))
    representative = ("30(1)(a)", "the representative in the Union (Art. 27)", "acme")
    assert said(unstated_by_controller(abroad)) == [joint, representative, officer]


# ---- for any map -----------------------------------------------------------------------------------------------------


@settings(max_examples=50)
@given(valid_maps())
def test_nothing_that_is_processed_or_disclosed_is_missing(content: RevisionContent) -> None:
    data_map = DataMap(a_revision(), content.policy, content.elements)
    rows = list(activities(data_map))
    elements = content.elements

    processings = [row.fact for row in rows[: len(elements.processings)]]
    assert processings == list(elements.processings)
    shown = {
        (receipt.disclosure.key, service, category)
        for row in rows
        for receipt in row.receipts
        for service in parts_of(data_map.services, [each.key for each in receipt.services])
        for category in parts_of(data_map.data_categories, [each.key for each in receipt.categories])
    }
    processed = {
        (service, category)
        for each in elements.processings
        for service in parts_of(data_map.services, (each.service,))
        for category in parts_of(data_map.data_categories, each.categories)
    }
    for each in elements.disclosures:
        disclosed = {
            (each.key, service, category)
            for service in parts_of(data_map.services, each.services)
            for category in parts_of(data_map.data_categories, each.categories)
            if (service, category) in processed
        }
        assert disclosed <= shown
        assert each.key in {key for key, _, _ in shown}
    for row in rows:
        for receipt in row.receipts:
            assert receipt.disclosure.purpose == row.fact.purpose
            assert receipt.reached[0].recipient.key == receipt.disclosure.recipient


def parts_of(elements: Mapping[str, Any], keys: Collection[str]) -> set[str]:
    """The last parts of these elements, those that have none."""
    wholes = {each.part_of for each in elements.values()}
    return {key for key in elements if key not in wholes and any(whole in keys for whole in line_of(elements, key))}


def line_of(elements: Mapping[str, Any], key: str | None) -> Iterator[str]:
    while key is not None:
        yield key
        key = elements[key].part_of
