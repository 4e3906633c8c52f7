"""What is sent is not sent back at length: no error repeats more than the beginning of it."""

from __future__ import annotations

import json
from typing import Any

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
#: What is asked, and how the message begins that answers it.
REQUESTS: dict[str, tuple[dict[str, Any], str]] = {
    "a key": (
        _query("policy { clause(key: $v) { key } }", "String", LONG),
        f"Revision 2 has no clause '{LONG[:QUOTED_AT_MOST]}'…",
    ),
    "a key that has to be escaped": (
        _query("policy { clause(key: $v) { key } }", "String", "\u202e" * 20_000),
        "Revision 2 has no clause '\\u202e\\u202e",
    ),
    "a decision's purpose": (
        {"query": DECIDE, "variables": {"v": LONG}},
        f"Revision 2 has no purpose '{LONG[:QUOTED_AT_MOST]}'…",
    ),
    "the key in an id": (
        _query("node(id: $v) { id }", "ID", str(GlobalId("Service", (1, LONG[:6_000])))),
        f"Revision 1 has no '{LONG[:QUOTED_AT_MOST]}'… of the type 'Service'",
    ),
    "the type in an id": (
        _query("node(id: $v) { id }", "ID", str(GlobalId(LONG[:6_000], (1, "x")))),
        f"Revision 1 has no 'x' of the type '{LONG[:QUOTED_AT_MOST]}'…",
    ),
    "a cursor": (_query("revisions(after: $v) { totalCount }", "String", LONG), "This is not a cursor of this list: "),
    "a time": (
        _query("me(asOf: $v) { key }", "DateTime", LONG),
        "Variable '$v' has invalid value: A DateTime is a date, T, a time and its zone, ",
    ),
    "a number": (
        _query("revisions(first: $v) { totalCount }", "Int", LONG),
        "Variable '$v' has invalid value: Int cannot represent non-integer value",
    ),
    "a field": ({"query": f"{{ {LONG} }}"}, "The name of a field or an alias is 60000 characters long, "),
    "a literal": (
        {"query": f'{{ revisions(first: "{LONG}") {{ totalCount }} }}'},
        f'Int cannot represent non-integer value: "{LONG[:QUOTED_AT_MOST]}',
    ),
    "a name that is no token": ({"query": f"{{ {LONG}"}, "Syntax Error: Expected Name, found <EOF>."),
    "an operation's name": (
        {"query": "query A { policy { markdown } }", "operationName": LONG},
        f'Unknown operation named "{LONG[:QUOTED_AT_MOST]}',
    ),
    "a variable's name": (
        {"query": f"query (${LONG}: Int!) {{ revisions(first: ${LONG[:9]}) {{ totalCount }} }}"},
        "Variable '$kkkkkkkkk' is not defined.",
    ),
}


async def test_an_error_repeats_no_more_than_the_beginning(trial: Trial) -> None:
    for name, (request, said) in REQUESTS.items():
        answer = await ask(trial.apps[0], graphql_request(trial.issuer.mint(subject="ann"), request))
        assert len(answer.body) <= ANSWER_BYTES_AT_MOST, name
        assert message_of(json.loads(answer.body)).startswith(said), name


def message_of(answer: dict[str, Any]) -> str:
    message: str = answer["errors"][0]["message"] if "errors" in answer else answer["data"]["recordDecision"]["message"]
    return message


async def test_a_key_that_could_be_one_is_repeated_whole(trial: Trial) -> None:
    key = "k" * QUOTED_AT_MOST
    for sent, said in ((key, f"'{key}'"), (f"{key}k", f"'{key}'…")):
        request = graphql_request(None, _query("policy { clause(key: $v) { key } }", "String", sent))
        (error,) = json.loads((await ask(trial.apps[0], request)).body)["errors"]
        assert error["message"] == f"Revision 2 has no clause {said}"


async def test_a_rejected_line_is_told_by_its_first_mistakes(trial: Trial) -> None:
    surplus = {f"field{number}": 1 for number in range(900)} | {LONG[:30_000]: 1}
    token = trial.issuer.mint(service="shop")
    headers = ((b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/x-ndjson"))
    line = json.dumps({"subject": "ann", **surplus}).encode()
    answer = await ask(trial.apps[0], Attempt("POST", "/ingest/holdings", b"", headers, line))
    rejection, _ = map(json.loads, answer.body.splitlines())
    assert rejection["code"] == "MALFORMED"
    assert rejection["reason"].endswith("; and 884 more")
    assert len(rejection["reason"]) < 1_500
