"""The program `vitrine` as processes: commands that end, and the service, which is told to."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import queue
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO, Self, TypeVar

from graph.engines.address import GraphAddress
from tests.patience import PATIENCE_SECONDS, PATIENT
from tests.server.forks import forks

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = [sys.executable, "-m", "server.cli"]
POLL_SECONDS = 0.02

Settings = Mapping[str, str]
T = TypeVar("T")


def environment(settings: Settings) -> dict[str, str]:
    """This process's environment, with these settings, patience and nothing else of the program's."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("VITRINE_")}
    return {**kept, **PATIENT, **settings}


def settings_of(address: GraphAddress) -> dict[str, str]:
    """The settings that name a graph."""
    ca_file = {} if address.ca_file is None else {"VITRINE_GRAPH_CA_FILE": str(address.ca_file)}
    return {
        "VITRINE_GRAPH_URL": address.url,
        "VITRINE_GRAPH_USER": address.user,
        "VITRINE_GRAPH_PASSWORD": address.password,
        "VITRINE_GRAPH_DATABASE": address.database,
        **ca_file,
    }


def vitrine(*arguments: str | Path, settings: Settings, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    return ran(arguments, folder=ROOT, environment=environment(settings), stdin=stdin)


def ran(
    arguments: Sequence[str | Path], *, folder: Path, environment: Mapping[str, str], stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """As `vitrine`, in any folder and environment."""
    command = [str(each) for each in arguments]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8") as given,
        tempfile.TemporaryFile("w+", encoding="utf-8") as output,
        tempfile.TemporaryFile("w+", encoding="utf-8") as errors,
    ):
        given.write(stdin)
        given.seek(0)
        streams = (given, output, errors)
        code = forks().run(command, folder=folder, environment=environment, streams=streams, seconds=PATIENCE_SECONDS)
        for each in (output, errors):
            each.seek(0)
        return subprocess.CompletedProcess(command, code, output.read(), errors.read())


def on_a_terminal(*arguments: str, settings: dict[str, str], output: IO[str] | None = None) -> str:
    """What a command shows on a terminal, escape sequences and all; its results go to `output`, if that is given."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        cwd=ROOT,
        env=environment({**settings, "TERM": "xterm", "COLUMNS": "120"}),
        stdin=theirs,
        stdout=theirs if output is None else output,
        stderr=theirs,
    )
    os.close(theirs)
    seen = b""
    # The kernel says that the other end has closed by an error.
    with contextlib.suppress(OSError), open(ours, "rb", buffering=0) as terminal:
        while part := terminal.read(4096):
            seen += part
    assert process.wait() == 0
    return seen.decode()


def said_to_people(stderr: str) -> list[str]:
    """The lines of standard error that are no log entries."""
    return [line for line in stderr.splitlines() if not line.startswith("{")]


class Service:
    """`vitrine run` on a folder and a free port. Leaves no process behind."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.settings = {"VITRINE_DATA_DIR": str(folder), "VITRINE_PORT": "0", **settings}
        self.process = subprocess.Popen(
            [*PROGRAM, "run"],
            cwd=ROOT,
            env=environment(self.settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.said: list[str] = []
        self.stderr = ""
        self._lines: queue.Queue[str | None] = queue.Queue()
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        self._readers = [
            threading.Thread(target=self._read_lines, args=(self.process.stdout,), daemon=True),
            threading.Thread(target=self._read_errors, args=(self.process.stderr,), daemon=True),
        ]
        for reader in self._readers:
            reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.wait()

    def until_said(self, start: str) -> str:
        """The rest of the first line that starts so, once it is printed."""
        while True:
            line = self._lines.get(timeout=PATIENCE_SECONDS)
            assert line is not None, f"ended with {self.wait()} without saying {start!r}: {self.said} {self.stderr}"
            if line.startswith(start):
                return line.removeprefix(start)

    def until_ready(self) -> Self:
        """Waits for the line to paste, which comes last."""
        self.curl = "curl " + self.until_said("curl ")
        (self.url,) = (line.removeprefix("Vitrine serves ") for line in self.said if line.startswith("Vitrine serves "))
        return self

    def engine_pid(self) -> int:
        pid: int = json.loads((self.folder / "engine" / "address.json").read_text())["engine"][0]
        return pid

    def until_engine_starts(self) -> int:
        """The id of the engine's process, which may not serve yet."""

        def started() -> list[int]:
            assert self.process.poll() is None, f"ended before its engine started: {self.wait()} {self.stderr}"
            return children(self.process.pid)

        return until(started)[0]

    def send(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def wait(self) -> int:
        """Waits for the end, and returns the exit code."""
        code = self.process.wait(PATIENCE_SECONDS)
        for reader in self._readers:
            reader.join(PATIENCE_SECONDS)
        return code

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.send(number)
        return self.wait()

    def _read_lines(self, stream: IO[str]) -> None:
        for line in stream:
            self.said.append(line.rstrip("\n"))
            self._lines.put(line.rstrip("\n"))
        self._lines.put(None)
        stream.close()

    def _read_errors(self, stream: IO[str]) -> None:
        self.stderr = stream.read()
        stream.close()


def until(condition: Callable[[], T]) -> T:
    """The first true value of a function."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not (value := condition()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(POLL_SECONDS)
    return value


def children(pid: int) -> list[int]:
    """The processes that a process started and that have not ended."""
    found: list[int] = []
    # A thread, or the whole process, may end while it is looked at.
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            found += [int(child) for child in (task / "children").read_text().split()]
    return found


def is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
