"""What every answer to a GraphQL operation is, whatever was asked: the one check that Schemathesis runs.

Its stock check takes every GraphQL error for a fault of the server. Here an error is as good an answer as any, if it
is well-formed, has a code that the documents name, and says nothing that is ours.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import schemathesis
from graphql import build_schema, is_interface_type, is_object_type

from graph.reports import RejectionCode
from server.errors import INTERNAL, MESSAGE_CHARACTERS_AT_MOST
from server.settings import ROOT
from tests.bad_input.rows import OURS, told
from tests.bad_input.wire import GRAPHQL_RESPONSE, JSON, Reply
from tests.test_docs import keys, section


def _names() -> Iterator[str]:
    for type in build_schema((ROOT / "schema.graphql").read_text("utf-8")).type_map.values():
        yield type.name
        if is_object_type(type) or is_interface_type(type):
            yield from type.fields


CODES = (keys(section("docs/account-area.md", "Errors")) - {INTERNAL}) | set(RejectionCode)
#: The names of the contract, which everybody knows, and some of which sound like an error of Python's.
NAMES = re.compile(rf"\b({'|'.join(_names())})\b")
#: Where a client may look at the status: what it sent was wrong, or was not for it, or it was too much.
REFUSED = {400, 401, 403, 413}


@schemathesis.check
def answer_is_well_formed(
    context: schemathesis.CheckContext, response: schemathesis.Response, case: schemathesis.Case[Any]
) -> None:
    """Raises AssertionError."""
    assert response.status_code in {200, *REFUSED}, response.status_code
    media_type = response.headers["content-type"][0].partition(";")[0]
    assert media_type in {GRAPHQL_RESPONSE, JSON}, media_type
    body = json.loads(response.content)
    assert isinstance(body, dict) and body, "the body is an object"
    assert body.keys() <= {"data", "errors"}, body.keys()
    # In this media type the status says whether anything was run.
    assert ("data" in body) == (response.status_code == 200), response.status_code
    if "errors" in body:
        assert isinstance(body["errors"], list) and body["errors"], "errors are left out, or there are some"
        for error in body["errors"]:
            check_error(error, body.get("data"))
    else:
        assert isinstance(body["data"], dict), "there are data, or errors"
    for each in told(Reply(response.status_code, {}, response.content)):
        assert each.code in CODES, each.code
        assert 0 < len(each.message) <= MESSAGE_CHARACTERS_AT_MOST + 1, len(each.message)
        ours = OURS.search(NAMES.sub("", each.message))
        # What a message repeats of the operation is the client's own, even if it was made up from our source.
        assert ours is None or ours[0] in str(case.body), each.message


def check_error(error: Mapping[str, Any], data: object) -> None:
    """One of `errors`, as the specification has it."""
    assert error.keys() <= {"message", "locations", "path", "extensions"}, error.keys()
    assert isinstance(error["message"], str)
    assert error["extensions"].keys() == {"code", "correlationId"}, error["extensions"]
    for place in error.get("locations", ()):
        assert place["line"] >= 1 and place["column"] >= 1, place
    if "path" in error:
        assert any(value is None for value in _along(data, error["path"])), "null stands where an error is"


def _along(data: object, path: list[str | int]) -> Iterator[object]:
    """What stands at each step of a path, up to the first null."""
    yield data
    found: Any = data
    for step in path:
        if found is None:
            return
        found = found[step]
        yield found
