"""What is in the graph after something was killed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from graph.store.database import Database
from tests.faults.ground import Ground
from tests.faults.scale import kills
from tests.graphs import Dump, dump, dump_revision, run

BATCHES = kills(2, 4)
LINES_EACH = 1000
SUBJECTS_EACH = 200

WIPE_PEOPLE = """
MATCH (n)
WHERE n:Subject OR n:Holding OR n:Decision OR n:Trust OR n:DisclosureRecord OR n:Notice OR n:Delivery
DETACH DELETE n
"""
COUNT_ELEMENTS = """
MATCH (n)
WHERE n.revision IS NOT NULL AND NOT (n:Notice OR n:Delivery)
RETURN count(n) AS elements
"""
COUNT_HELD_ELEMENTS = """
MATCH (:Revision)-[:HAS|NOTIFIED_BY]->(n)
RETURN count(n) AS elements
"""
# What differs between two drafts of one text and map.
OF_ONE_DRAFT = frozenset(
    {"number", "revision", "base", "state", "drafted_at", "published_at", "effective_at", "short_notice_reason"}
)


@asynccontextmanager
async def looked_at(ground: Ground) -> AsyncIterator[Database]:
    """The graph as it is now, past the service."""
    async with Database(ground.address()) as database:
        yield database


async def wipe_people(database: Database) -> None:
    await run(database, WIPE_PEOPLE)


async def settled(database: Database) -> Dump:
    """What is there when nothing changes any more: a commit that was sent may outlive the client that was killed, and
    come between the two statements of a dump."""
    state = await dump(database)
    while (later := await dump(database)) != state:
        state = later
    return state


async def strays(database: Database) -> int:
    """How many elements of a map, and fan-outs, belong to no revision."""
    (every,) = await database.read(COUNT_ELEMENTS)
    (held,) = await database.read(COUNT_HELD_ELEMENTS)
    stray: int = every["elements"] - held["elements"]
    return stray


async def content_of(database: Database, number: int) -> Dump:
    """A revision without what tells it from another one with the same text and map."""
    whole = await dump_revision(database, number)
    return Dump(_bare(whole.nodes), _bare(whole.relationships))


def _bare(lines: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(sorted(json.dumps(_without(json.loads(line)), sort_keys=True) for line in lines))


def _without(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without(each) for name, each in value.items() if name not in OF_ONE_DRAFT}
    return [_without(each) for each in value] if isinstance(value, list) else value


def batches() -> list[bytes]:
    """Reports of every kind, each batch about people of its own."""
    return [
        b"".join(json.dumps(_line(batch, number)).encode() + b"\n" for number in range(LINES_EACH))
        for batch in range(BATCHES)
    ]


def write_file(folder: Path) -> Path:
    file = folder / "reports.ndjson"
    file.write_bytes(b"".join(batches()))
    return file


def _line(batch: int, number: int) -> dict[str, object]:
    subject = f"person-{batch}-{number % SUBJECTS_EACH}"
    at = f"2026-03-{1 + number % 28:02}T09:00:00Z"
    about: dict[str, object] = {"subject": subject, "service": "billmanager"}
    match number // SUBJECTS_EACH:
        case 0:
            return {"type": "holding", **about, "category": "license-id", "since": at, "reported_at": at}
        case 1:
            return {"type": "gone", **about, "category": "license-id", "at": at, "reported_at": "2026-04-01T00:00:00Z"}
        case 2:
            decision = {"purpose": "marketing-messages", "decision": "CONSENT", "at": at}
            return {"type": "decision", "subject": subject, **decision}
        case 3:
            towards = f"friend-{batch}-{number % SUBJECTS_EACH}"
            trust = {"towards": towards, "categories": ["billing-details"], "since": at}
            return {"type": "trust", "subject": subject, **trust}
        case _:
            disclosed = {"recipient": "licensors", "categories": ["license-id"], "at": at}
            return {"type": "disclosure", **about, **disclosed, "purpose": "protection", "case": "additional-services"}
