from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from graph.changes import Impact, ImpactAdjustment
from graph.model import MapElements, RetentionPeriod
from server.pages import changes_told as module
from server.pages.changes_told import Mark, OfImpact, Told, Value, changes_told
from tests.builders import (
    A_DAY,
    a_category,
    a_country,
    a_disclosure,
    a_map,
    a_processing,
    a_purpose,
    a_recipient,
    a_retention_rule,
)
from tests.server.pages.compared import of_maps, of_seed, of_texts


def told(old: MapElements, new: MapElements) -> list[Told]:
    return [each for of_impact in changes_told(of_maps(old, new)) for each in of_impact.told]


def only(old: MapElements, new: MapElements) -> Told:
    (found,) = told(old, new)
    return found


def lines(found: tuple[OfImpact, ...]) -> list[Any]:
    return [
        (of_impact.impact, of_impact.count, [(each.mark, f"{each.noun}: {each.name}") for each in of_impact.told])
        for of_impact in found
    ]


def test_the_made_up_revision() -> None:
    found = changes_told(of_seed())

    assert lines(found) == [
        (
            Impact.DIRECT,
            6,
            [
                (Mark.NEW, "Country: Singapore"),
                (Mark.NEW, "Recipient: Example Analytics Pte. Ltd."),
                (Mark.CHANGED, "Retention rule: Log data"),
                (
                    Mark.NEW,
                    "Disclosure: Websites: Log data, Usage data, Cookies and technologies that do the same, "
                    "to Example Analytics Pte. Ltd.",
                ),
            ],
        ),
        (Impact.INDIRECT, 0, []),
        (
            Impact.NONE,
            4,
            [(Mark.NEW, "Clause: "), (Mark.REWORDED, "Clause: "), (Mark.NEW, "Clause: "), (Mark.NEW, "Clause: ")],
        ),
    ]
    rule = found[0].told[2]
    assert rule.values == (
        Value(
            "criterion",
            "As long as the goals of collection require. Erased or depersonalised when they have been reached, when "
            "there is no need any more to reach them, or when relevant demands are received.",
            "12 months from collection.",
        ),
        Value("start", "unreported", "collection"),
        Value("period", None, "12 months"),
    )
    assert [each.clause.number for each in rule.cited] == ["10.8", "12.1", "12.2", "12.7", "12.8", "12.9", "12.10"]
    assert rule.rule.startswith("how long data is kept cannot be compared")


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (RetentionPeriod(months=6), RetentionPeriod(years=1, days=2), ("6 months", "1 year 2 days")),
        (RetentionPeriod(years=2), RetentionPeriod(), ("2 years", "0 days")),
    ],
)
def test_a_length_of_time_is_told_in_words(
    before: RetentionPeriod, after: RetentionPeriod, said: tuple[str, str]
) -> None:
    old, new = (a_map(retention_rules=(a_retention_rule(period=each),)) for each in (before, after))

    assert only(old, new).values == (Value("period", *said),)


def test_values_of_the_model_are_told_in_small_letters_and_texts_as_they_are() -> None:
    old = a_map()
    new = a_map(purposes=(a_purpose(direct_marketing=True, description="NO MORE"),))
    values = {value.label: (value.before, value.after) for each in told(old, new) for value in each.values}

    assert values == {"direct marketing": ("no", "yes"), "description": (None, "NO MORE")}


@pytest.mark.parametrize("name", ["EEA", "ISO 27001", "A", "true story"])
def test_a_name_that_looks_like_one_is_left_alone(name: str) -> None:
    new = a_map(recipients=(a_recipient(function=name),))

    assert only(a_map(), new).values == (Value("function", "sends messages", name),)


def test_a_reference_is_told_by_what_it_leads_to() -> None:
    countries = (a_country(), a_country("DE", name="Germany"))
    old = a_map(countries=countries)
    new = a_map(countries=countries, recipients=(a_recipient(countries=("DE",)),))

    found = told(old, new)
    assert {(each.mark, each.name, value) for each in found for value in each.values} == {
        (Mark.CHANGED, "Mailer", Value("located in", None, "Germany")),
        (Mark.CHANGED, "Mailer", Value("located in", "Country CY", None)),
    }


def test_facts_are_told_by_what_they_join() -> None:
    categories = tuple(map(a_category, ("email", "phone", "name", "town", "street")))
    keys = tuple(each.key for each in categories)
    old = a_map(data_categories=categories)
    new = a_map(
        data_categories=categories,
        processings=(a_processing(), a_processing("all", categories=keys)),
        disclosures=(a_disclosure(), a_disclosure("all", categories=keys[:4])),
    )

    assert sorted(each.name for each in told(old, new)) == [
        "Billing: Email, Phone, Name and 2 more, for Delivery",
        "Billing: Email, Phone, Name, Town, to Mailer",
    ]


def test_an_unnamed_recipient_is_told_by_its_function() -> None:
    unnamed = a_recipient("other", name=None, function="keeps the books", description="Whoever it is.")

    found = told(a_map(), a_map(recipients=(a_recipient(), unnamed)))

    assert [each.name for each in found] == ["keeps the books"]


def test_clauses_are_told_with_both_numbers_where_they_moved() -> None:
    found = changes_told(
        of_texts("one and only\n\ntwo of them\n\nthree in a row\n", "three in a row\n\none and only\n\ntwo of them\n")
    )
    assert [(each.mark, each.noun, each.values) for each in found[2].told] == [
        (Mark.MOVED, "Clause", (Value("number", "3", "1"),))
    ]


def test_a_reworded_clause_is_cited_once() -> None:
    found = changes_told(of_texts("# Data\n\nWe keep it.\n", "# Datum\n\nWe keep it.\n"))

    assert [[each.clause.key for each in told.cited] for of in found for told in of.told] == [["datum"]]


def test_what_is_gone_is_cited_from_the_older_text() -> None:
    found = changes_told(of_texts("one and only\n\nquite something else\n", "one and only\n"))

    ((cited,),) = [each.cited for each in found[2].told]
    assert (cited.clause.text, cited.is_old) == ("quite something else", True)


def test_what_the_publisher_judged_otherwise_is_told() -> None:
    compared = of_seed()
    adjusting = ImpactAdjustment(compared.changes[0].key, Impact.INDIRECT, "It is adequate now.", "staff-1", A_DAY)
    adjusted = replace(compared.changes[0], adjustment=adjusting)

    direct, indirect, _ = changes_told(replace(compared, changes=(adjusted, *compared.changes[1:])))

    assert (direct.count, indirect.count) == (5, 1)
    assert [(each.judged, each.reason) for each in indirect.told] == [(Impact.DIRECT, "It is adequate now.")]
    assert {each.judged for each in direct.told} == {None}


def test_what_is_not_listed_is_counted_and_the_gravest_is_listed_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHANGES_AT_MOST", 7)
    monkeypatch.setattr(module, "CITED_AT_MOST", 3)

    direct, indirect, none = changes_told(of_seed())

    assert [(each.count, each.left_out) for each in (direct, indirect, none)] == [(6, 0), (0, 0), (4, 3)]
    rule = direct.told[2]
    assert ([each.clause.number for each in rule.cited], rule.cited_left_out) == (["10.8", "12.1", "12.2"], 4)
