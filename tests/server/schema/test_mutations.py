"""What can be written over GraphQL, and how a failure that is to be expected is told."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from graph.reasons import REASON_CHARACTERS_AT_MOST
from graph.store.revisions import draft_revision
from server.schema.mutations import REPORTS_AT_MOST
from tests.builders import A_MAP_TEXT, a_policy
from tests.graphs import dump, dump_revision
from tests.server.api import EXAMPLE_REVISION, SEED, TODAY, Api, revision_in

FAILED = "... on Failure { code message }"
DRAFT = f"""
mutation ($policy: String!, $map: String!) {{
  draftRevision(input: {{policy: $policy, map: $map}}) {{
    __typename {FAILED}
    ... on DraftRevisionSuccess {{ revision {{ number state language summary draftedAt publishedAt effectiveAt }} }}
    ... on InvalidRevision {{ problems {{ file line message hint }} }}
  }}
}}
"""
PUBLISH = f"""
mutation ($number: Int!, $expected: Int!, $at: DateTime, $reason: String) {{
  publishRevision(input: {{number: $number, expectedNumber: $expected, effectiveAt: $at, reason: $reason}}) {{
    __typename {FAILED}
    ... on PublishRevisionSuccess {{ revision {{ number state publishedAt effectiveAt }} }}
    ... on RevisionNotFound {{ number }} ... on RevisionConflict {{ number }}
    ... on NothingChanged {{ number }} ... on InvalidEffectiveTime {{ number }}
    ... on ShortNotice {{ number days requiredDays earliest }} ... on InvalidNoticeReason {{ number }}
  }}
}}
"""
WITHDRAW = f"""
mutation ($number: Int!) {{
  withdrawRevision(input: {{number: $number}}) {{
    __typename {FAILED}
    ... on WithdrawRevisionSuccess {{ revision {{ number state }} }}
    ... on RevisionNotFound {{ number }} ... on RevisionConflict {{ number }}
  }}
}}
"""
REPORT = f"""
mutation ($reports: [HoldingReport!]!) {{
  reportHoldings(input: $reports) {{
    __typename {FAILED}
    ... on ReportHoldingsSuccess {{ changed unchanged older rejected {{ index code reason clauses {{ key text }} }} }}
    ... on TooManyReports {{ maximum }}
  }}
}}
"""
NEXT_YEAR = "2027-01-01T00:00:00Z"
POLICY = a_policy().markdown
OTHER_POLICY = a_policy("statement", "another").markdown


async def draft(api: Api, policy: str = POLICY, map: str = A_MAP_TEXT) -> Any:
    return (await api.data(DRAFT, {"policy": policy, "map": map}, api.staff()))["draftRevision"]


async def publish(api: Api, number: int, expected: int, at: str | None = NEXT_YEAR, reason: str | None = None) -> Any:
    variables = {"number": number, "expected": expected, "at": at, "reason": reason}
    return (await api.data(PUBLISH, variables, api.staff()))["publishRevision"]


async def report(api: Api, service: str, *reports: Mapping[str, object]) -> Any:
    return (await api.data(REPORT, {"reports": reports}, api.service(service)))["reportHoldings"]


class TestDraftRevision:
    async def test_the_seeds_own_files_make_a_draft(self, empty: Api) -> None:
        policy, map = ((SEED / name).read_text("utf-8") for name in ("policy.md", "map.yaml"))
        assert await draft(empty, policy, map) == {
            "__typename": "DraftRevisionSuccess",
            "revision": {
                "number": 1,
                "state": "DRAFT",
                "language": "en",
                "summary": "ISPsystem's privacy policy of 12 November 2018, restated clause by clause, with its data "
                "map.",
                "draftedAt": "2026-10-06T12:00:00Z",
                "publishedAt": None,
                "effectiveAt": None,
            },
        }
        seen = await empty.data("{ dataMap(number: 1) { findings { totalCount } } }", token=empty.staff())
        assert seen["dataMap"]["findings"]["totalCount"] > 0

    async def test_every_problem_is_told_with_file_and_line_and_nothing_is_written(self, empty: Api) -> None:
        before = await dump(empty.database)
        broken = A_MAP_TEXT.replace("categories: [email]", "categories: [emial]", 1)
        broken = broken.replace("recipient: mailer", "recipient: nobody").replace("countries: [CY]", "countries: []")
        lines = broken.splitlines()
        answer = await draft(empty, POLICY, broken)
        assert (answer["__typename"], answer["code"]) == ("InvalidRevision", "INVALID_REVISION")
        found = [(each["file"], lines[each["line"] - 1].strip()) for each in answer["problems"]]
        assert ("map.yaml", "categories: [emial]") in found
        assert ("map.yaml", "recipient: nobody") in found
        assert len(found) >= 3
        assert answer["message"] == f"{len(found)} problems in the policy or its data map"
        assert [(each["file"], each["line"]) for each in answer["problems"]] == sorted(
            (each["file"], each["line"]) for each in answer["problems"]
        )
        assert all(each["message"] and each["hint"] for each in answer["problems"])
        assert await dump(empty.database) == before

    @pytest.mark.parametrize(
        ("policy", "map", "file"),
        [
            ("", A_MAP_TEXT, "policy.md"),
            (POLICY, "", "map.yaml"),
            (POLICY, "a: [", "map.yaml"),
            ("\0", "\0", "map.yaml"),
        ],
    )
    async def test_what_is_no_file_at_all(self, empty: Api, policy: str, map: str, file: str) -> None:
        answer = await draft(empty, policy, map)
        assert answer["__typename"] == "InvalidRevision"
        assert file in {each["file"] for each in answer["problems"]}


class TestPublishRevision:
    async def test_a_draft_is_published(self, empty: Api) -> None:
        await draft(empty)
        assert await publish(empty, 1, 0) == {
            "__typename": "PublishRevisionSuccess",
            "revision": {
                "number": 1,
                "state": "PUBLISHED",
                "publishedAt": "2026-10-06T12:00:00Z",
                "effectiveAt": NEXT_YEAR,
            },
        }
        # The answer may have been lost: to ask again is no conflict with oneself.
        assert (await publish(empty, 1, 0))["__typename"] == "PublishRevisionSuccess"

    async def test_without_a_time_it_holds_from_the_services_now(self, empty: Api) -> None:
        await draft(empty)
        revision = (await publish(empty, 1, 0, None))["revision"]
        assert (revision["publishedAt"], revision["effectiveAt"]) == (f"{TODAY:%Y-%m-%dT%H:%M:%SZ}",) * 2

    async def test_what_there_is_not(self, empty: Api) -> None:
        assert await publish(empty, 7, 0) == {
            "__typename": "RevisionNotFound",
            "code": "NOT_FOUND",
            "message": "There is no revision 7: the list of revisions shows those there are",
            "number": 7,
        }

    async def test_what_is_in_force_already(self, empty: Api) -> None:
        await draft(empty)
        await publish(empty, 1, 0)
        await draft(empty)
        assert await publish(empty, 2, 1, "2028-01-01T00:00:00Z") == {
            "__typename": "NothingChanged",
            "code": "NOTHING_CHANGED",
            "message": "Nothing changed: draft 2 has the text and the map of revision 1",
            "number": 2,
        }

    async def test_a_time_before_the_last_one(self, empty: Api) -> None:
        await draft(empty)
        await publish(empty, 1, 0)
        await draft(empty, OTHER_POLICY)
        refused = await publish(empty, 2, 1, NEXT_YEAR)
        assert (refused["__typename"], refused["code"], refused["number"]) == (
            "InvalidEffectiveTime",
            "INVALID_TIME",
            2,
        )

    async def test_somebody_was_first_and_the_draft_is_kept(self, empty: Api) -> None:
        await draft(empty)
        await draft(empty, OTHER_POLICY)
        await publish(empty, 1, 0)
        before = await dump_revision(empty.database, 2)
        refused = await publish(empty, 2, 0, "2028-01-01T00:00:00Z")
        assert (refused["__typename"], refused["code"], refused["number"]) == ("RevisionConflict", "CONFLICT", 2)
        assert await dump_revision(empty.database, 2) == before
        # It says how to go on, and that works.
        assert (await publish(empty, 2, 1, "2028-01-01T00:00:00Z"))["__typename"] == "PublishRevisionSuccess"

    async def test_of_many_at_once_one_wins(self, empty: Api) -> None:
        texts = [a_policy("statement", f"text-{number}").markdown for number in range(4)]
        numbers = [(await draft(empty, text))["revision"]["number"] for text in texts]
        answers = await asyncio.gather(*(publish(empty, number, 0) for number in numbers))
        assert sorted(each["__typename"] for each in answers) == ["PublishRevisionSuccess"] + ["RevisionConflict"] * 3
        listed = await empty.data("{ revisions { nodes { number state } } }", token=empty.staff())
        states = [each["state"] for each in listed["revisions"]["nodes"]]
        assert sorted(states) == ["DRAFT", "DRAFT", "DRAFT", "PUBLISHED"]

    async def test_what_touches_rights_directly_takes_a_reason_at_short_notice(self, api: Api) -> None:
        await draft_revision(api.database, revision_in(EXAMPLE_REVISION), at=TODAY)
        before = await dump(api.database)
        soon = "2026-10-10T00:00:00Z"
        refused = await publish(api, 2, 1, soon)
        assert refused.pop("message").startswith(
            "Revision 2 would come into force 3 days after its publication, where 30 days are asked for of what "
            "touches people's rights directly, as "
        )
        assert refused == {
            "__typename": "ShortNotice",
            "code": "SHORT_NOTICE",
            "number": 2,
            "days": 3,
            "requiredDays": 30,
            "earliest": "2026-11-06T00:00:00Z",
        }
        at_once = await publish(api, 2, 1, None)
        assert (at_once["__typename"], at_once["days"]) == ("ShortNotice", 0)
        assert await publish(api, 2, 1, soon, "x" * (REASON_CHARACTERS_AT_MOST + 1)) == {
            "__typename": "InvalidNoticeReason",
            "code": "INVALID_INPUT",
            "message": "The reason has 2001 characters, and may have 2000: make it shorter",
            "number": 2,
        }
        assert await dump(api.database) == before
        reason = "The old analytics end on that day."
        assert (await publish(api, 2, 1, soon, reason))["__typename"] == "PublishRevisionSuccess"
        assert (await publish(api, 2, 1, soon, reason))["__typename"] == "PublishRevisionSuccess"
        assert (await publish(api, 2, 1, soon))["__typename"] == "RevisionConflict"

        asked = "{ revisions { nodes { number shortNoticeReason } } }"
        listed = await api.data(asked, token=api.staff())
        assert listed["revisions"]["nodes"] == [
            {"number": 2, "shortNoticeReason": reason},
            {"number": 1, "shortNoticeReason": None},
        ]
        for token in (None, api.subject("example-buyer")):
            answer = await api.ask(asked, token=token)
            assert [each["shortNoticeReason"] for each in answer.data["revisions"]["nodes"]] == [None, None]
            assert answer.codes == ["FORBIDDEN" if token else "UNAUTHENTICATED"] * 2

    async def test_how_many_days_are_asked_for_is_a_setting(self, api: Api) -> None:
        await draft_revision(api.database, revision_in(EXAMPLE_REVISION), at=TODAY)
        async with (strict := api.with_settings(notice_days=100)).client:
            refused = await publish(strict, 2, 1)
            assert (refused["days"], refused["requiredDays"]) == (86, 100)
        async with (lax := api.with_settings(notice_days=0)).client:
            assert (await publish(lax, 2, 1, "2026-10-06T12:00:00Z"))["__typename"] == "PublishRevisionSuccess"


class TestWithdrawRevision:
    async def test_a_draft_and_one_to_come_but_not_one_in_force(self, api: Api) -> None:
        policy, map = ((EXAMPLE_REVISION / name).read_text("utf-8") for name in ("policy.md", "map.yaml"))
        assert (await draft(api, policy, map))["revision"]["number"] == 2
        await publish(api, 2, 1)

        async def withdraw(number: int) -> Any:
            return (await api.data(WITHDRAW, {"number": number}, api.staff()))["withdrawRevision"]

        assert await withdraw(2) == {
            "__typename": "WithdrawRevisionSuccess",
            "revision": {"number": 2, "state": "WITHDRAWN"},
        }
        assert await withdraw(1) == {
            "__typename": "RevisionConflict",
            "code": "CONFLICT",
            "message": "Revision 1 has been in force since 2018-11-12: publish another instead",
            "number": 1,
        }
        assert (await withdraw(9))["__typename"] == "RevisionNotFound"


class TestReportHoldings:
    async def test_a_service_reports_and_the_person_sees_it_at_once(self, api: Api) -> None:
        since = {"subject": "new-person", "since": "2026-10-01T00:00:00Z"}
        answer = await report(
            api,
            "websites",
            {**since, "category": "cookies", "source": "automatic-logging", "records": 3},
            {**since, "category": "ip-address", "lastSeen": "2026-10-05T00:00:00Z"},
        )
        assert answer == {
            "__typename": "ReportHoldingsSuccess",
            "changed": 2,
            "unchanged": 0,
            "older": 0,
            "rejected": [],
        }
        me = await api.me("new-person", "holdings { nodes { serviceKey categoryKey since lastSeen records } }")
        assert me["holdings"]["nodes"] == [
            {
                "serviceKey": "websites",
                "categoryKey": "cookies",
                "since": "2026-10-01T00:00:00Z",
                "lastSeen": None,
                "records": 3,
            },
            {
                "serviceKey": "websites",
                "categoryKey": "ip-address",
                "since": "2026-10-01T00:00:00Z",
                "lastSeen": "2026-10-05T00:00:00Z",
                "records": None,
            },
        ]
        again = await report(
            api, "websites", {**since, "category": "cookies", "source": "automatic-logging", "records": 3}
        )
        assert (again["changed"], again["unchanged"], again["older"]) == (0, 1, 0)

    async def test_the_credential_says_for_which_service(self, api: Api) -> None:
        """There is no argument for it: the same report by another service is about that one."""
        one = {"subject": "new-person", "category": "email", "since": "2026-10-01T00:00:00Z"}
        await report(api, "websites", one)
        await report(api, "account-area", one)
        me = await api.me("new-person", "holdings { nodes { serviceKey } }")
        assert [each["serviceKey"] for each in me["holdings"]["nodes"]] == ["account-area", "websites"]
        unknown = await report(api, "no-such-service", one)
        assert [each["code"] for each in unknown["rejected"]] == ["UNKNOWN_SERVICE"]

    async def test_what_is_not_taken_is_told_with_the_clause_and_the_rest_is_kept(self, api: Api) -> None:
        since = {"subject": "new-person", "since": "2026-10-01T00:00:00Z"}
        answer = await report(
            api,
            "account-area",
            {**since, "category": "email"},
            {**since, "category": "bank-card-data"},
            {**since, "category": "health-data"},
            {**since, "category": "email", "isMinor": True},
            {**since, "category": "emial"},
            {**since, "category": "phone", "source": "nobody"},
            {"subject": "new-person", "category": "phone", "since": "2026-10-07T00:00:00Z"},
            {"subject": "new person", "category": "phone", "since": "2026-10-01T00:00:00Z"},
            {"subject": "new-person", "category": "phone"},
            {**since, "category": "phone", "records": -1},
            {**since, "category": "phone"},
        )
        assert (answer["changed"], answer["unchanged"], answer["older"]) == (2, 0, 0)
        assert [
            (each["index"], each["code"], [clause["key"] for clause in each["clauses"]]) for each in answer["rejected"]
        ] == [
            (1, "EXCLUDED_CATEGORY", ["sources.personal.no-bank-cards"]),
            (2, "EXCLUDED_CATEGORY", ["specific-types.list", "specific-types.health"]),
            (3, "MINOR", ["age.minimum", "age.report"]),
            (4, "UNKNOWN_CATEGORY", []),
            (5, "UNKNOWN_SOURCE", []),
            (6, "FUTURE_DATE", []),
            (7, "MALFORMED", []),
            (8, "MALFORMED", []),
            (9, "MALFORMED", []),
        ]
        assert answer["rejected"][0]["clauses"][0]["text"] == (
            "Information about bank cards is neither collected nor stored by ISPsystem."
        )
        me = await api.me("new-person", "holdings { nodes { categoryKey } }")
        assert [each["categoryKey"] for each in me["holdings"]["nodes"]] == ["email", "phone"]

    async def test_what_is_gone_is_gone(self, api: Api) -> None:
        gone = {"subject": "example-visitor", "category": "cookies", "goneAt": "2026-10-06T11:00:00Z"}
        assert (await report(api, "websites", gone))["changed"] == 1
        me = await api.me("example-visitor", 'holdings(category: ["cookies"]) { totalCount }')
        assert me["holdings"]["totalCount"] == 0
        older = {"subject": "example-visitor", "category": "cookies", "since": "2026-08-30T18:21:05Z"}
        assert (await report(api, "websites", {**older, "reportedAt": "2026-10-01T00:00:00Z"}))["older"] == 1

    async def test_what_is_gone_has_nothing_else_to_say(self, api: Api) -> None:
        gone = {"subject": "example-visitor", "category": "cookies", "goneAt": "2026-10-06T11:00:00Z"}
        since = {"since": "2026-10-01T00:00:00Z"}
        rest: dict[str, object] = {
            "lastSeen": since["since"],
            "until": since["since"],
            "source": "a",
            "records": 0,
            "isMinor": True,
        }
        nothing: dict[str, object] = {"since": None, "isMinor": False}
        said = await report(api, "websites", gone | since, gone | since | rest, gone | nothing)
        assert (said["changed"], said["unchanged"], said["older"]) == (1, 0, 0)
        assert [(each["index"], each["code"], each["reason"]) for each in said["rejected"]] == [
            (0, "MALFORMED", "'goneAt' says that it is gone: leave out 'since', or 'goneAt'"),
            (
                1,
                "MALFORMED",
                "'goneAt' says that it is gone: "
                "leave out 'since', 'lastSeen', 'until', 'source', 'records', 'isMinor', or 'goneAt'",
            ),
        ]

    async def test_as_many_as_are_allowed_and_no_more(self, api: Api) -> None:
        reports = [
            {"subject": f"person-{number}", "category": "email", "since": "2026-10-01T00:00:00Z"}
            for number in range(REPORTS_AT_MOST + 1)
        ]
        before = await dump(api.database)
        assert await report(api, "websites", *reports) == {
            "__typename": "TooManyReports",
            "code": "TOO_MANY_REPORTS",
            "message": "1001 reports are more than 1000: send them in parts",
            "maximum": 1000,
        }
        assert await dump(api.database) == before
        assert (await report(api, "websites", *reports[1:]))["changed"] == 1000
        assert (await report(api, "websites"))["changed"] == 0

    async def test_the_largest_count_comes_back(self, api: Api) -> None:
        """What passes the door fits the answer: a number that the answer cannot hold would take the row with it."""
        line = {"subject": "new-person", "service": "websites", "category": "cookies", "since": "2026-10-01T00:00:00Z"}
        taken = await api.report([{**line, "records": 2**31 - 1}], api.service("websites"))
        assert '"changed": 1' in taken.text
        assert (await api.me("new-person", "holdings { nodes { records } }"))["holdings"]["nodes"] == [
            {"records": 2147483647}
        ]
        refused = await api.report([{**line, "records": 2**31}], api.service("websites"))
        assert '"code": "MALFORMED"' in refused.text

    async def test_before_any_policy_nothing_can_be_checked(self, empty: Api) -> None:
        answer = await report(empty, "websites", {"subject": "a", "category": "email", "since": "2026-10-01T00:00:00Z"})
        assert (answer["__typename"], answer["code"]) == ("NoRevisionInForce", "NO_REVISION_IN_FORCE")
        assert answer["message"] == "No revision has been published yet"
