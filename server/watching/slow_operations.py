"""The log line of an operation that took too long."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import structlog

from server.watching.statement_names import statement_name

log = structlog.get_logger(__name__)

#: Statements in the line, those that took longest first.
STATEMENTS_SHOWN = 20


def document_hash(document: str) -> str:
    """SHA-256 in hexadecimal: the name of a document in a manifest of persisted ones."""
    return hashlib.sha256(document.encode(errors="surrogatepass")).hexdigest()


def log_slow_operation(
    *,
    operation: str | None,
    document: str | None,
    seconds: float,
    statements: Mapping[str, tuple[int, float]],
    status: str,
    correlation_id: str,
) -> None:
    """`statements`: by text, how often each ran and how many seconds it took in all."""
    longest = sorted(statements.items(), key=lambda each: -each[1][1])[:STATEMENTS_SHOWN]
    log.warning(
        "Slow operation",
        operation=operation,
        document_sha256=None if document is None else document_hash(document),
        milliseconds=_milliseconds(seconds),
        statements=[
            {"statement": statement_name(text), "times": times, "milliseconds": _milliseconds(took)}
            for text, (times, took) in longest
        ],
        status=status,
        correlation_id=correlation_id,
    )


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1000, 1)
