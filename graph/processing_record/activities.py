"""The controller's record: a row for each processing of the map."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from graph.data_map import DataMap
from graph.model import Disclosure, MapElement, MeasureKind, Processing, Purpose, RetentionRule
from graph.processing_record.ground import NO_FIELD, Ground, unstated_of_controller
from graph.processing_record.model import Activity, Point, Receipt, Transfer, Unstated
from graph.processing_record.remainders import Remainders


def activities(data_map: DataMap) -> Iterator[Activity]:
    """The processings in the order of the map, each with the disclosures of what it has for its purpose; then what is
    disclosed for a purpose that it is processed for nowhere."""
    return _Activities(data_map).rows()


def unstated_by_controller(data_map: DataMap) -> Iterator[Unstated]:
    """Of the record as a whole."""
    controller = data_map.elements.controller
    yield Unstated(Point.CONTROLLER, "joint controllers, if there are any", controller, NO_FIELD)
    yield from unstated_of_controller(data_map, Point.CONTROLLER)
    if all(each.kind is MeasureKind.PRINCIPLE for each in data_map.elements.measures):
        mending = "Give a measure of the kind TECHNICAL or ORGANISATIONAL under measures in the map"
        yield Unstated(Point.MEASURES, "technical and organisational measures", controller, mending)


class _Activities:
    def __init__(self, data_map: DataMap) -> None:
        self._map = data_map
        self._ground = Ground(data_map)
        self._by_purpose = defaultdict[str, list[Disclosure]](list)
        for each in data_map.elements.disclosures:
            self._by_purpose[each.purpose].append(each)
        self._unstated_subjects = Unstated(
            Point.SUBJECTS_AND_DATA, "the categories of data subjects", data_map.elements.controller, NO_FIELD
        )
        self._remainders = Remainders(self._ground)

    def rows(self) -> Iterator[Activity]:
        for processing in self._map.elements.processings:
            receipts = tuple(self._receipts(processing))
            yield self._row(processing, processing.service, processing.categories, receipts)
        for disclosure in self._map.elements.disclosures:
            for service, categories in self._remainders.of(disclosure):
                receipt = self._receipt(disclosure, (service,), categories)
                yield self._row(disclosure, service, categories, [receipt])

    def _receipts(self, processing: Processing) -> Iterator[Receipt]:
        """What disclosures for its purpose hand on of what is processed."""
        for disclosure in self._by_purpose[processing.purpose]:
            services = self._ground.services.shared(disclosure.services, (processing.service,))
            categories = self._ground.categories.shared(disclosure.categories, processing.categories)
            if services and categories:
                self._remainders.tell(disclosure, services, categories)
                yield self._receipt(disclosure, services, categories)

    def _receipt(self, disclosure: Disclosure, services: Sequence[str], categories: Sequence[str]) -> Receipt:
        return Receipt(
            disclosure,
            self._map.disclosure_cases[disclosure.case],
            tuple(self._map.services[key] for key in services),
            tuple(self._map.data_categories[key] for key in categories),
            tuple(self._ground.reached(disclosure.recipient).values()),
        )

    def _row(
        self, fact: Processing | Disclosure, service: str, categories: Iterable[str], receipts: Sequence[Receipt]
    ) -> Activity:
        purpose = self._map.purposes[fact.purpose]
        processing = fact if isinstance(fact, Processing) else None
        retention = self._map.retention_rules[processing.retention] if processing else None
        # Each that has identifiable data, once.
        having = {
            each.recipient.key: each.recipient
            for receipt in receipts
            if receipt.disclosure.identifiable
            for each in receipt.reached
        }.values()
        transfers = tuple(transfer for each in having for transfer in self._ground.transfers(each))
        return Activity(
            fact=fact,
            service=self._ground.services.with_parts(service),
            purpose=purpose,
            legal_basis=processing.legal_basis if processing else purpose.legal_basis,
            categories=tuple(self._ground.categories.with_parts(each) for each in categories),
            source=self._map.sources[processing.source] if processing else None,
            retention=retention,
            receipts=tuple(receipts),
            transfers=transfers,
            clauses=self._ground.clauses(_stating(fact, purpose, retention, receipts, transfers)),
            unstated=(
                self._unstated_subjects,
                *(gap for each in having for gap in self._ground.unstated_of_transfers(Point.TRANSFERS, each)),
                *_unstated_of_erasure(fact, retention),
            ),
        )


def _stating(
    fact: Processing | Disclosure,
    purpose: Purpose,
    retention: RetentionRule | None,
    receipts: Iterable[Receipt],
    transfers: Iterable[Transfer],
) -> Iterator[MapElement]:
    """What a row says, in the order in which it says it."""
    yield from (fact, purpose)
    for receipt in receipts:
        yield receipt.disclosure
        yield from (each.recipient for each in receipt.reached)
    for transfer in transfers:
        yield from transfer.safeguards
    if retention is not None:
        yield retention


def _unstated_of_erasure(fact: Processing | Disclosure, retention: RetentionRule | None) -> Iterator[Unstated]:
    if retention is None:
        mending = "Give a processing of it for this purpose in the map, or disclose less"
        yield Unstated(Point.ERASURE, "how long it is kept for this purpose", fact, mending)
    elif retention.period is None:
        mending = f"Give retention_rules.{retention.key}.period in the map, if there is one"
        yield Unstated(Point.ERASURE, "a time limit in figures: there is a criterion only", retention, mending)
