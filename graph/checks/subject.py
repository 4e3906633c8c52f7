"""What the rules of the checks look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from graph.checks.recipient_tables import second_heads
from graph.checks.recipient_tables.comparison import TextAndMap
from graph.checks.tables import table_heads, tables_of
from graph.model import MapElements, Policy, Processing
from graph.trees import parts_by_whole, reachable


class Forest:
    """What is part of what, both ways. A fact about one of them holds for its parts."""

    def __init__(self, wholes: Mapping[str, str | None]) -> None:
        self.wholes = wholes
        self.parts = parts_by_whole(wholes)
        self._up = {part: () if whole is None else (whole,) for part, whole in wholes.items()}
        self._related: dict[str, set[str]] = {}
        self._lines: dict[str, set[str]] = {}

    def related(self, key: str) -> set[str]:
        """`key`, its parts and its wholes: those of which something is said where something is said of `key`."""
        if key not in self._related:
            self._related[key] = self.around((key,))
        return self._related[key]

    def around(self, keys: Iterable[str]) -> set[str]:
        """All that are related to any of `keys`."""
        known = set(keys)
        return reachable(known, self.parts) | reachable(known, self._up)

    def line(self, key: str) -> set[str]:
        """`key` and its wholes."""
        if key not in self._lines:
            self._lines[key] = reachable((key,), self._up)
        return self._lines[key]

    def is_within(self, key: str, whole: str) -> bool:
        """Whether it is that whole, or a part of it."""
        return whole in self.line(key)

    def lower(self, key: str, other: str) -> str:
        """Of two the one that is within the other; of two that are not, the other."""
        return key if self.is_within(key, other) else other


@dataclass(slots=True)
class CheckSubject:
    """A map and its policy, with what several rules need of them."""

    elements: MapElements
    policy: Policy
    services: Forest = field(init=False)
    categories: Forest = field(init=False)
    table_heads: set[str] = field(init=False)
    """The keys of their clauses."""
    text_and_map: TextAndMap = field(init=False)
    receiving: set[str] = field(init=False)
    """The recipients that identifiable data reaches, by disclosures or from those that engage them."""
    _by_service: dict[str, list[Processing]] = field(init=False, default_factory=dict)
    _named_by: dict[str, frozenset[str]] = field(init=False)
    _processings: dict[tuple[str, str], list[Processing]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.services = Forest({each.key: each.part_of for each in self.elements.services})
        self.categories = Forest({each.key: each.part_of for each in self.elements.data_categories})
        tables = tables_of(self.policy)
        self.table_heads = table_heads(self.policy, tables) | second_heads(tables)
        self.text_and_map = TextAndMap(self.elements, tables)
        for each in self.elements.processings:
            self._by_service.setdefault(each.service, []).append(each)
        self._named_by = {each.key: frozenset(each.categories) for each in self.elements.processings}
        self.receiving = reachable(
            {each.recipient for each in self.elements.disclosures if each.identifiable},
            {each.key: each.engages for each in self.elements.recipients},
        )

    def named_by(self, processing: Processing) -> frozenset[str]:
        """The categories that it names, to look one up among many."""
        return self._named_by[processing.key]

    def processings_of(self, service: str, category: str) -> list[Processing]:
        """Those that use the category in the service, or a part or a whole of either; in no order."""
        if (service, category) not in self._processings:
            categories = self.categories.related(category)
            self._processings[service, category] = [
                each
                for related in self.services.related(service)
                for each in self._by_service.get(related, ())
                if not categories.isdisjoint(self.named_by(each))
            ]
        return self._processings[service, category]
