"""Whom a revision's changes reach, and by which channels they would be told: before anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from weakref import WeakKeyDictionary

from graph.changes import touch_of
from graph.contacts import Offer, channels_of
from graph.model import Channel
from graph.reach import Reach
from graph.store.comparisons import Comparison, Comparisons
from graph.store.contacts import list_contacts, list_services_used
from graph.store.database import Database
from graph.store.reach import AffectedReader, ChannelsOfPage, count_reach, find_base
from graph.store.revisions import load_revision
from server.notify.ways import Ways
from server.turns import Turn

_turns: WeakKeyDictionary[Database, Turn] = WeakKeyDictionary()


def turn_to_look(database: Database) -> Turn:
    """One who waits for an answer looks at a time in each graph: it is as much as many answers."""
    return _turns.setdefault(database, Turn())


async def foresee(
    database: Database,
    comparisons: Comparisons,
    ways: Ways,
    number: int,
    *,
    at: datetime,
    on_subjects: Callable[[Sequence[str]], None] | None = None,
    rows_at_most: int | None = None,
) -> Reach:
    """A draft is compared with the revision published last, any other with the one that it followed. See `count_reach`.

    Raises NotFound, ReachTooWide, GraphUnavailable.
    """
    comparison = await _find_comparison(database, comparisons, number)
    channels_of_page: ChannelsOfPage | None = None
    if comparison is not None:
        channels_of_page = channels_by(database, ways.offer(comparison.new.elements.controller), at)
    return await count_reach(
        database,
        () if comparison is None else comparison.changes,
        number=number,
        base=None if comparison is None else comparison.old.revision.number,
        at=at,
        channels_of_page=channels_of_page,
        on_subjects=on_subjects,
        rows_at_most=rows_at_most,
    )


async def open_affected(database: Database, comparisons: Comparisons, number: int, *, at: datetime) -> AffectedReader:
    """Of those whom `foresee` counts. Raises NotFound, GraphUnavailable."""
    comparison = await _find_comparison(database, comparisons, number)
    return await AffectedReader.open(database, touch_of(comparison.changes if comparison else ()), at=at)


async def _find_comparison(database: Database, comparisons: Comparisons, number: int) -> Comparison | None:
    """With what a revision's changes are told against; None for the first. Raises NotFound."""
    base = await find_base(database, await load_revision(database, number))
    return None if base is None else await comparisons.load(base, number)


def channels_by(database: Database, offer: Offer, at: datetime) -> ChannelsOfPage:
    """By which of the channels on offer each subject would be told at a time."""

    async def channels_of_page(subjects: Sequence[str]) -> Mapping[str, tuple[Channel, ...]]:
        contacts, used = await asyncio.gather(
            list_contacts(database, subjects), list_services_used(database, subjects, offer.products, at)
        )
        return {each: channels_of(contacts.get(each), used.get(each, []), offer) for each in subjects}

    return channels_of_page
