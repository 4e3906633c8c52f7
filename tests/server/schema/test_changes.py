"""`compare`, `changes` of a revision and `adjustImpact`: what differs, what that does, and who may see and judge it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from graph.clauses import read_policy
from graph.model import Policy, RetentionException, RetentionPeriod
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision
from tests.builders import (
    a_country,
    a_map,
    a_purpose,
    a_recipient,
    a_retention_rule,
    a_revision_content,
    a_right,
    a_safeguard,
    a_service,
)
from tests.graphs import dump, run
from tests.server.api import EXAMPLE_REVISION, TODAY, Api, revision_in

COMPARE = """
query ($from: Int!, $to: Int!, $first: Int! = 200, $after: String, $impact: [Impact!]) {
  compare(from: $from, to: $to) {
    from to isChanged highestImpact counts { direct indirect none }
    changes(first: $first, after: $after, impact: $impact) {
      totalCount pageInfo { hasNextPage endCursor } nodes { __typename key impact judgedImpact rule }
    }
  }
}
"""
WHOLE = """
query ($from: Int!, $to: Int!) {
  compare(from: $from, to: $to) { changes(first: 200) { nodes {
    __typename key rule ruleSays clausesBefore { key } clausesAfter { key }
    touches { isEveryone holdings { services { key } categories { key } } purposes { key } }
    ... on ElementAdded { element { __typename key } }
    ... on ElementRemoved { element { __typename key } }
    ... on ElementAltered { old { ...Named } new { ...Named } attribute before after }
    ... on RelationshipAdded { old { key } new { key } relationship target { __typename key } }
    ... on RelationshipRemoved { relationship target { __typename key } }
    ... on ClauseAdded { clause { key text } }
    ... on ClauseRemoved { clause { key text } }
    ... on ClauseReworded { oldClause { text } newClause { text } words { kind text } }
    ... on ClauseMoved { oldClause { number } newClause { number } }
  } } }
}
fragment Named on MapElement { key ... on Purpose { name } }
"""
ADJUST = """
mutation ($input: AdjustImpactInput!) { adjustImpact(input: $input) {
  __typename ... on Failure { code message }
  ... on AdjustImpactSuccess { change { key impact judgedImpact rule adjustment { impact reason by adjustedAt } } }
  ... on RevisionNotFound { number } ... on RevisionConflict { number }
  ... on ChangeNotFound { key } ... on InvalidReason { key }
} }
"""
ADDED = "recipient/example-analytics/added"


@pytest.fixture
async def revised(api: Api) -> Api:
    """The first policy is in force, and the made-up revision a draft."""
    await draft_revision(api.database, revision_in(EXAMPLE_REVISION), at=TODAY)
    return api


async def publish(api: Api, number: int, *, expected: int = 1) -> None:
    effective_at = TODAY + timedelta(days=number)
    await publish_revision(api.database, number, expected=expected, effective_at=effective_at, at=TODAY)


async def adjusted(api: Api, input: Mapping[str, Any], token: str | None = None) -> Any:
    return (await api.data(ADJUST, {"input": input}, token or api.staff()))["adjustImpact"]


class TestCompare:
    async def test_everybody_compares_what_is_published(self, revised: Api) -> None:
        await publish(revised, 2)
        found = (await revised.data(COMPARE, {"from": 1, "to": 2}))["compare"]
        assert found | {"changes": None} == {
            "from": 1,
            "to": 2,
            "isChanged": True,
            "highestImpact": "DIRECT",
            "counts": {"direct": 6, "indirect": 0, "none": 4},
            "changes": None,
        }
        nodes = found["changes"]["nodes"]
        assert nodes[1] == {
            "__typename": "ElementAdded",
            "key": ADDED,
            "impact": "DIRECT",
            "judgedImpact": "DIRECT",
            "rule": "recipient-added",
        }
        assert [each["key"] for each in nodes[-4:]] == [
            "clause/policy.made-up/added",
            "clause/other-rules.reading/reworded",
            "clause/retention.log-data/added",
            "clause/processors.example-analytics/added",
        ]

    async def test_back_and_with_itself(self, revised: Api) -> None:
        await publish(revised, 2)
        back = (await revised.data(COMPARE, {"from": 2, "to": 1}))["compare"]
        assert (back["from"], back["to"], back["counts"]) == (2, 1, {"direct": 3, "indirect": 3, "none": 4})
        same = (await revised.data(COMPARE, {"from": 2, "to": 2}))["compare"]
        assert (same["isChanged"], same["highestImpact"], same["changes"]["nodes"]) == (False, "NONE", [])

    async def test_pages_and_impacts(self, revised: Api) -> None:
        await publish(revised, 2)
        ask = {"from": 1, "to": 2, "impact": ["NONE", "INDIRECT"], "first": 3}
        first = (await revised.data(COMPARE, ask))["compare"]["changes"]
        assert (first["totalCount"], first["pageInfo"]["hasNextPage"]) == (4, True)
        cursor = first["pageInfo"]["endCursor"]
        rest = (await revised.data(COMPARE, ask | {"after": cursor}))["compare"]["changes"]
        assert [each["key"] for each in rest["nodes"]] == ["clause/processors.example-analytics/added"]
        for other in ({"impact": ["DIRECT"]}, {"impact": None}, {"from": 2, "to": 1}):
            answer = await revised.ask(COMPARE, ask | {"after": cursor} | other)
            assert answer.messages == [
                "This is not a cursor of this list: give an `endCursor` that it returned, or none"
            ], other

    async def test_a_draft_is_for_staff_and_to_others_as_if_it_were_not_there(self, revised: Api) -> None:
        asked: list[str] = []
        missing = {"from": 1, "to": 9}
        for who in (None, revised.subject("example-buyer"), revised.service("billmanager")):
            for ask in ({"from": 1, "to": 2}, {"from": 2, "to": 1}, {"from": 2, "to": 2}):
                answer = await revised.ask(COMPARE, ask, who)
                assert (answer.data, answer.codes) == ({"compare": None}, ["NOT_FOUND"])
                assert answer.messages == ["There is no revision 2: the list of revisions shows those there are"]
            assert (await revised.ask(COMPARE, missing, who)).codes == ["NOT_FOUND"]
        revised.database.observers.append(asked.append)
        counts = []
        for ask in ({"from": 1, "to": 2}, missing):
            asked.clear()
            await revised.ask(COMPARE, ask)
            counts.append(len(asked))
        assert counts[0] == counts[1]
        revised.database.observers.clear()
        data = await revised.data(COMPARE, {"from": 1, "to": 2}, revised.staff())
        assert data["compare"]["highestImpact"] == "DIRECT"
        assert (await revised.ask(COMPARE, missing, revised.staff())).codes == ["NOT_FOUND"]

    async def test_what_is_kept_asks_the_graph_for_nothing(self, revised: Api) -> None:
        revised.clock.advance(timedelta(days=9))
        await publish(revised, 2)
        await revised.data(COMPARE, {"from": 1, "to": 2})
        asked: list[str] = []
        revised.database.observers.append(asked.append)
        await revised.data(COMPARE, {"from": 1, "to": 2})
        assert asked == []


class TestChangesOfARevision:
    ASK = "query ($number: Int!) { revision(number: $number) { changes { from to highestImpact } } }"

    async def test_they_are_against_the_one_that_it_followed(self, revised: Api) -> None:
        ask = {"number": 2}
        assert await revised.data(self.ASK, {"number": 1}) == {"revision": {"changes": None}}
        of_draft = await revised.data(self.ASK, ask, revised.staff())
        assert of_draft == {"revision": {"changes": {"from": 1, "to": 2, "highestImpact": "DIRECT"}}}
        await draft_revision(revised.database, a_revision_content(), at=TODAY)
        await publish(revised, 3)
        # Of a draft against the one published last, which it would follow now.
        of_draft = await revised.data(self.ASK, ask, revised.staff())
        assert of_draft["revision"]["changes"]["from"] == 3
        assert (await revised.data(self.ASK, {"number": 3}))["revision"]["changes"]["from"] == 1

    async def test_one_that_followed_what_was_taken_back_says_so(self, revised: Api) -> None:
        await publish(revised, 2)
        await draft_revision(revised.database, a_revision_content(), at=TODAY)
        await publish(revised, 3, expected=2)
        # No more than an earlier version of the service allowed.
        await run(revised.database, "MATCH (r:Revision {number: 2}) SET r.state = 'WITHDRAWN'")
        answer = await revised.ask(self.ASK, {"number": 3})
        assert (answer.data, answer.codes) == ({"revision": {"changes": None}}, ["NOT_FOUND"])
        assert (await revised.data(self.ASK, {"number": 3}, revised.staff()))["revision"]["changes"]["from"] == 2


BEFORE = "We keep logs for a year. {#logs}\n\nWe ask nobody. {#ask}\n\nYou may object. {#object}\n\nWe sell. {#sell}"
AFTER = "You may object. {#object}\n\nWe keep logs for a month. {#logs}\n\nWe ask nobody. {#ask}\n\nCookies. {#cookies}"


async def test_each_kind_of_change_says_what_it_is_about(empty: Api) -> None:
    def written(text: str) -> Policy:
        return read_policy(f"# Policy {{#policy}}\n\nWhat we say. {{#statement}}\n\n{text}\n").policy

    us = a_country("US", adequacy="NONE")
    mailer = a_recipient(safeguards=("standard-clauses",))
    old = a_map(
        countries=(a_country(), us),
        services=(a_service(), a_service("shop", part_of="billing"), a_service("desk")),
        safeguards=(a_safeguard(),),
        recipients=(mailer,),
    )
    new = a_map(
        countries=(a_country(), us),
        safeguards=(a_safeguard(),),
        services=old.services[:2],
        purposes=(a_purpose(name="Sending"),),
        recipients=(replace(mailer, countries=("US",)),),
        retention_rules=(
            a_retention_rule(period=RetentionPeriod(1), exceptions=(RetentionException("law", "The law", ("ask",)),)),
        ),
        rights=(a_right(clauses=("object",)),),
    )
    for number, content in enumerate(
        (
            a_revision_content(policy=written(BEFORE), elements=old),
            a_revision_content(policy=written(AFTER), elements=new),
        ),
        1,
    ):
        await draft_revision(empty.database, content, at=TODAY)
        await publish(empty, number, expected=number - 1)
    nodes = (await empty.data(WHOLE, {"from": 1, "to": 2}))["compare"]["changes"]["nodes"]
    by_key = {each.pop("key"): each for each in nodes}
    billing = [{"services": [{"key": "billing"}], "categories": [{"key": "email"}]}]
    held = {"isEveryone": False, "holdings": billing, "purposes": []}
    everyone = {"isEveryone": True, "holdings": [], "purposes": []}
    stated = {"clausesBefore": [{"key": "statement"}], "clausesAfter": [{"key": "statement"}]}
    assert by_key == {
        "service/desk/removed": {
            "__typename": "ElementRemoved",
            "rule": "service-removed",
            "ruleSays": "the policy covers a service no longer",
            "touches": held | {"holdings": [{"services": [{"key": "desk"}], "categories": []}]},
            "element": {"__typename": "Service", "key": "desk"},
            "clausesBefore": [{"key": "statement"}],
            "clausesAfter": [],
        },
        "purpose/delivery/name": {
            "__typename": "ElementAltered",
            "rule": "element-reworded",
            "ruleSays": "the name, the description or another text of an element changes in its words",
            "touches": held | {"purposes": [{"key": "delivery"}]},
            "old": {"key": "delivery", "name": "Delivery"},
            "new": {"key": "delivery", "name": "Sending"},
            "attribute": "name",
            "before": "Delivery",
            "after": "Sending",
            **stated,
        },
        "recipient/mailer/located-in/CY/removed": {
            "__typename": "RelationshipRemoved",
            "rule": "recipient-country-removed",
            "ruleSays": "a recipient is no longer in a country",
            "touches": held,
            "relationship": "LOCATED_IN",
            "target": {"__typename": "Country", "key": "CY"},
            **stated,
        },
        "recipient/mailer/located-in/US/added": {
            "__typename": "RelationshipAdded",
            "rule": "transfer-without-adequacy",
            "ruleSays": "a country without adequate protection is new in the map, or new for a recipient",
            "touches": held,
            "old": {"key": "mailer"},
            "new": {"key": "mailer"},
            "relationship": "LOCATED_IN",
            "target": {"__typename": "Country", "key": "US"},
            **stated,
        },
        "retention-rule/half-a-year/period": by_key["retention-rule/half-a-year/period"]
        | {"rule": "retention-longer", "before": "P6M", "after": "P1Y", **stated},
        "retention-rule/half-a-year/exceptions.law": by_key["retention-rule/half-a-year/exceptions.law"]
        | {
            "attribute": "exceptions.law",
            "before": None,
            "after": "The law",
            "clausesBefore": [],
            "clausesAfter": [{"key": "ask"}],
        },
        "right/access/added": {
            "__typename": "ElementAdded",
            "rule": "right-added",
            "ruleSays": "a right is new",
            "touches": everyone,
            "element": {"__typename": "Right", "key": "access"},
            "clausesBefore": [],
            "clausesAfter": [{"key": "object"}],
        },
        "clause/object/moved": {
            "__typename": "ClauseMoved",
            "rule": "clause-moved",
            "ruleSays": "a clause stands elsewhere",
            "touches": everyone,
            "oldClause": {"number": "4"},
            "newClause": {"number": "2"},
            "clausesBefore": [{"key": "object"}],
            "clausesAfter": [{"key": "object"}],
        },
        "clause/sell/removed": by_key["clause/sell/removed"]
        | {"__typename": "ClauseRemoved", "clause": {"key": "sell", "text": "We sell."}, "clausesAfter": []},
        "clause/logs/reworded": by_key["clause/logs/reworded"]
        | {
            "__typename": "ClauseReworded",
            "rule": "clause-qualified",
            "oldClause": {"text": "We keep logs for a year."},
            "newClause": {"text": "We keep logs for a month."},
            "words": [
                {"kind": "SAME", "text": "We keep logs for a "},
                {"kind": "REMOVED", "text": "year"},
                {"kind": "ADDED", "text": "month"},
                {"kind": "SAME", "text": "."},
            ],
        },
        "clause/cookies/added": by_key["clause/cookies/added"]
        | {"__typename": "ClauseAdded", "clause": {"key": "cookies", "text": "Cookies."}, "clausesBefore": []},
    }


class TestAdjusting:
    async def test_staff_lower_with_a_reason_which_everybody_reads_for_ever(self, revised: Api) -> None:
        input = {"number": 2, "change": ADDED, "impact": "INDIRECT", "reason": "It was there, unnamed."}
        adjustment = {"impact": "INDIRECT", "reason": "It was there, unnamed.", "adjustedAt": "2026-10-06T12:00:00Z"}
        change = {"key": ADDED, "impact": "INDIRECT", "judgedImpact": "DIRECT", "rule": "recipient-added"}
        assert await adjusted(revised, input) == {
            "__typename": "AdjustImpactSuccess",
            "change": {**change, "adjustment": {**adjustment, "by": "staff-1"}},
        }
        await publish(revised, 2)
        ask = """{ compare(from: 1, to: 2) { counts { direct indirect } changes(impact: INDIRECT) {
            nodes { key impact judgedImpact rule adjustment { impact reason by adjustedAt } } } } }"""
        for who, by in ((None, None), (revised.subject("example-buyer"), None), (revised.staff("staff-2"), "staff-1")):
            found = (await revised.data(ask, token=who))["compare"]
            assert found["counts"] == {"direct": 5, "indirect": 1}
            assert found["changes"]["nodes"] == [{**change, "adjustment": {**adjustment, "by": by}}]

    async def test_what_cannot_be_judged_is_told_and_not_written(self, revised: Api) -> None:
        before = await dump(revised.database)
        lower = {"number": 2, "change": ADDED, "impact": "NONE"}
        assert await adjusted(revised, lower) == {
            "__typename": "InvalidReason",
            "code": "INVALID_INPUT",
            "message": f"'{ADDED}' has the impact DIRECT by the rule recipient-added: say why it is NONE, in a reason "
            "that stays with the revision",
            "key": ADDED,
        }
        found = await adjusted(revised, lower | {"change": "recipient/example-analytics/add"})
        assert (found["__typename"], found["code"]) == ("ChangeNotFound", "NOT_FOUND")
        assert found["message"].startswith(
            f"There is no change 'recipient/example-analytics/add': the nearest are '{ADDED}'"
        )
        found = await adjusted(revised, lower | {"number": 9, "reason": "x"})
        assert (found["__typename"], found["number"]) == ("RevisionNotFound", 9)
        found = await adjusted(revised, lower | {"number": 1, "reason": "x"})
        assert (found["__typename"], found["number"]) == ("RevisionNotFound", 1)
        assert await dump(revised.database) == before
        await publish(revised, 2)
        found = await adjusted(revised, lower | {"reason": "x"})
        assert (found["__typename"], found["code"], found["number"]) == ("RevisionConflict", "CONFLICT", 2)

    async def test_it_is_for_staff(self, revised: Api) -> None:
        input = {"number": 2, "change": ADDED, "impact": "DIRECT"}
        for who, code in (
            (None, "UNAUTHENTICATED"),
            (revised.subject("example-buyer"), "FORBIDDEN"),
            (revised.service("billmanager"), "FORBIDDEN"),
        ):
            assert (await revised.ask(ADJUST, {"input": input}, who)).codes == [code]
