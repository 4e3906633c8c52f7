"""Processes that are measured: started, waited for, watched and stopped."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
TICKS_A_SECOND = os.sysconf("SC_CLK_TCK")
START_SECONDS = 180.0
STOP_SECONDS = 60.0


def cpu_seconds(pid: int) -> float:
    """What a process has used so far, in user and kernel mode, its waited-for children not counted."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_A_SECOND


def resident_mb(pid: int) -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def children(pid: int) -> list[int]:
    """The processes that a process started and that still live, in no order."""
    return [
        int(each) for task in Path(f"/proc/{pid}/task").iterdir() for each in (task / "children").read_text().split()
    ]


def disk_mb(folder: Path) -> float:
    """What the files below a folder take, in blocks, not in length: some are laid out with holes."""
    return sum(each.lstat().st_blocks for each in folder.rglob("*") if each.is_file()) * 512 / 1e6


@dataclass(slots=True)
class Memory:
    """The resident memory of a process over time, in MB, sampled every second until it ends."""

    samples: list[float] = field(default_factory=list)

    def summary(self) -> dict[str, float]:
        """The first, the largest and the last, and the means of the second and of the last quarter: equal where memory
        stays flat."""
        quarter = max(1, len(self.samples) // 4)
        second, last = self.samples[quarter : 2 * quarter] or self.samples, self.samples[-quarter:]
        mean = [round(sum(each) / len(each), 1) if each else 0.0 for each in (second, last)]
        ends = (self.samples[0], max(self.samples), self.samples[-1]) if self.samples else (0.0, 0.0, 0.0)
        first, largest, end = (round(each, 1) for each in ends)
        return {
            "first": first,
            "largest": largest,
            "last": end,
            "second_quarter": mean[0],
            "last_quarter": mean[1],
        }


@contextmanager
def sampled(pid: int) -> Iterator[Memory]:
    memory, ended = Memory(), threading.Event()

    def sample() -> None:
        while not ended.wait(1.0):
            try:
                resident = resident_mb(pid)
            except (OSError, IndexError):
                return
            if not resident:  # it has ended, and nobody has asked how
                return
            memory.samples.append(resident)

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield memory
    finally:
        ended.set()
        thread.join()


def vitrine(*arguments: str) -> list[str]:
    """The command line as `./vitrine` runs it, by this Python."""
    return [sys.executable, "-P", "-m", "server.cli", *arguments]


def environment(settings: Mapping[str, str]) -> dict[str, str]:
    """This process's variables without any setting of Vitrine's own, and these settings."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
    return {**inherited, "PYTHONPATH": str(ROOT), **settings}


@dataclass(frozen=True, slots=True)
class Service:
    """A running service. `engine`: the process of its embedded engine; None where another runs the graph."""

    port: int
    process: int
    engine: int | None

    def cpu(self) -> tuple[float, float]:
        """What the service and its engine have used so far, in seconds."""
        return cpu_seconds(self.process), cpu_seconds(self.engine) if self.engine else 0.0


@contextmanager
def started(command: Sequence[str], settings: Mapping[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process whose output goes to a file. Ends with the block: asked first, killed if it does not heed."""
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=dict(settings), cwd=ROOT, stdout=output, stderr=output)  # noqa: S603
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def service(settings: Mapping[str, str], log: Path) -> Iterator[Service]:
    """`vitrine run` with these settings, once it is ready. `VITRINE_PORT` is among them."""
    port = int(settings["VITRINE_PORT"])
    with started(vitrine("run"), environment(settings), log) as process:
        wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), process, log)
        # Ready is said before the last of the start: a second later it serves as it always will.
        time.sleep(1.0)
        below = children(process.pid)
        engine = next((pid for pid in below if b"java" in Path(f"/proc/{pid}/cmdline").read_bytes()), None)
        yield Service(port, process.pid, engine)


def wait_until(is_so: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    """Raises RuntimeError where the process ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while not is_so():
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"it did not start: {log.read_text(errors='replace')[-2000:]}")
        time.sleep(0.1)


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2.0) as response:  # noqa: S310 (an address on loopback)
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def worker(module: str, job: Mapping[str, Any]) -> dict[str, Any]:
    """What a module of this folder prints, run as a process of its own with a job on its standard input."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-P", "-m", module],
        input=json.dumps(job).encode(),
        stdout=subprocess.PIPE,
        env=environment({}),
        cwd=ROOT,
        check=True,
    )
    result: dict[str, Any] = json.loads(done.stdout)
    return result
