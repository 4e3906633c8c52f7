"""`make bench` runs the benches of the hot query, of reach, of questions about a map, of pages, of telling, of mail and
of texts, one after the other."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from bench.processes import ROOT

BENCHES = ["hot", "reach", "explore", "pages", "telling", "mail", "compare"]


@pytest.fixture
def stub(tmp_path: Path) -> Path:
    """Says what would be measured. That of the reach fails."""
    program = tmp_path / "python"
    program.write_text('#!/bin/sh\necho "$*"\n[ "$3" != reach ]\n')
    program.chmod(0o755)
    return tmp_path


def make_bench(stub: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    made = [f"--assume-old={each}" for each in (".venv/.installed-dev", "server/web/dist/.built")]
    command = ["make", *made, "bench", f"BIN={stub}", "ARGS=--rounds 1"]
    environment = {"PATH": os.environ["PATH"], **settings}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_one_that_fails_does_not_hide_the_others(stub: Path) -> None:
    done = make_bench(stub)
    said = [line for name in BENCHES for line in (f"== {name}", f"-m bench {name} --rounds 1")]
    assert done.stdout.splitlines() == said
    assert "These failed: reach\n" in done.stderr
    assert done.returncode != 0


def test_all_that_succeed_are_a_success(stub: Path) -> None:
    (stub / "python").write_text("#!/bin/sh\n")
    done = make_bench(stub)
    assert (done.returncode, done.stderr) == (0, "")


def test_nothing_is_measured_on_a_graph_that_is_named(stub: Path) -> None:
    done = make_bench(stub, VITRINE_GRAPH_URL="bolt://graph.example:7687")
    assert (done.stdout, done.returncode != 0) == ("", True)
    assert "run them one by one" in done.stderr
