"""The made-up revision of the seed, compared with the policy that it revises: change by change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from graph.changes import EVERYONE, ClauseReworded, Impact, Place, Touch, Words, WordsKind, notifying
from graph.data_map import DataMap
from graph.impact import changes
from seed.folder import read_revision
from server.settings import ROOT
from tests.builders import a_revision

SEED = ROOT / "seed/ispsystem"
PRODUCTS = (
    *("software-products", "ispmanager", "billmanager", "dcimanager"),
    *("vmmanager", "dnsmanager", "coremanager", "ipmanager"),
)
RELATED = ("related-services", "ssl-certificates", "webinars", "conferences", "contests")
LOG_DATA = ("log-data", "ip-address", "browser", "access-date", "access-time", "activity-duration", "activity-order")

USAGE_DATA = (
    *("usage-data", "device-type", "operating-system", "error-logs", "usage-quantities"),
    "interface-interaction",
)
OF_ANALYTICS = Touch(places=frozenset(Place("websites", category) for category in (*LOG_DATA, *USAGE_DATA, "cookies")))
OF_LOG_DATA = Touch(
    places=frozenset(
        Place(service, category)
        for service in (*PRODUCTS, "account-area", "websites", *RELATED)
        for category in LOG_DATA
    )
)


def revision(folder: Path, number: int) -> DataMap:
    content = read_revision(folder)
    return DataMap(replace(a_revision(number), language=content.language), content.policy, content.elements)


@pytest.fixture(scope="module")
def first() -> DataMap:
    return revision(SEED / "2018-11-12", 1)


@pytest.fixture(scope="module")
def example() -> DataMap:
    return revision(SEED / "example-revision", 2)


def test_the_example_revision_changes_what_it_says(first: DataMap, example: DataMap) -> None:
    direct, none = Impact.DIRECT, Impact.NONE
    found = changes(first, example)
    assert [(each.key, each.impact, each.rule, each.touch) for each in found] == [
        ("country/SG/added", direct, "transfer-without-adequacy", OF_ANALYTICS),
        ("recipient/example-analytics/added", direct, "recipient-added", OF_ANALYTICS),
        ("retention-rule/log-data/criterion", direct, "retention-incomparable", OF_LOG_DATA),
        ("retention-rule/log-data/start", direct, "retention-incomparable", OF_LOG_DATA),
        ("retention-rule/log-data/period", direct, "retention-incomparable", OF_LOG_DATA),
        ("disclosure/example-web-analytics/added", direct, "disclosure-added", OF_ANALYTICS),
        ("clause/policy.made-up/added", none, "clause-without-element", EVERYONE),
        ("clause/other-rules.reading/reworded", none, "clause-spelling", EVERYONE),
        ("clause/retention.log-data/added", none, "clause-told-by-elements", OF_LOG_DATA),
        ("clause/processors.example-analytics/added", none, "clause-told-by-elements", OF_ANALYTICS),
    ]
    assert [change.key for change in notifying(found)] == [each.key for each in found if each.impact is direct]


def test_the_corrected_word_is_shown(first: DataMap, example: DataMap) -> None:
    (typo,) = (each.difference for each in changes(first, example) if isinstance(each.difference, ClauseReworded))
    assert typo.words == (
        Words(WordsKind.SAME, "Please read those documents "),
        Words(WordsKind.REMOVED, "carefuly"),
        Words(WordsKind.ADDED, "carefully"),
        Words(WordsKind.SAME, ": to continue, you need to agree with them."),
    )


def test_a_new_recipient_cites_its_clause_and_a_rule_its_old_and_new_ones(first: DataMap, example: DataMap) -> None:
    found = {each.key: each for each in changes(first, example)}
    recipient, period = found["recipient/example-analytics/added"], found["retention-rule/log-data/period"]
    assert (recipient.clauses_before, recipient.clauses_after) == (
        (),
        ("processors.disclosed-here", "processors.example-analytics"),
    )
    assert set(period.clauses_after) - set(period.clauses_before) == {"retention.log-data"}


def test_going_back_ends_the_disclosures(first: DataMap, example: DataMap) -> None:
    found = [(each.key, each.impact) for each in changes(example, first) if each.impact is not Impact.NONE]
    direct, indirect = Impact.DIRECT, Impact.INDIRECT
    assert found == [
        ("country/SG/removed", indirect),
        ("recipient/example-analytics/removed", indirect),
        ("retention-rule/log-data/criterion", direct),
        ("retention-rule/log-data/start", direct),
        ("retention-rule/log-data/period", direct),
        ("disclosure/example-web-analytics/removed", indirect),
    ]


def test_the_first_policy_compared_with_itself_is_silent(first: DataMap) -> None:
    assert changes(first, first) == ()
