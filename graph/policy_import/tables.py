"""Cells as HTML has them, which may span rows and columns -> rows of equal length."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from graph.policy_import.blocks import (
    Block,
    Code,
    Heading,
    Inline,
    Paragraph,
    Row,
    Run,
    Table,
    said_by,
    units,
)
from graph.policy_import.runs import in_one_line, is_strong, joined, lines_of, without_marks

_MAX_SPAN = 50
_LONG = 2_000
_FEW = 2
_BETWEEN = ";"


@dataclass(frozen=True, slots=True)
class Cell:
    """`columns` and `rows` are how many it spans, at least 1; `key` is that of its row, if it was given one."""

    blocks: tuple[Block, ...]
    columns: int = 1
    rows: int = 1
    key: str | None = None


def is_layout(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether a table only places things on a page: it is one row or column, or tables or long texts are in it."""
    if len(rows) == 1 or max((len(row) for row in rows), default=0) == 1:
        return True
    blocks = [block for row in rows for cell in row for block in cell.blocks]
    if any(isinstance(block, Table) for block in blocks):
        return True
    if len(rows) == _FEW and any(isinstance(block, Heading) for block in blocks):
        return True
    return any(sum(len(said_by(unit)) for unit in units([block])) > _LONG for block in blocks)


def table_of(rows: Sequence[Sequence[Cell]]) -> Table | None:
    """The table, None where no cell says anything.

    What spans rows is said in each of them, for a row must stand alone; what spans columns stands in the first. The
    blocks of a cell become one line, with semicolons between.
    """
    grid: list[list[Inline]] = []
    keys: list[str | None] = []
    spanning: dict[int, tuple[int, Inline]] = {}  # by column: for how many more rows, and what
    for row in rows:
        found: list[Inline] = []
        key: str | None = None
        says = False
        for cell in row:
            _take_spanning(found, spanning)
            text, own = _line(cell.blocks)
            key = own or cell.key or key
            says = says or bool(text)
            columns = min(max(cell.columns, 1), _MAX_SPAN)
            for place in range(columns):
                if cell.rows > 1:
                    spanning[len(found)] = (cell.rows - 1, () if place else text)
                found.append(() if place else text)
        _take_spanning(found, spanning, to_the_end=True)
        if says:
            grid.append(found)
            keys.append(key)
    if not grid:
        return None
    width = max(max((place + 1 for place, cell in enumerate(row) if cell), default=0) for row in grid)
    grid[0] = [without_marks(cell, strong=True) if is_strong(cell) else cell for cell in grid[0]]
    return Table(
        tuple(Row((*row[:width], *[()] * (width - len(row))), key) for row, key in zip(grid, keys, strict=True))
    )


def _take_spanning(found: list[Inline], spanning: dict[int, tuple[int, Inline]], to_the_end: bool = False) -> None:
    while len(found) in spanning or (to_the_end and any(place > len(found) for place in spanning)):
        place = len(found)
        if place not in spanning:
            found.append(())
            continue
        left, text = spanning.pop(place)
        if left > 1:
            spanning[place] = (left - 1, text)
        found.append(text)


def _line(blocks: Sequence[Block]) -> tuple[Inline, str | None]:
    lines: list[Inline] = []
    key: str | None = None
    for unit in units(blocks):
        match unit:
            case Paragraph() | Heading():
                lines += [line for paragraph in lines_of(unit.text) for line in paragraph]
                key = unit.key or key
            case Code():
                lines.append(joined([Run(unit.text)]))
            case Row():
                lines += unit.cells
    return in_one_line([line for line in lines if line], _BETWEEN), key
