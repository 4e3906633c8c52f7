"""`vitrine map`: a policy and its data map, as files."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from graph.checks import findings
from graph.errors import InvalidRevision
from graph.model import FindingKind
from seed.folder import read_revision
from server.cli.findings import findings_as_json, refused, say_findings
from server.cli.output import EXIT_FAILED, say_json

commands = typer.Typer(no_args_is_help=True, help="Policies and data maps as files.")


@commands.callback()
def group() -> None:
    """Policies and data maps as files."""


@commands.command()
def check(
    folder: Annotated[Path, typer.Argument(help="A folder with policy.md and map.yaml.")],
    strict: Annotated[bool, typer.Option("--strict", help="Fail where a rule is broken.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Report every problem of a folder, then what the checks find in it. Writes nothing."""
    try:
        content = read_revision(folder)
    except InvalidRevision as error:
        raise refused(error, json=json) from error
    found = findings(content.elements, content.policy)
    if json:
        say_json({"problems": [], "findings": findings_as_json(found)})
    else:
        say_findings(found)
    if strict and any(each.kind is FindingKind.VIOLATION for each in found):
        raise typer.Exit(EXIT_FAILED)
