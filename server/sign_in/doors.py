"""`/sign-in`, `/signed-in`, `/sign-out` and `/session`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from starlette.responses import JSONResponse, RedirectResponse, Response

from graph.errors import Unauthenticated
from graph.store.times import to_text
from server.endpoint import Exchange, Handler
from server.feeds.conditional import require_reading
from server.feeds.parameters import read_parameters
from server.gate.refusals import Refusal, RefusalCode, method_not_allowed
from server.pages.writing import Pages
from server.sign_in.code_flow import CodeFlow
from server.sign_in.development import DevelopmentSignIn
from server.sign_in.own_pages import PAGE_HEADER
from server.sign_in.places import HOME, read_place
from server.sign_in.sessions import Sessions
from server.tokens import viewer_of


class Doors:
    """Where people come in and go out."""

    def __init__(
        self, sessions: Sessions, way: DevelopmentSignIn | CodeFlow | None, pages: Pages, *, mode: str
    ) -> None:
        """`way`: how people sign in here; None where they cannot."""
        self._sessions = sessions
        self._way = way
        self._pages = pages
        self._mode = mode

    async def home(self, exchange: Exchange) -> Response:
        """The way to each page."""
        require_reading(exchange.request)
        return self._pages.respond("home.html")

    async def sign_in(self, exchange: Exchange) -> Response:
        if self._way is None:
            return self._pages.respond("no_sign_in.html", status=404)
        if isinstance(self._way, DevelopmentSignIn) and exchange.request.method == "POST":
            return await self._way.choose(exchange)
        require_reading(exchange.request)
        given = read_parameters(exchange.request.scope["query_string"], ("to",))
        return await self._way.begin(exchange, read_place(given.get("to")))

    async def signed_in(self, exchange: Exchange) -> Response:
        if not isinstance(self._way, CodeFlow):
            return self._pages.respond("no_sign_in.html", status=404)
        return await self._way.finish(exchange)

    async def sign_out(self, exchange: Exchange) -> Response:
        request = exchange.request
        if request.method != "POST":
            raise method_not_allowed("POST", "Sign out by POST, so that no link does it")
        if not self._sessions.own_pages.sent_form(request.scope):
            told = f"Sign out from a page of this service: send {PAGE_HEADER}: 1"
            raise Refusal(RefusalCode.ORIGIN_NOT_ALLOWED, told)
        # A page of somebody who was signed in before ends nobody's session. Without the issuer it can only be trusted.
        await self._sessions.viewer_to_show(request.scope)
        home = RedirectResponse(self._pages.base + HOME, 303)
        # A script has nothing of a page that it is led to.
        response = Response(None, 204) if PAGE_HEADER in request.headers else home
        self._sessions.end(response)
        return response

    async def session(self, exchange: Exchange) -> Response:
        """Who is signed in, as our own pages ask."""
        require_reading(exchange.request)
        body: dict[str, Any] = {"viewer": None, "mode": self._mode, "canSignIn": self._way is not None}
        response: Response
        try:
            credential = self._sessions.credential(exchange.request.scope)
            viewer = await viewer_of(credential, self._sessions.verifier)
        except Unauthenticated:
            response = JSONResponse(body)
            self._sessions.end(response)
            return response
        if credential is not None:
            ends_at = datetime.fromtimestamp(credential.ends_at, UTC)
            kind = "STAFF" if viewer.is_staff else "SUBJECT"
            body["viewer"] = {"id": viewer.id, "kind": kind, "expiresAt": to_text(ends_at)}
        return JSONResponse(body)

    def for_staff(self, page: Handler) -> Handler:
        """A page that only they may see."""

        async def answer(exchange: Exchange) -> Response:
            if exchange.viewer.is_staff:
                return await page(exchange)
            exchange.viewer.require_told()
            return self._pages.respond("for_staff.html", status=403, to=exchange.request.url.path)

        return answer
