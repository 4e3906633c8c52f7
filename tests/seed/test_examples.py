"""The example subjects: what is reported of them passes the door, and shows every kind of report."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime

import pytest

from graph.answer import SubjectAnswer
from graph.data_map import DataMap
from graph.model import DecisionKind, Holding, RevisionContent, SubjectRecord
from graph.reports import (
    DecisionLine,
    DisclosureLine,
    GoneLine,
    HoldingLine,
    Line,
    Rejection,
    TrustLine,
    read_line,
    reject,
)
from tests.seed.revisions import IN_FORCE, SEED, map_in_force

EXAMPLES = SEED / "examples.ndjson"
BEFORE = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def lines() -> list[Line]:
    read = [read_line(text, number) for number, text in enumerate(EXAMPLES.read_bytes().splitlines(), 1)]
    assert [each for each in read if isinstance(each, Rejection)] == []
    return [each for each in read if not isinstance(each, Rejection)]


def test_every_line_passes_the_door(lines: list[Line], data_map: DataMap, example: RevisionContent) -> None:
    for each_map in (data_map, map_in_force(example)):
        refused = [reject(line, number, each_map, BEFORE, None) for number, line in enumerate(lines, 1)]
        assert [each for each in refused if each is not None] == []


def test_every_line_lies_between_the_policy_and_november_2026(lines: list[Line]) -> None:
    for line in lines:
        for field in ("since", "last_seen", "until", "at", "reported_at"):
            time = getattr(line, field, None)
            assert time is None or IN_FORCE <= time < BEFORE, line


def test_the_sixteen_subjects_are_opaque_and_differ(lines: list[Line]) -> None:
    subjects = {each.subject for each in lines}
    assert subjects == {
        "example-buyer",
        "example-contestant",
        "example-disclosed",
        "example-dns-only",
        "example-multi-product",
        "example-objector",
        "example-participant",
        "example-past-customer",
        "example-requester",
        "example-restricted",
        "example-social-sign-in",
        "example-subscriber",
        "example-trusted",
        "example-truster",
        "example-unsubscribed",
        "example-visitor",
    }
    held = {
        subject: frozenset(
            (each.service, each.category) for each in lines if isinstance(each, HoldingLine) and each.subject == subject
        )
        for subject in subjects
    }
    assert all(held.values())
    assert len(set(held.values())) == len(subjects)


def test_every_holding_is_of_a_leaf_service_and_covered_by_the_map(lines: list[Line], data_map: DataMap) -> None:
    wholes = {each.part_of for each in data_map.elements.services}
    for line in lines:
        if not isinstance(line, HoldingLine | GoneLine):
            continue
        assert line.service not in wholes, line
        processings = data_map.coverage(line.service, line.category).processings
        assert processings, line
        if isinstance(line, HoldingLine) and line.source is not None:
            assert line.source in {each.processing.source for each in processings}, line


def test_what_is_gone_was_held(lines: list[Line]) -> None:
    held = {(each.subject, each.service, each.category): each.since for each in lines if isinstance(each, HoldingLine)}
    assert len(held) == sum(isinstance(each, HoldingLine) for each in lines)
    for line in lines:
        if isinstance(line, GoneLine):
            assert held[(line.subject, line.service, line.category)] < line.at


def test_every_disclosure_is_one_that_the_map_allows(lines: list[Line], data_map: DataMap) -> None:
    for line in lines:
        if not isinstance(line, DisclosureLine):
            continue
        for category in line.categories:
            allowed = {
                (path.recipient.key, path.purpose.key, path.case.key)
                for path in data_map.coverage(line.service, category).paths
            }
            assert (line.recipient, line.purpose, line.case) in allowed, line


def test_the_examples_tell_of_every_kind_of_report(lines: list[Line]) -> None:
    assert Counter(type(each).__name__ for each in lines) == {
        "HoldingLine": 115,
        "GoneLine": 4,
        "DecisionLine": 9,
        "TrustLine": 2,
        "DisclosureLine": 4,
    }
    decisions = [(each.subject, each.purpose, each.decision) for each in lines if isinstance(each, DecisionLine)]
    assert decisions == [
        ("example-multi-product", "marketing-messages", DecisionKind.CONSENT),
        ("example-subscriber", "marketing-messages", DecisionKind.CONSENT),
        ("example-unsubscribed", "marketing-messages", DecisionKind.CONSENT),
        ("example-unsubscribed", "marketing-messages", DecisionKind.WITHDRAWAL),
        ("example-objector", "marketing-messages", DecisionKind.CONSENT),
        ("example-objector", "marketing-messages", DecisionKind.OBJECTION),
        ("example-restricted", "interaction", DecisionKind.RESTRICTION),
        ("example-restricted", "interaction", DecisionKind.LIFTING),
        ("example-restricted", "payments-and-accounts", DecisionKind.RESTRICTION),
    ]
    trusts = [(each.subject, each.towards, each.categories) for each in lines if isinstance(each, TrustLine)]
    assert trusts == [
        ("example-truster", "example-trusted", ["billing-details"]),
        ("example-truster", "example-buyer", ["server-ip", "email"]),
    ]
    received = [(each.subject, each.recipient) for each in lines if isinstance(each, DisclosureLine)]
    assert received == [
        ("example-truster", "trusted-subjects"),
        ("example-disclosed", "google"),
        ("example-disclosed", "yandex"),
        ("example-disclosed", "competent-bodies"),
    ]


def test_the_past_customer_is_left_with_retained_billing_data(lines: list[Line], data_map: DataMap) -> None:
    mine = [each for each in lines if each.subject == "example-past-customer"]
    gone = {(each.service, each.category): each.at for each in mine if isinstance(each, GoneLine)}
    record = SubjectRecord(
        "example-past-customer",
        tuple(
            Holding(
                id=f"{each.service}/{each.category}",
                service=each.service,
                category=each.category,
                since=each.since,
                last_seen=each.last_seen,
                until=gone.get((each.service, each.category), each.until),
                source=each.source,
                records=each.records,
                reported_at=each.reported_at or each.since,
            )
            for each in mine
            if isinstance(each, HoldingLine)
        ),
    )
    answer = SubjectAnswer(record, data_map, datetime(2026, 10, 31, tzinfo=UTC))
    assert [(each.holding.service, each.holding.category) for each in answer.holdings] == [
        ("account-area", "billing-details"),
        ("account-area", "family-name"),
        ("account-area", "first-name"),
    ]
    billing = answer.holdings[0]
    assert [each.rule.key for each in billing.retention] == ["goals"]
    assert billing.retention[0].ends_at is None
    assert len(billing.retention[0].rule.exceptions) == 3
    assert not {"google", "yandex"} & {each.path.recipient.key for each in billing.recipients}
