"""`vitrine holdings`: reports of what services hold, from files."""

from __future__ import annotations

import contextlib
import os
import stat
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import asdict
from io import BufferedReader
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from graph.data_map import DataMap
from graph.errors import GraphUnavailable, InvalidInput, NotFound, quoted
from graph.reports import Rejection
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.suggest import nearest
from server.cli.connection import now, read_settings, with_database
from server.cli.output import EXIT_FAILED, console, say_json_line, say_table
from server.contact_door import ContactDoor
from server.ingest import Summary, ingest

CHUNK_BYTES = 65_536

commands = typer.Typer(no_args_is_help=True, help="What services hold about people.")


@commands.callback()
def group() -> None:
    """What services hold about people."""


@commands.command("import")
def import_reports(
    file: Annotated[str, typer.Argument(help="NDJSON reports; - for standard input.", metavar="FILE|-")],
    service: Annotated[str | None, typer.Option(help="Take reports of this service only.", metavar="KEY")] = None,
    json: Annotated[bool, typer.Option("--json", help="As NDJSON: rejections as they come, then the summary.")] = False,
) -> None:
    """Write reports into the graph. Bad lines are told of and left out; the same lines twice change nothing.

    Exit code 0: all lines were taken; 1: some were not; 3: the graph went away, and the file is to be sent again.
    """
    contacts = ContactDoor.of(read_settings())
    # Lines on a terminal and a bar below them would run into each other.
    silent = json and sys.stdout.isatty()
    with _opened(file) as stream, _progress(_size(stream), silent=silent) as (on_bytes, on_lines, complain):

        def on_rejection(each: Rejection) -> None:
            if json:
                say_json_line(asdict(each))
            else:
                complain(shown(each))

        async def work(database: Database) -> Summary:
            data_maps = DataMaps(database, clock=now)
            written = Summary()

            def on_progress(summary: Summary) -> None:
                nonlocal written
                written = summary
                on_lines(summary.lines)

            if service is not None:
                _require_service(await data_maps.load_in_force(now()), service)
            try:
                return await ingest(
                    _chunks(stream, on_bytes),
                    database=database,
                    load_data_map=lambda: data_maps.load_in_force(now()),
                    clock=now,
                    service=service,
                    contacts=contacts,
                    on_rejection=on_rejection,
                    on_progress=on_progress,
                )
            except GraphUnavailable as error:
                raise GraphUnavailable(
                    f"{error}; {_taken(written)} lines are written: import the file again, those will change nothing"
                ) from error

        summary = with_database(work, existing=True)
    if json:
        say_json_line({"summary": summary.as_json()})
    else:
        say_table(("Lines", str(summary.lines)), list(_rows(summary)))
    if summary.rejected:
        raise typer.Exit(EXIT_FAILED)


def shown(rejection: Rejection) -> str:
    """Such as `line 4: MINOR: the policy promises …  (age.p1)`."""
    clauses = f" ({', '.join(rejection.clauses)})" if rejection.clauses else ""
    return f"line {rejection.line}: {rejection.code.value}: {rejection.reason}{clauses}"


def _require_service(data_map: DataMap, key: str) -> None:
    """Raises NotFound: every line would be rejected, each for itself."""
    if key in data_map.services:
        return
    near = nearest(key, data_map.services)
    way_out = f"did you mean {near!r}?" if near else f"name one of: {', '.join(sorted(data_map.services))}"
    raise NotFound(f"revision {data_map.revision.number} has no service {quoted(key)}: {way_out}")


def _taken(summary: Summary) -> int:
    return summary.changed + summary.unchanged + summary.older


def _rows(summary: Summary) -> Iterator[tuple[str, str]]:
    yield "changed", str(summary.changed)
    yield "unchanged", str(summary.unchanged)
    yield "older than what is known", str(summary.older)
    yield "rejected", str(summary.rejected.total())
    for code, count in sorted(summary.rejected.items()):
        yield f"  {code.value}", str(count)


@contextlib.contextmanager
def _opened(file: str) -> Iterator[BufferedReader]:
    if file == "-":
        yield sys.stdin.buffer  # type: ignore[misc] # a reader, whatever the stubs say: nobody replaced it
        return
    with contextlib.ExitStack() as stack:
        try:
            stream = stack.enter_context(Path(file).open("rb"))
        except OSError as error:
            raise InvalidInput(f"{file} cannot be read ({error.strerror}): name a file of reports, or -") from error
        yield stream


def _size(stream: BufferedReader) -> int | None:
    """How many bytes are to come; None where that is not known."""
    status = os.fstat(stream.fileno())
    return status.st_size - stream.tell() if stat.S_ISREG(status.st_mode) else None


async def _chunks(stream: BufferedReader, on_bytes: Callable[[int], None]) -> AsyncIterator[bytes]:
    # Blocking is right here: nothing else runs in this process, and Ctrl-C ends the read.
    while chunk := stream.read1(CHUNK_BYTES):
        on_bytes(len(chunk))
        yield chunk


Watchers = tuple[Callable[[int], None], Callable[[int], None], Callable[[str], None]]


@contextlib.contextmanager
def _progress(size: int | None, *, silent: bool) -> Iterator[Watchers]:
    """Where bytes read and lines written are told to, for a bar on a terminal, and lines that belong above it.

    The bar counts bytes where `size` is known, and lines where it is not.
    """
    to = console(stderr=True)
    bar = [BarColumn(), DownloadColumn()] if size is not None else [SpinnerColumn()]
    lines = TextColumn("{task.fields[lines]} lines")
    hidden = silent or not to.is_terminal
    columns = (*bar, lines, TimeElapsedColumn())
    # Standard output is for results: redirected, they would go where the bar goes.
    with Progress(*columns, console=to, disable=hidden, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("", total=size, lines=0)
        yield (
            lambda count: progress.advance(task, count),
            lambda count: progress.update(task, lines=count),
            lambda line: to.print(line, soft_wrap=True),
        )
