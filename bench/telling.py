"""The notices of a revision that touches everybody, beside the bare driver writing the same rows."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from bench.data import Graph, say, served
from bench.processes import worker

#: Everybody has something at that product, so each is told on three channels.
TOLD_BY = {"mails": True, "asks_for_addresses": True, "products": ["ispmanager"]}
#: Above the number of any revision that there is.
ELSEWHERE = 1_000_000


def in_turns(graph: Graph, rounds: int, scratch: Path) -> dict[str, Any]:
    """In each round a revision is published, the job writes its notices, and the bare driver the same rows under other
    ids. The first round does not count: an engine writes the more slowly the less it has warmed up.

    `graph`: with people as `load` leaves them. It is written to. `ratio`: the median of the rounds' rates, the job's
    over the bare driver's.
    """
    runs: dict[str, list[dict[str, Any]]] = {"bare": [], "job": []}
    with served(graph, scratch):
        revision = 0
        for turn in range(rounds + 1):
            # Every other time the bare driver comes first, with the rows of the round before.
            for name in ("bare", "job") if turn % 2 else ("job", "bare"):
                if name == "job":
                    found = worker("bench.fan_out", {"address": graph.address(), **TOLD_BY})
                    revision = found["revision"]
                else:
                    rows = {"revision": revision, "as_revision": ELSEWHERE + turn}
                    found = worker("bench.bare_fan_out", {"address": graph.address(), **rows})
                say(f"  {name}: {found['rate']:,} rows/s")
                if turn:
                    runs[name].append(found)
    rates = [own["rate"] / bare["rate"] for own, bare in zip(runs["job"], runs["bare"], strict=True)]
    memory = max((each["memory_mb"] for each in runs["job"]), key=lambda each: float(each["largest"]))
    return {"ratio": round(statistics.median(rates), 3), "memory_mb": memory, "rounds": runs}
