"""`node(id:)`: what has a global id, to those whose it is."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from graph.store.revisions import draft_revision
from tests.server.api import EXAMPLE_REVISION, Api, revision_in

NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
OWN = {
    "Subject": "id",
    "Holding": "holdings { nodes { id } }",
    "Decision": "decisions { nodes { id } }",
    "Trust": "trusts { nodes { id } }",
    "DisclosureRecord": "recipients { nodes { disclosed { nodes { id } } } }",
}
#: Somebody who has a row of each kind.
WHOSE = {
    "Subject": "example-buyer",
    "Holding": "example-buyer",
    "Decision": "example-unsubscribed",
    "Trust": "example-truster",
    "DisclosureRecord": "example-disclosed",
}


def global_id(*parts: str | int | float | list[int] | None) -> str:
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def first_id(value: Any) -> str | None:
    if isinstance(value, dict):
        return value["id"] if "id" in value else first_id(list(value.values()))
    found = (first_id(each) for each in value)
    return next((each for each in found if each is not None), None)


async def id_of(api: Api, type: str) -> str:
    """The id of a row of one kind, as its person got it."""
    found = first_id(await api.me(WHOSE[type], OWN[type]))
    assert found is not None
    return found


class TestOwn:
    @pytest.mark.parametrize("type", sorted(OWN))
    async def test_the_person_finds_their_own_again(self, reader: Api, type: str) -> None:
        id = await id_of(reader, type)
        data = await reader.data(NODE, {"id": id}, reader.subject(WHOSE[type]))
        assert data["node"] == {"__typename": type, "id": id}

    @pytest.mark.parametrize("type", sorted(OWN))
    @pytest.mark.parametrize("kind", ["subject", "anonymous", "staff", "service", "job"])
    async def test_to_anybody_else_it_is_not_there(self, reader: Api, type: str, kind: str) -> None:
        token = {
            "subject": reader.subject("example-visitor"),
            "anonymous": None,
            "staff": reader.staff(),
            "service": reader.service("account-area"),
            "job": reader.job(),
        }[kind]
        theirs = await reader.ask(NODE, {"id": await id_of(reader, type)}, token)
        invented = await reader.ask(NODE, {"id": global_id(type, "invented")}, token)
        # Word for word the same: the answer does not tell that there is somebody else's.
        for answer in (theirs, invented):
            assert (answer.data, answer.codes) == ({"node": None}, ["NOT_FOUND"])
            assert answer.messages == ["There is nothing with this id"]

    async def test_an_access_record_is_its_persons_own(self, api: Api) -> None:
        await api.data('{ subject(id: "example-buyer") { key } }', token=api.staff())
        id = first_id(await api.me("example-buyer", "accessedBy { nodes { id } }"))
        assert (await api.data(NODE, {"id": id}, api.subject("example-buyer")))["node"]["__typename"] == "AccessRecord"
        assert (await api.ask(NODE, {"id": id}, api.subject("example-visitor"))).codes == ["NOT_FOUND"]

    async def test_aliases_give_each_its_own_answer(self, reader: Api) -> None:
        own, other = (
            first_id(await reader.me("example-visitor", "holdings { nodes { id } }")),
            await id_of(reader, "Holding"),
        )
        document = "query ($own: ID!, $other: ID!) { own: node(id: $own) { id } other: node(id: $other) { id } }"
        answer = await reader.ask(document, {"own": own, "other": other}, reader.subject("example-visitor"))
        assert answer.data == {"own": {"id": own}, "other": None}
        assert [(error["path"], error["extensions"]["code"]) for error in answer.errors] == [(["other"], "NOT_FOUND")]


class TestPublic:
    @pytest.mark.parametrize(
        ("type", "key", "selection", "found"),
        [
            ("Controller", "ispsystem", "name", {"name": "ISPsystem LTD"}),
            ("Service", "ispmanager", "name", {"name": "ISPmanager"}),
            ("DataCategory", "email", "name", {"name": "Email address"}),
            ("Source", "data-subject", "name", {"name": "You"}),
            ("Purpose", "law", "name", {"name": "Meeting the requirements of laws"}),
            ("Country", "RU", "name", {"name": "Russia"}),
            ("Recipient", "google", "legalName: name", {"legalName": "Google Inc."}),
            ("Processing", "websites-public-posts-law", "legalBasis", {"legalBasis": "LEGITIMATE_INTERESTS"}),
            ("DisclosureCase", "law", "number", {"number": "3"}),
            ("Disclosure", "statistics", "isIdentifiable", {"isIdentifiable": False}),
            ("RetentionRule", "log-data", "start", {"start": "UNREPORTED"}),
            ("Exclusion", "minors", "minimumAge", {"minimumAge": 18}),
            ("Right", "export", "article", {"article": "20"}),
            ("Safeguard", "limited-kit", "name", {"name": "Strictly limited set of data"}),
            ("Measure", "encryption", "kind", {"kind": "TECHNICAL"}),
            ("Clause", "processors.google", "text", {"text": "Google Inc. | Web analytics | USA"}),
        ],
    )
    async def test_anything_of_a_published_revision(
        self, reader: Api, type: str, key: str, selection: str, found: dict[str, object]
    ) -> None:
        id = global_id(type, 1, key)
        document = f"query ($id: ID!) {{ node(id: $id) {{ __typename ... on {type} {{ id key {selection} }} }} }}"
        data = await reader.data(document, {"id": id})
        assert data["node"]["__typename"] == type
        again = data["node"]["id"]
        assert data["node"] == {"__typename": type, "id": again, "key": key, **found}
        assert (await reader.data(NODE, {"id": again}))["node"] == {"__typename": type, "id": again}

    async def test_a_revision(self, reader: Api) -> None:
        id = (await reader.data("{ policy { revision { id } } }"))["policy"]["revision"]["id"]
        document = "query ($id: ID!) { node(id: $id) { ... on Revision { number state } } }"
        assert await reader.data(document, {"id": id}) == {"node": {"number": 1, "state": "PUBLISHED"}}

    async def test_a_draft_and_what_is_in_it_is_for_staff(self, api: Api) -> None:
        draft = await draft_revision(api.database, revision_in(EXAMPLE_REVISION), at=api.clock())
        for id in (
            global_id("Revision", draft.number),
            global_id("Recipient", draft.number, "example-analytics"),
            global_id("Clause", draft.number, "retention.log-data"),
        ):
            for token in (None, api.subject("example-buyer"), api.service("websites"), api.job()):
                answer = await api.ask(NODE, {"id": id}, token)
                assert (answer.data, answer.codes) == ({"node": None}, ["NOT_FOUND"])
                assert answer.messages == ["There is no revision 2: the list of revisions shows those there are"]
            assert (await api.data(NODE, {"id": id}, api.staff()))["node"] is not None

    @pytest.mark.parametrize(
        ("id", "code"),
        [
            (global_id("Clause", 1, "no-such-clause"), "NOT_FOUND"),
            (global_id("Service", 1, "email"), "NOT_FOUND"),
            (global_id("Nonsense", 1, "email"), "NOT_FOUND"),
            (global_id("Revision", 7), "NOT_FOUND"),
            (global_id("Revision", -1), "NOT_FOUND"),
            (global_id("Revision", 2**62), "NOT_FOUND"),
            (global_id("Service", 7, "email"), "NOT_FOUND"),
            (global_id("Revision", 2**64), "INVALID_INPUT"),
            (global_id("Revision", 1.0), "INVALID_INPUT"),
            (global_id("Revision", "1"), "INVALID_INPUT"),
            (global_id("Revision"), "INVALID_INPUT"),
            (global_id("Service", None, "email"), "INVALID_INPUT"),
            (global_id("Service", [1], "email"), "INVALID_INPUT"),
            (global_id("Holding", 1), "INVALID_INPUT"),
            ("", "INVALID_INPUT"),
            ("not base64!", "INVALID_INPUT"),
            ("A" * 5000, "INVALID_INPUT"),
        ],
    )
    async def test_what_is_no_id_is_told_from_what_is_not_there(self, reader: Api, id: str, code: str) -> None:
        for token in (None, reader.subject("example-buyer")):
            answer = await reader.ask(NODE, {"id": id}, token)
            assert (answer.status, answer.data, answer.codes) == (200, {"node": None}, [code])
