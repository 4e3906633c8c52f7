"""Decisions of a person: those that a purpose allows, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.graphs import dump
from tests.server.api import Api

FAILED = "... on Failure { code message }"
DECIDE = f"""
mutation ($purpose: String!, $kind: DecisionKind!) {{
  recordDecision(input: {{purpose: $purpose, kind: $kind}}) {{
    __typename {FAILED}
    ... on RecordDecisionSuccess {{ decision {{ id kind decidedAt purposeKey purpose {{ name }} }} }}
    ... on PurposeNotFound {{ purpose }} ... on DecisionNotApplicable {{ purpose }}
  }}
}}
"""


WISH = f"""
mutation ($input: SetStandInput!) {{
  setStand(input: $input) {{
    __typename {FAILED}
    ... on SetStandSuccess {{ decisions {{ kind decidedAt purposeKey reportedBy }} }}
    ... on PurposeNotFound {{ purpose }} ... on DecisionNotApplicable {{ purpose }}
  }}
}}
"""


async def wish(api: Api, subject: str, purpose: str, **wished: bool | None) -> Any:
    return (await api.data(WISH, {"input": {"purpose": purpose, **wished}}, api.subject(subject)))["setStand"]


async def decide(api: Api, subject: str, purpose: str, kind: str) -> Any:
    return (await api.data(DECIDE, {"purpose": purpose, "kind": kind}, api.subject(subject)))["recordDecision"]


class TestRecordDecision:
    STATUS = (
        'holdings(service: ["account-area"], category: ["email"]) { nodes {'
        " purposes { purpose { key } status decision { id } }"
        " recipients { disclosure { key } status } } } decisions { totalCount }"
    )

    async def status(self, api: Api, subject: str) -> tuple[str, str]:
        """Of marketing by email: its purpose, and its disclosure to whoever sends the messages."""
        (row,) = (await api.me(subject, self.STATUS))["holdings"]["nodes"]
        (purpose,) = [each["status"] for each in row["purposes"] if each["purpose"]["key"] == "marketing-messages"]
        (sent,) = [
            each["status"]
            for each in row["recipients"]
            if each["disclosure"]["key"] == "email-sending-marketing-messages"
        ]
        return purpose, sent

    async def test_each_decision_counts_in_the_very_next_answer(self, api: Api) -> None:
        subject = "example-dns-only"
        assert await self.status(api, subject) == ("NO_CONSENT", "PURPOSE_INACTIVE")
        expected = {
            "CONSENT": ("ACTIVE", "ACTIVE"),
            "OBJECTION": ("OBJECTED", "PURPOSE_INACTIVE"),
            "RESTRICTION": ("RESTRICTED", "PURPOSE_INACTIVE"),
            "LIFTING": ("ACTIVE", "ACTIVE"),
            "WITHDRAWAL": ("WITHDRAWN", "PURPOSE_INACTIVE"),
        }
        for kind, status in expected.items():
            api.clock.advance(timedelta(seconds=1))
            answer = await decide(api, subject, "marketing-messages", kind)
            assert answer["__typename"] == "RecordDecisionSuccess"
            assert await self.status(api, subject) == status
        assert answer["decision"] == {
            "id": answer["decision"]["id"],
            "kind": "WITHDRAWAL",
            "decidedAt": "2026-10-06T12:00:05Z",
            "purposeKey": "marketing-messages",
            "purpose": {"name": "Marketing and advertising messages"},
        }
        node = "query ($id: ID!) { node(id: $id) { ... on Decision { kind } } }"
        found = await api.data(node, {"id": answer["decision"]["id"]}, api.subject(subject))
        assert found == {"node": {"kind": "WITHDRAWAL"}}

    async def test_it_is_nobody_elses(self, api: Api) -> None:
        await decide(api, "example-subscriber", "marketing-messages", "WITHDRAWAL")
        assert (await self.status(api, "example-subscriber"))[0] == "WITHDRAWN"
        assert (await api.me("example-multi-product", "decisions { totalCount }"))["decisions"]["totalCount"] == 1

    async def test_somebody_of_whom_nothing_is_held_can_decide_too(self, api: Api) -> None:
        await decide(api, "new-person", "marketing-messages", "OBJECTION")
        me = await api.me("new-person", "decisions { nodes { kind } } holdings { totalCount }")
        assert me == {"decisions": {"nodes": [{"kind": "OBJECTION"}]}, "holdings": {"totalCount": 0}}

    async def test_what_cannot_be_decided_is_told_and_not_written(self, api: Api) -> None:
        before = await dump(api.database)
        assert await decide(api, "example-buyer", "no-such-purpose", "CONSENT") == {
            "__typename": "PurposeNotFound",
            "code": "NOT_FOUND",
            "message": "Revision 1 has no purpose 'no-such-purpose'",
            "purpose": "no-such-purpose",
        }
        for kind in ("CONSENT", "WITHDRAWAL"):
            assert await decide(api, "example-buyer", "law", kind) == {
                "__typename": "DecisionNotApplicable",
                "code": "DECISION_NOT_APPLICABLE",
                "message": "the purpose 'law' does not rest on consent: there is none to give or to withdraw",
                "purpose": "law",
            }
        assert await dump(api.database) == before

    async def test_what_a_purpose_allows_is_what_is_taken(self, api: Api) -> None:
        asked = await api.data("{ dataMap { purposes { nodes { key allows } } } }")
        allows = {each["key"]: each["allows"] for each in asked["dataMap"]["purposes"]["nodes"]}
        assert allows["law"] == ["OBJECTION", "RESTRICTION", "LIFTING"]
        assert allows["marketing-messages"] == ["CONSENT", "WITHDRAWAL", "OBJECTION", "RESTRICTION", "LIFTING"]
        for kind in allows["marketing-messages"]:
            answer = await decide(api, "example-buyer", "law", kind)
            assert (answer["__typename"] == "RecordDecisionSuccess") == (kind in allows["law"])

    async def test_before_any_policy_there_is_nothing_to_decide_about(self, empty: Api) -> None:
        answer = await decide(empty, "example-buyer", "law", "RESTRICTION")
        assert (answer["__typename"], answer["code"]) == ("NoRevisionInForce", "NO_REVISION_IN_FORCE")


class TestSetStand:
    async def test_an_end_of_the_pause_by_an_old_tab_leaves_the_objection_of_another(self, api: Api) -> None:
        await wish(api, "example-buyer", "marketing-messages", restricts=True)
        await wish(api, "example-buyer", "marketing-messages", objects=True)
        answer = await wish(api, "example-buyer", "marketing-messages", restricts=False)
        assert answer == {
            "__typename": "SetStandSuccess",
            "decisions": [
                {
                    "kind": kind,
                    "decidedAt": f"2026-10-06T12:00:00.00000{place}Z",
                    "purposeKey": "marketing-messages",
                    "reportedBy": None,
                }
                for kind, place in (("LIFTING", 2), ("OBJECTION", 3))
            ],
        }
        api.clock.advance(timedelta(seconds=1))
        asked = "decisions { nodes { kind } }"
        found = (await api.me("example-buyer", asked))["decisions"]["nodes"]
        assert [each["kind"] for each in found] == ["RESTRICTION", "OBJECTION", "LIFTING", "OBJECTION"]

    async def test_consent_is_given_and_an_objection_lifted_at_once(self, api: Api) -> None:
        await wish(api, "new-person", "marketing-messages", objects=True)
        answer = await wish(api, "new-person", "marketing-messages", consents=True, objects=False)
        assert [each["kind"] for each in answer["decisions"]] == ["LIFTING", "CONSENT"]
        again = await wish(api, "new-person", "marketing-messages", consents=True, objects=False, restricts=None)
        assert again == {"__typename": "SetStandSuccess", "decisions": []}

    async def test_of_what_cannot_be_wished_nothing_is_written(self, api: Api) -> None:
        before = await dump(api.database)
        assert await wish(api, "example-buyer", "no-such-purpose", objects=True) == {
            "__typename": "PurposeNotFound",
            "code": "NOT_FOUND",
            "message": "Revision 1 has no purpose 'no-such-purpose'",
            "purpose": "no-such-purpose",
        }
        assert await wish(api, "example-buyer", "law", consents=False, restricts=True) == {
            "__typename": "DecisionNotApplicable",
            "code": "DECISION_NOT_APPLICABLE",
            "message": "the purpose 'law' does not rest on consent: there is none to give or to withdraw",
            "purpose": "law",
        }
        assert await dump(api.database) == before

    async def test_before_any_policy_there_is_nothing_to_wish_about(self, empty: Api) -> None:
        answer = await wish(empty, "example-buyer", "law", restricts=True)
        assert (answer["__typename"], answer["code"]) == ("NoRevisionInForce", "NO_REVISION_IN_FORCE")
