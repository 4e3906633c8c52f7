"""What of one person's data a change is about: folded for people to read, and what the map says is done with it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from graph.changes import Place
from graph.data_map import DataMap, DisclosurePath
from graph.model import Disclosure, LegalBasis, Processing, Purpose, Recipient, Service
from graph.notice_content.model import CaseTold, CountryTold, Holdings, Named, PurposeTold, RecipientTold


class _Element(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def name(self) -> str: ...


class Names:
    """The names of services, categories and purposes: the new revision's, else the old one's, else the key."""

    def __init__(self, old: DataMap, new: DataMap) -> None:
        self._services = _named("Service", old.elements.services, new.elements.services)
        self._categories = _named("DataCategory", old.elements.data_categories, new.elements.data_categories)
        self._purposes = _named("Purpose", old.elements.purposes, new.elements.purposes)
        self._order = {key: place for place, key in enumerate((*self._services, "", *self._categories))}

    def purposes(self, keys: Collection[str]) -> tuple[Named, ...]:
        """In the order of the map."""
        known = [named for key, named in self._purposes.items() if key in keys]
        return (*known, *(Named("Purpose", key, key) for key in sorted(set(keys) - self._purposes.keys())))

    def fold(self, places: Iterable[Place]) -> tuple[Holdings, ...]:
        """The places as few groups: categories that the same services hold are one. What whole services hold comes
        first, then in the order of the map."""
        services_by_category: dict[str | None, list[str]] = {}
        for place in sorted(places, key=self._place_in_order):
            services_by_category.setdefault(place.category, []).append(place.service)
        whole = services_by_category.pop(None, [])
        categories_by_services: dict[tuple[str, ...], list[str]] = {}
        for category, services in services_by_category.items():
            rest = tuple(service for service in services if service not in whole)
            if category is not None and rest:
                categories_by_services.setdefault(rest, []).append(category)
        groups = [Holdings(self._of_services(whole), ())] if whole else []
        for services_of, categories in categories_by_services.items():
            named = tuple(self._categories.get(key, Named("DataCategory", key, key)) for key in categories)
            groups.append(Holdings(self._of_services(services_of), named))
        return tuple(groups)

    def _of_services(self, keys: Iterable[str]) -> tuple[Named, ...]:
        return tuple(self._services.get(key, Named("Service", key, key)) for key in keys)

    def _place_in_order(self, place: Place) -> tuple[int, str, int, str]:
        last = len(self._order)
        category = place.category or ""
        return self._order.get(category, last), category, self._order.get(place.service, last), place.service


def _named(label: str, old: Iterable[_Element], new: Iterable[_Element]) -> Mapping[str, Named]:
    """By key, in the order of the new map; those that are gone come last."""
    found = {each.key: Named(label, each.key, each.name) for each in new}
    for each in old:
        found.setdefault(each.key, Named(label, each.key, each.name))
    return found


@dataclass(frozen=True)
class Uses:
    """What one map says is done with what is held at `places`; without any, with whatever is held of anybody."""

    data_map: DataMap
    places: tuple[Place, ...]

    @cached_property
    def processings(self) -> tuple[Processing, ...]:
        """Each once, in the order of the map."""
        if not self.places:
            return self.data_map.elements.processings
        covering = {each.key for place in self.places for each in self._processings_at(place)}
        return tuple(each for each in self.data_map.elements.processings if each.key in covering)

    @cached_property
    def paths(self) -> tuple[DisclosurePath, ...]:
        """In the order of the map; of a disclosure, those for one place after those for another."""
        if not self.places:
            return tuple(path for each in self.data_map.elements.disclosures for path in self._paths_of(each, None))
        return tuple(path for place in self.places for path in self._paths_at(place))

    def purposes(self, keys: Collection[str]) -> tuple[PurposeTold, ...]:
        """Those with these keys that the map knows, in its order."""
        return tuple(self._purpose(each) for each in self.data_map.elements.purposes if each.key in keys)

    def _purpose(self, purpose: Purpose) -> PurposeTold:
        bases = {each.legal_basis for each in self.processings if each.purpose == purpose.key} or {purpose.legal_basis}
        in_order = tuple(basis for basis in LegalBasis if basis in bases)
        return PurposeTold(purpose.key, purpose.name, purpose.description, in_order, purpose.direct_marketing)

    def recipients(self, paths: Iterable[DisclosurePath]) -> tuple[RecipientTold, ...]:
        """Those at the ends of paths, in the order of the map."""
        by_end: dict[str, list[DisclosurePath]] = {}
        for path in paths:
            by_end.setdefault(path.recipient.key, []).append(path)
        return tuple(
            self.recipient(each, by_end[each.key]) for each in self.data_map.elements.recipients if each.key in by_end
        )

    def recipient(self, recipient: Recipient, paths: Collection[DisclosurePath]) -> RecipientTold:
        """`paths`: those that end at it, in any number."""
        elements = self.data_map.elements
        via = min((path.recipients[:-1] for path in paths), key=len, default=())
        cases = {path.case.key for path in paths}
        return RecipientTold(
            recipient.key,
            recipient.name,
            recipient.kind,
            recipient.function,
            recipient.description,
            tuple(
                CountryTold(each.key, each.name, each.adequacy)
                for each in elements.countries
                if each.key in recipient.countries
            ),
            tuple(
                Named("Safeguard", each.key, each.name)
                for each in elements.safeguards
                if each.key in recipient.safeguards
            ),
            tuple(Named("Recipient", each.key, each.name) for each in via),
            tuple(
                CaseTold(each.key, each.name, each.condition) for each in elements.disclosure_cases if each.key in cases
            ),
            not paths or any(path.disclosure.identifiable for path in paths),
        )

    # ---- one place ---------------------------------------------------------------------------------------------------

    def _processings_at(self, place: Place) -> Iterator[Processing]:
        if place.category is not None:
            yield from (fact.processing for fact in self.data_map.coverage(place.service, place.category).processings)
            return
        line = {each.key for each in self.data_map.service_line(place.service)}
        yield from (each for each in self.data_map.elements.processings if each.service in line)

    def _paths_at(self, place: Place) -> Iterator[DisclosurePath]:
        if place.category is not None:
            yield from self.data_map.coverage(place.service, place.category).paths
            return
        line = self.data_map.service_line(place.service)
        keys = {each.key for each in line}
        for each in self.data_map.elements.disclosures:
            if not keys.isdisjoint(each.services):
                yield from self._paths_of(each, line[0])

    def _paths_of(self, disclosure: Disclosure, service: Service | None) -> Iterator[DisclosurePath]:
        category = self.data_map.data_categories[disclosure.categories[0]]
        yield from self.data_map.paths_of(
            disclosure, service or self.data_map.services[disclosure.services[0]], category
        )
