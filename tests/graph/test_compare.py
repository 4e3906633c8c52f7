"""What differs between two revisions, in which order, and what is no difference."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings

from graph.changes import (
    ClauseAdded,
    ClauseMoved,
    ClauseRemoved,
    ClauseReworded,
    Difference,
    ElementAdded,
    ElementAltered,
    ElementRemoved,
    RelationshipAdded,
    RelationshipRemoved,
    Words,
    WordsKind,
)
from graph.clauses import read_policy
from graph.compare import compare
from graph.data_map import DataMap
from graph.model import (
    Channel,
    Controller,
    MapElements,
    RetentionException,
    RetentionPeriod,
    RevisionContent,
)
from tests.builders import (
    a_category,
    a_controller,
    a_country,
    a_disclosure,
    a_map,
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
from tests.strategies_revisions import revisions

SAME, REMOVED, ADDED = WordsKind.SAME, WordsKind.REMOVED, WordsKind.ADDED


def of_map(elements: MapElements, number: int = 1) -> DataMap:
    return DataMap(a_revision(number), a_policy(), elements)


def of_text(markdown: str, number: int = 1) -> DataMap:
    return DataMap(a_revision(number), read_policy(markdown).policy, a_map())


def compared_maps(old: MapElements, new: MapElements) -> tuple[Difference, ...]:
    return compare(of_map(old), of_map(new, 2))


def compared_texts(old: str, new: str) -> tuple[Difference, ...]:
    return compare(of_text(old), of_text(new, 2))


class TestElements:
    def test_what_comes_and_goes(self) -> None:
        old = a_map(services=(a_service("billing"), a_service("shop")))
        new = a_map(services=(a_service("billing"), a_service("forum")))
        assert compared_maps(old, new) == (ElementAdded(a_service("forum")), ElementRemoved(a_service("shop")))

    def test_one_difference_for_each_attribute(self) -> None:
        old = a_purpose(name="Delivery", description="")
        new = a_purpose(name="Sending", description="By mail.", direct_marketing=True)
        assert compared_maps(a_map(purposes=(old,)), a_map(purposes=(new,))) == (
            ElementAltered(old, new, "name", "Delivery", "Sending"),
            ElementAltered(old, new, "description", None, "By mail."),
            ElementAltered(old, new, "direct_marketing", "false", "true"),
        )

    def test_values_are_told_as_text(self) -> None:
        old = a_retention_rule(period=None, outcome="ERASE")
        new = a_retention_rule(period=RetentionPeriod(years=1, months=6), outcome="DEPERSONALISE")
        (outcome, period) = compared_maps(a_map(retention_rules=(old,)), a_map(retention_rules=(new,)))
        assert outcome == ElementAltered(old, new, "outcome", "ERASE", "DEPERSONALISE")
        assert period == ElementAltered(old, new, "period", None, "P1Y6M")
        assert compared_maps(
            a_map(controller=a_controller(notice_channels=(Channel.SOFTWARE_PRODUCT, Channel.EMAIL))),
            a_map(controller=a_controller(notice_channels=())),
        ) == (
            ElementAltered(
                a_controller(notice_channels=(Channel.SOFTWARE_PRODUCT, Channel.EMAIL)),
                a_controller(notice_channels=()),
                "notice_channels",
                "EMAIL, SOFTWARE_PRODUCT",
                None,
            ),
        )

    def test_exceptions_of_a_rule_are_attributes_of_it(self) -> None:
        old = a_retention_rule(
            exceptions=(RetentionException("disputes", "Disputes"), RetentionException("law", "Law"))
        )
        new = a_retention_rule(exceptions=(RetentionException("law", "The law"), RetentionException("tax", "Tax")))
        assert compared_maps(a_map(retention_rules=(old,)), a_map(retention_rules=(new,))) == (
            ElementAltered(old, new, "exceptions.disputes", "Disputes", None),
            ElementAltered(old, new, "exceptions.law", "Law", "The law"),
            ElementAltered(old, new, "exceptions.tax", None, "Tax"),
        )

    def test_the_controller_is_one_whatever_its_key(self) -> None:
        old, new = a_controller("acme"), a_controller("acme-group", email="new@example.com")
        assert compared_maps(a_map(controller=old), a_map(controller=new)) == (
            ElementAltered(old, new, "email", "privacy@example.com", "new@example.com"),
        )

    def test_kinds_come_in_the_order_of_the_map_then_keys(self) -> None:
        new = a_map(
            services=(a_service(), a_service("b"), a_service("a")),
            data_categories=(a_category(), a_category("c")),
            countries=(a_country(), a_country("DE")),
        )
        found = [each.element.key for each in compared_maps(a_map(), new) if isinstance(each, ElementAdded)]
        assert found == ["a", "b", "c", "DE"]


class TestRelationships:
    def test_a_reference_to_several_tells_each(self) -> None:
        us, de = a_country("US"), a_country("DE")
        old = a_recipient(countries=("CY", "US"))
        new = a_recipient(countries=("DE", "CY"))
        countries = (a_country(), us, de)
        assert compared_maps(
            a_map(recipients=(old,), countries=countries), a_map(recipients=(new,), countries=countries)
        ) == (RelationshipRemoved(old, new, "LOCATED_IN", us), RelationshipAdded(old, new, "LOCATED_IN", de))

    def test_a_reference_to_one_tells_both(self) -> None:
        rules = (a_retention_rule("half-a-year"), a_retention_rule("a-year"))
        old, new = a_processing(), a_processing(retention="a-year")
        assert compared_maps(
            a_map(processings=(old,), retention_rules=rules), a_map(processings=(new,), retention_rules=rules)
        ) == (
            RelationshipRemoved(old, new, "KEPT_UNDER", rules[0]),
            RelationshipAdded(old, new, "KEPT_UNDER", rules[1]),
        )

    def test_what_is_new_on_the_way_is_told_by_itself_too(self) -> None:
        old, new = a_service(), a_service(part_of="group")
        assert compared_maps(a_map(services=(old,)), a_map(services=(new, a_service("group")))) == (
            RelationshipAdded(old, new, "PART_OF", a_service("group")),
            ElementAdded(a_service("group")),
        )

    def test_an_element_that_comes_or_goes_brings_its_references_along(self) -> None:
        recipient = a_recipient("host", engages=("mailer",), safeguards=("standard-clauses",))
        safeguards = (a_safeguard(),)
        assert compared_maps(
            a_map(safeguards=safeguards), a_map(safeguards=safeguards, recipients=(a_recipient(), recipient))
        ) == (ElementAdded(recipient),)


NO_DIFFERENCE = {
    "notes and owners": a_map(services=(a_service(owner="Ann", note="ask her"),)),
    "citations": a_map(disclosures=(a_disclosure(clauses=("policy", "statement")),)),
    "the order of elements": a_map(services=(a_service("b"), a_service("a"), a_service())),
    "the order of lists": a_map(processings=(a_processing(categories=("phone", "email")),)),
}
BEFORE = {
    "the order of elements": a_map(services=(a_service(), a_service("a"), a_service("b"))),
    "the order of lists": a_map(processings=(a_processing(categories=("email", "phone")),)),
}


@pytest.mark.parametrize("what", NO_DIFFERENCE)
def test_no_difference_of_maps(what: str) -> None:
    old, new = BEFORE.get(what, a_map()), NO_DIFFERENCE[what]
    assert old != new
    assert compared_maps(old, new) == ()


def test_every_field_of_an_element_is_a_difference_but_for_those_for_staff() -> None:
    passed_over = {"key", "clauses", "note", "owner"}
    for element, other in (
        (a_controller(), a_controller(**dict.fromkeys(_texts(a_controller()), "x"), notice_channels=())),
        (a_recipient(), a_recipient(name="x", function="x", description="x", kind="PUBLIC")),
    ):
        differences = _within(element, other)
        told = {each.attribute for each in differences if isinstance(each, ElementAltered)}
        links = {"countries", "engages", "safeguards"}
        assert told == {field.name for field in fields(element)} - passed_over - links


def _texts(element: Any) -> list[str]:
    return [
        field.name
        for field in fields(element)
        if isinstance(getattr(element, field.name), str) and field.name not in ("key", "note")
    ]


def _within(old: Any, new: Any) -> tuple[Difference, ...]:
    if isinstance(old, Controller):
        return compared_maps(a_map(controller=old), a_map(controller=new))
    return compared_maps(a_map(recipients=(old,)), a_map(recipients=(new,)))


ASK, OBJECT = "We ask nobody. {#ask}", "You may object. {#object}"


def written(*paragraphs: str) -> str:
    return "\n\n".join(("# Policy", *paragraphs))


class TestClauses:
    def test_added_removed_reworded_and_moved(self) -> None:
        old = written("We keep logs for a year. {#logs}", ASK, OBJECT, "We sell nothing. {#sell}")
        new = written(OBJECT, "We keep logs for a month. {#logs}", ASK, "Cookies are sweet. {#cookies}")
        differences = compared_texts(old, new)
        before = {each.key: each for each in read_policy(old).policy.clauses}
        after = {each.key: each for each in read_policy(new).policy.clauses}
        assert differences == (
            ClauseMoved(before["object"], after["object"]),
            ClauseRemoved(before["sell"]),
            ClauseReworded(
                before["logs"],
                after["logs"],
                (
                    Words(SAME, "We keep logs for a "),
                    Words(REMOVED, "year"),
                    Words(ADDED, "month"),
                    Words(SAME, "."),
                ),
            ),
            ClauseAdded(after["cookies"]),
        )

    @pytest.mark.parametrize(
        "new",
        [
            "# Policy\n\nOne two\nthree four.\n\nFive six.\n",  # wrapped
            "# Policy\n\n- One two three four.\n- Five six.\n",  # a list
            "# Policy\n\n1. One two three four.\n2. Five six.\n",  # numbered by the list
            "# Policy {#the-policy}\n\nOne two three four. {#one}\n\nFive six. {#five}\n",  # with other keys
        ],
    )
    def test_what_is_no_difference(self, new: str) -> None:
        assert compared_texts("# Policy\n\nOne two three four.\n\nFive six.\n", new) == ()

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("- 16\n- users", "- 18\n- users"),
            ("- users\n- Yes", "- users\n- No"),
            ("- Germany", "- Russia"),
            ("| who | where |\n|-|-|\n| a | DE |", "| who | where |\n|-|-|\n| b | RU |"),
            ("## Yes\n\nWe do.", "## No\n\nWe do."),
        ],
    )
    def test_what_is_short_is_reworded_by_what_stands_alone_in_its_place(self, old: str, new: str) -> None:
        for before, after in ((old, new), (new, old)):
            (difference,) = compared_texts(f"# Policy\n\n{before}\n", f"# Policy\n\n{after}\n")
            assert isinstance(difference, ClauseReworded)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("- 16\n- Yes", "- 18\n- No"),
            ("- Germany\n- 16", "- Russia\n- 18"),
            ("| a | b |\n|-|-|\n| Google | USA |\n| Meta | USA |", "| a | b |\n|-|-|\n| Yandex | RU |\n| Baidu | CN |"),
        ],
    )
    def test_as_many_short_ones_are_reworded_in_order(self, old: str, new: str) -> None:
        def texts(markdown: str) -> list[str]:
            return [each.text for each in read_policy(markdown).policy.clauses][-2:]

        for before, after in ((old, new), (new, old)):
            found = compared_texts(f"# Policy\n\n{before}\n", f"# Policy\n\n{after}\n")
            pairs = [(each.old.text, each.new.text) for each in found if isinstance(each, ClauseReworded)]
            assert pairs == list(zip(texts(before), texts(after), strict=True))
            assert len(found) == 2

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("- 16\n- users", "- users\n- 18"),  # in another place
            ("- 16\n- users", "18\n\n- users"),  # of another kind
            ("- it goes on for seven words there", "- nobody says that"),  # too long
            ("# Yes\n\nfoo\n\n# Users", "# Users\n\nbar"),  # in another part
        ],
    )
    def test_what_is_short_is_not_reworded_by_anything_else(self, old: str, new: str) -> None:
        for before, after in ((old, new), (new, old)):
            kinds = {type(each) for each in compared_texts(f"# Policy\n\n{before}\n", f"# Policy\n\n{after}\n")}
            assert ClauseReworded not in kinds

    def test_what_only_looks_otherwise_is_told_with_all_its_words_the_same(self) -> None:
        old, new = "See [our page](https://a.example) now.", "See [our page](https://b.example) now."
        (difference,) = compared_texts(f"# Policy\n\n{old}\n", f"# Policy\n\n{new}\n")
        assert isinstance(difference, ClauseReworded)
        assert (difference.old.text, difference.new.text) == (old, new)
        assert difference.words == (Words(SAME, "See our page now."),)


# ---- properties ------------------------------------------------------------------------------------------------------


def mirrored(difference: Difference) -> Difference:
    match difference:
        case ElementAdded(element):
            return ElementRemoved(element)
        case ElementRemoved(element):
            return ElementAdded(element)
        case ElementAltered(old, new, attribute, before, after):
            return ElementAltered(new, old, attribute, after, before)
        case RelationshipAdded(old, new, relationship, target):
            return RelationshipRemoved(new, old, relationship, target)
        case RelationshipRemoved(old, new, relationship, target):
            return RelationshipAdded(new, old, relationship, target)
        case ClauseAdded(clause):
            return ClauseRemoved(clause)
        case ClauseRemoved(clause):
            return ClauseAdded(clause)
        case ClauseReworded(old, new, words):
            return ClauseReworded(new, old, _mirrored_words(words))
        case ClauseMoved(old, new):
            return ClauseMoved(new, old)


def _mirrored_words(words: tuple[Words, ...]) -> tuple[Words, ...]:
    kinds = {SAME: SAME, REMOVED: ADDED, ADDED: REMOVED}
    turned = [Words(kinds[each.kind], each.text) for each in words]
    for place, (one, other) in enumerate(pairwise(turned)):
        if (one.kind, other.kind) == (ADDED, REMOVED):
            turned[place], turned[place + 1] = other, one
    return tuple(turned)


@settings(max_examples=40)
@given(revisions())
def test_a_revision_differs_from_itself_in_nothing(revision: DataMap) -> None:
    again = DataMap(a_revision(2), revision.policy, revision.elements)
    assert compare(revision, again) == ()


@settings(max_examples=60)
@given(revisions(), revisions())
def test_there_and_back_are_mirrored_and_each_is_told_once(old: DataMap, new: DataMap) -> None:
    there, back = compare(old, new), compare(new, old)
    assert Counter(map(mirrored, there)) == Counter(back)
    assert len(set(there)) == len(there)


@settings(max_examples=40)
@given(valid_maps(), valid_maps())
def test_without_differences_two_maps_say_the_same(one: RevisionContent, other: RevisionContent) -> None:
    """Whatever of the other map is put into the first without any difference, nothing that people see is changed."""
    elements = replace(one.elements, measures=other.elements.measures, rights=other.elements.rights)
    is_same = {(each.key, each.name, each.kind, each.description) for each in one.elements.measures} == {
        (each.key, each.name, each.kind, each.description) for each in elements.measures
    } and set(_without_clauses(one.elements.rights)) == set(_without_clauses(elements.rights))
    assert (compared_maps(one.elements, elements) == ()) is is_same


def _without_clauses(elements: tuple[Any, ...]) -> list[Any]:
    return [replace(each, clauses=()) for each in elements]
