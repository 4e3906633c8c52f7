"""`vitrine policy match`: which clause of one text is which of another, without a graph."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from seed.folder import read_revision
from server.policy_html import policy_html
from server.settings import ROOT
from tests.server.command_line import vitrine

SEED = ROOT / "seed/ispsystem/2018-11-12"
OLD = """\
# Privacy policy

We hold what you tell us, and nothing else.

## Data {#data}

- Your name and your postal address. {#name}
- The number of your phone, if you give one.
- Cookies of our websites.

## Rights

You can ask us for a copy of all that we hold about you.

You can ask us to erase it.
"""
NEW = """\
# Privacy policy

We hold what you tell us, and nothing else.

## Rights

You can ask us for a copy of all that we hold about you.

You can ask us to erase it.

## Data {#data}

- Your name and your postal address. {#name}
- The number of your mobile phone, if you give one to us.
- The pages that you looked at, and when.
"""
PHONE = "The number of your phone, if you give one. → The number of your mobile phone, if you give one to us."
CHANGED = [
    ["data", "data", "moved", "Data"],
    ["data.i2", "data.i2", "reworded 86 %", PHONE],
    ["data.i3", "", "gone", "Cookies of our websites."],
    ["", "data.i3", "new", "The pages that you looked at, and when."],
]
SAME = [
    ["privacy-policy", "privacy-policy", "same", "Privacy policy"],
    ["p1", "p1", "same", "We hold what you tell us, and nothing else."],
    ["rights", "rights", "same", "Rights"],
    ["rights.p1", "rights.p1", "same", "You can ask us for a copy of all that we hold about you."],
    ["rights.p2", "rights.p2", "same", "You can ask us to erase it."],
]
NAME = ["name", "name", "same", "Your name and your postal address."]
SUMMARY = "9 clauses before, 9 after: 6 same, 1 reworded, 1 moved, 1 new, 1 gone"


@pytest.fixture
def nowhere(tmp_path: Path) -> dict[str, str]:
    """The settings of a machine on which no graph is."""
    return {"VITRINE_DATA_DIR": str(tmp_path / "data")}


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return written(tmp_path / "old.md", OLD)


@pytest.fixture
def new(tmp_path: Path) -> Path:
    return written(tmp_path / "new.md", NEW)


def written(file: Path, text: str) -> Path:
    file.write_text(text, "utf-8")
    return file


def cells(table: str) -> list[list[str]]:
    """What is in the columns, which all begin where their heads do."""
    head, *rows = table.splitlines()
    starts = [found.start() for found in re.finditer(r"(?:^|(?<=  ))\S", head)]
    ends = [*starts[1:], None]
    return [[row[start:end].strip() for start, end in zip(starts, ends, strict=True)] for row in [head, *rows]]


# ---- what became of each ---------------------------------------------------------------------------------------------


def test_what_is_not_the_same_and_in_place_is_listed(nowhere: dict[str, str], old: Path, new: Path) -> None:
    done = vitrine("policy", "match", old, new, settings=nowhere)
    assert (done.returncode, done.stderr) == (0, "")
    table, said = done.stdout.split("\n\n")
    assert cells(table) == [["Before", "After", "What became of it", "First words"], *CHANGED]
    assert said.splitlines() == [SUMMARY, "Not listed: 6 that are the same and in place; --all lists them too"]
    assert not Path(nowhere["VITRINE_DATA_DIR"]).exists()


def test_all_are_listed_in_the_order_of_the_new_text(nowhere: dict[str, str], old: Path, new: Path) -> None:
    done = vitrine("policy", "match", old, new, "--all", settings=nowhere)
    table, said = done.stdout.split("\n\n")
    assert cells(table)[1:] == [*SAME, CHANGED[0], NAME, *CHANGED[1:]]
    assert said == f"{SUMMARY}\n"


def test_a_clause_can_be_reworded_and_moved_and_have_another_key(nowhere: dict[str, str], old: Path) -> None:
    moved = OLD.replace("You can ask us to erase it.\n", "").replace(
        "## Data", "You can ask us to erase it, at any time.\n\n## Data"
    )
    done = vitrine("policy", "match", old, "-", settings=nowhere, stdin=moved)
    assert cells(done.stdout.split("\n\n")[0])[1:] == [
        [
            "rights.p2",
            "p2",
            "reworded and moved 78 %",
            "You can ask us to erase it. → You can ask us to erase it, at any time.",
        ]
    ]


def test_programs_read_json_with_all(nowhere: dict[str, str], old: Path) -> None:
    before, after = OLD.partition("## Rights")[0], NEW.partition("## Rights")[0]
    written(old, before)
    done = vitrine("policy", "match", old, "-", "--json", settings=nowhere, stdin=after)
    told = json.loads(done.stdout)
    assert (told["from"], told["to"]) == (str(old), "standard input")
    assert told["counts"] == {"SAME": 2, "REWORDED": 0, "MOVED": 0, "REWORDED_AND_MOVED": 0, "NEW": 0, "GONE": 4}
    assert [each["outcome"] for each in told["matches"]] == ["SAME", "SAME", "GONE", "GONE", "GONE", "GONE"]
    kept, gone = told["matches"][1], told["matches"][4]
    said = {"part_of": "privacy-policy", "text": "We hold what you tell us, and nothing else."}
    clause = {"key": "p1", "number": "1", "kind": "PARAGRAPH", **said}
    assert kept == {"outcome": "SAME", "likeness": 1.0, "is_moved": False, "old": clause, "new": clause}
    assert (gone["likeness"], gone["is_moved"], gone["new"]) == (0.0, False, None)
    assert (gone["old"]["key"], gone["old"]["part_of"]) == ("data.i2", "data")


def test_a_page_and_its_markdown_say_the_same(nowhere: dict[str, str], tmp_path: Path) -> None:
    """Also where the page has no keys: `id`s are taken out."""
    policy = read_revision(SEED).policy
    bare = re.sub(r' id="[^"]*"', "", policy_html(policy))
    page = written(tmp_path / "policy.html", f"<!doctype html><title>Privacy policy</title>{bare}")
    done = vitrine("policy", "match", SEED / "policy.md", page, settings=nowhere)
    count = len(policy.clauses)
    assert done.stdout.splitlines() == [
        f"{count} clauses before, {count} after: {count} same",
        f"Not listed: {count} that are the same and in place; --all lists them too",
    ]


# ---- what is refused -------------------------------------------------------------------------------------------------


def test_a_file_that_is_not_there_is_named(nowhere: dict[str, str], old: Path, tmp_path: Path) -> None:
    missing = tmp_path / "missing.md"
    for files in ((old, missing), (missing, old)):
        done = vitrine("policy", "match", *files, settings=nowhere)
        assert (done.returncode, done.stdout) == (1, "")
        reason = "cannot be read (No such file or directory): name a file that is there, or - for input"
        assert done.stderr.splitlines()[0].endswith(reason)
        assert done.stderr.startswith(str(missing))


def test_standard_input_is_one_text_only(nowhere: dict[str, str]) -> None:
    done = vitrine("policy", "match", "-", "-", settings=nowhere, stdin=OLD)
    said = "Only one of the two texts can be standard input: name a file for the other\n"
    assert (done.returncode, done.stdout, done.stderr) == (1, "", said)
