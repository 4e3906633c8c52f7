"""Settings: read from the environment, every problem at once, and never a secret in sight."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from graph.engines.address import GraphAddress
from graph.errors import InvalidSettings
from server.settings import HIDDEN, ROOT, LogLevel, Mode, Settings, markdown_table, settings_table
from server.token_rules import TokenRules

GRAPH = {"VITRINE_GRAPH_URL": "neo4j://graph.example:7687", "VITRINE_GRAPH_PASSWORD": "a secret"}
PRODUCTION = {
    "VITRINE_MODE": "production",
    "VITRINE_OIDC_ISSUER": "https://login.example",
    "VITRINE_OIDC_AUDIENCE": "vitrine",
    "VITRINE_OIDC_JWKS_URL": "https://login.example/keys",
}


def problems(environ: dict[str, str]) -> list[str]:
    with pytest.raises(InvalidSettings) as raised:
        Settings.from_environment(environ)
    return raised.value.message.split("\n")


# ---- values ----------------------------------------------------------------------------------------------------------


def test_nothing_needs_to_be_set() -> None:
    settings = Settings.from_environment({"PATH": "/bin", "HOME": "/root"})
    assert settings == Settings()
    assert (settings.mode, settings.host, settings.port) == (Mode.DEVELOPMENT, "127.0.0.1", 8000)
    assert settings.data_dir == ROOT / ".data"
    assert settings.graph_address() is None


@pytest.mark.parametrize(
    ("name", "text", "field", "value"),
    [
        ("VITRINE_PORT", " 9000 ", "port", 9000),
        ("VITRINE_PORT", "0", "port", 0),
        ("VITRINE_HOST", "::1", "host", "::1"),
        ("VITRINE_LOG_LEVEL", "warning", "log_level", LogLevel.WARNING),
        ("VITRINE_DATA_DIR", "/srv/data", "data_dir", Path("/srv/data")),
        ("VITRINE_DATA_DIR", "here", "data_dir", Path.cwd() / "here"),
        ("VITRINE_DATA_DIR", "~/here", "data_dir", Path.home() / "here"),
        ("VITRINE_GRAPH_RETRY_SECONDS", "0", "graph_retry_seconds", 0.0),
        ("VITRINE_ENGINE_START_SECONDS", "2.5", "engine_start_seconds", 2.5),
        ("VITRINE_REQUEST_BYTES", "67108864", "request_bytes", 67108864),
    ],
)
def test_a_value_is_read(name: str, text: str, field: str, value: object) -> None:
    assert getattr(Settings.from_environment({name: text}), field) == value


def test_an_empty_variable_counts_as_not_set() -> None:
    assert Settings.from_environment({"VITRINE_PORT": "", "VITRINE_GRAPH_URL": " "}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("VITRINE_MODE", "prod", "'prod' is none of development, production"),
        ("VITRINE_PORT", "http", "'http' is not a whole number from 0 to 65535"),
        ("VITRINE_PORT", "65536", "'65536' is not a whole number from 0 to 65535"),
        ("VITRINE_PORT", "-1", "'-1' is not a whole number from 0 to 65535"),
        ("VITRINE_PORT", "80.5", "'80.5' is not a whole number from 0 to 65535"),
        ("VITRINE_REQUEST_BYTES", "1000", "'1000' is not a whole number from 1048576 to 67108864 bytes"),
        ("VITRINE_ENGINE_START_SECONDS", "nan", "'nan' is not a number from 1 to 3600 seconds"),
        ("VITRINE_ENGINE_START_SECONDS", "inf", "'inf' is not a number from 1 to 3600 seconds"),
        ("VITRINE_ENGINE_START_SECONDS", "soon", "'soon' is not a number from 1 to 3600 seconds"),
        ("VITRINE_LOG_LEVEL", "INFO", "'INFO' is none of debug, info, warning, error"),
        ("VITRINE_EXAMPLE_SUBJECT", "two words", "an id has 1 to 128 characters, no whitespace"),
    ],
)
def test_a_wrong_value_is_refused_with_what_would_be_right(name: str, text: str, problem: str) -> None:
    assert problems({name: text}) == [f"{name}: {problem}"]


def test_all_problems_are_told_at_once() -> None:
    told = problems({"VITRINE_PORT": "x", "VITRINE_PROT": "1", "VITRINE_HOST": "::", "VITRINE_LOG_LEVEL": "loud"})
    assert [each.split(":")[0] for each in told] == [
        "VITRINE_PROT is no setting",
        "VITRINE_PORT",
        "VITRINE_LOG_LEVEL",
        "VITRINE_HOST",
    ]


def test_an_unknown_name_is_refused_with_the_one_that_was_meant() -> None:
    assert problems({"VITRINE_DATADIR": "x", "VITRINE_ZZ": "x"}) == [
        "VITRINE_DATADIR is no setting: did you mean VITRINE_DATA_DIR?",
        "VITRINE_ZZ is no setting: unset it, or see `vitrine settings`",
    ]


# ---- the graph -------------------------------------------------------------------------------------------------------


def test_a_graph_is_named_by_url_user_password_and_database(tmp_path: Path) -> None:
    authorities = tmp_path / "ca.pem"
    authorities.touch()
    environ = GRAPH | {"VITRINE_GRAPH_DATABASE": "people", "VITRINE_GRAPH_CA_FILE": str(authorities)}
    assert Settings.from_environment(environ).graph_address() == GraphAddress(
        url="neo4j://graph.example:7687", user="neo4j", password="a secret", database="people", ca_file=authorities
    )


def test_the_password_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(" with blanks \n")
    environ = {"VITRINE_GRAPH_URL": GRAPH["VITRINE_GRAPH_URL"], "VITRINE_GRAPH_PASSWORD_FILE": str(file)}
    address = Settings.from_environment(environ).graph_address()
    assert address is not None
    assert address.password == " with blanks "


@pytest.mark.parametrize(
    ("content", "problem"), [(b"\n", "is empty: write the password into it"), (b"\xff", "cannot be read (not UTF-8)")]
)
def test_a_password_file_without_a_password_is_refused(tmp_path: Path, content: bytes, problem: str) -> None:
    file = tmp_path / "password"
    file.write_bytes(content)
    (told,) = problems({"VITRINE_GRAPH_URL": "bolt://graph", "VITRINE_GRAPH_PASSWORD_FILE": str(file)})
    assert told.startswith(f"VITRINE_GRAPH_PASSWORD_FILE: {file} {problem}")


def test_a_missing_password_file_is_refused(tmp_path: Path) -> None:
    (told,) = problems({"VITRINE_GRAPH_URL": "bolt://graph", "VITRINE_GRAPH_PASSWORD_FILE": str(tmp_path / "none")})
    assert told == (
        f"VITRINE_GRAPH_PASSWORD_FILE: {tmp_path}/none cannot be read (No such file or directory): "
        "mend it or name another"
    )


@pytest.mark.parametrize(
    ("environ", "problem"),
    [
        (
            {"VITRINE_GRAPH_URL": "bolt://graph"},
            "VITRINE_GRAPH_URL has no password: set VITRINE_GRAPH_PASSWORD or VITRINE_GRAPH_PASSWORD_FILE",
        ),
        (
            {"VITRINE_GRAPH_USER": "me"},
            "VITRINE_GRAPH_USER without VITRINE_GRAPH_URL: set that too, or unset it",
        ),
        (
            {"VITRINE_GRAPH_USER": "me", "VITRINE_GRAPH_PASSWORD": "secret"},
            "VITRINE_GRAPH_USER, VITRINE_GRAPH_PASSWORD without VITRINE_GRAPH_URL: set that too, or unset them",
        ),
        (
            GRAPH | {"VITRINE_GRAPH_PASSWORD_FILE": "/dev/null"},
            "VITRINE_GRAPH_PASSWORD and VITRINE_GRAPH_PASSWORD_FILE are both set: keep one",
        ),
        (
            GRAPH | {"VITRINE_GRAPH_CA_FILE": "/dev/null/ca.pem"},
            "VITRINE_GRAPH_CA_FILE: there is no file /dev/null/ca.pem: name a PEM file",
        ),
        (
            GRAPH | {"VITRINE_GRAPH_URL": "neo4j://me:secret@graph"},
            "VITRINE_GRAPH_URL: leave user and password out: "
            "VITRINE_GRAPH_USER and VITRINE_GRAPH_PASSWORD are for them",
        ),
        *(
            (
                GRAPH | {"VITRINE_GRAPH_URL": url},
                "VITRINE_GRAPH_URL: write one of bolt://, bolt+s://, bolt+ssc://, neo4j://, neo4j+s://, neo4j+ssc:// "
                "and a host, such as neo4j://graph.example:7687",
            )
            for url in ("https://graph", "graph:7687", "bolt://", "bolt://graph:port", "bolt://graph:0", "bolt://[")
        ),
    ],
)
def test_what_cannot_be_a_graph_is_refused(environ: dict[str, str], problem: str) -> None:
    assert problems(environ) == [problem]


# ---- secrets ---------------------------------------------------------------------------------------------------------


def test_a_password_is_shown_nowhere() -> None:
    settings = Settings.from_environment(GRAPH)
    row = next(each for each in settings_table() if each.variable == "VITRINE_GRAPH_PASSWORD")
    assert row.shown(settings.graph_password) == HIDDEN
    assert "a secret" not in repr(settings) + str(settings) + repr(settings.graph_address())


def test_no_problem_repeats_a_password() -> None:
    environ = GRAPH | {"VITRINE_GRAPH_URL": "nothing://me:a secret@graph", "VITRINE_GRAPH_PASSWORD_FILE": "/dev/null"}
    assert "secret" not in "\n".join(problems(environ))


# ---- modes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "vitrine.example"])  # noqa: S104 - refused
def test_development_mode_refuses_to_listen_beyond_loopback(host: str) -> None:
    (told,) = problems({"VITRINE_HOST": host})
    assert told == (
        f"VITRINE_HOST: development mode signs tokens for anybody, so it serves on loopback only, not on {host!r}: "
        "listen on 127.0.0.1, or name a real issuer of access tokens"
    )
    assert Settings.from_environment(PRODUCTION | {"VITRINE_HOST": host}).host == host


def test_development_mode_refuses_an_issuer_that_it_would_not_ask() -> None:
    assert problems({name: text for name, text in PRODUCTION.items() if name != "VITRINE_MODE"}) == [
        "VITRINE_OIDC_AUDIENCE, VITRINE_OIDC_ISSUER, VITRINE_OIDC_JWKS_URL: "
        "development mode takes its own tokens only: set VITRINE_MODE=production"
    ]


def test_production_mode_requires_an_issuer() -> None:
    assert problems({"VITRINE_MODE": "production"}) == [
        f"VITRINE_OIDC_{name} is not set: production mode needs it" for name in ("ISSUER", "AUDIENCE", "JWKS_URL")
    ]


def test_production_mode_has_the_rules_of_its_issuer() -> None:
    environ = PRODUCTION | {
        "VITRINE_OIDC_ALGORITHMS": "ES256, EdDSA",
        "VITRINE_OIDC_SUBJECT_CLAIM": "account",
        "VITRINE_OIDC_SERVICE_CLAIM": "system",
        "VITRINE_OIDC_SCOPE_PREFIX": "api://vitrine/",
        "VITRINE_OIDC_CLOCK_SKEW_SECONDS": "0",
    }
    assert Settings.from_environment(environ).token_rules() == TokenRules(
        issuer="https://login.example",
        audience="vitrine",
        jwks_url="https://login.example/keys",
        algorithms=("ES256", "EdDSA"),
        subject_claim="account",
        service_claim="system",
        scope_prefix="api://vitrine/",
        clock_skew_seconds=0,
    )


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("JWKS_URL", "http://login.example/keys", "would let anybody on the way replace the issuer's keys"),
        ("JWKS_URL", "login.example", "the address of the issuer's keys is none: write https://host/path"),
        ("ALGORITHMS", "HS256", "HS256 cannot be allowed: choose from RS256"),
        ("ALGORITHMS", ",", "nothing cannot be allowed: choose from RS256"),
        ("CLOCK_SKEW_SECONDS", "301", "'301' is not a number from 0 to 300 seconds"),
    ],
)
def test_rules_that_protect_nobody_are_refused(name: str, text: str, problem: str) -> None:
    (told,) = problems(PRODUCTION | {f"VITRINE_OIDC_{name}": text})
    assert told.startswith(f"VITRINE_OIDC_{name}: ")
    assert problem in told


# ---- the table -------------------------------------------------------------------------------------------------------


def test_every_field_is_a_row_of_the_table() -> None:
    assert [each.field for each in settings_table()] == [each.name for each in fields(Settings)]


@pytest.mark.parametrize("setting", settings_table(), ids=lambda setting: str(setting.variable))
def test_a_default_reads_as_itself(setting: Any) -> None:
    text = setting.shown(setting.default)
    if text:
        default = setting.default
        expected = default.relative_to(ROOT).absolute() if isinstance(default, Path) else default
        assert setting.kind.read(text) == expected


def test_the_table_in_the_readme_is_that_of_the_code() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    written = readme.partition("<!-- settings -->\n")[2].partition("<!-- /settings -->")[0]
    assert written.strip() == markdown_table().strip(), "put the output of `python -m server.settings` there"


def test_the_table_names_no_place_of_this_machine() -> None:
    assert str(ROOT) not in markdown_table()


# ---- the token of the metrics ----------------------------------------------------------------------------------------


def test_the_token_of_the_metrics_may_be_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("a-token-of-20-letters\n")
    settings = Settings.from_environment({"VITRINE_METRICS_TOKEN_FILE": str(file)})
    assert settings.metrics_token == "a-token-of-20-letters"
    assert "a-token-of-20-letters" not in repr(settings)


@pytest.mark.parametrize(
    ("token", "problem"),
    [
        ("fifteen-letters", "VITRINE_METRICS_TOKEN is shorter than 16 characters: make a longer one at random"),
        (
            "sixteen letters and a blank",
            "VITRINE_METRICS_TOKEN cannot be sent in a header: use ASCII letters, digits and signs, no spaces",
        ),
    ],
)
def test_a_token_that_cannot_serve_is_refused(token: str, problem: str) -> None:
    assert problems({"VITRINE_METRICS_TOKEN": token}) == [problem]


def test_a_lease_is_longer_than_to_hand_a_message_over_takes() -> None:
    """Else one that is under way would be called in doubt, and staff could have it sent twice."""
    mailing = {
        **PRODUCTION,
        "VITRINE_MAIL_HOST": "mail.example",
        "VITRINE_MAIL_FROM": "privacy@company.example",
        "VITRINE_ACCOUNT_URL": "https://account.example/addresses",
    }
    assert Settings.from_environment({**mailing, "VITRINE_NOTIFY_LEASE_SECONDS": "110"}).notify_lease_seconds == 110
    assert problems({**mailing, "VITRINE_NOTIFY_LEASE_SECONDS": "109"}) == [
        "VITRINE_NOTIFY_LEASE_SECONDS: to hand a message over may take 110 seconds: set that or more, or unset it"
    ]
