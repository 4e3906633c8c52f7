"""Connections: how many there are, and how slow each may be. What uvicorn leaves without a limit gets one here.

    a head (request line and headers)    comes whole in `head_seconds`, in at most `HEAD_BYTES_AT_MOST`
    what frames a body                   is at most as long between two pieces of it; trailers are dropped
    requests sent ahead of answers       are at most `PIPELINED_AT_MOST`
    a body after its answer              comes whole in `LINGER_SECONDS`, or is not waited for
    an answer                            is taken, `WRITE_BYTES` in each `WRITE_SECONDS`, all in `ANSWER_SECONDS`
    answers that wait to be taken        are as large as `server.gate.unsent` says, one on each connection

The body of a request that is being answered is limited by whoever reads it (`server.endpoint`).
"""

from __future__ import annotations

import asyncio
import resource
import uuid
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

import httptools
import structlog
import uvicorn
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from server.gate.addresses import network_of
from server.gate.headers import CORRELATION_HEADER
from server.gate.places import Places
from server.gate.refusals import Refusal, RefusalCode, bytes_of
from server.gate.unsent import WELL_BYTES, Unsent

log = structlog.get_logger(__name__)

HEAD_BYTES_AT_MOST = 65_536
PIPELINED_AT_MOST = 64
LINGER_SECONDS = 5.0
WRITE_SECONDS = 30.0
WRITE_BYTES = 16_384
ANSWER_SECONDS = 300.0
#: Connections beyond the limit, which are told so; those who ask how the service is are answered on them.
SPARE_CONNECTIONS = 64
#: Files that are open beside connections: the graph's, the engine's, what is imported, logs.
OTHER_FILES = 512
#: Of uvicorn's main loop, ten a second, from one look for slow connections to the next.
SWEEP_TICKS = 10

#: Never refused, whatever the load: a process that is restarted for being busy is of no use to anybody.
PROBES = frozenset({b"/livez", b"/metrics", b"/readyz"})


@dataclass(frozen=True, slots=True)
class Terms:
    """What all connections of one service have in common.

    `headers`: of every answer that no application gives. `on_refusal`: told the code of each of these, and of a
    connection that ends without one.
    """

    places: Places
    unsent: Unsent
    head_seconds: float
    headers: Sequence[tuple[bytes, bytes]]
    on_refusal: Callable[[str], None]


class Connection(HttpToolsProtocol):
    """One connection. `sweep` is called about every second, so that a request costs no timer of its own."""

    terms: ClassVar[Terms]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Whether it came when all places were taken.
        self._is_spare = False
        # When the head that is being waited for began; None while there is none.
        self._head_since: float | None = None
        # Bytes since the head began, or since the last that came of the body; those that are being read not yet.
        self._framing_bytes = 0
        self._arriving = 0
        # Whether a head, or something of a body, ended in the bytes that are being read.
        self._moved = False
        self._body_is_whole = True
        # Requests with a whole head that have no whole answer.
        self._unanswered = 0
        # What ends the connection, after the answers to the requests before it.
        self._refusal: Refusal | None = None
        self._lingers_since: float | None = None
        # Since when bytes wait to be taken; how many there were, and when, as last looked at.
        self._unread_since: float | None = None
        self._unread: tuple[int, float] | None = None
        # What it is counted as; since when its answer is not taken well, and how much of that waited a second ago.
        self._address = ""
        self.stalled_since = 0.0
        self._unsent_before = 0
        # Whether the next request begins when the answer before it is taken.
        self._is_held = False

    # ---- what uvicorn and the parser tell --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(cast(asyncio.Transport, transport))
        self.flow = _Flow(self.transport, self.pipeline)
        self._head_since = self.loop.time()
        places = self.terms.places
        self._address = network_of(self.client[0]) if self.client else ""
        places.enter(self, self._address)
        excess = places.excess(self)
        self._is_spare = excess > 0
        if excess > SPARE_CONNECTIONS:
            self._note(RefusalCode.OVERLOADED)
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.terms.places.leave(self)
        self.terms.unsent.end(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._unset_keepalive_if_required()
        if self._refusal is not None:
            return
        if self._head_since is None and self._is_idle:
            # Uvicorn's limit for idle connections ends here, also for bytes with which no request begins.
            self._begin_head()
        self._arriving = len(data)
        self._moved = False
        is_http = self._feed(data)
        # How many of the bytes come after what ended in them is not known: none is counted.
        self._framing_bytes += 0 if self._moved else len(data)
        if self._framing_bytes > HEAD_BYTES_AT_MOST:
            self._refuse(_too_large() if self._head_since is not None else _too_much_framing())
        elif not is_http:
            self._refuse(_no_http())

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._begin_head()

    def on_header(self, name: bytes, value: bytes) -> None:
        # Trailers are no headers: those of the request have been judged by now.
        if self._body_is_whole:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        refusal = self._refusal_of_head()
        self._move()
        self._head_since = None
        self._lingers_since = None
        if refusal is not None:
            self._refuse(refusal)
            # Ends the parser: what follows is the body of no request.
            raise ValueError(refusal.message)
        super().on_headers_complete()
        self._body_is_whole = False
        self._unanswered += 1
        self.terms.places.work(self)

    def on_body(self, body: bytes) -> None:
        self._move()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._move()
        self._body_is_whole = True
        super().on_message_complete()
        self._rest()

    def on_response_complete(self) -> None:
        self._unanswered -= 1
        super().on_response_complete()
        if self._head_since is not None:
            # It may not have been read while it stood behind others.
            self._head_since = self.loop.time()
        self._rest()
        if self._refusal is not None and not self._unanswered:
            self._end(self._refusal)

    def pause_writing(self) -> None:
        super().pause_writing()
        self.stalled_since = self.loop.time()
        self._unsent_before = self._unsent_bytes
        self.terms.unsent.begin(self, self._address, self._unsent_before, self.stalled_since)

    def resume_writing(self) -> None:
        self._unread = None
        self.terms.unsent.end(self)
        super().resume_writing()
        if self._is_held:
            self._is_held = False
            if self.pipeline:
                self._start_asgi_task(*self.pipeline.pop())

    def _start_asgi_task(self, cycle: Any, app: Any) -> None:
        # Its answer would be made, and wait in memory beside the one that is not taken.
        self._is_held = self.flow.write_paused
        if self._is_held:
            self.pipeline.append((cycle, app))
        else:
            super()._start_asgi_task(cycle, app)

    # ---- limits ------------------------------------------------------------------------------------------------------

    def sweep(self, now: float) -> None:
        """Ends the connection where something of it takes too long."""
        if self.transport is None or (self.transport.is_closing() and not self.has_unsent):
            return
        head_seconds = self.terms.head_seconds
        if self._head_since is not None and self._is_idle and now - self._head_since > head_seconds:
            self._refuse(
                Refusal(
                    RefusalCode.TOO_SLOW,
                    f"The head of the request did not come whole within {head_seconds:g} s: send it again",
                )
            )
        elif self.cycle is not None and self.cycle.response_complete and not self._body_is_whole:
            self._lingers_since = now if self._lingers_since is None else self._lingers_since
            if now - self._lingers_since > LINGER_SECONDS:
                self.transport.close()
        self._sweep_unread(now)

    def _sweep_unread(self, now: float) -> None:
        size = self._unsent_bytes
        if self._unsent_before - size >= WELL_BYTES:
            self.stalled_since = now
        self._unsent_before = size
        if not size:
            self._unread_since = self._unread = None
            return
        if self._unread_since is None:
            self._unread_since = now
        if self._unread is None:
            self._unread = size, now
        before, since = self._unread
        is_late = now - since > WRITE_SECONDS
        if (is_late and size > before - WRITE_BYTES) or now - self._unread_since > ANSWER_SECONDS:
            self._note(RefusalCode.TOO_SLOW)
            self.transport.abort()
        elif is_late:
            self._unread = size, now

    @property
    def has_unsent(self) -> bool:
        return bool(self._unsent_bytes)

    @property
    def _unsent_bytes(self) -> int:
        return self.transport.get_write_buffer_size()

    def give_way(self) -> None:
        self.transport.abort()

    def cut_off(self) -> None:
        self._note(RefusalCode.OVERLOADED)
        self.transport.abort()

    @property
    def _is_idle(self) -> bool:
        """Whether no request is being read or answered."""
        return self._body_is_whole and (self.cycle is None or self.cycle.response_complete)

    def _rest(self) -> None:
        if self._is_idle:
            self.terms.places.rest(self)

    def _feed(self, data: bytes) -> bool:
        """Parses, and says whether it is HTTP."""
        while True:
            try:
                self.parser.feed_data(data)
            except httptools.HttpParserUpgrade as upgrade:
                # To no other protocol: what follows is the next request.
                data = data[upgrade.args[0] :]
            except httptools.HttpParserError:
                return False
            else:
                return True

    def _begin_head(self) -> None:
        self._head_since = self.loop.time()
        self._framing_bytes = 0

    def _move(self) -> None:
        self._framing_bytes = 0
        self._moved = True

    @property
    def _head_size(self) -> int:
        return len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)

    @property
    def _has_length(self) -> bool:
        return any(name == b"content-length" and value.strip(b"0") for name, value in self.headers)

    def _refusal_of_head(self) -> Refusal | None:
        # A head that comes whole in the last of its pieces is counted here.
        if self._framing_bytes + self._arriving > HEAD_BYTES_AT_MOST and self._head_size > HEAD_BYTES_AT_MOST:
            return _too_large()
        version = self.parser.get_http_version()
        codings = [value.lower() for name, value in self.headers if name == b"transfer-encoding"]
        # The parser reads chunks in HTTP/1.0 too, where a proxy may see none, and decodes nothing else.
        if version not in ("1.0", "1.1") or (codings and (version == "1.0" or codings != [b"chunked"])):
            return _no_http()
        # Two readers may take it for two hosts (RFC 9112, section 3.2). HTTP/1.0 may name none.
        hosts = sum(name == b"host" for name, _ in self.headers)
        if hosts > 1 or (hosts == 0 and version == "1.1"):
            return Refusal(RefusalCode.INVALID_REQUEST, "A request names its host once: send one Host header")
        # The parser would take the body for the next request.
        if self.parser.should_upgrade() and (codings or self._has_length):
            return Refusal(
                RefusalCode.INVALID_REQUEST, "There is HTTP/1.1 only: send a request with a body without Upgrade"
            )
        if len(self.pipeline) >= PIPELINED_AT_MOST:
            return _overloaded(f"More than {PIPELINED_AT_MOST} requests wait on this connection: wait for answers")
        if self._is_spare:
            self._is_spare = self.terms.places.excess(self) > 0
            if self._is_spare and self.url.partition(b"?")[0] not in PROBES:
                return _overloaded("There are too many connections: come again later")
        return None

    # ---- refusals ----------------------------------------------------------------------------------------------------

    def _refuse(self, refusal: Refusal) -> None:
        """Answers without an application, once all requests before are answered, and closes. Nothing more is read."""
        if self.transport.is_closing() or self._refusal is not None:
            return
        self._head_since = None
        self._refusal = refusal
        if not self._body_is_whole:
            # What is refused is the last request, of which the application knows already.
            if self.cycle.response_started:
                self._note(refusal.code)
                self.transport.close()
                return
            if self.pipeline:
                self.pipeline.popleft()
            self.cycle.disconnected = True
            self.cycle.message_event.set()
            self._unanswered -= 1
        if not self._unanswered:
            self._end(refusal)

    def _end(self, refusal: Refusal) -> None:
        if self.transport.is_closing():
            return
        correlation_id = uuid.uuid4().hex
        body = bytes_of(refusal, correlation_id)
        headers = [
            *self.terms.headers,
            *((name.lower().encode(), value.encode()) for name, value in refusal.headers.items()),
            (CORRELATION_HEADER.lower().encode(), correlation_id.encode()),
            (b"content-type", b"application/json"),
            (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"),
        ]
        lines = b"".join(b"%s: %s\r\n" % header for header in headers)
        self._note(refusal.code, correlation_id=correlation_id)
        self.transport.write(STATUS_LINE[refusal.code.status] + lines + b"\r\n" + body)
        self.transport.close()

    def _note(self, code: RefusalCode, **ids: str) -> None:
        self.terms.on_refusal(code.value)
        log.info("Refused", code=code.value, **ids)


class _Flow(FlowControl):
    """Nothing is read while requests wait for the answers to others; uvicorn would read on after each answer."""

    def __init__(self, transport: asyncio.Transport, pipeline: deque[Any]) -> None:
        super().__init__(transport)
        self._pipeline = pipeline

    def resume_reading(self) -> None:
        if not self._pipeline:
            super().resume_reading()


def _too_large() -> Refusal:
    return Refusal(
        RefusalCode.HEADERS_TOO_LARGE,
        f"The address and the headers are larger than {HEAD_BYTES_AT_MOST} bytes: send fewer",
    )


def _too_much_framing() -> Refusal:
    return Refusal(
        RefusalCode.HEADERS_TOO_LARGE,
        f"More than {HEAD_BYTES_AT_MOST} bytes came that are not of the body: send no trailers or chunk extensions",
    )


def _no_http() -> Refusal:
    return Refusal(RefusalCode.INVALID_REQUEST, "This is not HTTP/1.1: send a request as its standard says")


def _overloaded(message: str) -> Refusal:
    return Refusal(RefusalCode.OVERLOADED, message, {"Retry-After": "1"})


def connection_class(terms: Terms) -> type[asyncio.Protocol]:
    """What `uvicorn.Config` takes as `http`."""
    return type("LimitedConnection", (Connection,), {"terms": terms})


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
