"""The tokens of a policy -> its pieces: clauses before they have keys and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Any

from markdown_it.token import Token

from graph.clauses.list_numbers import items_without_text, numbers_in_text
from graph.clauses.parser import line_of
from graph.errors import Problem
from graph.model import ClauseKind

_MAX_NESTING = 20

_STRAY_KEY = re.compile(r"(?<!\\)\{#[^{}\s]+\}")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_MAX_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Piece:
    """A clause before it has a key and a number.

    `parent` is the index of the piece that it is part of, `opener` that of the token which opens its element. `line`
    counts from 1; `key` is the explicit one, well-formed or not, and stands in `key_line`. `level` is the heading's,
    0 for all else; `words` is the heading's text without marks.
    """

    kind: ClauseKind
    text: str
    line: int
    opener: int
    parent: int | None = None
    key: str | None = None
    key_line: int = 0
    level: int = 0
    words: str = ""


@dataclass(slots=True)
class _Frame:
    """The text, a block quote or a list item while it is read.

    `item` is the token that opened a list item which has had nothing in it yet. `sections` are the headings of this
    frame that are open, as (level, piece).
    """

    parent: int | None
    item: int | None = None
    sections: list[tuple[int, int]] = field(default_factory=list)

    def current(self) -> int | None:
        return self.sections[-1][1] if self.sections else self.parent


@dataclass(slots=True)
class Reader:
    file: str
    source: Sequence[str]
    tokens: Sequence[Token]
    problems: list[Problem]
    pieces: list[Piece] = field(default_factory=list)
    frames: list[_Frame] = field(default_factory=lambda: [_Frame(None)])
    _numbers: Mapping[int, str] = field(default_factory=dict)

    def read(self) -> None:
        self._numbers = numbers_in_text(self.tokens)
        self._report_numbers_alone()
        columns = 0
        for at, token in enumerate(self.tokens):
            frame = self.frames[-1]
            match token.type:
                case "list_item_open":
                    self._report_depth(token)
                    self.frames.append(_Frame(frame.current(), item=at))
                    continue
                case "blockquote_open":
                    self._report_depth(token)
                    self.frames.append(_Frame(frame.current()))
                case "list_item_close" | "blockquote_close":
                    self.frames.pop()
                case "heading_open":
                    self._heading(frame, at)
                case "paragraph_open":
                    self._paragraph(frame, at)
                case "fence" | "code_block":
                    self._code(frame, at)
                case "table_open":
                    columns = 0
                case "tr_open":
                    columns = self._row(frame, at, columns)
                case _:
                    pass
            frame.item = None

    def report_references(self, env: Mapping[str, Any]) -> None:
        """What stands in a definition of a link is shown only through the links that use it."""
        references: Mapping[str, Any] = env.get("references", {})
        used = {token.meta["label"] for token, _ in _references(self.tokens)} if references else set()
        for label, reference in references.items():
            if label not in used:
                message = f"nothing links to the definition [{shown(label.lower())}], so it is not shown"
                hint = "link to it, remove it, or put a backslash before its bracket if it is meant as text"
                self._report(reference["map"][0] + 1, message, hint)
        for reference in env.get("duplicate_refs", ()):
            message = f"the definition [{shown(reference['label'].lower())}] is there already, so this one is not used"
            self._report(reference["map"][0] + 1, message, "rename or remove one of them")

    def _heading(self, frame: _Frame, at: int) -> None:
        level = int(self.tokens[at].tag[1:])
        while frame.sections and frame.sections[-1][0] >= level:
            frame.sections.pop()
        if self._add(ClauseKind.SECTION, [self.tokens[at + 1]], at, frame.current(), level):
            frame.sections.append((level, len(self.pieces) - 1))

    def _paragraph(self, frame: _Frame, at: int) -> None:
        inline = [self.tokens[at + 1]]
        if frame.item is None:
            self._add(ClauseKind.PARAGRAPH, inline, at, frame.current())
        elif self._add(ClauseKind.LIST_ITEM, inline, frame.item, frame.parent, number=self._numbers.get(frame.item)):
            frame.parent = len(self.pieces) - 1

    def _code(self, frame: _Frame, at: int) -> None:
        token = self.tokens[at]
        if "{#" in token.info:
            hint = "cite the paragraph before it, and remove the key"
            self._report(line_of(token), "a code block cannot have a key of its own", hint)
        if token.content.strip():
            self.pieces.append(Piece(ClauseKind.PARAGRAPH, _fenced(token), line_of(token), at, frame.current()))

    def _row(self, frame: _Frame, at: int, columns: int) -> int:
        """Adds the row that opens at `at`; returns the number of columns. `columns` is 0 for the header row."""
        row = takewhile(
            lambda token: token.type != "tr_close", (self.tokens[place] for place in range(at, len(self.tokens)))
        )
        cells = [token for token in row if token.type == "inline"]
        line = line_of(self.tokens[at])
        if columns and _count_cells(self.source[line - 1]) > columns:
            message = f"the row has more cells than the table has columns ({columns}), so the last are not shown"
            self._report(line, message, "add a column to the header, or write \\| for a bar that is text")
        self._add(ClauseKind.TABLE_ROW, cells, at, frame.current())
        return len(cells)

    def _add(
        self,
        kind: ClauseKind,
        inlines: Sequence[Token],
        opener: int,
        parent: int | None,
        level: int = 0,
        number: str | None = None,
    ) -> bool:
        """Adds the piece, unless it has no text. `number`: what stands before it and belongs to it."""
        key, key_line = None, 0
        for inline in inlines:
            line, last_line = inline.map or (0, 0)
            if "key" in inline.meta:
                key, key_line = inline.meta["key"], last_line
            self._report_stray_key(inline)
        if not any(inline.content.strip() for inline in inlines):
            if key is not None:
                hint = "put it at the end of the heading, paragraph, item or row that it is for"
                self._report(key_line, f"the key {{#{shown(key)}}} stands alone", hint)
            return False
        text = " | ".join(_standing_alone(inline) for inline in inlines)
        text = f"{number} {text}" if number else text
        words = _plain_text(inlines[0].children or ()) if level else ""
        line = line_of(inlines[0])
        self.pieces.append(Piece(kind, text, line, opener, parent, key, key_line, level, words))
        return True

    def _report_stray_key(self, inline: Token) -> None:
        if "{#" not in inline.content:
            return
        # Only what is shown as text: a key inside code is an example.
        source = inline.content
        for token in inline.children or ():
            source = source.replace(token.content, "", 1) if token.type == "code_inline" else source
        if _STRAY_KEY.search(source) is None:
            return
        stray = _STRAY_KEY.search("".join(t.content for t in inline.children or () if t.type == "text"))
        if stray is not None:
            hint = "put the key at the very end, with an empty line after it, or write \\{# if it is meant as text"
            self._report(line_of(inline), f"the key {shown(stray[0])} stands inside a text, not at its end", hint)

    def _report_numbers_alone(self) -> None:
        for at in items_without_text(self.tokens):
            token = self.tokens[at]
            message = f"the number {token.info}{token.markup} is read as that of an item without text"
            hint = f"write {token.info}\\{token.markup} if it is meant as text, or remove it"
            self._report(line_of(token), message, hint)

    def _report_depth(self, token: Token) -> None:
        if token.level >= _MAX_NESTING - 1:
            message = "lists and quotes are nested so deeply that what is inside is not read"
            self._report(line_of(token), message, "nest less deeply")

    def _report(self, line: int, message: str, hint: str) -> None:
        self.problems.append(Problem(self.file, line, message, hint))


def shown(text: str) -> str:
    """`text` as a part of a message: short, in one line, and nothing that a terminal would obey."""
    line = " ".join(_CONTROL.sub("\ufffd", text).split())
    return line if len(line) <= _MAX_SHOWN else line[:_MAX_SHOWN] + "…"


def _count_cells(line: str) -> int:
    """Of a table's row. A bar after a backslash is text, as the parser sees it; so is no bar after a quote's mark."""
    row = line.lstrip(" \t>").rstrip(" \t")
    bars = len(re.findall(r"(?<!\\)\|", row))
    return bars + 1 - row.startswith("|") - (len(row) > 1 and row.endswith("|") and not row.endswith("\\|"))


def _fenced(token: Token) -> str:
    longest = max((len(run) for run in re.findall(r"`+", token.content)), default=0)
    fence = "`" * max(3, longest + 1)
    info = "" if "`" in token.info else token.info.strip()
    return f"{fence}{info}\n{token.content.removesuffix(chr(10))}\n{fence}"


def _plain_text(tokens: Sequence[Token]) -> str:
    parts = []
    for token in tokens:
        if token.type == "image":
            parts.append(_plain_text(token.children or ()))
        else:
            parts.append(token.content or " " * (token.type in ("softbreak", "hardbreak")))
    return "".join(parts)


def _references(tokens: Sequence[Token], offset: int = 0) -> Iterator[tuple[Token, int]]:
    """Links and images made by a reference, with the offset of their `target` in the block's source."""
    for token in tokens:
        if "label" in token.meta:
            yield token, offset
        yield from _references(token.children or (), offset + token.meta.get("start", 0))


def _standing_alone(inline: Token) -> str:
    """The source of a block with the address of each reference link written into it."""
    edits = []
    for token, offset in _references(inline.children or ()):
        start, end = token.meta["target"]
        address = _escaped(token.attrs["src" if token.type == "image" else "href"])
        title = _escaped(token.attrs.get("title", ""))
        edits.append((offset + start, offset + end, f'(<{address}> "{title}")' if title else f"(<{address}>)"))
    parts, done = [], 0
    for start, end, target in sorted(edits):
        parts += [inline.content[done:start], target]
        done = end
    return "".join([*parts, inline.content[done:]])


def _escaped(value: object) -> str:
    """For a link's address and title. An entity for the backquote: nothing escapes that inside a code span."""
    return re.sub(r'([\\"<>\[\]]|&(?=#?\w+;))', r"\\\1", str(value)).replace("`", "&#96;")
