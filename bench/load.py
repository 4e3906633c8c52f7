"""Clients of an HTTP endpoint for GraphQL, in a process of their own: the job on standard input, the figures printed.

Each client has one connection and sends its requests, made beforehand, as they are: what it costs to ask is some 20 µs,
a small part of what it costs to answer.
"""

from __future__ import annotations

import asyncio
import json
import random
import sys
from pathlib import Path
from typing import Any, cast

import uvloop

from bench import clients

HEADER_END = b"\r\n\r\n"


def request(port: int, path: str, query: str, token: str) -> bytes:
    body = json.dumps({"query": query}).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One request at a time. Understands answers that say their length, and no others."""

    def __init__(self) -> None:
        self._received = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not a subclass of asyncio's in uvloop.
        self._transport = cast(asyncio.Transport, transport)

    def connection_lost(self, exception: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exception or ConnectionError("the connection was closed"))

    def data_received(self, data: bytes) -> None:
        self._received = received = self._received + data
        head = received.find(HEADER_END)
        if head < 0:
            return
        length = int(received[:head].lower().partition(b"content-length:")[2].partition(b"\r\n")[0])
        if len(received) >= head + len(HEADER_END) + length and self._answer is not None:
            self._received = b""
            self._answer.set_result(received)

    async def ask(self, request: bytes) -> bytes:
        """The answer, head and body."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return await self._answer


async def ask_once(port: int, request: bytes) -> dict[str, Any]:
    """The body of one answer."""
    transport, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", port)
    try:
        answer = await connection.ask(request)
    finally:
        transport.close()
    body: dict[str, Any] = json.loads(answer.partition(HEADER_END)[2])
    return body


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """`job`: port, path, query, tokens (a file: a subject and their token a line), clients, warm_up_seconds, seconds,
    seed. `SUBJECT` in the query stands for the subject's id."""
    asked = [line.split() for line in Path(job["tokens"]).read_text().splitlines()]  # noqa: ASYNC240 (nobody waits yet)
    requests = [
        request(job["port"], job["path"], job["query"].replace("SUBJECT", subject), token) for subject, token in asked
    ]
    choose = random.Random(job["seed"])  # noqa: S311 (an order, no secret)

    async def client() -> clients.Ask:
        _, connection = await asyncio.get_running_loop().create_connection(Connection, "127.0.0.1", job["port"])

        async def ask() -> int:
            answer = await connection.ask(choose.choice(requests))
            if not answer.startswith(b"HTTP/1.1 200") or b'"errors"' in answer:
                raise RuntimeError(f"this is no answer: {answer[:500]!r}")
            return len(answer) - answer.find(HEADER_END) - len(HEADER_END)

        return ask

    asks = [await client() for _ in range(job["clients"])]
    return await clients.run(asks, warm_up_seconds=job["warm_up_seconds"], seconds=job["seconds"])


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(runner.run(run(json.load(sys.stdin))), sys.stdout)
