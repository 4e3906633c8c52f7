"""The keys by which the affected are found: written with every row, derived anew by a restore, and read by index."""

from __future__ import annotations

import gzip
import io
import json
from collections.abc import Sequence

import pytest
from neo4j import READ_ACCESS

from graph.backup_file import BackupWriter, Header
from graph.backup_order import Node
from graph.engines.address import GraphAddress
from graph.engines.neo4j import connect
from graph.holdings import record_id
from graph.model import DecisionKind
from graph.reach_keys import end_of, prefix
from graph.store.backups import KNOWN
from graph.store.database import Database
from graph.store.reach import FIND_DECISION, FIND_HOLDING, LIST_DECISIONS, LIST_HOLDINGS
from graph.store.reports import record_reports
from graph.store.subjects import record_decision
from tests.builders import A_DAY
from tests.graphs import dump
from tests.moves import ODD_IDS, TODAY, backed_up, lines, restored

LIST_KEYS = """
MATCH (n)
WHERE n.reach_key IS NOT NULL
RETURN labels(n)[0] AS label, n.reach_key AS key
ORDER BY label, key
"""


async def keys(database: Database) -> list[tuple[str, str]]:
    return [(each["label"], each["key"]) for each in await database.read(LIST_KEYS)]


async def test_what_is_held_has_one_key_whatever_came_before(database: Database) -> None:
    about = {"subject": "ann", "service": "shop", "category": "email"}
    held = {**about, "since": "2020-01-01T00:00:00Z", "until": "2020-06-01T00:00:00Z"}
    gone = {"type": "gone", **about, "category": "phone", "at": "2020-01-01T00:00:00Z"}
    await record_reports(database, lines(held, gone))
    assert await keys(database) == [("Holding", "shop email ann")]
    # The period before stays as a row, and what was unknown to be held is.
    again = {**about, "since": "2021-01-01T00:00:00Z"}
    await record_reports(database, lines(again, {**again, "category": "phone"}))
    assert len((await dump(database)).nodes) == 4
    assert await keys(database) == [("Holding", "shop email ann"), ("Holding", "shop phone ann")]


async def test_decisions_have_one_whoever_tells_of_them(database: Database) -> None:
    told = {"type": "decision", "subject": "ann", "purpose": "delivery", "decision": "CONSENT"}
    await record_reports(database, lines({**told, "at": "2020-01-01T00:00:00Z", "service": "shop"}))
    await record_decision(database, "ann", "delivery", DecisionKind.WITHDRAWAL, A_DAY)
    assert await keys(database) == [("Decision", "delivery ann")] * 2


async def test_a_backup_has_none_and_a_restore_gives_them_again(here: Database, there: Database) -> None:
    await record_reports(here, lines(*(_held(id) for id in ODD_IDS), *(_decided(id) for id in ODD_IDS)))
    content = await backed_up(here)
    assert "reach_key" not in gzip.decompress(content).decode()
    await restored(there, content)
    assert len(await keys(here)) == 2 * len(ODD_IDS)
    assert await dump(there) == await dump(here)


async def test_what_a_file_says_of_a_key_is_not_believed(there: Database) -> None:
    held = {"service": "shop", "category": "email", "since": "2020-01-01T00:00:00.000000Z"}
    rows = [
        Node("Holding", {**held, "id": record_id("ann", "shop", "email"), "reach_key": "shop email ben"}, "ann"),
        Node("Holding", {**held, "id": "zz", "reach_key": "x" * 20_000}, "ann"),
    ]
    decision = Node("Decision", {"id": "d", "purpose": "y" * 9_000, "reach_key": 5}, "ann")
    stream = io.BytesIO()
    writer = BackupWriter(stream, Header(TODAY, "neo4j", {}), KNOWN)
    ordered = sorted(rows, key=lambda row: str(row.properties["id"]))
    writer.write([Node("Subject", {"id": "ann", "locked": True}), decision, *ordered])
    writer.finish()
    await restored(there, stream.getvalue())
    assert await keys(there) == [("Holding", "shop email ann")]
    nodes = [json.loads(line)["properties"] for line in (await dump(there)).nodes]
    assert sum("reach_key" in each for each in nodes) == 1


@pytest.mark.parametrize("statement", [LIST_HOLDINGS, FIND_HOLDING, LIST_DECISIONS, FIND_DECISION])
async def test_the_affected_are_read_from_an_index(database: Database, address: GraphAddress, statement: str) -> None:
    ids = [f"p{number:03}" for number in range(300)]
    await record_reports(database, lines(*(_held(id) for id in ids), *(_decided(id) for id in ids)))
    start = prefix("shop", "email") if "Holding" in statement else prefix("delivery")
    plan = await _plan(address, statement, start)
    assert any(each in plan for each in ("NodeIndexSeekByRange", "NodeIndexRangeScan")), plan
    assert "reach_key" in plan


def _held(id: str) -> dict[str, str]:
    return {"subject": id, "service": "shop", "category": "email", "since": "2020-01-01T00:00:00Z"}


def _decided(id: str) -> dict[str, str]:
    return {
        "type": "decision",
        "subject": id,
        "purpose": "delivery",
        "decision": "CONSENT",
        "at": "2020-01-01T00:00:00Z",
    }


async def _plan(address: GraphAddress, statement: str, start: str) -> str:
    """What the engine says of how it ran a statement."""
    async with (
        connect(address, pool_size=1, timeout_seconds=5.0, retry_seconds=5.0) as driver,
        driver.session(database=address.database, default_access_mode=READ_ACCESS) as session,
    ):
        result = await session.run(
            f"PROFILE {statement}",
            after=f"{start}p100",
            end=end_of(start),
            skip=len(start),
            at="2026",
            limit=10,
        )
        records: Sequence[object] = [each async for each in result]
        assert len(records) == 1
        return str((await result.consume()).profile)
