"""Where a clause that a map cites, and that a new text no longer has, is likely to have gone. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from graph.clauses.matching import Likenesses, match_clauses
from graph.clauses.words import text_of
from graph.model import Clause

_SHOWN = 60


class Successors:
    """Of the clauses `old` of `revision` in the text `new`, which is matched with it when first asked."""

    def __init__(self, revision: int, old: Sequence[Clause], new: Sequence[Clause]) -> None:
        self._revision = revision
        self._old = {clause.key: clause for clause in old}
        self._new = new

    def hint(self, key: str) -> str | None:
        """What the clause `key` said and which one it probably is now; None for a key that the revision did not have.

        To follow a problem, as the way out of it.
        """
        gone = self._old.get(key)
        if gone is None:
            return None
        said = f"in revision {self._revision} it was {shown(gone)}"
        now = self._matched.get(key)
        if now is not None:
            return f"{said}; that is likely '{now.key}' now, {shown(now)}"
        now = self._likenesses.most_like(gone)
        if now is None:
            return f"{said}; nothing is like it now: cite another clause, or take the citation out"
        return f"{said}; the most alike now is '{now.key}', {shown(now)}"

    @cached_property
    def _likenesses(self) -> Likenesses:
        return Likenesses(self._new)

    @cached_property
    def _matched(self) -> dict[str, Clause]:
        matches = match_clauses(tuple(self._old.values()), self._new)
        return {match.old.key: match.new for match in matches if match.old is not None and match.new is not None}


def shown(clause: Clause) -> str:
    """A clause as a message names it: the beginning of what it says, in quotes."""
    text = text_of(clause)
    return f"'{text}'" if len(text) <= _SHOWN else f"'{text[:_SHOWN].rstrip()}…'"
