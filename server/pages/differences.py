"""Two texts as one: what is in both, what is gone and what is new, in the order of the newer. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from graph.changes import ClauseReworded, Words, WordsKind
from graph.clauses.matching import Match, match_clauses
from graph.clauses.words import text_of
from graph.data_map import DataMap
from graph.model import Clause, ClauseKind
from graph.store.comparisons import Comparison
from server.pages.changes_told import Mark

#: Stretches of words that are told apart in a whole text. Where there are more, clauses are shown as they were and as
#: they are.
STRETCHES_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Reading:
    """A clause of either text. `old`, `new`: None where it is not there. `words`: empty where it says the same."""

    old: Clause | None
    new: Clause | None
    words: tuple[Words, ...]
    is_moved: bool

    @property
    def clause(self) -> Clause:
        found = self.new or self.old
        assert found is not None
        return found

    @property
    def mark(self) -> Mark | None:
        """None where it says the same; MOVED where it does elsewhere."""
        if self.old is None:
            return Mark.NEW
        if self.new is None:
            return Mark.GONE
        if self.words:
            return Mark.REWORDED
        return Mark.MOVED if self.is_moved else None

    @property
    def is_set_otherwise(self) -> bool:
        """Whether all that differs is how it is set, such as in bold, or where a link leads."""
        return bool(self.words) and all(each.kind is WordsKind.SAME for each in self.words)

    @property
    def text(self) -> str:
        return text_of(self.clause)

    @property
    def is_heading(self) -> bool:
        return self.clause.kind is ClauseKind.SECTION


@dataclass(frozen=True, slots=True)
class Passage:
    """Clauses one after the other. `is_folded`: none of them changed, and none is above one that did."""

    readings: tuple[Reading, ...]
    is_folded: bool


@dataclass(frozen=True, slots=True)
class TextDifferences:
    """`is_whole`: False where there was too much to tell word by word throughout."""

    passages: tuple[Passage, ...]
    is_whole: bool


def text_differences(comparison: Comparison) -> TextDifferences:
    old, new = comparison.old, comparison.new
    reworded = {
        each.difference.new.key: each.difference.words
        for each in comparison.changes
        if isinstance(each.difference, ClauseReworded)
    }
    matches = match_clauses(old.policy.clauses, new.policy.clauses)
    readings = list(_readings(matches, reworded))
    shown = _shown(readings, old, new)
    passages = tuple(
        Passage(tuple(each), is_folded=not is_shown)
        for is_shown, each in groupby(readings, lambda reading: id(reading) in shown)
    )
    return TextDifferences(passages, sum(map(len, reworded.values())) <= STRETCHES_AT_MOST)


def _readings(matches: Sequence[Match], reworded: dict[str, tuple[Words, ...]]) -> Iterator[Reading]:
    room = STRETCHES_AT_MOST
    for match in matches:
        words: tuple[Words, ...] = ()
        if match.old is None or match.new is None:
            words = _replaced(match.old, match.new)
        elif match.new.key in reworded:
            words = reworded[match.new.key]
            room -= len(words)
            if room < 0:
                words = _replaced(match.old, match.new)
        yield Reading(match.old, match.new, words, match.is_moved)


def _replaced(old: Clause | None, new: Clause | None) -> tuple[Words, ...]:
    sides = ((WordsKind.REMOVED, old), (WordsKind.ADDED, new))
    return tuple(Words(kind, text_of(side)) for kind, side in sides if side is not None)


def _shown(readings: Sequence[Reading], old: DataMap, new: DataMap) -> set[int]:
    """What changed, by identity, and what it stands in: a sentence alone says little."""
    by_old = {each.old.key: each for each in readings if each.old is not None}
    by_new = {each.new.key: each for each in readings if each.new is not None}
    found: set[int] = set()
    for reading in readings:
        if reading.mark is None:
            continue
        at: Reading | None = reading
        while at is not None and id(at) not in found:
            found.add(id(at))
            at = by_new.get(at.new.part_of or "") if at.new else by_old.get(at.clause.part_of or "")
    return found
