"""Secrets of the settings that stand in files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from server.settings import Settings

#: Each has a field of its name, and one with `_file` behind it.
SECRETS = (
    "graph_password",
    "metrics_token",
    "mail_password",
    "address_keys",
    "account_token",
    "oidc_client_secret",
    "session_keys",
)


def with_secrets(settings: Settings) -> tuple[Settings, list[str]]:
    """The settings with what stands in the files that they name, and what is wrong with those."""
    problems: list[str] = []
    for name in SECRETS:
        settings, found = _with_secret(settings, name)
        problems += found
    return settings, problems


def _with_secret(settings: Settings, name: str) -> tuple[Settings, list[str]]:
    variable = f"VITRINE_{name.upper()}"
    file: Path | None = getattr(settings, f"{name}_file")
    if file is None:
        return settings, []
    if getattr(settings, name) is not None:
        return settings, [f"{variable} and {variable}_FILE are both set: keep one"]
    try:
        secret = file.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        return settings, [f"{variable}_FILE: {file} cannot be read ({reason}): mend it or name another"]
    if not secret:
        return settings, [f"{variable}_FILE: {file} is empty: write the {name.rpartition('_')[2]} into it"]
    given: dict[str, Any] = {name: secret}
    return replace(settings, **given), []
