"""The embedded engine: ArcadeDB as a child process of this one, on loopback, in the data folder.

It lives no longer than its owner, however that ends, and loses nothing that it acknowledged, however it ends itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections.abc import AsyncIterator
from pathlib import Path
from types import TracebackType

from neo4j.exceptions import DriverError, Neo4jError

from graph.engines import control
from graph.engines.address import GraphAddress
from graph.engines.address_file import AddressFile
from graph.engines.child import ChildProcess
from graph.engines.distribution import DATABASE, GROUPS, LOGGING, SERVICE_GROUP, SERVICE_USER, Distribution
from graph.engines.folder import DataFolder, keep_secret, write_private
from graph.engines.log import EngineLog
from graph.errors import DataFolderInUse, EngineFailure

log = logging.getLogger(__name__)

STOP_SECONDS = 15.0
POLL_SECONDS = 0.05


class EmbeddedEngine:
    """The engine of one data folder, started and stopped by this process.

        async with EmbeddedEngine(folder) as address: ...

    `folder`: made with mode 0700 where it is missing. `heap_mb`: the most memory that the engine's heap takes; the
    process takes some 200 MB more. `start_timeout_seconds`: from the start of the process until it serves. `brief`: it
    starts in half the time, and never gets as fast as another does in minutes. `distribution`: the one that is found
    unless given. `stop_seconds`: of an end in order, before it is ended by force.
    """

    def __init__(
        self,
        folder: Path,
        *,
        heap_mb: int = 512,
        start_timeout_seconds: float = 30,
        brief: bool = False,
        distribution: Distribution | None = None,
        stop_seconds: float = STOP_SECONDS,
    ) -> None:
        self._folder = DataFolder(folder)
        self._root = self._folder.engine
        self._heap_mb = heap_mb
        self._brief = brief
        self._start_timeout_seconds = start_timeout_seconds
        self._distribution = distribution
        self._stop_seconds = stop_seconds
        self._child: ChildProcess | None = None
        self._http_port = 0
        self._log = EngineLog(self._root / "log" / "engine.log")
        self._address_file = AddressFile(self._folder)

    @property
    def pid(self) -> int:
        """The engine's process id. Only between `start` and `stop`."""
        return self._running().pid

    async def start(self) -> GraphAddress:
        """Own the folder, start the engine, and return when it serves and the service's user can log in.

        Raises DataFolderInUse where another process owns the folder, EngineFailure where the folder cannot be
        written or the engine does not come up; then nothing is left running and the folder is free.
        """
        assert self._child is None, "the engine is started already"
        distribution = self._distribution or Distribution.find()
        await self._folder.acquire()
        try:
            return await self._launch(distribution)
        except BaseException:
            self._folder.release()
            raise

    async def restart(self) -> GraphAddress:
        """Start the engine again after it ended by itself; it may serve at another port than before. The folder is
        owned all the time, so that nobody else starts one meanwhile.

        Raises EngineFailure: then nothing is left running, and this may be tried again.
        """
        distribution = self._distribution or Distribution.find()
        self._kill()
        return await self._launch(distribution)

    async def stop(self) -> None:
        """End the engine in order, or by force where that takes too long or this is cancelled. Idempotent."""
        try:
            if self._child is not None:
                await self._terminate(self._child)
        finally:
            self._kill()
            self._folder.release()

    async def wait(self) -> int:
        """Wait until the engine's process ends, and return its exit code (less than 0: the signal).

        It ends in `stop` too: a caller for whom only an unexpected end matters cancels its wait before it stops.
        """
        return await self._running().wait()

    def ended(self, exit_code: int) -> EngineFailure:
        """What to tell people after `wait` returned `exit_code` unexpectedly."""
        what = f"was killed by signal {-exit_code}" if exit_code < 0 else f"ended with code {exit_code}"
        return self._failure(
            what,
            "start the service again, nothing acknowledged is lost; if it was for want of memory, change its heap, "
            f"now {self._heap_mb} MB",
        )

    async def healthy(self, timeout_seconds: float = control.TIMEOUT_SECONDS) -> bool:
        """Whether the engine runs and says in time that it serves."""
        child = self._child
        return (
            child is not None and child.exit_code is None and await control.is_ready(self._http_port, timeout_seconds)
        )

    async def kill(self) -> None:
        """End an engine that does not answer, as if it had ended by itself: `wait` returns."""
        await asyncio.to_thread(self._running().kill)

    async def __aenter__(self) -> GraphAddress:
        return await self.start()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _running(self) -> ChildProcess:
        assert self._child is not None, "the engine is not started"
        return self._child

    async def _launch(self, distribution: Distribution) -> GraphAddress:
        """An engine that serves, and is told of in the address file. Where it fails, nothing is left running."""
        began = time.monotonic()
        try:
            root_password, password = self._prepare()
            self._child = self._spawn(distribution)
            try:
                async with asyncio.timeout(self._start_timeout_seconds):
                    address = await self._serving(root_password, password)
            except TimeoutError as error:
                raise self._failure(
                    f"did not serve within {self._start_timeout_seconds:g} s",
                    "start it again when the machine is less busy",
                ) from error
            await self._publish(address)
        except BaseException:
            self._kill()
            raise
        log.info("embedded engine serves: pid %d, %d ms", self.pid, (time.monotonic() - began) * 1000)
        return address

    def _prepare(self) -> tuple[str, str]:
        """Write what the engine reads at its start; returns root's password and the service's."""
        try:
            # What an owner before this one left behind is not true any more.
            self._address_file.withdraw()
            for name in ("config", "log", "tmp"):
                (self._root / name).mkdir(mode=0o700, exist_ok=True)
            for left_by_a_kill in (self._root / "tmp").iterdir():
                left_by_a_kill.unlink()
            self._log.rotate()
            write_private(self._root / "logging.properties", LOGGING)
            write_private(self._root / "config" / "server-groups.json", GROUPS)
            # The engine's own list of users is made anew from the password files, so that they always agree.
            (self._root / "config" / "server-users.jsonl").unlink(missing_ok=True)
            passwords = keep_secret(self._root / "root.pw"), keep_secret(self._root / "service.pw")
            self._check_schema()
        except OSError as error:
            raise self._folder.unwritable(error) from error
        return passwords

    def _check_schema(self) -> None:
        """Refuse a damaged schema file, which the engine would replace by an older or an empty one."""
        schema = self._root / "databases" / DATABASE / "schema.json"
        try:
            json.loads(schema.read_bytes())
        except FileNotFoundError:
            return
        except ValueError as error:
            raise EngineFailure(
                f"the graph's schema file {schema} is damaged: restore the data folder from a backup, "
                f"or copy schema.prev.json beside it over it where nothing was migrated since"
            ) from error

    def _spawn(self, distribution: Distribution) -> ChildProcess:
        try:
            return ChildProcess(
                distribution.command(self._root, self._heap_mb, brief=self._brief),
                folder=self._root,
                # Nothing of this process's own: it may hold secrets, and options for another Java.
                environment={"LC_ALL": "C.UTF-8"},
                output=self._log.path,
                keeps_fd=self._folder.lock_fd,
            )
        except OSError as error:
            raise EngineFailure(
                f"the embedded engine cannot be run ({error.strerror}): set VITRINE_GRAPH_URL to a Neo4j server"
            ) from error

    async def _serving(self, root_password: str, password: str) -> GraphAddress:
        self._http_port, bolt_port = await self._ports()
        try:
            await control.create_user(
                self._http_port, root_password, SERVICE_USER, password, database=DATABASE, group=SERVICE_GROUP
            )
        except EngineFailure:
            # Where it has died meanwhile, that is the reason to give.
            await self._check_start()
            raise
        address = GraphAddress(
            url=f"bolt://127.0.0.1:{bolt_port}",
            user=SERVICE_USER,
            password=password,
            database=DATABASE,
            write_lock=self._folder.write_lock,
        )
        while True:
            try:
                await control.log_in(address)
            except (DriverError, Neo4jError):
                await self._check_start()
                await asyncio.sleep(POLL_SECONDS)
            else:
                return address

    async def _ports(self) -> tuple[int, int]:
        """Wait until the engine serves; its ports for HTTP and for Bolt."""
        while True:
            await self._check_start()
            ports = control.listening_ports(self.pid)
            for port in ports if len(ports) == 2 else ():
                if await control.is_ready(port):
                    await self._check_start()
                    return port, sum(ports) - port
            await asyncio.sleep(POLL_SECONDS)

    async def _check_start(self) -> None:
        """Raise EngineFailure where the start has failed."""
        if self._log.schema_lost():
            raise self._failure("cannot read its schema", "restore the data folder from a backup")
        child = self._running()
        if child.exit_code is None:
            if not self._log.start_failed():
                return
            # It may be about to end, or it may stay without serving: both are told alike, with the whole log.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await child.wait()
        if child.exit_code is not None and child.exit_code < 0:
            raise self.ended(child.exit_code)
        cause = self._log.cause()
        if "heap" in cause or "OutOfMemory" in cause:
            way_out = f"give it a heap that suits it and this machine, now {self._heap_mb} MB"
        else:
            way_out = "mend what its log says or restore the data folder, or set VITRINE_GRAPH_URL to a Neo4j server"
        raise self._failure(f"failed to start ({cause})", way_out)

    def _failure(self, what: str, way_out: str) -> EngineFailure:
        return EngineFailure(f"the embedded engine {what}: {way_out}; its log is {self._log.path}")

    async def _publish(self, address: GraphAddress) -> None:
        try:
            self._address_file.publish(address, self.pid)
        except ProcessLookupError:
            raise self.ended(await self.wait()) from None
        except OSError as error:
            raise self._folder.unwritable(error) from error

    async def _terminate(self, child: ChildProcess) -> None:
        self._address_file.withdraw()
        child.terminate()
        try:
            async with asyncio.timeout(self._stop_seconds):
                await child.wait()
        except TimeoutError:
            seconds = self._stop_seconds
            log.warning("embedded engine did not stop within %g s and was killed: pid %d", seconds, child.pid)

    def _kill(self) -> None:
        child, self._child = self._child, None
        if child is not None:
            child.kill()


def attach(folder: Path) -> GraphAddress | None:
    """The address of the engine that another process of this user runs in `folder`; None where none serves there.

    What a killed process left behind is not an address: the folder must be owned, and the engine that the file
    names must be the one alive.
    """
    return AddressFile(DataFolder(folder)).read()


@contextlib.asynccontextmanager
async def open_engine(
    folder: Path, *, heap_mb: int = 512, start_timeout_seconds: float = 30
) -> AsyncIterator[GraphAddress]:
    """The engine of `folder` for a command-line tool: the one that runs, or else one of its own until the end.

    Waits for an engine that another process is starting, at most `start_timeout_seconds`. Raises as
    `EmbeddedEngine.start` does.
    """
    engine = EmbeddedEngine(folder, heap_mb=heap_mb, start_timeout_seconds=start_timeout_seconds, brief=True)
    deadline = time.monotonic() + start_timeout_seconds
    while True:
        if (running := attach(folder)) is not None:
            yield running
            return
        try:
            address = await engine.start()
        except DataFolderInUse:
            if time.monotonic() > deadline:
                raise
            await asyncio.sleep(POLL_SECONDS)
        else:
            break
    try:
        yield address
    finally:
        await engine.stop()
