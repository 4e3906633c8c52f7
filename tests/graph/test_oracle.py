"""The answer in process equals the answer of the graph, for any map and any person (invariant 11).

Everything is real on the way: revisions are drafted and published, the lines of reports pass the door, are written,
read back and joined with a map that was read back. `tests.graph.oracle` walks the same graph by other means.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import product

from hypothesis import event, given
from hypothesis import strategies as st

from graph.answer import SubjectAnswer
from graph.data_map import DataMap
from graph.errors import NothingChanged
from graph.model import RevisionContent
from graph.reports import Line, Rejection, read_line, reject
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.reports import record_reports
from graph.store.revisions import draft_revision, load_data_map
from graph.store.subjects import load_subject
from graph.store.times import find_text, to_text
from tests.builders import A_DAY
from tests.graph.oracle import Told, ask
from tests.graphs import wipe
from tests.strategies import valid_maps
from tests.strategies_subjects import NOW, PEOPLE, Reported, of_mixed_bases, subjects

SECOND_IN_FORCE = A_DAY + timedelta(days=4)


@st.composite
def cases(draw: st.DrawFn) -> tuple[RevisionContent, RevisionContent, Reported]:
    """Two revisions, whose keys are alike but not what they say, and reports that fit the second."""
    first, second = draw(valid_maps()), draw(valid_maps().filter(_says_something).flatmap(of_mixed_bases))
    return first, second, draw(subjects(second.elements))


def _says_something(content: RevisionContent) -> bool:
    return bool(content.elements.processings and content.elements.disclosures)


@given(case=cases())
async def test_the_answer_in_process_is_the_answer_of_the_graph(
    migrated: Database, case: tuple[RevisionContent, RevisionContent, Reported]
) -> None:
    first, second, reported = case
    await wipe(migrated)
    await draft_revision(migrated, first, at=A_DAY)
    await publish_revision(migrated, 1, expected=0, effective_at=A_DAY, at=A_DAY, rules=())
    await draft_revision(migrated, second, at=A_DAY)
    with contextlib.suppress(NothingChanged):
        await publish_revision(migrated, 2, expected=1, effective_at=SECOND_IN_FORCE, at=A_DAY, rules=())
    maps = {number: await load_data_map(migrated, number) for number in (1, 2)}
    await record_reports(migrated, _through_the_door(maps[2], reported))

    for person, at in product(PEOPLE, reported.asked):
        expected = await ask(migrated, person, at)
        assert await _told(migrated, maps, person, at) == expected
        _note(expected)


def _note(told: Told) -> None:
    """For `--hypothesis-show-statistics`: which cases are met."""
    event(f"holdings: {bool(told.holdings)}")
    for row in told.purposes:
        event(f"purpose: {row[4]} on {row[3]}")
    stopped = {(row[0], row[2]) for row in told.purposes if row[4] != "ACTIVE"}
    event(f"stopped in part: {any((row[0], row[2]) in stopped for row in told.purposes if row[4] == 'ACTIVE')}")
    for row in told.recipients:
        event(f"recipient: {row[4]}")
        event(f"hops: {len(row[2])}")


def _through_the_door(door: DataMap, reported: Reported) -> list[Line]:
    let_in: list[Line] = []
    for number, each in enumerate(reported.lines, 1):
        line = read_line(json.dumps(each).encode(), number)
        assert not isinstance(line, Rejection), line
        refusal = reject(line, number, door, NOW, None)
        if refusal is None:
            let_in.append(line)
    return let_in


async def _told(database: Database, maps: Mapping[int, DataMap], person: str, at: datetime) -> Told:
    """The program's answer in the oracle's form."""
    number, record = await load_subject(database, person, at)
    assert number is not None
    answer = SubjectAnswer(record, maps[number], at)
    rows = answer.holdings
    inverse = {
        (row.holding.id, received.path.disclosure.key, tuple(hop.key for hop in received.path.recipients))
        for recipient in answer.recipients
        for row, received in recipient.may_receive
        if received.path.recipient.key == recipient.key
    }
    told = Told(
        number,
        _sorted(
            (
                each.holding.id,
                each.holding.service,
                each.holding.category,
                to_text(each.holding.since),
                find_text(each.holding.last_seen),
                find_text(each.holding.until),
                each.holding.source,
                each.holding.records,
            )
            for each in rows
        ),
        _sorted(
            (
                row.holding.id,
                each.fact.processing.key,
                each.fact.purpose.key,
                each.fact.processing.legal_basis.value,
                each.standing.status.value,
                tuple(sorted(each.fact.processing.clauses)),
            )
            for row in rows
            for each in row.purposes
        ),
        _sorted(
            (row.holding.id, each.rule.key, find_text(each.ends_at), tuple(sorted(each.purposes)))
            for row in rows
            for each in row.retention
        ),
        _sorted(
            (
                row.holding.id,
                each.path.disclosure.key,
                tuple(hop.key for hop in each.path.recipients),
                each.path.disclosure.identifiable,
                each.status.value,
                tuple(sorted(each.path.recipient.countries)),
            )
            for row in rows
            for each in row.recipients
        ),
        _sorted(
            (each.key, *(tuple(sorted(keys)) for keys in (each.services, each.categories, each.purposes)))
            for each in answer.recipients
            if each.may_receive
        ),
        _sorted((recipient.key, each.id) for recipient in answer.recipients for each in recipient.disclosed),
        tuple(each.id for each in answer.decisions),
        _sorted((each.id, each.towards) for each in answer.trusts),
    )
    assert inverse == {row[:3] for row in told.recipients}
    return told


def _sorted(rows: object) -> tuple[tuple[object, ...], ...]:
    return tuple(sorted(rows, key=repr))  # type: ignore[call-overload]
