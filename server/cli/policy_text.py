"""The texts of policies as commands take them: from a file, or from standard input."""

from __future__ import annotations

import sys
from pathlib import Path

from graph.clauses.successors import shown
from graph.errors import InvalidRevision, Problem
from graph.model import Clause
from graph.policy_import.source import SOURCE_BYTES_AT_MOST

STANDARD_INPUT = "-"


def name_of(file: str) -> str:
    """As messages call it."""
    return "standard input" if file == STANDARD_INPUT else file


def read_bytes(file: str) -> bytes:
    """One byte more than is allowed is enough to know that it is too long. Raises InvalidRevision."""
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read(SOURCE_BYTES_AT_MOST + 1)
    try:
        with Path(file).open("rb") as stream:
            return stream.read(SOURCE_BYTES_AT_MOST + 1)
    except (OSError, ValueError) as error:
        raise unreadable(file, error) from None


def unreadable(file: str, error: OSError | ValueError) -> InvalidRevision:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "no name of a file"
    return InvalidRevision(
        [Problem(file, 0, f"cannot be read ({reason})", "name a file that is there, or - for input")]
    )


def first_words(clause: Clause) -> str:
    return shown(clause)[1:-1]


def clause_as_json(clause: Clause) -> dict[str, object]:
    return {
        "key": clause.key,
        "number": clause.number,
        "kind": clause.kind.value,
        "part_of": clause.part_of,
        "text": clause.text,
    }
