"""The controller's record in words (GDPR Art. 30(1))."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from graph.data_map import DataMap
from graph.model import Recipient, RetentionRule
from graph.processing_record import Activity, Point, Receipt, Transfer, activities, unstated_by_controller
from server.records.document import Cell, Column, Drawn, Row
from server.records.scribe import Scribe
from server.records.words import ADEQUACY, LEGAL_BASES, OUTCOMES, SOURCES, lasting, named, no_transfer, with_parts

SERVICE = Column("service", "Service", 18)
PURPOSE = Column("purpose", "Purpose of the processing", 24, Point.PURPOSES, joined=True)
LEGAL_BASIS = Column("legal_basis", "Legal basis", 16, joined=True)
SUBJECTS = Column("subjects", "Categories of data subjects", 16, Point.SUBJECTS_AND_DATA)
DATA = Column("data", "Categories of personal data", 26, Point.SUBJECTS_AND_DATA, joined=True)
SOURCE = Column("source", "Source", 16, joined=True)
RECIPIENTS = Column("recipients", "Categories of recipients", 40, Point.RECIPIENTS)
TRANSFERS = Column("transfers", "Transfers to third countries", 28, Point.TRANSFERS)
ERASURE = Column("erasure", "Time limits for erasure", 28, Point.ERASURE)
ELEMENT = Column("element", "Element of the map", 18, joined=True)

COLUMNS = (SERVICE, PURPOSE, LEGAL_BASIS, ELEMENT, SUBJECTS, DATA, SOURCE, RECIPIENTS, TRANSFERS, ERASURE)


def draw_controllers(data_map: DataMap, scribe: Scribe) -> Drawn:
    rows = (Row(_cells(each, scribe), scribe.cited(each.clauses), each.unstated) for each in activities(data_map))
    title = "Record of processing activities of the controller"
    return Drawn(title, COLUMNS, rows, tuple(unstated_by_controller(data_map)), Point.CONTROLLER)


def _cells(activity: Activity, scribe: Scribe) -> tuple[Cell, ...]:
    source = activity.source
    # Recipients have numbers within their row, by which its cells refer to them.
    reached = (each.recipient.key for receipt in activity.receipts for each in receipt.reached)
    numbers = {key: f"({number})" for number, key in enumerate(dict.fromkeys(reached), 1)}

    def missing(point: Point) -> Iterator[str]:
        return _missing(activity, point, numbers)

    return (
        scribe.cell((with_parts(activity.service),)),
        scribe.cell(filter(None, (activity.purpose.name, activity.purpose.description))),
        scribe.cell((LEGAL_BASES[activity.legal_basis],)),
        scribe.cell((f"{type(activity.fact).__name__} {activity.fact.key}",)),
        scribe.cell((), missing(Point.SUBJECTS_AND_DATA)),
        scribe.cell(map(with_parts, activity.categories)),
        scribe.cell((f"{source.name} ({SOURCES[source.kind]})" if source else "None: it is not processed for this",)),
        scribe.cell(_recipients(activity, numbers)),
        scribe.cell(_transfers(activity, numbers), missing(Point.TRANSFERS)),
        scribe.cell(_erasure(activity.retention), missing(Point.ERASURE)),
    )


def _missing(activity: Activity, point: Point, numbers: Mapping[str, str]) -> Iterator[str]:
    """What is missing of several recipients alike is on one line."""
    of: dict[str, list[str]] = {}
    for each in activity.unstated:
        if each.point is point:
            of.setdefault(each.what, []).extend([numbers[each.about.key]] if isinstance(each.about, Recipient) else [])
    for what, found in of.items():
        yield f"{what} of {', '.join(found)}" if found else what


def _recipients(activity: Activity, numbers: Mapping[str, str]) -> Iterator[str]:
    if not activity.receipts:
        yield "None"
    for receipt in activity.receipts:
        for each in receipt.reached:
            who = f"{numbers[each.recipient.key]} {named(each.recipient)}"
            if each.engaged_by:
                yield f"{who}, engaged by {', '.join(numbers[engaging.key] for engaging in each.engaged_by)}"
            else:
                yield f"{who}: {_handed_on(receipt, activity)}"


def _handed_on(receipt: Receipt, activity: Activity) -> str:
    what = ", ".join(each.name for each in receipt.categories)
    if receipt.services != (activity.service.whole,):
        what += f" of {', '.join(each.name for each in receipt.services)} only"
    if not receipt.disclosure.identifiable:
        what += ", aggregated or depersonalised"
    return f"{what}. Case {receipt.case.number}: {receipt.case.name}"


def _transfers(activity: Activity, numbers: Mapping[str, str]) -> Iterator[str]:
    if not activity.transfers and all(each.point is not Point.TRANSFERS for each in activity.unstated):
        receipts = (each for each in activity.receipts if each.disclosure.identifiable)
        yield no_transfer(reached.recipient for receipt in receipts for reached in receipt.reached)
    for each in activity.transfers:
        yield f"{numbers[each.recipient.key]} {each.recipient.name or 'Not named'}: {destination(each)}"


def destination(transfer: Transfer) -> str:
    country = f"{transfer.country.name}, {ADEQUACY[transfer.country.adequacy]}"
    safeguards = "; ".join(each.name for each in transfer.safeguards)
    return f"{country}. Safeguards: {safeguards}" if safeguards else country


def _erasure(rule: RetentionRule | None) -> Iterator[str]:
    if rule is None:
        return
    yield rule.criterion
    if rule.period is not None:
        yield f"Time limit: {lasting(rule.period, rule.start)}"
    yield OUTCOMES[rule.outcome]
    if rule.exceptions:
        yield f"Kept longer for: {'; '.join(each.name for each in rule.exceptions)}"
