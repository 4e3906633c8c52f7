"""The documents say what is there: links, commands, settings, codes, limits, examples are checked against the code."""

from __future__ import annotations

import importlib
import re
import shlex
from collections.abc import Iterator, Mapping
from functools import cache
from typing import get_args

import pytest
from graphql import build_schema, parse, validate
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from graph import answer, errors, reports
from graph.checks import RULES
from graph.map_file.shape import Revision, fields_of, kinds
from server.cli.program import program
from server.errors import INVALID_DOCUMENT
from server.gate.refusals import RefusalCode
from server.schema.validation import INTROSPECTION_NOT_ALLOWED
from server.settings import ROOT, settings_table
from server.viewer import Scope

FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
LINKED = re.compile(r"\[([^\]\n]*)\]\([^)\s]+\)")
LIMIT = re.compile(r"_AT_MOST$|^MAX_|^MAXIMUM_")
# Codes that are not in the tree of errors.
OF_HTTP = {*RefusalCode, INVALID_DOCUMENT, INTROSPECTION_NOT_ALLOWED}
#: Codes that payloads of mutations alone have.
OF_PAYLOADS = {
    code
    for file in (ROOT / "server/schema").glob("*.py")
    for code in re.findall(r"code=\"([A-Z_]+)\"", file.read_text("utf-8"))
}
MISSPELT = "VITRINE_PROT"  # in an example of what is said of it

# Bounds that nobody meets from outside.
INNER_LIMITS = {"server.development.MAXIMUM_LIFETIME", "server.logs.MAXIMUM_FRAMES"}


@cache
def documents() -> Mapping[str, str]:
    files = [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        ROOT / "CHANGELOG.md",
        ROOT / "SECURITY.md",
        *sorted((ROOT / "docs").rglob("*.md")),
    ]
    return {file.relative_to(ROOT).as_posix(): file.read_text("utf-8") for file in files}


def blocks(*languages: str) -> Iterator[tuple[str, str]]:
    """Each code block in one of these languages, with its document."""
    for name, text in documents().items():
        for language, body in FENCE.findall(text):
            if language in languages:
                yield name, body


def section(name: str, heading: str) -> str:
    """What stands below a heading, up to the next of its level or higher."""
    text = documents()[name]
    found = re.search(rf"^(#+) {re.escape(heading)}\n", text, re.MULTILINE)
    assert found is not None, f"{name} has no section {heading!r}"
    end = re.compile(rf"^#{{1,{len(found[1])}}} ", re.MULTILINE).search(text, found.end())
    return text[found.end() : end.start() if end else len(text)]


def rows(table: str) -> list[list[str]]:
    """The rows of the tables in a text, without heads, as cells."""
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("| ")]
    return [cells for cells in lines if cells[0].startswith("`") or len(cells) == 3]


def keys(table: str) -> set[str]:
    return {cells[0].strip("`") for cells in rows(table) if cells[0].startswith("`")}


def slugs(text: str) -> set[str]:
    """The anchors of a document's headings, as a browser of the repository makes them."""
    headings = re.findall(r"^#+ (.+)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


# ---- the text --------------------------------------------------------------------------------------------------------


def test_every_link_leads_somewhere() -> None:
    broken = []
    for name, text in documents().items():
        for link in LINK.findall(FENCE.sub("", text)):
            path, _, anchor = link.partition("#")
            target = ((ROOT / name).parent / path).resolve() if path else ROOT / name
            if link.startswith(("http://", "https://")):
                continue
            if not target.exists() or (anchor and anchor not in slugs(target.read_text("utf-8"))):
                broken.append(f"{name}: {link}")
    assert broken == []


def test_every_decision_is_in_the_index() -> None:
    index = documents()["docs/decisions/README.md"]
    files = [name.rpartition("/")[2] for name in documents() if re.match(r"docs/decisions/\d{4}-", name)]
    assert [file for file in files if f"({file})" not in index] == []


def test_no_document_names_a_place_of_one_machine() -> None:
    found = [name for name, text in documents().items() if re.search(r"/(tmp|work|home|root|Users)/\w", text)]
    assert found == []


# ---- examples --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "operation"), [*blocks("graphql")])
def test_every_operation_is_one_of_the_contract(name: str, operation: str) -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    assert validate(schema, parse(operation)) == []


def commands(command: object, *path: str) -> Iterator[tuple[tuple[str, ...], TyperCommand]]:
    """Those that can be run, each with the words that name it."""
    if isinstance(command, TyperGroup):
        for name, each in command.commands.items():
            yield from commands(each, *path, name)
    else:
        assert isinstance(command, TyperCommand)
        yield path, command


def test_every_command_and_option_is_documented_as_it_is() -> None:
    known = dict(commands(get_command(program)))
    said: set[tuple[str, ...]] = set()
    wrong = []
    for name, text in documents().items():
        for line in re.findall(r"\./vitrine ([a-z][^\n`)|]*)", text):
            words = shlex.split(line, comments=True)
            path = next((tuple(words[:n]) for n in (2, 1) if tuple(words[:n]) in known), None)
            if path is None:
                wrong.append(f"{name}: {line}")
                continue
            said.add(path)
            options = {option for parameter in known[path].params for option in parameter.opts}
            wrong += [f"{name}: {line}: {word}" for word in words if word.startswith("--") and word not in options]
    assert wrong == []
    assert known.keys() - said == set()


def test_every_make_target_is_there() -> None:
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    text = "\n".join(documents().values())
    shell = "\n".join(body for _, body in blocks("sh", "console"))
    said = re.findall(r"`make ([a-z][a-z0-9-]*)", text) + re.findall(
        r"^(?:\$ )?make ([a-z][a-z0-9-]*)", shell, re.MULTILINE
    )
    assert set(said) - targets == set()


def test_every_setting_that_is_named_is_one() -> None:
    known = {each.variable for each in settings_table()}
    said = {name for text in documents().values() for name in re.findall(r"VITRINE_[A-Z0-9_]*[A-Z0-9]\b", text)}
    assert said - known == {MISSPELT}


# ---- words of the contract -------------------------------------------------------------------------------------------


def codes(error: type[errors.VitrineError] = errors.VitrineError) -> Iterator[str]:
    yield error.code
    for each in error.__subclasses__():
        yield from codes(each)


def test_every_error_code_is_documented() -> None:
    of_api = keys(section("docs/account-area.md", "Errors"))
    of_operator = set(re.findall(r"`([A-Z_]+)`", section("docs/operator.md", "What to do when …")))
    known = {*codes(), *OF_HTTP, *OF_PAYLOADS}
    assert of_api - known == set()
    assert known - of_api - of_operator == set()


def test_every_rejection_code_is_documented() -> None:
    table = section("docs/reporting.md", "The door: every reason for a rejection")
    assert keys(table) == {code.value for code in reports.RejectionCode}


@pytest.mark.parametrize("line", get_args(reports.Line), ids=lambda line: line.__name__)
def test_every_field_of_a_report_is_documented(line: type[reports.HoldingLine]) -> None:
    name = get_args(line.model_fields["type"].annotation)[0]
    said = {field for cells in rows(section("docs/reporting.md", f"`{name}`")) for field in _ticked(cells[0])}
    assert said == line.model_fields.keys() - {"type"}


def _ticked(cell: str) -> list[str]:
    return re.findall(r"`(\w+)`", cell)


@pytest.mark.parametrize("kind", [("revision", Revision), *((kind.name, kind.element) for kind in kinds())], ids=str)
def test_every_field_of_the_map_file_is_documented(kind: tuple[str, type[object]]) -> None:
    name, element = kind
    fields = {field.name for field in fields_of(element)}
    assert keys(section("docs/compliance.md", f"`{name}`")) == fields - {"clauses", "note"}


def test_every_rule_of_the_checks_is_documented_in_its_own_words() -> None:
    table = LINKED.sub(r"\1", section("docs/compliance.md", "Findings"))
    told = [cells for cells in rows(table) if len(cells) == 4]
    assert told == [[f"`{rule.name}`", f"`{rule.kind.value}`", rule.says, rule.mending] for rule in RULES]


def test_every_status_and_scope_is_documented() -> None:
    text = documents()["docs/account-area.md"]
    words = [*answer.PurposeStatus, *answer.DisclosureStatus, *Scope]
    assert [word.value for word in words if f"`{word.value}`" not in text] == []


def test_every_limit_is_documented_with_its_value() -> None:
    said = {cells[2].strip("`"): cells[1] for cells in rows(section("docs/operator.md", "Limits")) if "." in cells[2]}
    wrong = []
    for name, value in said.items():
        module, _, constant = name.rpartition(".")
        if f"{getattr(importlib.import_module(module), constant):,.0f}" != value:
            wrong.append(f"{name} is not {value}")
    assert wrong == []
    assert set(limits()) - said.keys() == INNER_LIMITS


def limits() -> Iterator[str]:
    """The public constants of the code that bound something, by their names."""
    for package in ("graph", "server"):
        for file in sorted((ROOT / package).rglob("*.py")):
            module = ".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
            for constant in re.findall(r"^([A-Z][A-Z0-9_]*)(?:: [^=\n]+)? = ", file.read_text("utf-8"), re.MULTILINE):
                if LIMIT.search(constant):
                    yield f"{module}.{constant}"
