"""Findings of the checks, as rows and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

import typer

from graph.checks import RULES
from graph.checks.overruling import is_standing, key_of
from graph.errors import InvalidRevision
from graph.model import Finding, FindingKind
from server.cli.output import EXIT_FAILED, report, say, say_json, say_table

_RULES = {rule.name: rule for rule in RULES}


def refused(error: InvalidRevision, *, json: bool) -> typer.Exit:
    """Tells of the problems of files in which nothing can be looked for, and returns the end of the command."""
    if not json:
        return typer.Exit(report(error))
    say_json({"problems": [asdict(problem) for problem in error.problems], "findings": []})
    return typer.Exit(EXIT_FAILED)


def say_findings(found: Sequence[Finding]) -> None:
    if not found:
        say("No findings")
        return
    columns = ["Kind", "Finding", "What", "Clauses"]
    rows = [[each.kind.value, key_of(each), each.message, ", ".join(each.clauses)] for each in found]
    if any(each.overrule for each in found):
        columns.append("Overruled because")
        for row, each in zip(rows, found, strict=True):
            row.append(each.overrule.reason if each.overrule else "")
    say_table(columns, rows)
    say(", ".join(f"{count} {name}" for name, count in counts_of(found).items() if count))


def counts_of(found: Sequence[Finding]) -> dict[str, int]:
    """How many are violations in somebody's way, how many are overruled, and how many are gaps."""
    standing = sum(map(is_standing, found))
    gaps = sum(each.kind is FindingKind.GAP for each in found)
    return {"VIOLATION": standing, "OVERRULED": len(found) - standing - gaps, "GAP": gaps}


def findings_as_json(found: Sequence[Finding]) -> list[dict[str, object]]:
    return [finding_as_json(each) for each in found]


def finding_as_json(finding: Finding) -> dict[str, object]:
    rule, overrule = _RULES[finding.rule], finding.overrule
    return {
        "key": key_of(finding),
        "kind": finding.kind.value,
        "rule": finding.rule,
        "rule_says": rule.says,
        "element_kind": finding.element_kind,
        "element": finding.element,
        "message": finding.message,
        "mending": rule.mending,
        "clauses": list(finding.clauses),
        "overrule": overrule
        and {
            "reason": overrule.reason,
            "by": overrule.by,
            "overruled_at": overrule.overruled_at.isoformat(),
        },
    }
