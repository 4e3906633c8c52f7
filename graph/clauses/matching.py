"""Which clause of one text is which of another: same text first, then the most alike, moves recognised. Pure.

In rounds, each of which takes only what the ones before have left:

1. The same words (see `graph.clauses.words`): under the same key, then in order, then wherever they stand.
2. The most alike. Being in the same section, between the same neighbours or under the same key that somebody gave
   makes likelier; a key made from a position says nothing of unlike texts.
3. What has the same parts, such as a section under a new heading.
4. What stands under the same given key, whatever it says now: keys are kept for what a clause is about.
5. What is short, and stands where the other did, as many in the place of as many: of "18" in the place of "16" no
   likeness tells.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from rapidfuzz.distance import Indel

from graph.clauses.likeness import Index, Weights, Wording, Wordings, likeness
from graph.clauses.moves import moved
from graph.model import Clause, ClauseKind

_BY_POSITION = re.compile(r"(?:^|\.)[iprs]\d+(?:-\d+)?$")

# How alike two texts are to be: anywhere, and where they stand between the same neighbours.
_ALIKE = 0.55
_ALIKE_IN_PLACE = 0.4
_CERTAIN = 0.8
# Of how many words and marks what only stands in the other's place may be.
_SHORT = 6
_BONUS_OF_KEY = 0.25
_BONUS_OF_PARENT = 0.05
_BONUS_OF_PLACE = 0.1


@dataclass(frozen=True, slots=True)
class Match:
    """A clause of the old text and what became of it; `new` None: it was removed, `old` None: it was added.

    `likeness` is from 0 to 1: 1 where, and only where, they say the same in the same words, 0 where one of them is
    missing. `is_moved`: it stands elsewhere among what is in both texts. What only went along with the section or item
    that it is part of was not moved itself.
    """

    old: Clause | None
    new: Clause | None
    likeness: float
    is_moved: bool


def match_clauses(old: Sequence[Clause], new: Sequence[Clause]) -> tuple[Match, ...]:
    """Each clause of both texts in exactly one match.

    In the reading order of `new`; what was removed comes after the match of the clause before it in `old`. The other
    way round the same clauses are matched. Of two clauses of one text with the same key only the last has parts.
    """
    # Where several ways are as good, the same one is to be found from both sides.
    is_turned = [_sorting(each) for each in new] < [_sorting(each) for each in old]
    pairs = _Matching(new, old).pairs() if is_turned else _Matching(old, new).pairs()
    if is_turned:
        pairs = [_Pair(pair.new, pair.old, pair.likeness, pair.is_moved) for pair in pairs]
    by_new = {pair.new: pair for pair in pairs}
    is_kept = {pair.old for pair in pairs}
    removed: dict[int, list[Match]] = defaultdict(list)
    before = -1
    for place, clause in enumerate(old):
        if place in is_kept:
            before = place
        else:
            removed[before].append(Match(clause, None, 0.0, False))
    matches = removed[-1]
    for place, clause in enumerate(new):
        pair = by_new.get(place)
        if pair is None:
            matches.append(Match(None, clause, 0.0, False))
        else:
            matches.append(Match(old[pair.old], clause, pair.likeness, pair.is_moved))
            matches += removed[pair.old]
    return tuple(matches)


class Likenesses:
    """The clauses of a text, each of which can be looked at for another one."""

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self._clauses = clauses
        self._makers = Wordings()
        self._wordings = self._makers.of(clauses)

    def most_like(self, clause: Clause) -> Clause | None:
        """The one that is most like it, the first of equals, however little; None where nothing is."""
        (wording,) = self._makers.of((clause,))
        best, most = None, 0.0
        for other, its in zip(self._clauses, self._wordings, strict=True):
            alike = likeness(wording, its, most)
            if alike > most:
                best, most = other, alike
        return best


def _sorting(clause: Clause) -> tuple[str, str, str, str]:
    return (clause.key, clause.text, clause.kind, clause.part_of or "")


@dataclass(frozen=True, slots=True)
class _Pair:
    old: int
    new: int
    likeness: float
    is_moved: bool


class _Text:
    """One of the two texts, by the places of its clauses; `partner` is the place in the other one, once it is known."""

    def __init__(self, clauses: Sequence[Clause], wordings: list[Wording]) -> None:
        self.clauses = clauses
        self.wordings = wordings
        places = {clause.key: place for place, clause in enumerate(clauses)}
        self.places = places
        self.parents = [None if each.part_of is None else places.get(each.part_of) for each in clauses]
        self.partner: dict[int, int] = {}

    def left(self) -> list[int]:
        return [place for place in range(len(self.clauses)) if place not in self.partner]

    def neighbours(self) -> tuple[list[int], list[int]]:
        """The partners of the matched clauses nearest before and after each place; -1 where there is none."""
        before, after = [], []
        last = -1
        for place in range(len(self.clauses)):
            last = self.partner.get(place, last)
            before.append(last)
        last = -1
        for place in reversed(range(len(self.clauses))):
            last = self.partner.get(place, last)
            after.append(last)
        after.reverse()
        return before, after


class _Matching:
    def __init__(self, old: Sequence[Clause], new: Sequence[Clause]) -> None:
        makers = Wordings()
        self.old = _Text(old, makers.of(old))
        self.new = _Text(new, makers.of(new))

    @cached_property
    def _weights(self) -> Weights:
        return Weights(self.old.wordings + self.new.wordings)

    def pairs(self) -> list[_Pair]:
        self._same_words()
        self._most_alike(_CERTAIN)
        self._same_parts()
        self._most_alike(_ALIKE)
        self._same_parts()
        self._same_keys()
        self._same_places()
        partner = self.old.partner
        moves = moved(partner, self.old.parents, self.new.parents)
        return [
            _Pair(place, partner[place], self._likeness(place, partner[place]), place in moves)
            for place in sorted(partner)
        ]

    def _likeness(self, old: int, new: int) -> float:
        return likeness(self.old.wordings[old], self.new.wordings[new])

    def _join(self, old: int, new: int) -> None:
        self.old.partner[old] = new
        self.new.partner[new] = old

    def _same_words(self) -> None:
        olds, news = self.old.wordings, self.new.wordings
        for place, clause in enumerate(self.old.clauses):
            other = self.new.places.get(clause.key)
            if other is not None and other not in self.new.partner and olds[place].folded == news[other].folded:
                self._join(place, other)
        codes: dict[str, str] = {}

        def coded(text: _Text, is_new: bool) -> str:
            marks = []
            for place, wording in enumerate(text.wordings):
                known = place in text.partner
                name = f"\x00{text.partner[place] if is_new else place}" if known else wording.folded
                marks.append(codes.setdefault(name, chr(len(codes) + 1)))
            return "".join(marks)

        for code in Indel.opcodes(coded(self.old, False), coded(self.new, True)):
            if code.tag == "equal":
                for step in range(code.src_end - code.src_start):
                    old, new = code.src_start + step, code.dest_start + step
                    if old not in self.old.partner and new not in self.new.partner:
                        self._join(old, new)
        waiting: dict[str, list[int]] = defaultdict(list)
        for place in reversed(self.old.left()):
            waiting[olds[place].folded].append(place)
        for place in self.new.left():
            if waiting.get(news[place].folded):
                self._join(waiting[news[place].folded].pop(), place)

    def _most_alike(self, least: float) -> None:
        olds, news = self.old.left(), self.new.left()
        if not olds or not news:
            return
        index = Index([self.new.wordings[place] for place in news])
        weights = self._weights
        weighed = {place: weights.weighed(self.old.wordings[place]) for place in olds}
        new_weighed = {place: weights.weighed(self.new.wordings[place]) for place in news}
        old_before, old_after = self.old.neighbours()
        new_before, new_after = self.new.neighbours()
        left = {place: number for number, place in enumerate(news)}
        found = []
        for number, old in enumerate(olds):
            clause, wording = self.old.clauses[old], self.old.wordings[old]
            near = number * len(news) // len(olds)
            candidates = [news[each] for each in index.candidates(wording, near)]
            same_key = self.new.places.get(clause.key, -1)
            if same_key in left and same_key not in candidates:
                candidates.append(same_key)
            for new in candidates:
                other = self.new.clauses[new]
                parent, new_parent = self.old.parents[old], self.new.parents[new]
                in_parent = self.old.partner.get(-1 if parent is None else parent) == new_parent
                before, after = new_before[new], new_after[new]
                in_place = in_parent and (
                    self.new.partner.get(old_before[old], -2) == before
                    or self.new.partner.get(old_after[old], -2) == after
                )
                enough = _ALIKE_IN_PLACE if in_place and least < _CERTAIN else least
                shared = weights.shared(weighed[old], new_weighed[new])
                # Below that the score is too low as well.
                alike = likeness(wording, self.new.wordings[new], min(_CERTAIN, 2 * enough - shared))
                if (clause.kind is ClauseKind.SECTION) != (other.kind is ClauseKind.SECTION) and alike < _CERTAIN:
                    continue
                score = (alike + shared) / 2 if alike < _CERTAIN else alike
                if score < enough:
                    continue
                score += _BONUS_OF_PARENT * in_parent + _BONUS_OF_PLACE * in_place
                if clause.key == other.key and _BY_POSITION.search(clause.key) is None:
                    score += _BONUS_OF_KEY
                found.append((-score, abs(left[new] - near), old, new))
        for _, _, old, new in sorted(found):
            if old not in self.old.partner and new not in self.new.partner:
                self._join(old, new)

    def _same_parts(self) -> None:
        votes: dict[tuple[int, int], int] = defaultdict(int)
        parts: dict[tuple[bool, int], int] = defaultdict(int)
        for old, new in self.old.partner.items():
            parent, new_parent = self.old.parents[old], self.new.parents[new]
            if parent is not None:
                parts[False, parent] += 1
            if new_parent is not None:
                parts[True, new_parent] += 1
            if parent is not None and new_parent is not None:
                votes[parent, new_parent] += 1
        for (old, new), count in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
            is_free = old not in self.old.partner and new not in self.new.partner
            if is_free and 2 * count > parts[False, old] and 2 * count > parts[True, new]:
                self._join(old, new)

    def _same_keys(self) -> None:
        for old in self.old.left():
            clause = self.old.clauses[old]
            new = self.new.places.get(clause.key)
            if new is None or new in self.new.partner or _BY_POSITION.search(clause.key):
                continue
            if (clause.kind is ClauseKind.SECTION) == (self.new.clauses[new].kind is ClauseKind.SECTION):
                self._join(old, new)

    def _same_places(self) -> None:
        """Joins what is left in the same part, between the same neighbours, in both texts, in order."""
        old_before, old_after = self.old.neighbours()
        new_before, new_after = self.new.neighbours()
        olds: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        news: dict[tuple[int, int, int], list[int]] = defaultdict(list)
        for old in self.old.left():
            parent = self.old.parents[old]
            part = -1 if parent is None else self.old.partner.get(parent, -2)
            olds[part, old_before[old], old_after[old]].append(old)
        partner = {-1: -1, **self.old.partner}
        for new in self.new.left():
            parent = self.new.parents[new]
            part = -1 if parent is None else parent
            news[part, partner[new_before[new]], partner[new_after[new]]].append(new)
        for place, left in olds.items():
            others = news.get(place, ())
            if len(left) != len(others):
                continue
            for old, new in zip(left, others, strict=True):
                if self._is_short(old, new):
                    self._join(old, new)

    def _is_short(self, old: int, new: int) -> bool:
        is_of_one_kind = self.old.clauses[old].kind is self.new.clauses[new].kind
        return is_of_one_kind and max(len(self.old.wordings[old].words), len(self.new.wordings[new].words)) <= _SHORT
