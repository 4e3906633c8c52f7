"""A record as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator

from server.records.document import Cell, Document, Table


def record_json(document: Document) -> bytes:
    """The same bytes for the same document. Cells have what is `said` and what is `unstated`, by names of columns."""
    revision = document.revision
    value = {
        "record": document.of.value,
        "title": document.title,
        "revision": {
            "number": revision.number,
            "state": revision.state.value,
            "published_at": revision.published_at and revision.published_at.isoformat(),
            "effective_at": revision.effective_at and revision.effective_at.isoformat(),
        },
        "head": {column.name: _cell(cell) for column, cell in document.head},
        **{("rows" if table is document.rows else table.name): list(_rows(table)) for table in document.tables},
        "clauses": [
            {"number": each.number, "key": each.key, "text": each.text, "address": document.address_of(each)}
            for each in document.clauses
        ],
    }
    return json.dumps(value, ensure_ascii=False, indent=2).encode() + b"\n"


def _rows(table: Table) -> Iterator[dict[str, object]]:
    for number, row in enumerate(table.rows, 1):
        cells = {column.name: _cell(cell) for column, cell in zip(table.columns, row.cells, strict=True)}
        yield {"number": number, **cells, **({"clauses": [each.key for each in row.clauses]} if table.cites else {})}


def _cell(cell: Cell) -> dict[str, object]:
    return {"said": list(cell.said), "unstated": list(cell.unstated)}
