"""Generated revisions whose texts have much in common, so that comparing two of them has something to match."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from graph.data_map import DataMap
from graph.model import (
    Adequacy,
    CaseCondition,
    Clause,
    ClauseKind,
    LegalBasis,
    MapElements,
    Policy,
    RecipientKind,
    RetentionPeriod,
    RevisionContent,
)
from tests.builders import a_revision
from tests.strategies import valid_maps

_WORDS = ("we", "keep", "data", "never", "share", "30", "days", "Paris", "logs", "you", "object")
_KINDS = (ClauseKind.PARAGRAPH, ClauseKind.LIST_ITEM)


@st.composite
def revisions(draw: st.DrawFn) -> DataMap:
    """Any map, and a text of a few words in any order."""
    content: RevisionContent = draw(valid_maps())
    title, *rest = content.policy.clauses
    clauses = [title]
    for clause in draw(st.permutations(rest)):
        text = " ".join(draw(st.lists(st.sampled_from(_WORDS), min_size=1, max_size=8)))
        clauses.append(Clause(clause.key, clause.number, draw(st.sampled_from(_KINDS)), text, clause.part_of))
    return DataMap(a_revision(), Policy("", tuple(clauses)), content.elements)


@st.composite
def edited(draw: st.DrawFn, revision: DataMap) -> DataMap:
    """The same with one to three things in its map said otherwise: every reference still resolves, without cycles."""
    elements = revision.elements
    for _ in range(draw(st.integers(1, 3))):
        field = draw(st.sampled_from([field for field in _EDITS if getattr(elements, field)]))
        elements = draw(_edited(field, elements))
    return DataMap(a_revision(2), revision.policy, elements)


_EDITS = (
    *("services", "data_categories", "purposes", "countries", "recipients", "retention_rules"),
    *("processings", "disclosure_cases", "disclosures"),
)


@st.composite
def _edited(draw: st.DrawFn, field: str, elements: MapElements) -> MapElements:
    kept: list[Any] = list(getattr(elements, field))
    place = draw(st.integers(0, len(kept) - 1))
    is_fact = field in ("processings", "disclosures")
    if is_fact and draw(st.booleans()):
        if draw(st.booleans()):
            del kept[place]
        else:
            again = draw(_said_otherwise(field, kept[place], elements))
            kept.append(replace(again, key=f"{again.key}-again"))
    else:
        kept[place] = draw(_said_otherwise(field, kept[place], elements))
    edited: dict[str, Any] = {field: tuple(kept)}
    return replace(elements, **edited)


@st.composite
def _said_otherwise(draw: st.DrawFn, field: str, element: Any, elements: MapElements) -> Any:
    def one(of: str) -> st.SearchStrategy[str]:
        return st.sampled_from([each.key for each in getattr(elements, of)])

    def some(of: str, least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(one(of), min_size=least, max_size=2, unique=True).map(tuple)

    # Keys are numbered so that each is part of, or engages, only those with lower numbers.
    before = [each.key for each in getattr(elements, field) if each.key < element.key]
    values: dict[str, dict[str, st.SearchStrategy[Any]]] = {
        "services": {"part_of": st.sampled_from([None, *before])},
        "data_categories": {"part_of": st.sampled_from([None, *(key for key in before if key[0] == element.key[0])])},
        "purposes": {"legal_basis": st.sampled_from(LegalBasis)},
        "countries": {"adequacy": st.sampled_from(Adequacy)},
        "recipients": {
            "kind": st.sampled_from(RecipientKind),
            "countries": some("countries"),
            "engages": st.lists(st.sampled_from(before), max_size=2, unique=True).map(tuple) if before else st.just(()),
        },
        "retention_rules": {"period": st.none() | st.builds(RetentionPeriod, months=st.integers(1, 9))},
        "processings": {
            "service": one("services"),
            "categories": some("data_categories", 1),
            "source": one("sources"),
            "purpose": one("purposes"),
            "legal_basis": st.sampled_from(LegalBasis),
            "retention": one("retention_rules"),
        },
        "disclosure_cases": {"condition": st.sampled_from(CaseCondition)},
        "disclosures": {
            "services": some("services", 1),
            "categories": some("data_categories", 1),
            "recipient": one("recipients"),
            "purpose": one("purposes"),
            "case": one("disclosure_cases"),
            "identifiable": st.booleans(),
        },
    }
    name = draw(st.sampled_from(sorted(values[field])))
    return replace(element, **{name: draw(values[field][name])})
