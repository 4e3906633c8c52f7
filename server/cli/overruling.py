"""`vitrine revision overrule`: why a draft may be published in spite of a violation."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.data_map import DataMap
from graph.model import Finding
from graph.store.database import Database
from graph.store.judging import overrule_finding
from graph.store.revisions import HIGHEST_NUMBER
from server.cli.connection import now, with_database
from server.cli.findings import finding_as_json
from server.cli.output import say, say_json


def overrule(
    number: Annotated[int, typer.Argument(help="The draft's number.", min=1, max=HIGHEST_NUMBER)],
    finding: Annotated[str, typer.Argument(help="The violation's key, as `vitrine check` tells it.")],
    because: Annotated[str, typer.Option(help="Why. It stays with the revision, for staff.")],
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Let a draft be published in spite of one violation that the checks find in it."""

    async def work(database: Database) -> tuple[DataMap, Finding]:
        return await overrule_finding(database, number, finding, because, by=None, at=now())

    _, overruled = with_database(work, existing=True)
    if json:
        say_json(finding_as_json(overruled))
    else:
        say(f"{finding} keeps revision {number} from being published no longer")
