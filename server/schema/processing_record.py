"""The record of processing activities of a revision (GDPR Art. 30), as its files have it; for staff."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import strawberry

from server.context import Context
from server.records.composition import compose
from server.records.document import Cell, Column, Document, RecordOf, Table
from server.records.document import Row as Written
from server.schema.connections import PAGE_DEFAULT, After, Connection, First, page
from server.schema.elements import Clause, MapView

Of = Annotated[RecordOf, strawberry.argument(description="Whose.")]


@strawberry.type(description="A cell of a record: lines of text, at least one.")
class RecordCell:
    said: list[str] = strawberry.field(description="What the map says.")
    unstated: list[str] = strawberry.field(description="What Art. 30 asks for and the map does not say.")

    @classmethod
    def of(cls, cell: Cell) -> RecordCell:
        return cls(said=list(cell.said), unstated=list(cell.unstated))


@strawberry.type(description="A column of a record.")
class RecordColumn:
    name: str = strawberry.field(description="For programs, such as `legal_basis`.")
    title: str = strawberry.field(description="For people, in English.")
    point: str | None = strawberry.field(
        description="What its cells answer of GDPR Art. 30, such as `30(1)(b)`; null where that does not ask for it."
    )
    is_joined: bool = strawberry.field(
        description="Whether it belongs to the column before it, and can stand below that."
    )

    @classmethod
    def of(cls, column: Column) -> RecordColumn:
        point = None if column.point is None else column.point.value
        return cls(name=column.name, title=column.title, point=point, is_joined=column.joined)


@strawberry.type(description="What a record says as a whole, and so of each of its activities.")
class RecordEntry:
    column: RecordColumn = strawberry.field(description="What it is.")
    cell: RecordCell = strawberry.field(description="What is said of it.")


@strawberry.type(description="A row of a record.")
class RecordRow:
    view: strawberry.Private[MapView]
    row: strawberry.Private[Written]
    number: int = strawberry.field(description="From 1, in its table of this revision.")

    @strawberry.field(description="A cell for each column of the table.")
    def cells(self) -> list[RecordCell]:
        return [RecordCell.of(each) for each in self.row.cells]

    @strawberry.field(description="The clauses that state what is in the row. Empty: none does.")
    def clauses(self) -> list[Clause]:
        return [self.view.clauses[each.key] for each in self.row.clauses]


@strawberry.type(description="A table of a record.")
class RecordTable:
    view: strawberry.Private[MapView]
    of: strawberry.Private[RecordOf]
    table: strawberry.Private[Table]
    title: str = strawberry.field(description="What it lists, in English.")
    is_cited: bool = strawberry.field(description="Whether its rows are of the kind that clauses state.")

    @strawberry.field(description="What each of its rows has a cell for.")
    def columns(self) -> list[RecordColumn]:
        return [RecordColumn.of(each) for each in self.table.columns]

    @strawberry.field(description="Its rows, in the order of the map; of what is missing, in that of Art. 30.")
    def rows(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[RecordRow]:
        return page(
            list(enumerate(self.table.rows, 1)),
            kind=f"record-{self.of}-{self.table.name}-{self.view.number}",
            place=lambda each: (each[0],),
            node=lambda each: RecordRow(view=self.view, row=each[1], number=each[0]),
            first=first,
            after=after,
            ordered=True,
        )


@strawberry.type(
    description="A record of processing activities (GDPR Art. 30), the same for the same revision. Names and texts are "
    "in the language of the map, everything else is English."
)
class ProcessingRecord:
    view: strawberry.Private[MapView]
    document: strawberry.Private[Document]
    of: RecordOf = strawberry.field(description="Whose.")
    title: str = strawberry.field(description="What it is, in English.")

    @strawberry.field(description="What holds for the record as a whole.")
    def head(self) -> list[RecordEntry]:
        entries = ((RecordColumn.of(column), RecordCell.of(cell)) for column, cell in self.document.head)
        return [RecordEntry(column=column, cell=cell) for column, cell in entries]

    @strawberry.field(description="The record itself.")
    def activities(self) -> RecordTable:
        return self._table(self.document.rows)

    @strawberry.field(description="The security measures; null for processors, of whom the map has none.")
    def measures(self) -> RecordTable | None:
        return None if self.document.measures is None else self._table(self.document.measures)

    @strawberry.field(description="What Art. 30 asks for and the map does not say, with what mends it.")
    def missing(self) -> RecordTable:
        return self._table(self.document.missing)

    def _table(self, table: Table) -> RecordTable:
        return RecordTable(view=self.view, of=self.of, table=table, title=table.title, is_cited=table.cites)


async def load_record(context: Context, view: MapView, of: RecordOf) -> ProcessingRecord:
    """Raises Unauthenticated, Forbidden, RecordTooLarge, Overloaded."""
    context.viewer.require_staff()
    data_map = view.data_map

    async def prepare() -> Callable[[], Document]:
        # Of clauses it needs no addresses: they are there with all that they have.
        return lambda: compose(data_map, of, "")

    document = await context.records.make((data_map.revision, of), prepare)
    return ProcessingRecord(view=view, document=document, of=of, title=document.title)
