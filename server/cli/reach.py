"""`vitrine reach`: whom a draft touches, before anything is sent."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, BinaryIO

import typer
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from graph.errors import InvalidInput
from graph.reach import Reach, ReachOfChange
from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.revisions import HIGHEST_NUMBER
from server.cli.connection import now, read_settings, with_database
from server.cli.output import complain, console, say, say_json, say_table
from server.cli.whole_file import whole_file
from server.notify.products import load_products
from server.notify.prospect import foresee
from server.notify.ways import Ways

# Places and purposes that a row of the table shows; all of them are in the JSON.
_SHOWN = 5


def reach(
    number: Annotated[int, typer.Argument(help="The revision's number.", min=1, max=HIGHEST_NUMBER)],
    ids: Annotated[
        str | None,
        typer.Option(
            "--ids", help="Write the ids of all who are affected, one a line; - for standard output.", metavar="FILE|-"
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file of ids that is there.")] = False,
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Count whom a revision's changes affect: in all, by change, and why. Nobody is told of anything.

    A draft is compared with the revision published last, any other with the one that it followed. Exit code 0: they are
    counted, however many; 1: there is no such revision; 3: the graph is not available.
    """
    if ids == "-" and json:
        raise InvalidInput("--ids - and --json both want standard output: name a file for the ids")
    settings = read_settings()
    ways = Ways.of(settings, load_products(settings.products, is_development=settings.is_development))
    with contextlib.ExitStack() as stack:
        stream = stack.enter_context(whole_file(ids, force=force)) if ids is not None else None
        on_subjects = _listening(stream, stack.enter_context(_progress()))

        async def work(database: Database) -> Reach:
            comparisons = Comparisons(DataMaps(database, clock=now))
            return await foresee(database, comparisons, ways, number, at=now(), on_subjects=on_subjects)

        found = with_database(work, existing=True)
    if ids == "-":
        complain(_headline(found))
    elif json:
        say_json(as_json(found))
    else:
        _show(found)


def as_json(reach: Reach) -> dict[str, Any]:
    return {
        "revision": reach.number,
        "base": reach.base,
        "at": reach.at.isoformat(),
        "subjects": reach.subjects,
        "channels": reach.channels and {channel.value: count for channel, count in reach.channels.items()},
        "sample": list(reach.sample),
        "changes": [
            {
                "change": each.change.key,
                "impact": each.change.impact.value,
                "rule": each.change.rule,
                "subjects": each.subjects,
                "everyone": each.change.touch.everyone,
                "places": [
                    {"service": place.service, "category": place.category, "subjects": count}
                    for place, count in each.places
                ],
                "purposes": [{"purpose": purpose, "subjects": count} for purpose, count in each.purposes],
            }
            for each in reach.changes
        ],
    }


def _show(reach: Reach) -> None:
    say(_headline(reach))
    if reach.channels is not None:
        say("By channel: " + ", ".join(f"{channel.value} {count:,}" for channel, count in reach.channels.items()))
    if reach.changes:
        say()
        say_table(
            ("Impact", "Change", "Rule", "People", "Because of"),
            [
                (each.change.impact.value, each.change.key, each.change.rule, f"{each.subjects:,}", _why(each))
                for each in reach.changes
            ],
        )
    if reach.sample:
        say()
        say("Some of them: " + ", ".join(reach.sample))


def _headline(reach: Reach) -> str:
    if reach.base is None:
        return f"Revision {reach.number} is the first: it changes nothing that anybody was told, and nobody is affected"
    people = "1 person is" if reach.subjects == 1 else f"{reach.subjects:,} people are"
    return f"{people} affected by revision {reach.number}, compared with revision {reach.base}"


def _why(reach: ReachOfChange) -> str:
    """Such as `billing email 1,200; purpose marketing 30`, the most first."""
    if reach.change.touch.everyone:
        return "everyone" if reach.subjects else ""
    found = [(count, f"{place.service} {place.category}") for place, count in reach.places]
    found += [(count, f"purpose {purpose}") for purpose, count in reach.purposes]
    found.sort(key=lambda each: -each[0])
    shown = [f"{spot} {count:,}" for count, spot in found[:_SHOWN]]
    more = len(found) - len(shown)
    return "; ".join([*shown, *([f"and {more} more"] if more else [])])


def _listening(stream: BinaryIO | None, on_progress: Callable[[int], None]) -> Callable[[Sequence[str]], None]:
    def on_subjects(subjects: Sequence[str]) -> None:
        if stream is not None:
            stream.write("".join(f"{subject}\n" for subject in subjects).encode())
        on_progress(len(subjects))

    return on_subjects


@contextlib.contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Where numbers of people are told to, for a line on a terminal."""
    to = console(stderr=True)
    columns = (SpinnerColumn(), TextColumn("{task.completed:,} people"), TimeElapsedColumn())
    with Progress(*columns, console=to, disable=not to.is_terminal, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("", total=None)
        yield lambda count: progress.advance(task, count)
