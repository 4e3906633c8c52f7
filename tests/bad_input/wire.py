"""HTTP as bytes: requests written by hand, so that they may be wrong, and the answers to them."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.server.issuers import SUBJECT, claims, token

HOST = "vitrine.test"
JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"
NDJSON = "application/x-ndjson"
#: Whoever gets no answer for so long gets none: nothing here takes a tenth of it.
ANSWER_SECONDS = 30.0

# Who asks. The tokens are good ones, of the issuer of `tests.server.issuers`.
NOBODY = None
BUYER = token(claims(sub="example-buyer", scope="vitrine.subject"))
VISITOR = token(claims(sub="example-visitor", scope="vitrine.subject"))
STAFF = token(claims(sub="staff-1", scope="vitrine.staff"))
REQUESTS = token(claims(sub="requests-1", scope="vitrine.service", vitrine_service="requests"))
JOB = token(claims(sub="job-1", scope="vitrine.job"))
WITHOUT_SCOPE = token(claims(sub=SUBJECT, scope="openid profile"))

Headers = Sequence[tuple[str, str | bytes]]


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer. `status` is 0 where the connection was closed without any."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


def request(
    method: str = "POST",
    target: str = "/graphql",
    headers: Headers = (),
    body: bytes = b"",
    *,
    host: str | None = HOST,
    length: int | str | None = -1,
    close: bool = True,
    version: str = "HTTP/1.1",
) -> bytes:
    """A request as bytes. `length`: what Content-Length says; -1: the truth, None: nothing."""
    lines: list[bytes] = [f"{method} {target} {version}".encode()]
    if host is not None:
        lines.append(b"Host: " + host.encode())
    if close:
        lines.append(b"Connection: close")
    if length == -1:
        length = len(body) if body or method == "POST" else None
    if length is not None:
        lines.append(f"Content-Length: {length}".encode())
    for name, value in headers:
        lines.append(name.encode("latin-1") + b": " + (value if isinstance(value, bytes) else value.encode()))
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def authorised(who: str | None) -> Headers:
    return [] if who is None else [("Authorization", f"Bearer {who}")]


def posted(
    body: bytes,
    who: str | None = NOBODY,
    *more: tuple[str, str | bytes],
    media_type: str = JSON,
    length: int = -1,
    close: bool = True,
) -> bytes:
    """A body sent to `/graphql`."""
    headers = [("Content-Type", media_type), ("Accept", GRAPHQL_RESPONSE), *authorised(who), *more]
    return request(headers=headers, body=body, length=length, close=close)


def asked(document: str, variables: object = None, who: str | None = NOBODY, **more: object) -> bytes:
    """A GraphQL operation, sent as it should be."""
    given: dict[str, object] = {"query": document, **more}
    if variables is not None:
        given["variables"] = variables
    return posted(json.dumps(given).encode(), who)


def reported(body: bytes, who: str | None = REQUESTS, media_type: str = NDJSON) -> bytes:
    """Lines sent to `/ingest/holdings`."""
    return request("POST", "/ingest/holdings", [("Content-Type", media_type), *authorised(who)], body)


def chunked(body: bytes, size: int = 65_536) -> bytes:
    """A body in the transfer encoding `chunked`."""
    pieces = (body[at : at + size] for at in range(0, len(body), size))
    return b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"


async def exchange(
    port: int, sent: bytes, *, replies: int = 1, half_close: bool = False, seconds: float = ANSWER_SECONDS
) -> list[Reply]:
    """Sends bytes over a connection of their own. The answers in their order, as many as asked for: fewer where the
    service closes it. Raises TimeoutError where they take longer than `seconds`.

    `half_close`: nothing more will come, and the service is told so.
    """
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    sending = asyncio.ensure_future(_send(writer, sent, half_close))
    try:
        async with asyncio.timeout(seconds):
            found: list[Reply] = []
            while len(found) < replies and (reply := await _reply(reader, sent.startswith(b"HEAD "))) is not None:
                found.append(reply)
            return found
    finally:
        sending.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await sending
        writer.transport.abort()


async def _send(writer: asyncio.StreamWriter, sent: bytes, half_close: bool) -> None:
    # A service that refuses what it has not read to the end closes the connection while it is being written to.
    with contextlib.suppress(ConnectionError):
        writer.write(sent)
        await writer.drain()
        if half_close:
            writer.write_eof()


async def _reply(reader: asyncio.StreamReader, is_bodiless: bool) -> Reply | None:
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    first, *lines = head.decode("latin-1").split("\r\n")[:-2]
    status = int(first.split(" ")[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if status < 200:
        return await _reply(reader, is_bodiless)
    try:
        return Reply(status, headers, b"" if is_bodiless else await _body(reader, headers))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


async def _body(reader: asyncio.StreamReader, headers: Mapping[str, str]) -> bytes:
    if "content-length" in headers:
        return await reader.readexactly(int(headers["content-length"]))
    if headers.get("transfer-encoding") != "chunked":
        return await reader.read()
    body = b""
    while size := int(await reader.readline(), 16):
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readline()
    return body


def lines(*objects: Iterable[object] | Mapping[str, object]) -> bytes:
    """Objects as NDJSON."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in objects)
