"""Keys in whose order the rows of one place stand together, and which rows have one."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.holdings import record_id
from graph.map_file.fields import KEY
from graph.opaque_ids import is_opaque_id
from graph.reach_keys import (
    decision_key,
    end_of,
    holding_key,
    key_of,
    prefix,
    sortable,
    subject_of,
    with_key,
    without_key,
)

KEYS = st.from_regex(KEY.pattern, fullmatch=True)
# Short ones of few characters, so that one is often the beginning of another.
SHORT_KEYS = st.text("a-0", min_size=1, max_size=3)
ODD_CHARACTERS = "~}|a0\u00e9\ue000\uffe6\U00010400\U0001f600"
IDS = st.text(min_size=1, max_size=4).filter(is_opaque_id) | st.text(ODD_CHARACTERS, min_size=1, max_size=3)

HELD = {"since": "2020-01-01T00:00:00.000000Z", "service": "billing", "category": "email"}


@given(st.lists(st.tuples(SHORT_KEYS | KEYS, SHORT_KEYS | KEYS, IDS), unique=True, max_size=20))
def test_keys_are_ordered_by_their_parts(parts: list[tuple[str, str, str]]) -> None:
    keys = [holding_key(*each) for each in sorted(parts)]
    assert keys == sorted(set(keys))


@given(SHORT_KEYS, st.lists(st.tuples(SHORT_KEYS | KEYS, IDS), max_size=20))
def test_what_lies_between_a_prefix_and_its_end_are_its_keys(sought: str, parts: list[tuple[str, str]]) -> None:
    keys = [decision_key(*each) for each in parts]
    start = prefix(sought)
    assert [key for key in keys if start < key <= end_of(start)] == [
        key for key, (purpose, _) in zip(keys, parts, strict=True) if purpose == sought
    ]


@given(IDS)
def test_an_id_is_found_again_in_ascii(id: str) -> None:
    assert sortable(id).isascii()
    assert " " not in sortable(id)
    assert subject_of(sortable(id)) == id


def test_an_id_that_is_ascii_stays_as_it_is() -> None:
    assert sortable("b3f1-{x}!") == "b3f1-{x}!"
    assert sortable("a~é") == "a~00007e~0000e9"


def test_a_prefix_of_a_service_is_one_of_its_places() -> None:
    assert holding_key("billing", "email", "ann").startswith(prefix("billing"))
    assert holding_key("billing", "email", "ann").startswith(prefix("billing", "email"))
    assert not holding_key("billing-2", "email", "ann").startswith(prefix("billing"))


REGISTER = {**HELD, "id": record_id("ann", "billing", "email")}
CLOSED = {**HELD, "id": record_id("ann", "billing", "email", "2019"), "until": "2020-02-01T00:00:00.000000Z"}
TOMBSTONE = {name: value for name, value in REGISTER.items() if name != "since"}


@pytest.mark.parametrize(
    ("label", "properties", "key"),
    [
        ("Holding", REGISTER, "billing email ann"),
        ("Holding", {**REGISTER, "until": "2021-01-01T00:00:00.000000Z"}, "billing email ann"),
        ("Holding", CLOSED, None),
        ("Holding", TOMBSTONE, None),
        ("Holding", {**HELD, "id": record_id("ben", "billing", "email")}, None),
        ("Holding", {"id": "h", "since": "2020"}, None),
        ("Holding", {**REGISTER, "service": 5}, None),
        ("Decision", {"purpose": "delivery"}, "delivery ann"),
        ("Decision", {"purpose": None}, None),
        ("Decision", {"purpose": "two words"}, None),
        ("Decision", {"purpose": "x" * 9000}, None),
        ("DisclosureRecord", REGISTER, None),
    ],
)
def test_registers_and_decisions_have_a_key(label: str, properties: dict[str, Any], key: str | None) -> None:
    assert key_of(label, "ann", properties) == key
    expected = properties if key is None else {**properties, "reach_key": key}
    assert with_key(label, "ann", properties) == expected
    if label != "DisclosureRecord":
        # Whatever a row says of its key, it gets the one that follows from the rest.
        assert with_key(label, "ann", {**properties, "reach_key": "shop phone eve"}) == expected
        assert without_key(label, {**properties, "reach_key": "shop phone eve"}) == properties


def test_what_is_no_key_is_left_alone() -> None:
    assert without_key("AccessRecord", {"reach_key": 1}) == {"reach_key": 1}
    assert with_key("AccessRecord", "ann", {"reach_key": 1}) == {"reach_key": 1}
