"""Markdown as companies write it -> HTML: of tables, footnotes, definition lists, `{#keys}` and HTML in between."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block.table import escapedSplit
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from graph.clauses.list_numbers import items_without_text
from graph.clauses.parser import TooLargeError, bounded, line_of
from graph.errors import InvalidRevision, Problem
from graph.policy_import.runs import JOINER

KEY_ATTRIBUTE = "data-vitrine-key"
"""Has the explicit key of the element's text."""

WRITTEN_ATTRIBUTE = "data-vitrine-markdown"
"""Is on what Markdown's own marks made: a table is one of data, a line break is meant, code is no page of text."""

# Other names in angle brackets are text, such as <company name>, and so is what would swallow the rest of the text.
_ELEMENTS = frozenset(
    """
    a abbr acronym address article aside audio b bdi bdo big blockquote br button canvas caption center cite code col
    colgroup dd del details dfn dialog dir div dl dt em fieldset figcaption figure font footer form h1 h2 h3 h4 h5 h6
    header hgroup hr i img input ins kbd label legend li main map mark menu nav nobr noscript ol optgroup option p
    picture pre q rp rt ruby s samp script search section select small source span strike strong style sub summary sup
    svg table tbody td tfoot th thead time tr tt u ul var video wbr
    """.split()  # noqa: SIM905
)
_SWALLOWING = {"script", "style"}
_TAG = re.compile(r"<(?=/?([A-Za-z][A-Za-z0-9-]*))")
_DEEP_HEADING = re.compile(r"^ {0,3}#{7,}(?=[ \t]+\S)", re.MULTILINE)
# The usual way to write a comment in Markdown, for it has none.
_COMMENT = re.compile(r"[ >]*\[(?://|comment|_+|#)[^\]]*\]:", re.IGNORECASE)
_NUMBER_ALONE = re.compile(r"(\d)([.)])(?=\s*$)")
_MAX_NESTING = 100


class _Renderer(RendererHTML):
    """Where a raw tag is text, and where `{#` is none of a key, that is written so that HTML says the same."""

    def text(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _literal(tokens[idx].content)

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<code>{escapeHtml(tokens[idx].content)}</code>"

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _TAG.sub(_known, tokens[idx].content)

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _TAG.sub(_known, tokens[idx].content)

    def hardbreak(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<br {WRITTEN_ATTRIBUTE}>"

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<pre {WRITTEN_ATTRIBUTE}>\n{escapeHtml(tokens[idx].content)}</pre>"

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.code_block(tokens, idx, options, env)

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f"<table {WRITTEN_ATTRIBUTE}>"

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return escapeHtml(f"[{tokens[idx].meta['label']}]")

    def footnote_reference_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "<div>"

    def footnote_reference_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</div>"


def _literal(text: str) -> str:
    return escapeHtml(text).replace("{#", f"{{{JOINER}#")


def _known(match: re.Match[str]) -> str:
    name = match[1].lower()
    is_known = name in _ELEMENTS and (name not in _SWALLOWING or f"</{name}" in match.string.lower())
    return "<" if is_known else "&lt;"


def _parser() -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": True, "maxNesting": _MAX_NESTING, "store_labels": True})
    parser.enable(["table", "strikethrough"])
    deflist_plugin(parser)
    footnote_plugin(parser, inline=False, move_to_end=False)
    bounded(parser)
    # Before the keys are taken, for the last cell of a row has its key.
    parser.core.ruler.after("block", "surplus_cells", _keep_surplus_cells)
    return parser


def _keep_surplus_cells(state: StateCore) -> None:
    """Puts what a row has beyond the columns of its table into one more cell, for the parser drops it."""
    lines = state.src.split("\n")
    kept: list[Token] = []
    cells = 0
    for token in state.tokens:
        if token.type == "tr_open":
            cells = 0
        cells += token.type == "td_open"
        if token.type == "tr_close" and cells:
            row = kept[-2]  # the text of its last cell
            surplus = _surplus(lines[line_of(row) - 1], cells)
            if surplus:
                text = Token("inline", "", 0, content=surplus, map=row.map, level=row.level, block=True, children=[])
                kept += [Token("td_open", "td", 1, block=True), text, Token("td_close", "td", -1, block=True)]
        kept.append(token)
    state.tokens = kept


def _surplus(line: str, columns: int) -> str:
    cells = escapedSplit(line.strip(" \t>"))
    if cells and not cells[0]:
        del cells[0]
    return " | ".join(cell.strip() for cell in cells[columns:] if cell.strip())


_MARKDOWN = _parser()
_RENDERER = _Renderer()


def markdown_as_html(markdown: str, file: str) -> str:
    """HTML that says the same, with `KEY_ATTRIBUTE` on what has an explicit key.

    Definitions of links are text where nothing links to them: `[Note]: this` may be meant so. So is a number that
    stands alone, such as `2020.`. Raises InvalidRevision where the text is too large or nested too deeply.
    """
    source = _DEEP_HEADING.sub("######", markdown)
    tokens, env = _parsed(source, file)
    unused, alone = _unused_lines(tokens, env), items_without_text(tokens)
    if unused or alone:
        lines = source.split("\n")
        for at in alone:
            line = line_of(tokens[at]) - 1
            lines[line] = _NUMBER_ALONE.sub(r"\1\\\2", lines[line])
        for line in unused:
            lines[line] = "" if _COMMENT.match(lines[line]) else lines[line].replace("[", "\\[", 1)
        tokens, env = _parsed("\n".join(lines), file)
    for at, token in enumerate(tokens):
        if "key" in token.meta:
            _set_key(tokens, at, token.meta["key"])
        if token.type == "footnote_reference_open":
            _set_label(tokens, at, token.meta["label"])
    return _RENDERER.render(tokens, _MARKDOWN.options, env)


def _parsed(source: str, file: str) -> tuple[list[Token], dict[str, Any]]:
    env: dict[str, Any] = {}
    try:
        tokens = _MARKDOWN.parse(source, env)
    except TooLargeError as error:
        raise InvalidRevision([Problem(file, error.line, error.what, "shorten or divide it")]) from None
    for token in tokens:
        if token.level >= _MAX_NESTING - 1:
            message = "lists and quotes are nested so deeply that what is inside is not read"
            raise InvalidRevision([Problem(file, line_of(token), message, "nest less deeply")])
    return tokens, env


def _set_key(tokens: Sequence[Token], at: int, key: str) -> None:
    opener = tokens[at - 1]
    if opener.type in ("td_open", "th_open"):
        opener = next(tokens[place] for place in range(at, 0, -1) if tokens[place].type == "tr_open")
    if opener.hidden:
        opener.hidden = tokens[at + 1].hidden = False
    opener.attrSet(KEY_ATTRIBUTE, key or " ")  # an empty attribute is read as none


def _set_label(tokens: Sequence[Token], at: int, label: str) -> None:
    """Puts a footnote's label before its first text."""
    for place in range(at, len(tokens)):
        token = tokens[place]
        if token.type == "footnote_reference_close":
            return
        if token.type == "inline" and token.children is not None:
            token.children.insert(0, Token("text", "", 0, content=f"[{label}] "))
            return


def _unused_lines(tokens: Sequence[Token], env: Mapping[str, Any]) -> list[int]:
    """Where definitions stand that no link uses, from 0."""
    references: Mapping[str, Any] = env.get("references", {})
    used = set(_labels(tokens)) if references else set()
    unused = [reference for label, reference in references.items() if label not in used]
    return sorted({reference["map"][0] for reference in [*unused, *env.get("duplicate_refs", ())]})


def _labels(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        if token.type in ("link_open", "image") and "label" in token.meta:
            yield token.meta["label"]
        yield from _labels(token.children or ())
