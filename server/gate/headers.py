"""Headers that every answer has, and which pages of other origins may read answers."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.gate.refusals import Refusal, RefusalCode, response_of

CORRELATION_HEADER = "X-Request-Id"
_CORRELATION = CORRELATION_HEADER.lower().encode()
PREFLIGHT_SECONDS = 600
YEAR_SECONDS = 31_536_000

SECURITY_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    # What is held about a person is for that person's eyes: no cache on the way may keep an answer.
    (b"cache-control", b"no-store"),
    # Answers are data. A browser that is made to open one as a page runs nothing, loads nothing and shows it in no
    # frame; this makes X-Frame-Options needless, and Permissions-Policy too: no script is there to ask for anything.
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    # An operation in an address (GET) must not reach another site.
    (b"referrer-policy", b"no-referrer"),
    # No other site may embed an answer as if it were an image or a script; whom CORS allows is not touched by it.
    (b"cross-origin-resource-policy", b"same-origin"),
)
_NO_POWERS = ("camera", "display-capture", "geolocation", "microphone", "payment", "usb")


def _page(**policy: str) -> Mapping[str, str]:
    """What a page has beside those. `policy`: from where it may have what."""
    policy = {"default_src": "'none'", **policy, "form_action": "'self'", "base_uri": "'none'"}
    policy["frame_ancestors"] = "'none'"
    return {
        "Content-Security-Policy": "; ".join(f"{name.replace('_', '-')} {where}" for name, where in policy.items()),
        # Without any referrer a browser would not say either that a form is our own (`Origin: null`).
        "Referrer-Policy": "same-origin",
        "Permissions-Policy": ", ".join(f"{power}=()" for power in _NO_POWERS),
        "Cross-Origin-Opener-Policy": "same-origin",
    }


# What is written here to be looked at: styled from this origin, with forms that lead back to it, and nothing else.
PAGE_SECURITY = _page(style_src="'self'")
# What is built: files of this origin, and pictures that a script draws. Nothing stands in the page itself, nothing is
# made of text, and nothing is asked of another host.
_BUILT = {"script_src": "'self'", "img_src": "'self' data: blob:", "connect_src": "'self'"}
BUILT_PAGE_SECURITY = _page(**_BUILT, style_src="'self'", font_src="'self'")
# GraphiQL's editor writes styles into the page, and has a font in its own.
EDITOR_SECURITY = _page(**_BUILT, style_src="'self' 'unsafe-inline'", font_src="'self' data:")
# Without includeSubDomains: what other hosts of the company speak is not for this service to say.
STRICT_TRANSPORT = (b"strict-transport-security", f"max-age={YEAR_SECONDS}".encode())


def security_headers(*, is_production: bool) -> tuple[tuple[bytes, bytes], ...]:
    """What every answer has. `is_production`: only there TLS is sure to be before the service."""
    return (*SECURITY_HEADERS, STRICT_TRANSPORT) if is_production else SECURITY_HEADERS


class CommonHeaders:
    """Adds the security headers and the correlation id that an answer does not have yet. Stands outside of everything
    else, so that errors have them too."""

    def __init__(self, app: ASGIApp, correlation_id: Callable[[Scope], str], *, is_production: bool) -> None:
        self._app = app
        self._correlation_id = correlation_id
        self._headers = security_headers(is_production=is_production)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = message.setdefault("headers", [])
                names = {name for name, _ in given}
                given.extend(header for header in self._headers if header[0] not in names)
                if _CORRELATION not in names:
                    given.append((_CORRELATION, self._correlation_id(scope).encode()))
            await send(message)

        await self._app(scope, receive, send_with_headers)


class Cors(CORSMiddleware):
    """Pages of these origins may send requests with a token and read the answers; never with cookies, which are for
    this service's own pages."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        super().__init__(
            app,
            allow_origins=origins,
            allow_methods=("GET", "POST"),
            allow_headers=("Accept", "Authorization", "Content-Type", CORRELATION_HEADER),
            allow_credentials=False,
            expose_headers=(CORRELATION_HEADER, "Retry-After"),
            max_age=PREFLIGHT_SECONDS,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return PlainTextResponse(status_code=204, headers=_without_content(response))
        refusal = Refusal(
            RefusalCode.ORIGIN_NOT_ALLOWED,
            "Pages of this origin may not send this: VITRINE_CORS_ORIGINS names those that may, by GET and POST",
            _without_content(response),
        )
        correlation_id = uuid.uuid4().hex
        refused = response_of(refusal, correlation_id)
        refused.headers[CORRELATION_HEADER] = correlation_id
        return refused


def _without_content(response: Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if not name.startswith("content-")}
