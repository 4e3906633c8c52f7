"""How many bytes of answers wait to be taken, of all clients and of one address, and which of them make room."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

#: Four times what one address may have. With what the system was handed of the same answers, and the 150 MB that the
#: process needs itself, it came to 535 MB where 120 clients took nothing of 11.7 MB each.
UNSENT_BYTES_AT_MOST = 256_000_000
#: More than the largest answer to the public: 13 million characters (`VITRINE_PUBLIC_VALUES`) of up to four bytes.
ADDRESS_UNSENT_BYTES_AT_MOST = 64_000_000
#: Whoever takes at least as much in each second takes well: half a megabit, which a poor line has.
WELL_BYTES = 65_536
#: An answer that was not taken well for so long may be ended for others.
STALLED_SECONDS = 3.0


class Taker(Protocol):
    """A connection with an answer of which something waits to be taken."""

    @property
    def stalled_since(self) -> float:
        """Since when it has not been taken well."""

    def cut_off(self) -> None:
        """Ends it at once."""


class Unsent:
    """Room for `at_most` bytes, of which one address may have `of_an_address`; 0: any number.

    Where one more answer makes it too much, the one that has stalled the longest is ended, of the address that has the
    most. Where none has stalled, it is the new one that is too many: nobody who takes well is ever cut off. What is
    there alone is never too much, however large it is.
    """

    def __init__(self, at_most: int = UNSENT_BYTES_AT_MOST, *, of_an_address: int = 0) -> None:
        self._at_most = at_most
        self._of_an_address = of_an_address or sys.maxsize
        self._waiting: dict[Taker, tuple[str, int]] = {}

    def begin(self, taker: Taker, address: str, size: int, now: float) -> None:
        """Counts an answer that was not taken at once, and ends what is too much. `size`: in bytes, of what was not;
        all of it stays in memory until the last is taken."""
        self._waiting[taker] = address, size
        while taker in self._waiting and (crowded := self._crowded(address)):
            other = self._stalled(crowded, now) or taker
            self.end(other)
            other.cut_off()

    def end(self, taker: Taker) -> None:
        """The answer is taken, or nobody is there to take it. May be called again."""
        self._waiting.pop(taker, None)

    def _crowded(self, address: str) -> Sequence[str]:
        """The addresses of which something is too much, the one that has the most first."""
        sizes, counts = Counter[str](), Counter[str]()
        for at, size in self._waiting.values():
            sizes[at] += size
            counts[at] += 1
        if sizes[address] > self._of_an_address and counts[address] > 1:
            return [address]
        if sizes.total() > self._at_most and counts.total() > 1:
            return [at for at, _ in sizes.most_common()]
        return []

    def _stalled(self, addresses: Sequence[str], now: float) -> Taker | None:
        """The one that has stalled the longest, of the first of these addresses where one has."""
        ranks = {address: rank for rank, address in enumerate(addresses)}
        stalled = [
            (ranks[at], taker.stalled_since, taker)
            for taker, (at, _) in self._waiting.items()
            if at in ranks and now - taker.stalled_since >= STALLED_SECONDS
        ]
        return min(stalled, key=lambda each: each[:2])[2] if stalled else None
