"""`vitrine check` and `vitrine revision overrule`: for people, as JSON, and by their exit codes for a company's CI."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.engines.address import GraphAddress
from graph.store.database import Database
from graph.store.revisions import draft_revision
from seed.folder import read_revision
from tests.builders import A_MAP_TEXT, a_policy
from tests.moves import SEED, TODAY
from tests.server.command_line import settings_of
from tests.server.terminal import Terminal

TRANSFER = "transfer-without-safeguard/recipient/mailer"
REASON = "The contract ends in May."


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    return folder(tmp_path / "clean", A_MAP_TEXT)


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """With a violation and a gap."""
    countries = "  CY: {name: Country CY, adequacy: EEA, clauses: [statement]}\n"
    text = A_MAP_TEXT.replace(countries, countries + "  US: {name: USA, adequacy: NONE, clauses: [statement]}\n")
    text = text.replace("countries: [CY]", "countries: [US]").replace("    period: {months: 6}\n", "")
    return folder(tmp_path / "broken", text)


def folder(path: Path, map_text: str) -> Path:
    path.mkdir()
    (path / "policy.md").write_text(a_policy().markdown)
    (path / "map.yaml").write_text(map_text)
    return path


@pytest.fixture
async def draft(
    database: Database, address: GraphAddress, broken: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> Terminal:
    """On a graph with the broken revision as draft 1."""
    await draft_revision(database, read_revision(broken), at=TODAY)
    for name, value in settings_of(address).items():
        monkeypatch.setenv(name, value)
    return terminal


def test_a_folder_is_checked_without_a_graph(terminal: Terminal, clean: Path, broken: Path) -> None:
    assert terminal.run("check", clean) == 0
    assert terminal.out == "No findings\n"

    assert terminal.run("check", broken) == 20
    head, violation, gap, total = terminal.out.splitlines()
    assert head.split() == ["Kind", "Finding", "What", "Clauses"]
    assert [part.strip() for part in violation.split("  ") if part] == [
        "VIOLATION",
        TRANSFER,
        "receives identifiable data in 'US' without a safeguard; name what protects it",
        "statement",
    ]
    assert gap.split()[:2] == ["GAP", "retention-without-period/retention-rule/half-a-year"]
    assert total == "1 VIOLATION, 1 GAP"
    assert terminal.err == ""


def test_programs_read_json(terminal: Terminal, broken: Path) -> None:
    assert terminal.run("check", broken, "--json") == 20
    told = terminal.json()
    assert (told["revision"], told["problems"]) == (str(broken), [])
    assert told["counts"] == {"VIOLATION": 1, "OVERRULED": 0, "GAP": 1}
    assert told["findings"][0] == {
        "key": TRANSFER,
        "kind": "VIOLATION",
        "rule": "transfer-without-safeguard",
        "rule_says": "a recipient, or a sub-processor, gets identifiable data in a country without adequate "
        "protection, and no safeguard is named",
        "element_kind": "Recipient",
        "element": "mailer",
        "message": "receives identifiable data in 'US' without a safeguard; name what protects it",
        "mending": "add what protects the transfer to the safeguards of the recipient",
        "clauses": ["statement"],
        "overrule": None,
    }


def test_the_exit_code_is_that_of_the_gravest_finding(terminal: Terminal, clean: Path, broken: Path) -> None:
    for fail_on, codes in (("gap", (0, 10, 20)), ("VIOLATION", (0, 0, 20)), ("never", (0, 0, 0))):
        ended = [terminal.run("check", each, "--fail-on", fail_on) for each in (clean, SEED, broken)]
        assert tuple(ended) == codes, fail_on


def test_what_cannot_be_read_is_told_as_anywhere(terminal: Terminal, broken: Path) -> None:
    file = broken / "map.yaml"
    file.write_text(file.read_text().replace("website:", "websit:"))
    assert terminal.run("check", broken) == 1
    assert terminal.out == ""
    assert terminal.err.splitlines()[0].startswith(f"{file}:")
    assert terminal.run("check", broken, "--json") == 1
    assert terminal.json()["problems"][0]["hint"] == "did you mean 'website'?"
    assert terminal.run("check", "0") == 1
    assert terminal.err == "0 is no number of a revision: give 1 to 2147483647, or ./0 for a folder\n"


def test_a_violation_is_overruled_and_the_draft_published(draft: Terminal) -> None:
    publish = ("revision", "publish", "1", "--effective", "2027-01-01")
    assert draft.run(*publish) == 1
    assert draft.out == ""
    assert draft.err.splitlines() == [
        f"{TRANSFER}: receives identifiable data in 'US' without a safeguard; name what protects it",
        f"Revision 1 has 1 violation that nobody overruled (the first: '{TRANSFER}'): mend what is wrong and draft it "
        "again, or overrule each with a reason, which stays with the revision",
    ]
    assert draft.run("check", "1") == 20

    assert draft.run("revision", "overrule", "1", TRANSFER, "--because", REASON) == 0
    assert draft.out == f"{TRANSFER} keeps revision 1 from being published no longer\n"

    assert draft.run(*publish) == 0
    assert draft.out == "Published revision 1, in force from 2027-01-01\n"
    assert draft.run("check", "1") == 10
    assert REASON in draft.out
    assert draft.out.splitlines()[-1] == "1 OVERRULED, 1 GAP"
    assert draft.run("revision", "show", "1", "--json") == 0
    overrule = draft.json()["findings"][0]["overrule"]
    assert (overrule["reason"], overrule["by"]) == (REASON, None)


def test_what_cannot_be_overruled_is_told(draft: Terminal) -> None:
    assert draft.run("revision", "overrule", "1", "transfer", "--because", REASON) == 1
    assert draft.out == ""
    assert draft.err.startswith(f"There is no finding 'transfer': the nearest are '{TRANSFER}'")
    assert draft.run("revision", "overrule", "1", TRANSFER) == 2
    assert "Missing option '--because'" in draft.err
    assert draft.run("check", "2") == 1
    assert draft.err == "There is no revision 2: the list of revisions shows those there are\n"
