"""Loaded graphs: made through the product's own import, and kept for the next run where they lie in a data folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from bench.issuer import issuer_served
from bench.ports import free_port
from bench.processes import ROOT, disk_mb, environment, sampled, service, vitrine
from bench.report import machine
from bench.workload import HOLDINGS, report_lines
from graph.engines.address import GraphAddress
from graph.engines.address_file import AddressFile
from graph.engines.folder import DataFolder
from server.settings import Settings

CACHE = ROOT / ".cache" / "bench"
SEED = ROOT / "seed/ispsystem/2018-11-12"
SUBJECTS_A_WRITE = 1000
#: On disk while they are loaded: some 190 in the file of reports and up to 600 in the graph, and room to spare.
BYTES_A_HOLDING = 1000


@dataclass(frozen=True, slots=True)
class Graph:
    """Where a loaded graph is: a data folder with the embedded engine, or a server that `settings` name."""

    folder: Path
    settings: Mapping[str, str] = field(default_factory=dict)

    def environment(self) -> dict[str, str]:
        return {"VITRINE_DATA_DIR": str(self.folder), **self.settings}

    def address(self) -> dict[str, Any]:
        """How to reach it while it runs, as a worker's job takes it."""
        named = Settings.from_environment(self.settings).graph_address()
        address: GraphAddress | None = named or AddressFile(DataFolder(self.folder)).read()
        if address is None:
            raise RuntimeError(f"no engine serves {self.folder}")
        told = asdict(address)
        return {**told, "ca_file": None, "write_lock": str(told["write_lock"]) if told["write_lock"] else None}


@contextmanager
def served(graph: Graph, scratch: Path) -> Iterator[int | None]:
    """Meanwhile the graph can be reached, and nobody but the bench writes to it. The engine's process; None for a graph
    that is named."""
    if graph.settings:
        yield None
        return
    own = {"VITRINE_PORT": str(free_port()), "VITRINE_NOTIFY": "off"}
    with (
        issuer_served() as issuer,
        service({**graph.environment(), **issuer.settings(), **own}, scratch / "service.log") as running,
    ):
        yield running.engine


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)  # noqa: T201 (progress is for people, results are for files)


def loaded(subjects: int, holdings: int = HOLDINGS) -> tuple[Graph, dict[str, Any]]:
    """A graph with this many subjects, with so many holdings each, and the figures of its import, which are kept beside
    it.

    It is made anew where what is loaded, or how it lies in the graph, has changed.
    """
    sources = (
        *sorted((ROOT / "graph/migrations").glob("*.cypher")),
        *(ROOT / each for each in ("graph/store/reports.py", "graph/store/map_statements.py", "bench/workload.py")),
        *sorted(each for each in SEED.rglob("*") if each.is_file()),
    )
    version = b"".join(each.read_bytes() for each in sources)
    folder = CACHE / f"{subjects}-subjects-{holdings}-holdings-{sha256(version).hexdigest()[:12]}"
    graph = Graph(folder / "data")
    kept = folder / "load.json"
    if kept.exists():
        say(f"Using the {subjects:,} subjects of an earlier run")
        earlier: dict[str, Any] = json.loads(kept.read_text())
        return graph, earlier
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    figures = load(graph, subjects, folder, holdings)
    kept.write_text(json.dumps(figures, indent=2) + "\n")
    return graph, figures


def load(graph: Graph, subjects: int, scratch: Path, holdings: int = HOLDINGS) -> dict[str, Any]:
    """Writes the reports about subjects 0 to `subjects` - 1 with `vitrine holdings import`, from a file in `scratch`.

    `lines`, `seconds`, `rate` (lines a second) and `memory_mb` of the command, `disk_mb`. Ends the program where the
    disk has no room for them.
    """
    require_room(scratch, subjects * holdings)
    on = machine()
    say(f"Writing a file of {subjects * holdings:,} reports …")
    reports = write_reports(subjects, scratch / "reports.ndjson", holdings)
    publish(graph)
    try:
        return {"machine": on, "subjects": subjects, **imported(graph, reports, subjects * holdings)}
    finally:
        reports.unlink()


def require_room(folder: Path, lines: int) -> None:
    needed, free = lines * BYTES_A_HOLDING / 1e9, shutil.disk_usage(folder).free / 1e9
    if free < needed:
        raise SystemExit(
            f"Loading {lines:,} holdings needs {needed:,.1f} GB on the disk of {folder}, where {free:,.1f} are free: "
            "make room, or load fewer with --subjects"
        )


def write_reports(subjects: int, file: Path, holdings: int = HOLDINGS, *, begin: int = 0) -> Path:
    """The reports about the subjects from `begin` up to `subjects`, in a file."""
    with file.open("wb") as output:
        for first in range(begin, subjects, SUBJECTS_A_WRITE):
            output.writelines(report_lines(first, min(first + SUBJECTS_A_WRITE, subjects), holdings))
    return file


def publish(graph: Graph) -> None:
    """Puts the seed's policy and map in force in an empty graph."""
    settings = environment(graph.environment())
    subprocess.run([sys.executable, "-P", "-m", "bench.publish", str(SEED)], env=settings, cwd=ROOT, check=True)  # noqa: S603


def imported(graph: Graph, reports: Path, lines: int) -> dict[str, Any]:
    """Runs the import to its end, and says every ten seconds how it goes."""
    say(f"Importing {lines:,} holdings …")
    began, size = time.monotonic(), reports.stat().st_size
    with (
        reports.open("rb") as source,
        subprocess.Popen(  # noqa: S603
            vitrine("holdings", "import", "-", "--json"),
            env=environment(graph.environment()),
            cwd=ROOT,
            stdin=source,
            stdout=subprocess.PIPE,
        ) as process,
        sampled(process.pid) as memory,
    ):
        told = began
        while process.poll() is None:
            time.sleep(0.2)
            if time.monotonic() - told > 10:
                told = time.monotonic()
                # Where the command is in the file: the two share its position.
                read = os.lseek(source.fileno(), 0, os.SEEK_CUR) / size
                say(f"  {told - began:.0f} s, {read:.1%}, {memory.samples[-1] if memory.samples else 0:.0f} MB")
        output = process.stdout.read() if process.stdout else b""
    seconds = time.monotonic() - began
    summary = json.loads(output.splitlines()[-1])["summary"]
    if process.returncode or summary["changed"] != lines:
        raise RuntimeError(f"the import did not take every line: {summary}")
    figures = {
        "lines": lines,
        "seconds": round(seconds, 1),
        "rate": round(lines / seconds),
        "memory_mb": memory.summary(),
        "disk_mb": round(disk_mb(graph.folder), 1),
    }
    say(f"  {figures['rate']:,} lines/s")
    return figures
