"""Writes map.schema.json beside the revisions, where the first line of each map.yaml points an editor to.

    python -m seed.schema

A test compares the file with what this would write.
"""

from __future__ import annotations

import json
from pathlib import Path

from graph.map_file.schema import map_schema

SCHEMA_FILE = Path(__file__).parent / "map.schema.json"


def schema_text() -> str:
    return json.dumps(map_schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    SCHEMA_FILE.write_text(schema_text(), encoding="utf-8")
