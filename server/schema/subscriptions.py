"""What is told live."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import strawberry

from graph import notices
from graph.errors import GraphUnavailable
from graph.store.contacts import list_contacts
from server.context import Context, Info
from server.schema.notices import Locale, Notice, shown, wished_for

#: Between two tries to put a notice into words while the graph is away.
PAUSE_SECONDS = 1.0


@strawberry.type(description="What is told live, as events (`Accept: text/event-stream`).")
class Subscription:
    @strawberry.subscription(
        description="Each notice that the person is told from now on, the oldest first. For the person."
    )
    async def notice_added(self, info: Info, locale: Locale = None) -> AsyncGenerator[Notice, None]:
        context = info.context
        subject = context.viewer.require_subject()
        listener = await context.board.tail.listen(subject)
        try:
            contacts = {} if locale is not None else await list_contacts(context.database, [subject])
            locale = wished_for(locale, contacts.get(subject))
            context.opened()
            async for told in listener:
                yield await _in_words(context, told, locale)
        finally:
            listener.close()


async def _in_words(context: Context, told: notices.Notice, locale: str | None) -> Notice:
    """Waits for the graph where it is away: the notice is there, and is not to be lost."""
    while True:
        try:
            (notice,) = await shown(context, [told], locale)
        except GraphUnavailable:
            await asyncio.sleep(PAUSE_SECONDS)
        else:
            return notice
