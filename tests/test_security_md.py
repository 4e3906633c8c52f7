"""SECURITY.md says what is there: each label, root field, address and test that it must name, it names."""

from __future__ import annotations

import re

from graphql import build_schema

from server.settings import ROOT
from server.viewer import Scope

TEXT = (ROOT / "SECURITY.md").read_text("utf-8")
#: What the tests themselves put into a graph is not looked for.
LABEL = re.compile(r"\(\w*:([A-Z]\w*)")


def section(heading: str) -> str:
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", TEXT, re.MULTILINE | re.DOTALL)
    assert found is not None, f"SECURITY.md has no section {heading!r}"
    return found[1]


def first_cells(text: str) -> set[str]:
    """What stands in ticks in the first column of a section's tables."""
    cells = [line.strip("| ").split(" | ")[0] for line in text.splitlines() if line.startswith("| ")]
    return {name for cell in cells for name in re.findall(r"`([^`]+)`", cell)}


def test_every_root_field_and_address_has_its_row() -> None:
    schema = build_schema((ROOT / "schema.graphql").read_text("utf-8"))
    roots = [each for each in (schema.query_type, schema.mutation_type, schema.subscription_type) if each is not None]
    fields = {f"{root.name}.{name}" for root in roots for name in root.fields}
    addresses = set(re.findall(r"Route\(\"([^\"]+)\"", (ROOT / "server/app.py").read_text("utf-8")))
    assert {"/ingest/holdings", "/readyz"} <= addresses
    # /graphql is all of the fields; the keys' address is a constant of the development issuer.
    expected = fields | addresses - {"/graphql"} | {"/.well-known/jwks.json"}
    assert first_cells(section("Who may ask what")) == expected


def test_every_label_has_its_row() -> None:
    sources = [*(ROOT / "graph/store").rglob("*.py"), *(ROOT / "graph/migrations").glob("*.cypher")]
    labels = {label for file in sources for label in LABEL.findall(file.read_text("utf-8"))}
    assert {"Subject", "Holding", "Revision"} <= labels
    assert first_cells(section("What is stored")) == labels


def test_every_credential_has_its_column() -> None:
    head = next(line for line in section("Who may ask what").splitlines() if line.startswith("| operation"))
    assert set(re.findall(r"`([^`]+)`", head)) == {scope.value for scope in Scope}


def test_every_promise_names_a_test_that_is_there() -> None:
    promises = section("What is promised, and what proves it")
    lines = [line for line in promises.splitlines() if line.startswith("| ")][1:]
    assert len(lines) > 10
    for line in lines:
        named = re.findall(r"`(tests/[\w/]+\.py)`", line)
        assert named, line
        assert [path for path in named if not (ROOT / path).is_file()] == []
