"""Errors on their way out: what was expected with its code, everything else masked and written down by id."""

from __future__ import annotations

import re
from typing import Any

import structlog
from graphql import GraphQLError

from graph.errors import (
    Forbidden,
    GraphFault,
    GraphUnavailable,
    InvalidInput,
    IssuerUnavailable,
    NoRevisionInForce,
    NotFound,
    Unauthenticated,
    VitrineError,
)
from server.turns import Overloaded
from server.watching.requests import note_code

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 5
#: Ours are shorter; those of libraries repeat what was sent, of any length.
MESSAGE_CHARACTERS_AT_MOST = 1000
INTERNAL = "INTERNAL"
INVALID_DOCUMENT = "INVALID_DOCUMENT"

_OF_VARIABLE = re.compile(
    r"(?P<variable>Variable '\$\w+' has invalid value(?: at [^ ]{1,200})?): (?P<said>.*)", re.DOTALL
)
_VALUE = re.compile(r"(?<= value): .*|, found: .*", re.DOTALL)

_STATUS: dict[type[VitrineError], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    InvalidInput: 400,
    NoRevisionInForce: 409,
    NotFound: 404,
    GraphUnavailable: 503,
    IssuerUnavailable: 503,
    Overloaded: 503,
}


def status_of(error: VitrineError) -> int:
    """The HTTP status for an error that ends a whole request."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def bounded(message: str) -> str:
    """A message as it may leave, whoever wrote it: of what is longer only the beginning, with a mark."""
    return message if len(message) <= MESSAGE_CHARACTERS_AT_MOST else f"{message[:MESSAGE_CHARACTERS_AT_MOST]}…"


def is_internal(error: BaseException) -> bool:
    """Whether what it says is for us alone."""
    return not isinstance(error, VitrineError) or isinstance(error, GraphFault)


def describe(error: BaseException, correlation_id: str) -> tuple[str, str]:
    """The message and the code of an error. Writes down what it masks."""
    if is_internal(error):
        log.error("Unexpected error", exc_info=error, correlation_id=correlation_id)
        return f"Something went wrong on our side. Name this id when you report it: {correlation_id}", INTERNAL
    assert isinstance(error, VitrineError)
    return bounded(error.message), error.code


def as_json(error: BaseException, correlation_id: str) -> dict[str, Any]:
    """An error that ends a whole request, in the shape of a GraphQL response."""
    message, code = describe(error, correlation_id)
    note_code(code)
    return {"errors": [{"message": message, "extensions": {"code": code, "correlationId": correlation_id}}]}


def report(errors: list[GraphQLError], correlation_id: str) -> list[GraphQLError]:
    """An operation's errors as the client gets them, each with its code."""
    reported = [_with_code(error, correlation_id) for error in errors]
    for error in reported:
        note_code(str((error.extensions or {})["code"]))
    return reported


def is_unavailable(error: GraphQLError) -> bool:
    """Whether it says that the whole service is away just now, or has no room."""
    return isinstance(error.original_error, GraphUnavailable | IssuerUnavailable | Overloaded)


def _without_values(message: str) -> str:
    """What graphql-core says of a variable, without the value, which it writes as Python does and may be personal."""
    found = _OF_VARIABLE.fullmatch(message)
    if found is None:
        return message
    said = _VALUE.sub("", found["said"]).replace("not to be None.", "not to be null.")
    return f"{found['variable']}: {said}"


def _with_code(error: GraphQLError, correlation_id: str) -> GraphQLError:
    if error.path is None and isinstance(error.original_error, GraphQLError | None):
        # The document itself, or its variables: what graphql-core says of those names nothing of ours.
        message, code = bounded(_without_values(error.message)), (error.extensions or {}).get("code", INVALID_DOCUMENT)
    else:
        message, code = describe(error.original_error or error, correlation_id)
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=error.original_error,
        extensions={"code": code, "correlationId": correlation_id},
    )
