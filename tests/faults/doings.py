"""What is done while something is killed: in a thread, with notes of what was acknowledged."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx2

from tests.faults.ground import Ground
from tests.patience import PATIENCE_SECONDS
from tests.server.command_line import PROGRAM, ROOT, environment, said_to_people

SERVICE = "billmanager"
DRAFT = """
mutation ($policy: String!, $map: String!) {
  draftRevision(input: {policy: $policy, map: $map}) {
    __typename ... on DraftRevisionSuccess { revision { number } }
  }
}
"""
PUBLISH = """
mutation ($number: Int!, $expected: Int!, $at: DateTime!) {
  publishRevision(input: {number: $number, expectedNumber: $expected, effectiveAt: $at, reason: "A test."}) {
    __typename ... on PublishRevisionSuccess { revision { number } } ... on Failure { code message }
  }
}
"""


class Broken(Exception):
    """The service, its graph or the command ended before it answered, and nothing is acknowledged."""


class GraphAway(Broken):
    """A command ended with 3, and said this."""


#: Without the lines where the graph went away before the import began.
TOLD_AWAY = re.compile(
    r".*: try again later"
    r"(; (?P<written>\d+) lines are written: import the file again, those will change nothing)?"
)


class Doing(Protocol):
    """One thing after the other, until all is done or Broken."""

    def run(self) -> None: ...

    def kill(self) -> bool:
        """Kill the client, where it is a process of its own; whether it had not ended."""


class Running:
    """A doing in a thread of its own."""

    def __init__(self, doing: Doing) -> None:
        self.doing = doing
        self.is_whole = False
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Waits for its end. Raises what went wrong, if that is not what was done to it."""
        self._thread.join(PATIENCE_SECONDS)
        assert not self._thread.is_alive(), "it hangs"
        if self._failure is not None:
            raise self._failure

    def _run(self) -> None:
        try:
            self.doing.run()
            self.is_whole = True
        except Broken:
            pass
        except BaseException as error:
            self._failure = error


class Command:
    """A command of the program, and nothing more than one at a time."""

    def __init__(self, settings: dict[str, str]) -> None:
        self._settings = settings
        self._process: subprocess.Popen[str] | None = None

    def kill(self) -> bool:
        if self._process is None or self._process.poll() is not None:
            return False
        self._process.kill()
        # Its end may have come first.
        return self._process.wait() == -signal.SIGKILL

    def output(self, *arguments: str) -> str:
        """What it prints. Raises Broken where it was killed, or the graph went away; then with what it says of that."""
        self._process = subprocess.Popen(
            [*PROGRAM, *arguments],
            cwd=ROOT,
            env=environment(self._settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        out, complaint = self._process.communicate(timeout=PATIENCE_SECONDS)
        code = self._process.returncode
        if code == -signal.SIGKILL:
            raise Broken(complaint)
        if code == 3:
            raise GraphAway(complaint)
        # An engine that this command started for itself, and that was killed as it started.
        if code == 1 and "the embedded engine was killed by signal 9" in complaint:
            raise Broken(complaint)
        assert code == 0, (code, out, complaint)
        return out


class Client:
    """Asks the service over HTTP."""

    def __init__(self, ground: Ground) -> None:
        self._url = ground.url
        self._service = ground.credential(service=SERVICE)
        self._staff = ground.credential(staff="staff-1")

    def report(self, body: bytes) -> dict[str, Any]:
        """The summary. Raises Broken where there is none."""
        headers = {**self._service, "Content-Type": "application/x-ndjson"}
        lines = self._post("/ingest/holdings", headers, body).splitlines()
        summary: dict[str, Any] | None = json.loads(lines[-1]).get("summary") if lines else None
        if summary is None:
            raise Broken("no summary")
        return summary

    def staff(self, document: str, **variables: object) -> Any:
        """The data. Raises Broken."""
        body = json.dumps({"query": document, "variables": variables}).encode()
        answer = json.loads(self._post("/graphql", {**self._staff, "Content-Type": "application/json"}, body))
        assert "errors" not in answer, answer
        return answer["data"]

    def _post(self, path: str, headers: dict[str, str], body: bytes) -> str:
        try:
            with httpx2.Client(trust_env=False, timeout=PATIENCE_SECONDS) as client:
                response = client.post(self._url + path, content=body, headers=headers)
        except httpx2.TransportError as error:
            raise Broken(str(error)) from error
        if response.status_code == 503:
            (error_sent,) = response.json()["errors"]
            assert error_sent["extensions"]["code"] == "GRAPH_UNAVAILABLE", response.text
            assert response.headers["retry-after"], response.text
            raise Broken(response.text)
        assert response.status_code == 200, response.text
        return response.text


class Reporting:
    """Batches of reports over HTTP, each in a request or all in one."""

    def __init__(self, ground: Ground, batches: Sequence[bytes], *, in_one: bool) -> None:
        self._client = Client(ground)
        self._bodies = [b"".join(batches)] if in_one else batches
        self._batches_each = len(batches) if in_one else 1
        #: How many batches a summary has come for.
        self.acknowledged = 0

    def run(self) -> None:
        for body in self._bodies:
            assert self._client.report(body)["rejected"] == 0
            self.acknowledged += self._batches_each

    def kill(self) -> bool:
        raise AssertionError("no process of its own")


class Importing:
    """The same batches from a file by the command line."""

    def __init__(self, ground: Ground, file: Path, batches: int, lines_each: int) -> None:
        self._command = Command(ground.settings)
        self._file = file
        self._batches = batches
        self._lines_each = lines_each
        self.acknowledged = 0

    def run(self) -> None:
        try:
            out = self._command.output("holdings", "import", str(self._file), "--service", SERVICE, "--json")
        except GraphAway as away:
            (line,) = said_to_people(str(away))
            told = TOLD_AWAY.fullmatch(line)
            assert told is not None, f"what the import says of a graph that went away: {line}"
            self.acknowledged = int(told["written"] or 0) // self._lines_each
            raise
        assert json.loads(out.splitlines()[-1])["summary"]["rejected"] == 0
        self.acknowledged = self._batches

    def kill(self) -> bool:
        return self._command.kill()


@dataclass(slots=True)
class Intent:
    """A revision to be drafted and published, and what was acknowledged of that. May be gone on with."""

    folder: Path
    expected: int
    effective_at: str
    drafted: int | None = None
    published: bool = False


class Publishing:
    """Drafts and publishes over GraphQL."""

    def __init__(self, ground: Ground, intent: Intent) -> None:
        self._client = Client(ground)
        self._intent = intent

    def run(self) -> None:
        intent = self._intent
        if intent.drafted is None:
            texts = {
                "policy": (intent.folder / "policy.md").read_text(),
                "map": (intent.folder / "map.yaml").read_text(),
            }
            drafted = self._client.staff(DRAFT, **texts)["draftRevision"]
            intent.drafted = drafted["revision"]["number"]
        done = self._client.staff(PUBLISH, number=intent.drafted, expected=intent.expected, at=intent.effective_at)[
            "publishRevision"
        ]
        assert done["__typename"] == "PublishRevisionSuccess", done
        intent.published = True

    def kill(self) -> bool:
        raise AssertionError("no process of its own")


class PublishingByCommand:
    """Drafts and publishes by the command line."""

    def __init__(self, ground: Ground, intent: Intent) -> None:
        self._command = Command(ground.settings)
        self._intent = intent

    def run(self) -> None:
        intent = self._intent
        if intent.drafted is None:
            drafted = self._command.output("revision", "draft", str(intent.folder), "--json")
            intent.drafted = json.loads(drafted)["number"]
        words = ("--effective", intent.effective_at, "--expect", str(intent.expected), "--because", "A test.", "--json")
        done = json.loads(self._command.output("revision", "publish", str(intent.drafted), *words))
        assert done["state"] == "PUBLISHED", done
        intent.published = True

    def kill(self) -> bool:
        return self._command.kill()
