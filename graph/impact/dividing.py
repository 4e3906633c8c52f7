"""Which clauses only were divided, or joined: the same words in the same order, laid out otherwise. Pure.

A paragraph that becomes two, or a sentence that becomes a list, is one clause of one text and several, one after the
other, of the other one: under the same headings, and beside what was beside it on at least one side.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import takewhile

from graph.changes import ClauseAdded, ClauseDifference, ClauseMoved, ClauseRemoved, ClauseReworded
from graph.clauses.numbering import Numbers
from graph.clauses.words import beginnings_after, folded_words
from graph.data_map import DataMap
from graph.impact.wording import Wordings
from graph.model import Clause, ClauseKind

_Words = tuple[str, ...]


class Divisions:
    """Of the texts of two revisions, of which `differences` are all that differs."""

    def __init__(self, old: DataMap, new: DataMap, differences: Iterable[ClauseDifference], wordings: Wordings) -> None:
        self._maps, self._differences, self._wordings = (old, new), differences, wordings

    def are_all_of(self, difference: ClauseDifference) -> bool:
        """Whether a difference is nothing but that a clause was divided or joined."""
        olds, news = self._keys
        match difference:
            case ClauseRemoved(clause):
                return clause.key in olds
            case ClauseAdded(clause):
                return clause.key in news
            case ClauseReworded(before, after):
                return before.key in olds and after.key in news
            case ClauseMoved():
                return False

    @cached_property
    def _keys(self) -> tuple[set[str], set[str]]:
        """The keys of such clauses, old and new."""
        changed: tuple[set[str], set[str]] = set(), set()
        for each in self._differences:
            match each:
                case ClauseRemoved(clause):
                    changed[0].add(clause.key)
                case ClauseAdded(clause):
                    changed[1].add(clause.key)
                case ClauseReworded(old, new):
                    changed[0].add(old.key)
                    changed[1].add(new.key)
        before, after = (
            _Text(data_map.policy.clauses, keys, numbers)
            for data_map, keys, numbers in zip(self._maps, changed, self._wordings.numbers, strict=True)
        )
        divided, parts = _divided(before, after)
        joined, joints = _divided(after, before)
        return divided | joints, parts | joined


class _Text:
    def __init__(self, clauses: Sequence[Clause], changed: set[str], numbers: Numbers) -> None:
        self.clauses = clauses
        self._words: dict[int, _Words] = {}
        #: Those that changed and are text, with no number but their own.
        self.places = [
            place
            for place, clause in enumerate(clauses)
            if clause.key in changed
            and clause.kind in (ClauseKind.PARAGRAPH, ClauseKind.LIST_ITEM)
            and self.words(place)
            and numbers.counts(clause)
        ]

    def words(self, place: int) -> _Words:
        """What counts of a clause, nothing where none is."""
        if place not in self._words:
            is_there = 0 <= place < len(self.clauses)
            self._words[place] = folded_words(self.clauses[place]) if is_there else ()
        return self._words[place]

    @cached_property
    def headings(self) -> list[tuple[_Words, ...]]:
        """Of each clause those that it stands under."""
        found: list[tuple[_Words, ...]] = []
        below: dict[str | None, tuple[_Words, ...]] = {None: ()}
        for place, clause in enumerate(self.clauses):
            above = below.get(clause.part_of, ())
            found.append(above)
            below[clause.key] = (*above, self.words(place)) if clause.kind is ClauseKind.SECTION else above
        return found


def _divided(whole: _Text, parted: _Text) -> tuple[set[str], set[str]]:
    """The keys of clauses of `whole` that are several in `parted`, and of those."""
    starts: dict[tuple[tuple[_Words, ...], _Words], list[int]] = defaultdict(list)
    for place in parted.places:
        starts[parted.headings[place], parted.words(place)].append(place)
    places = {*parted.places}
    sizes = sorted({len(words) for _, words in starts})
    wholes: set[str] = set()
    parts: set[str] = set()
    for place in whole.places if starts else ():
        words, headings = whole.words(place), whole.headings[place]
        for size in takewhile(len(words).__gt__, sizes):
            for start in starts.get((headings, words[:size]), ()):
                end = _end(words, parted, start, places)
                if end > start + 1 and _are_beside_the_same(whole, place, parted, start, end):
                    wholes.add(whole.clauses[place].key)
                    parts |= {each.key for each in parted.clauses[start:end]}
    return wholes, parts


def _end(words: _Words, parted: _Text, start: int, places: set[int]) -> int:
    """Where the parts end that begin at `start` and have all the words together; `start` if they have not."""
    begins: tuple[int, ...] = (0,)
    place = start
    while place in places and parted.headings[place] == parted.headings[start]:
        part = parted.words(place)
        begin = next((each for each in begins if words[each : each + len(part)] == part), None)
        if begin is None:
            return start
        place += 1
        if begin + len(part) == len(words):
            return place
        begins = beginnings_after(words, begin + len(part))
    return start


def _are_beside_the_same(whole: _Text, place: int, parted: _Text, start: int, end: int) -> bool:
    before, its_before = whole.words(place - 1), parted.words(start - 1)
    return _begin_alike(before[::-1], its_before[::-1]) or _begin_alike(whole.words(place + 1), parted.words(end))


def _begin_alike(one: _Words, other: _Words) -> bool:
    """Whether the shorter begins the longer: what is beside a clause may have been divided as well."""
    shared = min(len(one), len(other))
    return one[:shared] == other[:shared] if shared else one == other
