"""The embedded engine: a real one in a real folder, started, killed, damaged and attacked."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import fcntl
import http.client
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import pytest
from neo4j import AsyncDriver
from neo4j.exceptions import DriverError, Forbidden, Neo4jError

import graph
from graph.engines import control, guard
from graph.engines.address import GraphAddress
from graph.engines.distribution import AOT_CACHE, Distribution
from graph.engines.embedded import EmbeddedEngine, attach, open_engine
from graph.engines.folder import DataFolder
from graph.engines.neo4j import connect
from graph.errors import DataFolderInUse, EngineFailure

REPOSITORY = Path(graph.__file__).parents[1]
WRITE = "CREATE (:Written {id: $id})-[:WITH]->(:Companion {id: $id})"
READ = "MATCH (w:Written)-[:WITH]->(c:Companion) WHERE w.id = c.id RETURN w.id AS id ORDER BY id"

# A service that starts the engine and says which of its writes were acknowledged, until it is killed.
SERVICE = f"""
import asyncio, sys
from pathlib import Path
from graph.engines.embedded import EmbeddedEngine
from graph.engines.neo4j import connect

async def main():
    engine = EmbeddedEngine(Path(sys.argv[1]))
    async with engine as address:
        print(engine.pid, flush=True)
        async with connect(address, pool_size=1, timeout_seconds=5, retry_seconds=0) as driver:
            async with driver.session(database=address.database) as session:
                for number in range(1_000_000):
                    async with await session.begin_transaction() as transaction:
                        await transaction.run({WRITE!r}, id=number)
                        await transaction.commit()
                    print(number, flush=True)

asyncio.run(main())
"""

TOOL = """
import sys
from pathlib import Path
from graph.engines.embedded import attach

print(attach(Path(sys.argv[1])).url)
"""


def driver_of(address: GraphAddress) -> AsyncDriver:
    return connect(address, pool_size=2, timeout_seconds=5, retry_seconds=0)


async def rows(address: GraphAddress, query: str) -> list[object]:
    async with driver_of(address) as driver:
        result = await driver.execute_query(query, database_=address.database)
    return [record[0] for record in result.records]


async def write_until_it_dies(address: GraphAddress, acknowledged: list[int]) -> None:
    """Write the numbers that follow the last acknowledged attempt, one a transaction."""
    number = max(acknowledged, default=-1) + 1000
    async with driver_of(address) as driver:
        with contextlib.suppress(DriverError, Neo4jError, OSError):
            async with driver.session(database=address.database) as session:
                while True:
                    transaction = await session.begin_transaction()
                    await transaction.run(WRITE, id=number)
                    await transaction.commit()
                    acknowledged.append(number)
                    number += 1


def ask(port: int, method: str, path: str, user: str = "", password: str = "", body: object = None) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    headers = {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()} if user else {}
    with contextlib.closing(connection):
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        response = connection.getresponse()
        return response.status, response.read().decode()


def listeners(pid: int) -> list[tuple[str, int]]:
    """(address in the kernel's hexadecimal, port) of each TCP socket on which the process listens."""
    sockets = {os.readlink(entry) for entry in Path(f"/proc/{pid}/fd").iterdir() if entry.is_symlink()}
    found = []
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{pid}/net/{table}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == "0A" and f"socket:[{fields[9]}]" in sockets:
                host, port = fields[1].split(":")
                found.append((host, int(port, 16)))
    return found


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


async def until(condition: Callable[[], bool]) -> None:
    for _ in range(3000):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not come to that within half a minute")


def one_line(failure: pytest.ExceptionInfo[EngineFailure]) -> str:
    assert "\n" not in failure.value.message
    return failure.value.message


@pytest.fixture(scope="module")
async def engine(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[tuple[EmbeddedEngine, GraphAddress, Path]]:
    # A name that needs care on a command line and in a class path.
    folder = tmp_path_factory.mktemp("engine") / "data of Zoë: данные"
    engine = EmbeddedEngine(folder, brief=True)
    async with engine as address:
        yield engine, address, folder


Running = tuple[EmbeddedEngine, GraphAddress, Path]


class TestWhileItRuns:
    async def test_it_answers_over_bolt_and_says_that_it_is_healthy(self, engine: Running) -> None:
        process, address, folder = engine
        assert await rows(address, "RETURN 6 * 7") == [42]
        assert await process.healthy()
        assert address.write_lock == folder / "write.lock"

    def test_it_listens_on_loopback_only(self, engine: Running) -> None:
        process, address, _ = engine
        listening = listeners(process.pid)
        assert [host for host, _ in listening] == ["0100007F", "0100007F"]
        assert int(address.url.rpartition(":")[2]) in [port for _, port in listening]

    def test_a_commit_is_on_the_disk_before_it_is_acknowledged(self, engine: Running) -> None:
        process, address, folder = engine
        statement = {"language": "sql", "command": "SELECT FROM schema:database"}
        root_password = (folder / "engine" / "root.pw").read_text()
        status, text = ask(
            http_port(process, address), "POST", "/api/v1/command/datamap", "root", root_password, statement
        )
        assert status == 200
        settings = {setting["key"]: setting["value"] for setting in json.loads(text)["result"][0]["settings"]}
        assert settings["arcadedb.txWalFlush"] == 2

    def test_only_the_owner_can_read_what_it_keeps(self, engine: Running) -> None:
        _, _, folder = engine
        assert folder.stat().st_mode & 0o777 == 0o700
        others = [path for path in folder.rglob("*") if path.stat().st_mode & 0o077]
        assert others == []
        kept = {path.name for path in (folder / "engine").iterdir()}
        assert {"root.pw", "service.pw", "address.json"} <= kept

    def test_passwords_are_neither_on_the_command_line_nor_in_the_environment_nor_in_logs(
        self, engine: Running
    ) -> None:
        process, address, folder = engine
        root_password = (folder / "engine" / "root.pw").read_text()
        assert len(address.password) >= 32
        assert len(root_password) >= 32
        assert address.password != root_password
        seen = [Path(f"/proc/{process.pid}/cmdline").read_text(), Path(f"/proc/{process.pid}/environ").read_text()]
        seen += [path.read_text() for path in (folder / "engine" / "log").iterdir()]
        assert [text for text in seen if address.password in text or root_password in text] == []
        assert seen[1] == "LC_ALL=C.UTF-8\0"
        assert address.password not in repr(address)

    def test_ctrl_c_in_the_terminal_of_the_service_does_not_reach_it(self, engine: Running) -> None:
        process, _, _ = engine
        assert os.getsid(process.pid) == process.pid

    def test_http_answers_nobody_without_the_password(self, engine: Running) -> None:
        process, address, _ = engine
        port = http_port(process, address)
        assert ask(port, "GET", "/api/v1/databases")[0] == 401
        assert ask(port, "GET", "/api/v1/databases", "root", "arcadedb")[0] == 403
        assert ask(port, "GET", "/")[0] == 404

    async def test_the_user_of_the_service_can_change_its_database_and_nothing_else(self, engine: Running) -> None:
        process, address, folder = engine
        port = http_port(process, address)
        root_password = (folder / "engine" / "root.pw").read_text()
        service = address.user, address.password
        for statement in ("CREATE USER mallory SET PASSWORD 'a-long-password'", "DROP DATABASE datamap"):
            with pytest.raises(Neo4jError):
                await rows(address, statement)
        mallory = {"name": "mallory", "password": "a-long-password", "databases": {"*": ["admin"]}}
        assert ask(port, "POST", "/api/v1/server/users", *service, mallory)[0] == 403
        for command in ("drop database datamap", "create database other", "shutdown"):
            assert ask(port, "POST", "/api/v1/server", *service, {"command": command})[0] == 403

        status, users = ask(port, "GET", "/api/v1/server/users", "root", root_password)
        assert (status, [user["name"] for user in json.loads(users)["result"]]) == (200, ["root", "vitrine"])
        assert await rows(address, "RETURN 1") == [1]
        await rows(address, "CREATE CONSTRAINT IF NOT EXISTS FOR (n:Probe) REQUIRE n.id IS UNIQUE")

    async def test_it_reads_no_files_for_a_statement_whoever_asks(self, engine: Running, tmp_path: Path) -> None:
        _, address, folder = engine
        root = replace(address, user="root", password=(folder / "engine" / "root.pw").read_text())
        secret = tmp_path / "secret.csv"
        secret.write_text("secret\n")
        for user in (address, root):
            with pytest.raises(Forbidden):
                await rows(user, f"LOAD CSV FROM '{secret.as_uri()}' AS line RETURN line")

    def test_the_folder_is_owned_as_long_as_the_engine_lives(self, engine: Running) -> None:
        process, _, folder = engine
        held = [os.readlink(entry) for entry in Path(f"/proc/{process.pid}/fd").iterdir() if entry.is_symlink()]
        assert str(folder / "lock") in held

    async def test_another_process_of_the_same_user_attaches_to_it(self, engine: Running) -> None:
        _, address, folder = engine
        assert attach(folder) == address
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-c", TOOL, str(folder), cwd=REPOSITORY, stdout=subprocess.PIPE
        )
        out, _ = await process.communicate()
        assert out.decode() == f"{address.url}\n"
        async with open_engine(folder) as attached:
            assert attached == address
        assert await rows(address, "RETURN 1") == [1]

    async def test_a_second_owner_is_refused(self, engine: Running) -> None:
        process, address, folder = engine
        with pytest.raises(DataFolderInUse) as refused:
            await EmbeddedEngine(folder).start()
        assert one_line(refused) == (
            f"the data folder {folder} is in use by another process ({os.getpid()}): "
            "stop that one, or set VITRINE_DATA_DIR to another folder"
        )
        assert await process.healthy()
        assert attach(folder) == address


def http_port(process: EmbeddedEngine, address: GraphAddress) -> int:
    [port] = [port for _, port in listeners(process.pid) if not address.url.endswith(f":{port}")]
    return port


class TestStopAndKill:
    async def test_data_and_passwords_outlive_a_stop(self, tmp_path: Path) -> None:
        engine = EmbeddedEngine(tmp_path / "data", brief=True)
        first = await engine.start()
        pid = engine.pid
        await rows(first, "CREATE (:Kept {id: 'k1'})")
        ended = asyncio.create_task(engine.wait())
        await engine.stop()
        assert await ended == 143
        assert not alive(pid)
        assert attach(tmp_path / "data") is None
        assert not await engine.healthy()
        await engine.stop()

        async with open_engine(tmp_path / "data") as second:
            assert await rows(second, "MATCH (k:Kept) RETURN k.id") == ["k1"]
            assert second.password == first.password
        assert not DataFolder(tmp_path / "data").in_use()

    async def test_a_killed_engine_is_noticed_and_loses_no_acknowledged_write(self, tmp_path: Path) -> None:
        dice = random.Random(7)  # noqa: S311 - chooses moments, no secrets
        acknowledged: list[int] = []
        for _ in range(2):
            engine = EmbeddedEngine(tmp_path / "data", brief=True)
            address = await engine.start()
            before = len(acknowledged)
            writer = asyncio.create_task(write_until_it_dies(address, acknowledged))
            await until(lambda: len(acknowledged) > before)  # noqa: B023 - awaited here
            await asyncio.sleep(dice.uniform(0.05, 0.5))

            os.kill(engine.pid, signal.SIGKILL)
            assert await engine.wait() == -9
            assert engine.ended(-9).message.startswith("the embedded engine was killed by signal 9: start the service")
            assert attach(tmp_path / "data") is None
            assert not await engine.healthy()
            await engine.stop()
            await writer

        async with EmbeddedEngine(tmp_path / "data", brief=True) as address:
            stored = await rows(address, READ)
            written = await rows(address, "MATCH (w:Written) RETURN count(w) AS n")
        assert len(stored) == len(set(stored))
        assert written == [len(stored)]
        assert set(acknowledged) <= set(stored)
        # One write a round may have been committed without the answer having come back.
        assert len(stored) - len(acknowledged) <= 2

    async def test_the_engine_of_a_killed_service_ends_with_it_and_loses_no_acknowledged_write(
        self, tmp_path: Path
    ) -> None:
        service = await asyncio.create_subprocess_exec(
            sys.executable, "-c", SERVICE, str(tmp_path / "data"), cwd=REPOSITORY, stdout=subprocess.PIPE
        )
        assert service.stdout is not None
        engine_pid = int(await service.stdout.readline())
        acknowledged = [int(await service.stdout.readline()) for _ in range(100)]
        assert alive(engine_pid)
        service.kill()
        acknowledged += [int(line) for line in (await service.stdout.read()).split(b"\n")[:-1]]
        assert await service.wait() == -9

        # Started at once: it waits for the other engine to have gone, not for longer.
        async with EmbeddedEngine(tmp_path / "data", brief=True) as address:
            assert not alive(engine_pid)
            stored = await rows(address, READ)
        assert acknowledged == list(range(len(acknowledged)))
        assert stored in (acknowledged, [*acknowledged, len(acknowledged)])

    async def test_a_cancelled_start_leaves_nothing_behind(self, tmp_path: Path) -> None:
        engine = EmbeddedEngine(tmp_path / "data", brief=True)
        start = asyncio.create_task(engine.start())
        await until((tmp_path / "data" / "engine" / "log" / "engine.log").exists)
        pid = engine.pid
        start.cancel()
        with pytest.raises(asyncio.CancelledError):
            await start
        assert not alive(pid)
        assert not DataFolder(tmp_path / "data").in_use()

    async def test_an_engine_that_is_killed_while_it_starts(self, tmp_path: Path) -> None:
        engine = EmbeddedEngine(tmp_path / "data", brief=True)
        start = asyncio.create_task(engine.start())
        await until((tmp_path / "data" / "engine" / "log" / "engine.log").exists)
        os.kill(engine.pid, signal.SIGKILL)
        with pytest.raises(EngineFailure) as failure:
            await start
        assert one_line(failure).startswith("the embedded engine was killed by signal 9: start the service again")
        assert not DataFolder(tmp_path / "data").in_use()

    async def test_an_engine_that_is_killed_before_it_is_told_of(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        log_in = control.log_in
        engine = EmbeddedEngine(tmp_path / "data", brief=True)

        async def log_in_last(address: GraphAddress) -> None:
            await log_in(address)
            os.kill(engine.pid, signal.SIGKILL)
            await engine.wait()

        monkeypatch.setattr(control, "log_in", log_in_last)
        with pytest.raises(EngineFailure) as failure:
            await engine.start()
        assert one_line(failure).startswith("the embedded engine was killed by signal 9: start the service again")
        assert not (tmp_path / "data" / "engine" / "address.json").exists()
        assert not DataFolder(tmp_path / "data").in_use()

    async def test_an_engine_whose_parent_was_gone_before_it_began_does_not_run(self) -> None:
        process = await asyncio.create_subprocess_exec(
            sys.executable, guard.__file__, str(os.getppid()), "/bin/echo", "ran", stdout=-1, stderr=-1
        )
        assert await process.communicate() == (b"", b"the parent process has ended\n")
        assert process.returncode == 1


class TestStartsThatFail:
    @pytest.mark.parametrize(
        ("heap_mb", "reason"),
        [(1, "Too small maximum heap"), (99_999_999, "Could not reserve enough space for 102400000000 KB object heap")],
    )
    async def test_a_heap_that_java_refuses(self, tmp_path: Path, heap_mb: int, reason: str) -> None:
        with pytest.raises(EngineFailure) as failure:
            await EmbeddedEngine(tmp_path, heap_mb=heap_mb).start()
        assert one_line(failure) == (
            f"the embedded engine failed to start ({reason}): give it a heap that suits it and this "
            f"machine, now {heap_mb} MB; its log is {tmp_path}/engine/log/engine.log"
        )
        assert not DataFolder(tmp_path).in_use()

    async def test_an_engine_that_does_not_serve_in_time(self, tmp_path: Path) -> None:
        with pytest.raises(EngineFailure) as failure:
            await EmbeddedEngine(tmp_path, start_timeout_seconds=0.2).start()
        assert "did not serve within 0.2 s" in one_line(failure)
        assert not DataFolder(tmp_path).in_use()

    async def test_a_database_that_the_engine_cannot_open(self, tmp_path: Path) -> None:
        database = tmp_path / "engine" / "databases" / "datamap"
        database.mkdir(parents=True)
        (database / "schema.json").write_text("{}")
        (database / "configuration.json").write_text("gar{bage")
        with pytest.raises(EngineFailure) as failure:
            await EmbeddedEngine(tmp_path).start()
        cause = 'java.lang.IllegalStateException: Not a JSON Object: "gar"'
        assert one_line(failure).startswith(f"the embedded engine failed to start ({cause}): mend what its log says")
        assert f"its log is {tmp_path}/engine/log/engine.log" in one_line(failure)
        assert not DataFolder(tmp_path).in_use()

    async def test_a_damaged_schema_is_refused_and_not_replaced_by_an_empty_one(self, tmp_path: Path) -> None:
        schema = tmp_path / "engine" / "databases" / "datamap" / "schema.json"
        schema.parent.mkdir(parents=True)
        schema.write_text('{"types": {"Subj')
        with pytest.raises(EngineFailure) as failure:
            await EmbeddedEngine(tmp_path).start()
        assert f"{schema} is damaged: restore the data folder from a backup" in one_line(failure)
        assert schema.read_text() == '{"types": {"Subj'
        assert not DataFolder(tmp_path).in_use()

    async def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        folder = tmp_path / "file" / "vitrine" / "data"
        with pytest.raises(EngineFailure) as failure:
            await EmbeddedEngine(folder).start()
        assert one_line(failure) == (
            f"cannot write in the data folder {folder} (Not a directory): make it writable for this user, "
            "or set VITRINE_DATA_DIR to another folder"
        )
        assert attach(folder) is None

    def test_a_wheel_that_is_missing_or_has_no_java(self, tmp_path: Path) -> None:
        with pytest.raises(EngineFailure) as missing:
            Distribution.find("no_such_wheel")
        assert one_line(missing) == (
            "the package no_such_wheel of the embedded engine is not installed: set VITRINE_GRAPH_URL to a Neo4j server"
        )
        with pytest.raises(EngineFailure) as empty:
            Distribution.within(tmp_path)
        assert one_line(empty) == (
            "the embedded engine has no Java for this platform: set VITRINE_GRAPH_URL to a Neo4j server"
        )

    async def test_what_java_learned_of_other_jars_is_not_used(self, tmp_path: Path) -> None:
        found = Distribution.find()
        assert found.options == (f"-XX:AOTCache={AOT_CACHE}",)  # `make setup` has made it
        of_others = tmp_path / "engine.aot"
        of_others.write_bytes(b"of another Java")
        distribution = replace(found, options=(f"-XX:AOTCache={of_others}",))
        async with EmbeddedEngine(tmp_path / "data", brief=True, distribution=distribution) as address:
            assert await rows(address, "RETURN 1") == [1]

    def test_the_wheel_is_found_without_being_imported(self) -> None:
        assert Distribution.find().java.name == "java"
        assert "arcadedb_embedded" not in sys.modules
        assert "jpype" not in sys.modules


class TestTheLockOfTheFolder:
    async def test_what_a_killed_owner_left_behind_is_not_a_lock(self, tmp_path: Path) -> None:
        (tmp_path / "lock").write_text("1\n")
        async with DataFolder(tmp_path) as folder:
            assert folder.in_use()
            assert (tmp_path / "lock").read_text() == f"{os.getpid()}\n"
        assert not folder.in_use()

    async def test_the_engine_of_a_killed_owner_is_waited_for_as_long_as_asked(self, tmp_path: Path) -> None:
        gone = await asyncio.create_subprocess_exec("true")
        await gone.wait()
        with (tmp_path / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            lock.write(f"{gone.pid}\n")
            engine = await asyncio.create_subprocess_exec("sleep", "60", pass_fds=[lock.fileno()])
        folder = DataFolder(tmp_path)
        with pytest.raises(DataFolderInUse):
            await folder.acquire(patience_seconds=0.2)
        waiting = asyncio.create_task(folder.acquire(patience_seconds=60))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        engine.kill()
        await waiting
        folder.release()
        await engine.wait()

    def test_an_address_left_behind_counts_only_while_somebody_owns_the_folder(self, tmp_path: Path) -> None:
        started = int(Path("/proc/self/stat").read_text().rpartition(")")[2].split()[19])
        entry = {"engine": [os.getpid(), started], "url": "bolt://x:1", "user": "u", "password": "p", "database": "d"}
        (tmp_path / "engine").mkdir()
        (tmp_path / "engine" / "address.json").write_text(json.dumps(entry))
        (tmp_path / "lock").touch()
        assert attach(tmp_path) is None
        with (tmp_path / "lock").open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            assert attach(tmp_path) == GraphAddress("bolt://x:1", "u", "p", "d", write_lock=tmp_path / "write.lock")
            # Of no process there is a time when it started.
            for named in (["none", None], [2**22 + 1, None], [os.getpid(), str(started)], [str(os.getpid()), started]):
                (tmp_path / "engine" / "address.json").write_text(json.dumps({**entry, "engine": named}))
                assert attach(tmp_path) is None
        (tmp_path / "engine" / "address.json").write_text("[]")
        assert attach(tmp_path) is None
