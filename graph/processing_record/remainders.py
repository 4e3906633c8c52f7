"""What is left of disclosures once those processings are told that are for the same purpose."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from graph.model import Disclosure
from graph.processing_record.ground import Area, Ground
from graph.trees import carriers


class Remainders:
    def __init__(self, ground: Ground) -> None:
        self._services, self._categories = ground.services, ground.categories
        elements = ground.data_map.elements
        self._wholes = {each.key: each.part_of for each in elements.services}
        self._used = defaultdict[str, set[str]](set)
        for each in elements.processings:
            self._used[each.service].update(each.categories)
        self._used_near: dict[str, Area] = {}
        # Of each disclosure, by service, the categories that are told.
        self._told = defaultdict[str, defaultdict[str, set[str]]](lambda: defaultdict(set))

    def tell(self, disclosure: Disclosure, services: Iterable[str], categories: Iterable[str]) -> None:
        """That these are in some row. Only what is, or is part of, what the disclosure names."""
        for service in services:
            self._told[disclosure.key][service].update(categories)

    def of(self, disclosure: Disclosure) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Services with categories: as they are named where nothing of them is told; where a part is, those other parts
        that are processed, for whatever purpose."""
        told = self._told[disclosure.key]
        left = defaultdict[str, dict[str, None]](dict)
        for service in disclosure.services:
            near = self._near(service, told)
            for category in disclosure.categories:
                if not self._categories.touches(near, category):
                    left[service][category] = None
            cut = [each for each in disclosure.categories if self._categories.touches(near, each)]
            for part, area in self._parts(service, told) if cut else ():
                for category in cut:
                    for each in self._categories.without(category, area):
                        if self._categories.touches(self._used_by(part), each):
                            left[part][each] = None
        for service, categories in left.items():
            yield service, tuple(categories)

    def _parts(self, service: str, told: Mapping[str, set[str]]) -> Iterator[tuple[str, Area]]:
        """The widest parts of a service for all of which the same categories are told, with these."""
        wholes = carriers((whole for each in told if (whole := self._wholes[each])), self._wholes)
        above = (told[each] for each in told if self._services.holds(each, service))
        known = set[str]().union(*above)
        waiting = [(service, known, self._categories.area(known))]
        while waiting:
            key, known, area = waiting.pop()
            if key not in wholes:
                yield key, area
                continue
            for part in reversed(self._services.parts(key)):
                if part in told:
                    wider = known | told[part]
                    waiting.append((part, wider, self._categories.area(wider)))
                else:
                    waiting.append((part, known, area))

    def _used_by(self, service: str) -> Area:
        if service not in self._used_near:
            self._used_near[service] = self._near(service, self._used)
        return self._used_near[service]

    def _near(self, service: str, categories: Mapping[str, set[str]]) -> Area:
        """The categories of the service, of its parts and of what it is part of."""
        near = (
            each for each in categories if self._services.holds(each, service) or self._services.holds(service, each)
        )
        return self._categories.area(set[str]().union(*(categories[each] for each in near)))
