"""The service as people run it: a process of its own, asked over HTTP, and its command line."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from graph.engines.address import GraphAddress
from server.development import open_development_issuer
from server.settings import ROOT
from tests.patience import PATIENCE_SECONDS, PATIENT
from tests.server.command_line import ran


@dataclass(frozen=True, slots=True)
class Vitrine:
    """A service in development mode over one graph. `folder`: its data folder."""

    address: GraphAddress
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return _clean_environment(self.folder) | {
            "VITRINE_GRAPH_URL": self.address.url,
            "VITRINE_GRAPH_USER": self.address.user,
            "VITRINE_GRAPH_PASSWORD": self.address.password,
            "VITRINE_GRAPH_DATABASE": self.address.database,
        }

    def run(self, *arguments: str, input: str | None = None, code: int = 0) -> str:
        """What a command prints, both what it says and what it complains of."""
        done = ran(arguments, folder=self.folder, environment=self.environment, stdin=input or "")
        told = done.stdout + done.stderr
        assert done.returncode == code, told
        return told

    def load_examples(self) -> None:
        """The example subjects: a graph that was named gets none by itself. A policy must be in force."""
        self.run("holdings", "import", str(ROOT / "seed/examples.ndjson"))

    @contextmanager
    def served(self, **settings: str) -> Iterator[Caller]:
        """The service while it runs; stopped in order at the end."""
        with (
            running(self.folder, self.environment | settings) as url,
            httpx2.Client(base_url=url, trust_env=False, timeout=PATIENCE_SECONDS) as client,
        ):
            yield Caller(client, self.folder)


@contextmanager
def running(folder: Path, environment: Mapping[str, str] | None = None) -> Iterator[str]:
    """The address of a service while it runs; stopped in order at the end. Without an environment it has an engine of
    its own, and what a checkout begins with."""
    process = subprocess.Popen(
        [sys.executable, "-m", "server.cli", "run"],
        cwd=folder,
        env=environment or _clean_environment(folder),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        url = next((line.split()[-1] for line in process.stdout if line.startswith("Vitrine serves ")), None)
        assert url is not None, "the service did not start: it says why above"
        yield url
    finally:
        process.terminate()
        process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0


def _clean_environment(folder: Path) -> dict[str, str]:
    """What a service needs whose settings are those of nobody."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("VITRINE_")}
    return own | {
        "PYTHONPATH": str(ROOT),
        "VITRINE_DATA_DIR": str(folder),
        "VITRINE_PORT": "0",
        "VITRINE_LOG_LEVEL": "warning",
        **PATIENT,
    }


@dataclass(frozen=True, slots=True)
class Caller:
    """Asks a running service, as whoever a step of a story says."""

    client: httpx2.Client
    folder: Path

    def ask(self, document: str, variables: Mapping[str, object] | None = None, **holder: str) -> Any:
        """The data of an operation that goes well. `holder`: such as `subject="example-buyer"`, none for nobody."""
        response = self.client.post(
            "/graphql", json={"query": document, "variables": variables or {}}, headers=self.credential(**holder)
        )
        answer = response.json()
        assert (response.status_code, answer.get("errors")) == (200, None), answer
        return answer["data"]

    def report(self, service: str, lines: Sequence[Mapping[str, object]]) -> list[dict[str, Any]]:
        """Sends a service's reports; what it is told of them, the summary last."""
        response = self.client.post(
            "/ingest/holdings",
            content="".join(f"{json.dumps(line)}\n" for line in lines),
            headers={**self.credential(service=service), "Content-Type": "application/x-ndjson"},
        )
        assert response.status_code == 200, response.text
        return [json.loads(line) for line in response.text.splitlines()]

    def credential(
        self,
        *,
        subject: str | None = None,
        staff: str | None = None,
        service: str | None = None,
        job: str | None = None,
    ) -> dict[str, str]:
        """The headers of one holder, of whom at most one is named; none for nobody."""
        if subject is staff is service is job is None:
            return {}
        token = open_development_issuer(self.folder).mint(subject=subject, staff=staff, service=service, job=job)
        return {"Authorization": f"Bearer {token}"}
