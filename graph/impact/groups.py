"""The places that a change touches, put together as people read them. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from graph.changes import Touch
from graph.data_map import DataMap
from graph.model import DataCategory, Service

NestedT = TypeVar("NestedT", Service, DataCategory)


@dataclass(frozen=True, slots=True)
class Group:
    """Holdings of each of the categories by each of the services, with what is part of them in either revision; of any
    category where there are none. Each is of the newer revision that has it, and in the order of its map."""

    services: tuple[Service, ...]
    categories: tuple[DataCategory, ...]


def groups_of(touch: Touch, old: DataMap, new: DataMap) -> tuple[Group, ...]:
    """All places of a touch, services with the same categories together; what is part of another one of the same group
    is left out. In the order of the services."""
    categories: dict[str, set[str]] = {}
    for place in touch.places:
        categories.setdefault(place.service, set()).update({place.category} if place.category else ())
    services: dict[frozenset[str], set[str]] = {}
    for service, held in categories.items():
        services.setdefault(frozenset(held), set()).add(service)
    order = {service.key: at for at, service in enumerate((*new.elements.services, *old.elements.services))}
    found = [
        Group(
            tuple(_wholes(keys, new.elements.services, old.elements.services)),
            tuple(_wholes(held, new.elements.data_categories, old.elements.data_categories)),
        )
        for held, keys in services.items()
    ]
    return tuple(sorted(found, key=lambda group: [order[each.key] for each in group.services]))


def _wholes(keys: Collection[str], new: Iterable[NestedT], old: Iterable[NestedT]) -> Iterator[NestedT]:
    seen: set[str] = set()
    for each in chain(new, old):
        if each.key in keys and each.key not in seen:
            seen.add(each.key)
            if each.part_of not in keys:
                yield each
