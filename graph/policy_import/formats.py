"""What a text is written in, told by its content."""

from __future__ import annotations

import re
from enum import StrEnum


class SourceFormat(StrEnum):
    HTML = "html"
    MARKDOWN = "markdown"
    TEXT = "text"


_OPENING_TAGS = (
    *("html", "head", "body", "meta", "style", "script", "title", "header", "nav", "main", "article", "section", "div"),
    *("p", "span", "center", "font", "table", "ul", "ol", "dl", "h[1-6]"),
)
_BEFORE = r"(?:\s|<!--(?>.*?-->)|<\?xml[^>]*>)*+"
_OPENS_DOCUMENT = re.compile(rf"{_BEFORE}<(?:!doctype\s+html|html|head|body)\b", re.I | re.S)
_OPENS_ELEMENT = re.compile(rf"{_BEFORE}<(?:{'|'.join(_OPENING_TAGS)})\b[^<>]*>", re.I | re.S)
_CLOSES_BLOCK = re.compile(r"</(?:p|li|td|th|div|h[1-6]|tr)\s*>", re.I)
_TAG_OR_ENTITY = re.compile(r"<[^<>]*>|&[#\w]+;")
_SEVERAL = 3

# At the start of a line, or of what an item of a list begins with.
_AT_START = r"^(?:[ \t]|[-*+][ \t]|\d{1,9}[.)][ \t])*+"


def _one_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.M | re.I)


# What makes a text Markdown even where HTML stands in it.
_STRUCTURE = _one_of(
    rf"{_AT_START}#{{1,6}}[ \t]+\S",  # a heading
    r"^\S.*\n(?:=+|-{2,})[ \t]*$",  # one that is underlined
    r"\]\((?:https?:|mailto:|/|#)",  # a link
    r"\{#[a-z0-9.-]+\}[ \t]*$",  # a key
    r"\A(?:---|\+\+\+)\n",  # front matter
    r"^[ \t]*+\|?(?:[ \t]*+:?-++:?[ \t]*+\|)++[ \t]*+(?::?-++:?[ \t]*+)?$",  # the rule of a table
)
# What means something else in Markdown than it does in plain text.
_MARK = _one_of(
    r"\*\*[^\s*]|__[^\s_]",  # strong
    r"(?<![\w*_])[*_][^\s*_][^*_\n]{0,500}[*_](?![\w*_])",  # emphasis
    r"`|^~~~",  # code
    rf"{_AT_START}>[ \t]",  # a quote
    r"^\[[^\]\n]+\]:|\[[^\[\]\n]{0,500}\]\([^)\n]",  # a link
    r"\[\^[^\]\s]{1,50}\]",  # a footnote
    r"\\(?:[!-/:-@\[-`{-~]|$)",  # an escape, or a line break
    r"^:[ \t]+\S",  # a definition
    r"^#{7,}[ \t]+\S",
    r"^\[\[?_?toc_?\]?\]$",
    r"&(?:[a-z]+|#\d+|#x[0-9a-f]+);",
    r"</?(?:table|p|br|div|b|strong|em|i|a|ul|ol|li|h[1-6]|td|tr|th|span)(?=[\s/>])[^<>]*>",
)


def format_of(text: str) -> SourceFormat:
    """The format of a text whose lines end in \\n. Plain text is what has no mark of the two others."""
    if _OPENS_DOCUMENT.match(text):
        return SourceFormat.HTML
    is_structured = _STRUCTURE.search(text) is not None
    if not is_structured:
        if _OPENS_ELEMENT.match(text):
            return SourceFormat.HTML
        if len(_CLOSES_BLOCK.findall(text)) >= _SEVERAL and _MARK.search(_TAG_OR_ENTITY.sub("", text)) is None:
            return SourceFormat.HTML
    return SourceFormat.MARKDOWN if is_structured or _MARK.search(text) else SourceFormat.TEXT
