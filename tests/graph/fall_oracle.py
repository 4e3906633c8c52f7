"""What falls with elements of a map, by asking of each element again and again whether it still has what it needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from graph.data_map import DataMap, all_elements
from graph.model import (
    Country,
    DataCategory,
    Disclosure,
    DisclosureCase,
    ElementKind,
    ElementName,
    Exclusion,
    MapElement,
    Processing,
    Purpose,
    Recipient,
    RetentionRule,
    Safeguard,
    Service,
    Source,
    name_of,
)


def fallen(data_map: DataMap, asked: Iterable[ElementName]) -> set[ElementName]:
    """As `find_fallen`, without the levels."""
    gone = set(asked)
    while True:
        more = {name_of(each) for each in all_elements(data_map.elements) if _falls(data_map, each, gone)} - gone
        if not more:
            return gone
        gone |= more


def _falls(data_map: DataMap, element: MapElement, gone: set[ElementName]) -> bool:
    elements = data_map.elements

    def is_gone(kind: ElementKind, *keys: str | None) -> bool:
        """Whether there are any, and all of them are gone."""
        return bool(keys) and all(key is not None and ElementName(kind, key) in gone for key in keys)

    processings = [each for each in elements.processings if name_of(each) not in gone]
    disclosures = [each for each in elements.disclosures if name_of(each) not in gone]
    recipients = [each for each in elements.recipients if name_of(each) not in gone]

    def lost(before: Iterable[object], now: Iterable[object]) -> bool:
        return bool(list(before)) and not list(now)

    match element:
        case Service(part_of=whole):
            return is_gone(ElementKind.SERVICE, whole)
        case DataCategory(key=key, part_of=whole):
            near = {each for each in data_map.data_categories if _is_related(data_map, key, each)}
            return is_gone(ElementKind.DATA_CATEGORY, whole) or lost(
                (each for each in elements.processings if near & set(each.categories)),
                (each for each in processings if near & set(each.categories)),
            )
        case Processing():
            return (
                is_gone(ElementKind.SERVICE, element.service)
                or is_gone(ElementKind.SOURCE, element.source)
                or is_gone(ElementKind.PURPOSE, element.purpose)
                or is_gone(ElementKind.RETENTION_RULE, element.retention)
                or is_gone(ElementKind.DATA_CATEGORY, *element.categories)
            )
        case Disclosure():
            return (
                is_gone(ElementKind.RECIPIENT, element.recipient)
                or is_gone(ElementKind.PURPOSE, element.purpose)
                or is_gone(ElementKind.DISCLOSURE_CASE, element.case)
                or is_gone(ElementKind.SERVICE, *element.services)
                or is_gone(ElementKind.DATA_CATEGORY, *element.categories)
            )
        case Recipient(key=key, countries=countries):
            return is_gone(ElementKind.COUNTRY, *countries) or lost(
                _leading_to(key, elements.disclosures, elements.recipients), _leading_to(key, disclosures, recipients)
            )
        case Source(key=key):
            return lost(
                (each for each in elements.processings if each.source == key),
                (each for each in processings if each.source == key),
            )
        case RetentionRule(key=key):
            return lost(
                (each for each in elements.processings if each.retention == key),
                (each for each in processings if each.retention == key),
            )
        case Purpose(key=key):
            return lost(
                [each for each in elements.processings if each.purpose == key]
                + [each for each in elements.disclosures if each.purpose == key],
                [each for each in processings if each.purpose == key]
                + [each for each in disclosures if each.purpose == key],
            )
        case DisclosureCase(key=key):
            return lost(
                (each for each in elements.disclosures if each.case == key),
                (each for each in disclosures if each.case == key),
            )
        case Country(key=key):
            return elements.controller.country != key and lost(
                (each for each in elements.recipients if key in each.countries),
                (each for each in recipients if key in each.countries),
            )
        case Safeguard(key=key):
            return lost(
                (each for each in elements.recipients if key in each.safeguards),
                (each for each in recipients if key in each.safeguards),
            )
        case Exclusion(categories=categories):
            return is_gone(ElementKind.DATA_CATEGORY, *categories)
        case _:
            return False


def _leading_to(key: str, disclosures: Iterable[Disclosure], recipients: Iterable[Recipient]) -> Sequence[MapElement]:
    """Those by whom data gets to a recipient."""
    return [each for each in disclosures if each.recipient == key] + [
        each for each in recipients if key in each.engages
    ]


def _is_related(data_map: DataMap, one: str, other: str) -> bool:
    lines = [{each.key for each in data_map.category_line(key)} for key in (one, other)]
    return one in lines[1] or other in lines[0]
