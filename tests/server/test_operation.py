"""What is taken as an operation, from a body or an address, and what is wrong with all else."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from server.gate.refusals import Refusal, RefusalCode
from server.graphql import LARGE_VALUES_AT_MOST
from server.operation import VALUES_AT_MOST, Operation, read_address_of_get, read_body_of_post

HASH = "a" * 64


def operation(document: str | None = "{ a }", **given: Any) -> Operation:
    rest: dict[str, Any] = {"document_id": None, "name": None, "variables": None, "extensions": None}
    return Operation(document, **(rest | given))


@pytest.mark.parametrize(
    ("body", "found"),
    [
        (b'{"query": "{ a }"}', operation()),
        (b' {"query": "{ a }", "variables": null, "extensions": null, "operationName": null} ', operation()),
        (b'{"query": "{ a }", "operationName": "", "documentId": ""}', operation()),
        ('{"query": "{ a }", "variables": {"ö": "Run🏃"}}'.encode(), operation(variables={"ö": "Run🏃"})),
        (rb'{"query": "{ a }", "variables": {"a": "\ud83c\udfc3"}}', operation(variables={"a": "🏃"})),
        (b'{"query": "{ a }", "unknown": [1]}', operation()),
        (b'{"documentId": "sha256:x"}', operation(None, document_id="sha256:x")),
        (
            b'{"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "x"}}}',
            operation(None, document_id="x", extensions={"persistedQuery": {"version": 1, "sha256Hash": "x"}}),
        ),
    ],
)
def test_a_body(body: bytes, found: Operation) -> None:
    assert read_body_of_post(body) == found


#: The body, `variables`, and the list in it, are values too, and so is the text of the document.
FRAME = 5


@pytest.mark.parametrize("value", ["1", "[]", '{"a": "[[,,{{"}', r'"\",[\\"', '"' + "x,[{" * 100 + '"'])
def test_a_body_of_a_great_many_values(value: str) -> None:
    """To read a million of them, and to check each, would take seconds."""
    many = (VALUES_AT_MOST - FRAME) // (1 + (value[0] in "[{"))

    def body(items: int) -> bytes:
        return ('{"query": "a", "variables": {"b": [' + ", ".join([value] * items) + "]}}").encode()

    assert len((read_body_of_post(body(many)).variables or {})["b"]) == many
    for too_many in (
        body(many + FRAME),
        body(many + FRAME)[:-5],
        b"[" * (VALUES_AT_MOST + 1),
        b'{"query": ' + b"{" * VALUES_AT_MOST,
    ):
        with pytest.raises(Refusal, match=rf"The body has \d+ values, and may have {VALUES_AT_MOST}") as raised:
            read_body_of_post(too_many)
        assert raised.value.code.status == 413


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        (b"", "NOT_JSON", "The body is not JSON"),
        (b"{", "NOT_JSON", "The body is not JSON"),
        (b"{'query': 1}", "NOT_JSON", "The body is not JSON"),
        (b'{"query": "{ a }"} {}', "NOT_JSON", "The body is not JSON"),
        (b'{"query": "{ a }", "variables": {"a": NaN}}', "NOT_JSON", "The body is not JSON"),
        (b'{"query": "{ a }", "variables": {"a": 1e999}}', "NOT_JSON", "The body has a number that is too large"),
        (b'{"query": "{ a }", "variables": {"a": -1.5e999}}', "NOT_JSON", "The body has a number that is too large"),
        (b'{"query": "{ a }", "variables": {"a": -Infinity}}', "NOT_JSON", "The body is not JSON"),
        (b'{"query": "{ a }", "variables": {"a": %s}}' % (b"9" * 5000), "NOT_JSON", "The body is not JSON"),
        (b'{"query": "a", "query": "b"}', "NOT_JSON", "The body has a name twice in one object"),
        (
            b'{"query": "a", "variables": {"b": {"c": 1, "c": 1}}}',
            "NOT_JSON",
            "The body has a name twice in one object",
        ),
        (rb'{"query": "a", "variables": {"b": "\ud83c"}}', "NOT_JSON", "The body has one half of a surrogate pair"),
        (b'{"query": "a", "variables": ' + b"[" * 10_000, "NOT_JSON", "The body is nested too deeply"),
        ('{"query": "ä"}'.encode("latin-1"), "NOT_JSON", "The body is not UTF-8"),
        ('{"query": "a"}'.encode("utf-16"), "NOT_JSON", "The body is not UTF-8"),
        ('{"query": "a"}'.encode("utf-16-le"), "NOT_JSON", "The body is not JSON"),
        (b'\xef\xbb\xbf{"query": "a"}', "NOT_JSON", "The body is not JSON"),
        (b'[{"query": "a"}]', "BATCHING_NOT_SUPPORTED", "Operations are not taken in batches"),
        (b"[]", "BATCHING_NOT_SUPPORTED", "Operations are not taken in batches"),
        (b'"{ a }"', "INVALID_REQUEST", "Send one GraphQL operation, as a JSON object"),
        (b"null", "INVALID_REQUEST", "Send one GraphQL operation, as a JSON object"),
        (b"{}", "INVALID_REQUEST", "There is no operation to run"),
        (b'{"query": ""}', "INVALID_REQUEST", "There is no operation to run"),
        (b'{"query": null}', "INVALID_REQUEST", "There is no operation to run"),
        (b'{"query": 5}', "INVALID_REQUEST", "`query` is not a text"),
        (b'{"query": "a", "operationName": []}', "INVALID_REQUEST", "`operationName` is not a text"),
        (b'{"query": "a", "variables": []}', "INVALID_REQUEST", "`variables` is not an object"),
        (b'{"query": "a", "variables": "{}"}', "INVALID_REQUEST", "`variables` is not an object"),
        (b'{"query": "a", "extensions": 0}', "INVALID_REQUEST", "`extensions` is not an object"),
        (b'{"documentId": 1}', "INVALID_REQUEST", "`documentId` is not a text"),
        (b'{"extensions": {"persistedQuery": {}}}', "INVALID_REQUEST", "`extensions.persistedQuery` has no"),
        (b'{"extensions": {"persistedQuery": 1}}', "INVALID_REQUEST", "`extensions.persistedQuery` has no"),
    ],
)
def test_a_body_that_is_none(body: bytes, code: str, message: str) -> None:
    with pytest.raises(Refusal) as raised:
        read_body_of_post(body, LARGE_VALUES_AT_MOST)
    assert raised.value.code == RefusalCode(code)
    assert raised.value.code.status == 400
    assert raised.value.message.startswith(message)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (f"query={quote('{ a }')}", operation()),
        ("query=%7B+a+%7D&variables=&extensions=&operationName=", operation()),
        ("query=%7B+a+%7D&variables=%7B%22b%22:%22%C3%A4%22%7D", operation(variables={"b": "ä"})),
        (f"query={quote('{ a }')}&operationName=A&unknown=1&unknown=2", operation(name="A")),
        (f"documentId=sha256:{HASH}", operation(None, document_id=f"sha256:{HASH}")),
    ],
)
def test_an_address(address: str, found: Operation) -> None:
    assert read_address_of_get(address.encode()) == found


@pytest.mark.parametrize(
    ("address", "code", "message"),
    [
        ("", "INVALID_REQUEST", "There is no operation to run"),
        ("query=", "INVALID_REQUEST", "There is no operation to run"),
        ("query=a&query=b", "INVALID_REQUEST", "The address has `query` twice"),
        ("query=%ff", "INVALID_REQUEST", "The address cannot be read"),
        ("&".join(["a=b"] * 30), "INVALID_REQUEST", "The address cannot be read"),
        ("query=a&variables=%5B%5D", "INVALID_REQUEST", "`variables` is not an object"),
        ("query=a&variables=x", "NOT_JSON", "`variables` in the address is not JSON"),
        ("query=a&extensions=%7B%22a%22:NaN%7D", "NOT_JSON", "`extensions` in the address is not JSON"),
    ],
)
def test_an_address_that_is_none(address: str, code: str, message: str) -> None:
    with pytest.raises(Refusal) as raised:
        read_address_of_get(address.encode())
    assert raised.value.code == RefusalCode(code)
    assert raised.value.message.startswith(message)
