"""A rule of the checks, and how it tells what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

from graph.checks.subject import CheckSubject
from graph.model import Finding, FindingKind, MapElement


@dataclass(frozen=True, slots=True)
class Found:
    """What is wrong with one element or clause, in words of it alone, and how to mend it there."""

    element_kind: str
    element: str
    message: str
    clauses: tuple[str, ...]


Check: TypeAlias = Callable[[CheckSubject], Iterator[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`says`: what is so wherever it finds something; `mending`: what can be done about it. Both are for people, who
    read them beside the finding; docs/compliance.md has them as a table."""

    name: str
    kind: FindingKind
    says: str
    mending: str
    check: Check

    def findings(self, subject: CheckSubject) -> Iterator[Finding]:
        """One for each element: what is found there more than once is told together."""
        by_element: dict[tuple[str, str], list[Found]] = {}
        for found in self.check(subject):
            by_element.setdefault((found.element_kind, found.element), []).append(found)
        for (kind, element), parts in by_element.items():
            message = "; and ".join(each.message for each in parts)
            clauses = tuple(dict.fromkeys(key for each in parts for key in each.clauses))
            yield Finding(self.kind, self.name, kind, element, message, clauses)


def violation(name: str, says: str, mending: str) -> Callable[[Check], Rule]:
    return lambda check: Rule(name, FindingKind.VIOLATION, says, mending, check)


def gap(name: str, says: str, mending: str) -> Callable[[Check], Rule]:
    return lambda check: Rule(name, FindingKind.GAP, says, mending, check)


def of_element(element: MapElement, message: str, clauses: tuple[str, ...] | None = None) -> Found:
    """`clauses`: where they are others than those that state the element."""
    return Found(type(element).__name__, element.key, message, element.clauses if clauses is None else clauses)


def of_clause(key: str, message: str, clauses: tuple[str, ...] = ()) -> Found:
    """`clauses`: where they are others than this one."""
    return Found("Clause", key, message, clauses or (key,))


def listed(keys: Iterable[str]) -> str:
    return ", ".join(f"'{key}'" for key in keys)
