"""Headings that were lost on the way: lines in bold alone, numbered titles, short lines in capitals."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.policy_import.blocks import BREAK, Block, Heading, Inline, ItemList, Paragraph, Run, plain
from graph.policy_import.runs import broken_at_breaks, is_strong, without_marks

_LONGEST = 100
_MOST_WORDS = 12
_FEWEST = 2
_NUMBERED = re.compile(r"(?:§ ?)?(\d{1,3}(?:\.\d{1,3})*)(?:[.)]? )(?=\S)")
_ENDS_SENTENCE = (".", ";", ",", "…", "。", ":")
_CAPS = "capitals"
_BOLD = "bold"
_DEEPEST = 6


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A block that may be a heading. `style` is how it is told: `_BOLD`, `_CAPS`, or how many numbers it has."""

    place: int
    style: str | int
    text: Inline
    key: str | None


def with_headings(blocks: Sequence[Block]) -> list[Block]:
    """`blocks` with headings for what was meant as such, if they have none but a title; at least two are needed.

    The level is that of the numbering, or of the order in which styles first come. What stands before all others in a
    style of its own, or right before the first of them, is the title.
    """
    headings = [place for place, block in enumerate(blocks) if isinstance(block, Heading)]
    if headings not in ([], [0]):
        return list(blocks)
    candidates = _candidates(blocks)
    title = _title(blocks, candidates) if not headings else None
    sections = [each for each in candidates if each is not title]
    if len(sections) < _FEWEST:
        return list(blocks)
    top = blocks[0].level if isinstance(blocks[0], Heading) else 1
    levels = _levels(sections, top)
    found = list(blocks)
    for each in sections:
        found[each.place] = _heading(each, levels[each.style])
    if title is not None:
        found[title.place] = _heading(title, 1)
    return found


def _heading(candidate: _Candidate, level: int) -> Heading:
    text = candidate.text
    return Heading(level, without_marks(text, strong=True) if is_strong(text) else text, candidate.key, True)


def _candidates(blocks: Sequence[Block]) -> list[_Candidate]:
    found = []
    for place, block in enumerate(blocks):
        candidate = _candidate(place, block)
        if candidate is not None and place + 1 < len(blocks):
            found.append(candidate)
    return _counted(found)


def _candidate(place: int, block: Block) -> _Candidate | None:
    number = ""
    if isinstance(block, ItemList) and len(block.items) == 1 and block.start is not None:
        # "1. Scope" alone between paragraphs is no list.
        number = f"{block.start}. "
        blocks = block.items[0].blocks
        if len(blocks) != 1:
            return None
        block = blocks[0]
    if not isinstance(block, Paragraph) or BREAK in block.text:
        return None
    said = number + plain(block.text)
    if len(said) > _LONGEST or len(said.split()) > _MOST_WORDS or not any(letter.isalpha() for letter in said):
        return None
    text = broken_at_breaks([Run(number), *block.text]) if number else block.text
    numbered = _NUMBERED.match(said)
    if is_strong(block.text) and not said.endswith(_ENDS_SENTENCE[:-1]):
        return _Candidate(place, numbered[1].count(".") + 1 if numbered else _BOLD, text, block.key)
    if said.endswith(_ENDS_SENTENCE):
        return None
    if numbered is not None:
        first = said[numbered.end()]
        return None if first.islower() else _Candidate(place, numbered[1].count(".") + 1, text, block.key)
    return _Candidate(place, _CAPS, text, block.key) if said.isupper() else None


def _counted(candidates: Sequence[_Candidate]) -> list[_Candidate]:
    """Without numbers that do not count: "2018 Annual report" after "3. Scope" is no chapter."""
    found = []
    last: tuple[int, ...] = ()
    for each in candidates:
        if isinstance(each.style, int):
            numbered = _NUMBERED.match(plain(each.text))
            assert numbered is not None
            number = tuple(int(part) for part in numbered[1].split("."))
            if number <= last or number[0] > (last[0] if last else 0) + 1:
                continue
            last = number
        found.append(each)
    return found


def _title(blocks: Sequence[Block], candidates: Sequence[_Candidate]) -> _Candidate | None:
    first = candidates[0] if candidates else None
    if first is not None and first.place == 0:
        is_alone = sum(each.style == first.style for each in candidates) == 1
        is_above = len(candidates) > 1 and candidates[1].place == 1
        return first if not isinstance(first.style, int) and (is_alone or is_above) else None
    block = blocks[0] if blocks else None
    if not isinstance(block, Paragraph) or BREAK in block.text:
        return None
    said = plain(block.text)
    is_short = len(said) <= _LONGEST and len(said.split()) <= _MOST_WORDS and not said.endswith(_ENDS_SENTENCE)
    return _Candidate(0, _BOLD, block.text, block.key) if is_short else None


def _levels(sections: Sequence[_Candidate], top: int) -> dict[str | int, int]:
    """The level of each style: below `top` the one that comes first; a longer number always below a shorter one."""
    styles = list(dict.fromkeys(each.style for each in sections))
    numbers = sorted(style for style in styles if isinstance(style, int))
    order: list[str | int] = []
    for style in styles:
        if isinstance(style, int):
            if not any(isinstance(each, int) for each in order):
                order += numbers
        else:
            order.append(style)
    return {style: min(top + 1 + place, _DEEPEST) for place, style in enumerate(order)}
