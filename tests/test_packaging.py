"""What is run and installed: read and checked as far as that goes without a network."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
LOCKS = (
    "requirements.txt",
    "requirements-dev.txt",
    "requirements-node.txt",
    "requirements-tracing.txt",
    "tests/fuzz/requirements.txt",
    "tests/neo4j/requirements.txt",
)
CONTRACT = ROOT / "tests/contract"
PACKAGE_LOCKS = (
    "tests/contract/package-lock.json",
    "tests/audits/package-lock.json",
    "bench/peers/package-lock.json",
    "server/web/package-lock.json",
)
ADDRESS = re.compile(r"\b(?:https?|ftp|git\+\w+|file|ssh)://", re.IGNORECASE)


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


# ---- libraries -------------------------------------------------------------------------------------------------------


@cache
def locked(path: str) -> dict[str, tuple[str, list[str]]]:
    """The libraries in a lock file: name to version and hashes."""
    found = {}
    for entry in read(path).replace("\\\n", " ").splitlines():
        if entry and not entry.startswith("#"):
            requirement, *options = entry.split(" --")
            name, version = requirement.partition(";")[0].strip().split("==")
            found[name] = version, options
    return found


def asked_for(path: str) -> dict[str, str]:
    """The libraries that are asked for by name, each with its version if it is said."""
    lines = (line.partition("#")[0].strip() for line in read(path).splitlines())
    names = (re.match(r"([\w.-]+)(?:\[\w+\])?(.*)", line) for line in lines if line and not line.startswith("-"))
    return {match[1].lower().replace(".", "-"): match[2] for match in names if match}


@pytest.mark.parametrize("path", LOCKS)
def test_every_library_is_pinned_with_hashes_and_nothing_else(path: str) -> None:
    assert locked(path)
    for name, (version, options) in locked(path).items():
        assert re.fullmatch(r"\d+(\.\w+)*", version), name
        assert options, name
        for option in options:
            assert re.fullmatch(r"hash=sha256:[0-9a-f]{64}", option.strip()), name


@pytest.mark.parametrize("path", [*LOCKS, "requirements.in", "requirements-dev.in", *PACKAGE_LOCKS])
def test_no_lock_file_names_an_address(path: str) -> None:
    text = read(path)
    assert ADDRESS.findall(text) == []
    assert "index-url" not in text
    assert "find-links" not in text


@pytest.mark.parametrize("kind", ["requirements", "requirements-node", "requirements-dev"])
def test_the_lock_holds_what_is_asked_for(kind: str) -> None:
    versions = {name: version for name, (version, _) in locked(f"{kind}.txt").items()}
    for name, wanted in asked_for(f"{kind}.in").items():
        assert name in versions, f"{name} is in {kind}.in only: make lock"
        if wanted.startswith("=="):
            assert versions[name] == wanted.removeprefix("==")


def test_what_breaks_often_or_keeps_data_is_pinned_by_hand() -> None:
    exact = {name for name, wanted in asked_for("requirements.in").items() if wanted.startswith("==")}
    assert exact == {"strawberry-graphql", "arcadedb-embedded"}


def test_the_service_and_the_tests_have_the_same_versions() -> None:
    tests = locked("requirements-dev.txt")
    for others in (locked("requirements.txt"), locked("requirements-node.txt")):
        assert {name for name in others.keys() & tests.keys() if others[name][0] != tests[name][0]} == set()


@pytest.mark.parametrize("path", PACKAGE_LOCKS)
def test_what_comes_from_npm_is_pinned_with_hashes(path: str) -> None:
    folder = path.removesuffix("/package-lock.json")
    lock = json.loads(read(path))
    asked = json.loads(read(f"{folder}/package.json"))
    for kind in ("dependencies", "devDependencies"):
        assert lock["packages"][""].get(kind) == asked.get(kind)
        assert all(re.fullmatch(r"\d+\.\d+\.\d+", version) for version in asked.get(kind, {}).values())
    for name, package in lock["packages"].items():
        if name:
            assert package["integrity"].startswith("sha512-"), name
            assert "resolved" not in package, name
    assert "omit-lockfile-registry-resolved=true" in read(f"{folder}/.npmrc").splitlines()


def kept(pattern: str) -> list[str]:
    """The files of the checkout with such a name, but those that were fetched."""
    places = (path.relative_to(ROOT) for path in ROOT.rglob(pattern))
    fetched = {"node_modules", ".venv", ".cache"}
    return sorted(place.as_posix() for place in places if not fetched & set(place.parts))


def test_nothing_is_installed_from_a_list_that_no_test_checks() -> None:
    assert set(kept("requirements*.txt")) == set(LOCKS)
    assert set(kept("package-lock.json")) == set(PACKAGE_LOCKS)
    assert set(kept("package.json")) == {path.replace("package-lock", "package") for path in PACKAGE_LOCKS}
    assert kept("pom.xml") == ["tests/neo4j/pom.xml"]


def test_a_rule_that_is_off_says_why() -> None:
    lines = read("tests/contract/eslint.config.js").splitlines()
    off = [number for number, line in enumerate(lines) if '"off"' in line]
    assert [lines[number] for number in off if not lines[number - 1].lstrip().startswith("//")] == []


# ---- make and CI -----------------------------------------------------------------------------------------------------


def make(*arguments: str, folder: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: text for name, text in os.environ.items() if not name.startswith(("MAKE", "VITRINE_"))}
    return subprocess.run(
        ["make", "--no-print-directory", *arguments], cwd=folder, env=kept | environ, capture_output=True, text=True
    )


def test_make_lists_what_it_can_do() -> None:
    helped = make()
    assert (helped.returncode, helped.stderr) == (0, "")
    listed = [line.split()[1] for line in helped.stdout.splitlines()]
    (phony,) = re.findall(r"^\.PHONY: (.*)$", read("Makefile"), re.MULTILINE)
    assert sorted(listed) == sorted(phony.split())
    assert {"run", "web", "test", "test-neo4j", "lint", "schema", "setup", "lock", "clean"} <= set(listed)


def test_running_needs_no_libraries_of_the_tests() -> None:
    planned = make("--dry-run", "--always-make", "run").stdout
    assert "-r requirements.txt" in planned
    assert "requirements-dev.txt" not in planned
    assert planned.rstrip().endswith("./vitrine run")


def test_a_service_whose_pages_cannot_be_built_runs_without_them(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    (tmp_path / "requirements.txt").touch()
    (tmp_path / "requirements-node.txt").touch()
    (tmp_path / ".venv/bin").mkdir(parents=True)
    for program, script in ((".venv/bin/python", "exit 1"), ("vitrine", 'echo "vitrine $*"')):
        (tmp_path / program).write_text(f"#!/bin/sh\n{script}\n")
        (tmp_path / program).chmod(0o755)
    (tmp_path / ".venv/.installed").touch()
    ran = make("run", folder=tmp_path)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "vitrine run")
    assert ran.stderr.splitlines()[-1] == (
        "The pages cannot be built, so the service runs without them; `./vitrine run` starts it without trying"
    )


def test_setting_up_takes_hashed_wheels_only() -> None:
    planned = make("--dry-run", "--always-make", "setup").stdout
    installs = [line for line in planned.splitlines() if " pip " in line and " install " in line]
    assert installs
    assert all("--require-hashes" in line and "--only-binary :all:" in line for line in installs)


def test_tests_see_no_settings_but_those_of_the_graph(tmp_path: Path) -> None:
    (recipe,) = make("--dry-run", "test").stdout.strip().splitlines()[-1:]
    command, ran, _ = recipe.partition("exec .venv/bin/python -m pytest")
    assert ran
    environ = {"PATH": os.environ["PATH"], "VITRINE_PORT": "1", "VITRINE_GRAPH_URL": "bolt://x", "OTHER": "1"}
    script = f"{command} env"
    left = subprocess.run(["sh", "-c", script], env=environ, capture_output=True, text=True, check=True).stdout
    assert "VITRINE_PORT" not in left
    assert {"VITRINE_GRAPH_URL=bolt://x", "OTHER=1"} <= set(left.splitlines())


def test_a_python_without_venv_and_pip_is_told_in_a_line(tmp_path: Path) -> None:
    bare = tmp_path / "python"
    # As on a Debian with python3 alone: what it has is this one, less the two modules.
    bare.write_text(
        f'#!/bin/sh\ncase "$*" in *ensurepip*|*"-m pip"*) exit 1;; esac\nexec {shlex.quote(sys.executable)} "$@"\n'
    )
    bare.chmod(0o755)
    told = make(f"{tmp_path}/venv/bin/python", f"PYTHON={bare}", f"VENV={tmp_path}/venv")
    assert told.returncode == 2
    assert told.stderr.splitlines()[0] == (
        "Python has neither venv nor pip: install one (on Debian: apt-get install python3-venv)"
    )
    assert not (tmp_path / "venv").exists()


def test_an_old_python_is_told_in_a_line(tmp_path: Path) -> None:
    old = tmp_path / "python"
    old.write_text('#!/bin/sh\ncase "$*" in *version_info*) exit 1;; esac\n')
    old.chmod(0o755)
    told = make(f"{tmp_path}/venv/bin/python", f"PYTHON={old}", f"VENV={tmp_path}/venv")
    assert told.stderr.splitlines()[0].startswith("Python 3.11 or newer is needed: ")


def test_ci_can_be_run() -> None:
    script = ROOT / ".ci/run"
    assert os.access(script, os.X_OK)
    assert subprocess.run(["bash", "-n", script]).returncode == 0
    assert "set -euo pipefail" in script.read_text().splitlines()


@pytest.fixture
def bare_machine(tmp_path: Path) -> Path:
    """A folder of programs, the only one on a PATH, in which every call is noted in the file `calls`.

    `apt-get install` brings make, which does nothing.
    """
    for program in ("bash", "dirname", "cp", "cat", "mktemp", "rm"):
        (tmp_path / program).symlink_to(shutil.which(program) or "")
    note = f'#!/bin/sh\necho "${{0##*/}}" "$@" >> {tmp_path}/calls\n'
    for program, script in (
        ("apt-get", f'{note}case "$1" in install) cp {tmp_path}/noted {tmp_path}/make;; esac\n'),
        ("sudo", '#!/bin/sh\nshift\nexec "$@"\n'),
        ("noted", note),
    ):
        (tmp_path / program).write_text(script)
        (tmp_path / program).chmod(0o755)
    return tmp_path


def test_ci_installs_what_a_machine_does_not_have(bare_machine: Path) -> None:
    subprocess.run([ROOT / ".ci/run"], env={"PATH": str(bare_machine)}, check=True)
    update, install, *made = (bare_machine / "calls").read_text().splitlines()
    assert update.split()[:2] == ["apt-get", "update"]
    assert install.split()[1] == "install"
    assert install.split()[-6:] == ["make", "curl", "maven", "chromium", "python3", "python3-venv"]
    assert made[0] == "make setup"
    assert sorted(line.partition(" ARGS=")[0] for line in made[1:]) == ["make lint", "make test", "make test-neo4j"]


def _everything_is_there(machine: Path, make: str) -> None:
    for program, script in (("curl", ""), ("mvn", ""), ("chromium", ""), ("python3", ""), ("make", make)):
        (machine / program).write_text(f"#!/bin/sh\n{script}")
        (machine / program).chmod(0o755)


def test_ci_installs_nothing_where_all_is_there_and_tests_nothing_that_cannot_be_set_up(bare_machine: Path) -> None:
    _everything_is_there(bare_machine, f'echo "$@" $VITRINE_PORT >> {bare_machine}/calls\nexit 1\n')
    failed = subprocess.run([ROOT / ".ci/run"], env={"PATH": str(bare_machine), "VITRINE_PORT": "1"})
    assert failed.returncode == 1
    assert (bare_machine / "calls").read_text().splitlines() == ["setup"]


@pytest.mark.parametrize(("fails", "code"), [("", 0), ("lint", 1), ("test", 1), ("test-neo4j", 1)])
def test_ci_fails_where_lint_or_either_suite_does_and_ends_with_what_the_whole_one_says(
    bare_machine: Path, fails: str, code: int
) -> None:
    _everything_is_there(bare_machine, f'echo "told by $1"\n[ "$1" != "{fails}" ]\n')
    ran = subprocess.run([ROOT / ".ci/run"], env={"PATH": str(bare_machine)}, capture_output=True, text=True)
    assert ran.returncode == code
    assert ran.stdout.splitlines() == ["told by setup", "told by test-neo4j", "told by lint", "told by test"]


@pytest.mark.parametrize("path", [".ci/run", "Makefile", "Dockerfile", "compose.yaml", "vitrine", ".dockerignore"])
def test_no_host_and_no_place_of_a_machine_is_named(path: str) -> None:
    text = read(path)
    allowed = ("http://127.0.0.1",)
    assert [each for each in re.findall(r"https?://\S+", text) if not each.startswith(allowed)] == []
    assert str(ROOT) not in text
    assert not re.search(r"(?<![\w.])/(?:root|home|Users|work)/", text)
