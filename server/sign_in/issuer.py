"""The issuer as those who sign in meet it: where they are sent, and which token the code that they bring back is worth.

By OpenID Connect's code flow with PKCE, with authlib.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import httpx2
import structlog
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from authlib.oidc.core import CodeIDToken
from authlib.oidc.discovery import get_well_known_url
from joserfc.errors import JoseError

from graph.errors import IssuerUnavailable, Unauthenticated
from server.sign_in.failure import LATER, Reason, SignInFailed
from server.sign_in_settings import is_safe
from server.token_rules import is_loopback
from server.tokens import TokenVerifier

ISSUER_SECONDS = 10.0
#: How long what the issuer says of itself is believed.
ENDPOINTS_SECONDS = 300.0
#: What it says of itself.
ENDPOINTS_BYTES_AT_MOST = 256 * 1024
#: How soon an issuer that failed is asked again.
RETRY_SECONDS = 3.0

_OPERATOR = "The sign-in service and this one do not fit together: whoever runs them finds the reason in the log."
_METHODS = ("client_secret_basic", "client_secret_post")
#: What an issuer may answer (RFC 6749, OpenID Connect Core): anything else is not repeated.
_CODES = frozenset(
    {
        "access_denied",
        "account_selection_required",
        "consent_required",
        "interaction_required",
        "invalid_client",
        "invalid_grant",
        "invalid_request",
        "invalid_scope",
        "login_required",
        "server_error",
        "temporarily_unavailable",
        "unauthorized_client",
        "unsupported_grant_type",
        "unsupported_response_type",
    }
)
_DENIED = frozenset({"access_denied", "consent_required", "interaction_required", "login_required"})

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Client:
    """As what this service is known to the issuer. `parameters`: further ones, for when somebody is sent there."""

    id: str
    secret: str = field(repr=False)
    scopes: str
    parameters: Mapping[str, str]
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What the issuer says of itself. `names_itself`: whether it does in its answers too (RFC 9207)."""

    authorization: str
    token: str
    method: str
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Secrets:
    """Of one sign-in, each random."""

    state: str
    nonce: str
    code_verifier: str


class Issuer:
    """The issuer of the access tokens that `verifier` takes."""

    def __init__(
        self, client: Client, verifier: TokenVerifier, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._client = client
        self._verifier = verifier
        self._monotonic = monotonic
        self._endpoints: Endpoints | None = None
        self._known_at = 0.0
        self._failure: SignInFailed | None = None
        self._failed_at = 0.0
        self._fetch: asyncio.Task[None] | None = None

    @property
    def _name(self) -> str:
        return self._verifier.rules.issuer

    async def address(self, secrets: Secrets) -> str:
        """Where to send whoever signs in. Raises SignInFailed."""
        endpoints = await self._load_endpoints()
        async with self._open(endpoints) as client:
            url, _ = client.create_authorization_url(
                endpoints.authorization,
                state=secrets.state,
                nonce=secrets.nonce,
                code_verifier=secrets.code_verifier,
                **self._client.parameters,
            )
        return str(url)

    async def check_answer(self, given: Mapping[str, str]) -> str:
        """The code in an answer to a sign-in of which the state is known to be right. Raises SignInFailed."""
        endpoints = await self._load_endpoints()
        if given.get("iss", self._name if not endpoints.names_itself else None) != self._name:
            raise SignInFailed(Reason.OTHER_ISSUER, _OPERATOR, 502)
        if "error" in given:
            raise _refused(Reason.REFUSED, given["error"])
        if not given.get("code"):
            raise SignInFailed(Reason.INCOMPLETE, _OPERATOR, 502)
        return given["code"]

    async def access_token(self, code: str, secrets: Secrets) -> str:
        """What a code is worth, once. Raises SignInFailed."""
        endpoints = await self._load_endpoints()
        try:
            async with asyncio.timeout(ISSUER_SECONDS), self._open(endpoints) as client:
                given = await client.fetch_token(
                    endpoints.token,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=secrets.code_verifier,
                )
        except OAuthError as error:
            raise _refused(Reason.CODE_REFUSED, str(error.error)) from error
        except (httpx2.HTTPError, TimeoutError, ValueError) as error:
            raise SignInFailed(Reason.UNREACHABLE, LATER, 503, type(error).__name__) from error
        token, id_token = given.get("access_token"), given.get("id_token")
        if not isinstance(token, str) or not isinstance(id_token, str):
            raise SignInFailed(Reason.NOTHING, _OPERATOR, 502)
        await self._check_id_token(id_token, token, secrets)
        return token

    async def _check_id_token(self, id_token: str, access_token: str, secrets: Secrets) -> None:
        """That it was made for this sign-in, and the access token with it."""
        rules = self._verifier.rules
        options = {
            "iss": {"essential": True, "value": rules.issuer},
            "aud": {"essential": True, "value": self._client.id},
        }
        params = {"nonce": secrets.nonce, "client_id": self._client.id, "access_token": access_token}
        try:
            claims, algorithm = await self._verifier.signed_claims(id_token)
            CodeIDToken(claims, {"alg": algorithm}, options, params).validate(
                now=int(self._verifier.now()), leeway=int(rules.clock_skew_seconds)
            )
        except IssuerUnavailable as error:
            raise SignInFailed(Reason.UNREACHABLE, LATER, 503) from error
        except Unauthenticated as error:
            raise SignInFailed(Reason.NOT_THIS, _OPERATOR, 502, error.message) from error
        except (JoseError, ValueError, TypeError) as error:
            raise SignInFailed(Reason.NOT_THIS, _OPERATOR, 502, str(getattr(error, "claim", ""))) from error

    async def _load_endpoints(self) -> Endpoints:
        """Known ones go on to serve where the issuer fails, and are asked for anew beside the sign-ins meanwhile."""
        if self._is_due():
            failing = self._failure is not None
            fetch = self._shared_fetch()
            if self._endpoints is None or not failing:
                await fetch
        if self._endpoints is not None:
            return self._endpoints
        assert self._failure is not None
        raise self._failure.with_traceback(None)

    def _is_due(self) -> bool:
        now = self._monotonic()
        if self._endpoints is not None and now - self._known_at < ENDPOINTS_SECONDS:
            return False
        return self._failure is None or now - self._failed_at >= RETRY_SECONDS

    def _shared_fetch(self) -> asyncio.Future[None]:
        """The fetch that runs, or a new one. It goes on when a request that waits for it is cancelled."""
        if self._fetch is None or self._fetch.done():
            self._fetch = asyncio.create_task(self._fetch_endpoints())
        return asyncio.shield(self._fetch)

    async def _fetch_endpoints(self) -> None:
        try:
            endpoints = await fetch_endpoints(self._name)
        except (httpx2.HTTPError, TimeoutError) as error:
            self._fail(SignInFailed(Reason.UNREACHABLE, LATER, 503, type(error).__name__))
        except ValueError as error:
            self._fail(SignInFailed(Reason.NO_ENDPOINTS, _OPERATOR, 502, str(error)))
        else:
            self._endpoints, self._known_at, self._failure = endpoints, self._monotonic(), None

    def _fail(self, failure: SignInFailed) -> None:
        self._failure, self._failed_at = failure, self._monotonic()
        if self._endpoints is not None:
            log.warning("The issuer was not asked anew", reason=failure.reason.value, detail=failure.detail)

    def _open(self, endpoints: Endpoints) -> Any:
        return AsyncOAuth2Client(
            self._client.id,
            self._client.secret,
            token_endpoint_auth_method=endpoints.method,
            scope=self._client.scopes,
            redirect_uri=self._client.redirect_uri,
            code_challenge_method="S256",
            verify=_tls(),
            trust_env=not _is_here(endpoints.token),
        )


async def fetch_endpoints(issuer: str) -> Endpoints:
    """Asks the issuer. Raises httpx2.HTTPError, TimeoutError, and ValueError, which says what is wrong."""
    address = get_well_known_url(issuer, external=True)
    async with (
        asyncio.timeout(ISSUER_SECONDS),
        httpx2.AsyncClient(verify=_tls(), trust_env=not _is_here(issuer)) as client,
        client.stream("GET", address, headers={"Accept": "application/json"}) as response,
    ):
        if response.status_code != 200:
            raise ValueError(f"{address} answers with the status {response.status_code}")
        body = bytearray()
        async for chunk in response.aiter_bytes():
            body += chunk
            if len(body) > ENDPOINTS_BYTES_AT_MOST:
                raise ValueError(f"{address} answers with more than {ENDPOINTS_BYTES_AT_MOST} bytes")
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{address} does not answer with JSON") from error
    return read_endpoints(document, issuer)


def read_endpoints(document: object, issuer: str) -> Endpoints:
    """Raises ValueError, which says what is wrong."""
    if not isinstance(document, dict):
        raise ValueError("what the issuer says of itself is no JSON object")
    if document.get("issuer") != issuer:
        raise ValueError("what the issuer says of itself is of another issuer than VITRINE_OIDC_ISSUER")
    authorization, token = (_address(document, name) for name in ("authorization_endpoint", "token_endpoint"))
    challenges = document.get("code_challenge_methods_supported", ["S256"])
    if not isinstance(challenges, list) or "S256" not in challenges:
        raise ValueError("the issuer does not know PKCE by S256")
    offered = document.get("token_endpoint_auth_methods_supported", _METHODS[:1])
    method = next((each for each in _METHODS if isinstance(offered, list | tuple) and each in offered), None)
    if method is None:
        raise ValueError(f"the issuer takes a client's secret neither by {' nor by '.join(_METHODS)}")
    names_itself = document.get("authorization_response_iss_parameter_supported") is True
    return Endpoints(authorization, token, method, names_itself)


def _address(document: Mapping[str, Any], name: str) -> str:
    address = document.get(name)
    if not isinstance(address, str) or not is_safe(address):
        raise ValueError(f"the issuer's {name} is no https:// address")
    return address


@cache
def _tls() -> ssl.SSLContext:
    """What the system trusts, read once: that takes 50 ms."""
    return httpx2.create_ssl_context()


def _is_here(address: str) -> bool:
    """Whether it is this machine: a proxy's loopback is not."""
    return is_loopback(urlsplit(address).hostname or "")


def _refused(reason: Reason, code: str) -> SignInFailed:
    code = code if code in _CODES else "an unknown code"
    if code in _DENIED:
        return SignInFailed(Reason.DENIED, "The sign-in service did not let you in.", 403, code)
    if code == "invalid_grant":
        return SignInFailed(reason, "This sign-in has been used or is over. Begin again.", 400, code)
    if code in ("server_error", "temporarily_unavailable"):
        return SignInFailed(reason, LATER, 503, code)
    return SignInFailed(reason, _OPERATOR, 502, code)
