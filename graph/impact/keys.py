"""The names of changes: readable, and the same whenever the same two revisions are compared. Pure."""

from __future__ import annotations

from graph.changes import (
    ClauseAdded,
    ClauseMoved,
    ClauseRemoved,
    ClauseReworded,
    Difference,
    ElementAdded,
    ElementAltered,
    ElementRemoved,
    RelationshipAdded,
    RelationshipRemoved,
)
from graph.element_names import element_name
from graph.model import MapElement


def key_of(difference: Difference) -> str:
    """Of one difference among those of two revisions, such as `recipient/example-analytics/added`,
    `retention-rule/log-data/period`, `recipient/mailer/located-in/US/added`, `clause/scope.p2/reworded`."""
    match difference:
        case ElementAdded(element):
            return f"{_name(element)}/added"
        case ElementRemoved(element):
            return f"{_name(element)}/removed"
        case ElementAltered(new=element, attribute=attribute):
            return f"{_name(element)}/{attribute}"
        case RelationshipAdded(new=element, relationship=relationship, target=target):
            return f"{_name(element)}/{_type(relationship)}/{target.key}/added"
        case RelationshipRemoved(new=element, relationship=relationship, target=target):
            return f"{_name(element)}/{_type(relationship)}/{target.key}/removed"
        case ClauseAdded(clause):
            return f"clause/{clause.key}/added"
        case ClauseRemoved(clause):
            return f"clause/{clause.key}/removed"
        case ClauseReworded(new=clause):
            return f"clause/{clause.key}/reworded"
        case ClauseMoved(new=clause):
            return f"clause/{clause.key}/moved"


def _name(element: MapElement) -> str:
    return element_name(type(element).__name__, element.key)


def _type(relationship: str) -> str:
    return relationship.lower().replace("_", "-")
