"""The forms of a record: each is the same record, and the same bytes each time."""

from __future__ import annotations

import json

import pytest

from server.records.document import RecordOf
from server.records.forms import RecordForm, write_record
from server.records.plain import record_json
from tests.server.records.documents import LINKS, a_document, first_policy


@pytest.mark.parametrize("form", RecordForm)
def test_a_form_is_the_same_bytes_for_the_same_revision(form: RecordForm) -> None:
    for of in RecordOf:
        first, second = (write_record(first_policy(), of, form, LINKS) for _ in range(2))
        assert first == second
        assert (first[0].of, len(first[0].rows.rows)) == (of, 95 if of is RecordOf.CONTROLLER else 10)


def test_json_has_cells_by_the_names_of_their_columns() -> None:
    found = json.loads(record_json(a_document()))
    assert list(found) == ["record", "title", "revision", "head", "rows", "measures", "missing", "clauses"]
    assert found["record"] == "controller"
    assert found["revision"] == {
        "number": 1,
        "state": "PUBLISHED",
        "published_at": "2026-01-01T00:00:00+00:00",
        "effective_at": "2026-01-01T00:00:00+00:00",
    }
    (row,) = found["rows"]
    assert (row["number"], row["clauses"]) == (1, ["statement"])
    assert row["service"] == {"said": ["Billing"], "unstated": []}
    assert row["subjects"] == {"said": [], "unstated": ["the categories of data subjects"]}
    assert found["head"]["measures"] == {"said": [], "unstated": ["technical and organisational measures"]}
    assert found["missing"][0]["what"] == {"said": ["joint controllers, if there are any"], "unstated": []}
    assert found["clauses"] == [
        {
            "number": "1",
            "key": "statement",
            "text": "What statement says.",
            "address": "https://privacy.example/policy/1#clause-statement",
        }
    ]
