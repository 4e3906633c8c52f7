"""A whole service for each story, over an empty graph."""

from __future__ import annotations

from pathlib import Path

import pytest

from graph.engines.address import GraphAddress
from graph.store.database import Database
from tests.journeys.vitrine import Vitrine


@pytest.fixture
def vitrine(address: GraphAddress, database: Database, tmp_path: Path) -> Vitrine:
    return Vitrine(address, tmp_path)
