"""What follows if elements of a map go: what falls with them and because of what, which clauses would state what is no
more, and what the checks would find. Pure: which elements those are is found in the graph (`graph.store.falls`)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from heapq import nsmallest
from typing import Any

from graph.checks import findings
from graph.data_map import DataMap
from graph.errors import InvalidInput
from graph.links import LINKS
from graph.model import (
    Clause,
    DataCategory,
    Disclosure,
    ElementKind,
    ElementName,
    Exclusion,
    Finding,
    MapElement,
    MapElements,
    Processing,
    Recipient,
    Service,
    name_of,
)
from graph.trees import parts_by_whole, reachable

#: Elements that one question names.
ASKED_AT_MOST = 200

_LABELS = frozenset(ElementKind)
_BETWEEN = re.compile("; and |[,:;] ")


@dataclass(frozen=True, slots=True)
class Fallen:
    """An element that falls. `because`: those of the fallen that it cannot do without, in the order of the map: the
    first of them, where so many only were asked for."""

    element: MapElement
    because: tuple[MapElement, ...]


@dataclass(frozen=True, slots=True)
class BrokenPromise:
    """A clause that would state what is no more; and of what it states, that, in the order of the map."""

    clause: Clause
    states: tuple[MapElement, ...]


def check_asked(data_map: DataMap, names: Sequence[ElementName]) -> tuple[ElementName, ...]:
    """The elements of a question, each once. Raises InvalidInput where they cannot go, NotFound."""
    if not 1 <= len(names) <= ASKED_AT_MOST:
        raise InvalidInput(f"`of` has {len(names)} elements: name 1 to {ASKED_AT_MOST}")
    controller = data_map.elements.controller
    for name in names:
        data_map.load_element(name)
        if name.kind is ElementKind.CONTROLLER:
            raise InvalidInput(f"The controller '{name.key}' cannot go: somebody answers for every map; leave it out")
        if name == ElementName(ElementKind.COUNTRY, controller.country):
            raise InvalidInput(f"The country '{name.key}' cannot go: the controller is there; leave it out")
    return tuple(dict.fromkeys(names))


class Fall:
    """`levels`: all elements that go or fall, and at which level (`graph.store.falls.find_fallen`): each falls by those
    of lower levels, but recipients, which fall one by another. Those that were asked about are at the level 0.
    `reasons_at_most`: of each that falls; None for all, which are many where much falls by the same."""

    def __init__(
        self, data_map: DataMap, levels: Mapping[ElementName, int], *, reasons_at_most: int | None = None
    ) -> None:
        self._data_map = data_map
        self._reasons_at_most = reasons_at_most
        self._levels = levels
        self._fallen = [element for name, element in data_map.elements_by_name.items() if name in levels]

    @property
    def asked(self) -> tuple[MapElement, ...]:
        return tuple(each for each in self._fallen if self._levels[name_of(each)] == 0)

    @cached_property
    def falls(self) -> tuple[Fallen, ...]:
        """All but those that were asked about, in the order of the map."""
        return tuple(
            Fallen(each, tuple(self._first_reasons(each))) for each in self._fallen if self._levels[name_of(each)] > 0
        )

    @cached_property
    def broken_promises(self) -> tuple[BrokenPromise, ...]:
        """In the order of the text."""
        states = self._data_map.elements_by_clause
        found = []
        for clause in self._data_map.policy.clauses:
            gone = tuple(each for each in states.get(clause.key, ()) if name_of(each) in self._levels)
            if gone:
                found.append(BrokenPromise(clause, gone))
        return tuple(found)

    @cached_property
    def concerned(self) -> tuple[MapElement, ...]:
        """What was asked about, and the facts that fall: whom these are about, it is about."""
        return tuple(
            each
            for each in self._fallen
            if self._levels[name_of(each)] == 0 or isinstance(each, Processing | Disclosure)
        )

    def new_findings(self, before: Iterable[Finding]) -> tuple[Finding, ...]:
        """What the checks find in the map without all this, of which they found nothing `before`. Takes as long as the
        checks."""
        known = {part for each in before for part in _parts_of(each)}
        found = findings(self.without(), self._data_map.policy)
        return tuple(each for each in found if not known.issuperset(_parts_of(each)))

    def without(self) -> MapElements:
        """The map without all this."""
        elements = self._data_map.elements
        left: dict[str, Any] = {
            field.name: tuple(
                self._cut(each) for each in getattr(elements, field.name) if name_of(each) not in self._levels
            )
            for field in fields(elements)
            if field.name != "controller"
        }
        return replace(elements, **left)

    def _cut(self, element: MapElement) -> MapElement:
        """The element without what it names of the fallen. What it must have has not fallen, or it would have."""
        cut: dict[str, Any] = {}
        for field, link in LINKS.get(type(element).__name__, {}).items():
            keys = getattr(element, field)
            if isinstance(keys, tuple) and link.label in _LABELS:
                kind = ElementKind(link.label)
                cut[field] = tuple(key for key in keys if ElementName(kind, key) not in self._levels)
        return replace(element, **cut) if cut else element

    # ---- because of what ---------------------------------------------------------------------------------------------

    def _first_reasons(self, element: MapElement) -> list[MapElement]:
        reasons = self._because(element)
        if self._reasons_at_most is None:
            return sorted(reasons, key=self._place)
        return nsmallest(self._reasons_at_most, reasons, key=self._place)

    def _because(self, element: MapElement) -> Iterator[MapElement]:
        level = self._levels[name_of(element)]
        match element:
            case Service(part_of=whole):
                yield from self._named(ElementKind.SERVICE, [whole] if whole else [], level + 1)
            case DataCategory(key=key, part_of=whole):
                near = reachable((key,), self._parts) | {each.key for each in self._data_map.category_line(key)}
                users = dict.fromkeys(user for each in near for user in self._users_of(Processing, each))
                if level > 1 and users:
                    yield from users
                else:
                    yield from self._named(ElementKind.DATA_CATEGORY, [whole] if whole else [], level + 1)
            case Processing():
                yield from self._named(ElementKind.SERVICE, [element.service], level)
                yield from self._named(ElementKind.SOURCE, [element.source], level)
                yield from self._named(ElementKind.PURPOSE, [element.purpose], level)
                yield from self._named(ElementKind.RETENTION_RULE, [element.retention], level)
                yield from self._named(ElementKind.DATA_CATEGORY, element.categories, level)
            case Disclosure():
                yield from self._named(ElementKind.RECIPIENT, [element.recipient], level)
                yield from self._named(ElementKind.PURPOSE, [element.purpose], level)
                yield from self._named(ElementKind.DISCLOSURE_CASE, [element.case], level)
                yield from self._named(ElementKind.SERVICE, element.services, level)
                yield from self._named(ElementKind.DATA_CATEGORY, element.categories, level)
            case Recipient(countries=countries) if level == 1:
                yield from self._named(ElementKind.COUNTRY, countries, level)
            case Exclusion(categories=categories):
                yield from self._named(ElementKind.DATA_CATEGORY, categories, level)
            case _:
                yield from self._users[name_of(element)]

    def _named(self, kind: ElementKind, keys: Sequence[str], level: int) -> Iterator[MapElement]:
        """What an element names, if all of it fell before a level."""
        names = [ElementName(kind, key) for key in keys]
        if all(self._levels.get(name, level) < level for name in names):
            yield from (self._data_map.elements_by_name[name] for name in names)

    def _users_of(self, type: type[MapElement], category: str) -> Iterator[MapElement]:
        users = self._users[ElementName(ElementKind.DATA_CATEGORY, category)]
        yield from (each for each in users if isinstance(each, type))

    @cached_property
    def _users(self) -> Mapping[ElementName, list[MapElement]]:
        """The fallen that name an element."""
        found: dict[ElementName, list[MapElement]] = defaultdict(list)
        for element in self._fallen:
            for field, link in LINKS.get(type(element).__name__, {}).items():
                named = getattr(element, field)
                if link.label in _LABELS and field != "part_of":
                    for key in (named,) if isinstance(named, str) else named:
                        found[ElementName(ElementKind(link.label), key)].append(element)
        return found

    @cached_property
    def _parts(self) -> Mapping[str, list[str]]:
        return parts_by_whole({each.key: each.part_of for each in self._data_map.elements.data_categories})

    def _place(self, element: MapElement) -> int:
        return self._places[name_of(element)]

    @cached_property
    def _places(self) -> Mapping[ElementName, int]:
        return {name: place for place, name in enumerate(self._data_map.elements_by_name)}


def _parts_of(finding: Finding) -> frozenset[tuple[str, str, str, str]]:
    """What a message lists, one by one: more of it at the same element is new, less of it is not."""
    about = finding.rule, finding.element_kind, finding.element
    return frozenset((*about, part) for part in _BETWEEN.split(finding.message))
