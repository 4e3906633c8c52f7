"""`vitrine notify`: telling people of revisions, and how far that is."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator
from typing import Annotated

import typer
from rich.live import Live

from graph.model import Channel
from graph.notices import DeliveryState
from graph.store.database import Database
from graph.store.delivery_status import NotifyStatus, Selection, load_notify_status, pace_between, send_again
from graph.store.delivery_status import give_up as give_up_selected
from graph.store.revisions import HIGHEST_NUMBER
from server.cli.connection import now, read_settings, with_database
from server.cli.following import following
from server.cli.notify_table import status_as_json, status_table
from server.cli.output import EXIT_FAILED, console, say, say_json
from server.notify.assembly import Assembly, assemble
from server.notify.products import load_products

WATCH_SECONDS = 2.0

commands = typer.Typer(no_args_is_help=True, help="Telling people of revisions.")

Number = Annotated[int, typer.Argument(help="The revision's number.", min=1, max=HIGHEST_NUMBER)]
Json = Annotated[bool, typer.Option("--json", help="As JSON.")]
OfChannel = Annotated[Channel | None, typer.Option("--channel", help="Those on this channel only.")]
OfState = Annotated[DeliveryState | None, typer.Option("--state", help="Those in this state only.")]
ForReason = Annotated[str | None, typer.Option("--reason", help="Those that failed for exactly this reason only.")]


@commands.callback()
def group() -> None:
    """Telling people of revisions."""


@commands.command()
def run(
    forever: Annotated[
        bool, typer.Option("--forever", help="Go on with what is published later, until it is stopped.")
    ] = False,
    json: Json = False,
) -> None:
    """Write the notices that are to be written, and send what is due. As many of these may run at once as you like.

    Ends when nothing is left to do, now or later, and says how far each revision is that it worked on. Exit code 0:
    all of them are settled; 1: some are not, such as those that a product has yet to fetch, or of which nobody knows
    whether they were sent; 3: the graph is not available.
    """
    settings = read_settings()

    async def work(database: Database) -> list[NotifyStatus]:
        folder = None if settings.graph_address() else settings.data_dir
        assembly = assemble(settings, database, clock=now)
        async with _stopped_by_signals(assembly), following(database, folder):
            await assembly.job.run(until_settled=not forever)
            return [await load_notify_status(database, number) for number in sorted(assembly.worked_on)]

    _report(with_database(work, existing=True), json=json)


@commands.command()
def status(
    number: Number,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again and again until all is settled, and show how fast it goes.")
    ] = False,
    json: Json = False,
) -> None:
    """Show how far the telling of a revision is. Exit code 0: all is settled; 1: it is not."""

    async def work(database: Database) -> NotifyStatus:
        found = await load_notify_status(database, number)
        return await _watched(database, found, silent=json) if watch else found

    _report([with_database(work, existing=True)], json=json)


async def _watched(database: Database, found: NotifyStatus, *, silent: bool) -> NotifyStatus:
    """Until nothing is left that a sender would do: what is in doubt is for people."""
    to = console(stderr=True)
    looked_at = time.monotonic()
    with Live(status_table(found, None), console=to, auto_refresh=False, transient=True) as live:
        while found.unsettled or not found.is_written:
            # A large telling takes longer to count, and is looked at less often.
            await asyncio.sleep(WATCH_SECONDS)
            before, then = found, looked_at
            found, looked_at = await load_notify_status(database, found.revision), time.monotonic()
            if to.is_terminal and not silent:
                live.update(status_table(found, pace_between(before, found, looked_at - then)), refresh=True)
    return found


@commands.command()
def retry(
    number: Number, channel: OfChannel = None, state: OfState = None, reason: ForReason = None, json: Json = False
) -> None:
    """Send again, now, what failed or waits; with --state UNKNOWN what may have been sent already."""
    settings = read_settings()
    products = load_products(settings.products, is_development=settings.is_development)
    selection = Selection(number, channel, state, reason)

    async def work(database: Database) -> int:
        return await send_again(database, selection, fetching=products.fetching, clock=now)

    _say_changed(with_database(work, existing=True), "sent again", json=json)


@commands.command("give-up")
def give_up(
    number: Number,
    because: Annotated[str, typer.Option("--because", help="Why: it is kept with each of them.", metavar="TEXT")],
    channel: OfChannel = None,
    state: OfState = None,
    reason: ForReason = None,
    json: Json = False,
) -> None:
    """Do not try again what waits or is in doubt."""
    selection = Selection(number, channel, state, reason)

    async def work(database: Database) -> int:
        return await give_up_selected(database, selection, because)

    _say_changed(with_database(work, existing=True), "given up", json=json)


def _report(found: list[NotifyStatus], *, json: bool) -> None:
    """Raises Exit unless all is settled."""
    if json:
        say_json({"revisions": [status_as_json(each) for each in found]})
    else:
        for each in found:
            console().print(status_table(each, None))
        if not found:
            say("There was nothing to do")
    if not all(each.is_settled for each in found):
        raise typer.Exit(EXIT_FAILED)


def _say_changed(count: int, what: str, *, json: bool) -> None:
    if json:
        say_json({"changed": count})
    else:
        say(f"{count} {'delivery is' if count == 1 else 'deliveries are'} {what}")


@contextlib.asynccontextmanager
async def _stopped_by_signals(assembly: Assembly) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, assembly.job.stop)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)
