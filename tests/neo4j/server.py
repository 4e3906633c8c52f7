"""A real Neo4j Community server for the tests: temporary, on loopback, with authentication.

    python -m tests.neo4j.server -- COMMAND …    run COMMAND with the server's VITRINE_GRAPH_… variables, then stop both
    python -m tests.neo4j.server --serve         print the variables as `export` lines and serve until Ctrl-C

The first ends with COMMAND's exit code. SIGINT and SIGTERM stop the server and the command. Its data goes with it.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from neo4j import Auth, Driver, GraphDatabase, NotificationMinimumSeverity
from neo4j.exceptions import DriverError, Neo4jError

from graph.engines.address import GraphAddress
from graph.engines.child import GUARD
from graph.engines.control import listening_ports
from graph.errors import EngineFailure
from tests.neo4j.distribution import Distribution

USER = "neo4j"
INITIAL_PASSWORD = "neo4j"
# Not Neo4j's own default, so that a statement sent without the database's name fails.
DATABASE = "vitrine-tests"

HEAP_MB = 512
START_SECONDS = 120.0
STOP_SECONDS = 2.0
COMMAND_STOP_SECONDS = 30.0
POLL_SECONDS = 0.1
LOG_TAIL_LINES = 20

# A transaction too big for the heap gets an error: without a limit it takes the server down. Plans are kept:
# each test wipes the graph, and planning anew whenever its size had changed was a quarter of the time.
CONFIGURATION = f"""\
server.config.strict_validation.enabled=true
server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:{{port}}
server.bolt.tls_level=DISABLED
server.http.enabled=false
server.https.enabled=false
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
client.allow_telemetry=false
initial.dbms.default_database={DATABASE}
server.memory.pagecache.size=64m
dbms.memory.transaction.total.max=192m
db.tx_log.preallocate=false
dbms.cypher.min_replan_interval=1h
"""


class Stopped(BaseException):
    """A signal asked this process to stop; not an error, so that nothing on the way swallows it."""

    def __init__(self, signal_number: int) -> None:
        super().__init__(signal_number)
        self.signal_number = signal_number


@dataclass(slots=True)
class Neo4jServer:
    """A server that answers at `address` until its context ends, or it is killed."""

    address: GraphAddress
    process: subprocess.Popen[bytes]
    home: Path

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    def environment(self) -> dict[str, str]:
        """The settings that point Vitrine at this server."""
        return {
            "VITRINE_GRAPH_URL": self.address.url,
            "VITRINE_GRAPH_USER": self.address.user,
            "VITRINE_GRAPH_PASSWORD": self.address.password,
            "VITRINE_GRAPH_DATABASE": self.address.database,
        }

    def check(self) -> None:
        """Raise EngineFailure where the server has ended."""
        exit_code = self.process.poll()
        if exit_code is not None:
            raise _failure(f"ended with code {exit_code}", self.log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def restart(self, start_seconds: float = START_SECONDS) -> None:
        """Start it again on what it has on its disk, at the same address. Only after `kill`, where a port was chosen.

        Raises EngineFailure.
        """
        self.process = _spawn(self.home)
        self.address = _serving(self.process, self.log, start_seconds, self.address.password)


@contextmanager
def neo4j_server(start_seconds: float = START_SECONDS, port: int = 0) -> Iterator[Neo4jServer]:
    """Start a server with an empty database, and stop it and remove its data at the end. `port`: 0 for any free one.

    To be entered in the main thread: the kernel kills the server when the thread that started it ends. Raises
    EngineFailure with the end of the server's log where it ends or does not answer within `start_seconds`.
    """
    with tempfile.TemporaryDirectory(prefix="vitrine-neo4j-", ignore_cleanup_errors=True) as folder:
        home = Path(folder)
        (home / "tmp").mkdir()
        (home / "conf").mkdir()
        (home / "conf" / "neo4j.conf").write_text(CONFIGURATION.format(port=port))
        process = _spawn(home)
        try:
            address = _serving(process, home / "server.log", start_seconds, INITIAL_PASSWORD)
            server = Neo4jServer(address, process, home)
        except BaseException:
            _end(process, STOP_SECONDS)
            raise
        try:
            yield server
        finally:
            # Its data is thrown away, so it gets no more time than an orderly end of its connections takes.
            _end(server.process, STOP_SECONDS)


def run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command with `environment` beside this process's own, and return its exit code (128 + n for signal n).

    It is told to stop when this process is, and has 30 s for it.
    """
    program = shutil.which(command[0])
    if program is None:
        raise EngineFailure(f"{command[0]}: no such program on the PATH")
    process = subprocess.Popen(_guarded([program, *command[1:]]), env={**os.environ, **environment})
    try:
        exit_code = process.wait()
    except Stopped as stopped:
        # A terminal has told the command already, and to some a second Ctrl-C means something else.
        if stopped.signal_number != signal.SIGINT or not _in_foreground():
            process.send_signal(stopped.signal_number)
        exit_code = _end(process, COMMAND_STOP_SECONDS, tell=False)
    finally:
        _end(process, COMMAND_STOP_SECONDS)
    return exit_code if exit_code >= 0 else 128 - exit_code


def main(arguments: Sequence[str]) -> int:
    serve = list(arguments) == ["--serve"]
    if not serve and (len(arguments) < 2 or arguments[0] != "--"):
        print(__doc__, file=sys.stderr)  # noqa: T201
        return 2
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        with neo4j_server() as server:
            if serve:
                _serve(server)
            exit_code = run(arguments[1:], server.environment())
            server.check()
            return exit_code
    except EngineFailure as failure:
        print(f"neo4j: {failure}", file=sys.stderr)  # noqa: T201
        return 1
    except Stopped as stopped:
        return 0 if serve else 128 + stopped.signal_number


def _serve(server: Neo4jServer) -> None:
    """Print where the server is, and wait. Ends by Stopped or EngineFailure only."""
    for name, value in server.environment().items():
        print(f"export {name}={shlex.quote(value)}", flush=True)  # noqa: T201
    server.process.wait()
    server.check()


def _spawn(home: Path) -> subprocess.Popen[bytes]:
    """The server's process in its folder, with an empty log."""
    with (home / "server.log").open("wb") as output:
        return subprocess.Popen(
            _guarded(Distribution.find().command(home, HEAP_MB)),
            cwd=home,
            # Nothing of this process's own: it may hold options for another Java.
            env={"LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C in a terminal must not reach the server before the command that uses it.
            start_new_session=True,
        )


def _serving(process: subprocess.Popen[bytes], log: Path, seconds: float, password: str) -> GraphAddress:
    """Wait until the server's database answers, with a password of its own instead of the one that everyone knows."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        exit_code = process.poll()
        if exit_code is not None:
            raise _failure(f"ended with code {exit_code} before it served", log)
        for port in listening_ports(process.pid):
            address = GraphAddress(url=f"neo4j://127.0.0.1:{port}", user=USER, password=password, database=DATABASE)
            try:
                if password == INITIAL_PASSWORD:
                    chosen = secrets.token_urlsafe(24)
                    _replace_password(address, chosen)
                    password = chosen
                else:
                    with _connect(address) as driver:
                        driver.execute_query("RETURN 1", database_=DATABASE)
                    return address
            except (DriverError, Neo4jError):
                # It listens before its databases are open.
                continue
        time.sleep(POLL_SECONDS)
    raise _failure(f"did not serve within {seconds:g} s", log)


def _replace_password(address: GraphAddress, password: str) -> None:
    with _connect(address) as driver:
        driver.execute_query(
            "ALTER CURRENT USER SET PASSWORD FROM $old TO $new",
            old=address.password,
            new=password,
            database_="system",
        )


def _connect(address: GraphAddress) -> Driver:
    return GraphDatabase.driver(
        address.url,
        auth=Auth("basic", address.user, address.password),
        connection_timeout=5,
        connection_acquisition_timeout=5,
        max_transaction_retry_time=0,
        notifications_min_severity=NotificationMinimumSeverity.OFF,
        telemetry_disabled=True,
    )


def _guarded(command: Sequence[str]) -> list[str]:
    """The command, to be killed by the kernel when this process ends."""
    return [sys.executable, "-I", "-S", str(GUARD), str(os.getpid()), *command]


def _end(process: subprocess.Popen[bytes], seconds: float, *, tell: bool = True) -> int:
    """Wait for the end of a process that is told to end, and kill it after `seconds`. Returns its exit code."""
    if tell and process.poll() is None:
        process.terminate()
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _in_foreground() -> bool:
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (OSError, ValueError):
        return False


def _stop(number: int, frame: FrameType | None) -> None:
    # What follows is the orderly end, which a second signal must not interrupt.
    for each in (signal.SIGINT, signal.SIGTERM):
        signal.signal(each, signal.SIG_IGN)
    raise Stopped(number)


def _failure(what: str, log: Path) -> EngineFailure:
    tail = log.read_text(errors="replace").splitlines()[-LOG_TAIL_LINES:]
    return EngineFailure("\n    ".join([f"the Neo4j server {what}; its log ends so:", *(tail or ["(empty)"])]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
