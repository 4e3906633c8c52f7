"""Which rule a difference between clauses falls under, and what the clause states. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from graph.changes import ClauseAdded, ClauseDifference, ClauseMoved, ClauseRemoved, ClauseReworded
from graph.data_map import DataMap
from graph.impact import rules
from graph.impact.rules import Rule
from graph.impact.wording import Wording, Wordings
from graph.model import MapElement

#: The label and key of an element.
Name: TypeAlias = tuple[str, str]


def name_of(element: MapElement) -> Name:
    return type(element).__name__, element.key


class Statements:
    """What the clauses of two revisions state."""

    def __init__(self, old: DataMap, new: DataMap) -> None:
        self._old, self._new = old.elements_by_clause, new.elements_by_clause

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
