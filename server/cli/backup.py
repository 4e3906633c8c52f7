"""`vitrine backup` and `vitrine restore`: the whole graph as a file, and back, on either engine."""

from __future__ import annotations

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from graph.backup_file import BackupReader, Footer
from graph.errors import GraphUnavailable, InvalidInput
from graph.store.backups import KNOWN, OnProgress, back_up
from graph.store.database import Database
from graph.store.restores import Verified, verify
from graph.store.restores import restore as restore_verified
from server.cli.connection import now, with_database
from server.cli.output import complain, console, say_json, say_table
from server.cli.whole_file import whole_file

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]


def backup(
    file: Annotated[str, typer.Argument(help="The file to write; - for standard output.", metavar="FILE|-")],
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing: check the backup FILE, for which no graph is needed.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Write the whole graph into FILE, while the service runs. It holds ids of people: encrypt it."""
    if check:
        with _opened(file) as stream:
            verified = _verified(stream, file)
        _show(_summary(file, verified.footer, verified), json=json)
        return

    with _target(file, force=force) as stream, _progress(None) as on_progress:

        async def work(database: Database) -> Footer:
            return await back_up(database, stream, at=now(), on_progress=on_progress)

        # A backup changes nothing, the schema neither.
        footer = with_database(work, migrated=False, existing=True)
    if file == "-":
        complain(f"Backed up {_nodes(footer)} nodes, SHA-256 {footer.sha256}")
    else:
        _show({**_summary(file, footer), "bytes": Path(file).stat().st_size}, json=json)


def restore(
    file: Annotated[str, typer.Argument(help="The backup to restore; - for standard input.", metavar="FILE|-")],
    json: AsJson = False,
) -> None:
    """Write a backup into an empty graph. Cut off, the same again goes on where it was.

    The file is checked to its end before anything is touched. No policy is in force until all of it is written.
    """
    with _opened(file) as stream:
        verified = _verified(stream, file)

        def reader() -> BackupReader:
            stream.seek(0)
            return BackupReader(stream, file, KNOWN)

        with _progress(verified.records) as on_progress:

            async def work(database: Database) -> int:
                try:
                    return await restore_verified(database, reader, verified, on_progress=on_progress)
                except GraphUnavailable as error:
                    raise GraphUnavailable(f"{error}; then restore the file again, which goes on from there") from error

            there_before = with_database(work, migrated=False)
    summary = _summary(file, verified.footer, verified)
    _show({**summary, "records_there_before": there_before}, json=json)


# ---- what is said ----------------------------------------------------------------------------------------------------


def _verified(stream: BinaryIO, name: str) -> Verified:
    with _progress(None) as on_progress:
        return verify(stream, name, on_progress=on_progress)


def _summary(file: str, footer: Footer, verified: Verified | None = None) -> dict[str, Any]:
    header = verified and {"created_at": verified.header.created_at.isoformat(), "engine": verified.header.engine}
    return {"file": file, **(header or {}), "sha256": footer.sha256, "counts": dict(footer.counts)}


def _show(summary: Mapping[str, Any], *, json: bool) -> None:
    if json:
        say_json(summary)
        return
    counts = [(kind, f"{count:,}") for kind, count in summary["counts"].items()]
    rest = [
        (name, f"{value:,}" if isinstance(value, int) else value) for name, value in summary.items() if name != "counts"
    ]
    say_table(("Kind", "Count"), counts)
    say_table(("", ""), rest)


def _nodes(footer: Footer) -> int:
    return sum(count for kind, count in footer.counts.items() if not kind.isupper())


@contextlib.contextmanager
def _progress(total: int | None) -> Iterator[OnProgress]:
    """Where numbers of records are told to, for a bar on a terminal."""
    to = console(stderr=True)
    bar = SpinnerColumn() if total is None else BarColumn()
    columns = (bar, TextColumn("{task.completed:,} records"), TimeElapsedColumn())
    with Progress(*columns, console=to, disable=not to.is_terminal, transient=True, redirect_stdout=False) as progress:
        task = progress.add_task("", total=total)
        yield lambda count: progress.update(task, completed=count)


# ---- files -----------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _opened(file: str) -> Iterator[BinaryIO]:
    """What is read twice: standard input is kept in a temporary file, which has no name."""
    with contextlib.ExitStack() as stack:
        if file == "-":
            stream = stack.enter_context(_kept(sys.stdin.buffer))
        else:
            try:
                stream = stack.enter_context(Path(file).open("rb"))
            except OSError as error:
                raise InvalidInput(f"{file} cannot be read ({error.strerror}): name a backup, or -") from error
        yield stream


def _kept(given: BinaryIO) -> BinaryIO:
    try:
        # To close it fails as well: it still has what it could not write.
        with contextlib.ExitStack() as stack:
            stream = stack.enter_context(tempfile.TemporaryFile())
            shutil.copyfileobj(given, stream)
            stream.seek(0)
            stack.pop_all()
            return stream
    except OSError as error:
        raise InvalidInput(
            f"standard input cannot be kept in a temporary file ({error.strerror}): name a folder with more room in "
            "TMPDIR, or a file"
        ) from error


@contextlib.contextmanager
def _target(file: str, *, force: bool) -> Iterator[BinaryIO]:
    """Where to write: see `whole_file`. Nothing is written to a terminal."""
    if file == "-" and sys.stdout.isatty():
        raise InvalidInput("standard output is a terminal: name a file, or send the backup on through a pipe")
    with whole_file(file, force=force) as stream:
        yield stream
