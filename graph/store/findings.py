"""What the checks find in a revision of the graph."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from graph.checks import RULES, findings
from graph.checks.overruling import overruled
from graph.checks.rule import Rule
from graph.data_map import DataMap
from graph.model import Finding
from graph.store.database import Database
from graph.store.overrules import list_overrules
from graph.store.revisions import load_data_map


async def check_revision(
    database: Database, number: int, rules: Sequence[Rule] = RULES
) -> tuple[DataMap, tuple[Finding, ...]]:
    """A revision, and what these rules find in it. Raises NotFound."""
    data_map = await load_data_map(database, number)
    # In a thread: for a large map it takes a second, and nobody else is to wait for it.
    return data_map, await asyncio.to_thread(findings, data_map.elements, data_map.policy, rules)


async def load_findings(database: Database, number: int) -> tuple[DataMap, tuple[Finding, ...]]:
    """A revision, and what all rules find in it, with what is overruled of that. Raises NotFound."""
    data_map, found = await check_revision(database, number)
    return data_map, overruled(found, await list_overrules(database, number))
