"""Figures as people read them, and as they are kept."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).resolve().parent / "results"


#: What else the machine did when this began.
LOAD_BEFORE = os.getloadavg()[0]


def machine() -> dict[str, Any]:
    """What kind of machine this is; nothing that tells which."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(memory),
        "python": platform.python_version(),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "load_before": round(LOAD_BEFORE, 1),
    }


def write(name: str, figures: Mapping[str, Any], file: Path | None) -> Path:
    """Keeps the figures as JSON, in `bench/results/NAME.json` where no file is named."""
    kept = file or RESULTS / f"{name}.json"
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(json.dumps({"machine": machine(), **figures}, indent=2) + "\n")
    return kept


def hot_table(measured: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    """A row for each number of clients and contender. `x floor`: by requests a second; `floor/CPU`: by CPU of what
    answers, the floor's own process, the service or the peer. `MB`: what of it is in memory."""
    yield from _table(
        (
            "clients",
            "what",
            "requests/s",
            "x floor",
            "p50 ms",
            "p99 ms",
            "CPU µs",
            "floor/CPU",
            "MB",
            "engine µs",
            "engine MB",
        ),
        (
            (
                clients,
                name,
                f"{each['rate']:,.0f}",
                f"{ratio(each, contenders, 'rate'):.2f}",
                f"{each['p50_ms']:.1f}",
                f"{each['p99_ms']:.1f}",
                f"{each['service_us']:,.0f}",
                f"{1 / max(1e-9, ratio(each, contenders, 'service_us')):.2f}",
                f"{each['service_mb']:,.0f}",
                f"{each['engine_us']:,.0f}",
                f"{each['engine_mb']:,.0f}",
            )
            for clients, contenders in measured.items()
            for name, each in contenders.items()
        ),
    )


def load_lines(figures: Mapping[str, Any]) -> Iterator[str]:
    """What loading the graph came to, now or when it was made."""
    memory = figures["memory_mb"]
    yield (
        f"loaded at {figures['machine']['measured_at']}: {figures['lines']:,} lines, {figures['rate']:,} lines/s, "
        f"{figures['disk_mb']:,.0f} MB on disk"
    )
    yield (
        f"memory of the import: {memory['first']:.0f} MB at the beginning, {memory['second_quarter']:.0f} in its "
        f"second quarter, {memory['largest']:.0f} at most, {memory['last']:.0f} at the end"
    )


def reach_table(measured: Mapping[str, Any]) -> Iterator[str]:
    """A row for each touch."""
    yield from _table(
        ("affected", "people", "statements", "seconds", "own CPU s", "engine CPU s", "ms a page"),
        (
            (
                name,
                f"{each['affected']:,}",
                f"{each['statements']:,}",
                f"{each['seconds']:.3f}",
                f"{each['own_cpu_seconds']:.2f}",
                f"{each['engine_cpu_seconds']:.2f}",
                f"{each['page_ms']:.1f}",
            )
            for name, each in measured.items()
            if isinstance(each, Mapping)
        ),
    )


def telling_table(rounds: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """A row for each round of the job and of the bare driver."""
    yield from _table(
        ("what", "notices", "deliveries", "seconds", "rows/s", "own CPU s"),
        (
            (
                name,
                f"{each['notices']:,}",
                f"{each['deliveries']:,}",
                f"{each['seconds']:.1f}",
                f"{each['rate']:,}",
                f"{each['cpu_seconds']:.1f}",
            )
            for name, found in rounds.items()
            for each in found
        ),
    )


def mail_table(rounds: Mapping[str, Sequence[Mapping[str, Any]]]) -> Iterator[str]:
    """A row for each round of the job and of aiosmtplib alone."""
    yield from _table(
        ("what", "messages", "seconds", "messages/s", "own CPU ms", "sink CPU ms", "MB"),
        (
            (
                name,
                f"{each['sent']:,}",
                f"{each['seconds']:.1f}",
                f"{each['rate']:,}",
                f"{each['cpu_ms_a_message']:.2f}",
                f"{each['sink_cpu_ms_a_message']:.2f}",
                f"{each['largest_mb']:.0f}",
            )
            for name, found in rounds.items()
            for each in found
        ),
    )


def compare_table(texts: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Iterator[str]:
    """A row for each case and size. Times are seconds; `found`: what part of the reworded was matched with itself."""
    yield from _table(
        ("what", "bytes", "clauses", "import md", "html", "match", "compare", "impact", "difflib", "found", "MB"),
        (
            (
                name,
                f"{each['bytes']:,}",
                f"{each['clauses']:,}",
                f"{each['import_markdown']:.2f}",
                f"{each['import_html']:.2f}",
                f"{each['match']:.3f}",
                f"{each['compare']:.3f}",
                f"{each['impact']:.3f}",
                f"{each['difflib']:.3f}" if "difflib" in each else "",
                f"{each['found']['reworded']:.1%}" if "found" in each else "",
                f"{each['largest_mb']:.0f}",
            )
            for name, sizes in texts.items()
            for each in sizes.values()
        ),
    )


def pages_table(pages: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A row for each page. `again`: of a visit that has the files. `of first`: over the paint of the first row."""
    floor = next(iter(pages.values()))["paint_ms"]
    yield from _table(
        (
            "page",
            "paint ms",
            "of first",
            "drawn ms",
            "drawing ms",
            "again paint",
            "again drawn",
            "scripts",
            "kB gzip",
        ),
        (
            (
                name,
                f"{each['paint_ms']:,}",
                f"{each['paint_ms'] / floor:.2f}",
                f"{each['drawn_ms']:,}" if "drawn_ms" in each else "",
                f"{each['drawing_ms']:,}" if "drawing_ms" in each else "",
                f"{each['again_paint_ms']:,}",
                f"{each['again_drawn_ms']:,}" if "again_drawn_ms" in each else "",
                str(each["scripts"]),
                f"{each['script_bytes'] / 1000:,.0f}",
            )
            for name, each in pages.items()
        ),
    )


def explore_table(asked: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """A row for each question. `whole`: whether nothing was cut; of people, `+` stands behind a count that was."""
    yield from _table(
        ("what", "rows", "whole", "people", "first s", "seconds", "service CPU s", "engine CPU s", "kB"),
        (
            (
                name,
                f"{each['rows']:,}",
                "yes" if each["is_complete"] else "no",
                f"{each['people']['count']:,}{'' if each['people']['isComplete'] else '+'}" if each["people"] else "",
                f"{each['first_seconds']:.2f}",
                f"{each['seconds']:.2f}",
                f"{each['service_cpu_seconds']:.2f}",
                f"{each['engine_cpu_seconds']:.2f}",
                f"{each['bytes'] / 1000:,.0f}",
            )
            for name, each in asked.items()
        ),
    )


def ratio(each: Mapping[str, Any], contenders: Mapping[str, Mapping[str, Any]], figure: str) -> float:
    """A figure over that of the floor."""
    return float(each[figure]) / max(1e-9, float(contenders["floor"][figure]))


def _table(head: Sequence[str], rows: Iterator[Sequence[str]]) -> Iterator[str]:
    lines = [head, *rows]
    widths = [max(len(line[place]) for line in lines) for place in range(len(head))]
    for line in lines:
        yield "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True))
