"""The policies that are compared have the edits that they say, and the bench keeps figures of the expected shape."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from bench import compare, report
from bench.policies import Edit, Shape, next_version, policy
from graph.clauses import read_policy
from graph.policy_import import import_policy
from graph.policy_import.keys import keyed_policy

SIZES = (4_000, 8_000)


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    return compare.in_turns(SIZES, 1)


@pytest.mark.parametrize("shape", [Shape.PROSE, Shape.LIST])
def test_every_block_is_a_clause_in_both_forms(shape: Shape) -> None:
    text = policy(8_000, shape)
    assert len(text.markdown) <= 8_000
    kinds = [block.kind for block in text.blocks]
    assert [clause.kind for clause in read_policy(text.markdown).accepted().clauses] == kinds
    imported = keyed_policy(import_policy(text.html.encode(), "policy.html").blocks, "policy.html")
    assert [clause.kind for clause in imported.policy.clauses] == kinds


def test_a_next_version_has_edits_of_each_kind_and_keeps_the_rest() -> None:
    text = policy(20_000)
    edited = next_version(text)
    olds, news = ({block.id: block.text for block in each.blocks} for each in (text, edited))
    counts = Counter(edited.edits.values())
    assert set(counts) == set(Edit)
    assert len(olds.keys() - news.keys()) == counts[Edit.REMOVED]
    assert len(news.keys() - olds.keys()) == counts[Edit.ADDED]
    changed = {id for id in olds.keys() & news.keys() if olds[id] != news[id]}
    assert changed == {id for id, edit in edited.edits.items() if edit is Edit.REWORDED}


def test_every_case_is_measured_at_every_size(figures: dict[str, Any]) -> None:
    assert {name: list(each) for name, each in figures["texts"].items()} == {
        name: ["4000", "8000"] for name in compare.CASES
    }
    measured = figures["texts"]["edited"]["8000"]
    assert measured.keys() >= {*compare.TIMES, "bytes", "clauses", "changes", "largest_mb", "found"}
    assert measured["found"] == {"kept": 1.0, "reworded": 1.0, "moved": 1.0}
    assert figures["exponent"]["edited"].keys() == set(compare.TIMES)


def test_a_time_that_doubles_with_the_size_grows_by_the_first_power() -> None:
    before = dict.fromkeys(compare.TIMES, 1.0) | {"bytes": 100}
    after = dict.fromkeys(compare.TIMES, 2.0) | {"bytes": 200, "match": 4.0}
    del after["difflib"]
    assert compare.exponents([before, after]) == {
        **dict.fromkeys(("import_markdown", "import_html", "read", "compare", "impact"), 1.0),
        "match": 2.0,
    }


def test_a_table_has_a_row_for_each_case_and_size(figures: dict[str, Any]) -> None:
    head, *rows = report.compare_table(figures["texts"])
    assert head.split()[:3] == ["what", "bytes", "clauses"]
    assert len(rows) == len(compare.CASES) * len(SIZES)
