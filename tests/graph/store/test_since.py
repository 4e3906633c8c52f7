"""Since when there is an element: the first revision that was published with it, whatever was drafted before."""

from __future__ import annotations

from datetime import timedelta

from graph.data_map import all_elements
from graph.model import ElementKind, ElementName, name_of
from graph.store.database import Database
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision
from graph.store.since import find_since
from tests.builders import (
    A_DAY,
    a_map,
    a_measure,
    a_revision_content,
    a_right,
    a_safeguard,
    a_service,
    an_exclusion,
)


async def test_it_is_the_first_published_one_that_has_the_key(database: Database) -> None:
    every = a_map(
        safeguards=(a_safeguard(),), exclusions=(an_exclusion(),), rights=(a_right(),), measures=(a_measure(),)
    )
    more = a_map(services=(a_service(), a_service("shop")))
    for elements in (more, every, more):
        await draft_revision(database, a_revision_content(elements=elements), at=A_DAY)
    shop = ElementName(ElementKind.SERVICE, "shop")
    assert await find_since(database, shop) is None
    for number, expected in ((2, 0), (3, 2)):
        effective_at = A_DAY + timedelta(days=number)
        await publish_revision(database, number, expected=expected, effective_at=effective_at, at=A_DAY)
    assert await find_since(database, shop) == 3
    # Each kind has a statement of its own.
    names = [name_of(each) for each in all_elements(every)]
    assert {name.kind for name in names} == set(ElementKind)
    for name in names:
        assert await find_since(database, name) == 2
