"""`vitrine revision adjust`: the publisher's word on what a change of a draft does to people's rights."""

from __future__ import annotations

from typing import Annotated

import typer

from graph.changes import Change, Impact
from graph.store.comparisons import Comparison, Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.judging import adjust_impact
from graph.store.revisions import HIGHEST_NUMBER
from server.cli.changes import change_as_json
from server.cli.connection import now, with_database
from server.cli.output import say, say_json


def adjust(
    number: Annotated[int, typer.Argument(help="The draft's number.", min=1, max=HIGHEST_NUMBER)],
    change: Annotated[str, typer.Argument(help="The change's key, as `vitrine compare` tells it.")],
    impact: Annotated[Impact, typer.Option(help="What it does to people's rights.", case_sensitive=False)],
    because: Annotated[
        str | None, typer.Option(help="Why: needed where that is less than the rule says. Everybody can read it.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Judge a change of a draft otherwise than its rule, against the revision published last."""

    async def work(database: Database) -> tuple[Comparison, Change]:
        comparisons = Comparisons(DataMaps(database, clock=now))
        return await adjust_impact(database, comparisons, number, change, impact, because, by=None, at=now())

    comparison, adjusted = with_database(work, existing=True)
    if json:
        say_json(change_as_json(adjusted, comparison.old, comparison.new))
    else:
        say(f"{adjusted.key} has the impact {adjusted.impact}, where its rule ({adjusted.rule}) says {adjusted.judged}")
