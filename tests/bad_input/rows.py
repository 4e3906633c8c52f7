"""One row of the table: something that is sent, and what exactly comes back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from tests.bad_input.wire import NDJSON, Reply

#: What is known only when the service is there: ids and cursors that it gave, by what they are of.
Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """`code` is the code of every error in the answer, `message` what one of them says, or a part of it.

    `sent` is made of `Given` where it holds something that the service gave. `code` and `message` are empty where an
    answer has no body, as that to HEAD; `status` 0 says that the connection is closed without an answer.
    `half_close`: the sender says that nothing more will come. `impatient`: it is sent to a service that waits for a
    second at most.
    """

    name: str
    sent: bytes | Callable[[Given], bytes]
    status: int
    code: str = ""
    message: str = ""
    half_close: bool = False
    impatient: bool = False

    def request(self, given: Given) -> bytes:
        return self.sent if isinstance(self.sent, bytes) else self.sent(given)


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
