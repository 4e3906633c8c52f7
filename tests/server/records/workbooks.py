"""A workbook as any reader of the format takes it: its sheets, and what kind each cell is of."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
# ECMA-376, 22.9.2.19: what XML cannot hold is written so, and so is what looks like that.
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")


@dataclass(frozen=True, slots=True)
class Sheet:
    """`rows` have the texts of their cells, `heights` are theirs in points. `formulas` and `links` are the places of
    any."""

    rows: list[list[str]]
    heights: list[float]
    formulas: list[str]
    links: list[str]


def read_workbook(content: bytes) -> Mapping[str, Sheet]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    shared = [
        "".join(text.text or "" for text in each.iter(f"{_MAIN}t")) for each in _xml(parts["xl/sharedStrings.xml"])
    ]
    texts = [_ESCAPED.sub(lambda found: chr(int(found[1], 16)), each) for each in shared]
    names = [each.attrib["name"] for each in _xml(parts["xl/workbook.xml"]).iter(f"{_MAIN}sheet")]
    return {
        name: _sheet(_xml(parts[f"xl/worksheets/sheet{number}.xml"]), texts) for number, name in enumerate(names, 1)
    }


def _sheet(sheet: Element, texts: list[str]) -> Sheet:
    rows = list(sheet.iter(f"{_MAIN}row"))
    cells = [list(row) for row in rows]
    heights = [float(row.attrib["ht"]) for row in rows]
    formulas = [cell.attrib["r"] for row in cells for cell in row if cell.find(f"{_MAIN}f") is not None]
    links = [each.attrib["ref"] for each in sheet.iter(f"{_MAIN}hyperlink")]
    return Sheet([[_text(cell, texts) for cell in row] for row in cells], heights, formulas, links)


def _text(cell: Element, texts: list[str]) -> str:
    value = cell.findtext(f"{_MAIN}v", "")
    kind = cell.attrib.get("t")
    assert kind in (None, "s"), kind
    return texts[int(value)] if kind == "s" else value


def _xml(part: bytes) -> Element:
    return ElementTree.fromstring(part)  # noqa: S314 # it is ours
