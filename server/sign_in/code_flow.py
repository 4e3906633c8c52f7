"""Signing in in production mode: there and back to the issuer (OpenID Connect, code flow with PKCE)."""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import parse_qsl

import structlog
from starlette.responses import RedirectResponse, Response

from graph.errors import Forbidden, IssuerUnavailable, Unauthenticated
from server.endpoint import Exchange
from server.errors import RETRY_AFTER_SECONDS
from server.gate.refusals import method_not_allowed
from server.pages.writing import Pages
from server.sign_in.cookies import Purpose
from server.sign_in.failure import LATER, Reason, SignInFailed
from server.sign_in.issuer import Issuer, Secrets
from server.sign_in.places import HOME
from server.sign_in.sessions import Sessions

#: From being sent to the issuer to coming back.
SIGNING_IN_SECONDS_AT_MOST = 600
RANDOM_BYTES = 32
_PARAMETERS_AT_MOST = 20

log = structlog.get_logger(__name__)


class CodeFlow:
    """What is random in a sign-in waits in a cookie of the browser that began it: no other can end it."""

    def __init__(self, issuer: Issuer, sessions: Sessions, pages: Pages) -> None:
        self._issuer = issuer
        self._sessions = sessions
        self._pages = pages

    async def begin(self, exchange: Exchange, to: str) -> Response:
        """Sends somebody to the issuer."""
        mine = Secrets(*(secrets.token_urlsafe(RANDOM_BYTES) for _ in range(3)))
        try:
            response = RedirectResponse(await self._issuer.address(mine), 303)
        except SignInFailed as failure:
            return self._failed(failure, to, exchange)
        content = {"state": mine.state, "nonce": mine.nonce, "code_verifier": mine.code_verifier, "to": to}
        cookies = self._sessions.cookies
        cookies.put(response, Purpose.SIGNING_IN, content, int(cookies.now() + SIGNING_IN_SECONDS_AT_MOST))
        return response

    async def finish(self, exchange: Exchange) -> Response:
        """Takes somebody who comes back, and leads them to where they wanted to be."""
        if exchange.request.method != "GET":
            raise method_not_allowed("GET", "The issuer leads people here by GET")
        try:
            given = _parameters(exchange.request.scope["query_string"])
            mine, to = self._begun(exchange, given.get("state", ""))
        except SignInFailed as failure:
            # Whatever this answers: a sign-in that is under way goes on.
            return self._failed(failure, HOME, exchange)
        response: Response = RedirectResponse(self._pages.base + to, 303)
        try:
            await self._begin_session(response, await self._issuer.check_answer(given), mine)
        except SignInFailed as failure:
            response = self._failed(failure, to, exchange)
        # However it ended: what was random in it is of no further use.
        self._sessions.cookies.take_back(response, Purpose.SIGNING_IN)
        return response

    def _begun(self, exchange: Exchange, state: str) -> tuple[Secrets, str]:
        """The sign-in that this browser began, if it is the one with this state, and where it was to lead."""
        cookies = self._sessions.cookies
        try:
            sealed = cookies.find(exchange.request.scope["headers"], Purpose.SIGNING_IN)
        except Unauthenticated:
            sealed = None
        content = None if sealed is None else cookies.open(Purpose.SIGNING_IN, sealed)
        if content is None:
            minutes = SIGNING_IN_SECONDS_AT_MOST // 60
            told = f"Signing in was begun in another browser, or more than {minutes} minutes ago. Begin again."
            raise SignInFailed(Reason.NOT_BEGUN, told, 400)
        mine = Secrets(content["state"], content["nonce"], content["code_verifier"])
        if not hmac.compare_digest(state.encode(), mine.state.encode()):
            told = "Signing in was begun anew since, in another tab perhaps. Begin again."
            raise SignInFailed(Reason.OTHER_STATE, told, 400)
        return mine, content["to"]

    async def _begin_session(self, response: Response, code: str, mine: Secrets) -> None:
        token = await self._issuer.access_token(code, mine)
        try:
            await self._sessions.begin(response, token)
        except IssuerUnavailable as error:
            raise SignInFailed(Reason.UNREACHABLE, LATER, 503) from error
        except (Unauthenticated, Forbidden) as error:
            told = f"You are known to the sign-in service, but it gave nothing that is of use here: {error.message}."
            raise SignInFailed(Reason.OF_NO_USE, told, 403, error.message) from error

    def _failed(self, failure: SignInFailed, to: str, exchange: Exchange) -> Response:
        log.warning(
            "Nobody was signed in",
            reason=failure.reason.value,
            detail=failure.detail,
            correlation_id=exchange.correlation_id,
        )
        return self._pages.respond(
            "not_signed_in.html",
            status=failure.status,
            headers={"Retry-After": str(RETRY_AFTER_SECONDS)} if failure.status == 503 else None,
            told=failure.told,
            to=to,
            correlation_id=exchange.correlation_id,
        )


def _parameters(query_string: bytes) -> dict[str, str]:
    """What the issuer answers: whatever else it adds is nothing to us. What is there twice counts as not there."""
    try:
        pairs = parse_qsl(query_string.decode("ascii"), errors="strict", max_num_fields=_PARAMETERS_AT_MOST)
    except ValueError as error:
        raise SignInFailed(Reason.INCOMPLETE, "This answer of the sign-in service cannot be read.", 400) from error
    names = [name for name, _ in pairs]
    return {name: value for name, value in pairs if names.count(name) == 1}
