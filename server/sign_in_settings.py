"""What can be wrong with the settings about signing in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from server.sealing import SessionKeys
from server.token_rules import is_loopback
from server.viewer import Scope

if TYPE_CHECKING:
    from server.settings import Settings

#: Of those who look at pages.
SCOPES_OF_PAGES = (Scope.SUBJECT, Scope.STAFF)
_OPENID = "openid"
_OF_A_CLIENT = (
    "VITRINE_OIDC_CLIENT_SECRET",
    "VITRINE_OIDC_CLIENT_SECRET_FILE",
    "VITRINE_OIDC_SCOPES",
    "VITRINE_OIDC_PARAMETERS",
    "VITRINE_SESSION_KEYS",
    "VITRINE_SESSION_KEYS_FILE",
)
#: What the service itself says to the issuer.
_RESERVED = frozenset(
    {
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "nonce",
        "redirect_uri",
        "request",
        "request_uri",
        "response_mode",
        "response_type",
        "scope",
        "state",
    }
)


def session_keys_of(settings: Settings) -> SessionKeys | None:
    """The keys of sessions; None where there are none. Raises ValueError for what is none."""
    return None if settings.session_keys is None else SessionKeys.read(settings.session_keys)


def scopes_of(settings: Settings) -> str:
    """What the issuer is asked for, with blanks between."""
    if settings.oidc_scopes is not None:
        return " ".join(settings.oidc_scopes.split())
    return " ".join([_OPENID, *(settings.oidc_scope_prefix + scope for scope in SCOPES_OF_PAGES)])


def parameters_of(settings: Settings) -> Mapping[str, str]:
    """What else it is told. Raises ValueError for what cannot be read."""
    given = parse_qsl(settings.oidc_parameters or "", keep_blank_values=True, strict_parsing=True, errors="strict")
    return dict(given)


def sign_in_problems(settings: Settings, given: Mapping[str, str]) -> Iterator[str]:
    """Each with the name of the variable in front. None repeats a secret. `given`: the variables that are set."""
    try:
        session_keys_of(settings)
    except ValueError as error:
        yield f"VITRINE_SESSION_KEYS: {error}: make each with `head -c 64 /dev/urandom | base64 --wrap=0`"
    if settings.oidc_client_id is None:
        named = [name for name in _OF_A_CLIENT if name in given]
        if named and not settings.is_development:
            it = "it" if len(named) == 1 else "them"
            yield f"{', '.join(named)} without VITRINE_OIDC_CLIENT_ID: set that too, or unset {it}"
        return
    yield from _client_problems(settings, settings.oidc_client_id, given)
    yield from _asked_problems(settings)
    if settings.oidc_issuer is not None and not is_safe(settings.oidc_issuer):
        yield "VITRINE_OIDC_ISSUER: people are sent there to sign in, so it is an address: write https://host/path"
    if settings.public_url is None:
        yield "VITRINE_PUBLIC_URL is not set: name where people reach the service, for the issuer leads them back there"
    elif not is_safe(settings.public_url):
        yield "VITRINE_PUBLIC_URL: anybody on the way could take a session: write https://"


def _client_problems(settings: Settings, client: str, given: Mapping[str, str]) -> Iterator[str]:
    if not (client.isascii() and client.isprintable()) or ":" in client:
        yield "VITRINE_OIDC_CLIENT_ID: this is no id of a client: write it as the issuer shows it"
    if client == settings.oidc_audience:
        yield (
            "VITRINE_OIDC_AUDIENCE is the client's id too, so that tokens which are for the client alone would be "
            "taken: give this service a name of its own there"
        )
    secret = settings.oidc_client_secret
    if not {"VITRINE_OIDC_CLIENT_SECRET", "VITRINE_OIDC_CLIENT_SECRET_FILE"} & given.keys():
        yield "VITRINE_OIDC_CLIENT_ID has no secret: set VITRINE_OIDC_CLIENT_SECRET or VITRINE_OIDC_CLIENT_SECRET_FILE"
    elif secret is not None and not (secret.isascii() and secret.isprintable()):
        yield "VITRINE_OIDC_CLIENT_SECRET cannot be sent in a header: use ASCII letters, digits and signs"
    if not {"VITRINE_SESSION_KEYS", "VITRINE_SESSION_KEYS_FILE"} & given.keys():
        yield (
            "VITRINE_OIDC_CLIENT_ID without a key for sessions: set VITRINE_SESSION_KEYS or VITRINE_SESSION_KEYS_FILE, "
            "made with `head -c 64 /dev/urandom | base64 --wrap=0`"
        )


def _asked_problems(settings: Settings) -> Iterator[str]:
    if _OPENID not in scopes_of(settings).split(" "):
        yield f"VITRINE_OIDC_SCOPES: {_OPENID} is not among them: add it, it is what signing in is"
    try:
        reserved = sorted(_RESERVED & parameters_of(settings).keys())
    except ValueError:
        yield "VITRINE_OIDC_PARAMETERS cannot be read: write them as in an address, such as audience=vitrine"
        return
    if reserved:
        yield f"VITRINE_OIDC_PARAMETERS: {', '.join(reserved)}: the service says that itself: leave it out"


def is_safe(address: str) -> bool:
    """Whether what is sent to an address, or comes from it, goes over TLS, or stays on this machine."""
    try:
        url = urlsplit(address)
        host = url.hostname if url.port != 0 else None
    except ValueError:
        return False
    return bool(host) and (url.scheme == "https" or (url.scheme == "http" and is_loopback(host or "")))
