"""The data folder: one process at a time owns it, and only its owner's user can read what lies in it."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import secrets
from pathlib import Path
from types import TracebackType
from typing import Self

from graph.errors import DataFolderInUse, EngineFailure

PATIENCE_SECONDS = 5.0
POLL_SECONDS = 0.05


class DataFolder:
    """The folder named by `VITRINE_DATA_DIR`, and the lock by which one process at a time owns it.

    The lock is on the open file `lock`, and the engine's process inherits that file: the folder is free only when
    both its owner and its engine have gone, and the kernel frees it however they end. A file `lock` that nobody
    holds means nothing.

        lock        who owns the folder; holds the process id of the owner
        write.lock  locked by each writer of the graph for the time of one transaction
        engine/     everything of the embedded engine
    """

    def __init__(self, path: Path) -> None:
        self.path = path.absolute()
        self.engine = self.path / "engine"
        self.write_lock = self.path / "write.lock"
        self._lock = self.path / "lock"
        self._lock_fd: int | None = None

    @property
    def lock_fd(self) -> int:
        """The open, locked file, for the engine's process to inherit. Only while the folder is owned."""
        assert self._lock_fd is not None, "the data folder is not owned"
        return self._lock_fd

    async def acquire(self, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Create the folder (mode 0700) where it is missing, and own it until `release`.

        `patience_seconds`: how long to wait for the engine of an owner that was killed; a living owner is not waited
        for. Raises DataFolderInUse where another process owns the folder, EngineFailure where it cannot be written.
        """
        assert self._lock_fd is None, "the data folder is owned already"
        deadline = asyncio.get_running_loop().time() + patience_seconds
        fd = self._prepare()
        try:
            while not _locked(fd, fcntl.LOCK_EX):
                owner = _recorded_owner(fd)
                if (owner is not None and _alive(owner)) or asyncio.get_running_loop().time() > deadline:
                    raise DataFolderInUse(
                        f"the data folder {self.path} is in use by another process{f' ({owner})' if owner else ''}: "
                        "stop that one, or set VITRINE_DATA_DIR to another folder"
                    )
                await asyncio.sleep(POLL_SECONDS)
            self._record_owner(fd, f"{os.getpid()}\n")
        except BaseException:
            os.close(fd)
            raise
        self._lock_fd = fd

    def release(self) -> None:
        """Give the folder up. Nothing happens where it is not owned."""
        fd, self._lock_fd = self._lock_fd, None
        if fd is not None:
            # A full disk cannot keep a folder owned: the name of the owner is only for the message.
            with contextlib.suppress(OSError):
                os.ftruncate(fd, 0)
            os.close(fd)

    def in_use(self) -> bool:
        """Whether a living process, this one included, owns the folder."""
        try:
            fd = os.open(self._lock, os.O_RDONLY | os.O_CLOEXEC)
        except OSError:
            return False
        try:
            # Shared, so that any number of askers do not see each other.
            return not _locked(fd, fcntl.LOCK_SH)
        finally:
            os.close(fd)

    def holds_graph(self) -> bool:
        """Whether there is a graph in it, or somebody is about to make one."""
        return (self.engine / "databases").is_dir() or self.in_use()

    def unwritable(self, error: OSError) -> EngineFailure:
        """`error`, met on writing into the folder, as a line for people."""
        return EngineFailure(
            f"cannot write in the data folder {self.path} ({error.strerror}): make it writable for this user, "
            "or set VITRINE_DATA_DIR to another folder"
        )

    async def __aenter__(self) -> Self:
        await self.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def _prepare(self) -> int:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.mkdir(mode=0o700, exist_ok=True)
            self.engine.mkdir(mode=0o700, exist_ok=True)
            os.close(os.open(self.write_lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
            return os.open(self._lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise self.unwritable(error) from error

    def _record_owner(self, fd: int, text: str) -> None:
        try:
            os.ftruncate(fd, 0)
            os.pwrite(fd, text.encode(), 0)
        except OSError as error:
            raise self.unwritable(error) from error


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner can read (mode 0600): wholly and durably, or not at all. Raises OSError."""
    new = path.with_name(f"{path.name}.new")
    new.unlink(missing_ok=True)
    fd = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with open(fd, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(fd)
    new.replace(path)
    folder = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def keep_secret(path: Path) -> str:
    """The password in the file `path` (mode 0600), made at random where there is none. Raises OSError."""
    with contextlib.suppress(FileNotFoundError):
        path.chmod(0o600)
        if known := path.read_text(encoding="utf-8").strip():
            return known
    made = secrets.token_urlsafe(32)
    write_private(path, made)
    return made


def _locked(fd: int, kind: int) -> bool:
    try:
        fcntl.flock(fd, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _recorded_owner(fd: int) -> int | None:
    recorded = os.pread(fd, 32, 0).strip()
    return int(recorded) if recorded.isdigit() else None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
