"""What is wrong with a data map, or missing from it, although it is well written.

A rule is a function with its source in its docstring, and with what it says and how to mend it in words for people.
It reports a VIOLATION where the map contradicts itself, the policy's principles or the GDPR, and a GAP where something
should be said, or be looked at, and is not. One finding names one element and says how to mend it; rules keep quiet
where a map-maker could do nothing. A violation keeps a draft from being published until it is overruled with a reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from graph.checks.gaps import GAP_RULES
from graph.checks.recipients import RECIPIENT_RULES
from graph.checks.rule import Rule
from graph.checks.subject import CheckSubject
from graph.checks.unused import UNUSED_RULES
from graph.checks.violations import VIOLATION_RULES
from graph.model import Finding, FindingKind, MapElements, Policy

RULES: Sequence[Rule] = (*VIOLATION_RULES, *RECIPIENT_RULES, *GAP_RULES, *UNUSED_RULES)


def findings(elements: MapElements, policy: Policy, rules: Sequence[Rule] = RULES) -> tuple[Finding, ...]:
    """All that the rules report, one finding for each rule and element: violations first, then by rule, kind of element
    and key."""
    subject = CheckSubject(elements, policy)
    found = [finding for rule in rules for finding in rule.findings(subject)]
    order = {FindingKind.VIOLATION: 0, FindingKind.GAP: 1}
    return tuple(sorted(found, key=lambda each: (order[each.kind], each.rule, each.element_kind, each.element)))
