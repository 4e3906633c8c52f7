"""The record of processors in words (GDPR Art. 30(2)), as far as the controller's map knows."""

from __future__ import annotations

from collections.abc import Iterator

from graph.data_map import DataMap
from graph.model import Controller, MapElement
from graph.processing_record import Point, Task, tasks, unstated_by_processors
from server.records.controllers import destination
from server.records.document import Cell, Column, Drawn, Row
from server.records.scribe import Scribe
from server.records.words import RECIPIENTS, capitalised, named, no_transfer, with_parts

PROCESSOR = Column("processor", "Processor and its contact details", 28, Point.PROCESSOR)
ENGAGED_BY = Column("engaged_by", "Engaged by", 20, joined=True)
PROCESSING = Column("processing", "Categories of processing", 28, Point.PROCESSING)
SERVICES = Column("services", "For services", 20)
DATA = Column("data", "Categories of personal data", 34, joined=True)
TRANSFERS = Column("transfers", "Transfers to third countries", 34, Point.PROCESSORS_TRANSFERS)
MEASURES = Column("measures", "Security measures", 34, Point.PROCESSORS_MEASURES)
ELEMENT = Column("element", "Elements of the map", 20, joined=True)

COLUMNS = (PROCESSOR, ENGAGED_BY, ELEMENT, PROCESSING, SERVICES, DATA, TRANSFERS, MEASURES)


def draw_processors(data_map: DataMap, scribe: Scribe) -> Drawn:
    controller = data_map.elements.controller
    rows = (
        Row(_cells(each, controller, scribe), scribe.cited(each.clauses), each.unstated) for each in tasks(data_map)
    )
    title = "Record of processing activities of processors"
    return Drawn(title, COLUMNS, rows, tuple(unstated_by_processors(data_map)), Point.PROCESSOR)


def _cells(task: Task, controller: Controller, scribe: Scribe) -> tuple[Cell, ...]:
    processor = task.processor

    def missing(point: Point) -> Iterator[str]:
        return (each.what for each in task.unstated if each.point is point)

    who = [processor.name or "Not named", capitalised(RECIPIENTS[processor.kind]), processor.description]
    safeguards = "; ".join(each.name for each in task.safeguards)
    elements: list[MapElement] = [processor, *([task.disclosure] if task.disclosure else [])]
    return (
        scribe.cell(filter(None, who), missing(Point.PROCESSOR)),
        scribe.cell(_engaging(task, controller)),
        scribe.cell(f"{type(each).__name__} {each.key}" for each in elements),
        scribe.cell(_processing(task), missing(Point.PROCESSING)),
        scribe.cell([each.name for each in task.services] or ["None"]),
        scribe.cell(_data(task)),
        scribe.cell(_transfers(task), missing(Point.PROCESSORS_TRANSFERS)),
        scribe.cell((f"By its safeguards: {safeguards}",) if safeguards else (), missing(Point.PROCESSORS_MEASURES)),
    )


def _engaging(task: Task, controller: Controller) -> Iterator[str]:
    if task.engaged_by:
        yield from map(named, task.engaged_by)
    else:
        yield f"{controller.name} (the controller)" if task.disclosure else "None"


def _processing(task: Task) -> Iterator[str]:
    yield task.processor.function
    if task.purpose and task.case:
        yield f"For: {task.purpose.name}"
        yield f"Case {task.case.number}: {task.case.name}"


def _data(task: Task) -> Iterator[str]:
    if not task.categories:
        yield "None"
    yield from map(with_parts, task.categories)
    if task.disclosure and not task.disclosure.identifiable:
        yield "Aggregated or depersonalised"


def _transfers(task: Task) -> Iterator[str]:
    if not task.transfers and all(each.point is not Point.PROCESSORS_TRANSFERS for each in task.unstated):
        yield no_transfer((task.processor,) if task.disclosure and task.disclosure.identifiable else ())
    yield from map(destination, task.transfers)
