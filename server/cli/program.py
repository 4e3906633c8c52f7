"""`vitrine …`: the command line. One module for each group of commands."""

from __future__ import annotations

import importlib
import signal
import sys
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from graph.errors import VitrineError
from server.cli.output import report

#: Commands and groups of commands, in the order of the help: each is what its module has under that name, or under
#: `commands`.
MODULES = {
    "run": "service",
    "token": "token",
    "map": "data_map",
    "policy": "policy",
    "revision": "revision",
    "check": "check",
    "compare": "compare",
    "reach": "reach",
    "paths": "paths",
    "impact": "impact",
    "records": "records",
    "notify": "notify",
    "holdings": "holdings",
    "backup": "backup",
    "restore": "backup",
    "migrate": "service",
    "schema": "service",
    "settings": "service",
    "doctor": "doctor",
}


class _Modules(Mapping[str, Any]):
    """Imports a command when it is asked for: what serves GraphQL takes a second, for which others need not wait."""

    def __len__(self) -> int:
        return len(MODULES)

    def __iter__(self) -> Iterator[str]:
        return iter(MODULES)

    def __contains__(self, name: object) -> bool:
        return name in MODULES

    def __getitem__(self, name: str) -> Any:
        module = importlib.import_module(f"server.cli.{MODULES[name]}")
        alone = typer.Typer(rich_markup_mode=None)
        if hasattr(module, "commands"):
            alone.add_typer(module.commands, name=name)
        else:
            alone.command(name)(getattr(module, name))
            alone.callback()(_nothing)  # without one, Typer makes a lone command the whole program
        return typer.main.get_group(alone).commands[name]


class _Commands(TyperGroup):
    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = _Modules()  # type: ignore[assignment] # it is only read


def _nothing() -> None:
    pass


program = typer.Typer(
    cls=_Commands,
    name="vitrine",
    help="What do you hold about me, and who receives it? A policy-transparency and data-map service.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
program.callback()(_nothing)


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
