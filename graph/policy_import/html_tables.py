"""The tables of a page."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from graph.policy_import.gathering import Close, Flow, Gathering, key_of, number_of
from graph.policy_import.html_styles import Attributes
from graph.policy_import.tables import Cell, is_layout, table_of

# Of tables in tables; those further in are read as paragraphs.
_DEEPEST = 5


@dataclass(slots=True)
class _Rows:
    """A table; `around` is what stands in it but in none of its cells."""

    around: Flow
    rows: list[list[Cell]] = field(default_factory=list)


class Tables(Gathering):
    def _start_tables(self) -> None:
        self._tables: list[_Rows] = []

    def _table(self, is_written: bool) -> Close:
        if len(self._tables) == _DEEPEST:
            return self._paragraph("div", {})
        self._flush()
        found = _Rows(Flow())
        self._flows.append(found.around)
        self._tables.append(found)

        def close() -> None:
            rows = [row for row in self._tables.pop().rows if row]
            around = self._ended()
            self._flows.pop()
            self._flow.blocks += around
            if not is_written and is_layout(rows):
                self._flow.blocks += [block for row in rows for cell in row for block in cell.blocks]
                return
            table = table_of(rows)
            if table is not None:
                self._flow.blocks.append(table)

        return close

    def _row(self, attributes: Attributes) -> Close | None:
        if not self._tables or self._flow is not self._tables[-1].around:
            return self._paragraph("div", attributes)
        rows = self._tables[-1].rows
        rows.append([])
        key = key_of(attributes)

        def close() -> None:
            if key is not None and rows[-1]:
                rows[-1][-1] = replace(rows[-1][-1], key=key)

        return close

    def _cell(self, attributes: Attributes) -> Close:
        found = self._tables[-1] if self._tables else None
        if found is None or self._flow is not found.around or not found.rows:
            return self._paragraph("div", attributes)
        row = found.rows[-1]
        self._open_flow(attributes)

        def close() -> None:
            blocks = self._ended()
            self._flows.pop()
            columns, rows = number_of(attributes.get("colspan"), 1), number_of(attributes.get("rowspan"), 1)
            row.append(Cell(tuple(blocks), max(columns, 1), max(rows, 1)))

        return close
