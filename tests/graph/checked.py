"""What the checks find in the least map with some changes, and findings as they tell them of it."""

from __future__ import annotations

from typing import Any

from graph.checks import findings
from graph.model import Finding, FindingKind
from tests.builders import STATED, a_map, a_policy

UNSTATED = "is stated by no clause; cite one, or write one"


def found(**over: Any) -> tuple[Finding, ...]:
    """What the checks find in the least map with these changes."""
    return findings(a_map(**over), a_policy())


def violation(rule: str, kind: str, element: str, message: str) -> Finding:
    return Finding(FindingKind.VIOLATION, rule, kind, element, message, STATED)


def gap(rule: str, kind: str, element: str, message: str, clauses: tuple[str, ...] = STATED) -> Finding:
    return Finding(FindingKind.GAP, rule, kind, element, message, clauses)
