"""What goes wrong, for whoever looks at it, and for programs."""

from __future__ import annotations

from typing import LiteralString

import pytest
from starlette.requests import Request

from graph.errors import GraphUnavailable
from server.pages.writing import Pages
from tests.server.api import Api
from tests.server.pages.parsed import Parsed
from tests.server.pages.test_policies import SECURITY

BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
ID = "0123456789abcdef0123456789abcdef"


@pytest.mark.parametrize(
    ("path", "status", "title", "said", "code"),
    [
        (
            "/policy/77",
            404,
            "There is no such page",
            "No policy was published under this number: /policy is in force.",
            "NO_SUCH_ADDRESS",
        ),
        (
            "/policy/77/changes",
            404,
            "There is no such page",
            "No policy was published under this number: /policy is in force.",
            "NO_SUCH_ADDRESS",
        ),
        (
            "/nothing/here",
            404,
            "There is no such page",
            "There is nothing at this address: see the documentation.",
            "NO_SUCH_ADDRESS",
        ),
        (
            "/policy?on=<b>",
            400,
            "This address cannot be read",
            "`on` is '<b>': give a day, such as 2019-01-01.",
            "INVALID_INPUT",
        ),
        (
            "/policy?on=2001-01-01",
            409,
            "There is no policy yet",
            "No policy was in force on 2001-01-01: the first came into force on 2018-11-12.",
            "NO_REVISION_IN_FORCE",
        ),
    ],
)
async def test_a_browser_gets_a_page(reader: Api, path: str, status: int, title: str, said: str, code: str) -> None:
    response = await reader.client.get(path, headers={"Accept": BROWSER, "X-Request-Id": ID})

    found = Parsed(response.text)
    assert (response.status_code, response.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert found.texts("title, h1") == [title, title]
    ways_out = ["Read the policy in force"] if status == 404 else []
    assert found.texts("main p") == [said, *ways_out, f"{code}, request {ID}"]
    assert found.links("header a") == ["/policy"]
    assert {name: response.headers[name] for name in SECURITY} == SECURITY | {"cache-control": "no-store"}


@pytest.mark.parametrize(
    "accept", ["*/*", "", "application/json", "application/json, text/html;q=0.9", "text/html;q=0", "text/*"]
)
async def test_a_program_gets_data(reader: Api, accept: str) -> None:
    response = await reader.client.get("/policy/77", headers={"Accept": accept})

    assert (response.status_code, response.headers["content-type"]) == (404, "application/json")
    assert response.json()["errors"][0]["extensions"]["code"] == "NO_SUCH_ADDRESS"


async def test_a_graph_that_is_away_is_said_with_when_to_come_again(empty: Api) -> None:
    def away(statement: LiteralString) -> None:
        raise GraphUnavailable("The graph cannot be reached")

    empty.database.observers.append(away)

    response = await empty.client.get("/policy", headers={"Accept": BROWSER})

    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    found = Parsed(response.text)
    assert found.text("h1") == "Not available just now"
    assert found.texts("main p")[:2] == ["The graph cannot be reached.", "Wait a moment, and load this page again."]


async def test_what_fails_within_shows_nothing_of_it(empty: Api) -> None:
    def fail(statement: LiteralString) -> None:
        raise RuntimeError("secret")

    empty.database.observers.append(fail)

    response = await empty.client.get("/policy", headers={"Accept": BROWSER, "X-Request-Id": ID})

    assert response.status_code == 500
    assert Parsed(response.text).texts("h1, main p") == [
        "This did not work",
        f"Something went wrong on our side. Name this id when you report it: {ID}.",
        f"INTERNAL, request {ID}",
    ]


@pytest.mark.parametrize(
    ("code", "status", "title"),
    [
        ("RECORD_TOO_LARGE", 400, "This record would be too long"),
        ("INVALID_INPUT", 400, "This address cannot be read"),
        ("FORBIDDEN", 403, "This is not open to you"),
        ("ORIGIN_NOT_ALLOWED", 403, "This was not allowed"),
        ("INTERNAL", 500, "This did not work"),
    ],
)
def test_the_title_says_what_is_wrong(code: str, status: int, title: str) -> None:
    page = error_page("/policy", "", code, status)
    assert page.texts("title, h1") == [title, title]


@pytest.mark.parametrize(
    ("path", "query", "to"),
    [
        ("/records/1.html", "of=processors", "/records/1.html%3Fof%3Dprocessors"),
        ("/policy", "", "/policy"),
        ("/feed/notices", "", "/"),
        ("//elsewhere.example", "", "/"),
        ("/policy/ü", "", "/"),
    ],
)
def test_signing_in_leads_back(path: str, query: str, to: str) -> None:
    assert error_page(path, query, "UNAUTHENTICATED", 401).links("main a") == [f"/sign-in?to={to}"]


def error_page(path: str, query: str, code: str, status: int) -> Parsed:
    headers = [(b"accept", BROWSER.encode())]
    scope = {"type": "http", "method": "GET", "path": path, "query_string": query.encode(), "headers": headers}
    error = {"message": "What is wrong", "extensions": {"code": code, "correlationId": ID}}
    respond = Pages("https://privacy.example").errors_as(Request(scope))
    return Parsed(bytes(respond({"errors": [error]}, status, {}).body).decode())


async def test_a_credential_that_is_none_is_said(reader: Api) -> None:
    headers = {"Accept": BROWSER, "Authorization": "Bearer x"}

    response = await reader.client.get("/policy", headers=headers)

    assert (response.status_code, response.headers["www-authenticate"]) == (401, "Bearer")
    found = Parsed(response.text)
    assert (found.text("h1"), found.links("main a")) == ("You are not signed in", ["/sign-in?to=/policy"])
    assert "Bearer" not in response.text
