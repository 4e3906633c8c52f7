"""`vitrine paths`: the ways that data takes through a map, from anything to anything."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer
from rich.text import Text
from rich.tree import Tree

from graph.model import ElementName
from graph.paths import Hop, Path, PathQuestion, hops, question
from graph.store.database import Database
from graph.store.explore import WAYS_AT_MOST, FoundPaths, find_paths
from graph.store.revisions import HIGHEST_NUMBER, load_data_map
from server.cli.connection import with_database
from server.cli.element_names import read_element_name, written
from server.cli.output import complain, console, counted, say, say_json

#: Where there is a path and none is to be; those of other commands end at 3.
EXIT_FOUND = 10


def paths(
    number: Annotated[int, typer.Argument(help="The revision's number.", min=1, max=HIGHEST_NUMBER)],
    from_: Annotated[
        list[str] | None,
        typer.Option(
            "--from",
            help="Where paths begin, such as service/shop: a source, service, data-category or recipient; again for "
            "more of them, left out for anywhere.",
            metavar="KIND/KEY",
        ),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option(
            help="Where they end, such as country/US: a service, data-category, recipient or country; the same.",
            metavar="KIND/KEY",
        ),
    ] = None,
    forbid: Annotated[bool, typer.Option("--forbid", help="Exit with 10 where there is a path.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the paths that data takes: source, service, category, recipient, whom that one engages, country.

    Beside each step stand the processings or disclosures that make it. Exit code 0: they are shown, if there are any;
    10: there are, and you said --forbid; 1: the revision, or what you named, is not there; 3: the graph is not
    available.
    """
    begins, ends = _read(from_), _read(to)

    async def work(database: Database) -> tuple[PathQuestion, FoundPaths]:
        data_map = await load_data_map(database, number)
        asked = question(data_map, begins, ends)
        return asked, await find_paths(database, data_map, asked)

    asked, found = with_database(work, existing=True)
    if json:
        say_json(_as_json(number, asked, found))
    else:
        _show(number, asked, found)
    if not found.is_complete:
        complain(
            f"There are more: only {WAYS_AT_MOST:,} ways were looked at. Name more closely where paths begin, or end"
        )
    if forbid and found.paths:
        raise typer.Exit(EXIT_FOUND)


def _read(texts: list[str] | None) -> list[ElementName] | None:
    return [read_element_name(text) for text in texts] if texts else None


def _as_json(number: int, asked: PathQuestion, found: FoundPaths) -> dict[str, Any]:
    return {
        "revision": number,
        "from": None if asked.begins is None else [written(each) for each in asked.begins],
        "to": None if asked.ends is None else [written(each) for each in asked.ends],
        "is_complete": found.is_complete,
        "paths": [
            {
                "hops": [
                    {"element": written(hop.element), "by": [written(each) for each in hop.by]} for hop in hops(path)
                ],
                "is_identifiable": path.is_identifiable,
            }
            for path in found.paths
        ],
    }


def _show(number: int, asked: PathQuestion, found: FoundPaths) -> None:
    told = f"from {_named(asked.begins)} to {_named(asked.ends)}"
    if not found.paths:
        say(f"No path leads {told} in revision {number}")
        return
    say(f"{counted(len(found.paths), 'path')} {told} in revision {number}")
    for tree in _trees(found.paths):
        say()
        console().print(tree)


def _named(names: Iterable[ElementName] | None) -> str:
    return "anywhere" if names is None else ", ".join(written(each) for each in names)


def _trees(found: Iterable[Path]) -> list[Tree]:
    """What paths have in common at their beginning stands there once."""
    roots: dict[Hop, Tree] = {}
    below: dict[tuple[Hop, ...], Tree] = {}
    for path in found:
        passed: tuple[Hop, ...] = ()
        for hop in hops(path):
            above = below.get(passed)
            passed = (*passed, hop)
            if passed not in below:
                below[passed] = Tree(_line(hop)) if above is None else above.add(_line(hop))
        roots[passed[0]] = below[passed[:1]]
        if not path.is_identifiable:
            below[passed].label = Text.assemble(str(below[passed].label), "  anonymous")
    return list(roots.values())


def _line(hop: Hop) -> Text:
    # As it is: nothing in a key is markup.
    return Text(written(hop.element) + (f"  by {', '.join(each.key for each in hop.by)}" if hop.by else ""))
