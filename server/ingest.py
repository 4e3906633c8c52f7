"""NDJSON reports, from whatever stream they come, into the graph: in batches, with memory that does not grow."""

from __future__ import annotations

import asyncio
import codecs
import time
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from graph.contacts import Contact
from graph.data_map import DataMap
from graph.reports import LINE_BYTES_AT_MOST, ContactLine, Line, Rejection, RejectionCode, read_line, reject, sign
from graph.store.database import Database
from graph.store.reports import BATCH_LINES, record_reports
from server.contact_door import CLOSED, ContactDoor

#: For which lines are read at a stretch: then whatever else the process serves has its turn. One line may take as long
#: as a hundred others.
SECONDS_A_TURN = 0.005


@dataclass(slots=True)
class Summary:
    """How many lines there were, and what became of them: the last four add up to the first. Blank lines do not count.

    `changed`, `unchanged`, `older`: see `graph.holdings.Outcome`. `rejected`: by code.
    """

    lines: int = 0
    changed: int = 0
    unchanged: int = 0
    older: int = 0
    rejected: Counter[RejectionCode] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        return {
            "lines": self.lines,
            "changed": self.changed,
            "unchanged": self.unchanged,
            "older": self.older,
            "rejected": self.rejected.total(),
            "rejected_by_code": {code.value: count for code, count in sorted(self.rejected.items())},
        }


def _nothing(_: object) -> None:
    pass


async def ingest(
    chunks: AsyncIterable[bytes],
    *,
    database: Database,
    load_data_map: Callable[[], Awaitable[DataMap]],
    clock: Callable[[], datetime],
    service: str | None,
    contacts: ContactDoor = CLOSED,
    on_rejection: Callable[[Rejection], None] = _nothing,
    on_progress: Callable[[Summary], None] = _nothing,
) -> Summary:
    """Reads lines from chunks of bytes cut anywhere, and records those that pass the door, in their order.

    `load_data_map` is asked at the start and again for every 1,000 lines: a stream may last longer than the map that
    was in force at its beginning. `service`: the only one that the reporter speaks for; None for any. `contacts`: who
    may tell how people are reached. `on_progress` is told after each batch is written for good.

    Raises GraphUnavailable: the batches told of are written, the rest can be sent again as it was. Raises what
    `load_data_map` raises.
    """
    writer = _Writer(database, on_progress)
    batch = _Batch()
    # None between two batches: the next line's batch asks anew.
    data_map: DataMap | None = await load_data_map()
    number = 0
    turn_ends = 0.0
    try:
        async for text in split_lines(chunks):
            number += 1
            if number == 1:
                text = text.removeprefix(codecs.BOM_UTF8)  # which some editors put before a file, unasked
            if time.perf_counter() >= turn_ends:
                await asyncio.sleep(0)
                turn_ends = time.perf_counter() + SECONDS_A_TURN
            if not text.strip():
                continue
            if data_map is None:
                data_map = await load_data_map()
            batch.count += 1
            line = read_line(text, number)
            refused = (
                line if isinstance(line, Rejection) else reject(line, number, data_map, clock(), service, contacts.rule)
            )
            if refused is not None:
                batch.rejected[refused.code] += 1
                on_rejection(refused)
            else:
                assert not isinstance(line, Rejection)
                batch.lines.append(contacts.seal(line) if isinstance(line, ContactLine) else sign(line, service))
            if batch.count == BATCH_LINES:
                await writer.begin(batch, clock())
                batch, data_map = _Batch(), None
        await writer.begin(batch, clock())
        await writer.settle()
    except BaseException as error:
        await writer.leave(at_once=not isinstance(error, Exception))
        raise
    return writer.summary


@dataclass(slots=True)
class _Batch:
    """Lines that have come since the last batch: how many, those that passed, and why the others did not."""

    count: int = 0
    lines: list[Line | Contact] = field(default_factory=list)
    rejected: Counter[RejectionCode] = field(default_factory=Counter)


class _Writer:
    """Writes one batch while the next one is read, in their order. `summary` is of those written for good."""

    def __init__(self, database: Database, on_progress: Callable[[Summary], None]) -> None:
        self.summary = Summary()
        self._database = database
        self._on_progress = on_progress
        self._writing: asyncio.Task[None] | None = None

    async def begin(self, batch: _Batch, told_at: datetime) -> None:
        """Returns when the batch before is written, and this one is on its way. Raises what that one met."""
        await self.settle()
        self._writing = asyncio.create_task(self._write(batch, told_at))

    async def settle(self) -> None:
        """Returns when nothing is on its way any more. Raises what the last batch met."""
        writing, self._writing = self._writing, None
        if writing is not None:
            try:
                await writing
            except asyncio.CancelledError:
                self._writing = writing  # cancelled with who waited for it, and not yet at its end
                raise

    async def leave(self, *, at_once: bool) -> None:
        """The stream has failed: the batch on its way is written, or, `at_once`, given up."""
        if self._writing is not None:
            if at_once:
                self._writing.cancel()
            await asyncio.wait({self._writing})
            if not self._writing.cancelled():
                self._writing.exception()  # looked at: what the stream met is told instead
            self._writing = None

    async def _write(self, batch: _Batch, told_at: datetime) -> None:
        summary = self.summary
        if batch.lines:
            counts = await record_reports(self._database, batch.lines, told_at=told_at)
            summary.changed += counts.changed
            summary.unchanged += counts.unchanged
            summary.older += counts.older
        summary.lines += batch.count
        summary.rejected += batch.rejected
        self._on_progress(summary)


async def split_lines(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The lines of a stream, without their ends. One that is too long comes cut to one byte more than is allowed, so
    that it is seen to be too long and the rest of it takes no memory."""
    limit = LINE_BYTES_AT_MOST + 1
    rest = b""
    async for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            yield line[:limit]
        rest = rest[:limit]
    if rest:
        yield rest
