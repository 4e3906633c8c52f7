"""Commands of the program, each a process of its own, forked from one that has loaded the libraries: that takes most of
the time of a command, and there are hundreds of them.

As a program it is that one. What it is told on a socket to run it runs, until the socket is closed.
"""

from __future__ import annotations

import atexit
import functools
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, Any

from server.cli.program import MODULES, main

ROOT = Path(__file__).resolve().parents[2]


class Forks:
    """Threads may share it."""

    def __init__(self) -> None:
        self._orders, theirs = socket.socketpair(type=socket.SOCK_SEQPACKET)
        self._sending = threading.Lock()
        with theirs:
            self._parent = subprocess.Popen(
                [sys.executable, "-m", "tests.server.forks", str(theirs.fileno())],
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def run(
        self,
        arguments: Sequence[str],
        *,
        folder: Path,
        environment: Mapping[str, str],
        streams: Sequence[IO[Any]],
        seconds: float,
    ) -> int:
        """The exit code of a command with these files for input, output and errors, as `subprocess` has it."""
        order = json.dumps({"arguments": arguments, "folder": str(folder), "environment": dict(environment)})
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._sending:
                files = [each.fileno() for each in streams]
                socket.send_fds(self._orders, [order.encode()], [*files, theirs.fileno()])
            ours.settimeout(seconds)
            return int(ours.recv(16))

    def close(self) -> None:
        self._orders.close()
        self._parent.wait()


@functools.cache
def forks() -> Forks:
    """Those of this process, until it ends."""
    found = Forks()
    atexit.register(found.close)
    return found


def serve(orders: socket.socket) -> None:
    """Returns in each process that is to run what `sys.argv` says then."""
    for module in set(MODULES.values()):
        importlib.import_module(f"server.cli.{module}")
    # Nobody waits for those that tell of the ends.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        order, files, _, _ = socket.recv_fds(orders, 1 << 20, 4)
        if not order:
            os._exit(0)
        if os.fork() == 0:
            break
        for each in files:
            os.close(each)
    orders.close()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    *streams, told = files
    if (pid := os.fork()) != 0:
        _, status = os.waitpid(pid, 0)
        os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    for number, each in enumerate(streams):
        os.dup2(each, number)
    for each in files:
        os.close(each)
    job = json.loads(order)
    os.environ.clear()
    os.environ.update(job["environment"])
    os.chdir(job["folder"])
    sys.argv[1:] = job["arguments"]


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
    main()
