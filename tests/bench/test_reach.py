"""The bench of the reach counts whom it says, and keeps figures of the expected shape. Never a speed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import reach, report
from bench.data import Graph
from tests.bench.conftest import SUBJECTS


@pytest.fixture(scope="module")
def figures(named: Graph, scratch: Path) -> dict[str, Any]:
    return reach.measured(named, SUBJECTS, 1, scratch)


def test_every_touch_affects_the_share_that_it_is_called_by(figures: dict[str, Any]) -> None:
    affected = {name: each["affected"] for name, each in figures["reach"].items() if isinstance(each, dict)}
    assert affected == {
        "1 %": SUBJECTS // 100,
        "10 %": SUBJECTS // 10,
        "100 %, 2 places": SUBJECTS,
        "100 %, all places": SUBJECTS,
        "everyone": SUBJECTS,
    }
    assert figures["reach"]["1 %"]["statements"] == 1
    assert figures["reach"]["1 %"]["without_keys_seconds"] > 0


def test_a_table_has_a_row_for_each_touch(figures: dict[str, Any]) -> None:
    head, *rows = report.reach_table(figures["reach"])
    assert head.split()[:2] == ["affected", "people"]
    assert len(rows) == len(reach.TOUCHES)
