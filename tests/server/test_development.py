"""Development tokens: signed by whoever holds the key file, verified over HTTP like any others."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import stat
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import jwt
import pytest
import uvicorn
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from graph.errors import InvalidInput, InvalidSettings, VitrineError
from server.development import (
    DEFAULT_LIFETIME,
    JWKS_PATH,
    DevelopmentIssuer,
    development_rules,
    open_development_issuer,
    refuse_outside_loopback,
)
from server.tokens import TokenVerifier, credential_in, viewer_of

CHECKOUT = Path(__file__).parents[2]
NOW = 1_800_000_000


@pytest.fixture
def issuer(tmp_path: Path) -> DevelopmentIssuer:
    return open_development_issuer(tmp_path, now=lambda: NOW)


@contextmanager
def service(issuer: DevelopmentIssuer, now: float = NOW) -> Iterator[str]:
    """A service in development mode: one process, one event loop, that fetches the keys from itself. Its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    verifier = TokenVerifier(development_rules(address + JWKS_PATH), now=lambda: now)

    async def who(request: Request) -> JSONResponse:
        try:
            viewer = await viewer_of(credential_in(request.headers.raw), verifier)
        except VitrineError as error:
            return JSONResponse({"code": error.code, "message": error.message})
        return JSONResponse({"id": viewer.id, "scopes": sorted(viewer.scopes), "service": viewer.service})

    async def keys(_: Request) -> JSONResponse:
        return JSONResponse(issuer.jwks())

    app = Starlette(routes=[Route("/who", who), Route(JWKS_PATH, keys)])
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def who(address: str, token: str | None) -> object:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with direct.open(urllib.request.Request(f"{address}/who", headers=headers), timeout=10) as response:  # noqa: S310
        return json.load(response)


def test_a_service_verifies_what_its_own_key_signed(issuer: DevelopmentIssuer) -> None:
    with service(issuer) as address:
        assert who(address, None) == {"id": None, "scopes": [], "service": None}
        assert who(address, issuer.mint(subject="s-1")) == {"id": "s-1", "scopes": ["vitrine.subject"], "service": None}
        assert who(address, issuer.mint(staff="anna")) == {"id": "anna", "scopes": ["vitrine.staff"], "service": None}
        assert who(address, issuer.mint(job="fan-out")) == {"id": "fan-out", "scopes": ["vitrine.job"], "service": None}
        assert who(address, issuer.mint(service="billing")) == {
            "id": "billing",
            "scopes": ["vitrine.service"],
            "service": "billing",
        }


def test_a_service_refuses_what_the_key_of_another_checkout_signed(issuer: DevelopmentIssuer, tmp_path: Path) -> None:
    other = open_development_issuer(tmp_path / "other", now=lambda: NOW)
    with service(issuer) as address:
        assert who(address, other.mint(subject="s-1")) == {
            "code": "UNAUTHENTICATED",
            "message": "the access token is signed with a key that the issuer does not publish",
        }


def test_a_token_ends_with_its_lifetime(issuer: DevelopmentIssuer) -> None:
    token = issuer.mint(subject="s-1", lifetime=timedelta(minutes=5))
    with service(issuer, now=NOW + 300 + 30) as address:
        assert who(address, token) == {
            "code": "UNAUTHENTICATED",
            "message": "the access token has expired (exp): get a new one",
        }


def test_another_process_signs_with_the_same_key(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from server.development import open_development_issuer as open_issuer; "
        "print(open_issuer(pathlib.Path(sys.argv[1]), now=lambda: 1_800_000_000).mint(subject='s-1'))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", script, tmp_path], cwd=CHECKOUT, capture_output=True, check=True, text=True
    )
    with service(open_development_issuer(tmp_path)) as address:
        assert who(address, printed.stdout.strip()) == {"id": "s-1", "scopes": ["vitrine.subject"], "service": None}


def test_a_token_is_an_access_token_of_twelve_hours(issuer: DevelopmentIssuer) -> None:
    token = issuer.mint(service="billing")
    assert jwt.get_unverified_header(token) == {"alg": "RS256", "kid": issuer.kid, "typ": "at+jwt"}
    claims = jwt.decode(token, options={"verify_signature": False})
    assert len(claims.pop("jti")) == 16
    assert timedelta(hours=12) == DEFAULT_LIFETIME
    assert claims == {
        "iss": "urn:vitrine:development",
        "aud": "vitrine",
        "sub": "billing",
        "client_id": "vitrine-development",
        "scope": "vitrine.service",
        "vitrine_service": "billing",
        "iat": NOW,
        "exp": NOW + 12 * 3600,
    }


def test_two_tokens_for_the_same_holder_differ(issuer: DevelopmentIssuer) -> None:
    assert issuer.mint(subject="s-1") != issuer.mint(subject="s-1")


@pytest.mark.parametrize("holders", [{}, {"subject": "s-1", "staff": "anna"}, {"service": "billing", "job": "fan-out"}])
def test_a_token_has_one_holder(issuer: DevelopmentIssuer, holders: dict[str, str]) -> None:
    with pytest.raises(InvalidInput) as refusal:
        issuer.mint(**holders)  # type: ignore[arg-type]
    assert refusal.value.message == ("a token is for one holder: name a subject, a member of staff, a service or a job")


@pytest.mark.parametrize("holder", ["", "a b", "x" * 129, "a\n"])
def test_a_token_that_would_be_refused_is_not_signed(issuer: DevelopmentIssuer, holder: str) -> None:
    for role in ("subject", "staff", "service", "job"):
        with pytest.raises(InvalidInput) as refusal:
            issuer.mint(**{role: holder})  # type: ignore[arg-type]
        assert refusal.value.message == "no id or key: name the holder by 1 to 128 characters, no whitespace"


@pytest.mark.parametrize("lifetime", [timedelta(0), timedelta(seconds=-1), timedelta(milliseconds=999), timedelta(31)])
def test_a_lifetime_has_bounds(issuer: DevelopmentIssuer, lifetime: timedelta) -> None:
    with pytest.raises(InvalidInput) as refusal:
        issuer.mint(subject="s-1", lifetime=lifetime)
    assert refusal.value.message == "a token lives from one second to 30 days: choose a time between"


def test_only_the_public_key_is_published_and_nothing_secret_is_shown(issuer: DevelopmentIssuer) -> None:
    (key,) = issuer.jwks()["keys"]
    assert set(key) == {"kty", "n", "e", "kid", "alg", "use"}
    assert (key["kty"], key["e"], key["kid"], key["alg"], key["use"]) == ("RSA", "AQAB", issuer.kid, "RS256", "sig")
    assert repr(issuer) == "DevelopmentIssuer()"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_the_key_is_made_once_and_is_its_owners(tmp_path: Path) -> None:
    umask = os.umask(0)
    try:
        first = open_development_issuer(tmp_path / "data")
    finally:
        os.umask(umask)
    folder = tmp_path / "data" / "development"
    assert (mode(folder), mode(folder / "key.pem")) == (0o700, 0o600)
    assert [path.name for path in folder.iterdir()] == ["key.pem"]
    assert open_development_issuer(tmp_path / "data").kid == first.kid


def test_starts_at_once_agree_on_one_key(tmp_path: Path) -> None:
    script = (
        "import sys, pathlib; from server.development import open_development_issuer as open_issuer; "
        "print('ready', flush=True); sys.stdin.readline(); print(open_issuer(pathlib.Path(sys.argv[1])).kid)"
    )
    starts = [
        subprocess.Popen(
            [sys.executable, "-c", script, tmp_path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=CHECKOUT,
        )
        for _ in range(3)
    ]
    for start in starts:
        assert start.stdout is not None
        assert start.stdout.readline() == "ready\n"
    for start in starts:
        assert start.stdin is not None
        start.stdin.write("\n")
        start.stdin.flush()
    kids = [start.communicate()[0].strip() for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert kids == [open_development_issuer(tmp_path).kid] * 3
    assert [path.name for path in (tmp_path / "development").iterdir()] == ["key.pem"]


def private_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no key",
        private_pem(ec.generate_private_key(ec.SECP256R1())),
        private_pem(rsa.generate_private_key(65537, 1024)),  # noqa: S505 (it is here to be refused)
    ],
)
def test_a_file_that_holds_no_fit_key_is_named(tmp_path: Path, content: bytes) -> None:
    open_development_issuer(tmp_path)
    path = tmp_path / "development" / "key.pem"
    path.write_bytes(content)
    with pytest.raises(InvalidSettings) as refusal:
        open_development_issuer(tmp_path)
    assert refusal.value.message == f"{path} holds no RSA key: delete it, and the next start makes a new one"


@pytest.mark.parametrize(("name", "wide", "right"), [("", 0o750, "700"), ("key.pem", 0o604, "600")])
def test_a_key_that_others_can_reach_is_refused(tmp_path: Path, name: str, wide: int, right: str) -> None:
    open_development_issuer(tmp_path)
    path = tmp_path / "development" / name
    path.chmod(wide)
    with pytest.raises(InvalidSettings) as refusal:
        open_development_issuer(tmp_path)
    assert refusal.value.message == f"{path} is open to other users of this machine: chmod {right} {path}"
    path.chmod(int(right, 8))
    open_development_issuer(tmp_path)


def test_a_data_folder_that_cannot_hold_the_key_is_named(tmp_path: Path) -> None:
    (tmp_path / "development").write_text("a file, where the folder should be")
    with pytest.raises(InvalidSettings) as refusal:
        open_development_issuer(tmp_path)
    assert refusal.value.message == (
        f"the development key {tmp_path}/development/key.pem cannot be used (File exists): "
        "make its folder readable and writable"
    )


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.0.0.2", "::1"])
def test_development_mode_serves_on_loopback(host: str) -> None:
    refuse_outside_loopback(host)


@pytest.mark.parametrize("host", ["", "0.0.0.0", "::", "192.168.1.7", "vitrine.example"])  # noqa: S104 (refused)
def test_development_mode_serves_nowhere_else(host: str) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        refuse_outside_loopback(host)
    assert refusal.value.message == (
        f"development mode signs tokens for anybody, so it serves on loopback only, not on {host!r}: "
        "listen on 127.0.0.1, or name a real issuer of access tokens"
    )
