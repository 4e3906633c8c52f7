"""Which rules for access tokens are refused, because they cannot be safe."""

from __future__ import annotations

from typing import Any

import pytest

from graph.errors import InvalidSettings
from server.token_rules import TokenRules, is_loopback
from tests.server.issuers import AUDIENCE, ISSUER

ALLOWED = "RS256, RS384, RS512, PS256, PS384, PS512, ES256, ES384, ES512, EdDSA"
NOT_ALLOWED = f"cannot be allowed: choose from {ALLOWED}"
NO_ADDRESS = "the address of the issuer's keys is none: write https://host/path"
KEY_TIMES = "the refetch interval, the lifetime and the maximum age of keys must be positive and in that order"


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ({"algorithms": ("none",)}, "the signature algorithm 'none' " + NOT_ALLOWED),
        (
            {"algorithms": ("RS256", "HS256")},
            "the signature algorithm 'HS256' " + NOT_ALLOWED,
        ),
        ({"algorithms": ()}, f"no signature algorithm is allowed: choose from {ALLOWED}"),
        ({"issuer": ""}, "the issuer of access tokens is empty: name it"),
        ({"audience": ""}, "the audience of access tokens is empty: name it"),
        (
            {"subject_claim": "", "service_claim": ""},
            "the subject claim of access tokens is empty: name it; "
            "the service claim of access tokens is empty: name it",
        ),
        ({"jwks_url": "file:///etc/keys"}, NO_ADDRESS),
        ({"jwks_url": "ftp://login.example/keys"}, NO_ADDRESS),
        ({"jwks_url": "login.example/keys"}, NO_ADDRESS),
        ({"jwks_url": "https://[login/keys"}, NO_ADDRESS),
        ({"jwks_url": "https://login.example:keys"}, NO_ADDRESS),
        ({"jwks_url": ""}, NO_ADDRESS),
        (
            {"jwks_url": "https://user:password@login.example/keys"},
            "the address of the issuer's keys holds a user or password, and keys are public: leave it out",
        ),
        (
            {"jwks_url": "http://login.example/keys"},
            "http://login.example/keys would let anybody on the way replace the issuer's keys: write https://",
        ),
        ({"clock_skew_seconds": -1}, "a clock skew of -1 seconds is not between 0 and 300"),
        ({"clock_skew_seconds": 301}, "a clock skew of 301 seconds is not between 0 and 300"),
        ({"fetch_timeout_seconds": 0}, "a fetch timeout of 0 seconds is not between 0 and 60"),
        ({"refetch_interval_seconds": 0}, KEY_TIMES),
        ({"keys_lifetime_seconds": 5}, KEY_TIMES),
        ({"keys_maximum_age_seconds": 299}, KEY_TIMES),
    ],
)
def test_rules_that_cannot_be_safe_are_refused(rules: dict[str, Any], expected: str) -> None:
    with pytest.raises(InvalidSettings) as refusal:
        TokenRules(**{"issuer": ISSUER, "audience": AUDIENCE, "jwks_url": "https://login.example/keys", **rules})
    assert refusal.value.message == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("localhost", True),
        ("LOCALHOST", True),
        ("127.0.0.1", True),
        ("127.9.8.7", True),
        ("::1", True),
        ("", False),
        ("0.0.0.0", False),  # noqa: S104 (it is here to be refused)
        ("::", False),
        ("128.0.0.1", False),
        ("192.168.0.1", False),
        ("::ffff:127.0.0.1", False),
        ("localhost.example", False),
        ("127.0.0.1.example", False),
        ("127.1", False),
    ],
)
def test_loopback_is_this_machine_alone(host: str, expected: bool) -> None:
    assert is_loopback(host) is expected
