"""The processors' record: a row for what each processor has by each disclosure that leads to it."""

from __future__ import annotations

from collections.abc import Iterator

from graph.data_map import DataMap
from graph.model import Disclosure, MapElement, Recipient, RecipientKind
from graph.processing_record.ground import NO_FIELD, Ground, unstated_of_controller
from graph.processing_record.model import Onward, Point, Task, Unstated
from graph.trees import reachable


def tasks(data_map: DataMap) -> Iterator[Task]:
    """Processors and those whom they engage, in the order of the map, each with the disclosures that lead to it in
    theirs; one row without a disclosure where none does."""
    recipients, ground = data_map.recipients, Ground(data_map)
    processors = (each.key for each in recipients.values() if each.kind is RecipientKind.PROCESSOR)
    acting = reachable(processors, {each.key: each.engages for each in recipients.values()})
    for recipient in recipients.values():
        if recipient.key not in acting:
            continue
        is_idle = True
        for disclosure in data_map.elements.disclosures:
            onward = ground.reached(disclosure.recipient).get(recipient.key)
            if onward is not None:
                is_idle = False
                yield _task(ground, disclosure, onward)
        if is_idle:
            yield _idle(ground, recipient)


def unstated_by_processors(data_map: DataMap) -> Iterator[Unstated]:
    """Of the record as a whole."""
    return unstated_of_controller(data_map, Point.PROCESSOR)


def _idle(ground: Ground, recipient: Recipient) -> Task:
    engaged_by = tuple(each for each in ground.data_map.recipients.values() if recipient.key in each.engages)
    what = "what it does, and with which data: nothing is disclosed to it"
    mending = f"Give a disclosure to '{recipient.key}' in the map, or take it out"
    return Task(
        processor=recipient,
        engaged_by=engaged_by,
        disclosure=None,
        purpose=None,
        case=None,
        services=(),
        categories=(),
        safeguards=ground.safeguards(recipient),
        transfers=tuple(ground.transfers(recipient)),
        clauses=ground.clauses((recipient, *ground.safeguards(recipient))),
        unstated=(
            *_unstated(ground, recipient),
            Unstated(Point.PROCESSING, what, recipient, mending),
        ),
    )


def _task(ground: Ground, disclosure: Disclosure, onward: Onward) -> Task:
    data_map, recipient = ground.data_map, onward.recipient
    purpose = data_map.purposes[disclosure.purpose]
    stating: list[MapElement] = [disclosure, recipient, *onward.engaged_by, purpose, *ground.safeguards(recipient)]
    return Task(
        processor=recipient,
        engaged_by=onward.engaged_by,
        disclosure=disclosure,
        purpose=purpose,
        case=data_map.disclosure_cases[disclosure.case],
        services=tuple(data_map.services[key] for key in disclosure.services),
        categories=tuple(ground.categories.with_parts(key) for key in disclosure.categories),
        safeguards=ground.safeguards(recipient),
        transfers=tuple(ground.transfers(recipient)) if disclosure.identifiable else (),
        clauses=ground.clauses(stating),
        unstated=tuple(_unstated(ground, recipient, is_identifiable=disclosure.identifiable)),
    )


def _unstated(ground: Ground, recipient: Recipient, *, is_identifiable: bool = True) -> Iterator[Unstated]:
    if recipient.name is None:
        yield Unstated(Point.PROCESSOR, "its name", recipient, f"Give recipients.{recipient.key}.name in the map")
    what = "its contact details, its representative and its data protection officer"
    yield Unstated(Point.PROCESSOR, what, recipient, NO_FIELD)
    if is_identifiable:
        yield from ground.unstated_of_transfers(Point.PROCESSORS_TRANSFERS, recipient)
    yield Unstated(Point.PROCESSORS_MEASURES, "its security measures", recipient, NO_FIELD)
