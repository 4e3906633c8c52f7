"""Constraints and indexes: applied once, whoever applies them, and really enforced."""

from __future__ import annotations

import asyncio
import re
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from graph.engines.embedded import EmbeddedEngine
from graph.errors import Conflict, GraphFault
from graph.store import reach_keys
from graph.store.database import Database
from graph.store.migrations import FOLDER, migrate, read_migrations
from tests.graphs import Dump, dump, given_address, run, wipe
from tests.moves import fill_little

UNIQUE = re.compile(r"FOR \(n:(\w+)\) REQUIRE \(?(n\.\w+(?:, n\.\w+)*)\)? IS UNIQUE")


def unique_keys() -> list[tuple[str, tuple[str, ...]]]:
    """Each label that has a unique key, and the properties of that."""
    texts = [file.read_text() for file in sorted(FOLDER.glob("*.cypher"))]
    found = [match.groups() for text in texts for match in UNIQUE.finditer(text)]
    return [(label, tuple(part.removeprefix("n.") for part in parts.split(", "))) for label, parts in found]


async def applied(database: Database) -> list[str]:
    return [each["name"] for each in await database.read("MATCH (m:Migration) RETURN m.name AS name ORDER BY name")]


@pytest.fixture
async def bare(database: Database, tmp_path: Path) -> AsyncIterator[Database]:
    """A graph to which no migration was ever applied."""
    if given_address() is None:
        async with EmbeddedEngine(tmp_path / "data", heap_mb=256, brief=True) as address, Database(address) as bare:
            yield bare
        return
    for each in await database.read("SHOW CONSTRAINTS YIELD name RETURN name"):
        await database.run_schema(f"DROP CONSTRAINT {each['name']}")
    await run(database, "MATCH (m:Migration) DETACH DELETE m")
    yield database


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the migrations, to be edited."""
    copy = tmp_path / "migrations"
    shutil.copytree(FOLDER, copy)
    return copy


class TestApplying:
    async def test_all_of_them_in_order_and_then_none(self, bare: Database) -> None:
        assert await applied(bare) == []
        names = [each.name for each in read_migrations(FOLDER, embedded=await bare.is_embedded())]
        assert names == sorted(names)
        # Both at once: neither fails, and together they do it once.
        async with Database(bare.address) as other:
            first, second = await asyncio.gather(migrate(bare), migrate(other))
        assert set(first) | set(second) == set(names)
        assert await applied(bare) == names
        assert await migrate(bare) == []
        with pytest.raises(Conflict):
            await run(bare, 'UNWIND ["a", "a"] AS id CREATE (:Subject {id: id})')

    async def test_what_is_for_the_embedded_engine_goes_to_no_other(self, migrated: Database) -> None:
        names = await applied(migrated)
        assert ("0001_types.arcadedb.cypher" in names) == await migrated.is_embedded()
        assert {"0002_revisions.cypher", "0003_subjects.cypher"} <= set(names)
        assert [each.name for each in read_migrations(FOLDER, embedded=False)] == [
            name for name in names if "arcadedb" not in name
        ]

    async def test_a_later_one_is_applied_alone(self, database: Database, folder: Path) -> None:
        (folder / "0099_probe.cypher").write_text(
            "// Two statements; the comment holds a ; and is none.\n"
            "CREATE CONSTRAINT probe_a IF NOT EXISTS FOR (n:ProbeA) REQUIRE n.id IS UNIQUE;\n"
            "CREATE CONSTRAINT probe_b IF NOT EXISTS FOR (n:ProbeB)\nREQUIRE n.id IS UNIQUE;\n"
        )
        try:
            assert await migrate(database, folder) == ["0099_probe.cypher"]
            assert await migrate(database, folder) == []
            for label in ("ProbeA", "ProbeB"):
                with pytest.raises(Conflict):
                    await run(database, f'UNWIND ["a", "a"] AS id CREATE (:{label} {{id: id}})')
        finally:
            await run(database, 'MATCH (m:Migration {name: "0099_probe.cypher"}) DETACH DELETE m')

    async def test_an_edited_one_is_refused(self, database: Database, folder: Path) -> None:
        edited = folder / "0002_revisions.cypher"
        edited.write_text(edited.read_text() + "\n")
        with pytest.raises(GraphFault) as refused:
            await migrate(database, folder)
        assert refused.value.message == (
            "Migration 0002_revisions.cypher was edited after it was applied: restore it, and add a new one"
        )

    async def test_one_that_fails_is_tried_again_when_it_is_mended(self, database: Database, folder: Path) -> None:
        probe = folder / "0099_probe.cypher"
        probe.write_text("CREATE NONSENSE;\n")
        with pytest.raises(GraphFault):
            await migrate(database, folder)
        assert probe.name not in await applied(database)
        probe.write_text("CREATE CONSTRAINT probe_a IF NOT EXISTS FOR (n:ProbeA) REQUIRE n.id IS UNIQUE;\n")
        try:
            assert await migrate(database, folder) == [probe.name]
        finally:
            await run(database, 'MATCH (m:Migration {name: "0099_probe.cypher"}) DETACH DELETE m')


class CutOff(Exception):
    """Raised where a migration is to end."""


class TestFilling:
    """A graph of before 0005, whose holdings and decisions get the keys that newer ones are written with."""

    @pytest.fixture
    async def filled(self, database: Database) -> Dump:
        """What is to come out of it."""
        await fill_little(database)
        return await dump(database)

    @pytest.fixture
    def before(self, tmp_path: Path) -> Path:
        before = tmp_path / "before"
        before.mkdir()
        for file in FOLDER.glob("*.cypher"):
            if file.name < "0005":
                shutil.copy(file, before)
        return before

    @pytest.fixture
    async def older(self, filled: Dump, bare: Database, before: Path) -> Database:
        await wipe(bare)
        await migrate(bare, before)
        await fill_little(bare)
        await run(bare, "MATCH (n) WHERE n.reach_key IS NOT NULL REMOVE n.reach_key")
        assert await dump(bare) != filled
        return bare

    async def test_gives_every_row_its_key(self, filled: Dump, older: Database) -> None:
        assert "0005_reach.cypher" in await migrate(older)
        assert await dump(older) == filled

    async def test_goes_on_where_it_was_cut_off(
        self, filled: Dump, older: Database, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(reach_keys, "SUBJECTS_A_PAGE", 1)
        wrote = 0

        def fail(statement: str) -> None:
            nonlocal wrote
            wrote += statement == reach_keys.GIVE_HOLDINGS_KEYS
            if wrote == 2:
                raise CutOff

        older.observers.append(fail)
        with pytest.raises(CutOff):
            await migrate(older)
        older.observers.clear()
        assert "0005_reach.cypher" not in await applied(older)
        assert await dump(older) != filled
        ran: list[str] = []
        older.observers.append(ran.append)
        await migrate(older)
        assert await dump(older) == filled
        # What has a key is not written again.
        assert ran.count(reach_keys.GIVE_HOLDINGS_KEYS) == 2

    async def test_two_at_once_do_it_once(self, filled: Dump, older: Database) -> None:
        async with Database(older.address) as other:
            await asyncio.gather(migrate(older), migrate(other))
        assert await dump(older) == filled
        assert (await applied(older)).count("0005_reach.cypher") == 1


class TestKeys:
    def test_every_label_has_one(self) -> None:
        assert {label: keys for label, keys in unique_keys() if keys != ("revision", "key")} == {
            "Ledger": ("id",),
            "Revision": ("number",),
            "Subject": ("id",),
            "Holding": ("id",),
            "Decision": ("id",),
            "Trust": ("id",),
            "DisclosureRecord": ("id",),
            "AccessRecord": ("id",),
            "ImpactAdjustment": ("id",),
            "FindingOverrule": ("id",),
            "Contact": ("id",),
            "FanOut": ("id",),
            "Notice": ("id",),
            "Delivery": ("id",),
        }
        assert len(unique_keys()) == 14 + 17

    @pytest.mark.parametrize(("label", "keys"), unique_keys())
    async def test_is_enforced(self, database: Database, label: str, keys: tuple[str, ...]) -> None:
        numbers = {"revision", "number"}
        one = {key: 7 if key in numbers else "a" for key in keys}
        others = [{**one, key: 8 if key in numbers else "b"} for key in keys]
        create = f"UNWIND $rows AS row CREATE (n:{label}) SET n = row"
        await run(database, create, rows=[one, *others])
        for taken in (one, others[0]):
            with pytest.raises(Conflict):
                await run(database, create, rows=[taken])
        found = await database.read(f"MATCH (n:{label}) RETURN properties(n) AS row")
        assert sorted(str(sorted(each["row"].items())) for each in found) == sorted(
            str(sorted(row.items())) for row in (one, *others)
        )

    async def test_numbers_are_kept_and_ordered_as_numbers(self, database: Database) -> None:
        numbers = [2, 10, 9, 1, 100, 2**31]
        await run(database, "UNWIND $numbers AS number CREATE (:Revision {number: number})", numbers=numbers)
        found = await database.read(
            "MATCH (r:Revision) WHERE r.number > $after RETURN r.number AS number ORDER BY r.number", after=2
        )
        assert [each["number"] for each in found] == [9, 10, 100, 2**31]
        await run(database, 'UNWIND $numbers AS number CREATE (:Clause {revision: number, key: "a"})', numbers=numbers)
        found = await database.read(
            "MATCH (c:Clause {revision: $revision}) RETURN c.revision AS revision, c.key AS key", revision=10
        )
        assert [each.values() for each in found] == [[10, "a"]]

    async def test_texts_are_kept_and_ordered_as_texts(self, database: Database) -> None:
        ids = ["10", "9", "007", "1e3", "é", "2026-01-01T00:00:00.000000Z", "true"]
        await run(database, "UNWIND $ids AS id CREATE (:Holding {id: id})", ids=ids)
        found = await database.read("MATCH (h:Holding) WHERE h.id > $after RETURN h.id AS id ORDER BY h.id", after="")
        assert [each["id"] for each in found] == sorted(ids)
