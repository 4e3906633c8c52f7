"""The graph as the store sees it: its errors in the project's terms, transactions, and turns for writers."""

from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import LiteralString

import pytest

import graph
from graph.engines.address import GraphAddress
from graph.engines.embedded import EmbeddedEngine
from graph.errors import Conflict, GraphFault, GraphUnavailable
from graph.store.database import Database, Transaction
from graph.store.watcher import watched_by
from tests.graphs import given_address, run, to_json
from tests.proxy import Proxy, port_of

REPOSITORY = Path(graph.__file__).parents[1]
NOT_THERE = "The graph does not answer: try again later"
# Some seconds, and on the embedded engine no more: it goes on with it when nobody waits for it any longer.
SLOW = "UNWIND range(1, 10000) AS a UNWIND range(1, 1000) AS b WITH a, b WHERE a = -b RETURN count(a) AS n"
SLOW_ON_A_SERVER = (
    "UNWIND range(1, 100000) AS a UNWIND range(1, 10000) AS b WITH a, b WHERE a = -b RETURN count(a) AS n"
)

# Adds one to a number 40 times by reading it and writing it back, which is only right where writers take turns.
ADDER = """
import asyncio, sys
from graph.store.database import Database
from tests.graphs import from_json

async def add(transaction):
    [record] = await transaction.run('MATCH (n:Sum {id: "sum"}) RETURN n.value AS value')
    await asyncio.sleep(0)
    await transaction.run('MATCH (n:Sum {id: "sum"}) SET n.value = $value', value=record["value"] + 1)

async def main():
    async with Database(from_json(sys.stdin.readline())) as database:
        await database.check()
        print("ready", flush=True)
        sys.stdin.readline()
        for _ in range(40):
            await database.write(add)

asyncio.run(main())
"""

# Holds a lock until it is told to let go.
HOLDER = """
import fcntl, sys
with open(sys.argv[1], "w") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.readline()
"""


async def value(database: Database) -> object:
    [record] = await database.read('MATCH (n:Sum {id: "sum"}) RETURN n.value AS value')
    return record["value"]


async def count(database: Database) -> int:
    [record] = await database.read("MATCH (n:Probe) RETURN count(n) AS probes")
    probes: int = record["probes"]
    return probes


async def probe(transaction: Transaction) -> None:
    await transaction.run("CREATE (:Probe {id: 1})")


async def message_of(database: Database, error: type[Exception], statement: LiteralString = "RETURN 1") -> str:
    """What a read and a write say that fail alike."""
    with pytest.raises(error) as read:
        await database.read(statement)
    with pytest.raises(error) as written:
        await run(database, statement)
    assert str(read.value) == str(written.value)
    return str(read.value)


@pytest.fixture
def locked(address: GraphAddress, tmp_path: Path) -> GraphAddress:
    """The graph with a lock for writers, whichever engine it has."""
    return replace(address, write_lock=tmp_path / "write.lock")


class TestErrors:
    async def test_a_wrong_password(self, address: GraphAddress) -> None:
        async with Database(replace(address, password="wrong")) as database:
            with pytest.raises(GraphFault) as refused:
                await database.check()
        assert refused.value.message == (
            "The graph refuses the credentials: check VITRINE_GRAPH_USER and VITRINE_GRAPH_PASSWORD"
        )
        assert "wrong" not in refused.value.message

    async def test_nobody_listens(self, address: GraphAddress) -> None:
        async with Proxy(None) as proxy:
            nobody = proxy.address(address)
        async with Database(nobody, timeout_seconds=1, retry_seconds=0.1) as database:
            assert await message_of(database, GraphUnavailable) == NOT_THERE
            for ask in (database.check, database.is_embedded):
                with pytest.raises(GraphUnavailable):
                    await ask()

    async def test_somebody_who_does_not_speak_bolt(self, address: GraphAddress) -> None:
        async with (
            Proxy(None) as silent,
            Database(silent.address(address), timeout_seconds=1, retry_seconds=0.1) as database,
        ):
            assert await message_of(database, GraphUnavailable) == NOT_THERE

    async def test_a_statement_that_is_wrong(self, migrated: Database) -> None:
        message = await message_of(migrated, GraphFault, "MATCH (n RETURN n")
        assert message == "The graph refused a statement with Neo.ClientError.Statement.SyntaxError"

    async def test_a_database_that_is_not_there(self, address: GraphAddress) -> None:
        async with Database(replace(address, database="elsewhere"), retry_seconds=0.1) as database:
            with pytest.raises(GraphFault) as missing:
                await database.check()
        # The embedded engine's user is not told which databases there are.
        assert missing.value.message in {
            "The graph refused a statement with Neo.ClientError.Database.DatabaseNotFound",
            "The graph refused a statement with Neo.ClientError.Security.Forbidden",
        }

    @pytest.mark.parametrize("url", ["ftp://127.0.0.1:1", "nonsense", ""])
    async def test_an_address_that_is_none(self, address: GraphAddress, url: str) -> None:
        with pytest.raises(GraphFault) as refused:
            Database(replace(address, url=url))
        assert refused.value.message.startswith("The driver cannot use these settings for the graph: ")

    async def test_a_statement_that_takes_too_long(self, address: GraphAddress, database: Database) -> None:
        slow = SLOW_ON_A_SERVER if given_address() else SLOW
        async with Database(address, statement_seconds=0.3) as hasty:
            with pytest.raises(GraphUnavailable) as late:
                await hasty.read(slow)
            assert late.value.message == "The graph took too long to answer: try again later"

            async def work(transaction: Transaction) -> None:
                await probe(transaction)
                await transaction.run(slow)

            with pytest.raises(GraphUnavailable) as late:
                await hasty.write(work)
            assert late.value.message == "The graph took too long to answer: try again later"
            await hasty.write(probe)
            assert await count(hasty) == 1

    async def test_no_connection_is_free(self, address: GraphAddress) -> None:
        # Time enough for the first to get its connection, also on a machine that does much else.
        async with Database(address, pool_size=1, timeout_seconds=2) as database:
            began, done = asyncio.Event(), asyncio.Event()

            async def work(transaction: Transaction) -> None:
                await transaction.run("RETURN 1")
                began.set()
                await done.wait()

            writing = asyncio.create_task(database.write(work))
            beginning = asyncio.create_task(began.wait())
            await asyncio.wait({writing, beginning}, return_when=asyncio.FIRST_COMPLETED)
            if not began.is_set():
                await writing  # tells why it did not
            with pytest.raises(GraphUnavailable) as busy:
                await database.check()
            assert busy.value.message == "No connection to the graph is to be had: try again later"
            done.set()
            await writing
            await database.check()

    async def test_it_is_written_down_without_what_the_graph_said(
        self, migrated: Database, caplog: pytest.LogCaptureFixture
    ) -> None:
        await message_of(migrated, GraphFault, "MATCH (secret RETURN secret")
        async with Proxy(None) as nobody, Database(nobody.address(migrated.address), retry_seconds=0.1) as away:
            with pytest.raises(GraphUnavailable):
                await away.check()
        lines = [each for each in caplog.records if each.name == "graph.store.database"]
        refused = "graph error: CypherSyntaxError, code Neo.ClientError.Statement.SyntaxError, told as GRAPH_FAULT"
        gone = "graph error: ServiceUnavailable, code None, told as GRAPH_UNAVAILABLE"
        assert [each.getMessage() for each in lines] == [refused, refused, gone]
        assert {(each.levelname, each.exc_info) for each in lines} == {("WARNING", None)}

    async def test_so_is_what_is_told_without_asking_the_driver(
        self, locked: GraphAddress, caplog: pytest.LogCaptureFixture
    ) -> None:
        told: list[tuple[str, str]] = []

        class Told:
            def statement_ran(self, statement: str, seconds: float, failure: str | None) -> None:
                pass

            def graph_failed(self, failure: str, told_as: str) -> None:
                told.append((failure, told_as))

        with watched_by(Told()):
            async with Database(locked, statement_seconds=0.1) as database:

                async def work(transaction: Transaction) -> None:
                    with pytest.raises(GraphUnavailable, match="Too many are writing"):
                        await run(database, "RETURN 1")
                    leaving = asyncio.create_task(database.leave("It has gone"))
                    await asyncio.Event().wait()
                    await leaving

                with pytest.raises(GraphUnavailable, match="It has gone"):
                    await database.write(work)
                assert await message_of(database, GraphUnavailable) == "It has gone"
        # The turn, what was under way, and a read and a write after that.
        assert told == [("GraphUnavailable", "GRAPH_UNAVAILABLE")] * 4
        lines = [each.getMessage() for each in caplog.records if each.name == "graph.store.database"]
        assert lines == ["graph error: GraphUnavailable, code None, told as GRAPH_UNAVAILABLE"] * 4


class TestTransactions:
    async def test_what_is_written_is_read_at_once(self, database: Database) -> None:
        for number in range(20):
            await run(database, "CREATE (:Probe {id: $id})", id=number)
            assert await count(database) == number + 1

    async def test_a_transaction_sees_what_it_wrote(self, database: Database) -> None:
        async def work(transaction: Transaction) -> object:
            await transaction.run('CREATE (:Sum {id: "sum", value: 7})')
            [record] = await transaction.run('MATCH (n:Sum {id: "sum"}) RETURN n.value AS value')
            return record["value"]

        assert await database.write(work) == 7

    async def test_an_error_in_it_leaves_nothing_and_comes_through_as_it_is(self, database: Database) -> None:
        async def work(transaction: Transaction) -> None:
            await probe(transaction)
            raise LookupError("mine")

        with pytest.raises(LookupError, match="mine"):
            await database.write(work)
        assert await count(database) == 0

    async def test_a_taken_key_is_a_conflict(self, database: Database) -> None:
        await run(database, 'CREATE (:Subject {id: "ann"})')
        tries = []

        async def work(transaction: Transaction) -> None:
            tries.append(1)
            await probe(transaction)
            await transaction.run('CREATE (:Subject {id: "ann"})')

        with pytest.raises(Conflict) as conflict:
            await database.write(work)
        assert conflict.value.message == "Somebody else wrote the same thing at the same time: read it again and retry"
        assert len(tries) == 2
        assert await count(database) == 0

    async def test_a_race_for_a_key_that_is_over_is_no_conflict(self, database: Database) -> None:
        await run(database, 'CREATE (:Subject {id: "ann"})')
        names = iter(("ann", "ben"))

        async def work(transaction: Transaction) -> str:
            name = next(names)
            await transaction.run("CREATE (:Subject {id: $name})", name=name)
            return name

        assert await database.write(work) == "ben"

    async def test_every_statement_is_told_to_observers_before_it_runs(self, database: Database) -> None:
        told: list[LiteralString] = []
        database.observers.append(told.append)
        await database.read("RETURN 1")
        await run(database, "RETURN 2")
        with pytest.raises(GraphFault):
            await database.read("RETURN")
        assert told == ["RETURN 1", "RETURN 2", "RETURN"]

    async def test_it_knows_which_engine_it_has(self, migrated: Database) -> None:
        assert await migrated.is_embedded() == (given_address() is None)


@dataclass(slots=True)
class Somebodys:
    """An engine that is not the test run's."""

    engine: EmbeddedEngine
    address: GraphAddress


@pytest.fixture(scope="module")
async def somebodys(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Somebodys]:
    engine = EmbeddedEngine(tmp_path_factory.mktemp("somebodys") / "data", heap_mb=256, brief=True)
    async with engine as address:
        yield Somebodys(engine, address)


class TestAServerThatGoesAndComesBack:
    async def test_connections_that_were_cut_are_made_again(self, address: GraphAddress, database: Database) -> None:
        async with Proxy(port_of(address)) as proxy, Database(proxy.address(address)) as through:
            for number in range(1, 4):
                await proxy.cut()
                await run(through, "CREATE (:Probe {id: $id})", id=number)
                await proxy.cut()
                assert await count(through) == number
        assert await count(database) == 3

    async def test_a_line_that_is_down_for_a_while(self, address: GraphAddress) -> None:
        async with Proxy(port_of(address)) as proxy:
            through = Database(proxy.address(address), timeout_seconds=1, retry_seconds=0.1)
            async with through:
                await through.check()
                proxy.target = None
                await proxy.cut()
                assert await message_of(through, GraphUnavailable) == NOT_THERE
                proxy.target = port_of(address)
                await through.check()
                assert await run(through, "RETURN 1 AS one") == [{"one": 1}]

    async def test_an_engine_that_is_stopped_and_started(self, somebodys: Somebodys) -> None:
        async with Proxy(None) as proxy:
            proxy.target = port_of(somebodys.address)
            through = proxy.address(somebodys.address)
            async with Database(through, timeout_seconds=1, retry_seconds=0.1) as database:
                await run(database, "CREATE (:Probe {id: 1})")
                await somebodys.engine.stop()
                assert await message_of(database, GraphUnavailable) == NOT_THERE
                with pytest.raises(GraphUnavailable):
                    await database.check()

                somebodys.address = await somebodys.engine.start()
                proxy.target = port_of(somebodys.address)
                await database.check()
                assert await count(database) == 1
                await database.write(probe)
                assert await count(database) == 2


@pytest.fixture
async def writers(locked: GraphAddress, database: Database) -> AsyncIterator[Database]:
    async with Database(locked, statement_seconds=0.5) as writers:
        yield writers


class TestTurns:
    async def test_writers_of_two_processes_take_turns(self, database: Database, locked: GraphAddress) -> None:
        await run(database, 'CREATE (:Sum {id: "sum", value: 0})')
        processes = []
        for _ in range(2):
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-c", ADDER, cwd=REPOSITORY, stdin=PIPE, stdout=PIPE
            )
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(f"{to_json(locked)}\n".encode())
            assert await process.stdout.readline() == b"ready\n"
            processes.append(process)
        for process in processes:
            assert process.stdin is not None
            process.stdin.write(b"go\n")
        for process in processes:
            await process.communicate()
            assert process.returncode == 0
        assert await value(database) == 80

    async def test_writers_of_one_process_take_turns(self, database: Database, locked: GraphAddress) -> None:
        await run(database, 'CREATE (:Sum {id: "sum", value: 0})')

        async def add(transaction: Transaction) -> None:
            [record] = await transaction.run('MATCH (n:Sum {id: "sum"}) RETURN n.value AS value')
            await transaction.run('MATCH (n:Sum {id: "sum"}) SET n.value = $value', value=record["value"] + 1)

        async with Database(locked) as one, Database(locked) as other:
            await asyncio.gather(*(each.write(add) for each in (one, other) for _ in range(20)))
        assert await value(database) == 40

    async def test_a_turn_that_does_not_come(self, writers: Database) -> None:
        lock = writers.address.write_lock
        assert lock is not None
        holder = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HOLDER, str(lock), cwd=REPOSITORY, stdin=PIPE, stdout=PIPE
        )
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"held\n"
        with pytest.raises(GraphUnavailable) as late:
            await writers.write(probe)
        assert late.value.message == "Another process is writing to the graph: try again later"
        await writers.check()
        await holder.communicate(b"go\n")
        await writers.write(probe)
        assert await count(writers) == 1

    async def test_the_lock_of_a_killed_process_is_free(self, writers: Database) -> None:
        lock = writers.address.write_lock
        assert lock is not None
        holder = await asyncio.create_subprocess_exec(
            sys.executable, "-c", HOLDER, str(lock), cwd=REPOSITORY, stdin=PIPE, stdout=PIPE
        )
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"held\n"
        holder.kill()
        await holder.wait()
        await writers.write(probe)
        assert await count(writers) == 1

    async def test_a_cancelled_writer_leaves_its_turn_and_nothing_else(self, writers: Database) -> None:
        began = asyncio.Event()

        async def work(transaction: Transaction) -> None:
            await probe(transaction)
            began.set()
            await asyncio.Event().wait()

        for _ in range(3):
            began.clear()
            writing = asyncio.create_task(writers.write(work))
            await began.wait()
            waiting = asyncio.create_task(writers.write(probe))
            await asyncio.sleep(0)
            waiting.cancel()
            writing.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            with pytest.raises(asyncio.CancelledError):
                await writing
        await writers.write(probe)
        assert await count(writers) == 1

    async def test_too_many_writers_at_once(self, locked: GraphAddress, database: Database) -> None:
        async with Database(locked, statement_seconds=0.3) as writers:

            async def work(transaction: Transaction) -> None:
                with pytest.raises(GraphUnavailable) as late:
                    await writers.write(probe)
                assert late.value.message == "Too many are writing to the graph: try again later"

            await writers.write(work)


class TestTheGraphOfTests:
    def test_its_password_may_stand_in_a_file(self, tmp_path: Path) -> None:
        file = tmp_path / "password"
        file.write_text("known to few\n")
        environment = {
            "VITRINE_GRAPH_URL": "neo4j://graph:7687",
            "VITRINE_GRAPH_USER": "tests",
            "VITRINE_GRAPH_PASSWORD_FILE": str(file),
            "VITRINE_MODE": "production",
        }
        assert given_address(environment) == GraphAddress("neo4j://graph:7687", "tests", "known to few", "neo4j")

    def test_none_is_named(self) -> None:
        assert given_address({"VITRINE_GRAPH_URL": "", "PATH": "/bin"}) is None

    async def test_a_graph_of_somebody_is_never_wiped(self, somebodys: Somebodys) -> None:
        async with Database(somebodys.address) as database:
            await run(database, "MATCH (n) DETACH DELETE n")
            await run(database, 'CREATE (:Subject {id: "somebody"})')
            environment = {
                **os.environ,
                "VITRINE_GRAPH_URL": somebodys.address.url,
                "VITRINE_GRAPH_USER": somebodys.address.user,
                "VITRINE_GRAPH_PASSWORD": somebodys.address.password,
                "VITRINE_GRAPH_DATABASE": somebodys.address.database,
            }
            tests = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
                *("tests/graph/store/test_database.py", "-k", "TestTransactions"),
                cwd=REPOSITORY,
                env=environment,
                stdout=PIPE,
                stderr=PIPE,
            )
            out, error = await tests.communicate()
            assert tests.returncode == pytest.ExitCode.USAGE_ERROR
            assert (out + error).decode().count("give them an empty database") == 1
            assert await run(database, "MATCH (n) RETURN labels(n)[0] AS label") == [{"label": "Subject"}]
