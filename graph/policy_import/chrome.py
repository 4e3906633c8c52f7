"""What stands around the text on a page and is none of it: menus, headers, footers, forms, cookie banners."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from graph.policy_import.html_styles import Attributes

NEVER_TEXT = ("script", "style", "template", "svg", "canvas", "head", "colgroup", "datalist", "map", "audio", "video")
"""What is no text wherever it stands; nothing is said of it."""

_ALWAYS = {"nav", "form", "noscript", "button", "select", "iframe", "object", "embed", "dialog"}
_AROUND = {"header", "footer", "aside"}
_NEVER_THE_TEXT = {"nav", "noscript", "button", "select"}
_MAY_BE_BANNERS = {"div", "section", "aside", "form", "header", "footer"}
_ROLES = {
    "navigation": "nav",
    "banner": "header",
    "contentinfo": "footer",
    "complementary": "aside",
    "search": "form",
    "dialog": "dialog",
    "alertdialog": "dialog",
}
_CONTENT = {"main", "article"}
_LEVELS = ("h1", "h2", "h3", "h4", "h5", "h6")
_HEADINGS = ", ".join((*_LEVELS, "[role=heading]"))
_COOKIES = re.compile(
    r"(?:cookie|consent|gdpr)[\w-]*(?:banner|notice|bar|popup|dialog|modal|overlay|consent)|onetrust|cybot"
)
_SKIP_LINK = re.compile(r"\bskip-?(?:to|link|nav)|\bskiplink")
_BANNER_WORDS = 300


class Chrome:
    """Tells what of one page is left out. `words` is how many the page has in all."""

    def __init__(self, body: LexborNode) -> None:
        self.words = count_words(body)
        self._titles = len(body.css("h1"))
        self._inside = 0
        self._opening: dict[int, bool] = {}  # by what buttons stand in: whether they are its headings

    def enter(self, tag: str, attributes: Attributes) -> bool:
        """Whether the element is one of content, whose header, footer and asides belong to it: `leave` it then."""
        is_content = tag in _CONTENT or attributes.get("role") in _CONTENT
        self._inside += is_content
        return is_content

    def leave(self) -> None:
        self._inside -= 1

    def left_out(self, node: LexborNode, attributes: Attributes) -> tuple[str, int] | None:
        """As what an element is left out, and its number of words; None for one that is kept.

        What holds more than half of the page's words is kept, but for menus and the like: some programs put the whole
        page into a form.
        """
        tag = node.tag or ""
        name = self._name(tag, attributes)
        if (name == "button" and self._is_heading(node)) or (name == "header" and _is_of_section(node)):
            return None
        is_banner = tag in _MAY_BE_BANNERS and _COOKIES.search(_named(attributes)) is not None
        if name is None and not is_banner:
            return None
        words = count_words(node)
        if words * 2 > self.words and name not in _NEVER_THE_TEXT:
            return None
        if is_banner and words <= _BANNER_WORDS and node.css_first("button, input, [role=button]") is not None:
            return "cookie banner", words
        if name == "header" and self._titles and len(node.css("h1")) == self._titles:
            return None
        return None if name is None else (name, words)

    def _is_heading(self, button: LexborNode) -> bool:
        """Whether it is the heading of a text that it opens: one is in it, or it is all that one says."""
        if button.css_first(_HEADINGS) is not None:
            return True
        passed = []
        around = button.parent
        while around is not None and around.mem_id not in self._opening:
            passed.append(around.mem_id)
            if around.tag in _LEVELS or around.attributes.get("role") == "heading":
                self._opening[around.mem_id] = not any(map(str.isalpha, _without_buttons(around)))
                break
            around = around.parent
        is_heading = around is not None and self._opening[around.mem_id]
        self._opening |= dict.fromkeys(passed, is_heading)
        return is_heading

    def _name(self, tag: str, attributes: Attributes) -> str | None:
        role = _ROLES.get((attributes.get("role") or "").strip(), "")
        for name in (tag, role):
            if name in _ALWAYS or (name in _AROUND and not self._inside):
                return name
        if tag == "a" and _SKIP_LINK.search(_named(attributes)):
            return "skip link"
        return None


def _without_buttons(node: LexborNode) -> str:
    found = []
    for child in node.iter(include_text=True):
        if child.is_text_node:
            found.append(child.text_content or "")
        elif child.tag != "button":
            found.append(_without_buttons(child))
    return "".join(found)


def _is_of_section(header: LexborNode) -> bool:
    """Whether it is no header of the page but of a section: a heading is in it, and no menu."""
    around = header.parent
    while around is not None and around.tag != "section":
        around = around.parent
    return around is not None and header.css_first(_HEADINGS) is not None and header.css_first("nav") is None


def _named(attributes: Attributes) -> str:
    return f"{attributes.get('id') or ''} {attributes.get('class') or ''}".lower()


def count_words(node: LexborNode) -> int:
    return len(node.text(separator=" ").split())
