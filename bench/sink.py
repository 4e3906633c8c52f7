"""A mail server that takes everything and keeps nothing, in a process of its own: `python -m bench.sink PORT`.

It reads no message for what it says, only for its end. HELP is answered with how many were taken so far.
"""

from __future__ import annotations

import asyncio
import sys
from typing import cast

import uvloop

END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection, one command at a time."""

    taken = 0

    def __init__(self) -> None:
        self._received = bytearray()
        self._is_message = False
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not a subclass of asyncio's in uvloop.
        self._transport = cast(asyncio.Transport, transport)
        self._say(b"220 sink")

    def data_received(self, data: bytes) -> None:
        # An end may have come in two parts.
        begin = max(0, len(self._received) - len(END))
        self._received += data
        while (end := self._received.find(END if self._is_message else b"\r\n", begin)) >= 0:
            told = bytes(self._received[:end])
            del self._received[: end + (len(END) if self._is_message else 2)]
            begin = 0
            self._answer(told)

    def _answer(self, told: bytes) -> None:
        if self._is_message:
            self._is_message = False
            Sink.taken += 1
            self._say(b"250 taken")
            return
        match told[:4].upper():
            case b"EHLO":
                self._say(b"250-sink\r\n250 SIZE 10000000")
            case b"DATA":
                self._is_message = True
                self._say(b"354 go on")
            case b"HELP":
                self._say(b"214 %d" % Sink.taken)
            case b"QUIT":
                self._say(b"221 bye")
                assert self._transport is not None
                self._transport.close()
            case _:
                self._say(b"250 fine")

    def _say(self, line: bytes) -> None:
        assert self._transport is not None
        self._transport.write(line + b"\r\n")


async def serve(port: int) -> None:
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(serve(int(sys.argv[1])))
