"""A policy as HTML that can be put into any page: nothing in its Markdown can run, load or overlay anything.

Two fences: the parser treats raw HTML as text, so that every element and id here is of our making; and what it makes is
sanitised against the list below. Images are not loaded (that would tell their host who reads the policy): their text is
shown instead.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict, deque
from collections.abc import Sequence

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from graph.clauses import PolicyText, code_of, inline_tokens, parse_policy
from graph.model import Clause, Policy

ANCHOR = "clause-"
"""The element of the clause `scope.p2` has the id `clause-scope.p2`."""

_BLOCKS = {"h1", "h2", "h3", "h4", "h5", "h6", "p", "li", "tr", "pre"}
_TAGS = _BLOCKS | {
    "a",
    "blockquote",
    "br",
    "code",
    "em",
    "hr",
    "ol",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "ul",
}
_ATTRIBUTES = {**{tag: {"id"} for tag in _BLOCKS}, "a": {"href", "title"}, "ol": {"start"}, "th": {"scope"}}
_SCHEMES = {"http", "https", "mailto"}
_REL = "noopener noreferrer nofollow"
_UNKNOWN = "\ufffd"
_SURROGATE = re.compile("[\ud800-\udfff]")


def policy_html(policy: Policy) -> str:
    """The whole text, sanitised. Each clause's element has `id="clause-<key>"`; never raises.

    Headings keep their levels. Links lead to http, https and mailto only; others keep their text. A text that is too
    large to be parsed is shown as it was written, without clauses.
    """
    text = parse_policy(policy.markdown)
    if text.is_refused:
        # Not sanitised: there is no tag in it, and the time that would take grows with the square of one long text.
        return f"<pre>{html.escape(_SURROGATE.sub(_UNKNOWN, policy.markdown))}</pre>"
    _anchor(text, policy.clauses)
    return _clean(_render(text.tokens))


def clause_html(clause: Clause) -> str:
    """The clause's own text, sanitised: inline HTML, or a `pre` for a code block. It has no ids."""
    code = code_of(clause)
    if code is not None:
        return _clean(f"<pre><code>{html.escape(code)}</code></pre>")
    return _clean(_render(inline_tokens(clause.text)))


def _anchor(text: PolicyText, clauses: Sequence[Clause]) -> None:
    """Puts each clause's id on the token of its element.

    Clauses are met by kind and text, in order, because their keys need not stand in the text. If this version of the
    parser cuts a stored text otherwise than the one that stored it, the clauses that are still the same keep their ids.
    """
    keys = defaultdict[tuple[str, str], deque[str]](deque)
    for clause in clauses:
        keys[clause.kind, clause.text].append(clause.key)
    for piece in text.pieces:
        waiting = keys.get((piece.kind, piece.text))
        if not waiting:
            continue
        opener = text.tokens[piece.opener]
        opener.attrSet("id", ANCHOR + waiting.popleft())
        if opener.hidden:
            # A further paragraph of an item in a tight list has no element of its own unless it is asked for.
            opener.hidden = text.tokens[piece.opener + 2].hidden = False


class _Renderer(RendererHTML):
    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return html.escape(self.renderInlineAsText(tokens[idx].children, options, env))

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return self.code_block(tokens, idx, options, env)

    def th_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<th scope="col">'


_RENDERER = _Renderer()
_OPTIONS = MarkdownIt("commonmark").options


def _render(tokens: Sequence[Token]) -> str:
    return _RENDERER.render(tokens, _OPTIONS, {})


def _clean(unsafe: str) -> str:
    return nh3.clean(
        _SURROGATE.sub(_UNKNOWN, unsafe),
        tags=_TAGS,
        clean_content_tags=set(),
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        url_relative="deny",
        link_rel=_REL,
    )
