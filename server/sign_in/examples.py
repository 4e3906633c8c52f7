"""The example people of a graph, for the page on which development mode lets anybody be any of them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from graph.store.database import Database
from graph.store.subjects import load_subject

EXAMPLES_AT_MOST = 50


@dataclass(frozen=True, slots=True)
class Example:
    """`holdings`: how many are held now, by how many services."""

    id: str
    holdings: int
    services: int
    decisions: int


async def list_examples(database: Database, file: Path, at: datetime) -> Sequence[Example]:
    """Those in a file of reports of whom the graph knows something, in the order of the file. At most
    `EXAMPLES_AT_MOST`; none where the file cannot be read."""
    found = []
    for id in _subjects(file):
        _, record = await load_subject(database, id, at)
        held = [each for each in record.holdings if each.is_held_at(at)]
        if record.holdings or record.decisions:
            found.append(Example(id, len(held), len({each.service for each in held}), len(record.decisions)))
    return found


def _subjects(file: Path) -> Sequence[str]:
    try:
        lines = [json.loads(line) for line in file.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError):
        return ()
    named = dict.fromkeys(line.get("subject") for line in lines if isinstance(line, dict))
    return [id for id in named if isinstance(id, str)][:EXAMPLES_AT_MOST]
