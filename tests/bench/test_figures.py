"""The bench measures what it says: the same rows on both sides, and figures of the expected shape. Never a speed."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench import data, floor, hot, load, report
from bench.__main__ import million
from bench.data import Graph
from bench.data import load as load_graph
from bench.issuer import Issuer, issuer_served
from bench.ports import free_port
from bench.processes import Memory, Service, service, worker
from bench.workload import HOLDINGS, NARROW, QUERY, WIDE, profile_of, report_lines, subject_id
from graph.engines.address import GraphAddress
from graph.engines.neo4j import connect
from tests.bench.conftest import SUBJECTS

FEW = 6
# Other than what a bench asks about by itself.
FEW_HOLDINGS = 3
CLIENTS = (1, 3)


@dataclass(frozen=True, slots=True)
class Measured:
    """What a bench found in a graph that it loaded, what it printed, and what is kept of the load."""

    figures: dict[str, Any]
    printed: str
    load: dict[str, Any]


@pytest.fixture(scope="module")
def everything(scratch: Path) -> Measured:
    """Of the bench with the most figures, on an embedded engine."""
    printed = io.StringIO()
    clients = ",".join(map(str, CLIENTS))
    options = Namespace(subjects=FEW, holdings=FEW_HOLDINGS, clients=clients, rounds=1, seconds=0.1, people=3)
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(printed):
        patch.setattr(data, "CACHE", scratch / "kept")
        figures = million(options, scratch)
        return Measured(figures, printed.getvalue(), data.loaded(FEW, FEW_HOLDINGS)[1])


@pytest.fixture(scope="module")
def measured(everything: Measured) -> dict[str, Any]:
    hot: dict[str, Any] = everything.figures["hot"]
    return hot


@dataclass(frozen=True, slots=True)
class Asked:
    service: Service
    issuer: Issuer
    graph: Graph

    def address(self) -> GraphAddress:
        return GraphAddress(**self.graph.address())


@pytest.fixture(scope="module")
def asked(named: Graph, scratch: Path) -> Iterator[Asked]:
    with issuer_served() as issuer:
        settings = {**named.environment(), **issuer.settings(), **hot.SETTINGS, "VITRINE_PORT": str(free_port())}
        with service(settings, scratch / "same.log") as running:
            yield Asked(running, issuer, named)


def test_every_subject_has_its_holdings_by_its_profile() -> None:
    lines = [json.loads(line) for line in report_lines(0, 2)]
    assert Counter(line["subject"] for line in lines) == {subject_id(0): HOLDINGS, subject_id(1): HOLDINGS}
    for number, profile in ((0, WIDE), (1, NARROW)):
        assert profile_of(number) is profile
        told = [(line["service"], line["category"]) for line in lines if line["subject"] == subject_id(number)]
        assert told == list(profile.pairs)


def test_the_import_takes_every_line(everything: Measured) -> None:
    figures = everything.load
    assert figures.keys() == {"machine", "subjects", "lines", "seconds", "rate", "memory_mb", "disk_mb"}
    assert (figures["subjects"], figures["lines"]) == (FEW, FEW * FEW_HOLDINGS)
    assert figures["disk_mb"] > 0


def test_a_disk_that_is_too_small_is_told_of_before_anything_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "BYTES_A_HOLDING", 10**12)
    with pytest.raises(SystemExit, match=r"^Loading 72 holdings needs 72,000\.0 GB on the disk of .*: make room"):
        load_graph(Graph(tmp_path / "data"), FEW, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_kept_graph_tells_what_its_load_took_and_how_much_memory_it_takes_to_answer(everything: Measured) -> None:
    figures, printed, loaded_now = everything.figures, everything.printed, everything.load
    assert figures["import"] == loaded_now
    assert f"loaded at {loaded_now['machine']['measured_at']}: 18 lines, " in printed
    assert f" {loaded_now['memory_mb']['largest']:.0f} at most, " in printed
    found = [figures["hot"][str(clients)][name] for clients in CLIENTS for name in ("wide", "narrow")]
    memory = figures["memory_mb"]
    assert memory["engine"] == max(each["engine_mb"] for each in found)
    assert memory["both"] == pytest.approx(memory["service"] + memory["engine"], abs=0.1)
    for name, mb in memory.items():
        assert figures["memory_bytes_a_subject"][name] == round(mb * 2**20 / FEW)
        assert f"memory, {name}: {mb:,.0f} MB, {round(mb * 2**20 / FEW):,} bytes a subject" in printed


def test_the_floor_and_the_service_bring_the_same_rows(asked: Asked) -> None:
    for number in range(FEW):
        assert asyncio.run(_answered(asked, number)) == asyncio.run(_rows(asked.address(), number))


async def _answered(asked: Asked, number: int) -> list[tuple[str, str, str]]:
    port = asked.service.port
    request = load.request(port, "/graphql", {"query": QUERY}, asked.issuer.mint(subject_id(number)))
    body = await load.ask_once(port, request)
    rows = body["data"]["me"]["holdings"]["nodes"]
    assert all(row["purposes"] and row["recipients"] for row in rows)
    return sorted((row["service"]["key"], row["category"]["key"], row["since"]) for row in rows)


async def _rows(address: GraphAddress, number: int) -> list[tuple[str, str, str]]:
    async with connect(address, pool_size=1, timeout_seconds=5.0, retry_seconds=5.0) as driver:
        rows = await floor.ask(driver, address.database, number)
    held = [properties for type, properties, _ in rows if type == "HAS_HOLDING"]
    return sorted((each["service"], each["category"], each["since"].replace(".000000", "")) for each in held)


def test_every_contender_is_measured_at_every_number_of_clients(measured: dict[str, Any]) -> None:
    assert {clients: list(found) for clients, found in measured.items()} == {
        str(clients): ["floor", "wide", "narrow"] for clients in CLIENTS
    }
    of_all = {
        "requests",
        "answered",
        "seconds",
        "rate",
        "p50_ms",
        "p99_ms",
        "size",
        "cpu_seconds",
        "service_us",
        "service_mb",
        "engine_us",
        "engine_mb",
    }
    for found in measured.values():
        assert found["floor"].keys() == of_all
        assert found["wide"].keys() == found["narrow"].keys() == of_all | {"client_us"}
        assert all(each["requests"] > 0 for each in found.values())
        assert all(each["service_mb"] > 20 and each["engine_mb"] > 20 for each in found.values())
        # Rows of the floor, bytes of the service.
        assert found["floor"]["size"] == FEW_HOLDINGS < found["narrow"]["size"] < found["wide"]["size"]


def test_the_figures_are_kept_with_the_kind_of_machine(measured: dict[str, Any], tmp_path: Path) -> None:
    file = report.write("hot", {"hot": measured}, tmp_path / "figures" / "hot.json")
    kept = json.loads(file.read_text())
    assert kept["hot"] == measured
    assert kept["machine"].keys() == {"cores", "memory_gb", "python", "measured_at", "load_before"}


def test_a_table_has_a_row_for_each_measurement(measured: dict[str, Any]) -> None:
    head, *rows = report.hot_table(measured)
    assert head.split()[:4] == ["clients", "what", "requests/s", "x"]
    assert [row.split()[:2] for row in rows] == [
        [str(clients), name] for clients in CLIENTS for name in ("floor", "wide", "narrow")
    ]
    assert {row.split()[3] for row in rows if "floor" in row} == {"1.00"}
    memory = [(row.split()[-3], row.split()[-1]) for row in rows]
    assert memory == [
        (f"{each['service_mb']:.0f}", f"{each['engine_mb']:.0f}")
        for found in measured.values()
        for each in found.values()
    ]


def test_medians_are_of_each_figure_by_itself() -> None:
    assert hot.medians([{"a": 1, "b": 9}, {"a": 2, "b": 7}, {"a": 9, "b": 8}]) == {"a": 2, "b": 8}


def test_memory_that_grows_is_seen_in_its_last_quarter() -> None:
    names = ("first", "largest", "last", "second_quarter", "last_quarter")
    assert tuple(Memory([10.0, 20.0, 50.0, 40.0]).summary()[name] for name in names) == (10.0, 50.0, 40.0, 20.0, 40.0)
    assert tuple(Memory([100.0] * 8).summary()[name] for name in names) == (100.0,) * 5
    assert tuple(Memory().summary()[name] for name in names) == (0.0,) * 5


def test_the_bare_driver_writes_what_the_import_writes(named: Graph, tmp_path: Path) -> None:
    """The import finds nothing left to change."""
    begin, end = SUBJECTS, SUBJECTS + FEW
    written = worker("bench.bare_import", {"address": named.address(), "begin": begin, "end": end})
    assert written["lines"] == FEW * HOLDINGS
    reports = data.write_reports(end, tmp_path / "reports.ndjson", begin=begin)
    with pytest.raises(RuntimeError, match="'changed': 0, 'unchanged': 72"):
        data.imported(named, reports, FEW * HOLDINGS)
