"""The seed says what ISPsystem's policy says: no fact dropped, none invented, every one cited."""

from __future__ import annotations

import pytest

from graph.data_map import DataMap, all_elements
from graph.model import (
    Adequacy,
    CaseCondition,
    CategoryKind,
    ClauseKind,
    MeasureKind,
    RecipientKind,
    RetentionOutcome,
    RetentionStart,
    RevisionContent,
    SourceKind,
)
from tests.seed.expected import (
    CATEGORIES,
    CONTROLLER,
    DISCLOSURE_CASES,
    EXCLUSIONS,
    GAPS,
    NEVER_RECEIVING,
    ORGANISATIONAL_MEASURES,
    PRINCIPLES,
    PURPOSES,
    RIGHTS,
    SECTIONS,
    SERVICES,
    SPECIAL_CATEGORIES,
    UNNAMED_RECIPIENTS,
    USES,
)
from tests.seed.facts import BEGINNINGS, EXPLANATORY, FACTS
from tests.seed.revisions import gaps, map_in_force

# ---- the text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "words"), FACTS, ids=[key for key, _ in FACTS])
def test_no_fact_of_the_original_is_dropped(data_map: DataMap, key: str, words: tuple[str, ...]) -> None:
    text = data_map.clauses[key].text
    assert [each for each in words if each not in text] == []


def test_each_clause_that_says_more_than_a_list_begins_is_in_the_table_of_facts(content: RevisionContent) -> None:
    said = {each.key for each in content.policy.clauses if each.kind is not ClauseKind.SECTION}
    assert said - {key for key, _ in FACTS} == BEGINNINGS


def test_no_clause_is_left_without_a_key_of_its_own(content: RevisionContent) -> None:
    for clause in content.policy.clauses:
        assert f"{{#{clause.key}}}" in content.policy.markdown


def test_the_text_stands_in_sections_in_the_order_of_the_policy(content: RevisionContent) -> None:
    sections = [each.key for each in content.policy.clauses if each.part_of == "policy" and each.kind == "SECTION"]
    assert sections == SECTIONS


def test_every_element_of_the_map_cites_a_clause(content: RevisionContent) -> None:
    uncited = [each.key for each in all_elements(content.elements) if not each.clauses]
    assert uncited == []
    for rule in content.elements.retention_rules:
        assert all(each.clauses for each in rule.exceptions)


def test_every_clause_that_states_a_fact_is_cited(data_map: DataMap, example: RevisionContent) -> None:
    assert uncited_clauses(data_map) == EXPLANATORY
    assert uncited_clauses(map_in_force(example)) == EXPLANATORY | {"policy.made-up"}


def uncited_clauses(data_map: DataMap) -> set[str]:
    return {each.key for each in data_map.policy.clauses if each.kind is not ClauseKind.SECTION} - set(
        data_map.elements_by_clause
    )


# ---- the map ---------------------------------------------------------------------------------------------------------


def test_the_controller(content: RevisionContent) -> None:
    assert content.elements.controller == CONTROLLER
    assert content.language == "en"


def test_the_five_kinds_of_service_and_their_parts(content: RevisionContent) -> None:
    parts = {each.key: [part.name for part in content.elements.services if part.part_of == each.key]
             for each in content.elements.services if each.part_of is None}  # fmt: skip
    assert parts == SERVICES
    assert len(content.elements.services) == 5 + 7 + 4 + 3


def test_the_tree_of_categories(content: RevisionContent) -> None:
    categories = content.elements.data_categories
    parts = {each.key: [part.key for part in categories if part.part_of == each.key] for each in categories}
    assert {key: found for key, found in parts.items() if found} == CATEGORIES
    tops = [each.key for each in categories if each.part_of is None and not each.special]
    assert tops == ["personal-data", "supplementary-data", "open-source-data", "public-posts", "bank-card-data"]


def test_only_what_the_policy_calls_supplementary_is_supplementary(data_map: DataMap) -> None:
    for category in data_map.elements.data_categories:
        is_supplementary = data_map.category_line(category.key)[-1].key == "supplementary-data"
        assert category.kind is (CategoryKind.SUPPLEMENTARY if is_supplementary else CategoryKind.PERSONAL)


def test_the_sources(content: RevisionContent) -> None:
    assert {each.key: each.kind for each in content.elements.sources} == {
        "data-subject": SourceKind.DATA_SUBJECT,
        "automatic-logging": SourceKind.AUTOMATIC,
        "license-checks": SourceKind.AUTOMATIC,
        "third-parties": SourceKind.THIRD_PARTY,
        "open-sources": SourceKind.THIRD_PARTY,
    }


def test_purposes_1_to_8_rest_on_legitimate_interests_but_marketing_on_consent(content: RevisionContent) -> None:
    assert [(each.key, each.legal_basis, each.direct_marketing) for each in content.elements.purposes] == PURPOSES
    assert all("purposes.legal-basis" in each.clauses for each in content.elements.purposes)


def test_every_processing_rests_on_the_basis_of_its_purpose(data_map: DataMap) -> None:
    for processing in data_map.elements.processings:
        assert processing.legal_basis is data_map.purposes[processing.purpose].legal_basis


@pytest.mark.parametrize(
    ("service", "category", "expected"),
    USES,
)
def test_what_a_service_uses_a_category_for_and_where_it_comes_from(
    data_map: DataMap, service: str, category: str, expected: set[tuple[str, str]]
) -> None:
    processings = data_map.coverage(service, category).processings
    assert {(each.purpose.key, each.processing.source) for each in processings} == expected
    assert len(processings) == len(expected)


def test_messages_use_the_addresses_they_go_to_and_nothing_else(content: RevisionContent) -> None:
    for processing in content.elements.processings:
        if processing.purpose in ("system-messages", "marketing-messages"):
            assert processing.categories == ("email", "phone")


def test_data_is_kept_as_long_as_its_goals_need_with_three_exceptions(content: RevisionContent) -> None:
    assert [each.key for each in content.elements.retention_rules] == ["goals", "log-data"]
    for rule in content.elements.retention_rules:
        assert rule.period is None
        assert rule.start is RetentionStart.UNREPORTED
        assert rule.outcome is RetentionOutcome.ERASE_OR_DEPERSONALISE
        assert [each.key for each in rule.exceptions] == ["legitimate-business-interest", "obligations", "disputes"]
    for processing in content.elements.processings:
        assert processing.retention == ("log-data" if processing.categories == ("log-data",) else "goals")


def test_the_eight_disclosure_cases_in_order(content: RevisionContent) -> None:
    assert [(each.number, each.key, each.condition) for each in content.elements.disclosure_cases] == DISCLOSURE_CASES
    for case in content.elements.disclosure_cases:
        assert f"disclosure.case-{case.number}" in case.clauses
    assert {each.case for each in content.elements.disclosures} == {
        each.key for each in content.elements.disclosure_cases
    }


def test_two_processors_are_named_both_abroad_and_safeguarded(content: RevisionContent) -> None:
    named = [each for each in content.elements.recipients if each.name is not None]
    assert [(each.kind, each.name, each.function, each.countries) for each in named] == [
        (RecipientKind.PROCESSOR, "Google Inc.", "Web analytics", ("US",)),
        (RecipientKind.PROCESSOR, 'OOO "Yandex"', "Web analytics", ("RU",)),
    ]
    for processor in named:
        assert processor.safeguards == (
            "protection-no-lower",
            "on-instructions-only",
            "limited-kit",
            "confidential-transfer",
        )
    assert [(each.key, each.name, each.adequacy) for each in content.elements.countries] == [
        ("CY", "Cyprus", Adequacy.EEA),
        ("US", "United States of America", Adequacy.NONE),
        ("RU", "Russia", Adequacy.NONE),
    ]
    protection = next(each for each in content.elements.safeguards if each.key == "protection-no-lower")
    assert protection.clauses == ("transfers.processors-abroad", "transfers.protection")


def test_whom_the_policy_does_not_name_is_there_unnamed(content: RevisionContent) -> None:
    unnamed = [each for each in content.elements.recipients if each.name is None]
    assert {each.key: each.kind for each in unnamed} == UNNAMED_RECIPIENTS
    assert all(each.description and each.countries == () and each.engages == () for each in unnamed)


def test_nothing_is_disclosed_to_those_that_people_turn_to_themselves(content: RevisionContent) -> None:
    received = {each.recipient for each in content.elements.disclosures}
    assert {each.key for each in content.elements.recipients} - received == NEVER_RECEIVING


@pytest.mark.parametrize("analyst", ["google", "yandex"])
def test_web_analytics_gets_only_the_strictly_limited_kit(data_map: DataMap, analyst: str) -> None:
    facts = [each for each in data_map.elements.disclosures if each.recipient == analyst]
    assert [(each.services, each.categories, each.purpose, each.case, each.identifiable) for each in facts] == [
        (("websites",), ("log-data", "usage-data", "cookies"), "improvement", "additional-services", True)
    ]
    received = {
        (service, category)
        for service in data_map.services
        for category in data_map.data_categories
        for path in data_map.coverage(service, category).paths
        if path.recipient.key == analyst
    }
    assert {service for service, _ in received} == {"websites"}
    assert {data_map.category_line(category)[-1].key for _, category in received} == {"supplementary-data"}
    assert ("websites", "ip-address") in received
    assert ("websites", "billing-details") not in received
    assert ("websites", "social-email") not in received


def test_nothing_is_disclosed_for_a_purpose_that_it_is_not_processed_for(data_map: DataMap) -> None:
    for disclosure in data_map.elements.disclosures:
        for service in disclosure.services:
            for category in disclosure.categories:
                used_for = {each.purpose.key for each in data_map.coverage(service, category).processings}
                assert disclosure.purpose in used_for, (disclosure.key, service, category)


def test_what_a_competent_body_may_ask_for_is_everything_that_is_held(data_map: DataMap) -> None:
    for service in data_map.services:
        for category in data_map.data_categories:
            coverage = data_map.coverage(service, category)
            bodies = [each for each in coverage.paths if each.recipient.key == "competent-bodies"]
            assert bool(coverage.processings) == bool(bodies), (service, category)
            assert all(each.case.condition is CaseCondition.EVENT for each in bodies)


def test_only_statistics_are_not_identifiable(content: RevisionContent) -> None:
    anonymous = {each.recipient for each in content.elements.disclosures if not each.identifiable}
    assert anonymous == {"statistics-recipients"}
    assert {each.case for each in content.elements.disclosures if not each.identifiable} == {"depersonalised-data"}


def test_what_is_promised_not_to_be(content: RevisionContent) -> None:
    found = [(each.key, each.kind, each.categories, each.minimum_age) for each in content.elements.exclusions]
    assert found == EXCLUSIONS
    minors = next(each for each in content.elements.exclusions if each.key == "minors")
    assert minors.clauses == ("age.minimum", "age.report")


def test_the_special_categories_are_those_of_specific_types(data_map: DataMap) -> None:
    special = {each.key for each in data_map.elements.data_categories if each.special}
    assert special == SPECIAL_CATEGORIES
    for key in (*special, "bank-card-data"):
        assert len(data_map.exclusions_of(key)) == 1
        for service in data_map.services:
            assert data_map.coverage(service, key).processings == ()
            assert data_map.coverage(service, key).paths == ()


def test_the_rights(content: RevisionContent) -> None:
    assert {each.key: each.article for each in content.elements.rights} == RIGHTS
    rights = {each.key: each for each in content.elements.rights}
    assert "complaints and lawsuits" in rights["restrict"].exceptions
    assert "CSV" in rights["export"].description
    assert "technically feasible" in rights["export"].conditions
    assert "applicable law" in rights["delete"].exceptions
    assert "direct marketing" in rights["object"].description


def test_the_seven_principles_and_the_measures(content: RevisionContent) -> None:
    measures = content.elements.measures
    assert [each.key for each in measures if each.kind is MeasureKind.PRINCIPLE] == PRINCIPLES
    assert [each.key for each in measures if each.kind is MeasureKind.ORGANISATIONAL] == ORGANISATIONAL_MEASURES
    assert [each.key for each in measures if each.kind is MeasureKind.TECHNICAL] == ["pseudonymisation", "encryption"]


# ---- findings --------------------------------------------------------------------------------------------------------


def test_the_checks_find_the_gaps_of_the_policy_and_no_violation(content: RevisionContent) -> None:
    assert gaps(content) == GAPS
