"""A record as a workbook (Office Open XML): a sheet for its head, one for each table, and one for the clauses."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import zip_longest

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from server.records.document import NO_CLAUSE, Cell, Document, Table
from server.records.scribe import plain

#: What a row shows and prints whole: what has more lines goes on in the row below.
LINES_A_ROW = 30

_OPTIONS = {
    "in_memory": True,
    # A text is a text, whatever it looks like.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_PLAIN = {"font_size": 9, "text_wrap": True, "align": "left", "valign": "top", "border": 1, "border_color": "#BFBFBF"}
_HEAD = {**_PLAIN, "bold": True, "bg_color": "#1F3A5F", "font_color": "#FFFFFF"}
_MISSING = {**_PLAIN, "bg_color": "#FFF2CC"}
_A3, _A4 = 8, 9
_LINE_POINTS, _ROW_POINTS_AT_MOST = 12, 409
# Beside others, as they are drawn, these are as wide as two.
_WIDE = re.compile("[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\U0001f300-\U0003fffd]")


@dataclass(frozen=True, slots=True)
class _Formats:
    head: Format
    plain: Format
    missing: Format


@dataclass(frozen=True, slots=True)
class _Sheet:
    """`columns`: heads and widths in characters; in the first stands what a row is called. `fixed` of them stay in
    sight."""

    title: str
    columns: Sequence[tuple[str, int]]
    rows: Iterable[tuple[int | str, Sequence[Cell]]]
    paper: int = _A4
    fixed: int = 1


def record_xlsx(document: Document) -> bytes:
    """The same bytes for the same document."""
    out, revision = io.BytesIO(), document.revision
    with Workbook(out, _OPTIONS) as workbook:
        # When what it says was said, not when it was written.
        created = revision.published_at or revision.drafted_at
        workbook.set_properties({"title": document.title, "created": created})
        formats = _Formats(*(workbook.add_format(each) for each in (_HEAD, _PLAIN, _MISSING)))
        for sheet in _sheets(document):
            page = workbook.add_worksheet(sheet.title)
            page.set_landscape()
            page.set_paper(sheet.paper)
            page.fit_to_pages(1, 0)
            page.repeat_rows(0)
            page.freeze_panes(1, sheet.fixed)
            page.set_footer(f"&L{document.file_name}&R&P / &N")
            for column, (title, width) in enumerate(sheet.columns):
                page.set_column(column, column, width)
                page.write_string(0, column, title, formats.head)
            page.set_row(0, _height((title, width) for title, width in sheet.columns))
            last = _write_rows(page, sheet, formats)
            page.autofilter(0, 0, last, len(sheet.columns) - 1)
            page.ignore_errors({"number_stored_as_text": "A:A"})
    return out.getvalue()


def _write_rows(page: Worksheet, sheet: _Sheet, formats: _Formats) -> int:
    """The number of the last row."""
    number = 0
    first, *widths = (width for _, width in sheet.columns)
    for name, cells in sheet.rows:
        pieces = (_pieces(cell.lines, width) for cell, width in zip(cells, widths, strict=True))
        for place, texts in enumerate(zip_longest(*pieces, fillvalue="")):
            number += 1
            called = f"{name}, continued" if place else name
            if isinstance(called, int):
                page.write_number(number, 0, called, formats.plain)
            else:
                page.write_string(number, 0, _text(called), formats.plain)
            # Not every program finds out by itself how high a row is to be.
            drawn = [(text, _drawn(width)) for text, width in zip((str(called), *texts), (first, *widths), strict=True)]
            page.set_row(number, _height(drawn))
            for column, (cell, piece) in enumerate(zip(cells, texts, strict=True), 1):
                page.write_string(number, column, _text(piece), formats.missing if cell.unstated else formats.plain)
    return number


def _sheets(document: Document) -> Iterator[_Sheet]:
    head = ((column.head, (cell,)) for column, cell in document.head)
    yield _Sheet("Record", (("Record", 34), (document.title, 110)), head)
    for table in document.tables:
        columns = [("No.", 6), *((each.head, each.width) for each in table.columns)]
        columns += [("Clauses of the policy", 32)] if table.cites else []
        # Of the record itself, what a row is about stays in sight, and all of it is to be read in print.
        paper, fixed = (_A3, 2) if table is document.rows else (_A4, 1)
        yield _Sheet(table.title, columns, _numbered(table), paper, fixed)
    yield _Sheet("Clauses", (("No.", 10), ("Key", 34), ("Text", 90), ("Address", 50)), _clauses(document))


def _numbered(table: Table) -> Iterator[tuple[int, Sequence[Cell]]]:
    for number, row in enumerate(table.rows, 1):
        cited = "; ".join(f"{each.number} {each.key}" for each in row.clauses) or NO_CLAUSE
        yield number, (*row.cells, *([Cell((cited,))] if table.cites else []))


def _clauses(document: Document) -> Iterator[tuple[str, Sequence[Cell]]]:
    for clause in document.clauses:
        address = document.address_of(clause) or "None: it is not published"
        yield clause.number, [Cell((each,)) for each in (clause.key, plain(clause.text), address)]


def _pieces(lines: Iterable[str], width: int) -> Iterator[str]:
    """The lines, as many together as a row has place for."""
    piece: list[str] = []
    left, at_most = LINES_A_ROW, LINES_A_ROW * width
    for line in lines:
        for part in (line[start : start + at_most] for start in range(0, len(line), at_most)):
            height = -(-len(part) // width)
            if height > left:
                yield "\n".join(piece)
                piece, left = [], LINES_A_ROW
            piece.append(part)
            left -= height
    yield "\n".join(piece)


def _drawn(width: int) -> int:
    """How many characters a line has of this text, which is smaller than the one that columns are measured by, and has
    more narrow letters than wide ones."""
    return width * 5 // 4


def _height(texts: Iterable[tuple[str, int]]) -> int:
    """In points, of a row with texts in columns of such widths."""
    lines = max(sum(_lines(line, width) for line in text.split("\n")) for text, width in texts)
    return min(lines * _LINE_POINTS + 2, _ROW_POINTS_AT_MOST)


@lru_cache(maxsize=4096)
def _lines(text: str, width: int) -> int:
    """How many a text takes where it is broken between words."""
    lines, used = 0, width
    for word in text.split():
        length = len(word) if word.isascii() else len(word) + len(_WIDE.findall(word))
        if used + 1 + length <= width:
            used += 1 + length
        else:
            lines += -(-length // width)
            used = (length - 1) % width + 1
    return max(lines, 1)


def _text(text: str) -> str:
    # The library takes such a text for its own markup of parts in bold and the like.
    return f"{text}\n" if text.startswith("<r>") and text.endswith("</r>") else text
