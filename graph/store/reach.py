"""Whom a touch affects, read from indexes in the order of subjects, at a cost that follows their number.

Everybody who is found at a spot (`graph.reach.Spot`) stands in one range of an index, ordered by subject: at a place by
`Holding.reach_key`, for a purpose by `Decision.reach_key`. The ranges of a touch are read side by side, in windows of
subjects: for each window every range is asked for its part, and these are all who are affected between two ids.

An engine reads such a part from its index many times as fast as sorted rows. So no order is taken for granted: a part
of which there may be more than was asked for only says where the window must end, and is asked for again up to there.
Where windows end does not matter for who is found.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import LiteralString

from graph.changes import Change, Place, Touch, touch_of
from graph.errors import ReachTooWide
from graph.model import Channel, Revision, RevisionState
from graph.reach import Affected, OfPurpose, Reach, Spot, Tally, names
from graph.reach_keys import end_of, prefix, sortable, subject_of
from graph.store.database import Database
from graph.store.revisions import list_revisions
from graph.store.times import to_text

# What is read of one range in a window: so many that a statement's own cost does not count, some 50 ms of work.
ROWS_A_PART = 10_000
# What all ranges together have in memory, where there are so many that each has to do with less.
ROWS_A_WINDOW = 200_000
ROWS_A_PART_AT_LEAST = 100
# More at once take no less time.
PARTS_AT_ONCE = 4
SUBJECTS_A_LOOKUP = 1_000
# Sets of spots that are kept as places and purposes.
SETS_KEPT = 10_000

# Comes after every id of a subject that is made sortable, and is none.
_LAST = "\x7f"

ChannelsOfPage = Callable[[Sequence[str]], Awaitable[Mapping[str, Collection[Channel]]]]


# ---- ranges ----------------------------------------------------------------------------------------------------------

# The limit comes before what ended is told apart, or a statement would look for as long as it takes to find enough.
LIST_HOLDINGS = """
MATCH (h:Holding)
WHERE h.reach_key > $after AND h.reach_key <= $end
WITH substring(h.reach_key, $skip) AS subject, h.until AS until
LIMIT $limit
RETURN collect(subject) AS found, collect(CASE WHEN until <= $at THEN subject END) AS ended
"""
FIND_HOLDING = """
MATCH (h:Holding)
WHERE h.reach_key > $after AND h.reach_key <= $end
RETURN h.reach_key AS key
ORDER BY h.reach_key
LIMIT 1
"""
# A subject may have decided about a purpose many times.
LIST_DECISIONS = """
MATCH (d:Decision)
WHERE d.reach_key > $after AND d.reach_key <= $end
WITH DISTINCT substring(d.reach_key, $skip) AS subject
LIMIT $limit
RETURN collect(subject) AS found
"""
FIND_DECISION = """
MATCH (d:Decision)
WHERE d.reach_key > $after AND d.reach_key <= $end
RETURN d.reach_key AS key
ORDER BY d.reach_key
LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class _Kind:
    """The statements of one index. `list_part`: who is between two keys. `find_first`: the least key there."""

    list_part: LiteralString
    find_first: LiteralString


_HOLDINGS = _Kind(LIST_HOLDINGS, FIND_HOLDING)
_DECISIONS = _Kind(LIST_DECISIONS, FIND_DECISION)


@dataclass(slots=True)
class _Range:
    """Those who are found at one spot. `bit` stands for it in sets of spots.

    `found`: how many there were in the window before. `begins`: nobody is here before this subject. `is_idle`: the last
    part was empty, and where the next one begins has yet to be looked up.
    """

    kind: _Kind
    prefix: str
    bit: int
    found: int = 0
    begins: str = ""
    is_idle: bool = False

    def key(self, subject: str) -> str:
        return self.prefix + subject

    @property
    def end(self) -> str:
        return end_of(self.prefix)


@dataclass(frozen=True, slots=True)
class _Part:
    """Everybody whom a range has in a window up to `bound`, None for its end. `rows`: how many were read for it."""

    range: _Range
    found: Collection[str]
    rows: int
    bound: str | None


def _range_of(spot: Spot, bit: int) -> _Range:
    match spot:
        case Place(service, category):
            assert category is not None, "a place with any category was taken apart"
            return _Range(_HOLDINGS, prefix(service, category), bit)
        case OfPurpose(purpose):
            return _Range(_DECISIONS, prefix(purpose), bit)


async def spots_of(database: Database, touch: Touch) -> tuple[Spot, ...]:
    """Where those whom a touch affects are found. Everyone stands for all places at which there are holdings, and all
    purposes about which there are decisions; a place with any category for those of its service: a statement for each
    of them, and one more."""
    places: set[Place] = set()
    purposes = set(touch.purposes)
    if touch.everyone:
        places |= await list_places(database)
        purposes |= await _purposes(database)
    whole = {place.service for place in touch.places if place.category is None}
    for service in whole if not touch.everyone else ():
        places |= await list_places(database, service)
    places |= {place for place in touch.places if place.category is not None and place.service not in whole}
    return (*sorted(places), *(OfPurpose(purpose) for purpose in sorted(purposes)))


async def list_places(database: Database, service: str | None = None, *, at_most: int | None = None) -> set[Place]:
    """Those at which there are holdings, held or not; of one service or of all. `at_most`: the first so many; None for
    all of them. A statement for each, and one more."""
    found: set[Place] = set()
    after, end = ("", _LAST) if service is None else (prefix(service), end_of(prefix(service)))
    while len(found) != at_most and (records := await database.read(FIND_HOLDING, after=after, end=end)):
        of_service, category, _ = records[0]["key"].split(" ")
        found.add(Place(of_service, category))
        after = end_of(prefix(of_service, category))
    return found


async def _purposes(database: Database) -> set[str]:
    """Those about which there are decisions."""
    found: set[str] = set()
    after = ""
    while records := await database.read(FIND_DECISION, after=after, end=_LAST):
        purpose, _ = records[0]["key"].split(" ")
        found.add(purpose)
        after = end_of(prefix(purpose))
    return found


# ---- windows ---------------------------------------------------------------------------------------------------------


class Windows:
    """Everybody who is found at some of these spots, window by window, each subject once.

    What is there counts as it is when it is read: a holding that did not end until `at`, whenever it began; and any
    decision. Used by one task.
    """

    def __init__(
        self,
        database: Database,
        spots: Sequence[Spot],
        *,
        at: datetime,
        after: str = "",
        rows_a_part: int = ROWS_A_PART,
    ) -> None:
        """`after`: the id before those who are asked for. `rows_a_part`: of one range in a window, at most."""
        self._database = database
        self._ranges = [_range_of(spot, 1 << bit) for bit, spot in enumerate(spots)]
        self._at = to_text(at)
        self._after = sortable(after)
        self._rows_a_part = rows_a_part
        self._places = asyncio.Semaphore(PARTS_AT_ONCE)
        #: How many rows were read so far: the measure of what this costs.
        self.rows = 0

    async def next(self) -> list[tuple[str, int]]:
        """The subjects of the next window, ascending by id, each with the set of spots at which they are found: bit n
        is the nth. They come after those of the window before. Empty: nobody is left. Raises GraphUnavailable."""
        while self._ranges:
            found = await self._window()
            if found:
                return [(subject_of(subject), spots) for subject, spots in sorted(found.items())]
        return []

    async def _window(self) -> dict[str, int]:
        limit = max(2, min(self._rows_a_part, max(ROWS_A_PART_AT_LEAST, ROWS_A_WINDOW // len(self._ranges))))
        bound: str | None = None
        parts: list[_Part] = []
        waiting = list(self._ranges)
        # One after another until the window has an end, which the others then are read up to.
        while waiting and bound is None:
            part = await self._part(waiting.pop(0), None, limit)
            parts.append(part)
            bound = part.bound
        parts += await asyncio.gather(*(self._part(each, bound, limit) for each in waiting))
        bounds = [part.bound for part in parts if part.bound is not None]
        bound = min(bounds) if bounds else None
        window: dict[str, int] = {}
        for part in parts:
            self._enter(part, bound, window)
        if bound is None:
            self._ranges = []
        else:
            self._after = bound
            # The longest first: it sets the end of the next window, and others have less than that.
            left = (part.range for part in parts if part.range.begins != _LAST)
            self._ranges = sorted(left, key=lambda each: each.found, reverse=True)
        return window

    def _enter(self, part: _Part, bound: str | None, window: dict[str, int]) -> None:
        each = part.range
        found = part.found
        if bound is not None and part.bound != bound:
            found = [subject for subject in found if subject <= bound]
        bit = each.bit
        for subject in found:
            window[subject] = window.get(subject, 0) | bit
        each.found = len(found)
        self.rows += part.rows

    async def _part(self, each: _Range, bound: str | None, limit: int) -> _Part:
        """What a range has in this window, which ends with it where that is more than `limit`."""
        if each.is_idle:
            each.begins = await self._first(each)
            each.is_idle = False
        if each.begins == _LAST or (bound is not None and bound < each.begins):
            return _Part(each, (), 0, bound)
        if bound is None:
            # Half as many, so that ranges that are somewhat longer have room.
            limit = max(2, limit // 2)
        found, ended = await self._list(each, bound, limit + 1)
        if len(found) > limit:
            # Read in order, as from an index, all but the last are a whole part.
            bound = sorted(found)[-2]
            found, ended = await self._list(each, bound, limit + 1)
        while len(found) > limit:
            # They were not: in the end half of some of them are.
            bound = sorted(found)[limit // 2]
            found, ended = await self._list(each, bound, limit + 1)
        each.is_idle = not found
        return _Part(each, set(found).difference(ended) if ended else found, len(found), bound)

    async def _list(self, each: _Range, bound: str | None, limit: int) -> tuple[list[str], list[str]]:
        async with self._places:
            (record,) = await self._database.read(
                each.kind.list_part,
                after=each.key(self._after),
                end=each.end if bound is None else each.key(bound),
                skip=len(each.prefix),
                at=self._at,
                limit=limit,
            )
        return record["found"], record.get("ended") or []

    async def _first(self, each: _Range) -> str:
        """The first one there after the windows so far; `_LAST` for none."""
        async with self._places:
            found = await self._database.read(each.kind.find_first, after=each.key(self._after), end=each.end)
        first: str = found[0]["key"][len(each.prefix) :] if found else _LAST
        return first


# ---- the affected ----------------------------------------------------------------------------------------------------


class AffectedReader:
    """Those whom a touch affects, ascending by id, page by page. Reads ahead, and keeps that. Used by one task."""

    def __init__(self, touch: Touch, spots: Sequence[Spot], windows: Windows) -> None:
        self._touch = touch
        self._spots = spots
        self._windows = windows
        self._ahead: list[tuple[str, int]] = []
        self._read = 0
        self._known: dict[int, tuple[frozenset[Place], frozenset[str]]] = {}

    @classmethod
    async def open(
        cls, database: Database, touch: Touch, *, at: datetime, after: str = "", rows_a_part: int = ROWS_A_PART
    ) -> AffectedReader:
        """Of those above `after`. See `Windows`."""
        spots = await spots_of(database, touch)
        return cls(touch, spots, Windows(database, spots, at=at, after=after, rows_a_part=rows_a_part))

    async def read(self, limit: int) -> list[Affected]:
        """The next ones, at most `limit`; fewer only at the end. Raises GraphUnavailable, and can be asked again."""
        while len(self._ahead) - self._read < limit:
            window = await self._windows.next()
            if not window:
                break
            self._ahead = [*self._ahead[self._read :], *window]
            self._read = 0
        page = self._ahead[self._read : self._read + limit]
        self._read += len(page)
        return [self._affected(subject, found) for subject, found in page]

    def _affected(self, subject: str, found: int) -> Affected:
        known = self._known.get(found)
        if known is None:
            spots = [spot for bit, spot in enumerate(self._spots) if found >> bit & 1 and names(self._touch, spot)]
            known = (
                frozenset(spot for spot in spots if isinstance(spot, Place)),
                frozenset(spot.purpose for spot in spots if isinstance(spot, OfPurpose)),
            )
            if len(self._known) < SETS_KEPT:
                self._known[found] = known
        return Affected(subject, *known)


async def list_affected(
    database: Database, touch: Touch, *, at: datetime, after: str = "", limit: int
) -> list[Affected]:
    """Those above `after` whom a touch affects, ascending by id, at most `limit`; fewer only at the end.

    The same again while nothing is reported. An `AffectedReader` does the same for page after page with fewer
    statements. See `Windows` for who counts. Raises GraphUnavailable.
    """
    # Twice as many: the first range ends the window at half of them.
    reader = await AffectedReader.open(database, touch, at=at, after=after, rows_a_part=2 * limit)
    return await reader.read(limit)


async def find_base(database: Database, revision: Revision) -> int | None:
    """The revision that another one's changes are told against: for a draft the one published last, which it would
    follow now; else the one that it followed. None where it is the first."""
    if revision.state is not RevisionState.DRAFT:
        return revision.base or None
    published = await list_revisions(database, states=frozenset({RevisionState.PUBLISHED}), limit=1)
    return published[0].number if published else None


async def count_reach(
    database: Database,
    changes: Sequence[Change],
    *,
    number: int,
    base: int | None,
    at: datetime,
    channels_of_page: ChannelsOfPage | None = None,
    on_subjects: Callable[[Sequence[str]], None] | None = None,
    rows_at_most: int | None = None,
) -> Reach:
    """Whom the changes of revision `number` against `base` reach at a time.

    `channels_of_page`: by which channels each of these subjects is told. `on_subjects`: gets the ids of all of them,
    ascending, as they are found. `rows_at_most`: raises ReachTooWide where more holdings, decisions and people than
    that would have to be read. Raises GraphUnavailable.
    """
    spots = await spots_of(database, touch_of(changes))
    tally = Tally(changes, spots)
    if channels_of_page is not None:
        tally.add_channels(())
    windows = Windows(database, spots, at=at)
    while found := await windows.next():
        if rows_at_most is not None and windows.rows > rows_at_most:
            raise ReachTooWide(
                f"The changes of revision {number} reach more people than can be counted while you wait: count them "
                f"with `vitrine reach {number}` on the command line, which has no limit",
                number=number,
            )
        tally.add(found)
        subjects = [subject for subject, _ in found]
        if on_subjects is not None:
            on_subjects(subjects)
        if channels_of_page is not None:
            rest = iter(subjects)
            while page := list(islice(rest, SUBJECTS_A_LOOKUP)):
                tally.add_channels((await channels_of_page(page)).values())
    return tally.reach(number, base, at)
