"""Answers that are not taken, on a real socket: how much of them is kept, and whose is ended."""

from __future__ import annotations

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from server.gate import connections, unsent
from server.gate.unsent import Unsent
from tests.server.gate.served import Client, Served, served, until

LARGE = 16_000_000
ASK = b"GET /large HTTP/1.1\r\nHost: x\r\n\r\n"
#: Some of an answer is with the system at once: two that wait are more than this.
ONE_AND_A_HALF = 15_000_000


async def large(request: Request) -> Response:
    return PlainTextResponse(b"x" * LARGE)


APPLICATION = Starlette(routes=[Route("/large", large)])


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "SWEEP_TICKS", 1)
    monkeypatch.setattr(unsent, "STALLED_SECONDS", 0.5)


async def asking(service: Served, address: str = "127.0.0.1") -> Client:
    """A client that asked for much, and takes nothing."""
    asked = service.server.server_state.total_requests
    client = await service.client(receive_bytes=1024, address=address)
    await client.send(ASK)
    await until(lambda: service.server.server_state.total_requests > asked)
    return client


async def is_whole(client: Client) -> bool:
    return len((await client.reply()).content) == LARGE


async def is_cut_off(client: Client) -> bool:
    return len(await client.rest()) < LARGE


class TestOfOneAddress:
    async def test_who_has_stalled_makes_room(self) -> None:
        async with served(APPLICATION, unsent=Unsent(of_an_address=ONE_AND_A_HALF)) as service:
            first, elsewhere = await asking(service), await asking(service, "127.0.0.2")
            await asyncio.sleep(unsent.STALLED_SECONDS)
            second = await asking(service)
            assert service.refused == ["OVERLOADED"]
            assert await is_cut_off(first)
            assert await is_whole(second)
            assert await is_whole(elsewhere)

    async def test_where_nobody_has_the_new_one_is_too_many(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(unsent, "STALLED_SECONDS", 60.0)
        async with served(APPLICATION, unsent=Unsent(of_an_address=ONE_AND_A_HALF)) as service:
            first, second = await asking(service), await asking(service)
            assert service.refused == ["OVERLOADED"]
            assert await is_cut_off(second)
            assert await is_whole(first)

    async def test_who_takes_well_is_not_cut_off(self) -> None:
        async with served(APPLICATION, unsent=Unsent(of_an_address=ONE_AND_A_HALF)) as service:
            slow, taken = await service.client(receive_bytes=65_536), 0
            await slow.send(ASK)
            loop = asyncio.get_running_loop()
            began = loop.time()
            while loop.time() < began + 2 * unsent.STALLED_SECONDS:
                taken += len(await slow.some(65_536))
            assert await is_cut_off(await asking(service))
            while taken < LARGE:
                piece = await slow.some(LARGE)
                assert piece
                taken += len(piece)
            assert service.refused == ["OVERLOADED"]

    async def test_an_answer_alone_is_never_too_large(self) -> None:
        async with served(APPLICATION, unsent=Unsent(1000, of_an_address=1000)) as service:
            assert await is_whole(await asking(service))
            assert service.refused == []


class TestOfAll:
    async def test_the_address_that_has_the_most_makes_room(self) -> None:
        async with served(APPLICATION, unsent=Unsent(3 * ONE_AND_A_HALF)) as service:
            oldest = await asking(service, "127.0.0.2")
            first, second = await asking(service, "127.0.0.3"), await asking(service, "127.0.0.3")
            await asyncio.sleep(unsent.STALLED_SECONDS)
            new = await asking(service, "127.0.0.4")
            assert service.refused == ["OVERLOADED"]
            assert await is_cut_off(first)
            assert [await is_whole(client) for client in (oldest, second, new)] == [True, True, True]


class TestOfOneConnection:
    @pytest.mark.parametrize("at_once", [True, False])
    async def test_the_next_answer_is_made_when_the_one_before_is_taken(self, at_once: bool) -> None:
        begun = 0

        async def counted(request: Request) -> Response:
            nonlocal begun
            begun += 1
            return await large(request)

        async with served(Starlette(routes=[Route("/large", counted)])) as service:
            client = await service.client(receive_bytes=1024)
            if at_once:
                await client.send(ASK * 3)
            else:
                await client.send(ASK)
                await until(lambda: service.server.server_state.total_requests == 1)
                await client.send(ASK * 2)
            await asyncio.sleep(0.2)
            assert begun == 1
            assert [await is_whole(client) for _ in range(3)] == [True, True, True]
            assert begun == 3
