"""The job that writes notices: page by page, for every revision whose people are not told yet."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog

from graph.changes import Touch, touch_of
from graph.contacts import Offer, channels_of
from graph.errors import GraphUnavailable
from graph.model import Channel
from graph.notices import FanOut, FanOutState, Notice, NoticeKind
from graph.reach import Affected
from graph.store.comparisons import Comparisons
from graph.store.contacts import list_contacts, list_services_used
from graph.store.database import Database
from graph.store.fan_outs import Told, list_fan_outs, write_page, write_withdrawal_page
from graph.store.reach import AffectedReader
from graph.store.revisions import load_revision
from server.notify.ways import Ways

log = structlog.get_logger(__name__)

PEOPLE_A_PAGE = 1000
LOOK_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class _Telling:
    """Whom a revision touches, and by which ways they are told."""

    touch: Touch
    offer: Offer


@dataclass(frozen=True, slots=True)
class _Reading:
    """Where the reader of a revision's people is: after the subject `cursor`."""

    revision: int
    cursor: str
    reader: AffectedReader


class FanOutJob:
    """Safe to run in several processes at once: of two that are at the same page, one writes it."""

    def __init__(
        self,
        database: Database,
        comparisons: Comparisons,
        ways: Ways,
        *,
        clock: Callable[[], datetime],
        on_page: Callable[[FanOut, FanOut], None] = lambda before, after: None,
    ) -> None:
        self._database = database
        self._comparisons = comparisons
        self._ways = ways
        self._clock = clock
        self._on_page = on_page
        self._tellings: dict[int, _Telling] = {}
        self._reading: _Reading | None = None
        self._stop = asyncio.Event()

    async def run(self, *, until_idle: bool = False) -> None:
        """Writes what there is to write, and looks for more, until it is told to stop; `until_idle`: or until there is
        nothing more."""
        pause = LOOK_SECONDS
        while not self._stop.is_set():
            try:
                await self.write_all()
                if until_idle:
                    return
                pause = LOOK_SECONDS
            except GraphUnavailable:
                log.warning("The graph is away: the rest of the notices waits to be written")
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stop.wait()

    def stop(self) -> None:
        """The page that is under way is written, and no other."""
        self._stop.set()

    async def write_all(self) -> None:
        """Writes every notice that is still to be written, oldest revision first. Raises GraphUnavailable: what was
        written stays, and the next call goes on behind it."""
        while found := await list_fan_outs(self._database, frozenset({FanOutState.PENDING})):
            fan_out = found[0]
            while fan_out.state is FanOutState.PENDING and not self._stop.is_set():
                before, fan_out = fan_out, await self._write_page(fan_out)
                self._on_page(before, fan_out)
            if self._stop.is_set():
                return
            log.info(
                "Notices are written",
                revision=fan_out.revision,
                kind=fan_out.kind.value,
                state=fan_out.state.value,
                notices=fan_out.notices,
            )

    async def _write_page(self, fan_out: FanOut) -> FanOut:
        if fan_out.kind is NoticeKind.WITHDRAWAL:
            return await write_withdrawal_page(
                self._database, fan_out, fetching=self._ways.fetching, limit=PEOPLE_A_PAGE, at=self._clock()
            )
        telling = await self._telling(fan_out.revision)
        reader, affected = await self._read(telling.touch, fan_out)
        told = await self._told(fan_out, telling.offer, affected)
        cursor = affected[-1].subject if affected else fan_out.cursor
        is_last = len(affected) < PEOPLE_A_PAGE
        after = await write_page(self._database, fan_out, told, cursor=cursor, is_last=is_last, at=self._clock())
        if (after.state, after.cursor) == (FanOutState.PENDING, cursor):
            self._reading = _Reading(fan_out.revision, cursor, reader)
        return after

    async def _read(self, touch: Touch, fan_out: FanOut) -> tuple[AffectedReader, list[Affected]]:
        """The next page of those who are affected. Of the one after it the reader has a part already, which is good
        for as long as nothing has failed, and no other process has written the page."""
        reading, self._reading = self._reading, None
        if reading is not None and (reading.revision, reading.cursor) == (fan_out.revision, fan_out.cursor):
            reader = reading.reader
        else:
            # As of its publication, whenever this runs: a page that is tried again is the same page.
            reader = await AffectedReader.open(
                self._database, touch, at=fan_out.begun_at, after=fan_out.cursor, rows_a_part=2 * PEOPLE_A_PAGE
            )
        return reader, await reader.read(PEOPLE_A_PAGE)

    async def _told(self, fan_out: FanOut, offer: Offer, affected: list[Affected]) -> list[Told]:
        subjects = [each.subject for each in affected]
        contacts, used = await asyncio.gather(
            list_contacts(self._database, subjects),
            list_services_used(self._database, subjects, offer.products, fan_out.begun_at),
        )
        now = self._clock()
        found = []
        for each in affected:
            places, purposes = tuple(sorted(each.places)), tuple(sorted(each.purposes))
            notice = Notice(each.subject, fan_out.revision, fan_out.kind, now, places, purposes)
            services = used.get(each.subject, [])
            channels = channels_of(contacts.get(each.subject), services, offer)
            product = services[0] if Channel.SOFTWARE_PRODUCT in channels else None
            found.append(Told(notice, channels, product, product in self._ways.fetching))
        return found

    async def _telling(self, number: int) -> _Telling:
        known = self._tellings.get(number)
        if known is None:
            revision = await load_revision(self._database, number)
            comparison = await self._comparisons.load(revision.base, number)
            known = _Telling(touch_of(comparison.changes), self._ways.offer(comparison.new.elements.controller))
            self._tellings = {number: known}
        return known
