"""What differs between two revisions: of the elements of their maps, then of the clauses of their texts. Pure.

What is compared is what the revisions say. So these are no differences: the order of elements, of their fields and of
the items of a list; how a file was written; notes and owners, which only staff see; which clauses an element cites, for
what a clause says is compared by itself; the key of the controller, of which there is one; the key, number and kind of
a clause that says the same; white space.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from enum import StrEnum

from graph.changes import (
    ClauseAdded,
    ClauseMoved,
    ClauseRemoved,
    ClauseReworded,
    Difference,
    ElementAdded,
    ElementAltered,
    ElementDifference,
    ElementRemoved,
    RelationshipAdded,
    RelationshipRemoved,
)
from graph.clauses.matching import match_clauses
from graph.clauses.words import word_differences
from graph.data_map import DataMap, all_elements
from graph.links import LINKS
from graph.map_file.shape import kinds
from graph.model import MapElement, RetentionException, RetentionPeriod, RetentionRule

#: Fields that are no differences: identity, what is for staff, and citations.
_PASSED_OVER = frozenset({"key", "note", "owner", "clauses"})

_ByName = Mapping[tuple[str, str], MapElement]


def compare(old: DataMap, new: DataMap) -> tuple[Difference, ...]:
    """Every difference, in an order that depends on the two revisions alone.

    Elements come by kind in the order of the map, then by key, each with its fields in the order of the model, what is
    removed from a list before what is added to it; then clauses in reading order of the new text, one that is gone
    after what was before it in the old text. A revision differs from itself in nothing; the other way round
    the same differences come out mirrored, added for removed.
    """
    return (*_elements(old, new), *_clauses(old, new))


# ---- the map ---------------------------------------------------------------------------------------------------------


def _elements(old: DataMap, new: DataMap) -> Iterator[ElementDifference]:
    befores, afters = by_name(old), by_name(new)
    yield from _within(old.elements.controller, new.elements.controller, befores, afters)
    for kind in kinds():
        if kind.is_single:
            continue
        label = kind.element.__name__
        for key in sorted({name for each, name in (*befores, *afters) if each == label}):
            before, after = befores.get((label, key)), afters.get((label, key))
            if before is None:
                assert after is not None
                yield ElementAdded(after)
            elif after is None:
                yield ElementRemoved(before)
            elif before != after:
                yield from _within(before, after, befores, afters)


def by_name(data_map: DataMap) -> _ByName:
    """Every element of a map, by its label and key."""
    return {(type(each).__name__, each.key): each for each in all_elements(data_map.elements)}


def _within(old: MapElement, new: MapElement, befores: _ByName, afters: _ByName) -> Iterator[ElementDifference]:
    """What an element of both maps says otherwise, or refers to otherwise."""
    links = LINKS.get(type(old).__name__, {})
    for field in fields(old):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name in _PASSED_OVER or before == after:
            continue
        if isinstance(old, RetentionRule) and field.name == "exceptions":
            yield from _exceptions(old, new, before, after)
        elif link := links.get(field.name):
            gone, come = _keys(before), _keys(after)
            for key in sorted(gone - come):
                yield RelationshipRemoved(old, new, link.type, befores[link.label, key])
            for key in sorted(come - gone):
                yield RelationshipAdded(old, new, link.type, afters[link.label, key])
        elif (said := _text(before)) != (says := _text(after)):
            yield ElementAltered(old, new, field.name, said, says)


def _keys(value: str | Sequence[str] | None) -> frozenset[str]:
    """The keys in a field that names one element, or some, or none."""
    return frozenset((value,) if isinstance(value, str) else value or ())


def _exceptions(
    old: MapElement, new: MapElement, before: Iterable[RetentionException], after: Iterable[RetentionException]
) -> Iterator[ElementAltered]:
    # They belong to their rule: what is altered is the rule, at a place that is named like a field.
    said, says = {each.key: each.name for each in before}, {each.key: each.name for each in after}
    for key in sorted(said.keys() | says.keys()):
        if said.get(key) != says.get(key):
            yield ElementAltered(old, new, f"exceptions.{key}", said.get(key), says.get(key))


def _text(value: object) -> str | None:
    """A plain value as text: lists of words sorted, lengths of time as ISO 8601 has them, None for nothing."""
    match value:
        case None | "" | ():
            return None
        case bool():
            return "true" if value else "false"
        case StrEnum():
            return value.value
        case tuple():
            return ", ".join(sorted(value))
        case RetentionPeriod(years, months, days):
            units = (f"{count}{unit}" for count, unit in ((years, "Y"), (months, "M"), (days, "D")) if count)
            return "P" + ("".join(units) or "0D")
        case _:
            return str(value)


# ---- the text --------------------------------------------------------------------------------------------------------


def _clauses(old: DataMap, new: DataMap) -> Iterator[Difference]:
    for match in match_clauses(old.policy.clauses, new.policy.clauses):
        if match.old is None:
            assert match.new is not None
            yield ClauseAdded(match.new)
        elif match.new is None:
            yield ClauseRemoved(match.old)
        else:
            if match.old.text.split() != match.new.text.split():
                yield ClauseReworded(match.old, match.new, word_differences(match.old, match.new))
            if match.is_moved:
                yield ClauseMoved(match.old, match.new)
