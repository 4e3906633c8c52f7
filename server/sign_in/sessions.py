"""Sessions: an access token in a sealed cookie. Nothing is kept here: who has the cookie, has it until it ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from starlette.responses import Response
from starlette.types import Scope

from graph.errors import Forbidden, IssuerUnavailable, Unauthenticated
from server.gate.refusals import Refusal, RefusalCode
from server.sign_in.cookies import CookieTooLarge, Purpose, SealedCookies
from server.sign_in.own_pages import PAGE_HEADER, VIEWER_HEADER, OwnPages
from server.tokens import Credential, TokenVerifier
from server.viewer import ANONYMOUS, Viewer
from server.viewer import Scope as CredentialScope

#: A session ends with its token, and after this at the latest.
SESSION_SECONDS_AT_MOST = 12 * 3600

_FOR_PAGES = frozenset({CredentialScope.SUBJECT, CredentialScope.STAFF})


class Takes(Enum):
    """For what an address takes sessions."""

    NOTHING = auto()
    OF_OUR_PAGES = auto()
    """For what is asked by our own pages: a session that is over is told."""
    TO_SHOW = auto()
    """For what is shown, some of it to everybody and some to staff, and what changes nothing and leaves no record:
    whatever page or mail led there. Where a session is over it is as for nobody; where it cannot be told just now, so
    is what everybody is shown, and the rest is not available."""


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of one service."""

    cookies: SealedCookies
    own_pages: OwnPages
    verifier: TokenVerifier

    def credential(self, scope: Scope) -> Credential | None:
        """The token of the session that a request comes with: see `Takes.OF_OUR_PAGES`.

        None where there is none, and for who only reads from elsewhere: what a link leads to is as for nobody. Raises
        Unauthenticated for a session that is over or none of ours, and Refusal for any other request from elsewhere.
        """
        sealed = self.cookies.find(scope["headers"], Purpose.SESSION)
        if sealed is None:
            return None
        if not self.own_pages.asked(scope):
            if scope["method"] in ("GET", "HEAD"):
                return None
            raise Refusal(
                RefusalCode.ORIGIN_NOT_ALLOWED,
                f"A session counts for this service's own pages: they send {PAGE_HEADER}: 1; others send a token",
            )
        content = self.cookies.open(Purpose.SESSION, sealed)
        if content is None:
            raise Unauthenticated("this session has ended: sign in again")
        return Credential(content["token"], content["expires_at"])

    async def viewer_to_show(self, scope: Scope) -> Viewer:
        """See `Takes.TO_SHOW`. Raises Refusal as `require_same`."""
        try:
            sealed = self.cookies.find(scope["headers"], Purpose.SESSION)
            content = None if sealed is None else self.cookies.open(Purpose.SESSION, sealed)
            viewer = ANONYMOUS if content is None else await self.verifier.verify(content["token"])
        except Unauthenticated:
            return ANONYMOUS
        except IssuerUnavailable as error:
            return Viewer(None, untold=error)
        if not viewer.is_anonymous:
            self.require_same(scope, viewer)
        return viewer

    def require_same(self, scope: Scope, viewer: Viewer) -> None:
        """Raises Refusal for a page of somebody else than `viewer`, whose session it is: what somebody does on a page
        that they opened before is not to be done for whoever signed in since."""
        if self.own_pages.is_of_another(scope, viewer):
            raise Refusal(
                RefusalCode.OTHER_VIEWER,
                f"The session is not of whom {VIEWER_HEADER} names: somebody else has signed in. Load the page anew",
            )

    async def begin(self, response: Response, token: str) -> None:
        """Leaves a session with the answer. Raises Unauthenticated, IssuerUnavailable, Forbidden."""
        viewer = await self.verifier.verify(token)
        if not viewer.scopes & _FOR_PAGES:
            raise Forbidden(f"the access token has none of the scopes {', '.join(sorted(_FOR_PAGES))}")
        seconds = min(await self.verifier.seconds_left(Credential(token)), SESSION_SECONDS_AT_MOST)
        try:
            self.cookies.put(response, Purpose.SESSION, {"token": token}, int(self.cookies.now() + seconds))
        except CookieTooLarge:
            raise Forbidden(
                f"the access token, of {len(token)} characters, is too large for a cookie: have the issuer put less "
                "into it, such as no groups and roles"
            ) from None

    def end(self, response: Response) -> None:
        self.cookies.take_back(response, Purpose.SESSION)
