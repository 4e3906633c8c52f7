"""Restores: into an empty graph only, cut off anywhere and gone on with, and never half in force."""

from __future__ import annotations

import asyncio
import gzip
import io
import json
import shutil
from collections.abc import Mapping
from itertools import count
from pathlib import Path

import pytest

from graph.backup_file import BackupReader, BackupWriter, Header
from graph.backup_order import LEDGER, Node, Record
from graph.errors import Conflict, InvalidInput, NoRevisionInForce, NotFound
from graph.model import RevisionState
from graph.store import restores
from graph.store.backups import KNOWN
from graph.store.database import Database
from graph.store.migrations import FOLDER, migrate, read_migrations
from graph.store.reports import record_reports
from graph.store.restores import verify
from graph.store.revisions import draft_revision, list_revisions, load_number_in_force
from tests.builders import a_revision_content
from tests.graphs import dump, run, wipe
from tests.moves import TODAY, backed_up, fill_little, lines, restored, verified

ADD_MOVIE = """
CREATE (m:Movie {id: "M"})
"""
CHANGE_HOLDING = """
MATCH (h:Holding)
WHERE h.records = 2
SET h.records = 99
"""
#: The first statement of the first batch, when the graph is migrated and nothing but ledgers is written.
AFTER_BEGIN = 12


# ---- where a backup may be restored ----------------------------------------------------------------------------------


async def test_a_graph_that_is_not_empty_is_left_as_it_is(here: Database, there: Database) -> None:
    await fill_little(here)
    content = await backed_up(here)
    await record_reports(
        there, lines({"subject": "ann", "service": "s", "category": "c", "since": "2020-01-01T00:00:00Z"})
    )
    before = await dump(there)
    with pytest.raises(
        Conflict, match=r"^The graph is not empty: it holds a (Subject|Holding); nothing was touched\. "
    ):
        await restored(there, content)
    assert await dump(there) == before


async def test_a_graph_with_a_draft_is_left_as_it_is(here: Database, there: Database) -> None:
    await fill_little(here)
    content = await backed_up(here)
    await draft_revision(there, a_revision_content(), at=TODAY)
    before = await dump(there)
    with pytest.raises(Conflict, match=r"^The graph is not empty: it holds a "):
        await restored(there, content)
    assert await dump(there) == before


async def test_a_graph_that_somebody_writes_to_just_now_is_left_to_them(
    here: Database, there: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill_little(here)
    content = await backed_up(here)

    async def migrate_late(database: Database) -> list[str]:
        # A service that started meanwhile, after the restore had looked.
        await draft_revision(database, a_revision_content(), at=TODAY)
        return await migrate(database)

    monkeypatch.setattr(restores, "migrate", migrate_late)
    with pytest.raises(Conflict, match=r"^The graph is not empty: it holds a Revision"):
        await restored(there, content)
    assert len(await list_revisions(there, states=frozenset(RevisionState), limit=10)) == 1
    assert sum(LEDGER in line for line in (await dump(there)).nodes) == 1


async def test_the_graph_of_another_program_is_left_to_it(here: Database, there: Database) -> None:
    await fill_little(here)
    content = await backed_up(here)
    await run(there, ADD_MOVIE)
    with pytest.raises(Conflict, match=r"^The graph is not empty: it holds a Movie; nothing was touched\. "):
        await restored(there, content)
    assert len((await dump(there)).nodes) == 1


async def test_what_is_restored_already_is_told_from_what_is_not(here: Database, there: Database) -> None:
    await fill_little(here)
    content = await backed_up(here)
    await restored(there, content)
    before = await dump(there)
    assert await restored(there, content) == verified(content).records
    assert await dump(there) == before
    await run(there, CHANGE_HOLDING)
    with pytest.raises(Conflict, match=r"^The graph is not empty"):
        await restored(there, content)


# ---- a restore that is cut off ---------------------------------------------------------------------------------------


class CutOff(Exception):
    """Raised where the restore is to end."""


def cut_off_at(database: Database, place: int | str) -> None:
    """Fails the statement with this number that a restore runs, counted from 0, or this statement."""
    numbers = count()

    def fail(statement: str) -> None:
        if place in (next(numbers), statement):
            raise CutOff

    database.observers.append(fail)


async def test_a_restore_that_was_cut_off_anywhere_goes_on_and_is_the_same(
    here: Database, there: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restores, "RECORDS_A_BATCH", 20)
    await fill_little(here)
    expected = await dump(here)
    content = await backed_up(here)
    ran: list[str] = []
    there.observers.append(ran.append)
    await restored(there, content)
    statements = len(ran)
    assert statements > 100
    last = max(number for number, statement in enumerate(ran) if statement == restores.MOVE_RESTORE)
    for number in [*range(0, statements, 13), last, last + 1, statements - 1]:
        there.observers.clear()
        await wipe(there)
        cut_off_at(there, number)
        with pytest.raises(CutOff):
            await restored(there, content)
        there.observers.clear()
        with pytest.raises(NoRevisionInForce):
            await load_number_in_force(there, TODAY)
        await restored(there, content)
        assert await dump(there) == expected, number


async def test_meanwhile_nobody_drafts_and_no_backup_is_made(here: Database, there: Database) -> None:
    await fill_little(here)
    content = await backed_up(here)
    cut_off_at(there, AFTER_BEGIN)
    with pytest.raises(CutOff):
        await restored(there, content)
    there.observers.clear()
    with pytest.raises(NotFound, match=r"^There is no revision 5"):
        await draft_revision(there, a_revision_content(), at=TODAY)
    with pytest.raises(Conflict, match=r"^A restore into this graph has not ended"):
        await backed_up(there)


async def test_nobody_drafts_when_all_but_the_end_is_written(here: Database, there: Database) -> None:
    await fill_little(here)
    content = await backed_up(here)
    cut_off_at(there, restores.GIVE_STATES)
    with pytest.raises(CutOff):
        await restored(there, content)
    there.observers.clear()
    with pytest.raises(NotFound, match=r"^There is no revision 5"):
        await draft_revision(there, a_revision_content(), at=TODAY)
    await restored(there, content)
    assert await dump(there) == await dump(here)


async def test_nobody_drafts_while_a_file_without_revisions_is_restored(there: Database) -> None:
    content = written(ANN)
    cut_off_at(there, restores.CREATE_SUBJECTS)
    with pytest.raises(CutOff):
        await restored(there, content)
    there.observers.clear()
    with pytest.raises(NotFound, match=r"^There is no revision 1"):
        await draft_revision(there, a_revision_content(), at=TODAY)
    await restored(there, content)
    assert len((await dump(there)).nodes) == 1
    for number in (1, 2):
        draft = await draft_revision(there, a_revision_content(summary=f"Attempt {number}"), at=TODAY)
        assert draft.number == number


async def test_another_file_does_not_go_on_where_one_was_cut_off(here: Database, there: Database) -> None:
    await fill_little(here)
    content = await backed_up(here)
    await draft_revision(here, a_revision_content(), at=TODAY)
    other = await backed_up(here)
    cut_off_at(there, AFTER_BEGIN)
    with pytest.raises(CutOff):
        await restored(there, content)
    there.observers.clear()
    before = await dump(there)
    with pytest.raises(
        Conflict, match=f"that with the SHA-256 {verified(content).footer.sha256}: .*nothing was touched"
    ):
        await restored(there, other)
    assert await dump(there) == before


async def test_two_restores_of_one_file_at_once_write_everything_once(
    here: Database, there: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(restores, "RECORDS_A_BATCH", 20)
    await fill_little(here)
    content = await backed_up(here)
    ends = await asyncio.gather(*(restored(there, content) for _ in range(3)), return_exceptions=True)
    failed = [str(end).partition(":")[0] for end in ends if not isinstance(end, int)]
    assert set(failed) <= {"Another process has ended the restore of this graph"}
    assert len(failed) < len(ends)
    assert await dump(there) == await dump(here)


# ---- what is written -------------------------------------------------------------------------------------------------


def written(*records: Record, migrations: Mapping[str, str] | None = None) -> bytes:
    stream = io.BytesIO()
    writer = BackupWriter(stream, Header(TODAY, "neo4j", migrations or {}), KNOWN)
    writer.write(records)
    writer.finish()
    return stream.getvalue()


ANN, BEN, EVE = (Node("Subject", {"id": id, "locked": True}) for id in ("ann", "ben", "eve"))


@pytest.mark.parametrize(
    "again",
    [
        gzip.compress(gzip.decompress(written(ANN, BEN)).replace(b'"ben","locked":true', b'"ben","locked":null')),
        gzip.compress(gzip.decompress(written(ANN, BEN)).replace(b'"ben","locked":true', b'"ben","locked":false')),
        written(ANN, EVE),
        written(ANN),
        written(ANN, BEN, EVE),
        written(ANN, BEN, migrations={"0001": "ab"}),
    ],
    ids=["damaged", "flipped", "another", "shorter", "longer", "with another beginning"],
)
async def test_what_was_not_checked_is_not_written(
    there: Database, monkeypatch: pytest.MonkeyPatch, again: bytes
) -> None:
    """The file is read a second time; what is written by then is right, and a good copy goes on with it."""
    monkeypatch.setattr(restores, "RECORDS_A_BATCH", 1)
    good = written(ANN, BEN)

    def reader() -> BackupReader:
        return BackupReader(io.BytesIO(again), "b.gz", KNOWN)

    with pytest.raises(InvalidInput, match=r"^b\.gz"):
        await restores.restore(there, reader, verified(good), on_progress=lambda _: None)
    found = [json.loads(node)["properties"] for node in (await dump(there)).nodes]
    assert [each for each in found if each["id"] not in ("RESTORE", "REVISIONS")] in (
        [],
        [ANN.properties],
        [ANN.properties, BEN.properties],
    )
    await restored(there, good)
    assert [json.loads(node)["properties"] for node in (await dump(there)).nodes] == [ANN.properties, BEN.properties]


async def test_a_batch_is_no_larger_than_an_engine_takes(there: Database) -> None:
    text = "x" * 1_500_000
    revisions = [Node("Revision", {"number": each, "state": "DRAFT", "markdown": text}) for each in range(1, 11)]
    ledger = Node("Ledger", {"id": "REVISIONS", "last_number": 10, "last_published": 0})
    told: list[int] = []
    await restored(there, written(ledger, *revisions), told)
    assert told == [4, 7, 10, 11]


async def test_what_a_file_holds_twice_is_told(there: Database) -> None:
    """Of what hangs on two people only the graph can tell."""
    twice = [Node("Holding", {"id": "h1"}, subject=each) for each in ("ann", "ben")]
    with pytest.raises(Conflict, match=r"^The graph has something already that comes after record 0 of b\.gz: "):
        await restored(there, written(ANN, twice[0], BEN, twice[1]))


# ---- schemas ---------------------------------------------------------------------------------------------------------


APPLIED = {each.name: each.checksum for each in read_migrations(FOLDER, embedded=True)}


def check(migrations: dict[str, str], folder: Path = FOLDER) -> None:
    verify(io.BytesIO(written(migrations=migrations)), "b.gz", on_progress=lambda _: None, folder=folder)


def test_a_file_of_a_newer_or_changed_schema_is_refused() -> None:
    check(APPLIED)
    with pytest.raises(
        InvalidInput, match=r"^b\.gz: has the migration 9999_future\.cypher, which this version does not"
    ):
        check({**APPLIED, "9999_future.cypher": "ab"})
    name = next(iter(APPLIED))
    with pytest.raises(InvalidInput, match=f"^b\\.gz: has the migration {name}, which this version does not"):
        check({**APPLIED, name: "ab"})


def test_a_file_of_an_older_schema_is_taken_where_its_data_are_what_they_would_be_now(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    shutil.copytree(FOLDER, folder)
    (folder / "9998_index.cypher").write_text(
        "// Why.\nCREATE INDEX a IF NOT EXISTS FOR (n:A) ON (n.a);\nDROP CONSTRAINT b IF EXISTS;\n"
    )
    check(APPLIED, folder)
    # A graph on Neo4j never had those of the embedded engine.
    check({name: checksum for name, checksum in APPLIED.items() if not name.endswith(".arcadedb.cypher")}, folder)
    (folder / "9999_data.cypher").write_text(
        "CREATE INDEX c IF NOT EXISTS FOR (n:A) ON (n.c);\nMATCH (n:A) SET n.c = 1;\n"
    )
    with pytest.raises(InvalidInput, match=r"^b\.gz: is older than the migration 9999_data\.cypher, which changes"):
        check(APPLIED, folder)
