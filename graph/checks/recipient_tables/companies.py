"""The companies that a cell names. Pure.

None vanishes: what is neither an address nor surely a company is told as unclear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.checks.recipient_tables.names import companies_by_comma, has_form, split_outside_brackets
from graph.checks.recipient_tables.places import is_place
from graph.checks.recipient_tables.words import words_of

_BREAK = re.compile(r"<br ?/?>|\n")
_HOUSE_NUMBER = re.compile(r"(?:[A-Z]{1,3}[-–])?\d+[a-z]?(?:[-/–]\d+[a-z]?)?(?:\s+[^\W\d]|$)")
"""What begins with one is an address, and so is a number alone. `1&1` and `3M` are none."""
_POSTCODE = re.compile(r"\b\d{5,6}\b")
_STATE_AND_POSTCODE = re.compile(r"[A-Z]{2} \d{5}\b")
_STREETS = frozenset(
    """
    street st str road rd avenue ave av boulevard blvd bd lane ln drive dr way parkway pkwy square sq suite floor
    building box postfach rue place quai chemin via viale calle plaza ул улица пр проспект пер переулок наб дом офис
    """.split()  # noqa: SIM905
)
_ENDS_OF_STREETS = ("str", "strasse", "gasse", "platz", "allee", "weg", "ring", "damm", "straat", "laan", "gatan")


@dataclass(frozen=True, slots=True)
class NamedCompanies:
    """`unclear` is what may be a company, or an address or remark."""

    names: tuple[str, ...]
    unclear: tuple[str, ...] = ()


def companies_in(cell: str) -> NamedCompanies:
    """What is parted by `;` or a line's end is a company each, but for addresses and for what is in small letters."""
    names: list[str] = []
    unclear: list[str] = []
    for part in split_outside_brackets(_BREAK.sub(";", cell), ";"):
        if names and _is_address(part):
            continue
        if names and _is_remark(part):
            unclear.append(part)
            continue
        for said in companies_by_comma(part):
            names.append(str(said))
            if not _are_address(said.rest):
                unclear.extend(said.rest)
    return NamedCompanies(tuple(names), tuple(unclear))


def _is_address(part: str) -> bool:
    first, *rest = split_outside_brackets(part, ",") or [part]
    if any(map(has_form, (first, *rest))):
        return False
    if _is_line_of_address(first) or (rest and _STATE_AND_POSTCODE.match(rest[0])):
        return True
    return all(map(is_place, (first, *rest)))


def _are_address(rest: Sequence[str]) -> bool:
    """What follows a name and commas: it has a street or postcode, or ends in a country."""
    return not rest or is_place(rest[-1]) or any(map(_is_line_of_address, rest))


def _is_line_of_address(text: str) -> bool:
    if _HOUSE_NUMBER.match(text) or _POSTCODE.search(text):
        return True
    words = words_of(text)
    is_street = any(word in _STREETS or word.endswith(_ENDS_OF_STREETS) for word in words)
    return is_street and any(word[0].isdigit() for word in words)


def _is_remark(part: str) -> bool:
    """`hosting and mail`, but not `eBay`, `booking.com` or `acme GmbH`."""
    return part == part.lower() and part[0].isalpha() and "." not in part and not has_form(part)
