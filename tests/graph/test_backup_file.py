"""The file of a backup: what is written is read back exactly, and whatever else a file may hold is refused."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.backup_file import LINE_BYTES_AT_MOST, BackupReader, BackupWriter, Footer, Header
from graph.backup_order import Known, Node, Record, Relationship
from graph.errors import GraphFault, InvalidInput

KNOWN = Known(
    rows=frozenset({"Holding", "Decision", "Contact", "Notice", "Delivery"}),
    elements=frozenset({"Service", "Clause"}),
    relationships=frozenset({("Service", "STATED_IN", "Clause"), ("Service", "PART_OF", "Service")}),
)
HEADER = Header(datetime(2026, 6, 1, 12, tzinfo=UTC), "embedded", {"0001_keys.cypher": "ab", "0002_more.cypher": "cd"})
OF_ANN = {"subject": "ann", "revision": 1, "kind": "REVISION"}
RECORDS: tuple[Record, ...] = (
    Node("Subject", {"id": "ann", "locked": True}),
    Node("Contact", {"id": "ann"}, subject="ann"),
    Node("Decision", {"id": "d1"}, subject="ann"),
    Node("Holding", {"id": "h1", "records": 3, "note": "Пётр\n\u2028\x01 \\ud800"}, subject="ann"),
    Node("Notice", {"id": "1/REVISION/ann", "page": 1, **OF_ANN}, subject="ann"),
    Node("Delivery", {"id": "1/REVISION/EMAIL/ann", **OF_ANN}, subject="ann"),
    Node("Subject", {"id": "ben"}),
    Node("Holding", {"id": "h2", "categories": ["a", "b"], "share": 1.0, "empty": []}, subject="ben"),
    Node("Trust", {"id": "t1"}, subject="ann", towards="carol"),
    Node("Ledger", {"id": "NOTICES", "last_page": 1}),
    Node("Ledger", {"id": "REVISIONS", "last_number": 2, "last_published": 1}),
    Node("Revision", {"number": 1, "state": "PUBLISHED"}),
    Node("FanOut", {"revision": 1, "id": "1/REVISION"}),
    Node("Service", {"revision": 1, "key": "shop"}),
    Node("Clause", {"revision": 1, "key": "p1"}),
    Relationship("STATED_IN", 1, ("Service", "shop"), ("Clause", "p1"), 0),
    Node("Revision", {"number": 2, "state": "DRAFT"}),
    Node("ImpactAdjustment", {"revision": 2, "id": "a1", "reason": "said so"}),
    Node("ImpactAdjustment", {"revision": 2, "id": "a2"}),
    Node("FindingOverrule", {"revision": 2, "id": "a1", "reason": "it ends"}),
    Node("Service", {"revision": 2, "key": "shop"}),
)


def written(records: Sequence[Record] = RECORDS, header: Header = HEADER) -> bytes:
    stream = io.BytesIO()
    writer = BackupWriter(stream, header, KNOWN)
    writer.write(records)
    writer.finish()
    return stream.getvalue()


def read(content: bytes) -> tuple[Header, list[Record], Footer]:
    reader = BackupReader(io.BytesIO(content), "b.gz", KNOWN)
    records = list(reader.records())
    return reader.header, records, reader.footer


def refusal(content: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        read(content)
    return refused.value.message


def sealed(*lines: object, counts: dict[str, int] | None = None) -> bytes:
    """A file of these lines, as objects or as bytes, with an end that is right for them."""
    body = b"".join(line if isinstance(line, bytes) else json.dumps(line).encode() + b"\n" for line in lines)
    found = Counter(line["node"] for line in lines[1:] if isinstance(line, dict) and "node" in line)
    end = {"counts": found if counts is None else counts, "sha256": hashlib.sha256(body).hexdigest()}
    return gzip.compress(body + json.dumps(end).encode() + b"\n")


def lines_of(content: bytes) -> list[bytes]:
    return gzip.decompress(content).splitlines(keepends=True)


FIRST = json.loads(lines_of(written())[0])
ANN = {"node": "Subject", "properties": {"id": "ann"}}
BEN = {"node": "Subject", "properties": {"id": "ben"}}
HOLDING = {"node": "Holding", "subject": "ann", "properties": {"id": "h"}}
TRUST = {"node": "Trust", "subject": "ann", "towards": "ben", "properties": {"id": "t"}}
SHOP = {"node": "Service", "properties": {"revision": 1, "key": "shop"}}
OF_SHOP = {"relationship": "PART_OF", "revision": 1, "from": ["Service", "shop"], "to": ["Service", "shop"]}
ADJUSTMENT = {"node": "ImpactAdjustment", "properties": {"revision": 1, "id": "a"}}
OVERRULE = {"node": "FindingOverrule", "properties": {"revision": 1, "id": "a"}}
FAN_OUT = {"node": "FanOut", "properties": {"revision": 1, "id": "1/REVISION"}}
CONTACT = {"node": "Contact", "subject": "ann", "properties": {"id": "ann"}}
NOTICE = {"node": "Notice", "subject": "ann", "properties": {**OF_ANN, "id": "1/REVISION/ann", "page": 1}}
DELIVERY = {"node": "Delivery", "subject": "ann", "properties": {**OF_ANN, "id": "1/REVISION/EMAIL/ann"}}
PAGES = {"node": "Ledger", "properties": {"id": "NOTICES", "last_page": 1}}


def _about(row: dict[str, Any], **over: object) -> dict[str, Any]:
    """The same row, with something else in it."""
    return {**row, "properties": {**row["properties"], **over}}


def a_revision(number: int = 1, state: str = "DRAFT") -> dict[str, Any]:
    return {"node": "Revision", "properties": {"number": number, "state": state}}


REVISION = a_revision()


def a_ledger(last_number: int, last_published: int, id: str = "REVISIONS") -> dict[str, Any]:
    return {"node": "Ledger", "properties": {"id": id, "last_number": last_number, "last_published": last_published}}


# ---- what is written is read -----------------------------------------------------------------------------------------


def test_what_is_written_is_read_back() -> None:
    header, records, footer = read(written())
    assert header == HEADER
    assert records == list(RECORDS)
    assert footer.counts == {
        "Clause": 1,
        "Contact": 1,
        "Decision": 1,
        "Delivery": 1,
        "FanOut": 1,
        "FindingOverrule": 1,
        "Holding": 2,
        "ImpactAdjustment": 2,
        "Ledger": 2,
        "Notice": 1,
        "Revision": 2,
        "STATED_IN": 1,
        "Service": 2,
        "Subject": 2,
        "Trust": 1,
    }


def test_the_format_is_the_documented_one() -> None:
    lines = lines_of(written())
    assert json.loads(lines[0]) == {
        "format": "vitrine-backup",
        "version": 1,
        "created_at": "2026-06-01T12:00:00+00:00",
        "engine": "embedded",
        "migrations": {"0001_keys.cypher": "ab", "0002_more.cypher": "cd"},
    }
    assert json.loads(lines[3]) == {"node": "Decision", "subject": "ann", "properties": {"id": "d1"}}
    assert json.loads(lines[9]) == {"node": "Trust", "subject": "ann", "towards": "carol", "properties": {"id": "t1"}}
    assert json.loads(lines[16]) == {
        "relationship": "STATED_IN",
        "revision": 1,
        "from": ["Service", "shop"],
        "to": ["Clause", "p1"],
        "position": 0,
    }
    assert json.loads(lines[-1])["sha256"] == hashlib.sha256(b"".join(lines[:-1])).hexdigest()


def values() -> st.SearchStrategy[Any]:
    # Any text that the graph can keep: all of Unicode but halves of surrogate pairs.
    text = st.text(st.characters(exclude_categories=["Cs"]))
    kinds = (text, st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False))
    return st.one_of(*kinds, *(st.lists(kind, max_size=3) for kind in kinds))


@given(properties=st.dictionaries(st.text(st.characters(categories=["L"]), min_size=1), values()))
def test_properties_keep_value_and_type(properties: dict[str, Any]) -> None:
    record = Node("Subject", {**properties, "id": "ann"})
    _, (found,), _ = read(written([record]))
    assert isinstance(found, Node)
    assert found == record
    assert repr(sorted(found.properties.items())) == repr(sorted(record.properties.items()))


def test_the_same_content_is_the_same_file() -> None:
    turned = [
        Node(each.label, dict(reversed(each.properties.items())), each.subject, each.towards)
        if isinstance(each, Node)
        else each
        for each in RECORDS
    ]
    assert written(turned) == written()


@pytest.mark.parametrize("value", [None, {"a": 1}, [["a"]], [None], b"a", datetime(2026, 1, 1, tzinfo=UTC), 2**63])
def test_a_property_that_the_graph_never_writes_is_refused(value: object) -> None:
    with pytest.raises(GraphFault, match=r"^The graph holds a Holding whose odd is of a kind"):
        written([Node("Subject", {"id": "ann"}), Node("Holding", {"id": "h1", "odd": value}, subject="ann")])


def test_a_node_that_is_longer_than_a_line_is_refused() -> None:
    longest = LINE_BYTES_AT_MOST - len(b'{"node":"Subject","properties":{"a":"","id":"ann"}}\n')
    _, records, _ = read(written([Node("Subject", {"id": "ann", "a": "x" * longest})]))
    assert len(records) == 1
    with pytest.raises(GraphFault, match=r"^The graph holds a node of 8,388,609 bytes"):
        written([Node("Subject", {"id": "ann", "a": "x" * (longest + 1)})])


def test_what_no_reader_would_take_is_not_written() -> None:
    """A backup that is made is one that can be restored."""
    ann = Node("Subject", {"id": "ann"})
    with pytest.raises(GraphFault, match=r"^The graph holds what no backup may: a Subject stands in the wrong place$"):
        written([ann, ann])
    with pytest.raises(GraphFault, match=r"^The graph holds what no backup may: the ledger and the revisions do not"):
        written([Node("Revision", {"number": 1, "state": "DRAFT"})])


# ---- damage ----------------------------------------------------------------------------------------------------------


def test_a_file_that_was_cut_anywhere_is_refused() -> None:
    content = written()
    for length in range(len(content)):
        assert refusal(content[:length]).startswith("b.gz:")


def test_a_file_without_its_end_is_refused() -> None:
    lines = lines_of(written())
    assert refusal(gzip.compress(b"".join(lines[:-1]))) == (
        "b.gz:23: ends before its end: it was cut off, or never written to the end: use another copy, or another backup"
    )


def test_a_flipped_bit_never_changes_what_is_read() -> None:
    content = written()
    refused = 0
    for place in range(len(content) * 8):
        damaged = bytearray(content)
        damaged[place // 8] ^= 1 << place % 8
        try:
            found = read(bytes(damaged))
        except InvalidInput as error:
            refused += 1
            assert error.message.startswith("b.gz:")
        else:
            assert found == (HEADER, list(RECORDS), read(content)[2])
    # What is left are the bits of gzip's own header that mean nothing.
    assert refused >= (len(content) - 10) * 8


def test_a_flipped_bit_under_a_whole_gzip_is_refused() -> None:
    body = b"".join(lines_of(written()))
    for place in range(len(body) * 8):
        damaged = bytearray(body)
        damaged[place // 8] ^= 1 << place % 8
        assert refusal(gzip.compress(bytes(damaged), 1)).startswith("b.gz:")


def test_lines_that_changed_places_went_missing_or_came_twice_are_refused() -> None:
    lines = lines_of(written())
    for first in range(1, len(lines) - 1):
        rest = lines[:first] + lines[first + 1 :]
        assert refusal(gzip.compress(b"".join(rest))).startswith("b.gz:")
        assert refusal(gzip.compress(b"".join([*lines[:first], lines[first], *lines[first:]]))).startswith("b.gz:")
        for second in range(first + 1, len(lines) - 1):
            swapped = list(lines)
            swapped[first], swapped[second] = lines[second], lines[first]
            assert refusal(gzip.compress(b"".join(swapped))).startswith("b.gz:")


def test_what_does_not_have_its_checksum_is_refused_at_its_end() -> None:
    lines = lines_of(written())
    lines[4] = lines[4].replace(b'"records":3', b'"records":4')
    assert refusal(gzip.compress(b"".join(lines))) == (
        "b.gz:23: what comes before does not have the checksum that stands here: use another copy, or another backup"
    )


def test_two_files_in_one_are_refused() -> None:
    assert refusal(written() + written()).startswith("b.gz:24: goes on after its end: ")
    assert refusal(gzip.compress(gzip.decompress(written()) + b"\n")).startswith("b.gz:24: goes on after its end: ")
    assert refusal(written() + b"more").startswith("b.gz:24: is damaged (")


@pytest.mark.parametrize("content", [b"", b"\n", b'{"format": "vitrine-backup"}\n', b"PK\x03\x04" + bytes(100)])
def test_what_is_not_gzip_is_refused(content: bytes) -> None:
    assert refusal(content) in {
        "b.gz:1: is not gzip: use another copy, or another backup",
        "b.gz:1: ends before its end: it was cut off, or never written to the end: use another copy, or another backup",
    }


def test_a_line_without_end_is_read_no_further_than_the_limit() -> None:
    bomb = zlib.compressobj(9, wbits=31)
    content = b"".join([bomb.compress(bytes(1 << 20)) for _ in range(1000)]) + bomb.flush()
    assert len(content) < 2_000_000
    stream = io.BytesIO(content)
    with pytest.raises(InvalidInput, match=r"^b\.gz:1: is longer than 8388608 bytes"):
        BackupReader(stream, "b.gz", KNOWN)
    assert stream.tell() < 1_000_000


# ---- files that somebody else wrote, with a checksum that is right ---------------------------------------------------


def test_another_version_is_refused() -> None:
    assert refusal(sealed({**FIRST, "version": 2})) == (
        "b.gz:1: is of version '2' of the format, and this program reads 1: restore it with a newer version of this "
        "program"
    )


@pytest.mark.parametrize(
    ("first", "message"),
    [
        ({}, "is not a backup"),
        ({**FIRST, "format": "other"}, "is not a backup"),
        ([], "is not a JSON object"),
        ({**FIRST, "created_at": "yesterday"}, "does not say when and by what it was made"),
        ({**FIRST, "engine": 1}, "does not say when and by what it was made"),
        ({**FIRST, "migrations": ["a"]}, "does not say when and by what it was made"),
        ({**FIRST, "migrations": {"a": 1}}, "does not say when and by what it was made"),
    ],
)
def test_a_beginning_that_is_none_is_refused(first: object, message: str) -> None:
    assert refusal(sealed(first)) == f"b.gz:1: {message}: use another copy, or another backup"


@pytest.mark.parametrize(
    ("lines", "number", "message"),
    [
        ([{"node": "Person", "properties": {"id": "x"}}], 2, "'Person' is no node that this version knows"),
        ([{"node": "P" * 300, "properties": {}}], 2, f"'{'P' * 200}'… is no node that this version knows"),
        ([{"node": "Subject", "properties": {}}], 2, "has no id"),
        ([{"node": 1, "properties": {}}], 2, "has no node"),
        ([{"node": "Subject"}], 2, "has properties that are none"),
        ([{"node": "Subject", "properties": {"id": "x", "a": {"b": 1}}}], 2, "has properties that are none"),
        ([{"node": "Subject", "properties": {"id": "x", "a": None}}], 2, "has properties that are none"),
        ([{"node": "Subject", "properties": {"id": "x", "a": 2**63}}], 2, "has properties that are none"),
        ([{"node": "Subject", "properties": {"id": "x", "a": [1, "a"]}}], 2, "has properties that are none"),
        ([{"node": "Subject", "properties": {"id": ""}}], 2, "has no id of 1 to 8192 characters"),
        ([{"node": "Subject", "properties": {"id": "x" * 8193}}], 2, "has no id of 1 to 8192 characters"),
        ([{**TRUST, "towards": "x" * 8193}], 2, "has no towards of 1 to 8192 characters"),
        ([ANN, ANN], 3, "a Subject stands in the wrong place"),
        ([BEN, ANN], 3, "a Subject stands in the wrong place"),
        ([ANN, HOLDING, HOLDING], 4, "a Holding stands in the wrong place"),
        ([TRUST, TRUST], 3, "a Trust stands in the wrong place"),
        ([a_ledger(0, 0), a_ledger(0, 0)], 3, "a Ledger stands in the wrong place"),
        ([a_ledger(0, 0, id="RESTORE")], 2, "a Ledger stands in the wrong place"),
        ([a_ledger(2**63, 0)], 2, "has properties that are none"),
        ([REVISION, REVISION], 3, "a Revision stands in the wrong place"),
        ([a_revision(number=0)], 2, "a Revision stands in the wrong place"),
        ([a_revision(state="SHOWN")], 2, "'SHOWN' is no state of a revision"),
        ([REVISION], 3, "the ledger and the revisions do not agree"),
        ([a_ledger(2, 0), REVISION], 4, "the ledger and the revisions do not agree"),
        ([a_ledger(1, 1), REVISION], 4, "the ledger and the revisions do not agree"),
        ([{**ANN, "more": 1}], 2, "has fields that no node has"),
        ([{"line": 1}], 2, "is neither a node nor a relationship"),
        ([ANN, {"node": "Holding", "properties": {"id": "h"}}], 3, "a Holding does not say whom it is about"),
        (
            [ANN, {"node": "Trust", "subject": "a", "properties": {"id": "t"}}],
            3,
            "a Trust does not say whom it is about",
        ),
        ([{**ANN, "subject": "ben"}], 2, "a Subject does not say whom it is about"),
        ([{"node": "Holding", "subject": "ann", "properties": {"id": "h"}}], 2, "a Holding stands in the wrong place"),
        ([ANN, {**CONTACT, "properties": {"id": "ben"}}], 3, "a Contact stands in the wrong place"),
        ([ANN, NOTICE, NOTICE], 4, "a Notice stands in the wrong place"),
        ([ANN, DELIVERY], 3, "a Delivery stands in the wrong place"),
        ([ANN, NOTICE, DELIVERY, HOLDING], 5, "a Holding stands in the wrong place"),
        ([BEN, {**NOTICE, "subject": "ben"}], 3, "a Notice stands in the wrong place"),
        ([ANN, NOTICE, BEN, {**DELIVERY, "subject": "ben"}], 5, "a Delivery stands in the wrong place"),
        ([ANN, _about(NOTICE, id="2/REVISION/ann")], 3, "a Notice stands in the wrong place"),
        ([ANN, _about(NOTICE, kind="RUMOUR")], 3, "'RUMOUR' is no kind of a notice"),
        ([ANN, _about(NOTICE, page="1")], 3, "has no page"),
        ([ANN, NOTICE, _about(DELIVERY, revision=2)], 4, "a Delivery stands in the wrong place"),
        ([ANN, NOTICE], 4, "the ledger and the notices do not agree"),
        ([ANN, _about(NOTICE, page=2), PAGES], 5, "the ledger and the notices do not agree"),
        ([PAGES, PAGES], 3, "a Ledger stands in the wrong place"),
        ([a_ledger(0, 0), PAGES], 3, "a Ledger stands in the wrong place"),
        ([FAN_OUT], 2, "a FanOut stands in the wrong place"),
        ([REVISION, FAN_OUT, FAN_OUT], 4, "a FanOut stands in the wrong place"),
        ([REVISION, FAN_OUT, ADJUSTMENT], 4, "a ImpactAdjustment stands in the wrong place"),
        ([REVISION, SHOP, FAN_OUT], 4, "a FanOut stands in the wrong place"),
        ([OVERRULE], 2, "a FindingOverrule stands in the wrong place"),
        ([REVISION, OVERRULE, OVERRULE], 4, "a FindingOverrule stands in the wrong place"),
        ([REVISION, OVERRULE, ADJUSTMENT], 4, "a ImpactAdjustment stands in the wrong place"),
        ([REVISION, FAN_OUT, OVERRULE], 4, "a FindingOverrule stands in the wrong place"),
        ([REVISION, SHOP, OVERRULE], 4, "a FindingOverrule stands in the wrong place"),
        ([REVISION, ANN], 3, "a Subject stands in the wrong place"),
        ([SHOP], 2, "a Service stands in the wrong place"),
        ([REVISION, SHOP, SHOP], 4, "a Service stands in the wrong place"),
        ([ADJUSTMENT], 2, "a ImpactAdjustment stands in the wrong place"),
        ([REVISION, ADJUSTMENT, ADJUSTMENT], 4, "a ImpactAdjustment stands in the wrong place"),
        ([REVISION, SHOP, ADJUSTMENT], 4, "a ImpactAdjustment stands in the wrong place"),
        ([REVISION, SHOP, {**OF_SHOP, "position": 0}, {**SHOP}], 5, "a Service stands in the wrong place"),
        ([REVISION, {**OF_SHOP, "position": 0}], 3, "a PART_OF stands in the wrong place"),
        ([REVISION, SHOP, {**OF_SHOP, "revision": 2, "position": 0}], 4, "a PART_OF stands in the wrong place"),
        ([REVISION, SHOP, {**OF_SHOP, "position": 0.0}], 4, "has no position"),
        ([REVISION, SHOP, {**OF_SHOP, "position": 2**63}], 4, "has no position"),
        ([REVISION, SHOP, {**OF_SHOP, "position": True}], 4, "has no position"),
        ([REVISION, SHOP, {**OF_SHOP, "to": ["Service"], "position": 0}], 4, "does not say what it is between"),
        (
            [REVISION, SHOP, {**OF_SHOP, "relationship": "BY", "position": 0}],
            4,
            "'Service BY Service' is no relationship that this version knows",
        ),
        ([b"{'node': 1}\n"], 2, "is not JSON in UTF-8"),
        ([b'{"node": "\xff"}\n'], 2, "is not JSON in UTF-8"),
        ([b'{"node": "\\ud800"}\n'], 2, "is not JSON in UTF-8"),
        ([b"[" * 100_000 + b"\n"], 2, "is not JSON in UTF-8"),
        ([b"[]\n"], 2, "is not a JSON object"),
    ],
)
def test_what_no_backup_holds_is_refused(lines: list[object], number: int, message: str) -> None:
    assert refusal(sealed(FIRST, *lines)) == f"b.gz:{number}: {message}: use another copy, or another backup"


def test_counts_that_are_not_those_of_the_lines_are_refused() -> None:
    assert read(sealed(FIRST, ANN))[2].counts == {"Subject": 1}
    for counts in ({}, {"Subject": 2}, {"Subject": 1, "Trust": 0}):
        assert refusal(sealed(FIRST, ANN, counts=counts)).startswith("b.gz:3: does not count what comes before: ")


def test_a_file_that_cannot_be_read_is_told_by_its_name() -> None:
    class Broken(io.RawIOBase):
        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            raise OSError(5, "Input/output error")

    with pytest.raises(InvalidInput, match=r"^b\.gz cannot be read \(Input/output error\)$"):
        BackupReader(io.BufferedReader(Broken()), "b.gz", KNOWN)
