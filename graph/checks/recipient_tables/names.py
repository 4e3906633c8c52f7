"""Names of companies, and which of them name the same one. Pure.

The same name is written in many ways: `OOO "Yandex"`, `Yandex LLC`, `YANDEX, L.L.C.`. What does not count is case,
accents, marks, the legal form, footnote marks and the list's number. Names that are merely alike are never the same.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from graph.checks.recipient_tables.words import words_of
from graph.impact.protected_words import LEGAL_FORMS

_FORMS = LEGAL_FORMS | frozenset(
    """
    aps asa bvba cjsc doo eg ehf ek eurl ev gbr hf jsc kft kgaa lda ltda mbh ou pbc pjsc plt private proprietary
    sarlau sasu sca scs snc sp sprl spzoo sro srls stiftung ug uab zoo zrt пао ао ип
    """.split()  # noqa: SIM905
)
# AB, SE and the like begin names too: AB Tasty.
_FORMS_BEFORE = frozenset("ooo oao zao pao ооо оао зао пао ао ип the".split())  # noqa: SIM905
_BETWEEN_FORMS = frozenset({"and", "und", "et", "o", "haftungsbeschrankt"})

_TRADING = re.compile(
    r"\b(?:trading as|doing business as|d/?b/?a|t/a|also known as|a/?k/?a|handelnd unter|firmierend als|"
    r"exerçant sous(?: le nom(?: de)?)?)\b[.:]?",
    re.IGNORECASE,
)
_FORMER = re.compile(
    r"\b(?:formerly(?: known as)?|previously(?: known as)?|f/?k/?a|vormals|ehemals|früher|anciennement|ранее)\b[.:]?",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"[(\[]([^()\[\]]*)[)\]]\s*$")
_FOOTNOTE = re.compile(r"\[\d{1,3}\]|[\u00b9\u00b2\u00b3\u2070-\u2079*†‡]+")
_NUMBER = re.compile(r"^\s*\d{1,3}[.)]\s+")
_COLORADO = "CO"


@dataclass(frozen=True, slots=True)
class CompanyName:
    """What a name is compared by, each in small letters, with single spaces.

    `names` are the name and what the company trades as; `asides` are what stands in brackets, and former names. These
    may be no names at all ("hosting"), so two companies that have nothing else in common are two.
    """

    names: frozenset[str]
    asides: frozenset[str] = frozenset()

    def is_same(self, other: CompanyName) -> bool:
        return not (
            self.names.isdisjoint(other.names)
            and self.names.isdisjoint(other.asides)
            and self.asides.isdisjoint(other.names)
        )


def company_name(text: str) -> CompanyName:
    """`text` as a reader sees it. Both sets are empty where it has no letter or digit."""
    line = _NUMBER.sub("", _FOOTNOTE.sub("", text))
    # In "Google (Ireland) Ltd." the brackets are a part of the name; those at its end say something of it.
    name, aside = _split_aside(line)
    asides = _FORMER.split(aside)
    names = {line, *_TRADING.split(name), *_TRADING.split(aside)[1:]}
    outside, *former = _FORMER.split(name)
    if former:
        names = {*_TRADING.split(outside)}
    known = frozenset(filter(None, map(_bare, [*names, *map(_without_address, names)])))
    known = known or frozenset(filter(None, [" ".join(words_of(line))]))
    return CompanyName(known, frozenset(filter(None, map(_bare, [*asides, *former]))) - known)


def key_name(key: str) -> CompanyName:
    """What the key of a recipient is compared by: as an aside, for `hosting` is no name."""
    return CompanyName(frozenset(), frozenset({" ".join(words_of(key))}))


def aside_of(name: str) -> str:
    """What stands in brackets at its end."""
    return _split_aside(name)[1]


def _split_aside(line: str) -> tuple[str, str]:
    found = _ASIDE.search(line)
    return (line[: found.start()], found[1]) if found and found.start() else (line, "")


def _without_address(name: str) -> str:
    """`Hetzner Online GmbH, Industriestr. 25, Gunzenhausen` is a name and an address."""
    said, *others = companies_by_comma(name)
    return said.name if said.rest and not others else ""


@dataclass(frozen=True, slots=True)
class SaidCompany:
    """A name up to its legal form, and what follows it between commas."""

    name: str
    rest: tuple[str, ...] = ()

    def __str__(self) -> str:
        return ", ".join((self.name, *self.rest))


def companies_by_comma(text: str) -> list[SaidCompany]:
    """One, unless another name with a legal form follows one: `Mailer Ltd., Tracker Inc.`. Without such forms there is
    no telling what a comma parts."""
    found: list[tuple[list[str], list[str]]] = [([], [])]
    is_named = False
    for part in split_outside_brackets(text, ","):
        name, rest = found[-1]
        if not is_named or (not rest and _belongs_to_name(part)):
            is_named = is_named or has_form(part) or (bool(name) and _is_form(part))
            name.append(part)
        elif _is_company(part):
            found.append(([part], []))
        elif rest and _is_form(part) and part != _COLORADO:
            found.append(([rest.pop(), part], []))  # "Mailer Ltd., Tracker, Inc."
        else:
            rest.append(part)
    return [SaidCompany(", ".join(name), tuple(rest)) for name, rest in found]


def split_outside_brackets(text: str, marks: str) -> list[str]:
    """Without white space around them, and without those that are empty."""
    parts: list[list[str]] = [[]]
    depth = 0
    for character in text:
        if character in marks and not depth:
            parts.append([])
            continue
        depth = max(0, depth + (character in "([") - (character in ")]"))
        parts[-1].append(character)
    return [part for each in parts if (part := "".join(each).strip())]


def has_form(name: str) -> bool:
    words = _joined(words_of(_ASIDE.sub("", name)))
    return len(words) > 1 and (words[-1] in _FORMS or words[0] in _FORMS_BEFORE)


def _is_company(part: str) -> bool:
    """Of what follows a name and a comma: "The Hague" is none, nor is "a Delaware corporation"."""
    return not part[0].islower() and has_form(re.sub(r"^the\s+", "", part, flags=re.IGNORECASE))


def _is_form(part: str) -> bool:
    words = _joined(words_of(part))
    return len(words) == 1 and words[0] in _FORMS


def _belongs_to_name(part: str) -> bool:
    return _is_form(part) or _TRADING.match(part) is not None or _FORMER.match(part) is not None


def _bare(name: str) -> str:
    """Without legal forms; empty where nothing but such is there."""
    words = _joined(words_of(name))
    start, end = 0, len(words)
    while start < end and words[start] in _FORMS_BEFORE:
        start += 1
    while end > start and (words[end - 1] in _FORMS or words[end - 1] in _BETWEEN_FORMS):
        end -= 1
    return " ".join(words[start:end])


def _joined(words: Sequence[str]) -> list[str]:
    """Letters that stand alone side by side are one word: s, a, r, l."""
    joined: list[str] = []
    alone = False
    for word in words:
        is_letter = len(word) == 1
        if alone and is_letter:
            joined[-1] += word
        else:
            joined.append(word)
        alone = is_letter
    return joined
