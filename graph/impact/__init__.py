"""What differs between two revisions, with what that does to people's rights and whom it touches. Pure.

Impact is judged from the graph, by `graph.impact.rules`, one for each change; docs/impact.md has them as a table.
"""

from __future__ import annotations

from collections.abc import Iterable

from graph.changes import (
    EVERYONE,
    Change,
    ClauseAdded,
    ClauseMoved,
    ClauseRemoved,
    ClauseReworded,
    Difference,
    ElementAdded,
    ElementAltered,
    ElementDifference,
    ElementRemoved,
    Impact,
    ImpactAdjustment,
    RelationshipAdded,
    RelationshipRemoved,
    Touch,
)
from graph.compare import compare
from graph.data_map import DataMap, cited_by
from graph.impact import rules
from graph.impact.adjusting import adjusted
from graph.impact.clauses import Name, Statements, name_of, rule_of_clause
from graph.impact.dividing import Divisions
from graph.impact.elements import rule_of
from graph.impact.keys import key_of
from graph.impact.pair import Pair
from graph.impact.rules import Rule, Whom
from graph.impact.touches import Touches
from graph.impact.wording import Wordings
from graph.model import MapElement, Processing, RetentionRule


def changes(old: DataMap, new: DataMap, adjustments: Iterable[ImpactAdjustment] = ()) -> tuple[Change, ...]:
    """Every difference, in the order of `graph.compare`, judged. `adjustments`: the publisher's, each for the change
    with its key, if there is one."""
    pair = Pair(old, new, Touches(old, new), Wordings(old, new))
    differences = compare(old, new)
    judged = [(each, rule_of(each, pair)) for each in differences if isinstance(each, ElementDifference)]
    told = frozenset(name for each, rule in judged if rule.impact is not Impact.NONE for name in _names(each, pair))
    statements = Statements(old, new)

    def change(difference: Difference, rule: Rule, touch: Touch) -> Change:
        return Change(key_of(difference), difference, rule.impact, rule.name, touch, *_clauses(difference))

    found = [change(each, rule, _touch(each, rule, pair)) for each, rule in judged]
    of_clauses = [each for each in differences if not isinstance(each, ElementDifference)]
    divisions = Divisions(old, new, of_clauses, pair.wordings)
    for each in of_clauses:
        stated = statements.of(each)
        is_divided = divisions.are_all_of(each)
        rule = rules.CLAUSE_DIVIDED if is_divided else rule_of_clause(each, stated, told, pair.wordings)
        found.append(change(each, rule, pair.touches.of_all(stated)))
    return adjusted(found, adjustments)


def _names(difference: ElementDifference, pair: Pair) -> Iterable[Name]:
    """The elements that a difference is about; what a reference leads to only where that is new or gone itself."""
    match difference:
        case ElementAdded(element) | ElementRemoved(element):
            return (name_of(element),)
        case ElementAltered(old, new):
            return name_of(old), name_of(new)
        case RelationshipAdded(old, new, _, target) | RelationshipRemoved(old, new, _, target):
            along = () if pair.touches.is_in_both(target) else (name_of(target),)
            return name_of(old), name_of(new), *along


def _touch(difference: ElementDifference, rule: Rule, pair: Pair) -> Touch:
    match difference:
        case ElementAdded(element) | ElementRemoved(element) | ElementAltered(new=element):
            touch = pair.touches.of_element(element)
        case RelationshipAdded(new=element, target=target):
            touch = pair.touches.of_reference(element, target)
        case RelationshipRemoved(old=element, target=target):
            touch = pair.touches.of_reference(element, target)
    if rule.whom is Whom.EVERYONE:
        return EVERYONE
    if rule.whom is Whom.FACTS_AND_PURPOSE and isinstance(element, Processing):
        return touch | Touch(purposes=frozenset({element.purpose}))
    return touch


def _clauses(difference: Difference) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys of the clauses that state it, before and after."""
    match difference:
        case ElementAdded(element):
            return (), cited_by(element)
        case ElementRemoved(element):
            return cited_by(element), ()
        case ElementAltered(old, new, attribute) if attribute.startswith("exceptions."):
            return _of_exception(old, attribute), _of_exception(new, attribute)
        case ElementAltered(old, new) | RelationshipAdded(old, new) | RelationshipRemoved(old, new):
            return old.clauses, new.clauses
        case ClauseAdded(clause):
            return (), (clause.key,)
        case ClauseRemoved(clause):
            return (clause.key,), ()
        case ClauseReworded(before, after) | ClauseMoved(before, after):
            return (before.key,), (after.key,)


def _of_exception(rule: MapElement, attribute: str) -> tuple[str, ...]:
    assert isinstance(rule, RetentionRule)
    key = attribute.partition(".")[2]
    return next((each.clauses for each in rule.exceptions if each.key == key), ())
