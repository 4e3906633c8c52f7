"""How long a test waits for what has no time to keep: a slow machine must not fail it. Nothing is measured by it."""

from __future__ import annotations

PATIENCE_SECONDS = 300
#: What a process of the program is told, so that it waits as long.
PATIENT = {
    "VITRINE_GRAPH_STATEMENT_SECONDS": str(PATIENCE_SECONDS),
    "VITRINE_REQUEST_SECONDS": str(PATIENCE_SECONDS),
    "VITRINE_ENGINE_START_SECONDS": str(PATIENCE_SECONDS),
}
