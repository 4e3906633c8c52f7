"""Which of the clauses that are in both texts were moved. Pure."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Mapping, Sequence


def moved(
    partners: Mapping[int, int], old_parents: Sequence[int | None], new_parents: Sequence[int | None]
) -> set[int]:
    """The places in the old text of what people would say was moved.

    `partners` maps places in the old text to places in the new one; the parents are places too. As much as possible
    stays; what does not is moved, unless it only went along with what it is part of and kept its place there.
    """
    olds = sorted(partners)
    weights = _weights(olds, old_parents)
    staying = _heaviest_order([(old, partners[old]) for old in olds], weights)
    displaced = [old for old in olds if old not in staying]
    along: dict[int, list[int]] = {}
    found: set[int] = set()
    for old in displaced:
        parent = old_parents[old]
        if parent is None or parent in staying or partners.get(parent, -1) != new_parents[partners[old]]:
            found.add(old)
        else:
            along.setdefault(parent, []).append(old)
    for children in along.values():
        kept = _heaviest_order([(old, partners[old]) for old in children], weights)
        found.update(old for old in children if old not in kept)
    return found


def _weights(olds: Sequence[int], parents: Sequence[int | None]) -> dict[int, int]:
    """What staying where it is is worth: for what has more below it, more."""
    weights = dict.fromkeys(olds, 1)
    for old in reversed(olds):
        parent = parents[old]
        if parent in weights and parent is not None and parent < old:
            weights[parent] += 2 * weights[old]
    return weights


def _heaviest_order(pairs: Sequence[tuple[int, int]], weights: Mapping[int, int]) -> set[int]:
    """Of `pairs`, which rise in their first places, the first places of the heaviest part that rises in both."""
    seconds = [second for _, second in pairs]
    if all(one < other for one, other in itertools.pairwise(seconds)):
        return {first for first, _ in pairs}
    ranks = sorted(seconds)
    # A Fenwick tree over ranks: the heaviest sequence that ends at or before each, and the pair that it ends with.
    best: list[tuple[int, int]] = [(0, -1)] * (len(pairs) + 1)
    before: list[int] = []
    for at, (first, second) in enumerate(pairs):
        rank = bisect_left(ranks, second) + 1
        weight, last = 0, -1
        place = rank - 1
        while place:
            if best[place][0] > weight:
                weight, last = best[place]
            place -= place & -place
        before.append(last)
        here = (weight + weights[first], at)
        place = rank
        while place < len(best):
            if best[place][0] < here[0]:
                best[place] = here
            place += place & -place
    end = max(range(1, len(best)), key=lambda place: best[place][0])
    found: set[int] = set()
    at = best[end][1]
    while at >= 0:
        found.add(pairs[at][0])
        at = before[at]
    return found
