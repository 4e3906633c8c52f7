"""What is left in a browser: cookies that only this service can read, each for its purpose and until its time."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import orjson
from starlette.responses import Response

from graph.errors import Unauthenticated
from server.sealing import SessionKeys

#: Of name and value: browsers drop what is longer.
COOKIE_BYTES_AT_MOST = 4096

_EXPIRES_AT = "expires_at"


class Purpose(StrEnum):
    """What a cookie is for, which is its name too."""

    SESSION = "vitrine_session"
    SIGNING_IN = "vitrine_signing_in"


class CookieTooLarge(Exception):
    """Browsers would not keep it."""


@dataclass(frozen=True, slots=True)
class SealedCookies:
    """`now`: seconds since the epoch."""

    keys: SessionKeys = field(repr=False)
    is_development: bool
    now: Callable[[], float] = field(repr=False)

    def name(self, purpose: Purpose) -> str:
        """With the prefix, browsers take it from this very host and over TLS alone: no other host of the company puts
        one of its own there. Development does without TLS."""
        return purpose if self.is_development else f"__Host-{purpose}"

    def find(self, headers: Iterable[tuple[bytes, bytes]], purpose: Purpose) -> str | None:
        """What came for a purpose among raw ASGI headers, unopened. Raises Unauthenticated where it came twice."""
        name = self.name(purpose)
        pairs = (
            pair.strip().partition("=")
            for header, value in headers
            if header == b"cookie"
            for pair in value.decode("latin-1").split(";")
        )
        values = [value for each, separator, value in pairs if each == name and separator]
        if len(values) > 1:
            raise Unauthenticated(f"the cookie {name} came twice: clear the cookies of this site, and sign in again")
        return values[0] if values else None

    def open(self, purpose: Purpose, sealed: str) -> Mapping[str, Any] | None:
        """What was sealed; None for what was not sealed here, not for this, or is over."""
        opened = self.keys.open(self._bound_to(purpose), sealed)
        content: Mapping[str, Any] | None = None if opened is None else orjson.loads(zlib.decompress(opened))
        return None if content is None or content[_EXPIRES_AT] <= self.now() else content

    def put(self, response: Response, purpose: Purpose, content: Mapping[str, Any], expires_at: float) -> None:
        """Raises CookieTooLarge."""
        name = self.name(purpose)
        # A token is in Base64, and being sealed in Base64 once more: compressed, it is about as long as it was.
        written = zlib.compress(orjson.dumps({**content, _EXPIRES_AT: expires_at}), level=9)
        value = self.keys.seal(self._bound_to(purpose), written)
        if len(name) + 1 + len(value) > COOKIE_BYTES_AT_MOST:
            raise CookieTooLarge
        self._set(response, name, value, int(expires_at - self.now()))

    def take_back(self, response: Response, purpose: Purpose) -> None:
        self._set(response, self.name(purpose), "", 0)

    def _set(self, response: Response, name: str, value: str, seconds: int) -> None:
        # The framework would put the value into quotation marks.
        secure = "" if self.is_development else "; Secure"
        response.headers.append(
            "Set-Cookie", f"{name}={value}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}"
        )

    def _bound_to(self, purpose: Purpose) -> str:
        return f"{'development' if self.is_development else 'production'} {purpose}"
