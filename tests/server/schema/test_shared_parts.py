"""How many parts of answers are kept, and which of them go."""

from __future__ import annotations

from server.schema.shared_parts import Part, SharedParts


def test_those_asked_for_last_are_kept() -> None:
    parts = SharedParts(values_at_most=36)
    for name in "abc":
        parts.keep(name, Part(10, {name: 1}))
    assert parts.find("a") == Part(10, {"a": 1})
    parts.keep("d", Part(10, {"d": 1}))
    assert {name for name in "abcd" if parts.find(name)} == {"a", "c", "d"}


def test_a_part_that_is_larger_than_all_together_is_not_kept() -> None:
    parts = SharedParts(values_at_most=10)
    parts.keep("a", Part(10, {}))
    assert (parts.find("a"), len(parts)) == (None, 0)


def test_parts_without_values_are_bounded_too() -> None:
    parts = SharedParts(values_at_most=5)
    for number in range(100):
        parts.keep(number, Part(0, {}))
    assert len(parts) == 5
