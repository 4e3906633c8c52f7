"""`vitrine notify`: telling people of revisions, and how far that is."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import time
from collections.abc import AsyncIterator, Collection
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console, Group
from rich.live import Live

from graph.errors import GraphUnavailable
from graph.model import Channel
from graph.notices import DeliveryState, FanOutState
from graph.store.database import Database
from graph.store.delivery_status import NotifyStatus, Selection, load_notify_status, pace_between, send_again
from graph.store.delivery_status import give_up as give_up_selected
from graph.store.fan_outs import list_fan_outs
from graph.store.revisions import HIGHEST_NUMBER
from server.cli.connection import now, read_settings, with_database
from server.cli.following import following
from server.cli.notify_table import left_of, status_as_json, status_table
from server.cli.output import EXIT_FAILED, complain, console, say, say_json
from server.notify.assembly import Assembly, assemble
from server.notify.products import load_products
from server.settings import Settings

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

    Ends when nothing is left to do, now or later, and says how far the newest revision is, each that it worked on, and
    each that is not settled. Exit code 0: all are settled; 1: some are not, such as those with notices that a product
    has yet to fetch, or of which nobody knows whether they were sent; 3: the graph is not available. The embedded
    engine is the running service's.
    """
    settings = read_settings()

    async def work(database: Database) -> list[NotifyStatus]:
        assembly = assemble(settings, database, clock=now)
        async with _stopped_by_signals(assembly), following(database, _folder(settings)):
            async with _shown(database, assembly.worked_on):
                await assembly.job.run(until_settled=not forever)
            told = {each.revision for each in await list_fan_outs(database, frozenset(FanOutState))}
            found = [await load_notify_status(database, number) for number in sorted(told)]
            shown = {*assembly.worked_on, max(told, default=0)}
            return [each for each in found if each.revision in shown or not each.is_settled]

    _report(with_database(work, existing=True, served=True), json=json)


def _folder(settings: Settings) -> Path | None:
    """Where the embedded engine is to be followed; None for a graph that is named."""
    return None if settings.graph_address() else settings.data_dir


@contextlib.asynccontextmanager
async def _shown(database: Database, worked_on: Collection[int]) -> AsyncIterator[None]:
    """Shows on a terminal, for as long as what is inside, how far those revisions are that are worked on."""
    to = console(stderr=True)
    if not to.is_terminal:
        yield
        return
    showing = asyncio.create_task(_show(database, worked_on, to))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.wait({showing})


async def _show(database: Database, worked_on: Collection[int], to: Console) -> None:
    before: dict[int, tuple[NotifyStatus, float]] = {}
    with Live(console=to, auto_refresh=False, transient=True) as live:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            tables = []
            for number in sorted(worked_on):
                with contextlib.suppress(GraphUnavailable):
                    found, looked_at = await load_notify_status(database, number), time.monotonic()
                    earlier, then = before.get(number, (found, looked_at))
                    before[number] = (found, looked_at)
                    tables.append(status_table(found, pace_between(earlier, found, looked_at - then)))
            if tables:
                live.update(Group(*tables), refresh=True)


@commands.command()
def status(
    number: Number,
    watch: Annotated[
        bool, typer.Option("--watch", help="Look again and again until no sender has anything left to do.")
    ] = False,
    json: Json = False,
) -> None:
    """Show how far the telling of a revision is. Exit code 0: all is settled; 1: it is not, and what is left is said on
    standard error: what is still to be written or sent, what products have yet to fetch, what is in doubt."""
    settings = read_settings()

    async def work(database: Database) -> NotifyStatus:
        found = await load_notify_status(database, number)
        if not watch:
            return found
        async with following(database, _folder(settings)):
            return await _watched(database, found, silent=json)

    _report([with_database(work, existing=True, served=watch)], json=json)


async def _watched(database: Database, found: NotifyStatus, *, silent: bool) -> NotifyStatus:
    """Until nothing is left that a sender would do: products fetch when they will, and what is in doubt is for
    people."""
    to = console(stderr=True)
    looked_at = time.monotonic()
    with Live(status_table(found, None), console=to, auto_refresh=False, transient=True) as live:
        while found.queued or not found.is_written:
            # A large telling takes longer to count, and is looked at less often.
            await asyncio.sleep(WATCH_SECONDS)
            before, then = found, looked_at
            with contextlib.suppress(GraphUnavailable):
                found, looked_at = await load_notify_status(database, found.revision), time.monotonic()
            if to.is_terminal and not silent and found is not before:
                live.update(status_table(found, pace_between(before, found, looked_at - then)), refresh=True)
    return found


@commands.command()
def retry(
    number: Number, channel: OfChannel = None, state: OfState = None, reason: ForReason = None, json: Json = False
) -> None:
    """Send again, now, what failed or waits; with --state UNKNOWN what may have been sent already.

    What was given up is sent only with the --reason that was given for that.
    """
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
    """Do not send again what failed for now or is in doubt; with --state PENDING what nobody has tried yet."""
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
            say("Nobody was ever told of a revision")
    unsettled = [each for each in found if not each.is_settled]
    for each in unsettled:
        complain(f"Revision {each.revision} is not settled: {left_of(each)}")
    if unsettled:
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
