"""Connections that are slow or no HTTP, by clients that write bytes into a real socket."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from server.gate import connections
from server.gate.connections import HEAD_BYTES_AT_MOST
from tests.patience import PATIENCE_SECONDS
from tests.server.gate.served import served, until

LARGE = 32_000_000


def application() -> ASGIApp:
    async def ready(request: Request) -> Response:
        return PlainTextResponse("ready")

    async def echo(request: Request) -> Response:
        return PlainTextResponse(await request.body())

    async def large(request: Request) -> Response:
        return PlainTextResponse(b"x" * LARGE)

    return Starlette(
        routes=[
            Route("/livez", ready),
            Route("/echo", echo, methods=["POST"]),
            Route("/large", large),
        ]
    )


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def post(path: str, length: int) -> bytes:
    return f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\n\r\n".encode()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "LINGER_SECONDS", 0.2)
    monkeypatch.setattr(connections, "WRITE_SECONDS", 0.2)
    monkeypatch.setattr(connections, "SWEEP_TICKS", 1)


class TestHeads:
    @pytest.mark.parametrize("sent", [b"", b"\r\n", b"GET", b"GET /livez HTTP/1.1\r\nHost: x\r\nX-A: b"])
    async def test_a_head_that_does_not_come_whole(self, impatient: None, sent: bytes) -> None:
        async with served(application(), head_seconds=1.0) as service:
            client = await service.client()
            await client.send(sent)
            reply = await client.reply()
            assert (reply.status, reply.code) == (408, "TOO_SLOW")
            assert reply.headers["connection"] == "close"
            assert reply.headers["cache-control"] == "no-store"
            assert reply.headers["strict-transport-security"] == "max-age=31536000"
            assert service.refused == ["TOO_SLOW"]
            assert reply.body["errors"][0]["extensions"]["correlationId"] == reply.headers["x-request-id"]
            assert await client.rest() == b""

    async def test_one_that_comes_byte_by_byte(self, impatient: None) -> None:
        async with served(application(), head_seconds=1.0) as service:
            client = await service.client()
            ended = asyncio.create_task(client.reply())
            while not ended.done():
                await client.send(b"X")
                await asyncio.wait({ended}, timeout=0.05)
            # A method of that many letters is none, if the time was not up before.
            assert ended.result().status in (400, 408)

    @pytest.mark.parametrize("sent", [b"GET", b"\r\n"])
    async def test_a_second_one_on_the_same_connection(self, impatient: None, sent: bytes) -> None:
        async with served(application(), head_seconds=1.0) as service:
            client = await service.client()
            await client.send(get("/livez"))
            assert (await client.reply()).content == b"ready"
            await client.send(sent)
            assert (await client.reply()).code == "TOO_SLOW"
            assert await client.rest() == b""

    async def test_one_that_is_too_large(self) -> None:
        async with served(application()) as service:
            client = await service.client()
            await client.send(b"GET /livez HTTP/1.1\r\nX-A: " + b"a" * (HEAD_BYTES_AT_MOST + 1))
            reply = await client.reply()
            assert (reply.status, reply.code) == (431, "HEADERS_TOO_LARGE")

    async def test_what_is_no_http(self) -> None:
        async with served(application()) as service:
            client = await service.client()
            await client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
            reply = await client.reply()
            assert (reply.status, reply.code) == (400, "INVALID_REQUEST")
            assert reply.headers["x-content-type-options"] == "nosniff"

    async def test_a_connection_at_rest_is_kept(self, impatient: None) -> None:
        async with served(application(), head_seconds=1.0) as service:
            client, other = await service.client(), await service.client()
            await client.send(get("/livez"))
            assert (await client.reply()).content == b"ready"
            # What never sent anything is ended; by then the time for a head is over.
            assert (await other.reply()).code == "TOO_SLOW"
            await client.send(get("/livez"))
            assert (await client.reply()).content == b"ready"


class TestBodies:
    async def test_what_is_not_waited_for_any_more(self, impatient: None) -> None:
        async with served(application()) as service:
            client = await service.client()
            await client.send(post("/nowhere", 1000) + b"x")
            assert (await client.reply()).status == 404
            assert await client.rest() == b""

    async def test_a_body_that_comes_after_its_answer_keeps_the_connection(self) -> None:
        async with served(application()) as service:
            client = await service.client()
            await client.send(post("/nowhere", 10))
            assert (await client.reply()).status == 404
            await client.send(b"0123456789" + post("/echo", 2) + b"ab")
            assert (await client.reply()).content == b"ab"


class TestAnswers:
    async def test_what_is_not_read_is_let_go(self, impatient: None) -> None:
        async with served(application()) as service:
            client = await service.client(receive_bytes=1024)
            await client.send(get("/large"))
            connections_of = service.server.server_state.connections
            await until(lambda: len(connections_of) == 1)
            await until(lambda: not connections_of)
            assert len(await client.rest()) < LARGE
            assert service.refused == ["TOO_SLOW"]

    async def test_what_is_read_but_too_slowly_is_let_go(
        self, impatient: None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connections, "WRITE_BYTES", 0)  # it need not be much
        monkeypatch.setattr(connections, "ANSWER_SECONDS", 0.5)
        async with served(application()) as service:
            client = await service.client(receive_bytes=1024)
            await client.send(get("/large"))
            connections_of = service.server.server_state.connections
            await until(lambda: len(connections_of) == 1)
            taken = 0
            async with asyncio.timeout(PATIENCE_SECONDS):
                while connections_of:
                    taken += len(await client.some(1024))
            assert taken + len(await client.rest()) < LARGE
            assert service.refused == ["TOO_SLOW"]

    async def test_what_is_read_comes_whole(self, impatient: None) -> None:
        async with served(application()) as service:
            client = await service.client()
            await client.send(get("/large"))
            reply = await client.reply()
            assert len(reply.content) == LARGE
