"""What the rules of the checks look at, and how they report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from graph.checks.recipient_tables.comparison import TextAndMap
from graph.map_file.shape import kinds
from graph.model import Finding, FindingKind, MapElement, MapElements, Policy, Processing
from graph.trees import parts_by_whole, reachable


class Forest:
    """What is part of what, both ways. A fact about one of them holds for its parts."""

    def __init__(self, wholes: Mapping[str, str | None]) -> None:
        self.wholes = wholes
        self.parts = parts_by_whole(wholes)
        self._up = {part: () if whole is None else (whole,) for part, whole in wholes.items()}
        self._related: dict[str, set[str]] = {}

    def related(self, key: str) -> set[str]:
        """`key`, its parts and its wholes: those of which something is said where something is said of `key`."""
        if key not in self._related:
            self._related[key] = self.around((key,))
        return self._related[key]

    def around(self, keys: Iterable[str]) -> set[str]:
        """All that are related to any of `keys`."""
        known = set(keys)
        return reachable(known, self.parts) | reachable(known, self._up)


@dataclass(slots=True)
class CheckSubject:
    """A map and its policy, with what several rules need of them."""

    elements: MapElements
    policy: Policy
    services: Forest = field(init=False)
    categories: Forest = field(init=False)
    text_and_map: TextAndMap = field(init=False)
    _processings: dict[tuple[str, str], list[Processing]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.services = Forest({each.key: each.part_of for each in self.elements.services})
        self.categories = Forest({each.key: each.part_of for each in self.elements.data_categories})
        self.text_and_map = TextAndMap(self.elements, self.policy)

    def each(self) -> Iterator[MapElement]:
        for kind in kinds():
            held = getattr(self.elements, kind.name)
            yield from (held,) if kind.is_single else held

    def processings_of(self, service: str, category: str) -> list[Processing]:
        """Those that use the category in the service, or a part or a whole of either."""
        if (service, category) not in self._processings:
            services, categories = self.services.related(service), self.categories.related(category)
            self._processings[service, category] = [
                each
                for each in self.elements.processings
                if each.service in services and not categories.isdisjoint(each.categories)
            ]
        return self._processings[service, category]


Rule = Callable[[CheckSubject], Iterator[Finding]]


def violation(rule: str, element: MapElement, message: str) -> Finding:
    return Finding(FindingKind.VIOLATION, rule, type(element).__name__, element.key, message, element.clauses)


def gap(rule: str, element: MapElement, message: str) -> Finding:
    return Finding(FindingKind.GAP, rule, type(element).__name__, element.key, message, element.clauses)


def listed(keys: Iterable[str]) -> str:
    return ", ".join(f"'{key}'" for key in keys)
