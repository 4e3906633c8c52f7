"""Why somebody could not be signed in."""

from __future__ import annotations

from enum import StrEnum

LATER = "The sign-in service does not answer just now. Try again in a minute."


class Reason(StrEnum):
    """Fixed words, for the log."""

    NOT_BEGUN = "not begun in this browser, or too long ago"
    OTHER_STATE = "answers another sign-in than the last one of this browser"
    OTHER_ISSUER = "answered by another issuer"
    INCOMPLETE = "the issuer's answer has no code"
    DENIED = "the issuer let nobody in"
    REFUSED = "the issuer refused the request"
    CODE_REFUSED = "the issuer refused the code"
    UNREACHABLE = "the issuer did not answer"
    NO_ENDPOINTS = "the issuer does not say how to sign in"
    NOTHING = "the issuer's answer has no token"
    NOT_THIS = "the ID token is not of this sign-in"
    OF_NO_USE = "the access token is of no use here"


class SignInFailed(Exception):
    """`told`: what whoever signs in is told, with the way out. `detail`: of fixed words too, for whoever mends it."""

    def __init__(self, reason: Reason, told: str, status: int, detail: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.told = told
        self.status = status
        self.detail = detail
