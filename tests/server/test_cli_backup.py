"""`vitrine backup` and `vitrine restore` as processes, beside a service that runs, and killed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import stat
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from graph.engines.address import GraphAddress
from graph.engines.embedded import EmbeddedEngine, attach
from graph.errors import GraphUnavailable
from graph.store.database import Database
from graph.store.migrations import migrate
from graph.store.reports import record_reports
from tests.graphs import dump
from tests.moves import backed_up, emptied, fill_little, lines
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


def piped(*arguments: str | Path, settings: dict[str, str], stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Runs a command to its end, with bytes for its input and output."""
    return subprocess.run(
        [*PROGRAM, *map(str, arguments)], cwd=ROOT, env=environment(settings), input=stdin, capture_output=True
    )


def at(folder: Path) -> dict[str, str]:
    return {"VITRINE_DATA_DIR": str(folder)}


# ---- moving ----------------------------------------------------------------------------------------------------------


async def test_a_company_moves_from_one_engine_to_the_other(
    filled: dict[str, str], database: Database, tmp_path: Path
) -> None:
    """From the graph of this run to an embedded engine, and back, by commands alone."""
    file, folder = tmp_path / "b.gz", tmp_path / "data"
    before = await dump(database)
    made = vitrine("backup", file, "--json", settings=filled)
    assert (made.returncode, made.stderr) == (0, "")
    summary = json.loads(made.stdout)
    assert (summary["file"], summary["bytes"]) == (str(file), file.stat().st_size)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600

    restored = vitrine("restore", file, "--json", settings=at(folder))
    assert (restored.returncode, restored.stderr) == (0, "")
    told = json.loads(restored.stdout)
    assert (told["sha256"], told["counts"], told["records_there_before"]) == (summary["sha256"], summary["counts"], 0)
    back = piped("backup", "-", settings=at(folder))
    async with emptied(database):
        again = piped("restore", "-", settings=filled, stdin=back.stdout)
        assert (again.returncode, again.stderr) == (0, b"")
        assert await dump(database) == before


def test_a_backup_beside_a_running_service_answers_the_same_elsewhere(served: Service, tmp_path: Path) -> None:
    file, folder = tmp_path / "b.gz", tmp_path / "data"
    made = vitrine("backup", file, settings=served.settings)
    assert made.returncode == 0, made.stderr
    kinds = dict(line.split()[:2] for line in made.stdout.splitlines() if line.strip())
    assert (kinds["Subject"], kinds["Revision"], kinds["file"]) == ("16", "1", str(file))
    assert vitrine("restore", file, settings=at(folder)).returncode == 0
    with Service(folder) as moved:
        moved.until_ready()
        assert [line for line in moved.said if "Published revision" in line] == []
        assert answers(moved) == answers(served)


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


def test_a_check_needs_no_graph(served: Service, tmp_path: Path) -> None:
    file = tmp_path / "b.gz"
    made = vitrine("backup", file, "--json", settings=served.settings)
    checked = vitrine("backup", "--check", file, "--json", settings=NOWHERE)
    assert checked.returncode == 0, checked.stderr
    assert json.loads(checked.stdout)["counts"] == json.loads(made.stdout)["counts"]
    assert json.loads(checked.stdout)["engine"] == "embedded"
    assert piped("backup", "--check", "-", settings=NOWHERE, stdin=file.read_bytes()).returncode == 0
    file.write_bytes(file.read_bytes()[:-9])
    broken = vitrine("backup", "--check", file, settings=NOWHERE)
    assert broken.returncode == 1
    assert broken.stderr.startswith(f"{file}:")
    assert "cut off" in broken.stderr


# ---- graphs that are not to be touched -------------------------------------------------------------------------------


def test_a_graph_with_a_seed_is_not_restored_into(served: Service, tmp_path: Path) -> None:
    file = tmp_path / "b.gz"
    assert vitrine("backup", file, settings=served.settings).returncode == 0
    before = answers(served)
    # By one person it is another graph than the file holds.
    report = {"subject": "new", "service": "websites", "category": "cookies", "since": "2026-01-01T00:00:00Z"}
    assert vitrine("holdings", "import", "-", settings=served.settings, stdin=json.dumps(report)).returncode == 0
    refused = vitrine("restore", file, settings=served.settings)
    assert refused.returncode == 1
    assert refused.stderr.startswith("The graph is not empty: it holds a ")
    assert "name another data folder in VITRINE_DATA_DIR" in refused.stderr
    assert answers(served) == before


def test_a_damaged_file_touches_nothing(served: Service, tmp_path: Path) -> None:
    file, folder = tmp_path / "b.gz", tmp_path / "data"
    assert vitrine("backup", file, settings=served.settings).returncode == 0
    content = bytearray(file.read_bytes())
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


async def test_a_restore_that_is_killed_is_ended_by_the_same_command(tmp_path: Path) -> None:
    """Over an embedded engine, which is killed with it; meanwhile a service starts, and answers when all is there."""
    async with EmbeddedEngine(tmp_path / "from") as address, Database(address) as database:
        await migrate(database)
        await fill_little(database)
        people = ({"subject": f"person-{number}"} for number in range(3000))
        report = {"service": "billing", "category": "email", "since": "2020-01-01T00:00:00Z"}
        for _ in range(6):
            await record_reports(database, lines(*({**report, **next(people)} for _ in range(500))))
        expected, content = await dump(database), await backed_up(database)
    file, folder = tmp_path / "b.gz", tmp_path / "data"
    file.write_bytes(content)

    killed = 0
    for wanted in (0, 2000, 4000):
        process = await asyncio.create_subprocess_exec(
            *PROGRAM, "restore", str(file), cwd=ROOT, env=environment(at(folder)), stdout=subprocess.DEVNULL
        )
        while process.returncode is None:
            found = await position(folder)
            if found is not None and found >= wanted:
                process.kill()
                break
        killed += await process.wait() == -signal.SIGKILL
    assert killed >= 2

    with Service(folder) as service:
        service.until_ready()
        assert "A restore into this graph has not ended: until then no revision is in force" in service.said
        assert vitrine("restore", file, settings=at(folder)).returncode == 0
        address_ = until(lambda: attach(folder))
        assert address_ is not None
        async with Database(address_) as moved:
            assert await dump(moved) == expected


async def position(folder: Path) -> int | None:
    """How far a restore has come; None while that cannot be asked."""
    address = attach(folder)
    if address is None:
        return None
    async with Database(address, timeout_seconds=1, retry_seconds=0) as database:
        try:
            found = await database.read(FIND_POSITION, id="RESTORE")
        except GraphUnavailable:
            return None
    return found[0]["position"] if found else None
