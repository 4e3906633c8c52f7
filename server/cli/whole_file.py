"""Files that the command line writes: under its name a file is there once it is whole."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from graph.errors import Conflict, InvalidInput

#: What a file system says that has no links.
NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})


@contextlib.contextmanager
def whole_file(file: str, *, force: bool) -> Iterator[BinaryIO]:
    """Where to write; `-` is standard output. Under its name a file is there once it is whole, and for its owner alone.

    `force`: it may take the place of another. Raises Conflict where it may not; InvalidInput where it cannot be
    written: then nothing is left of it.
    """
    if file == "-":
        with io.BufferedWriter(_Output(sys.stdout.fileno(), file, closefd=False)) as stream:
            yield stream
        return
    path = Path(file)
    _require_place(path, force=force)
    with _mended(file):
        descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", suffix=".part", dir=path.parent)
    part = Path(name)
    try:
        with io.BufferedWriter(_Output(descriptor, file)) as stream:
            yield stream
            stream.flush()
            with _mended(file):
                os.fsync(descriptor)
        with _mended(file):
            _name(part, path, force=force)
            _sync(path.parent)
    finally:
        part.unlink(missing_ok=True)


class _Output(io.FileIO):
    """Says in words why it cannot be written. Other faults while it is open are not its own."""

    def __init__(self, descriptor: int, file: str, *, closefd: bool = True) -> None:
        super().__init__(descriptor, "wb", closefd=closefd)
        self._file = file

    def write(self, data: Any, /) -> Any:
        with _mended(self._file):
            return super().write(data)


def _name(part: Path, path: Path, *, force: bool) -> None:
    try:
        if not force:
            # Unlike a rename, neither takes the place of what came there meanwhile.
            try:
                os.link(part, path)
                return
            except OSError as error:
                if error.errno not in NO_LINKS:
                    raise
                path.touch(0o600, exist_ok=False)
        part.replace(path)
    except FileExistsError as error:
        raise _exists(path) from error


def _require_place(path: Path, *, force: bool) -> None:
    if path.exists() and not stat.S_ISREG(path.stat().st_mode):
        raise InvalidInput(f"{path} is no regular file: name another, or - for standard output")
    if path.exists() and not force:
        raise _exists(path)


def _exists(path: Path) -> Conflict:
    return Conflict(f"{path} is there already: name another file, or --force to replace it")


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        # There are file systems that do that for files alone.
        if error.errno != errno.EINVAL:
            raise
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _mended(file: str) -> Iterator[None]:
    """A disk that is full, a folder that is not there or a pipe that was closed, in words."""
    try:
        yield
    except OSError as error:
        raise InvalidInput(f"{file} cannot be written ({error.strerror}): nothing was kept of it") from error
