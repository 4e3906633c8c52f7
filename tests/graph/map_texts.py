"""Texts of map files for tests: the valid one changed in a place, and what its reader says of it."""

from __future__ import annotations

import pytest

from graph.errors import InvalidRevision
from graph.map_file import read_map
from tests.builders import A_MAP_TEXT

CLAUSES = ("policy", "statement")


def problems_of(text: str) -> list[str]:
    """Every problem as `file:line: what is wrong: how to mend it`, in the order of lines. Fails where there is none."""
    with pytest.raises(InvalidRevision) as caught:
        read_map(text, CLAUSES)
    return [str(problem) for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    """The valid text with `new` for `old`, which stands in it once."""
    assert A_MAP_TEXT.count(old) == 1, f"{old!r} must stand once in the text"
    return A_MAP_TEXT.replace(old, new)
