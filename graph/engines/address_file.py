"""Where the owner of a data folder tells other processes of the same user how to reach its engine."""

from __future__ import annotations

import json
from pathlib import Path

from graph.engines.address import GraphAddress
from graph.engines.folder import DataFolder, write_private


class AddressFile:
    """`engine/address.json` (mode 0600), there while the engine serves, or left behind by a process that was killed."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._path = folder.engine / "address.json"

    def publish(self, address: GraphAddress, engine_pid: int) -> None:
        """Tell of the engine that runs as the process `engine_pid`. Raises ProcessLookupError where it has ended, and
        OSError."""
        started_at = _started_at(engine_pid)
        if started_at is None:
            raise ProcessLookupError(f"the engine's process {engine_pid} has ended")
        entry = {
            "engine": [engine_pid, started_at],
            "url": address.url,
            "user": address.user,
            "password": address.password,
            "database": address.database,
        }
        write_private(self._path, json.dumps(entry))

    def withdraw(self) -> None:
        """Tell nobody any more. Raises OSError."""
        self._path.unlink(missing_ok=True)

    def read(self) -> GraphAddress | None:
        """The address, None where the file is missing or was left behind: the folder must be owned by a living
        process, and the engine that is alive must be the one that the file is about."""
        try:
            entry = json.loads(self._path.read_bytes())
            pid, started_at = entry["engine"]
            if not isinstance(pid, int) or not isinstance(started_at, int):
                return None
            address = GraphAddress(
                url=entry["url"],
                user=entry["user"],
                password=entry["password"],
                database=entry["database"],
                write_lock=self._folder.write_lock,
            )
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return address if self._folder.in_use() and _started_at(pid) == started_at else None


def _started_at(pid: int) -> int | None:
    """When the process started, in clock ticks since the machine did: with its id, this names it for good.

    None when it has ended.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else int(fields[19])
