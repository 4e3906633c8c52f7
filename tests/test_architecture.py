"""Who may import whom, and where things stand, read from the source."""

from __future__ import annotations

import ast
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("graph", "server", "seed", "tests", "bench")
FOLDERS = {*PACKAGES, "docs"}
MAXIMUM_LINES = 500

# Modules over the maximum, and why they are one.
LONG_MODULES: Mapping[str, str] = {
    "graph/model.py": "the domain's words, all in one place",
    "tests/graph/test_answer.py": "one table of rules, from basis and decision to status, read as a whole",
    "tests/graph/test_reports.py": "every line that the door takes or refuses, in one table with what it is told",
    "tests/graph/notice_content/test_contents.py": "what each change becomes in a notice, over one estate",
    "tests/server/notify/test_webhook.py": "every answer of a product, and what follows from it for what is sent next",
    "tests/graph/store/test_revisions.py": "the one story of a revision's life, from draft to withdrawal",
}
VAGUE_NAMES = {"utils", "util", "helpers", "helper", "common", "misc"}


@dataclass(frozen=True, slots=True)
class Import:
    """`file` imports `module` (dotted) on `line`; `nested` in a function or class, `typing` for the checker only."""

    file: str
    line: int
    module: str
    nested: bool
    typing: bool

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: imports {self.module}"


def imports_of(file: str, source: str) -> list[Import]:
    """Every import, `from a import b` as a.b too, for b may be a module."""
    found: list[Import] = []

    def visit(node: ast.AST, nested: bool, typing: bool) -> None:
        if isinstance(node, ast.Import | ast.ImportFrom):
            prefix = "" if isinstance(node, ast.Import) else _origin(file, node)
            names = [f"{prefix}.{alias.name}" if prefix else alias.name for alias in node.names]
            found.extend(Import(file, node.lineno, name, nested, typing) for name in names)
            return
        scope = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda)
        for child in ast.iter_child_nodes(node):
            checked = isinstance(node, ast.If) and child in node.body and _is_type_checking(node.test)
            visit(child, nested or scope, typing or checked)

    visit(ast.parse(source), nested=False, typing=False)
    return found


def _origin(file: str, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    package = Path(file).parent.parts
    return ".".join([*package[: len(package) - node.level + 1], *([node.module] if node.module else [])])


def _is_type_checking(test: ast.expr) -> bool:
    return (isinstance(test, ast.Name) and test.id == "TYPE_CHECKING") or (
        isinstance(test, ast.Attribute) and test.attr == "TYPE_CHECKING"
    )


def within(name: str, *packages: str) -> bool:
    """Whether a dotted name is one of these packages or below one."""
    return any(name == package or name.startswith(f"{package}.") for package in packages)


# ---- the rules: whether an import keeps each -------------------------------------------------------------------------


def graph_knows_neither_server_nor_seed(each: Import) -> bool:
    return not each.file.startswith("graph/") or not within(each.module, "server", "seed")


def pure_modules_import_only_pure_modules(each: Import) -> bool:
    pure = each.file.startswith("graph/") and not each.file.startswith(("graph/store/", "graph/engines/"))
    return not pure or not within(each.module, "graph.store", "graph.engines", "asyncio", "socket", "urllib.request")


def only_store_and_engines_import_neo4j(each: Import) -> bool:
    allowed = each.file.startswith(("graph/store/", "graph/engines/", "tests/", "bench/"))
    return allowed or not within(each.module, "neo4j")


def only_server_imports_the_web(each: Import) -> bool:
    allowed = each.file.startswith(("server/", "tests/", "bench/"))
    return allowed or not within(each.module, "strawberry", "starlette", "uvicorn", "graphql")


def notify_knows_neither_schema_nor_web(each: Import) -> bool:
    return not each.file.startswith("server/notify/") or not within(each.module, "server.schema", "server.web")


def only_command_line_and_tests_import_seed(each: Import) -> bool:
    allowed = each.file.startswith(("server/cli/", "seed/", "tests/", "bench/")) or each.file == "server/cli.py"
    return allowed or not within(each.module, "seed")


def nothing_imports_tests(each: Import) -> bool:
    return each.file.startswith(("tests/", "bench/")) or not within(each.module, "tests")


def imports_stand_at_the_top(each: Import) -> bool:
    return each.typing or not each.nested


RULES: tuple[Callable[[Import], bool], ...] = (
    graph_knows_neither_server_nor_seed,
    pure_modules_import_only_pure_modules,
    only_store_and_engines_import_neo4j,
    only_server_imports_the_web,
    notify_knows_neither_schema_nor_web,
    only_command_line_and_tests_import_seed,
    nothing_imports_tests,
    imports_stand_at_the_top,
)


@cache
def modules() -> Mapping[str, str]:
    """The project's Python files and their sources."""
    return {
        path.relative_to(ROOT).as_posix(): path.read_text("utf-8")
        for package in PACKAGES
        for path in sorted((ROOT / package).rglob("*.py"))
        if "node_modules" not in path.parts
    }


@cache
def imports() -> Sequence[Import]:
    return [each for file, source in modules().items() for each in imports_of(file, source)]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_every_import_keeps_the_rule(rule: Callable[[Import], bool]) -> None:
    found = [str(each) for each in imports() if not rule(each)]
    assert not found, "\n".join(found)


def test_the_model_and_the_errors_import_nothing_of_the_project() -> None:
    sources = {file: modules().get(file, "") for file in ("graph/model.py", "graph/errors.py")}
    found = [
        str(each)
        for file, source in sources.items()
        for each in imports_of(file, source)
        if each.module.partition(".")[0] not in sys.stdlib_module_names
    ]
    assert not found, "\n".join(found)


def test_no_module_is_too_long() -> None:
    lines = {file: source.count("\n") for file, source in modules().items()}
    found = [
        f"{file}: {count} lines: split it by noun, or give the reason in LONG_MODULES"
        for file, count in lines.items()
        if count > MAXIMUM_LINES and file not in LONG_MODULES
    ]
    assert not found, "\n".join(found)
    assert [file for file in LONG_MODULES if lines.get(file, 0) <= MAXIMUM_LINES] == []


def test_modules_are_named_by_what_is_in_them() -> None:
    found = [file for file in modules() if VAGUE_NAMES & set(Path(file).with_suffix("").parts)]
    assert not found, "\n".join(found)


def test_every_top_level_folder_is_expected() -> None:
    kept = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith((".", "__"))}
    ignored = {line.strip().strip("/") for line in (ROOT / ".gitignore").read_text("utf-8").splitlines()}
    assert sorted(kept - FOLDERS - ignored) == []


# ---- the rules themselves --------------------------------------------------------------------------------------------

BROKEN = [
    (graph_knows_neither_server_nor_seed, "graph/store/a.py", "from server.settings import Settings"),
    (graph_knows_neither_server_nor_seed, "graph/a.py", "import seed"),
    (pure_modules_import_only_pure_modules, "graph/a.py", "from graph.store.revisions import load_revision"),
    (pure_modules_import_only_pure_modules, "graph/a.py", "from graph import engines"),
    (pure_modules_import_only_pure_modules, "graph/a.py", "from .store import revisions"),
    (only_store_and_engines_import_neo4j, "graph/a.py", "from neo4j.exceptions import Neo4jError"),
    (only_store_and_engines_import_neo4j, "server/a.py", "import neo4j"),
    (only_server_imports_the_web, "graph/store/a.py", "import strawberry"),
    (only_server_imports_the_web, "seed/a.py", "from starlette.requests import Request"),
    (notify_knows_neither_schema_nor_web, "server/notify/a.py", "from server.schema.me import Me"),
    (notify_knows_neither_schema_nor_web, "server/notify/a.py", "from ..web import pages"),
    (only_command_line_and_tests_import_seed, "server/schema/a.py", "from seed.loader import load"),
    (nothing_imports_tests, "server/a.py", "from tests.builders import a_map"),
    (imports_stand_at_the_top, "server/a.py", "def f():\n    import json"),
    (imports_stand_at_the_top, "server/a.py", "class A:\n    async def f(self):\n        import json"),
]
KEPT = [
    ("graph/a.py", "from graph.model import Clause\nfrom graph import errors\nimport re"),
    ("graph/store/a.py", "import neo4j\nfrom graph.engines.address import GraphAddress"),
    ("server/notify/a.py", "from server.settings import Settings\nfrom starlette.requests import Request"),
    ("server/cli.py", "from seed.loader import load"),
    ("server/cli/a.py", "from seed.loader import load"),
    ("server/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from graph.model import Clause"),
    ("server/a.py", "def f():\n    if TYPE_CHECKING:\n        from graph.model import Clause"),
    ("tests/a.py", "import neo4j\nfrom seed.loader import load\nfrom starlette.testclient import TestClient"),
    ("server/a.py", "import seedling\nimport neo4jish"),
]


@pytest.mark.parametrize(("rule", "file", "source"), BROKEN)
def test_a_forbidden_import_is_caught(rule: Callable[[Import], bool], file: str, source: str) -> None:
    assert [rule(each) for each in imports_of(file, source)] == [False]


@pytest.mark.parametrize(("file", "source"), KEPT)
def test_an_allowed_import_is_left_alone(file: str, source: str) -> None:
    assert [str(each) for rule in RULES for each in imports_of(file, source) if not rule(each)] == []
