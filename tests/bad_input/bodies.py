"""Wrong bodies: no JSON, no operation, too large, or of another content than they should be."""

from __future__ import annotations

import gzip
import json
import zlib

from tests.bad_input.http import AS_JSON, ASK
from tests.bad_input.rows import Row
from tests.bad_input.wire import BUYER, GRAPHQL_RESPONSE, JSON, NDJSON, REQUESTS, STAFF, chunked, posted, request

TEN_MB = 10 * 1024 * 1024
SMALL = "The body is larger than 131072 bytes: send less at once"
LARGE = "The body is larger than 4194304 bytes: send less at once"


def not_json(name: str, body: bytes, message: str, who: str | None = None) -> Row:
    return Row(name, posted(body, who), 400, "NOT_JSON", f"{message}: send one JSON object, in UTF-8")


def not_an_operation(name: str, body: object, message: str, code: str = "INVALID_REQUEST") -> Row:
    return Row(name, posted(json.dumps(body).encode()), 400, code, message)


UNKNOWN = b",".join(b'"f%d":1' % number for number in range(8_800))


def many_values(name: str, body: bytes, who: str | None = None) -> Row:
    at_most = 15_000 if who in (STAFF, REQUESTS) else 1_000
    return Row(name, posted(body, who), 413, "BODY_TOO_LARGE", f"values, and may have {at_most}: send less at once")


def in_variables(value: bytes, times: int) -> bytes:
    return b'{"query": "{ me { key } }", "variables": {"a": [' + b",".join([value] * times) + b"]}}"


def content(
    name: str, media_type: str | bytes | None, code: str, *more: tuple[str, str], body: bytes = ASK, message: str = ""
) -> Row:
    """A body that is said to be something else than JSON in UTF-8."""
    given = [] if media_type is None else [("Content-Type", media_type)]
    return Row(name, request(headers=[*given, *more], body=body), 415, code, message)


BODIES = (
    not_json("none", b"", "The body is not JSON"),
    not_json("a space", b" ", "The body is not JSON"),
    not_json("cut", ASK[:-2], "The body is not JSON"),
    not_json("text after it", ASK + b"x", "The body is not JSON"),
    not_json("twice", ASK + ASK, "The body is not JSON"),
    not_json("a form", b"query=%7Bme%7Bkey%7D%7D", "The body is not JSON"),
    not_json("GraphQL", b"{ me { key } }", "The body is not JSON"),
    not_json("single quotes", b"{'query': '{ me { key } }'}", "The body is not JSON"),
    not_json("a comma too many", ASK[:-1] + b",}", "The body is not JSON"),
    not_json("a comment", b"/* */" + ASK, "The body is not JSON"),
    not_json("not a number", b'{"query": "{ me { key } }", "variables": {"a": NaN}}', "The body is not JSON"),
    not_json("infinity", b'{"query": "{ me { key } }", "variables": {"a": -Infinity}}', "The body is not JSON"),
    not_json(
        "a number of 5,000 digits",
        b'{"query": "{ me { key } }", "variables": {"a": ' + b"9" * 5_000 + b"}}",
        "The body is not JSON",
    ),
    not_json("a control character in a text", b'{"query": "{ me\x01 { key } }"}', "The body is not JSON"),
    not_json("NUL", b"\0" + ASK, "The body is not JSON"),
    not_json("a byte order mark", b"\xef\xbb\xbf" + ASK, "The body is not JSON"),
    not_json("UTF-16", ASK.decode().encode("utf-16"), "The body is not UTF-8"),
    not_json("UTF-16 without a mark", ASK.decode().encode("utf-16-le"), "The body is not JSON"),
    not_json("Latin-1", '{"query": "{ me { key } } #é"}'.encode("latin-1"), "The body is not UTF-8"),
    not_json("an overlong form", b'{"query": "\xc0\xaf"}', "The body is not UTF-8"),
    not_json("a surrogate as bytes", b'{"query": "\xed\xa0\x80"}', "The body is not UTF-8"),
    not_json(
        "half a surrogate pair", b'{"query": "{ me { key } } #\\ud800"}', "The body has one half of a surrogate pair"
    ),
    not_json(
        "half a surrogate pair in a name",
        b'{"query": "{ me { key } }", "\\udfff": 1}',
        "The body has one half of a surrogate pair",
    ),
    not_json(
        "a name twice",
        b'{"query": "{ me { key } }", "query": "{ policy { html } }"}',
        "The body has a name twice in one object",
    ),
    not_json(
        "a name of the variables twice",
        b'{"query": "{a}", "variables": {"a": 1, "a": 2}}',
        "The body has a name twice in one object",
    ),
    not_json("lists nested 10,000 deep", b"[" * 10_000, "The body is nested too deeply", STAFF),
    not_json("objects nested 7,000 deep", b'{"a":' * 7_000, "The body is nested too deeply", STAFF),
    not_json(
        "variables nested 10,000 deep",
        b'{"query": "{a}", "variables": {"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}}",
        "The body is nested too deeply",
        STAFF,
    ),
    not_an_operation(
        "a batch", [{"query": "{ me { key } }"}] * 2, "Operations are not taken in batches", "BATCHING_NOT_SUPPORTED"
    ),
    not_an_operation("an empty batch", [], "Operations are not taken in batches", "BATCHING_NOT_SUPPORTED"),
    not_an_operation("a text", "{ me { key } }", "Send one GraphQL operation, as a JSON object"),
    not_an_operation("a number", 7, "Send one GraphQL operation, as a JSON object"),
    not_an_operation("null", None, "Send one GraphQL operation, as a JSON object"),
    not_an_operation("an empty object", {}, "There is no operation to run: send its text as `query`"),
    not_an_operation("another name", {"Query": "{ me { key } }"}, "There is no operation to run"),
    not_an_operation("an empty query", {"query": ""}, "There is no operation to run"),
    not_an_operation("a query that is null", {"query": None}, "There is no operation to run"),
    not_an_operation(
        "a query that is a list", {"query": ["{ me { key } }"]}, "`query` is not a text: send a text, or leave it out"
    ),
    not_an_operation("a query that is a number", {"query": 7}, "`query` is not a text"),
    not_an_operation("a query that is false", {"query": False}, "`query` is not a text"),
    not_an_operation(
        "variables that are a list", {"query": "{ me { key } }", "variables": []}, "`variables` is not an object"
    ),
    not_an_operation(
        "variables that are a text", {"query": "{ me { key } }", "variables": "{}"}, "`variables` is not an object"
    ),
    not_an_operation(
        "a name that is a number", {"query": "{ me { key } }", "operationName": 1}, "`operationName` is not a text"
    ),
    not_an_operation(
        "extensions that are a list", {"query": "{ me { key } }", "extensions": [1]}, "`extensions` is not an object"
    ),
    not_an_operation(
        "a persisted query that is a text",
        {"extensions": {"persistedQuery": "x"}},
        "`extensions.persistedQuery` has no `sha256Hash`",
    ),
    not_an_operation(
        "a persisted query without its hash", {"extensions": {"persistedQuery": {"version": 1}}}, "has no `sha256Hash`"
    ),
    not_an_operation(
        "a hash that is a number", {"extensions": {"persistedQuery": {"sha256Hash": 1}}}, "has no `sha256Hash`"
    ),
    not_an_operation(
        "the hash of a document",
        {"extensions": {"persistedQuery": {"sha256Hash": "0" * 64}}},
        "No document with this hash is known here",
        "PERSISTED_QUERY_NOT_SUPPORTED",
    ),
    not_an_operation(
        "the id of a document",
        {"documentId": "sha256:" + "0" * 64},
        "No document with this hash is known here",
        "PERSISTED_QUERY_NOT_SUPPORTED",
    ),
    not_an_operation(
        "an id that is a path",
        {"documentId": "../../etc/passwd"},
        "No document with this hash is known here",
        "PERSISTED_QUERY_NOT_SUPPORTED",
    ),
    not_an_operation("an id that is a list", {"documentId": ["x"]}, "`documentId` is not a text"),
)

SIZES = (
    Row("10 MB of nobody's", posted(b" " * TEN_MB), 413, "BODY_TOO_LARGE", SMALL),
    Row("10 MB of a person's", posted(b"[" * TEN_MB, BUYER), 413, "BODY_TOO_LARGE", SMALL),
    Row("10 MB of staff's", posted(b'{"query": "' + b"x" * TEN_MB + b'"}', STAFF), 413, "BODY_TOO_LARGE", LARGE),
    Row(
        "10 MB without a length",
        request(headers=[*AS_JSON, ("Transfer-Encoding", "chunked")], body=chunked(b" " * TEN_MB), length=None),
        413,
        "BODY_TOO_LARGE",
        SMALL,
    ),
    Row("one byte too many", posted(ASK + b" " * (131_073 - len(ASK))), 413, "BODY_TOO_LARGE", SMALL),
    Row("10 MB announced and none sent", request(headers=AS_JSON, length=TEN_MB), 413, "BODY_TOO_LARGE", SMALL),
    Row("an exabyte announced", request(headers=AS_JSON, body=ASK, length=10**18), 413, "BODY_TOO_LARGE", SMALL),
    many_values("lists nested 60,000 deep", b"[" * 60_000),
    many_values("1,000 variables of nobody's", in_variables(b"1", 1_000)),
    many_values("8,800 fields that are none", b'{"query": "{ me { key } }", "variables": {%s}}' % UNKNOWN, BUYER),
    many_values("a million empty lists of staff's", in_variables(b"[]", 1_000_000), STAFF),
    many_values("100,000 reports", in_variables(b'{"subject":"a","category":"b"}', 100_000), REQUESTS),
)

# 10 MB each, once they are decompressed.
BOMB = b" " * TEN_MB

CONTENTS = (
    content("no type", None, "UNSUPPORTED_MEDIA_TYPE", message="Send operations as application/json"),
    content("an empty type", "", "UNSUPPORTED_MEDIA_TYPE"),
    content("plain text", "text/plain", "UNSUPPORTED_MEDIA_TYPE"),
    content("a form", "application/x-www-form-urlencoded", "UNSUPPORTED_MEDIA_TYPE", body=b"query=%7Bme%7Bkey%7D%7D"),
    content("GraphQL", "application/graphql", "UNSUPPORTED_MEDIA_TYPE", body=b"{ me { key } }"),
    content("the type of answers", GRAPHQL_RESPONSE, "UNSUPPORTED_MEDIA_TYPE"),
    content("XML", "application/xml", "UNSUPPORTED_MEDIA_TYPE", body=b"<query>{ me { key } }</query>"),
    content("anything", "*/*", "UNSUPPORTED_MEDIA_TYPE"),
    content("JSON by another name", "text/json", "UNSUPPORTED_MEDIA_TYPE"),
    content("NDJSON", NDJSON, "UNSUPPORTED_MEDIA_TYPE"),
    content("JSON among others", "text/plain, application/json", "UNSUPPORTED_MEDIA_TYPE"),
    content("a type of 2 KB", JSON + ";a=" + "b" * 2_000, "UNSUPPORTED_MEDIA_TYPE"),
    content("a type that is no text", b"\xff\xfe", "UNSUPPORTED_MEDIA_TYPE"),
    content(
        "files",
        "multipart/form-data; boundary=x",
        "UNSUPPORTED_MEDIA_TYPE",
        body=b'--x\r\nContent-Disposition: form-data; name="operations"\r\n\r\n{"query": "{a}"}\r\n--x\r\n'
        b'Content-Disposition: form-data; name="map"\r\n\r\n{"0": ["variables.file"]}\r\n--x--\r\n',
    ),
    content("UTF-16 by its name", JSON + "; charset=utf-16", "UNSUPPORTED_CHARSET", body=ASK.decode().encode("utf-16")),
    content("UTF-7", JSON + "; charset=utf-7", "UNSUPPORTED_CHARSET"),
    content("Latin-1 by its name", JSON + '; charset="iso-8859-1"', "UNSUPPORTED_CHARSET"),
    content("a charset that there is not", JSON + "; charset=elephant", "UNSUPPORTED_CHARSET"),
    content(
        "gzip",
        JSON,
        "UNSUPPORTED_ENCODING",
        ("Content-Encoding", "gzip"),
        body=gzip.compress(ASK),
        message="The body is compressed, or encoded in another way",
    ),
    content("a gzip bomb", JSON, "UNSUPPORTED_ENCODING", ("Content-Encoding", "gzip"), body=gzip.compress(BOMB)),
    content("a deflate bomb", JSON, "UNSUPPORTED_ENCODING", ("Content-Encoding", "deflate"), body=zlib.compress(BOMB)),
    content("br", JSON, "UNSUPPORTED_ENCODING", ("Content-Encoding", "br"), body=b"\x1b\x03\x00\xf8"),
    content(
        "JSON and a form, in two headers",
        JSON,
        "UNSUPPORTED_MEDIA_TYPE",
        ("Content-Type", "application/x-www-form-urlencoded"),
    ),
    content(
        "two encodings",
        JSON,
        "UNSUPPORTED_ENCODING",
        ("Content-Encoding", "gzip, gzip"),
        body=gzip.compress(gzip.compress(ASK)),
    ),
    content(
        "identity, and gzip in a second header",
        JSON,
        "UNSUPPORTED_ENCODING",
        ("Content-Encoding", "identity"),
        ("Content-Encoding", "gzip"),
        body=gzip.compress(ASK),
    ),
    Row("a gzip bomb that is said to be JSON", posted(gzip.compress(BOMB)), 400, "NOT_JSON", "The body is not UTF-8"),
    Row(
        "reports in gzip",
        request(
            "POST",
            "/ingest/holdings",
            [("Content-Type", NDJSON), ("Content-Encoding", "gzip"), ("Authorization", f"Bearer {REQUESTS}")],
            gzip.compress(BOMB),
        ),
        415,
        "UNSUPPORTED_ENCODING",
        "without Content-Encoding",
    ),
    Row(
        "reports as JSON",
        request("POST", "/ingest/holdings", [("Content-Type", JSON), ("Authorization", f"Bearer {REQUESTS}")], b"[]"),
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "Send reports as application/x-ndjson: one JSON object a line",
    ),
    Row(
        "an answer in HTML",
        request(headers=[("Content-Type", JSON), ("Accept", "text/html")], body=ASK),
        406,
        "NOT_ACCEPTABLE",
        "Answers come as application/graphql-response+json, application/json or text/event-stream",
    ),
    Row(
        "an answer in UTF-16",
        request(headers=[("Content-Type", JSON), ("Accept", JSON + ";charset=utf-16")], body=ASK),
        406,
        "NOT_ACCEPTABLE",
        "accept one of them, or */*",
    ),
    Row(
        "no answer at all",
        request(headers=[("Content-Type", JSON), ("Accept", "*/*;q=0")], body=ASK),
        406,
        "NOT_ACCEPTABLE",
        "*/*",
    ),
    Row(
        "2 KB of wishes",
        request(headers=[("Content-Type", JSON), ("Accept", "a/b," * 500)], body=ASK),
        406,
        "NOT_ACCEPTABLE",
        "*/*",
    ),
)
