"""The notification job writing the notices of a new revision, in a process of its own.

The job on standard input, the figures printed.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import uvloop

from bench.data import SEED
from bench.processes import Memory, resident_mb
from graph.engines.address import GraphAddress
from graph.model import RevisionContent, RevisionState
from graph.notices import FanOut, FanOutState
from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.fan_outs import list_fan_outs
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision, list_revisions
from seed.folder import read_revision
from server.logs import configure_logs
from server.notify.fan_out import FanOutJob
from server.notify.ways import Ways
from server.settings import LogLevel

#: What both kinds of people have something of.
TOUCHED = ("email", "cookies")


def now() -> datetime:
    return datetime.now(UTC)


async def publish(database: Database) -> int:
    """A revision that touches everybody: one use of their data more than the one before, or one less. Its number."""
    (before,) = await list_revisions(database, states=frozenset({RevisionState.PUBLISHED}), limit=1)
    content = read_revision(SEED)
    if before.number % 2:
        content = with_one_use_more(content)
    draft = await draft_revision(database, content, at=now())
    effective_at = now() + timedelta(days=before.number)
    await publish_revision(database, draft.number, expected=before.number, effective_at=effective_at, at=now())
    return draft.number


def with_one_use_more(content: RevisionContent) -> RevisionContent:
    elements = content.elements
    more = replace(elements.processings[0], key="one-use-more", service="ispmanager", categories=TOUCHED)
    return replace(content, elements=replace(elements, processings=(*elements.processings, more)))


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """`job`: address, mails (whether there is a mail server), asks_for_addresses, products (services that are told)."""
    memory = Memory()
    pages: list[FanOut] = []

    def on_page(before: FanOut, after: FanOut) -> None:
        pages.append(after)
        memory.samples.append(resident_mb(os.getpid()))

    async with Database(GraphAddress(**job["address"]), statement_seconds=300.0) as database:
        number = await publish(database)
        ways = Ways(job["mails"], job["asks_for_addresses"], frozenset(job["products"]))
        comparisons = Comparisons(DataMaps(database, clock=now))
        telling = FanOutJob(database, comparisons, ways, clock=now, on_page=on_page)
        began, cpu = time.perf_counter(), time.process_time()
        await telling.write_all()
        seconds = time.perf_counter() - began
        used = time.process_time() - cpu
        assert not await list_fan_outs(database, frozenset({FanOutState.PENDING}))
    rows = pages[-1].notices + pages[-1].deliveries
    return {
        "revision": number,
        "notices": pages[-1].notices,
        "deliveries": pages[-1].deliveries,
        "pages": len(pages),
        "seconds": round(seconds, 2),
        "rate": round(rows / seconds),
        "cpu_seconds": round(used, 2),
        "memory_mb": memory.summary(),
    }


if __name__ == "__main__":
    configure_logs(LogLevel.WARNING)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(runner.run(run(json.load(sys.stdin))), sys.stdout)
