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
from graph.model import Clause, ClauseKind

_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u2060\ufeff]")
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

_TYPOGRAPHY = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u2039\u203a\u02bc\u00b4\u2032`", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\u300c\u300d\u300e\u300f", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d", "-"),
        "\u2026": "...",
    }
)
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

_BULLET = r"[-*+•·●○◦▪▫■□►▶➢✓✔]"
_PLACE = r"(?:\d{1,3}(?:\.\d{1,3})*|[a-zа-яё]|[ivxlc]{1,7})"
_NUMBERING = re.compile(rf"{_BULLET}|\(?{_PLACE}\)|{_PLACE}\.|\d{{1,3}}(?:\.\d{{1,3}})+", re.IGNORECASE)
# Amounts (1.000) and dates (1.5.18, 01.05.) are written like numbers of clauses, which have no zero before a digit.
_AMOUNT_OR_DATE = re.compile(r"\d{1,3}(?:\.\d{3})+\.?|\d{1,2}\.\d{1,2}\.(?:\d{2}|\d{4})\.?|(?:\d+\.)*0\d.*")
_INITIAL = re.compile(r"[^\W\d_]\.")
_PART = r"(?:article|art\.|section|clause|chapter|part|artikel|abschnitt|kapitel|teil|partie|статья|раздел|глава|часть)"
_HEADING_NUMBERING = re.compile(rf"{_PART} {_PLACE}(?:[.:)]| -(?= ))|§ ?\d{{1,3}}[a-z]?\.?", re.IGNORECASE)
# "12. November", "1.5 million", "30 days" begin no numbered clause, though they begin with a number.
_COUNTED = frozenset(
    # one text: so many quoted words would be longer and no clearer
    """
    januar februar märz april mai juni juli august september oktober november dezember jan feb mär apr jun jul aug sep
    sept okt nov dez marts maj quartal
    second seconds minute minutes hour hours day days week weeks month months year years working business calendar
    percent euro euros eur dollar dollars usd cent cents franken pfund
    million millions billion thousand users people persons times
    tag tage tagen woche wochen monat monate monaten jahr jahre jahren stunde stunden werktage prozent millionen
    jour jours semaine semaines mois an ans année années heure heures
    рубль рубля рублей евро долларов
    день дня дней неделя недели недель месяц месяца месяцев год года лет час часа часов рабочих календарных процентов
    """.split()  # noqa: SIM905
)
_ENDING = (".", ";", ",", ":")
_LAST_BUT_ONE = frozenset({"and", "und", "et", "и"})


def folded(words: Sequence[str], *, is_heading: bool = False) -> tuple[str, ...]:
    """What counts of `words`, as `words_of` gives them: the words and the marks between them, each on its own.

    Texts that differ only in how they are set fold to the same. Never empty unless `words` are.
    """
    found = _FOLDED.findall(_unified(" ".join(_without_numbering(words, is_heading))))
    marks = [_UNIFIED.get(mark, "-" if mark[0] == "-" else mark) for mark in found]
    end = len(marks)
    if end > 2 and marks[end - 1] in _LAST_BUT_ONE and marks[end - 2] in (";", ","):
        end -= 1
    while end > 1 and marks[end - 1] in _ENDING:
        end -= 1
    kept = marks[:end] or list(words)
    return tuple(mark.casefold() for mark in kept) if is_heading else tuple(kept)


def folded_words(clause: Clause) -> tuple[str, ...]:
    """What counts of the clause's words. Empty where it shows none."""
    return folded(words_of(clause), is_heading=clause.kind is ClauseKind.SECTION)


def _unified(text: str) -> str:
    if text.isascii():
        return text.translate(_TYPOGRAPHY) if "`" in text else text
    return unicodedata.normalize("NFKC", _RAISED.sub("^", text.translate(_TYPOGRAPHY))).translate(_TYPOGRAPHY)


def _without_numbering(words: Sequence[str], is_heading: bool) -> Sequence[str]:
    """`words` without the clause's own number, letter or bullet, which may be of two parts ("1. a)")."""
    for _ in range(3):
        rest = _after_number(words, is_heading)
        if not rest:
            break
        words = rest
    return words


def _after_number(words: Sequence[str], is_heading: bool) -> Sequence[str]:
    """Empty where `words` begin with no number, or where nothing else is there."""
    start = " ".join(words[:3]).translate(_TYPOGRAPHY)
    first = start.partition(" ")[0]
    size = 1
    if _AMOUNT_OR_DATE.fullmatch(first):
        return ()
    match = _NUMBERING.fullmatch(first)
    if match is None and is_heading:
        match = _HEADING_NUMBERING.match(start)
        size = match[0].count(" ") + 1 if match else 1
        if match and start[match.end() : match.end() + 1] not in ("", " "):
            return ()
    if match is None or len(words) <= size:
        return ()
    following = words[size]
    if match[0][-1].isdigit() and not _begins_text(following):
        return ()
    if following.strip(".,;:").casefold() in _COUNTED:
        return ()
    if not is_heading and first[0].isupper() and _INITIAL.fullmatch(first) and following[:1].isupper():
        return ()  # A. Smith
    return words[size:]


def _begins_text(word: str) -> bool:
    """Whether a number without a mark after it can be that of a clause which begins with `word`, and no amount."""
    bare = word.lstrip("\"'“„«‘(")
    is_unit = bare.isupper() and 1 < len(bare) < 5
    return bare[:1].isalpha() and not bare[:1].islower() and not is_unit


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
