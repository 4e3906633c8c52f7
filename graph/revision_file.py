"""The two files of a revision, read against each other."""

from __future__ import annotations

from dataclasses import dataclass

from graph.clauses import read_policy
from graph.clauses.successors import Successors
from graph.errors import InvalidRevision, Problem
from graph.map_file import MapFile, read_map
from graph.model import Clause, RevisionContent

POLICY_FILE = "policy.md"
MAP_FILE = "map.yaml"


@dataclass(frozen=True, slots=True)
class Before:
    """The clauses of the revision that a new one follows, for hints on citations that the new text broke."""

    number: int
    clauses: tuple[Clause, ...]


def read_revision_texts(
    policy_text: str,
    map_text: str,
    policy_file: str = POLICY_FILE,
    map_file: str = MAP_FILE,
    before: Before | None = None,
) -> RevisionContent:
    """The revision in the two texts; the file names are for messages only.

    Raises InvalidRevision with the problems of both. Citations are checked against the clauses that could be read,
    and not at all where none could; with `before`, a hint says where a clause that is gone probably went.
    """
    read = read_policy(policy_text, policy_file)
    problems = list(read.problems)
    found: MapFile | None = None
    try:
        clauses = read.policy.clauses
        successor = None if before is None else Successors(before.number, before.clauses, clauses).hint
        found = read_map(map_text, {clause.key for clause in clauses} or None, map_file, successor)
    except InvalidRevision as error:
        problems.extend(error.problems)
    if problems or found is None:
        raise InvalidRevision(problems)
    return RevisionContent(read.policy, found.elements, found.language, found.summary)


def decoded(data: bytes, file: str) -> str:
    """The text in `data`. Raises InvalidRevision, with the line, where it is not UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not UTF-8: the byte 0x{data[error.start]:02X} means nothing there"
        raise InvalidRevision([Problem(file, line, message, "save the file as UTF-8")]) from None
