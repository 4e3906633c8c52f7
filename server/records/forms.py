"""The forms that a record has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum

from graph.data_map import DataMap
from server.records.composition import compose
from server.records.csv import record_csv
from server.records.document import Document, RecordOf
from server.records.page import record_page
from server.records.plain import record_json
from server.records.xlsx import record_xlsx


class RecordForm(StrEnum):
    """Also how the names of its files end."""

    XLSX = "xlsx"
    CSV = "csv"
    HTML = "html"
    JSON = "json"

    @property
    def media_type(self) -> str:
        return _MEDIA_TYPES[self]


_MEDIA_TYPES: Mapping[RecordForm, str] = {
    RecordForm.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    RecordForm.CSV: "text/csv",
    RecordForm.HTML: "text/html",
    RecordForm.JSON: "application/json",
}
_WRITERS: Mapping[RecordForm, Callable[[Document], bytes]] = {
    RecordForm.XLSX: record_xlsx,
    RecordForm.CSV: record_csv,
    RecordForm.HTML: record_page,
    RecordForm.JSON: record_json,
}
#: Of all forms it alone repeats the head of the record.
_INSTEAD_OF_CSV = "take it as xlsx, html or json, which have its head once"


def write_record(data_map: DataMap, of: RecordOf, form: RecordForm, links: str) -> tuple[Document, bytes]:
    """The record and its file, the same for the same revision. `links`: what links for people begin with.

    It takes seconds for a large map. Raises RecordTooLarge.
    """
    document = compose(data_map, of, links, head_in_rows=_INSTEAD_OF_CSV if form is RecordForm.CSV else None)
    return document, _WRITERS[form](document)
