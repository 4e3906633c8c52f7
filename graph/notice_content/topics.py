"""Which item of a notice a change belongs to: as people count changes, not as the map is made of elements.

A new recipient with its countries, safeguards and disclosures is one thing, told as that recipient. So each change of
an element has a topic; what is new or gone only along with something else has several, and is told with the first of
them that the person is told of anyway, the last being its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from graph.changes import (
    Change,
    ElementAdded,
    ElementAltered,
    ElementDifference,
    ElementRemoved,
    RelationshipAdded,
    RelationshipRemoved,
)
from graph.compare import by_name
from graph.data_map import DataMap
from graph.model import Disclosure, MapElement, Processing, RetentionRule, Source
from graph.notice_content.model import ItemKind

_NOUNS: Mapping[str, str] = {
    "Recipient": "RECIPIENT",
    "Country": "COUNTRY",
    "Purpose": "PURPOSE",
    "DataCategory": "CATEGORY",
    "Service": "SERVICE",
    "Right": "RIGHT",
    "Exclusion": "PROMISE",
    "DisclosureCase": "CASE",
    "Safeguard": "PROTECTION",
    "Measure": "PROTECTION",
}
# New or gone, these change something that was there before.
_ALWAYS_CHANGED: Mapping[str, ItemKind] = {
    "Controller": ItemKind.CONTROLLER_CHANGED,
    "Source": ItemKind.SOURCE_CHANGED,
    "RetentionRule": ItemKind.RETENTION_CHANGED,
}
# A fact that refers to one of these otherwise is told as a change of that.
_TOLD_AS_TARGET = frozenset({"Recipient", "Source", "RetentionRule"})

Fact: TypeAlias = Processing | Disclosure


@dataclass(frozen=True, slots=True)
class Topic:
    """What an item is about: the element with this label and key; both "" for POLICY_REWORDED."""

    kind: ItemKind
    label: str
    key: str


REWORDED = Topic(ItemKind.POLICY_REWORDED, "", "")


class Topics:
    """The topics of the changes between two revisions."""

    def __init__(self, old: DataMap, new: DataMap) -> None:
        self._maps = old, new
        self._old, self._new = by_name(old), by_name(new)

    def of(self, change: Change) -> tuple[Topic, ...]:
        """Never empty, but for changes of clauses: those are told with what cites them."""
        match change.difference:
            case ElementAdded() | ElementRemoved() | ElementAltered() | RelationshipAdded() | RelationshipRemoved():
                return tuple(dict.fromkeys(self._topics(change.difference)))
            case _:
                return ()

    def find(self, topic: Topic) -> tuple[MapElement | None, MapElement | None]:
        """The element before and after, None where it is not."""
        return self._find(self._old, topic), self._find(self._new, topic)

    @staticmethod
    def _find(elements: Mapping[tuple[str, str], MapElement], topic: Topic) -> MapElement | None:
        if topic.label == "Controller":  # there is one, whatever its key
            return next((each for (label, _), each in elements.items() if label == "Controller"), None)
        return elements.get((topic.label, topic.key))

    def _topics(self, difference: ElementDifference) -> Iterator[Topic]:
        match difference:
            case ElementAdded(element):
                yield from self._come_or_gone(element, is_gone=False)
            case ElementRemoved(element):
                yield from self._come_or_gone(element, is_gone=True)
            case ElementAltered(new=element):
                yield self._of_fact(element) if isinstance(element, Fact) else self._topic(element)
            case RelationshipAdded(new=element, target=target):
                yield self._of_reference(element, target, is_gone=False)
            case RelationshipRemoved(old=element, new=new, target=target):
                if isinstance(new, Processing) and isinstance(target, RetentionRule | Source):
                    # Something else is in its place, and is told of.
                    label = type(target).__name__
                    yield self._named(label, new.source if label == "Source" else new.retention)
                else:
                    yield self._of_reference(element, target, is_gone=True)

    # ---- elements ----------------------------------------------------------------------------------------------------

    def _come_or_gone(self, element: MapElement, *, is_gone: bool) -> Iterator[Topic]:
        if isinstance(element, Fact):
            yield self._of_new_fact(element, is_gone)
            return
        yield from (self._named("Recipient", key) for key in self._recipients_with(element, is_gone))
        yield self._topic(element)

    def _recipients_with(self, element: MapElement, is_gone: bool) -> Iterable[str]:
        """The recipients in a country, with a safeguard, or to which data goes in a case."""
        elements = self._maps[0 if is_gone else 1].elements
        match type(element).__name__:
            case "Country":
                return [each.key for each in elements.recipients if element.key in each.countries]
            case "Safeguard":
                return [each.key for each in elements.recipients if element.key in each.safeguards]
            case "DisclosureCase":
                return [each.recipient for each in elements.disclosures if each.case == element.key]
            case _:
                return ()

    def _topic(self, element: MapElement) -> Topic:
        return self._named(type(element).__name__, element.key)

    def _named(self, label: str, key: str) -> Topic:
        if label in _ALWAYS_CHANGED:
            return Topic(_ALWAYS_CHANGED[label], label, key)
        was, is_there = (label, key) in self._old, (label, key) in self._new
        if was and is_there:
            return Topic(ItemKind(f"{_NOUNS[label]}_CHANGED"), label, key)
        kind = ItemKind(f"{_NOUNS[label]}_{'ADDED' if is_there else 'REMOVED'}")
        return Topic(kind, label, self._whole(label, key))

    def _whole(self, label: str, key: str) -> str:
        """The greatest whole of what is new, or gone, that is new or gone as well."""
        elements, others = (self._new, self._old) if (label, key) in self._new else (self._old, self._new)
        whole: str | None = key
        while whole is not None and (label, whole) not in others:
            key = whole
            whole = getattr(elements[label, key], "part_of", None)
        return key

    # ---- facts -------------------------------------------------------------------------------------------------------

    def _of_new_fact(self, fact: Fact, is_gone: bool) -> Topic:
        """Of a processing or disclosure that comes or goes: what comes or goes along with it, else what it is of."""
        others = self._new if is_gone else self._old
        services = (fact.service,) if isinstance(fact, Processing) else fact.services
        along = [
            ("DataCategory", fact.categories),
            ("Purpose", (fact.purpose,)),
            ("Service", services),
        ]
        if isinstance(fact, Disclosure):
            along.insert(0, ("Recipient", (fact.recipient,)))
        for label, keys in along:
            if all((label, key) not in others for key in keys):
                return self._named(label, keys[0])
        return self._of_fact(fact)

    def _of_fact(self, fact: Fact) -> Topic:
        if isinstance(fact, Processing):
            return self._named("Purpose", fact.purpose)
        return self._named("Recipient", fact.recipient)

    def _of_reference(self, element: MapElement, target: MapElement, *, is_gone: bool) -> Topic:
        others = self._new if is_gone else self._old
        label = type(target).__name__
        comes_along = (label, target.key) not in others
        if isinstance(element, Fact):
            # Where a fact with a new case goes, people understand better than the case.
            is_told = label in _TOLD_AS_TARGET or (comes_along and label != "DisclosureCase")
            return self._topic(target) if is_told else self._of_fact(element)
        if label == "Recipient" and comes_along:
            return self._topic(target)
        return self._topic(element)
