"""`vitrine …`: what the commands say, to people and as JSON, and how they end."""

from __future__ import annotations

import json
import shutil
import socket
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import jwt
import pytest

from graph.checks import findings
from graph.engines.address import GraphAddress
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision
from seed.folder import read_revision
from server.development import EXAMPLE_JOB, EXAMPLE_STAFF, open_development_issuer
from server.schema import build_schema
from server.settings import HIDDEN, ROOT, settings_table
from tests.server.command_line import PROGRAM, environment, on_a_terminal, said_to_people, settings_of, vitrine
from tests.server.terminal import Terminal

SEED = ROOT / "seed/ispsystem/2018-11-12"
EXAMPLE_REVISION = ROOT / "seed/ispsystem/example-revision"
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


# ---- usage -----------------------------------------------------------------------------------------------------------


def test_help_lists_the_commands(terminal: Terminal) -> None:
    assert terminal.run("--help") == 0
    for command in ("run", "token", "migrate", "schema", "settings", "map", "revision", "holdings"):
        assert f"\n  {command} " in terminal.out


@pytest.mark.parametrize(
    "arguments",
    [
        ("serve",),
        ("map", "check"),
        ("revision", "show", "one"),
        ("revision", "show", "0"),
        ("revision", "publish", "1"),
        ("holdings", "import"),
        ("token",),
        ("token", "--staff", "--job"),
        ("token", "somebody"),
        ("token", "somebody", "--service", "billing"),
        ("token", "--staff", "--minutes", "0"),
        ("token", "--staff", "--minutes", "43201"),
    ],
)
def test_wrong_usage_ends_with_2_and_says_why(terminal: Terminal, arguments: tuple[str, ...]) -> None:
    assert terminal.run(*arguments) == 2
    assert terminal.out == ""
    assert "Error: " in terminal.err


def test_wrong_settings_end_with_2_whatever_the_command(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_PORT", "http")
    for command in (["run"], ["settings"], ["token", "--staff"], ["migrate"], ["revision", "list"]):
        assert terminal.run(*command) == 2
        assert terminal.err == "VITRINE_PORT: 'http' is not a whole number from 0 to 65535\n"


# ---- settings, schema, token -----------------------------------------------------------------------------------------


def test_settings_are_shown_without_secrets(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_GRAPH_URL", "bolt://graph.example")
    monkeypatch.setenv("VITRINE_GRAPH_PASSWORD", "a secret")
    assert terminal.run("settings", "--json") == 0
    shown = terminal.json()
    assert list(shown) == [each.variable for each in settings_table()]
    assert (shown["VITRINE_GRAPH_URL"], shown["VITRINE_GRAPH_PASSWORD"]) == ("bolt://graph.example", HIDDEN)
    assert terminal.run("settings") == 0
    assert "bolt://graph.example" in terminal.out
    assert "a secret" not in terminal.out


def test_the_schema_is_that_of_the_code(terminal: Terminal) -> None:
    assert terminal.run("schema") == 0
    assert terminal.out == build_schema().as_str().rstrip("\n") + "\n"


@pytest.mark.parametrize(
    ("arguments", "subject", "scope", "service"),
    [
        (("--subject", "person-1"), "person-1", "vitrine.subject", None),
        (("--staff",), EXAMPLE_STAFF, "vitrine.staff", None),
        (("--staff", "anna"), "anna", "vitrine.staff", None),
        (("--service", "billing"), "billing", "vitrine.service", "billing"),
        (("--job",), EXAMPLE_JOB, "vitrine.job", None),
    ],
)
def test_a_token_is_printed_alone(
    terminal: Terminal, tmp_path: Path, arguments: tuple[str, ...], subject: str, scope: str, service: str | None
) -> None:
    assert terminal.run("token", *arguments, "--minutes", "5") == 0
    (token,) = terminal.out.split()
    key = open_development_issuer(tmp_path / "data").key.public_key()
    claims = jwt.decode(token, key, algorithms=["RS256"], audience="vitrine")
    assert (claims["sub"], claims["scope"], claims.get("vitrine_service")) == (subject, scope, service)
    assert claims["exp"] - claims["iat"] == 300


def test_production_mode_signs_no_tokens(terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VITRINE_MODE", "production")
    for name in ("ISSUER", "AUDIENCE"):
        monkeypatch.setenv(f"VITRINE_OIDC_{name}", "https://login.example")
    monkeypatch.setenv("VITRINE_OIDC_JWKS_URL", "https://login.example/keys")
    assert terminal.run("token", "--staff") == 2
    assert terminal.err.startswith("tokens are signed in development mode only")
    assert terminal.out == ""


# ---- map check -------------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the seed's first revision, to be changed."""
    return Path(shutil.copytree(SEED, tmp_path / "revision"))


def test_a_good_map_ends_with_0_and_its_findings(terminal: Terminal) -> None:
    assert terminal.run("map", "check", SEED, "--strict") == 0
    *rows, total = terminal.out.splitlines()
    assert rows[0].split() == ["Kind", "Finding", "What", "Clauses"]
    assert terminal.run("map", "check", SEED, "--json") == 0
    checked = terminal.json()
    assert checked["problems"] == []
    assert [each["kind"] for each in checked["findings"]] == ["GAP"] * 31
    assert total == f"{len(checked['findings'])} GAP"


def test_problems_end_with_1_and_are_told_by_file_and_line(terminal: Terminal, folder: Path) -> None:
    file = folder / "map.yaml"
    text = file.read_text()
    file.write_text(text.replace("  website: https", "  websit: https").replace("minimum_age: 18", "minimum_age: old"))
    assert terminal.run("map", "check", folder) == 1
    typo, age, total = terminal.err.splitlines()
    line = 1 + text[: text.index("  website: https")].count("\n")
    assert typo == f"{file}:{line}: controller: unknown key 'websit': did you mean 'website'?"
    line = 1 + text[: text.index("minimum_age: 18")].count("\n")
    assert age.startswith(f"{file}:{line}: ")
    assert total == "2 problems in the policy or its data map"
    assert terminal.out == ""
    assert terminal.run("map", "check", folder, "--json") == 1
    first, _ = terminal.json()["problems"]
    assert first == {
        "file": str(file),
        "line": 1 + text[: text.index("  website: https")].count("\n"),
        "message": "controller: unknown key 'websit'",
        "hint": "did you mean 'website'?",
    }


def test_a_folder_that_is_not_there_is_a_problem(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("map", "check", tmp_path / "none") == 1
    assert terminal.err.startswith(f"{tmp_path}/none:0: there is no such folder: ")


def test_a_broken_rule_fails_only_where_that_is_asked_for(terminal: Terminal, folder: Path) -> None:
    file = folder / "map.yaml"
    safeguards = "    safeguards: [protection-no-lower, on-instructions-only, limited-kit, confidential-transfer]\n"
    file.write_text(file.read_text().replace(safeguards, ""))
    assert terminal.run("map", "check", folder) == 0
    assert "transfer-without-safeguard" in terminal.out
    assert terminal.run("map", "check", folder, "--strict") == 1


# ---- revisions -------------------------------------------------------------------------------------------------------


@pytest.fixture
async def seeded(database: Database, address: GraphAddress) -> dict[str, str]:
    """The settings of a graph with the seed as revision 1, in force."""
    await draft_revision(database, read_revision(SEED), at=NOW)
    await publish_revision(database, 1, expected=0, effective_at=datetime(2018, 11, 12, tzinfo=UTC), at=NOW)
    return settings_of(address)


def test_a_revision_is_drafted_looked_at_and_published(seeded: dict[str, str]) -> None:
    drafted = vitrine("revision", "draft", EXAMPLE_REVISION, settings=seeded)
    assert drafted.stderr == ""
    first, second = drafted.stdout.splitlines()
    assert first.startswith("Drafted revision 2 on top of revision 1: ")
    assert second == "To see it: vitrine revision show 2"

    shown = json.loads(vitrine("revision", "show", "2", "--json", settings=seeded).stdout)
    content = read_revision(EXAMPLE_REVISION)
    assert (shown["revision"]["state"], shown["revision"]["base"]) == ("DRAFT", 1)
    assert [each["key"] for each in shown["clauses"]] == [each.key for each in content.policy.clauses]
    assert shown["counts"]["clauses"] == len(content.policy.clauses)
    assert shown["counts"]["recipients"] == len(content.elements.recipients)
    assert [each["message"] for each in shown["findings"]] == [
        each.message for each in findings(content.elements, content.policy)
    ]

    refused = vitrine("revision", "publish", "2", "--effective", "2030-01-01", "--expect", "0", settings=seeded)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Revision 1 was published meanwhile, where 0 was expected; draft 2 is kept")

    published = vitrine("revision", "publish", "2", "--effective", "2030-01-01T03:00:00+02:00", settings=seeded)
    assert published.stdout == "Published revision 2, in force from 2030-01-01 01:00 UTC\n"

    listed = json.loads(vitrine("revision", "list", "--json", settings=seeded).stdout)
    assert [(each["number"], each["state"], each["effective_at"]) for each in listed["revisions"]] == [
        (2, "PUBLISHED", "2030-01-01T01:00:00+00:00"),
        (1, "PUBLISHED", "2018-11-12T00:00:00+00:00"),
    ]
    assert listed["more"] is False

    withdrawn = vitrine("revision", "withdraw", "2", settings=seeded)
    assert withdrawn.stdout == "Withdrew revision 2\n"

    table = vitrine("revision", "list", "--limit", "1", settings=seeded).stdout
    head, row, *_, more = table.splitlines()
    assert head.split()[:2] == ["Number", "State"]
    assert row.split()[:2] == ["2", "WITHDRAWN"]
    assert more == "There are older ones: see them with --limit, up to 1000"


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("show", "9"), "There is no revision 9: "),
        (("withdraw", "1"), "Revision 1 has been in force since 2018-11-12: publish another instead"),
        (("publish", "1", "--effective", "2030-01-01"), "Revision 1 is published already: "),
    ],
)
def test_what_cannot_be_done_ends_with_1_and_a_line(
    seeded: dict[str, str], arguments: tuple[str, ...], problem: str
) -> None:
    refused = vitrine("revision", *arguments, settings=seeded)
    assert (refused.returncode, refused.stdout) == (1, "")
    (line,) = refused.stderr.splitlines()
    assert line.startswith(problem)


@pytest.mark.parametrize("text", ["tomorrow", "2030-01-01T00:00:00", "2030-02-30", "01.02.2030"])
def test_a_time_without_zone_or_sense_is_refused(terminal: Terminal, text: str) -> None:
    assert terminal.run("revision", "publish", "1", "--effective", text) == 1
    assert terminal.err == (
        f"{text!r} is neither a day such as 2026-12-01 nor a time with its zone such as 2026-12-01T09:00:00Z\n"
    )


def test_a_draft_with_problems_is_refused_before_a_graph_is_asked(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("revision", "draft", tmp_path) == 1
    assert f"{tmp_path}/policy.md:0: there is no such file: add it\n" in terminal.err
    assert not (tmp_path / "data").exists()


# ---- holdings import -------------------------------------------------------------------------------------------------


def report(**fields: object) -> str:
    held = {"subject": "person-1", "service": "websites", "category": "ip-address", "since": "2026-01-01T00:00:00Z"}
    return json.dumps({**held, **fields}) + "\n"


GOOD = report() + report(category="browser")
BAD = report(category="bank-card-data") + "nonsense\n" + report(minor=True)


def test_good_lines_are_taken_and_the_same_again_change_nothing(seeded: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "reports.ndjson"
    file.write_text(GOOD)
    first = vitrine("holdings", "import", file, "--json", settings=seeded)
    assert (first.returncode, first.stderr) == (0, "")
    expected = {"lines": 2, "unchanged": 0, "older": 0, "rejected": 0, "rejected_by_code": {}}
    assert json.loads(first.stdout) == {"summary": {**expected, "changed": 2}}
    again = vitrine("holdings", "import", "-", "--json", settings=seeded, stdin=GOOD)
    assert json.loads(again.stdout) == {"summary": {**expected, "changed": 0, "unchanged": 2}}


def test_bad_lines_are_told_by_number_and_the_good_ones_are_kept(seeded: dict[str, str]) -> None:
    imported = vitrine("holdings", "import", "-", settings=seeded, stdin=GOOD + BAD)
    assert imported.returncode == 1
    assert imported.stderr.splitlines() == [
        "line 3: EXCLUDED_CATEGORY: the policy promises never to process 'bank-card-data' "
        "(sources.personal.no-bank-cards)",
        "line 4: MALFORMED: not JSON: one object a line",
        "line 5: MINOR: the policy promises to process no data of people under 18 (age.minimum, age.report)",
    ]
    assert [line.split() for line in imported.stdout.splitlines()] == [
        ["Lines", "5"],
        ["changed", "2"],
        ["unchanged", "0"],
        ["older", "than", "what", "is", "known", "0"],
        ["rejected", "3"],
        ["EXCLUDED_CATEGORY", "1"],
        ["MALFORMED", "1"],
        ["MINOR", "1"],
    ]


@pytest.mark.parametrize(
    ("key", "way_out"),
    [
        ("acount-area", "did you mean 'account-area'?"),
        ("shop", "name one of: account-area, billmanager, conferences, contests, "),
    ],
)
def test_an_unknown_service_is_refused_before_the_first_line(seeded: dict[str, str], key: str, way_out: str) -> None:
    imported = vitrine("holdings", "import", "-", "--service", key, "--json", settings=seeded, stdin=GOOD)
    assert (imported.returncode, imported.stdout) == (1, "")
    (said,) = said_to_people(imported.stderr)
    assert said.startswith(f"revision 1 has no service '{key}': {way_out}")


def test_a_service_imports_its_own_reports_only(seeded: dict[str, str]) -> None:
    imported = vitrine("holdings", "import", "-", "--service", "account-area", "--json", settings=seeded, stdin=GOOD)
    assert imported.returncode == 1
    *rejections, last = map(json.loads, imported.stdout.splitlines())
    assert last["summary"]["rejected_by_code"] == {"OTHER_SERVICE": 2}
    reason = "this credential reports for the service 'account-area' only"
    assert rejections == [
        {"line": number, "code": "OTHER_SERVICE", "reason": reason, "clauses": []} for number in (1, 2)
    ]


def test_rejections_as_json_come_while_lines_are_still_read(seeded: dict[str, str]) -> None:
    command = [*PROGRAM, "holdings", "import", "-", "--json"]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment(seeded), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("nonsense\n")
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["code"] == "MALFORMED"
        process.stdin.write(GOOD)
        process.stdin.close()
        (summary,) = map(json.loads, process.stdout)
    assert process.returncode == 1
    assert (summary["summary"]["lines"], summary["summary"]["rejected"]) == (3, 1)


def test_json_goes_to_standard_output_while_a_terminal_shows_the_bar(seeded: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "reports.ndjson"
    file.write_text(GOOD * 1000)
    results = tmp_path / "results.ndjson"
    with results.open("w") as output:
        seen = on_a_terminal("holdings", "import", str(file), "--json", settings=seeded, output=output)
    assert "2000 lines" in seen
    assert json.loads(results.read_text())["summary"]["lines"] == 2000


def test_json_on_a_terminal_has_no_bar_between_its_lines(seeded: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "reports.ndjson"
    file.write_text(GOOD)
    seen = on_a_terminal("holdings", "import", str(file), "--json", settings=seeded)
    assert json.loads(seen)["summary"]["lines"] == 2


def test_a_terminal_sees_a_bar_while_it_waits(seeded: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "reports.ndjson"
    file.write_text(GOOD * 1000)
    seen = on_a_terminal("holdings", "import", str(file), settings=seeded)
    assert "2000 lines" in seen
    assert f"{file.stat().st_size / 1000:.1f}" in seen


def test_a_graph_that_is_away_ends_with_3(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    settings = {"VITRINE_GRAPH_URL": f"bolt://127.0.0.1:{port}", "VITRINE_GRAPH_PASSWORD": "none"}
    away = vitrine("holdings", "import", "-", settings=settings, stdin=GOOD)
    assert (away.returncode, away.stdout, away.stderr) == (3, "", "The graph does not answer: try again later\n")


def test_a_file_that_cannot_be_read_ends_with_1(terminal: Terminal, tmp_path: Path) -> None:
    assert terminal.run("holdings", "import", tmp_path) == 1
    assert terminal.err == f"{tmp_path} cannot be read (Is a directory): name a file of reports, or -\n"


# ---- the embedded engine, and the launcher ---------------------------------------------------------------------------


def test_a_command_starts_an_engine_for_its_own_time(tmp_path: Path) -> None:
    settings = {"VITRINE_DATA_DIR": str(tmp_path / "data")}
    applied = vitrine("migrate", settings=settings)
    assert applied.returncode == 0
    assert applied.stdout.splitlines() == [
        f"Applied {file.name}" for file in sorted((ROOT / "graph/migrations").glob("*.cypher"))
    ]
    assert not (tmp_path / "data/engine/address.json").exists()
    assert vitrine("migrate", settings=settings).stdout == "Nothing to apply: the graph is up to date\n"


@pytest.mark.parametrize(
    "arguments", [("list",), ("show", "1"), ("publish", "1", "--effective", "2026-12-01"), ("withdraw", "1")]
)
def test_a_data_folder_whose_name_is_mistyped_is_refused_and_not_made(
    terminal: Terminal, tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    folder = tmp_path / "data"
    refused = (
        f"there is no graph in the data folder {folder}: correct VITRINE_DATA_DIR, or start the service with it once\n"
    )
    assert (terminal.run("revision", *arguments), terminal.out, terminal.err) == (2, "", refused)
    assert not folder.exists()
    folder.mkdir()
    assert (terminal.run("holdings", "import", str(ROOT / "README.md")), terminal.err) == (2, refused)
    assert list(folder.iterdir()) == []


def test_the_launcher_runs_the_checkouts_own_code_from_anywhere(tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    (checkout / ".venv/bin").mkdir(parents=True)
    shutil.copy(ROOT / "vitrine", checkout)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "vitrine").symlink_to(checkout / "vitrine")
    told = subprocess.run([elsewhere / "vitrine"], cwd=elsewhere, capture_output=True, text=True)
    assert (told.returncode, told.stderr) == (1, 'vitrine: nothing is set up yet: run "make setup" first\n')
    python = checkout / ".venv/bin/python"
    python.write_text('#!/bin/sh\necho "$PYTHONPATH" "$@"\n')
    python.chmod(0o755)
    run = subprocess.run([elsewhere / "vitrine", "map", "a b"], cwd=elsewhere, capture_output=True, text=True)
    assert run.stdout == f"{checkout} -P -m server.cli map a b\n"
