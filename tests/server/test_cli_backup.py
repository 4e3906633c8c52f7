"""`vitrine backup` and `vitrine restore` as processes, beside a service that runs, and killed."""

from __future__ import annotations

import asyncio
import errno
import io
import json
import os
import signal
import stat
import subprocess
from collections.abc import AsyncIterator, Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any, NoReturn

import pytest

from graph.backup_file import BackupReader, BackupWriter
from graph.backup_order import Node, Record
from graph.engines.address import GraphAddress
from graph.engines.embedded import EmbeddedEngine, attach
from graph.errors import Conflict, GraphUnavailable
from graph.store.backups import KNOWN
from graph.store.database import Database
from server.cli.backup import _target
from tests.graphs import dump
from tests.moves import emptied, fill_little
from tests.server.command_line import PROGRAM, ROOT, Service, environment, settings_of, until, vitrine

NOWHERE = {
    "VITRINE_GRAPH_URL": "bolt://127.0.0.1:9",
    "VITRINE_GRAPH_PASSWORD": "x",
    "VITRINE_GRAPH_RETRY_SECONDS": "0",
}
FIND_POSITION = """
MATCH (l:Ledger {id: $id})
RETURN l.position AS position
"""


@pytest.fixture
async def filled(database: Database, address: GraphAddress) -> AsyncIterator[dict[str, str]]:
    """The settings of the run's graph, with a little in it."""
    async with emptied(database):
        await fill_little(database)
        yield settings_of(address)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service in development mode on an embedded engine, with the seed and the example people."""
    with Service(tmp_path_factory.mktemp("served") / "data") as service:
        yield service.until_ready()


@pytest.fixture(scope="module")
def backup(served: Service, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """Of what is served, made while it is."""
    file = tmp_path_factory.mktemp("backup") / "b.gz"
    made = vitrine("backup", file, settings=served.settings)
    assert made.returncode == 0, made.stderr
    kinds = dict(line.split()[:2] for line in made.stdout.splitlines() if line.strip())
    assert (kinds["Subject"], kinds["Revision"], kinds["file"]) == ("16", "1", str(file))
    return file.read_bytes()


@pytest.fixture(scope="module")
async def empty(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[dict[str, str]]:
    """The settings of an engine that runs and has never held anything."""
    async with EmbeddedEngine(tmp_path_factory.mktemp("empty"), brief=True) as address:
        yield settings_of(address)


def piped(*arguments: str | Path, settings: dict[str, str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs a command to its end, with bytes for its input and output."""
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)], cwd=ROOT, env=environment(settings), input=stdin, capture_output=True
    )


def at(folder: Path) -> dict[str, str]:
    return {"VITRINE_DATA_DIR": str(folder)}


# ---- moving ----------------------------------------------------------------------------------------------------------


async def test_a_company_moves_from_one_engine_to_the_other(
    filled: dict[str, str], empty: dict[str, str], database: Database, tmp_path: Path
) -> None:
    """From the graph of this run to an embedded engine, and back, by commands alone."""
    file = tmp_path / "b.gz"
    before = await dump(database)
    made = vitrine("backup", file, "--json", settings=filled)
    assert (made.returncode, made.stderr) == (0, "")
    summary = json.loads(made.stdout)
    assert (summary["file"], summary["bytes"]) == (str(file), file.stat().st_size)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    restored = vitrine("restore", file, "--json", settings=empty)
    assert (restored.returncode, restored.stderr) == (0, "")
    told = json.loads(restored.stdout)
    assert (told["sha256"], told["counts"], told["records_there_before"]) == (summary["sha256"], summary["counts"], 0)
    back = piped("backup", "-", settings=empty)
    async with emptied(database):
        again = piped("restore", "-", settings=filled, stdin=back.stdout)
        assert (again.returncode, again.stderr) == (0, b"")
        assert await dump(database) == before


def answers(service: Service) -> Any:
    """What the line to paste answers."""
    done = subprocess.run(["bash", "-c", service.curl], capture_output=True, text=True, check=True)
    answer = json.loads(done.stdout)
    assert answer["data"]["me"]["holdings"]
    return answer


# ---- files -----------------------------------------------------------------------------------------------------------


def test_a_file_that_is_there_is_replaced_only_when_told_to(served: Service, tmp_path: Path) -> None:
    file = tmp_path / "b.gz"
    file.write_text("precious")
    refused = vitrine("backup", file, settings=served.settings)
    assert refused.returncode == 1
    assert refused.stderr == f"{file} is there already: name another file, or --force to replace it\n"
    assert file.read_text() == "precious"
    assert vitrine("backup", file, "--force", settings=served.settings).returncode == 0
    assert vitrine("backup", file, "--check", settings={}).returncode == 0
    assert list(tmp_path.iterdir()) == [file]


def test_a_backup_that_fails_leaves_nothing(tmp_path: Path) -> None:
    file = tmp_path / "b.gz"
    assert vitrine("backup", file, settings=NOWHERE).returncode == 3
    none = vitrine("backup", file, settings=at(tmp_path / "none"))
    assert (none.returncode, none.stderr.startswith("there is no graph in the data folder")) == (2, True)
    assert vitrine("backup", tmp_path / "none" / "b.gz", settings=NOWHERE).stderr.startswith(
        f"{tmp_path}/none/b.gz cannot be written (No such file or directory)"
    )
    assert vitrine("backup", tmp_path, settings=NOWHERE).stderr.startswith(f"{tmp_path} is no regular file")
    assert list(tmp_path.iterdir()) == []


def test_a_backup_into_a_pipe_that_closes_says_so(served: Service) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as closed:
        done = subprocess.run(
            [*PROGRAM, "backup", "-"],
            cwd=ROOT,
            env=environment(served.settings),
            stdout=closed,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (done.returncode, done.stderr) == (1, "- cannot be written (Broken pipe): nothing was kept of it\n")


def test_a_check_needs_no_graph(backup: bytes, tmp_path: Path) -> None:
    file = tmp_path / "b.gz"
    file.write_bytes(backup)
    checked = vitrine("backup", "--check", file, "--json", settings=NOWHERE)
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["counts"]["Subject"] == 16
    assert json.loads(checked.stdout)["engine"] == "embedded"
    assert piped("backup", "--check", "-", settings=NOWHERE, stdin=backup).returncode == 0
    file.write_bytes(backup[:-9])
    broken = vitrine("backup", "--check", file, settings=NOWHERE)
    assert broken.returncode == 1
    assert broken.stderr.startswith(f"{file}:")
    assert "cut off" in broken.stderr


def no(number: int) -> Callable[..., NoReturn]:
    def fail(*_: object) -> NoReturn:
        raise OSError(number, os.strerror(number))

    return fail


@pytest.mark.parametrize("number", [errno.EPERM, errno.EOPNOTSUPP])
def test_on_a_disk_without_links_a_backup_gets_its_name_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(os, "link", no(number))
    file = tmp_path / "b.gz"
    with _target(str(file), force=False) as stream:
        stream.write(b"whole")
    assert (file.read_bytes(), stat.S_IMODE(file.stat().st_mode)) == (b"whole", 0o600)
    file.unlink()
    with pytest.raises(Conflict, match="is there already"), _target(str(file), force=False) as stream:
        stream.write(b"late")
        file.write_text("precious")
    assert file.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_cannot_be_synced_is_no_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda of: no(errno.EINVAL)() if stat.S_ISDIR(os.fstat(of).st_mode) else sync(of))
    with _target(str(tmp_path / "b.gz"), force=False) as stream:
        stream.write(b"whole")
    assert (tmp_path / "b.gz").read_bytes() == b"whole"


def test_a_file_is_not_blamed_for_the_faults_of_others(tmp_path: Path) -> None:
    with pytest.raises(PermissionError), _target(str(tmp_path / "b.gz"), force=False):
        no(errno.EACCES)()
    assert list(tmp_path.iterdir()) == []


def test_a_temporary_folder_without_room_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", 'ulimit -f 10; exec "$@"', "-", *PROGRAM, "restore", "-"],
        cwd=ROOT,
        env=environment({}),
        input=bytes(100_000),
        capture_output=True,
    )
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == (
        b"standard input cannot be kept in a temporary file (File too large): name a folder with more room in TMPDIR, "
        b"or a file\n"
    )


# ---- graphs that are not to be touched -------------------------------------------------------------------------------


def test_a_graph_with_a_seed_is_not_restored_into(served: Service, backup: bytes, tmp_path: Path) -> None:
    file = tmp_path / "b.gz"
    file.write_bytes(backup)
    before = answers(served)
    # By one person it is another graph than the file holds.
    report = {"subject": "new", "service": "websites", "category": "cookies", "since": "2026-01-01T00:00:00Z"}
    assert vitrine("holdings", "import", "-", settings=served.settings, stdin=json.dumps(report)).returncode == 0
    refused = vitrine("restore", file, settings=served.settings)
    assert refused.returncode == 1
    assert refused.stderr.startswith("The graph is not empty: it holds a ")
    assert "name another data folder in VITRINE_DATA_DIR" in refused.stderr
    assert answers(served) == before


def test_a_damaged_file_touches_nothing(backup: bytes, tmp_path: Path) -> None:
    file, folder = tmp_path / "b.gz", tmp_path / "data"
    content = bytearray(backup)
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    refused = vitrine("restore", file, settings=at(folder))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(f"{file}:")
    assert not folder.exists()
    missing = vitrine("restore", tmp_path / "none", settings=at(folder))
    assert missing.stderr == f"{tmp_path}/none cannot be read (No such file or directory): name a backup, or -\n"
    assert not folder.exists()


# ---- killed ----------------------------------------------------------------------------------------------------------


def test_a_restore_that_is_killed_is_ended_by_the_same_command(served: Service, backup: bytes, tmp_path: Path) -> None:
    """Over an embedded engine, which is killed with it; meanwhile a service starts. Once all is there it answers as the
    one does that the backup was made beside."""
    file, folder = tmp_path / "b.gz", tmp_path / "data"
    file.write_bytes(with_strangers(backup, 6000))
    process = subprocess.Popen(
        [*PROGRAM, "restore", str(file)], cwd=ROOT, env=environment(at(folder)), stdout=subprocess.DEVNULL
    )
    until(lambda: process.poll() is not None or asyncio.run(has_begun(folder)))
    process.kill()
    assert process.wait() == -signal.SIGKILL

    with Service(folder) as moved:
        moved.until_ready()
        assert "A restore into this graph has not ended: until then no revision is in force" in moved.said
        ended = json.loads(vitrine("restore", file, "--json", settings=at(folder)).stdout)
        records = sum(ended["counts"].values())
        assert 0 < ended["records_there_before"] < records
        again = json.loads(vitrine("restore", file, "--json", settings=at(folder)).stdout)
        assert again["records_there_before"] == records
        assert answers(moved) == answers(served)


def with_strangers(content: bytes, number: int) -> bytes:
    """A backup with so many people more."""
    reader = BackupReader(io.BytesIO(content), "b.gz", KNOWN)
    stream = io.BytesIO()
    writer = BackupWriter(stream, reader.header, KNOWN)
    people, *rest = (list(each) for _, each in groupby(reader.records(), is_about_people))
    writer.write([*people, *(Node("Subject", {"id": f"stranger-{each:05}", "locked": True}) for each in range(number))])
    for records in rest:
        writer.write(records)
    writer.finish()
    return stream.getvalue()


def is_about_people(record: Record) -> bool:
    return isinstance(record, Node) and (record.label == "Subject" or record.label in KNOWN.rows)


async def has_begun(folder: Path) -> bool:
    """Whether a restore has written some of its records."""
    address = attach(folder)
    if address is None:
        return False
    async with Database(address, timeout_seconds=1, retry_seconds=0) as database:
        try:
            found = await database.read(FIND_POSITION, id="RESTORE")
        except GraphUnavailable:
            return False
    return any(record["position"] for record in found)
