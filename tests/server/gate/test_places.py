"""More connections than there is room for, on a real socket: who is answered, who is told, who gives way."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from server.gate import connections
from tests.server.gate.served import Client, Served, served, until

LARGE = 32_000_000


def application(held: asyncio.Event | None = None) -> ASGIApp:
    async def done(request: Request) -> Response:
        return PlainTextResponse("done")

    async def large(request: Request) -> Response:
        return PlainTextResponse(b"x" * LARGE)

    async def hold(request: Request) -> Response:
        assert held is not None
        await held.wait()
        return PlainTextResponse("held")

    paths = {"/livez": done, "/done": done, "/large": large, "/hold": hold, "/readyz": hold}
    return Starlette(routes=[Route(path, endpoint) for path, endpoint in paths.items()])


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()


async def ask(client: Client, path: str = "/done") -> int:
    await client.send(get(path))
    return (await client.reply()).status


async def busy(service: Served, *, address: str = "127.0.0.1", path: str = "/hold") -> Client:
    """A client with a request that is being answered."""
    running = len(service.server.server_state.tasks)
    client = await service.client(address=address)
    await client.send(get(path))
    await until(lambda: len(service.server.server_state.tasks) > running)
    return client


class TestAllPlacesTaken:
    async def test_one_too_many_is_told_so_and_probes_are_answered(self) -> None:
        held = asyncio.Event()
        async with served(application(held), connections=2) as service:
            working = [await busy(service) for _ in range(2)]
            for path, status in (("/hold", 503), ("/livez", 200), ("/large", 503)):
                client = await service.client()
                await client.send(get(path))
                reply = await client.reply()
                assert reply.status == status, path
                if status == 503:
                    assert reply.code == "OVERLOADED"
                    assert (reply.headers["retry-after"], reply.headers["connection"]) == ("1", "close")
                    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
                    assert reply.headers["strict-transport-security"] == "max-age=31536000"
            held.set()
            for client in working:
                assert (await client.reply()).content == b"held"
            assert service.refused == ["OVERLOADED", "OVERLOADED"]

    async def test_those_who_were_there_before_go_on(self) -> None:
        held = asyncio.Event()
        async with served(application(held), connections=1) as service:
            worker = await busy(service)
            late = await service.client()
            assert await ask(late, "/livez") == 200
            held.set()
            assert (await worker.reply()).content == b"held"
            # There are two now, and one place.
            assert await ask(worker) == 200
            assert await ask(late) == 503

    async def test_who_came_too_late_is_answered_when_there_is_room(self) -> None:
        held = asyncio.Event()
        async with served(application(held), connections=1) as service:
            worker, late = await busy(service), await service.client()
            assert await ask(late, "/livez") == 200
            held.set()
            await worker.reply()
            worker.close()
            await until(lambda: len(service.server.server_state.connections) == 1)
            assert await ask(late) == 200

    async def test_one_for_whom_there_is_not_even_a_spare_place(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(connections, "SPARE_CONNECTIONS", 1)
        held = asyncio.Event()
        async with served(application(held), connections=1) as service:
            working = [await busy(service), await busy(service, path="/readyz")]
            late = await service.client()
            assert await late.rest() == b""
            assert service.refused == ["OVERLOADED"]
            held.set()
            assert [(await client.reply()).content for client in working] == [b"held", b"held"]


class TestIdleConnections:
    async def test_silent_strangers_lock_nobody_out(self) -> None:
        async with served(application(), connections=5) as service:
            old = await service.client()
            assert await ask(old) == 200
            for _ in range(20):
                await service.client()
            new = await service.client()
            assert await ask(new) == 200
            assert await ask(old) == 200
            assert len(service.server.server_state.connections) == 5
            assert service.refused == []

    async def test_which_one_gives_way(self) -> None:
        async with served(application(), connections=3) as service:
            first, second, third = [await service.client() for _ in range(3)]
            for client in (third, first, second, third):
                assert await ask(client) == 200
            # Of those that had a request, the one that has rested the longest.
            fourth = await service.client()
            assert await first.rest() == b""
            # One that had none, before any that had.
            fifth = await service.client()
            assert await fourth.rest() == b""
            assert [await ask(client) for client in (second, third, fifth)] == [200, 200, 200]
            # The oldest of those.
            await service.client()
            assert await second.rest() == b""
            await service.client()
            assert [await ask(client) for client in (third, fifth)] == [200, 200]

    async def test_one_that_works_again_does_not_give_way(self) -> None:
        held = asyncio.Event()
        async with served(application(held), connections=1) as service:
            client = await service.client()
            assert await ask(client) == 200
            await client.send(get("/hold"))
            await until(lambda: bool(service.server.server_state.tasks))
            assert await ask(await service.client()) == 503
            held.set()
            assert (await client.reply()).content == b"held"

    async def test_half_a_head_is_nothing_yet(self) -> None:
        async with served(application(), connections=1) as service:
            half = await service.client()
            await half.send(b"GET /done HT")
            assert await ask(await service.client()) == 200
            assert await half.rest() == b""

    async def test_an_answer_that_is_being_taken_is_not_cut_off(self) -> None:
        async with served(application(), connections=1) as service:
            slow = await service.client(receive_bytes=1024)
            await slow.send(get("/large"))
            await until(lambda: service.server.server_state.total_requests == 1)
            assert await ask(await service.client()) == 503
            assert len((await slow.reply()).content) == LARGE


class TestOneAddress:
    async def test_does_not_take_all_places(self) -> None:
        held = asyncio.Event()
        async with served(application(held), connections=4, of_an_address=2) as service:
            working = [await busy(service, address="127.0.0.2") for _ in range(2)]
            assert await ask(await service.client(address="127.0.0.2")) == 503
            assert await ask(await service.client(address="127.0.0.3")) == 200
            held.set()
            assert [(await client.reply()).content for client in working] == [b"held", b"held"]

    async def test_makes_room_for_itself(self) -> None:
        async with served(application(), connections=4, of_an_address=2) as service:
            other = await service.client(address="127.0.0.3")
            first, second = [await service.client(address="127.0.0.2") for _ in range(2)]
            assert [await ask(client) for client in (first, second)] == [200, 200]
            third = await service.client(address="127.0.0.2")
            assert await first.rest() == b""
            assert [await ask(client) for client in (other, second, third)] == [200, 200, 200]
