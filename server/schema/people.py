"""How many people something of a map is about."""

from __future__ import annotations

from collections.abc import Iterable

import strawberry

from graph import model
from server.context import Context
from server.schema.elements import MapView


@strawberry.type(description="How many people something is held of, now, where it is spoken of; each counts once.")
class PeopleCount:
    count: int = strawberry.field(description="So many, or at least so many.")
    is_complete: bool = strawberry.field(
        description="Whether these are all: false where more is held there than is read while one waits."
    )


async def count_people_at(context: Context, view: MapView, elements: Iterable[model.MapElement]) -> PeopleCount:
    """Of whom something is held at any of the elements. What one request asks of this is counted together."""
    found = await context.people.load((view.holders, tuple(elements)))
    return PeopleCount(count=found.count, is_complete=found.is_complete)
