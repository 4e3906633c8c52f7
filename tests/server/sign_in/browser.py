"""A browser, as far as signing in goes: it keeps cookies, and says which page a request comes from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

import httpx2
from starlette.types import ASGIApp

HERE = "http://127.0.0.1:8000"
SESSION = "vitrine_session"
SECURE_SESSION = f"__Host-{SESSION}"
SIGNING_IN = "__Host-vitrine_signing_in"
#: What a browser sends with what a script of a page asks of its own origin, and with what somebody opens by hand.
OF_PAGE = {"X-Vitrine-Page": "1", "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors"}
OF_FORM = {"Origin": HERE, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}
BY_HAND = {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "navigate"}
#: And where another site leads it.
FROM_ELSEWHERE = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}


class Browser:
    """Speaks to one application, at an address of this machine. `cookies`: those it holds, by name."""

    def __init__(self, app: ASGIApp, url: str = HERE) -> None:
        self.app = app
        self.http = httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url=url, timeout=60)

    @property
    def cookies(self) -> dict[str, str]:
        return {cookie.name: cookie.value or "" for cookie in self.http.cookies.jar}

    def hold(self, value: str, name: str = SESSION) -> None:
        """Puts a cookie there, whoever made it."""
        self.http.cookies.clear()
        self.http.cookies.set(name, value, self.http.base_url.host)

    async def open(self, path: str, headers: Mapping[str, str] = BY_HAND) -> httpx2.Response:
        return await self.http.get(path, headers=headers)

    async def begin(self, to: str = "/map") -> str:
        """Where the issuer leads whoever begins to sign in: an address of ours, with its answer."""
        response = await self.open(f"/sign-in?{urlencode({'to': to})}")
        assert response.status_code == 303, response.text
        async with httpx2.AsyncClient(trust_env=False) as http:
            answer = await http.get(response.headers["location"])
        assert answer.status_code == 302, answer.text
        return answer.headers["location"]

    async def come_back(self, address: str) -> httpx2.Response:
        return await self.open(address, FROM_ELSEWHERE)

    async def sign_in(self, headers: Mapping[str, str] = OF_FORM, **form: str) -> httpx2.Response:
        return await self.http.post("/sign-in", data=form, headers=headers)

    async def sign_out(self, headers: Mapping[str, str] = OF_PAGE) -> httpx2.Response:
        return await self.http.post("/sign-out", headers=headers)

    async def session(self) -> Any:
        response = await self.http.get("/session", headers=OF_PAGE)
        assert response.status_code == 200
        return response.json()

    async def ask(self, document: str, headers: Mapping[str, str] = OF_PAGE) -> httpx2.Response:
        return await self.http.post("/graphql", json={"query": document}, headers=headers)


def code_of(response: httpx2.Response) -> str:
    """The code of the first error, empty for none."""
    errors = response.json().get("errors")
    return errors[0]["extensions"]["code"] if errors else ""
