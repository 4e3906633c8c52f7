"""What the facts of one map, its processings and disclosures, speak of; by the trees, and along who engages whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import TypeAlias

from graph.data_map import DataMap
from graph.model import (
    Country,
    DataCategory,
    Disclosure,
    DisclosureCase,
    MapElement,
    Processing,
    Purpose,
    Recipient,
    RetentionRule,
    Safeguard,
    Service,
    Source,
)
from graph.trees import parts_by_whole, reachable

Fact: TypeAlias = Processing | Disclosure


def services_of(fact: Fact) -> tuple[str, ...]:
    """The services that a fact names."""
    return (fact.service,) if isinstance(fact, Processing) else fact.services


class Facts:
    """One map's facts, indexed when they are first asked for. Keys that the map does not know have nothing."""

    def __init__(self, data_map: DataMap) -> None:
        self.data_map = data_map
        self.all: tuple[Fact, ...] = (*data_map.elements.processings, *data_map.elements.disclosures)
        self.names = frozenset((type(each).__name__, each.key) for each in self.all)

    # ---- the trees ---------------------------------------------------------------------------------------------------

    def service_parts(self, key: str) -> frozenset[str]:
        """The service and all that are part of it."""
        return self._parts_of(key, self._parts_of_services)

    def category_parts(self, key: str) -> frozenset[str]:
        """The category and all that are part of it."""
        return self._parts_of(key, self._parts_of_categories)

    def service_line(self, key: str) -> frozenset[str]:
        """The service and all that it is part of."""
        return frozenset(each.key for each in self.data_map.service_line(key))

    def category_line(self, key: str) -> frozenset[str]:
        """The category and all that it is part of."""
        return frozenset(each.key for each in self.data_map.category_line(key))

    @staticmethod
    def _parts_of(key: str, parts: Mapping[str, list[str]]) -> frozenset[str]:
        return frozenset(reachable((key,), parts))

    @cached_property
    def _parts_of_services(self) -> Mapping[str, list[str]]:
        return parts_by_whole({each.key: each.part_of for each in self.data_map.elements.services})

    @cached_property
    def _parts_of_categories(self) -> Mapping[str, list[str]]:
        return parts_by_whole({each.key: each.part_of for each in self.data_map.elements.data_categories})

    # ---- who speaks of what ------------------------------------------------------------------------------------------

    def using(self, element: MapElement) -> tuple[Fact, ...]:
        """The facts that an element, as this map has it, plays a part in; a fact for itself."""
        match element:
            case Processing() | Disclosure():
                return self._over([(type(element).__name__, element.key)])
            case Service(key=key):
                return self._over(("service", each) for each in self.service_line(key) | self.service_parts(key))
            case DataCategory(key=key):
                return self._over(("category", each) for each in self.category_line(key) | self.category_parts(key))
            case Source(key=key):
                return self._over([("source", key)])
            case Purpose(key=key):
                return self._over([("purpose", key)])
            case RetentionRule(key=key):
                return self._over([("retention", key)])
            case DisclosureCase(key=key):
                return self._over([("case", key)])
            case Recipient(key=key):
                return self._to([key])
            case Country(key=key):
                return self._to(each.key for each in self.data_map.elements.recipients if key in each.countries)
            case Safeguard(key=key):
                return self._to(each.key for each in self.data_map.elements.recipients if key in each.safeguards)
            case _:
                return ()

    def over(self, element: Service | DataCategory) -> frozenset[tuple[str, str]]:
        """The label and key of each fact that holds for the whole of a service or category: that names it, or
        something that it is part of."""
        if isinstance(element, Service):
            named = (("service", each) for each in self.service_line(element.key))
        else:
            named = (("category", each) for each in self.category_line(element.key))
        return frozenset((type(each).__name__, each.key) for each in self._over(named))

    def exclusions_over(self, element: Service | DataCategory) -> frozenset[str]:
        """The keys of the promises not to process a category; of a service there are none."""
        promised = self.data_map.exclusions_of(element.key) if isinstance(element, DataCategory) else ()
        return frozenset(each.key for each in promised)

    def _to(self, recipients: Iterable[str]) -> tuple[Fact, ...]:
        """The disclosures whose data gets to any of these recipients, directly or through others."""
        return self._over(("recipient", each) for each in reachable(recipients, self._engaged_by))

    def _over(self, roles: Iterable[tuple[str, str]]) -> tuple[Fact, ...]:
        places = {place for role in roles for place in self._by_role.get(role, ())}
        return tuple(self.all[place] for place in sorted(places))

    @cached_property
    def _by_role(self) -> Mapping[tuple[str, str], list[int]]:
        """The places in `all` of the facts that name an element, by its part in them and its key. Each names itself."""
        found: dict[tuple[str, str], list[int]] = defaultdict(list)
        for place, fact in enumerate(self.all):
            for role in _roles(fact):
                found[role].append(place)
        return found

    @cached_property
    def _engaged_by(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for each in self.data_map.elements.recipients:
            for engaged in each.engages:
                found[engaged].append(each.key)
        return found

    # ---- what they say -----------------------------------------------------------------------------------------------

    def says(self, fact: Fact, services: Iterable[str], categories: Iterable[str]) -> bool:
        """Whether this map has what a fact of the other one says, of each of these services and categories: in one fact
        of its own for each pair, or in several."""
        named = tuple(categories)
        return all(self._says(fact, service, category) for service in services for category in named)

    def _says(self, fact: Fact, service: str, category: str) -> bool:
        of_service = self._over(("service", each) for each in self.service_line(service))
        line = self.category_line(category)
        return any(_is_same(fact, each) for each in of_service if not line.isdisjoint(each.categories))


def _roles(fact: Fact) -> Iterator[tuple[str, str]]:
    yield type(fact).__name__, fact.key
    yield from (("service", key) for key in services_of(fact))
    yield from (("category", key) for key in fact.categories)
    yield "purpose", fact.purpose
    if isinstance(fact, Processing):
        yield "source", fact.source
        yield "retention", fact.retention
    else:
        yield "recipient", fact.recipient
        yield "case", fact.case


def _is_same(fact: Fact, other: Fact) -> bool:
    """Whether two facts say the same, apart from what of. What goes with a name includes what goes without."""
    if isinstance(fact, Processing):
        return isinstance(other, Processing) and (fact.source, fact.purpose, fact.legal_basis, fact.retention) == (
            other.source,
            other.purpose,
            other.legal_basis,
            other.retention,
        )
    return (
        isinstance(other, Disclosure)
        and (fact.recipient, fact.purpose, fact.case) == (other.recipient, other.purpose, other.case)
        and (other.identifiable or not fact.identifiable)
    )
