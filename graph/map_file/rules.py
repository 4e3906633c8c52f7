"""What must hold between the elements of a map file.

A problem here is a mistake in writing that no revision may have, not even a draft. What the map says clearly but
should not be so, or does not say, is a finding of graph/checks.py.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TypeAlias

from graph.errors import Problem
from graph.map_file.entry import Entries, MapEntry
from graph.map_file.shape import fields_of
from graph.model import CaseCondition, ExclusionKind, LegalBasis, RecipientKind
from graph.suggest import nearest
from graph.trees import carriers, cycles, parts_by_whole, path_counts, reachable

_Told: TypeAlias = tuple[int, str, str]
"""Line, message, hint."""

Successor: TypeAlias = Callable[[str], str | None]
"""The hint for a clause that is not there, from what a text before said under its key; None where nothing is known."""

NO_CLAUSE = "no clause is"
"""What the problem of a citation that leads nowhere says."""

_MOST_GUESSES = 200
"""How many suggestions are looked for; a file with more wrong names than this has another mistake."""

PATHS_AT_MOST = 1_000
"""How many paths may lead on from one recipient: each that its data can reach, itself too, once for each way there."""

_MOST_SHOWN = 8
"""How many members of a cycle a message names."""


def rule_problems(
    entries: Entries, clauses: Collection[str] | None, file: str, successor: Successor | None = None
) -> list[Problem]:
    """Every problem between the entries. A kind that is not in `entries` could not be read: no rule speaks of it.

    `clauses` are the keys that may be cited, None where they are not known.
    """
    return [
        Problem(file, line, message, hint)
        for found in (_references(entries, clauses, successor), *(rule(entries) for rule in _RULES))
        for line, message, hint in found
    ]


# ---- references ------------------------------------------------------------------------------------------------------


def _references(entries: Entries, clauses: Collection[str] | None, successor: Successor | None) -> Iterator[_Told]:
    """Every key that an entry names is there, every clause that it cites too."""
    guesses = _MOST_GUESSES
    for entry in _all(entries):
        for field in fields_of(entry.element):
            known: Collection[str] | None
            if field.name == "clauses":
                known, what, hint = clauses, "clause", "cite a clause of policy.md, or give one this key: {#%s}"
            elif field.rule.refers_to is not None:
                known = entries.get(field.rule.refers_to)
                what, hint = f"key in {field.rule.refers_to}", f"add '%s' to {field.rule.refers_to}, or name another"
            else:
                continue
            if known is None:
                continue
            for place, key in enumerate(entry.texts(field.name)):
                if key in known:
                    continue
                way_out = successor(key) if successor is not None and what == "clause" and guesses > 0 else None
                guess = nearest(key, known) if way_out is None and guesses > 0 else None
                guesses -= 1
                way_out = way_out or (f"did you mean '{guess}'?" if guess else hint % key)
                yield entry.line_of(field.name, place), f"{entry.path}.{field.name}: no {what} is '{key}'", way_out


def _all(entries: Entries) -> Iterator[MapEntry]:
    for kind in entries.values():
        for entry in kind.values():
            yield entry
            yield from entry.parts()


def _of(entries: Entries, kind: str) -> Collection[MapEntry]:
    return entries.get(kind, {}).values()


# ---- trees -----------------------------------------------------------------------------------------------------------


def _cycles(entries: Entries) -> Iterator[_Told]:
    """Nothing is, by any number of steps, a part of itself or its own sub-processor."""
    for kind, field, verb in (
        ("services", "part_of", "is part of"),
        ("data_categories", "part_of", "is part of"),
        ("recipients", "engages", "engages"),
    ):
        steps = {entry.key: entry.texts(field) for entry in _of(entries, kind)}
        for cycle in cycles(steps):
            last = entries[kind][cycle[-1]]
            shown = cycle if len(cycle) <= _MOST_SHOWN else (*cycle[:_MOST_SHOWN], f"… ({len(cycle)} in all)")
            way = f" {verb} ".join(f"'{key}'" if key in steps else key for key in (*shown, cycle[0]))
            place = last.texts(field).index(cycle[0])
            yield last.line_of(field, place), f"{last.path}.{field}: a cycle: {way}", "take one of these links out"


# ---- recipients ------------------------------------------------------------------------------------------------------


def _recipients(entries: Entries) -> Iterator[_Told]:
    """A named processor is in some country; who has no name has a description.

    A processor without a name may be without a country too: the policy that names nobody cannot place them. The checks
    report both as gaps.
    """
    for entry in _of(entries, "recipients"):
        if not entry.has("name"):
            continue
        name = entry.text("name")
        if name is None and entry.values.get("description") == "":
            yield entry.line, f"{entry.path} has neither a name nor a description", "say who it is in 'description'"
        is_processor = entry.values.get("kind") is RecipientKind.PROCESSOR
        if name is not None and is_processor and entry.values.get("countries") == ():
            line = entry.line_of("countries")
            yield line, f"{entry.path}: a processor without a country", "add 'countries: [..]', where it has the data"


def _paths(entries: Entries) -> Iterator[_Told]:
    """From no recipient do more paths lead on than an answer can show, whether something is disclosed to it or not:
    layers of sub-processors double them with each layer. Told of the last at which there are too many."""
    steps = {entry.key: entry.texts("engages") for entry in _of(entries, "recipients")}
    counts = path_counts(steps, PATHS_AT_MOST + 1)
    broad = {key for key, count in counts.items() if count > PATHS_AT_MOST}
    for entry in _of(entries, "recipients"):
        if entry.key in broad and broad.isdisjoint(steps[entry.key]):
            message = f"{entry.path}.engages: more than {PATHS_AT_MOST:,} paths lead on from '{entry.key}'"
            hint = "take 'engages' out where several ways lead to one recipient, or describe alike recipients as one"
            yield entry.line_of("engages"), message, hint


def _trust(entries: Entries) -> Iterator[_Told]:
    """What a person entrusts goes to trusted subjects, and only that does."""
    for entry in _of(entries, "disclosures"):
        recipient = entries.get("recipients", {}).get(entry.text("recipient") or "")
        case = entries.get("disclosure_cases", {}).get(entry.text("case") or "")
        if recipient is None or case is None or not recipient.has("kind") or not case.has("condition"):
            continue
        to_trusted = recipient.values["kind"] is RecipientKind.TRUSTED_SUBJECT
        on_trust = case.values["condition"] is CaseCondition.TRUST
        if to_trusted and not on_trust:
            message = f"{entry.path}.case: '{recipient.key}' is a trusted subject, but '{case.key}' does not need trust"
            yield entry.line_of("case"), message, "name a case whose condition is TRUST"
        if on_trust and not to_trusted:
            message = f"{entry.path}.recipient: '{case.key}' needs trust, but '{recipient.key}' is no trusted subject"
            yield entry.line_of("recipient"), message, "name a recipient of the kind TRUSTED_SUBJECT, or another case"


# ---- promises --------------------------------------------------------------------------------------------------------


def _forbidden_categories(entries: Entries) -> Iterator[_Told]:
    """Nothing special (GDPR Art. 9, 10) and nothing excluded is used or disclosed, nor a whole that has such a part."""
    wholes = {entry.key: entry.text("part_of") for entry in _of(entries, "data_categories")}
    parts = parts_by_whole(wholes)
    reasons: dict[str, str] = {}
    special = [entry.key for entry in _of(entries, "data_categories") if entry.is_set("special")]
    for key in sorted(reachable(special, parts)):
        reasons[key] = "which is special data (GDPR Art. 9 or 10)"
    for exclusion in _of(entries, "exclusions"):
        if exclusion.values.get("kind") is ExclusionKind.CATEGORY:
            for key in sorted(reachable(exclusion.texts("categories"), parts)):
                reasons.setdefault(key, f"which {exclusion.path} promises never to process")
    forbidden = carriers(reasons, wholes)
    for kind, verb in (("processings", "uses"), ("disclosures", "discloses")):
        for entry in _of(entries, kind):
            for place, category in enumerate(entry.texts("categories")):
                if category not in forbidden:
                    continue
                part = forbidden[category]
                line = entry.line_of("categories", place)
                if part == category:
                    yield line, f"{entry.path} {verb} '{category}', {reasons[part]}", "take it out of the list"
                else:
                    message = f"{entry.path} {verb} '{category}' and so its part '{part}', {reasons[part]}"
                    yield line, message, "name its other parts one by one instead"


def _exclusions(entries: Entries) -> Iterator[_Told]:
    """An exclusion has what its kind speaks of, and nothing else."""
    for entry in _of(entries, "exclusions"):
        kind = entry.values.get("kind")
        if kind is None:
            continue
        if entry.has("categories"):
            names_some = entry.texts("categories") != ()
            if kind is ExclusionKind.CATEGORY and not names_some:
                yield entry.line, f"{entry.path} excludes categories but names none", "add 'categories: [..]'"
            if kind is not ExclusionKind.CATEGORY and names_some:
                hint = "delete them, or make the kind CATEGORY"
                yield entry.line_of("categories"), f"{entry.path}: categories beside the kind {kind}", hint
        if entry.has("minimum_age"):
            gives_age = entry.values["minimum_age"] is not None
            if kind is ExclusionKind.AGE and not gives_age:
                yield entry.line, f"{entry.path} excludes an age but gives none", "add 'minimum_age: 18', in years"
            if kind is not ExclusionKind.AGE and gives_age:
                hint = "delete it, or make the kind AGE"
                yield entry.line_of("minimum_age"), f"{entry.path}: a minimum_age beside the kind {kind}", hint


# ---- single kinds ----------------------------------------------------------------------------------------------------


def _marketing(entries: Entries) -> Iterator[_Told]:
    """Marketing is never sent without consent (invariant 6 of the design)."""
    for entry in _of(entries, "purposes"):
        basis = entry.values.get("legal_basis")
        if entry.is_set("direct_marketing") and basis not in (None, LegalBasis.CONSENT):
            message = f"{entry.path}.legal_basis: direct marketing on {basis}"
            yield entry.line_of("legal_basis"), message, "write CONSENT, or 'direct_marketing: false'"


def _periods(entries: Entries) -> Iterator[_Told]:
    """A period that is given has a length."""
    for rule in _of(entries, "retention_rules"):
        period = rule.values.get("period")
        if isinstance(period, MapEntry) and all(period.values.get(unit) == 0 for unit in ("years", "months", "days")):
            hint = "give years, months or days, or leave 'period' out"
            yield period.line, f"{period.path} has no length", hint


def _case_numbers(entries: Entries) -> Iterator[_Told]:
    """No two cases have the same place in the policy's list."""
    taken: dict[str, MapEntry] = {}
    for entry in _of(entries, "disclosure_cases"):
        number = entry.text("number")
        if number is None:
            continue
        first = taken.setdefault(number, entry)
        if first is not entry:
            message = f"{entry.path}.number: '{number}' is the number of '{first.key}' too"
            yield entry.line_of("number"), message, "give each case its own place in the list"


_RULES: tuple[Callable[[Entries], Iterator[_Told]], ...] = (
    _cycles,
    _recipients,
    _paths,
    _trust,
    _forbidden_categories,
    _exclusions,
    _marketing,
    _periods,
    _case_numbers,
)
