"""`vitrine doctor`: everything that the service needs, looked at in one run, with the way to mend what is wrong."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import asdict
from typing import Annotated

import typer

from graph.engines.address import GraphAddress
from graph.errors import InvalidRevision, InvalidSettings, VitrineError
from seed.folder import read_revision
from server.cli.connection import now
from server.cli.output import EXIT_FAILED, console, say, say_json, say_table
from server.gate.persisted_documents import document_problems, load_persisted_documents
from server.logs import configure_logs
from server.notify.stationery import Stationery
from server.schema import build_schema
from server.settings import Settings
from server.watching.diagnosis.channels import (
    examine_account_system,
    examine_address_keys,
    examine_mail_server,
    examine_products,
)
from server.watching.diagnosis.data_folder import examine_data_folder, examine_distribution, reach_engine
from server.watching.diagnosis.finding import (
    Finding,
    Progress,
    Verdict,
    failure,
    not_checked,
    ok,
    split_message,
    warning,
)
from server.watching.diagnosis.graph import examine_address, examine_graph
from server.watching.diagnosis.keys import examine_development_key, examine_issuer
from server.watching.diagnosis.listener import examine_port
from server.watching.diagnosis.settings import examine_authorities, examine_settings
from server.watching.diagnosis.sign_in import examine_sign_in
from server.web_files import DOCUMENTS

#: By how much the clock may be set while this runs before it is told.
STEP_SECONDS = 0.5


def doctor(
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Check settings, keys, engine, schema, clocks and port; say how to mend what is wrong. Changes nothing.

    Exit code 0: nothing has failed; 1: something has.
    """
    # What is found is said below; logs are the service's.
    configure_logs("critical")
    with _progress(silent=json) as progress:
        findings = asyncio.run(_examine(progress))
    failed = any(each.verdict is Verdict.FAILURE for each in findings)
    if json:
        say_json({"ok": not failed, "checks": [asdict(each) for each in findings]})
    else:
        rows = [(each.check, each.verdict.value, each.found, each.mend) for each in findings]
        say_table(("Check", "", "Found", "What to do"), rows)
        say()
        say(_summary(findings))
    if failed:
        raise typer.Exit(EXIT_FAILED)


def _summary(findings: list[Finding]) -> str:
    counts = {verdict: sum(each.verdict is verdict for each in findings) for verdict in Verdict}
    told = [f"{count} {verdict.value}" for verdict, count in counts.items() if count]
    return ", ".join(told)


@contextlib.contextmanager
def _progress(*, silent: bool) -> Iterator[Progress]:
    to = console(stderr=True)
    if silent or not to.is_terminal:
        yield lambda text: None
        return
    with to.status("Looking at the settings") as status:
        yield lambda text: status.update(text)


async def _examine(progress: Progress) -> list[Finding]:
    wall, steady = time.time(), time.monotonic()
    settings, wrong, findings = examine_settings(os.environ)
    findings += _made("authorities", examine_authorities(settings.graph_ca_file, now()))
    findings += _made("seed", _seed(settings))
    findings += _made("documents", _documents(settings))
    findings += _made("templates", _templates(settings))
    findings += _made("products", _products(settings, wrong))
    progress("Asking the mail server")
    findings += await _made_later("mail server", _mail_server(settings, wrong))
    findings += await _made_later("account system", _account_system(settings, wrong))
    progress("Fetching the issuer's keys")
    findings += await asyncio.to_thread(_made, "keys", _keys(settings, wrong))
    findings += await _made_later("sign-in", _sign_in(settings, wrong))
    findings += await _made_later("graph", _graph(settings, wrong, progress))
    findings += await asyncio.to_thread(_made, "port", _port(settings, wrong))
    findings.append(_own_clock(wall, steady))
    return findings


def _made(check: str, findings: Iterable[Finding]) -> list[Finding]:
    """What is found, as far as it comes: one check that goes wrong itself keeps none of the others from being made."""
    made: list[Finding] = []
    try:
        made.extend(findings)
    except Exception as error:
        made.append(_gone_wrong(check, error))
    return made


async def _made_later(check: str, findings: AsyncIterator[Finding]) -> list[Finding]:
    """As `_made`."""
    made: list[Finding] = []
    try:
        async for each in findings:
            made.append(each)  # noqa: PERF401 (what came before a fault is kept)
    except Exception as error:
        made.append(_gone_wrong(check, error))
    return made


def _gone_wrong(check: str, error: Exception) -> Finding:
    if isinstance(error, VitrineError):
        return failure(check, *split_message(error.message))
    return failure(check, f"unexpected {type(error).__name__}", "report it: this is a mistake of ours")


def _seed(settings: Settings) -> Iterator[Finding]:
    name = "seed"
    try:
        read_revision(settings.seed_dir)
    except InvalidRevision as error:
        check = f"vitrine map check {settings.seed_dir}"
        yield failure(name, error.message, f"`{check}` tells where; needed while the graph has no revision")
    except VitrineError as error:
        yield failure(name, *split_message(error.message))
    else:
        yield ok(name, f"{settings.seed_dir} can be read")
    if settings.loads_examples and not os.access(settings.seed_examples, os.R_OK):
        yield failure("examples", f"{settings.seed_examples} cannot be read", "name a file in VITRINE_SEED_EXAMPLES")


def _documents(settings: Settings) -> Iterator[Finding]:
    of_pages = settings.web_dir / DOCUMENTS
    if settings.persisted_documents is None and not of_pages.is_file():
        return
    name = "documents"
    schema = build_schema()
    try:
        documents = load_persisted_documents(
            settings.persisted_documents,
            lambda text: document_problems(schema.problems_of(text)),
            of_pages=of_pages,
        )
    except InvalidSettings as error:
        for problem in error.message.splitlines():
            yield failure(name, problem, "mend the front end's operation, and build its manifest anew")
    else:
        yield ok(name, f"{len(documents.documents)} persisted, all of the contract")


def _templates(settings: Settings) -> Iterator[Finding]:
    name = "templates"
    try:
        stationery = Stationery(settings.templates)
    except InvalidSettings as error:
        for problem in error.message.splitlines():
            yield failure(name, *split_message(problem))
        return
    incomplete = {language: names for language, names in stationery.missing.items() if names}
    for language, names in incomplete.items():
        yield warning(
            name,
            f"{len(names)} sentences are not said in {language!r}, such as {names[0]!r}",
            f"add them to {language}/sentences.yaml: until then they are said in English",
        )
    if not incomplete:
        yield ok(name, f"notices can be written in {', '.join(sorted(stationery.languages))}")


def _products(settings: Settings, wrong: frozenset[str]) -> Iterator[Finding]:
    if "VITRINE_PRODUCTS" not in wrong:
        yield from examine_products(settings)


async def _mail_server(settings: Settings, wrong: frozenset[str]) -> AsyncIterator[Finding]:
    if any(name.startswith("VITRINE_MAIL_") for name in wrong):
        yield not_checked("mail server", "mend the settings of the mail server first")
        return
    async for each in examine_mail_server(settings):
        yield each


async def _account_system(settings: Settings, wrong: frozenset[str]) -> AsyncIterator[Finding]:
    if any(name.startswith("VITRINE_ACCOUNT_") for name in wrong):
        yield not_checked("account system", "mend the settings of the account system first")
        return
    async for each in examine_account_system(settings):
        yield each


async def _address_keys(address: GraphAddress, settings: Settings, wrong: frozenset[str]) -> AsyncIterator[Finding]:
    if {"VITRINE_ADDRESS_KEYS", "VITRINE_ADDRESS_KEYS_FILE"} & wrong:
        yield not_checked("address keys", "mend VITRINE_ADDRESS_KEYS first")
        return
    async for each in examine_address_keys(address, settings):
        yield each


def _keys(settings: Settings, wrong: frozenset[str]) -> Iterator[Finding]:
    if settings.is_development and "VITRINE_MODE" not in wrong:
        yield from examine_development_key(settings.data_dir)
        return
    if "VITRINE_MODE" in wrong or any(name.startswith("VITRINE_OIDC_") for name in wrong):
        yield not_checked("keys", "mend the settings of the issuer first")
        return
    try:
        rules = settings.token_rules()
    except InvalidSettings:
        yield not_checked("keys", "mend the settings of the issuer first")
    else:
        yield from examine_issuer(rules)


async def _sign_in(settings: Settings, wrong: frozenset[str]) -> AsyncIterator[Finding]:
    if {"VITRINE_MODE", "VITRINE_PUBLIC_URL"} & wrong or any(
        name.startswith(("VITRINE_OIDC_", "VITRINE_SESSION_")) for name in wrong
    ):
        yield not_checked("sign-in", "mend the settings of the issuer first")
        return
    async for each in examine_sign_in(settings):
        yield each


async def _graph(settings: Settings, wrong: frozenset[str], progress: Progress) -> AsyncIterator[Finding]:
    if any(name.startswith("VITRINE_GRAPH_") for name in wrong):
        yield not_checked("graph", "mend the settings of the graph first")
    elif (named := settings.graph_address()) is not None:
        progress("Asking the graph")
        unreachable = False
        async for each in examine_address(named):
            unreachable = True
            yield each
        if not unreachable:
            async for each in examine_graph(named, now, tries_writing=True):
                yield each
            async for each in _address_keys(named, settings, wrong):
                yield each
    else:
        async for each in _embedded(settings, wrong, progress):
            yield each


async def _embedded(settings: Settings, wrong: frozenset[str], progress: Progress) -> AsyncIterator[Finding]:
    for each in (*examine_distribution(), *examine_data_folder(settings.data_dir)):
        yield each
    async with reach_engine(
        settings.data_dir,
        heap_mb=settings.engine_heap_mb,
        start_timeout_seconds=settings.engine_start_seconds,
        progress=progress,
    ) as (address, found, why_not):
        yield found
        if address is None:
            yield not_checked("graph", why_not)
            return
        progress("Asking the graph")
        async for each in examine_graph(address, now, tries_writing=False):
            yield each
        async for each in _address_keys(address, settings, wrong):
            yield each


def _port(settings: Settings, wrong: frozenset[str]) -> Iterator[Finding]:
    if {"VITRINE_HOST", "VITRINE_PORT"} & wrong:
        yield not_checked("port", "mend VITRINE_HOST and VITRINE_PORT first")
    else:
        yield from examine_port(settings.host, settings.port)


def _own_clock(wall: float, steady: float) -> Finding:
    """Whether this machine's clock goes as fast as time does."""
    step = (time.time() - wall) - (time.monotonic() - steady)
    if abs(step) <= STEP_SECONDS:
        return ok("clock", f"{now():%Y-%m-%d %H:%M:%S} UTC, and was not set while this ran")
    return warning("clock", f"was set by {step:+.1f} s while this ran", "let it be slewed by NTP, not set by hand")
