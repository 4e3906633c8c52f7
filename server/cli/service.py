"""Commands of the service itself: run it, prepare its graph, and show what it is made of."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer
import uvloop

from graph.store.migrations import migrate as apply_migrations
from server import run as service
from server.cli.connection import now, read_settings, with_database
from server.cli.output import say, say_json, say_table
from server.cli.seeding import seed
from server.logs import configure_logs, log_stray_errors
from server.schema import build_schema
from server.settings import settings_table


def run() -> None:
    """Start the service, and the embedded engine where no graph is named; Ctrl-C stops both."""
    settings = read_settings()
    configure_logs(settings.log_level)
    log_stray_errors()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(service.run(settings, seed=seed, say=say, clock=now))
    say("Vitrine has stopped")


def migrate() -> None:
    """Bring the constraints and indexes of the graph up to date."""
    applied = with_database(apply_migrations, migrated=False)
    for name in applied:
        say(f"Applied {name}")
    if not applied:
        say("Nothing to apply: the graph is up to date")


def schema() -> None:
    """Print the GraphQL schema."""
    say(build_schema().as_str().rstrip("\n"))


def settings(
    json: Annotated[bool, typer.Option("--json", help="As JSON.")] = False,
) -> None:
    """Show the settings in effect; passwords are not shown."""
    current = read_settings()
    rows = [
        (each.variable, each.shown(getattr(current, each.field)), each.kind.description, each.meaning)
        for each in settings_table()
    ]
    if json:
        say_json({name: value or None for name, value, *_ in rows})
    else:
        say_table(("Variable", "Value", "Values", "Meaning"), rows)
