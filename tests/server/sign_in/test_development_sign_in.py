"""In development mode people choose who to be, on a page without a script."""

from __future__ import annotations

import re
import time
from datetime import datetime

import pytest

from server.sign_in.sessions import SESSION_SECONDS_AT_MOST
from tests.server.api import Api
from tests.server.sign_in.browser import BY_HAND, HERE, OF_FORM, OF_PAGE, SESSION, Browser, code_of

ME = "{ me { key holdings { totalCount } } }"
STAFF_ONLY = "{ dataMap { findings { totalCount } } }"


async def test_the_page_offers_staff_and_the_example_people_whom_the_graph_knows(browser: Browser) -> None:
    page = await browser.open("/sign-in?to=/map/services?view=1")
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    offered = dict(re.findall(r'<button name="\w+" value="([\w-]+)">\1 <span>([^<]*)</span>', page.text))
    assert offered["development-staff"] == "sees the data map, and anybody with a record of it"
    assert offered["example-multi-product"] == "21 holdings in 4 services, 1 decision"
    assert offered["example-past-customer"] == "3 holdings in 1 service"
    assert len(offered) == 17
    assert page.text.count('<input type="hidden" name="to" value="/map/services?view=1">') == 2
    assert "<script" not in page.text


async def test_a_graph_without_the_examples_offers_none(empty: Api) -> None:
    browser = Browser(empty.app)
    async with browser.http:
        page = await browser.open("/sign-in")
    assert "This graph knows none of them." in page.text


async def test_a_person_signs_in_asks_and_signs_out(browser: Browser) -> None:
    signed_in = await browser.sign_in(subject="example-buyer", to="/me")
    assert (signed_in.status_code, signed_in.headers["location"]) == (303, "/me")
    asked = await browser.ask(ME)
    assert asked.json()["data"]["me"] == {"key": "example-buyer", "holdings": {"totalCount": 13}}
    assert code_of(await browser.ask(STAFF_ONLY)) == "FORBIDDEN"
    signed_out = await browser.sign_out()
    assert (signed_out.status_code, browser.cookies) == (204, {})
    assert code_of(await browser.ask(ME)) == "UNAUTHENTICATED"


async def test_staff_sign_in_and_the_session_says_so_until_when(browser: Browser) -> None:
    assert await browser.session() == {"viewer": None, "mode": "development", "canSignIn": True}
    signed_in = await browser.sign_in(staff="development-staff")
    assert signed_in.headers["location"] == "/"
    session = await browser.session()
    ends_at = datetime.fromisoformat(session["viewer"].pop("expiresAt"))
    assert session["viewer"] == {"id": "development-staff", "kind": "STAFF"}
    assert 0 <= SESSION_SECONDS_AT_MOST - (ends_at.timestamp() - time.time()) < 60
    assert code_of(await browser.ask(STAFF_ONLY)) == ""


async def test_the_cookie_is_for_nobody_but_the_browser(browser: Browser) -> None:
    signed_in = await browser.sign_in(subject="example-buyer")
    value, *attributes = signed_in.headers["set-cookie"].split("; ")
    assert re.fullmatch(rf"{SESSION}=[0-9a-f]{{8}}\.[\w=-]+", value)
    seconds = int(attributes.pop(0).removeprefix("Max-Age="))
    assert 0 <= SESSION_SECONDS_AT_MOST - seconds < 60
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Lax"]


@pytest.mark.parametrize(
    ("form", "status", "code"),
    [
        ({}, 400, "INVALID_INPUT"),
        ({"subject": "a b"}, 400, "INVALID_INPUT"),
        ({"subject": "ann", "staff": "bob"}, 400, "INVALID_INPUT"),
        ({"subject": "ann", "to": "//elsewhere.example"}, 400, "INVALID_INPUT"),
        ({"subject": "x" * 9_000}, 413, "BODY_TOO_LARGE"),
    ],
)
async def test_a_form_that_names_nobody_is_refused(
    browser: Browser, form: dict[str, str], status: int, code: str
) -> None:
    refused = await browser.sign_in(OF_FORM, **form)
    assert (refused.status_code, code_of(refused), browser.cookies) == (status, code, {})


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Origin": HERE, "Sec-Fetch-Site": "cross-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "same-site"},
        {"Origin": HERE, "Sec-Fetch-Site": "none"},
        {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "same-origin"},
        {"Origin": "http://elsewhere.example:8000", "Host": "elsewhere.example:8000", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
async def test_a_form_of_another_page_signs_nobody_in(browser: Browser, headers: dict[str, str]) -> None:
    refused = await browser.sign_in(headers, subject="example-buyer")
    assert (refused.status_code, code_of(refused), browser.cookies) == (403, "ORIGIN_NOT_ALLOWED", {})


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Origin": HERE},
        {"Origin": "http://localhost:5173", "Host": "localhost:5173", "Sec-Fetch-Site": "same-origin"},
    ],
    ids=str,
)
async def test_a_form_of_ours_signs_in_whatever_this_machine_calls_itself(
    browser: Browser, headers: dict[str, str]
) -> None:
    assert (await browser.sign_in(headers, subject="example-buyer")).status_code == 303


async def test_a_form_signs_out_and_leads_home(browser: Browser) -> None:
    await browser.sign_in(subject="example-buyer")
    signed_out = await browser.sign_out(OF_FORM)
    assert (signed_out.status_code, signed_out.headers["location"], browser.cookies) == (303, "/", {})


async def test_a_link_signs_nobody_out(browser: Browser) -> None:
    await browser.sign_in(subject="example-buyer")
    refused = await browser.open("/sign-out", {**BY_HAND, **OF_PAGE})
    assert (refused.status_code, refused.headers["allow"]) == (405, "POST")
    assert list(browser.cookies) == [SESSION]
