"""A policy's Markdown -> its clauses. Pure: the same text gives the same clauses, keys and numbers.

What becomes a clause: every heading, paragraph, code block, list item and table row (the header row too) that has text
of its own. A list item's own text is the paragraph that it begins with; its further paragraphs are clauses below it.
An item that begins with something else is no clause, and what is in it stands where the item stands. So each word of
the text is in exactly one clause. A block quote is no clause; what is in it is.

`Clause.text` is inline Markdown, without the marks of the block (`#`, `-`, `>`); but a number that Markdown takes for
that of an item and that counts nothing ("25. May 2018") stays in it (see `graph.clauses.list_numbers`). The cells of a
row are joined by ` | `, a code block is in a fence, and a reference link has its address in it, so that the text can
stand alone. Raw HTML is text like any other.

Keys: the explicit `{#key}`; without one, the heading's slug below the key of the section that it stands in, or a
letter and the position there, counted by kind: `scope.p2` is the second paragraph of `scope`, `scope.i3.i1` the first
item of its third. i: item, p: paragraph, r: row, s: heading without a letter or digit of ASCII. A title, which is the
first heading and the only one of level 1, is left out of the keys below it: it often names a company or a date, and
keys should outlive both. So is the number that a heading begins with ("2.3 Purposes"). A key that is taken gets -2,
-3, …

Numbers: the children of a clause count from 1 in reading order, whatever their kind, so numbers sorted by their parts
are in reading order.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from markdown_it.token import Token

from graph.clauses.keys import keys_of, numbers_of
from graph.clauses.parser import MARKDOWN, TooLargeError
from graph.clauses.pieces import Piece, Reader
from graph.errors import InvalidRevision, Problem
from graph.model import Clause, ClauseKind, Policy

MAX_BYTES = 1_000_000
"""Of a policy in UTF-8."""

# Normalisation sorts the marks on a letter in quadratic time.
_MAX_MARKS = 30

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PolicyText:
    """A parsed text: markdown-it's tokens, without the `{#keys}`, and its pieces in reading order.

    `tokens` is empty, and `is_refused` true, where the text is too large to parse.
    """

    tokens: tuple[Token, ...]
    pieces: tuple[Piece, ...]
    problems: tuple[Problem, ...]
    is_refused: bool = False


@dataclass(frozen=True, slots=True)
class ReadPolicy:
    """A policy and what is wrong with its text.

    `problems` are sorted by line; `lines` has the first line of each clause by key, counted from 1.
    Where there are problems, `policy` holds what could be read nevertheless, so that other files can be checked
    against it; its keys and numbers are unique all the same.
    """

    policy: Policy
    problems: tuple[Problem, ...]
    lines: Mapping[str, int]

    def accepted(self) -> Policy:
        """The policy. Raises InvalidRevision with the problems if there is any."""
        if self.problems:
            raise InvalidRevision(self.problems)
        return self.policy


def read_policy(markdown: str, file: str = "policy.md") -> ReadPolicy:
    """The clauses of `markdown`, whatever it holds: never raises. `file` is for the problems only.

    `policy.markdown` is the text as given, with line ends as \\n and without a byte order mark.
    """
    source = _normalised(markdown)
    text = parse_policy(source, file)
    keys, problems = keys_of(text.pieces, file)
    clauses = tuple(
        Clause(key, number, piece.kind, piece.text, None if piece.parent is None else keys[piece.parent])
        for key, number, piece in zip(keys, numbers_of(text.pieces), text.pieces, strict=True)
    )
    lines = {key: piece.line for key, piece in zip(keys, text.pieces, strict=True)}
    found = tuple(sorted({*text.problems, *problems}))
    return ReadPolicy(Policy(source, clauses), found, MappingProxyType(lines))


def policy_hash(markdown: str) -> str:
    """SHA-256, in hexadecimal, of the text in Unicode NFC and UTF-8.

    Line ends, a byte order mark and white space at the end of the text do not count: editors change them unasked. White
    space at the end of a line does: two spaces are a line break. A text that `read_policy` finds too many accents in is
    taken as it is.
    """
    text = _normalised(markdown).rstrip(" \t\n")
    if not _has_piled_marks(text):
        text = unicodedata.normalize("NFC", text)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def parse_policy(markdown: str, file: str = "policy.md") -> PolicyText:
    """The tokens and pieces of `markdown`: never raises. The tokens are the caller's own and may be changed."""
    source = _normalised(markdown)
    problems = _problems_of_characters(source, file)
    if len(source) > MAX_BYTES or len(source.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        problems.append(Problem(file, 0, f"longer than {MAX_BYTES:,} bytes", "shorten it"))
        return PolicyText((), (), tuple(problems), is_refused=True)
    env: dict[str, Any] = {}
    try:
        tokens = MARKDOWN.parse(source, env)
    except TooLargeError as error:
        problems.append(Problem(file, error.line, error.what, "shorten or divide it"))
        return PolicyText((), (), tuple(problems), is_refused=True)
    reader = Reader(file, source.split("\n"), tokens, problems)
    reader.read()
    reader.report_references(env)
    if not reader.pieces:
        problems.append(Problem(file, 0, "no clauses: the text says nothing", "write the policy's text"))
    return PolicyText(tuple(tokens), tuple(reader.pieces), tuple(problems))


def inline_tokens(text: str) -> list[Token]:
    """The tokens of a clause's text, which is inline Markdown unless `code_of` says otherwise. Never raises."""
    try:
        return MARKDOWN.parseInline(text, {})
    except TooLargeError:
        return [Token("text", "", 0, content=text)]


def code_of(clause: Clause) -> str | None:
    """The code of a clause that is a code block, None for any other."""
    opening = re.match(r"(`{3,})[^`\n]*\n", clause.text)
    if clause.kind is not ClauseKind.PARAGRAPH or opening is None:
        return None
    return clause.text[opening.end() :].removesuffix(opening[1])


def _normalised(markdown: str) -> str:
    return markdown.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


def _has_piled_marks(source: str) -> bool:
    if source.isascii():
        return False
    marks = 0
    for character in source:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks > _MAX_MARKS:
            return True
    return False


def _problems_of_characters(source: str, file: str) -> list[Problem]:
    problems = []
    found = _CONTROL.search(source)
    if found is not None:
        line = source.count("\n", 0, found.start()) + 1
        more = len(_CONTROL.findall(source)) - 1
        rest = f" (and {more:,} more such after it)" if more else ""
        message = f"the character U+{ord(found[0]):04X} is no text{rest}"
        problems.append(Problem(file, line, message, "remove it; of control characters only tabs and line ends may be"))
    if _has_piled_marks(source):
        problems.append(Problem(file, 0, f"more than {_MAX_MARKS} accents on one letter", "remove them"))
    return problems
