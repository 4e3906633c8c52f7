"""Plain text -> blocks: paragraphs that may be wrapped, lists told by their marks and indentation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from graph.clauses.numbering import MOST_LEFT_OUT, counts_on, is_dated
from graph.policy_import.blocks import BREAK, Block, Paragraph, Run
from graph.policy_import.items import Levelled, nested
from graph.policy_import.runs import broken_at_breaks, taken_key

_MARKER = re.compile(r"([-*+]|(\d{1,8})[.)])[ \t]+(?=\S)")
# What begins a paragraph of its own, though no list of Markdown.
_OPENING = re.compile(r"[•●∙·▪■□◾▶►➢➤❖‣⁃◦○–—] |\(?[a-zA-Z]{1,4}\) |\d{1,3}(?:\.\d{1,3})+\.? ")
_TITLE = re.compile(r"\d{1,3}(?:\.\d{1,3})+\.? [^\W\d_]")
_RULE = re.compile(r"([-=_*~#])(?:[ \t]*\1){2,}")
_WIDE = 110
_NARROW = 50
_FULL = 0.6
_SENTENCE_ENDS = (".", "!", "?", ":", ";", "。", "…")
_MAX_DEPTH = 8


def read_plain_text(text: str) -> list[Block]:
    """The blocks of a text whose lines end in \\n.

    Lines that are as long as most belong to one paragraph with the next; a shorter one ends it after the end of a
    sentence. Where lines are longer than any wrapped text, each is a paragraph.
    """
    lines = text.expandtabs(4).split("\n")
    # What has no space, such as an address, could not be wrapped.
    lengths = sorted(len(line.rstrip()) for line in lines if " " in line.strip())
    numbers = [int(marker[2]) for line in lines if (marker := _MARKER.match(line.strip())) and marker[2]]
    reader = _Reader(lengths[len(lengths) * 19 // 20] if lengths else 0, numbers)
    for line in lines:
        reader.line(line)
    return reader.ended()


@dataclass(slots=True)
class _Item:
    """An open item: its text begins in column `column`."""

    number: int | None
    column: int
    mark: str
    blocks: list[Block | Levelled] = field(default_factory=list)


class _Reader:
    def __init__(self, width: int, numbers: Sequence[int]) -> None:
        """`numbers`: those that lines begin with, in order."""
        self._width = width
        self._numbers_to_come = Counter(numbers)
        self._last_number = 0
        self._found: list[Block | Levelled] = []
        self._items: list[_Item] = []
        self._runs: list[Run] = []
        self._last_item: _Item | None = None  # which ended right before
        self._before = ""
        self._is_after_gap = True

    def line(self, line: str) -> None:
        content = line.strip()
        if not content or _RULE.fullmatch(content):
            self._end_paragraph()
            self._is_after_gap = True
            return
        column = len(line) - len(line.lstrip())
        marker = _MARKER.match(content)
        if marker is not None and self._begins_item(marker, content, column):
            self._end_paragraph()
            self._close_items(column)
            if len(self._items) == _MAX_DEPTH:
                self._close_item()
            self._items.append(_Item(self._number(marker), column + marker.end(), marker[1]))
            self._runs.append(Run(content[marker.end() :]))
        else:
            self._text(content, column)
        self._before = line.rstrip()
        self._is_after_gap = False

    def ended(self) -> list[Block]:
        self._end_paragraph()
        while self._items:
            self._close_item()
        return nested(self._found, _MAX_DEPTH)

    def _begins_item(self, marker: re.Match[str], content: str, column: int) -> bool:
        """A number begins an item where it counts: it goes on, or starts to. A date begins none."""
        if marker[2] is None:
            return True
        number = int(marker[2])
        self._numbers_to_come[number] -= 1
        if is_dated(content[marker.end() :].split(maxsplit=2)):
            return False
        to_come = self._numbers_to_come
        is_first = number == 1 or any(to_come[number + step] > 0 for step in range(1, MOST_LEFT_OUT + 1))
        is_next = counts_on(self._last_number, number)
        if self._runs and not self._ends_paragraph(content, column):
            is_inner = bool(self._items) and column >= self._items[-1].column
            is_first = number == 1 and (is_inner or to_come[2] > 0 or to_come[1] > 0)
            is_next = any(counts_on(item.number, number) for item in self._items if item.number is not None)
        if is_first or is_next:
            self._last_number = number
        return is_first or is_next

    def _number(self, marker: re.Match[str]) -> int | None:
        if marker[2] is None:
            return None
        # As in Markdown: where each item is "1.", they count by themselves.
        before = self._last_item
        is_lazy = before is not None and marker[1] == before.mark == f"1{marker[1][-1]}"
        return before.number + 1 if is_lazy and before is not None and before.number else int(marker[2])

    def _text(self, content: str, column: int) -> None:
        if not self._runs or self._ends_paragraph(content, column):
            self._end_paragraph()
            self._close_items(column)
        else:
            self._runs.append(Run(" ") if self._is_full() else BREAK)
        self._runs.append(Run(content))

    def _ends_paragraph(self, content: str, column: int) -> bool:
        """Whether the line before was the last of its paragraph, with no empty line after it."""
        if self._width > _WIDE or _OPENING.match(content):
            return True
        if self._is_full():
            return False
        before = self._before.strip()
        if self._items and column < self._items[-1].column and _MARKER.match(before):
            return True
        return before.endswith(_SENTENCE_ENDS) or before.isupper() or _TITLE.match(before) is not None

    def _is_full(self) -> bool:
        return self._width >= _NARROW and len(self._before) >= self._width * _FULL

    def _end_paragraph(self) -> None:
        text, key = taken_key(broken_at_breaks(self._runs))
        self._runs = []
        if text:
            self._container().append(Paragraph(text, key))
            self._last_item = None

    def _close_items(self, column: int) -> None:
        """Ends the items whose text begins right of `column`."""
        while self._items and column < self._items[-1].column:
            self._close_item()

    def _close_item(self) -> None:
        item = self._items.pop()
        blocks = nested(item.blocks, 1)
        if blocks:
            self._container().append(Levelled(0, item.number, tuple(blocks)))
            self._last_item = item

    def _container(self) -> list[Block | Levelled]:
        return self._items[-1].blocks if self._items else self._found
