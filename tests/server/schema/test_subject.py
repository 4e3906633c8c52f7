"""Who may see whom: a person themself alone, and staff with a record that the person sees."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from typing import Any, LiteralString

import pytest

from graph.model import AccessRecord
from graph.store.subjects import FIND_SUBJECT, RECORD_ACCESS, load_subject
from tests.graphs import dump
from tests.server.api import Api

WHOLE = """
key asOf revision { number }
holdings(first: 200) { totalCount edges { cursor node { id serviceKey categoryKey since purposes { status } } } }
recipients(first: 200) { edges { cursor node { key mayReceive(first: 200) { edges { cursor } }
  disclosed { edges { cursor node { id } } } } } }
decisions { edges { cursor node { id kind purposeKey } } }
trusts { edges { cursor node { id towards } } }
accessedBy { totalCount edges { cursor node { id by accessedAt } } }
"""
SUBJECT = f"query ($id: ID!, $asOf: DateTime) {{ subject(id: $id, asOf: $asOf) {{ {WHOLE} }} }}"
#: What only staff, or only a service, may ask for.
STAFF_ONLY = {
    "subject": 'query { subject(id: "example-buyer") { key } }',
    "draftRevision": 'mutation { draftRevision(input: {policy: "", map: ""}) { __typename } }',
    "publishRevision": """mutation { publishRevision(input: {number: 1, expectedNumber: 0,
        effectiveAt: "2026-10-06T12:00:00Z"}) { __typename } }""",
    "withdrawRevision": "mutation { withdrawRevision(input: {number: 1}) { __typename } }",
}


def tokens(api: Api) -> dict[str, str | None]:
    """One of each kind but staff."""
    return {
        "anonymous": None,
        "subject": api.subject("example-visitor"),
        "service": api.service("account-area"),
        "job": api.job(),
    }


async def accesses(api: Api, subject: str) -> tuple[AccessRecord, ...]:
    _, record = await load_subject(api.database, subject, api.clock())
    return record.accesses


class TestOneselfAlone:
    async def test_an_answer_holds_nothing_of_anybody_else(self, reader: Api) -> None:
        others = {"example-visitor", "example-buyer", "example-disclosed", "example-truster", "example-unsubscribed"}
        answers = {each: await reader.me(each, WHOLE) for each in others}
        for subject, answer in answers.items():
            assert answer["key"] == subject
            theirs = {id for other in others - {subject} for id in _ids(answers[other])}
            assert _ids(answer) and not _ids(answer) & theirs

    @pytest.mark.parametrize("list_name", ["holdings", "decisions", "trusts", "recipients"])
    async def test_a_cursor_of_anothers_answer_is_none_of_ones_own(self, reader: Api, list_name: str) -> None:
        document = f"query ($after: String) {{ me {{ {list_name}(after: $after) {{ edges {{ cursor }} }} }} }}"
        cursors = {
            person: [edge["cursor"] for edge in (await reader.me(person, WHOLE))[list_name]["edges"]]
            for person in ("example-truster", "example-buyer", "example-unsubscribed", "example-disclosed")
        }
        assert sum(map(len, cursors.values()))
        for person in ("example-truster", "example-buyer"):
            for other, theirs in cursors.items():
                for cursor in theirs:
                    answer = await reader.ask(document, {"after": cursor}, reader.subject(person))
                    assert answer.codes == ([] if other == person else ["INVALID_INPUT"])

    async def test_no_argument_names_another_person(self, reader: Api) -> None:
        for argument in ("id", "subject", "key"):
            document = f'{{ me({argument}: "example-buyer") {{ key }} }}'
            answer = await reader.ask(document, token=reader.subject("example-visitor"))
            assert (answer.data, answer.codes) == (None, ["INVALID_DOCUMENT"])

    async def test_aliases_answer_for_the_same_person(self, reader: Api) -> None:
        document = "{ a: me { key } b: me { holdings { totalCount } } }"
        data = await reader.data(document, token=reader.subject("example-visitor"))
        assert data == {"a": {"key": "example-visitor"}, "b": {"holdings": {"totalCount": 9}}}

    async def test_many_people_at_once_each_get_their_own(self, reader: Api) -> None:
        people = ["example-visitor", "example-buyer", "example-dns-only", "nobody-we-know"] * 5
        answers = await asyncio.gather(*(reader.me(each, "key holdings { totalCount }") for each in people))
        counts = {"example-visitor": 9, "example-buyer": 13, "example-dns-only": 5, "nobody-we-know": 0}
        assert answers == [{"key": each, "holdings": {"totalCount": counts[each]}} for each in people]

    @pytest.mark.parametrize("kind", ["service", "job", "staff"])
    async def test_me_is_for_a_person(self, reader: Api, kind: str) -> None:
        token = {"service": reader.service("websites"), "job": reader.job(), "staff": reader.staff()}[kind]
        answer = await reader.ask("{ me { key } }", token=token)
        assert (answer.data, answer.codes) == ({"me": None}, ["FORBIDDEN"])
        assert answer.messages == ["this needs the scope vitrine.subject, which the access token does not have"]

    async def test_me_without_a_token_says_what_is_missing(self, reader: Api) -> None:
        answer = await reader.ask("{ me { key } }")
        assert (answer.data, answer.codes) == ({"me": None}, ["UNAUTHENTICATED"])
        assert answer.messages == [
            "this needs an access token with the scope vitrine.subject: send Authorization: Bearer …"
        ]


class TestOthersAreRefused:
    @pytest.mark.parametrize("field", sorted(STAFF_ONLY))
    @pytest.mark.parametrize("kind", ["anonymous", "subject", "service", "job"])
    async def test_what_is_for_staff(self, reader: Api, field: str, kind: str) -> None:
        answer = await reader.ask(STAFF_ONLY[field], token=tokens(reader)[kind])
        assert answer.codes == ["UNAUTHENTICATED" if kind == "anonymous" else "FORBIDDEN"]
        assert answer.data in (None, {field: None})

    @pytest.mark.parametrize("kind", ["anonymous", "subject", "service", "job"])
    async def test_findings(self, reader: Api, kind: str) -> None:
        document = "{ dataMap { revision { number } findings { totalCount } } }"
        answer = await reader.ask(document, token=tokens(reader)[kind])
        assert answer.data == {"dataMap": {"revision": {"number": 1}, "findings": None}}
        assert answer.codes == ["UNAUTHENTICATED" if kind == "anonymous" else "FORBIDDEN"]
        assert answer.errors[0]["path"] == ["dataMap", "findings"]

    @pytest.mark.parametrize("kind", ["anonymous", "subject", "staff", "job"])
    async def test_to_report_is_for_services(self, reader: Api, kind: str) -> None:
        token = {**tokens(reader), "staff": reader.staff()}[kind]
        answer = await reader.ask("mutation { reportHoldings(input: []) { __typename } }", token=token)
        assert answer.codes == ["UNAUTHENTICATED" if kind == "anonymous" else "FORBIDDEN"]

    @pytest.mark.parametrize("kind", ["anonymous", "service", "staff", "job"])
    async def test_to_decide_is_for_the_person(self, reader: Api, kind: str) -> None:
        token = {**tokens(reader), "staff": reader.staff()}[kind]
        document = 'mutation { recordDecision(input: {purpose: "law", kind: RESTRICTION}) { __typename } }'
        answer = await reader.ask(document, token=token)
        assert answer.codes == ["UNAUTHENTICATED" if kind == "anonymous" else "FORBIDDEN"]


class TestStaff:
    async def test_staff_see_what_the_person_sees_and_the_person_sees_that(self, api: Api) -> None:
        own = await api.me("example-disclosed", WHOLE)
        assert own.pop("accessedBy") == {"totalCount": 0, "edges": []}
        api.clock.advance(timedelta(minutes=1))
        read_at = api.clock()
        seen = (await api.data(SUBJECT, {"id": "example-disclosed"}, api.staff("staff-7")))["subject"]
        del seen["accessedBy"]
        assert {**seen, "asOf": None} == {**own, "asOf": None}
        api.clock.advance(timedelta(minutes=1))
        records = (await api.me("example-disclosed", WHOLE))["accessedBy"]
        assert records["totalCount"] == 1
        assert records["edges"][0]["node"]["by"] == "staff-7"
        assert records["edges"][0]["node"]["accessedAt"] == "2026-10-06T12:01:00Z"
        assert [(each.by, each.accessed_at) for each in await accesses(api, "example-disclosed")] == [
            ("staff-7", read_at)
        ]
        # Nobody else is told, and nobody else was read.
        assert (await api.me("example-buyer", WHOLE))["accessedBy"]["totalCount"] == 0

    async def test_every_read_leaves_a_record_of_its_own(self, api: Api) -> None:
        document = '{ a: subject(id: "example-buyer") { key } b: subject(id: "example-buyer") { key } }'
        await api.data(document, token=api.staff("staff-1"))
        await api.data(SUBJECT, {"id": "example-buyer", "asOf": "2020-01-01T00:00:00Z"}, api.staff("staff-2"))
        assert sorted(each.by for each in await accesses(api, "example-buyer")) == ["staff-1", "staff-1", "staff-2"]

    async def test_the_record_and_the_answer_come_together_or_not_at_all(self, api: Api) -> None:
        """In one transaction: where the read after the record fails, the record is not there either."""
        before = await dump(api.database)
        for fails in (FIND_SUBJECT, RECORD_ACCESS):

            def fail(statement: LiteralString, fails: str = fails) -> None:
                if statement == fails:
                    raise RuntimeError("the graph went away at this very point")

            api.database.observers.append(fail)
            answer = await api.ask(SUBJECT, {"id": "example-buyer"}, api.staff())
            api.database.observers.clear()
            assert (answer.data, answer.codes) == ({"subject": None}, ["INTERNAL"])
            assert await dump(api.database) == before

    async def test_somebody_unknown_is_not_found_and_leaves_nothing(self, api: Api) -> None:
        before = await dump(api.database)
        answer = await api.ask(SUBJECT, {"id": "nobody-we-know"}, api.staff())
        assert (answer.status, answer.data, answer.codes) == (200, {"subject": None}, ["NOT_FOUND"])
        assert answer.messages == ["The graph knows no subject with this id"]
        assert await dump(api.database) == before

    @pytest.mark.parametrize("id", ["", "two words", "a\nb", "x" * 129])
    async def test_what_is_no_id_is_refused(self, reader: Api, id: str) -> None:
        answer = await reader.ask(SUBJECT, {"id": id}, reader.staff())
        assert (answer.data, answer.codes) == ({"subject": None}, ["INVALID_INPUT"])

    async def test_staff_ask_for_a_past_day_too(self, api: Api) -> None:
        data = await api.data(SUBJECT, {"id": "example-past-customer", "asOf": "2020-01-01T00:00:00Z"}, api.staff())
        assert data["subject"]["holdings"]["totalCount"] == 8
        answer = await api.ask(SUBJECT, {"id": "example-buyer", "asOf": "2030-01-01T00:00:00Z"}, api.staff())
        assert answer.codes == ["INVALID_TIME"]
        assert await accesses(api, "example-buyer") == ()


def _ids(answer: Any) -> set[str]:
    """Every id of a row in an answer."""
    found: set[str] = set()

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            found.update(each for name, each in value.items() if name == "id")
            for each in value.values():
                visit(each)
        elif isinstance(value, list):
            for each in value:
                visit(each)

    visit(json.loads(json.dumps(answer)))
    return found
