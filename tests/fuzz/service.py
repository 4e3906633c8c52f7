"""Schemathesis against a service of its own, with the embedded engine: `python -m tests.fuzz.service --seconds 600`.

Prints how many operations it sent; ends with a status other than 0, and the operation, where one has an answer that it
must not have.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import tempfile
import time
from pathlib import Path

from graph.engines.embedded import EmbeddedEngine
from graph.store.database import Database
from graph.store.migrations import migrate
from server.logs import configure_logs
from tests.bad_input.serving import fill, serving
from tests.fuzz.operations import CLIENTS, attempt, open_target
from tests.server.issuers import issuer_served

#: Operations of one client for each field, one after the other.
TURN = 50


async def fuzz(seconds: float, beginning: int) -> None:
    with tempfile.TemporaryDirectory() as folder, issuer_served() as issuer:
        async with EmbeddedEngine(Path(folder)) as engine, Database(engine) as database:
            await migrate(database)
            await fill(database, issuer, Path(folder))
            async with serving(database, issuer) as port:
                await asyncio.to_thread(_ask, port, seconds, beginning)


def _ask(port: int, seconds: float, beginning: int) -> None:
    until = time.monotonic() + seconds
    target = open_target(port)
    with target.session:
        for number in itertools.count(beginning):
            if time.monotonic() >= until:
                break
            client = list(CLIENTS)[number % len(CLIENTS)]
            sys.stderr.write(f"{TURN} operations for each field, of {client}: from --beginning {number}\n")
            attempt(target, client, times=TURN, beginning=number)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.service", description="Fuzz the running service.")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--beginning", type=int, default=time.time_ns(), help="as was told, to do it again")
    given = parser.parse_args()
    configure_logs("error", sys.stderr)
    asyncio.run(fuzz(given.seconds, given.beginning))


if __name__ == "__main__":
    main()
