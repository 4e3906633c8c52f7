"""A person asks what is held and who gets it, withdraws a consent, and sees that it counts."""

from __future__ import annotations

from typing import Any

from tests.journeys.vitrine import Caller, Vitrine

ME = "example-multi-product"
WHAT = """{ me {
  revision { number summary }
  holdings(first: 200) { totalCount nodes { service { name } category { name } clauses { key } } }
  recipients(first: 200) { nodes { isActive recipient { name isNamed description countries { name } } } }
} }"""
MARKETING = """{ me { holdings(service: ["account-area"], category: ["email"]) { nodes {
  purposes { purpose { key } status clauses { text } }
  recipients { purpose { key } status } } } decisions { nodes { kind } } } }"""
WITHDRAW = """mutation { recordDecision(input: {purpose: "marketing-messages", kind: WITHDRAWAL}) { __typename } }"""


def test_a_person_asks_and_withdraws_a_consent(vitrine: Vitrine) -> None:
    with vitrine.served() as service:
        vitrine.load_examples()
        i_ask_what_you_hold_about_me(service)
        i_ask_who_receives_it(service)
        i_see_that_you_send_me_advertising(service)
        i_withdraw_my_consent(service)
        i_see_that_you_stopped(service)
    with vitrine.served() as service:
        i_see_that_you_stopped(service)  # after a restart as well


def i_ask_what_you_hold_about_me(service: Caller) -> None:
    me = service.ask(WHAT, subject=ME)["me"]
    assert me["revision"]["number"] == 1
    assert me["holdings"]["totalCount"] == 21
    rows = [f"{row['service']['name']}: {row['category']['name']}" for row in me["holdings"]["nodes"]]
    assert {"Account area: Address", "BILLmanager: License ID", "SSL certificates: Email address"} < set(rows)
    assert all(row["clauses"] for row in me["holdings"]["nodes"])


def i_ask_who_receives_it(service: Caller) -> None:
    recipients = service.ask(WHAT, subject=ME)["me"]["recipients"]["nodes"]
    ordinary = [each["recipient"]["description"] for each in recipients if each["isActive"]]
    assert "Services that send emails. The policy names none of them." in ordinary
    assert {each["recipient"]["isNamed"] for each in recipients} == {False}


def i_see_that_you_send_me_advertising(service: Caller) -> None:
    assert _marketing(service) == ("ACTIVE", "ACTIVE", ["CONSENT"])


def i_withdraw_my_consent(service: Caller) -> None:
    answer = service.ask(WITHDRAW, subject=ME)
    assert answer == {"recordDecision": {"__typename": "RecordDecisionSuccess"}}


def i_see_that_you_stopped(service: Caller) -> None:
    assert _marketing(service) == ("WITHDRAWN", "PURPOSE_INACTIVE", ["CONSENT", "WITHDRAWAL"])


def _marketing(service: Caller) -> tuple[Any, Any, list[Any]]:
    me = service.ask(MARKETING, subject=ME)["me"]
    (row,) = me["holdings"]["nodes"]
    (purpose,) = [each for each in row["purposes"] if each["purpose"]["key"] == "marketing-messages"]
    (sent,) = [each for each in row["recipients"] if each["purpose"]["key"] == "marketing-messages"]
    assert any("clearly consented" in clause["text"] for clause in purpose["clauses"])
    return purpose["status"], sent["status"], [each["kind"] for each in me["decisions"]["nodes"]]
