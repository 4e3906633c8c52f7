"""What is fuzzed: each parser of something from outside, with the errors that it may raise. Anything else is a bug."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import json
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from starlette.datastructures import Headers

from graph.backup_file import BackupReader, BackupWriter
from graph.backup_order import Record, Relationship
from graph.clauses import parse_policy
from graph.errors import InvalidInput, InvalidRevision, InvalidSettings, Unauthenticated
from graph.map_file import read_map
from graph.reports import Rejection, read_line
from graph.store.backups import KNOWN
from server.feeds.parameters import read_number, read_parameters
from server.gate.addresses import Addresses, network_of
from server.gate.media_types import check_content, read_accept
from server.gate.persisted_documents import load_persisted_documents
from server.gate.refusals import Refusal
from server.ingest import split_lines
from server.operation import read_address_of_get, read_body_of_post
from server.schema import build_schema
from server.schema.ids import read_cursor, read_global_id, write_cursor
from server.sealing import KEY_BYTES, SessionKeys
from server.settings import Settings
from server.sign_in.cookies import Purpose, SealedCookies
from server.sign_in.places import read_place
from server.tokens import bearer_token

SCHEMA = build_schema()
CLAUSES = {"statement", "policy"}
COOKIES = SealedCookies(SessionKeys((bytes(KEY_BYTES),)), is_development=True, now=lambda: 0.0)


def line(data: bytes) -> None:
    found = read_line(data, 1)
    if isinstance(found, Rejection):
        assert len(found.reason) < 20_000
    else:
        # What was read is read again from what is written of it.
        assert read_line(found.model_dump_json(exclude_unset=True).encode(), 1) == found


def stream(data: bytes) -> None:
    async def read() -> list[bytes]:
        async def chunks() -> AsyncIterator[bytes]:
            for at in range(0, len(data), 7):
                yield data[at : at + 7]

        return [each async for each in split_lines(chunks())]

    assert b"\n".join(asyncio.run(read())) == data.removesuffix(b"\n")


def global_id(data: bytes) -> None:
    text = data.decode("utf-8", "surrogateescape")
    with suppress(InvalidInput):
        found = read_global_id(text)
        assert read_global_id(str(found)) == found
    with suppress(InvalidInput):
        place = read_cursor("list", text)
        assert read_cursor("list", write_cursor("list", place)) == place


def header(data: bytes) -> None:
    with suppress(Unauthenticated):
        bearer_token([(b"authorization", data)])
    headers = Headers(raw=[(b"accept", data), (b"content-type", data), (b"content-encoding", data[:10])])
    with suppress(Refusal):
        read_accept(headers)
    with suppress(Refusal):
        check_content(headers, {"application/json"}, "send JSON")


def session(data: bytes) -> None:
    with suppress(Unauthenticated):
        sealed = COOKIES.find([(b"cookie", data)], Purpose.SESSION)
        assert sealed is None or COOKIES.open(Purpose.SESSION, sealed) is None
    with suppress(InvalidInput):
        place = read_place(data.decode("latin-1"))
        assert urlsplit(urljoin("https://here.example/signed-in", place))[:2] == ("https", "here.example")


def forwarded(data: bytes) -> None:
    headers = [(b"x-forwarded-for", each) for each in data.split(b"\n")]
    for trusted_proxies in (1, 2, 3):
        found = Addresses(trusted_proxies).of({"client": ("192.0.2.1", 1234), "headers": headers})
        assert network_of(str(ip_address(found))) == found


def parameters(data: bytes) -> None:
    with suppress(InvalidInput):
        given = read_parameters(data, ("after", "limit"))
        assert read_parameters(urlencode(given).encode(), ("limit", "after")) == given
        assert 1 <= read_number(given, "limit", 50, 200) <= 200


def policy(data: bytes) -> None:
    parse_policy(data.decode("utf-8", "surrogateescape"))


def map_file(data: bytes) -> None:
    with suppress(InvalidRevision):
        read_map(data.decode("utf-8", "surrogateescape"), CLAUSES)


def operation(data: bytes) -> None:
    with suppress(Refusal):
        read_body_of_post(data)
    with suppress(Refusal):
        read_address_of_get(data)


def document(data: bytes) -> None:
    SCHEMA.problems_of(data.decode("utf-8", "replace"))


def settings(data: bytes) -> None:
    given = {name: value for name, value in parse_qsl(data.decode("latin-1")) if "\0" not in name + value}
    with suppress(InvalidSettings):
        Settings.from_environment({f"VITRINE_{name.upper()}": value for name, value in given.items()})


def manifest(data: bytes) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(data)
        file.flush()
        with suppress(InvalidSettings):
            load_persisted_documents(Path(file.name), lambda text: [])


def backup(data: bytes) -> None:
    # As it is; and as what somebody wrote who can count and add up, for else the fuzzer would come no further.
    for content in (data, _sealed(data)):
        with suppress(InvalidInput):
            reader = BackupReader(io.BytesIO(content), "b.gz", KNOWN)
            records = list(reader.records())
            # What was read can be written, and is read again.
            stream = io.BytesIO()
            writer = BackupWriter(stream, reader.header, KNOWN)
            writer.write(records)
            writer.finish()
            stream.seek(0)
            # Not a number is not even itself.
            assert repr(list(BackupReader(stream, "b.gz", KNOWN).records())) == repr([*map(_ordered, records)])


def _sealed(body: bytes) -> bytes:
    counts: Counter[str] = Counter()
    for each in body.splitlines():
        with suppress(ValueError, RecursionError, KeyError, TypeError):
            value = json.loads(each)
            counts[value["node"] if "node" in value else value["relationship"]] += 1
    end = {"counts": counts, "sha256": hashlib.sha256(body).hexdigest()}
    return gzip.compress(body + json.dumps(end).encode() + b"\n", 1)


def _ordered(record: Record) -> Record:
    if isinstance(record, Relationship):
        return record
    return replace(record, properties=dict(sorted(record.properties.items())))


TARGETS: Mapping[str, Callable[[bytes], None]] = {
    each.__name__: each
    for each in (
        line,
        stream,
        global_id,
        header,
        session,
        forwarded,
        parameters,
        policy,
        map_file,
        operation,
        document,
        settings,
        manifest,
        backup,
    )
}

#: What each begins with: the nearer it is to the good, the deeper the fuzzer comes.
SEEDS: Mapping[str, tuple[bytes, ...]] = {
    "line": tuple(Path("seed/examples.ndjson").read_bytes().splitlines()[::10]),
    "stream": (b'{"a":1}\n\n{"b":2}\r\n',),
    "global_id": (
        b"WyJTZXJ2aWNlIiwxLCJpc3BtYW5hZ2VyIl0",
        write_cursor("list", ("a", 1)).encode(),
    ),
    "header": (b"Bearer a.b.c", b"application/json; charset=utf-8", b"text/html;q=0.5, */*;q=0.1"),
    "session": (b"a=b; vitrine_session=bcdda812.AAAA; c", b"/map/paths?from=a:b"),
    "forwarded": (b"203.0.113.9, [2001:db8:1:2:3::4]:4711\n198.51.100.7:80, ::ffff:198.51.100.7",),
    "parameters": (b"after=WyJhIl0&limit=200", b"limit=%32+0&after="),
    "policy": (Path("seed/ispsystem/2018-11-12/policy.md").read_bytes()[:4000],),
    "map_file": (Path("seed/ispsystem/2018-11-12/map.yaml").read_bytes()[:4000],),
    "operation": (
        json.dumps({"query": "{ me { key } }", "variables": {"a": [1]}, "extensions": {}}).encode(),
        b"query=%7Bme%7D&variables=%7B%7D",
    ),
    "document": (
        b"query A($a: Int! = 1) { revisions(first: $a) { nodes { ...B } } } fragment B on Revision { number }",
    ),
    "settings": (b"mode=production&port=80&graph_url=bolt://a&oidc_issuer=x&cors_origins=https://a.example",),
    "manifest": (b'{"sha256:0a": "{ me { key } }"}',),
    "backup": (
        b"""\
{"format":"vitrine-backup","version":1,"created_at":"2026-06-01T12:00:00+00:00","engine":"neo4j","migrations":{"a":"b"}}
{"node":"Subject","properties":{"id":"ann","locked":true}}
{"node":"Holding","subject":"ann","properties":{"id":"h1","records":3}}
{"node":"Trust","subject":"ann","towards":"ben","properties":{"categories":["a"],"id":"t1"}}
{"node":"Ledger","properties":{"id":"REVISIONS","last_number":1,"last_published":0}}
{"node":"Revision","properties":{"number":1,"state":"DRAFT"}}
{"node":"Service","properties":{"key":"shop","revision":1}}
{"relationship":"PART_OF","revision":1,"from":["Service","shop"],"to":["Service","shop"],"position":0}
""",
    ),
}
