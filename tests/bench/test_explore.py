"""The bench of the explorer asks a map of the size that it says. Never a speed."""

from __future__ import annotations

from typing import Any

import pytest
from graphql import build_schema, parse, validate

from bench import explore, report
from bench.maps import large_map
from bench.processes import ROOT
from graph.links import LINKS
from graph.map_file import read_map
from graph.model import RevisionContent
from tests.builders import a_map_text

ELEMENTS, RELATIONSHIPS = 300, 1_200


@pytest.fixture(scope="module")
def content() -> RevisionContent:
    return large_map(ELEMENTS, RELATIONSHIPS, services=explore.SERVICES, categories=explore.CATEGORIES)


def test_a_map_has_the_size_that_is_asked_for(content: RevisionContent) -> None:
    elements = content.elements
    drawn = (
        elements.sources,
        elements.services,
        elements.data_categories,
        elements.purposes,
        elements.recipients,
        elements.countries,
    )
    assert sum(map(len, drawn)) == ELEMENTS
    links = 0
    for each in (*elements.services, *elements.data_categories, *elements.recipients):
        links += _links(each)
    facts = sum(map(_links, (*elements.processings, *elements.disclosures)))
    # The last fact may be one too large.
    assert RELATIONSHIPS <= links + facts < RELATIONSHIPS + 12
    assert [each.key for each in elements.services][: len(explore.SERVICES)] == [*explore.SERVICES]


def test_a_map_is_one_that_a_file_could_hold_and_always_the_same(content: RevisionContent) -> None:
    text = a_map_text(content)
    assert read_map(text, [each.key for each in content.policy.clauses]).elements == content.elements
    again = large_map(ELEMENTS, RELATIONSHIPS, services=explore.SERVICES, categories=explore.CATEGORIES)
    assert again == content


def test_every_question_is_one_that_the_contract_knows(content: RevisionContent) -> None:
    contract = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    asked = explore.questions(content.elements)
    documents = {name: parse(explore.document(2, field)) for name, field in asked.items()}
    assert [(name, wrong) for name, each in documents.items() for wrong in validate(contract, each)] == []


def test_a_row_tells_what_was_cut() -> None:
    figures = {
        "first_seconds": 9.0,
        "seconds": 0.123,
        "service_cpu_seconds": 0.1,
        "engine_cpu_seconds": 0.02,
        "bytes": 12_345,
        "rows": 1_234,
        "is_complete": False,
        "people": {"count": 5_000, "isComplete": False},
    }
    head, row, whole = report.explore_table({"cut": figures, "whole": {**figures, "is_complete": True, "people": None}})
    assert head.split()[:4] == ["what", "rows", "whole", "people"]
    assert row.split() == ["cut", "1,234", "no", "5,000+", "9.00", "0.12", "0.10", "0.02", "12"]
    assert whole.split()[:4] == ["whole", "1,234", "yes", "9.00"]


def _links(element: Any) -> int:
    named = (getattr(element, field) for field in LINKS[type(element).__name__])
    return sum(len(each) if isinstance(each, tuple) else each is not None for each in named)
