"""The embedded engine: what it is run from, and the folder that it keeps its data in."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from graph.engines.address import GraphAddress
from graph.engines.distribution import DATABASE, Distribution
from graph.engines.embedded import EmbeddedEngine, attach
from graph.engines.folder import DataFolder
from graph.errors import EngineFailure
from server.watching.diagnosis.finding import Finding, Progress, failure, ok, split_message, warning

#: Up to which size the data is copied, to see whether the engine opens it.
COPY_BYTES = 512 << 20
_LITTLE_BYTES = 256 << 20
_SOME_BYTES = 2 << 30
MEND = "mend the engine first"
_PACKAGE = "arcadedb-embedded"


def examine_distribution() -> Iterator[Finding]:
    """Whether the engine's wheel is there with all of its files."""
    name = "engine's files"
    try:
        Distribution.find()
        wheel = distribution(_PACKAGE)
    except EngineFailure as error:
        yield failure(name, *split_message(error.message))
        return
    except PackageNotFoundError:
        yield warning(name, f"{_PACKAGE} was not installed by a package manager", "install requirements.txt")
        return
    broken = [
        str(file)
        for file in wheel.files or ()
        if file.size is not None and _size(Path(str(file.locate()))) != file.size
    ]
    if broken:
        shown = ", ".join(broken[:3]) + (f" and {len(broken) - 3} more" if len(broken) > 3 else "")
        yield failure(name, f"{shown} missing or cut off", f"install {_PACKAGE} again (make clean, then make setup)")
    else:
        yield ok(name, f"{_PACKAGE} {wheel.version}, whole")


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def examine_data_folder(path: Path) -> Iterator[Finding]:
    """Permissions and free space."""
    name = "data folder"
    way_out = "make it writable for this user, or set VITRINE_DATA_DIR to another folder"
    there = path
    while not there.exists() and there != there.parent:
        there = there.parent
    if not there.is_dir() or not os.access(there, os.W_OK | os.X_OK):
        yield failure(name, f"{there} cannot be written in", way_out)
    elif there != path:
        yield ok(name, f"{path} is made at the first start")
    elif others := [each for each in (path, path / "engine") if each.exists() and each.stat().st_mode & 0o077]:
        yield failure(name, f"{others[0]} is open to other users of this machine", f"chmod 700 {others[0]}")
    elif path.stat().st_uid != os.geteuid():
        yield failure(name, f"{path} belongs to another user", "run this and the service as that user")
    else:
        yield ok(name, f"{path}, for this user alone")
    free = shutil.disk_usage(there).free
    if free < _LITTLE_BYTES:
        yield failure("disk", f"{_shown(free)} free below {there}", "make room: writes fail when the disk is full")
    elif free < _SOME_BYTES:
        yield warning("disk", f"{_shown(free)} free below {there}", "make room before the disk is full")
    else:
        yield ok("disk", f"{_shown(free)} free below {there}")


def _shown(size: int) -> str:
    return f"{size / (1 << 30):.1f} GB" if size >= 1 << 30 else f"{size / (1 << 20):.0f} MB"


@contextlib.asynccontextmanager
async def reach_engine(
    path: Path, *, heap_mb: int, start_timeout_seconds: float, progress: Progress
) -> AsyncIterator[tuple[GraphAddress | None, Finding, str]]:
    """An engine that has this folder's data, what was found on the way to it, and, where there is none to ask, why not.

    The running service's; else one that is started for the time of this on a copy, or, where that would be too large,
    on nothing. The folder itself is only read.
    """
    name = "engine"
    if (running := attach(path)) is not None:
        yield running, ok(name, "runs as a child of the service"), ""
        return
    if DataFolder(path).in_use():
        way_out = "wait until the service has started, or stop what holds the folder"
        yield None, failure(name, f"another process has {path}, and no engine serves there", way_out), MEND
        return
    with tempfile.TemporaryDirectory(prefix="vitrine-doctor-") as place:
        copy = Path(place) / "data"
        try:
            copied = await asyncio.to_thread(_copy, path / "engine" / "databases", copy, progress)
        except (OSError, shutil.Error):
            found = failure(name, f"the data in {path} cannot be read", "make it readable for this user")
            yield None, found, MEND
            return
        progress("Starting the embedded engine on a copy" if copied else "Starting the embedded engine")
        engine = EmbeddedEngine(copy, heap_mb=heap_mb, start_timeout_seconds=start_timeout_seconds, brief=True)
        try:
            address = await engine.start()
        except EngineFailure as error:
            # Its log goes with the copy.
            yield None, failure(name, *split_message(error.message.partition("; its log is ")[0])), MEND
            return
        try:
            if copied:
                yield address, ok(name, "can be started, and opens a copy of the data"), ""
            elif (path / "engine" / "databases").exists():
                why_not = "the data is too much to copy: start the service, and run this again"
                yield None, ok(name, "can be started; the data is too much to try it with"), why_not
            else:
                yield None, ok(name, "can be started"), "there is no data yet: the first start makes it"
        finally:
            await engine.stop()


def _copy(databases: Path, copy: Path, progress: Progress) -> bool:
    """Whether the data is in the copy."""
    if not databases.exists():
        return False
    size = sum(file.stat().st_size for file in databases.rglob("*") if file.is_file())
    if size > COPY_BYTES or size * 2 > shutil.disk_usage(copy.parent).free:
        return False
    progress(f"Copying {_shown(size)} of data")
    copy.mkdir(mode=0o700)
    (copy / "engine").mkdir(mode=0o700)
    shutil.copytree(databases / DATABASE, copy / "engine" / "databases" / DATABASE)
    return True
