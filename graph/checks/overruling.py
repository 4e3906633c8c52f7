"""What the publisher may overrule: that a violation keeps a draft from being published. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from rapidfuzz import fuzz, process

from graph.element_names import element_name
from graph.errors import (
    QUOTED_AT_MOST,
    InvalidInput,
    NotFound,
    StandingViolation,
    ViolationsNotOverruled,
    quoted,
)
from graph.model import Finding, FindingKind, FindingOverrule
from graph.reasons import read_reason

_NEAR_KEYS = 3


def key_of(finding: Finding) -> str:
    """Of one finding among those of a revision, such as `transfer-without-safeguard/recipient/mailer`."""
    return f"{finding.rule}/{element_name(finding.element_kind, finding.element)}"


def overruled(found: Sequence[Finding], overrules: Iterable[FindingOverrule]) -> tuple[Finding, ...]:
    """The findings in their order, each with the overrule of it, if there is one. An overrule of a finding that is not
    there does not count."""
    known = {each.finding: each for each in overrules}
    return tuple(replace(each, overrule=known[key_of(each)]) if key_of(each) in known else each for each in found)


def is_standing(finding: Finding) -> bool:
    """Whether it keeps a draft from being published."""
    return finding.kind is FindingKind.VIOLATION and finding.overrule is None


def require_overruled(number: int, found: Iterable[Finding]) -> None:
    """Raises ViolationsNotOverruled where any of the findings in draft `number` stands."""
    standing = [StandingViolation(key_of(each), each.message) for each in found if is_standing(each)]
    if standing:
        raise ViolationsNotOverruled(number, standing)


def load_finding(found: Sequence[Finding], key: str) -> Finding:
    """The finding with a key. Raises NotFound, with the keys that are most like it, and `finding` among its ids."""
    keys = {key_of(each): each for each in found}
    if key not in keys:
        near = process.extract(key, keys.keys(), scorer=fuzz.ratio, limit=_NEAR_KEYS)
        way_out = f"the nearest are {', '.join(quoted(each) for each, *_ in near)}" if near else "nothing is found"
        raise NotFound(f"There is no finding {quoted(key)}: {way_out}", finding=key[:QUOTED_AT_MOST])
    return keys[key]


def reason_to_overrule(finding: Finding, reason: str) -> str:
    """The reason for overruling a violation, without white space around it.

    Raises InvalidInput for one that is empty, too long or no text, and for a gap, which is in nobody's way.
    """
    if finding.kind is not FindingKind.VIOLATION:
        raise InvalidInput(f"{quoted(key_of(finding))} is a gap, which keeps nothing from being published: leave it")
    said = read_reason(reason)
    if said is None:
        raise InvalidInput(
            f"{quoted(key_of(finding))} is a violation: say why the draft may be published all the same, in a reason "
            "that stays with the revision"
        )
    return said
