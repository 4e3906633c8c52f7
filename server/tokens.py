"""Access tokens: JWTs signed by the one issuer that the settings name, verified with the keys that it publishes.

A token is accepted when all of this holds, and `Unauthenticated` says which part does not, never repeating the token:

- compact form, at most 8192 characters, canonical base64url without padding;
- `alg` is in the allow-list, `typ` is `at+jwt`, `JWT` or absent, and there is no `crit`. Keys come from the issuer's
  JWKS address only: `jwk`, `jku`, `x5c` and `x5u` in the header are ignored;
- the signature verifies with the published key of that `kid` and algorithm (without `kid`: with the only key there is);
- `iss` is the issuer, `aud` is or contains the audience, `exp` is ahead, `nbf` and `iat`, where present, are not,
  give or take the clock skew;
- the claim that holds the id is there, and a token for a service names its service.

ID tokens are signed by the same issuer: what keeps them out is their audience, the id of a client. So the audience in
the settings is this service's own name, never the id of a client that people log in with.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jwt import PyJWK
from jwt.api_jws import PyJWS
from jwt.exceptions import InvalidSignatureError, PyJWTError

from graph.errors import Unauthenticated
from server.issuer_keys import IssuerKeys, KeySet
from server.token_rules import TokenRules
from server.viewer import ANONYMOUS, Scope, Viewer

MAXIMUM_TOKEN_LENGTH = 8192
VERIFIED_TOKENS = 4096
VERIFIED_TOKEN_SECONDS = 60.0
"""How many tokens are known as verified, and how long. Verifying costs 80 µs (RS256) to 120 µs (ES256), this 3 µs."""

LATEST_TIME_SECONDS = 253402300799  # the end of the year 9999: anything later is a mistake, and overflows arithmetic

_COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
_jws = PyJWS()


def bearer_token(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    """The token of the `Authorization` header among raw ASGI headers; None where there is no such header.

    Raises `Unauthenticated` where there are two, or something else than `Bearer` and one token.
    """
    values = [value for name, value in headers if name.lower() == b"authorization"]
    if not values:
        return None
    scheme, _, token = values[0].decode("latin-1").partition(" ")
    token = token.strip(" ")
    if len(values) > 1 or scheme.lower() != "bearer" or not token:
        raise Unauthenticated("the Authorization header must be there once and hold: Bearer, a space, the access token")
    return token


@dataclass(frozen=True, slots=True)
class Credential:
    """A token, however it came. `ends_at`: from when on it is taken no more, in seconds since the epoch, unless its own
    end comes first."""

    token: str = field(repr=False)
    ends_at: float = math.inf


def credential_in(headers: Iterable[tuple[bytes, bytes]]) -> Credential | None:
    """As `bearer_token`."""
    token = bearer_token(headers)
    return None if token is None else Credential(token)


async def viewer_of(credential: Credential | None, verifier: TokenVerifier) -> Viewer:
    """Whose credential it is: `ANONYMOUS` without one.

    One that does not verify raises `Unauthenticated`, also where none was needed: whoever sends one believes that it
    counts. Raises `IssuerUnavailable` where that cannot be told.
    """
    return ANONYMOUS if credential is None else await verifier.verify(credential.token)


@dataclass(frozen=True, slots=True)
class _Verified:
    viewer: Viewer
    keys: KeySet
    expires_at: float
    kept_until: float


class TokenVerifier:
    """Turns access tokens into viewers. One per process and event loop. `now`: seconds since the epoch."""

    def __init__(
        self,
        rules: TokenRules,
        *,
        now: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.rules = rules
        self.now = now
        self._monotonic = monotonic
        self._keys = IssuerKeys(rules, monotonic)
        self._verified: dict[bytes, _Verified] = {}

    async def reach_issuer(self) -> int | None:
        """See `IssuerKeys.reach`."""
        return await self._keys.reach()

    async def verify(self, token: str) -> Viewer:
        """The holder of `token`. Raises `Unauthenticated` or `IssuerUnavailable`."""
        _check_form(token)
        digest = _digest(token)
        if (known := self._known(digest)) is not None:
            return known
        claims, _, keys = await self._signed(token)
        now = self.now()
        expires_at = _check_claims(claims, self.rules, now)
        viewer = _viewer_of_claims(claims, self.rules)
        self._keep(digest, _Verified(viewer, keys, expires_at, self._monotonic() + VERIFIED_TOKEN_SECONDS))
        return viewer

    async def signed_claims(self, token: str) -> tuple[dict[str, Any], str]:
        """What the issuer has signed in an ID token, none of it checked, and by which algorithm. Raises as `verify`."""
        _check_form(token)
        claims, algorithm, _ = await self._signed(token)
        return claims, algorithm

    async def _signed(self, token: str) -> tuple[dict[str, Any], str, KeySet]:
        kid, algorithm = _key_of_header(token, self.rules)
        key, keys = await self._keys.find(kid, algorithm)
        return _signed_claims(token, key, algorithm), algorithm, keys

    async def seconds_left(self, credential: Credential) -> float:
        """How long it is accepted yet, unless its key is withdrawn before. Raises as `verify`."""
        await self.verify(credential.token)
        expires_at = self._verified[_digest(credential.token)].expires_at
        return min(expires_at, credential.ends_at) - self.now()

    def _known(self, digest: bytes) -> Viewer | None:
        known = self._verified.get(digest)
        if (
            known is None
            or known.keys is not self._keys.fresh()  # every fetch brings a new set: the key may be gone from it
            or known.expires_at <= self.now()
            or known.kept_until <= self._monotonic()
        ):
            return None
        return known.viewer

    def _keep(self, digest: bytes, verified: _Verified) -> None:
        self._verified.pop(digest, None)
        if len(self._verified) >= VERIFIED_TOKENS:
            del self._verified[next(iter(self._verified))]
        self._verified[digest] = verified


def _check_form(token: str) -> None:
    if len(token) > MAXIMUM_TOKEN_LENGTH:
        raise Unauthenticated(f"the access token is longer than {MAXIMUM_TOKEN_LENGTH} characters")
    if _COMPACT.fullmatch(token) is None:
        raise _malformed()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()


def _malformed() -> Unauthenticated:
    return Unauthenticated("the access token is not a signed JWT: send it exactly as the issuer gave it")


def _json_object(data: bytes) -> dict[str, Any]:
    try:
        value = json.loads(data.decode("utf-8"))  # of bytes it would guess the encoding
    except (ValueError, RecursionError):
        raise _malformed() from None
    if not isinstance(value, dict):
        raise _malformed()
    return value


def _key_of_header(token: str, rules: TokenRules) -> tuple[str | None, str]:
    """The key id and the algorithm of a token, after whatever its header alone can get it refused for."""
    segment = token.partition(".")[0]
    try:
        data = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
    except ValueError:
        raise _malformed() from None
    header = _json_object(data)
    algorithm, kid, kind = header.get("alg"), header.get("kid"), header.get("typ", "JWT")
    if not isinstance(algorithm, str) or algorithm not in rules.algorithms:
        allowed = ", ".join(rules.algorithms)
        raise Unauthenticated(f"the access token's signature algorithm is not accepted: {allowed} would be")
    if "crit" in header:
        raise Unauthenticated("the access token demands the understanding of header extensions (crit); none is known")
    if not isinstance(kind, str) or kind.lower().removeprefix("application/") not in ("at+jwt", "jwt"):
        raise Unauthenticated("the token is of another type (typ): send an access token, at+jwt or JWT")
    if kid is not None and not isinstance(kid, str):
        raise _malformed()
    return kid, algorithm


def _signed_claims(token: str, key: PyJWK, algorithm: str) -> dict[str, Any]:
    try:
        signed: bytes = _jws.decode_complete(token, key, algorithms=[algorithm])["payload"]
    except InvalidSignatureError:
        raise Unauthenticated("the access token's signature does not verify") from None
    except PyJWTError:
        raise _malformed() from None
    return _json_object(signed)


def _check_claims(claims: Mapping[str, Any], rules: TokenRules, now: float) -> float:
    """When the token stops being accepted. Checked here and not by the library: its clock cannot be set, and it takes
    times written as text."""
    if claims.get("iss") != rules.issuer:
        raise Unauthenticated(f"the access token is of another issuer (iss) than {rules.issuer}")
    audience = claims.get("aud")
    if audience != rules.audience and not (isinstance(audience, list) and rules.audience in audience):
        raise Unauthenticated(f"the access token is for another audience (aud) than {rules.audience}")
    skew = rules.clock_skew_seconds
    expires_at = _time(claims, "exp")
    if expires_at is None:
        raise Unauthenticated("the access token has no end (exp)")
    if expires_at + skew <= now:
        raise Unauthenticated("the access token has expired (exp): get a new one")
    for name in ("nbf", "iat"):
        starts_at = _time(claims, name)
        if starts_at is not None and starts_at > now + skew:
            raise Unauthenticated(f"the access token is not valid yet ({name})")
    return expires_at + skew


def _time(claims: Mapping[str, Any], name: str) -> float | None:
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LATEST_TIME_SECONDS:
        raise Unauthenticated(f"a time of the access token ({name}) is not in seconds since 1970")
    return float(value)


def _viewer_of_claims(claims: Mapping[str, Any], rules: TokenRules) -> Viewer:
    granted = _words(claims, "scope") | _words(claims, "scp")
    scopes = frozenset(scope for scope in Scope if rules.scope_prefix + scope in granted)
    holder = claims.get(rules.subject_claim)
    if holder is None and Scope.SUBJECT not in scopes:
        holder = claims.get("sub")
    if holder is None:
        raise Unauthenticated(f"the access token does not name its holder ({rules.subject_claim})")
    service = claims.get(rules.service_claim) if Scope.SERVICE in scopes else None
    return Viewer(holder, scopes, service)


def _words(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    """The scopes in a claim: a text with spaces between them (RFC 9068) or a list."""
    value = claims.get(name, "")
    words = value.split(" ") if isinstance(value, str) else value
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise Unauthenticated(f"the scopes of the access token ({name}) are neither a text nor a list of texts")
    return frozenset(words)
