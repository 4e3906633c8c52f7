"""A small OpenID provider over HTTP: code flow with PKCE for one client, keeping to what the standards ask of it.

Everybody who is sent there is let in as `holder`, unless it is told otherwise.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt

from tests.server.issuers import RSA_KEY, public

AUDIENCE = "vitrine"
CLIENT, SECRET = "vitrine-pages", "a-secret-of-the-client"
KID = "rsa-1"


@dataclass
class Provider:
    """What it was asked, and what it answers. What is `extra` replaces members of that document; None removes them."""

    url: str
    redirect_uri: str = ""
    holder: str = "staff-1"
    scope: str = "vitrine.staff"
    lifetime: int = 900
    refuses: str | None = None
    token_status: int = 200
    extra_metadata: dict[str, Any] = field(default_factory=dict)
    extra_answer: dict[str, Any] = field(default_factory=dict)
    extra_tokens: dict[str, Any] = field(default_factory=dict)
    extra_id_claims: dict[str, Any] = field(default_factory=dict)
    extra_access_claims: dict[str, Any] = field(default_factory=dict)
    sent: list[dict[str, str]] = field(default_factory=list)
    redeemed: list[dict[str, str]] = field(default_factory=list)
    given: list[dict[str, Any]] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: list[Mapping[str, Any]] = field(default_factory=lambda: [public(RSA_KEY, KID)])

    def forget(self) -> None:
        self.__dict__.update(Provider(self.url, self.redirect_uri).__dict__)

    def metadata(self) -> dict[str, Any]:
        return _with(
            {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "code_challenge_methods_supported": ["S256"],
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
                "authorization_response_iss_parameter_supported": True,
            },
            self.extra_metadata,
        )

    def authorize(self, given: dict[str, str]) -> str:
        """The address that whoever came with this is led to."""
        self.sent.append(given)
        assert given["response_type"] == "code"
        assert given["client_id"] == CLIENT
        assert given["redirect_uri"] == self.redirect_uri
        assert "openid" in given["scope"].split(" ")
        assert given["code_challenge_method"] == "S256"
        assert len({given["state"], given["nonce"], given["code_challenge"]}) == 3
        answer = {"state": given["state"], "iss": self.url}
        if self.refuses is not None:
            answer |= {"error": self.refuses, "error_description": "something that is not repeated"}
        else:
            code = secrets.token_urlsafe(16)
            self.codes[code] = given
            answer["code"] = code
        return f"{given['redirect_uri']}?{urlencode(_with(answer, self.extra_answer))}"

    def redeem(self, authorization: str, given: dict[str, str]) -> tuple[int, dict[str, Any]]:
        self.redeemed.append(given)
        if self.token_status >= 500:
            return self.token_status, {"error": "server_error"}
        if authorization != f"Basic {base64.b64encode(f'{CLIENT}:{SECRET}'.encode()).decode()}":
            return 401, {"error": "invalid_client", "error_description": "no\r\nsuch client"}
        begun = self.codes.pop(given["code"], None)
        challenge = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest())
        if (
            begun is None
            or given["grant_type"] != "authorization_code"
            or given["redirect_uri"] != begun["redirect_uri"]
            or challenge.rstrip(b"=").decode() != begun["code_challenge"]
        ):
            return 400, {"error": "invalid_grant", "error_description": "not to be repeated"}
        access = self.access_token()
        digest = hashlib.sha256(access.encode()).digest()[:16]
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": self.holder,
            "iat": now,
            "exp": now + 60,
            "nonce": begun["nonce"],
            "at_hash": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
        }
        id_token = signed(_with(claims, self.extra_id_claims), "JWT")
        answer = {"access_token": access, "token_type": "Bearer", "expires_in": self.lifetime, "id_token": id_token}
        self.given.append(answer)
        return 200, _with(answer, self.extra_tokens)

    def access_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": AUDIENCE, "sub": self.holder, "scope": self.scope, "iat": now}
        return signed(_with({**claims, "exp": now + self.lifetime}, self.extra_access_claims), "at+jwt")


def _with(document: dict[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**document, **extra}.items() if value is not None}


def signed(claims: Mapping[str, Any], kind: str) -> str:
    return jwt.encode(dict(claims), RSA_KEY, "RS256", headers={"kid": KID, "typ": kind})


@contextmanager
def provider_served() -> Iterator[Provider]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            url = urlsplit(self.path)
            if url.path == "/authorize":
                self.send_response(302)
                self.send_header("Location", provider.authorize(_single(url.query)))
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            documents: dict[str, Any] = {
                "/.well-known/openid-configuration": provider.metadata(),
                "/keys": {"keys": provider.keys},
            }
            self._answer(200 if url.path in documents else 404, documents.get(url.path))

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(*provider.redeem(self.headers.get("Authorization", ""), _single(body)))

        def _answer(self, status: int, document: Any) -> None:
            body = json.dumps(document).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider = Provider(f"http://127.0.0.1:{server.server_address[1]}")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()


def _single(query: str) -> dict[str, str]:
    given = parse_qs(query, keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in given.values())
    return {name: values[0] for name, values in given.items()}
