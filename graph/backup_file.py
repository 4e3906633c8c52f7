"""A backup: the whole graph as one file, known by its own words and read by every version from then on.

gzip of NDJSON in UTF-8, a line at most `LINE_BYTES_AT_MOST` long:

    {"format": "vitrine-backup", "version": 1, "created_at", "engine", "migrations": {name: checksum}}
    {"node": label, "properties": {…}}                            a Subject, Ledger, Revision or what belongs to one
    {"node": label, "subject": id, "properties": {…}}             what hangs on a subject
    {"node": "Trust", "subject": id, "towards": id, "properties": {…}}
    {"relationship": type, "revision": number, "from": [label, key], "to": [label, key], "position": number}
    {"counts": {label or type: number of lines}, "sha256": hexadecimal, of every byte before this line}

Subjects come first, each followed by what hangs on it; then trusts, the ledger, and each revision followed by the
adjustments of its impact, its elements and then their relationships. So a reader that has come to a line has everything
that the line names, but for the two subjects of a trust, which may have been written after their place in the file had
gone by. Subjects, trusts and revisions ascend by id or number, what hangs on one subject by label and id, adjustments
of one revision by id: none of them can come twice.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, NoReturn, TypeVar

from graph.errors import GraphFault, InvalidInput, quoted
from graph.model import RevisionState

FORMAT = "vitrine-backup"
VERSION = 1
LINE_BYTES_AT_MOST = 8_388_608
#: Of an id or key: more than an engine's index takes.
KEY_CHARACTERS_AT_MOST = 8_192
# The densest that pays: the next level takes twice the time for a hundredth of the size.
COMPRESSION = 6

SUBJECT, TRUST, LEDGER, REVISION, ADJUSTMENT = "Subject", "Trust", "Ledger", "Revision", "ImpactAdjustment"
#: The ledger of revisions, the only one in a file.
REVISIONS = "REVISIONS"

_STATES = frozenset(RevisionState)
_SCALARS = frozenset({str, int, float, bool})
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_INTEGERS = range(-(2**63), 2**63)

Properties = dict[str, Any]
T = TypeVar("T", str, int, tuple[str, str])


@dataclass(frozen=True, slots=True)
class Known:
    """What the graph is made of. `rows`: the labels of what hangs on a subject. `elements`: those of a revision's.
    `relationships`: between elements, as label, type, label."""

    rows: frozenset[str]
    elements: frozenset[str]
    relationships: frozenset[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Header:
    """`migrations`: those that the graph had, by name, with their checksums."""

    created_at: datetime
    engine: str
    migrations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Node:
    """`subject`: whom it hangs on; `towards`: whom a trust is shown to."""

    label: str
    properties: Properties
    subject: str | None = None
    towards: str | None = None


@dataclass(frozen=True, slots=True)
class Relationship:
    """Between two elements of one revision, each as label and key."""

    type: str
    revision: int
    start: tuple[str, str]
    end: tuple[str, str]
    position: int


Record = Node | Relationship


@dataclass(frozen=True, slots=True)
class Footer:
    """`counts`: lines by label or type. `sha256`: of everything before, in hexadecimal; it names the file's content."""

    counts: Mapping[str, int]
    sha256: str


class BackupWriter:
    """Writes one backup into a stream. It is whole once `finish` has returned."""

    def __init__(self, stream: BinaryIO | None, header: Header, known: Known) -> None:
        """`stream`: None where only the end of the file is wanted. Raises OSError, as the other methods do."""
        # Neither a name nor a time of gzip's own: the same content is the same file.
        self._file = stream and gzip.GzipFile(
            filename="", mode="wb", compresslevel=COMPRESSION, fileobj=stream, mtime=0
        )
        self._hash = hashlib.sha256()
        self._counts: Counter[str] = Counter()
        self._place = _Place(known)
        first = {
            "format": FORMAT,
            "version": VERSION,
            "created_at": header.created_at.isoformat(),
            "engine": header.engine,
            "migrations": dict(header.migrations),
        }
        self._write([_line(first)])

    @property
    def count(self) -> int:
        """The records so far."""
        return self._counts.total()

    def write(self, records: Iterable[Record]) -> None:
        """Raises GraphFault for what no reader would take: a property that is neither text, number, boolean nor a list
        of these, or a record that cannot stand here."""
        with _of_graph():
            lines = [self._record_line(record) for record in records]
        self._write(lines)

    def finish(self) -> Footer:
        """Raises GraphFault where something is still to come."""
        with _of_graph():
            self._place.end()
        footer = Footer(dict(sorted(self._counts.items())), self._hash.hexdigest())
        self._write([_line({"counts": footer.counts, "sha256": footer.sha256})])
        if self._file is not None:
            self._file.close()
        return footer

    def _record_line(self, record: Record) -> bytes:
        self._place.enter(record)
        if isinstance(record, Relationship):
            self._counts[record.type] += 1
            return _line(
                {
                    "relationship": record.type,
                    "revision": record.revision,
                    "from": record.start,
                    "to": record.end,
                    "position": record.position,
                }
            )
        self._counts[record.label] += 1
        for name, value in record.properties.items():
            if not _is_property(value):
                raise GraphFault(f"The graph holds a {record.label} whose {name} is of a kind that it never writes")
        line: dict[str, Any] = {"node": record.label}
        if record.subject is not None:
            line["subject"] = record.subject
        if record.towards is not None:
            line["towards"] = record.towards
        # Sorted, so that the same graph is the same file, whichever engine it came from.
        line["properties"] = dict(sorted(record.properties.items()))
        return _line(line)

    def _write(self, lines: Sequence[bytes]) -> None:
        text = b"".join(lines)
        self._hash.update(text)
        if self._file is not None:
            self._file.write(text)


@contextmanager
def _of_graph() -> Iterator[None]:
    """What cannot stand in a file, as a fault of the graph that it comes from."""
    try:
        yield
    except ValueError as error:
        raise GraphFault(f"The graph holds what no backup may: {error}") from error


def _line(value: object) -> bytes:
    line = _encode(value).encode() + b"\n"
    if len(line) > LINE_BYTES_AT_MOST:
        raise GraphFault(f"The graph holds a node of {len(line):,} bytes: nothing that it writes is so long")
    return line


class BackupReader:
    """Reads one backup, and believes nothing in it.

    Every method raises InvalidInput, with the file's name and the line, for whatever a backup that was written whole
    and not touched since cannot hold. A stream can be read once.
    """

    def __init__(self, stream: BinaryIO, name: str, known: Known) -> None:
        """`name`: what the file is called in messages."""
        self._file = gzip.GzipFile(fileobj=stream, mode="rb")
        self._name = name
        self._known = known
        self._line = 0
        self._text = b""
        self._hash = hashlib.sha256()  # of every line before the one that was read last
        self._footer: Footer | None = None
        self.header = self._header()

    @property
    def line_bytes(self) -> int:
        """Of the line that was read last."""
        return len(self._text)

    def digest(self) -> bytes:
        """The SHA-256 of all lines that were read so far."""
        whole = self._hash.copy()
        whole.update(self._text)
        return whole.digest()

    @property
    def footer(self) -> Footer:
        """There once all records were read."""
        assert self._footer is not None, "the file is not read to its end"
        return self._footer

    def records(self) -> Iterator[Record]:
        """All records in their order. What came before the end is proved by the end only: nothing may be done with it
        until then, or the file is read twice."""
        counts: Counter[str] = Counter()
        place = _Place(self._known)
        while True:
            value = self._next()
            if "sha256" in value:
                break
            try:
                record = _record(value)
                place.enter(record)
            except ValueError as error:
                self._refuse(str(error))
            counts[record.label if isinstance(record, Node) else record.type] += 1
            yield record
        if value.keys() != {"counts", "sha256"}:
            self._refuse("is not an end of a backup")
        before = self._hash.hexdigest()
        if value["sha256"] != before:
            self._refuse("what comes before does not have the checksum that stands here")
        if value["counts"] != counts:
            self._refuse("does not count what comes before")
        try:
            place.end()
        except ValueError as error:
            self._refuse(str(error))
        if self._read():
            self._refuse("goes on after its end")
        self._footer = Footer(dict(counts), before)

    def _header(self) -> Header:
        value = self._next()
        if value.get("format") != FORMAT:
            self._refuse("is not a backup")
        if value.get("version") != VERSION:
            self._refuse(
                f"is of version {quoted(str(value.get('version')))} of the format, and this program reads {VERSION}",
                "restore it with a newer version of this program",
            )
        try:
            created_at = datetime.fromisoformat(_text(value, "created_at"))
            engine, migrations = _text(value, "engine"), value.get("migrations")
            if not isinstance(migrations, dict) or not all(isinstance(each, str) for each in migrations.values()):
                raise ValueError("migrations")
        except ValueError:
            self._refuse("does not say when and by what it was made")
        return Header(created_at, engine, migrations)

    def _next(self) -> dict[str, Any]:
        line = self._read()
        if not line.endswith(b"\n"):
            if len(line) > LINE_BYTES_AT_MOST:
                self._refuse(f"is longer than {LINE_BYTES_AT_MOST} bytes")
            self._refuse("ends before its end: it was cut off, or never written to the end")
        self._hash.update(self._text)
        self._text = line
        try:
            text = line.decode()
            value = json.loads(text)
            if "\\u" in text:
                json.dumps(value, ensure_ascii=False).encode()  # half of a surrogate pair is no text
        except (ValueError, RecursionError):
            self._refuse("is not JSON in UTF-8")
        if not isinstance(value, dict):
            self._refuse("is not a JSON object")
        return value

    def _read(self) -> bytes:
        """The next line, with its end; empty after the last."""
        self._line += 1
        try:
            return self._file.readline(LINE_BYTES_AT_MOST + 1)
        except EOFError:
            self._refuse("ends before its end: it was cut off, or never written to the end")
        except (gzip.BadGzipFile, zlib.error) as error:
            self._refuse("is not gzip" if self._line == 1 else f"is damaged ({error})")
        except OSError as error:
            raise InvalidInput(f"{self._name} cannot be read ({error.strerror})") from error

    def _refuse(self, what: str, way_out: str = "use another copy, or another backup") -> NoReturn:
        raise InvalidInput(f"{self._name}:{self._line}: {what}: {way_out}")


class _Place:
    """Where in a file one is: what may come next, and what may be named."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._section = 0
        self._subject = ""
        self._row = ("", "")  # of that subject
        self._trust = ""
        self._ledger: tuple[int, int] | None = None
        self._revision = 0
        self._published = 0
        self._adjustment = ""  # of that revision, as are those that follow
        self._elements: set[tuple[str, str]] = set()
        self._linked = False

    def enter(self, record: Record) -> None:
        """Raises ValueError for a record that cannot stand here."""
        if isinstance(record, Relationship):
            self._link(record)
            return
        label, properties = record.label, record.properties
        section = self._section_of(label)
        if section < self._section:
            raise _misplaced(label)
        self._section = section
        belongs = label in self._known.rows or label == TRUST
        if belongs == (record.subject is None) or (label == TRUST) == (record.towards is None):
            raise ValueError(f"a {label} does not say whom it is about")
        if label in self._known.elements:
            self._element(label, properties)
        elif label == REVISION:
            self._revise(properties)
        elif label == ADJUSTMENT:
            self._adjust(properties)
        elif label == LEDGER:
            self._lead(properties)
        elif label == TRUST:
            self._trust = _later(label, self._trust, _key(properties, "id"))
        elif label == SUBJECT:
            self._subject, self._row = _later(label, self._subject, _key(properties, "id")), ("", "")
        elif record.subject != self._subject:
            raise _misplaced(label)
        else:
            self._row = _later(label, self._row, (label, _key(properties, "id")))

    def end(self) -> None:
        """Raises ValueError where something is still to come."""
        if (self._revision, self._published) != (self._ledger or (0, 0)):
            raise ValueError("the ledger and the revisions do not agree")

    def _lead(self, properties: Properties) -> None:
        if self._ledger is not None or _key(properties, "id") != REVISIONS:
            raise _misplaced(LEDGER)
        self._ledger = _integer(properties, "last_number"), _integer(properties, "last_published")

    def _revise(self, properties: Properties) -> None:
        self._revision = _later(REVISION, self._revision, _integer(properties, "number"))
        state = _text(properties, "state")
        if state not in _STATES:
            raise ValueError(f"{quoted(state)} is no state of a revision")
        if state == RevisionState.PUBLISHED:
            self._published = self._revision
        self._adjustment, self._elements, self._linked = "", set(), False

    def _adjust(self, properties: Properties) -> None:
        if _integer(properties, "revision") != self._revision or self._elements or self._linked:
            raise _misplaced(ADJUSTMENT)
        self._adjustment = _later(ADJUSTMENT, self._adjustment, _key(properties, "id"))

    def _element(self, label: str, properties: Properties) -> None:
        place = label, _key(properties, "key")
        if _integer(properties, "revision") != self._revision or self._linked or place in self._elements:
            raise _misplaced(label)
        self._elements.add(place)

    def _link(self, record: Relationship) -> None:
        if (record.start[0], record.type, record.end[0]) not in self._known.relationships:
            place = quoted(" ".join((record.start[0], record.type, record.end[0])))
            raise ValueError(f"{place} is no relationship that this version knows")
        if record.revision != self._revision or not {record.start, record.end} <= self._elements:
            raise _misplaced(record.type)
        self._linked = True

    def _section_of(self, label: str) -> int:
        if label == SUBJECT or label in self._known.rows:
            return 0
        if label in (TRUST, LEDGER):
            return 1 if label == TRUST else 2
        if label in (REVISION, ADJUSTMENT) or label in self._known.elements:
            return 3
        raise ValueError(f"{quoted(label)} is no node that this version knows")


def _misplaced(kind: str) -> ValueError:
    return ValueError(f"a {kind} stands in the wrong place")


def _later(kind: str, last: T, next: T) -> T:
    """`next`, which comes after what was there last."""
    if next <= last:
        raise _misplaced(kind)
    return next


def _record(value: dict[str, Any]) -> Record:
    if "node" in value:
        if not value.keys() <= {"node", "subject", "towards", "properties"}:
            raise ValueError("has fields that no node has")
        properties = value.get("properties")
        if not isinstance(properties, dict) or not all(map(_is_property, properties.values())):
            raise ValueError("has properties that are none")
        subject = _key(value, "subject") if "subject" in value else None
        towards = _key(value, "towards") if "towards" in value else None
        return Node(_text(value, "node"), properties, subject, towards)
    if value.keys() != {"relationship", "revision", "from", "to", "position"}:
        raise ValueError("is neither a node nor a relationship")
    start, end = _end(value["from"]), _end(value["to"])
    return Relationship(
        _text(value, "relationship"), _integer(value, "revision"), start, end, _integer(value, "position")
    )


def _is_property(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_scalar, value)) and len(set(map(type, value))) <= 1
    return _is_scalar(value)


def _is_scalar(value: object) -> bool:
    return type(value) in _SCALARS and (type(value) is not int or value in _INTEGERS)


def _end(value: object) -> tuple[str, str]:
    if not isinstance(value, list) or [type(each) for each in value] != [str, str]:
        raise ValueError("does not say what it is between")
    return value[0], value[1]


def _text(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise ValueError(f"has no {name}")
    return text


def _key(value: Mapping[str, Any], name: str) -> str:
    key = _text(value, name)
    if not 1 <= len(key) <= KEY_CHARACTERS_AT_MOST:
        raise ValueError(f"has no {name} of 1 to {KEY_CHARACTERS_AT_MOST} characters")
    return key


def _integer(value: Mapping[str, Any], name: str) -> int:
    number = value.get(name)
    if type(number) is not int or number not in _INTEGERS:
        raise ValueError(f"has no {name}")
    return number
