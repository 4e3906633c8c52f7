"""The companies that a cell names. Pure.

None vanishes: what is neither an address nor surely a company is told as unclear.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from graph.checks.recipient_tables.names import (
    CompanyName,
    SaidCompany,
    aside_of,
    companies_by_comma,
    company_name,
    has_form,
    split_outside_brackets,
)
from graph.checks.recipient_tables.places import is_part_of_country, is_place, is_town
from graph.checks.recipient_tables.words import words_of

_BREAK = re.compile(r"<br ?/?>|\n")
_BEGINS_WITH_NUMBER = re.compile(r"(?:[A-Z]{1,3}[-–])?\d+[a-z]?(?:[-/–]\d+[a-z]?)?(?:\s+[^\W\d]|$)")
"""What begins with one may be an address, but `24 Seven Office` is none. `1&1` and `3M` are not even asked."""
_POSTCODE = re.compile(r"\b\d{5,6}\b|\b[A-Z]{1,3}[-–]\d{4,5}\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b")
_STATE = re.compile(r"[A-Z]{2}(?: \d{5}\b.*)?")
"""`TX 78701`, before which there is a town."""
_STREETS = frozenset(
    """
    level quay wharf court terrace
    street st str road rd avenue ave av boulevard blvd bd lane ln drive dr way parkway pkwy square sq suite floor
    building box postfach rue place quai chemin via viale calle plaza ул улица пр проспект пер переулок наб дом офис
    """.split()  # noqa: SIM905
)
_ENDS_OF_STREETS = (
    "str",
    "strasse",
    "gasse",
    "platz",
    "allee",
    "weg",
    "ring",
    "damm",
    "straat",
    "laan",
    "gatan",
    "gracht",
    "ufer",
)


@dataclass(frozen=True, slots=True)
class NamedCompany:
    """`name` as it stands there, with what follows it between commas; `where` is what follows it in the cell."""

    name: str
    company: CompanyName
    where: str


@dataclass(frozen=True, slots=True)
class NamedCompanies:
    """`unclear` is what may be a company, or an address or remark."""

    companies: tuple[NamedCompany, ...]
    unclear: tuple[str, ...] = ()


def companies_in(cell: str) -> NamedCompanies:
    """What is parted by `;` or a line's end is a company each, but for addresses and for what is in small letters."""
    companies: list[NamedCompany] = []
    unclear: list[str] = []
    follows_address = False
    parts = split_outside_brackets(_BREAK.sub(";", cell), ";")
    for part, after in zip_longest(parts, parts[1:], fillvalue=""):
        may_be_address = _BEGINS_WITH_NUMBER.match(part) is not None
        # Some towns have the names of companies.
        is_address = is_place(after) if is_town(part) and not is_place(part) else _is_address(part)
        if companies and (is_address or (may_be_address and follows_address)):
            companies[-1] = replace(companies[-1], where=f"{companies[-1].where}; {part}")
            follows_address = True
            continue
        follows_address = False
        if companies and (may_be_address or is_town(part) or _is_remark(part)):
            unclear.append(part)
            continue
        for said in companies_by_comma(part):
            companies.append(_named(said))
            unclear += _unclear(said.rest)
    return NamedCompanies(tuple(companies), tuple(unclear))


def _named(said: SaidCompany) -> NamedCompany:
    company, name, rest = company_name(str(said)), said.name, said.rest
    first, *others = split_outside_brackets(name, ",") or [name]
    if others and not has_form(name) and not _unclear(others):
        # A name and an address, though without a legal form between.
        own = company_name(first)
        company = CompanyName(company.names | own.names, company.asides | own.asides)
        name, rest = first, tuple(others)
    return NamedCompany(str(said), company, "; ".join(filter(None, (aside_of(name), ", ".join(rest)))))


def _is_address(part: str) -> bool:
    lines = split_outside_brackets(part, ",") or [part]
    return not any(map(has_form, lines)) and not _unclear(lines)


def _unclear(lines: Sequence[str]) -> list[str]:
    """Of what follows a name, between commas, that which may be no address: what is neither a country nor a known town,
    and stands before the street and the postcode. Before a state it is a town."""
    sure = next((at for at, line in enumerate(lines) if _is_line_of_address(line)), len(lines))
    before = [*lines[:sure], *lines[sure : sure + 1]]
    return [
        line
        for at, line in enumerate(lines[:sure])
        if not (is_place(line) or is_town(line) or _STATE.fullmatch(line))
        and not (at + 1 < len(before) and _is_state(before[at + 1]))
    ]


def _is_state(line: str) -> bool:
    return _STATE.fullmatch(line) is not None or is_part_of_country(line)


def _is_line_of_address(text: str) -> bool:
    words = words_of(text)
    if _POSTCODE.search(text) or "".join(words).isdigit():
        return True
    is_street = any(word in _STREETS or word.endswith(_ENDS_OF_STREETS) for word in words)
    return is_street and any(word[0].isdigit() for word in words)


def _is_remark(part: str) -> bool:
    """`hosting and mail`, but not `eBay`, `booking.com` or `acme GmbH`."""
    return part == part.lower() and part[0].isalpha() and "." not in part and not has_form(part)
