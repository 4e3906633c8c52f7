"""The development issuer: signs tokens with a key of its own, so that a checkout answers without a login service.

Nothing is bypassed: the service publishes the key at `JWKS_PATH` and verifies what is signed with it exactly like the
tokens of a real issuer (`server.tokens`), and the command line signs with the same key file. Whoever can read that
file is anybody; so the key never leaves the data folder, and this mode serves on loopback only.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from graph.errors import InvalidInput, InvalidSettings
from graph.opaque_ids import MAXIMUM_ID_LENGTH, is_opaque_id
from server.token_rules import TokenRules, is_loopback
from server.viewer import Scope

ISSUER = "urn:vitrine:development"
AUDIENCE = "vitrine"
JWKS_PATH = "/.well-known/jwks.json"

EXAMPLE_STAFF = "development-staff"
EXAMPLE_JOB = "development-job"

DEFAULT_LIFETIME = timedelta(hours=12)
MAXIMUM_LIFETIME = timedelta(days=30)


def refuse_outside_loopback(host: str) -> None:
    """Raises `InvalidSettings` where `host`, which the service is to listen on, is not this machine alone."""
    if not is_loopback(host):
        raise InvalidSettings(
            f"development mode signs tokens for anybody, so it serves on loopback only, not on {host!r}: "
            "listen on 127.0.0.1, or name a real issuer of access tokens"
        )


def development_rules(jwks_url: str) -> TokenRules:
    """The rules that accept development tokens, and no others. `jwks_url`: this service's own `JWKS_PATH`."""
    return TokenRules(issuer=ISSUER, audience=AUDIENCE, jwks_url=jwks_url, algorithms=("RS256",))


@dataclass(frozen=True, slots=True)
class DevelopmentIssuer:
    """Signs development tokens. Made by `open_development_issuer`. `now`: seconds since the epoch."""

    key: RSAPrivateKey = field(repr=False)
    now: Callable[[], float] = field(default=time.time, repr=False)

    @property
    def kid(self) -> str:
        """The thumbprint of the key (RFC 7638): another key has another id, so that verifiers fetch it."""
        public = {name: self._public_members()[name] for name in ("e", "kty", "n")}
        digest = hashlib.sha256(json.dumps(public, separators=(",", ":"), sort_keys=True).encode()).digest()
        return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()

    def jwks(self) -> dict[str, Any]:
        """The JWKS document to serve at `JWKS_PATH`. Holds the public key only."""
        return {"keys": [{**self._public_members(), "kid": self.kid, "alg": "RS256", "use": "sig"}]}

    def mint(
        self,
        *,
        subject: str | None = None,
        staff: str | None = None,
        service: str | None = None,
        job: str | None = None,
        lifetime: timedelta = DEFAULT_LIFETIME,
    ) -> str:
        """An access token for exactly one of: a subject, a member of staff or a job by id, or a service by key.

        `lifetime`: from one second to 30 days. Raises `InvalidInput`.
        """
        holders = {Scope.SUBJECT: subject, Scope.STAFF: staff, Scope.SERVICE: service, Scope.JOB: job}
        named = [(scope, name) for scope, name in holders.items() if name is not None]
        if len(named) != 1:
            raise InvalidInput("a token is for one holder: name a subject, a member of staff, a service or a job")
        scope, holder = named[0]
        if not is_opaque_id(holder):
            raise InvalidInput(f"no id or key: name the holder by 1 to {MAXIMUM_ID_LENGTH} characters, no whitespace")
        if not timedelta(seconds=1) <= lifetime <= MAXIMUM_LIFETIME:
            raise InvalidInput(f"a token lives from one second to {MAXIMUM_LIFETIME.days} days: choose a time between")
        issued_at = int(self.now())
        claims: dict[str, str | int] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": holder,
            "client_id": "vitrine-development",
            "scope": scope.value,
            "iat": issued_at,
            "exp": issued_at + int(lifetime.total_seconds()),
            "jti": secrets.token_urlsafe(12),
        }
        if scope is Scope.SERVICE:
            claims["vitrine_service"] = holder
        return jwt.encode(claims, self.key, "RS256", headers={"kid": self.kid, "typ": "at+jwt"})

    def secret(self, purpose: str, length_bytes: int) -> bytes:
        """What only who has the key can know, another one for each purpose, the same after each start."""
        data = self.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
        return HKDF(SHA256(), length_bytes, salt=None, info=purpose.encode()).derive(data)

    def _public_members(self) -> dict[str, str]:
        numbers = self.key.public_key().public_numbers()
        return {"kty": "RSA", "n": _base64url(numbers.n), "e": _base64url(numbers.e)}


def _base64url(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8, "big")).rstrip(b"=").decode()


def open_development_issuer(data_folder: Path, now: Callable[[], float] = time.time) -> DevelopmentIssuer:
    """The issuer of this data folder: its key is `development/key.pem`, made at first use, for its owner only.

    Two processes that come first at once agree on one key. Raises `InvalidSettings` where the key cannot be written
    or read, is no RSA key, or is open to others.
    """
    folder = data_folder / "development"
    path = folder / "key.pem"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make_key(path)
        for place, mode in ((folder, 0o700), (path, 0o600)):
            if place.stat().st_mode & 0o077:
                raise InvalidSettings(f"{place} is open to other users of this machine: chmod {mode:o} {place}")
        data = path.read_bytes()
    except OSError as error:
        raise InvalidSettings(
            f"the development key {path} cannot be used ({error.strerror}): make its folder readable and writable"
        ) from error
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, RSAPrivateKey) or key.key_size < 2048:
        raise InvalidSettings(f"{path} holds no RSA key: delete it, and the next start makes a new one")
    return DevelopmentIssuer(key, now)


def _make_key(path: Path) -> None:
    """Written whole under another name and then linked, which fails where somebody else was first: theirs counts."""
    key = generate_private_key(public_exponent=65537, key_size=2048)
    data = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    draft = path.with_name(f"key.{secrets.token_hex(8)}.draft")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with open(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
