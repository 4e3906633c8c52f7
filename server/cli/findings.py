"""Findings of the checks, as rows and as JSON."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from graph.model import Finding
from server.cli.output import say, say_table


def say_findings(found: Sequence[Finding]) -> None:
    if not found:
        say("No findings")
        return
    say_table(
        ("Kind", "Rule", "About", "What", "Clauses"),
        [
            (each.kind.value, each.rule, f"{each.element_kind} {each.element}", each.message, ", ".join(each.clauses))
            for each in found
        ],
    )
    counts = Counter(each.kind.value for each in found)
    say(", ".join(f"{count} {kind}" for kind, count in sorted(counts.items(), reverse=True)))


def findings_as_json(found: Sequence[Finding]) -> list[dict[str, object]]:
    return [
        {
            "kind": each.kind.value,
            "rule": each.rule,
            "element_kind": each.element_kind,
            "element": each.element,
            "message": each.message,
            "clauses": list(each.clauses),
        }
        for each in found
    ]
