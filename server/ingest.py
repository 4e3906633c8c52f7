"""NDJSON reports, from whatever stream they come, into the graph: in batches, with memory that does not grow."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

from graph.data_map import DataMap
from graph.reports import LINE_BYTES_AT_MOST, Line, Rejection, RejectionCode, read_line, reject, sign
from graph.store.database import Database
from graph.store.reports import BATCH_LINES, record_reports


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
    on_rejection: Callable[[Rejection], None] = _nothing,
    on_progress: Callable[[Summary], None] = _nothing,
) -> Summary:
    """Reads lines from chunks of bytes cut anywhere, and records those that pass the door, in their order.

    `load_data_map` is asked at the start and again for every 1,000 lines: a stream may last longer than the map that
    was in force at its beginning. `service`: the only one that the reporter speaks for; None for any. `on_progress` is
    told after each batch is written for good. Raises GraphUnavailable: the batches told of are written, the rest can be
    sent again as it was. Raises what `load_data_map` raises.
    """
    summary = Summary()
    batch: list[Line] = []
    # None between two batches: the next line's batch asks anew.
    data_map: DataMap | None = await load_data_map()

    async def write() -> None:
        if batch:
            counts = await record_reports(database, batch)
            summary.changed += counts.changed
            summary.unchanged += counts.unchanged
            summary.older += counts.older
            batch.clear()
        on_progress(summary)

    number = 0
    async for text in split_lines(chunks):
        number += 1
        if number == 1:
            text = text.removeprefix(codecs.BOM_UTF8)  # which some editors put before a file, unasked
        if not text.strip():
            continue
        if data_map is None:
            data_map = await load_data_map()
        summary.lines += 1
        line = read_line(text, number)
        refused = line if isinstance(line, Rejection) else reject(line, number, data_map, clock(), service)
        if refused is not None:
            summary.rejected[refused.code] += 1
            on_rejection(refused)
        else:
            assert not isinstance(line, Rejection)
            batch.append(sign(line, service))
        if summary.lines % BATCH_LINES == 0:
            await write()
            data_map = None
    await write()
    return summary


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
