"""The parser of a policy's Markdown: markdown-it, with `{#keys}`, and with bounds on what a text may cost."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.helpers import parseLinkLabel
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline, image, link
from markdown_it.token import Token

MAX_PARAGRAPH = 20_000
"""Characters of one paragraph, item, cell or code block."""

# What follows keeps time and memory in proportion to the text. A wide table of short rows makes hundreds of tokens of a
# few characters; each opened bracket may be looked for to the end of its paragraph; each use of a definition repeats
# its address.
_MAX_TOKENS = 300_000
_MAX_BRACKET_COST = 30_000_000
_MAX_REPEATED = 1_000_000
_MAX_NESTING = 20


class TooLargeError(Exception):
    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


def _count_tokens(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A block rule that never matches: it is asked at every block and row, which is when a text can be given up."""
    if len(state.tokens) > _MAX_TOKENS:
        raise TooLargeError("too many list items, table cells and other pieces")
    return False


def _take_keys(state: StateCore) -> None:
    """Moves each `{#key}` from the end of its block into the inline token's `meta`, before inline marks are read."""
    if state.inlineMode:
        return
    row: list[Token] | None = None
    for token in state.tokens:
        if token.type == "tr_open":
            row = []
        elif token.type == "tr_close" and row is not None:
            last = next((cell for cell in reversed(row) if cell.content), None)
            if last is not None:
                _take_key(last)
            row = None
        elif token.type == "inline":
            if row is None:
                _take_key(token)
            else:
                row.append(token)


def _take_key(token: Token) -> None:
    content = token.content
    at = content.rfind("{#")
    key = content[at + 2 : -1]
    before = content[: max(at, 0)]
    is_escaped = (len(before) - len(before.rstrip("\\"))) % 2 == 1
    if at < 0 or not content.endswith("}") or is_escaped or re.search(r"[{}\n]", key):
        return
    token.content = before.rstrip(" \t\n")
    token.meta["key"] = key


def _read_inline(state: StateCore) -> None:
    cost = 0
    for token in state.tokens:
        length = len(token.content)
        if length > MAX_PARAGRAPH and not state.inlineMode:
            raise TooLargeError(f"a paragraph or code block of more than {MAX_PARAGRAPH:,} characters", line_of(token))
        if token.type == "inline":
            cost += token.content.count("[") * length
            if cost > _MAX_BRACKET_COST:
                raise TooLargeError("too many brackets up to here", line_of(token))
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _link(state: StateInline, silent: bool) -> bool:
    start, before = state.pos, len(state.tokens)
    close = parseLinkLabel(state, start, True) if state.src[start] == "[" else -1
    if close < 0:
        return False
    if state.src.startswith("(", close + 1) and link(state, True):
        # In `[a](b c[d]`, which is no link, the parser takes `[d]` for the label of `[a]` and drops what is between.
        end, state.pos = state.pos, start
        if end > close + 1 and state.src[end - 1] == "]":
            return False
    if not link(state, silent):
        return False
    if not silent:
        # Text that was pending may stand before it.
        token = next(token for token in state.tokens[before:] if token.type == "link_open")
        _note_reference(state, token, close + 1)
    return True


def _image(state: StateInline, silent: bool) -> bool:
    start = state.pos
    if not image(state, silent):
        return False
    if not silent:
        token = state.tokens[-1]
        token.meta["start"] = start + len("![")
        _note_reference(state, token, token.meta["start"] + len(token.content) + len("]"))
    return True


def _note_reference(state: StateInline, token: Token, target: int) -> None:
    """Notes where the target of a reference link, which is its label or nothing, begins and ends in the source."""
    if "label" not in token.meta:
        return
    token.meta["target"] = (target, state.pos)
    state.env["repeated"] = state.env.get("repeated", 0) + sum(len(str(value)) for value in token.attrs.values())
    if state.env["repeated"] > _MAX_REPEATED:
        raise TooLargeError("too many links to long definitions")


def bounded(parser: MarkdownIt) -> MarkdownIt:
    """`parser`, which now takes `{#keys}`, notes what reference links say, and raises TooLargeError at its bounds."""
    parser.block.ruler.before("table", "count_tokens", _count_tokens, {"alt": ["blockquote"]})
    parser.core.ruler.after("block", "take_keys", _take_keys)
    parser.core.ruler.at("inline", _read_inline)
    parser.inline.ruler.at("link", _link)
    parser.inline.ruler.at("image", _image)
    return parser


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "maxNesting": _MAX_NESTING, "store_labels": True})
    parser.enable("table")
    return bounded(parser)


def line_of(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0


MARKDOWN = _parser()
