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

from server.gate.connections import Server, connection_class
from server.listener import listen

PATIENCE_SECONDS = 60.0


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

    def close(self) -> None:
        self._writer.close()


class _Server(Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@dataclass(frozen=True, slots=True)
class Served:
    """`server`: to look at its connections."""

    port: int
    server: Server
    clients: list[Client]

    async def client(self, receive_bytes: int | None = None) -> Client:
        """A new connection; `receive_bytes`: of what comes, how much is taken before somebody reads."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, **_limit(receive_bytes))
        self.clients.append(Client(reader, writer))
        return self.clients[-1]


def _limit(receive_bytes: int | None) -> dict[str, Any]:
    return {} if receive_bytes is None else {"limit": receive_bytes}


@contextlib.asynccontextmanager
async def served(app: ASGIApp, *, connections: int = 1000, head_seconds: float = 10.0) -> AsyncIterator[Served]:
    with contextlib.closing(listen("127.0.0.1", 0)) as listener:
        server = _Server(
            uvicorn.Config(
                app,
                http=connection_class(connections=connections, head_seconds=head_seconds),
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
            )
        )
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        found = Served(listener.getsockname()[1], server, [])
        try:
            yield found
        finally:
            for client in found.clients:
                client.close()
            server.should_exit = True
            await serving
