"""A record as all of its forms have it: what stands at its head, its tables, and the clauses that these cite."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from graph.model import Clause, Revision, RevisionState
from graph.processing_record import Point, Unstated
from server.policy_html import ANCHOR

NO_CLAUSE = "None: no clause states this"


class RecordOf(StrEnum):
    CONTROLLER = "controller"
    PROCESSORS = "processors"


@dataclass(frozen=True, slots=True)
class Cell:
    """Lines, each without breaks of its own: what the map says, and after that what it does not."""

    said: tuple[str, ...] = ()
    unstated: tuple[str, ...] = ()

    @property
    def lines(self) -> tuple[str, ...]:
        return (*self.said, *(f"Not stated: {each}" for each in self.unstated))


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is for programs. `point` is what of Art. 30 the cells answer, None where it does not ask for that. `width`
    is in characters. `joined`: it can stand below the column before it, where there is no place beside."""

    name: str
    title: str
    width: int = 0
    point: Point | None = None
    joined: bool = False

    @property
    def head(self) -> str:
        return self.title if self.point is None else f"{self.title} (Art. {self.point})"


@dataclass(frozen=True, slots=True)
class Row:
    """A cell for each column of its table, the clauses that state what is in them, and what is stated nowhere."""

    cells: tuple[Cell, ...]
    clauses: tuple[Clause, ...] = ()
    unstated: tuple[Unstated, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Its rows are numbered from 1. `cites`: whether they are of the kind that clauses state."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    cites: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """What one kind of record has of its own. `unstated` is missing of it as a whole, `controller` the point that asks
    for who that is."""

    title: str
    columns: tuple[Column, ...]
    rows: Iterator[Row]
    unstated: tuple[Unstated, ...]
    controller: Point


@dataclass(frozen=True, slots=True)
class Document:
    """`head` holds for the record as a whole, and so for each of its `rows`. `clauses` are those that its tables cite,
    in reading order. `policy` is the address at which everybody can read them, None where nobody can."""

    of: RecordOf
    title: str
    controller: str
    revision: Revision
    head: tuple[tuple[Column, Cell], ...]
    rows: Table
    measures: Table | None
    missing: Table
    clauses: tuple[Clause, ...]
    policy: str | None

    @property
    def tables(self) -> tuple[Table, ...]:
        return tuple(each for each in (self.rows, self.measures, self.missing) if each is not None)

    @property
    def file_name(self) -> str:
        return file_name(self.of, self.revision)

    def address_of(self, clause: Clause) -> str | None:
        return self.policy and f"{self.policy}#{ANCHOR}{quote(clause.key, safe='')}"


def file_name(of: RecordOf, revision: Revision) -> str:
    """Of a record, without the ending of its form."""
    state = "" if revision.state is RevisionState.PUBLISHED else f"-{revision.state.lower()}"
    return f"article-30-record-of-{of}-revision-{revision.number}{state}"
