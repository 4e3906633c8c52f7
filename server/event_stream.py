"""Answers that come bit by bit, as server-sent events: GraphQL over SSE, in the mode of distinct connections.

event: next        data: a result, as the body of an answer that comes at once
event: complete    nothing more comes
: …                nothing yet, and the connection is alive
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any, Generic, TypeVar

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from server.gate.admission import RETRY_SECONDS
from server.gate.media_types import EVENT_STREAM
from server.gate.refusals import Refusal, RefusalCode
from server.settings import Settings

T = TypeVar("T")

HEARTBEAT_SECONDS = 15.0

_MEDIA_TYPE = f"{EVENT_STREAM}; charset=utf-8"
_HEADERS = {
    # Whatever stands between would hold back what comes bit by bit, to compress it or to send more at once.
    "Cache-Control": "no-store, no-transform",
    "X-Accel-Buffering": "no",
}
_HEARTBEAT = b":\n\n"
_COMPLETE = b"event: complete\ndata:\n\n"


def _next(result: bytes) -> bytes:
    return b"event: next\ndata: " + result + b"\n\n"


def event_response(result: bytes) -> Response:
    """One result, and no more: for what is answered at once. `result`: JSON without line ends."""
    return Response(_next(result) + _COMPLETE, 200, _HEADERS, _MEDIA_TYPE)


class EventStreams:
    """The streams that are open: `at_most` of them, and `of_a_holder` of one holder of tokens, each for
    `seconds_at_most`. Used by one event loop."""

    def __init__(self, *, at_most: int, of_a_holder: int, seconds_at_most: float) -> None:
        self.seconds_at_most = seconds_at_most
        self._at_most = at_most
        self._of_a_holder = of_a_holder
        self._open: Counter[str | None] = Counter()
        self._end = asyncio.Event()

    def __len__(self) -> int:
        return self._open.total()

    def end(self) -> None:
        """Every stream ends now, and none is opened any more."""
        self._end.set()

    async def ended(self) -> None:
        await self._end.wait()

    @classmethod
    def of(cls, settings: Settings) -> EventStreams:
        return cls(
            at_most=settings.streams,
            of_a_holder=settings.holder_streams,
            seconds_at_most=settings.stream_seconds,
        )

    @contextlib.contextmanager
    def place(self, holder: str | None) -> Iterator[None]:
        """One of the places. Raises Refusal OVERLOADED and TOO_MANY_STREAMS."""
        if self._end.is_set() or len(self) >= self._at_most:
            raise Refusal(
                RefusalCode.OVERLOADED,
                f"Too many streams are open just now: open this again after {RETRY_SECONDS} s",
                {"Retry-After": str(RETRY_SECONDS)},
            )
        if self._open[holder] >= self._of_a_holder:
            raise Refusal(
                RefusalCode.TOO_MANY_STREAMS,
                f"You have {self._of_a_holder} streams open, which is all you may have: end one of them first",
                {"Retry-After": str(RETRY_SECONDS)},
            )
        self._open[holder] += 1
        try:
            yield
        finally:
            self._open[holder] -= 1
            if not self._open[holder]:
                del self._open[holder]


class EventStream(Response, Generic[T]):
    """Results as they come, until there are no more, `seconds` are over, or streams are to end: then it is complete.

    `coming` is the task that waits for the first of `results`; `write` makes of each what an event carries: JSON
    without line ends. `resources` are let go with the stream, also where the client goes away, which is known at once.
    """

    def __init__(
        self,
        streams: EventStreams,
        results: AsyncGenerator[T, None],
        coming: asyncio.Task[T | None],
        write: Callable[[T], bytes],
        *,
        seconds: float,
        resources: contextlib.ExitStack,
    ) -> None:
        self.status_code = 200
        self.media_type = _MEDIA_TYPE
        self.background = None
        self.init_headers(_HEADERS)
        self._streams = streams
        self._results = results
        self._coming = coming
        self._write = write
        self._seconds = seconds
        self._resources = resources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        with self._resources:
            gone = asyncio.create_task(until_gone(receive))
            ended = asyncio.create_task(self._streams.ended())
            try:
                await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
                async for piece in self._pieces(gone, ended):
                    await send({"type": "http.response.body", "body": piece, "more_body": piece is not _COMPLETE})
            finally:
                await abandon(gone, ended, self._coming)
                await self._results.aclose()

    async def _pieces(self, gone: asyncio.Task[None], ended: asyncio.Task[None]) -> AsyncGenerator[bytes, None]:
        loop = asyncio.get_running_loop()
        until = loop.time() + self._seconds
        while not ended.done() and (left := until - loop.time()) > 0:
            silence = min(HEARTBEAT_SECONDS, left)
            await asyncio.wait({self._coming, gone, ended}, timeout=silence, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return
            if self._coming.done():
                result = self._coming.result()
                if result is None:
                    break
                yield _next(self._write(result))
                self._coming = asyncio.create_task(following(self._results))
            elif silence < left and not ended.done():
                yield _HEARTBEAT
        yield _COMPLETE


async def following(results: AsyncGenerator[T, None]) -> T | None:
    """The next result; None for no more."""
    return await anext(results, None)


async def abandon(*tasks: asyncio.Task[Any]) -> None:
    """Cancels tasks whose outcome is of no matter any more, and waits for their end."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def until_gone(receive: Receive) -> None:
    """Returns when the client has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass
