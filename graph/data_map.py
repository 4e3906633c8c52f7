"""One revision in memory: what answers "why is this held, and who receives it, by which path"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol, TypeVar

from graph.errors import QUOTED_AT_MOST, NotFound, quoted
from graph.model import (
    Clause,
    DataCategory,
    Disclosure,
    DisclosureCase,
    ElementName,
    Exclusion,
    LegalBasis,
    MapElement,
    MapElements,
    Policy,
    Processing,
    Purpose,
    Recipient,
    RetentionRule,
    Revision,
    Service,
    name_of,
)
from graph.suggest import nearest


class _Keyed(Protocol):
    @property
    def key(self) -> str: ...


class _Nested(Protocol):
    @property
    def key(self) -> str: ...
    @property
    def part_of(self) -> str | None: ...


KeyedT = TypeVar("KeyedT", bound=_Keyed)
NestedT = TypeVar("NestedT", bound=_Nested)


@dataclass(frozen=True, slots=True)
class ProcessingFact:
    """A processing with what it refers to."""

    processing: Processing
    purpose: Purpose
    retention: RetentionRule


@dataclass(frozen=True, slots=True)
class DisclosurePath:
    """Service → category → disclosure → recipient → (engages) recipient …

    `recipients` are the hops in order, the disclosure's own first; the path ends at the last of them.
    `category_keys` are the category and those that it is part of.
    """

    service: Service
    category: DataCategory
    category_keys: frozenset[str]
    disclosure: Disclosure
    purpose: Purpose
    case: DisclosureCase
    recipients: tuple[Recipient, ...]

    @property
    def recipient(self) -> Recipient:
        return self.recipients[-1]


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """What a revision says about one category held by one service.

    `services` and `categories` are the element asked for and those that it is part of, nearest first; empty where the
    map does not know it. `processings` and `paths` are in the order of the map. `clauses` are those that state the
    processings, each once. One is equal to itself only: a map keeps what it says of a pair.
    """

    services: tuple[Service, ...]
    categories: tuple[DataCategory, ...]
    processings: tuple[ProcessingFact, ...]
    paths: tuple[DisclosurePath, ...]
    clauses: tuple[str, ...]


class DataMap:
    """A revision's policy and map, indexed. Immutable: whoever holds one may share and keep it.

    Its content must have passed validation: every reference resolves, and `part_of` and `engages` have no cycles.
    """

    def __init__(self, revision: Revision, policy: Policy, elements: MapElements) -> None:
        self.revision = revision
        self.policy = policy
        self.elements = elements
        self.clauses = _by_key(policy.clauses)
        self.services = _by_key(elements.services)
        self.data_categories = _by_key(elements.data_categories)
        self.sources = _by_key(elements.sources)
        self.purposes = _by_key(elements.purposes)
        self.countries = _by_key(elements.countries)
        self.recipients = _by_key(elements.recipients)
        self.retention_rules = _by_key(elements.retention_rules)
        self.disclosure_cases = _by_key(elements.disclosure_cases)
        self._coverage: dict[tuple[str, str], Coverage] = {}

    # ---- the trees ---------------------------------------------------------------------------------------------------

    def service_line(self, key: str) -> tuple[Service, ...]:
        """The service and those that it is part of, nearest first; empty if the map does not know it."""
        return _line(self.services, key)

    def category_line(self, key: str) -> tuple[DataCategory, ...]:
        """The category and those that it is part of, nearest first; empty if the map does not know it."""
        return _line(self.data_categories, key)

    def clauses_of(self, keys: Iterable[str]) -> tuple[Clause, ...]:
        """The clauses with these keys, in the order given."""
        return tuple(self.clauses[key] for key in keys)

    @cached_property
    def clauses_below(self) -> Mapping[str | None, tuple[Clause, ...]]:
        """The clauses directly below each, in reading order; those at the top under None."""
        below: dict[str | None, list[Clause]] = {}
        for clause in self.policy.clauses:
            below.setdefault(clause.part_of, []).append(clause)
        return {key: tuple(clauses) for key, clauses in below.items()}

    @cached_property
    def elements_by_name(self) -> Mapping[ElementName, MapElement]:
        """Every element, in the order of the map."""
        return {name_of(element): element for element in all_elements(self.elements)}

    @cached_property
    def elements_by_clause(self) -> Mapping[str, tuple[MapElement, ...]]:
        """What each clause states, in the order of the map; of a retention rule, the rule or one of its exceptions."""
        stated: dict[str, list[MapElement]] = {}
        for element in all_elements(self.elements):
            for clause in cited_by(element):
                stated.setdefault(clause, []).append(element)
        return {key: tuple(elements) for key, elements in stated.items()}

    # ---- what a holding means ----------------------------------------------------------------------------------------

    def coverage(self, service: str, category: str) -> Coverage:
        """What this revision says about `category` held by `service`; keys that it does not know give an empty one.

        Kept after the first call for the pairs that the map knows, so that memory is bounded by services x categories.
        """
        known = self._coverage.get((service, category))
        if known is None:
            known = self._cover(service, category)
            if known.services and known.categories:
                self._coverage[(service, category)] = known
        return known

    def paths_of(self, disclosure: Disclosure, service: Service, category: DataCategory) -> Iterator[DisclosurePath]:
        """Every path of a disclosure, breadth first: to its recipient, then to each that this one engages, and on."""
        category_keys = frozenset(each.key for each in self.category_line(category.key))
        purpose = self.purposes[disclosure.purpose]
        case = self.disclosure_cases[disclosure.case]
        chains: list[tuple[Recipient, ...]] = [(self.recipients[disclosure.recipient],)]
        while chains:
            for chain in chains:
                yield DisclosurePath(service, category, category_keys, disclosure, purpose, case, chain)
            chains = [(*chain, self.recipients[key]) for chain in chains for key in chain[-1].engages]

    def exclusions_of(self, category: str) -> tuple[Exclusion, ...]:
        """The promises not to process this category or one that it is part of."""
        line = {each.key for each in self.category_line(category)}
        return tuple(each for each in self.elements.exclusions if line & set(each.categories))

    def _cover(self, service: str, category: str) -> Coverage:
        services, categories = self.service_line(service), self.category_line(category)
        if not services or not categories:
            return Coverage(services, categories, (), (), ())
        service_keys = {each.key for each in services}
        category_keys = {each.key for each in categories}
        processings = tuple(
            ProcessingFact(each, self.purposes[each.purpose], self.retention_rules[each.retention])
            for each in self.elements.processings
            if each.service in service_keys and category_keys & set(each.categories)
        )
        paths = tuple(
            path
            for each in self.elements.disclosures
            if service_keys & set(each.services) and category_keys & set(each.categories)
            for path in self.paths_of(each, services[0], categories[0])
        )
        clauses = dict.fromkeys(key for fact in processings for key in fact.processing.clauses)
        return Coverage(services, categories, processings, paths, tuple(clauses))

    def bases_of(self, purpose: str) -> frozenset[LegalBasis]:
        """The legal bases on which data is processed for a purpose: its own, and those of the processings for it."""
        return self._bases[purpose]

    @cached_property
    def _bases(self) -> Mapping[str, frozenset[LegalBasis]]:
        bases = {each.key: {each.legal_basis} for each in self.elements.purposes}
        for each in self.elements.processings:
            bases[each.purpose].add(each.legal_basis)
        return {key: frozenset(found) for key, found in bases.items()}

    # ---- look-ups that must succeed ----------------------------------------------------------------------------------

    def load_purpose(self, key: str) -> Purpose:
        """Raises NotFound."""
        return _load(self.purposes, key, "purpose", self.revision.number)

    def load_clause(self, key: str) -> Clause:
        """Raises NotFound."""
        return _load(self.clauses, key, "clause", self.revision.number)

    def load_element(self, name: ElementName) -> MapElement:
        """Raises NotFound, with the key that was probably meant."""
        found = self.elements_by_name.get(name)
        if found is None:
            near = nearest(name.key, (each.key for each in self.elements_by_name if each.kind is name.kind))
            noun = name.kind.name.lower().replace("_", " ")
            raise _not_found(name.key, noun, self.revision.number, f": did you mean {quoted(near)}?" if near else "")
        return found


def all_elements(elements: MapElements) -> Iterator[MapElement]:
    """Every element of a map, kind by kind, each kind in its own order."""
    yield elements.controller
    yield from elements.services
    yield from elements.data_categories
    yield from elements.sources
    yield from elements.purposes
    yield from elements.countries
    yield from elements.safeguards
    yield from elements.recipients
    yield from elements.retention_rules
    yield from elements.processings
    yield from elements.disclosure_cases
    yield from elements.disclosures
    yield from elements.exclusions
    yield from elements.rights
    yield from elements.measures


def cited_by(element: MapElement) -> tuple[str, ...]:
    """The clauses that state an element or, of a retention rule, one of its exceptions; each once."""
    exceptions = element.exceptions if isinstance(element, RetentionRule) else ()
    return tuple(dict.fromkeys((*element.clauses, *(key for each in exceptions for key in each.clauses))))


def _by_key(elements: Iterable[KeyedT]) -> Mapping[str, KeyedT]:
    return {each.key: each for each in elements}


def _line(elements: Mapping[str, NestedT], key: str) -> tuple[NestedT, ...]:
    line: list[NestedT] = []
    element = elements.get(key)
    while element is not None:
        line.append(element)
        element = elements.get(element.part_of) if element.part_of else None
    return tuple(line)


def _load(elements: Mapping[str, KeyedT], key: str, noun: str, revision: int) -> KeyedT:
    found = elements.get(key)
    if found is None:
        raise _not_found(key, noun, revision)
    return found


def _not_found(key: str, noun: str, revision: int, way_out: str = "") -> NotFound:
    message = f"Revision {revision} has no {noun} {quoted(key)}{way_out}"
    return NotFound(message, key=key[:QUOTED_AT_MOST], revision=revision)
