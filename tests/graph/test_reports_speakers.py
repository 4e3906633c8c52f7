"""Who may tell of a person's decisions and trusts: a service for what concerns it, and nobody for oneself."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from graph.data_map import DataMap
from graph.reports import DecisionLine, Rejection, RejectionCode, TrustLine, read_line, reject, sign
from tests.builders import A_DAY, a_map, a_policy, a_processing, a_revision, a_service

NOW = A_DAY + timedelta(days=30)
DAY = "2026-01-01T00:00:00Z"


def decision(**over: Any) -> dict[str, Any]:
    line = {"type": "decision", "subject": "ann", "purpose": "delivery", "decision": "OBJECTION", "at": DAY}
    return {**line, **over}


def trust(**over: Any) -> dict[str, Any]:
    return {"type": "trust", "subject": "ann", "towards": "ben", "categories": ["email"], "since": DAY, **over}


def refusal(line: dict[str, Any], door: DataMap, service: str | None = None) -> Rejection | None:
    read = read_line(json.dumps(line).encode(), 12)
    assert not isinstance(read, Rejection)
    return reject(read, 12, door, NOW, service)


@pytest.fixture(scope="module")
def door() -> DataMap:
    """Billing processes emails for delivery; the shop processes nothing."""
    return DataMap(a_revision(4), a_policy(), a_map(services=(a_service(), a_service("shop"))))


@pytest.mark.parametrize("line", [decision(), decision(service="billing")])
def test_a_decision_comes_from_a_service_that_it_concerns(door: DataMap, line: dict[str, Any]) -> None:
    assert refusal(line, door, "billing") is None


@pytest.mark.parametrize(("line", "service"), [(decision(), "shop"), (decision(service="shop"), None)])
def test_a_decision_is_not_for_a_service_that_it_does_not_concern(
    door: DataMap, line: dict[str, Any], service: str | None
) -> None:
    reason = "'shop', what it is part of and its parts process nothing for 'delivery'"
    assert refusal(line, door, service) == Rejection(12, RejectionCode.OTHER_SERVICE, reason)


@pytest.mark.parametrize(
    ("processes", "tells", "taken"),
    [
        ("suite", "invoices", True),  # a whole of it, two steps up
        ("invoices", "suite", True),  # a part of it, two steps down
        ("billing", "billing", True),
        ("mail", "billing", False),  # a sister
        ("billing", "shop", False),
    ],
)
def test_a_decision_concerns_the_parts_and_the_whole(processes: str, tells: str, taken: bool) -> None:
    services = (
        a_service("suite"),
        a_service("billing", part_of="suite"),
        a_service("invoices", part_of="billing"),
        a_service("mail", part_of="suite"),
        a_service("shop"),
    )
    elements = a_map(services=services, processings=(a_processing(service=processes),))
    refused = refusal(decision(), DataMap(a_revision(), a_policy(), elements), tells)
    assert (refused is None) is taken


def test_a_decision_of_no_service_may_come_from_whoever_speaks_for_all(door: DataMap) -> None:
    assert refusal(decision(), door) is None


@pytest.mark.parametrize("service", [None, "shop"])
def test_a_trust_of_no_service_may_come_from_any(door: DataMap, service: str | None) -> None:
    assert refusal(trust(), door, service) is None


@pytest.mark.parametrize("service", [None, "shop"])
def test_nobody_trusts_themself(door: DataMap, service: str | None) -> None:
    reason = "'towards' is the subject: nobody needs trust to see what is their own"
    assert refusal(trust(towards="ann"), door, service) == Rejection(12, RejectionCode.SELF_TRUST, reason)


def test_a_line_of_no_service_is_signed_by_the_one_that_reports_it() -> None:
    for told in (decision(), trust()):
        line = read_line(json.dumps(told).encode(), 1)
        assert isinstance(line, DecisionLine | TrustLine)
        assert sign(line, None) is line
        assert sign(line, "shop") == line.model_copy(update={"service": "shop"})
        own = line.model_copy(update={"service": "billing"})
        assert sign(own, "shop") is own
