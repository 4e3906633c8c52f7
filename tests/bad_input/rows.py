"""One row of the table: something that is sent, and what exactly comes back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from server.settings import ROOT
from tests.bad_input.wire import NDJSON, Reply

#: What is known only when the service is there: ids and cursors that it gave, by what they are of.
Given = Mapping[str, str]
#: What comes from within: no answer has any of it.
OURS = re.compile(
    rf"Traceback|File \"|\.py\b|line \d+, in |{re.escape(str(ROOT))}|site-packages|0x[0-9a-f]{{6}}|<class|<function"
    r"|object at"
    r"|\b(graph|server)\.[a-z_]+\b|\b(strawberry|starlette|uvicorn|httptools|pydantic|neo4j|arcadedb|graphql.core)\b"
    r"|\bMATCH \(|\bMERGE\b|\bCypher\b|[A-Z]\w+Error\b|Exception",
    re.IGNORECASE,
)


class Where(StrEnum):
    """Which of the running services a row is sent to. Each is as the others but for what is said of it."""

    USUAL = "usual"
    IMPATIENT = "impatient"
    """It waits for a second at most."""
    LOCKED = "locked"
    """People and nobody run persisted documents only."""
    RATED = "rated"
    """A holder of tokens may send 2 requests a minute, an address 20, as the last header `X-Forwarded-For` tells it."""
    CROWDED = "crowded"
    """One operation and one import run at once, and do."""


@dataclass(frozen=True, slots=True)
class Row:
    """`code` is the code of every error in the answer, `message` what one of them says, or a part of it.

    `sent` is made of `Given` where it holds something that the service gave. `code` and `message` are empty where an
    answer has no body, as that to HEAD; `status` 0 says that the connection is closed without an answer.
    `half_close`: the sender says that nothing more will come. `first`: requests that are sent before it on the same
    connection, all at once, each with a part of its answer.
    """

    name: str
    sent: bytes | Callable[[Given], bytes]
    status: int
    code: str = ""
    message: str = ""
    half_close: bool = False
    where: Where = Where.USUAL
    first: tuple[tuple[bytes, bytes], ...] = ()

    def bytes_sent(self, given: Given) -> bytes:
        before = b"".join(sent for sent, _ in self.first)
        return before + (self.sent if isinstance(self.sent, bytes) else self.sent(given))


@dataclass(frozen=True, slots=True)
class Told:
    """One thing that the service said is wrong."""

    code: str
    message: str


def told(reply: Reply) -> list[Told]:
    """Everything that an answer says is wrong, wherever it stands: errors, failures in payloads, rejected lines."""
    if not reply.body:
        return []
    if reply.headers.get("content-type", "").startswith(NDJSON):
        return [each for line in reply.body.splitlines() for each in _rejection(json.loads(line))]
    if reply.headers.get("content-type", "").startswith("text/event-stream"):
        # What is answered at once: one event, and the end.
        first, end = reply.body.removesuffix(b"\n\n").split(b"\n\n")
        assert end == b"event: complete\ndata:", reply.body
        body = json.loads(first.removeprefix(b"event: next\ndata: "))
    else:
        body = reply.json()
    errors = [Told(each["extensions"]["code"], each["message"]) for each in body.get("errors", ())]
    return [*errors, *_failures(body.get("data"))]


def _rejection(line: Mapping[str, str]) -> Iterator[Told]:
    if "code" in line:
        yield Told(line["code"], line["reason"])


def _failures(data: object) -> Iterator[Told]:
    """Payloads that are a `Failure`, its problems, and the reports that were rejected."""
    if isinstance(data, dict):
        if "code" in data and ("message" in data or "reason" in data):
            yield Told(data["code"], data.get("message") or data["reason"])
            for each in data.get("problems", ()):
                yield Told(data["code"], each["message"])
        for each in data.values():
            yield from _failures(each)
    elif isinstance(data, list):
        for each in data:
            yield from _failures(each)
