"""A backup: the whole graph as one file, known by its own words and read by every version from then on.

gzip of NDJSON in UTF-8, a line at most `LINE_BYTES_AT_MOST` long:

    {"format": "vitrine-backup", "version": 1, "created_at", "engine", "migrations": {name: checksum}}
    {"node": label, "properties": {…}}                            a Subject, Ledger, Revision or what belongs to one
    {"node": label, "subject": id, "properties": {…}}             what hangs on a subject, or on a notice of theirs
    {"node": "Trust", "subject": id, "towards": id, "properties": {…}}
    {"relationship": type, "revision": number, "from": [label, key], "to": [label, key], "position": number}
    {"counts": {label or type: number of lines}, "sha256": hexadecimal, of every byte before this line}

Subjects come first, each followed by what hangs on it, deliveries last; then trusts, the ledgers, and each revision
followed by the adjustments of its impact, its fan-outs, its elements and then their relationships. So a reader that has
come to a line has everything that the line names, but for the two subjects of a trust, which may have been written
after their place in the file had gone by. Subjects, trusts and revisions ascend by id or number, what hangs on one
subject by label and id, adjustments and fan-outs of one revision by id: none of them can come twice.
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
from typing import Any, BinaryIO, NoReturn

from graph.backup_order import INTEGERS, Known, Node, Place, Record, Relationship, integer_of, key_of, text_of
from graph.errors import GraphFault, InvalidInput, quoted

FORMAT = "vitrine-backup"
VERSION = 1
LINE_BYTES_AT_MOST = 8_388_608
# The densest that pays: the next level takes twice the time for a hundredth of the size.
COMPRESSION = 6

_SCALARS = frozenset({str, int, float, bool})
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Header:
    """`migrations`: those that the graph had, by name, with their checksums."""

    created_at: datetime
    engine: str
    migrations: Mapping[str, str]


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
        self._place = Place(known)
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
        place = Place(self._known)
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
            created_at = datetime.fromisoformat(text_of(value, "created_at"))
            engine, migrations = text_of(value, "engine"), value.get("migrations")
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


def _record(value: dict[str, Any]) -> Record:
    if "node" in value:
        if not value.keys() <= {"node", "subject", "towards", "properties"}:
            raise ValueError("has fields that no node has")
        properties = value.get("properties")
        if not isinstance(properties, dict) or not all(map(_is_property, properties.values())):
            raise ValueError("has properties that are none")
        subject = key_of(value, "subject") if "subject" in value else None
        towards = key_of(value, "towards") if "towards" in value else None
        return Node(text_of(value, "node"), properties, subject, towards)
    if value.keys() != {"relationship", "revision", "from", "to", "position"}:
        raise ValueError("is neither a node nor a relationship")
    start, end = _end(value["from"]), _end(value["to"])
    return Relationship(
        text_of(value, "relationship"), integer_of(value, "revision"), start, end, integer_of(value, "position")
    )


def _is_property(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_scalar, value)) and len(set(map(type, value))) <= 1
    return _is_scalar(value)


def _is_scalar(value: object) -> bool:
    return type(value) in _SCALARS and (type(value) is not int or value in INTEGERS)


def _end(value: object) -> tuple[str, str]:
    if not isinstance(value, list) or [type(each) for each in value] != [str, str]:
        raise ValueError("does not say what it is between")
    return value[0], value[1]
