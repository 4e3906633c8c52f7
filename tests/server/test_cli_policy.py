"""`vitrine policy import`: what becomes of a file, beside the revision that was published last."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from graph.engines.address import GraphAddress
from graph.model import RevisionState
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision, list_revisions, load_data_map
from seed.folder import read_revision
from server.policy_html import policy_html
from server.settings import ROOT
from tests.server.command_line import settings_of, vitrine

SEED = ROOT / "seed/ispsystem/2018-11-12"
POLICY = (SEED / "policy.md").read_text("utf-8")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
EVERY_STATE = frozenset(RevisionState)
PAGE = """\
<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Our policy</title></head><body>
<nav>Home</nav><p><b>1. Scope</b></p><p>We hold your email address.</p><p><b>2. Rights</b></p>
<ul><li>Access<li>Erasure</ul>
</body></html>
"""


@pytest.fixture
async def seeded(database: Database, address: GraphAddress) -> dict[str, str]:
    """The settings of a graph with the seed as revision 1, in force."""
    await draft_revision(database, read_revision(SEED), at=NOW)
    await publish_revision(database, 1, expected=0, effective_at=datetime(2018, 11, 12, tzinfo=UTC), at=NOW)
    return settings_of(address)


@pytest.fixture
def nowhere(tmp_path: Path) -> dict[str, str]:
    """The settings of a machine on which no graph is."""
    return {"VITRINE_DATA_DIR": str(tmp_path / "data")}


def written(tmp_path: Path, text: str, name: str = "policy.html") -> Path:
    file = tmp_path / name
    file.write_text(text, "utf-8")
    return file


async def numbers(database: Database) -> list[int]:
    return [revision.number for revision in await list_revisions(database, states=EVERY_STATE, limit=10)]


# ---- looking at a text -----------------------------------------------------------------------------------------------


def test_a_page_is_printed_as_markdown_and_what_was_done_is_told(nowhere: dict[str, str], tmp_path: Path) -> None:
    file = written(tmp_path, PAGE.replace("email", "<s>email</s>"))
    done = vitrine("policy", "import", file, settings=nowhere)
    assert (done.returncode, done.stdout) == (
        0,
        "## 1. Scope\n\nWe hold your email address.\n\n## 2. Rights\n\n- Access\n- Erasure\n",
    )
    assert done.stderr.splitlines() == [
        f"Read {file} as html, in UTF-8",
        "Left out 1 word around the text (nav 1); --keep-all keeps them",
        "Struck out in the source, and a part of the text here: 'email', in 'We hold your email address.'",
        "Accept or reject the changes marked in 1 place, and import again: struck words count as said",
        "Recognised as headings: '1. Scope', '2. Rights'",
        "5 clauses: 2 headings, 1 paragraph, 2 list items",
        "Keys: all new, for no revision is published",
    ]
    assert not (tmp_path / "data").exists()


def test_clauses_are_shown_with_their_keys(nowhere: dict[str, str]) -> None:
    done = vitrine("policy", "import", "-", "--as", "clauses", settings=nowhere, stdin=PAGE)
    assert [line.split() for line in done.stdout.splitlines()] == [
        ["Key", "Number", "Kind", "First", "words"],
        ["scope", "1", "SECTION", "1.", "Scope"],
        ["scope.p1", "1.1", "PARAGRAPH", "We", "hold", "your", "email", "address."],
        ["rights", "2", "SECTION", "2.", "Rights"],
        ["rights.i1", "2.1", "LIST_ITEM", "Access"],
        ["rights.i2", "2.2", "LIST_ITEM", "Erasure"],
    ]
    assert done.stderr.startswith("Read standard input as html, in UTF-8\n")


def test_all_of_it_is_there_as_json(nowhere: dict[str, str]) -> None:
    done = vitrine(
        "policy", "import", "-", "--all-keys", "--json", settings=nowhere, stdin=PAGE.replace("email", "<s>email</s>")
    )
    assert done.stderr == ""
    told = json.loads(done.stdout)
    assert told["markdown"].splitlines()[0] == "## 1. Scope {#scope}"
    assert told["import"] == {
        "format": "html",
        "encoding": "UTF-8",
        "encoding_is_guessed": False,
        "title": "Our policy",
        "language": "en",
        "date": None,
        "front_matter_fields": 0,
        "words_left_out": {"nav": 1},
        "control_characters_left_out": 0,
        "keys_left_out": [],
        "struck_out": [{"words": "email", "text": "We hold your email address."}],
        "headings_recognised": ["1. Scope", "2. Rights"],
        "clauses": {"SECTION": 2, "PARAGRAPH": 1, "LIST_ITEM": 2, "TABLE_ROW": 0},
        "matched_with": None,
        "keys_kept": 0,
        "keys_new": ["scope", "scope.p1", "rights", "rights.i1", "rights.i2"],
        "keys_changed": {},
        "clauses_gone": [],
        "recipients": [],
        "findings": None,
    }
    clauses = json.loads(
        vitrine("policy", "import", "-", "--as", "clauses", "--json", settings=nowhere, stdin=PAGE).stdout
    )
    assert clauses["clauses"][1] == {
        "key": "scope.p1",
        "number": "1.1",
        "kind": "PARAGRAPH",
        "part_of": "scope",
        "text": "We hold your email address.",
    }


def test_what_the_content_says_can_be_overruled(nowhere: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "policy.txt"
    file.write_bytes("<p>Größe</p>".encode("windows-1252"))
    done = vitrine("policy", "import", file, "--format", "text", "--encoding", "windows-1252", settings=nowhere)
    assert done.stdout == "\\<p>Größe\\</p>\n"
    kept = vitrine("policy", "import", "-", "--keep-all", settings=nowhere, stdin=PAGE)
    assert kept.stdout.startswith("# Home\n\n")


# ---- beside a revision -----------------------------------------------------------------------------------------------


def test_a_new_version_keeps_the_keys_of_the_last(seeded: dict[str, str], tmp_path: Path) -> None:
    page = policy_html(read_revision(SEED).policy)
    bare = "".join(part.partition('"')[2] if number else part for number, part in enumerate(page.split(' id="')))
    reworded = bare.replace("the phone number.", "the phone number, if you like.").replace(
        "<h3>Log data</h3>", "<p>We hold nothing else.</p><h3>Log data</h3>"
    )
    file = written(tmp_path, f"<!doctype html><title>Privacy policy, 2027</title>{reworded}")
    done = vitrine("policy", "import", file, settings=seeded)
    clauses = read_revision(SEED).policy.clauses
    assert done.returncode == 0
    assert f"Keys: {len(clauses)} kept from revision 1, 0 new" in done.stderr
    assert "the phone number, if you like. {#sources.personal.phone}" in done.stdout


async def test_it_is_drafted_with_the_map_of_the_last(
    seeded: dict[str, str], database: Database, tmp_path: Path
) -> None:
    file = written(tmp_path, POLICY.replace("the phone number.", "the phone number, if you like."), "policy.md")
    draft = await asyncio.to_thread(vitrine, "policy", "import", file, "--as", "draft", settings=seeded)
    first, second = draft.stdout.splitlines()
    assert first == "Drafted revision 2 on top of revision 1: Privacy policy: web hosting software"
    assert second == "To see it: vitrine revision show 2"
    before, after = await load_data_map(database, 1), await load_data_map(database, 2)
    assert after.elements == before.elements
    assert (after.revision.state, after.revision.language) == (RevisionState.DRAFT, "en")
    assert [clause.key for clause in after.policy.clauses] == [clause.key for clause in before.policy.clauses]


async def test_recipients_of_its_tables_are_read_and_compared_with_the_map(
    seeded: dict[str, str], tmp_path: Path
) -> None:
    file = written(tmp_path, POLICY.replace("| Web analytics | Russia ", "| Web analytics | Russia, USA "), "policy.md")
    told = [
        "Recipients: 2 read from 1 table; beside the map: 1 finding",
        "VIOLATION recipient-in-another-country: Recipient yandex is in 'US' by the text and not by the map; "
        "say the same in both",
    ]
    shown = await asyncio.to_thread(vitrine, "policy", "import", file, "--as", "clauses", settings=seeded)
    assert [line for line in shown.stderr.splitlines() if line in told] == told
    draft = await asyncio.to_thread(vitrine, "policy", "import", file, "--as", "draft", "--json", settings=seeded)
    about = json.loads(draft.stdout)["import"]
    assert about["recipients"] == [
        {
            "clause": "processors.google",
            "name": "Google Inc.",
            "function": "Web analytics",
            "countries": ["US"],
            "regions": [],
        },
        {
            "clause": "processors.yandex",
            "name": 'OOO "Yandex"',
            "function": "Web analytics",
            "countries": ["RU", "US"],
            "regions": [],
        },
    ]
    assert [(each["rule"], each["element"]) for each in about["findings"]] == [
        ("recipient-in-another-country", "yandex")
    ]


async def test_a_table_that_is_not_read_for_its_head_is_told(seeded: dict[str, str], tmp_path: Path) -> None:
    file = written(
        tmp_path, POLICY.replace("| Name | Function | Country of origin ", "| Ours | Since | There "), "p.md"
    )
    shown = await asyncio.to_thread(vitrine, "policy", "import", file, "--as", "clauses", settings=seeded)
    told = [line.partition(" and does ")[0] for line in shown.stderr.splitlines()]
    assert "Recipients: 0 read from 0 tables; beside the map: 1 finding" in told
    assert "GAP unknown-head: Clause processors.columns heads a table that names 'google', 'yandex'," in told


async def test_citations_follow_keys_that_the_text_changes(
    seeded: dict[str, str], database: Database, tmp_path: Path
) -> None:
    file = written(tmp_path, POLICY.replace("{#sources.personal.phone}", "{#data.phone}"), "policy.md")
    options = ("--summary", "A new key", "--language", "de", "--json")
    draft = await asyncio.to_thread(vitrine, "policy", "import", file, "--as", "draft", *options, settings=seeded)
    told = json.loads(draft.stdout)
    assert told["import"]["keys_changed"] == {"sources.personal.phone": "data.phone"}
    assert (told["revision"]["summary"], told["revision"]["language"]) == ("A new key", "de")
    elements = (await load_data_map(database, 2)).elements
    cited = {key for category in elements.data_categories for key in category.clauses}
    assert "data.phone" in cited
    assert "sources.personal.phone" not in cited


async def test_nothing_is_drafted_while_the_map_cites_what_is_gone(
    seeded: dict[str, str], database: Database, tmp_path: Path
) -> None:
    gone = next(line for line in POLICY.splitlines() if line.endswith("{#sources.personal.phone}"))
    file = written(tmp_path, POLICY.replace(f"{gone}\n", ""), "policy.md")
    draft = await asyncio.to_thread(vitrine, "policy", "import", file, "--as", "draft", settings=seeded)
    assert (draft.returncode, draft.stdout) == (1, "")
    *problems, count = draft.stderr.splitlines()
    assert count == f"{len(problems)} problem{'s' * (len(problems) > 1)} in the policy or its data map"
    assert problems[0].startswith(
        "map of revision 1:0: data_categories.phone.clauses: no clause is 'sources.personal.phone': "
        "in revision 1 it was 'the phone number.'; the most alike now is '"
    )
    assert await numbers(database) == [1]


async def test_a_map_of_its_own_is_read_against_the_text(
    seeded: dict[str, str], database: Database, tmp_path: Path
) -> None:
    file = written(tmp_path, POLICY.replace("{#sources.personal.phone}", "{#data.phone}"), "policy.md")
    given = ("policy", "import", file, "--as", "draft", "--map", SEED / "map.yaml")
    refused = await asyncio.to_thread(vitrine, *given, "--json", settings=seeded)
    assert refused.returncode == 1
    (problem, *_) = json.loads(refused.stdout)["problems"]
    assert problem["file"] == str(SEED / "map.yaml")
    assert problem["line"] > 0
    assert problem["hint"] == (
        "in revision 1 it was 'the phone number.'; that is likely 'data.phone' now, 'the phone number.'"
    )
    mended = (SEED / "map.yaml").read_text("utf-8").replace("sources.personal.phone", "data.phone")
    map_file = written(tmp_path, mended, "map.yaml")
    draft = await asyncio.to_thread(vitrine, *given[:-1], map_file, settings=seeded)
    assert draft.stdout.splitlines()[0].startswith(
        "Drafted revision 2 on top of revision 1: ISPsystem's privacy policy of"
    )


async def test_the_first_draft_needs_a_map(database: Database, address: GraphAddress, tmp_path: Path) -> None:
    settings = settings_of(address)
    file = written(tmp_path, POLICY, "policy.md")
    given = ("policy", "import", file, "--as", "draft")
    refused = await asyncio.to_thread(vitrine, *given, settings=settings)
    assert refused.stderr == (
        "No revision is published yet whose map could be taken over: give the draft's with --map map.yaml, "
        "which cites the keys that --as clauses shows\n"
    )
    assert await numbers(database) == []
    draft = await asyncio.to_thread(vitrine, *given, "--map", SEED / "map.yaml", settings=settings)
    assert draft.stdout.startswith("Drafted revision 1 as the first: ")
    assert (await load_data_map(database, 1)).policy == read_revision(SEED).policy


def test_a_folder_whose_map_cites_what_its_policy_dropped_is_told_where_it_went(
    seeded: dict[str, str], tmp_path: Path
) -> None:
    written(tmp_path, POLICY.replace("{#sources.personal.phone}", "{#data.phone}"), "policy.md")
    written(tmp_path, (SEED / "map.yaml").read_text("utf-8"), "map.yaml")
    for command in (("revision", "draft"), ("compare", "1"), ("check",)):
        refused = vitrine(*command, tmp_path, settings=seeded)
        assert refused.returncode == 1
        assert (
            "no clause is 'sources.personal.phone': in revision 1 it was 'the phone number.'; that is likely "
            "'data.phone' now, 'the phone number.'\n"
        ) in refused.stderr


# ---- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "stdin", "expected"),
    [
        (("-",), "", "standard input:0: the file is empty: name a file with the policy's text"),
        (
            ("-",),
            "%PDF-1.7",
            "standard input:0: it seems to be a PDF: import the document that it was made from, or its "
            "text (pdftotext -layout writes that)",
        ),
        (
            ("-",),
            "<!doctype html><div id=root></div>",
            "standard input:0: there is no text in it: a page that a script writes is saved by a "
            "browser ('Save page as', complete), or copied as text",
        ),
        (
            ("-", "--encoding", "klingon"),
            "a",
            "standard input:0: there is no encoding 'klingon': name one such as utf-8, utf-16 or windows-1251",
        ),
        (
            ("missing.html",),
            "",
            "missing.html:0: cannot be read (No such file or directory): name a file that is there, or - for input",
        ),
        (("/",), "", "/:0: cannot be read (Is a directory): name a file that is there, or - for input"),
    ],
)
def test_what_cannot_be_imported_is_told_in_a_line(
    nowhere: dict[str, str], arguments: tuple[str, ...], stdin: str, expected: str
) -> None:
    done = vitrine("policy", "import", *arguments, settings=nowhere, stdin=stdin)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"{expected}\n1 problem in the policy or its data map\n"
    as_json = vitrine("policy", "import", *arguments, "--json", settings=nowhere, stdin=stdin)
    assert (as_json.returncode, as_json.stderr) == (1, "")
    (problem,) = json.loads(as_json.stdout)["problems"]
    assert f"{problem['file']}:0: {problem['message']}: {problem['hint']}" == expected


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--map", "map.yaml"), "--map is of a draft: add --as draft, or leave it out"),
        (("--as", "clauses", "--summary", "x"), "--summary is of a draft: add --as draft, or leave it out"),
        (
            ("--as", "draft", "--language", "English"),
            "'English' is no language: give a language tag, such as 'en' or 'pt-BR'",
        ),
        (
            ("--as", "draft", "--summary", " "),
            "the summary is empty: say in a sentence what the revision is or changes",
        ),
    ],
)
def test_options_that_make_no_sense_are_refused(
    nowhere: dict[str, str], options: tuple[Any, ...], expected: str
) -> None:
    done = vitrine("policy", "import", "-", *options, settings=nowhere, stdin="We keep nothing.")
    assert (done.returncode, done.stdout, done.stderr) == (1, "", f"{expected}\n")


def test_an_unknown_output_or_format_is_wrong_usage(nowhere: dict[str, str]) -> None:
    for option in (("--as", "pdf"), ("--format", "docx")):
        assert vitrine("policy", "import", "-", *option, settings=nowhere, stdin="a").returncode == 2
