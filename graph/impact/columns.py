"""In which columns the values of a table's rows stand. Pure.

A column is the same by its place or by its head: one may be put in before it, and its head may be worded otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from graph.clauses.words import folded_cells
from graph.model import Clause, ClauseKind

_Cell = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """`heads`: of its columns, none where it is the head itself."""

    cells: Sequence[_Cell]
    heads: Sequence[_Cell] = ()

    def columns_of(self, value: _Cell) -> list[tuple[int, _Cell]]:
        return [(place, self._head(place)) for place, cell in enumerate(self.cells) if cell == value]

    def _head(self, place: int) -> _Cell:
        return self.heads[place] if place < len(self.heads) else ()


class Rows:
    """The rows of a text's tables by the keys of their clauses."""

    def __init__(self, clauses: Iterable[Clause]) -> None:
        self._rows: dict[str, Row] = {}
        before: Clause | None = None
        heads: Sequence[_Cell] = ()
        for clause in clauses:
            if clause.kind is ClauseKind.TABLE_ROW:
                cells = folded_cells(clause)
                goes_on = before is not None and (before.kind, before.part_of) == (clause.kind, clause.part_of)
                self._rows[clause.key] = Row(cells, heads if goes_on else ())
                heads = heads if goes_on else cells
            before = clause

    def of(self, clause: Clause) -> Row | None:
        return self._rows.get(clause.key)


def is_value_moved(old: Row, new: Row) -> bool:
    """Whether something that both rows say stands in another column, or is parted otherwise among the same heads."""
    if old.heads == new.heads and old.cells != new.cells and _words(old) == _words(new):
        return True
    return any(
        _gone(old.columns_of(value), new.columns_of(value)) and _gone(new.columns_of(value), old.columns_of(value))
        for value in {*old.cells} & {*new.cells} - {()}
    )


def _words(row: Row) -> list[str]:
    return [word for cell in row.cells for word in cell]


def _gone(columns: Iterable[tuple[int, _Cell]], others: Sequence[tuple[int, _Cell]]) -> bool:
    """Whether one of the columns is none of the others."""
    return any(all(place != there and (not head or head != its) for there, its in others) for place, head in columns)
