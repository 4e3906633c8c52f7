"""A child process that does not outlive this one."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from pathlib import Path

GUARD = Path(__file__).with_name("guard.py")


class ChildProcess:
    """A process started and waited for by a thread of its own.

    The kernel kills it when that thread ends, and the thread ends with the process or with this one: it does not matter
    from which thread or event loop the child was asked for. It is in a session of its own, so that Ctrl-C
    in a terminal does not reach it before this process has drained.
    """

    def __init__(
        self, command: Sequence[str], *, folder: Path, environment: Mapping[str, str], output: Path, keeps_fd: int
    ) -> None:
        """Start `command` in `folder`, with `output` (mode 0600, emptied) for what it prints, and holding `keeps_fd`
        open. A command that cannot be run ends at once with a code other than 0 and a line in `output`.
        Raises OSError."""
        self._started: Future[subprocess.Popen[bytes]] = Future()
        self._ended: Future[int] = Future()
        # A waiter that is cancelled must not cancel it for the others.
        self._ended.set_running_or_notify_cancel()
        guarded = [sys.executable, "-I", "-S", str(GUARD), str(os.getpid()), *command]
        threading.Thread(
            target=self._keep, args=(guarded, folder, environment, output, keeps_fd), name="engine-keeper", daemon=True
        ).start()
        self._process = self._started.result()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """None while it runs; less than 0 for the signal that ended it."""
        return self._ended.result() if self._ended.done() else None

    async def wait(self) -> int:
        """Wait for the end, and return the exit code. May be awaited by many, and cancelled."""
        return await asyncio.wrap_future(self._ended)

    def terminate(self) -> None:
        self._process.send_signal(signal.SIGTERM)

    def kill(self, patience_seconds: float = 5.0) -> None:
        """End it now. Blocks until it has gone, at most `patience_seconds`: one that waits for a dead disk stays."""
        self._process.send_signal(signal.SIGKILL)
        try:
            self._ended.result(patience_seconds)
        except TimeoutError:
            return

    def _keep(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str], output: Path, keeps_fd: int
    ) -> None:
        try:
            fd = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                process = subprocess.Popen(  # noqa: S603 - a list made by this project
                    command,
                    cwd=folder,
                    env=environment,
                    stdin=subprocess.DEVNULL,
                    stdout=fd,
                    stderr=fd,
                    pass_fds=(keeps_fd,),
                    start_new_session=True,
                    umask=0o077,
                )
            finally:
                os.close(fd)
        except BaseException as error:
            self._started.set_exception(error)
            return
        self._started.set_result(process)
        self._ended.set_result(process.wait())
