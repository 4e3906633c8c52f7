"""The clauses that an item cites, as they were and as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from graph.changes import Change, ClauseReworded, Words
from graph.clauses.matching import match_clauses
from graph.clauses.words import text_of
from graph.data_map import DataMap
from graph.model import Clause
from graph.notice_content.model import ClauseText, ClauseTold


def clause_text(clause: Clause) -> ClauseText:
    return ClauseText(clause.key, clause.number, text_of(clause))


class CitedClauses:
    """The clauses of two revisions in pairs, made when they are first asked for."""

    def __init__(self, old: DataMap, new: DataMap, changes: Iterable[Change]) -> None:
        self._old, self._new = old, new
        self._words: Mapping[str, tuple[Words, ...]] = {
            change.difference.new.key: change.difference.words
            for change in changes
            if isinstance(change.difference, ClauseReworded)
        }

    def told(self, before: Iterable[str], after: Iterable[str]) -> tuple[ClauseTold, ...]:
        """The clauses with these keys in the old and in the new policy, each pair once: in the reading order of the new
        one, those that are gone last."""
        found = [self._by_old[key] for key in before if key in self._by_old]
        found += [self._by_new[key] for key in after if key in self._by_new]
        return tuple(sorted({id(told): told for told in found}.values(), key=self._place))

    def _place(self, told: ClauseTold) -> tuple[bool, int]:
        if told.after is not None:
            return False, self._places_after[told.after.key]
        assert told.before is not None
        return True, self._places_before[told.before.key]

    @cached_property
    def _pairs(self) -> tuple[ClauseTold, ...]:
        return tuple(
            ClauseTold(
                None if match.old is None else clause_text(match.old),
                None if match.new is None else clause_text(match.new),
                () if match.old is None or match.new is None else self._words.get(match.new.key, ()),
            )
            for match in match_clauses(self._old.policy.clauses, self._new.policy.clauses)
        )

    @cached_property
    def _by_old(self) -> Mapping[str, ClauseTold]:
        return {each.before.key: each for each in self._pairs if each.before is not None}

    @cached_property
    def _by_new(self) -> Mapping[str, ClauseTold]:
        return {each.after.key: each for each in self._pairs if each.after is not None}

    @cached_property
    def _places_before(self) -> Mapping[str, int]:
        return {clause.key: place for place, clause in enumerate(self._old.policy.clauses)}

    @cached_property
    def _places_after(self) -> Mapping[str, int]:
        return {clause.key: place for place, clause in enumerate(self._new.policy.clauses)}
