"""A record as a workbook: what a reader of the format finds in it, and that nothing in it is a formula."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from server.records.composition import compose
from server.records.document import Cell, Document, RecordOf
from server.records.xlsx import LINES_A_ROW, record_xlsx
from tests.builders import a_measure, a_purpose, a_service
from tests.server.records.documents import LINKS, a_document, first_policy, hostile_documents
from tests.server.records.workbooks import read_workbook

ROWS = "Processing activities"


def test_a_workbook_has_a_sheet_for_each_part_of_the_record() -> None:
    document = a_document(measures=(a_measure(),))
    sheets = read_workbook(record_xlsx(document))

    assert list(sheets) == ["Record", ROWS, "Security measures", "Not stated", "Clauses"]
    assert sheets["Record"].rows[0] == ["Record", "Record of processing activities of the controller"]
    assert [row[0] for row in sheets["Record"].rows[1:]] == [column.head for column, _ in document.head]
    assert sheets[ROWS].rows[0] == ["No.", *(each.head for each in document.rows.columns), "Clauses of the policy"]
    assert sheets[ROWS].rows[0][2] == "Purpose of the processing (Art. 30(1)(b))"
    assert sheets[ROWS].rows[1][:3] == ["1", "Billing", "Delivery"]
    assert sheets[ROWS].rows[1][-1] == "1 statement"
    assert sheets["Security measures"].rows[1] == ["1", "Encryption", "Technical measure", "Encryption", "1 statement"]
    address = "https://privacy.example/policy/1#clause-statement"
    assert sheets["Clauses"].rows == [
        ["No.", "Key", "Text", "Address"],
        ["1", "statement", "What statement says.", address],
    ]
    assert len(sheets["Not stated"].rows) == 1 + len(document.missing.rows)


def test_what_no_clause_states_says_so() -> None:
    sheets = read_workbook(record_xlsx(a_document(RecordOf.PROCESSORS, disclosures=(), recipients=())))
    assert list(sheets) == ["Record", ROWS, "Not stated", "Clauses"]
    assert len(sheets[ROWS].rows) == 1
    measures = (a_measure(clauses=()),)
    assert read_workbook(record_xlsx(a_document(measures=measures)))["Security measures"].rows[1][-1] == (
        "None: no clause states this"
    )


def test_the_whole_first_policy_is_in_it_and_each_time_the_same_bytes() -> None:
    for of in RecordOf:
        document, again = (compose(first_policy(), of, LINKS) for _ in range(2))
        written = record_xlsx(document)
        assert written == record_xlsx(again)
        sheets = read_workbook(written)
        assert len(sheets[ROWS].rows) == 1 + len(document.rows.rows)
        assert len(sheets["Clauses"].rows) == 1 + len(document.clauses)


@settings(max_examples=60)
@given(hostile_documents())
def test_no_text_is_taken_for_more_than_a_text(document: Document) -> None:
    sheets = read_workbook(record_xlsx(document))
    assert [sheet for sheet in sheets.values() if sheet.formulas or sheet.links] == []
    for table in document.tables:
        read = [[text.rstrip("\n") for text in row] for row in sheets[table.title].rows[1:]]
        written = [["\n".join(cell.lines) for cell in row.cells] for row in table.rows]
        assert [row[1 : 1 + len(table.columns)] for row in read] == written


@pytest.mark.parametrize(
    "name", ["=1+1", "<r><t>bold</t></r>", "<r></r>", "_x0041_", "https://x.example", "mailto:x", "007"]
)
def test_a_name_is_what_it_says(name: str) -> None:
    sheet = read_workbook(record_xlsx(a_document(services=(a_service(name=name),))))[ROWS]
    assert (sheet.rows[1][1].rstrip("\n"), sheet.formulas, sheet.links) == (name, [], [])


def test_each_row_is_as_high_as_its_highest_cell() -> None:
    """Some programs show a line of each where the file does not say so."""
    names = ("A service", "A service whose name takes several lines of such a column", "Имя", "数据" * 30)
    document = a_document()
    (row,) = document.rows.rows
    short = (Cell(("x",)),) * (len(row.cells) - 1)
    rows = tuple(replace(row, cells=(Cell((name,)), *short)) for name in names)
    sheet = read_workbook(record_xlsx(replace(document, rows=replace(document.rows, rows=rows))))[ROWS]

    # A service has 18 characters, of this smaller text 22: 60 of the last one, each as wide as two, are 6 lines.
    assert [row[1] for row in sheet.rows[1:]] == list(names)
    assert sheet.heights[1:] == [14.25, 38.25, 14.25, 74.25]


# ---- what is too high for a row --------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["word " * 4_000, "x" * 40_000, "🙂" * 20_000])
def test_what_is_too_high_for_a_row_goes_on_in_the_next(text: str) -> None:
    document = a_document(purposes=(a_purpose(), a_purpose("other", description=text)))
    rows = read_workbook(record_xlsx(_with_purpose(document, text.strip())))[ROWS].rows[1:]

    assert [row[0] for row in rows] == ["1", *["1, continued"] * (len(rows) - 1)]
    assert len(rows) > 5
    assert "".join("".join(row[2].split()) for row in rows) == "".join(text.split())
    # A cell holds at most 32,767 UTF-16 units, and a row shows 409 points.
    width = document.rows.columns[1].width
    assert max(len(row[2]) for row in rows) <= LINES_A_ROW * width
    assert [row[1] for row in rows[1:]] == [""] * (len(rows) - 1)


def _with_purpose(document: Document, text: str) -> Document:
    row = document.rows.rows[0]
    cells = (row.cells[0], Cell((text,)), *row.cells[2:])
    return replace(document, rows=replace(document.rows, rows=(replace(row, cells=cells),)))
