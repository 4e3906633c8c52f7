"""What follows if elements of a map go: because of what each falls, which clauses lie then, and what is left."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.checks import findings
from graph.data_map import DataMap, all_elements
from graph.errors import InvalidInput, NotFound
from graph.falls import ASKED_AT_MOST, Fall, check_asked
from graph.map_file import read_map
from graph.model import ElementKind, ElementName, ExclusionKind, MapElement, RevisionContent, name_of
from tests.builders import (
    a_category,
    a_country,
    a_disclosure,
    a_map,
    a_map_text,
    a_policy,
    a_processing,
    a_purpose,
    a_recipient,
    a_revision,
    a_revision_content,
    a_safeguard,
    a_service,
    an_exclusion,
)
from tests.graph.fall_oracle import fallen
from tests.strategies import valid_maps

# billing has a shop, the email is contact data. The mailer gets it from both, and engages a host in the US, who engages
# a guard there; the host has a lawyer in common with nobody.
DATA_MAP = DataMap(
    a_revision(),
    a_policy("statement", "host", "shop"),
    a_map(
        services=(a_service(), a_service("shop", part_of="billing", clauses=("shop",))),
        data_categories=(
            a_category("contact"),
            a_category(part_of="contact"),
            a_category("health", special=True),
        ),
        purposes=(a_purpose(), a_purpose("safety")),
        countries=(a_country(), a_country("US")),
        safeguards=(a_safeguard(),),
        recipients=(
            a_recipient(engages=("host",)),
            a_recipient(
                "host", countries=("US",), engages=("guard",), safeguards=("standard-clauses",), clauses=("host",)
            ),
            a_recipient("guard", countries=("US",)),
            a_recipient("unused", countries=("CY",)),
        ),
        processings=(a_processing(), a_processing("shop-email", service="shop", purpose="safety")),
        disclosures=(a_disclosure(services=("billing", "shop")),),
        exclusions=(an_exclusion("never", kind=ExclusionKind.CATEGORY, minimum_age=None, categories=("health",)),),
    ),
)
NAMES = {f"{name.kind.name.lower()}/{name.key}": name for name in DATA_MAP.elements_by_name}


def fall_of(*asked: str, reasons_at_most: int | None = None) -> Fall:
    """With the levels that the graph gives: each kind has its own, but for parts, and who is nowhere else."""
    names = [NAMES[each] for each in asked]
    order = [
        {ElementKind.PROCESSING},
        {ElementKind.DATA_CATEGORY},
        {ElementKind.DISCLOSURE},
        {ElementKind.RECIPIENT},
        set(ElementKind),
    ]
    levels = {}
    for name in fallen(DATA_MAP, names):
        element = DATA_MAP.elements_by_name[name]
        if name in names:
            levels[name] = 0
        elif _goes_with(element, names):
            levels[name] = 1
        else:
            levels[name] = 2 + next(at for at, kinds in enumerate(order) if name.kind in kinds)
    return Fall(DATA_MAP, levels, reasons_at_most=reasons_at_most)


def _goes_with(element: MapElement, asked: list[ElementName]) -> bool:
    line = {ElementName(name_of(element).kind, getattr(element, "part_of", None) or "")}
    countries = {ElementName(ElementKind.COUNTRY, key) for key in getattr(element, "countries", ())}
    return bool(line & set(asked)) or (bool(countries) and countries <= set(asked))


def told(fall: Fall) -> dict[str, list[str]]:
    return {each.element.key: [other.key for other in each.because] for each in fall.falls}


def test_each_falls_because_of_what_it_cannot_do_without() -> None:
    assert told(fall_of("recipient/mailer")) == {
        "US": ["host", "guard"],
        "standard-clauses": ["host"],
        "host": ["mailer"],
        "guard": ["host"],
        "providers": ["email-to-mailer"],
        "email-to-mailer": ["mailer"],
    }
    assert told(fall_of("service/billing"))["shop"] == ["billing"]
    by_service = told(fall_of("service/billing"))
    assert by_service["shop-email"] == ["shop"]
    assert by_service["contact"] == by_service["email"] == ["billing-email", "shop-email"]
    assert by_service["email-to-mailer"] == ["billing", "shop", "email"]
    assert by_service["mailer"] == ["email-to-mailer"]
    assert by_service["safety"] == ["shop-email"]
    assert by_service["half-a-year"] == ["billing-email", "shop-email"]
    # A part goes with its whole, whatever goes with the part.
    by_category = told(fall_of("data_category/contact"))
    assert (by_category["email"], by_category["billing-email"]) == (["contact"], ["email"])


def test_the_first_reasons_are_the_first_in_the_map() -> None:
    everything = told(fall_of("service/billing"))
    assert max(map(len, everything.values())) == 3
    for at_most in (1, 2, 3):
        first = told(fall_of("service/billing", reasons_at_most=at_most))
        assert first == {key: reasons[:at_most] for key, reasons in everything.items()}


def test_one_of_several_is_no_reason() -> None:
    assert told(fall_of("service/shop")) == {"safety": ["shop-email"], "shop-email": ["shop"]}


def test_who_is_nowhere_else_goes_with_a_country() -> None:
    assert told(fall_of("country/US")) == {"standard-clauses": ["host"], "host": ["US"], "guard": ["US"]}


def test_a_promise_about_nothing_any_more_falls() -> None:
    assert told(fall_of("data_category/health")) == {"never": ["health"]}


def test_clauses_that_would_state_what_is_no_more_are_told_in_reading_order() -> None:
    found = fall_of("recipient/host", "service/shop").broken_promises
    assert [(each.clause.key, [other.key for other in each.states]) for each in found] == [
        ("statement", ["safety", "US", "standard-clauses", "guard", "shop-email"]),
        ("host", ["host"]),
        ("shop", ["shop"]),
    ]


def test_whom_it_concerns_is_told_by_what_goes_and_the_facts_that_fall() -> None:
    assert [each.key for each in fall_of("recipient/mailer").concerned] == ["mailer", "email-to-mailer"]
    assert [each.key for each in fall_of("country/US").concerned] == ["US"]


def test_the_checks_find_what_they_did_not_find_before() -> None:
    fall = fall_of("safeguard/standard-clauses", "service/shop")
    before = findings(DATA_MAP.elements, DATA_MAP.policy)
    assert ("unused-recipient", "unused") in {(each.rule, each.element) for each in before}
    assert fall.new_findings(before) == ()
    alone = DataMap(
        DATA_MAP.revision, DATA_MAP.policy, a_map(recipients=(a_recipient(engages=("host",)), a_recipient("host")))
    )
    gone = Fall(alone, {ElementName(ElementKind.PROCESSING, "billing-email"): 0})
    assert next(each.rule for each in gone.new_findings(())) == "disclosed-but-not-processed"


def test_more_of_what_is_found_is_new_and_less_is_not() -> None:
    data_map = DataMap(
        a_revision(),
        a_policy(),
        a_map(
            services=(a_service(), a_service("shop")),
            data_categories=(a_category(), a_category("phone")),
            processings=(a_processing(), a_processing("phone", service="shop", categories=("phone",))),
            disclosures=(a_disclosure(services=("billing", "shop"), categories=("email", "phone")),),
        ),
    )
    before = findings(data_map.elements, data_map.policy)
    named = {(each.kind, each.key): each for each in data_map.elements_by_name}
    rule = "disclosed-but-not-processed"
    assert [each.element for each in before if each.rule == rule] == ["email-to-mailer"]
    more = Fall(data_map, {named[ElementKind.PROCESSING, "phone"]: 0}).new_findings(before)
    assert [each.element for each in more if each.rule == rule] == ["email-to-mailer"]
    less = Fall(data_map, {named[ElementKind.SERVICE, "shop"]: 0, named[ElementKind.PROCESSING, "phone"]: 1})
    assert rule in {each.rule for each in findings(less.without(), data_map.policy)}
    assert [(each.rule, each.element) for each in less.new_findings(before)] == [("unused-category", "phone")]


def test_what_goes_is_named_once_and_can_go() -> None:
    host, controller = NAMES["recipient/host"], NAMES["controller/acme"]
    assert check_asked(DATA_MAP, [host, NAMES["service/shop"], host]) == (host, NAMES["service/shop"])
    for names, said in (
        ([], f"`of` has 0 elements: name 1 to {ASKED_AT_MOST}"),
        ([host] * 201, f"`of` has 201 elements: name 1 to {ASKED_AT_MOST}"),
        ([controller], "The controller 'acme' cannot go: somebody answers for every map; leave it out"),
        ([NAMES["country/CY"]], "The country 'CY' cannot go: the controller is there; leave it out"),
    ):
        with pytest.raises(InvalidInput) as refusal:
            check_asked(DATA_MAP, names)
        assert refusal.value.message == said
    with pytest.raises(NotFound, match=r"^Revision 1 has no recipient 'hosst': did you mean 'host'\?$"):
        check_asked(DATA_MAP, [ElementName(ElementKind.RECIPIENT, "hosst")])


@given(valid_maps(), st.data())
def test_what_is_left_is_a_map_without_what_fell(content: RevisionContent, data: st.DataObject) -> None:
    data_map = DataMap(a_revision(), content.policy, content.elements)
    home = ElementName(ElementKind.COUNTRY, content.elements.controller.country)
    names = [each for each in data_map.elements_by_name if each.kind is not ElementKind.CONTROLLER and each != home]
    asked = data.draw(st.lists(st.sampled_from(names), min_size=1, max_size=3, unique=True))
    gone = fallen(data_map, asked)
    left = Fall(data_map, dict.fromkeys(gone, 0)).without()
    assert {name_of(each) for each in all_elements(left)} == set(data_map.elements_by_name) - gone
    # A map file without problems: nothing refers to what is not there, and nothing lacks what it needs.
    text = a_map_text(a_revision_content(policy=content.policy, elements=left))
    assert read_map(text, [clause.key for clause in content.policy.clauses]).elements == left
