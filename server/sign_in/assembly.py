"""Sessions and the way to sign in, as the settings have them."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime

from graph.store.database import Database
from server.development import DevelopmentIssuer
from server.pages.writing import Pages
from server.sealing import KEY_BYTES, SessionKeys
from server.settings import Settings
from server.sign_in.code_flow import CodeFlow
from server.sign_in.cookies import SealedCookies
from server.sign_in.development import DevelopmentSignIn
from server.sign_in.issuer import Client, Issuer
from server.sign_in.own_pages import OwnPages, origin_of
from server.sign_in.sessions import Sessions
from server.sign_in_settings import parameters_of, scopes_of, session_keys_of
from server.tokens import TokenVerifier

#: Where the issuer leads people back to.
CALLBACK_PATH = "/signed-in"


def sessions_of(settings: Settings, verifier: TokenVerifier, issuer: DevelopmentIssuer | None) -> Sessions:
    return Sessions(
        SealedCookies(_keys(settings, issuer), is_development=settings.is_development, now=verifier.now),
        OwnPages(frozenset({origin_of(settings.links)}), on_loopback=settings.is_development),
        verifier,
    )


def _keys(settings: Settings, issuer: DevelopmentIssuer | None) -> SessionKeys:
    if issuer is not None:
        return SessionKeys((issuer.secret("sessions", KEY_BYTES),))
    # Without keys nobody can sign in, and nothing that comes as a session was one.
    return session_keys_of(settings) or SessionKeys((secrets.token_bytes(KEY_BYTES),))


def way_of(
    settings: Settings,
    sessions: Sessions,
    issuer: DevelopmentIssuer | None,
    database: Database,
    clock: Callable[[], datetime],
    pages: Pages,
) -> DevelopmentSignIn | CodeFlow | None:
    """None where nobody can sign in."""
    if issuer is not None:
        return DevelopmentSignIn(issuer, sessions, database, settings.seed_examples, clock, pages)
    if settings.oidc_client_id is None:
        return None
    assert settings.oidc_client_secret is not None, "a client has a secret: from_environment sees to it"
    client = Client(
        settings.oidc_client_id,
        settings.oidc_client_secret,
        scopes_of(settings),
        parameters_of(settings),
        settings.links + CALLBACK_PATH,
    )
    return CodeFlow(Issuer(client, sessions.verifier), sessions, pages)
