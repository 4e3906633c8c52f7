"""Signing in: what has to be set for it, each problem with the way out."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from graph.errors import InvalidSettings
from server.sealing import KEY_BYTES
from server.settings import HIDDEN, Settings, settings_table
from server.sign_in_settings import parameters_of, scopes_of, session_keys_of
from server.watching.diagnosis.finding import Finding, Verdict
from server.watching.diagnosis.sign_in import examine_sign_in
from tests.server.sign_in.provider import Provider, provider_served
from tests.server.sign_in.serving import production

KEY = base64.b64encode(bytes(range(KEY_BYTES))).decode()
WITHOUT = {
    "VITRINE_MODE": "production",
    "VITRINE_OIDC_ISSUER": "https://login.example",
    "VITRINE_OIDC_AUDIENCE": "vitrine",
    "VITRINE_OIDC_JWKS_URL": "https://login.example/keys",
}
SET_UP = WITHOUT | {
    "VITRINE_PUBLIC_URL": "https://privacy.example",
    "VITRINE_OIDC_CLIENT_ID": "vitrine-pages",
    "VITRINE_OIDC_CLIENT_SECRET": "a secret of it",
    "VITRINE_SESSION_KEYS": KEY,
}
MAKE = "`head -c 64 /dev/urandom | base64 --wrap=0`"


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_environment(environ)
    return raised.value.message.split("\n")


def without(*names: str) -> dict[str, str]:
    return {name: text for name, text in SET_UP.items() if name.removeprefix("VITRINE_") not in names}


def test_what_is_needed_is_enough() -> None:
    settings = Settings.from_environment(SET_UP)
    assert scopes_of(settings) == "openid vitrine.subject vitrine.staff"
    assert parameters_of(settings) == {}
    assert Settings.from_environment(WITHOUT).oidc_client_id is None
    assert session_keys_of(Settings.from_environment(WITHOUT)) is None


def test_what_is_asked_for_can_be_said() -> None:
    prefixed = Settings.from_environment(SET_UP | {"VITRINE_OIDC_SCOPE_PREFIX": "api://vitrine/"})
    assert scopes_of(prefixed) == "openid api://vitrine/vitrine.subject api://vitrine/vitrine.staff"
    chosen = Settings.from_environment(
        SET_UP | {"VITRINE_OIDC_SCOPES": " openid  staff ", "VITRINE_OIDC_PARAMETERS": "audience=vitrine&prompt=login"}
    )
    assert scopes_of(chosen) == "openid staff"
    assert parameters_of(chosen) == {"audience": "vitrine", "prompt": "login"}


def test_secrets_may_be_in_files_and_are_shown_nowhere(tmp_path: Path) -> None:
    for name, text in (("secret", "from a file"), ("keys", f"{KEY}\n")):
        (tmp_path / name).write_text(text)
    settings = Settings.from_environment(
        without("OIDC_CLIENT_SECRET", "SESSION_KEYS")
        | {
            "VITRINE_OIDC_CLIENT_SECRET_FILE": str(tmp_path / "secret"),
            "VITRINE_SESSION_KEYS_FILE": str(tmp_path / "keys"),
        }
    )
    assert settings.oidc_client_secret == "from a file"
    keys = session_keys_of(settings)
    assert keys is not None
    assert len(keys.ids) == 1
    assert KEY not in repr(settings)
    assert "from a file" not in repr(settings)
    shown = {each.variable: each.shown(getattr(settings, each.field)) for each in settings_table()}
    assert shown["VITRINE_OIDC_CLIENT_SECRET"] == shown["VITRINE_SESSION_KEYS"] == HIDDEN


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        (
            WITHOUT | {"VITRINE_SESSION_KEYS": KEY, "VITRINE_OIDC_SCOPES": "openid"},
            "VITRINE_OIDC_SCOPES, VITRINE_SESSION_KEYS without VITRINE_OIDC_CLIENT_ID: set that too, or unset them",
        ),
        (
            without("OIDC_CLIENT_SECRET"),
            "VITRINE_OIDC_CLIENT_ID has no secret: set VITRINE_OIDC_CLIENT_SECRET or VITRINE_OIDC_CLIENT_SECRET_FILE",
        ),
        (
            without("SESSION_KEYS"),
            "VITRINE_OIDC_CLIENT_ID without a key for sessions: set VITRINE_SESSION_KEYS or VITRINE_SESSION_KEYS_FILE, "
            f"made with {MAKE}",
        ),
        (
            without("PUBLIC_URL"),
            "VITRINE_PUBLIC_URL is not set: name where people reach the service, for the issuer leads them back there",
        ),
        (
            SET_UP | {"VITRINE_PUBLIC_URL": "http://privacy.example"},
            "VITRINE_PUBLIC_URL: anybody on the way could take a session: write https://",
        ),
        (
            SET_UP | {"VITRINE_OIDC_ISSUER": "urn:company:login"},
            "VITRINE_OIDC_ISSUER: people are sent there to sign in, so it is an address: write https://host/path",
        ),
        (
            SET_UP | {"VITRINE_OIDC_AUDIENCE": "vitrine-pages"},
            "VITRINE_OIDC_AUDIENCE is the client's id too, so that tokens which are for the client alone would be "
            "taken: give this service a name of its own there",
        ),
        (
            SET_UP | {"VITRINE_OIDC_CLIENT_ID": "vitrine:pages"},
            "VITRINE_OIDC_CLIENT_ID: this is no id of a client: write it as the issuer shows it",
        ),
        (
            SET_UP | {"VITRINE_OIDC_CLIENT_SECRET": "geheim-ü"},
            "VITRINE_OIDC_CLIENT_SECRET cannot be sent in a header: use ASCII letters, digits and signs",
        ),
        (
            SET_UP | {"VITRINE_SESSION_KEYS": "c2hvcnQ="},
            f"VITRINE_SESSION_KEYS: key 1 is not 64 bytes in Base64: make each with {MAKE}",
        ),
        (
            SET_UP | {"VITRINE_OIDC_SCOPES": "vitrine.staff"},
            "VITRINE_OIDC_SCOPES: openid is not among them: add it, it is what signing in is",
        ),
        (
            SET_UP | {"VITRINE_OIDC_PARAMETERS": "audience"},
            "VITRINE_OIDC_PARAMETERS cannot be read: write them as in an address, such as audience=vitrine",
        ),
        (
            SET_UP | {"VITRINE_OIDC_PARAMETERS": "state=1&audience=x&redirect_uri=https://elsewhere.example"},
            "VITRINE_OIDC_PARAMETERS: redirect_uri, state: the service says that itself: leave it out",
        ),
        (
            {
                "VITRINE_OIDC_CLIENT_ID": "x",
                "VITRINE_OIDC_CLIENT_SECRET": "y",
                "VITRINE_SESSION_KEYS": KEY,
                "VITRINE_PUBLIC_URL": "https://privacy.example",
            },
            "VITRINE_OIDC_CLIENT_ID, VITRINE_OIDC_CLIENT_SECRET, VITRINE_SESSION_KEYS: "
            "development mode takes its own tokens only: set VITRINE_MODE=production",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_the_way_out(environ: dict[str, str], problem: str) -> None:
    assert problems(environ) == [problem]


def test_all_problems_are_told_at_once_and_none_repeats_a_secret() -> None:
    told = problems(WITHOUT | {"VITRINE_OIDC_CLIENT_ID": "x", "VITRINE_SESSION_KEYS": "not a key"})
    assert [each.partition(" ")[0].rstrip(":") for each in told] == [
        "VITRINE_SESSION_KEYS",
        "VITRINE_OIDC_CLIENT_ID",
        "VITRINE_PUBLIC_URL",
    ]
    assert "not a key" not in "\n".join(told)


# ---- the doctor ------------------------------------------------------------------------------------------------------


async def found(settings: Settings) -> list[Finding]:
    return [each async for each in examine_sign_in(settings)]


@pytest.fixture
def provider() -> Any:
    with provider_served() as provider:
        yield provider


async def test_an_issuer_that_signs_people_in_is_told(provider: Provider) -> None:
    (finding,) = await found(production(provider))
    assert finding.verdict is Verdict.OK
    assert finding.found == f"at {provider.url}/authorize, and back to https://privacy.example/signed-in"
    assert provider.sent == []


async def test_an_issuer_that_does_not_is_told_with_what_to_do(provider: Provider) -> None:
    provider.extra_metadata = {"code_challenge_methods_supported": ["plain"]}
    (finding,) = await found(production(provider))
    assert (finding.verdict, finding.found) == (Verdict.FAILURE, "the issuer does not know PKCE by S256")
    wrong_address = f"{provider.url}/realm"
    (finding,) = await found(production(provider, oidc_issuer=wrong_address))
    assert finding.found == f"{wrong_address}/.well-known/openid-configuration answers with the status 404"
    assert finding.mend == "correct VITRINE_OIDC_ISSUER, or set the issuer up for code flow with PKCE"


async def test_an_issuer_that_is_away_is_told() -> None:
    with provider_served() as provider:
        pass
    (finding,) = await found(production(provider))
    assert (finding.verdict, finding.found) == (Verdict.FAILURE, f"{provider.url} does not answer (ConnectError)")


async def test_what_is_not_set_up_is_told_but_in_development(provider: Provider) -> None:
    (finding,) = await found(production(provider, oidc_client_id=None))
    assert finding.verdict is Verdict.WARNING
    assert await found(Settings()) == []
