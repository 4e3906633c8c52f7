"""Items that stand beside each other with a level, or a bullet in their text -> lists in lists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from graph.clauses.numbering import are_text, counts_on
from graph.policy_import.blocks import BREAK, Block, Inline, Item, ItemList, Paragraph, Quote, Run, plain
from graph.policy_import.runs import broken_at_breaks

# Marks such as ✓ and ✗ are no bullets: they say something.
_BULLETS = "•●∙·▪■□◾▶►➢➤❖‣⁃◦○"
_INNER_BULLETS = "◦○‣⁃▪"
_DASHES = "-–—*"
_BULLET = re.compile(f"[{_BULLETS}] ")
_DASH = re.compile(f"[{re.escape(_DASHES)}] ")
_ANY_BULLETS = re.compile(f"(?:[{_BULLETS}{re.escape(_DASHES)}] )+")
# As Word sets them in its fonts of symbols.
_WORD_BULLETS = frozenset("ovØü§" + _BULLETS + _DASHES)
# Without what says that it is a bullet, a letter is a word.
_WORD_BULLET = re.compile(f"[§{_BULLETS}{re.escape(_DASHES)}] ")
_NUMBER = re.compile(r"(\d{1,8})[.)]")


@dataclass(frozen=True, slots=True)
class Levelled:
    """An item of the list at `level`, which is 0 for the outermost. `number` is None for one with a bullet."""

    level: int
    number: int | None
    blocks: tuple[Block, ...]


def nested(blocks: Sequence[Block | Levelled], room: int) -> list[Block]:
    """`blocks` with lists, at most `room` in each other, made of the items and of the paragraphs with bullets."""
    found: list[Block] = []
    items: list[Levelled] = []
    for block in _with_bullets_read(blocks):
        if isinstance(block, Levelled):
            items.append(block)
            continue
        found += _lists(items, room)
        items = []
        found.append(block)
    return found + _lists(items, room)


def _lists(items: Sequence[Levelled], room: int) -> list[Block]:
    if room <= 0:
        return [block for item in items for block in item.blocks]
    found: list[Block] = []
    gathered: list[Item] = []
    start: int | None = None
    at = 0
    while at < len(items):
        item = items[at]
        end = at + 1
        while end < len(items) and items[end].level > item.level:
            end += 1
        follows = None if start is None else start + len(gathered)
        if gathered and item.number != follows:
            found.append(ItemList(tuple(gathered), start))
            gathered = []
        if not gathered:
            start = item.number
        gathered.append(Item((*item.blocks, *_lists(items[at + 1 : end], room - 1))))
        at = end
    return [*found, ItemList(tuple(gathered), start)] if gathered else found


def _with_bullets_read(blocks: Sequence[Block | Levelled]) -> list[Block | Levelled]:
    found: list[Block | Levelled] = []
    for place, block in enumerate(blocks):
        mark = _bullet(block)
        neighbours = [*blocks[max(place - 1, 0) : place], *blocks[place + 1 : place + 2]]
        # One dash alone may be a dash.
        if not mark or (mark in _DASHES and all(_bullet(each) != mark for each in neighbours)):
            found.append(block)
            continue
        assert isinstance(block, Paragraph)
        before = found[-1] if found else None
        is_inner = isinstance(before, Levelled) and mark in _INNER_BULLETS
        if is_inner and isinstance(before, Levelled) and before.level == 0:
            is_inner = mark != _bullet(blocks[place - 1])
        text = _without_bullets(block.text)
        item = Levelled(int(is_inner), None, (replace(block, text=text),))
        found.append(item if text else block)
    return found


def _bullet(block: Block | Levelled) -> str:
    if not isinstance(block, Paragraph):
        return ""
    first = block.text[0].text
    return first[0] if _BULLET.match(first) or _DASH.match(first) else ""


def at_bullets(lines: Sequence[Inline]) -> list[list[Inline]]:
    """The lines of a paragraph, divided before each that begins with a bullet, or with a dash where several do."""
    dashes = sum(_DASH.match(line[0].text) is not None for line in lines)
    found: list[list[Inline]] = []
    is_item = False
    for line in lines:
        first = line[0].text
        begins = _BULLET.match(first) is not None or (dashes > 1 and _DASH.match(first) is not None)
        if begins or is_item or not found:
            found.append([])
        is_item = begins
        found[-1].append(line)
    return found


def split_marker(text: Inline, marker: str | None) -> tuple[int | None, Inline]:
    """The number of an item of Word's, and its text without that number or bullet; other marks (a) stay in the text."""
    if marker is None:
        first = text[0].text
        number = re.match(r"(\d{1,8})[.)] ", first)
        if number is not None:
            return int(number[1]), _after(text, number.end()) or text
        return None, _without_bullets(_after(text, 2) or text) if _WORD_BULLET.match(first) else text
    number = _NUMBER.fullmatch(marker)
    if number is not None:
        return int(number[1]), text
    if not marker or marker in _WORD_BULLETS:
        return None, _without_bullets(text)
    return None, broken_at_breaks([Run(f"{marker} "), *text])


def _without_bullets(text: Inline) -> Inline:
    found = _ANY_BULLETS.match(text[0].text) if text else None
    return _after(text, found.end()) if found else text


def _after(text: Inline, length: int) -> Inline:
    first = text[0]
    return broken_at_breaks([replace(first, text=first.text[length:]), *text[1:]]) if first is not BREAK else text


def merged(blocks: Sequence[Block]) -> list[Block]:
    """`blocks` with lists that go on where the one before ends made one, and items that only hold a list replaced by
    what is in it: such lists look and count the same. Numbers that count nothing are text, as in `graph.clauses`."""
    return _with_numbers_in_text(_merged(blocks))


def _merged(blocks: Sequence[Block]) -> list[Block]:
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, Quote):
            block = Quote(tuple(merged(block.blocks)))
        elif isinstance(block, ItemList):
            block = ItemList(tuple(_items(block)), block.start)
            before = found[-1] if found else None
            if isinstance(before, ItemList) and _goes_on(before, block):
                found[-1] = ItemList((*before.items, *block.items), before.start)
                continue
        found.append(block)
    return found


def _goes_on(before: ItemList, after: ItemList) -> bool:
    return after.start == (None if before.start is None else before.start + len(before.items))


def _items(block: ItemList) -> list[Item]:
    items: list[Item] = []
    for item in block.items:
        blocks = merged(item.blocks)
        first = blocks[0]
        while isinstance(first, ItemList):
            *others, last = first.items
            items += others
            blocks = merged([*last.blocks, *blocks[1:]])
            first = blocks[0]
        items.append(Item(tuple(blocks)))
    return items


def _with_numbers_in_text(blocks: Sequence[Block]) -> list[Block]:
    lists = [block for block in blocks if isinstance(block, ItemList)]
    going_on = {id(each) for pair in pairwise(lists) if _counts_on(*pair) for each in pair}
    found: list[Block] = []
    for block in blocks:
        if isinstance(block, ItemList) and block.start is not None and _is_text(block, id(block) in going_on):
            for number, item in enumerate(block.items, start=block.start):
                found += _with_number(number, item.blocks)
        else:
            found.append(block)
    return found


def _counts_on(before: ItemList, after: ItemList) -> bool:
    if before.start is None or after.start is None:
        return False
    return counts_on(before.start + len(before.items) - 1, after.start)


def _is_text(block: ItemList, goes_on: bool) -> bool:
    firsts = [item.blocks[0] for item in block.items]
    beginnings = [plain(first.text).split(maxsplit=2) for first in firsts if isinstance(first, Paragraph)]
    if block.start is None or len(beginnings) < len(firsts):
        return False
    return are_text(block.start, beginnings, goes_on=goes_on)


def _with_number(number: int, blocks: Sequence[Block]) -> list[Block]:
    first, *others = blocks
    assert isinstance(first, Paragraph)
    return [replace(first, text=broken_at_breaks([Run(f"{number}. "), *first.text])), *others]
