"""Paths that data takes through a map: source → service → category → recipient (→ engaged recipient …) → country. Pure.

A fact about a service or category holds for its parts, so a path leads through the narrower one where two facts, or a
fact and what is asked about, name a part and its whole. What differs only in the processings or disclosures that make
it is one path.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from graph.data_map import DataMap
from graph.errors import InvalidInput
from graph.model import ElementKind, ElementName

#: Elements that a question names on one side.
ENDS_AT_MOST = 200

_BEGINS = (ElementKind.SOURCE, ElementKind.SERVICE, ElementKind.DATA_CATEGORY, ElementKind.RECIPIENT)
_ENDS = (ElementKind.SERVICE, ElementKind.DATA_CATEGORY, ElementKind.RECIPIENT, ElementKind.COUNTRY)
_ORDER = (*_BEGINS, ElementKind.COUNTRY)
_COURSE = "source → service → category → recipient → country"


@dataclass(frozen=True, slots=True)
class PathQuestion:
    """Where paths begin and end; None: anywhere. From anywhere they begin at a source, or at the service where no
    processing says where the data comes from; to anywhere they end in a country, or at a recipient that is in none."""

    begins: tuple[ElementName, ...] | None
    ends: tuple[ElementName, ...] | None

    def begin_keys(self, kind: ElementKind) -> list[str]:
        return _keys(self.begins or (), kind)

    def end_keys(self, kind: ElementKind) -> list[str]:
        return _keys(self.ends or (), kind)


@dataclass(frozen=True, slots=True)
class Path:
    """`source`, `service` and `category` are None before the path begins, `recipients` empty and `country` None after
    it has ended. `processings` say that the data comes from the source, `disclosures` that it goes to the recipient.
    `is_identifiable`: not all of these tell only what says of nobody whose it is."""

    source: str | None
    service: str | None
    category: str | None
    recipients: tuple[str, ...]
    country: str | None
    processings: tuple[str, ...] = ()
    disclosures: tuple[str, ...] = ()
    is_identifiable: bool = True


@dataclass(frozen=True, slots=True)
class Hop:
    """A step of a path. `by`: the facts that make it; empty at the beginning, and where one engages or is somewhere."""

    element: ElementName
    by: tuple[ElementName, ...] = ()


def question(
    data_map: DataMap, begins: Sequence[ElementName] | None, ends: Sequence[ElementName] | None
) -> PathQuestion:
    """Raises InvalidInput where no path can lead from there to there, whatever is in the map; NotFound."""
    _check(data_map, begins, _BEGINS, "begins", "from")
    _check(data_map, ends, _ENDS, "ends", "to")
    if begins is not None and ends is not None and not any(_leads(one, other) for one in begins for other in ends):
        raise InvalidInput(
            f"No path leads from {_kinds(begins)} to {_kinds(ends)}: paths go {_COURSE}; begin further to the left in "
            "this, or end further to the right"
        )
    return PathQuestion(_each_once(begins), _each_once(ends))


def hops(path: Path) -> Iterator[Hop]:
    """The steps of a path, in their order."""
    processings = tuple(ElementName(ElementKind.PROCESSING, key) for key in path.processings)
    disclosures = tuple(ElementName(ElementKind.DISCLOSURE, key) for key in path.disclosures)
    if path.source is not None:
        yield Hop(ElementName(ElementKind.SOURCE, path.source))
    if path.service is not None:
        yield Hop(ElementName(ElementKind.SERVICE, path.service), processings if path.source is not None else ())
    if path.category is not None:
        by = (processings or disclosures) if path.service is not None else ()
        yield Hop(ElementName(ElementKind.DATA_CATEGORY, path.category), by)
    for place, key in enumerate(path.recipients):
        yield Hop(ElementName(ElementKind.RECIPIENT, key), disclosures if place == 0 else ())
    if path.country is not None:
        yield Hop(ElementName(ElementKind.COUNTRY, path.country))


def in_order(data_map: DataMap, paths: Collection[Path]) -> list[Path]:
    """Paths by what they pass one after the other, in the order of the map, but that sources come first."""
    names = sorted(data_map.elements_by_name, key=lambda name: name.kind is not ElementKind.SOURCE)
    places = {name: place for place, name in enumerate(names)}
    return sorted(paths, key=lambda path: [places[hop.element] for hop in hops(path)])


def _check(
    data_map: DataMap, names: Sequence[ElementName] | None, kinds: Sequence[ElementKind], what: str, argument: str
) -> None:
    if names is None:
        return
    if not 1 <= len(names) <= ENDS_AT_MOST:
        raise InvalidInput(
            f"`{argument}` has {len(names)} elements: name 1 to {ENDS_AT_MOST}, or leave it out for anywhere"
        )
    for name in names:
        if name.kind not in kinds:
            told = ", ".join(kind.name for kind in kinds)
            raise InvalidInput(
                f"`{argument}` has a {name.kind.name}, where no path {what}: name one of the kinds {told}"
            )
        data_map.load_element(name)


def _leads(begin: ElementName, end: ElementName) -> bool:
    is_recipient = begin.kind is end.kind is ElementKind.RECIPIENT
    return is_recipient or _ORDER.index(begin.kind) < _ORDER.index(end.kind)


def _kinds(names: Sequence[ElementName]) -> str:
    return " or ".join(dict.fromkeys(name.kind.name for name in names))


def _each_once(names: Sequence[ElementName] | None) -> tuple[ElementName, ...] | None:
    return None if names is None else tuple(dict.fromkeys(names))


def _keys(names: Sequence[ElementName], kind: ElementKind) -> list[str]:
    return [name.key for name in names if name.kind is kind]
