"""What both records are drawn from: a map, what is part of what in it, and what recipients pass on to each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, Protocol, TypeVar

from graph.data_map import DataMap
from graph.model import Adequacy, Clause, MapElement, Recipient, Safeguard
from graph.processing_record.model import Onward, Point, Transfer, Unstated, WithParts
from graph.trees import parts_by_whole

NO_FIELD = "The map has no field for it: add it to the record by hand"


class _Nested(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def part_of(self) -> str | None: ...


NestedT = TypeVar("NestedT", bound=_Nested)


class Area:
    """Elements of a tree with all that is part of them, by where each begins and ends."""

    def __init__(self, spans: Iterable[tuple[int, int]]) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(spans):
            # One that begins before the last has ended is part of it.
            if not self._ends or start >= self._ends[-1]:
                self._starts.append(start)
                self._ends.append(end)

    def holds(self, place: int) -> bool:
        return self.touches(place, place + 1)

    def touches(self, start: int, end: int) -> bool:
        before = bisect_left(self._starts, end)
        return before > 0 and self._ends[before - 1] > start


class Tree(Generic[NestedT]):
    """Elements by their keys, of which some are part of others.

    Each has a place such that those of its parts follow it, up to where it ends: so that neither a broad nor a deep
    tree takes more to ask than its answer is long.
    """

    def __init__(self, elements: Mapping[str, NestedT]) -> None:
        self._elements = elements
        self._places: dict[str, int] = {}
        self._ends: dict[str, int] = {}
        self._leaves: list[NestedT] = []
        self._places_of_leaves: list[int] = []
        self._parts = parts = parts_by_whole({each.key: each.part_of for each in elements.values()})
        waiting = [each.key for each in reversed(tuple(elements.values())) if each.part_of is None]
        while waiting:
            key = waiting.pop()
            if key in self._places:
                self._ends[key] = len(self._places)
                continue
            if key not in parts:
                self._leaves.append(elements[key])
                self._places_of_leaves.append(len(self._places))
            self._places[key] = len(self._places)
            waiting += [key, *reversed(parts.get(key, ()))]

    def with_parts(self, key: str) -> WithParts[NestedT]:
        first = bisect_right(self._places_of_leaves, self._places[key])
        end = bisect_left(self._places_of_leaves, self._ends[key])
        return WithParts(self._elements[key], tuple(self._leaves[first:end]))

    def shared(self, said: Iterable[str], had: Sequence[str]) -> tuple[str, ...]:
        """Where something is said of the elements `said`: what it means for those that are `had`, which is the narrower
        of each two that are part of one another."""
        narrower: dict[str, None] = {}
        for key in said:
            if any(self.holds(each, key) for each in had):
                narrower[key] = None
            else:
                narrower.update(dict.fromkeys(each for each in had if self.holds(key, each)))
        return tuple(narrower)

    def holds(self, whole: str, key: str) -> bool:
        """Whether `key` is `whole` or a part of it."""
        return self._places[whole] <= self._places[key] < self._ends[whole]

    def parts(self, key: str) -> Sequence[str]:
        """Those directly below it."""
        return self._parts.get(key, ())

    def area(self, keys: Iterable[str]) -> Area:
        return Area((self._places[key], self._ends[key]) for key in keys)

    def touches(self, area: Area, key: str) -> bool:
        """Whether the element, a part of it or what it is part of is in the area."""
        return area.touches(self._places[key], self._ends[key])

    def without(self, key: str, area: Area) -> Iterator[str]:
        """The widest parts of an element of which nothing is in the area."""
        waiting = [key]
        while waiting:
            key = waiting.pop()
            if not self.touches(area, key):
                yield key
            elif not area.holds(self._places[key]):
                waiting += reversed(self.parts(key))


class Ground:
    """One map, for one record."""

    def __init__(self, data_map: DataMap) -> None:
        self.data_map = data_map
        self.services, self.categories = Tree(data_map.services), Tree(data_map.data_categories)
        self._safeguards = {each.key: each for each in data_map.elements.safeguards}
        self._reached: dict[str, Mapping[str, Onward]] = {}

    def reached(self, recipient: str) -> Mapping[str, Onward]:
        """The recipient and those that it engages, that these engage, and so on, by their keys: nearest first."""
        if recipient not in self._reached:
            recipients = self.data_map.recipients
            by: dict[str, list[Recipient]] = {recipient: []}
            nearest = [recipient]
            for key in nearest:
                for engaged in recipients[key].engages:
                    if engaged not in by:
                        by[engaged] = []
                        nearest.append(engaged)
                    by[engaged].append(recipients[key])
            self._reached[recipient] = {key: Onward(recipients[key], tuple(by[key])) for key in nearest}
        return self._reached[recipient]

    def safeguards(self, recipient: Recipient) -> tuple[Safeguard, ...]:
        return tuple(self._safeguards[key] for key in recipient.safeguards)

    def transfers(self, recipient: Recipient) -> Iterator[Transfer]:
        """What this recipient has, it has in these countries outside of the EEA."""
        for key in recipient.countries:
            country = self.data_map.countries[key]
            if country.adequacy is not Adequacy.EEA:
                yield Transfer(recipient, country, self.safeguards(recipient))

    def unstated_of_transfers(self, point: Point, recipient: Recipient) -> Iterator[Unstated]:
        if not recipient.countries and recipient.kind.is_knowable:
            yield Unstated(point, "the country", recipient, f"Give recipients.{recipient.key}.countries in the map")
        for each in () if recipient.safeguards else self.transfers(recipient):
            if each.country.adequacy is Adequacy.NONE:
                what = f"what protects the transfer to {each.country.name}"
                yield Unstated(point, what, recipient, f"Give recipients.{recipient.key}.safeguards in the map")

    def clauses(self, elements: Iterable[MapElement]) -> tuple[Clause, ...]:
        """Those that state any of the elements, each once, in the order of the elements."""
        return self.data_map.clauses_of(dict.fromkeys(key for each in elements for key in each.clauses))


def unstated_of_controller(data_map: DataMap, point: Point) -> Iterator[Unstated]:
    controller = data_map.elements.controller
    if data_map.countries[controller.country].adequacy is not Adequacy.EEA:
        yield Unstated(point, "the representative in the Union (Art. 27)", controller, NO_FIELD)
    yield Unstated(point, "the data protection officer, if there is one", controller, NO_FIELD)
