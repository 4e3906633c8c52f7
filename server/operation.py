"""One GraphQL operation as a client sends it, in the body of a POST or in the address of a GET."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from server.gate.bodies import read_json
from server.gate.refusals import Refusal, RefusalCode

#: The parameters of the specification, with its appendix on persisted documents. Others are ignored, as it says.
_PARAMETERS = ("query", "operationName", "variables", "extensions", "documentId")
_OF_JSON = ("variables", "extensions")
#: Of people and of nobody, and of any address: a few wrong ones of a thousand take 20 ms to tell.
VALUES_AT_MOST = 1_000
#: How many parameters an address may have, known or not.
_PARAMETERS_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class Operation:
    """What is to be run. At least one of `document` (GraphQL) and `document_id` (a persisted document's) is there."""

    document: str | None
    document_id: str | None
    name: str | None
    variables: dict[str, Any] | None
    extensions: dict[str, Any] | None


def read_body_of_post(body: bytes | bytearray, values_at_most: int = VALUES_AT_MOST) -> Operation:
    """Raises Refusal NOT_JSON, BODY_TOO_LARGE, BATCHING_NOT_SUPPORTED or INVALID_REQUEST."""
    value = read_json(body, "The body", values_at_most)
    if isinstance(value, list):
        raise Refusal(
            RefusalCode.BATCHING_NOT_SUPPORTED, "Operations are not taken in batches: send each in a request of its own"
        )
    if not isinstance(value, dict):
        raise Refusal(RefusalCode.INVALID_REQUEST, "Send one GraphQL operation, as a JSON object")
    return _operation(value)


def read_address_of_get(query_string: bytes) -> Operation:
    """Raises Refusal NOT_JSON, BODY_TOO_LARGE or INVALID_REQUEST."""
    try:
        pairs = parse_qsl(
            query_string.decode("ascii"), keep_blank_values=True, errors="strict", max_num_fields=_PARAMETERS_AT_MOST
        )
    except ValueError as error:  # too many, or not UTF-8
        raise Refusal(
            RefusalCode.INVALID_REQUEST, "The address cannot be read: write its parameters in UTF-8, each once"
        ) from error
    given: dict[str, Any] = {}
    for name, value in pairs:
        if name not in _PARAMETERS:
            continue
        if name in given:
            raise Refusal(RefusalCode.INVALID_REQUEST, f"The address has `{name}` twice: send it once")
        if name != "query" and not value:
            continue  # as if it were left out
        given[name] = read_json(value, f"`{name}` in the address", VALUES_AT_MOST) if name in _OF_JSON else value
    return _operation(given)


def _operation(given: dict[str, Any]) -> Operation:
    for name in _PARAMETERS:
        value = given.get(name)
        kind, wanted = (dict, "an object") if name in _OF_JSON else (str, "a text")
        if value is not None and not isinstance(value, kind):
            raise Refusal(RefusalCode.INVALID_REQUEST, f"`{name}` is not {wanted}: send {wanted}, or leave it out")
    extensions = given.get("extensions")
    document_id = given.get("documentId") or _hash(extensions)
    if not given.get("query") and not document_id:
        raise Refusal(RefusalCode.INVALID_REQUEST, "There is no operation to run: send its text as `query`")
    return Operation(
        document=given.get("query") or None,
        document_id=document_id,
        name=given.get("operationName") or None,
        variables=given.get("variables"),
        extensions=extensions,
    )


def _hash(extensions: dict[str, Any] | None) -> str | None:
    """The hash of the document where Apollo Client and urql send it: `extensions.persistedQuery.sha256Hash`."""
    persisted = (extensions or {}).get("persistedQuery")
    if persisted is None:
        return None
    found = persisted.get("sha256Hash") if isinstance(persisted, dict) else None
    if not isinstance(found, str) or not found:
        raise Refusal(
            RefusalCode.INVALID_REQUEST,
            "`extensions.persistedQuery` has no `sha256Hash`: send the hash of the document there, or as `documentId`",
        )
    return found
