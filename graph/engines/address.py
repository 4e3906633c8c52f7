"""Where a graph is and how to get in."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class GraphAddress:
    """A graph that speaks Bolt.

    `url`: `bolt://`, `neo4j://` or their `+s` / `+ssc` forms. `ca_file`: PEM file of the authorities to trust, None
    for the system's. `write_lock`: a file that every writer of this graph locks for the time of a transaction, in all
    processes; None where the engine itself orders writers.
    """

    url: str
    user: str
    password: str = field(repr=False)
    database: str
    ca_file: Path | None = None
    write_lock: Path | None = None
