"""The keys that access tokens are verified with."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Iterable, Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from graph.errors import InvalidSettings
from server.development import open_development_issuer
from server.issuer_keys import KeySet, fetch_document
from server.token_rules import TokenRules
from server.watching.diagnosis.finding import Finding, failure, ok, split_message, warning

_CHECK = "keys"
_CLOCK = "issuer's clock"


def examine_development_key(data_folder: Path) -> Iterator[Finding]:
    path = data_folder / "development" / "key.pem"
    if not path.exists():
        yield ok(_CHECK, "development key: made at the first start")
        return
    try:
        open_development_issuer(data_folder)
    except InvalidSettings as error:
        yield failure(_CHECK, *split_message(error.message))
    else:
        yield ok(_CHECK, "development key: readable for this user alone")


def examine_issuer(rules: TokenRules) -> Iterator[Finding]:
    """Fetches the keys, within some seconds, and compares the issuer's clock with this machine's."""
    try:
        asked = time.time()
        body, date = fetch_document(rules)
        answered = time.time()
        document = json.loads(body)
        keys = KeySet(document, rules.algorithms)
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
        yield failure(
            _CHECK,
            f"{rules.jwks_url} does not give them ({_reason(error)})",
            "reach that address from this machine, or correct VITRINE_OIDC_JWKS_URL",
        )
        return
    published = document["keys"]
    shown = ", ".join(sorted({_kind(each) for each in published})) or "none"
    usable = {algorithm for algorithm in rules.algorithms if len(KeySet(document, (algorithm,)))}
    if not keys:
        yield failure(
            _CHECK,
            f"the issuer publishes {shown}, and tokens may be signed with {', '.join(rules.algorithms)}",
            "allow what the issuer signs with in VITRINE_OIDC_ALGORITHMS, or give it a key for signatures",
        )
    else:
        of_use = ", ".join(sorted(usable))
        yield ok(_CHECK, f"{len(published)} published ({shown}), of use for {of_use}")
    yield from _clock(date, asked, answered, rules.clock_skew_seconds)


def _reason(error: Exception) -> str:
    inner = getattr(error, "reason", error)
    return f"{type(error).__name__}: {inner}"


def _kind(key: Any) -> str:
    """Such as `RSA for RS256`, from the members that every key may have."""
    if not isinstance(key, dict):
        return "something that is no key"
    words = [str(key.get(name, ""))[:16] for name in ("kty", "crv", "alg", "use")]
    kty, crv, algorithm, use = words
    return " ".join(
        part
        for part in (kty or "unknown", crv, f"for {algorithm}" if algorithm else "", f"({use})" if use else "")
        if part
    )


def _clock(date: str | None, asked: float, answered: float, limit_seconds: float) -> Iterable[Finding]:
    """A header `Date` has whole seconds: half of one is added to its time, and up to one counts as none."""
    try:
        issuers = parsedate_to_datetime(date or "").timestamp()
    except ValueError:
        yield warning(_CLOCK, "the issuer does not tell its time", "compare it with this machine's by hand")
        return
    skew = issuers + 0.5 - (asked + answered) / 2
    limit = f"VITRINE_OIDC_CLOCK_SKEW_SECONDS allows {limit_seconds:g} s"
    found = f"{skew:+.1f} s against this machine's, true to a second; {limit}"
    if abs(skew) > limit_seconds + 1:
        yield failure(_CLOCK, found, "synchronise both clocks (NTP): new tokens are refused until then")
    elif abs(skew) > max(1.0, limit_seconds / 2):
        yield warning(_CLOCK, found, "synchronise both clocks (NTP)")
    else:
        yield ok(_CLOCK, found)
