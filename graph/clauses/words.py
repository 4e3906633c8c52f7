"""The words of a clause as a reader sees them, what of them counts, and how two clauses differ in them. Pure.

What does not count is how a text is set: white space, quotes and dashes of whichever form, the case of headings, the
clause's own number or bullet, the mark that ends it, the bars between cells, addresses of links, emphasis.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from markdown_it.token import Token
from rapidfuzz.distance import Indel

from graph.changes import Words, WordsKind
from graph.clauses import code_of, inline_tokens
from graph.clauses.numbering import after_numbering, number_of
from graph.clauses.typography import TYPOGRAPHY
from graph.model import Clause, ClauseKind

_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufe0e\ufe0f\ufeff]")
# Without one of these, inline Markdown is the text that it shows.
_MARKED = re.compile(r"[\\`*_\[<&]")


def text_of(clause: Clause) -> str:
    """What a reader sees of the clause, in Unicode NFC and in one line; a table's cells with ` | ` between."""
    code = code_of(clause)
    if code is not None:
        return _in_one_line(code)
    if _MARKED.search(clause.text) is None:
        return _in_one_line(clause.text)
    return shown_text(inline_tokens(clause.text))


def shown_text(tokens: Sequence[Token]) -> str:
    """What a reader sees of inline tokens, in Unicode NFC and in one line."""
    return _in_one_line("".join(_shown(tokens)))


def words_of(clause: Clause) -> tuple[str, ...]:
    """The words that a reader sees, in order, each with the marks that it touches: what white space parts."""
    words = text_of(clause).split(" ")
    if clause.kind is ClauseKind.TABLE_ROW:
        words = [word for word in words if word != "|"]
    return tuple(word for word in words if word)


def _in_one_line(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", _INVISIBLE.sub("", text)).split())


def _shown(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.children:  # a block's text, or a picture's description
            yield from _shown(token.children)
        elif token.type != "image":
            yield token.content


# ---- what counts -----------------------------------------------------------------------------------------------------

# Normalisation would make 102 of 10² and 11/2 of 1½.
_RAISED = re.compile("(?=[\u00b2\u00b3\u00b9\u00bc-\u00be\u2070-\u209c\u2150-\u215f])")

# Words keep the apostrophes, dots and commas inside them (don't, 12.11.2018, 1,000, name@example.com); scripts that are
# written without spaces are taken by their characters.
_UNSPACED = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARK = r"\s!-/:-@\[-^`{-~\u00a1-\u00a9\u00ab\u00ac\u00ae-\u00b1\u00b6-\u00b8\u00bb\u00bf\u2010-\u206f\u3000-\u303f"
_IN_WORD = rf"[^{_MARK}{_UNSPACED}]"
_FOLDED = re.compile(
    rf"{_IN_WORD}+(?:(?:['.@]|(?<=\d),(?=\d)){_IN_WORD}+)*|[{_UNSPACED}]|''|-+|\.{{2,}}|[^\s|]",
)
_UNIFIED = {"''": '"', "'": '"'}

_ENDING = (".", ";", ",", ":")
_LAST_BUT_ONE = frozenset({"and", "und", "et", "и"})


def folded(words: Sequence[str], *, is_heading: bool = False, keeps_number: bool = False) -> tuple[str, ...]:
    """What counts of `words`, as `words_of` gives them: the words and the marks between them, each on its own.

    Texts that differ only in how they are set fold to the same. Never empty unless `words` are. `keeps_number`: of a
    text that is no clause's, and so has no number of its own.
    """
    counted = words if keeps_number else after_numbering(words, is_heading=is_heading)
    found = _FOLDED.findall(_unified(" ".join(counted)))
    marks = [_UNIFIED.get(mark, "-" if mark[0] == "-" else mark) for mark in found]
    end = len(marks)
    if end > 2 and marks[end - 1] in _LAST_BUT_ONE and marks[end - 2] in (";", ","):
        end -= 1
    while end > 1 and marks[end - 1] in _ENDING:
        end -= 1
    kept = marks[:end] or list(words)
    return tuple(mark.casefold() for mark in kept) if is_heading else tuple(kept)


def beginnings_after(marks: Sequence[str], end: int) -> tuple[int, ...]:
    """Where in folded `marks` a clause of its own may begin after one that ends at `end`: what ends that, or says that
    the last of several follows, does not count."""
    start = end
    while start < len(marks) and marks[start] in _ENDING:
        start += 1
    is_last = start > end and marks[start - 1] in (";", ",") and marks[start : start + 1] != ()
    return (start, start + 1) if is_last and marks[start] in _LAST_BUT_ONE else (start,)


def number_of_clause(clause: Clause) -> tuple[int, ...]:
    """The number that the clause begins with, by its parts; empty without one."""
    return number_of(words_of(clause), is_heading=clause.kind is ClauseKind.SECTION)


def folded_words(clause: Clause) -> tuple[str, ...]:
    """What counts of the clause's words. Empty where it shows none."""
    return folded(words_of(clause), is_heading=clause.kind is ClauseKind.SECTION)


def folded_cells(row: Clause) -> tuple[tuple[str, ...], ...]:
    """What counts of each cell of a table's row; of those at its end that are empty, none."""
    cells: list[list[str]] = [[]]
    for word in filter(None, text_of(row).split(" ")):
        if word == "|":
            cells.append([])
        else:
            cells[-1].append(word)
    while cells and not cells[-1]:
        cells.pop()
    return tuple(folded(cell, keeps_number=True) for cell in cells)


def _unified(text: str) -> str:
    if text.isascii():
        return text.translate(TYPOGRAPHY) if "`" in text else text
    return unicodedata.normalize("NFKC", _RAISED.sub("^", text.translate(TYPOGRAPHY))).translate(TYPOGRAPHY)


# ---- differences -----------------------------------------------------------------------------------------------------

_RUN = re.compile(rf"{_IN_WORD}+(?:(?:['’.@]|(?<=\d),(?=\d)){_IN_WORD}+)*| |[{_UNSPACED}]|.", re.DOTALL)
# Bits of the table that an alignment takes: what is longer, after what begins and ends alike, is shown as replaced.
_MAX_CELLS = 100_000_000


def word_differences(old: Clause, new: Clause) -> tuple[Words, ...]:
    """How `text_of(old)` becomes `text_of(new)`: as few words as possible are removed and added.

    The runs that are SAME or REMOVED make up the old text, those that are SAME or ADDED the new one. Two runs of one
    kind never meet, and what is removed comes before what is added in its place. The other way round the same runs
    come out, removed for added.
    """
    before, after = _RUN.findall(text_of(old)), _RUN.findall(text_of(new))
    # Of several shortest ways the same one is to be found from both sides.
    is_turned = after < before
    blocks = _same_blocks(after, before) if is_turned else _same_blocks(before, after)
    runs: list[Words] = []
    start = begin = 0
    for place, there, size in [*blocks, (len(after if is_turned else before), len(before if is_turned else after), 0)]:
        at, to = (there, place) if is_turned else (place, there)
        runs += _run(WordsKind.REMOVED, before[start:at])
        runs += _run(WordsKind.ADDED, after[begin:to])
        runs += _run(WordsKind.SAME, before[at : at + size])
        start, begin = at + size, to + size
    return tuple(runs)


def _run(kind: WordsKind, words: Sequence[str]) -> list[Words]:
    return [Words(kind, "".join(words))] if words else []


def _same_blocks(before: Sequence[str], after: Sequence[str]) -> list[tuple[int, int, int]]:
    """The stretches that stay, as (place before, place after, length), those of one space between changes left out."""
    shorter = min(len(before), len(after))
    head = next((i for i in range(shorter) if before[i] != after[i]), shorter)
    tail = next((i for i in range(shorter - head) if before[-1 - i] != after[-1 - i]), shorter - head)
    middle, other = before[head : len(before) - tail], after[head : len(after) - tail]
    blocks = [(0, 0, head)]
    if len(middle) * len(other) <= _MAX_CELLS:
        blocks += [
            (head + code.src_start, head + code.dest_start, code.src_end - code.src_start)
            for code in Indel.opcodes(middle, other)
            if code.tag == "equal"
        ]
    blocks.append((len(before) - tail, len(after) - tail, tail))
    joined: list[tuple[int, int, int]] = []
    for place, there, size in blocks:
        if joined and joined[-1][0] + joined[-1][2] == place and joined[-1][1] + joined[-1][2] == there:
            joined[-1] = (joined[-1][0], joined[-1][1], joined[-1][2] + size)
        elif size:
            joined.append((place, there, size))
    last = len(joined) - 1
    return [
        block
        for number, block in enumerate(joined)
        if block[2] > 1 or before[block[0]] != " " or (number in (0, last) and _is_edge(block, before, after))
    ]


def _is_edge(block: tuple[int, int, int], before: Sequence[str], after: Sequence[str]) -> bool:
    place, there, size = block
    return (place, there) == (0, 0) or (place + size, there + size) == (len(before), len(after))
