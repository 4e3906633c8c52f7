"""What the embedded engine is asked from outside: where it listens, whether it serves, and to make the service's user.

The engine's process is identified by its sockets before any password goes to a port: another program that happens to
listen where the engine was expected never gets one.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import os
from contextlib import closing
from pathlib import Path

from graph.engines.address import GraphAddress
from graph.engines.neo4j import CHECK, connect
from graph.errors import EngineFailure

TIMEOUT_SECONDS = 5.0
_LISTEN = "0A"


def listening_ports(pid: int) -> list[int]:
    """The TCP ports on which the process `pid` of this user listens, ascending; none when it has ended."""
    process = Path("/proc") / str(pid)
    inodes = set()
    ports = set()
    try:
        for descriptor in (process / "fd").iterdir():
            try:
                target = os.readlink(descriptor)
            except FileNotFoundError:  # closed since it was listed
                continue
            if target.startswith("socket:["):
                inodes.add(target[len("socket:[") : -1])
        for table in ("tcp", "tcp6"):
            path = process / "net" / table
            for line in path.read_text().splitlines()[1:] if path.exists() else ():
                _, local, _, state, _, _, _, _, _, inode, *_ = line.split()
                if state == _LISTEN and inode in inodes:
                    ports.add(int(local.rpartition(":")[2], 16))
    except (FileNotFoundError, ProcessLookupError):
        return []
    return sorted(ports)


async def is_ready(port: int, timeout_seconds: float = TIMEOUT_SECONDS) -> bool:
    """Whether the engine's HTTP port is `port` and it says that its databases are open. Sends no password."""
    try:
        return await asyncio.to_thread(_status, port, "GET", "/api/v1/ready", timeout_seconds) == 204
    except (OSError, http.client.HTTPException):
        return False


async def create_user(port: int, root_password: str, user: str, password: str, database: str, group: str) -> None:
    """Make `user`, a member of `group` in `database` and of nothing else. Raises EngineFailure."""
    # Never by CREATE USER in Cypher, which makes an administrator of everything.
    body = json.dumps({"name": user, "password": password, "databases": {database: [group]}})
    try:
        status = await asyncio.to_thread(
            _status, port, "POST", "/api/v1/server/users", TIMEOUT_SECONDS, root_password, body
        )
    except (OSError, http.client.HTTPException) as error:
        raise EngineFailure(f"the embedded engine did not make the user {user} ({type(error).__name__})") from error
    if status != 201:
        raise EngineFailure(f"the embedded engine did not make the user {user} (HTTP {status})")


async def log_in(address: GraphAddress) -> None:
    """Log in over Bolt and run one statement. Raises the driver's errors."""
    async with connect(address, pool_size=1, timeout_seconds=TIMEOUT_SECONDS, retry_seconds=0) as driver:
        await driver.execute_query(CHECK, database_=address.database)


def _status(
    port: int, method: str, path: str, timeout_seconds: float, root_password: str | None = None, body: str | None = None
) -> int:
    headers = {}
    if root_password is not None:
        headers["Authorization"] = "Basic " + base64.b64encode(f"root:{root_password}".encode()).decode()
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=timeout_seconds)) as connection:
        connection.request(method, path, body, headers)
        return connection.getresponse().status
