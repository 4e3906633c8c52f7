"""A client of subscriptions: GraphQL over SSE on a connection of its own, over a real socket."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from tests.patience import PATIENCE_SECONDS

EVENTS = "text/event-stream"


@dataclass(frozen=True, slots=True)
class Event:
    """`data` is the JSON of a result, None where there is none; a line that says nothing has the name ""."""

    name: str
    data: Any = None


SILENCE = Event("")
COMPLETE = Event("complete")


class Stream:
    """An answer that comes bit by bit, or one that says why there is none."""

    def __init__(self, response: httpx2.Response) -> None:
        self.response = response
        self._lines = response.aiter_lines()

    @property
    def status(self) -> int:
        return self.response.status_code

    async def event(self) -> Event | None:
        """The next event, or line of silence; None where the answer has ended."""
        lines: list[str] = []
        async with asyncio.timeout(PATIENCE_SECONDS):
            async for line in self._lines:
                if line:
                    lines.append(line)
                    continue
                fields = dict(each.partition(":")[::2] for each in lines)
                data = fields.get("data", "").strip()
                return Event(fields.get("event", "").strip(), json.loads(data) if data else None)
        assert not lines, lines
        return None

    async def told(self) -> Any:
        """The next result."""
        while (event := await self.event()) == SILENCE:
            pass
        assert event is not None, "the answer has ended"
        assert event.name == "next", event
        return event.data

    async def rest(self) -> list[Event]:
        """All that still comes, but silence."""
        found = []
        while (event := await self.event()) is not None:
            found += [] if event == SILENCE else [event]
        return found

    async def refusal(self) -> tuple[int, str, str]:
        """The status, the code and the message of an answer that is none of events."""
        (error,) = json.loads(await self.response.aread())["errors"]
        return self.status, error["extensions"]["code"], error["message"]


@contextlib.asynccontextmanager
async def subscribed(
    url: str,
    document: str,
    token: str | None = None,
    *,
    variables: Mapping[str, Any] | None = None,
    method: str = "POST",
    accept: str | None = EVENTS,
    body: Mapping[str, Any] | None = None,
) -> AsyncIterator[Stream]:
    """`url`: of the service. `body`: instead of document and variables. It is closed by leaving."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    headers |= {"Accept": accept or "*/*"}
    content = body or {"query": document, "variables": variables or {}}
    sent: dict[str, Any] = (
        {"json": content}
        if method == "POST"
        else {"params": {name: each if isinstance(each, str) else json.dumps(each) for name, each in content.items()}}
    )
    async with (
        httpx2.AsyncClient(base_url=url, trust_env=False, timeout=PATIENCE_SECONDS) as client,
        client.stream(method, "/graphql", headers=headers, **sent) as response,
    ):
        yield Stream(response)
