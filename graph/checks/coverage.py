"""Which clauses of a policy state nothing of its map, and which elements of the map no clause states. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from graph.checks.recipient_tables import second_heads
from graph.checks.tables import table_heads, tables_of
from graph.data_map import all_elements, cited_by
from graph.model import Clause, ClauseKind, MapElement, MapElements, Policy
from graph.trees import carriers


class ClauseRole(StrEnum):
    """What a clause is there for, by its form. `INTRODUCTION`: a paragraph right before a list or a table. `STATEMENT`:
    whatever is none of the others, and so may well have something to state."""

    HEADING = "HEADING"
    INTRODUCTION = "INTRODUCTION"
    TABLE_HEAD = "TABLE_HEAD"
    STATEMENT = "STATEMENT"


@dataclass(frozen=True, slots=True)
class SilentClause:
    """One that states nothing of the map, nor does any that stands below it."""

    clause: Clause
    role: ClauseRole


def silent_clauses(elements: MapElements, policy: Policy) -> tuple[SilentClause, ...]:
    """In reading order. A heading or item is silent where all is that stands below it."""
    stating = stating_clauses(elements, policy)
    tables = tables_of(policy)
    heads = table_heads(policy, tables) | second_heads(tables)
    introducing = {
        before.key
        for before, clause in pairwise(policy.clauses)
        if clause.kind in _LISTED and clause.part_of == before.part_of
    }

    def role(clause: Clause) -> ClauseRole:
        if clause.kind is ClauseKind.SECTION:
            return ClauseRole.HEADING
        if clause.key in heads:
            return ClauseRole.TABLE_HEAD
        if clause.kind is ClauseKind.PARAGRAPH and clause.key in introducing:
            return ClauseRole.INTRODUCTION
        return ClauseRole.STATEMENT

    return tuple(SilentClause(each, role(each)) for each in policy.clauses if each.key not in stating)


def unstated_elements(elements: MapElements) -> tuple[MapElement, ...]:
    """In the order of the map."""
    return tuple(each for each in all_elements(elements) if not each.clauses)


def stating_clauses(elements: MapElements, policy: Policy) -> set[str]:
    """The keys of the clauses that state something of the map, or have one below them that does."""
    cited = {key for each in all_elements(elements) for key in cited_by(each)}
    return set(carriers(sorted(cited), {each.key: each.part_of for each in policy.clauses}))


_LISTED = (ClauseKind.LIST_ITEM, ClauseKind.TABLE_ROW)
