"""People for all benches, loaded once, as a bench loads them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bench.data import Graph, load

# So many that one in a hundred is more than one.
SUBJECTS = 200


@dataclass(frozen=True, slots=True)
class Loaded:
    """A graph to be copied by who writes to it, and the figures of its import."""

    graph: Graph
    figures: dict[str, Any]

    def copied(self, scratch: Path) -> Graph:
        shutil.copytree(self.graph.folder, scratch / "data")
        return Graph(scratch / "data")


@pytest.fixture(scope="session")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    scratch = tmp_path_factory.mktemp("bench")
    graph = Graph(scratch / "data")
    return Loaded(graph, load(graph, SUBJECTS, scratch))
