"""What HTML made by office programs says in styles and classes alone: bold, italic, struck, levels of lists."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

Attributes = Mapping[str, str | None]

_BOLD = re.compile(r"font-weight\s*:\s*(?:bold|bolder|[6-9]00)\b", re.IGNORECASE)
_NOT_BOLD = re.compile(r"font-weight\s*:\s*(?:normal|lighter|[1-5]00)\b", re.IGNORECASE)
_ITALIC = re.compile(r"font-style\s*:\s*(?:italic|oblique)\b", re.IGNORECASE)
_NOT_ITALIC = re.compile(r"font-style\s*:\s*normal\b", re.IGNORECASE)
_STRUCK = re.compile(r"text-decoration(?:-line)?\s*:[^;]*\bline-through\b", re.IGNORECASE)
_NOT_STRUCK = re.compile(r"text-decoration(?:-line)?\s*:\s*none\b", re.IGNORECASE)
_RULE = re.compile(r"([^{}]*)\{([^{}]*)\}")
_CLASS = re.compile(r"\s*(?:span)?\.([\w-]+)\s*")
_WORD_LEVEL = re.compile(r"mso-list\s*:\s*\w+\s+level(\d)", re.IGNORECASE)
_WORD_MARKER = re.compile(r"mso-list\s*:\s*ignore", re.IGNORECASE)
_GOOGLE_LEVEL = re.compile(r"(?:^|\s)lst-kix_\w+-(\d)(?:\s|$)")
_MARGIN = re.compile(r"margin-left\s*:\s*([\d.]+)\s*(pt|in|cm|px)", re.IGNORECASE)
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "px": 0.75}
_POINTS_A_LEVEL = 36
DEEPEST_LEVEL = 8


@dataclass(frozen=True, slots=True)
class StyleSheet:
    """The classes that make text bold, italic or struck by themselves."""

    bold: frozenset[str]
    italic: frozenset[str]
    struck: frozenset[str]

    def is_bold(self, attributes: Attributes) -> bool | None:
        """None where nothing is said of it."""
        return _says(attributes, self.bold, _BOLD, _NOT_BOLD)

    def is_italic(self, attributes: Attributes) -> bool | None:
        return _says(attributes, self.italic, _ITALIC, _NOT_ITALIC)

    def is_struck(self, attributes: Attributes) -> bool | None:
        return _says(attributes, self.struck, _STRUCK, _NOT_STRUCK)


def style_sheet(texts: Iterable[str]) -> StyleSheet:
    """Of the contents of `<style>`; of rules for anything but single classes nothing is taken."""
    bold: set[str] = set()
    italic: set[str] = set()
    struck: set[str] = set()
    for text in texts:
        for selectors, body in _RULE.findall(text):
            names = {found[1] for each in selectors.split(",") if (found := _CLASS.fullmatch(each))}
            if _BOLD.search(body):
                bold |= names
            if _ITALIC.search(body):
                italic |= names
            if _STRUCK.search(body):
                struck |= names
    return StyleSheet(frozenset(bold), frozenset(italic), frozenset(struck))


def _says(attributes: Attributes, names: frozenset[str], yes: re.Pattern[str], no: re.Pattern[str]) -> bool | None:
    style = attributes.get("style") or ""
    if yes.search(style):
        return True
    if no.search(style):
        return False
    return True if names and not names.isdisjoint((attributes.get("class") or "").split()) else None


def is_word_marker(attributes: Attributes) -> bool:
    """Whether an element holds the bullet or number that Word writes before an item."""
    return _WORD_MARKER.search(attributes.get("style") or "") is not None


def is_office_title(attributes: Attributes) -> bool:
    """Whether a paragraph is what Word or Google Docs call the title."""
    classes = (attributes.get("class") or "").split()
    return "MsoTitle" in classes or ("title" in classes and (attributes.get("id") or "").startswith("h."))


def word_list_level(attributes: Attributes) -> int | None:
    """The level, from 0, of a paragraph that Word means as a list item; None for any other."""
    style = attributes.get("style") or ""
    found = _WORD_LEVEL.search(style)
    if found is not None:
        return min(max(int(found[1]) - 1, 0), DEEPEST_LEVEL)
    if "MsoListParagraph" not in (attributes.get("class") or ""):
        return None
    margin = _MARGIN.search(style)
    if margin is None:
        return 0
    points = float(margin[1].rstrip(".") or 0) * _POINTS[margin[2].lower()]
    return min(max(round(points / _POINTS_A_LEVEL) - 1, 0), DEEPEST_LEVEL)


def google_list_level(attributes: Attributes) -> int | None:
    """The level, from 0, of a list that Google Docs writes beside the one which it stands in; None for any other."""
    found = _GOOGLE_LEVEL.search(attributes.get("class") or "")
    return min(int(found[1]), DEEPEST_LEVEL) if found else None
