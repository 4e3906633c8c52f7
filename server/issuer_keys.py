"""The keys that the issuer of access tokens publishes: which of them are usable, and when they are fetched.

They come from the one JWKS address that the rules name, without redirects, bounded in length and in time.
"""

from __future__ import annotations

import asyncio
import http.client
import json
import time
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit

import structlog
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from graph.errors import IssuerUnavailable, Unauthenticated
from server.token_rules import KEY_KINDS, TokenRules, is_loopback

MAXIMUM_KEYS_LENGTH_BYTES = 256 * 1024
RETRY_WITHOUT_KEYS_SECONDS = 1.0
"""How soon an issuer that failed is asked again while there is no key at all: nothing can be answered meanwhile."""

PUBLIC_MEMBERS = frozenset({"kty", "crv", "n", "e", "x", "y"})

log = structlog.get_logger(__name__)


class KeySet:
    """The usable keys of one JWKS document, by key id and algorithm. Never changes.

    Left out: keys that are not for signatures, of a type or curve that no allowed algorithm has, or too short.
    Raises ValueError where `document` is no key set.
    """

    def __init__(self, document: object, algorithms: Iterable[str]) -> None:
        members = document.get("keys") if isinstance(document, dict) else None
        if not isinstance(members, list):
            raise ValueError("the document is no JSON object with a list of keys")
        self._keys: dict[tuple[str | None, str], PyJWK] = {}
        for member in members:
            for algorithm in algorithms:
                if isinstance(member, dict) and (key := _usable_key(member, algorithm)) is not None:
                    self._keys.setdefault((member.get("kid"), algorithm), key)

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, kid: str | None, algorithm: str) -> PyJWK | None:
        """The key of that id; without an id, the only key of that algorithm. None: there is none, or no only one."""
        if kid is not None:
            return self._keys.get((kid, algorithm))
        fitting = [key for (_, of_key), key in self._keys.items() if of_key == algorithm]
        return fitting[0] if len(fitting) == 1 else None


def _usable_key(member: Mapping[str, Any], algorithm: str) -> PyJWK | None:
    operations = member.get("key_ops", ["verify"])
    if (
        (member.get("kty"), member.get("crv")) != KEY_KINDS[algorithm]
        or member.get("alg", algorithm) != algorithm
        or member.get("use", "sig") != "sig"
        or not (isinstance(operations, list) and "verify" in operations)
        or not isinstance(member.get("kid", ""), str)
    ):
        return None
    public = {name: value for name, value in member.items() if name in PUBLIC_MEMBERS}
    try:
        key = PyJWK(public, algorithm)
    except PyJWTError:
        return None
    return key if key.Algorithm.check_key_length(key.key) is None else None


class IssuerKeys:
    """The issuer's keys, fetched in a thread when they are due and shared by all requests of one event loop.

    - Fresh keys (younger than their lifetime) are found without waiting. An old set is fetched again first; if that
      fails it serves until its maximum age, and further attempts run beside the requests instead of holding them up.
    - An unknown key id fetches again at once, as after a rotation, but not within the interval of the last fetch.
    - However many requests wait, one fetch runs at a time.
    """

    def __init__(self, rules: TokenRules, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._rules = rules
        self._monotonic = monotonic
        self._keys: KeySet | None = None
        self._fetched_at = 0.0
        self._asked_at: float | None = None
        self._failing = False
        self._fetch: asyncio.Task[None] | None = None

    def fresh(self) -> KeySet | None:
        """The keys, where they need no fetch."""
        return self._younger_than(self._rules.keys_lifetime_seconds)

    async def reach(self) -> int | None:
        """How many keys are usable of those that were fetched last, whenever that was; None where no fetch has
        succeeded yet. Fetches where that is so, and due."""
        if self._keys is None and self._may_fetch():
            await self._shared_fetch()
        return None if self._keys is None else len(self._keys)

    async def find(self, kid: str | None, algorithm: str) -> tuple[PyJWK, KeySet]:
        """The key of that id and algorithm, and the set that it is from.

        Raises `Unauthenticated` where the issuer publishes no such key, `IssuerUnavailable` where it cannot be asked.
        """
        keys = await self._current()
        key = keys.find(kid, algorithm)
        if key is None and self._may_fetch():
            await self._shared_fetch()
            keys = await self._current()
            key = keys.find(kid, algorithm)
        if key is not None:
            return key, keys
        if self._failing:
            raise _issuer_unavailable()
        if kid is None:
            raise Unauthenticated("the access token does not say which key signed it (kid), and there is no only one")
        raise Unauthenticated("the access token is signed with a key that the issuer does not publish")

    async def _current(self) -> KeySet:
        keys = self.fresh()
        if keys is not None:
            return keys
        if self._may_fetch():
            fetch = self._shared_fetch()
            if self._usable() is None or not self._failing:
                await fetch
        keys = self._usable()
        if keys is None:
            raise _issuer_unavailable()
        return keys

    def _usable(self) -> KeySet | None:
        return self._younger_than(self._rules.keys_maximum_age_seconds)

    def _younger_than(self, age_seconds: float) -> KeySet | None:
        return self._keys if self._monotonic() - self._fetched_at < age_seconds else None

    def _may_fetch(self) -> bool:
        if self._asked_at is None:
            return True
        interval = self._rules.refetch_interval_seconds
        if self._usable() is None:
            interval = min(interval, RETRY_WITHOUT_KEYS_SECONDS)
        return self._monotonic() - self._asked_at >= interval

    def _shared_fetch(self) -> asyncio.Future[None]:
        """The fetch that runs, or a new one. It goes on when a request that waits for it is cancelled."""
        if self._fetch is None or self._fetch.done():
            self._fetch = asyncio.create_task(self._fetch_keys())
        return asyncio.shield(self._fetch)

    async def _fetch_keys(self) -> None:
        try:
            keys = await asyncio.to_thread(_fetched_keys, self._rules)
        except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
            self._failing = True
            log.warning("issuer keys not fetched", url=self._rules.jwks_url, reason=f"{type(error).__name__}: {error}")
        else:
            self._failing = False
            self._keys = keys
            self._fetched_at = self._monotonic()
            if not keys:
                log.warning("issuer keys are of no use", url=self._rules.jwks_url, allowed=self._rules.algorithms)
        finally:
            self._asked_at = self._monotonic()


def _issuer_unavailable() -> IssuerUnavailable:
    return IssuerUnavailable("the token issuer's keys cannot be fetched; ask again later")


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The settings say where the keys are; an answer that points elsewhere is a failure."""

    def redirect_request(self, *_: object) -> None:
        return None


def _fetched_keys(rules: TokenRules) -> KeySet:
    body, _ = fetch_document(rules)
    return KeySet(json.loads(body), rules.algorithms)


def fetch_document(rules: TokenRules) -> tuple[bytes, str | None]:
    """What the issuer publishes at the address of its keys, and the answer's header `Date`. Blocks, for
    `fetch_timeout_seconds` and a read. Raises OSError, http.client.HTTPException, ValueError."""
    handlers: list[urllib.request.BaseHandler] = [_NoRedirect()]
    if is_loopback(urlsplit(rules.jwks_url).hostname or ""):
        handlers.append(urllib.request.ProxyHandler({}))  # a proxy's loopback is not ours
    request = urllib.request.Request(  # noqa: S310 (the rules allow http and https only)
        rules.jwks_url, headers={"Accept": "application/jwk-set+json, application/json", "User-Agent": "vitrine"}
    )
    deadline = time.monotonic() + rules.fetch_timeout_seconds
    body = bytearray()
    try:
        with urllib.request.build_opener(*handlers).open(request, timeout=rules.fetch_timeout_seconds) as response:
            # The timeout above is that of one read: a trickle is cut by the deadline, a flood by the length.
            while chunk := response.read1(65536):
                body += chunk
                if len(body) > MAXIMUM_KEYS_LENGTH_BYTES:
                    raise ValueError(f"the document is longer than {MAXIMUM_KEYS_LENGTH_BYTES} bytes")
                if time.monotonic() > deadline:
                    raise TimeoutError(f"no whole answer in {rules.fetch_timeout_seconds} seconds")
            return bytes(body), response.headers.get("Date")
    except HTTPError as error:
        error.close()
        raise
