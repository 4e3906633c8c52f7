"""`vitrine check`: what a revision contradicts or leaves unsaid, with an exit code for a company's CI."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from graph.checks import findings
from graph.checks.overruling import is_standing
from graph.errors import InvalidRevision
from graph.model import Finding, FindingKind
from graph.store.database import Database
from graph.store.findings import load_findings
from server.cli.connection import with_database
from server.cli.findings import counts_of, findings_as_json, refused, say_findings
from server.cli.named_revision import NamedRevision, read_named
from server.cli.output import say_json

#: By the gravest finding; those of other commands end at 3.
EXIT_CODES = {FindingKind.GAP: 10, FindingKind.VIOLATION: 20}


class FailOn(StrEnum):
    GAP = "GAP"
    VIOLATION = "VIOLATION"
    NEVER = "NEVER"


def check(
    revision: Annotated[str, typer.Argument(help="A revision's number, or a folder with policy.md and map.yaml.")],
    fail_on: Annotated[
        FailOn, typer.Option(help="From which finding on the exit code says so.", case_sensitive=False)
    ] = FailOn.GAP,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Tell what the checks find in a revision, and what is overruled of that. The graph is needed for a number only.

    Exit code 0: nothing is found; 10: gaps, or violations that are overruled; 20: a violation that keeps it from being
    published; 1: the revision cannot be read; 3: the graph is not available.
    """
    try:
        named = read_named(revision)
    except InvalidRevision as error:
        raise refused(error, json=json) from error
    found = _found(named)
    if json:
        say_json(
            {
                "revision": named.name,
                "problems": [],
                "counts": counts_of(found),
                "findings": findings_as_json(found),
            }
        )
    else:
        say_findings(found)
    code = max((EXIT_CODES[_gravity(each)] for each in found), default=0)
    if fail_on is not FailOn.NEVER and code >= EXIT_CODES[FindingKind(fail_on.value)]:
        raise typer.Exit(code)


def _found(named: NamedRevision) -> tuple[Finding, ...]:
    if named.content is not None:
        return findings(named.content.elements, named.content.policy)
    number = named.number
    assert number is not None

    async def work(database: Database) -> tuple[Finding, ...]:
        return (await load_findings(database, number))[1]

    return with_database(work, existing=True)


def _gravity(finding: Finding) -> FindingKind:
    """What is overruled is no graver than a gap: it is still to be looked at, and in nobody's way."""
    return FindingKind.VIOLATION if is_standing(finding) else FindingKind.GAP
