"""What every endpoint that serves data does with a request: who asks, under which id, and how it ends."""

from __future__ import annotations

import asyncio
import math
import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from graph.errors import Unauthenticated, VitrineError
from server.errors import RETRY_AFTER_SECONDS, as_json, status_of
from server.gate.addresses import Addresses
from server.gate.bodies import read_body
from server.gate.headers import CORRELATION_HEADER
from server.gate.rates import FAILURE_COST, Rate
from server.gate.refusals import ErrorForm, ErrorForms, Refusal, RefusalCode, as_data, response_of
from server.sign_in.sessions import Sessions, Takes
from server.tokens import Credential, TokenVerifier, credential_in, viewer_of
from server.viewer import ANONYMOUS, Viewer
from server.watching.requests import endpoint_at_hand

log = structlog.get_logger(__name__)

# Random by its form, because it is logged: no name, address or number of a person looks so.
_CORRELATION_ID = re.compile(r"[0-9a-fA-F]{32}|[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


@dataclass(slots=True)
class Exchange:
    """One request and what is known of it so far. `reading`: whether its body is being waited for."""

    request: Request
    receive: Receive
    correlation_id: str
    credential: Credential | None = None
    viewer: Viewer = ANONYMOUS
    reading: bool = False

    async def read_body(self, bytes_at_most: int) -> bytearray:
        """Raises Refusal BODY_TOO_LARGE and ClientDisconnect."""
        self.reading = True
        body = await read_body(self.receive, self.request.headers.get("content-length"), bytes_at_most)
        self.reading = False
        return body


Handler = Callable[[Exchange], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Requests:
    """How requests are taken in. What is cheap to tell comes first: the address' rate limit before the credential is
    verified, that of its holder before anything is read."""

    verifier: TokenVerifier
    sessions: Sessions
    new_id: Callable[[], str]
    addresses: Addresses
    address_rate: Rate
    holder_rate: Rate

    async def answer(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        handler: Handler,
        *,
        seconds: float | None,
        sessions: Takes = Takes.NOTHING,
        errors_as: ErrorForms = lambda _: as_data,
    ) -> None:
        """Runs `handler` with the request, its viewer and its correlation id: the one that the client sent, or a new
        one. Whatever it raises becomes an answer with a code, JSON unless `errors_as` says otherwise. `seconds`: for
        everything but sending the answer; None for as long as it takes. `sessions`: for what those count here."""
        request = Request(scope, receive)
        exchange = Exchange(request, receive, self.correlation_id(scope))
        began = time.perf_counter()
        try:
            try:
                async with asyncio.timeout(seconds) as limit:
                    await self._admit(exchange, sessions)
                    response = await handler(exchange)
            except TimeoutError:
                if seconds is None or not limit.expired():
                    raise  # the system's own: a connection, a file
                raise _out_of_time(exchange, seconds) from None
        except ClientDisconnect:
            log.info("The client went away", path=endpoint_at_hand(), correlation_id=exchange.correlation_id)
            return
        except Refusal as refusal:
            response = response_of(refusal, exchange.correlation_id, errors_as(request))
        except Exception as error:  # whatever it is, the client gets an answer, and nothing that is ours
            response = failure(error, exchange.correlation_id, errors_as(request))
        response.headers[CORRELATION_HEADER] = exchange.correlation_id
        await response(scope, receive, send)
        log.info(
            "Answered",
            method=scope["method"],
            path=endpoint_at_hand(),
            status=response.status_code,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
            correlation_id=exchange.correlation_id,
        )

    def correlation_id(self, scope: Scope) -> str:
        for name, value in scope["headers"]:
            if name == b"x-request-id":
                sent: str = value.decode("latin-1")
                return sent if _CORRELATION_ID.fullmatch(sent) else self.new_id()
        return self.new_id()

    async def _admit(self, exchange: Exchange, sessions: Takes) -> None:
        """Raises Refusal RATE_LIMITED, ORIGIN_NOT_ALLOWED and OTHER_VIEWER, Unauthenticated, IssuerUnavailable."""
        scope = exchange.request.scope
        address = self.addresses.of(scope)
        self.address_rate.take(address)
        try:
            exchange.credential = credential_in(scope["headers"])
            of_session = None
            if exchange.credential is None and sessions is Takes.OF_OUR_PAGES:
                exchange.credential = of_session = self.sessions.credential(scope)
            viewer = await viewer_of(exchange.credential, self.verifier)
        except Unauthenticated:
            self.address_rate.charge(address, FAILURE_COST - 1)
            raise
        if of_session is not None:
            self.sessions.require_same(scope, viewer)
        elif exchange.credential is None and sessions is Takes.TO_SHOW:
            viewer = await self.sessions.viewer_to_show(scope)
        if not viewer.is_anonymous:
            # What two claims name may have one id; one holder may have tokens for more and for less.
            for kind in viewer.scopes or (None,):
                self.holder_rate.take((viewer.id, kind))
        exchange.viewer = viewer

    async def seconds_left(self, exchange: Exchange, at_most: float = math.inf) -> float:
        """For how long what lasts may go on: until the credential ends, and `at_most` so long. Raises as `answer`
        tells of credentials."""
        if exchange.credential is None:
            return at_most
        return min(at_most, await self.verifier.seconds_left(exchange.credential))


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A handler as an application of its own: see `Requests.answer`."""

    requests: Requests
    handler: Handler
    seconds: float | None
    sessions: Takes = Takes.NOTHING
    errors_as: ErrorForms = lambda _: as_data

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.requests.answer(
            scope,
            receive,
            send,
            self.handler,
            seconds=self.seconds,
            sessions=self.sessions,
            errors_as=self.errors_as,
        )


def failure(error: Exception, correlation_id: str, form: ErrorForm = as_data) -> Response:
    """The answer to a request that an error of the project, or an unexpected one, has ended."""
    status = status_of(error) if isinstance(error, VitrineError) else 500
    headers = {}
    if isinstance(error, Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return form(as_json(error, correlation_id), status, headers)


def _out_of_time(exchange: Exchange, seconds: float) -> Refusal:
    if exchange.reading:
        return Refusal(RefusalCode.TOO_SLOW, f"The request did not come whole within {seconds:g} s: send it again")
    return Refusal(
        RefusalCode.TIMED_OUT,
        f"The answer was not ready within {seconds:g} s: ask for less, or later; what was to be written may be written",
        {"Retry-After": str(RETRY_AFTER_SECONDS)},
    )
