"""The revision that a new one follows."""

from __future__ import annotations

from graph.data_map import DataMap
from graph.model import RevisionState
from graph.store.database import Database
from graph.store.revisions import list_revisions, load_data_map


async def find_last_published(database: Database) -> DataMap | None:
    """The revision that was published last, in force already or not; None before the first."""
    found = await list_revisions(database, states=frozenset({RevisionState.PUBLISHED}), limit=1)
    return await load_data_map(database, found[0].number) if found else None
