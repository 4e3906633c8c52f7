"""How many people something is about: where those are of whom something is held at an element. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from graph.changes import EVERYONE, NOBODY, Place, Touch
from graph.data_map import DataMap
from graph.impact.facts import Fact, Facts, services_of
from graph.model import Controller, DataCategory, Exclusion, MapElement, Measure, Right, Service


@dataclass(frozen=True, slots=True)
class PeopleCount:
    """So many people, or more where that is not all: there is an end to what is read for a count."""

    count: int
    is_complete: bool


class Holders:
    """Whom the elements of one map are about, by what is held. A fact about a service or category holds for its parts,
    and what a recipient gets is got by those that it engages."""

    def __init__(self, data_map: DataMap) -> None:
        self._data_map = data_map
        self._facts = Facts(data_map)
        self._known: dict[tuple[str, str], Touch] = {}

    def of(self, element: MapElement) -> Touch:
        """Those of whom something is held at the element: by a service, of a category, or by a processing or disclosure
        that the element plays a part in; everyone for what is said to everybody, such as a right."""
        name = type(element).__name__, element.key
        if name not in self._known:
            self._known[name] = self._of(element)
        return self._known[name]

    def of_all(self, elements: Iterable[MapElement]) -> Touch:
        """Those of whom something is held at any of the elements."""
        found = [self.of(each) for each in elements]
        if any(each.everyone for each in found):
            return EVERYONE
        return Touch(places=frozenset().union(*(each.places for each in found))) if found else NOBODY

    def _of(self, element: MapElement) -> Touch:
        match element:
            case Controller() | Right() | Measure():
                return EVERYONE
            case Exclusion(categories=()):
                return EVERYONE
            case Exclusion(categories=keys):
                return self._of_categories(keys)
            case DataCategory(key=key):
                return self._of_categories((key,))
            case Service(key=key):
                return Touch(places=frozenset(Place(part) for part in self._facts.service_parts(key)))
            case _:
                return Touch(places=frozenset().union(*map(self._of_fact, self._facts.using(element))))

    def _of_categories(self, keys: Iterable[str]) -> Touch:
        parts = frozenset().union(*map(self._facts.category_parts, keys))
        return Touch(places=frozenset(Place(service, part) for service in self._data_map.services for part in parts))

    def _of_fact(self, fact: Fact) -> frozenset[Place]:
        services = frozenset().union(*map(self._facts.service_parts, services_of(fact)))
        categories = frozenset().union(*map(self._facts.category_parts, fact.categories))
        return frozenset(Place(service, category) for service in services for category in categories)
