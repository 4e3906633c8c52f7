"""Coming back while the issuer's keys cannot be had: said as a sign-in that failed for now."""

from __future__ import annotations

import base64
import time
from collections.abc import Mapping
from typing import cast

from starlette.requests import Request
from starlette.types import Message

from server.endpoint import Exchange
from server.pages.writing import Pages
from server.sealing import SessionKeys
from server.sign_in.code_flow import CodeFlow
from server.sign_in.cookies import SealedCookies
from server.sign_in.issuer import Issuer, Secrets
from server.sign_in.own_pages import OwnPages
from server.sign_in.sessions import Sessions
from server.tokens import TokenVerifier
from tests.server.sign_in.provider import Provider
from tests.server.sign_in.serving import KEY, PUBLIC, production

NOWHERE = Provider("http://127.0.0.1:9")


class GoneSince:
    """An issuer that has given a token, and answers no more."""

    state = ""

    async def address(self, secrets: Secrets) -> str:
        self.state = secrets.state
        return "https://issuer.example"

    async def check_answer(self, given: Mapping[str, str]) -> str:
        return given["code"]

    async def access_token(self, code: str, secrets: Secrets) -> str:
        return NOWHERE.access_token()


def exchange(query: str = "", cookie: str = "") -> Exchange:
    async def receive() -> Message:
        raise AssertionError

    headers = [(b"cookie", cookie.encode())]
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": query.encode(), "headers": headers}
    return Exchange(Request(scope), receive, "0" * 32)


async def test_whoever_comes_back_is_told_to_try_again() -> None:
    verifier = TokenVerifier(production(NOWHERE).token_rules())
    cookies = SealedCookies(SessionKeys((base64.b64decode(KEY),)), is_development=False, now=time.time)
    sessions = Sessions(cookies, OwnPages(frozenset({PUBLIC}), on_loopback=False), verifier)
    gone = GoneSince()
    flow = CodeFlow(cast(Issuer, gone), sessions, Pages(PUBLIC))
    begun = await flow.begin(exchange(), "/map")

    failed = await flow.finish(exchange(f"state={gone.state}&code=x", begun.headers["set-cookie"].partition(";")[0]))

    assert (failed.status_code, failed.headers["retry-after"]) == (503, "5")
    said = bytes(failed.body).decode()
    assert "The sign-in service does not answer just now. Try again in a minute." in said
    assert 'href="/sign-in?to=/map"' in said
    assert "Max-Age=0" in failed.headers["set-cookie"]
