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
from bench.workload import HOLDINGS

#: What the hot query asks of a holding.
TOLD = ("since", "service", "category", "purposes", "recipients")

HEADER_END = b"\r\n\r\n"


def request(port: int, path: str, body: dict[str, Any], token: str) -> bytes:
    """`body`: the operation as GraphQL over HTTP has it."""
    content = json.dumps(body).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Type: application/json\r\n"
        f"Accept: application/json\r\nAuthorization: Bearer {token}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


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


def held(data: dict[str, Any]) -> list[dict[str, Any]]:
    """The holdings in an answer of the service, or of the peer."""
    if "me" in data:
        nodes: list[dict[str, Any]] = data["me"]["holdings"]["nodes"]
        return nodes
    return [{**cover, **holding} for holding in data["subjects"][0]["holdings"] for cover in holding["cover"]]


async def told(port: int, request: bytes, holdings: int = HOLDINGS) -> Any:
    """What an answer says, in no order but one of its own. Raises RuntimeError where somebody is not told all the
    `holdings` about them, why, and who receives it."""
    body = await ask_once(port, request)
    nodes = held(body["data"]) if body.get("data") else []
    if len(nodes) != holdings or not all(each["purposes"] and each["recipients"] for each in nodes):
        raise RuntimeError(f"this answers something else: {json.dumps(body)[:500]}")
    return _ordered([{name: node[name] for name in TOLD} for node in nodes])


def _ordered(value: Any) -> Any:
    """Without what differs between the two though it says the same: the order of lists, a list of one thing for the
    thing, and how a time is written."""
    if isinstance(value, list):
        return _ordered(value[0]) if len(value) == 1 else sorted(map(_ordered, value), key=json.dumps)
    if isinstance(value, dict):
        return {name: _ordered(each) for name, each in value.items()}
    return value.replace(".000000Z", "Z") if isinstance(value, str) else value


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """`job`: port, path, query, named (whether the operation takes the subject's id as its variable `id`), tokens (a
    file: a subject and their token a line), holdings (of each of them), clients, warm_up_seconds, seconds, seed."""
    asked = [line.split() for line in Path(job["tokens"]).read_text().splitlines()]  # noqa: ASYNC240 (nobody waits yet)
    requests = [
        request(
            job["port"],
            job["path"],
            {"query": job["query"], "variables": {"id": subject} if job["named"] else {}},
            token,
        )
        for subject, token in asked
    ]
    await told(job["port"], requests[0], job["holdings"])
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
