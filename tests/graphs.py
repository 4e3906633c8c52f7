"""The graph that the tests write in: where it is, that it is theirs to wipe, and what is in it.

VITRINE_GRAPH_URL and the other VITRINE_GRAPH_… of the settings    a graph that is there already, empty at first
none of them                                                      an embedded engine of the test run's own
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from graph.engines.address import GraphAddress
from graph.store.database import Database, Transaction
from server.settings import Settings

COUNT_NODES = """
MATCH (n)
RETURN count(n) AS nodes
"""
COUNT_MARKERS = """
MATCH (n:GraphOfTests)
RETURN count(n) AS markers
"""
MARK = """
CREATE (n:GraphOfTests)
"""
# The engine of a run of its own is wiped hundreds of times: the labels are left out in the pattern's own condition.
WIPE = """
MATCH (n)
WHERE NOT n:Migration AND NOT n:GraphOfTests
DETACH DELETE n
"""
LIST_NODES = """
MATCH (n)
WHERE NOT n:Migration AND NOT n:GraphOfTests
RETURN labels(n) AS labels, properties(n) AS properties
"""
LIST_RELATIONSHIPS = """
MATCH (a)-[link]->(b)
RETURN labels(a) AS from_labels, properties(a) AS from_properties, type(link) AS type, properties(link) AS properties,
       labels(b) AS to_labels, properties(b) AS to_properties
"""
LIST_NODES_OF_REVISION = """
MATCH (r:Revision {number: $number})
OPTIONAL MATCH (r)-[:HAS]->(n)
RETURN properties(r) AS revision, labels(n) AS labels, properties(n) AS properties
"""
LIST_RELATIONSHIPS_OF_REVISION = """
MATCH (r:Revision {number: $number})-[:HAS]->(a)
MATCH (a)-[link]-(b)
RETURN labels(a) AS labels, properties(a) AS properties, type(link) AS type, properties(link) AS link,
       startNode(link) = a AS outwards, labels(b) AS other_labels, properties(b) AS other
"""


class NotAGraphOfTests(Exception):
    """The graph holds something that the suite did not write: it would be deleted."""


def given_address(environment: Mapping[str, str] = os.environ) -> GraphAddress | None:
    """The graph that the environment names, read as the service does; None for none. Raises InvalidSettings."""
    # Only what is about the graph: the suite is not told how to serve.
    about = {name: value for name, value in environment.items() if name.startswith("VITRINE_GRAPH_")}
    return Settings.from_environment(about).graph_address()


def to_json(address: GraphAddress) -> str:
    """For a process of a test's own, over its standard input: never in its arguments or environment."""
    return json.dumps({**asdict(address), "ca_file": _path(address.ca_file), "write_lock": _path(address.write_lock)})


def from_json(text: str) -> GraphAddress:
    fields = json.loads(text)
    paths = {name: Path(fields[name]) if fields[name] else None for name in ("ca_file", "write_lock")}
    return GraphAddress(**{**fields, **paths})


def _path(path: Path | None) -> str | None:
    return None if path is None else str(path)


async def claim(database: Database) -> None:
    """Marks an empty graph as one of the suite's; returns at once for one that is marked.

    Raises NotAGraphOfTests for any other, and leaves it as it is.
    """
    (marked,) = await database.read(COUNT_MARKERS)
    if marked["markers"]:
        return
    (counted,) = await database.read(COUNT_NODES)
    if counted["nodes"]:
        raise NotAGraphOfTests(
            f"the tests delete everything in their graph, and the database {database.address.database!r} of "
            f"VITRINE_GRAPH_URL holds {counted['nodes']:,} nodes that they did not write: give them an empty database"
        )
    await run(database, MARK)


async def wipe(database: Database) -> None:
    """Deletes all nodes but the records of migrations. Only of a graph that was claimed."""
    await run(database, WIPE)


async def run(database: Database, statement: str, **parameters: object) -> list[dict[str, object]]:
    """What a statement of a test's own returns, run in a write transaction."""

    async def work(transaction: Transaction) -> list[dict[str, object]]:
        return [dict(record) for record in await transaction.run(statement, **parameters)]

    return await database.write(work)


@dataclass(frozen=True, slots=True)
class Dump:
    """Nodes and relationships as lines of JSON, sorted: two graphs that are equal have equal dumps."""

    nodes: tuple[str, ...]
    relationships: tuple[str, ...]


async def dump(database: Database) -> Dump:
    """Everything in the graph, but migrations."""
    return Dump(
        _lines([dict(record) for record in await database.read(LIST_NODES)]),
        _lines([dict(record) for record in await database.read(LIST_RELATIONSHIPS)]),
    )


async def dump_revision(database: Database, number: int) -> Dump:
    """A revision's node, its elements, and every relationship that one of these has, whatever is at its other end."""
    return Dump(
        _lines([dict(record) for record in await database.read(LIST_NODES_OF_REVISION, number=number)]),
        _lines([dict(record) for record in await database.read(LIST_RELATIONSHIPS_OF_REVISION, number=number)]),
    )


def _lines(rows: list[dict[str, object]]) -> tuple[str, ...]:
    return tuple(sorted(json.dumps(row, sort_keys=True, ensure_ascii=False) for row in rows))
