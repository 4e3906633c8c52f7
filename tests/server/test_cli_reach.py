"""`vitrine reach` as a process: who is affected by a draft, counted, named, and written into a file."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path

import pytest

from graph.changes import Change, Place, notifying
from graph.engines.address import GraphAddress
from graph.impact import changes
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.reports import record_reports
from graph.store.revisions import draft_revision, load_data_map
from graph.store.subjects import load_subject
from seed.folder import read_revision
from tests.moves import EXAMPLE_REVISION, EXAMPLES, IN_FORCE, SEED, TODAY, lines
from tests.server.command_line import settings_of, vitrine

NOWHERE = {
    "VITRINE_GRAPH_URL": "bolt://127.0.0.1:9",
    "VITRINE_GRAPH_PASSWORD": "x",
    "VITRINE_GRAPH_RETRY_SECONDS": "0",
}


@pytest.fixture
async def settings(database: Database, address: GraphAddress) -> dict[str, str]:
    """The first policy in force, the example people, and the made-up revision as a draft."""
    await draft_revision(database, read_revision(SEED), at=IN_FORCE)
    await publish_revision(database, 1, expected=0, effective_at=IN_FORCE, at=IN_FORCE)
    await record_reports(database, lines(*(json.loads(line) for line in EXAMPLES.read_text("utf-8").splitlines())))
    await draft_revision(database, read_revision(EXAMPLE_REVISION), at=TODAY)
    return settings_of(address)


async def told(database: Database) -> tuple[Change, ...]:
    return changes(await load_data_map(database, 1), await load_data_map(database, 2))


async def touched_by(database: Database, change: Change) -> set[str]:
    """By what each person is told of themself."""
    found = set()
    ids = {json.loads(line)["subject"] for line in EXAMPLES.read_text("utf-8").splitlines()}
    for id in ids:
        _, known = await load_subject(database, id, TODAY)
        places = {Place(each.service, each.category) for each in known.holdings if each.is_held_at(TODAY)}
        decided = {each.purpose for each in known.decisions}
        if any(change.touch.holds(each.service, each.category or "") for each in places) or (
            change.touch.purposes & decided
        ):
            found.add(id)
    return found


async def test_a_draft_is_counted_by_change_and_by_channel(database: Database, settings: dict[str, str]) -> None:
    made = vitrine("reach", "2", "--json", settings=settings)
    assert made.returncode == 0, made.stderr
    found = json.loads(made.stdout)
    compared = await told(database)
    expected = {change.key: await touched_by(database, change) for change in notifying(compared)}
    everybody = sorted(set().union(*expected.values()))
    assert 5 < len(everybody) < 16
    assert (found["revision"], found["base"], found["subjects"]) == (2, 1, len(everybody))
    assert [(each["change"], each["impact"], each["rule"], each["subjects"]) for each in found["changes"]] == [
        (change.key, change.impact.value, change.rule, len(expected.get(change.key, ()))) for change in compared
    ]
    added = next(each for each in found["changes"] if each["change"] == "recipient/example-analytics/added")
    assert {"service": "websites", "category": "cookies", "subjects": 3} in added["places"]
    assert found["channels"]["ACCOUNT_AREA"] == len(everybody)
    assert found["sample"] == everybody


async def test_people_read_a_table(database: Database, settings: dict[str, str]) -> None:
    made = vitrine("reach", "2", settings=settings)
    headline, channels, _, head, *rows = made.stdout.splitlines()
    assert headline == "7 people are affected by revision 2, compared with revision 1"
    assert channels == "By channel: EMAIL 0, ACCOUNT_AREA 7, SOFTWARE_PRODUCT 0"
    assert head.split() == ["Impact", "Change", "Rule", "People", "Because", "of"]
    (added,) = (row for row in rows if "recipient/example-analytics/added" in row)
    assert added.split()[:4] == ["DIRECT", "recipient/example-analytics/added", "recipient-added", "3"]
    assert added.split("3", 1)[1].strip().startswith("websites cookies 3; websites access-time 2; ")
    # What does not fit is said to be more.
    assert any(row.strip().endswith("and 4 more") for row in rows)
    (typo,) = (row for row in rows if "clause/other-rules.reading/reworded" in row)
    assert typo.split() == ["NONE", "clause/other-rules.reading/reworded", "clause-spelling", "0"]
    assert rows[-1].startswith("Some of them: example-")


async def test_the_ids_of_all_are_a_file(database: Database, settings: dict[str, str], tmp_path: Path) -> None:
    expected = [await touched_by(database, change) for change in notifying(await told(database))]
    everybody = "".join(f"{id}\n" for id in sorted(set().union(*expected)))
    file = tmp_path / "ids.txt"
    made = vitrine("reach", "2", "--ids", file, settings=settings)
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith("7 people are affected")
    assert file.read_text("utf-8") == everybody
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_text("what is there")
    refused = vitrine("reach", "2", "--ids", file, settings=settings)
    assert (refused.returncode, file.read_text()) == (1, "what is there")
    assert "is there already" in refused.stderr
    assert vitrine("reach", "2", "--ids", file, "--force", settings=settings).returncode == 0
    assert file.read_text("utf-8") == everybody
    assert os.listdir(tmp_path) == ["ids.txt"]
    piped = vitrine("reach", "2", "--ids", "-", settings=settings)
    assert (piped.returncode, piped.stdout) == (0, everybody)
    assert piped.stderr.splitlines() == ["7 people are affected by revision 2, compared with revision 1"]


def test_two_results_do_not_share_standard_output(settings: dict[str, str]) -> None:
    refused = vitrine("reach", "2", "--ids", "-", "--json", settings=settings)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "--ids - and --json both want standard output: name a file for the ids\n"


async def test_one_that_is_published_is_counted_against_what_it_followed(
    database: Database, settings: dict[str, str]
) -> None:
    before = json.loads(vitrine("reach", "2", "--json", settings=settings).stdout)
    await publish_revision(database, 2, expected=1, effective_at=TODAY, at=TODAY)
    after = json.loads(vitrine("reach", "2", "--json", settings=settings).stdout)
    assert {**after, "at": None} == {**before, "at": None}


def test_the_first_touches_nobody(settings: dict[str, str]) -> None:
    made = vitrine("reach", "1", settings=settings)
    assert made.returncode == 0
    assert made.stdout == "Revision 1 is the first: it changes nothing that anybody was told, and nobody is affected\n"
    found = json.loads(vitrine("reach", "1", "--json", settings=settings).stdout)
    assert (found["base"], found["subjects"], found["changes"], found["channels"]) == (None, 0, [], None)


def test_what_is_not_there_leaves_no_file(settings: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "ids.txt"
    refused = vitrine("reach", "9", "--ids", file, settings=settings)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == "There is no revision 9: the list of revisions shows those there are\n"
    assert vitrine("reach", "2", "--ids", file, settings=NOWHERE).returncode == 3
    assert list(tmp_path.iterdir()) == []
