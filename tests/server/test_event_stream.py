"""Answers that come bit by bit, over a real socket: their form, their silence, their end, and how many there are."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field

import pytest
from starlette.types import Receive, Scope, Send

from server import event_stream
from server.event_stream import EventStream, EventStreams, event_response, following
from server.gate import connections
from server.gate.refusals import Refusal
from tests.server.gate.served import Client, Served, served, until

GET = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = b"x" * 1_000_000


@dataclass(slots=True)
class Source:
    """Answers every request with a stream of what is put in, None for its end. `taken`: how many of these were;
    `closed`: how many streams have let go of it."""

    streams: EventStreams
    seconds: float = 3600.0
    coming: asyncio.Queue[bytes | None] = field(default_factory=asyncio.Queue)
    taken: int = 0
    closed: int = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def results() -> AsyncGenerator[bytes, None]:
            try:
                while (result := await self.coming.get()) is not None:
                    self.taken += 1
                    yield result
            finally:
                self.closed += 1

        given = results()
        with contextlib.ExitStack() as resources:
            resources.enter_context(self.streams.place("ann"))
            stream = EventStream(
                self.streams,
                given,
                asyncio.create_task(following(given)),
                lambda result: result,
                seconds=self.seconds,
                resources=resources.pop_all(),
            )
        await stream(scope, receive, send)


def streams(at_most: int = 10, of_a_holder: int = 10) -> EventStreams:
    return EventStreams(at_most=at_most, of_a_holder=of_a_holder, seconds_at_most=3600.0)


@pytest.fixture
async def source() -> Source:
    return Source(streams())


@pytest.fixture
async def service(source: Source) -> AsyncIterator[Served]:
    async with served(source) as service:
        yield service


async def opened(service: Served) -> Client:
    client = await service.client()
    await client.send(GET)
    return client


def unchunked(answer: bytes) -> tuple[bytes, bytes]:
    """The head, and the body without the marks of its pieces."""
    head, _, rest = answer.partition(b"\r\n\r\n")
    body = b""
    while rest:
        size, _, rest = rest.partition(b"\r\n")
        length = int(size, 16)
        body, rest = body + rest[:length], rest[length + 2 :]
    return head, body


class TestForm:
    async def test_results_and_the_end_are_events(self, source: Source, service: Served) -> None:
        for each in (b'{"data":{"a":1}}', b'{"data":{"a":2}}', None):
            source.coming.put_nowait(each)
        client = await service.client()
        await client.send(GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
        head, body = unchunked(await client.rest())
        assert body == (
            b'event: next\ndata: {"data":{"a":1}}\n\nevent: next\ndata: {"data":{"a":2}}\n\nevent: complete\ndata:\n\n'
        )
        status, *lines = head.decode().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        assert status == "HTTP/1.1 200 OK"
        assert headers["content-type"] == "text/event-stream; charset=utf-8"
        # Nobody on the way keeps it, compresses it, or waits for more of it.
        assert headers["cache-control"] == "no-store, no-transform"
        assert headers["x-accel-buffering"] == "no"
        assert "content-length" not in headers

    async def test_a_single_result_is_an_event_and_the_end(self) -> None:
        response = event_response(b'{"data":{}}')
        assert response.body == b'event: next\ndata: {"data":{}}\n\nevent: complete\ndata:\n\n'
        assert response.headers["content-length"] == str(len(response.body))

    async def test_the_head_comes_before_any_result(self, source: Source, service: Served) -> None:
        client = await opened(service)
        assert (await client.some(15)).startswith(b"HTTP/1.1 200 OK")
        assert source.taken == 0

    async def test_silence_is_told_as_well(
        self, source: Source, service: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(event_stream, "HEARTBEAT_SECONDS", 0.02)
        client = await opened(service)
        found = b""
        while found.count(b":\n\n") < 2:
            found += await client.some(65_536)
        source.coming.put_nowait(b"{}")
        while b"data: {}" not in found:
            found += await client.some(65_536)
        _, body = unchunked(found)
        assert body.replace(b":\n\n", b"") == b"event: next\ndata: {}\n\n"


class TestEnd:
    async def test_its_time_is_over(self, source: Source, service: Served) -> None:
        source.seconds = 0.05
        client = await opened(service)
        found = b""
        while not found.endswith(b"0\r\n\r\n"):
            found += await client.some(65_536)
        assert unchunked(found)[1] == b"event: complete\ndata:\n\n"
        await until(lambda: len(source.streams) == 0)
        assert source.closed == 1

    async def test_all_end_at_once_and_none_begins_any_more(self, source: Source, service: Served) -> None:
        clients = [await opened(service) for _ in range(3)]
        await until(lambda: len(source.streams) == 3)
        source.streams.end()
        for client in clients:
            found = b""
            while not found.endswith(b"0\r\n\r\n"):
                found += await client.some(65_536)
            assert unchunked(found)[1] == b"event: complete\ndata:\n\n"
        await until(lambda: len(source.streams) == 0)
        assert source.closed == 3
        with pytest.raises(Refusal) as refused, source.streams.place("ben"):
            pass
        assert refused.value.code == "OVERLOADED"

    async def test_a_client_that_goes_away_is_let_go_at_once(self, source: Source, service: Served) -> None:
        gone, stays = await opened(service), await opened(service)
        await until(lambda: len(source.streams) == 2)
        gone.close()
        await until(lambda: len(source.streams) == 1)
        assert source.closed == 1
        source.coming.put_nowait(b'{"stays":true}')
        found = b""
        while b"stays" not in found:
            found += await stays.some(65_536)

    async def test_a_client_that_does_not_read_holds_no_more_than_a_few_results(
        self, source: Source, service: Served, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(connections, "WRITE_SECONDS", 0.2)
        monkeypatch.setattr(connections, "SWEEP_TICKS", 1)
        for _ in range(100):
            source.coming.put_nowait(LARGE)
        client = await service.client(receive_bytes=1)
        await client.send(GET)
        # It is cut off, for it takes nothing; what the system kept for it is all that was ever made.
        await until(lambda: source.taken > 0 and len(source.streams) == 0)
        assert (source.closed, source.taken < 50) == (1, True)
        assert service.refused == ["TOO_SLOW"]


class TestPlaces:
    async def test_there_are_so_many_for_all_and_so_many_for_one(self) -> None:
        places = streams(at_most=3, of_a_holder=2)
        with contextlib.ExitStack() as held:
            for _ in range(2):
                held.enter_context(places.place("ann"))
            with pytest.raises(Refusal) as refused, places.place("ann"):
                pass
            assert (refused.value.code, refused.value.code.status) == ("TOO_MANY_STREAMS", 429)
            assert refused.value.message == "You have 2 streams open, which is all you may have: end one of them first"
            held.enter_context(places.place("ben"))
            for holder in ("ann", "cid"):
                with pytest.raises(Refusal) as refused, places.place(holder):
                    pass
                assert (refused.value.code, refused.value.code.status) == ("OVERLOADED", 503)
                assert refused.value.headers == {"Retry-After": "1"}
            assert len(places) == 3
        assert len(places) == 0
        with places.place("ann"):
            assert len(places) == 1

    async def test_a_place_is_given_back_whatever_ends_it(self) -> None:
        places = streams(at_most=1)
        with pytest.raises(KeyError), places.place("ann"):
            raise KeyError
        assert len(places) == 0
