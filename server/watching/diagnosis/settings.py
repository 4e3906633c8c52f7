"""The settings, and the files that they name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from cryptography import x509

from server.settings import PREFIX, Settings
from server.token_rules import is_loopback
from server.watching import tracing
from server.watching.diagnosis.finding import Finding, failure, ok, split_message, warning

_NAMED = re.compile(rf"{PREFIX}[A-Z0-9_]+")
_SOON = timedelta(days=30)


def examine_settings(environ: Mapping[str, str]) -> tuple[Settings, frozenset[str], list[Finding]]:
    """The settings, the variables that something is wrong with, and a finding for each problem."""
    settings, problems = Settings.read(environ)
    wrong = frozenset(name for problem in problems for name in _NAMED.findall(problem.partition(": ")[0]))
    findings = [_problem(problem) for problem in problems]
    if not findings:
        given = sum(name.startswith(PREFIX) and bool(text.strip()) for name, text in environ.items())
        findings = [ok("settings", f"{settings.mode} mode, {given} set")]
    findings += _traces(settings)
    findings += _encryption(settings)
    return settings, wrong, findings


def _problem(text: str) -> Finding:
    """Such as `VITRINE_PORT: 'http' is not a whole number from 0 to 65535`, where the way out goes without saying."""
    found, mend = split_message(text)
    if _NAMED.fullmatch(found):
        return failure("settings", text, f"correct {found}, or unset it")
    return failure("settings", found, mend)


def _traces(settings: Settings) -> Iterator[Finding]:
    if settings.traces == "otlp" and not tracing.INSTALLED:
        yield failure("traces", "OpenTelemetry is not installed", tracing.WAY_OUT)


def _encryption(settings: Settings) -> Iterator[Finding]:
    url = urlsplit(settings.graph_url or "")
    if url.scheme in ("bolt", "neo4j") and settings.graph_ca_file is None and not is_loopback(url.hostname or ""):
        yield warning(
            "encryption",
            f"what goes to the graph at {url.hostname} is not encrypted",
            f"name it with {url.scheme}+s:// in VITRINE_GRAPH_URL, unless the network between is yours alone",
        )


def examine_authorities(file: Path | None, now: datetime) -> Iterator[Finding]:
    """The PEM file of VITRINE_GRAPH_CA_FILE, where it is set and there."""
    if file is None or not file.is_file():
        return  # without a file: the settings say so
    name = "authorities"
    try:
        certificates = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no certificates in PEM form"
        yield failure(name, f"{file} cannot be read ({reason})", "name a PEM file in VITRINE_GRAPH_CA_FILE")
        return
    yield from _expiry(name, file, (each.not_valid_after_utc for each in certificates), now)


def _expiry(name: str, file: Path, ends: Iterable[datetime], now: datetime) -> Iterator[Finding]:
    first, last = min(known := list(ends)), max(known)
    said = f"{len(known)} certificate{'' if len(known) == 1 else 's'} in {file}"
    if last <= now:
        yield failure(name, f"{said}, expired on {last:%Y-%m-%d}", "get the authority's new certificate")
    elif first <= now + _SOON:
        yield warning(name, f"{said}, the first expires on {first:%Y-%m-%d}", "get the authority's new certificate")
    else:
        yield ok(name, f"{said}, good until {first:%Y-%m-%d}")
