"""The graph: whether it answers, is the right one, and is fit for this version."""

from __future__ import annotations

import asyncio
import errno
import os
import re
import socket
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from urllib.parse import urlsplit

from graph.engines.address import GraphAddress
from graph.errors import GraphFault, NoRevisionInForce, VitrineError
from graph.store.database import Database
from graph.store.diagnosis import measure_skew, try_write
from graph.store.migrations import compare_schema
from graph.store.publishing import WITHDRAWAL_MARGIN
from graph.store.revisions import load_number_in_force, load_revision
from server.watching.diagnosis.finding import Finding, failure, not_checked, ok, split_message, warning

CONNECT_SECONDS = 5.0
STATEMENT_SECONDS = 10.0
#: From which skew on somebody should look at the clocks.
SKEW_SECONDS = 2.0
_BOLT_PORT = 7687
_NEO4J = re.compile(r"Neo4j/(\d+)\.(\d+)")
_LEAST_NEO4J = (5, 26)


async def examine_address(address: GraphAddress) -> AsyncIterator[Finding]:
    """Whether something listens where the settings say: the driver alone does not tell why it cannot connect."""
    url = urlsplit(address.url)
    host, port = url.hostname or "", url.port or _BOLT_PORT
    try:
        async with asyncio.timeout(CONNECT_SECONDS):
            _, writer = await asyncio.open_connection(host, port)
        writer.close()
    except TimeoutError:
        reason = f"no answer within {CONNECT_SECONDS:g} s"
    except OSError as error:
        reason = "unknown host" if isinstance(error, socket.gaierror) else os.strerror(error.errno or errno.EIO)
    else:
        return
    yield failure(
        "graph",
        f"{address.url} cannot be reached ({reason})",
        "start it, open the way to it, or correct VITRINE_GRAPH_URL",
    )


async def examine_graph(
    address: GraphAddress, clock: Callable[[], datetime], *, tries_writing: bool
) -> AsyncIterator[Finding]:
    """`tries_writing`: whether a transaction that is rolled back tells whether the user may write."""
    try:
        database = Database(
            address, pool_size=2, timeout_seconds=CONNECT_SECONDS, statement_seconds=STATEMENT_SECONDS, retry_seconds=0
        )
    except VitrineError as error:
        yield failure("graph", error.message, "correct VITRINE_GRAPH_URL, or VITRINE_GRAPH_CA_FILE")
        return
    async with database:
        try:
            engine = await database.engine()
            await database.check()
        except VitrineError as error:
            yield failure("graph", *split_message(error.message))
            return
        yield _version(engine)
        if tries_writing:
            yield await _write(database)
        yield await _schema(database)
        yield await _revision(database, clock())
        yield await _clock(database)


def _version(engine: str) -> Finding:
    found = _NEO4J.match(engine)
    if "ArcadeDB" in engine or (found and tuple(map(int, found.groups())) >= _LEAST_NEO4J):
        return ok("graph", f"answers, and takes the credentials ({engine})")
    return warning("graph", f"answers ({engine})", "this is proved on Neo4j 5.26 and newer: upgrade it")


async def _write(database: Database) -> Finding:
    name = "write permission"
    way_out = "let VITRINE_GRAPH_USER read, write, and make constraints and indexes; name a member that takes writes"
    try:
        touched = await try_write(database)
    except GraphFault as error:
        return failure(name, error.message, way_out)
    except VitrineError as error:
        return failure(name, *split_message(error.message))
    return (
        ok(name, "writes are taken")
        if touched
        else not_checked(name, "the graph is empty: there is nothing to try with")
    )


async def _schema(database: Database) -> Finding:
    name = "schema"
    try:
        schema = await compare_schema(database)
    except VitrineError as error:
        return failure(name, *split_message(error.message))
    if schema.edited:
        return failure(
            name, f"{', '.join(schema.edited)} edited since applied", "put this version's files in place again"
        )
    if schema.unknown:
        newer = f"{', '.join(schema.unknown)} applied, which this version does not know"
        return failure(name, newer, "run the version of Vitrine that was here last, or a newer one")
    if schema.missing:
        count = len(schema.missing)
        return warning(
            name,
            f"{count} migration{'' if count == 1 else 's'} to be applied: {', '.join(schema.missing)}",
            "start the service, or run `vitrine migrate`",
        )
    return ok(name, "this version's")


async def _revision(database: Database, at: datetime) -> Finding:
    name = "revision"
    try:
        number = await load_number_in_force(database, at)
        revision = await load_revision(database, number)
    except NoRevisionInForce as error:
        return warning(name, error.message, "start the service, which loads the seed, or publish one")
    except VitrineError as error:
        return failure(name, *split_message(error.message))
    return ok(name, f"revision {number} is in force since {revision.effective_at:%Y-%m-%d}")


async def _clock(database: Database) -> Finding:
    name = "graph's clock"
    try:
        skew = await measure_skew(database)
    except VitrineError as error:
        return failure(name, *split_message(error.message))
    limit = WITHDRAWAL_MARGIN.total_seconds()
    found = f"{skew:+.3f} s against this machine's; at most {limit:g} s"
    if abs(skew) > limit:
        return failure(name, found, "synchronise both clocks (NTP): which revision is in force depends on them")
    return warning(name, found, "synchronise both clocks (NTP)") if abs(skew) > SKEW_SECONDS else ok(name, found)
