"""`vitrine …`: the command line. One module for each group of commands."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from typing import NoReturn

import typer

from graph.errors import VitrineError
from server.cli import backup, data_map, doctor, holdings, revision, service, token
from server.cli.output import report

program = typer.Typer(
    name="vitrine",
    help="What do you hold about me, and who receives it? A policy-transparency and data-map service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
program.command()(service.run)
program.command()(token.token)
program.add_typer(data_map.commands, name="map")
program.add_typer(revision.commands, name="revision")
program.add_typer(holdings.commands, name="holdings")
program.command()(backup.backup)
program.command()(backup.restore)
program.command()(service.migrate)
program.command()(service.schema)
program.command()(service.settings)
program.command()(doctor.doctor)


def execute(arguments: Sequence[str]) -> int:
    """Runs one command and returns its exit code.

    0: done; 1: refused or failed; 2: wrong usage or settings; 3: the graph is not available.
    """
    try:
        program(list(arguments), prog_name="vitrine")
    except VitrineError as error:
        return report(error)
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0
    return 0


def main() -> NoReturn:
    """Runs the command in the process's arguments, and ends the process."""
    # The service takes both signals over itself; until then, and for `run` only, they end it as a stop does.
    if sys.argv[1:2] != ["run"]:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        signal.signal(signal.SIGINT, _interrupt)
    sys.exit(execute(sys.argv[1:]))


def _interrupt(number: int, frame: object) -> NoReturn:
    # Python's own handler would be replaced by the event loop's, which a blocking read of standard input holds up.
    raise KeyboardInterrupt
