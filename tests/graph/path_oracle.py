"""All paths of a map by brute force, to be compared with what the graph finds: every pair of facts, and every chain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from graph.data_map import DataMap
from graph.model import ElementKind, ElementName
from graph.paths import Path

_Passed = tuple[str | None, ...]


def paths_of(data_map: DataMap, begins: list[ElementName] | None, ends: list[ElementName] | None) -> set[Path]:
    """As `find_paths`. Questions of which no path is an answer have none."""
    made: dict[_Passed, tuple[set[str], set[str]]] = defaultdict(lambda: (set(), set()))
    for passed, processings, disclosures in _ways(data_map, begins, ends):
        made[passed][0].update(processings)
        made[passed][1].update(disclosures)
    telling = {each.key for each in data_map.elements.disclosures if each.identifiable}
    return {
        Path(
            source,
            service,
            category,
            tuple(each for each in recipients if each is not None),
            country,
            tuple(sorted(processings)),
            tuple(sorted(disclosures)),
            is_identifiable=not disclosures or not telling.isdisjoint(disclosures),
        )
        for (source, service, category, *recipients, country), (processings, disclosures) in made.items()
    }


def _ways(
    data_map: DataMap, begins: list[ElementName] | None, ends: list[ElementName] | None
) -> Iterator[tuple[_Passed, set[str], set[str]]]:
    for end in ends or ():
        if end.kind in (ElementKind.SERVICE, ElementKind.DATA_CATEGORY):
            yield from _intake(data_map, begins, end)
    for head, first, processings, disclosures in _heads(data_map, begins):
        for chain in _chains(data_map, (first,)):
            for country in _ends(data_map, chain[-1], ends):
                if head != (None, None, None) or len(chain) > 1 or country:
                    yield (*head, *chain, country), processings, disclosures


def _heads(
    data_map: DataMap, begins: list[ElementName] | None
) -> Iterator[tuple[tuple[str | None, str | None, str | None], str, set[str], set[str]]]:
    """What a path passes before its first recipient."""
    for begin in begins or ():
        if begin.kind is ElementKind.RECIPIENT:
            yield (None, None, None), begin.key, set(), set()
    for disclosure in data_map.elements.disclosures:
        to, by = disclosure.recipient, {disclosure.key}
        for service in disclosure.services:
            for category in disclosure.categories:
                if begins is None and not list(_sources(data_map, service, category)):
                    yield (None, service, category), to, set(), by
                for source, narrower, part, processing in _sources(data_map, service, category):
                    if begins is None or ElementName(ElementKind.SOURCE, source) in begins:
                        yield (source, narrower, part), to, {processing}, by
        for begin in begins or ():
            if begin.kind is ElementKind.DATA_CATEGORY:
                for category in disclosure.categories:
                    if found := _narrower_category(data_map, begin.key, category):
                        yield (None, None, found), to, set(), by
            if begin.kind is ElementKind.SERVICE:
                for service in disclosure.services:
                    if found := _narrower_service(data_map, begin.key, service):
                        for category in disclosure.categories:
                            yield (None, found, category), to, set(), by


def _sources(data_map: DataMap, service: str, category: str) -> Iterator[tuple[str, str, str, str]]:
    for processing in data_map.elements.processings:
        narrower = _narrower_service(data_map, service, processing.service)
        for used in processing.categories:
            part = _narrower_category(data_map, category, used)
            if narrower and part:
                yield processing.source, narrower, part, processing.key


def _intake(
    data_map: DataMap, begins: list[ElementName] | None, end: ElementName
) -> Iterator[tuple[_Passed, set[str], set[str]]]:
    for processing in data_map.elements.processings:
        source, by = processing.source, {processing.key}
        is_asked = begins is None or ElementName(ElementKind.SOURCE, source) in begins
        if end.kind is ElementKind.SERVICE:
            service = _narrower_service(data_map, end.key, processing.service)
            if service and is_asked:
                yield (source, service, None, None), by, set()
            continue
        for used in processing.categories:
            category = _narrower_category(data_map, end.key, used)
            if category and is_asked:
                yield (source, processing.service, category, None), by, set()
            for begin in begins or ():
                if category and begin.kind is ElementKind.SERVICE:
                    service = _narrower_service(data_map, begin.key, processing.service)
                    if service:
                        yield (None, service, category, None), by, set()


def _chains(data_map: DataMap, chain: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    yield chain
    for key in data_map.recipients[chain[-1]].engages:
        yield from _chains(data_map, (*chain, key))


def _ends(data_map: DataMap, last: str, ends: list[ElementName] | None) -> Iterator[str | None]:
    countries = data_map.recipients[last].countries
    if ends is None:
        yield from countries or (None,)
        return
    if ElementName(ElementKind.RECIPIENT, last) in ends:
        yield None
    yield from (key for key in countries if ElementName(ElementKind.COUNTRY, key) in ends)


def _narrower_service(data_map: DataMap, one: str, other: str) -> str | None:
    return _narrower(
        one,
        {each.key for each in data_map.service_line(one)},
        other,
        {each.key for each in data_map.service_line(other)},
    )


def _narrower_category(data_map: DataMap, one: str, other: str) -> str | None:
    return _narrower(
        one,
        {each.key for each in data_map.category_line(one)},
        other,
        {each.key for each in data_map.category_line(other)},
    )


def _narrower(one: str, line: set[str], other: str, other_line: set[str]) -> str | None:
    if other in line:
        return one
    return other if one in other_line else None
