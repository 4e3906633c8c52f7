"""The first revision of an empty graph: loaded once, whole, whatever cuts it off."""

from __future__ import annotations

import asyncio
import json
import shutil
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from graph.errors import InvalidRevision, InvalidSettings
from graph.model import RevisionState
from graph.store.database import Database
from graph.store.judging import overrule_finding
from graph.store.publishing import withdraw_revision
from graph.store.revisions import draft_revision, list_revisions, load_number_in_force
from seed.folder import read_revision
from server.cli.seeding import seed
from server.settings import ROOT, Mode, Settings

# After the last day of the examples.
NOW = datetime(2026, 12, 1, 12, tzinfo=UTC)
SETTINGS = Settings()

COUNT_SUBJECTS = """
MATCH (s:Subject)
RETURN count(s) AS subjects
"""


async def subjects(database: Database) -> int:
    (record,) = await database.read(COUNT_SUBJECTS)
    count: int = record["subjects"]
    return count


async def states(database: Database) -> list[tuple[int, RevisionState]]:
    found = await list_revisions(database, states=frozenset(RevisionState), limit=10)
    return [(revision.number, revision.state) for revision in found]


async def test_an_empty_graph_gets_the_seed_in_force_from_its_own_date(database: Database) -> None:
    said = await seed(database, SETTINGS, NOW)
    lines = (ROOT / "seed/examples.ndjson").read_text().splitlines()
    assert said == (
        f"Published revision 1 from seed/ispsystem/2018-11-12, and loaded {len(lines)} reports of example subjects"
    )
    (revision,) = await list_revisions(database, states=frozenset({RevisionState.PUBLISHED}), limit=10)
    assert (revision.effective_at, revision.published_at) == (datetime(2018, 11, 12, tzinfo=UTC), NOW)
    assert await subjects(database) == len({json.loads(line)["subject"] for line in lines})


async def test_a_graph_with_a_published_revision_is_left_alone(database: Database) -> None:
    await seed(database, SETTINGS, NOW)
    assert await seed(database, SETTINGS, NOW) is None
    assert await states(database) == [(1, RevisionState.PUBLISHED)]


async def test_production_mode_loads_no_example_subjects(database: Database) -> None:
    said = await seed(database, replace(SETTINGS, mode=Mode.PRODUCTION), NOW)
    assert said == "Published revision 1 from seed/ispsystem/2018-11-12"
    assert await subjects(database) == 0
    assert await load_number_in_force(database, NOW) == 1


async def test_a_graph_that_was_named_gets_no_example_subjects(database: Database) -> None:
    settings = replace(SETTINGS, graph_url="neo4j://graph.example:7687")
    assert settings.is_development
    assert await seed(database, settings, NOW) == "Published revision 1 from seed/ispsystem/2018-11-12"
    assert await subjects(database) == 0
    assert await load_number_in_force(database, NOW) == 1


async def test_a_folder_that_is_named_by_no_date_is_in_force_at_once(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "ours"
    shutil.copytree(SETTINGS.seed_dir, folder)
    assert await seed(database, replace(SETTINGS, seed_dir=folder, mode=Mode.PRODUCTION), NOW) == (
        f"Published revision 1 from {folder}"
    )
    (revision,) = await list_revisions(database, states=frozenset({RevisionState.PUBLISHED}), limit=10)
    assert revision.effective_at == NOW


async def test_a_start_that_was_cut_off_before_it_published_is_taken_up(database: Database) -> None:
    await draft_revision(database, read_revision(SETTINGS.seed_dir), at=NOW)
    said = await seed(database, SETTINGS, NOW)
    assert said is not None
    assert said.startswith("Published revision 1 ")
    assert await states(database) == [(1, RevisionState.PUBLISHED)]
    assert await subjects(database) > 0


async def test_a_draft_of_somebodys_own_is_not_published_over(database: Database) -> None:
    await draft_revision(database, read_revision(ROOT / "seed/ispsystem/example-revision"), at=NOW)
    assert await seed(database, SETTINGS, NOW) is None
    assert await states(database) == [(1, RevisionState.DRAFT)]


async def test_a_first_revision_that_was_withdrawn_is_not_put_back(database: Database) -> None:
    await draft_revision(database, read_revision(SETTINGS.seed_dir), at=NOW)
    await withdraw_revision(database, 1, at=NOW)
    assert await seed(database, SETTINGS, NOW) is None
    assert await states(database) == [(1, RevisionState.WITHDRAWN)]


async def test_two_that_start_at_once_publish_one_revision(database: Database) -> None:
    settings = replace(SETTINGS, mode=Mode.PRODUCTION)
    said = await asyncio.gather(*(seed(database, settings, NOW) for _ in range(2)))
    assert await states(database) == [(1, RevisionState.PUBLISHED)]
    # Both may say so: publishing again just what is published is no conflict.
    assert {each for each in said if each is not None} == {"Published revision 1 from seed/ispsystem/2018-11-12"}


async def test_examples_of_another_map_do_not_hold_up_the_start(database: Database, tmp_path: Path) -> None:
    examples = tmp_path / "examples.ndjson"
    good = (ROOT / "seed/examples.ndjson").read_text().splitlines()[0]
    examples.write_text(f"{good}\n{good.replace('websites', 'elsewhere')}\n")
    said = await seed(database, replace(SETTINGS, seed_examples=examples), NOW)
    assert said == (
        "Published revision 1 from seed/ispsystem/2018-11-12, and loaded 1 reports of example subjects; "
        f"1 do not fit this map: `vitrine holdings import {examples}` says why"
    )


async def test_a_folder_with_problems_is_refused_and_nothing_is_written(database: Database, tmp_path: Path) -> None:
    (tmp_path / "policy.md").write_text("# Policy\n")
    with pytest.raises(InvalidRevision) as raised:
        await seed(database, replace(SETTINGS, seed_dir=tmp_path), NOW)
    assert [str(problem) for problem in raised.value.problems] == [
        f"{tmp_path}/map.yaml:0: there is no such file: add it"
    ]
    assert await states(database) == []


async def test_missing_examples_are_refused_by_the_name_of_the_setting(database: Database, tmp_path: Path) -> None:
    with pytest.raises(InvalidSettings) as raised:
        await seed(database, replace(SETTINGS, seed_examples=tmp_path / "none"), NOW)
    assert raised.value.message == (
        f"VITRINE_SEED_EXAMPLES: {tmp_path}/none cannot be read (No such file or directory): name a file of reports"
    )


async def test_a_graph_away_in_the_middle_leaves_a_start_to_take_up(database: Database) -> None:
    """Whatever stops a start before the last write, the next one begins again and ends the same."""

    class CutOff(Exception):
        pass

    def cut_off(statement: str) -> None:
        if statement.lstrip().startswith("UNWIND $subjects"):
            raise CutOff

    database.observers.append(cut_off)
    with pytest.raises(CutOff):
        await seed(database, SETTINGS, NOW)
    database.observers.clear()
    assert await states(database) == [(1, RevisionState.DRAFT)]
    assert await seed(database, SETTINGS, NOW) is not None
    assert await states(database) == [(1, RevisionState.PUBLISHED)]


async def test_a_seed_with_violations_stays_a_draft_until_they_are_overruled(
    database: Database, tmp_path: Path
) -> None:
    folder = tmp_path / "2020-01-01"
    shutil.copytree(SETTINGS.seed_dir, folder)
    file = folder / "map.yaml"
    safeguards = "    safeguards: [protection-no-lower, on-instructions-only, limited-kit, confidential-transfer]\n"
    file.write_text(file.read_text().replace(safeguards, "", 1))
    settings = replace(SETTINGS, seed_dir=folder)
    google = "transfer-without-safeguard/recipient/google"

    said = await seed(database, settings, NOW)

    assert said == (
        f"Nothing is in force: {folder} is a draft. Revision 1 has 1 violation that nobody overruled (the first: "
        f"'{google}'): mend what is wrong and draft it again, or overrule each with a reason, which stays with the "
        "revision"
    )
    assert await states(database) == [(1, RevisionState.DRAFT)]
    assert await seed(database, settings, NOW) == said

    await overrule_finding(database, 1, google, "It ends.", by=None, at=NOW)
    assert (await seed(database, settings, NOW) or "").startswith(f"Published revision 1 from {folder}")
