"""How the command line speaks: results on standard output, everything else on standard error."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.table import Table

from graph.errors import GraphUnavailable, InvalidRevision, InvalidSettings, ViolationsNotOverruled, VitrineError

EXIT_FAILED = 1
EXIT_USAGE = 2
EXIT_UNAVAILABLE = 3

# Wide where nobody looks at it as it comes: a file or a program is no terminal of 80 columns.
WIDTH_OF_FILES = 200


def console(*, stderr: bool = False) -> Console:
    """Plain text: nothing in what is printed is markup, and nothing is cut or wrapped but the cells of tables."""
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() else WIDTH_OF_FILES
    return Console(stderr=stderr, width=width, markup=False, highlight=False, emoji=False)


def say(line: str = "") -> None:
    """A line for people, or a result, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def complain(line: str) -> None:
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def say_json(value: object) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))


def say_json_line(value: object) -> None:
    """One line of NDJSON."""
    say(json.dumps(value, ensure_ascii=False))


def say_table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, title: str | None = None) -> None:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*row)
    console().print(table)


def report(error: VitrineError) -> int:
    """Tells of an error, a line for each problem of a file or violation, and returns the exit code."""
    if isinstance(error, InvalidRevision | ViolationsNotOverruled):
        for each in error.problems if isinstance(error, InvalidRevision) else error.violations:
            complain(str(each))
    complain(error.message)
    if isinstance(error, InvalidSettings):
        return EXIT_USAGE
    return EXIT_UNAVAILABLE if isinstance(error, GraphUnavailable) else EXIT_FAILED


def counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
