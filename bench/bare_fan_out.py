"""The bare driver writing the notices and deliveries that the job wrote of a revision, as those of another one, with
the job's statement, in its pages, one after another.

The job on standard input, the figures printed. Rows are read between the pages, and their reading does not count.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Mapping
from typing import Any

import uvloop
from neo4j import READ_ACCESS, WRITE_ACCESS, AsyncManagedTransaction, AsyncSession

from graph.engines.address import GraphAddress
from graph.engines.neo4j import connect
from graph.notices import NoticeKind, notice_id
from graph.store.fan_outs import CREATE_NOTICES
from server.notify.fan_out import PEOPLE_A_PAGE

LIST_WRITTEN = """
MATCH (n:Notice)
WHERE n.id > $after AND n.id < $end
WITH n ORDER BY n.id LIMIT $limit
MATCH (n)-[:SENT_AS]->(d:Delivery)
RETURN n.id AS id, properties(n) AS properties, collect(properties(d)) AS deliveries
ORDER BY id
"""


async def page_of(session: AsyncSession, revision: int, after: str) -> list[dict[str, Any]]:
    prefix = notice_id(revision, NoticeKind.REVISION, "")
    found = await session.run(LIST_WRITTEN, after=after or prefix, end=prefix[:-1] + "0", limit=PEOPLE_A_PAGE)
    return [record.data() async for record in found]


def elsewhere(row: Mapping[str, Any], revision: int, as_revision: int) -> dict[str, Any]:
    """The same row, of another revision."""
    before, after = f"{revision}/", f"{as_revision}/"
    moved = {name: value.replace(before, after) if isinstance(value, str) else value for name, value in row.items()}
    return {**moved, "revision": as_revision}


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """`job`: address; revision: whose rows are written again; as_revision: as those of which one."""
    address = GraphAddress(**job["address"])
    other = job["revision"], job["as_revision"]
    spent, used, notices, deliveries, after = 0.0, 0.0, 0, 0, ""
    async with (
        connect(address, pool_size=2, timeout_seconds=30.0, retry_seconds=30.0) as driver,
        driver.session(database=address.database, default_access_mode=READ_ACCESS) as reading,
        driver.session(database=address.database, default_access_mode=WRITE_ACCESS) as session,
    ):
        while page := await page_of(reading, job["revision"], after):
            after = page[-1]["id"]
            rows = [
                {
                    "properties": elsewhere(each["properties"], *other),
                    "deliveries": [elsewhere(delivery, *other) for delivery in each["deliveries"]],
                }
                for each in page
            ]

            async def write(transaction: AsyncManagedTransaction, rows: list[dict[str, Any]] = rows) -> None:
                result = await transaction.run(CREATE_NOTICES, rows=rows)
                await result.consume()

            began, cpu = time.perf_counter(), time.process_time()
            await session.execute_write(write)
            spent += time.perf_counter() - began
            used += time.process_time() - cpu
            notices += len(rows)
            deliveries += sum(len(row["deliveries"]) for row in rows)
    return {
        "notices": notices,
        "deliveries": deliveries,
        "seconds": round(spent, 2),
        "rate": round((notices + deliveries) / spent),
        "cpu_seconds": round(used, 2),
    }


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(runner.run(run(json.load(sys.stdin))), sys.stdout)
