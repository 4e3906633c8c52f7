"""A record of a revision, put together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from graph.data_map import DataMap
from graph.model import Adequacy, MeasureKind, Revision, RevisionState
from graph.processing_record import Point, Unstated
from server.notify.notice_links import policy_url
from server.records.controllers import draw_controllers
from server.records.document import Column, Document, RecordOf, Row, Table
from server.records.processors import draw_processors
from server.records.scribe import Scribe, plain
from server.records.words import MEASURES

_DRAWING = {RecordOf.CONTROLLER: draw_controllers, RecordOf.PROCESSORS: draw_processors}
_MEASURE = (
    Column("measure", "Measure", 30, Point.MEASURES),
    Column("kind", "Kind", 24),
    Column("description", "What it is", 80),
)
_MISSING = (
    Column("article", "Asked for by", 14),
    Column("what", "Not stated", 44),
    Column("element", "Of which element of the map", 36),
    Column("rows", "In which rows", 24),
    Column("mending", "To mend it", 60),
)


def compose(data_map: DataMap, of: RecordOf, links: str, *, head_in_rows: str | None = None) -> Document:
    """The record, the same for the same revision. `links`: what links for people begin with. `head_in_rows`: for a form
    that repeats the head in each row, what else can be done where that is too long. Raises RecordTooLarge."""
    revision, scribe = data_map.revision, Scribe(data_map.revision.number)
    drawn = _DRAWING[of](data_map, scribe)
    rows = Table(of.value, "Processing activities", drawn.columns, tuple(drawn.rows), cites=True)
    missing = Table("missing", "Not stated", _MISSING, tuple(_missing(drawn.unstated, rows.rows, scribe)), cites=False)
    measures = None
    head: list[tuple[Column, Iterator[str]]] = [
        (Column("state", "State"), _state(revision)),
        (Column("completeness", "Completeness"), _counts(rows, missing)),
        (Column("controller", "Controller and contact details", point=drawn.controller), _controller(data_map)),
    ]
    if of is RecordOf.CONTROLLER:
        measures = Table("measures", "Security measures", _MEASURE, tuple(_measures(data_map, scribe)), cites=True)
        head.append((Column("measures", "Security measures", point=Point.MEASURES), _kinds_of_measures(data_map)))
    cells = [
        scribe.cell(said, (each.what for each in drawn.unstated if each.point is column.point)) for column, said in head
    ]
    if head_in_rows is not None:
        scribe.repeat(cells, len(rows.rows), head_in_rows)
    cited = {clause.key for table in (rows, measures) if table for row in table.rows for clause in row.clauses}
    return Document(
        of=of,
        title=drawn.title,
        controller=plain(data_map.elements.controller.name),
        revision=revision,
        head=tuple(zip((column for column, _ in head), cells, strict=True)),
        rows=rows,
        measures=measures,
        missing=missing,
        clauses=tuple(each for each in data_map.policy.clauses if each.key in cited),
        policy=policy_url(links, revision.number) if revision.state is RevisionState.PUBLISHED else None,
    )


# ---- the head --------------------------------------------------------------------------------------------------------


def _state(revision: Revision) -> Iterator[str]:
    yield f"Revision {revision.number} of policy and data map: {revision.summary}"
    if revision.state is RevisionState.PUBLISHED and revision.published_at and revision.effective_at:
        yield f"Published on {revision.published_at:%Y-%m-%d}, in force from {revision.effective_at:%Y-%m-%d} (UTC)"
    elif revision.state is RevisionState.DRAFT:
        yield f"A draft of {revision.drafted_at:%Y-%m-%d} (UTC): not published, and not in force"
    else:
        yield "Withdrawn: it never came into force"


def _counts(rows: Table, missing: Table) -> Iterator[str]:
    yield f"Rows: {len(rows.rows):,}, all that the data map has"
    yield f"Not stated, though Art. 30 asks for it: {len(missing.rows):,}, each said where it is missing"


def _controller(data_map: DataMap) -> Iterator[str]:
    controller = data_map.elements.controller
    country = data_map.countries[controller.country]
    yield f"{controller.name}, registration {controller.registration}"
    yield controller.address
    yield f"{controller.email}, {controller.website}"
    needs_none = country.adequacy is Adequacy.EEA
    yield f"Established in {country.name}" + (", in the EEA: needs no representative (Art. 27)" if needs_none else "")


def _kinds_of_measures(data_map: DataMap) -> Iterator[str]:
    for kind in MeasureKind:
        names = [each.name for each in data_map.elements.measures if each.kind is kind]
        if names:
            yield f"{MEASURES[kind]}s: {'; '.join(names)}"


# ---- what is beside the rows -----------------------------------------------------------------------------------------


def _measures(data_map: DataMap, scribe: Scribe) -> Iterator[Row]:
    for each in data_map.elements.measures:
        cells = ((each.name,), (MEASURES[each.kind],), (each.description or each.name,))
        yield Row(tuple(map(scribe.cell, cells)), scribe.cited(data_map.clauses_of(each.clauses)))


def _missing(of_whole: Iterable[Unstated], rows: Sequence[Row], scribe: Scribe) -> Iterator[Row]:
    """A row for each that is missing, in the order of Art. 30; then by the first row that misses it."""
    found = {_identity(each): (each, list[int]()) for each in of_whole}
    for number, row in enumerate(rows, 1):
        for each in row.unstated:
            found.setdefault(_identity(each), (each, []))[1].append(number)
    order = list(Point)
    for each, numbers in sorted(found.values(), key=lambda one: order.index(one[0].point)):
        places = "All" if len(numbers) in (0, len(rows)) else _ranges(numbers)
        about = f"{type(each.about).__name__} {each.about.key}"
        cells = (f"Art. {each.point}", each.what, about, places, each.mending)
        yield Row(tuple(scribe.cell((cell,)) for cell in cells))


def _identity(unstated: Unstated) -> tuple[str, ...]:
    # Not by the element itself: comparing two of those reads all of their texts.
    return unstated.point, unstated.what, type(unstated.about).__name__, unstated.about.key


def _ranges(numbers: Sequence[int]) -> str:
    """Ascending numbers, such as `1–3, 7`."""
    found: list[tuple[int, int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1] = (found[-1][0], number)
        else:
            found.append((number, number))
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in found)
