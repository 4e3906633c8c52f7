"""Which rule a difference between clauses falls under, and what the clause states. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from graph.changes import ClauseAdded, ClauseDifference, ClauseMoved, ClauseRemoved, ClauseReworded
from graph.data_map import DataMap, all_elements
from graph.impact import rules
from graph.impact.rules import Rule
from graph.impact.wording import Wording, Wordings
from graph.model import MapElement, RetentionRule

#: The label and key of an element.
Name: TypeAlias = tuple[str, str]


def name_of(element: MapElement) -> Name:
    return type(element).__name__, element.key


def cited_by(element: MapElement) -> tuple[str, ...]:
    """The clauses that state an element or, of a retention rule, one of its exceptions; each once."""
    exceptions = element.exceptions if isinstance(element, RetentionRule) else ()
    return tuple(dict.fromkeys((*element.clauses, *(key for each in exceptions for key in each.clauses))))


class Statements:
    """What the clauses of two revisions state."""

    def __init__(self, old: DataMap, new: DataMap) -> None:
        self._old, self._new = _stated(old), _stated(new)

    def of(self, difference: ClauseDifference) -> tuple[MapElement, ...]:
        """The elements that the clause stated, or states, each once: as the new revision has it where both do."""
        before: Iterable[MapElement] = ()
        after: Iterable[MapElement] = ()
        match difference:
            case ClauseAdded(clause):
                after = self._new.get(clause.key, ())
            case ClauseRemoved(clause):
                before = self._old.get(clause.key, ())
            case ClauseReworded(old, new) | ClauseMoved(old, new):
                before, after = self._old.get(old.key, ()), self._new.get(new.key, ())
        return tuple({name_of(each): each for each in (*before, *after)}.values())


def _stated(data_map: DataMap) -> Mapping[str, list[MapElement]]:
    found: dict[str, list[MapElement]] = {}
    for element in all_elements(data_map.elements):
        for key in cited_by(element):
            found.setdefault(key, []).append(element)
    return found


def rule_of_clause(
    difference: ClauseDifference, stated: Iterable[MapElement], changed: frozenset[Name], wordings: Wordings
) -> Rule:
    """`stated`: what the clause states. `changed`: the elements with changes of which people are told."""
    match difference:
        case ClauseMoved():
            return rules.CLAUSE_MOVED
        case ClauseReworded(old, new):
            match wordings.of_clauses(old, new):
                case Wording.SAME:
                    return rules.CLAUSE_PRESENTATION
                case Wording.SPELLING:
                    return rules.CLAUSE_SPELLING
                case Wording.QUALIFIED:
                    return rules.CLAUSE_QUALIFIED
    names = {name_of(each) for each in stated}
    if not names:
        return rules.CLAUSE_WITHOUT_ELEMENT
    return rules.CLAUSE_OF_ELEMENTS if names.isdisjoint(changed) else rules.CLAUSE_TOLD_BY_ELEMENTS
