"""What cells of a record say, counted: names that one map repeats in many rows can grow without end."""

from __future__ import annotations

import re
from collections.abc import Iterable

from graph.errors import RecordTooLarge
from graph.model import Clause
from server.records.document import Cell

#: In the cells of one record. A row repeats the names of all that it tells of, to be read by itself.
CHARACTERS_AT_MOST = 10_000_000

#: Of a clause's text, where a row cites it and has no place for the whole.
CLAUSE_CHARACTERS = 80

_SAY_LESS = "say of a service or a category as a whole what holds for all of its parts"

# What no XML can hold, which a spreadsheet is.
_NO_CHARACTER = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


def plain(text: str) -> str:
    """On one line, of characters that every form can hold."""
    return _NO_CHARACTER.sub("\ufffd", " ".join(text.split()))


def citation(clause: Clause) -> str:
    """Its number, key, and the beginning of its text."""
    text = plain(clause.text)
    beginning = text if len(text) <= CLAUSE_CHARACTERS else f"{text[: CLAUSE_CHARACTERS - 1]}…"
    return f"{clause.number} {clause.key}: {beginning}"


class Scribe:
    """Writes the cells of one record of a revision."""

    def __init__(self, revision: int) -> None:
        self._revision = revision
        self._left = CHARACTERS_AT_MOST

    def cell(self, said: Iterable[str], missing: Iterable[str] = ()) -> Cell:
        """What is said, and what is not. Raises RecordTooLarge."""
        return Cell(tuple(map(self._written, said)), tuple(map(self._written, missing)))

    def cited(self, clauses: tuple[Clause, ...]) -> tuple[Clause, ...]:
        """The same, counted as a form may cite them. Raises RecordTooLarge."""
        self._spend(sum(len(each.number) + len(each.key) + CLAUSE_CHARACTERS for each in clauses))
        return clauses

    def repeat(self, cells: Iterable[Cell], times: int, way_out: str) -> None:
        """Counts them for a form that repeats them in each of so many rows. Raises RecordTooLarge."""
        self._spend(times * sum(len(line) for cell in cells for line in cell.lines), f"{way_out}, or {_SAY_LESS}")

    def _written(self, text: str) -> str:
        self._spend(len(text) + 1)
        return plain(text)

    def _spend(self, characters: int, way_out: str = _SAY_LESS) -> None:
        self._left -= characters
        if self._left < 0:
            raise RecordTooLarge(
                f"The record of revision {self._revision} would be longer than {CHARACTERS_AT_MOST:,} characters: "
                f"{way_out}",
                number=self._revision,
            )
