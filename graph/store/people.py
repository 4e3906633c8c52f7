"""How many people something is held of at some places, each counted once, at a cost that follows their number.

Counted as whom a change touches is (`graph.store.reach`), but with an end to what is read: a count that comes to it
says so. Several counts share what is read for them.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

from graph.changes import Place, Touch
from graph.people import TOUCHED_AT_MOST, PeopleCount
from graph.store.database import Database
from graph.store.reach import Windows, list_places

#: What is read for all counts of one call, or somewhat more: some seconds' work.
HOLDINGS_AT_MOST = 1_000_000
#: Where people are looked for in one call: each costs a statement or two, whether anybody is there or not.
PLACES_AT_MOST = 1_000
# So many places of one service are asked for one by one; for more it is asked first where anything is.
_ONE_BY_ONE = 16
_SERVICES_AT_ONCE = 4


async def count_people(
    database: Database, touch: Touch, *, at: datetime, holdings_at_most: int = HOLDINGS_AT_MOST
) -> PeopleCount:
    """How many people have a holding at one of the touch's places, at a time; at any, for everyone. Purposes are not
    asked about. See `count_people_of_each`."""
    (found,) = await count_people_of_each(database, [touch], at=at, holdings_at_most=holdings_at_most)
    return found


async def count_people_of_each(
    database: Database, touches: Sequence[Touch], *, at: datetime, holdings_at_most: int = HOLDINGS_AT_MOST
) -> list[PeopleCount]:
    """As `count_people`, for each. Where not all that is held there can be read (`HOLDINGS_AT_MOST`,
    `PLACES_AT_MOST`), the widest are cut first: there are at least so many; as there are of a touch with more than
    `TOUCHED_AT_MOST` places. Raises GraphUnavailable."""
    counting = _Counting(database, at)
    # The narrowest first: they are not to be cut for the others' sake.
    distinct = sorted(dict.fromkeys(touches), key=lambda each: (each.everyone, len(each.places)))
    spots = {each: await counting.spots(each) for each in distinct}
    waiting = sorted(distinct, key=lambda each: len(spots[each][0]), reverse=True)
    found: dict[Touch, PeopleCount] = {}
    left = holdings_at_most
    while waiting:
        counts, is_whole, read = await counting.count(
            [spots[each] for each in waiting], left if len(waiting) == 1 else left // 2
        )
        found.update(zip(waiting, counts, strict=True))
        if is_whole:
            break
        left -= read
        # Those with the fewest places come again by themselves, with what is left.
        waiting = waiting[(len(waiting) + 1) // 2 :] if left > 0 else []
    return [found[each] for each in touches]


_Spots = tuple[frozenset[Place], bool]
"""Places that are asked about one by one, and whether they are all."""


class _Counting:
    def __init__(self, database: Database, at: datetime) -> None:
        self._database = database
        self._at = at
        self._held: dict[str | None, asyncio.Task[_Spots]] = {}
        self._places_left = PLACES_AT_MOST + 1
        self._turns = asyncio.Semaphore(_SERVICES_AT_ONCE)

    async def spots(self, touch: Touch) -> _Spots:
        if touch.everyone:
            parts = [await self._held_at(None)]
        else:
            wanted: defaultdict[str, set[Place]] = defaultdict(set)
            for place in touch.places:
                wanted[place.service].add(place)
            parts = await asyncio.gather(*(self._spots_of(*each) for each in sorted(wanted.items(), key=itemgetter(0))))
        found = sorted(frozenset().union(*(each for each, _ in parts)))
        is_all = len(touch.places) <= TOUCHED_AT_MOST and len(found) <= PLACES_AT_MOST
        is_all = is_all and all(each for _, each in parts)
        return frozenset(found[:PLACES_AT_MOST]), is_all

    async def _spots_of(self, service: str, wanted: set[Place]) -> _Spots:
        if Place(service) not in wanted and len(wanted) <= _ONE_BY_ONE:
            return frozenset(wanted), True
        held, is_all = await self._held_at(service)
        return held if Place(service) in wanted else held & wanted, is_all

    async def _held_at(self, service: str | None) -> _Spots:
        """Where anything is held; each service is asked once."""
        if service not in self._held:
            self._held[service] = asyncio.create_task(self._list_places(service))
        return await self._held[service]

    async def _list_places(self, service: str | None) -> _Spots:
        async with self._turns:
            at_most = self._places_left
            found = await list_places(self._database, service, at_most=at_most)
            self._places_left = max(0, self._places_left - len(found))
            return frozenset(found), len(found) < at_most

    async def count(self, sets: Sequence[_Spots], rows_at_most: int) -> tuple[list[PeopleCount], bool, int]:
        """One pass over the places of all the sets; whether it came to its end, and how many rows it read."""
        places = sorted(frozenset().union(*(each for each, _ in sets)))
        is_whole = len(places) <= PLACES_AT_MOST
        del places[PLACES_AT_MOST:]
        windows = Windows(self._database, places, at=self._at)
        # By the set of places at which they are, bit n the nth.
        people: Counter[int] = Counter()
        while found := await windows.next():
            people.update(spots for _, spots in found)
            if windows.rows > rows_at_most:
                is_whole = False
                break
        counts = []
        for each, is_all in sets:
            bits = sum(1 << bit for bit, place in enumerate(places) if place in each)
            count = sum(number for spots, number in people.items() if spots & bits)
            counts.append(PeopleCount(count, is_whole and is_all))
        return counts, is_whole, windows.rows
