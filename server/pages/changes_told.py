"""The changes between two revisions, each as a page tells of it. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import groupby

from graph.changes import (
    Change,
    ClauseAdded,
    ClauseMoved,
    ClauseRemoved,
    ClauseReworded,
    Difference,
    ElementAdded,
    ElementAltered,
    ElementRemoved,
    Impact,
    RelationshipAdded,
    RelationshipRemoved,
)
from graph.data_map import DataMap
from graph.impact.rules import RULES
from graph.model import Clause, Disclosure, MapElement, Processing
from graph.store.comparisons import Comparison

#: Changes that are listed, of all impacts together, the gravest first.
CHANGES_AT_MOST = 300
#: Clauses that one of them names.
CITED_AT_MOST = 8

_RULES = {rule.name: rule.when for rule in RULES}
_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_WORDS_OF_MODEL = re.compile(r"(?!EEA\b)[A-Z][A-Z_]+(?:, [A-Z][A-Z_]+)*|true|false")
_PERIOD = re.compile(r"P(?=\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
_NAMES_AT_MOST = 3


class Mark(StrEnum):
    """What became of a thing."""

    NEW = "NEW"
    GONE = "GONE"
    CHANGED = "CHANGED"
    REWORDED = "REWORDED"
    MOVED = "MOVED"


@dataclass(frozen=True, slots=True)
class Cited:
    """A clause of the older or of the newer text."""

    clause: Clause
    is_old: bool


@dataclass(frozen=True, slots=True)
class Value:
    """What a thing said of itself, and what it says; None for nothing."""

    label: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """One change, or some of one thing that are alike in all but the `values`, of which there is one for each.

    `noun` and `name` say what changes; a clause has no name. `values`: none where all of it is new or gone. `judged`:
    what its rule says, where the publisher judged otherwise, for a `reason` that may be None.
    """

    mark: Mark
    noun: str
    name: str
    rule: str
    values: tuple[Value, ...]
    cited: tuple[Cited, ...]
    cited_left_out: int
    judged: Impact | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class OfImpact:
    """The changes of one impact: how many there are, those that are told of, and how many are not."""

    impact: Impact
    count: int
    told: tuple[Told, ...]
    left_out: int


def changes_told(comparison: Comparison) -> tuple[OfImpact, ...]:
    """Each impact, the gravest first, also where nothing has it."""
    found = []
    room = CHANGES_AT_MOST
    places = {key: place for each in (comparison.old, comparison.new) for place, key in enumerate(each.clauses)}
    for impact in reversed(Impact):
        changes = [each for each in comparison.changes if each.impact is impact]
        listed = [_told(each, comparison.old, comparison.new, places) for each in changes[:room]]
        found.append(OfImpact(impact, len(changes), tuple(_joined_alike(listed)), len(changes) - len(listed)))
        room -= len(listed)
    return tuple(found)


def _joined_alike(changes: Iterable[Told]) -> Iterator[Told]:
    for alike, each in groupby(changes, lambda told: replace(told, values=())):
        group = list(each)
        if alike.mark is Mark.CHANGED:
            yield replace(alike, values=tuple(value for told in group for value in told.values))
        else:
            yield from group


def _told(change: Change, old: DataMap, new: DataMap, places: Mapping[str, int]) -> Told:
    mark, subject, map = _subject(change.difference, old, new)
    cited = sorted(_cited(change, old, new), key=lambda each: places[each.clause.key])
    adjustment = change.adjustment
    return Told(
        mark,
        _noun(subject),
        _name(subject, map),
        _RULES[change.rule],
        tuple(_values(change.difference, old, new)),
        tuple(cited[:CITED_AT_MOST]),
        max(0, len(cited) - CITED_AT_MOST),
        None if adjustment is None else change.judged,
        None if adjustment is None else adjustment.reason,
    )


def _subject(difference: Difference, old: DataMap, new: DataMap) -> tuple[Mark, MapElement | Clause, DataMap]:
    """What a change is of, as the newer map that has it says."""
    match difference:
        case ElementAdded(element):
            return Mark.NEW, element, new
        case ElementRemoved(element):
            return Mark.GONE, element, old
        case ClauseAdded(clause):
            return Mark.NEW, clause, new
        case ClauseRemoved(clause):
            return Mark.GONE, clause, old
        case ClauseReworded(new=clause):
            return Mark.REWORDED, clause, new
        case ClauseMoved(new=clause):
            return Mark.MOVED, clause, new
        case ElementAltered(new=element) | RelationshipAdded(new=element) | RelationshipRemoved(new=element):
            return Mark.CHANGED, element, new


def _values(difference: Difference, old: DataMap, new: DataMap) -> Iterator[Value]:
    match difference:
        case ElementAltered(attribute=attribute, before=before, after=after):
            yield Value(attribute.replace("_", " ").replace(".", ", "), _readable(before), _readable(after))
        case RelationshipAdded(relationship=relationship, target=target):
            yield Value(_label(relationship), None, _name(target, new))
        case RelationshipRemoved(relationship=relationship, target=target):
            yield Value(_label(relationship), _name(target, old), None)
        case ClauseMoved(old=was, new=is_now):
            yield Value("number", was.number, is_now.number)


def _cited(change: Change, old: DataMap, new: DataMap) -> Iterator[Cited]:
    """As the newer text has them, and of the older one what only it has."""
    yield from (Cited(each, False) for each in new.clauses_of(change.clauses_after))
    if not isinstance(change.difference, ClauseReworded | ClauseMoved):
        gone = [key for key in change.clauses_before if key not in change.clauses_after]
        yield from (Cited(each, True) for each in old.clauses_of(gone))


# ---- words -----------------------------------------------------------------------------------------------------------


def _noun(subject: MapElement | Clause) -> str:
    return _INNER_CAPITAL.sub(" ", type(subject).__name__).capitalize()


def _name(subject: MapElement | Clause, data_map: DataMap) -> str:
    """What people call it; facts, which have no name, by what they join."""
    match subject:
        case Clause():
            return ""
        case Processing(service=service, categories=categories, purpose=purpose):
            used = _joined(data_map.data_categories[each].name for each in categories)
            return f"{data_map.services[service].name}: {used}, for {data_map.purposes[purpose].name}"
        case Disclosure(services=services, categories=categories, recipient=recipient):
            given = _joined(data_map.data_categories[each].name for each in categories)
            givers = _joined(data_map.services[each].name for each in services)
            return f"{givers}: {given}, to {_name(data_map.recipients[recipient], data_map)}"
        case _:
            return subject.name or getattr(subject, "function", "") or subject.key


def _joined(names: Iterable[str]) -> str:
    found: Sequence[str] = list(names)
    more = len(found) - _NAMES_AT_MOST
    # One name is no longer than to say that there is one more.
    return ", ".join(found) if more < 2 else f"{', '.join(found[:_NAMES_AT_MOST])} and {more} more"


def _label(relationship: str) -> str:
    return relationship.lower().replace("_", " ")


def _readable(value: str | None) -> str | None:
    """A value of the model as people say it; a text as it is."""
    if value is None:
        return None
    period = _PERIOD.fullmatch(value)
    if period is not None:
        units = zip(period.groups(), ("year", "month", "day"), strict=True)
        return " ".join(f"{count} {unit}{'' if count == '1' else 's'}" for count, unit in units if count)
    if _WORDS_OF_MODEL.fullmatch(value):
        return {"true": "yes", "false": "no"}.get(value, value.lower().replace("_", " "))
    return value
