"""Two revisions, compared as the service compares them."""

from __future__ import annotations

from functools import cache

from graph.clauses import read_policy
from graph.data_map import DataMap
from graph.impact import changes
from graph.model import MapElements
from graph.store.comparisons import Comparison
from seed.folder import read_revision
from tests.builders import a_map, a_revision
from tests.server.api import EXAMPLE_REVISION, SEED


def comparison(old: DataMap, new: DataMap) -> Comparison:
    return Comparison(old, new, changes(old, new))


def of_texts(old: str, new: str) -> Comparison:
    return comparison(*(DataMap(a_revision(n), read_policy(text).policy, a_map()) for n, text in ((1, old), (2, new))))


def of_maps(old: MapElements, new: MapElements) -> Comparison:
    policy = read_policy("# Policy {#policy}\n\nWhat is said. {#statement}\n").policy
    return comparison(*(DataMap(a_revision(n), policy, elements) for n, elements in ((1, old), (2, new))))


@cache
def of_seed() -> Comparison:
    """The first policy and the made-up one that follows."""
    first, second = map(read_revision, (SEED, EXAMPLE_REVISION))
    return comparison(*(DataMap(a_revision(n), each.policy, each.elements) for n, each in ((1, first), (2, second))))
