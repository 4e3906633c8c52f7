"""The made-up revision says that it is one, and differs from the policy of 2018 by what it is there to show."""

from __future__ import annotations

from graph.data_map import all_elements
from graph.model import (
    Adequacy,
    ClauseKind,
    MapElement,
    Recipient,
    RecipientKind,
    RetentionPeriod,
    RetentionStart,
    RevisionContent,
)
from tests.seed.revisions import gaps, map_in_force


def test_the_made_up_revision_says_that_it_is_one(example: RevisionContent) -> None:
    assert "made-up" in example.summary
    first = next(each for each in example.policy.clauses if each.kind is ClauseKind.PARAGRAPH)
    assert first.key == "policy.made-up"
    assert "made up" in first.text


def test_the_made_up_revision_differs_in_its_text_by_three_things_and_the_notice(
    content: RevisionContent, example: RevisionContent
) -> None:
    before = {each.key: (each.kind, each.text, each.part_of) for each in content.policy.clauses}
    after = {each.key: (each.kind, each.text, each.part_of) for each in example.policy.clauses}
    assert set(before) - set(after) == set()
    assert set(after) - set(before) == {"policy.made-up", "retention.log-data", "processors.example-analytics"}
    assert {key for key in before if before[key] != after[key]} == {"other-rules.reading"}
    assert before["other-rules.reading"][1].replace("carefuly", "carefully") == after["other-rules.reading"][1]


def test_the_made_up_revision_differs_in_its_map_by_a_processor_and_a_period(
    content: RevisionContent, example: RevisionContent
) -> None:
    before, after = by_kind_and_key(content), by_kind_and_key(example)
    assert set(before) - set(after) == set()
    assert set(after) - set(before) == {
        ("Country", "SG"),
        ("Recipient", "example-analytics"),
        ("Disclosure", "example-web-analytics"),
    }
    assert {place for place in before if before[place] != after[place]} == {("RetentionRule", "log-data")}

    data_map = map_in_force(example)
    rule = data_map.retention_rules["log-data"]
    assert (rule.period, rule.start) == (RetentionPeriod(months=12), RetentionStart.COLLECTION)
    assert data_map.recipients["example-analytics"] == Recipient(
        key="example-analytics",
        kind=RecipientKind.PROCESSOR,
        name="Example Analytics Pte. Ltd.",
        function="Web analytics",
        description="A made-up company.",
        countries=("SG",),
        safeguards=("protection-no-lower", "on-instructions-only", "limited-kit", "confidential-transfer"),
        clauses=("processors.disclosed-here", "processors.example-analytics"),
    )
    assert data_map.countries["SG"].adequacy is Adequacy.NONE


def by_kind_and_key(content: RevisionContent) -> dict[tuple[str, str], MapElement]:
    return {(type(each).__name__, each.key): each for each in all_elements(content.elements)}


def test_the_made_up_revision_closes_one_gap(content: RevisionContent, example: RevisionContent) -> None:
    assert gaps(content) - gaps(example) == {("retention-without-period", "RetentionRule", "log-data")}
    assert gaps(example) - gaps(content) == set()
