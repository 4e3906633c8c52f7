"""Blocks -> canonical Markdown: one form for one content, which `graph.clauses` reads into the same units."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from graph.policy_import.blocks import (
    Block,
    Code,
    Heading,
    Inline,
    Item,
    ItemList,
    Paragraph,
    Quote,
    Row,
    Table,
    units,
)
from graph.policy_import.inline_markdown import inline_markdown

_HASHES = re.compile(r"(?<!\S)(#+)$")


def canonical_markdown(blocks: Sequence[Block], keys: Sequence[str | None] | None = None) -> str:
    """The text, which ends in a line end, or nothing for no blocks.

    `keys` are those to write, one for each of `units(blocks)`, in order; None for the blocks' own. A code block has
    none. Headings stand in the form of `## …`, items begin with `-` or a number, and each paragraph is one line.
    """
    given = [getattr(unit, "key", None) for unit in units(blocks)] if keys is None else keys
    text = "\n".join(_Writer(iter(given)).blocks(blocks))
    return f"{text}\n" if text else ""


class _Writer:
    def __init__(self, keys: Iterator[str | None]) -> None:
        self._keys = keys

    def blocks(self, blocks: Iterable[Block]) -> list[str]:
        """The lines, with an empty one between two blocks."""
        lines: list[str] = []
        before: Block | None = None
        marks = 0
        for block in blocks:
            if before is not None:
                lines.append("")
            # Two lists one after the other are told apart by their marks alone.
            is_next = isinstance(before, ItemList) and isinstance(block, ItemList)
            marks = marks + 1 if is_next and _is_numbered(before) == _is_numbered(block) else 0
            lines += self._block(block, marks % 2)
            before = block
        return lines

    def _block(self, block: Block, mark: int) -> list[str]:
        match block:
            case Heading():
                text = _HASHES.sub(r"\\\1", inline_markdown(block.text))
                return [f"{'#' * block.level} {text}{self._key()}"]
            case Paragraph():
                return f"{inline_markdown(block.text, opens_block=True)}{self._key()}".split("\n")
            case ItemList():
                return self._list(block, mark)
            case Table():
                return self._table(block.rows)
            case Quote():
                return [f"> {line}" if line else ">" for line in self.blocks(block.blocks)]
            case Code():
                next(self._keys)
                return _fenced(block.text)

    def _list(self, block: ItemList, mark: int) -> list[str]:
        items: list[list[str]] = []
        is_loose = False
        for place, item in enumerate(block.items):
            marker = "-*"[mark] if block.start is None else f"{block.start + place}{'.)'[mark]}"
            is_tight, content = self._item(item)
            is_loose = is_loose or not is_tight
            indent = " " * (len(marker) + 1)
            lines = [f"{indent}{line}" if line else "" for line in content]
            items.append([f"{marker} {lines[0][len(indent) :]}", *lines[1:]])
        found: list[str] = []
        for lines in items:
            if found and is_loose:
                found.append("")
            found += lines
        return found

    def _item(self, item: Item) -> tuple[bool, list[str]]:
        """Whether nothing but a list follows its paragraph, and its lines."""
        match item.blocks:
            case [Paragraph() as paragraph]:
                return True, self._block(paragraph, 0)
            case [Paragraph() as paragraph, ItemList() as inner] if inner.start in (None, 1):
                return True, [*self._block(paragraph, 0), *self._block(inner, 0)]
            case _:
                return False, self.blocks(item.blocks)

    def _table(self, rows: Sequence[Row]) -> list[str]:
        lines = [self._row(row) for row in rows]
        return [lines[0], "|" + " --- |" * len(rows[0].cells), *lines[1:]]

    def _row(self, row: Row) -> str:
        cells = [_cell(cell) for cell in row.cells]
        last = max(place for place, cell in enumerate(cells) if cell)
        cells[last] += self._key()
        return "|" + "".join(f" {cell} |" if cell else " |" for cell in cells)

    def _key(self) -> str:
        key = next(self._keys)
        return f" {{#{key}}}" if key else ""


def _is_numbered(block: Block | None) -> bool:
    return isinstance(block, ItemList) and block.start is not None


def _cell(text: Inline) -> str:
    return inline_markdown(text, in_cell=True)


def _fenced(text: str) -> list[str]:
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *text.split("\n"), fence]
