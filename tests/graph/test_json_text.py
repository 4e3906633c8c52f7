"""How many values a text in JSON has, told before anything is made of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.json_text import values_in

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=30)


def values_of(value: Any) -> int:
    """Those that there are, and one more for each that is empty."""
    if not isinstance(value, list | dict):
        return 1
    return 1 + (sum(map(values_of, value.values() if isinstance(value, dict) else value)) or 1)


@given(VALUES, st.booleans())
def test_all_of_them_are_counted(value: Any, ensure_ascii: bool) -> None:
    assert values_in(json.dumps(value, ensure_ascii=ensure_ascii).encode()) == values_of(value)


@given(st.binary())
def test_of_anything_there_is_some_number(text: bytes) -> None:
    assert 1 <= values_in(text) <= len(text) + 1


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (b'"' * 100_001, 1),
        (b'"' + b"\\" * 100_001, 1),
        (b'"' + b'\\"' * 50_000, 1),
        (b'"[,{', 1),
        (b'"a\\', 1),
        (b'"\n[', 1),
        (b"[" * 100_000, 100_001),
    ],
)
def test_what_never_ends_is_looked_at_once(text: bytes, values: int) -> None:
    assert values_in(text) == values
