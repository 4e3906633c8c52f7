"""Connections: how many there are, and how slow each may be. What uvicorn leaves without a limit gets one here.

    a head (request line and headers)    comes whole in `head_seconds`, in at most `HEAD_BYTES_AT_MOST`
    a body after its answer              comes whole in `LINGER_SECONDS`, or is not waited for
    an answer                            is taken, `WRITE_BYTES` in each `WRITE_SECONDS`

The body of a request that is being answered is limited by whoever reads it (`server.endpoint`).
"""

from __future__ import annotations

import asyncio
import resource
import uuid
from typing import Any, ClassVar, cast

import structlog
import uvicorn
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from server.gate.headers import CORRELATION_HEADER, SECURITY_HEADERS
from server.gate.refusals import Refusal, RefusalCode, bytes_of, response_of

log = structlog.get_logger(__name__)

HEAD_BYTES_AT_MOST = 65_536
LINGER_SECONDS = 5.0
WRITE_SECONDS = 30.0
WRITE_BYTES = 16_384
#: Connections beyond the limit, which are told so; those who ask how the service is are answered on them.
SPARE_CONNECTIONS = 64
#: Files that are open beside connections: the graph's, the engine's, what is imported, logs.
OTHER_FILES = 512
#: Of uvicorn's main loop, ten a second, from one look for slow connections to the next.
SWEEP_TICKS = 10

#: Never refused, whatever the load: a process that is restarted for being busy is of no use to anybody.
PROBES = frozenset({b"/livez", b"/metrics", b"/readyz"})


class Connection(HttpToolsProtocol):
    """One connection. `sweep` is called about every second, so that a request costs no timer of its own."""

    connections_at_most: ClassVar[int] = 1000
    head_seconds: ClassVar[float] = 10.0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._application = self.app
        # When the head that is being waited for began; None while there is none.
        self._head_since: float | None = None
        self._head_bytes = 0
        self._arriving = 0
        self._body_is_whole = True
        self._lingers_since: float | None = None
        # Bytes that wait to be taken, and since when there were so many.
        self._unread: tuple[int, float] | None = None

    # ---- what uvicorn and the parser tell --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        if len(self.connections) >= self.connections_at_most + SPARE_CONNECTIONS:
            self._make_room()
        super().connection_made(cast(asyncio.Transport, transport))
        self._head_since = self.loop.time()

    def data_received(self, data: bytes) -> None:
        if self._head_since is None and self._is_idle:
            # Uvicorn's limit for idle connections ends here, also for bytes with which no request begins.
            self._begin_head()
        self._arriving = len(data)
        super().data_received(data)
        if self._head_since is not None:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES_AT_MOST:
                self._refuse(_too_large())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin_head()

    def on_headers_complete(self) -> None:
        self._head_since = None
        self._body_is_whole = False
        self._lingers_since = None
        # A head that comes whole in the last of its pieces is counted here.
        if self._head_bytes + self._arriving > HEAD_BYTES_AT_MOST and self._head_size > HEAD_BYTES_AT_MOST:
            self._refuse(_too_large())
            return
        if self.parser.get_http_version() not in ("1.0", "1.1"):
            self._refuse(_no_http())
            return
        full = len(self.connections) > self.connections_at_most and self.url.partition(b"?")[0] not in PROBES
        self.app = _refuse_full if full else self._application
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._body_is_whole = True
        super().on_message_complete()

    def resume_writing(self) -> None:
        self._unread = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        in_head = self._head_since is not None
        too_large = in_head and self._head_bytes + self._arriving > HEAD_BYTES_AT_MOST
        self._refuse(_too_large() if too_large else _no_http())

    # ---- limits ------------------------------------------------------------------------------------------------------

    def sweep(self, now: float) -> None:
        """Ends the connection where something of it takes too long."""
        if self.transport is None or (self.transport.is_closing() and not self.transport.get_write_buffer_size()):
            return
        if self._head_since is not None and self._is_idle and now - self._head_since > self.head_seconds:
            self._refuse(
                Refusal(
                    RefusalCode.TOO_SLOW,
                    f"The head of the request did not come whole within {self.head_seconds:g} s: send it again",
                )
            )
        elif self.cycle is not None and self.cycle.response_complete and not self._body_is_whole:
            self._lingers_since = now if self._lingers_since is None else self._lingers_since
            if now - self._lingers_since > LINGER_SECONDS:
                self.transport.close()
        self._sweep_unread(now)

    def _sweep_unread(self, now: float) -> None:
        size = self.transport.get_write_buffer_size()
        if not size:
            self._unread = None
        elif self._unread is None:
            self._unread = size, now
        elif now - self._unread[1] > WRITE_SECONDS:
            if size > self._unread[0] - WRITE_BYTES:
                self.transport.abort()
            self._unread = size, now

    @property
    def _is_idle(self) -> bool:
        """Whether no request is being read or answered."""
        return self._body_is_whole and (self.cycle is None or self.cycle.response_complete)

    @property
    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    def _begin_head(self) -> None:
        self._head_since = self.loop.time()
        self._head_bytes = 0

    def _make_room(self) -> None:
        """Closes a connection on which nothing is being answered, so that a new one can always be told what is so."""
        for each in self.connections:
            if isinstance(each, Connection) and each._is_idle:
                self.connections.discard(each)
                each.transport.abort()
                return

    def _refuse(self, refusal: Refusal) -> None:
        """Answers without an application, and closes."""
        if self.transport.is_closing():
            return
        self._head_since = None
        correlation_id = uuid.uuid4().hex
        body = bytes_of(refusal, correlation_id)
        headers = [
            *SECURITY_HEADERS,
            (CORRELATION_HEADER.lower().encode(), correlation_id.encode()),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        log.info("Refused", code=refusal.code.value, correlation_id=correlation_id)
        self.transport.write(STATUS_LINE[refusal.code.status] + lines + b"\r\n" + body)
        self.transport.close()


def _too_large() -> Refusal:
    return Refusal(
        RefusalCode.HEADERS_TOO_LARGE,
        f"The address and the headers are larger than {HEAD_BYTES_AT_MOST} bytes: send fewer",
    )


def _no_http() -> Refusal:
    return Refusal(RefusalCode.INVALID_REQUEST, "This is not HTTP/1.1: send a request as its standard says")


def connection_class(*, connections: int, head_seconds: float) -> type[asyncio.Protocol]:
    """What `uvicorn.Config` takes as `http`."""
    limits = {"connections_at_most": connections, "head_seconds": head_seconds}
    return type("LimitedConnection", (Connection,), limits)


class Server(uvicorn.Server):
    """Ends the connections that are too slow."""

    async def on_tick(self, counter: int) -> bool:
        if counter % SWEEP_TICKS == 0:
            now = asyncio.get_running_loop().time()
            for each in list(self.server_state.connections):
                if isinstance(each, Connection):
                    each.sweep(now)
        return await super().on_tick(counter)


def allow_open_files(connections: int) -> None:
    """Raises this process's limit on open files to what so many connections need, as far as the system lets it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = connections + SPARE_CONNECTIONS + OTHER_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


async def _refuse_full(scope: Any, receive: Any, send: Any) -> None:
    refusal = Refusal(RefusalCode.OVERLOADED, "There are too many connections: come again later", {"Retry-After": "1"})
    correlation_id = uuid.uuid4().hex
    response = response_of(refusal, correlation_id)
    response.headers.update({"Connection": "close", CORRELATION_HEADER: correlation_id})
    response.raw_headers.extend(SECURITY_HEADERS)
    await response(scope, receive, send)
