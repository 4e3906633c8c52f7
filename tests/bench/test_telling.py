"""The benches of telling people write, send and compare what they say, and keep figures of the expected shape. Never a
speed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from bench import bare_fan_out, mail, report, telling
from bench.bare_fan_out import page_of
from bench.data import Graph, load
from bench.issuer import issuer_served
from bench.ports import free_port
from bench.processes import service
from graph.engines.address import GraphAddress
from graph.engines.neo4j import connect

SUBJECTS = 40


@pytest.fixture(scope="module")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Graph:
    scratch = tmp_path_factory.mktemp("bench-telling")
    graph = Graph(scratch / "data")
    load(graph, SUBJECTS, scratch)
    return graph


@pytest.fixture(scope="module")
def told(graph: Graph, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return telling.in_turns(graph, 1, tmp_path_factory.mktemp("telling"))


@pytest.fixture(scope="module")
def mailed(graph: Graph, told: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    return mail.in_turns(graph, SUBJECTS, 1, tmp_path_factory.mktemp("mail"))


def test_everybody_is_told_on_three_channels_by_the_job_and_by_the_bare_driver(told: dict[str, Any]) -> None:
    assert told.keys() == {"ratio", "memory_mb", "rounds"}
    for name in ("bare", "job"):
        (found,) = told["rounds"][name]
        assert (found["notices"], found["deliveries"]) == (SUBJECTS, 3 * SUBJECTS)
        assert found["rate"] > 0


def test_the_bare_driver_writes_the_rows_of_the_job(graph: Graph, told: dict[str, Any], tmp_path: Path) -> None:
    async def read(address: GraphAddress, revision: int) -> list[dict[str, Any]]:
        async with (
            connect(address, pool_size=1, timeout_seconds=5.0, retry_seconds=5.0) as driver,
            driver.session(database=address.database) as session,
        ):
            return await page_of(session, revision, "")

    (job,) = told["rounds"]["job"]
    with issuer_served() as issuer:
        settings = {**graph.environment(), **issuer.settings(), "VITRINE_PORT": str(free_port())}
        with service({**settings, "VITRINE_NOTIFY": "off"}, tmp_path / "log"):
            address = GraphAddress(**graph.address())
            # The round that does not count: the job was first, and the bare driver wrote its rows.
            first = job["revision"] - 1
            own, bare = (asyncio.run(read(address, number)) for number in (first, telling.ELSEWHERE))
    assert len(own) == SUBJECTS
    moved = [
        {
            "id": each["properties"]["id"].replace(f"{first}/", f"{telling.ELSEWHERE}/"),
            "properties": bare_fan_out.elsewhere(each["properties"], first, telling.ELSEWHERE),
            "deliveries": [
                bare_fan_out.elsewhere(row, first, telling.ELSEWHERE)
                for row in sorted(each["deliveries"], key=lambda row: str(row["id"]))
            ],
        }
        for each in own
    ]
    assert moved == [
        {**each, "deliveries": sorted(each["deliveries"], key=lambda row: str(row["id"]))} for each in bare
    ]


def test_everybody_is_mailed_once_by_the_job_and_once_by_the_library_alone(mailed: dict[str, Any]) -> None:
    # That each message came is looked at by the bench itself.
    (job,), (bare,) = mailed["rounds"]["job"], mailed["rounds"]["bare"]
    assert job["sent"] == bare["sent"] == SUBJECTS
    assert job.keys() == {"sent", "seconds", "rate", "cpu_ms_a_message", "sink_cpu_ms_a_message"}
    assert bare.keys() == job.keys() | {"bytes"}
    assert bare["bytes"] > 1000


def test_tables_have_a_row_for_each_run(told: dict[str, Any], mailed: dict[str, Any]) -> None:
    for lines in (report.telling_table(told["rounds"]), report.mail_table(mailed["rounds"])):
        head, *rows = lines
        assert head.split()[0] == "what"
        assert [row.split()[0] for row in rows] == ["bare", "job"]
