"""The engine's AOT cache (JEP 514): what Java worked out of the engine's classes, so that it starts in half the time.

    python -m graph.engines.aot_cache    makes it, in some ten seconds

Java uses it where it was made by this Java of these jars, and starts as it does without where it was not.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from graph.engines.distribution import AOT_CACHE, Distribution
from graph.engines.embedded import EmbeddedEngine
from graph.errors import EngineFailure

#: At its end Java starts itself once more, to write it.
PATIENCE_SECONDS = 120.0


async def make(file: Path = AOT_CACHE) -> None:
    """Starts an engine, and keeps what that took. Raises EngineFailure and OSError: then what was there stays."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=file.parent) as folder:
        made = Path(folder) / file.name
        learning = replace(Distribution.find(), options=(f"-XX:AOTCacheOutput={made}",))
        async with EmbeddedEngine(
            Path(folder) / "data",
            distribution=learning,
            start_timeout_seconds=PATIENCE_SECONDS,
            stop_seconds=PATIENCE_SECONDS,
        ):
            pass
        if not made.exists():
            raise EngineFailure("Java has written no AOT cache")
        made.replace(file)


if __name__ == "__main__":
    try:
        asyncio.run(make())
    except (EngineFailure, OSError) as error:
        sys.exit(f"The embedded engine will take longer to start: {error}")
