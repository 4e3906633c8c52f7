"""Whom a change touches, counted for touches that affect a hundredth, a tenth and all of the people.

Beside each stands what one would ask without the keys: a count over everything that is held.
"""

from __future__ import annotations

import asyncio
import json
import resource
import statistics
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.data import Graph, imported, say, served
from bench.processes import cpu_seconds
from bench.workload import HOLDINGS, PROFILES, subject_id
from graph.changes import EVERYONE, Change, ElementAdded, Impact, Place, Touch
from graph.engines.address import GraphAddress
from graph.model import Service as ServiceElement
from graph.store.database import Database
from graph.store.reach import AffectedReader, count_reach

#: Beside the holdings of everybody, one in so many people has one here.
RARE: Mapping[Place, int] = {Place("dnsmanager", "email"): 100, Place("coremanager", "email"): 10}
PEOPLE_A_PAGE = 1000

TOUCHES: Mapping[str, Touch] = {
    "1 %": Touch(places=frozenset({Place("dnsmanager", "email")})),
    "10 %": Touch(places=frozenset({Place("coremanager", "email")})),
    "100 %, 2 places": Touch(places=frozenset({Place("websites", "email"), Place("ispmanager", "cookies")})),
    "100 %, all places": Touch(
        places=frozenset(Place(service, category) for each in PROFILES for service, category in each.pairs)
    ),
    "everyone": EVERYONE,
}

COUNT_ALL = """
MATCH (s:Subject)-[:HAS_HOLDING]->(h:Holding)
WHERE h.service IN $services AND h.category IN $categories AND (h.until IS NULL OR h.until > $at)
RETURN count(DISTINCT s) AS subjects
"""


def measured(graph: Graph, subjects: int, rounds: int, scratch: Path) -> dict[str, Any]:
    """`graph`: with so many subjects as `load` leaves them. It is written to."""
    rare = list(_rare_lines(subjects))
    file = scratch / "rare.ndjson"
    file.write_bytes(b"".join(rare))
    imported(graph, file, len(rare))
    with served(graph, scratch) as engine:
        figures = asyncio.run(_measure(GraphAddress(**graph.address()), engine, rounds))
    return {"subjects": subjects, "holdings": subjects * HOLDINGS + len(rare), "reach": figures}


def _rare_lines(subjects: int) -> Iterator[bytes]:
    for place, step in RARE.items():
        for number in range(0, subjects, step):
            line = {
                "subject": subject_id(number),
                "service": place.service,
                "category": place.category,
                "since": "2020-01-01T00:00:00Z",
            }
            yield json.dumps(line).encode() + b"\n"


async def _measure(address: GraphAddress, engine: int | None, rounds: int) -> dict[str, Any]:
    async with Database(address, statement_seconds=300.0) as database:
        ran: list[str] = []
        database.observers.append(ran.append)
        found: dict[str, Any] = {}
        for name, touch in TOUCHES.items():
            counts = [await _counted(database, touch, ran, engine) for _ in range(rounds + 1)][1:]
            pages = [await _paged(database, touch) for _ in range(rounds)]
            found[name] = {
                **counts[0],
                **{
                    key: round(statistics.median(each[key] for each in counts), 3)
                    for key in ("seconds", "own_cpu_seconds", "engine_cpu_seconds")
                },
                "page_ms": round(statistics.median(pages), 2),
            }
            say(f"  {name}: {found[name]}")
        began = time.perf_counter()
        at = datetime.now(UTC).isoformat()
        await database.read(COUNT_ALL, services=["dnsmanager"], categories=["email"], at=at)
        found["1 %"]["without_keys_seconds"] = round(time.perf_counter() - began, 3)
        found["largest_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
        return found


async def _counted(database: Database, touch: Touch, ran: list[str], engine: int | None) -> dict[str, Any]:
    ran.clear()
    change = Change("it", ElementAdded(ServiceElement("it", "It")), Impact.DIRECT, "rule", touch)
    began, cpu, engine_cpu = time.perf_counter(), time.process_time(), _cpu_of(engine)
    found = await count_reach(database, (change,), number=2, base=1, at=datetime.now(UTC))
    return {
        "affected": found.subjects,
        "statements": len(ran),
        "seconds": time.perf_counter() - began,
        "own_cpu_seconds": time.process_time() - cpu,
        "engine_cpu_seconds": _cpu_of(engine) - engine_cpu,
    }


def _cpu_of(engine: int | None) -> float:
    return 0.0 if engine is None else cpu_seconds(engine)


async def _paged(database: Database, touch: Touch) -> float:
    """Milliseconds for a page, read on from the page before."""
    reader = await AffectedReader.open(database, touch, at=datetime.now(UTC))
    began, pages = time.perf_counter(), 0
    while await reader.read(PEOPLE_A_PAGE):
        pages += 1
    return (time.perf_counter() - began) / max(1, pages) * 1000
