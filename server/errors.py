"""Errors on their way out: what was expected with its code, everything else masked and written down by id."""

from __future__ import annotations

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
    Unauthenticated,
    VitrineError,
)

log = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 5
INTERNAL = "INTERNAL"
INVALID_DOCUMENT = "INVALID_DOCUMENT"

_STATUS: dict[type[VitrineError], int] = {
    Unauthenticated: 401,
    Forbidden: 403,
    InvalidInput: 400,
    NoRevisionInForce: 409,
    GraphUnavailable: 503,
    IssuerUnavailable: 503,
}


def status_of(error: VitrineError) -> int:
    """The HTTP status for an error that ends a whole request."""
    return next((status for kind, status in _STATUS.items() if isinstance(error, kind)), 500)


def is_internal(error: BaseException) -> bool:
    """Whether what it says is for us alone."""
    return not isinstance(error, VitrineError) or isinstance(error, GraphFault)


def describe(error: BaseException, correlation_id: str) -> tuple[str, str]:
    """The message and the code of an error. Writes down what it masks."""
    if is_internal(error):
        log.error("Unexpected error", exc_info=error, correlation_id=correlation_id)
        return f"Something went wrong on our side. Name this id when you report it: {correlation_id}", INTERNAL
    assert isinstance(error, VitrineError)
    return error.message, error.code


def as_json(error: BaseException, correlation_id: str) -> dict[str, Any]:
    """An error that ends a whole request, in the shape of a GraphQL response."""
    message, code = describe(error, correlation_id)
    return {"errors": [{"message": message, "extensions": {"code": code, "correlationId": correlation_id}}]}


def report(errors: list[GraphQLError], correlation_id: str) -> list[GraphQLError]:
    """An operation's errors as the client gets them, each with its code."""
    return [_with_code(error, correlation_id) for error in errors]


def is_unavailable(error: GraphQLError) -> bool:
    """Whether it says that the whole service is away just now."""
    return isinstance(error.original_error, GraphUnavailable | IssuerUnavailable)


def _with_code(error: GraphQLError, correlation_id: str) -> GraphQLError:
    if error.path is None and isinstance(error.original_error, GraphQLError | None):
        # The document itself, or its variables: what graphql-core says of those names nothing of ours.
        message, code = error.message, INVALID_DOCUMENT
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
