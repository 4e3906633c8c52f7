"""Rates of mail: even after a first second's worth, for each domain and in all, and nobody waits long."""

from __future__ import annotations

import math
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.notify.post import NotYet
from server.notify.rates import BACK_SECONDS, DOMAINS_AT_MOST, HOLD_SECONDS, Rates


class Seconds:
    """A clock that goes on while somebody sleeps. `slept`: for how long each did."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def rates(seconds: Seconds, per_second: float, domain_per_second: float) -> Rates:
    return Rates(per_second, domain_per_second, monotonic=seconds, sleep=seconds.sleep)


async def gone(rates: Rates, seconds: Seconds, domains: list[str]) -> list[float]:
    """When each of these messages went, one after the other, in seconds from the first."""
    begin = seconds.now
    times = []
    for domain in domains:
        await rates.wait(domain)
        times.append(round(seconds.now - begin, 6))
    return times


async def test_a_second_of_messages_goes_at_once_and_then_they_go_evenly() -> None:
    seconds = Seconds()
    assert await gone(rates(seconds, 0, 4), seconds, ["a.example"] * 8) == [0, 0, 0, 0, 0.25, 0.5, 0.75, 1.0]


async def test_less_than_one_a_second_goes_one_by_one() -> None:
    seconds = Seconds()
    assert await gone(rates(seconds, 0, 0.5), seconds, ["a.example"] * 4) == [0, 2, 4, 6]


async def test_one_domain_leaves_others_alone_and_all_share_the_rate_in_all() -> None:
    seconds = Seconds()
    domains = ["a.example", "a.example", "b.example", "b.example"]
    assert await gone(rates(seconds, 0, 1), seconds, domains) == [0, 1, 1, 2]
    assert await gone(rates(seconds, 2, 0), seconds, [f"{n}.example" for n in range(6)]) == [0, 0, 0.5, 1, 1.5, 2]


async def test_without_limits_nobody_waits() -> None:
    seconds = Seconds()
    limits = rates(seconds, 0, 0)
    assert await gone(limits, seconds, ["a.example"] * 1000) == [0] * 1000
    assert (seconds.slept, len(limits)) == ([], 0)


async def test_after_a_rest_a_second_of_messages_goes_at_once_again() -> None:
    seconds = Seconds()
    limits = rates(seconds, 0, 3)
    await gone(limits, seconds, ["a.example"] * 10)
    seconds.now += 60
    assert await gone(limits, seconds, ["a.example"] * 4) == [0, 0, 0, 0.333333]


async def back_after(limits: Rates, domain: str) -> float:
    with pytest.raises(NotYet) as raised:
        await limits.wait(domain)
    return raised.value.after.total_seconds()


class Still(Seconds):
    """A clock that stands still: many wait at the same moment."""

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)


async def test_whose_turn_is_far_off_goes_back_one_behind_the_other() -> None:
    seconds = Still()
    limits = rates(seconds, 0, 1)
    for _ in range(6):
        await limits.wait("a.example")
    assert seconds.slept == [1, 2, 3, 4, 5]
    assert [await back_after(limits, "a.example") for _ in range(4)] == [7, 8, 9, 10]
    await limits.wait("b.example")
    # What went back took no turn: who comes when a turn is near gets it.
    seconds.now += 1
    await limits.wait("a.example")
    assert seconds.slept[-1] == HOLD_SECONDS


async def test_the_rate_in_all_sends_back_whoever_comes() -> None:
    seconds = Still()
    limits = rates(seconds, 1, 0)
    for number in range(6):
        await limits.wait(f"{number}.example")
    assert [await back_after(limits, domain) for domain in ("a.example", "b.example")] == [7, 8]


async def test_a_slow_domain_sends_back_its_own_alone() -> None:
    seconds = Still()
    limits = rates(seconds, 1, 0.25)
    await limits.wait("a.example")
    await limits.wait("a.example")
    assert await back_after(limits, "a.example") == 12
    await limits.wait("b.example")
    assert seconds.slept == [4, 2]


async def test_nobody_goes_back_for_longer_than_a_limit_may_stand() -> None:
    seconds = Still()
    limits = rates(seconds, 0, 0.01)
    await limits.wait("a.example")
    times = [await back_after(limits, "a.example") for _ in range(20)]
    assert times[:3] == [200, 300, 400]
    assert times[-1] == BACK_SECONDS


async def test_memory_is_bounded_and_busy_domains_are_remembered() -> None:
    seconds = Still()
    limits = rates(seconds, 0, 1)
    for number in range(3 * DOMAINS_AT_MOST):
        await limits.wait(f"{number}.example")
        assert len(limits) <= DOMAINS_AT_MOST
    await limits.wait(f"{3 * DOMAINS_AT_MOST - 1}.example")
    assert seconds.slept == [1]
    seconds.now += 10
    for number in range(DOMAINS_AT_MOST):
        await limits.wait(f"new-{number}.example")
    assert len(limits) <= DOMAINS_AT_MOST


@given(
    per_second=st.sampled_from([0.2, 1, 3.5, 50]),
    domain_per_second=st.sampled_from([0.1, 1, 2.5, 20]),
    arrivals=st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 2)), min_size=5, max_size=60),
)
async def test_in_no_stretch_of_time_more_goes_than_the_rates_allow(
    per_second: float, domain_per_second: float, arrivals: list[tuple[str, float]]
) -> None:
    seconds = Still()
    limits = rates(seconds, per_second, domain_per_second)
    went: list[tuple[float, str]] = []
    for domain, pause in arrivals:
        seconds.now += pause
        slept = len(seconds.slept)
        try:
            await limits.wait(domain)
        except NotYet as limit:
            assert 0 < limit.after.total_seconds() <= BACK_SECONDS
            continue
        went.append((seconds.now + sum(seconds.slept[slept:]), domain))
    assert all(0 < each <= HOLD_SECONDS for each in seconds.slept)
    went.sort()
    for first, (begin, _) in enumerate(went):
        counts: Counter[str] = Counter()
        for number, (end, domain) in enumerate(went[first:], 1):
            counts[domain] += 1
            stretch = end - begin + 1e-6
            assert number <= math.floor(per_second * stretch + max(per_second, 1)) + 1
            assert counts[domain] <= math.floor(domain_per_second * stretch + max(domain_per_second, 1)) + 1
