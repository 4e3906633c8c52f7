"""A service reports what it holds, corrects itself out of order, and removes it."""

from __future__ import annotations

from typing import Any

from tests.journeys.vitrine import Caller, Vitrine

ANN = "ann"
HELD = """query ($asOf: DateTime) { me(asOf: $asOf) { holdings { nodes {
  serviceKey categoryKey since lastSeen until records source { key } } } } }"""
EMAIL = {"subject": ANN, "service": "account-area", "category": "email"}


def test_a_service_reports_corrects_and_removes(vitrine: Vitrine) -> None:
    with vitrine.served() as service:
        we_report_what_we_hold(service)
        what_we_may_not_hold_is_refused(service)
        a_correction_overtakes_an_older_report(service)
        we_send_everything_again_and_nothing_changes(service)
        we_remove_it(service)
        a_late_report_of_before_does_not_bring_it_back(service)
        the_person_still_sees_what_was_held_then(service)


def we_report_what_we_hold(service: Caller) -> None:
    (last,) = service.report(
        "account-area",
        [
            {**EMAIL, "since": "2026-02-01T00:00:00Z", "source": "data-subject", "records": 1},
            {**EMAIL, "category": "phone", "since": "2026-02-01T00:00:00Z"},
        ],
    )
    assert last["summary"]["changed"] == 2
    assert [row["categoryKey"] for row in _held(service)] == ["email", "phone"]


def what_we_may_not_hold_is_refused(service: Caller) -> None:
    told = service.report(
        "account-area",
        [
            {**EMAIL, "category": "bank-card-data", "since": "2026-02-01T00:00:00Z"},
            {**EMAIL, "service": "websites", "since": "2026-02-01T00:00:00Z"},
        ],
    )
    assert [(each["line"], each["code"], each["clauses"]) for each in told[:-1]] == [
        (1, "EXCLUDED_CATEGORY", ["sources.personal.no-bank-cards"]),
        (2, "OTHER_SERVICE", []),
    ]
    assert [row["categoryKey"] for row in _held(service)] == ["email", "phone"]


def a_correction_overtakes_an_older_report(service: Caller) -> None:
    newer = {**EMAIL, "since": "2026-01-15T00:00:00Z", "records": 3, "reported_at": "2026-06-02T00:00:00Z"}
    older = {**EMAIL, "since": "2026-02-01T00:00:00Z", "records": 2, "reported_at": "2026-06-01T00:00:00Z"}
    (last,) = service.report("account-area", [newer, older])
    assert (last["summary"]["changed"], last["summary"]["older"]) == (1, 1)
    email = _held(service)[0]
    assert (email["since"], email["records"]) == ("2026-01-15T00:00:00Z", 3)


def we_send_everything_again_and_nothing_changes(service: Caller) -> None:
    before = _held(service)
    newer = {**EMAIL, "since": "2026-01-15T00:00:00Z", "records": 3, "reported_at": "2026-06-02T00:00:00Z"}
    (last,) = service.report("account-area", [newer])
    assert (last["summary"]["changed"], last["summary"]["unchanged"]) == (0, 1)
    assert _held(service) == before


def we_remove_it(service: Caller) -> None:
    (last,) = service.report("account-area", [{**EMAIL, "type": "gone", "at": "2026-07-01T00:00:00Z"}])
    assert last["summary"]["changed"] == 1
    assert [row["categoryKey"] for row in _held(service)] == ["phone"]


def a_late_report_of_before_does_not_bring_it_back(service: Caller) -> None:
    late = {**EMAIL, "since": "2026-01-15T00:00:00Z", "reported_at": "2026-06-30T00:00:00Z"}
    service.report("account-area", [late])
    assert [row["categoryKey"] for row in _held(service)] == ["phone"]


def the_person_still_sees_what_was_held_then(service: Caller) -> None:
    then = _held(service, "2026-06-30T12:00:00Z")
    assert [(row["categoryKey"], row["until"]) for row in then] == [("email", "2026-07-01T00:00:00Z"), ("phone", None)]


def _held(service: Caller, as_of: str | None = None) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = service.ask(HELD, {"asOf": as_of}, subject=ANN)["me"]["holdings"]["nodes"]
    return rows
