"""`vitrine records` as a process: the record of a revision, written into a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from graph.engines.address import GraphAddress
from graph.store.database import Database
from graph.store.revisions import draft_revision, load_data_map
from seed.folder import read_revision
from server.records.document import RecordOf
from server.records.forms import RecordForm, write_record
from tests.moves import IN_FORCE, SEED
from tests.server.command_line import settings_of, vitrine

LINKS = {"VITRINE_PUBLIC_URL": "https://privacy.example"}
TOLD = "95 rows; 12 that Art. 30 asks for and the map does not state"


@pytest.fixture
async def settings(database: Database, address: GraphAddress) -> dict[str, str]:
    """The first policy, as a draft."""
    await draft_revision(database, read_revision(SEED), at=IN_FORCE)
    return settings_of(address) | LINKS


async def test_a_record_is_written_as_the_service_writes_it(
    database: Database, settings: dict[str, str], tmp_path: Path
) -> None:
    file = tmp_path / "record.xlsx"
    made = vitrine("records", "1", file, settings=settings)
    assert (made.returncode, made.stdout) == (0, f"{TOLD}\n"), made.stderr
    _, content = write_record(
        await load_data_map(database, 1), RecordOf.CONTROLLER, RecordForm.XLSX, "https://privacy.example"
    )
    assert file.read_bytes() == content
    refused = vitrine("records", "1", file, settings=settings)
    assert refused.returncode == 1
    assert "is there already" in refused.stderr


def test_a_record_can_go_into_a_pipe(settings: dict[str, str]) -> None:
    made = vitrine("records", "1", "--of", "processors", "--as", "json", "-", settings=settings)
    assert made.returncode == 0, made.stderr
    assert len(json.loads(made.stdout)["rows"]) == 10
    assert made.stderr == "10 rows; 21 that Art. 30 asks for and the map does not state\n"


def test_of_a_revision_that_is_not_there_nothing_is_written(settings: dict[str, str], tmp_path: Path) -> None:
    refused = vitrine("records", "7", tmp_path / "record.xlsx", settings=settings)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "There is no revision 7: the list of revisions shows those there are\n"
    assert list(tmp_path.iterdir()) == []
