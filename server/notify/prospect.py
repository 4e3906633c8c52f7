"""Whom a revision's changes reach, and by which channels they would be told: before anything is sent."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from graph.changes import Change
from graph.contacts import Offer, channels_of
from graph.model import Channel
from graph.reach import Reach
from graph.store.comparisons import Comparisons
from graph.store.contacts import list_contacts, list_services_used
from graph.store.database import Database
from graph.store.reach import ChannelsOfPage, count_reach, find_base
from graph.store.revisions import load_revision
from server.notify.ways import Ways


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
    revision = await load_revision(database, number)
    base = await find_base(database, revision)
    changes: tuple[Change, ...] = ()
    channels_of_page: ChannelsOfPage | None = None
    if base is not None:
        comparison = await comparisons.load(base, number)
        changes = comparison.changes
        channels_of_page = channels_by(database, ways.offer(comparison.new.elements.controller), at)
    return await count_reach(
        database,
        changes,
        number=number,
        base=base,
        at=at,
        channels_of_page=channels_of_page,
        on_subjects=on_subjects,
        rows_at_most=rows_at_most,
    )


def channels_by(database: Database, offer: Offer, at: datetime) -> ChannelsOfPage:
    """By which of the channels on offer each subject would be told at a time."""

    async def channels_of_page(subjects: Sequence[str]) -> Mapping[str, tuple[Channel, ...]]:
        contacts, used = await asyncio.gather(
            list_contacts(database, subjects), list_services_used(database, subjects, offer.products, at)
        )
        return {each: channels_of(contacts.get(each), used.get(each, []), offer) for each in subjects}

    return channels_of_page
