"""What people would use instead, on the same engine with the same data: `@neo4j/graphql` with Apollo Server.

It reads relationships where Vitrine joins with a map in memory. So the graph is given what suits it best: a node for
each pair of service and category, with all that the map says of it below, trees and chains walked beforehand, and a
relationship to it from each holding of the people who are asked about. Its answer has the same rows; but it works out
no status: those of somebody who decided nothing, as nobody did who is asked about, are written down beforehand.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, LiteralString

from neo4j import WRITE_ACCESS, AsyncManagedTransaction

from bench import load
from bench.issuer import Issuer
from bench.ports import free_port
from bench.processes import Service, started, wait_until
from bench.workload import PROFILES, subject_id
from bench.workload import QUERY as OURS
from graph.answer import HoldingAnswer, Person
from graph.data_map import DataMap
from graph.engines.address import GraphAddress
from graph.engines.neo4j import connect
from graph.model import Holding
from graph.store.database import Database
from graph.store.revisions import load_data_map

FOLDER = Path(__file__).resolve().parent / "peers"
SUBJECTS_A_WRITE = 200

QUERY = (
    "query Mine($id: ID!) { subjects(where: { id: { eq: $id } }) { holdings { since cover { "
    "service { key name } category { key name } "
    "purposes { status purpose { key name } } recipients { status recipient { key name } } } } } }"
)

INDEX_COVERS = """
CREATE CONSTRAINT peer_cover IF NOT EXISTS FOR (c:PeerCover) REQUIRE c.id IS UNIQUE
"""
MERGE_COVER = """
MERGE (c:PeerCover {id: $id})
"""
JOIN_SERVICE = """
MATCH (n:Service {revision: $revision, key: $key})
MATCH (c:PeerCover {id: $id})
MERGE (c)-[:OF_SERVICE]->(n)
"""
JOIN_CATEGORY = """
MATCH (n:DataCategory {revision: $revision, key: $key})
MATCH (c:PeerCover {id: $id})
MERGE (c)-[:OF_CATEGORY]->(n)
"""
ADD_PURPOSE = """
MATCH (n:Purpose {revision: $revision, key: $key})
MATCH (c:PeerCover {id: $id})
CREATE (c)-[:HAS_PURPOSE]->(:PeerPurpose {status: $status})-[:FOR_PURPOSE]->(n)
"""
ADD_RECIPIENT = """
MATCH (n:Recipient {revision: $revision, key: $key})
MATCH (c:PeerCover {id: $id})
CREATE (c)-[:MAY_REACH]->(:PeerRecipient {status: $status})-[:TO_RECIPIENT]->(n)
"""
JOIN_HOLDINGS = """
UNWIND $subjects AS subject
MATCH (s:Subject {id: subject})-[:HAS_HOLDING]->(h:Holding)
MATCH (c:PeerCover {id: h.service + "/" + h.category})
MERGE (h)-[:COVERED_BY]->(c)
"""


def prepare(address: Mapping[str, Any], numbers: Sequence[int]) -> None:
    """Writes what suits the peer for the subjects of these numbers, once."""
    asyncio.run(_prepare(GraphAddress(**address), numbers))


async def _prepare(address: GraphAddress, numbers: Sequence[int]) -> None:
    async with Database(address) as database:
        data_map = await load_data_map(database, 1)
    async with (
        connect(address, pool_size=1, timeout_seconds=30.0, retry_seconds=30.0) as driver,
        driver.session(database=address.database, default_access_mode=WRITE_ACCESS) as session,
    ):
        result = await session.run(INDEX_COVERS)
        await result.consume()

        async def covers(transaction: AsyncManagedTransaction) -> None:
            for statement, parameters in _cover(data_map):
                await (await transaction.run(statement, parameters)).consume()

        await session.execute_write(covers)
        remaining = iter(numbers)
        while subjects := [subject_id(number) for number in itertools.islice(remaining, SUBJECTS_A_WRITE)]:

            async def join(transaction: AsyncManagedTransaction, subjects: list[str] = subjects) -> None:
                await (await transaction.run(JOIN_HOLDINGS, subjects=subjects)).consume()

            await session.execute_write(join)


def _cover(data_map: DataMap) -> Iterator[tuple[LiteralString, dict[str, Any]]]:
    """A statement for each node and relationship."""
    for service, category in sorted({pair for profile in PROFILES for pair in profile.pairs}):
        pair = {"id": f"{service}/{category}", "revision": 1}
        now = datetime.now(UTC)
        holding = Holding("", service, category, now, None, None, None, None, now)
        answer = HoldingAnswer(holding, data_map.coverage(service, category), Person((), ()))
        yield MERGE_COVER, pair
        yield JOIN_SERVICE, pair | {"key": service}
        yield JOIN_CATEGORY, pair | {"key": category}
        for purpose in answer.purposes:
            yield ADD_PURPOSE, pair | {"key": purpose.fact.purpose.key, "status": purpose.standing.status.value}
        for recipient in answer.recipients:
            yield ADD_RECIPIENT, pair | {"key": recipient.path.recipient.key, "status": recipient.status.value}


def require_same_answers(ours: int, theirs: int, issuer: Issuer, numbers: Sequence[int]) -> None:
    """Raises RuntimeError where the two, at these ports, do not tell the subjects of these numbers the same."""
    for subject in map(subject_id, numbers):
        token = issuer.mint(subject)
        asked = (
            (ours, load.request(ours, "/graphql", {"query": OURS}, token)),
            (theirs, load.request(theirs, "/", {"query": QUERY, "variables": {"id": subject}}, token)),
        )
        one, other = (asyncio.run(load.told(port, request)) for port, request in asked)
        if one != other:
            raise RuntimeError(f"{subject} is told {json.dumps(one)}, and by the peer {json.dumps(other)}")


@contextmanager
def peer(address: Mapping[str, Any], issuer: Issuer, engine: int | None, log: Path) -> Iterator[Service]:
    """The peer's process, once it serves, on a graph that was prepared."""
    port = free_port()
    environment = {
        **os.environ,
        "NODE_ENV": "production",
        "PEER_PORT": str(port),
        "PEER_JWKS_URL": f"http://127.0.0.1:{issuer.port}/keys",
        "PEER_GRAPH_URL": str(address["url"]),
        "PEER_GRAPH_USER": str(address["user"]),
        "PEER_GRAPH_PASSWORD": str(address["password"]),
        "PEER_GRAPH_DATABASE": str(address["database"]),
    }
    with started([_node(), str(FOLDER / "server.mjs")], environment, log) as process:
        wait_until(lambda: b"ready" in log.read_bytes(), process, log)
        yield Service(port, process.pid, engine)


def _node() -> str:
    """The program itself: what is first in the path may be a script that starts it, and is neither measured nor told
    to stop."""
    return subprocess.check_output(["node", "-p", "process.execPath"], text=True).strip()  # noqa: S607
