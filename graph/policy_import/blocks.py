"""The text of a policy while it is on its way into canonical Markdown: blocks, and runs of text in them.

Every source is read into these, whatever it was written in, and one writer makes Markdown of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Run:
    """A piece of text with the same marks throughout.

    White space in it is single spaces; `BREAK` alone ends a line. `address` is that of a link, `picture` that of an
    image whose description is the text. `struck` is a mark while a paragraph is read; canonical Markdown has none.
    """

    text: str
    strong: bool = False
    emphasis: bool = False
    code: bool = False
    address: str | None = None
    picture: str | None = None
    struck: bool = False


BREAK = Run("\n")

Inline: TypeAlias = tuple[Run, ...]
"""The text of one paragraph, heading or cell."""


@dataclass(frozen=True, slots=True)
class StruckOut:
    """Words that the source shows as struck, and the whole text of the paragraph, item or cell in which they stand."""

    words: str
    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """`level` is 1 to 6. `is_recognised` where the source had no heading, but what was meant as one."""

    level: int
    text: Inline
    key: str | None = None
    is_recognised: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: Inline
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ItemList:
    """`start` is the number of the first item, None for a list without numbers."""

    items: tuple[Item, ...]
    start: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    cells: tuple[Inline, ...]
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The first row is the header. All rows have the same number of cells."""

    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Code:
    """Lines as they are. It can have no key."""

    text: str


Block: TypeAlias = Heading | Paragraph | ItemList | Table | Quote | Code
Unit: TypeAlias = Heading | Paragraph | Row | Code
"""What becomes one clause."""


def plain(text: Inline) -> str:
    """What a reader sees of it, a line break as a space."""
    return "".join(" " if run is BREAK else run.text for run in text)


def units(blocks: Iterable[Block]) -> Iterator[Unit]:
    """What becomes a clause, in reading order. Lists nest as deep as they were read, which is bounded."""
    for block in blocks:
        match block:
            case ItemList():
                for item in block.items:
                    yield from units(item.blocks)
            case Table():
                yield from block.rows
            case Quote():
                yield from units(block.blocks)
            case _:
                yield block


def mapped(blocks: Iterable[Block], change: Callable[[Unit], Unit]) -> list[Block]:
    """`blocks` with each of their units as `change` makes it, which keeps its kind."""
    found: list[Block] = []
    for block in blocks:
        match block:
            case ItemList():
                items = tuple(Item(tuple(mapped(item.blocks, change))) for item in block.items)
                found.append(ItemList(items, block.start))
            case Table():
                rows = (change(row) for row in block.rows)
                found.append(Table(tuple(row for row in rows if isinstance(row, Row))))
            case Quote():
                found.append(Quote(tuple(mapped(block.blocks, change))))
            case _:
                changed = change(block)
                assert not isinstance(changed, Row), "rows are of tables"
                found.append(changed)
    return found


def said_by(unit: Unit) -> str:
    """What a reader sees of one clause; between cells ` | `."""
    match unit:
        case Code():
            return unit.text
        case Row():
            return " | ".join(plain(cell) for cell in unit.cells)
        case _:
            return plain(unit.text)
