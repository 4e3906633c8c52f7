"""A line between a client and a server that a test can cut and mend, so that a server's port may change behind it."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from graph.engines.address import GraphAddress


class Proxy:
    """Listens on one port of loopback from its beginning to its end; `target` is where its connections lead.

    While `target` is None the port takes connections and closes them, as one whose server has gone.
    """

    def __init__(self, target: int | None) -> None:
        self.target = target
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()
        await self.cut()

    @property
    def port(self) -> int:
        assert self._server is not None
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    def address(self, behind: GraphAddress) -> GraphAddress:
        """The address of the graph through this proxy. Never `neo4j://`: a routing table leads around it."""
        return replace(behind, url=f"bolt://127.0.0.1:{self.port}")

    async def cut(self) -> None:
        """Break every connection there is. New ones are still taken."""
        connections = list(self._connections)
        for connection in connections:
            connection.cancel()
        await asyncio.gather(*connections, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        writers = [writer]
        try:
            if self.target is not None:
                server_reader, server_writer = await asyncio.open_connection("127.0.0.1", self.target)
                writers.append(server_writer)
                async with asyncio.TaskGroup() as group:
                    group.create_task(_pump(reader, server_writer))
                    group.create_task(_pump(server_reader, writer))
        except (OSError, asyncio.CancelledError):
            pass  # the line is cut, which both ends learn from their closed connections
        finally:
            self._connections.discard(task)
            for each in writers:
                each.transport.abort()


def port_of(address: GraphAddress) -> int:
    port = urlsplit(address.url).port
    assert port is not None
    return port


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.write_eof()
