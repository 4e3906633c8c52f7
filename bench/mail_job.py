"""The notification job sending what is due by email, in a process of its own.

The job on standard input, the figures printed. Notices were written before.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import time
from datetime import UTC, datetime
from typing import Any

import uvloop

from graph.engines.address import GraphAddress
from graph.model import Channel
from graph.notices import DeliveryState
from graph.store.database import Database
from graph.store.delivery_status import load_notify_status
from server.logs import configure_logs
from server.notify.assembly import assemble
from server.settings import LogLevel, Settings


def now() -> datetime:
    return datetime.now(UTC)


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """`job`: address, settings (of mail), and revision."""
    async with Database(GraphAddress(**job["address"]), statement_seconds=300.0) as database:
        assembly = assemble(Settings.from_environment(job["settings"]), database, clock=now)
        began, cpu = time.perf_counter(), time.process_time()
        await assembly.job.run(until_settled=True)
        seconds = time.perf_counter() - began
        used = time.process_time() - cpu
        status = await load_notify_status(database, job["revision"])
    sent = status.counts.get((Channel.EMAIL, DeliveryState.SENT), 0)
    return {
        "sent": sent,
        "seconds": round(seconds, 2),
        "rate": round(sent / seconds),
        "cpu_ms_a_message": round(used / sent * 1000, 2),
        "largest_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


if __name__ == "__main__":
    configure_logs(LogLevel.WARNING)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(runner.run(run(json.load(sys.stdin))), sys.stdout)
