"""Signing in in development mode: a page on which to choose who to be, with a token as `vitrine token` makes it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from urllib.parse import parse_qsl

from starlette.responses import RedirectResponse, Response

from graph.errors import InvalidInput
from graph.store.database import Database
from server.development import EXAMPLE_STAFF, DevelopmentIssuer
from server.endpoint import Exchange
from server.gate.refusals import Refusal, RefusalCode
from server.pages.writing import Pages
from server.sign_in.examples import list_examples
from server.sign_in.places import read_place
from server.sign_in.sessions import Sessions

FORM_BYTES_AT_MOST = 8_192


class DevelopmentSignIn:
    """Lets whoever reaches this machine's loopback be anybody, as that mode does anyway."""

    def __init__(
        self,
        issuer: DevelopmentIssuer,
        sessions: Sessions,
        database: Database,
        examples: Path,
        clock: Callable[[], datetime],
        pages: Pages,
    ) -> None:
        """`examples`: the file of reports whose subjects are offered."""
        self._issuer = issuer
        self._sessions = sessions
        self._database = database
        self._examples = examples
        self._clock = clock
        self._pages = pages

    async def begin(self, exchange: Exchange, to: str) -> Response:
        examples = await list_examples(self._database, self._examples, self._clock())
        return self._pages.respond("development_sign_in.html", examples=examples, staff=EXAMPLE_STAFF, to=to)

    async def choose(self, exchange: Exchange) -> Response:
        """What the form of that page sends. Raises InvalidInput, and Refusal for a form of somebody else's."""
        if not self._sessions.own_pages.sent_form(exchange.request.scope):
            raise Refusal(RefusalCode.ORIGIN_NOT_ALLOWED, "Sign in by the form at /sign-in, in a browser of today")
        body = await exchange.read_body(FORM_BYTES_AT_MOST)
        try:
            given = dict(parse_qsl(body.decode("ascii"), errors="strict", max_num_fields=10))
        except ValueError as error:
            raise InvalidInput("The form cannot be read: choose somebody at /sign-in") from error
        response = RedirectResponse(self._pages.base + read_place(given.get("to")), 303)
        token = self._issuer.mint(subject=given.get("subject"), staff=given.get("staff"))
        await self._sessions.begin(response, token)
        return response
