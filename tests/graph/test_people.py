"""Whom an element is about: where those are of whom something is held there."""

from __future__ import annotations

from hypothesis import given

from graph.changes import EVERYONE, NOBODY, Place, Touch
from graph.data_map import DataMap, all_elements
from graph.impact.facts import services_of
from graph.model import Disclosure, Processing, RevisionContent
from graph.people import TOUCHED_AT_MOST, Holders
from tests.builders import (
    a_category,
    a_disclosure,
    a_map,
    a_measure,
    a_policy,
    a_processing,
    a_recipient,
    a_revision,
    a_right,
    a_safeguard,
    a_service,
    an_exclusion,
)
from tests.strategies import valid_maps

# billing has a shop; the email is contact data. The mailer gets the shop's, and engages a host.
DATA_MAP = DataMap(
    a_revision(),
    a_policy(),
    a_map(
        services=(a_service(), a_service("shop", part_of="billing"), a_service("forum")),
        data_categories=(a_category("contact"), a_category(part_of="contact"), a_category("health")),
        safeguards=(a_safeguard(),),
        recipients=(
            a_recipient(engages=("host",)),
            a_recipient("host", countries=(), safeguards=("standard-clauses",)),
            a_recipient("nobody"),
        ),
        processings=(a_processing(categories=("contact",)),),
        disclosures=(a_disclosure(services=("shop",)),),
        exclusions=(an_exclusion(), an_exclusion("never", categories=("health",))),
        rights=(a_right(),),
        measures=(a_measure(),),
    ),
)


def at(*places: str) -> Touch:
    return Touch(places=frozenset(Place(*place.split()) for place in places))


OF_ALL = at("billing contact", "billing email", "shop contact", "shop email")
EXPECTED = {
    "acme": EVERYONE,
    "access": EVERYONE,
    "encryption": EVERYONE,
    "minors": EVERYONE,
    "billing": at("billing", "shop"),
    "shop": at("shop"),
    "contact": OF_ALL | at("forum contact", "forum email"),
    "email": at("billing email", "shop email", "forum email"),
    "never": at("billing health", "shop health", "forum health"),
    "the-person": OF_ALL,
    "delivery": OF_ALL,
    "half-a-year": OF_ALL,
    "billing-email": OF_ALL,
    "mailer": at("shop email"),
    "host": at("shop email"),
    "nobody": NOBODY,
    "CY": at("shop email"),
    "standard-clauses": at("shop email"),
    "providers": at("shop email"),
    "email-to-mailer": at("shop email"),
}


def test_each_element_is_about_those_of_whom_something_is_held_there() -> None:
    holders = Holders(DATA_MAP)
    found = {each.key: holders.of(each) for each in all_elements(DATA_MAP.elements)}
    assert {key: found[key] for key in EXPECTED} == EXPECTED


def test_several_are_about_all_of_whom_any_is() -> None:
    holders = Holders(DATA_MAP)
    elements = {each.key: each for each in all_elements(DATA_MAP.elements)}
    assert holders.of_all([elements["shop"], elements["host"]]) == at("shop", "shop email")
    assert holders.of_all([elements["shop"], elements["access"]]) == EVERYONE
    assert holders.of_all([]) == NOBODY


def test_a_broad_map_is_laid_out_to_the_bound_only() -> None:
    services = tuple(a_service(f"s{number}") for number in range(100))
    data_map = DataMap(
        a_revision(),
        a_policy(),
        a_map(
            services=(a_service(), *services),
            data_categories=(
                a_category(),
                a_category("all"),
                *(a_category(f"c{number}", part_of="all") for number in range(99)),
            ),
            disclosures=(a_disclosure(services=[each.key for each in services], categories=("all",)),),
        ),
    )
    holders = Holders(data_map)
    assert len(holders.of(data_map.recipients["mailer"]).places) == TOUCHED_AT_MOST + 1
    assert len(holders.of(data_map.data_categories["all"]).places) == TOUCHED_AT_MOST + 1
    assert len(holders.of(data_map.data_categories["email"]).places) == 101


@given(valid_maps())
def test_a_fact_is_about_those_whom_it_covers(content: RevisionContent) -> None:
    data_map = DataMap(a_revision(), content.policy, content.elements)
    holders = Holders(data_map)
    facts: tuple[Processing | Disclosure, ...] = (*content.elements.processings, *content.elements.disclosures)
    for fact in facts:
        covered = {
            Place(service, category)
            for service in data_map.services
            for category in data_map.data_categories
            if {each.key for each in data_map.service_line(service)} & set(services_of(fact))
            and {each.key for each in data_map.category_line(category)} & set(fact.categories)
        }
        assert holders.of(fact).places == covered
