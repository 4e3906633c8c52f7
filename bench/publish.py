"""Puts the revision of a folder in force in the graph that the settings name: `python -m bench.publish DIR`.

As `vitrine run` does at its first start, without serving.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from graph.store.database import Database
from server.cli.connection import now, read_settings, with_database
from server.cli.seeding import seed
from server.settings import Mode


async def publish(database: Database) -> None:
    settings = replace(read_settings(), mode=Mode.PRODUCTION, seed_dir=Path(sys.argv[1]))
    await seed(database, settings, now())


if __name__ == "__main__":
    with_database(publish)
