"""A service of its own process on a graph of its own, both to be killed: the embedded engine, or a Neo4j server."""

from __future__ import annotations

import contextlib
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from graph.engines.address import GraphAddress
from graph.engines.embedded import attach
from server.development import open_development_issuer
from tests.neo4j.server import Neo4jServer
from tests.server.command_line import Service, is_alive, settings_of, until

SETTINGS = {
    "VITRINE_LOG_LEVEL": "error",
    "VITRINE_ENGINE_HEAP_MB": "256",
    "VITRINE_ENGINE_RESTART_SECONDS": "0.1",
    # A write that meets a dead engine is told so soon.
    "VITRINE_GRAPH_RETRY_SECONDS": "1",
}


class Ground:
    """A service on an embedded engine, which it starts again itself when that is killed."""

    name = "embedded"
    #: What is done, and what is killed meanwhile that it depends on.
    pairs: tuple[tuple[str, str], ...] = (
        ("http", "engine"),
        ("command", "command"),
        ("http", "service"),
        ("command", "engine"),
        # Its engine goes with it, which the command uses.
        ("command", "service"),
    )

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.settings = {**SETTINGS, "VITRINE_DATA_DIR": str(folder), **settings}
        self.service: Service = self._started()

    @property
    def url(self) -> str:
        return self.service.url

    def address(self) -> GraphAddress:
        """Where the graph is just now."""
        address = until(lambda: attach(self.folder))
        assert address is not None
        return address

    def kill_service(self) -> bool:
        """Whether it lived until then; so of an engine."""
        return self.service.stop(signal.SIGKILL) == -signal.SIGKILL

    def kill_engine(self) -> bool:
        try:
            pid = self.service.engine_pid()
            os.kill(pid, signal.SIGKILL)
        except (ProcessLookupError, FileNotFoundError):
            return False
        until(lambda: not is_alive(pid))
        return True

    def revive(self) -> None:
        """Waits until all that was killed serves again: starts what nobody else does."""
        if self.service.process.poll() is not None:
            self.service = self._started()
        until(self.is_ready)

    def is_ready(self) -> bool:
        return answer_of(f"{self.url}/readyz")[0] == 200

    def credential(self, *, service: str | None = None, staff: str | None = None) -> dict[str, str]:
        token = open_development_issuer(self.folder).mint(service=service, staff=staff)
        return {"Authorization": f"Bearer {token}"}

    def close(self) -> None:
        code = self.service.stop()
        assert code == 0, self.service.stderr

    def _started(self) -> Service:
        service = Service(self.folder, **self.settings)
        try:
            return service.until_ready()
        except BaseException:
            service.process.kill()
            service.wait()
            raise


class ServerGround(Ground):
    """A service on a Neo4j server of the test's own, which nobody else starts again."""

    name = "neo4j"
    pairs = (("http", "engine"), ("command", "command"), ("http", "service"), ("command", "engine"))

    def __init__(self, folder: Path, server: Neo4jServer, **settings: str) -> None:
        self._server = server
        super().__init__(folder, **settings_of(server.address), **settings)

    def address(self) -> GraphAddress:
        return self._server.address

    def kill_engine(self) -> bool:
        self._server.kill()
        return self._server.process.returncode == -signal.SIGKILL

    def revive(self) -> None:
        if self._server.process.poll() is not None:
            self._server.restart()
        super().revive()


def answer_of(url: str, seconds: float = 10.0) -> tuple[int, bytes]:
    """The status and body of a GET; 0 where nobody listens."""
    try:
        with urllib.request.urlopen(url, timeout=seconds) as answer:  # noqa: S310 - a service of the test
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()
    except OSError:
        return 0, b""


@contextlib.contextmanager
def closing_ground(ground: Ground) -> Iterator[Ground]:
    """Stops the service in order at the end; by force where the test failed."""
    try:
        yield ground
    except BaseException:
        ground.service.process.kill()
        ground.service.wait()
        raise
    ground.close()


def wait_until(moment: float) -> None:
    """Sleeps until a time of `time.monotonic`."""
    time.sleep(max(0.0, moment - time.monotonic()))
