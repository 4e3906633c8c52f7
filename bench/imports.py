"""The import beside the bare driver writing the same rows, on one engine, in turns."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import Any

from bench.data import Graph, imported, publish, say, served, write_reports
from bench.processes import worker
from bench.workload import HOLDINGS


def in_turns(subjects: int, rounds: int, scratch: Path) -> dict[str, Any]:
    """In each round the import and the bare driver write a share of the subjects each, none of them twice.

    `ratio`: the median of the rounds' rates, the import's over the bare driver's. An engine writes the more slowly the
    less it has warmed up, so that a first, smaller round does not count.
    """
    graph = Graph(scratch / "data")
    publish(graph)
    share = subjects // (2 * rounds)
    runs: dict[str, list[dict[str, Any]]] = {"bare": [], "import": []}
    with served(graph, scratch):
        next_subject = 0
        for turn in range(rounds + 1):
            size = share if turn else max(1, share // 10)
            for name in ("bare", "import") if turn % 2 else ("import", "bare"):
                begin, next_subject = next_subject, next_subject + size
                if name == "bare":
                    job = {"address": graph.address(), "begin": begin, "end": next_subject}
                    found = worker("bench.bare_import", job)
                else:
                    file = write_reports(next_subject, scratch / "reports.ndjson", begin=begin)
                    found = imported(graph, file, size * HOLDINGS)
                say(f"  {name}: {found['rate']:,} rows/s")
                if turn:
                    runs[name].append(found)
    rates = [own["rate"] / bare["rate"] for own, bare in zip(runs["import"], runs["bare"], strict=True)]
    memory = max((each["memory_mb"] for each in runs["import"]), key=lambda each: float(each["largest"]))
    return {"ratio": round(statistics.median(rates), 3), "memory_mb": memory, "rounds": runs}
