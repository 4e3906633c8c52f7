"""Whether people can sign in to the pages."""

from __future__ import annotations

from collections.abc import AsyncIterator

import httpx2

from server.settings import Settings
from server.sign_in.issuer import fetch_endpoints
from server.watching.diagnosis.finding import Finding, failure, ok, warning

_CHECK = "sign-in"


async def examine_sign_in(settings: Settings) -> AsyncIterator[Finding]:
    """Asks the issuer how it signs people in, and signs nobody in. Nothing is found in development mode."""
    if settings.is_development:
        return
    if settings.oidc_client_id is None or settings.oidc_issuer is None:
        yield warning(
            _CHECK, "is not set up: nobody sees the pages for staff and people", "set VITRINE_OIDC_CLIENT_ID, or go on"
        )
        return
    try:
        endpoints = await fetch_endpoints(settings.oidc_issuer)
    except (httpx2.HTTPError, TimeoutError) as error:
        yield failure(
            _CHECK,
            f"{settings.oidc_issuer} does not answer ({type(error).__name__})",
            "reach that address from this machine, or correct VITRINE_OIDC_ISSUER",
        )
    except ValueError as error:
        yield failure(_CHECK, str(error), "correct VITRINE_OIDC_ISSUER, or set the issuer up for code flow with PKCE")
    else:
        yield ok(_CHECK, f"at {endpoints.authorization}, and back to {settings.links}/signed-in")
