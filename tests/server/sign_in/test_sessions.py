"""A session counts for our own pages until it ends, and nothing that only looks like one counts at all."""

from __future__ import annotations

import base64
import json
import time
import zlib
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.store.revisions import draft_revision
from seed.folder import read_revision
from server.sealing import SessionKeys
from server.sign_in.sessions import SESSION_SECONDS_AT_MOST
from server.tokens import Credential
from tests.graphs import dump
from tests.server.api import EXAMPLE_REVISION, Api
from tests.server.sign_in.browser import (
    BY_HAND,
    FROM_ELSEWHERE,
    HERE,
    OF_PAGE,
    SECURE_SESSION,
    SESSION,
    Browser,
    code_of,
)
from tests.server.sign_in.provider import Provider
from tests.server.sign_in.serving import KEY, OTHER_KEY, PUBLIC, production_app

ME = "{ me { key } }"
PUBLISHED = "{ revisions { totalCount } }"
ENDED = "this session has ended: sign in again"

KEYS, OTHER_KEYS = (SessionKeys((base64.b64decode(key),)) for key in (KEY, OTHER_KEY))


def message_of(response: httpx2.Response) -> str:
    return str(response.json()["errors"][0]["message"])


# ---- what is sealed --------------------------------------------------------------------------------------------------

_content = st.binary(max_size=300)
_sealed = KEYS.seal("session", b"somebody")


class TestWhateverIsSealed:
    @given(content=_content)
    def test_comes_back_for_the_same_purpose_and_is_another_text_each_time(self, content: bytes) -> None:
        first, second = KEYS.seal("session", content), KEYS.seal("session", content)
        assert first != second
        assert KEYS.open("session", first) == KEYS.open("session", second) == content

    @given(content=_content)
    def test_is_nothing_for_another_purpose_or_key(self, content: bytes) -> None:
        sealed = KEYS.seal("session", content)
        assert KEYS.open("signing in", sealed) is None
        assert OTHER_KEYS.open("session", sealed) is None
        # Nor with the name of the other key.
        assert OTHER_KEYS.open("session", f"{OTHER_KEYS.ids[0]}.{sealed.partition('.')[2]}") is None

    @given(place=st.integers(0, len(_sealed) - 1), put=st.characters(codec="latin-1"))
    def test_is_nothing_with_one_character_changed(self, place: int, put: str) -> None:
        changed = _sealed[:place] + put + _sealed[place + 1 :]
        assert changed == _sealed or KEYS.open("session", changed) is None

    @given(length=st.integers(0, len(_sealed) - 1))
    def test_is_nothing_when_cut_off(self, length: int) -> None:
        assert KEYS.open("session", _sealed[:length]) is None

    @given(text=st.text(max_size=200))
    def test_and_nothing_else_opens(self, text: str) -> None:
        assert KEYS.open("session", text) is None
        assert KEYS.open("session", f"{KEYS.ids[0]}.{text}") is None

    def test_opens_with_a_key_that_seals_no_more(self) -> None:
        both = SessionKeys.read(f"{OTHER_KEY} {KEY}")
        assert both.open("session", _sealed) == b"somebody"
        assert OTHER_KEYS.open("session", both.seal("session", b"x")) == b"x"


# ---- cookies ---------------------------------------------------------------------------------------------------------


@pytest.fixture
async def buyer(browser: Browser) -> AsyncIterator[Browser]:
    """Signed in, in development mode."""
    await browser.sign_in(subject="example-buyer")
    yield browser


@pytest.mark.parametrize(
    "change",
    [
        lambda value: "",
        lambda value: value[:-1],
        lambda value: value[:40],
        lambda value: value + "A",
        lambda value: value.replace(".", "", 1),
        lambda value: "0" * 8 + value[8:],
        lambda value: value[:20] + ("A" if value[20] != "A" else "B") + value[21:],
        lambda value: f"{value}; {SESSION}={value}",
    ],
    ids=["empty", "one short", "cut off", "one more", "no key", "another key", "changed", "twice"],
)
async def test_a_cookie_that_is_not_as_it_was_given_is_none(buyer: Browser, change: Any) -> None:
    value = buyer.cookies[SESSION]
    buyer.http.cookies.clear()
    refused = await buyer.ask(PUBLISHED, {**OF_PAGE, "Cookie": f"{SESSION}={change(value)}"})
    assert (refused.status_code, code_of(refused)) == (401, "UNAUTHENTICATED")
    said = message_of(refused)
    assert said in (ENDED, f"the cookie {SESSION} came twice: clear the cookies of this site, and sign in again")
    session = await buyer.http.get("/session", headers={**OF_PAGE, "Cookie": f"{SESSION}={change(value)}"})
    assert session.json()["viewer"] is None
    assert session.headers["set-cookie"] == f"{SESSION}=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax"


async def test_a_cookie_of_another_service_is_none(buyer: Browser, visitor: Browser) -> None:
    """Cookies go to every port of a machine."""
    await visitor.come_back(await visitor.begin())
    of_development, of_production = buyer.cookies[SESSION], visitor.cookies[SECURE_SESSION]
    buyer.hold(of_production)
    visitor.hold(of_development, SECURE_SESSION)
    for browser in (buyer, visitor):
        refused = await browser.ask(ME)
        assert (refused.status_code, message_of(refused)) == (401, ENDED)


@pytest.mark.parametrize(
    ("bound_to", "works"),
    [
        ("production vitrine_session", True),
        ("production vitrine_signing_in", False),
        ("development vitrine_session", False),
    ],
)
async def test_what_was_sealed_for_something_else_is_no_session(
    visitor: Browser, provider: Provider, bound_to: str, works: bool
) -> None:
    """One operator may use one key for everything."""
    content = {"token": provider.access_token(), "expires_at": time.time() + 100}
    visitor.hold(KEYS.seal(bound_to, zlib.compress(json.dumps(content).encode())), SECURE_SESSION)
    assert (await visitor.ask(PUBLISHED)).status_code == (200 if works else 401)


async def test_a_session_ends_with_its_token_and_after_half_a_day_at_the_latest(
    reader: Api, provider: Provider
) -> None:
    provider.scope, provider.lifetime = "vitrine.subject", 30 * 86_400
    began = time.time()
    now = [began]
    visitor = Browser(production_app(reader, provider, now=lambda: now[0]), PUBLIC)
    async with visitor.http:
        await visitor.come_back(await visitor.begin())
        (value,) = visitor.cookies.values()
        now[0] = began + SESSION_SECONDS_AT_MOST - 1
        assert code_of(await visitor.ask(ME)) == ""
        now[0] = began + SESSION_SECONDS_AT_MOST + 1
        # A browser would send it no more, but whoever copied it would.
        visitor.hold(value, SECURE_SESSION)
        assert message_of(await visitor.ask(ME)) == ENDED
        now[0], provider.lifetime = time.time(), 60
        await visitor.come_back(await visitor.begin())
        value = visitor.cookies[SECURE_SESSION]
        now[0] = time.time() + 60 + 31
        visitor.hold(value, SECURE_SESSION)
        assert message_of(await visitor.ask(ME)) == ENDED


async def test_a_stream_ends_with_the_session(reader: Api) -> None:
    token = reader.subject("example-buyer")
    ends_at = time.time() + 100
    left = await reader.verifier.seconds_left(Credential(token, ends_at))
    assert 90 < left <= 100


# ---- from where ------------------------------------------------------------------------------------------------------

_FOREIGN = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://elsewhere.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost.elsewhere.example:8000"},
    {"Origin": "https://127.0.0.1:8000"},
]


@pytest.mark.parametrize("headers", [{}, *_FOREIGN, *({**OF_PAGE, **each} for each in _FOREIGN)], ids=str)
async def test_a_request_of_another_page_is_refused_with_the_cookie(buyer: Browser, headers: dict[str, str]) -> None:
    refused = await buyer.ask(ME, headers)
    assert (refused.status_code, code_of(refused)) == (403, "ORIGIN_NOT_ALLOWED")
    # Read by GET, it is as nobody's.
    read = await buyer.http.get("/graphql", params={"query": ME}, headers=headers)
    assert code_of(read) == "UNAUTHENTICATED"
    read = await buyer.http.get("/graphql", params={"query": PUBLISHED}, headers=headers)
    assert read.json()["data"] == {"revisions": {"totalCount": 1}}


async def test_a_form_of_ours_runs_no_operation(buyer: Browser) -> None:
    headers = {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate", "Origin": HERE}
    refused = await buyer.ask(ME, headers)
    assert (refused.status_code, code_of(refused)) == (403, "ORIGIN_NOT_ALLOWED")


async def test_a_page_asks_by_get_too_and_a_file_is_opened_by_hand(browser: Browser) -> None:
    await browser.sign_in(staff="staff-9")
    by_page = await browser.http.get(
        "/graphql", params={"query": "{ dataMap { findings { totalCount } } }"}, headers=OF_PAGE
    )
    assert code_of(by_page) == ""
    for headers in (BY_HAND, {"Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "navigate"}):
        opened = await browser.open("/reach/9/ids", headers)
        assert (opened.status_code, code_of(opened)) == (404, "NOT_FOUND")
    for headers in (FROM_ELSEWHERE, {}, {"Sec-Fetch-Site": "none", "Sec-Fetch-Mode": "no-cors"}):
        refused = await browser.open("/reach/9/ids", headers)
        assert (refused.status_code, code_of(refused)) == (401, "UNAUTHENTICATED")


async def test_a_link_in_a_mail_leads_staff_to_a_record(browser: Browser) -> None:
    refused = await browser.open("/records/9.csv", FROM_ELSEWHERE)
    assert (refused.status_code, code_of(refused)) == (401, "UNAUTHENTICATED")
    await browser.sign_in(staff="staff-9")
    for headers in (FROM_ELSEWHERE, BY_HAND, OF_PAGE):
        opened = await browser.open("/records/9.csv", headers)
        assert (opened.status_code, code_of(opened)) == (404, "NOT_FOUND")
    browser.hold("nonsense")
    refused = await browser.open("/records/9.csv", FROM_ELSEWHERE)
    assert (refused.status_code, code_of(refused)) == (401, "UNAUTHENTICATED")


async def test_what_everybody_reads_is_shown_to_staff_wherever_they_come_from(api: Api) -> None:
    await draft_revision(api.database, read_revision(EXAMPLE_REVISION), at=api.clock())
    browser = Browser(api.app)
    async with browser.http:
        assert (await browser.open("/policy/2", FROM_ELSEWHERE)).status_code == 404
        await browser.sign_in(staff="staff-9")
        assert (await browser.open("/policy/2", FROM_ELSEWHERE)).status_code == 200
        value = browser.cookies[SESSION]
        for cookie in ("nonsense", f"{value}; {SESSION}={value}"):
            browser.http.cookies.clear()
            given = {**BY_HAND, "Cookie": f"{SESSION}={cookie}"}
            assert (await browser.open("/policy/2", given)).status_code == 404
            assert (await browser.open("/policy", given)).status_code == 200


@pytest.mark.parametrize(
    ("path", "as_nobody"),
    [("/records/1.csv", 401), ("/policy/77", 404), ("/policy/77/changes", 404), ("/graphiql", 403)],
)
async def test_what_staff_may_see_waits_for_the_issuer(reader: Api, path: str, as_nobody: int) -> None:
    """Neither refused nor absent: whose session it is cannot be told just now."""
    away = Provider("http://127.0.0.1:9")
    browser = Browser(production_app(reader, away), PUBLIC)
    content = {"token": away.access_token(), "expires_at": time.time() + 100}
    async with browser.http:
        assert (await browser.open(path)).status_code == as_nobody
        browser.hold(
            KEYS.seal("production vitrine_session", zlib.compress(json.dumps(content).encode())), SECURE_SESSION
        )
        refused, asked = await browser.open(path), await browser.ask(ME)
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
        assert (code_of(refused), message_of(refused)) == ("ISSUER_UNAVAILABLE", message_of(asked))
        shown = await browser.http.get(path, headers={**FROM_ELSEWHERE, "Accept": "text/html"})
        assert "Wait a moment, and load this page again." in shown.text
        # What everybody reads is there.
        assert (await browser.open("/policy/1")).status_code == 200


OTHER_VIEWER = "The session is not of whom X-Vitrine-Viewer names: somebody else has signed in. Load the page anew"
OBJECT = """mutation { setStand(input: {purpose: "marketing-messages", objects: true}) { __typename } }"""
LISTEN = "subscription { noticeAdded { id } }"


def page_of(id: str) -> dict[str, str]:
    return {**OF_PAGE, "X-Vitrine-Viewer": id}


@pytest.mark.parametrize(
    ("document", "accept"),
    [(ME, "application/json"), (PUBLISHED, "application/json"), (OBJECT, "*/*"), (LISTEN, "text/event-stream")],
    ids=["what is one's own", "what is public", "a mutation", "a subscription"],
)
async def test_a_page_that_was_opened_for_somebody_else_is_refused(
    buyer: Browser, reader: Api, document: str, accept: str
) -> None:
    before = await dump(reader.database)
    refused = await buyer.ask(document, {**page_of("example-visitor"), "Accept": accept})
    assert (refused.status_code, code_of(refused)) == (409, "OTHER_VIEWER")
    assert message_of(refused) == OTHER_VIEWER
    assert refused.headers["content-type"] == "application/json"
    assert await dump(reader.database) == before


async def test_a_page_of_somebody_else_ends_no_session(browser: Browser) -> None:
    await browser.sign_in(subject="example-buyer")
    refused = await browser.sign_out(page_of("example-visitor"))
    assert (refused.status_code, code_of(refused)) == (409, "OTHER_VIEWER")
    assert (await browser.session())["viewer"]["id"] == "example-buyer"
    assert (await browser.sign_out(page_of("example-buyer"))).status_code == 204
    # Nor does one that has ended keep anybody from leaving.
    assert (await browser.sign_out(page_of("example-visitor"))).status_code == 204


async def test_a_page_goes_on_for_whom_it_was_opened(browser: Browser, reader: Api) -> None:
    await browser.sign_in(subject="example-buyer")
    asked = await browser.ask(ME, page_of("example%2Dbuyer"))
    assert asked.json()["data"] == {"me": {"key": "example-buyer"}}
    # It is about the session alone: a token says itself whose it is.
    token = {"Authorization": f"Bearer {reader.subject('example-visitor')}"}
    asked = await browser.ask(ME, {**page_of("example-buyer"), **token})
    assert asked.json()["data"] == {"me": {"key": "example-visitor"}}
    # Who is signed in now is told to every page: it finds out by that.
    session = await browser.http.get("/session", headers=page_of("example-visitor"))
    assert session.json()["viewer"]["id"] == "example-buyer"
    await browser.sign_out()
    assert code_of(await browser.ask(ME, page_of("example-buyer"))) == "UNAUTHENTICATED"


async def test_nor_are_files_shown_to_a_page_of_somebody_else(browser: Browser) -> None:
    await browser.sign_in(staff="staff-9")
    for path in ("/records/9.csv", "/reach/9/ids", "/policy/9"):
        refused = await browser.open(path, page_of("staff-8"))
        assert (refused.status_code, code_of(refused)) == (409, "OTHER_VIEWER")
        assert (await browser.open(path, page_of("staff-9"))).status_code == 404


async def test_a_token_counts_more_than_a_cookie(buyer: Browser, reader: Api) -> None:
    token = {"Authorization": f"Bearer {reader.subject('example-visitor')}"}
    for headers in ({}, OF_PAGE, {"Sec-Fetch-Site": "cross-site"}):
        asked = await buyer.ask(ME, {**token, **headers})
        assert asked.json()["data"] == {"me": {"key": "example-visitor"}}
    refused = await buyer.ask(ME, {"Authorization": "Bearer nonsense", **OF_PAGE})
    assert (refused.status_code, code_of(refused)) == (401, "UNAUTHENTICATED")
    refused = await buyer.ask(ME, {"Authorization": "", **OF_PAGE})
    assert (refused.status_code, code_of(refused)) == (401, "UNAUTHENTICATED")


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/ingest/holdings"), ("GET", "/feed/notices"), ("GET", "/metrics")]
)
async def test_what_machines_ask_takes_no_session(visitor: Browser, method: str, path: str) -> None:
    await visitor.come_back(await visitor.begin())
    refused = await visitor.http.request(method, path, headers=OF_PAGE)
    assert refused.status_code in (401, 404)


async def test_pages_of_other_origins_never_read_with_the_cookie(reader: Api) -> None:
    api = reader.with_settings(cors_origins=("https://account.example",))
    browser = Browser(api.app)
    async with api.client, browser.http:
        await browser.sign_in(subject="example-buyer")
        asked = {"Origin": "https://account.example", "Access-Control-Request-Method": "POST"}
        preflight = await browser.http.options("/graphql", headers=asked)
        assert preflight.status_code == 204
        assert "access-control-allow-credentials" not in preflight.headers
        asked["Access-Control-Request-Headers"] = "x-vitrine-page"
        assert (await browser.http.options("/graphql", headers=asked)).status_code == 403
        refused = await browser.ask(ME, {"Origin": "https://account.example", "X-Vitrine-Page": "1"})
        assert (refused.status_code, code_of(refused)) == (403, "ORIGIN_NOT_ALLOWED")
        assert "access-control-allow-credentials" not in refused.headers


async def test_a_holder_has_one_rate_whichever_way_they_ask(reader: Api) -> None:
    api = reader.with_settings(holder_requests_a_minute=2)
    browser = Browser(api.app)
    async with api.client, browser.http:
        await browser.sign_in(subject="example-buyer")
        assert (await browser.ask(ME)).status_code == 200
        assert (await api.ask(ME, token=api.subject("example-buyer"))).status == 200
        refused = await browser.ask(ME)
        assert (refused.status_code, code_of(refused)) == (429, "RATE_LIMITED")


async def test_a_bad_cookie_costs_as_much_as_a_bad_token(reader: Api) -> None:
    api = reader.with_settings(address_requests_a_minute=10)
    browser = Browser(api.app)
    async with api.client, browser.http:
        browser.hold("nonsense")
        assert (await browser.ask(ME)).status_code == 401
        assert (await browser.ask(ME)).status_code == 429
