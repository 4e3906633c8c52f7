"""How many people something is about: where those are of whom something is held at an element. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, product, starmap

from graph.changes import EVERYONE, Place, Touch
from graph.data_map import DataMap
from graph.impact.facts import Facts, services_of
from graph.model import Controller, DataCategory, Exclusion, MapElement, Measure, Right, Service

#: Places, each a service and a category, that what is counted is laid out to.
TOUCHED_AT_MOST = 5_000


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """So many people, or more where that is not all: there is an end to what is read for a count."""

    count: int
    is_complete: bool


class Holders:
    """Whom the elements of one map are about, by what is held. A fact about a service or category holds for its parts,
    and what a recipient gets is got by those that it engages. A touch has `TOUCHED_AT_MOST` places or, where there are
    more, one more than that. It takes long for many facts of the same places."""

    def __init__(self, data_map: DataMap) -> None:
        self._data_map = data_map
        self._facts = Facts(data_map)

    def of(self, element: MapElement) -> Touch:
        """Those of whom something is held at the element: by a service, of a category, or by a processing or disclosure
        that the element plays a part in; everyone for what is said to everybody, such as a right."""
        return self.of_all((element,))

    def of_all(self, elements: Iterable[MapElement]) -> Touch:
        """Those of whom something is held at any of the elements."""
        named = tuple(elements)
        if any(map(_is_about_everyone, named)):
            return EVERYONE
        found: set[Place] = set()
        for place in chain.from_iterable(map(self._places, named)):
            found.add(place)
            if len(found) > TOUCHED_AT_MOST:
                break
        return Touch(places=frozenset(found))

    def _places(self, element: MapElement) -> Iterator[Place]:
        """One by one, so that a broad map is not laid out where only the first of them are looked at."""
        match element:
            case Exclusion(categories=keys):
                yield from self._of_categories(keys)
            case DataCategory(key=key):
                yield from self._of_categories((key,))
            case Service(key=key):
                yield from map(Place, sorted(self._facts.service_parts(key)))
            case _:
                for fact in self._facts.using(element):
                    services = frozenset().union(*map(self._facts.service_parts, services_of(fact)))
                    yield from starmap(Place, product(sorted(services), self._parts(fact.categories)))

    def _of_categories(self, keys: Iterable[str]) -> Iterator[Place]:
        return starmap(Place, product(self._data_map.services, self._parts(keys)))

    def _parts(self, categories: Iterable[str]) -> list[str]:
        return sorted(frozenset().union(*map(self._facts.category_parts, categories)))


def _is_about_everyone(element: MapElement) -> bool:
    return isinstance(element, Controller | Right | Measure) or (
        isinstance(element, Exclusion) and not element.categories
    )
