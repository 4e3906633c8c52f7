"""Where the text of a page is gathered while its tree is read: runs into paragraphs, paragraphs into blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice, takewhile
from typing import TypeAlias

from graph.policy_import.addresses import link_address
from graph.policy_import.blocks import BREAK, Block, Paragraph, Run, StruckOut, plain
from graph.policy_import.chrome import Chrome
from graph.policy_import.html_styles import Attributes, StyleSheet, is_word_marker, word_list_level
from graph.policy_import.items import Levelled, at_bullets, nested, split_marker
from graph.policy_import.markdown_source import KEY_ATTRIBUTE
from graph.policy_import.runs import broken, joined, lines_of, taken_key

Close: TypeAlias = Callable[[], None]
"""What is to be done where an element ends."""

ANCHOR = "clause-"
"""An element with the id `clause-KEY` has that key, as in the HTML that Vitrine serves. Other ids are no keys."""

# What stands in each other deeper than this is read as if it stood there, for Markdown's readers give up further down.
DEEPEST = 16
OF_LIST = 2

_STRONG, _EMPHASIS, _CODE = {"b", "strong"}, {"i", "em"}, {"code", "kbd", "samp", "tt"}
_STRUCK = ("del", "s", "strike")
# What is marked so is another word than what it touches: "30" and the mark of a footnote are not 302 days, nor are 30,
# struck, and 60 in its place 3060. But "1st" is one, and so is "m2".
_WORDS, _NUMBERS = re.compile(r"\w\w"), re.compile(r"\d\d")
_APART = {**dict.fromkeys(("ins", *_STRUCK), _WORDS), **dict.fromkeys(("sup", "sub"), _NUMBERS)}
_LONG_LINE = 80
_MAX_NUMBER = 99_999_999


@dataclass(slots=True)
class Flow:
    """Where blocks are gathered: the page, an item, a cell, a quote.

    `pieces` are those of the paragraph that is being read, `key` its explicit key, `level` that of the list which Word
    means by it, `marker` what Word writes before it.
    """

    blocks: list[Block | Levelled] = field(default_factory=list)
    pieces: list[Run] = field(default_factory=list)
    key: str | None = None
    level: int | None = None
    marker: str | None = None
    is_preformatted: bool = False


class Gathering:
    """The flows that are open, and the marks that text has where the reading is. `struck_out` is in reading order."""

    def __init__(self, styles: StyleSheet, chrome: Chrome | None) -> None:
        self._styles = styles
        self._chrome = chrome
        self._flows = [Flow()]
        self._nesting = 0
        self._strong = self._emphasis = self._code = self._struck = 0
        self.struck_out: list[StruckOut] = []
        self._addresses: list[str | None] = []
        self._apart: re.Pattern[str] | None = None

    @property
    def _flow(self) -> Flow:
        return self._flows[-1]

    def _open_flow(self, attributes: Attributes) -> None:
        self._flows.append(Flow(key=key_of(attributes)))

    def _ended(self) -> list[Block]:
        """What the innermost flow gathered; the flow itself is not taken away."""
        self._flush()
        return nested(self._flow.blocks, (DEEPEST - self._nesting) // OF_LIST)

    def _paragraph(self, tag: str, attributes: Attributes) -> Close:
        self._flush()
        flow = self._flow
        if tag == "p":
            flow.level = word_list_level(attributes)
        flow.key = key_of(attributes) or flow.key
        is_content = self._chrome is not None and self._chrome.enter(tag, attributes)
        marks = self._marks("", attributes)

        def close() -> None:
            self._flush()
            flow.key = flow.level = None
            if marks is not None:
                marks()
            if is_content and self._chrome is not None:
                self._chrome.leave()

        return close

    def _marks(self, tag: str, attributes: Attributes) -> Close | None:
        if is_word_marker(attributes):
            return self._word_marker()
        is_bold = self._styles.is_bold(attributes)
        is_italic = self._styles.is_italic(attributes)
        strong = is_bold if is_bold is not None else tag in _STRONG
        emphasis = is_italic if is_italic is not None else tag in _EMPHASIS
        code = tag in _CODE
        apart = _APART.get(tag)
        if not (strong or emphasis or code or apart):
            return None
        self._apart = self._apart or apart
        self._strong += strong
        self._emphasis += emphasis
        self._code += code

        def close() -> None:
            self._strong -= strong
            self._emphasis -= emphasis
            self._code -= code
            self._apart = self._apart or apart

        return close

    def _struck_out(self, tag: str, attributes: Attributes, close: Close | None) -> Close | None:
        """`close` of any element, and whether its text is struck: a whole list can be."""
        if tag not in _STRUCK and not self._styles.is_struck(attributes):
            return close
        self._struck += 1

        def close_both() -> None:
            if close is not None:
                close()
            self._struck -= 1

        return close_both

    def _word_marker(self) -> Close:
        self._flows.append(Flow())

        def close() -> None:
            marker = "".join(piece.text for piece in self._flows.pop().pieces)
            self._flow.marker = " ".join(marker.split())

        return close

    def _text(self, text: str) -> None:
        address = self._addresses[-1] if self._addresses else None
        if self._apart is not None and text:
            if self._apart.fullmatch("".join(each.text for each in self._flow.pieces[-1:])[-1:] + text[0]):
                self._flow.pieces.append(Run(" "))
            self._apart = None
        struck = self._struck > 0
        self._flow.pieces.append(
            Run(text, self._strong > 0, self._emphasis > 0, self._code > 0, address, struck=struck)
        )

    def _break(self, is_written: bool) -> None:
        """A line break. After a long line of HTML it ends a paragraph, for which two breaks would be the usual way."""
        pieces = self._flow.pieces
        pieces.append(BREAK)
        if is_written or self._flow.is_preformatted:
            return
        line = list(takewhile(lambda piece: piece is not BREAK, islice(reversed(pieces), 1, None)))
        said = "".join(piece.text for piece in line).strip()
        is_title = said and all(piece.strong or not piece.text.strip() for piece in line)
        if len(said) >= _LONG_LINE or is_title:
            pieces.append(BREAK)

    def _picture(self, attributes: Attributes) -> None:
        text = " ".join((attributes.get("alt") or "").split())
        if not text:
            return
        source = link_address(attributes.get("src") or "")
        address = self._addresses[-1] if self._addresses else None
        self._flow.pieces.append(Run(text, self._strong > 0, self._emphasis > 0, False, address, source))

    def _flush(self) -> None:
        """Makes paragraphs of what was gathered."""
        flow = self._flow
        if not flow.pieces or flow.is_preformatted:
            return
        self.struck_out += struck_in(flow.pieces)
        paragraphs = [part for lines in lines_of(flow.pieces) for part in at_bullets(lines)]
        flow.pieces = []
        for lines in paragraphs:
            text, own = taken_key(broken(lines))
            key = flow.key if own is None else own
            flow.key = None
            if not text:
                continue
            if flow.level is None:
                flow.blocks.append(Paragraph(text, key))
            else:
                number, text = split_marker(text, flow.marker)
                flow.blocks.append(Levelled(flow.level, number, (Paragraph(text, key),)))
                flow.marker = None


def struck_in(pieces: Sequence[Run]) -> Iterator[StruckOut]:
    """Of the pieces of one paragraph."""
    if any(piece.struck for piece in pieces):
        text = plain(joined(pieces))
        for is_struck, struck in groupby(pieces, lambda piece: piece.struck):
            words = plain(joined(struck)) if is_struck else ""
            if words:
                yield StruckOut(words, text)


def key_of(attributes: Attributes) -> str | None:
    key = attributes.get(KEY_ATTRIBUTE)
    if key is None and (attributes.get("id") or "").startswith(ANCHOR):
        key = (attributes.get("id") or "").removeprefix(ANCHOR)
    return key


def number_of(text: str | None, default: int) -> int:
    text = (text or "").strip()
    return int(text) if text.isascii() and text.isdigit() and int(text[:12]) <= _MAX_NUMBER else default
