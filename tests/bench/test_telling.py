"""The benches of telling people write, send and compare what they say, and keep figures of the expected shape. Never a
speed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bench import mail, report, telling
from bench.bare_fan_out import elsewhere
from bench.data import Graph
from tests.bench.conftest import SUBJECTS


@pytest.fixture(scope="module")
def mailed(named: Graph, scratch: Path, at_once: None) -> dict[str, Any]:
    return mail.in_turns(named, SUBJECTS, 1, scratch)


@pytest.fixture(scope="module")
def told(named: Graph, scratch: Path, at_once: None, mailed: object) -> dict[str, Any]:
    """After the mail: what is written here is due, and would be sent with it."""
    return telling.in_turns(named, 1, scratch)


def test_everybody_is_told_on_three_channels_by_the_job_and_by_the_bare_driver(told: dict[str, Any]) -> None:
    assert told.keys() == {"ratio", "memory_mb", "rounds"}
    for name in ("bare", "job"):
        (found,) = told["rounds"][name]
        assert (found["notices"], found["deliveries"]) == (SUBJECTS, 3 * SUBJECTS)
        assert found["rate"] > 0


def test_the_bare_driver_writes_the_same_rows_as_those_of_another_revision() -> None:
    row = {"id": "2/REVISION/EMAIL/ann", "revision": 2, "attempts": 0, "queue": "EMAIL 2026 2/REVISION/EMAIL/ann"}
    assert elsewhere(row, 2, telling.ELSEWHERE) == {
        "id": "1000000/REVISION/EMAIL/ann",
        "revision": 1000000,
        "attempts": 0,
        "queue": "EMAIL 2026 1000000/REVISION/EMAIL/ann",
    }


def test_everybody_is_mailed_once_by_the_job_and_once_by_the_library_alone(mailed: dict[str, Any]) -> None:
    # That each message came is looked at by the bench itself.
    (job,), (bare,) = mailed["rounds"]["job"], mailed["rounds"]["bare"]
    assert job["sent"] == bare["sent"] == SUBJECTS
    assert job.keys() == {"sent", "seconds", "rate", "cpu_ms_a_message", "largest_mb", "sink_cpu_ms_a_message"}
    assert bare.keys() == job.keys() | {"bytes"}
    assert bare["bytes"] > 1000


def test_tables_have_a_row_for_each_run(told: dict[str, Any], mailed: dict[str, Any]) -> None:
    for lines in (report.telling_table(told["rounds"]), report.mail_table(mailed["rounds"])):
        head, *rows = lines
        assert head.split()[0] == "what"
        assert [row.split()[0] for row in rows] == ["bare", "job"]
