"""What stands around the bodies of requests, and requests sent ahead of answers, on a real socket."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from server.gate.connections import HEAD_BYTES_AT_MOST, PIPELINED_AT_MOST, Connection
from tests.server.gate.served import Served, served, until

CHUNKED = b"POST /told HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
OWN = ["host", "transfer-encoding"]
UPGRADE = b"GET /told HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n"


class Told:
    """Answers with what it was told: the names of the headers, and the length of the body."""

    def __init__(self) -> None:
        self.some_body_came = asyncio.Event()
        #: How many requests to `/turn` may be answered.
        self.turns = asyncio.Semaphore(0)

    @property
    def app(self) -> ASGIApp:
        routes = [Route("/told", self._told, methods=["GET", "POST"]), Route("/turn", self._turn)]
        return Starlette(routes=routes)

    async def _told(self, request: Request) -> Response:
        length = 0
        async for piece in request.stream():
            length += len(piece)
            if piece:
                self.some_body_came.set()
        return JSONResponse([request.headers.keys(), length])

    async def _turn(self, request: Request) -> Response:
        await self.turns.acquire()
        return JSONResponse(request.query_params["n"])


def turn(number: int) -> bytes:
    return f"GET /turn?n={number} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


def waiting(service: Served) -> int:
    """How many requests wait on the connection with the most."""
    connections = service.server.server_state.connections
    return max((len(each.pipeline) for each in connections if isinstance(each, Connection)), default=0)


class TestTrailers:
    async def test_are_no_headers(self) -> None:
        async with served(Told().app) as service:
            client = await service.client()
            await client.send(
                CHUNKED + b"2\r\n{}\r\n0\r\nAuthorization: Bearer x\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n"
            )
            assert (await client.reply()).body == [OWN, 2]
            await client.send(CHUNKED + b"0\r\n\r\n")
            assert (await client.reply()).body == [OWN, 0]

    async def test_that_come_while_the_request_runs_are_none_either(self) -> None:
        told = Told()
        async with served(told.app) as service:
            client = await service.client()
            await client.send(CHUNKED + b"2\r\n{}\r\n")
            await told.some_body_came.wait()
            await client.send(b"0\r\nAuthorization: Bearer x\r\n" + b"X-A: b\r\n" * 8_000 + b"\r\n")
            assert (await client.reply()).body == [OWN, 2]

    async def test_give_nobody_a_name(self) -> None:
        """An `Expect` among them asks for nothing."""
        async with served(Told().app) as service:
            client = await service.client()
            await client.send(CHUNKED + b"0\r\nExpect: 100-continue\r\n\r\n")
            assert (await client.reply()).status == 200


class TestFraming:
    @pytest.mark.parametrize(
        "start",
        [b"0\r\nX-A: ", b"0\r\n" + b"X-A: b\r\n" * 8_000, b"2;a=", b"0;a="],
        ids=["one trailer", "trailers", "an extension", "the last extension"],
    )
    async def test_without_an_end_is_refused(self, start: bytes) -> None:
        told = Told()
        async with served(told.app) as service:
            client = await service.client()
            await client.send(CHUNKED + b"2\r\n{}\r\n")
            await told.some_body_came.wait()
            await client.send(start + b"x" * (HEAD_BYTES_AT_MOST + 1 - len(start)))
            reply = await client.reply()
            assert (reply.status, reply.code) == (431, "HEADERS_TOO_LARGE")
            assert reply.body["errors"][0]["message"] == (
                "More than 65536 bytes came that are not of the body: send no trailers or chunk extensions"
            )
            assert await client.rest() == b""
            assert service.refused == ["HEADERS_TOO_LARGE"]

    async def test_is_no_more_than_that_between_two_pieces_of_a_body(self) -> None:
        async with served(Told().app) as service:
            client = await service.client()
            await client.send(CHUNKED + b"1\r\nx\r\n" * 200_000 + b"0\r\n\r\n")
            assert (await client.reply()).body == [OWN, 200_000]


async def test_http_1_0_need_not_name_a_host() -> None:
    async with served(Told().app) as service:
        client = await service.client()
        await client.send(b"GET /told HTTP/1.0\r\n\r\n")
        assert (await client.reply()).body == [[], 0]


class TestRequestsAheadOfAnswers:
    async def test_are_answered_up_to_a_number(self) -> None:
        told = Told()
        async with served(told.app) as service:
            client = await service.client()
            await client.send(b"".join(turn(number) for number in range(PIPELINED_AT_MOST + 100)))
            await until(lambda: waiting(service) == PIPELINED_AT_MOST)
            for number in range(PIPELINED_AT_MOST + 1):
                told.turns.release()
                assert (await client.reply()).body == str(number)
            reply = await client.reply()
            assert (reply.status, reply.code, reply.headers["retry-after"]) == (503, "OVERLOADED", "1")
            assert await client.rest() == b""
            assert service.refused == ["OVERLOADED"]

    async def test_are_not_read_while_others_wait(self) -> None:
        told = Told()
        async with served(told.app) as service:
            client, other = await service.client(), await service.client()
            await client.send(b"".join(turn(number) for number in range(5)))
            await until(lambda: waiting(service) == 4)
            await client.send(b"".join(turn(number) for number in range(5, 20)))
            for number in range(20):
                told.turns.release()
                assert (await client.reply()).body == str(number)
                if number < 4:
                    # What was to be read has been by the time that another is answered.
                    await other.send(b"GET /told HTTP/1.1\r\nHost: x\r\n\r\n")
                    assert (await other.reply()).body == [["host"], 0]
                    assert waiting(service) == 3 - number

    @pytest.mark.parametrize("length", [b"", b"Content-Length: 0\r\n"])
    async def test_follow_one_that_would_change_the_protocol(self, length: bytes) -> None:
        async with served(Told().app) as service:
            client = await service.client()
            await client.send(UPGRADE + length + b"\r\n" + CHUNKED + b"2\r\n{}\r\n0\r\n\r\n")
            assert (await client.reply()).body[0][:3] == ["host", "connection", "upgrade"]
            assert (await client.reply()).body == [OWN, 2]

    @pytest.mark.parametrize("framing", [b"Content-Length: 43", b"Transfer-Encoding: chunked"])
    async def test_are_never_the_body_of_one_that_would_change_the_protocol(self, framing: bytes) -> None:
        async with served(Told().app) as service:
            client = await service.client()
            await client.send(UPGRADE + framing + b"\r\n\r\n" + turn(1))
            reply = await client.reply()
            assert (reply.status, reply.code) == (400, "INVALID_REQUEST")
            assert reply.body["errors"][0]["message"] == (
                "There is HTTP/1.1 only: send a request with a body without Upgrade"
            )
            assert await client.rest() == b""
