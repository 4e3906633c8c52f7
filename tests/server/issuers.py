"""Issuers of access tokens: real keys and signatures, and the keys published over HTTP.

`issuer`, `clocks` and `verifier` are fixtures. A test module takes them by assignment: an import that parameters
shadow looks unused to the linter.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from jwt.algorithms import ECAlgorithm, OKPAlgorithm, RSAAlgorithm

from graph.errors import Unauthenticated
from server.token_rules import TokenRules
from server.tokens import TokenVerifier

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

RSA_KEY = rsa.generate_private_key(65537, 2048)
OTHER_RSA_KEY = rsa.generate_private_key(65537, 2048)
SHORT_RSA_KEY = rsa.generate_private_key(65537, 1024)  # noqa: S505 (it is here to be refused)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
EC_384_KEY = ec.generate_private_key(ec.SECP384R1())
ED_KEY = ed25519.Ed25519PrivateKey.generate()

ISSUER = "https://login.example"
AUDIENCE = "https://vitrine.example"
SUBJECT = "3f1d7c5e-0000-4000-8000-000000000001"
NOW = 1_800_000_000

BAD_SIGNATURE = "the access token's signature does not verify"
UNKNOWN_KEY = "the access token is signed with a key that the issuer does not publish"


class Clocks:
    """A wall clock and a steady one, moved by hand together or apart."""

    def __init__(self) -> None:
        self.wall = float(NOW)
        self.steady = 1000.0

    def move(self, seconds: float) -> None:
        self.wall += seconds
        self.steady += seconds


class Issuer:
    """What the issuer's key address answers, and how often it was asked."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.keys: list[Mapping[str, Any]] = [public(RSA_KEY, "rsa-1"), public(EC_KEY, "ec-1")]
        self.body: bytes | None = None
        self.status = 200
        self.location: str | None = None
        self.trickle = False
        self.requests = 0
        self.asked = threading.Condition()
        self.open = threading.Event()
        self.open.set()

    def answer(self) -> bytes:
        return self.body if self.body is not None else json.dumps({"keys": self.keys}).encode()

    def fail(self) -> None:
        self.status = 503

    def recover(self) -> None:
        self.status = 200


@contextmanager
def issuer_served() -> Iterator[Issuer]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with issuer.asked:
                issuer.requests += 1
                issuer.asked.notify_all()
            issuer.open.wait(10)
            body = issuer.answer()
            try:
                self.send_response(issuer.status)
                if issuer.location is not None:
                    self.send_header("Location", issuer.location)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                step = 1 if issuer.trickle else len(body) or 1
                for start in range(0, len(body), step):
                    self.wfile.write(body[start : start + step])
                    if issuer.trickle and stopped.wait(0.05):
                        return
            except ConnectionError:
                return

        def log_message(self, *_: object) -> None:
            return

    stopped = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_address[1]}/keys")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield issuer
    finally:
        stopped.set()
        issuer.open.set()
        server.shutdown()
        thread.join()
        server.server_close()


def verifier_for(issuer: Issuer, clocks: Clocks, **rules: Any) -> TokenVerifier:
    return TokenVerifier(rules_for(issuer.url, **rules), now=lambda: clocks.wall, monotonic=lambda: clocks.steady)


def rules_for(url: str, **rules: Any) -> TokenRules:
    return TokenRules(**{"issuer": ISSUER, "audience": AUDIENCE, "jwks_url": url, **rules})


def public(key: PrivateKey, kid: str | None, **members: Any) -> Mapping[str, Any]:
    """The public JWK of a key."""
    if isinstance(key, rsa.RSAPrivateKey):
        jwk = RSAAlgorithm.to_jwk(key.public_key(), as_dict=True)
    elif isinstance(key, ec.EllipticCurvePrivateKey):
        jwk = ECAlgorithm.to_jwk(key.public_key(), as_dict=True)
    else:
        jwk = OKPAlgorithm.to_jwk(key.public_key(), as_dict=True)
    return (
        {name: jwk[name] for name in ("kty", "crv", "n", "e", "x", "y") if name in jwk}
        | ({"kid": kid} if kid is not None else {})
        | members
    )


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def claims(**changes: Any) -> dict[str, Any]:
    """The claims of a good subject token. `...` leaves a claim out."""
    good = {"iss": ISSUER, "aud": AUDIENCE, "sub": SUBJECT, "iat": NOW, "nbf": NOW, "exp": NOW + 300}
    all_claims = good | {"scope": "openid vitrine.subject"} | changes
    return {name: value for name, value in all_claims.items() if value is not ...}


def token(
    payload: Any = None,
    key: PrivateKey = RSA_KEY,
    sign: Callable[[bytes], bytes] | None = None,
    **header: Any,
) -> str:
    """A signed token. The header is that of a good RS256 token but for `header`; `...` leaves a member out."""
    full_header = {"alg": "RS256", "kid": "rsa-1", "typ": "at+jwt"} | header
    head = json.dumps({name: value for name, value in full_header.items() if value is not ...}).encode()
    body = payload if isinstance(payload, bytes) else json.dumps(claims() if payload is None else payload).encode()
    signed = f"{base64url(head)}.{base64url(body)}"
    return f"{signed}.{base64url((sign or signature_with(key, full_header['alg']))(signed.encode()))}"


def signature_with(key: PrivateKey, algorithm: object) -> Callable[[bytes], bytes]:
    def sign(data: bytes) -> bytes:
        if isinstance(key, ed25519.Ed25519PrivateKey):
            return key.sign(data)
        if isinstance(key, ec.EllipticCurvePrivateKey):
            r, s = decode_dss_signature(key.sign(data, ec.ECDSA(hashes.SHA256())))
            return r.to_bytes(32, "big") + s.to_bytes(32, "big")
        if algorithm == "PS256":
            return key.sign(data, padding.PSS(padding.MGF1(hashes.SHA256()), 32), hashes.SHA256())
        return key.sign(data, padding.PKCS1v15(), hashes.SHA256())

    return sign


async def refusal_of(verifier: TokenVerifier, text: str) -> str:
    with pytest.raises(Unauthenticated) as refusal:
        await verifier.verify(text)
    assert refusal.value.code == "UNAUTHENTICATED"
    assert not [part for part in (*text.split("."), SUBJECT) if len(part) > 3 and part in refusal.value.message]
    assert refusal.value.ids == {}
    return refusal.value.message


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuer_served() as issuer:
        yield issuer


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def verifier(issuer: Issuer, clocks: Clocks) -> TokenVerifier:
    return verifier_for(issuer, clocks)
