"""The checks of what is disclosed: whether it is there, needed, told of and protected."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings

from graph.checks import findings
from graph.checks.subject import CheckSubject
from graph.model import (
    Adequacy,
    DataCategory,
    Disclosure,
    Finding,
    FindingKind,
    RecipientKind,
    RevisionContent,
    Service,
)
from tests.builders import (
    a_category,
    a_country,
    a_disclosure,
    a_processing,
    a_purpose,
    a_recipient,
    a_safeguard,
    a_service,
)
from tests.graph.checked import UNSTATED, found, gap, violation
from tests.strategies import valid_maps

# ---- disclosed, but not processed ------------------------------------------------------------------------------------


def test_what_is_disclosed_is_processed() -> None:
    phone, kit = a_category("phone", part_of="email"), a_disclosure(categories=("email", "phone"))
    assert found(data_categories=(a_category(), phone), disclosures=(kit,)) == ()


def test_what_no_processing_has_cannot_be_disclosed() -> None:
    assert found(
        data_categories=(a_category(), a_category("phone")),
        services=(a_service(), a_service("shop")),
        processings=(
            a_processing(),
            a_processing("shop-phone", service="shop", categories=("phone",)),
        ),
        disclosures=(a_disclosure(services=("billing", "shop"), categories=("email", "phone")),),
    ) == (
        violation(
            "disclosed-but-not-processed",
            "Disclosure",
            "email-to-mailer",
            "discloses what no processing has: 'phone' of 'billing', 'email' of 'shop'; "
            "add the processing, or disclose less",
        ),
    )


def test_a_whole_may_be_disclosed_of_which_a_part_is_processed() -> None:
    """The disclosure takes what there is of it; likewise for services."""
    assert (
        found(
            data_categories=(a_category("contact"), a_category(part_of="contact")),
            services=(a_service("products"), a_service(part_of="products")),
            disclosures=(a_disclosure(services=("products",), categories=("contact",)),),
        )
        == ()
    )


def test_a_sister_of_what_is_processed_is_not_processed() -> None:
    assert [
        finding.rule
        for finding in found(
            data_categories=(
                a_category("contact"),
                a_category(part_of="contact"),
                a_category("fax", part_of="contact"),
            ),
            disclosures=(a_disclosure(categories=("fax",)),),
        )
    ] == ["disclosed-but-not-processed", "unused-category"]


# ---- purpose limitation ----------------------------------------------------------------------------------------------


def test_data_goes_out_only_for_a_purpose_it_is_processed_for() -> None:
    purposes = (a_purpose(), a_purpose("research"))
    shop = a_processing("shop-email", service="shop", purpose="research")
    assert found(
        services=(a_service(), a_service("shop")),
        purposes=purposes,
        processings=(a_processing(), shop),
        disclosures=(a_disclosure(purpose="research"),),
    ) == (
        violation(
            "purpose-limitation",
            "Disclosure",
            "email-to-mailer",
            "discloses for 'research' what is not processed for it: 'email' of 'billing'; "
            "disclose it for a purpose that it is processed for, or add the processing",
        ),
    )


def test_a_category_may_be_processed_for_several_purposes_and_disclosed_for_one() -> None:
    assert (
        found(
            purposes=(a_purpose(), a_purpose("research")),
            processings=(a_processing(), a_processing("billing-research", purpose="research")),
            disclosures=(a_disclosure(purpose="research"),),
        )
        == ()
    )


# ---- more than the purpose needs -------------------------------------------------------------------------------------

CONTACT = (a_category("contact"), a_category(part_of="contact"), a_category("phone", part_of="contact"))
SUPPORT = a_purpose("support")


def more(message: str) -> Finding:
    message = (
        f"discloses for 'delivery' what is not, or not as a whole, processed for it: {message}; "
        "name only what it needs, or add the processing"
    )
    return violation("more-than-the-purpose-needs", "Disclosure", "email-to-mailer", message)


def test_a_whole_takes_parts_with_it_that_are_there_for_something_else() -> None:
    phone = a_processing("billing-phone", categories=("phone",), purpose="support")
    over = {"data_categories": CONTACT, "purposes": (a_purpose(), SUPPORT), "processings": (a_processing(), phone)}
    assert found(**over, disclosures=(a_disclosure(categories=("contact",)),)) == (more("'phone' of 'billing'"),)
    assert found(**over) == ()
    assert found(**over, disclosures=(a_disclosure(categories=("contact",), identifiable=False),)) == ()


def test_the_rest_of_a_whole_goes_with_the_part_that_is_needed() -> None:
    everything = a_processing("billing-contact", categories=("contact", "phone"), purpose="support")
    assert found(
        data_categories=CONTACT,
        purposes=(a_purpose(), SUPPORT),
        processings=(a_processing(), everything),
        disclosures=(a_disclosure(categories=("contact",)),),
    ) == (more("'contact' of 'billing'"),)


def test_a_service_takes_with_it_what_its_parts_have_for_something_else() -> None:
    services = (a_service("products"), a_service(part_of="products"), a_service("shop", part_of="products"))
    shop = a_processing("shop-email", service="shop", purpose="support")
    over = {"services": services, "purposes": (a_purpose(), SUPPORT), "processings": (a_processing(), shop)}
    products = a_disclosure(services=("products",))
    assert found(**over, disclosures=(products,)) == (more("'email' of 'shop'"),)
    # As soon as all of it is processed for the purpose, all of it may go.
    whole = a_processing("products-email", service="products")
    assert found(**over | {"processings": (whole, shop)}, disclosures=(products,)) == ()


@settings(max_examples=100)
@given(valid_maps())
def test_what_is_more_is_known_by_looking_at_every_part(content: RevisionContent) -> None:
    elements = content.elements

    def parts(trees: Sequence[Service | DataCategory], key: str) -> set[str]:
        return {key}.union(*(parts(trees, each.key) for each in trees if each.part_of == key))

    def purposes(service: str, category: str) -> set[str]:
        return {
            each.purpose
            for each in elements.processings
            if service in parts(elements.services, each.service)
            and any(category in parts(elements.data_categories, whole) for whole in each.categories)
        }

    def goes_too_far(disclosure: Disclosure) -> bool:
        for service in disclosure.services:
            for category in disclosure.categories:
                below = [
                    purposes(part, kind)
                    for part in parts(elements.services, service)
                    for kind in parts(elements.data_categories, category)
                ]
                if any(disclosure.purpose in each for each in below) and any(
                    each and disclosure.purpose not in each for each in below
                ):
                    return True
        return False

    told = {each.element for each in findings(elements, content.policy) if each.rule == "more-than-the-purpose-needs"}
    assert told == {each.key for each in elements.disclosures if each.identifiable and goes_too_far(each)}


# ---- transfers -------------------------------------------------------------------------------------------------------

COUNTRIES = (a_country(), a_country("RU", adequacy=Adequacy.NONE), a_country("JP", adequacy=Adequacy.ADEQUATE))


def test_a_transfer_to_an_inadequate_country_needs_a_safeguard() -> None:
    assert found(countries=COUNTRIES, recipients=(a_recipient(countries=("CY", "RU", "JP")),)) == (
        violation(
            "transfer-without-safeguard",
            "Recipient",
            "mailer",
            "receives identifiable data in 'RU' without a safeguard; name what protects it",
        ),
    )


def test_a_safeguard_makes_the_transfer_good() -> None:
    mailer = a_recipient(countries=("RU", "JP"), safeguards=("standard-clauses",))
    assert found(countries=COUNTRIES, recipients=(mailer,), safeguards=(a_safeguard(),)) == ()


def test_a_sub_processor_needs_a_safeguard_too() -> None:
    mailer = a_recipient(engages=("hoster",), countries=("CY", "JP"))
    hoster = a_recipient("hoster", engages=("printer",))
    printer = a_recipient("printer", countries=("RU",))
    assert [(each.rule, each.element) for each in found(countries=COUNTRIES, recipients=(mailer, hoster, printer))] == [
        ("transfer-without-safeguard", "printer")
    ]


def test_data_in_which_nobody_can_be_recognised_needs_none() -> None:
    mailer = a_recipient(countries=("RU", "JP"))
    assert found(countries=COUNTRIES, recipients=(mailer,), disclosures=(a_disclosure(identifiable=False),)) == ()


# ---- told of ---------------------------------------------------------------------------------------------------------

UNDISCLOSED = "receives identifiable data, and no clause says so; write one that says who or what it is, and cite it"


def undisclosed(key: str) -> Finding:
    return Finding(FindingKind.VIOLATION, "undisclosed-recipient", "Recipient", key, UNDISCLOSED)


def test_who_receives_data_and_is_told_of_by_no_clause_is_undisclosed() -> None:
    silent = a_disclosure(clauses=())
    assert found(recipients=(a_recipient(clauses=()),), disclosures=(silent,)) == (
        undisclosed("mailer"),
        gap("element-without-clause", "Disclosure", "email-to-mailer", UNSTATED, ()),
    )
    # Either of the two tells of it.
    assert [each.kind for each in found(disclosures=(silent,))] == [FindingKind.GAP]
    assert found(recipients=(a_recipient(clauses=()),)) == (
        gap("element-without-clause", "Recipient", "mailer", UNSTATED, ()),
    )


def test_so_is_a_sub_processor_and_not_who_gets_nothing_of_anybody() -> None:
    chain = (a_recipient(engages=("hoster",)), a_recipient("hoster", clauses=()))
    assert found(recipients=chain) == (undisclosed("hoster"),)
    unnamed = gap("element-without-clause", "Recipient", "hoster", UNSTATED, ())
    assert found(recipients=chain, disclosures=(a_disclosure(identifiable=False),)) == (unnamed,)


@pytest.mark.parametrize("kind", [RecipientKind.AUTHORITY, RecipientKind.TRUSTED_SUBJECT])
def test_whom_the_law_or_the_person_names_need_not_be_disclosed(kind: RecipientKind) -> None:
    nobody = a_recipient(kind=kind, clauses=())
    assert [each.rule for each in found(recipients=(nobody,), disclosures=(a_disclosure(clauses=()),))] == [
        "element-without-clause",
        "element-without-clause",
    ]


def beyond(content: RevisionContent) -> set[tuple[str, str, str]]:
    """Of each disclosure what is processed of a category in a service, and not for its purpose: as the rule says it."""
    subject = CheckSubject(content.elements, content.policy)
    services, categories = subject.services, subject.categories
    places = set()
    for disclosure in (each for each in content.elements.disclosures if each.identifiable):
        for service, category in product(disclosure.services, disclosure.categories):
            around = [
                each
                for each in content.elements.processings
                if each.service in services.related(service) and set(each.categories) & categories.related(category)
            ]
            needed = [each for each in around if each.purpose == disclosure.purpose]
            for processing in around if needed else ():
                place = services.lower(service, processing.service)
                for part in (categories.lower(category, each) for each in processing.categories):
                    if categories.is_within(part, category) and not any(
                        services.is_within(place, each.service)
                        and any(categories.is_within(part, whole) for whole in each.categories)
                        for each in needed
                    ):
                        places.add((disclosure.key, place, part))
    return places


@given(valid_maps())
def test_more_than_the_purpose_needs_is_told_of_whatever_is_disclosed(content: RevisionContent) -> None:
    reported = findings(content.elements, content.policy)
    told = {each.element for each in reported if each.rule == "more-than-the-purpose-needs"}
    assert told == {key for key, *_ in beyond(content)}
