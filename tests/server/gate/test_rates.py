"""Rate limits: a burst, an even rate after it, and memory that is bounded under any number of keys."""

from __future__ import annotations

import pytest

from server.gate import rates
from server.gate.rates import Rate
from server.gate.refusals import Refusal, RefusalCode


class Seconds:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def taken(rate: Rate, key: str, times: int) -> int:
    """How many of so many requests in a row are let in."""
    found = 0
    for _ in range(times):
        try:
            rate.take(key)
        except Refusal:
            continue
        found += 1
    return found


def test_a_minutes_requests_at_once_and_then_an_even_rate() -> None:
    seconds = Seconds()
    rate = Rate("address", 60, monotonic=seconds)
    assert taken(rate, "a", 70) == 60
    seconds.now += 1
    assert taken(rate, "a", 5) == 1
    seconds.now += 10
    assert taken(rate, "a", 20) == 10
    seconds.now += 600
    assert taken(rate, "a", 70) == 60


def test_an_even_rate_is_never_refused() -> None:
    seconds = Seconds()
    rate = Rate("address", 600, monotonic=seconds)
    for _ in range(5000):
        rate.take("a")
        seconds.now += 0.1


def test_who_is_refused_is_told_when_to_come_again() -> None:
    seconds = Seconds()
    rate = Rate("holder of tokens", 6, monotonic=seconds)
    assert taken(rate, "a", 6) == 6
    with pytest.raises(Refusal) as raised:
        rate.take("a")
    assert raised.value.code is RefusalCode.RATE_LIMITED
    assert raised.value.headers == {"Retry-After": "10"}
    assert raised.value.message == "Too many requests from this holder of tokens: send this again after 10 s"
    seconds.now += 10
    rate.take("a")


def test_one_does_not_count_for_another() -> None:
    rate = Rate("address", 5, monotonic=Seconds())
    assert [taken(rate, key, 9) for key in "abc"] == [5, 5, 5]


def test_a_charge_counts_as_far_as_there_is_room() -> None:
    seconds = Seconds()
    rate = Rate("address", 60, monotonic=seconds)
    rate.charge("a", 50)
    assert taken(rate, "a", 70) == 10
    rate.charge("a", 1_000_000)
    seconds.now += 60
    assert taken(rate, "a", 70) == 60


def test_zero_is_no_limit() -> None:
    rate = Rate("address", 0, monotonic=Seconds())
    rate.charge("a", 10_000)
    assert taken(rate, "a", 10_000) == 10_000
    assert len(rate) == 0


def test_what_was_taken_counts_over_the_turn_of_a_generation() -> None:
    seconds = Seconds()
    rate = Rate("address", 60, monotonic=seconds)
    seconds.now += 59
    assert taken(rate, "a", 70) == 60
    seconds.now += 2
    assert taken(rate, "a", 70) == 2


def test_keys_that_are_not_seen_any_more_are_forgotten() -> None:
    seconds = Seconds()
    rate = Rate("address", 60, monotonic=seconds)
    for number in range(1000):
        rate.take(number)
    for _ in range(2):
        seconds.now += 60
        rate.take("a")
    assert len(rate) == 2
    seconds.now += 1000
    rate.take("a")
    assert len(rate) == 1


def test_memory_is_bounded_under_any_number_of_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "KEYS_AT_MOST", 100)
    rate = Rate("address", 60, monotonic=Seconds())
    for number in range(10_000):
        rate.take(number)
        assert len(rate) <= 200
