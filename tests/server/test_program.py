"""The command line as a whole: what it names, and what a command waits for."""

from __future__ import annotations

import subprocess
import sys

import pytest

from server.cli.program import MODULES, execute
from server.settings import ROOT


def test_the_help_names_every_command_in_its_order(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["--help"]) == 0
    _, _, commands = capsys.readouterr().out.partition("Commands:\n")
    assert [line.split()[0] for line in commands.splitlines()] == list(MODULES)


@pytest.mark.parametrize("command", ["token", "map check", "revision list", "holdings import", "backup", "restore"])
def test_a_command_does_not_wait_for_what_serves_graphql(command: str) -> None:
    code = (
        "import sys; from server.cli.program import execute; "
        f"assert execute({command.split()!r} + ['--help']) == 0; "
        "sys.exit(', '.join({'strawberry', 'starlette', 'uvicorn'} & sys.modules.keys()) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_mistyped_command_is_told_of_its_likely_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert execute(["holdigns", "import"]) == 2
    assert "No such command 'holdigns'. Did you mean 'holdings'?" in capsys.readouterr().err
