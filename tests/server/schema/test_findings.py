"""Findings, what text and map say nothing of, and `overruleFinding`: for staff, until a draft can be published."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping
from typing import Any

import pytest

from graph.checks import RULES
from graph.checks.coverage import SilentClause, silent_clauses
from graph.clauses import read_policy
from graph.model import Adequacy, MapElements, Policy
from graph.store.reports import record_reports
from graph.store.revisions import draft_revision
from server.turns import turn_to_work_out
from tests.builders import (
    a_country,
    a_map,
    a_recipient,
    a_revision_content,
    a_right,
    a_table,
)
from tests.moves import lines
from tests.server.api import TODAY, Api

FINDINGS = """
query ($number: Int!) { dataMap(number: $number) { findings(first: 200) { nodes {
  key kind rule ruleSays message mending element { __typename key } clause { key } clauses { key }
  overrule { reason by overruledAt }
} } } }
"""
COVERAGE = """
query ($number: Int) { dataMap(number: $number) { coverage {
  silentClauses { role clause { key section { key } } }
  unstatedElements { __typename key }
  findings(first: 2) { totalCount nodes { rule } pageInfo { hasNextPage endCursor } }
  counts { clauses silentClauses elements unstatedElements violations overruled gaps }
} } }
"""
OVERRULE = """
mutation ($input: OverruleFindingInput!) { overruleFinding(input: $input) {
  __typename ... on Failure { code message }
  ... on OverruleFindingSuccess { finding { key kind overrule { reason by overruledAt } } }
  ... on RevisionNotFound { number } ... on RevisionConflict { number }
  ... on FindingNotFound { key } ... on InvalidOverrule { key }
} }
"""
PUBLISH = """
mutation ($number: Int!) { publishRevision(
  input: { number: $number, expectedNumber: 0, effectiveAt: "2027-01-01T00:00:00Z" }
) {
  __typename ... on Failure { code message }
  ... on ViolationsNotOverruled { number findings { key mending clause { text } element { key } overrule { by } } }
} }
"""
TRANSFER = "transfer-without-safeguard/recipient/mailer"
UNKNOWN = "recipient-not-in-map/clause/who.r2"
TEXT = f"""\
What we say. {{#statement}}

## Who gets it {{#who}}

{a_table(("Name", "Function", "Country"), ("Nord Host", "servers", "Russia"), ("Mailer", "mail", "Russia"))}
"""
CONTENT = a_revision_content(
    policy=read_policy(TEXT).accepted(),
    elements=a_map(
        countries=(a_country(), a_country("RU", name="Russia", adequacy=Adequacy.NONE)),
        recipients=(a_recipient(countries=("RU",)),),
        rights=(a_right(clauses=()),),
    ),
)


@pytest.fixture
async def drafted(empty: Api) -> Api:
    """A draft with two violations: one of a clause, one of an element."""
    await draft_revision(empty.database, CONTENT, at=TODAY)
    return empty


async def overruled(api: Api, finding: str, reason: str = "It ends this year.", number: int = 1) -> Any:
    input = {"number": number, "finding": finding, "reason": reason}
    return (await api.data(OVERRULE, {"input": input}, api.staff("ann")))["overruleFinding"]


async def found(api: Api) -> Mapping[str, Any]:
    nodes = (await api.data(FINDINGS, {"number": 1}, api.staff()))["dataMap"]["findings"]["nodes"]
    return {each.pop("key"): each for each in nodes}


async def test_a_finding_says_what_its_rule_says_and_how_to_mend_it(drafted: Api) -> None:
    by_key = await found(drafted)
    assert list(by_key) == [
        UNKNOWN,
        TRANSFER,
        "element-without-clause/right/access",
    ]
    assert by_key[TRANSFER] == {
        "kind": "VIOLATION",
        "rule": "transfer-without-safeguard",
        "ruleSays": "a recipient, or a sub-processor, gets identifiable data in a country without adequate "
        "protection, and no safeguard is named",
        "message": "receives identifiable data in 'RU' without a safeguard; name what protects it",
        "mending": "add what protects the transfer to the safeguards of the recipient",
        "element": {"__typename": "Recipient", "key": "mailer"},
        "clause": None,
        "clauses": [{"key": "statement"}],
        "overrule": None,
    }
    assert (by_key[UNKNOWN]["element"], by_key[UNKNOWN]["clause"]) == (None, {"key": "who.r2"})
    assert {each.name for each in RULES} >= {each["rule"] for each in by_key.values()}


async def test_a_draft_is_published_once_its_violations_are_overruled(drafted: Api) -> None:
    staff = drafted.staff()
    refused = (await drafted.data(PUBLISH, {"number": 1}, staff))["publishRevision"]
    assert refused == {
        "__typename": "ViolationsNotOverruled",
        "code": "VIOLATIONS_NOT_OVERRULED",
        "message": f"Revision 1 has 2 violations that nobody overruled (the first: '{UNKNOWN}'): mend what is wrong "
        "and draft it again, or overrule each with a reason, which stays with the revision",
        "number": 1,
        "findings": [
            {
                "key": UNKNOWN,
                "mending": "add the recipient, or take the row out; where the likely one is told, write one name in "
                "text and map",
                "clause": {"text": "Nord Host | servers | Russia"},
                "element": None,
                "overrule": None,
            },
            {
                "key": TRANSFER,
                "mending": "add what protects the transfer to the safeguards of the recipient",
                "clause": None,
                "element": {"key": "mailer"},
                "overrule": None,
            },
        ],
    }
    said = {"reason": "It ends this year.", "by": "ann", "overruledAt": "2026-10-06T12:00:00Z"}
    assert await overruled(drafted, UNKNOWN, " It ends this year.\n") == {
        "__typename": "OverruleFindingSuccess",
        "finding": {"key": UNKNOWN, "kind": "VIOLATION", "overrule": said},
    }
    again = (await drafted.data(PUBLISH, {"number": 1}, staff))["publishRevision"]
    assert [each["key"] for each in again["findings"]] == [TRANSFER]

    await overruled(drafted, TRANSFER)
    published = (await drafted.data(PUBLISH, {"number": 1}, staff))["publishRevision"]

    assert published == {"__typename": "PublishRevisionSuccess"}
    # And stays with the revision.
    assert [each["overrule"] for each in (await found(drafted)).values()] == [said, said, None]


async def test_what_cannot_be_overruled(drafted: Api) -> None:
    gap = "element-without-clause/right/access"
    assert await overruled(drafted, gap) == {
        "__typename": "InvalidOverrule",
        "code": "INVALID_INPUT",
        "message": f"'{gap}' is a gap, which keeps nothing from being published: leave it",
        "key": gap,
    }
    assert await overruled(drafted, TRANSFER, " ") == {
        "__typename": "InvalidOverrule",
        "code": "INVALID_INPUT",
        "message": f"'{TRANSFER}' is a violation: say why the draft may be published all the same, in a reason that "
        "stays with the revision",
        "key": TRANSFER,
    }
    missing = await overruled(drafted, "x" * 300)
    assert (missing["__typename"], missing["code"], missing["key"]) == ("FindingNotFound", "NOT_FOUND", "x" * 200)
    other = await overruled(drafted, TRANSFER, number=2)
    assert (other["__typename"], other["number"]) == ("RevisionNotFound", 2)
    for key in (TRANSFER, UNKNOWN):
        await overruled(drafted, key)
    await drafted.data(PUBLISH, {"number": 1}, drafted.staff())
    late = await overruled(drafted, TRANSFER)
    assert (late["__typename"], late["code"], late["number"]) == ("RevisionConflict", "CONFLICT", 1)


async def test_coverage_tells_what_says_nothing_of_the_other(drafted: Api) -> None:
    await overruled(drafted, UNKNOWN)
    coverage = (await drafted.data(COVERAGE, {"number": 1}, drafted.staff()))["dataMap"]["coverage"]
    cursor = coverage["findings"]["pageInfo"].pop("endCursor")
    assert coverage == {
        "silentClauses": [
            {"role": "HEADING", "clause": {"key": "who", "section": None}},
            {"role": "TABLE_HEAD", "clause": {"key": "who.r1", "section": {"key": "who"}}},
            {"role": "STATEMENT", "clause": {"key": "who.r2", "section": {"key": "who"}}},
            {"role": "STATEMENT", "clause": {"key": "who.r3", "section": {"key": "who"}}},
        ],
        "unstatedElements": [{"__typename": "Right", "key": "access"}],
        "findings": {
            "totalCount": 3,
            "nodes": [{"rule": "recipient-not-in-map"}, {"rule": "transfer-without-safeguard"}],
            "pageInfo": {"hasNextPage": True},
        },
        "counts": {
            "clauses": 5,
            "silentClauses": 4,
            "elements": 13,
            "unstatedElements": 1,
            "violations": 1,
            "overruled": 1,
            "gaps": 1,
        },
    }
    rest = "query ($after: String) { dataMap(number: 1) { findings(after: $after) { nodes { rule } } } }"
    nodes = (await drafted.data(rest, {"after": cursor}, drafted.staff()))["dataMap"]["findings"]["nodes"]
    assert nodes == [{"rule": "element-without-clause"}]


async def test_a_finding_tells_how_many_people_it_concerns(drafted: Api) -> None:
    def holding(subject: str, service: str, **more: str) -> dict[str, str]:
        about = {"subject": subject, "service": service, "category": "email", "since": "2026-01-01T00:00:00Z"}
        return about | more

    reports = (
        holding("ann", "billing"),
        holding("ben", "billing", until="2026-03-01T00:00:00Z"),
        holding("carl", "a-service-of-before"),
    )
    await record_reports(drafted.database, lines(*reports))
    document = "{ dataMap(number: 1) { findings { nodes { key people { count isComplete } } } } }"
    nodes = (await drafted.data(document, token=drafted.staff()))["dataMap"]["findings"]["nodes"]
    assert {each["key"]: each["people"] for each in nodes} == {
        # A row that states nothing of the map concerns nobody whom it would know.
        UNKNOWN: None,
        TRANSFER: {"count": 1, "isComplete": True},
        # A right is everybody's.
        "element-without-clause/right/access": {"count": 2, "isComplete": True},
    }


async def test_what_is_silent_is_worked_out_once_beside_everybody_else(
    drafted: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    in_main = []

    def noted(elements: MapElements, policy: Policy) -> tuple[SilentClause, ...]:
        in_main.append(threading.current_thread() is threading.main_thread())
        return silent_clauses(elements, policy)

    monkeypatch.setattr("server.schema.elements.silent_clauses", noted)
    coverage = (await drafted.data(COVERAGE, {"number": 1}, drafted.staff()))["dataMap"]["coverage"]
    assert coverage["counts"]["silentClauses"] == len(coverage["silentClauses"]) > 0
    assert in_main == [False]


async def test_the_seed_says_nearly_all_that_its_map_holds(reader: Api) -> None:
    coverage = (await reader.data(COVERAGE, {}, reader.staff()))["dataMap"]["coverage"]
    assert [(each["role"], each["clause"]["key"]) for each in coverage["silentClauses"]] == [
        ("STATEMENT", "scope.acceptance"),
        ("HEADING", "other-rules"),
        ("STATEMENT", "other-rules.clarifications"),
        ("STATEMENT", "other-rules.reading"),
        ("TABLE_HEAD", "processors.columns"),
    ]
    assert coverage["unstatedElements"] == []
    assert (coverage["counts"]["violations"], coverage["counts"]["gaps"]) == (0, 31)


@pytest.mark.parametrize("kind", ["nobody", "subject", "service", "job"])
async def test_coverage_is_for_staff(reader: Api, kind: str) -> None:
    who = {
        "nobody": None,
        "subject": reader.subject("a"),
        "service": reader.service("billmanager"),
        "job": reader.job(),
    }
    answer = await reader.ask("{ dataMap { revision { number } coverage { counts { gaps } } } }", token=who[kind])
    assert answer.data == {"dataMap": {"revision": {"number": 1}, "coverage": None}}
    assert answer.codes == ["UNAUTHENTICATED" if kind == "nobody" else "FORBIDDEN"]


async def test_drafts_are_checked_one_at_a_time(drafted: Api) -> None:
    """What is worked out takes a thread: for a draft that is overruled or published as for one that is read."""
    staff = drafted.staff()
    input = {"number": 1, "finding": TRANSFER, "reason": "A contract is signed."}
    async with turn_to_work_out(drafted.database):
        asking = [
            asyncio.create_task(drafted.data(OVERRULE, {"input": input}, staff)),
            asyncio.create_task(drafted.data(PUBLISH, {"number": 1}, staff)),
        ]
        done, _ = await asyncio.wait(asking, timeout=0.5)
        assert done == set()
    overruled, published = await asyncio.gather(*asking)
    assert overruled["overruleFinding"]["__typename"] == "OverruleFindingSuccess"
    assert published["publishRevision"]["__typename"] == "ViolationsNotOverruled"
