"""What a file that is no text seems to be, told by how it begins, and how its text can be had."""

from __future__ import annotations

from collections.abc import Mapping

import chardet

_AS_HTML = "save it as HTML ('Web page, filtered' in Word, 'Web page' in Google Docs), and import that"
_AS_TEXT = "import the document that it was made from, or its text (pdftotext -layout writes that)"
_UNPACK = "unpack it, and import the text in it"
_WRITTEN = "import the text itself: what is in a picture cannot be read"
_OTHERWISE = "save what it shows as HTML, Markdown or plain text, and import that"

_STARTS: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF-", "a PDF", _AS_TEXT),
    (b"%!PS", "PostScript", _AS_TEXT),
    (b"{\\rtf", "RTF, as office programs write it", _AS_HTML),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an older Word or Excel file", _AS_HTML),
    (b"\x1f\x8b", "a gzip archive", _UNPACK),
    (b"BZh", "a bzip2 archive", _UNPACK),
    (b"\xfd7zXZ\x00", "an xz archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x89PNG\r\n\x1a\n", "a PNG picture", _WRITTEN),
    (b"\xff\xd8\xff", "a JPEG picture", _WRITTEN),
    (b"GIF8", "a GIF picture", _WRITTEN),
)
_MIME_START = b"MIME-Version:"
_IN_ZIP: Mapping[bytes, str] = {
    b"word/": "a Word document (DOCX)",
    b"xl/": "an Excel workbook (XLSX)",
    b"ppt/": "a presentation (PPTX)",
    b"opendocument.text": "an OpenDocument text (ODT)",
    b"opendocument": "an OpenDocument file",
    b"epub+zip": "an EPUB book",
    b"Index/Document.iwa": "a Pages document",
}


def file_kind(data: bytes) -> tuple[str, str] | None:
    """What `data` is, for a message, and the way out; None for what may be text in some encoding."""
    for start, name, way_out in _STARTS:
        if data.startswith(start):
            return name, way_out
    if data.startswith(b"PK\x03\x04"):
        # The names of what a zip holds stand uncompressed in it, and once more at its end.
        named = data[:4096] + data[-65_536:]
        name = next((name for mark, name in _IN_ZIP.items() if mark in named), "")
        return (name, _AS_HTML) if name else ("a zip archive", _UNPACK)
    if data.lstrip()[: len(_MIME_START)].lower() == _MIME_START.lower():
        return "a web page in one file (MHTML) or an email", _AS_HTML
    found = chardet.detect(data)
    kind = found["mime_type"] or "application/octet-stream"
    if found["encoding"] is not None or kind.startswith("text/"):
        return None
    return ("no text" if kind == "application/octet-stream" else f"no text, but {kind}"), _OTHERWISE
