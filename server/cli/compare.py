"""`vitrine compare`: what differs between two revisions, and what that does to people's rights."""

from __future__ import annotations

import asyncio
from collections import Counter
from enum import StrEnum
from typing import Annotated

import typer

from graph.changes import Change, Impact
from graph.data_map import DataMap
from graph.impact import changes
from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from server.cli.changes import change_as_json, say_change
from server.cli.connection import now, with_database
from server.cli.named_revision import NamedRevision, read_named
from server.cli.output import say, say_json

#: Those of other commands end at 3.
EXIT_CODES = {Impact.NONE: 0, Impact.INDIRECT: 10, Impact.DIRECT: 20}


class FailOn(StrEnum):
    INDIRECT = "INDIRECT"
    DIRECT = "DIRECT"
    NEVER = "NEVER"


def compare(
    old: Annotated[str, typer.Argument(help="A revision's number, or a folder with policy.md and map.yaml.")],
    new: Annotated[str, typer.Argument(help="Another; the graph is needed for numbers only.")],
    fail_on: Annotated[
        FailOn, typer.Option(help="From which impact on the exit code says so.", case_sensitive=False)
    ] = FailOn.INDIRECT,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Compare two revisions, change by change, with what each does to people's rights and whom it touches.

    Exit code 0: nothing that touches rights, 10: at most an INDIRECT impact, 20: a DIRECT one; 1: one of the two cannot
    be read; 3: the graph is not available.
    """
    sides = read_named(old), read_named(new)
    before, after, found = _compared(*sides)
    highest = max((each.impact for each in found), key=lambda impact: impact.rank, default=Impact.NONE)
    if json:
        say_json(
            {
                "from": sides[0].name,
                "to": sides[1].name,
                "highest_impact": highest.value,
                "counts": _counts(found),
                "changes": [change_as_json(each, before, after) for each in found],
            }
        )
    else:
        _show(sides, before, after, found)
    if fail_on is not FailOn.NEVER and highest.rank >= Impact(fail_on.value).rank:
        raise typer.Exit(EXIT_CODES[highest])


def _compared(old: NamedRevision, new: NamedRevision) -> tuple[DataMap, DataMap, tuple[Change, ...]]:
    if old.content is not None and new.content is not None:
        return old.content, new.content, changes(old.content, new.content)

    async def work(database: Database) -> tuple[DataMap, DataMap, tuple[Change, ...]]:
        data_maps = DataMaps(database, clock=now)
        if old.number is not None and new.number is not None:
            comparison = await Comparisons(data_maps).load(old.number, new.number)
            return comparison.old, comparison.new, comparison.changes
        before, after = await asyncio.gather(_load(data_maps, old), _load(data_maps, new))
        return before, after, changes(before, after)

    return with_database(work, existing=True)


async def _load(data_maps: DataMaps, side: NamedRevision) -> DataMap:
    if side.content is not None:
        return side.content
    assert side.number is not None
    return await data_maps.load(side.number)


def _counts(found: tuple[Change, ...]) -> dict[str, int]:
    counted = Counter(each.impact for each in found)
    return {impact.value: counted[impact] for impact in reversed(Impact)}


def _show(
    sides: tuple[NamedRevision, NamedRevision], before: DataMap, after: DataMap, found: tuple[Change, ...]
) -> None:
    old, new = (each.name for each in sides)
    if not found:
        say(f"Nothing differs between {old} and {new}")
        return
    counts = ", ".join(f"{count} {impact}" for impact, count in _counts(found).items() if count)
    say(f"From {old} to {new}: {counts}")
    for impact in reversed(Impact):
        of_impact = [each for each in found if each.impact is impact]
        if of_impact:
            say()
            say(impact.value)
        for each in of_impact:
            say()
            say_change(each, before, after)
