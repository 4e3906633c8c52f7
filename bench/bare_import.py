"""The bare driver writing what the import writes, with its statements, in its batches, one after another.

The job on standard input, the figures printed. Rows are made between the batches, and their making does not count.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import sys
import time
from collections.abc import Iterator
from typing import Any

import uvloop
from neo4j import WRITE_ACCESS, AsyncManagedTransaction

from bench.workload import report_lines
from graph.engines.address import GraphAddress
from graph.engines.neo4j import connect
from graph.holdings import HoldingReport, Register, register_id
from graph.reports import HoldingLine, read_line
from graph.store.reports import (
    BATCH_LINES,
    CREATE_HOLDINGS,
    FIND_REGISTERS,
    Row,
    holding_report,
    register_row,
)
from graph.store.subject_locks import LOCK_SUBJECTS


def rows(begin: int, end: int) -> Iterator[Row]:
    for text in report_lines(begin, end):
        line = read_line(text, 1)
        assert isinstance(line, HoldingLine)
        report = holding_report(line)
        assert isinstance(report, HoldingReport)
        yield register_row(register_id(report), Register(held=report))


async def run(job: dict[str, Any]) -> dict[str, Any]:
    """`job`: address, begin and end (numbers of subjects)."""
    address = GraphAddress(**job["address"])
    spent, used, written = 0.0, 0.0, 0
    async with (
        connect(address, pool_size=1, timeout_seconds=30.0, retry_seconds=30.0) as driver,
        driver.session(database=address.database, default_access_mode=WRITE_ACCESS) as session,
    ):
        making = rows(job["begin"], job["end"])
        while batch := list(itertools.islice(making, BATCH_LINES)):
            ids = [row["properties"]["id"] for row in batch]
            subjects = sorted({row["subject"] for row in batch})

            async def write(
                transaction: AsyncManagedTransaction,
                subjects: list[str] = subjects,
                ids: list[str] = ids,
                batch: list[Row] = batch,
            ) -> None:
                for statement, parameters in (
                    (LOCK_SUBJECTS, {"subjects": subjects}),
                    (FIND_REGISTERS, {"ids": ids}),
                    (CREATE_HOLDINGS, {"rows": batch}),
                ):
                    result = await transaction.run(statement, parameters)
                    await result.consume()

            began, cpu = time.perf_counter(), time.process_time()
            await session.execute_write(write)
            spent += time.perf_counter() - began
            used += time.process_time() - cpu
            written += len(batch)
    return {"lines": written, "seconds": round(spent, 2), "rate": round(written / spent), "cpu_seconds": round(used, 2)}


if __name__ == "__main__":
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        json.dump(runner.run(run(json.load(sys.stdin))), sys.stdout)
