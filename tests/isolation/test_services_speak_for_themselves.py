"""What one service tells stands beside what others tell and what the person says, and never in its place."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import Any

import pytest

from graph.answer import Standing, SubjectAnswer
from graph.model import DecisionKind
from graph.reports import CLOCK_SKEW
from graph.store.database import Database
from graph.store.revisions import load_data_map
from graph.store.subjects import load_subject
from tests.graphs import dump
from tests.isolation.attempts import Attempt, ask, graphql_request
from tests.isolation.people import NOW
from tests.isolation.trial import Trial

ANN = "ann"
DECIDE = """mutation ($purpose: String!, $kind: DecisionKind!) {
  recordDecision(input: {purpose: $purpose, kind: $kind}) {
    ... on RecordDecisionSuccess { decision { kind decidedAt reportedBy } } } }"""
TOLD = "{ me { decisions { nodes { kind decidedAt reportedBy } } trusts { nodes { towards until reportedBy } } } }"


async def tell(trial: Trial, by: str, **line: object) -> dict[str, Any]:
    """The summary for one line that a service reports."""
    token = trial.issuer.mint(service=by)
    headers = ((b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/x-ndjson"))
    body = json.dumps({"subject": ANN, **line}).encode()
    answer = await ask(trial.apps[0], Attempt("POST", "/ingest/holdings", b"", headers, body))
    *rejections, last = map(json.loads, answer.body.splitlines())
    assert rejections == []
    return dict(last["summary"])


async def decide(trial: Trial, kind: str, purpose: str = "news") -> dict[str, Any]:
    request = {"query": DECIDE, "variables": {"purpose": purpose, "kind": kind}}
    answer = await ask(trial.apps[0], graphql_request(trial.issuer.mint(subject=ANN), request))
    return dict(json.loads(answer.body)["data"]["recordDecision"]["decision"])


async def told(trial: Trial) -> dict[str, Any]:
    answer = await ask(trial.apps[0], graphql_request(trial.issuer.mint(subject=ANN), {"query": TOLD}))
    me = json.loads(answer.body)["data"]["me"]
    return {name: me[name]["nodes"] for name in me}


async def standing(database: Database, at: datetime) -> Standing:
    """Where the news stand, which rest on consent, at a time."""
    _, record = await load_subject(database, ANN, at)
    answer = SubjectAnswer(record, await load_data_map(database, 2), at)
    (held,) = [each for row in answer.holdings for each in row.purposes if each.fact.purpose.key == "news"]
    return held.standing


def written(time: datetime) -> str:
    return time.isoformat().replace("+00:00", "Z")


async def test_a_trust_is_ended_by_nobody_but_who_told_of_it(trial: Trial) -> None:
    trust = {"type": "trust", "towards": "ben", "categories": ["log"], "since": "2026-01-02T00:00:00Z"}
    later = {**trust, "categories": ["email"], "until": "2026-01-03T00:00:00Z", "reported_at": "2026-01-05T00:00:00Z"}
    assert (await tell(trial, "shop", **trust))["changed"] == 1
    assert (await tell(trial, "mail", **later))["changed"] == 1
    assert (await told(trial))["trusts"] == [{"towards": "ben", "until": None, "reportedBy": "shop"}]
    # To the other it says nothing of whether there was one before.
    assert (await tell(trial, "mail", **later))["unchanged"] == 1
    assert (await tell(trial, "shop", **later))["changed"] == 1
    assert (await told(trial))["trusts"] == []


async def test_the_same_decision_told_by_two_is_told_twice(trial: Trial) -> None:
    decision = {"type": "decision", "purpose": "delivery", "decision": "OBJECTION", "at": written(NOW)}
    await decide(trial, "OBJECTION", "delivery")
    for service in ("shop", "mail"):
        assert (await tell(trial, service, **decision))["changed"] == 1
        assert (await tell(trial, service, **decision))["unchanged"] == 1
    assert sorted(each["reportedBy"] or "" for each in (await told(trial))["decisions"]) == ["", "mail", "shop"]


async def test_no_report_lies_in_wait_for_what_the_person_decides_next(trial: Trial) -> None:
    await tell(trial, "shop", service="shop", category="email", since="2026-01-01T00:00:00Z")
    ahead = written(NOW + CLOCK_SKEW)
    await tell(trial, "shop", type="decision", purpose="news", decision="CONSENT", at=ahead)
    assert (await told(trial))["decisions"] == [
        {"kind": "CONSENT", "decidedAt": written(NOW), "reportedBy": "shop"},
    ]
    # Sent again it is the same, though it was kept with another time.
    before = await dump(trial.database)
    await tell(trial, "shop", type="decision", purpose="news", decision="CONSENT", at=ahead)
    assert await dump(trial.database) == before

    withdrawn = await decide(trial, "WITHDRAWAL")
    assert withdrawn["reportedBy"] is None
    for at in (NOW + timedelta(seconds=1), NOW + 2 * CLOCK_SKEW):
        found = await standing(trial.database, at)
        assert found.decision is not None
        assert found.decision.kind is DecisionKind.WITHDRAWAL


@pytest.mark.parametrize("service", ["shop-desk", "mail"])
async def test_a_part_and_a_neighbour_do_not_report_for_a_service(trial: Trial, service: str) -> None:
    token = trial.issuer.mint(service=service)
    headers = ((b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/x-ndjson"))
    for type, more in (
        ("holding", {"category": "email", "since": "2026-01-02T00:00:00Z"}),
        ("gone", {"category": "email", "at": "2026-01-02T00:00:00Z"}),
        ("disclosure", {"recipient": "mailer", "categories": ["email"], "at": "2026-01-02T00:00:00Z"}),
        ("trust", {"towards": "ben", "categories": ["email"], "since": "2026-01-02T00:00:00Z"}),
        ("decision", {"purpose": "delivery", "decision": "OBJECTION", "at": "2026-01-02T00:00:00Z"}),
    ):
        body = json.dumps({"type": type, "subject": ANN, "service": "shop", **more}).encode()
        answer = await ask(trial.apps[0], Attempt("POST", "/ingest/holdings", b"", headers, body))
        assert json.loads(answer.body.splitlines()[0])["code"] == "OTHER_SERVICE"
    assert "Subject" not in " ".join((await dump(trial.database)).nodes)
