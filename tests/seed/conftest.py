"""The seed's revisions, read once: nothing changes them."""

from __future__ import annotations

import pytest

from graph.data_map import DataMap
from graph.model import RevisionContent
from seed.folder import read_revision
from tests.seed.revisions import EXAMPLE_REVISION, POLICY_OF_2018, map_in_force


@pytest.fixture(scope="session")
def content() -> RevisionContent:
    return read_revision(POLICY_OF_2018)


@pytest.fixture(scope="session")
def example() -> RevisionContent:
    return read_revision(EXAMPLE_REVISION)


@pytest.fixture(scope="session")
def data_map(content: RevisionContent) -> DataMap:
    return map_in_force(content)
