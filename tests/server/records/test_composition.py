"""What a record says, whatever its form: every cell says something, and what is missing is listed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.errors import RecordTooLarge
from graph.model import (
    Adequacy,
    MeasureKind,
    RecipientKind,
    RetentionException,
    RetentionPeriod,
    RetentionStart,
    RevisionContent,
    RevisionState,
)
from server.records import scribe
from server.records.composition import compose
from server.records.document import Cell, Document, RecordOf, Table
from server.records.forms import RecordForm, write_record
from tests.builders import (
    a_category,
    a_controller,
    a_country,
    a_disclosure,
    a_measure,
    a_processing,
    a_purpose,
    a_recipient,
    a_retention_rule,
    a_revision,
    a_safeguard,
    a_service,
)
from tests.server.records.documents import LINKS, a_document, document_of, first_policy
from tests.strategies import valid_maps

ABROAD = (a_country(), a_country("US", adequacy=Adequacy.NONE), a_country("JP", adequacy=Adequacy.ADEQUATE))


def cells_of(document: Document, number: int = 1) -> dict[str, list[str]]:
    """The lines of a row's cells, by names of columns."""
    row = document.rows.rows[number - 1]
    return {column.name: list(cell.lines) for column, cell in zip(document.rows.columns, row.cells, strict=True)}


def texts_of(table: Table) -> list[list[str]]:
    return [[" / ".join(cell.lines) for cell in row.cells] for row in table.rows]


def head_of(document: Document) -> dict[str, list[str]]:
    return {column.name: list(cell.lines) for column, cell in document.head}


# ---- in words --------------------------------------------------------------------------------------------------------


def test_an_activity_in_words() -> None:
    document = a_document(
        countries=ABROAD,
        safeguards=(a_safeguard(),),
        services=(a_service(), a_service("shop", part_of="billing")),
        purposes=(a_purpose(description="Sending what was ordered."),),
        recipients=(
            a_recipient(countries=("US",), safeguards=("standard-clauses",), engages=("printer",)),
            a_recipient("printer", name=None, kind=RecipientKind.AFFILIATE, function="prints", countries=("JP",)),
        ),
        retention_rules=(
            a_retention_rule(
                period=RetentionPeriod(years=1, months=6),
                start=RetentionStart.LAST_USE,
                exceptions=(RetentionException("disputes", "A dispute"), RetentionException("law", "The law")),
            ),
        ),
    )
    assert cells_of(document) == {
        "service": ["Billing: Shop"],
        "purpose": ["Delivery", "Sending what was ordered."],
        "legal_basis": ["Legitimate interests, Art. 6(1)(f)"],
        "element": ["Processing billing-email"],
        "subjects": ["Not stated: the categories of data subjects"],
        "data": ["Email"],
        "source": ["The person (given by the data subject)"],
        "recipients": [
            "(1) Mailer (processor, sends messages): Email. Case 1: Providers",
            "(2) Affiliate, not named (prints), engaged by (1)",
        ],
        "transfers": [
            "(1) Mailer: Country US, no adequacy decision. Safeguards: Standard clauses",
            "(2) Not named: Country JP, adequacy decision, Art. 45",
        ],
        "erasure": [
            "half a year after the account is closed",
            "Time limit: 1 year 6 months from when it is last used",
            "In the end erased",
            "Kept longer for: A dispute; The law",
        ],
    }
    assert [clause.key for clause in document.rows.rows[0].clauses] == ["statement"]


def test_what_is_narrower_or_of_nobody_is_said_with_the_recipient() -> None:
    document = a_document(
        services=(a_service(), a_service("shop", part_of="billing")),
        data_categories=(a_category(), a_category("work-email", part_of="email", special=True)),
        disclosures=(a_disclosure(services=("shop",), identifiable=False),),
    )
    cells = cells_of(document)
    assert cells["data"] == ["Email: Work email (special, Art. 9 or 10)"]
    assert cells["recipients"] == [
        "(1) Mailer (processor, sends messages): Email of Shop only, aggregated or depersonalised. Case 1: Providers"
    ]


def test_where_there_is_nothing_it_says_none() -> None:
    cells = cells_of(a_document(disclosures=()))
    assert (cells["recipients"], cells["transfers"]) == (["None"], ["None"])


def test_what_is_missing_of_several_recipients_is_told_by_their_numbers() -> None:
    recipients = tuple(a_recipient(key, name=None, countries=()) for key in ("mailer", "printer"))
    disclosures = (a_disclosure(), a_disclosure("printing", recipient="printer"), a_disclosure("mailing-again"))
    cells = cells_of(a_document(recipients=recipients, disclosures=disclosures))
    assert [line[:3] for line in cells["recipients"]] == ["(1)", "(2)", "(1)"]
    assert cells["transfers"] == ["Not stated: the country of (1), (2)"]


@pytest.mark.parametrize("identifiable", [True, False])
def test_where_nobody_can_know_the_country_it_does_not_say_that_there_is_no_transfer(identifiable: bool) -> None:
    court = a_recipient("court", kind=RecipientKind.AUTHORITY, countries=())
    recipients = (a_recipient(engages=("court",)), court)
    disclosures = (a_disclosure(identifiable=identifiable),)
    controller, processors = (a_document(of, recipients=recipients, disclosures=disclosures) for of in RecordOf)
    transfers = [cells["transfers"] for cells in (cells_of(controller), cells_of(processors), cells_of(processors, 2))]
    unknown = ["None that is known beforehand"] if identifiable else ["None"]
    assert transfers == [unknown, ["None"], unknown]
    assert not any("the country" in row.cells[1].said for row in controller.missing.rows)


def test_what_is_processed_nowhere_for_its_purpose_in_words() -> None:
    document = a_document(processings=(), disclosures=(a_disclosure(),))
    cells = cells_of(document)
    assert cells["element"] == ["Disclosure email-to-mailer"]
    assert cells["source"] == ["None: it is not processed for this"]
    assert cells["erasure"] == ["Not stated: how long it is kept for this purpose"]


def test_a_task_in_words() -> None:
    document = a_document(
        RecordOf.PROCESSORS,
        countries=ABROAD,
        safeguards=(a_safeguard(),),
        recipients=(
            a_recipient(countries=("US",), safeguards=("standard-clauses",), engages=("printer",)),
            a_recipient("printer", name=None, description="Whoever prints.", function="prints", countries=()),
        ),
    )
    contact = "Not stated: its contact details, its representative and its data protection officer"
    assert cells_of(document) == {
        "processor": ["Mailer", "Processor", contact],
        "engaged_by": ["Acme Ltd (the controller)"],
        "element": ["Recipient mailer", "Disclosure email-to-mailer"],
        "processing": ["sends messages", "For: Delivery", "Case 1: Providers"],
        "services": ["Billing"],
        "data": ["Email"],
        "transfers": ["Country US, no adequacy decision. Safeguards: Standard clauses"],
        "measures": ["By its safeguards: Standard clauses", "Not stated: its security measures"],
    }
    printer = cells_of(document, 2)
    assert printer["processor"] == ["Not named", "Processor", "Whoever prints.", "Not stated: its name", contact]
    assert printer["engaged_by"] == ["Mailer (processor, sends messages)"]
    assert printer["transfers"] == ["Not stated: the country"]


def test_a_processor_without_a_task_in_words() -> None:
    cells = cells_of(a_document(RecordOf.PROCESSORS, disclosures=()))
    nothing = "Not stated: what it does, and with which data: nothing is disclosed to it"
    assert (cells["processing"], cells["services"], cells["data"]) == (["sends messages", nothing], ["None"], ["None"])
    assert cells["engaged_by"] == ["None"]


# ---- the head --------------------------------------------------------------------------------------------------------


def test_the_head_says_who_answers_and_what_of_the_record_is_missing() -> None:
    measures = (a_measure(), a_measure("fairness", kind=MeasureKind.PRINCIPLE))
    assert head_of(a_document(measures=measures)) == {
        "state": [
            "Revision 1 of policy and data map: The first policy.",
            "Published on 2026-01-01, in force from 2026-01-01 (UTC)",
        ],
        "completeness": [
            "Rows: 1, all that the data map has",
            "Not stated, though Art. 30 asks for it: 3, each said where it is missing",
        ],
        "controller": [
            "Acme Ltd, registration HE 1",
            "1 Sea Road, Paphos",
            "privacy@example.com, https://example.com",
            "Established in Country CY, in the EEA: needs no representative (Art. 27)",
            "Not stated: joint controllers, if there are any",
            "Not stated: the data protection officer, if there is one",
        ],
        "measures": ["Principles: Fairness", "Technical measures: Encryption"],
    }


def test_a_controller_outside_of_the_eea_needs_a_representative() -> None:
    lines = head_of(a_document(countries=ABROAD, controller=a_controller(country="US")))["controller"]
    assert "Established in Country US" in lines
    assert "Not stated: the representative in the Union (Art. 27)" in lines


@pytest.mark.parametrize(
    ("state", "line", "file_name"),
    [
        (RevisionState.DRAFT, "A draft of 2026-01-01 (UTC): not published, and not in force", "-3-draft"),
        (RevisionState.WITHDRAWN, "Withdrawn: it never came into force", "-3-withdrawn"),
    ],
)
def test_what_is_not_published_says_so_and_is_nowhere_to_be_read(
    state: RevisionState, line: str, file_name: str
) -> None:
    revision = replace(a_revision(3), state=state, published_at=None, effective_at=None)
    document = a_document(revision=revision)
    assert head_of(document)["state"][1] == line
    assert document.file_name == f"article-30-record-of-controller-revision{file_name}"
    assert document.address_of(document.clauses[0]) is None


def test_what_is_published_says_where_its_clauses_are_read() -> None:
    document = a_document(revision=a_revision(3, effective_at=datetime(2027, 2, 1, tzinfo=UTC)))
    assert head_of(document)["state"][1] == "Published on 2026-01-01, in force from 2027-02-01 (UTC)"
    assert document.address_of(document.clauses[0]) == "https://privacy.example/policy/3#clause-statement"
    assert document.file_name == "article-30-record-of-controller-revision-3"


# ---- what is missing -------------------------------------------------------------------------------------------------


def test_what_is_missing_is_listed_once_with_its_rows_in_the_order_of_article_30() -> None:
    document = a_document(
        recipients=(a_recipient(countries=()), a_recipient("printer", countries=())),
        processings=tuple(a_processing(f"use-{n}", purpose="delivery" if n != 4 else "research") for n in range(1, 6)),
        purposes=(a_purpose(), a_purpose("research")),
        disclosures=(a_disclosure(), a_disclosure("printing", recipient="printer", purpose="research")),
        measures=(a_measure(),),
    )
    by_hand = "The map has no field for it: add it to the record by hand"
    assert texts_of(document.missing) == [
        ["Art. 30(1)(a)", "joint controllers, if there are any", "Controller acme", "All", by_hand],
        ["Art. 30(1)(a)", "the data protection officer, if there is one", "Controller acme", "All", by_hand],
        ["Art. 30(1)(c)", "the categories of data subjects", "Controller acme", "All", by_hand],
        ["Art. 30(1)(e)", "the country", "Recipient mailer", "1–3, 5", "Give recipients.mailer.countries in the map"],
        ["Art. 30(1)(e)", "the country", "Recipient printer", "4", "Give recipients.printer.countries in the map"],
    ]


def test_of_the_first_policy_all_is_counted() -> None:
    controller, processors = (compose(first_policy(), of, LINKS) for of in RecordOf)
    assert (len(controller.rows.rows), len(controller.missing.rows)) == (95, 12)
    assert (len(processors.rows.rows), len(processors.missing.rows)) == (10, 21)
    assert controller.measures is not None
    assert (len(controller.measures.rows), processors.measures) == (14, None)
    google, yandex = (cells_of(processors, number) for number in (1, 2))
    assert (google["processor"][0], yandex["processor"][0]) == ("Google Inc.", 'OOO "Yandex"')
    assert google["transfers"][0].startswith(
        "United States of America, no adequacy decision. Safeguards: Protection no"
    )


@settings(max_examples=40)
@given(valid_maps(), st.sampled_from(RecordOf))
def test_every_cell_says_something_and_what_it_does_not_say_is_listed(content: RevisionContent, of: RecordOf) -> None:
    document = document_of(content, of)
    cells = [cell for table in document.tables for row in table.rows for cell in row.cells]
    for cell in (*cells, *(cell for _, cell in document.head)):
        assert cell.lines
        assert all(cell.lines)
    listed = {(row.cells[0].said[0], row.cells[1].said[0]) for row in document.missing.rows}
    for row in document.rows.rows:
        answered = zip(document.rows.columns, row.cells, strict=True)
        told = {(f"Art. {column.point}", line) for column, cell in answered for line in cell.unstated}
        # A cell tells of which recipients, by their numbers in the row.
        untold = {(f"Art. {each.point}", each.what) for each in row.unstated}
        assert {(point, line.partition(" of (")[0]) for point, line in told} == untold
        assert untold <= listed
    assert {(f"Art. {column.point}", line) for column, cell in document.head for line in cell.unstated} <= listed
    assert document_of(content, of) == document


# ---- how long it may be ----------------------------------------------------------------------------------------------


def test_a_record_that_would_be_too_long_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    a_document()
    monkeypatch.setattr(scribe, "CHARACTERS_AT_MOST", 300)
    with pytest.raises(RecordTooLarge) as error:
        a_document()
    assert error.value.message == (
        "The record of revision 1 would be longer than 300 characters: "
        "say of a service or a category as a whole what holds for all of its parts"
    )


def test_only_a_csv_is_charged_for_the_head_in_each_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scribe, "CHARACTERS_AT_MOST", 300_000)
    for form in (RecordForm.XLSX, RecordForm.HTML, RecordForm.JSON):
        write_record(first_policy(), RecordOf.CONTROLLER, form, LINKS)
    with pytest.raises(RecordTooLarge) as error:
        write_record(first_policy(), RecordOf.CONTROLLER, RecordForm.CSV, LINKS)
    assert error.value.message == (
        "The record of revision 1 would be longer than 300,000 characters: "
        "take it as xlsx, html or json, which have its head once, "
        "or say of a service or a category as a whole what holds for all of its parts"
    )


def test_a_name_is_one_line_of_characters_that_every_form_can_hold() -> None:
    document = a_document(services=(a_service(name="Bil\nling\x07 \t and\ufffe  more"),))
    assert document.rows.rows[0].cells[0] == Cell(("Bil ling� and� more",))
