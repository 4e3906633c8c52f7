"""What may be an id: the same for whoever reports of a person, asks as one, or looks one up."""

from __future__ import annotations

import pytest

from graph.opaque_ids import is_opaque_id


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", True),
        ("x" * 128, True),
        ("3f1d7c5e-0000-4000-8000-000000000001", True),
        ("auth0|5f7c", True),
        ("id@tenant:α", True),
        ("", False),
        ("x" * 129, False),
        (" a", False),
        ("a b", False),
        ("a\n", False),
        ("a\x00b", False),
        ("a\x7f", False),
        ("a\u00a0b", False),  # a space that does not break
        ("a\u2028b", False),  # a line separator
        ("a\u200bb", False),  # no width at all
        ("a\u202eb", False),  # what follows is shown backwards
        ("a\ud800", False),  # half a character
        (7, False),
        (None, False),
        (["a"], False),
    ],
)
def test_ids_are_short_visible_texts(value: object, expected: bool) -> None:
    assert is_opaque_id(value) is expected
