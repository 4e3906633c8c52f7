"""What is sent is not sent back at length: no error repeats more than the beginning of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from graph.errors import QUOTED_AT_MOST
from server.errors import MESSAGE_CHARACTERS_AT_MOST
from server.schema.ids import GlobalId
from tests.isolation.attempts import Attempt, ask, graphql_request
from tests.isolation.trial import Trial

LONG = "k" * 60_000
#: The longest answer: a message with its mark, and what stands around it.
ANSWER_BYTES_AT_MOST = MESSAGE_CHARACTERS_AT_MOST + 1_000


def _query(field: str, type: str, value: object) -> dict[str, Any]:
    return {"query": f"query ($v: {type}!) {{ {field} }}", "variables": {"v": value}}


DECIDE = """mutation ($v: String!) { recordDecision(input: {purpose: $v, kind: CONSENT}) {
  ... on PurposeNotFound { message purpose } } }"""
REQUESTS: dict[str, dict[str, Any]] = {
    "a key": _query("policy { clause(key: $v) { key } }", "String", LONG),
    "a key that has to be escaped": _query("policy { clause(key: $v) { key } }", "String", "\u202e" * 20_000),
    "a decision's purpose": {"query": DECIDE, "variables": {"v": LONG}},
    "the key in an id": _query("node(id: $v) { id }", "ID", str(GlobalId("Service", (1, LONG[:6_000])))),
    "the type in an id": _query("node(id: $v) { id }", "ID", str(GlobalId(LONG[:6_000], (1, "x")))),
    "a cursor": _query("revisions(after: $v) { totalCount }", "String", LONG),
    "a time": _query("me(asOf: $v) { key }", "DateTime", LONG),
    "a number": _query("revisions(first: $v) { totalCount }", "Int", LONG),
    "a field": {"query": f"{{ {LONG} }}"},
    "a literal": {"query": f'{{ revisions(first: "{LONG}") {{ totalCount }} }}'},
    "a name that is no token": {"query": f"{{ {LONG[:60_000]}"},
    "an operation's name": {"query": "query A { policy { markdown } }", "operationName": LONG},
    "a variable's name": {"query": f"query (${LONG}: Int!) {{ revisions(first: ${LONG[:9]}) {{ totalCount }} }}"},
}


@pytest.mark.parametrize("name", REQUESTS)
async def test_an_error_repeats_no_more_than_the_beginning(trial: Trial, name: str) -> None:
    request = graphql_request(trial.issuer.mint(subject="ann"), REQUESTS[name])
    answer = await ask(trial.apps[0], request)
    assert len(answer.body) <= ANSWER_BYTES_AT_MOST, answer.body[:2_000]
    assert b"kkk" in answer.body or b"u202e" in answer.body or json.loads(answer.body)["errors"]


async def test_a_key_that_could_be_one_is_repeated_whole(trial: Trial) -> None:
    key = "k" * QUOTED_AT_MOST
    for sent, said in ((key, f"'{key}'"), (f"{key}k", f"'{key}'…")):
        request = graphql_request(None, _query("policy { clause(key: $v) { key } }", "String", sent))
        (error,) = json.loads((await ask(trial.apps[0], request)).body)["errors"]
        assert error["message"] == f"Revision 2 has no clause {said}"


async def test_a_rejected_line_is_told_by_its_first_mistakes(trial: Trial) -> None:
    surplus = {f"field{number}": 1 for number in range(1_000)} | {LONG[:30_000]: 1}
    token = trial.issuer.mint(service="shop")
    headers = ((b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/x-ndjson"))
    line = json.dumps({"subject": "ann", **surplus}).encode()
    answer = await ask(trial.apps[0], Attempt("POST", "/ingest/holdings", b"", headers, line))
    rejection, _ = map(json.loads, answer.body.splitlines())
    assert rejection["code"] == "MALFORMED"
    assert rejection["reason"].endswith("; and 984 more")
    assert len(rejection["reason"]) < 1_500
