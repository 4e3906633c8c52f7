"""Several requests on one connection, and requests that two readers would end at two places (smuggling).

Each row has one answer for each request that is one, in their order; then the connection ends, and nothing after that
is answered.
"""

from __future__ import annotations

import json

from tests.bad_input.http import AS_JSON, ASK, NO_HTTP, head
from tests.bad_input.rows import Row, Where
from tests.bad_input.wire import BUYER, HOST, chunked, posted, request

DECIDE = 'mutation { recordDecision(input: {purpose: "law", kind: RESTRICTION}) { __typename } }'
#: What is smuggled: a whole request that would write.
WRITES = posted(json.dumps({"query": DECIDE}).encode(), BUYER, close=False)
BROKEN = posted(b"{")
NOT_JSON = "The body is not JSON"
LENGTH = f"Content-Length: {len(ASK)}"


def asked(number: int, *, spaces: int = 0, after: bytes = b"") -> tuple[bytes, bytes]:
    """A good request that leaves the connection open, and its answer, which no other request has. `after`: what comes
    after its end."""
    body = json.dumps({"query": f"{{ answer{number}: __typename }}"}).encode() + b" " * spaces
    return posted(body + after, close=False, length=len(body)), b'{"data":{"answer%d":"Query"}}' % number


def pipelined(name: str, first: tuple[tuple[bytes, bytes], ...], then: bytes = BROKEN, *, status: int = 400,
              code: str = "NOT_JSON", message: str = NOT_JSON, where: Where = Where.USUAL) -> Row:  # fmt: skip
    return Row(name, then, status, code, message, where=where, first=first)


PIPELINES = (
    pipelined("a wrong one after a good one", (asked(1),)),
    pipelined("a wrong one after 50 good ones", tuple(asked(number) for number in range(50))),
    pipelined(
        "wrong ones between good ones",
        (
            asked(1),
            (posted(b"[]", close=False), b'"code":"BATCHING_NOT_SUPPORTED"'),
            asked(2),
            (request("GET", "/elephant", close=False, length=None), b'"code":"NO_SUCH_ADDRESS"'),
            asked(3),
            (request("PUT", "/graphql", AS_JSON, ASK, close=False), b'"code":"METHOD_NOT_ALLOWED"'),
            asked(4),
            (request(headers=[("Content-Type", "text/plain")], body=ASK, close=False), b'"UNSUPPORTED_MEDIA_TYPE"'),
            asked(5),
        ),
    ),
    pipelined(
        "one that is too large between good ones",
        (asked(1), (posted(b" " * 200_000, close=False), b'"code":"BODY_TOO_LARGE"'), asked(2)),
    ),
    pipelined(
        "a refused credential between good ones",
        (asked(1), (posted(ASK, "x", close=False), b'"code":"UNAUTHENTICATED"'), asked(2)),
    ),
    pipelined(
        "in chunks",
        (
            asked(1),
            (
                request(
                    headers=[*AS_JSON, ("Transfer-Encoding", "chunked")],
                    body=chunked(b"{}", 1),
                    length=None,
                    close=False,
                ),
                b'"code":"INVALID_REQUEST"',
            ),
            asked(2),
        ),
    ),
    pipelined("no HTTP after a good one", (asked(1),), b"\x16\x03\x01\x02\x00\r\n\r\n", code="INVALID_REQUEST",
              message=NO_HTTP),
    pipelined("no HTTP after 20 good ones", tuple(asked(number) for number in range(20)), b"\0" * 100,
              code="INVALID_REQUEST", message=NO_HTTP),
    pipelined("a length that is too small", (asked(1, after=b"xxxx"),), b"", code="INVALID_REQUEST", message=NO_HTTP),
    pipelined("two lengths after a good one", (asked(1),), head("Content-Length: 39", "Content-Length: 40"),
              code="INVALID_REQUEST", message=NO_HTTP),
    pipelined("headers of 70 KB after a good one", (asked(1),), head(*(f"X-{n}: {'x' * 1000}" for n in range(70))),
              status=431, code="HEADERS_TOO_LARGE", message="65536 bytes: send fewer"),
    pipelined("half a head after a good one", (asked(1),), b"POST /graphql HT", status=408, code="TOO_SLOW",
              message="did not come whole within 0.5 s", where=Where.IMPATIENT),
    pipelined("half a head after a good one that is large", (asked(1, spaces=100_000),), b"POST /graphql HT",
              status=408, code="TOO_SLOW", message="did not come whole within 0.5 s", where=Where.IMPATIENT),
    pipelined("half a body after a good one", (asked(1),), request(headers=AS_JSON, body=ASK, length=len(ASK) + 5),
              status=408, code="TOO_SLOW", message="did not come whole within 1 s", where=Where.IMPATIENT),
    pipelined("one that writes after one that is the last", (), BROKEN + WRITES),
)  # fmt: skip


def smuggled(name: str, sent: bytes, first: tuple[tuple[bytes, bytes], ...] = ()) -> Row:
    return Row(name, sent, 400, "INVALID_REQUEST", NO_HTTP, first=first)


SMUGGLING = (
    smuggled("LF for the ends of lines", head(LENGTH).replace(b"\r\n", b"\n")),
    smuggled("LF after the first line", head(LENGTH).replace(b"HTTP/1.1\r\n", b"HTTP/1.1\n")),
    smuggled("LF after a header", head(LENGTH).replace(f"{HOST}\r\n".encode(), f"{HOST}\n".encode())),
    smuggled("LF for the end of the head", head(LENGTH).replace(b"\r\n\r\n", b"\r\n\n")),
    smuggled("CR for the ends of lines", head(LENGTH).replace(b"\r\n", b"\r")),
    smuggled("CR after a header", head(LENGTH).replace(f"{HOST}\r\n".encode(), f"{HOST}\r".encode())),
    smuggled("LF in a header", head(f"X-Smuggled: a\n{LENGTH}")),
    smuggled("a header folded with a tab", head("X-Long: a", f"\t{LENGTH}")),
    smuggled("the first header folded", head(LENGTH).replace(b"Host", b" Host")),
    smuggled("a folded length", head("Content-Length:", f" {len(ASK)}")),
    smuggled("a folded transfer encoding", head("Transfer-Encoding:", " chunked", body=chunked(ASK))),
    smuggled("a folded name", head("Transfer-Encoding", " : chunked", body=chunked(ASK))),
    smuggled("a space after the name of a transfer encoding", head("Transfer-Encoding : chunked", body=chunked(ASK))),
    smuggled("a tab after the name of a length", head(f"Content-Length\t: {len(ASK)}")),
    smuggled("NUL in the name of a length", head(f"Content-Length\0: {len(ASK)}")),
    smuggled("the same length twice", head(LENGTH, LENGTH)),
    smuggled("the same length twice in one", head(f"{LENGTH}, {len(ASK)}")),
    smuggled("an empty length", head("Content-Length:")),
    smuggled("a length with zeros, and another", head(f"Content-Length: 00{len(ASK)}", LENGTH)),
    smuggled("a length with a space in it", head("Content-Length: 3 9")),
    smuggled("a length with an underscore", head("Content-Length: 3_9")),
    smuggled("a length in other digits", head("Content-Length: \xb3\xb9")),
    smuggled("a length of 2^64 and so many", head(f"Content-Length: {2**64 + len(ASK)}")),
    smuggled(
        "a length that hides a request, and chunked",
        head(f"Content-Length: {len(chunked(b'')) + len(WRITES)}", "Transfer-Encoding: chunked", body=chunked(b""))
        + WRITES,
    ),
    smuggled(
        "a length of nothing, and chunked",
        head("Content-Length: 0", "Transfer-Encoding: chunked", body=chunked(ASK)) + WRITES,
    ),
    smuggled("chunked twice", head("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body=chunked(ASK))),
    smuggled("chunked twice in one", head("Transfer-Encoding: chunked, chunked", body=chunked(ASK))),
    smuggled(
        "chunked, and identity",
        head("Transfer-Encoding: chunked", "Transfer-Encoding: identity", body=chunked(ASK)) + WRITES,
    ),
    smuggled("identity, and a length", head("Transfer-Encoding: identity", LENGTH) + WRITES),
    smuggled("a transfer encoding that ends in chunked", head("Transfer-Encoding: xchunked", body=chunked(ASK))),
    smuggled("chunked in quotes", head('Transfer-Encoding: "chunked"', body=chunked(ASK))),
    smuggled("chunked with a parameter", head("Transfer-Encoding: chunked;a=b", body=chunked(ASK))),
    smuggled("gzip, and chunked", head("Transfer-Encoding: gzip, chunked", body=chunked(ASK))),
    smuggled(
        "chunked in HTTP/1.0",
        head("Transfer-Encoding: chunked", body=chunked(ASK)).replace(b"HTTP/1.1", b"HTTP/1.0") + WRITES,
    ),
    smuggled("HTTP/2.0 with a body", head(LENGTH).replace(b"HTTP/1.1", b"HTTP/2.0") + WRITES),
    smuggled("HTTP/0.9 with a body", head(LENGTH).replace(b"HTTP/1.1", b"HTTP/0.9") + WRITES),
    smuggled("a byte that is no ASCII in the address", b"GET /\xff HTTP/1.1\r\nHost: a\r\n\r\n"),
    smuggled("a tab for the space after the method", head(LENGTH).replace(b"POST ", b"POST\t")),
    smuggled("two hosts in the address and the head", b"GET http://a@[ HTTP/1.1\r\nHost: b\r\n\r\n"),
)


def chunk(name: str, body: bytes) -> Row:
    """A body in chunks that two readers would end at two places."""
    return smuggled(name, head("Transfer-Encoding: chunked", body=body + WRITES))


SIZE = b"%x" % len(ASK)
CHUNKS = (
    chunk("LF after a size", SIZE + b"\n" + ASK + b"\r\n0\r\n\r\n"),
    chunk("LF after a chunk", SIZE + b"\r\n" + ASK + b"\n0\r\n\r\n"),
    chunk("LF after the last size", SIZE + b"\r\n" + ASK + b"\r\n0\n\n"),
    chunk("nothing after a chunk", SIZE + b"\r\n" + ASK + b"0\r\n\r\n"),
    chunk("a size with 0x", b"0x" + SIZE + b"\r\n" + ASK + b"\r\n0\r\n\r\n"),
    chunk("a size with a sign", b"+" + SIZE + b"\r\n" + ASK + b"\r\n0\r\n\r\n"),
    chunk("a size with a space before it", b" " + SIZE + b"\r\n" + ASK + b"\r\n0\r\n\r\n"),
    chunk("a size with an underscore", b"0_" + SIZE + b"\r\n" + ASK + b"\r\n0\r\n\r\n"),
    chunk("a size of 2^64 and so many", b"1%016x\r\n" % len(ASK) + ASK + b"\r\n0\r\n\r\n"),
    chunk("no size", b"\r\n" + ASK + b"\r\n0\r\n\r\n"),
    chunk("LF in an extension", SIZE + b";a=\n0\r\n" + ASK + b"\r\n0\r\n\r\n"),
    chunk("NUL in an extension", SIZE + b";a=\0\r\n" + ASK + b"\r\n0\r\n\r\n"),
    chunk("a trailer without a name", SIZE + b"\r\n" + ASK + b"\r\n0\r\n: a\r\n\r\n"),
)
