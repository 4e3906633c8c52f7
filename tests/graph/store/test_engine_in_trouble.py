"""An engine that hangs, or whose disk is full: whoever waits is told in time, and it goes on."""

from __future__ import annotations

import asyncio
import os
import resource
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from graph.engines.embedded import EmbeddedEngine, attach
from graph.errors import GraphUnavailable
from graph.store.database import Database, Transaction


async def probe(transaction: Transaction) -> None:
    await transaction.run("CREATE (:Probe {id: 1})")


async def count(database: Database) -> int:
    (record,) = await database.read("MATCH (n:Probe) RETURN count(n) AS n")
    nodes: int = record["n"]
    return nodes


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[EmbeddedEngine]:
    """An engine of the test's own, to be treated badly."""
    engine = EmbeddedEngine(tmp_path / "data", heap_mb=256, brief=True)
    await engine.start()
    yield engine
    await engine.stop()


@pytest.fixture
async def own(engine: EmbeddedEngine, tmp_path: Path) -> AsyncIterator[Database]:
    address = attach(tmp_path / "data")
    assert address is not None
    async with Database(address, timeout_seconds=1, statement_seconds=0.5, retry_seconds=0.5) as database:
        yield database


def _state(task: Path) -> str:
    try:
        return (task / "stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:  # it ended since it was listed
        return "T"


@contextmanager
def hanging(engine: EmbeddedEngine) -> Iterator[None]:
    os.kill(engine.pid, signal.SIGSTOP)
    # Its threads stop one by one, and one that still runs may answer.
    tasks = Path("/proc") / str(engine.pid) / "task"
    while any(_state(task) != "T" for task in tasks.iterdir()):
        time.sleep(0.001)
    try:
        yield
    finally:
        os.kill(engine.pid, signal.SIGCONT)


class TestAnEngineInTrouble:
    async def test_a_commit_that_hangs_ends_and_gives_up_its_turn(self, engine: EmbeddedEngine, own: Database) -> None:
        with ExitStack() as until_the_end:

            async def work(transaction: Transaction) -> None:
                await probe(transaction)
                until_the_end.enter_context(hanging(engine))

            with pytest.raises(GraphUnavailable) as late:
                async with asyncio.timeout(30):
                    await own.write(work)
            assert late.value.message == "The graph took too long to answer: try again later"
        await own.write(probe)
        assert await count(own) in {1, 2}

    async def test_a_schema_statement_that_hangs_ends_too(self, engine: EmbeddedEngine, own: Database) -> None:
        with hanging(engine), pytest.raises(GraphUnavailable):
            async with asyncio.timeout(30):
                await own.run_schema("CREATE INDEX probes IF NOT EXISTS FOR (n:Probe) ON (n.id)")
        await own.write(probe)
        assert await count(own) == 1

    async def test_a_disk_that_is_full_is_no_fault_of_ours(self, engine: EmbeddedEngine, own: Database) -> None:
        async def work(transaction: Transaction) -> None:
            await transaction.run("UNWIND range(1, 1000) AS id CREATE (:Probe {id: id})")

        await own.write(work)
        # No file may grow: the engine is refused its writes, as by a disk without room.
        resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (1, resource.RLIM_INFINITY))
        with pytest.raises(GraphUnavailable) as full:
            await own.write(work)
        assert full.value.message == "The graph could not keep what was written: try again later"
        resource.prlimit(engine.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        await own.write(work)
        assert await count(own) == 2000
