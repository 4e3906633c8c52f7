"""A page as a browser has it, and whether it was written as it is read."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

_VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
#: What a page of this service is made of: nothing here runs, loads or lies over anything.
_ELEMENTS = frozenset(
    """
    html head meta title link body a header main footer nav section article div span p strong small h1 h2 h3 h4 h5 h6
    ul ol li dl dt dd table thead tbody tr th td pre code em hr br blockquote time form label input select option button
    details summary ins del
    """.split()  # noqa: SIM905
)
_ATTRIBUTES = {
    *("lang", "dir", "id", "class", "href", "title", "rel", "start", "scope", "charset", "name", "content", "type"),
    *("role", "tabindex", "aria-label", "aria-labelledby", "aria-current", "aria-hidden", "datetime", "reversed"),
    *("action", "method", "for", "required", "value", "selected"),
}


class _Written(HTMLParser):
    """Each element with those around it, as the source has them."""

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.paths.append(" ".join([*self._open, tag]))
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag


class Parsed:
    """Raises AssertionError unless a browser takes the text for what it was written as, every id is there once, every
    link within it leads somewhere, headings come one level at a time below one title, and all of it is harmless."""

    def __init__(self, text: str) -> None:
        self.tree = LexborHTMLParser(text)
        root = self.tree.root
        assert root is not None
        self.elements = [node for node in root.traverse() if node.tag is not None and not node.tag.startswith("-")]
        written = _Written()
        written.feed(text)
        assert [_path(node) for node in self.elements] == written.paths
        self._check()

    def _check(self) -> None:
        assert {str(node.tag) for node in self.elements} <= _ELEMENTS
        assert {name for node in self.elements for name in node.attributes} <= _ATTRIBUTES
        repeated = [each for each, count in Counter(self.ids).items() if count > 1]
        assert repeated == []
        within = {href[1:] for href in self.links("a") if href.startswith("#")}
        assert within - set(self.ids) == set()
        levels = [int(str(node.tag)[1]) for node in self.elements if node.tag in ("h1", "h2", "h3", "h4", "h5", "h6")]
        assert levels.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(levels))
        fields = {node.attributes["id"] for node in self.elements if node.tag in ("input", "select")}
        assert fields == {node.attributes["for"] for node in self.elements if node.tag == "label"}

    @property
    def ids(self) -> list[str]:
        return [str(node.attributes["id"]) for node in self.elements if "id" in node.attributes]

    def links(self, selector: str) -> list[str]:
        return [str(node.attributes["href"]) for node in self.tree.css(selector) if "href" in node.attributes]

    def texts(self, selector: str) -> list[str]:
        """What each of these says, white space as it is shown."""
        return [" ".join(node.text().split()) for node in self.tree.css(selector)]

    def text(self, selector: str) -> str:
        (found,) = self.texts(selector)
        return found


def _path(node: LexborNode) -> str:
    tags: list[str] = []
    at: LexborNode | None = node
    while at is not None and at.tag is not None and not at.tag.startswith("-"):
        tags.append(at.tag)
        at = at.parent
    return " ".join(reversed(tags))
