"""The application in production mode, before a provider of the tests."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

from starlette.types import ASGIApp

from server.app import create_app
from server.sealing import KEY_BYTES
from server.settings import ROOT, Mode, Settings
from server.tokens import TokenVerifier
from tests.server.api import Api
from tests.server.sign_in.provider import AUDIENCE, CLIENT, SECRET, Provider

PUBLIC = "https://privacy.example"
KEY = base64.b64encode(bytes(range(KEY_BYTES))).decode()
OTHER_KEY = base64.b64encode(bytes(range(KEY_BYTES, 0, -1))).decode()


def production(provider: Provider, **settings: Any) -> Settings:
    given: dict[str, Any] = {
        "mode": Mode.PRODUCTION,
        "public_url": PUBLIC,
        "oidc_issuer": provider.url,
        "oidc_audience": AUDIENCE,
        "oidc_jwks_url": f"{provider.url}/keys",
        "oidc_client_id": CLIENT,
        "oidc_client_secret": SECRET,
        "session_keys": KEY,
        "address_requests_a_minute": 0,
        "holder_requests_a_minute": 0,
        "web_dir": ROOT / "no pages",
    }
    return Settings(**{**given, **settings})


def production_app(api: Api, provider: Provider, now: Callable[[], float] = time.time, **settings: Any) -> ASGIApp:
    """Over the graph of `api`, with its clock. `now`: for what expires."""
    chosen = production(provider, **settings)
    verifier = TokenVerifier(chosen.token_rules(), now=now)
    return create_app(chosen, api.database, verifier=verifier, issuer=None, clock=api.clock)
