"""Policies of any length and their next versions, in the words of the seed's own policy.

Each word follows on another as it does there, so that texts have its few hundred words, its common phrases, and
clauses that are alike without being the same. The same size and shape give the same text.
"""

from __future__ import annotations

import html
import itertools
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache

from bench.data import SEED
from graph.clauses import read_policy
from graph.clauses.words import words_of
from graph.model import ClauseKind

SENTENCE_WORDS = 18


class Shape(StrEnum):
    """What a policy is made of. PROSE: sections of paragraphs, lists and a table. LIST: short items, and little else.
    PARAGRAPH: one, and nothing else."""

    PROSE = "prose"
    LIST = "list"
    PARAGRAPH = "paragraph"


class Edit(StrEnum):
    REWORDED = "reworded"
    MOVED = "moved"
    REMOVED = "removed"
    ADDED = "added"


#: Of a hundred blocks; the rest stay as they are.
EDITS: Mapping[Edit, int] = {Edit.REWORDED: 6, Edit.MOVED: 2, Edit.REMOVED: 3, Edit.ADDED: 3}


@dataclass(frozen=True, slots=True)
class Block:
    """What becomes one clause. `id`: the same in a next version."""

    id: int
    kind: ClauseKind
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """A policy, block by block in reading order. `edits`: what was done to some of the blocks to make it, by id."""

    blocks: tuple[Block, ...]
    edits: Mapping[int, Edit]

    @property
    def markdown(self) -> str:
        return "".join(_markdown(self.blocks))

    @property
    def html(self) -> str:
        return "<!doctype html>\n<title>Policy</title>\n" + "".join(_html(self.blocks))


def policy(size: int, shape: Shape = Shape.PROSE) -> Text:
    """A policy with about so many bytes of Markdown, never more."""
    choose = random.Random(f"{shape} {size}")  # noqa: S311 (a text, no secret)
    blocks: list[Block] = []
    length = 0
    for kind in _kinds(shape):
        block = Block(len(blocks), kind, _written(choose, kind, shape))
        length += len(block.text) + 6
        if length > size and blocks:
            break
        blocks.append(block)
    return Text(tuple(blocks), {})


def next_version(text: Text) -> Text:
    """The same with `EDITS` made to its paragraphs and items, one of each kind at least where there are blocks enough.

    What is moved, and what is added, comes before another block of its kind, anywhere in the text.
    """
    choose = random.Random(len(text.blocks))  # noqa: S311 (a text, no secret)
    plain = [each for each in text.blocks if each.kind in (ClauseKind.PARAGRAPH, ClauseKind.LIST_ITEM)]
    chosen = iter(choose.sample(plain, len(plain)))
    edits: dict[int, Edit] = {}
    come: dict[int, Block] = {}
    kept = {each.id: each for each in text.blocks}
    for edit, share in EDITS.items():
        for block in itertools.islice(chosen, max(1, len(plain) * share // 100)):
            if edit is Edit.REWORDED:
                kept[block.id] = replace(block, text=_reworded(choose, block.text))
            elif edit is Edit.ADDED:
                block = Block(len(text.blocks) + len(edits), block.kind, _written(choose, block.kind, Shape.PROSE))
            else:
                del kept[block.id]
            if edit in (Edit.MOVED, Edit.ADDED):
                before = next((each for each in chosen if each.kind is block.kind), None)
                if before is None:
                    continue
                come[before.id] = block
            edits[block.id] = edit
    found = itertools.chain.from_iterable((come.get(each.id), kept.get(each.id)) for each in text.blocks)
    return Text(tuple(each for each in found if each is not None), edits)


# ---- words -----------------------------------------------------------------------------------------------------------


@cache
def _following() -> Mapping[str, Sequence[str]]:
    """Every word that follows on each; those that a sentence begins with follow on ""."""
    found = defaultdict(list)
    for clause in read_policy((SEED / "policy.md").read_text()).policy.clauses:
        before = ""
        for word in words_of(clause):
            found[before].append(word)
            before = "" if word.endswith((".", ";", ":")) else word
    return found


def _sentence(choose: random.Random) -> str:
    words: list[str] = []
    while len(words) < SENTENCE_WORDS:
        following = _following().get(words[-1] if words else "")
        if not following:
            break
        words.append(choose.choice(following))
    return " ".join(words).rstrip(".,;:") + "."


def _written(choose: random.Random, kind: ClauseKind, shape: Shape) -> str:
    match kind, shape:
        case _, Shape.PARAGRAPH:
            return " ".join(_sentence(choose) for _ in range(60))
        case ClauseKind.SECTION, _:
            return " ".join(_sentence(choose).split()[:5]).rstrip(".")
        case ClauseKind.TABLE_ROW, _:
            cells = (_sentence(choose).split()[:3], _sentence(choose).split()[:8], _sentence(choose).split()[:2])
            return " | ".join(" ".join(cell).replace("|", "/") for cell in cells)
        case ClauseKind.LIST_ITEM, Shape.LIST:
            return " ".join(_sentence(choose).split()[:7])
        case ClauseKind.LIST_ITEM, _:
            return _sentence(choose)
        case _:
            return " ".join(_sentence(choose) for _ in range(choose.randint(1, 4)))


def _reworded(choose: random.Random, text: str) -> str:
    """With two words of ten others."""
    words = text.split(" ")
    for place in choose.sample(range(len(words)), max(1, len(words) // 5)):
        words[place] = choose.choice(choose.choice(list(_following().values())))
    return " ".join(words)


# ---- blocks ----------------------------------------------------------------------------------------------------------


def _kinds(shape: Shape) -> Iterator[ClauseKind]:
    match shape:
        case Shape.PARAGRAPH:
            yield ClauseKind.PARAGRAPH
        case Shape.LIST:
            yield ClauseKind.PARAGRAPH
            yield from itertools.repeat(ClauseKind.LIST_ITEM)
        case Shape.PROSE:
            for section in itertools.count(1):
                yield ClauseKind.SECTION
                yield from [ClauseKind.PARAGRAPH] * 4
                yield from [ClauseKind.LIST_ITEM] * 5
                if section % 5 == 0:
                    yield from [ClauseKind.TABLE_ROW] * 6


def _markdown(blocks: Sequence[Block]) -> Iterator[str]:
    for kind, group in itertools.groupby(blocks, key=lambda each: each.kind):
        texts = [each.text for each in group]
        match kind:
            case ClauseKind.SECTION:
                yield from (f"## {text}\n\n" for text in texts)
            case ClauseKind.PARAGRAPH:
                yield from (f"{text}\n\n" for text in texts)
            case ClauseKind.LIST_ITEM:
                yield "".join(f"- {text}\n" for text in texts) + "\n"
            case ClauseKind.TABLE_ROW:
                head, *rows = texts
                yield "\n".join([f"| {head} |", "|---|---|---|", *(f"| {row} |" for row in rows)]) + "\n\n"


def _html(blocks: Sequence[Block]) -> Iterator[str]:
    for kind, group in itertools.groupby(blocks, key=lambda each: each.kind):
        texts = [html.escape(each.text) for each in group]
        match kind:
            case ClauseKind.SECTION:
                yield from (f"<h2>{text}</h2>\n" for text in texts)
            case ClauseKind.PARAGRAPH:
                yield from (f"<p>{text}</p>\n" for text in texts)
            case ClauseKind.LIST_ITEM:
                yield "<ul>\n" + "".join(f"<li>{text}</li>\n" for text in texts) + "</ul>\n"
            case ClauseKind.TABLE_ROW:
                rows = (f"<tr><td>{text.replace(' | ', '</td><td>')}</td></tr>\n" for text in texts)
                yield f"<table>\n{''.join(rows)}</table>\n"
