"""`vitrine compare` and `vitrine revision adjust`: for people, as JSON, and by their exit codes for a company's CI."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from graph.engines.address import GraphAddress
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision
from seed.folder import read_revision
from tests.moves import EXAMPLE_REVISION, IN_FORCE, SEED, TODAY
from tests.server.command_line import settings_of, vitrine

NOWHERE = {
    "VITRINE_GRAPH_URL": "bolt://127.0.0.1:9",
    "VITRINE_GRAPH_PASSWORD": "x",
    "VITRINE_GRAPH_RETRY_SECONDS": "0",
}
ADDED = "recipient/example-analytics/added"


def edited(folder: Path, **texts: tuple[str, str]) -> Path:
    """A copy of the first revision with something replaced in its files."""
    shutil.copytree(SEED, folder)
    for name, (old, new) in texts.items():
        file = folder / {"policy": "policy.md", "map": "map.yaml"}[name]
        text = file.read_text("utf-8")
        assert old in text
        file.write_text(text.replace(old, new), "utf-8")
    return folder


class TestFolders:
    """No graph is needed, and none is asked for."""

    def test_people_read_what_changes_by_impact(self) -> None:
        made = vitrine("compare", SEED, EXAMPLE_REVISION, settings=NOWHERE)
        assert (made.returncode, made.stderr) == (20, "")
        first, *parts = made.stdout.split("\n\n")
        assert first == f"From {SEED} to {EXAMPLE_REVISION}: 6 DIRECT, 4 NONE"
        assert [part for part in parts if part in ("DIRECT", "NONE")] == ["DIRECT", "NONE"]
        assert parts[2] == (
            "recipient/example-analytics/added\n"
            "  a recipient is new (recipient-added)\n"
            "  name: Example Analytics Pte. Ltd.\n"
            "  touches log-data, usage-data, cookies of websites\n"
            "  clause 20.8 processors.example-analytics: {+Example Analytics Pte. Ltd. | Web analytics | Singapore+}\n"
            "  stated in processors.disclosed-here"
        )
        assert parts[4].splitlines()[2:5] == [
            "  start: UNREPORTED -> COLLECTION",
            "  touches log-data of software-products, account-area, websites, related-services",
            "  clause 12.2 retention.log-data: {+Log data is kept for 12 months from its collection.+}",
        ]
        assert parts[9].splitlines()[2:] == [
            "  clause 5.2 other-rules.reading: Please read those documents [-carefuly-]{+carefully+}: to continue, you "
            "need to agree with them."
        ]

    def test_a_revision_and_itself_do_not_differ(self) -> None:
        made = vitrine("compare", SEED, SEED, settings=NOWHERE)
        assert (made.returncode, made.stdout) == (0, f"Nothing differs between {SEED} and {SEED}\n")
        made = vitrine("compare", SEED, SEED, "--json", settings=NOWHERE)
        assert json.loads(made.stdout) == {
            "from": str(SEED),
            "to": str(SEED),
            "highest_impact": "NONE",
            "counts": {"DIRECT": 0, "INDIRECT": 0, "NONE": 0},
            "changes": [],
        }

    def test_programs_read_json(self) -> None:
        made = vitrine("compare", SEED, EXAMPLE_REVISION, "--json", settings=NOWHERE)
        assert made.returncode == 20
        found = json.loads(made.stdout)
        assert (found["highest_impact"], found["counts"]) == ("DIRECT", {"DIRECT": 6, "INDIRECT": 0, "NONE": 4})
        by_key = {each["key"]: each for each in found["changes"]}
        assert by_key["retention-rule/log-data/period"] | {"clauses_before": [], "clauses_after": []} == {
            "key": "retention-rule/log-data/period",
            "kind": "ElementAltered",
            "impact": "DIRECT",
            "judged_impact": "DIRECT",
            "rule": "retention-incomparable",
            "rule_says": by_key["retention-rule/log-data/start"]["rule_says"],
            "adjustment": None,
            "touches": by_key["retention-rule/log-data/start"]["touches"],
            "clauses_before": [],
            "clauses_after": [],
            "element": {"kind": "RetentionRule", "key": "log-data"},
            "attribute": "period",
            "before": None,
            "after": "P12M",
        }
        typo = by_key["clause/other-rules.reading/reworded"]
        assert typo["touches"] == {"everyone": True, "places": [], "purposes": []}
        assert typo["clauses_before"] == [
            {
                "key": "other-rules.reading",
                "number": "4.2",
                "text": "Please read those documents carefuly: to continue, you need to agree with them.",
            }
        ]
        assert [each["kind"] for each in typo["words"]] == ["SAME", "REMOVED", "ADDED", "SAME"]
        assert {"service": "websites", "category": "cookies"} in by_key[ADDED]["touches"]["places"]

    def test_the_exit_code_is_that_of_the_highest_impact(self, tmp_path: Path) -> None:
        nothing = edited(tmp_path / "nothing", policy=("carefuly", "carefully"))
        some = edited(tmp_path / "some", map=("email: privacy@ispsystem.com", "email: dpo@ispsystem.com"))
        for folder, code in ((nothing, 0), (some, 10), (EXAMPLE_REVISION, 20)):
            assert vitrine("compare", SEED, folder, settings=NOWHERE).returncode == code, folder
        for fail_on, codes in (("indirect", (0, 10, 20)), ("DIRECT", (0, 0, 20)), ("never", (0, 0, 0))):
            ended = [
                vitrine("compare", SEED, folder, "--fail-on", fail_on, settings=NOWHERE).returncode
                for folder in (nothing, some, EXAMPLE_REVISION)
            ]
            assert tuple(ended) == codes, fail_on

    def test_a_folder_with_problems_is_told_as_by_other_commands(self, tmp_path: Path) -> None:
        broken = edited(tmp_path / "broken", map=("countries: [US]", "countries: [UK]"))
        made = vitrine("compare", SEED, broken, settings=NOWHERE)
        assert made.returncode == 1
        assert "broken/map.yaml:395: recipients.google.countries" in made.stderr

    # More than 4,300 digits are no number to Python.
    @pytest.mark.parametrize(
        ("text", "said"),
        [("0", "0"), ("2147483648", "2147483648"), ("99999999999", "99999999999"), ("9" * 5000, "9" * 200 + "…")],
        ids=["0", "highest-and-1", "11-digits", "5000-digits"],
    )
    def test_digits_that_number_no_revision_are_refused(self, text: str, said: str) -> None:
        made = vitrine("compare", text, SEED, settings=NOWHERE)
        assert (made.returncode, made.stdout) == (1, "")
        assert made.stderr == f"{said} is no number of a revision: give 1 to 2147483647, or ./{said} for a folder\n"


@pytest.fixture
async def settings(database: Database, address: GraphAddress) -> dict[str, str]:
    """The first policy in force, and the made-up revision as a draft."""
    await draft_revision(database, read_revision(SEED), at=IN_FORCE)
    await publish_revision(database, 1, expected=0, effective_at=IN_FORCE, at=IN_FORCE)
    await draft_revision(database, read_revision(EXAMPLE_REVISION), at=TODAY)
    return settings_of(address)


async def test_numbers_name_revisions_of_the_graph_and_go_with_folders(settings: dict[str, str]) -> None:
    by_folders = vitrine("compare", SEED, EXAMPLE_REVISION, "--json", settings=NOWHERE)
    for old, new, names in (
        ("1", "2", ("revision 1", "revision 2")),
        ("1", EXAMPLE_REVISION, ("revision 1", str(EXAMPLE_REVISION))),
        (SEED, "2", (str(SEED), "revision 2")),
    ):
        made = vitrine("compare", old, new, "--json", settings=settings)
        assert made.returncode == 20, made.stderr
        found = json.loads(made.stdout)
        assert (found["from"], found["to"]) == names
        assert found["changes"] == json.loads(by_folders.stdout)["changes"]


async def test_the_publisher_judges_a_change_of_a_draft(settings: dict[str, str]) -> None:
    made = vitrine(
        *("revision", "adjust", "2", ADDED, "--impact", "indirect", "--because", "It counted visits before, unnamed."),
        settings=settings,
    )
    assert made.returncode == 0, made.stderr
    assert made.stdout == f"{ADDED} has the impact INDIRECT, where its rule (recipient-added) says DIRECT\n"
    shown = vitrine("compare", "1", "2", settings=settings).stdout
    assert shown.startswith("From revision 1 to revision 2: 5 DIRECT, 1 INDIRECT, 4 NONE\n")
    assert "  adjusted from DIRECT to INDIRECT, because: It counted visits before, unnamed.\n" in shown

    made = vitrine(
        *("revision", "adjust", "2", "clause/policy.made-up/added", "--impact", "DIRECT", "--json"), settings=settings
    )
    found = json.loads(made.stdout)
    assert (found["impact"], found["judged_impact"], found["adjustment"]["by"]) == ("DIRECT", "NONE", None)


async def test_what_cannot_be_judged_is_told(settings: dict[str, str]) -> None:
    made = vitrine("revision", "adjust", "2", ADDED, "--impact", "NONE", settings=settings)
    assert (made.returncode, made.stdout) == (1, "")
    assert made.stderr == (
        f"'{ADDED}' has the impact DIRECT by the rule recipient-added: say why it is NONE, in a reason that stays with "
        "the revision\n"
    )
    made = vitrine("revision", "adjust", "2", "recipient/example-letter/added", "--impact", "NONE", settings=settings)
    assert made.returncode == 1
    assert made.stderr.startswith(f"There is no change 'recipient/example-letter/added': the nearest are '{ADDED}', ")
    made = vitrine("compare", "1", "9", settings=settings)
    assert (made.returncode, made.stderr) == (
        1,
        "There is no revision 9: the list of revisions shows those there are\n",
    )
