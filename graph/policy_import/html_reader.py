"""A tree of HTML -> blocks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from selectolax.lexbor import LexborNode

from graph.policy_import.addresses import link_address
from graph.policy_import.blocks import BREAK, Block, Code, Heading, Paragraph, Quote, Unit, mapped, units
from graph.policy_import.chrome import NEVER_TEXT, Chrome, count_words
from graph.policy_import.definitions import one_line
from graph.policy_import.gathering import DEEPEST, Close, struck_in
from graph.policy_import.html_lists import Lists
from graph.policy_import.html_styles import Attributes, StyleSheet, is_office_title
from graph.policy_import.html_tables import Tables
from graph.policy_import.items import Levelled
from graph.policy_import.markdown_source import WRITTEN_ATTRIBUTE
from graph.policy_import.plain_text import read_plain_text
from graph.policy_import.runs import in_one_line, is_strong, without_marks

_PARAGRAPHS = frozenset(
    """
    address article aside body caption center details dialog div fieldset figcaption figure footer form frameset header
    hgroup hr html legend main nav noframes noscript optgroup option p search section summary tbody tfoot thead title
    """.split()  # noqa: SIM905
)
_HEADING = re.compile(r"h([1-9]\d?)")
_TITLE = 0  # of office programs, whose first level of headings stands below it


class HtmlReader(Lists, Tables):
    """Reads one tree. `left_out` counts words by what was left out."""

    def __init__(self, root: LexborNode, styles: StyleSheet, chrome: Chrome | None) -> None:
        super().__init__(styles, chrome)
        self._start_lists()
        self._start_tables()
        self.left_out: Counter[str] = Counter()
        self._root = root
        self._words = count_words(root)

    def read(self) -> list[Block]:
        closing: list[Close | None] = []
        node = self._root
        while True:
            close, below = self._visit(node)
            if below is not None:
                closing.append(close)
                node = below
                continue
            if close is not None:
                close()
            while closing and node.next is None:
                assert node.parent is not None
                node = node.parent
                if (close := closing.pop()) is not None:
                    close()
            if not closing or node.next is None:
                return _with_title(self._ended())
            node = node.next

    def _visit(self, node: LexborNode) -> tuple[Close | None, LexborNode | None]:
        """What to do at the node's end, and the first node in it if that is to be read."""
        if node.is_text_node:
            self._text(node.text_content or "")
            return None, None
        if not node.is_element_node:
            return None, None
        close, is_read = self._enter(node, (node.tag or "").lower())
        return close, node.first_child if is_read else None

    def _enter(self, node: LexborNode, tag: str) -> tuple[Close | None, bool]:
        """What to do at the element's end, and whether to read what is in it."""
        if tag in NEVER_TEXT:
            return None, False
        attributes: Attributes = node.attributes
        if self._chrome is not None:
            out = self._chrome.left_out(node, attributes)
            if out is not None:
                self.left_out[out[0]] += out[1]
                self._flush()
                return None, False
        close, is_read = self._open(node, tag, attributes)
        return (self._struck_out(tag, attributes, close), True) if is_read else (close, False)

    def _open(self, node: LexborNode, tag: str, attributes: Attributes) -> tuple[Close | None, bool]:
        """As `_enter`, of what belongs to the text."""
        match tag:
            case "br":
                self._break(WRITTEN_ATTRIBUTE in attributes)
                return None, False
            case "img":
                self._picture(attributes)
                return None, False
            case "a":
                return self._link(attributes), True
            case "ul" | "ol" | "menu" | "dir":
                return self._list(tag, attributes), True
            case "li":
                return self._item(attributes), True
            case "dl":
                return self._glossary(), True
            case "dt" | "dd":
                return self._definition(tag == "dt", attributes), True
            case "table":
                return self._table(WRITTEN_ATTRIBUTE in attributes), True
            case "tr":
                return self._row(attributes), True
            case "td" | "th":
                return self._cell(attributes), True
            case "blockquote":
                return self._quote(), True
            case "pre" | "xmp" | "listing" | "plaintext":
                return self._preformatted(node, WRITTEN_ATTRIBUTE in attributes), True
            case "q":
                self._text('"')
                return lambda: self._text('"'), True
        level = self._heading_level(tag, attributes)
        if level is not None:
            return self._heading(level, attributes), True
        if tag in _PARAGRAPHS:
            return self._paragraph(tag, attributes), True
        return self._marks(tag, attributes), True

    def _link(self, attributes: Attributes) -> Close:
        self._addresses.append(link_address(attributes.get("href") or ""))

        def close() -> None:
            self._addresses.pop()

        return close

    def _heading_level(self, tag: str, attributes: Attributes) -> int | None:
        found = _HEADING.fullmatch(tag)
        if found is not None:
            return min(int(found[1]), 6)
        if attributes.get("role") == "heading":
            level = attributes.get("aria-level") or ""
            return min(max(int(level), 1), 6) if level.isascii() and level.isdigit() and len(level) < 4 else 2
        return _TITLE if tag == "p" and is_office_title(attributes) else None

    def _heading(self, level: int, attributes: Attributes) -> Close:
        self._flush()
        self._open_flow(attributes)

        def close() -> None:
            self._flush()
            blocks = [inner for block in self._flows.pop().blocks for inner in _without_level(block)]
            text = in_one_line([line for line in map(one_line, blocks) if line], "")
            if is_strong(text):
                text = without_marks(text, strong=True)
            if text:
                key = next((block.key for block in blocks if isinstance(block, Paragraph) and block.key), None)
                self._flow.blocks.append(Heading(level, text, key))

        return close

    def _quote(self) -> Close:
        if self._nesting >= DEEPEST:
            return self._paragraph("div", {})
        self._flush()
        self._open_flow({})
        self._nesting += 1

        def close() -> None:
            blocks = self._ended()
            self._flows.pop()
            self._nesting -= 1
            if blocks:
                self._flow.blocks.append(Quote(tuple(blocks)))

        return close

    def _preformatted(self, node: LexborNode, is_written: bool) -> Close:
        self._flush()
        self._open_flow({})
        self._flow.is_preformatted = True
        is_page = not is_written and count_words(node) * 2 > self._words

        def close() -> None:
            pieces = self._flows.pop().pieces
            self.struck_out += struck_in(pieces)
            text = "".join("\n" if piece is BREAK else piece.text for piece in pieces)
            text = text.removeprefix("\n").rstrip()
            if is_page:
                self._flow.blocks += read_plain_text(text)
            elif text.strip():
                self._flow.blocks.append(Code(text.replace("\t", "    ")))

        return close


def _without_level(block: Block | Levelled) -> Sequence[Block]:
    return block.blocks if isinstance(block, Levelled) else [block]


def _with_title(blocks: list[Block]) -> list[Block]:
    """`blocks` with the title of an office program as the heading of level 1, and all others below it."""
    levels = [unit.level for unit in units(blocks) if isinstance(unit, Heading)]
    if _TITLE not in levels:
        return blocks
    shift = int(1 in levels and levels[0] == _TITLE)

    def shifted(unit: Unit) -> Unit:
        return replace(unit, level=min(max(unit.level + shift, 1), 6)) if isinstance(unit, Heading) else unit

    return mapped(blocks, shifted)
