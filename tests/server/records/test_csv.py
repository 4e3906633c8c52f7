"""A record as comma-separated values: what a program reads, and that no program takes any of it for a formula."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.records.csv import harmless, record_csv
from server.records.document import Document
from server.records.scribe import citation
from tests.builders import a_purpose, a_service
from tests.server.records.documents import a_document, hostile_documents, hostile_texts

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


#: As docs/compliance.md has it.
HARMLESS = re.compile("(\\A|[,;\t\r\n])'(?='*[\" \u00a0]*[=+\\-@＝＋－＠\t\r\n])")


def original(text: str) -> str:
    """What was made harmless."""
    return HARMLESS.sub("\\1", text)


def read(content: bytes, separator: str = ",") -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=separator))


def test_a_row_stands_by_itself() -> None:
    document = a_document()
    content = record_csv(document)
    assert content.startswith(b'\xef\xbb\xbf"Row","Service","Purpose of the processing (Art. 30(1)(b))"')
    assert content.count(b"\r\n") == 2
    titles, row = read(content)
    cells = dict(zip(titles, row, strict=True))
    assert len(cells) == len(document.rows.columns) + 2 + len(document.head)
    assert (cells["Row"], cells["Service"]) == ("1 of 1", "Billing")
    assert cells["Clauses of the policy"] == "1 statement: What statement says."
    assert cells["Controller and contact details (Art. 30(1)(a))"].startswith("Acme Ltd, registration HE 1\n1 Sea Road")
    assert cells["Security measures (Art. 30(1)(g))"] == "Not stated: technical and organisational measures"


def test_a_citation_has_the_beginning_of_a_long_clause() -> None:
    (clause,) = a_document().clauses
    assert citation(clause) == "1 statement: What statement says."
    text = "word " * 40
    long = type(clause)(clause.key, clause.number, clause.kind, text)
    assert citation(long) == f"1 statement: {text[:79]}…"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain", "plain"),
        ("", ""),
        ("a = b", "a = b"),
        ("e-mail, -5", "e-mail,' -5"),
        ("=1", "'=1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@A1", "'@A1"),
        ("\t=1", "'\t'=1"),
        ("\rx", "'\rx"),
        ("＝1", "'＝1"),
        (' "=1', "' \"=1"),
        ("a;=1", "a;'=1"),
        ("a\n=1", "a\n'=1"),
        ('a;"=1', "a;'\"=1"),
        ("'=1", "''=1"),
        ("it's", "it's"),
        ("'quoted'", "'quoted'"),
    ],
)
def test_an_apostrophe_stands_where_a_formula_would_begin(text: str, written: str) -> None:
    assert (harmless(text), original(written)) == (written, text)


@given(hostile_texts | st.text(st.sampled_from("=+-@'\" ,;\t\r\nxö")))
def test_what_was_made_harmless_can_be_read_back(text: str) -> None:
    assert original(harmless(text)) == text


@settings(max_examples=60)
@given(hostile_documents())
def test_no_program_finds_a_formula_and_all_can_be_read_back(document: Document) -> None:
    content = record_csv(document)
    # Excel separates by semicolons, tabs or commas, as the country has it.
    for separator in ",;\t":
        assert [cell for row in read(content, separator) for cell in row if cell.startswith(DANGEROUS)] == []
    _, *rows = read(content)
    for row, written in zip(rows, document.rows.rows, strict=True):
        cells = [original(cell).split("\n") for cell in row]
        assert cells[1 : 1 + len(written.cells)] == [list(cell.lines) for cell in written.cells]


def test_a_document_of_harmless_texts_is_left_alone() -> None:
    document = a_document(
        services=(a_service(name="Shop; the large one"),), purposes=(a_purpose(name="Tax - and so on"),)
    )
    assert b"'" not in record_csv(document)
