"""Which access tokens are accepted: the rules that the settings make, refused where they cannot be safe."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from graph.errors import InvalidSettings

KEY_KINDS: Mapping[str, tuple[str, str | None]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", None)),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
}
"""The algorithms that may be allowed, each with the type and curve of its keys. Symmetric ones and `none` cannot be:
the key that verifies is public."""


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine alone: `localhost`, 127.0.0.0/8 or ::1. An empty or unspecified host is not."""
    if host.lower() == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address in ipaddress.ip_network("127.0.0.0/8") or address == ipaddress.ip_address("::1")


@dataclass(frozen=True, slots=True)
class TokenRules:
    """Which tokens are accepted. Raises `InvalidSettings`, with everything that is wrong.

    `jwks_url`: https, or http on loopback. `subject_claim`: the claim that holds the opaque id; a token that is not
    for a subject may have it in `sub` instead. `service_claim`: the claim that names the service of a service token.
    `scope_prefix`: what the issuer puts before each scope, such as `api://vitrine/`.

    `keys_lifetime_seconds`: after this the keys are fetched again. `keys_maximum_age_seconds`: until then the old
    ones serve while the issuer does not answer. `refetch_interval_seconds`: the least time between two fetches,
    whatever key ids are asked for. `fetch_timeout_seconds`: how long the issuer may take.
    """

    issuer: str
    audience: str
    jwks_url: str
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    subject_claim: str = "sub"
    service_claim: str = "vitrine_service"
    scope_prefix: str = ""
    clock_skew_seconds: float = 30.0
    keys_lifetime_seconds: float = 300.0
    keys_maximum_age_seconds: float = 4 * 3600.0
    refetch_interval_seconds: float = 10.0
    fetch_timeout_seconds: float = 5.0

    def __post_init__(self) -> None:
        if problems := list(self._problems()):
            raise InvalidSettings("; ".join(problems))

    def _problems(self) -> Iterable[str]:
        for name in ("issuer", "audience", "subject_claim", "service_claim"):
            if not getattr(self, name):
                yield f"the {name.replace('_', ' ')} of access tokens is empty: name it"
        if (problem := _address_problem(self.jwks_url)) is not None:
            yield problem
        if not self.algorithms:
            yield f"no signature algorithm is allowed: choose from {', '.join(KEY_KINDS)}"
        for algorithm in self.algorithms:
            if algorithm not in KEY_KINDS:
                yield f"the signature algorithm {algorithm!r} cannot be allowed: choose from {', '.join(KEY_KINDS)}"
        if not 0 <= self.clock_skew_seconds <= 300:
            yield f"a clock skew of {self.clock_skew_seconds} seconds is not between 0 and 300"
        if not 0 < self.refetch_interval_seconds <= self.keys_lifetime_seconds <= self.keys_maximum_age_seconds:
            yield "the refetch interval, the lifetime and the maximum age of keys must be positive and in that order"
        if not 0 < self.fetch_timeout_seconds <= 60:
            yield f"a fetch timeout of {self.fetch_timeout_seconds} seconds is not between 0 and 60"


def _address_problem(jwks_url: str) -> str | None:
    try:
        url = urlsplit(jwks_url)
        host = url.hostname if url.port != 0 else None
    except ValueError:
        host = None
    if not host or url.scheme not in ("http", "https"):
        return "the address of the issuer's keys is none: write https://host/path"
    if "@" in url.netloc:
        return "the address of the issuer's keys holds a user or password, and keys are public: leave it out"
    if url.scheme == "http" and not is_loopback(host):
        return f"{jwks_url} would let anybody on the way replace the issuer's keys: write https://"
    return None
