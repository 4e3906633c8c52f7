"""How alike clauses are, and which of many are worth a look. Pure."""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from heapq import nlargest, nsmallest

from rapidfuzz.distance import Indel

from graph.clauses.words import folded_words
from graph.model import Clause, ClauseKind

# Texts of so few words are looked up by their letters too: a slip leaves them without a word in common.
_FEW_WORDS = 4
# How many clauses are looked at for one, and how many places of the index are read to find them.
_CANDIDATES = 12
_PLACES = 600


@dataclass(frozen=True, slots=True)
class Wording:
    """What of a clause is compared: `folded` decides whether it says the same; the rest, in small letters, how alike.

    `coded` has one character for each different word, so that words are compared as fast as letters; `name` is the
    first cell of a table's row, by which people tell rows apart, and empty for all else.
    """

    folded: str
    plain: str
    words: tuple[str, ...]
    coded: str
    name: str


class Wordings:
    """Makes the wordings of clauses that are compared with one another."""

    def __init__(self) -> None:
        self._codes: dict[str, str] = {}

    def of(self, clauses: Iterable[Clause]) -> list[Wording]:
        return [self._wording(clause) for clause in clauses]

    def _wording(self, clause: Clause) -> Wording:
        folded = folded_words(clause)
        words = tuple(word.casefold() for word in folded)
        codes = self._codes
        coded = "".join([codes.setdefault(word, chr(len(codes) + 1)) for word in words])
        name = clause.text.partition(" | ")[0].casefold() if clause.kind is ClauseKind.TABLE_ROW else ""
        return Wording(" ".join(folded), " ".join(words), words, coded, name)


def likeness(one: Wording, other: Wording, least: float = 0.0) -> float:
    """0: nothing in common; 1, and only then: they say the same, as `graph.clauses.words.folded` sees it. Symmetric.

    The mean of what stays of the words and of what stays of their letters, for rows with that of their names. What is
    less than `least`, which is 1 at most, is 0, and found out sooner.
    """
    if one.folded == other.folded:
        return 1.0
    if one.name and other.name:
        name = Indel.normalized_similarity(one.name, other.name)
        return _limited((_of_text(one, other, 2 * least - name) + name) / 2, least)
    return _limited(_of_text(one, other, least), least)


def _of_text(one: Wording, other: Wording, least: float) -> float:
    """0, or something that is less than `least` too, for what is less."""
    words = _similarity(one.coded, other.coded, 2 * least - 1)
    return (words + _similarity(one.plain, other.plain, 2 * least - words)) / 2


def _similarity(one: str, other: str, least: float) -> float:
    """0, or something that is less than `least` too, for what is less."""
    # The library takes a similarity that is exactly the least for one that is less: a letter of room is enough.
    room = 2 / (len(one) + len(other) + 1)
    return Indel.normalized_similarity(one, other, score_cutoff=min(max(least - room, 0.0), 1.0))


def _limited(found: float, least: float) -> float:
    found = min(found, 0.99)
    return found if found >= least else 0.0


@dataclass(frozen=True, slots=True)
class Weighed:
    """The words of a text with how often they are there, and what they tell together."""

    counts: Mapping[str, int]
    total: float


class Weights:
    """How much each word of some texts tells: the rarer, the more."""

    def __init__(self, wordings: Sequence[Wording]) -> None:
        counts = Counter(word for each in wordings for word in set(each.words))
        most = len(wordings) + 1
        self._weight = {word: math.log(most / count) + 0.1 for word, count in counts.items()}

    def weighed(self, wording: Wording) -> Weighed:
        """One of the texts."""
        counts = Counter(wording.words)
        return Weighed(counts, math.fsum(self._weight[word] * count for word, count in counts.items()))

    def shared(self, one: Weighed, other: Weighed) -> float:
        """What part of what the words of both tell they have in common: 0 to 1, whatever their order. Symmetric."""
        total = one.total + other.total
        if not total:
            return 0.0
        weight, others = self._weight, other.counts
        return (
            2
            * math.fsum(weight[word] * min(count, others[word]) for word, count in one.counts.items() if word in others)
            / total
        )


class Index:
    """Finds, for one text, those of many that have rare words or pairs of words in common with it."""

    def __init__(self, wordings: Sequence[Wording]) -> None:
        self._places: dict[str, list[int]] = {}
        for place, wording in enumerate(wordings):
            for feature in _features(wording):
                self._places.setdefault(feature, []).append(place)

    def candidates(self, wording: Wording, near: int) -> list[int]:
        """At most a dozen places, those first that have most in common, of equals those nearest to `near`."""
        lists = sorted(
            (found for found in map(self._places.get, _features(wording)) if found), key=lambda found: len(found)
        )
        scores: dict[int, float] = {}
        left = _PLACES
        for places in lists:
            left -= len(places)
            if left < 0 and scores:
                break
            gain = 1 / len(places)
            for place in places if left >= 0 else _nearest(places, near):
                scores[place] = scores.get(place, 0.0) + gain
        # Most are far from the best dozen: to know that, a number is enough.
        least = min(nlargest(_CANDIDATES, scores.values()), default=0.0)
        best = (place for place, score in scores.items() if score >= least)
        return nsmallest(_CANDIDATES, best, key=lambda place: (-scores[place], abs(place - near), place))


def _nearest(places: Sequence[int], near: int) -> Sequence[int]:
    """So many of ascending places as are read at most: those nearest to `near`."""
    first = bisect_left(
        range(max(0, len(places) - _PLACES)), True, key=lambda at: near - places[at] <= places[at + _PLACES] - near
    )
    return places[first : first + _PLACES]


def _features(wording: Wording) -> Iterator[str]:
    """Words, pairs of neighbours, and, of short texts, triples of letters; each once, in a fixed order."""
    words = wording.words
    found = dict.fromkeys(words)
    found.update(dict.fromkeys(f"{one} {other}" for one, other in itertools.pairwise(words)))
    if len(words) < _FEW_WORDS:
        text = f" {wording.plain} "
        found.update(dict.fromkeys(f"\x00{text[at : at + 3]}" for at in range(len(text) - 2)))
    return iter(found)
