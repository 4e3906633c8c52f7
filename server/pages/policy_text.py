"""A policy's text as a page shows it: its clauses with permanent links, its headings in order, its contents. Pure.

What is added here is added to HTML that is sanitised already, and made of keys and numbers alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from urllib.parse import quote

from markupsafe import Markup

from graph.clauses.words import number_of_clause, text_of
from graph.data_map import DataMap
from graph.model import Clause
from server.pages.frame import english_within
from server.policy_html import ANCHOR, policy_html

#: That the contents list.
HEADINGS_AT_MOST = 500

# The sanitiser escapes these signs wherever else they stand: so this is every tag, and nothing else.
_TAG = re.compile(r"<(/?)([a-z][a-z0-9]*)([^>]*)>")
_ID = re.compile(rf' id="{ANCHOR}([^"]*)"')
_HEADING = re.compile("h[1-6]")


@dataclass(frozen=True, slots=True)
class Heading:
    """`number` is empty where the heading begins with one of its own. `below`: the headings of its parts."""

    fragment: str
    number: str
    text: str
    below: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class PolicyText:
    """`has_title`: whether a heading of the text is that of the whole page, which then needs no other. `left_out`: how
    many headings the contents do not list."""

    html: Markup
    has_title: bool
    contents: tuple[Heading, ...]
    left_out: int


def fragment(key: str) -> str:
    """What leads to a clause within its page."""
    return f"#{ANCHOR}{quote(key, safe='')}"


def policy_text(data_map: DataMap, address: str) -> PolicyText:
    """`address`: of the revision's page, where the links of its clauses lead for ever."""
    unadorned = policy_html(data_map.policy)
    found = [each for each in _TAG.finditer(unadorned) if not each[1] and _HEADING.fullmatch(each[2])]
    levels = [int(each[2][1]) for each in found]
    has_title = levels[:1] == [1] and levels.count(1) == 1 and _ID.search(found[0][3]) is not None
    adorning = _Adorning(data_map, address, _without_gaps(levels, 1 if has_title else 2))
    adorned = Markup(_TAG.sub(adorning.tag, unadorned))  # noqa: S704 - sanitised
    headings = [each for each in adorning.headings if each[0] > 1]
    listed = headings[:HEADINGS_AT_MOST]
    return PolicyText(adorned, has_title, _nested(listed, 2), len(headings) - len(listed))


class _Adorning:
    """Goes through the tags of a text in order. `headings`: those that are clauses, with their levels."""

    def __init__(self, data_map: DataMap, address: str, levels: Iterator[int]) -> None:
        self._clauses: Mapping[str, Clause] = data_map.clauses
        self._address = html.escape(address)
        self._english = english_within(data_map.revision.language)
        self._levels = levels
        self._level = 0
        # Of a row, where it can only stand in the first cell.
        self._link = ""
        self.headings: list[tuple[int, Clause]] = []

    def tag(self, match: re.Match[str]) -> str:
        closing, name, attributes = match.groups()
        if name == "table":
            # It scrolls where it is wide. A language of its own label would be that of the cells too.
            wide = '<div class="wide" role="group" tabindex="0" aria-label="Table">'
            return f"{match[0]}</div>" if closing else f"{wide}{match[0]}"
        is_heading = _HEADING.fullmatch(name) is not None
        if is_heading:
            self._level = self._level if closing else next(self._levels)
            name = f"h{self._level}"
        found = None if closing else _ID.search(attributes)
        if found is not None:
            self._link = self._linked(self._clauses[html.unescape(found[1])], is_heading)
        link = ""
        if not closing and name != "tr":
            link, self._link = self._link, ""
        return f"<{closing}{name}{attributes}>{link}"

    def _linked(self, clause: Clause, is_heading: bool) -> str:
        name = "the title" if clause.number == "0" else f"clause {clause.number}"
        # Its sign stands in the stylesheet: in the text it would be copied, and found, with every sentence.
        link = (
            f'<a class="mark" href="{self._address}{html.escape(fragment(clause.key))}" '
            f'aria-label="Link to {html.escape(name)}"{self._english}></a>'
        )
        if not is_heading:
            return link
        self.headings.append((self._level, clause))
        number = _number(clause)
        return f'{link}<span class="number">{html.escape(number)}</span> ' if number else link


def _number(clause: Clause) -> str:
    return "" if clause.number == "0" or number_of_clause(clause) else clause.number


def _without_gaps(levels: Sequence[int], first: int) -> Iterator[int]:
    """The levels of headings such that none is skipped on the way down, the highest being `first`."""
    above: list[int] = []
    for level in levels:
        while above and above[-1] >= level:
            above.pop()
        above.append(level)
        yield min(first + len(above) - 1, 6)


def _nested(headings: Sequence[tuple[int, Clause]], level: int) -> tuple[Heading, ...]:
    starts = [at for at, (each, _) in enumerate(headings) if each <= level or at == 0]
    return tuple(
        Heading(
            fragment(headings[start][1].key),
            _number(headings[start][1]),
            text_of(headings[start][1]),
            _nested(headings[start + 1 : end], level + 1),
        )
        for start, end in pairwise([*starts, len(headings)])
    )
