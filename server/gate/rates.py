"""How many requests one address, and one holder of a credential, may send in a minute.

Each key has one number: the time at which all that it has sent will have been paid for, at an even rate (the generic
cell rate algorithm). A key may run ahead of the clock by a minute, so a burst of a whole minute's requests is fine
after a minute's rest. One dictionary look-up and no await a request; the storage in memory of the library `limits`
goes through all of its keys at every request, which at 100,000 addresses takes 12 ms of the event loop.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Hashable

from server.gate.refusals import Refusal, RefusalCode

PERIOD_SECONDS = 60.0
#: How many keys are remembered in each of two generations. Beyond it the older generation is forgotten early.
KEYS_AT_MOST = 50_000
#: How many requests a credential that does not verify counts as, against the address that it came from.
FAILURE_COST = 10
#: The same for a document of nobody that breaks a rule of GraphQL, or a limit: it takes as long as ten good ones.
INVALID_COST = 10

_ROUNDING = 1e-6


class Rate:
    """At most `a_minute` requests a minute for each key; 0: any number.

    A key that was not seen for a minute is as one never seen, so keys are kept in two generations that replace each
    other every minute: nothing is ever searched, and memory is bounded.
    """

    def __init__(self, of: str, a_minute: int, *, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._of = of
        self._seconds_each = PERIOD_SECONDS / a_minute if a_minute else 0.0
        self._monotonic = monotonic
        self._paid: dict[Hashable, float] = {}
        self._paid_before: dict[Hashable, float] = {}
        self._turns_at = monotonic() + PERIOD_SECONDS

    def __len__(self) -> int:
        return len(self._paid) + len(self._paid_before)

    def take(self, key: Hashable) -> None:
        """Counts one request of a key. Raises Refusal RATE_LIMITED, with the seconds until there is room for one more;
        what is refused does not count."""
        if not self._seconds_each:
            return
        now = self._now()
        ahead = self._ahead(key, now) + self._seconds_each
        if ahead > PERIOD_SECONDS + _ROUNDING:
            seconds = math.ceil(ahead - PERIOD_SECONDS)
            raise Refusal(
                RefusalCode.RATE_LIMITED,
                f"Too many requests from this {self._of}: send this again after {seconds} s",
                {"Retry-After": str(seconds)},
            )
        self._paid[key] = now + ahead

    def charge(self, key: Hashable, requests: int) -> None:
        """Counts more requests of a key, as far as there is room for them."""
        if self._seconds_each:
            now = self._now()
            self._paid[key] = now + min(self._ahead(key, now) + self._seconds_each * requests, PERIOD_SECONDS)

    def _ahead(self, key: Hashable, now: float) -> float:
        paid = self._paid.get(key)
        if paid is None:
            paid = self._paid_before.get(key, now)
        return max(paid - now, 0.0)

    def _now(self) -> float:
        now = self._monotonic()
        if now >= self._turns_at or len(self._paid) >= KEYS_AT_MOST:
            self._turn(now)
        return now

    def _turn(self, now: float) -> None:
        idle = now >= self._turns_at + PERIOD_SECONDS
        self._paid_before = {} if idle else self._paid
        self._paid = {}
        self._turns_at = now + PERIOD_SECONDS
