"""Wrong sessions: cookies that hold none, and requests of pages that are not ours."""

from __future__ import annotations

import json

from server.sign_in.own_pages import PAGE_HEADER
from tests.bad_input.rows import Row
from tests.bad_input.wire import BUYER, JSON, Headers, request

ME = json.dumps({"query": "{ me { key } }"}).encode()
NAME = "__Host-vitrine_session"
ENDED = "this session has ended: sign in again"
TWICE = f"the cookie {NAME} came twice: clear the cookies of this site, and sign in again"
OURS_ALONE = "A session counts for this service's own pages: they send X-Vitrine-Page: 1; others send a token"
OF_PAGE = ((PAGE_HEADER, "1"), ("Sec-Fetch-Site", "same-origin"))
SEALED = "bcdda812." + "A" * 600


def sent(*headers: tuple[str, str | bytes], page: Headers = OF_PAGE) -> bytes:
    return request(headers=[("Content-Type", JSON), *page, *headers], body=ME)


def none(name: str, *cookies: str | bytes, message: str = ENDED) -> Row:
    return Row(name, sent(*(("Cookie", each) for each in cookies)), 401, "UNAUTHENTICATED", message)


def other(name: str, cookie: str) -> Row:
    """One that is no session's: nobody asks."""
    return Row(name, sent(("Cookie", cookie)), 200, "UNAUTHENTICATED", "this needs an access token with the scope")


def elsewhere(name: str, *headers: tuple[str, str]) -> Row:
    return Row(name, sent(("Cookie", f"{NAME}={SEALED}"), page=headers), 403, "ORIGIN_NOT_ALLOWED", OURS_ALONE)


COOKIES = (
    none("an empty one", f"{NAME}="),
    other("that is the name alone", NAME),
    other("of development mode", f"vitrine_session={SEALED}"),
    other("of the name in small letters", f"{NAME.lower()}={SEALED}"),
    other("with the name in its value", f"a={NAME}={SEALED}"),
    none("that was never sealed", f"{NAME}={SEALED}"),
    none("with a token that is not sealed", f"{NAME}={BUYER}"),
    none("with Bearer", f"{NAME}=Bearer {BUYER}"),
    none("in quotation marks", f'{NAME}="{SEALED}"'),
    none("that is no text", f"{NAME}=".encode() + b"\xff\xfe"),
    none("with other letters", f"{NAME}=ключ"),
    none("of 40 KB", f"{NAME}={'A' * 40_000}"),
    none("among others", f"a=b; {NAME}={SEALED}; c"),
    none("twice", f"{NAME}={SEALED}; {NAME}={SEALED}", message=TWICE),
    none("in two headers", f"{NAME}={SEALED}", f"{NAME}=x", message=TWICE),
    Row(
        "beside a bad token",
        sent(("Cookie", f"{NAME}={SEALED}"), ("Authorization", "Bearer")),
        401,
        "UNAUTHENTICATED",
        "the Authorization header must be there once and hold: Bearer, a space, the access token",
    ),
)

PAGES = (
    elsewhere("which says nothing of itself"),
    elsewhere("of another site", (PAGE_HEADER, "1"), ("Sec-Fetch-Site", "cross-site")),
    elsewhere("of another host of the company", (PAGE_HEADER, "1"), ("Sec-Fetch-Site", "same-site")),
    elsewhere("of another origin", (PAGE_HEADER, "1"), ("Origin", "https://elsewhere.example")),
    elsewhere("of no origin", (PAGE_HEADER, "1"), ("Origin", "null")),
    elsewhere("of an origin that is none", (PAGE_HEADER, "1"), ("Origin", "http://[")),
    elsewhere("with another header", (PAGE_HEADER, "true"), ("Sec-Fetch-Site", "same-origin")),
    elsewhere("that is a form", ("Sec-Fetch-Site", "same-origin"), ("Sec-Fetch-Mode", "navigate")),
    Row(
        "that signs out",
        request(target="/sign-out", headers=[("Origin", "https://elsewhere.example")]),
        403,
        "ORIGIN_NOT_ALLOWED",
        "Sign out from a page of this service: send X-Vitrine-Page: 1",
    ),
    Row(
        "that signs out by a link",
        request("GET", "/sign-out", length=None),
        405,
        "METHOD_NOT_ALLOWED",
        "Sign out by POST, so that no link does it",
    ),
    Row(
        "that writes to a page",
        request(target="/map/x"),
        405,
        "METHOD_NOT_ALLOWED",
        "Read this by GET or HEAD",
    ),
    Row(
        "that asks for a file of none",
        request("GET", "/assets/none.js", length=None),
        404,
        "NO_SUCH_ADDRESS",
        "There is no such file of a page: load the page anew",
    ),
)
