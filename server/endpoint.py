"""What every endpoint that serves data does with a request: who asks, under which id, and how it ends."""

from __future__ import annotations

import re
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import structlog
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from graph.errors import Unauthenticated, VitrineError
from server.errors import RETRY_AFTER_SECONDS, as_json, status_of
from server.tokens import TokenVerifier, viewer_of
from server.viewer import Viewer

log = structlog.get_logger(__name__)

CORRELATION_HEADER = "X-Request-Id"
_CORRELATION_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

# What is held about a person is for that person's eyes: no cache on the way may keep an answer.
HEADERS = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}

Handler = Callable[[Request, Viewer, str], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Requests:
    """How requests are taken in."""

    verifier: TokenVerifier
    new_id: Callable[[], str]

    async def answer(self, scope: Scope, receive: Receive, send: Send, handler: Handler) -> None:
        """Runs `handler` with the request, its viewer and its correlation id: the one that the client sent, or a new
        one. Whatever it raises becomes a JSON answer with a code."""
        request = Request(scope, receive)
        sent = request.headers.get(CORRELATION_HEADER, "")
        correlation_id = sent if _CORRELATION_ID.fullmatch(sent) else self.new_id()
        began = time.perf_counter()
        try:
            viewer = await viewer_of(request.headers.raw, self.verifier)
            response = await handler(request, viewer, correlation_id)
        except ClientDisconnect:
            log.info("The client went away", path=scope["path"], correlation_id=correlation_id)
            return
        except HTTPException as error:
            response = _refusal(error, correlation_id)
        except Exception as error:  # whatever it is, the client gets an answer, and nothing that is ours
            response = _failure(error, correlation_id)
        response.headers.update({CORRELATION_HEADER: correlation_id, **HEADERS})
        await response(scope, receive, send)
        log.info(
            "Answered",
            method=scope["method"],
            path=scope["path"],
            status=response.status_code,
            milliseconds=round((time.perf_counter() - began) * 1000, 1),
            correlation_id=correlation_id,
        )


def limited(receive: Receive, request: Request, bytes_at_most: int) -> Receive:
    """`receive`, which raises HTTPException 413 as soon as more of the body has come than is allowed."""
    too_large = HTTPException(413, f"The request is larger than {bytes_at_most} bytes")
    announced = request.headers.get("content-length", "0")
    if announced.isdecimal() and int(announced) > bytes_at_most:
        raise too_large
    received = 0

    async def receive_limited() -> Message:
        nonlocal received
        message = await receive()
        received += len(message.get("body", b""))
        if received > bytes_at_most:
            raise too_large
        return message

    return receive_limited


def _refusal(error: HTTPException, correlation_id: str) -> Response:
    extensions = {"code": "INVALID_REQUEST", "correlationId": correlation_id}
    body = {"errors": [{"message": error.detail, "extensions": extensions}]}
    return JSONResponse(body, error.status_code, headers=error.headers)


def _failure(error: Exception, correlation_id: str) -> Response:
    status = status_of(error) if isinstance(error, VitrineError) else 500
    response = JSONResponse(as_json(error, correlation_id), status)
    if isinstance(error, Unauthenticated):
        response.headers["WWW-Authenticate"] = "Bearer"
    if status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
