"""Runs -> inline Markdown that reads back as the same runs, wherever in a block it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import groupby

from markdown_it.token import Token

from graph.clauses import inline_tokens
from graph.policy_import.blocks import BREAK, Inline, Run
from graph.policy_import.runs import broken_at_breaks, joined, without_marks

_SPECIAL = re.compile(r"[\\`*_\[\]<&~!{|]")
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]*);")
_PUNCTUATION = frozenset("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")
_AFTER_BRACKET = frozenset(" .,;)?!\"'")
# What would begin another kind of block, in one of the dialects that are read, at the start of a line.
_OPENING = re.compile(
    r"#+(?=\s|$)|>|[-+](?=\s|$)|[:~](?=\s)|(?==)[= ]+$|-+$|\+\+\+$|(?=[|:\- ]*-)[|:\- ]+$|(\d{1,9})(?=[.)](?:\s|$))",
    re.MULTILINE,
)


def inline_markdown(text: Inline, *, in_cell: bool = False, opens_block: bool = False) -> str:
    """`text` on one line, but for its breaks. `in_cell`: bars are escaped; `opens_block`: it begins a paragraph.

    Strong and emphasis that Markdown cannot show where they stand (inside a word, against a quote) are left out.
    """
    for kept in _fewer_and_fewer_marks(text):
        written = _written(kept, in_cell)
        if not any(run.strong or run.emphasis for run in kept) or _read(written, in_cell) == kept:
            break
    return _closed(written, opens_block)


def _fewer_and_fewer_marks(text: Inline) -> Iterable[Inline]:
    yield text
    yield without_marks(text, emphasis=True)
    yield without_marks(text, strong=True, emphasis=True)


def _closed(written: str, opens_block: bool) -> str:
    if not opens_block:
        return written
    return "\n".join(
        _OPENING.sub(_escaped_opening, line, count=1) if _opens(line) else line for line in _lines(written)
    )


def _lines(written: str) -> list[str]:
    return written.split("\n")


def _opens(line: str) -> bool:
    return line[:1] in "#>-+:~=|0123456789" and _OPENING.match(line) is not None


def _escaped_opening(match: re.Match[str]) -> str:
    return f"{match[1]}\\" if match[1] else f"\\{match[0]}"


# ---- writing ---------------------------------------------------------------------------------------------------------


def _written(text: Inline, in_cell: bool) -> str:
    runs = list(text)
    parts: list[str] = []
    for (address, is_break), group in groupby(enumerate(runs), lambda pair: (pair[1].address, pair[1] is BREAK)):
        places = [place for place, _ in group]
        if is_break:
            parts.append("\\\n")
            continue
        inner = _emphasised(runs, places, in_cell)
        parts.append(inner if address is None else f"[{inner}]({_address(address, in_cell)})")
    return "".join(parts)


def _emphasised(runs: Sequence[Run], places: Sequence[int], in_cell: bool) -> str:
    parts = []
    for strong, group in groupby(places, lambda place: runs[place].strong):
        mark = "**" if strong else ""
        parts.append(mark)
        for emphasis, inner in groupby(group, lambda place: runs[place].emphasis):
            parts.append("*" * emphasis)
            parts += [_leaf(runs, place, in_cell) for place in inner]
            parts.append("*" * emphasis)
        parts.append(mark)
    return "".join(parts)


def _leaf(runs: Sequence[Run], place: int, in_cell: bool) -> str:
    run = runs[place]
    is_last = place + 1 == len(runs)
    following = None if is_last else runs[place + 1]
    if run.picture is not None:
        return f"![{_escaped(run.text, True, in_cell, True)}]({_address(run.picture, in_cell)})"
    if run.code:
        return _code(run.text, in_cell)
    written = _escaped(run.text, run.address is not None, in_cell, is_last)
    if following is not None and run.text.endswith("!") and _begins_with_bracket(run, following):
        return f"{written[:-1]}\\!"
    return written


def _begins_with_bracket(run: Run, following: Run) -> bool:
    return following.picture is not None or (following.address is not None and following.address != run.address)


def _code(text: str, in_cell: bool) -> str:
    longest = max((len(found) for found in re.findall(r"`+", text)), default=0)
    fence = "`" * (longest + 1)
    padding = " " if text.startswith("`") or text.endswith("`") else ""
    written = f"{fence}{padding}{text}{padding}{fence}"
    return written.replace("|", "\\|") if in_cell else written


def _address(address: str, in_cell: bool) -> str:
    """It was percent-encoded when it was read; brackets need a pair of others around them."""
    written = re.sub(r"[\\<>]", r"\\\g<0>", address)
    written = _ENTITY.sub(lambda match: "\\" + match[0], written)
    if not written or re.search(r"[()\s]", written):
        written = f"<{written}>"
    return written.replace("|", "%7C") if in_cell else written


def _escaped(text: str, in_link: bool, in_cell: bool, is_last: bool) -> str:
    if _SPECIAL.search(text) is None:
        return text
    end = len(text)

    def escape(match: re.Match[str]) -> str:
        character, place = match[0], match.start()
        before = text[place - 1] if place else ""
        after = text[place + 1] if place + 1 < end else ""
        match character:
            case "`" | "*":
                is_mark = True
            case "\\":
                is_mark = not after or after in _PUNCTUATION
            case "_":
                is_mark = not (before.isalnum() and after.isalnum())
            case "[":
                is_mark = in_link or after == "^"
            case "]":
                is_mark = in_link or not (after in _AFTER_BRACKET or after.isalnum() if after else is_last)
            case "<":
                is_mark = after.isalpha() or after in "/!?" if after else not is_last
            case "&":
                is_mark = _ENTITY.match(text, place) is not None
            case "~":
                is_mark = "~" in (before, after)
            case "{":
                is_mark = after == "#"
            case "|":
                is_mark = in_cell
            case _:
                is_mark = False
        return f"\\{character}" if is_mark else character

    return _SPECIAL.sub(escape, text)


# ---- reading back ----------------------------------------------------------------------------------------------------


def _read(written: str, in_cell: bool) -> Inline:
    return broken_at_breaks(_runs(inline_tokens(written.replace("\\|", "|") if in_cell else written)))


def _runs(tokens: Iterable[Token]) -> Iterable[Run]:
    strong = emphasis = 0
    address: str | None = None
    for token in tokens:
        match token.type:
            case "inline":
                yield from _runs(token.children or ())
            case "strong_open" | "strong_close":
                strong += token.nesting
            case "em_open" | "em_close":
                emphasis += token.nesting
            case "link_open":
                address = str(token.attrs["href"])
            case "link_close":
                address = None
            case "hardbreak":
                yield BREAK
            case "softbreak":
                yield Run(" ")
            case "image":
                alt = "".join(run.text for run in joined(_runs(token.children or ())))
                yield Run(alt, strong > 0, emphasis > 0, False, address, str(token.attrs["src"]))
            case _:
                yield Run(token.content, strong > 0, emphasis > 0, token.type == "code_inline", address)
