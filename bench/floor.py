"""The floor: the service's one statement through the bare async driver, in one process, with nothing around it."""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from datetime import UTC, datetime
from typing import Any

import uvloop
from neo4j import READ_ACCESS, AsyncDriver

from bench import clients
from bench.processes import resident_mb
from bench.workload import subject_id
from graph.engines.address import GraphAddress
from graph.engines.neo4j import connect
from graph.store.subjects import FIND_SUBJECT, ROWS_AT_ONCE
from graph.store.times import to_text


async def ask(driver: AsyncDriver, database: str, number: int) -> list[list[Any]]:
    """The rows of one subject."""
    at = to_text(datetime.now(UTC))
    async with driver.session(database=database, default_access_mode=READ_ACCESS) as session:
        result = await session.run(FIND_SUBJECT, id=subject_id(number), at=at, limit=ROWS_AT_ONCE)
        (record,) = [each async for each in result]
        rows: list[list[Any]] = record["rows"]
        return rows


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """`job`: address, subjects (their numbers), clients, warm_up_seconds, seconds, seed."""
    address = GraphAddress(**job["address"])
    choose = random.Random(job["seed"])  # noqa: S311 (an order, no secret)
    driver = connect(address, pool_size=job["clients"], timeout_seconds=5.0, retry_seconds=5.0)
    async with driver:

        async def once() -> int:
            return len(await ask(driver, address.database, choose.choice(job["subjects"])))

        asks = [once] * job["clients"]
        found = await clients.run(asks, warm_up_seconds=job["warm_up_seconds"], seconds=job["seconds"])
        return {**found, "service_mb": round(resident_mb(os.getpid()), 1)}


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(runner.run(run(json.load(sys.stdin))), sys.stdout)
