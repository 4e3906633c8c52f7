"""Notices by email, sent by the job to a mail server that takes everything, beside aiosmtplib alone."""

from __future__ import annotations

import base64
import json
import smtplib
import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench.data import Graph, imported, say, served
from bench.ports import free_port
from bench.processes import cpu_seconds, environment, started, wait_until, worker
from bench.workload import subject_id

CONNECTIONS = 8
#: For addresses of nobody.
KEY = base64.b64encode(bytes(range(64))).decode()
TOLD_BY = {"mails": True, "asks_for_addresses": False, "products": []}


def in_turns(graph: Graph, subjects: int, rounds: int, scratch: Path) -> dict[str, Any]:
    """In each round a revision is published that touches everybody, and the job and aiosmtplib alone send the same
    messages about it to the same server, each in a process of its own. A first round does not count.

    `graph`: with so many subjects as `load` leaves them. It is written to. `ratio`: the median of the rounds' rates,
    the job's over those of aiosmtplib alone.
    """
    keyed = replace(graph, settings={**graph.settings, "VITRINE_ADDRESS_KEYS": KEY})
    file = scratch / "contacts.ndjson"
    file.write_bytes(b"".join(_contact_lines(subjects)))
    imported(keyed, file, subjects)
    runs: dict[str, list[dict[str, Any]]] = {"bare": [], "job": []}
    with served(graph, scratch), _sink(scratch / "sink.log") as sink:
        mail = {
            "VITRINE_MAIL_HOST": "127.0.0.1",
            "VITRINE_MAIL_PORT": str(sink.port),
            "VITRINE_MAIL_TLS": "off",
            "VITRINE_MAIL_FROM": "Privacy <privacy@company.example>",
            "VITRINE_MAIL_CONNECTIONS": str(CONNECTIONS),
            "VITRINE_MAIL_PER_SECOND": "0",
            "VITRINE_MAIL_DOMAIN_PER_SECOND": "0",
            "VITRINE_ADDRESS_KEYS": KEY,
            "VITRINE_PUBLIC_URL": "https://privacy.company.example",
        }
        for turn in range(rounds + 1):
            written = worker("bench.fan_out", {"address": graph.address(), **TOLD_BY})
            job = {"address": graph.address(), "settings": mail, "revision": written["revision"]}
            for name in ("bare", "job") if turn % 2 else ("job", "bare"):
                cpu, taken = cpu_seconds(sink.process), sink.taken()
                found = worker("bench.bare_mail" if name == "bare" else "bench.mail_job", job)
                taken = sink.taken() - taken
                if not found["sent"] == taken == subjects:
                    raise RuntimeError(f"{name} sent {found['sent']} messages, and {taken} came, of {subjects}")
                found["sink_cpu_ms_a_message"] = round((cpu_seconds(sink.process) - cpu) / taken * 1000, 3)
                say(f"  {name}: {found['rate']:,} messages/s")
                if turn:
                    runs[name].append(found)
    rates = [own["rate"] / bare["rate"] for own, bare in zip(runs["job"], runs["bare"], strict=True)]
    return {
        "subjects": subjects,
        "connections": CONNECTIONS,
        "ratio": round(statistics.median(rates), 3),
        "rounds": runs,
    }


def _contact_lines(subjects: int) -> Iterator[bytes]:
    for number in range(subjects):
        line = {
            "type": "contact",
            "subject": subject_id(number),
            "email": f"person-{number}@mail-{number % 100}.example",
            "reported_at": "2026-01-01T00:00:00Z",
        }
        yield json.dumps(line).encode() + b"\n"


class _Sink:
    def __init__(self, port: int, process: int) -> None:
        self.port = port
        self.process = process

    def taken(self) -> int:
        """How many messages so far."""
        with smtplib.SMTP("127.0.0.1", self.port) as connection:
            return int(connection.docmd("HELP")[1])


@contextmanager
def _sink(log: Path) -> Iterator[_Sink]:
    port = free_port()
    with started([sys.executable, "-P", "-m", "bench.sink", str(port)], environment({}), log) as process:
        sink = _Sink(port, process.pid)
        wait_until(lambda: _answers(sink), process, log)
        yield sink


def _answers(sink: _Sink) -> bool:
    try:
        return sink.taken() == 0
    except OSError:
        return False
