"""Reading the body of a request: so many bytes, and strict JSON."""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
from collections.abc import AsyncIterator, Callable
from typing import Any, NoReturn

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from graph.json_text import values_in
from server.gate.refusals import Refusal, RefusalCode

PROGRESS_SECONDS = 60.0
#: Some lines: who has fewer to tell gathers them first, and holds nobody's place meanwhile.
PROGRESS_BYTES = 1_024

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


async def read_body(receive: Receive, announced: str | None, bytes_at_most: int) -> bytearray:
    """The whole body. Raises Refusal BODY_TOO_LARGE, where possible before it has come, and ClientDisconnect."""
    if announced is not None and announced.isdecimal() and int(announced[:20]) > bytes_at_most:
        raise _too_large(bytes_at_most)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > bytes_at_most:
            raise _too_large(bytes_at_most)
        if not message.get("more_body", False):
            return body


async def stream_body(
    receive: Receive, idle_seconds: float, *, monotonic: Callable[[], float] = time.monotonic
) -> AsyncIterator[bytes]:
    """The body in the pieces in which it comes. Raises Refusal TOO_SLOW where none comes for so long, or fewer than
    `PROGRESS_BYTES` in `PROGRESS_SECONDS` (or `idle_seconds`, if those are more) of waiting for them, and
    ClientDisconnect."""
    window = max(PROGRESS_SECONDS, idle_seconds)
    waited, came = 0.0, 0
    while True:
        began = monotonic()
        try:
            async with asyncio.timeout(idle_seconds):
                message = await receive()
        except TimeoutError:
            raise _too_slow(f"Nothing came for {idle_seconds:g} s") from None
        # What is done with a piece takes none of the client's time.
        waited += monotonic() - began
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body = message.get("body", b"")
        came += len(body)
        if body:
            yield body
        if not message.get("more_body", False):
            return
        if waited >= window:
            if came < PROGRESS_BYTES:
                raise _too_slow(f"Fewer than {PROGRESS_BYTES} bytes came within {window:g} s")
            waited, came = 0.0, 0


def _too_slow(message: str) -> Refusal:
    return Refusal(RefusalCode.TOO_SLOW, f"{message}: send the whole again, what was written before stays as it is")


def _too_large(bytes_at_most: int) -> Refusal:
    return Refusal(RefusalCode.BODY_TOO_LARGE, f"The body is larger than {bytes_at_most} bytes: send less at once")


def read_json(body: bytes | bytearray | str, what: str, values_at_most: int) -> Any:
    """What strict JSON says: UTF-8, no NaN or Infinity, no number so large that it were one, no name twice in an
    object, no half of a character.

    `what` begins the message. Raises Refusal NOT_JSON, and BODY_TOO_LARGE for more values than `values_at_most`, before
    anything is made of them.
    """
    values = values_in(body.encode() if isinstance(body, str) else body)
    if values > values_at_most:
        raise Refusal(
            RefusalCode.BODY_TOO_LARGE,
            f"{what} has {values} values, and may have {values_at_most}: send less at once",
        )
    try:
        text = body if isinstance(body, str) else body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _not_json(f"{what} is not UTF-8") from error
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_float=_finite, parse_constant=_constant)
        if _SURROGATE.search(text):
            json.dumps(value, ensure_ascii=False).encode()
    except _Twice as error:
        raise _not_json(f"{what} has a name twice in one object") from error
    except _Infinite as error:
        raise _not_json(f"{what} has a number that is too large") from error
    except UnicodeEncodeError as error:
        raise _not_json(f"{what} has one half of a surrogate pair") from error
    except RecursionError as error:
        raise _not_json(f"{what} is nested too deeply") from error
    except ValueError as error:
        raise _not_json(f"{what} is not JSON") from error
    return value


class _Twice(ValueError):
    """A name is in an object twice: parsers disagree on which one counts."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) < len(pairs):
        raise _Twice
    return value


class _Infinite(ValueError):
    """A number is past all that can be told apart."""


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise _Infinite
    return number


def _constant(name: str) -> NoReturn:
    raise ValueError(name)


def _not_json(message: str) -> Refusal:
    return Refusal(RefusalCode.NOT_JSON, f"{message}: send one JSON object, in UTF-8")
