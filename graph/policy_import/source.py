"""The bytes of a file -> its text."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import NoReturn

import chardet

from graph.errors import InvalidRevision, Problem, quoted
from graph.policy_import.file_kinds import file_kind
from graph.policy_import.runs import cleaned

SOURCE_BYTES_AT_MOST = 10_000_000
"""Of a file that is imported, its markup included."""

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w.:-]+)|\A\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.:-]+)""", re.I
)
_HEAD = 4096
# By what browsers read these names as.
_AS_BROWSERS = {
    "ascii": "windows-1252",
    "iso8859-1": "windows-1252",
    "iso8859-9": "windows-1254",
    "iso8859-11": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
_NAMES = {"utf-8": "UTF-8", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16", "utf-32-le": "UTF-32", "utf-32-be": "UTF-32"}
_CONTROLS = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_MOST_CONTROLS = 0.01
_OVERRULE = "if that is wrong, name the encoding with --encoding"


@dataclass(frozen=True, slots=True)
class Source:
    """A text with \\n at the ends of lines. `is_guessed` where nothing but the bytes themselves tells the encoding;
    `controls` is how many control characters were taken out."""

    text: str
    encoding: str
    is_guessed: bool
    controls: int


def read_source(data: bytes, file: str, encoding: str | None = None) -> Source:
    """The text in `data`, read by a byte order mark, as UTF-8 where it is that, by what HTML declares, or by a guess.

    `encoding` overrules all of that. Raises InvalidRevision for what is too long, empty, no text, or not in the
    encoding that was named. `file` is for messages.
    """
    if len(data) > SOURCE_BYTES_AT_MOST:
        _refuse(file, f"longer than {SOURCE_BYTES_AT_MOST:,} bytes", "import the policy alone, without pictures in it")
    if not data.strip():
        _refuse(file, "the file is empty", "name a file with the policy's text")
    if encoding is not None:
        return _source(_decoded_as_told(data, file, encoding), _shown(encoding), False)
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _source(_decoded_as_told(data[len(mark) :], file, name), _NAMES[name], False)
    kind = file_kind(data)
    if kind is not None:
        _refuse(file, f"it seems to be {kind[0]}", kind[1])
    text, name, is_guessed = _decoded(data, file)
    return _source(text, name, is_guessed)


def _source(text: str, encoding: str, is_guessed: bool) -> Source:
    clean, controls = cleaned(text)
    return Source(clean, encoding, is_guessed, controls)


def _decoded(data: bytes, file: str) -> tuple[str, str, bool]:
    found = chardet.detect(data, max_bytes=len(data))
    guess = (found["encoding"] or "").lower()
    if guess.startswith(("utf-16", "utf-32")):
        return _decoded_as_told(data, file, guess), guess.upper()[:6], True
    if len(_CONTROLS.findall(data)) > len(data) * _MOST_CONTROLS:
        _refuse(file, "it seems to be no text", "save it as HTML, Markdown or plain text, and import that")
    try:
        return data.decode("utf-8"), "UTF-8", False
    except UnicodeDecodeError:
        pass
    declared = _declared(data)
    if declared is not None:
        try:
            return data.decode(declared), _shown(declared), False
        except UnicodeDecodeError:
            pass
    if not guess:
        _refuse(file, "its encoding cannot be told", "name it with --encoding, or save the file as UTF-8")
    return _decoded_as_told(data, file, guess), _shown(guess), True


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_HEAD])
    if found is None:
        return None
    name = _codec((found[1] or found[2]).decode("ascii"))
    return None if name is None or name.startswith(("utf-16", "utf-32")) else _AS_BROWSERS.get(name, name)


def _codec(name: str) -> str | None:
    """Python's name of an encoding of text, None where there is none."""
    try:
        found = codecs.lookup(name)
        b"a".decode(found.name)
    except LookupError:
        return None
    except UnicodeError:
        pass  # of two bytes and more a character
    return found.name


def _decoded_as_told(data: bytes, file: str, encoding: str) -> str:
    name = _codec(encoding)
    if name is None:
        _refuse(file, f"there is no encoding {quoted(encoding)}", "name one such as utf-8, utf-16 or windows-1251")
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = f"not {_shown(encoding)}: the byte 0x{data[error.start]:02X} means nothing there"
        raise InvalidRevision([Problem(file, line, message, _OVERRULE)]) from None


def _shown(encoding: str) -> str:
    name = encoding.lower()
    if name in ("utf8", "utf-8-sig"):
        return "UTF-8"
    return _NAMES.get(name, re.sub(r"^cp(?=125\d$)", "windows-", name))


def _refuse(file: str, message: str, hint: str) -> NoReturn:
    raise InvalidRevision([Problem(file, 0, message, hint)])
