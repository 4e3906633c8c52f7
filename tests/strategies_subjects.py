"""Generated people: reports about them as the lines that services send, and a time to ask about.

Times lie on a grid of a few days and their neighbouring microseconds, so that every boundary is met often. Two people
are reported about, so that one can be shown the other's rows. Keys are those of a map, those of categories that its
door refuses too.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from graph.model import DecisionKind, LegalBasis, MapElements, RevisionContent
from tests.builders import A_DAY

PEOPLE = ("ann", "ben")
DAYS = 8
_BASES = st.sampled_from((LegalBasis.CONSENT, LegalBasis.CONTRACT, LegalBasis.LEGITIMATE_INTERESTS))
_TELLING = dict.fromkeys(LegalBasis, (DecisionKind.RESTRICTION,)) | {
    LegalBasis.CONSENT: (DecisionKind.CONSENT, DecisionKind.CONSENT, DecisionKind.WITHDRAWAL),
    LegalBasis.LEGITIMATE_INTERESTS: (DecisionKind.OBJECTION,),
    LegalBasis.PUBLIC_TASK: (DecisionKind.OBJECTION,),
}
#: Later than anything that is reported.
NOW = A_DAY + timedelta(days=DAYS + 1)


@dataclass(frozen=True, slots=True)
class Reported:
    """Lines in the order in which they arrive, as plain JSON; and the times that are asked about."""

    lines: tuple[dict[str, Any], ...]
    asked: tuple[datetime, ...]


@st.composite
def of_mixed_bases(draw: st.DrawFn, content: RevisionContent) -> RevisionContent:
    """The same revision with more that a decision stops in part only: direct marketing, processings on another basis
    than their purpose's, and disclosures for a purpose that something is processed for."""
    elements = content.elements
    marketing = draw(st.sets(_key(elements.purposes), max_size=1))
    processed = sorted({each.purpose for each in elements.processings})
    return replace(
        content,
        elements=replace(
            elements,
            purposes=tuple(
                replace(each, direct_marketing=True, legal_basis=LegalBasis.CONSENT) if each.key in marketing else each
                for each in elements.purposes
            ),
            processings=tuple(
                replace(each, legal_basis=draw(_BASES)) if draw(st.booleans()) else each
                for each in elements.processings
            ),
            disclosures=tuple(
                replace(each, purpose=draw(st.sampled_from(processed))) if draw(st.booleans()) else each
                for each in elements.disclosures
            ),
        ),
    )


@functools.cache
def times() -> st.SearchStrategy[datetime]:
    return st.builds(
        lambda day, step: A_DAY + timedelta(days=day, microseconds=step),
        st.integers(0, DAYS),
        st.sampled_from((0, 0, 0, 1, -1)),
    ).map(lambda time: max(time, A_DAY))


@st.composite
def subjects(draw: st.DrawFn, elements: MapElements) -> Reported:
    """Reports that fit a map; and a time on the way, and one after everything."""
    line = st.one_of(
        _holdings(elements),
        _holdings(elements),
        _gone(elements),
        _decisions(elements),
        _decisions(elements),
        _trusts(elements),
        _disclosures(elements),
    )
    lines = draw(st.lists(line, min_size=10, max_size=30))
    return Reported(tuple(lines), (draw(times()), NOW))


@st.composite
def _holdings(draw: st.DrawFn, elements: MapElements) -> dict[str, Any]:
    since, *later = sorted(draw(st.lists(times(), min_size=4, max_size=4)))
    line: dict[str, Any] = {"subject": draw(_person()), **draw(_pair(elements)), "since": since.isoformat()}
    for name, time in zip(("last_seen", "until", "reported_at"), draw(st.permutations(later)), strict=True):
        if draw(st.booleans()):
            line[name] = time.isoformat()
    if draw(st.booleans()):
        line["source"] = draw(_key(elements.sources))
        line["records"] = draw(st.integers(0, 9))
    return line


@st.composite
def _gone(draw: st.DrawFn, elements: MapElements) -> dict[str, Any]:
    at = draw(times()).isoformat()
    return {"type": "gone", "subject": draw(_person()), **draw(_pair(elements)), "at": at}


@st.composite
def _decisions(draw: st.DrawFn, elements: MapElements) -> dict[str, Any]:
    """Half of them such as make a difference to a processing; others, the door may refuse."""
    telling = [(each.purpose, kind) for each in elements.processings for kind in _TELLING[each.legal_basis]]
    marketing = [each.key for each in elements.purposes if each.direct_marketing]
    telling += [(key, DecisionKind.OBJECTION) for key in marketing]
    anything = st.tuples(_key(elements.purposes), st.sampled_from(DecisionKind))
    purpose, kind = draw(st.sampled_from(telling) | anything if telling else anything)
    return {
        "type": "decision",
        "subject": draw(_person()),
        "purpose": purpose,
        "decision": kind.value,
        "at": draw(times()).isoformat(),
    }


@st.composite
def _trusts(draw: st.DrawFn, elements: MapElements) -> dict[str, Any]:
    since, until = sorted((draw(times()), draw(times())))
    line = {
        "type": "trust",
        "subject": draw(_person()),
        "towards": draw(st.sampled_from((*PEOPLE, "friend"))),
        "categories": draw(st.lists(_trusted(elements), min_size=1, max_size=2)),
        "since": since.isoformat(),
    }
    return {**line, "until": until.isoformat()} if draw(st.booleans()) else line


@st.composite
def _disclosures(draw: st.DrawFn, elements: MapElements) -> dict[str, Any]:
    return {
        "type": "disclosure",
        "subject": draw(_person()),
        "service": draw(_key(elements.services)),
        "recipient": draw(_key(elements.recipients)),
        "categories": draw(st.lists(_key(elements.data_categories), min_size=1, max_size=2)),
        "at": draw(times()).isoformat(),
    }


def _trusted(elements: MapElements) -> st.SearchStrategy[str]:
    """A category, every other time one that has parts: to trust with a whole is to trust with its parts."""
    wholes = sorted({each.part_of for each in elements.data_categories if each.part_of is not None})
    return st.sampled_from(tuple(wholes)) | _key(elements.data_categories) if wholes else _key(elements.data_categories)


def _person() -> st.SearchStrategy[str]:
    return st.sampled_from((PEOPLE[0], PEOPLE[0], *PEOPLE))


@st.composite
def _pair(draw: st.DrawFn, elements: MapElements) -> dict[str, str]:
    """A service and a category, three times of four such as the map says something of."""
    told: list[tuple[Sequence[str], Sequence[str]]] = [
        *(((each.service,), each.categories) for each in elements.processings),
        *((each.services, each.categories) for each in elements.disclosures),
    ]
    services, categories = _keys(elements.services), _keys(elements.data_categories)
    of_what_is_told: int = draw(st.integers(0, 3))
    if told and of_what_is_told:
        named_services, named_categories = draw(st.sampled_from(told))
        # What is said of a whole holds for its parts, at any depth.
        services = [each.key for each in elements.services if {each.key, each.part_of} & set(named_services)]
        categories = [each.key for each in elements.data_categories if {each.key, each.part_of} & set(named_categories)]
    return {"service": draw(st.sampled_from(services)), "category": draw(st.sampled_from(categories))}


def _key(elements: Sequence[Any]) -> st.SearchStrategy[str]:
    return st.sampled_from(tuple(_keys(elements)))


def _keys(elements: Sequence[Any]) -> list[str]:
    return [each.key for each in elements]
