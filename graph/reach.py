"""Whom changes reach: who is affected and where, and how many are, in all and by each change. Pure, and bounded."""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from graph.changes import Change, Place, Touch, notifying
from graph.model import Channel

SAMPLE_SIZE = 10

# Sets of spots that were not counted by change yet. A few hundred occur; more than these are never kept.
_SETS_AT_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Affected:
    """A subject whom a touch affects. `places` (each with its category) and `purposes`: those of their holdings and of
    their decisions that it touches. Both are empty where it affects everyone, and nothing else of theirs."""

    subject: str
    places: frozenset[Place]
    purposes: frozenset[str]


@dataclass(frozen=True, slots=True)
class OfPurpose:
    """Stands for everybody with a decision about a purpose."""

    purpose: str


#: Where somebody is found: at a place with its category, or by a decision.
Spot: TypeAlias = Place | OfPurpose


def names(touch: Touch, spot: Spot) -> bool:
    """Whether a touch names a spot."""
    match spot:
        case Place(service, category):
            return category is not None and touch.holds(service, category)
        case OfPurpose(purpose):
            return purpose in touch.purposes


def affects(touch: Touch, spot: Spot) -> bool:
    """Whether a touch affects those who are found at a spot. Everyone is who has a holding or a decision, wherever."""
    return touch.everyone or names(touch, spot)


@dataclass(frozen=True, slots=True)
class ReachOfChange:
    """How many subjects one change affects, none where it has no impact; and how many of these are found at each place
    and for each purpose that it touches, those with none left out, in the order of places and purposes."""

    change: Change
    subjects: int
    places: tuple[tuple[Place, int], ...] = ()
    purposes: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Reach:
    """Whom a revision's changes reach at a time, compared with revision `base`; None where it is the first, and changes
    nothing that anybody was told.

    `subjects`: all whom a change with an impact affects, each once. `changes`: all of them, in their order. `channels`:
    by how many subjects each is used, with as many channels as they have; None where that was not asked. `sample`: ids
    of some subjects, the same whenever the same subjects are affected, ascending.
    """

    number: int
    base: int | None
    at: datetime
    subjects: int
    changes: tuple[ReachOfChange, ...]
    channels: Mapping[Channel, int] | None
    sample: tuple[str, ...]


class Tally:
    """Counts subjects by change, spot and channel, in memory that does not grow with their number."""

    def __init__(self, changes: Sequence[Change], spots: Sequence[Spot]) -> None:
        """`spots`: where subjects may be found, in the order of the bits of the sets that `add` takes."""
        self._changes = tuple(changes)
        self._spots = tuple(spots)
        told = list(notifying(self._changes))
        self._told = {id(change): number for number, change in enumerate(told)}
        self._bits = [
            sum(1 << bit for bit, spot in enumerate(self._spots) if affects(change.touch, spot)) for change in told
        ]
        self._of_changes = [0] * len(told)
        self._of_spots = [0] * len(self._spots)
        self._sets: Counter[int] = Counter()
        self._subjects = 0
        self._channels: Counter[Channel] | None = None
        self._sample: list[tuple[bytes, str]] = []

    def add(self, subjects: Sequence[tuple[str, int]]) -> None:
        """Subjects that were not added before, each with the set of spots at which they are found: bit n is the nth."""
        self._subjects += len(subjects)
        self._sets.update(found for _, found in subjects)
        if len(self._sets) > _SETS_AT_MOST:
            self._count_sets()
        drawn = ((hashlib.blake2b(each.encode(), digest_size=8).digest(), each) for each, _ in subjects)
        self._sample = heapq.nsmallest(SAMPLE_SIZE, [*self._sample, *drawn])

    def add_channels(self, channels: Iterable[Iterable[Channel]]) -> None:
        """The channels of some of the subjects, each time of others."""
        self._channels = self._channels or Counter()
        for each in channels:
            self._channels.update(each)

    def reach(self, number: int, base: int | None, at: datetime) -> Reach:
        """What was counted so far."""
        self._count_sets()
        return Reach(
            number,
            base,
            at,
            self._subjects,
            tuple(self._reach_of(change) for change in self._changes),
            None if self._channels is None else {each: self._channels[each] for each in Channel},
            tuple(sorted(subject for _, subject in self._sample)),
        )

    def _count_sets(self) -> None:
        for found, count in self._sets.items():
            for number, bits in enumerate(self._bits):
                if found & bits:
                    self._of_changes[number] += count
            rest = found
            while rest:
                lowest = rest & -rest
                self._of_spots[lowest.bit_length() - 1] += count
                rest ^= lowest
        self._sets.clear()

    def _reach_of(self, change: Change) -> ReachOfChange:
        number = self._told.get(id(change))
        if number is None:
            return ReachOfChange(change, 0)
        found = [
            (spot, count)
            for spot, count in zip(self._spots, self._of_spots, strict=True)
            if count and names(change.touch, spot)
        ]
        return ReachOfChange(
            change,
            self._of_changes[number],
            tuple(sorted((spot, count) for spot, count in found if isinstance(spot, Place))),
            tuple(sorted((spot.purpose, count) for spot, count in found if isinstance(spot, OfPurpose))),
        )
