"""Whatever a parser is given, it reads it or raises what it documents; what it wrote, it reads again."""

from __future__ import annotations

import contextlib
import json
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.errors import InvalidInput, InvalidSettings, Unauthenticated
from graph.reports import Rejection, RejectionCode, read_line
from server.errors import MESSAGE_CHARACTERS_AT_MOST
from server.feeds.parameters import read_number, read_parameters
from server.gate.addresses import Addresses, network_of
from server.gate.persisted_documents import load_persisted_documents
from server.gate.refusals import Refusal
from server.operation import Operation, read_address_of_get, read_body_of_post
from server.schema.ids import GlobalId, read_cursor, read_global_id, write_cursor
from server.settings import Settings, settings_table
from server.tokens import bearer_token
from tests.server.api import EXAMPLES

WHOLE_LINES = EXAMPLES.read_bytes().splitlines()
TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
PARTS = st.lists(TEXTS | st.integers(-(2**63) + 1, 2**63 - 1), min_size=1, max_size=5).map(tuple)
#: What a proxy adds, and some that only look like it.
HOPS = (
    st.ip_addresses().map(str)
    | st.ip_addresses(v=4).map("{}:4711".format)
    | st.text("0123456789abcdf.:[]%", max_size=30)
)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)


def read(text: bytes) -> None:
    found = read_line(text, 7)
    if isinstance(found, Rejection):
        assert (found.line, found.code) in {(7, RejectionCode.MALFORMED), (7, RejectionCode.TOO_LONG)}
        assert found.reason
    else:
        assert read_line(found.model_dump_json(exclude_unset=True).encode(), 7) == found


class TestLines:
    @given(st.binary(max_size=200) | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
    def test_any_bytes(self, text: bytes) -> None:
        read(text)

    @given(st.sampled_from(WHOLE_LINES), st.integers(0, 300), st.integers(0, 9), st.binary(max_size=5))
    def test_a_damaged_line(self, line: bytes, place: int, cut: int, put: bytes) -> None:
        read(line[:place] + put + line[place + cut :])

    @given(st.sampled_from(WHOLE_LINES), st.data(), JSON_VALUES)
    def test_a_line_with_any_value_in_a_field(self, line: bytes, data: st.DataObject, value: object) -> None:
        fields = json.loads(line)
        name = data.draw(st.sampled_from(sorted(fields)))
        read(json.dumps({**fields, name: value}).encode())

    @given(st.sampled_from(WHOLE_LINES), st.data())
    def test_a_field_that_is_there_twice(self, line: bytes, data: st.DataObject) -> None:
        name = data.draw(st.sampled_from(sorted(json.loads(line))))
        again = json.dumps({name: json.loads(line)[name]}).encode()[1:]
        found = read_line(line.rstrip(b"}") + b"," + again, 1)
        assert found == Rejection(1, RejectionCode.MALFORMED, f"{name!r} is there twice")


class TestIds:
    @given(st.text(max_size=60))
    def test_any_text(self, text: str) -> None:
        with contextlib.suppress(InvalidInput):
            read_global_id(text)
        with contextlib.suppress(InvalidInput):
            read_cursor("list", text)

    @given(TEXTS, PARTS)
    def test_what_was_written_is_read_and_nothing_near_it(self, type: str, parts: tuple[str | int, ...]) -> None:
        id = GlobalId(type, parts)
        assert read_global_id(str(id)) == id
        cursor = write_cursor(type, parts)
        assert read_cursor(type, cursor) == parts
        for wrong in (cursor[:-2], cursor + "A", str(id)):
            with pytest.raises(InvalidInput):
                read_cursor(f"{type}-of-another", wrong)


class TestHeaders:
    @given(st.lists(st.binary(max_size=60), max_size=3))
    def test_any_header(self, values: list[bytes]) -> None:
        with contextlib.suppress(Unauthenticated):
            assert bearer_token([(b"authorization", value) for value in values]) != ""


def operation_of(read: Operation) -> None:
    assert read.document or read.document_id
    assert read.variables is None or isinstance(read.variables, dict)


class TestAddresses:
    @given(st.integers(1, 3), st.lists(st.binary(max_size=70) | HOPS.map(str.encode), max_size=3))
    @example(1, [b"fe80::1%anything"])
    def test_any_header(self, trusted_proxies: int, forwarded: list[bytes]) -> None:
        found = address_of(trusted_proxies, *forwarded)
        assert network_of(str(ip_address(found))) == found

    @given(st.binary(max_size=70) | HOPS.map(str.encode), st.lists(HOPS, min_size=1, max_size=3))
    def test_what_the_client_writes_before_the_proxies_counts_for_nothing(self, sent: bytes, added: list[str]) -> None:
        hops = ", ".join(added).encode()
        found = address_of(len(added), hops)
        assert address_of(len(added), sent + b", " + hops) == address_of(len(added), sent, hops) == found


def address_of(trusted_proxies: int, *forwarded: bytes) -> str:
    headers = [(b"x-forwarded-for", each) for each in forwarded]
    return Addresses(trusted_proxies).of({"client": ("192.0.2.1", 1234), "headers": headers})


class TestParameters:
    @given(st.binary(max_size=100) | st.text("afterlim=&%2+09", max_size=60).map(str.encode))
    @example(b"limit=%C2%B2")
    @example(b"limit=200&limit=1")
    def test_any_address(self, query: bytes) -> None:
        try:
            given = read_parameters(query, ("after", "limit"))
            assert given.keys() <= {"after", "limit"}
            assert 1 <= read_number(given, "limit", 50, 200) <= 200
        except InvalidInput as error:
            assert len(error.message) <= MESSAGE_CHARACTERS_AT_MOST

    @given(st.dictionaries(st.sampled_from(["after", "limit"]), TEXTS.filter(bool)))
    def test_what_was_written_is_read(self, written: dict[str, str]) -> None:
        assert read_parameters(urlencode(written).encode(), ("after", "limit")) == written


class TestOperations:
    @given(st.binary(max_size=100) | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
    @example(b'{"query": "{a}", "variables": {"a": 1e999}}')
    def test_any_body(self, body: bytes) -> None:
        try:
            operation_of(read_body_of_post(body))
        except Refusal as refusal:
            assert refusal.code.status == 400
            assert len(refusal.message) <= MESSAGE_CHARACTERS_AT_MOST

    @given(st.binary(max_size=100) | st.text('query=varibls&%7B2[]{}"1,:x', max_size=60).map(str.encode))
    def test_any_address(self, query: bytes) -> None:
        try:
            operation_of(read_address_of_get(query))
        except Refusal as refusal:
            assert refusal.code.status == 400
            assert len(refusal.message) <= MESSAGE_CHARACTERS_AT_MOST


class TestFiles:
    @given(st.binary(max_size=100) | JSON_VALUES.map(lambda value: json.dumps(value).encode()))
    @example(b'{"a": "{ me { key } }", "sha256:a": "{ me { id } }"}')
    def test_any_manifest(self, tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
        file = tmp_path_factory.getbasetemp() / "manifest.json"
        file.write_bytes(content)
        with contextlib.suppress(InvalidSettings):
            load_persisted_documents(file, lambda text: [])

    def test_no_manifest_at_all(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidSettings, match="cannot be read"):
            load_persisted_documents(tmp_path, lambda text: [])

    @given(
        st.dictionaries(
            st.sampled_from([each.variable for each in settings_table()]),
            st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=20)
            | st.integers().map(str)
            | st.sampled_from(["production", "~nobody/x", "1e999", "nan", "bolt://[", "https://[::1", "*"]),
            max_size=6,
        )
    )
    def test_any_settings(self, environment: dict[str, str]) -> None:
        with contextlib.suppress(InvalidSettings):
            Settings.from_environment(environment)
