"""`vitrine policy match`: which clause of one text is which of another, and what became of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

import typer

from graph.clauses.matching import Match, match_clauses
from graph.errors import InvalidInput
from graph.model import Clause
from graph.policy_import import import_policy
from graph.policy_import.keys import keyed_policy
from server.cli.output import counted, say, say_json, say_table
from server.cli.policy_text import STANDARD_INPUT, clause_as_json, first_words, name_of, read_bytes


class Outcome(StrEnum):
    """What became of a clause, in the order of the summary."""

    SAME = "same"
    REWORDED = "reworded"
    MOVED = "moved"
    REWORDED_AND_MOVED = "reworded and moved"
    NEW = "new"
    GONE = "gone"


def match(
    old: Annotated[str, typer.Argument(help="HTML, Markdown or plain text; - for standard input.")],
    new: Annotated[str, typer.Argument(help="Another; only one of the two can be standard input.")],
    show_all: Annotated[bool, typer.Option("--all", help="Also those that are the same and in place.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON, with all.")] = False,
) -> None:
    """Show which clause of one text is which of another, and what became of it. No graph is needed.

    In the reading order of the new text. Each text is read as `policy import` reads it, and has the keys that it gives.
    """
    if old == new == STANDARD_INPUT:
        raise InvalidInput("Only one of the two texts can be standard input: name a file for the other")
    before, after = _clauses(old), _clauses(new)
    matches = match_clauses(before, after)
    counts = Counter(map(outcome_of, matches))
    if json:
        say_json(
            {
                "from": name_of(old),
                "to": name_of(new),
                "counts": {each.name: counts[each] for each in Outcome},
                "matches": [_as_json(each) for each in matches],
            }
        )
        return
    listed = [each for each in matches if show_all or outcome_of(each) is not Outcome.SAME]
    if listed:
        say_table(("Before", "After", "What became of it", "First words"), [_row(each) for each in listed])
        say()
    parts = ", ".join(f"{counts[each]:,} {each}" for each in Outcome if counts[each])
    say(f"{counted(len(before), 'clause')} before, {len(after):,} after: {parts}")
    hidden = len(matches) - len(listed)
    if hidden:
        say(f"Not listed: {hidden:,} that {'is' if hidden == 1 else 'are'} the same and in place; --all lists them too")


def _clauses(file: str) -> Sequence[Clause]:
    name = name_of(file)
    return keyed_policy(import_policy(read_bytes(file), name).blocks, name).policy.clauses


def outcome_of(match: Match) -> Outcome:
    if match.old is None:
        return Outcome.NEW
    if match.new is None:
        return Outcome.GONE
    if match.likeness == 1:
        return Outcome.MOVED if match.is_moved else Outcome.SAME
    return Outcome.REWORDED_AND_MOVED if match.is_moved else Outcome.REWORDED


def _row(match: Match) -> tuple[str, str, str, str]:
    outcome = outcome_of(match)
    said = [first_words(each) for each in (match.old, match.new) if each is not None]
    # Rounded down: what is not the same is nowhere 100 % alike.
    alike = f" {int(match.likeness * 100)} %" if outcome in (Outcome.REWORDED, Outcome.REWORDED_AND_MOVED) else ""
    return (
        match.old.key if match.old else "",
        match.new.key if match.new else "",
        f"{outcome}{alike}",
        " → ".join(dict.fromkeys(said)),
    )


def _as_json(match: Match) -> dict[str, object]:
    return {
        "outcome": outcome_of(match).name,
        "likeness": round(match.likeness, 4),
        "is_moved": match.is_moved,
        "old": match.old and clause_as_json(match.old),
        "new": match.new and clause_as_json(match.new),
    }
