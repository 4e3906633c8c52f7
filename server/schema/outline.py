"""A whole map briefly and at once, for a picture; for staff. Read from memory: no statement runs for it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from weakref import WeakKeyDictionary

import strawberry

from graph import model
from graph.data_map import DataMap as Map
from graph.model import ElementKind, ElementName, FindingKind, name_of
from server.context import Context
from server.schema.elements import MapView
from server.turns import turn_to_work_out

#: Elements of one picture; those after them are left out, and so is what refers to them.
ELEMENTS_AT_MOST = 20_000
#: References of processings and disclosures to these.
MEMBERSHIPS_AT_MOST = 100_000

_Drawn = model.Source | model.Service | model.DataCategory | model.Purpose | model.Recipient | model.Country


@strawberry.type(description="An element of a map as a picture shows it. Others are named by their places in the list.")
class OutlineElement:
    kind: ElementKind = strawberry.field(description="What it is.")
    key: str = strawberry.field(description="Its key.")
    name: str = strawberry.field(description="What people call it; of a recipient without a name, who it is.")
    is_named: bool = strawberry.field(
        description="Whether it has a name: false for recipients that the policy names not."
    )
    detail: str = strawberry.field(
        description="What tells it from others of its kind: SPECIAL or the kind of a category, the kind of a source or "
        "recipient, the legal basis of a purpose, the adequacy of a country; empty for a service."
    )
    part_of: int | None = strawberry.field(description="The service or category that it is a part of.")
    engages: list[int] = strawberry.field(description="The recipients that it passes data on to.")
    countries: list[int] = strawberry.field(description="Where the recipient is.")
    is_stated: bool = strawberry.field(description="Whether a clause states it.")
    violations: int = strawberry.field(description="How many violations the checks find in it, overruled or not.")
    gaps: int = strawberry.field(description="How many gaps.")


@strawberry.type(description="A processing or disclosure as a picture shows it. Elements are named by their places.")
class OutlineFact:
    kind: ElementKind = strawberry.field(description="PROCESSING or DISCLOSURE.")
    key: str = strawberry.field(description="Its key.")
    services: list[int] = strawberry.field(description="Its services.")
    categories: list[int] = strawberry.field(description="Its categories.")
    source: int | None = strawberry.field(description="Where a processing has the data from.")
    purpose: int = strawberry.field(description="What it is for.")
    recipient: int | None = strawberry.field(description="To whom a disclosure goes.")
    legal_basis: model.LegalBasis | None = strawberry.field(description="Of a processing.")
    case: str | None = strawberry.field(description="The key of a disclosure's case.")
    is_identifiable: bool | None = strawberry.field(description="Whether a disclosure tells whose the data is.")
    is_stated: bool = strawberry.field(description="Whether a clause states it.")


@strawberry.type(
    description=f"A whole map, briefly: at most {ELEMENTS_AT_MOST:,} elements, and facts with {MEMBERSHIPS_AT_MOST:,} "
    "references to them."
)
class MapOutline:
    elements: list[OutlineElement] = strawberry.field(
        description="Sources, services, categories, purposes, recipients and countries, each kind in the order of the "
        "map."
    )
    facts: list[OutlineFact] = strawberry.field(description="Processings, then disclosures, in the order of the map.")
    is_complete: bool = strawberry.field(description="Whether this is the whole map: false where it was too large.")


_kept: WeakKeyDictionary[MapView, MapOutline] = WeakKeyDictionary()


async def load_outline(context: Context, view: MapView) -> MapOutline:
    """Raises Unauthenticated, Forbidden, Overloaded."""
    context.viewer.require_staff()
    found = _kept.get(view)
    if found is None:
        findings = await view.load_findings(turn_to_work_out(context.database))
        async with turn_to_work_out(context.database).in_place() as turn:
            found = _kept[view] = await turn.in_thread(lambda: outline(view.data_map, findings))
    return found


def outline(
    data_map: Map,
    findings: Iterable[model.Finding],
    elements_at_most: int = ELEMENTS_AT_MOST,
    memberships_at_most: int = MEMBERSHIPS_AT_MOST,
) -> MapOutline:
    drawing = _Drawing(data_map.elements, findings, elements_at_most)
    facts: list[OutlineFact] = []
    memberships = 0
    is_complete = drawing.is_complete
    for fact in drawing.facts():
        memberships += len(fact.services) + len(fact.categories) + 2
        if memberships > memberships_at_most:
            is_complete = False
            break
        facts.append(fact)
    return MapOutline(elements=drawing.elements(), facts=facts, is_complete=is_complete)


class _Drawing:
    def __init__(self, elements: model.MapElements, findings: Iterable[model.Finding], at_most: int) -> None:
        kinds: tuple[Sequence[_Drawn], ...] = (
            elements.sources,
            elements.services,
            elements.data_categories,
            elements.purposes,
            elements.recipients,
            elements.countries,
        )
        self._elements = elements
        self._drawn = list(islice(chain.from_iterable(kinds), at_most))
        self.is_complete = len(self._drawn) == sum(map(len, kinds))
        self._places = {name_of(element): place for place, element in enumerate(self._drawn)}
        self._found = Counter((each.kind, each.element_kind, each.element) for each in findings)

    def elements(self) -> list[OutlineElement]:
        return [self._element(each) for each in self._drawn]

    def facts(self) -> Iterator[OutlineFact]:
        """But those of which something that they must have is left out."""
        for processing in self._elements.processings:
            services = self._at(ElementKind.SERVICE, processing.service)
            categories = self._at(ElementKind.DATA_CATEGORY, *processing.categories)
            source = self._find(ElementKind.SOURCE, processing.source)
            purpose = self._find(ElementKind.PURPOSE, processing.purpose)
            if services and categories and source is not None and purpose is not None:
                yield OutlineFact(
                    kind=ElementKind.PROCESSING,
                    key=processing.key,
                    services=services,
                    categories=categories,
                    source=source,
                    purpose=purpose,
                    recipient=None,
                    legal_basis=processing.legal_basis,
                    case=None,
                    is_identifiable=None,
                    is_stated=bool(processing.clauses),
                )
        for disclosure in self._elements.disclosures:
            services = self._at(ElementKind.SERVICE, *disclosure.services)
            categories = self._at(ElementKind.DATA_CATEGORY, *disclosure.categories)
            recipient = self._find(ElementKind.RECIPIENT, disclosure.recipient)
            purpose = self._find(ElementKind.PURPOSE, disclosure.purpose)
            if services and categories and recipient is not None and purpose is not None:
                yield OutlineFact(
                    kind=ElementKind.DISCLOSURE,
                    key=disclosure.key,
                    services=services,
                    categories=categories,
                    source=None,
                    purpose=purpose,
                    recipient=recipient,
                    legal_basis=None,
                    case=disclosure.case,
                    is_identifiable=disclosure.identifiable,
                    is_stated=bool(disclosure.clauses),
                )

    def _element(self, element: _Drawn) -> OutlineElement:
        kind = name_of(element).kind
        shown = OutlineElement(
            kind=kind,
            key=element.key,
            name=element.name or "",
            is_named=element.name is not None,
            detail=_detail(element),
            part_of=None,
            engages=[],
            countries=[],
            is_stated=bool(element.clauses),
            violations=self._found[FindingKind.VIOLATION, kind.value, element.key],
            gaps=self._found[FindingKind.GAP, kind.value, element.key],
        )
        match element:
            case model.Service(part_of=whole) | model.DataCategory(part_of=whole) if whole is not None:
                shown.part_of = self._find(kind, whole)
            case model.Recipient():
                shown.name = element.name or element.description
                shown.engages = self._at(kind, *element.engages)
                shown.countries = self._at(ElementKind.COUNTRY, *element.countries)
        return shown

    def _at(self, kind: ElementKind, *keys: str) -> list[int]:
        found = (self._find(kind, key) for key in keys)
        return [place for place in found if place is not None]

    def _find(self, kind: ElementKind, key: str) -> int | None:
        return self._places.get(ElementName(kind, key))


def _detail(element: _Drawn) -> str:
    match element:
        case model.DataCategory(special=True):
            return "SPECIAL"
        case model.DataCategory(kind=kind) | model.Source(kind=kind) | model.Recipient(kind=kind):
            return kind.value
        case model.Purpose(legal_basis=basis):
            return basis.value
        case model.Country(adequacy=adequacy):
            return adequacy.value
        case _:
            return ""
