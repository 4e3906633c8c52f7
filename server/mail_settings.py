"""What can be wrong with the settings about email: the mail server, the keys of addresses, the account system."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from server.sealing import AddressKeys
from server.token_rules import is_loopback

if TYPE_CHECKING:
    from server.settings import Settings


class MailTls(StrEnum):
    """How the connection to the mail server is encrypted: by STARTTLS, always or where it is offered; from its first
    byte on; not at all. What is encrypted is only ever so to a server whose certificate verifies."""

    REQUIRED = "required"
    OPTIONAL = "optional"
    IMPLICIT = "implicit"
    OFF = "off"


#: What handing over one message may take, with all that is waited for before (`server.notify.mail_connection`): with a
#: shorter lease, one that is under way would be told as in doubt, and could be sent again.
LEASE_SECONDS_AT_LEAST = 110.0


def address_keys_of(settings: Settings) -> AddressKeys | None:
    """The keys of email addresses; None where there are none. Raises ValueError for what is none."""
    return None if settings.address_keys is None else AddressKeys.read(settings.address_keys)


def mail_problems(settings: Settings, given: Mapping[str, str]) -> Iterator[str]:
    """Each with the name of the variable in front. None repeats a secret. `given`: the variables that are set."""
    yield from _keys_problems(settings)
    yield from _account_problems(settings, given)
    for name in ("MAIL_CA_FILE", "ACCOUNT_CA_FILE"):
        file: Path | None = getattr(settings, name.lower())
        if file is not None and not file.is_file():
            yield f"VITRINE_{name}: there is no file {file}: name a PEM file"
    # Development may try out what happens with less.
    is_short = settings.notify_lease_seconds < LEASE_SECONDS_AT_LEAST
    if settings.mail_host is not None and is_short and not settings.is_development:
        yield (
            f"VITRINE_NOTIFY_LEASE_SECONDS: to hand a message over may take {LEASE_SECONDS_AT_LEAST:g} seconds: set "
            "that or more, or unset it"
        )
    named = sorted(name for name in given if name.startswith("VITRINE_MAIL_"))
    if settings.mail_host is not None:
        yield from _server_problems(settings, settings.mail_host, given)
    elif named:
        it = "it" if len(named) == 1 else "them"
        yield f"{', '.join(named)} without VITRINE_MAIL_HOST: set that too, or unset {it}"


def _keys_problems(settings: Settings) -> Iterator[str]:
    try:
        address_keys_of(settings)
    except ValueError as error:
        yield f"VITRINE_ADDRESS_KEYS: {error}: make each with `head -c 64 /dev/urandom | base64 --wrap=0`"


def _account_problems(settings: Settings, given: Mapping[str, str]) -> Iterator[str]:
    of_it = [f"VITRINE_ACCOUNT_{name}" for name in ("TOKEN", "TOKEN_FILE", "CA_FILE")]
    if settings.account_url is None:
        named = [name for name in of_it if name in given]
        if named:
            it = "it" if len(named) == 1 else "them"
            yield f"{', '.join(named)} without VITRINE_ACCOUNT_URL: set that too, or unset {it}"
        return
    try:
        url = urlsplit(settings.account_url)
        host = url.hostname if url.port != 0 else None
    except ValueError:
        host = None
    if not host or url.scheme not in ("http", "https") or not settings.account_url.isprintable():
        yield "VITRINE_ACCOUNT_URL: this is no address: write https://host/path"
    elif "@" in url.netloc:
        yield "VITRINE_ACCOUNT_URL: leave user and password out: VITRINE_ACCOUNT_TOKEN is for a token"
    elif url.scheme == "http" and not is_loopback(host):
        yield "VITRINE_ACCOUNT_URL: anybody on the way could read the addresses: write https://"
    token = settings.account_token
    if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
        yield "VITRINE_ACCOUNT_TOKEN cannot be sent in a header: use ASCII letters, digits and signs, no spaces"


def _server_problems(settings: Settings, host: str, given: Mapping[str, str]) -> Iterator[str]:
    if not (host.isascii() and host.isprintable()) or any(sign in host for sign in " /@[]"):
        yield "VITRINE_MAIL_HOST: this is no host: write its name or address alone, such as mail.company.example"
    if settings.mail_from is None:
        yield "VITRINE_MAIL_FROM is not set: name whom notices come from, such as Privacy <privacy@company.example>"
    if settings.address_keys is None and settings.account_url is None and "VITRINE_ADDRESS_KEYS_FILE" not in given:
        yield (
            "VITRINE_MAIL_HOST without a way to people's addresses: set VITRINE_ADDRESS_KEYS to keep what the account "
            "area reports, or VITRINE_ACCOUNT_URL to ask for them"
        )
    if settings.mail_user is None:
        if {"VITRINE_MAIL_PASSWORD", "VITRINE_MAIL_PASSWORD_FILE"} & given.keys():
            yield "VITRINE_MAIL_PASSWORD has no user: set VITRINE_MAIL_USER"
        return
    if not {"VITRINE_MAIL_PASSWORD", "VITRINE_MAIL_PASSWORD_FILE"} & given.keys():
        yield "VITRINE_MAIL_USER has no password: set VITRINE_MAIL_PASSWORD or VITRINE_MAIL_PASSWORD_FILE"
    if settings.mail_tls in (MailTls.OPTIONAL, MailTls.OFF) and not is_loopback(host):
        yield (
            "VITRINE_MAIL_TLS: the password could go to the mail server as anybody can read it: "
            "set it to required or implicit"
        )
