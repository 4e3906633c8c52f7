"""What can be wrong with the settings of the mode, the graph, the metrics and webhooks; of email and of signing in see
`server.mail_settings` and `server.sign_in_settings`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from graph.errors import InvalidSettings
from server.development import refuse_outside_loopback

if TYPE_CHECKING:
    from server.settings import Settings

METRICS_TOKEN_LENGTH = 16


def metrics_problems(settings: Settings) -> Iterator[str]:
    token = settings.metrics_token
    if token is not None and len(token) < METRICS_TOKEN_LENGTH:
        yield f"VITRINE_METRICS_TOKEN is shorter than {METRICS_TOKEN_LENGTH} characters: make a longer one at random"
    elif token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        yield "VITRINE_METRICS_TOKEN cannot be sent in a header: use ASCII letters, digits and signs, no spaces"


def webhook_problems(settings: Settings) -> Iterator[str]:
    if settings.webhook_ca_file is not None and not settings.webhook_ca_file.is_file():
        yield f"VITRINE_WEBHOOK_CA_FILE: there is no file {settings.webhook_ca_file}: name a PEM file"


def graph_problems(settings: Settings, given: Mapping[str, str]) -> Iterator[str]:
    of_a_server = ("USER", "PASSWORD", "PASSWORD_FILE", "DATABASE", "CA_FILE")
    named = [name for name in (f"VITRINE_GRAPH_{each}" for each in of_a_server) if name in given]
    if "VITRINE_GRAPH_URL" not in given:
        if named:
            it = "it" if len(named) == 1 else "them"
            yield f"{', '.join(named)} without VITRINE_GRAPH_URL: set that too, or unset {it}"
    elif not {"VITRINE_GRAPH_PASSWORD", "VITRINE_GRAPH_PASSWORD_FILE"} & given.keys():
        yield "VITRINE_GRAPH_URL has no password: set VITRINE_GRAPH_PASSWORD or VITRINE_GRAPH_PASSWORD_FILE"
    if settings.graph_ca_file is not None and not settings.graph_ca_file.is_file():
        yield f"VITRINE_GRAPH_CA_FILE: there is no file {settings.graph_ca_file}: name a PEM file"


def mode_problems(settings: Settings, given: Mapping[str, str]) -> Iterator[str]:
    if "VITRINE_MODE" in given and given["VITRINE_MODE"].strip() != settings.mode:
        return  # what it was meant to be is not known
    if settings.is_development:
        try:
            refuse_outside_loopback(settings.host)
        except InvalidSettings as error:
            yield f"VITRINE_HOST: {error}"
        named = sorted(name for name in given if name.startswith(("VITRINE_OIDC_", "VITRINE_SESSION_")))
        if named:
            yield f"{', '.join(named)}: development mode takes its own tokens only: set VITRINE_MODE=production"
        return
    required = ("VITRINE_OIDC_ISSUER", "VITRINE_OIDC_AUDIENCE", "VITRINE_OIDC_JWKS_URL")
    missing = [name for name in required if name not in given]
    for name in missing:
        yield f"{name} is not set: production mode needs it"
    if not missing:
        try:
            settings.token_rules()
        except InvalidSettings as error:
            yield f"VITRINE_OIDC_JWKS_URL: {error}"
