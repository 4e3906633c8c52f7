"""How settings are written: each kind reads the text of an environment variable."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_network
from pathlib import Path
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from graph.email_address import read_mailbox
from graph.opaque_ids import MAXIMUM_ID_LENGTH, is_opaque_id
from server.token_rules import KEY_KINDS

GRAPH_SCHEMES = ("bolt", "bolt+s", "bolt+ssc", "neo4j", "neo4j+s", "neo4j+ssc")

T = TypeVar("T")
E = TypeVar("E", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class Kind(Generic[T]):
    """How a setting is written. `read` raises ValueError, whose message goes behind the setting's name and a colon."""

    description: str
    read: Callable[[str], T]


def whole_number(at_least: int, at_most: int, unit: str = "") -> Kind[int]:
    description = f"{at_least} to {at_most}" + (f" {unit}" if unit else "")

    def read(text: str) -> int:
        text = text.strip()
        if not (text.isascii() and text.isdecimal() and at_least <= int(text) <= at_most):
            raise ValueError(f"{text!r} is not a whole number from {description}")
        return int(text)

    return Kind(description, read)


def seconds(at_least: float, at_most: float) -> Kind[float]:
    return _number(at_least, at_most, "seconds")


def per_second(at_most: float) -> Kind[float]:
    return _number(0, at_most, "a second")


def _number(at_least: float, at_most: float, unit: str) -> Kind[float]:
    description = f"{at_least:g} to {at_most:g} {unit}"

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not at_least <= value <= at_most:
            raise ValueError(f"{text!r} is not a number from {description}")
        return value

    return Kind(description, read)


def choice(choices: type[E]) -> Kind[E]:
    words = [str(each) for each in choices]

    def read(text: str) -> E:
        text = text.strip()
        if text not in words:
            raise ValueError(f"{text!r} is none of {', '.join(words)}")
        return choices(text)

    return Kind(" or ".join(f"`{word}`" for word in words), read)


def _read_url(text: str) -> str:
    text = text.strip()
    # Never repeated in the message: it may hold a password by mistake.
    allowed = ", ".join(f"{scheme}://" for scheme in GRAPH_SCHEMES)
    try:
        url = urlsplit(text)
        usable = url.scheme in GRAPH_SCHEMES and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"write one of {allowed} and a host, such as neo4j://graph.example:7687")
    if "@" in url.netloc:
        raise ValueError("leave user and password out: VITRINE_GRAPH_USER and VITRINE_GRAPH_PASSWORD are for them")
    return text


def _read_algorithms(text: str) -> tuple[str, ...]:
    named = tuple(part.strip() for part in text.split(",") if part.strip())
    unknown = [name for name in named if name not in KEY_KINDS]
    if unknown or not named:
        raise ValueError(f"{', '.join(unknown) or 'nothing'} cannot be allowed: choose from {', '.join(KEY_KINDS)}")
    return named


def _read_id(text: str) -> str:
    text = text.strip()
    if not is_opaque_id(text):
        raise ValueError(f"an id has 1 to {MAXIMUM_ID_LENGTH} characters, no whitespace")
    return text


def _read_origins(text: str) -> tuple[str, ...]:
    origins = tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
    for origin in origins:
        try:
            url = urlsplit(origin)
            usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
        except ValueError:
            usable = False
        # A browser sends exactly scheme, host and port, in lower case.
        if not usable or origin != f"{url.scheme}://{url.netloc}".lower() or "@" in origin or "*" in origin:
            raise ValueError(f"{origin!r} is no origin: write scheme, host and port, such as https://account.example")
    return origins


def _read_address(text: str) -> str:
    text = text.strip().rstrip("/")
    try:
        url = urlsplit(text)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    # It is put before other parts, and shown to everybody.
    if not usable or "@" in text or "?" in text or "#" in text or not text.isascii() or " " in text:
        raise ValueError(f"{text!r} is no address to begin links with: write one such as https://privacy.example")
    return text


def _read_notice_address(text: str) -> str:
    text = text.strip()
    try:
        url = urlsplit(text)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable or "@" in url.netloc or "{" in url.netloc or not text.isascii() or " " in text:
        raise ValueError(f"{text!r} is no address: write one such as https://account.example/privacy/{{notice}}")
    unknown = set(re.findall(r"\{[^}]*\}?|\}", text)) - {"{revision}", "{notice}", "{clause}"}
    if unknown:
        known = "{revision}, {notice} and {clause}"
        raise ValueError(f"nothing stands for {', '.join(sorted(unknown))}: there are {known}")
    return text


def _read_networks(text: str) -> tuple[str, ...]:
    networks = []
    for part in (part.strip() for part in text.split(",")):
        try:
            networks += [str(ip_network(part))] if part else []
        except ValueError as error:
            raise ValueError(f"{part!r} is no network: write one such as 10.20.0.0/16 or fd00:1::/64") from error
    return tuple(networks)


def _read_mailbox(text: str) -> str:
    try:
        read_mailbox(text.strip())
    except ValueError as error:
        raise ValueError(f"{error}: write one such as Privacy <privacy@company.example>") from error
    return text.strip()


TEXT = Kind("text", str.strip)
MAILBOX = Kind("email address, with a name or without", _read_mailbox)
ID = Kind("id", _read_id)
SECRET = Kind("secret", str)  # white space may be part of it
PATH = Kind("path", lambda text: Path(text.strip()).expanduser().absolute())
GRAPH_URL = Kind(" ".join(f"`{scheme}://`" for scheme in GRAPH_SCHEMES), _read_url)
ADDRESS = Kind("`https://` or `http://` address", _read_address)
NOTICE_ADDRESS = Kind("`https://` or `http://` address", _read_notice_address)
NETWORKS = Kind("networks, with commas", _read_networks)
ORIGINS = Kind("origins, with commas", _read_origins)
ALGORITHMS = Kind("names, with commas", _read_algorithms)
