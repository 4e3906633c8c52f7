"""An application on a real socket, with the service's own handling of connections, and clients that write bytes."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import uvicorn
from starlette.types import ASGIApp

from server.gate.connections import Server, Terms, connection_class
from server.gate.headers import security_headers
from server.gate.places import Places
from server.gate.unsent import Unsent
from server.listener import listen
from tests.patience import PATIENCE_SECONDS


async def until(condition: Callable[[], bool]) -> None:
    """Returns when the condition holds, which tells nobody that it does."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer. `headers`: by name in lower case."""

    status: int
    headers: dict[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.content)

    @property
    def code(self) -> str:
        code: str = self.body["errors"][0]["extensions"]["code"]
        return code


class Client:
    """One connection, by hand."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    async def send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def reply(self) -> Reply:
        """The next answer."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
            content = await self._reader.readexactly(int(headers["content-length"]))
        return Reply(int(head[0].split()[1]), headers, content)

    async def rest(self) -> bytes:
        """All that still comes, until the service ends the connection."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            try:
                return await self._reader.read()
            except ConnectionError:
                return b""

    async def some(self, at_most: int) -> bytes:
        """What comes next, and lets others run before."""
        await asyncio.sleep(0.01)
        return await self._reader.read(at_most)

    def close(self) -> None:
        self._writer.close()


class _Server(Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True, slots=True)
class Served:
    """`server`: to look at its connections. `refused`: the codes that it told of, in their order."""

    port: int
    server: Server
    clients: list[Client]
    refused: list[str]

    async def client(self, receive_bytes: int | None = None, address: str = "127.0.0.1") -> Client:
        """A new connection, from an address of this machine; `receive_bytes`: of what comes, how much is taken before
        somebody reads."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1", self.port, local_addr=(address, 0), **_limit(receive_bytes)
        )
        self.clients.append(Client(reader, writer))
        return self.clients[-1]


def _limit(receive_bytes: int | None) -> dict[str, Any]:
    return {} if receive_bytes is None else {"limit": receive_bytes}


@contextlib.asynccontextmanager
async def served(
    app: ASGIApp,
    *,
    connections: int = 1000,
    of_an_address: int = 0,
    head_seconds: float = 10.0,
    unsent: Unsent | None = None,
) -> AsyncIterator[Served]:
    refused: list[str] = []
    terms = Terms(
        places=Places(connections, of_an_address=of_an_address),
        unsent=unsent or Unsent(),
        head_seconds=head_seconds,
        headers=security_headers(is_production=True),
        on_refusal=refused.append,
    )
    with contextlib.closing(listen("127.0.0.1", 0)) as listener:
        server = _Server(
            uvicorn.Config(
                app,
                http=connection_class(terms),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=5,  # where a test failed, nothing may ever end
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        found = Served(listener.getsockname()[1], server, [], refused)
        try:
            yield found
        finally:
            for client in found.clients:
                client.close()
            server.should_exit = True
            await serving
