"""The keys and numbers of clauses."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

from graph.clauses.pieces import Piece, shown
from graph.errors import Problem
from graph.model import ClauseKind

_KEY = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")
_MAX_SLUG = 60
# "2.3 Purposes" is "purposes": what is put in before a section renumbers those after it.
_NUMBERING = re.compile(r"\A\s*(?:§\s*)?\d{1,3}(?:(?:\.\d{1,3})+[.)]?|[.)])\s+")
_KEY_HINT = "write small letters, digits, and single dots or hyphens between them, such as {#scope.software}"


def is_key(text: str) -> bool:
    return _KEY.fullmatch(text) is not None


def keys_of(pieces: Sequence[Piece], file: str) -> tuple[list[str], list[Problem]]:
    """The key of each piece. Explicit ones come first, wherever they stand: none may change for a generated one."""
    explicit: dict[int, str] = {}
    line_by_key: dict[str, int] = {}
    problems = []
    for index, piece in enumerate(pieces):
        if piece.key is None:
            continue
        if not is_key(piece.key):
            problems.append(Problem(file, piece.key_line, f"{{#{shown(piece.key)}}} is not a key", _KEY_HINT))
        elif piece.key in line_by_key:
            message = f"the key '{shown(piece.key)}' is already that of line {line_by_key[piece.key]}"
            problems.append(Problem(file, piece.key_line, message, "give one of the two another key"))
        else:
            explicit[index] = piece.key
            line_by_key[piece.key] = piece.key_line
    taken = set(line_by_key)
    title = _title(pieces)
    counts: Counter[tuple[str, str]] = Counter()
    suffixes: dict[str, int] = {}
    keys: list[str] = []
    for index, piece in enumerate(pieces):
        below = "" if piece.parent in (None, title) else keys[piece.parent] + "."
        letter = _LETTERS[piece.kind]
        counts[below, letter] += 1
        name = _slug(_NUMBERING.sub("", piece.words)) or _slug(piece.words) or f"{letter}{counts[below, letter]}"
        key = explicit.get(index) or _unused(below + name, taken, suffixes)
        taken.add(key)
        keys.append(key)
    return keys, problems


_LETTERS = {
    ClauseKind.SECTION: "s",
    ClauseKind.PARAGRAPH: "p",
    ClauseKind.LIST_ITEM: "i",
    ClauseKind.TABLE_ROW: "r",
}


def _title(pieces: Sequence[Piece]) -> int | None:
    sections = [index for index, piece in enumerate(pieces) if piece.level]
    first_level = [index for index in sections if pieces[index].level == 1]
    return first_level[0] if len(first_level) == 1 and first_level[0] == sections[0] else None


def _slug(words: str) -> str:
    """The letters and digits of ASCII in `words`, accents taken off, hyphens between; empty if there are none."""
    plain = unicodedata.normalize("NFKD", words[: 4 * _MAX_SLUG].casefold())
    parts = re.findall(r"[a-z0-9]+", "".join(c for c in plain if not unicodedata.combining(c)))
    slug = ""
    for part in parts:
        if slug and len(slug) + 1 + len(part) > _MAX_SLUG:
            break
        slug = f"{slug}-{part}" if slug else part[:_MAX_SLUG]
    return slug


def _unused(key: str, taken: set[str], suffixes: dict[str, int]) -> str:
    """`key`, or if it is taken, with the next free of -2, -3, …; `suffixes` remembers the next for each key."""
    candidate = key
    while candidate in taken:
        suffixes[key] = suffixes.get(key, 1) + 1
        candidate = f"{key}-{suffixes[key]}"
    return candidate


def numbers_of(pieces: Sequence[Piece]) -> list[str]:
    """Each piece's place. A title that opens the text is "0" and adds nothing to the numbers below it."""
    title = 0 if _title(pieces) == 0 else None
    counts: Counter[int | None] = Counter()
    numbers: list[str] = []
    for index, piece in enumerate(pieces):
        if index == title:
            numbers.append("0")
            continue
        parent = None if title is not None and piece.parent == title else piece.parent
        counts[parent] += 1
        above = "" if parent is None else numbers[parent] + "."
        numbers.append(f"{above}{counts[parent]}")
    return numbers
