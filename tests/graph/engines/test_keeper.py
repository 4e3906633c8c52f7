"""An engine that is killed again and again: it is started again, and whoever uses it follows."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
import signal
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Self, TypeVar

import pytest

from graph.engines import control, keeper
from graph.engines.address import GraphAddress
from graph.engines.embedded import EmbeddedEngine, attach
from graph.engines.folder import DataFolder
from graph.engines.keeper import BackOff, keep
from graph.errors import DataFolderInUse, GraphUnavailable
from graph.store.database import Database, Transaction
from tests.faults.scale import kills
from tests.graphs import run
from tests.patience import PATIENCE_SECONDS

GONE = "It has gone: try again later"
SLOW = "UNWIND range(1, 10000) AS a UNWIND range(1, 10000) AS b WITH a, b WHERE a = -b RETURN count(a) AS n"
T = TypeVar("T")
AT_ONCE = BackOff(first_seconds=0.01, longest_seconds=0.05)


async def until(condition: Callable[[], T]) -> T:
    """The first true value of a function."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (value := condition()):  # noqa: ASYNC110 - other processes are looked at
            await asyncio.sleep(0.01)
    return value


class Kept:
    """An engine that is kept, and the graph in it."""

    def __init__(self, engine: EmbeddedEngine, database: Database, back_off: BackOff) -> None:
        self.engine = engine
        self.database = database
        self._left = asyncio.Event()
        self._moved = asyncio.Event()
        self._keep(back_off)

    @classmethod
    @asynccontextmanager
    async def on(cls, folder: Path, back_off: BackOff) -> AsyncIterator[Self]:
        engine = EmbeddedEngine(folder, heap_mb=256, start_timeout_seconds=PATIENCE_SECONDS, brief=True)
        # Nothing ends by its own time limit.
        limits = {"timeout_seconds": 1, "statement_seconds": 3600, "retry_seconds": 3600}
        async with engine as address, Database(address, **limits) as database:
            await run(database, "CREATE (:Probe {id: 1})")
            kept = cls(engine, database, back_off)
            try:
                yield kept
            finally:
                await kept.end()

    def _keep(self, back_off: BackOff) -> None:
        self.keeping = asyncio.create_task(keep(self.engine, back_off, away=self._away, back=self._back))

    async def keep_by(self, back_off: BackOff) -> None:
        """From now on by this one."""
        await self.end()
        self._keep(back_off)

    async def _away(self) -> None:
        await self.database.leave(GONE)
        self._left.set()

    def _back(self, address: GraphAddress) -> None:
        self.database.move(address)
        self._moved.set()

    def kill(self) -> None:
        self._signal(signal.SIGKILL)

    def hang(self) -> int:
        """The process that does nothing from here on."""
        return self._signal(signal.SIGSTOP)

    def _signal(self, number: signal.Signals) -> int:
        self._left.clear()
        self._moved.clear()
        pid = self.engine.pid
        os.kill(pid, number)
        return pid

    async def was_left(self) -> None:
        """Waits until it is known that the killed engine has gone."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._left.wait()

    async def moved(self) -> None:
        """Waits until the killed engine serves again."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._moved.wait()

    async def end(self) -> None:
        self.keeping.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await self.keeping

    async def probes(self) -> int:
        (record,) = await self.database.read("MATCH (n:Probe) RETURN count(n) AS probes")
        found: int = record["probes"]
        return found


@pytest.fixture(scope="module")
async def kept(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Kept]:
    async with Kept.on(tmp_path_factory.mktemp("kept") / "data", AT_ONCE) as kept:
        yield kept


class TestKilled:
    async def test_it_comes_back_with_everything_and_commands_find_it(
        self, kept: Kept, caplog: pytest.LogCaptureFixture
    ) -> None:
        before = kept.database.address
        assert before.write_lock is not None
        folder = before.write_lock.parent
        kept.kill()
        await kept.was_left()
        with pytest.raises(GraphUnavailable) as away:
            await kept.database.check()
        assert away.value.message == GONE
        assert attach(folder) is None
        # The folder is never free, or a command would start an engine of its own in it.
        with pytest.raises(DataFolderInUse):
            await EmbeddedEngine(folder).start()
        await kept.moved()
        assert await kept.probes() == 1
        assert kept.database.address != before
        assert attach(folder) == kept.database.address
        lines = [each.getMessage() for each in caplog.records if each.name == "graph.engines.keeper"]
        assert lines[0] == "embedded engine ended, restarting: exit code -9, attempt 1 in 0.01 s"
        assert lines[1].startswith(f"embedded engine is back: pid {kept.engine.pid}, attempt 1, away for ")
        assert len(lines) == 2

    async def test_what_is_under_way_ends_at_once(self, kept: Kept) -> None:
        began = asyncio.Event()

        async def work(transaction: Transaction) -> None:
            await transaction.run("CREATE (:Probe {id: 2})")
            began.set()
            await asyncio.Event().wait()

        reading = [asyncio.create_task(kept.database.read(SLOW)) for _ in range(3)]
        writing = asyncio.create_task(kept.database.write(work))
        waiting = [asyncio.create_task(kept.database.write(work)) for _ in range(3)]
        await began.wait()
        kept.kill()
        await kept.was_left()
        async with asyncio.timeout(PATIENCE_SECONDS):
            ends = await asyncio.gather(*reading, writing, *waiting, return_exceptions=True)
        assert [type(each) for each in ends] == [GraphUnavailable] * 7
        assert not kept.database.open_sessions
        await kept.moved()
        assert await kept.probes() == 1
        await run(kept.database, "CREATE (:Probe {id: 3})")
        await run(kept.database, "MATCH (n:Probe {id: 3}) DELETE n")

    async def test_an_engine_that_cannot_start_is_tried_until_it_can(
        self, kept: Kept, caplog: pytest.LogCaptureFixture
    ) -> None:
        lock = kept.database.address.write_lock
        assert lock is not None
        schema = lock.parent / "engine" / "databases" / "datamap" / "schema.json"
        good = schema.read_text()
        schema.write_text(good[:-1])
        kept.kill()
        refused = "embedded engine not restarted: attempt 3, the graph's schema file "
        await until(lambda: any(each.getMessage().startswith(refused) for each in caplog.records))
        assert DataFolder(lock.parent).in_use()
        schema.write_text(good)
        await kept.moved()
        assert await kept.probes() == 1
        ends = [each.getMessage() for each in caplog.records if "ended, restarting" in each.getMessage()]
        told = [line.removeprefix("embedded engine ended, restarting: exit code -9, attempt ") for line in ends]
        first = int(told[0].split()[0])
        assert [int(line.split()[0]) for line in told] == list(range(first, first + len(told)))
        assert told[-1].endswith(" in 0.05 s")

    async def test_a_machine_that_is_short_of_something_does_not_end_the_keeping(
        self, kept: Kept, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        listening_ports = control.listening_ports
        shortages = [OSError(errno.EMFILE, "Too many open files"), RuntimeError("can't start new thread")]

        def hindered(pid: int) -> list[int]:
            if shortages:
                raise shortages.pop(0)
            return listening_ports(pid)

        monkeypatch.setattr(control, "listening_ports", hindered)
        kept.kill()
        await kept.moved()
        assert await kept.probes() == 1
        lines = [each.getMessage() for each in caplog.records if "not restarted" in each.getMessage()]
        assert [line.rpartition(", ")[2] for line in lines] == ["OSError", "RuntimeError"]

    async def test_one_that_hangs_is_ended_and_started_again(
        self, kept: Kept, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with monkeypatch.context() as impatient:
            impatient.setattr(keeper, "LOOK_SECONDS", 0.1)
            impatient.setattr(keeper, "SILENT_LOOKS_AT_MOST", 3)
            await kept.keep_by(AT_ONCE)
            hung = kept.hang()
            await kept.was_left()
        await kept.moved()
        assert await kept.probes() == 1
        lines = [each.getMessage() for each in caplog.records]
        assert f"embedded engine does not answer and is killed: pid {hung}, asked 3 times" in lines
        assert "embedded engine ended, restarting: exit code -9, attempt 1 in 0.01 s" in lines

    async def test_nothing_is_left_of_engines_that_were_killed(self, kept: Kept) -> None:
        async def killed() -> tuple[int, int, int]:
            kept.kill()
            await kept.moved()
            answers = await asyncio.gather(*(kept.probes() for _ in range(8)))
            assert answers == [1] * 8
            threads = [each.name for each in threading.enumerate()].count("engine-keeper")
            return len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks()), threads

        await killed()
        first = await killed()
        for _ in range(kills(1, 20)):
            assert await killed() == first


class TestBackOff:
    def test_it_doubles_up_to_its_longest(self) -> None:
        assert [BackOff().seconds(attempt) for attempt in range(1, 9)] == [0.5, 1, 2, 4, 8, 16, 30, 30]
        assert BackOff().seconds(10**9) == 30
        assert BackOff(first_seconds=0.5, longest_seconds=0.1).seconds(1) == 0.1

    async def test_it_begins_again_after_a_time_of_health(self, kept: Kept, caplog: pytest.LogCaptureFixture) -> None:
        await kept.keep_by(BackOff(first_seconds=0.01, healthy_seconds=0))
        for _ in range(2):
            kept.kill()
            await kept.moved()
        attempts = [each.getMessage() for each in caplog.records if "ended, restarting" in each.getMessage()]
        assert attempts == ["embedded engine ended, restarting: exit code -9, attempt 1 in 0.01 s"] * 2


class TestStopped:
    async def test_while_it_waits_and_while_it_starts(self, kept: Kept) -> None:
        """The last test of this engine: nothing is left of it."""
        lock = kept.database.address.write_lock
        assert lock is not None
        folder = lock.parent
        await kept.keep_by(BackOff(first_seconds=3600, longest_seconds=3600))
        kept.kill()
        await kept.was_left()
        await kept.end()
        await kept.engine.stop()
        assert not DataFolder(folder).in_use()

        kept.database.move(await kept.engine.start())
        await kept.keep_by(AT_ONCE)
        killed = kept.engine.pid
        kept.kill()
        await kept.was_left()
        started = await until(lambda: _engine_of(folder, killed))
        await kept.end()
        await kept.engine.stop()
        assert not os.access(f"/proc/{started}", os.F_OK)
        assert not DataFolder(folder).in_use()


def _engine_of(folder: Path, other_than: int) -> int | None:
    """The process that holds the folder's lock, but this one."""
    lock = str(folder / "lock")
    for process in Path("/proc").iterdir():
        if process.name.isdigit() and int(process.name) not in (os.getpid(), other_than):
            with contextlib.suppress(OSError):
                if any(os.readlink(each) == lock for each in (process / "fd").iterdir()):
                    return int(process.name)
    return None
