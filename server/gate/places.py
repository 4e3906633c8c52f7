"""How many connections there may be, of all clients and of one address, and which of them makes room for another."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Protocol


class Guest(Protocol):
    """A connection."""

    @property
    def has_unsent(self) -> bool:
        """Whether something of an answer still waits to be taken."""

    def give_way(self) -> None:
        """Ends it at once."""


class Places:
    """Places for `at_most` connections, of which one address may have `of_an_address`; 0: any number.

    Who comes when all are taken gets the place of a connection on which nothing is being done: of one that never had a
    request, the oldest first, then of the one that has rested the longest. Where each of them has something to do, it
    is the one who comes that is too many: nobody who works is ever sent away.
    """

    def __init__(self, at_most: int, *, of_an_address: int = 0) -> None:
        self._at_most = at_most
        self._of_an_address = of_an_address or sys.maxsize
        self._address_of: dict[Guest, str] = {}
        # Each in the order in which the guests came to it.
        self._at: dict[str, dict[Guest, None]] = {}
        self._new: dict[Guest, None] = {}
        self._resting: dict[Guest, None] = {}

    def __len__(self) -> int:
        return len(self._address_of)

    def enter(self, guest: Guest, address: str) -> None:
        """Counts a guest, and makes others give way to it where that is needed and can be."""
        self._address_of[guest] = address
        self._at.setdefault(address, {})[guest] = None
        while self.excess(guest) > 0 and (other := self._idle(address)) is not None:
            self.leave(other)
            other.give_way()
        self._new[guest] = None

    def excess(self, guest: Guest) -> int:
        """By how many there are too many, of all or of the guest's address; 0 or less: none."""
        return max(len(self) - self._at_most, self._excess_at(self._address_of[guest]))

    def work(self, guest: Guest) -> None:
        """A request has come: the guest keeps its place until it rests."""
        self._new.pop(guest, None)
        self._resting.pop(guest, None)

    def rest(self, guest: Guest) -> None:
        if guest in self._address_of:
            self._resting[guest] = None

    def leave(self, guest: Guest) -> None:
        """May be called again."""
        address = self._address_of.pop(guest, None)
        if address is None:
            return
        self.work(guest)
        there = self._at[address]
        del there[guest]
        if not there:
            del self._at[address]

    def _excess_at(self, address: str) -> int:
        return len(self._at[address]) - self._of_an_address

    def _idle(self, address: str) -> Guest | None:
        """Who gives way to one of this address: the oldest other of it, where it has too many."""
        for idle in (self._new, self._resting):
            among: Iterable[Guest] = self._at[address] if self._excess_at(address) > 0 else idle
            for each in among:
                if each in idle and not each.has_unsent:
                    return each
        return None
