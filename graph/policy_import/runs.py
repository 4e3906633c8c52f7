"""Pieces of text as a source has them -> runs: white space collapsed, marks joined, in one form for the same text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from graph.policy_import.blocks import BREAK, Inline, Run

JOINER = "\u2060"
"""Stands inside `{#` where that is text and no key, until `taken_key` has looked for one."""

_INVISIBLE = re.compile("[\u00ad\u200b\ufeff]")
_KEY = re.compile(r"\s*\{#([^{}\n]*)\}$")
# What Windows has in the places of the C1 controls, which no text has: such a text was taken for Latin-1 once.
_WINDOWS = {
    code: bytes([code]).decode("windows-1252", "replace").replace("\ufffd", "")
    for code in range(0x80, 0xA0)
    if code != 0x85
}
_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f\ud800-\udfff]")
_ENDS_LINE = re.compile("\r\n|[\r\v\f\x1c-\x1f\u0085\u2028\u2029]")
_SENTENCE_MARKS = ".,;:!?…–—-/"


def cleaned(text: str) -> tuple[str, int]:
    """`text` with \\n at the ends of lines and without control characters, and how many of those there were."""
    text = _ENDS_LINE.sub("\n", text.removeprefix("\ufeff"))
    if not text.isascii():
        text = text.translate(_WINDOWS)
    return _CONTROL.subn("", text)


def lines_of(pieces: Iterable[Run]) -> list[list[Inline]]:
    """Paragraphs of lines: two breaks, or more, with nothing between end a paragraph, one ends a line."""
    paragraphs: list[list[Inline]] = [[]]
    line: list[Run] = []
    breaks = 0
    for piece in [*pieces, BREAK]:
        if piece is not BREAK:
            line.append(piece)
            continue
        runs = joined(line)
        line = []
        if not runs:
            breaks += 1
            continue
        if breaks and paragraphs[-1]:
            paragraphs.append([])
        paragraphs[-1].append(runs)
        breaks = 0
    return [lines for lines in paragraphs if lines]


def broken(lines: Sequence[Inline]) -> Inline:
    """The lines of one paragraph as its text."""
    runs: list[Run] = []
    for line in lines:
        runs += [BREAK, *line] if runs else line
    return tuple(runs)


def joined(pieces: Iterable[Run]) -> Inline:
    """One line. A space between two runs has the marks that both have, so that marks begin and end at words."""
    runs: list[_Growing] = []
    space: Run | None = None
    for piece in pieces:
        text = piece.text if piece.text.isascii() else _INVISIBLE.sub("", piece.text)
        core = " ".join(text.split())
        if not core:
            space = piece if text else space
            continue
        if text[0].isspace():
            space = piece
        last = runs[-1] if runs else None
        if last is None:
            runs.append(_Growing(piece, core))
        elif space is None:
            if last.takes(piece):
                last.parts.append(core)
            else:
                runs.append(_Growing(piece, core))
        else:
            _join(runs, last, space, piece, core)
        space = piece if text[-1].isspace() else None
    return tuple(run.run() for run in runs)


class _Growing:
    __slots__ = ("marks", "parts")

    def __init__(self, marks: Run, text: str) -> None:
        self.marks = marks
        self.parts = [text]

    def takes(self, piece: Run) -> bool:
        return self.marks.picture is None and piece.picture is None and _marks(self.marks) == _marks(piece)

    def run(self) -> Run:
        marks = self.marks
        return Run("".join(self.parts), marks.strong, marks.emphasis, marks.code, marks.address, marks.picture)


def _marks(run: Run) -> tuple[bool, bool, bool, str | None]:
    return run.strong, run.emphasis, run.code, run.address


def _join(runs: list[_Growing], last: _Growing, space: Run, piece: Run, core: str) -> None:
    before, after = last.marks, piece
    if last.takes(piece) and (not piece.code or space.code):
        last.parts += [" ", core]
        return
    # In the order in which marks stand in each other: a link, strong, emphasis.
    in_one_link = before.address == after.address
    strong = in_one_link and before.strong and after.strong
    emphasis = in_one_link and before.strong == after.strong and before.emphasis and after.emphasis
    common = Run(" ", strong, emphasis, False, before.address if in_one_link else None)
    if before.picture is None and _marks(before) == _marks(common):
        last.parts.append(" ")
        runs.append(_Growing(piece, core))
    elif after.picture is None and _marks(after) == _marks(common):
        runs.append(_Growing(piece, f" {core}"))
    else:
        runs += [_Growing(common, " "), _Growing(piece, core)]


def in_one_line(lines: Iterable[Inline], mark: str) -> Inline:
    """Lines as one: between two of them `mark` and a space, or the space alone where a mark stands there already."""
    pieces: list[Run] = []
    for line in lines:
        if pieces:
            last = pieces[-1].text
            pieces.append(Run(" " if not mark or last[-1:] in _SENTENCE_MARKS else f"{mark} "))
        pieces += line
    return joined(pieces)


def taken_key(text: Inline) -> tuple[Inline, str | None]:
    """`text` without the `{#key}` that it ends in, and that key."""
    key = None
    last = text[-1] if text else BREAK
    if last.text.endswith("}") and not last.code and last.picture is None:
        found = _KEY.search(last.text)
        if found is not None:
            key = found[1]
            text = (*text[:-1], replace(last, text=last.text[: found.start()]))
    if key is not None or any(JOINER in run.text for run in text):
        text = broken_at_breaks(
            run if run is BREAK else replace(run, text=run.text.replace(JOINER, "")) for run in text
        )
    return text, key


def without_marks(text: Inline, *, strong: bool = False, emphasis: bool = False) -> Inline:
    """`text` without the marks named."""
    return broken_at_breaks(
        run if run is BREAK else replace(run, strong=run.strong and not strong, emphasis=run.emphasis and not emphasis)
        for run in text
    )


def broken_at_breaks(runs: Iterable[Run]) -> Inline:
    """Runs, with breaks among them, in the one form."""
    lines: list[list[Run]] = [[]]
    for run in runs:
        if run is BREAK:
            lines.append([])
        else:
            lines[-1].append(run)
    return broken([line for line in map(joined, lines) if line])


def is_strong(text: Inline) -> bool:
    """Whether all of it is."""
    return bool(text) and all(run.strong or not run.text.strip() for run in text)
