"""In production mode people are sent to the issuer and come back: there and back, and all that can be wrong with it."""

from __future__ import annotations

import html
import io
import re
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest
from structlog.testing import capture_logs

from server.sign_in.issuer import ENDPOINTS_BYTES_AT_MOST
from tests.logs import logged_to
from tests.server.api import Api
from tests.server.issuers import OTHER_RSA_KEY, public
from tests.server.sign_in.browser import OF_PAGE, SECURE_SESSION, SIGNING_IN, Browser, code_of
from tests.server.sign_in.provider import CLIENT, KID, SECRET, Provider, provider_served
from tests.server.sign_in.serving import PUBLIC, production_app

STAFF_ONLY = "{ dataMap { findings { totalCount } } }"
AGAIN = "Begin again."
LATER = "The sign-in service does not answer just now. Try again in a minute."
OPERATOR = "The sign-in service and this one do not fit together: whoever runs them finds the reason in the log."
USELESS = "You are known to the sign-in service, but it gave nothing that is of use here: "
ANOTHER = f"Signing in was begun anew since, in another tab perhaps. {AGAIN}"
NOT_BEGUN = f"Signing in was begun in another browser, or more than 10 minutes ago. {AGAIN}"


def told(response: httpx2.Response) -> str:
    """What a page says of a sign-in that failed."""
    assert "<h1>You are not signed in</h1>" in response.text
    found = re.search(r"</h1>\n<p>(.*?)</p>", response.text)
    assert found is not None
    return html.unescape(found[1])


def it_is_over(browser: Browser) -> None:
    """Nobody is signed in, and nothing is left of the sign-in."""
    assert browser.cookies == {}


class TestWhoeverSignsIn:
    async def test_comes_back_to_the_page_where_they_were(self, visitor: Browser) -> None:
        back = await visitor.come_back(await visitor.begin("/map/paths?from=service:billmanager&to=country:US"))
        assert back.status_code == 303
        assert back.headers["location"] == "/map/paths?from=service:billmanager&to=country:US"
        assert list(visitor.cookies) == [SECURE_SESSION]
        assert code_of(await visitor.ask(STAFF_ONLY)) == ""

    async def test_is_who_the_access_token_says_for_as_long_as_it_does(
        self, visitor: Browser, provider: Provider
    ) -> None:
        provider.holder, provider.scope, provider.lifetime = "example-buyer", "openid vitrine.subject", 300
        await visitor.come_back(await visitor.begin("/me"))
        session = await visitor.session()
        ends_at = datetime.fromisoformat(session["viewer"].pop("expiresAt")).timestamp()
        assert session == {
            "viewer": {"id": "example-buyer", "kind": "SUBJECT"},
            "mode": "production",
            "canSignIn": True,
        }
        # With the clocks' difference that is allowed.
        assert 300 < ends_at - time.time() <= 330
        assert (await visitor.ask("{ me { key } }")).json()["data"] == {"me": {"key": "example-buyer"}}
        assert code_of(await visitor.ask(STAFF_ONLY)) == "FORBIDDEN"

    async def test_holds_a_cookie_that_goes_over_tls_to_this_host_alone(self, visitor: Browser) -> None:
        back = await visitor.come_back(await visitor.begin())
        (cookie,) = (each for each in back.headers.get_list("set-cookie") if each.startswith(f"{SECURE_SESSION}="))
        assert cookie.split("; ")[2:] == ["Path=/", "HttpOnly", "SameSite=Lax", "Secure"]

    async def test_asks_for_scopes_with_random_secrets_of_which_none_is_sent(
        self, visitor: Browser, provider: Provider
    ) -> None:
        await visitor.come_back(await visitor.begin())
        await visitor.come_back(await visitor.begin())
        first, second = provider.sent
        assert first["scope"] == "openid vitrine.subject vitrine.staff"
        assert (
            first.keys()
            == second.keys()
            == {
                "response_type",
                "client_id",
                "redirect_uri",
                "scope",
                "state",
                "nonce",
                "code_challenge",
                "code_challenge_method",
            }
        )
        assert not {first[name] for name in ("state", "nonce", "code_challenge")} & set(second.values())
        assert provider.redeemed[0]["code_verifier"] not in str(provider.sent)

    async def test_asks_as_the_settings_say(self, reader: Api, provider: Provider) -> None:
        app = production_app(
            reader, provider, oidc_scopes="openid  all", oidc_parameters="audience=vitrine&prompt=select_account"
        )
        visitor = Browser(app, PUBLIC)
        async with visitor.http:
            await visitor.begin()
        assert (provider.sent[0]["scope"], provider.sent[0]["audience"]) == ("openid all", "vitrine")
        assert provider.sent[0]["prompt"] == "select_account"

    async def test_is_asked_for_again_when_signed_out(self, visitor: Browser) -> None:
        await visitor.come_back(await visitor.begin())
        assert (await visitor.sign_out(OF_PAGE)).status_code == 204
        assert (await visitor.session())["viewer"] is None

    async def test_may_hand_the_secret_over_in_the_body(self, newcomer: Browser, provider: Provider) -> None:
        provider.extra_metadata = {"token_endpoint_auth_methods_supported": ["client_secret_post", "private_key_jwt"]}
        failed = await newcomer.come_back(await newcomer.begin())
        # This provider then misses the header.
        assert told(failed) == OPERATOR
        assert provider.redeemed[0]["client_id"] == CLIENT


def swapped(address: str, **given: str) -> str:
    """The issuer's answer with parameters replaced, or, where they are empty, taken out."""
    url = urlsplit(address)
    parameters = {name: values[0] for name, values in parse_qs(url.query).items()} | given
    return url._replace(query=urlencode({name: text for name, text in parameters.items() if text})).geturl()


class TestAnAnswer:
    async def test_of_another_sign_in_is_refused(self, visitor: Browser) -> None:
        first, second = await visitor.begin(), await visitor.begin()
        refused = await visitor.come_back(first)
        assert (refused.status_code, told(refused)) == (400, ANOTHER)
        assert list(visitor.cookies) == [SIGNING_IN]
        assert (await visitor.come_back(second)).status_code == 303

    async def test_without_a_sign_in_of_this_browser_is_refused(self, visitor: Browser, reader: Api) -> None:
        """Somebody who leads others to an answer of their own would have them signed in as themself."""
        attackers = await visitor.begin()
        victim = Browser(visitor.app, PUBLIC)
        async with victim.http:
            refused = await victim.come_back(attackers)
            assert (refused.status_code, told(refused), victim.cookies) == (400, NOT_BEGUN, {})
            await victim.begin()
            refused = await victim.come_back(attackers)
            assert (refused.status_code, told(refused), list(victim.cookies)) == (400, ANOTHER, [SIGNING_IN])

    async def test_counts_once(self, visitor: Browser) -> None:
        address = await visitor.begin()
        waiting = visitor.cookies
        assert (await visitor.come_back(address)).status_code == 303
        again = await visitor.come_back(address)
        assert (again.status_code, told(again)) == (400, NOT_BEGUN)
        # Nor with the cookie of then, for the issuer knows that the code was used.
        visitor.hold(waiting[SIGNING_IN], SIGNING_IN)
        again = await visitor.come_back(address)
        assert (again.status_code, told(again)) == (400, f"This sign-in has been used or is over. {AGAIN}")
        it_is_over(visitor)

    async def test_is_not_waited_for_longer_than_said(self, reader: Api, provider: Provider) -> None:
        now = [time.time()]
        visitor = Browser(production_app(reader, provider, now=lambda: now[0]), PUBLIC)
        async with visitor.http:
            address = await visitor.begin()
            now[0] += 601
            late = await visitor.come_back(address)
        assert (late.status_code, told(late)) == (400, NOT_BEGUN)

    @pytest.mark.parametrize(
        ("given", "status", "said"),
        [
            ({"code": ""}, 502, OPERATOR),
            ({"code": "another"}, 400, f"This sign-in has been used or is over. {AGAIN}"),
            ({"iss": "https://elsewhere.example"}, 502, OPERATOR),
            ({"iss": ""}, 502, OPERATOR),
            ({"error": "access_denied"}, 403, "The sign-in service did not let you in."),
            ({"error": "temporarily_unavailable"}, 503, LATER),
            ({"error": "<script>"}, 502, OPERATOR),
        ],
        ids=str,
    )
    async def test_with_another_content_is_refused(
        self, visitor: Browser, given: dict[str, str], status: int, said: str
    ) -> None:
        refused = await visitor.come_back(swapped(await visitor.begin(), **given))
        assert (refused.status_code, told(refused)) == (status, said)
        assert "<script" not in refused.text
        it_is_over(visitor)

    @pytest.mark.parametrize("state", ["", "x", "ü"])
    async def test_with_another_state_is_refused(self, visitor: Browser, state: str) -> None:
        refused = await visitor.come_back(swapped(await visitor.begin(), state=state))
        assert (refused.status_code, told(refused), list(visitor.cookies)) == (400, ANOTHER, [SIGNING_IN])

    async def test_with_something_twice_is_refused(self, visitor: Browser) -> None:
        address = await visitor.begin()
        refused = await visitor.come_back(f"{address}&code=another")
        assert (refused.status_code, told(refused)) == (502, OPERATOR)

    async def test_by_another_method_is_refused(self, visitor: Browser) -> None:
        address = await visitor.begin()
        for method in ("HEAD", "POST"):
            assert (await visitor.http.request(method, address)).status_code == 405
        assert (await visitor.come_back(address)).status_code == 303


def of_id(**claims: Any) -> Callable[[Provider], None]:
    def set_claims(provider: Provider) -> None:
        provider.extra_id_claims = claims

    return set_claims


def of_access(**claims: Any) -> Callable[[Provider], None]:
    def set_claims(provider: Provider) -> None:
        provider.extra_access_claims = claims

    return set_claims


def changed(**given: Any) -> Callable[[Provider], None]:
    def change(provider: Provider) -> None:
        for name, value in given.items():
            setattr(provider, name, value)

    return change


@pytest.mark.parametrize(
    ("change", "status", "said", "detail"),
    [
        (of_id(nonce=None), 502, OPERATOR, "nonce"),
        (of_id(nonce="another"), 502, OPERATOR, "nonce"),
        (of_id(aud="another"), 502, OPERATOR, "aud"),
        (of_id(aud=[CLIENT, "another"]), 502, OPERATOR, "azp"),
        (of_id(azp="another"), 502, OPERATOR, "azp"),
        (of_id(iss="https://elsewhere.example"), 502, OPERATOR, "iss"),
        (of_id(exp=int(time.time()) - 60), 502, OPERATOR, "exp"),
        (of_id(iat=None), 502, OPERATOR, "iat"),
        (of_id(at_hash="another"), 502, OPERATOR, "at_hash"),
        (of_access(aud=CLIENT), 403, f"{USELESS}the access token is for another audience (aud) than vitrine.", None),
        (of_access(exp=1), 403, f"{USELESS}the access token has expired (exp): get a new one.", None),
        (
            changed(scope="openid"),
            403,
            f"{USELESS}the access token has none of the scopes vitrine.staff, vitrine.subject.",
            None,
        ),
        (
            of_access(sub="a b"),
            403,
            f"{USELESS}the id in the credential is malformed: an id has 1 to 128 characters, no whitespace.",
            None,
        ),
        (changed(token_status=500), 503, LATER, "HTTPStatusError"),
        (changed(extra_tokens={"id_token": None}), 502, OPERATOR, ""),
        (changed(extra_tokens={"access_token": None}), 502, OPERATOR, ""),
        (changed(extra_tokens={"id_token": 1}), 502, OPERATOR, ""),
        (changed(extra_tokens={"access_token": "opaque"}), 502, OPERATOR, "at_hash"),
    ],
)
async def test_what_the_issuer_gives_is_looked_at(
    visitor: Browser, provider: Provider, change: Callable[[Provider], None], status: int, said: str, detail: str | None
) -> None:
    change(provider)
    with capture_logs() as logs:
        failed = await visitor.come_back(await visitor.begin())
    assert (failed.status_code, told(failed)) == (status, said)
    it_is_over(visitor)
    (entry,) = (each for each in logs if each["event"] == "Nobody was signed in")
    assert detail is None or entry["detail"] == detail


async def test_a_token_too_large_for_a_cookie_is_told(visitor: Browser, provider: Provider) -> None:
    provider.extra_access_claims = {"groups": [secrets.token_hex(1_600)]}
    failed = await visitor.come_back(await visitor.begin())
    said = told(failed)
    assert failed.status_code == 403
    assert re.fullmatch(
        rf"{USELESS}the access token, of 4\d\d\d characters, is too large for a cookie: have the issuer put less into "
        "it, such as no groups and roles\\.",
        said,
    )
    it_is_over(visitor)
    provider.extra_access_claims = {"groups": [secrets.token_hex(1_000)]}
    assert (await visitor.come_back(await visitor.begin())).status_code == 303


@pytest.mark.parametrize(
    ("metadata", "detail"),
    [
        (
            {"issuer": "https://elsewhere.example"},
            "what the issuer says of itself is of another issuer than VITRINE_OIDC_ISSUER",
        ),
        ({"token_endpoint": "http://elsewhere.example/token"}, "the issuer's token_endpoint is no https:// address"),
        (
            {"authorization_endpoint": "javascript:alert(1)"},
            "the issuer's authorization_endpoint is no https:// address",
        ),
        ({"authorization_endpoint": None}, "the issuer's authorization_endpoint is no https:// address"),
        ({"code_challenge_methods_supported": ["plain"]}, "the issuer does not know PKCE by S256"),
        (
            {"token_endpoint_auth_methods_supported": ["private_key_jwt"]},
            "the issuer takes a client's secret neither by client_secret_basic nor by client_secret_post",
        ),
    ],
    ids=str,
)
async def test_an_issuer_that_cannot_be_used_is_told(
    newcomer: Browser, provider: Provider, metadata: dict[str, Any], detail: str
) -> None:
    provider.extra_metadata = metadata
    with capture_logs() as logs:
        failed = await newcomer.open("/sign-in")
    assert (failed.status_code, told(failed), newcomer.cookies) == (502, OPERATOR, {})
    (entry,) = (each for each in logs if each["event"] == "Nobody was signed in")
    assert entry["detail"] == detail


async def test_an_issuer_that_says_too_much_is_not_listened_to(newcomer: Browser, provider: Provider) -> None:
    provider.extra_metadata = {"claims_supported": ["x" * ENDPOINTS_BYTES_AT_MOST]}
    with capture_logs() as logs:
        failed = await newcomer.open("/sign-in")
    assert (failed.status_code, told(failed)) == (502, OPERATOR)
    (entry,) = (each for each in logs if each["event"] == "Nobody was signed in")
    assert entry["detail"].endswith("answers with more than 262144 bytes")


async def test_an_issuer_that_is_away_is_told_and_asked_again(reader: Api) -> None:
    with provider_served() as provider:
        gone = provider
    visitor = Browser(production_app(reader, gone), PUBLIC)
    async with visitor.http:
        failed = await visitor.open("/sign-in?to=/me")
        assert (failed.status_code, told(failed)) == (503, LATER)
        assert 'href="/sign-in?to=/me"' in failed.text


async def test_a_service_without_a_client_says_that_nobody_can_sign_in(reader: Api, provider: Provider) -> None:
    unset: Mapping[str, Any] = {"oidc_client_id": None, "oidc_client_secret": None, "session_keys": None}
    visitor = Browser(production_app(reader, provider, **unset), PUBLIC)
    async with visitor.http:
        for path in ("/sign-in?to=/map", "/signed-in?code=x&state=y"):
            page = await visitor.open(path)
            assert (page.status_code, "<h1>Nobody can sign in here</h1>" in page.text) == (404, True)
        assert await visitor.session() == {"viewer": None, "mode": "production", "canSignIn": False}


async def test_nobody_chooses_who_to_be_in_production(visitor: Browser) -> None:
    refused = await visitor.http.post("/sign-in", data={"staff": "me"}, headers={"Origin": PUBLIC})
    assert (refused.status_code, refused.headers["allow"], visitor.cookies) == (405, "GET, HEAD", {})


async def test_neither_codes_nor_tokens_are_logged(newcomer: Browser, provider: Provider) -> None:
    logs = io.StringIO()
    with logged_to(logs, "debug"):
        address = await newcomer.begin()
        await newcomer.come_back(address)
        await newcomer.session()
        await newcomer.come_back(address)
        provider.extra_id_claims = {"nonce": "another"}
        await newcomer.come_back(await newcomer.begin())
    written = logs.getvalue()
    assert written.count("Nobody was signed in") == 2
    secret = [value for each in (*provider.sent, *provider.redeemed) for value in each.values() if len(value) > 15]
    secret += [provider.given[0]["access_token"], provider.given[0]["id_token"], SECRET, *newcomer.cookies.values()]
    assert len(secret) > 10
    public = (provider.redirect_uri, "authorization_code", "openid vitrine.subject vitrine.staff")
    assert [each for each in secret if each in written and each not in public] == []


async def test_an_id_token_of_another_key_is_refused(newcomer: Browser, provider: Provider) -> None:
    provider.keys = [public(OTHER_RSA_KEY, KID)]
    failed = await newcomer.come_back(await newcomer.begin())
    assert (failed.status_code, told(failed)) == (502, OPERATOR)
