"""How alike clauses are, and which of many are worth a look. Pure."""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from heapq import nsmallest

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


def likeness(one: Wording, other: Wording) -> float:
    """0: nothing in common; 1, and only then: they say the same, as `graph.clauses.words.folded` sees it. Symmetric.

    The mean of what stays of the words and of what stays of their letters, for rows with that of their names.
    """
    if one.folded == other.folded:
        return 1.0
    words = Indel.normalized_similarity(one.coded, other.coded)
    letters = Indel.normalized_similarity(one.plain, other.plain)
    found = (words + letters) / 2
    if one.name and other.name:
        found = (found + Indel.normalized_similarity(one.name, other.name)) / 2
    return min(found, 0.99)


class Weights:
    """How much each word of some texts tells: the rarer, the more."""

    def __init__(self, wordings: Sequence[Wording]) -> None:
        counts = Counter(word for each in wordings for word in set(each.words))
        most = len(wordings) + 1
        self._weight = {word: math.log(most / count) + 0.1 for word, count in counts.items()}

    def shared(self, one: Wording, other: Wording) -> float:
        """What part of what the words of both tell they have in common: 0 to 1, whatever their order. Symmetric."""
        first, second = Counter(one.words), Counter(other.words)
        total = self._sum(first.items()) + self._sum(second.items())
        return 2 * self._sum((first & second).items()) / total if total else 0.0

    def _sum(self, counts: Iterable[tuple[str, int]]) -> float:
        return math.fsum(self._weight.get(word, 0.1) * count for word, count in counts)


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
            for place in places if left >= 0 else nsmallest(_PLACES, places, key=lambda each: abs(each - near)):
                scores[place] = scores.get(place, 0.0) + gain
        return nsmallest(_CANDIDATES, scores, key=lambda place: (-scores[place], abs(place - near), place))


def _features(wording: Wording) -> Iterator[str]:
    """Words, pairs of neighbours, and, of short texts, triples of letters; each once, in a fixed order."""
    words = wording.words
    found = dict.fromkeys(words)
    found.update(dict.fromkeys(f"{one} {other}" for one, other in itertools.pairwise(words)))
    if len(words) < _FEW_WORDS:
        text = f" {wording.plain} "
        found.update(dict.fromkeys(f"\x00{text[at : at + 3]}" for at in range(len(text) - 2)))
    return iter(found)
