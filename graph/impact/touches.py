"""Whom changes touch: the holdings and decisions that the facts of either revision speak of.

What touches people is what is done with data, so a change of an element touches those of whom the facts that use it
speak. Facts are taken from both revisions, and services and categories with all that is part of them in either: who was
concerned before is told of the end as well.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from graph.changes import EVERYONE, Place, Touch
from graph.compare import by_name
from graph.data_map import DataMap
from graph.impact.facts import Fact, Facts, services_of
from graph.model import DataCategory, MapElement, Purpose, Service


class Touches:
    """The touches of the changes between two maps; each part of them is found once."""

    def __init__(self, old: DataMap, new: DataMap) -> None:
        self.old, self.new = Facts(old), Facts(new)
        self._befores, self._afters = by_name(old), by_name(new)
        self._elements: dict[tuple[str, str], Touch] = {}
        self._places: dict[tuple[tuple[str, ...], tuple[str, ...]], frozenset[Place]] = {}
        self._parts: dict[tuple[str, str], frozenset[str]] = {}

    def of_element(self, element: MapElement) -> Touch:
        """Those of whom the facts that use the element speak, and for a purpose those who decided about it; everyone
        where no fact uses it. For a service whoever has a holding of it; for a category that is new, of which nobody
        has a holding yet, whoever has one of the services that use it."""
        name = type(element).__name__, element.key
        if name not in self._elements:
            self._elements[name] = self._of_element(element)
        return self._elements[name]

    def of_all(self, elements: Iterable[MapElement]) -> Touch:
        """Those whom any of the elements touch; everyone where there are none."""
        touches = {self.of_element(each) for each in elements}
        if not touches or EVERYONE in touches:
            return EVERYONE
        return Touch(
            places=frozenset().union(*(each.places for each in touches)),
            purposes=frozenset().union(*(each.purposes for each in touches)),
        )

    def of_reference(self, element: MapElement, target: MapElement) -> Touch:
        """Those whom it touches that an element refers to `target`, or no longer. Of a fact: those of whom it speaks by
        way of that service or category or for that purpose, or all of whom it speaks by way of any other reference."""
        if not isinstance(element, Fact):
            return self.of_element(element)
        services, categories = services_of(element), element.categories
        match target:
            case Service(key=key):
                return Touch(places=self.places((key,), categories))
            case DataCategory(key=key):
                return Touch(places=self.places(services, (key,)))
            case Purpose(key=key):
                return Touch(places=self.places(services, categories), purposes=frozenset({key}))
            case _:
                return Touch(places=self.places(services, categories))

    def is_in_both(self, element: MapElement) -> bool:
        name = type(element).__name__, element.key
        return name in self._befores and name in self._afters

    def places(self, services: tuple[str, ...], categories: tuple[str, ...]) -> frozenset[Place]:
        """Each of these services with each of these categories, and all that is part of them."""
        known = self._places.get((services, categories))
        if known is None:
            within = [part for key in categories for part in self._category_parts(key)]
            known = self._places[services, categories] = frozenset(
                Place(service, category)
                for key in services
                for service in self._service_parts(key)
                for category in within
            )
        return known

    def _of_element(self, element: MapElement) -> Touch:
        name = type(element).__name__, element.key
        facts = [
            fact
            for side, elements in ((self.old, self._befores), (self.new, self._afters))
            if (there := elements.get(name)) is not None
            for fact in side.using(there)
        ]
        match element:
            case Service(key=key):
                return Touch(places=frozenset(Place(part) for part in self._service_parts(key)))
            case DataCategory(key=key) if facts:
                return Touch(places=self._of_category(key, facts, is_new=name not in self._befores))
            case Purpose(key=key) if facts:
                return self._of_facts(facts) | Touch(purposes=frozenset({key}))
            case _:
                return self._of_facts(facts) if facts else EVERYONE

    def _of_category(self, key: str, facts: Iterable[Fact], *, is_new: bool) -> frozenset[Place]:
        found: set[Place] = set()
        parts = self._category_parts(key)
        for fact in facts:
            services = [part for service in services_of(fact) for part in self._service_parts(service)]
            if is_new:
                found.update(Place(service) for service in services)
                continue
            for name in fact.categories:
                named = parts & self._category_parts(name)
                found.update(Place(service, category) for service in services for category in named)
        return frozenset(found)

    def _of_facts(self, facts: Iterable[Fact]) -> Touch:
        return Touch(places=frozenset().union(*(self.places(services_of(each), each.categories) for each in facts)))

    def _service_parts(self, key: str) -> frozenset[str]:
        return self._both("service", key, Facts.service_parts)

    def _category_parts(self, key: str) -> frozenset[str]:
        return self._both("category", key, Facts.category_parts)

    def _both(self, kind: str, key: str, parts: Callable[[Facts, str], frozenset[str]]) -> frozenset[str]:
        known = self._parts.get((kind, key))
        if known is None:
            known = self._parts[kind, key] = parts(self.old, key) | parts(self.new, key)
        return known
