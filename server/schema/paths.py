"""Paths that data takes through a map, for staff."""

from __future__ import annotations

from collections.abc import Sequence
from weakref import WeakKeyDictionary

import strawberry

from graph import paths
from graph.model import ElementKind, ElementName
from graph.paths import PathQuestion, question
from graph.store.explore import FoundPaths, find_paths
from server.context import Context
from server.schema.connections import Connection, check_first, page
from server.schema.elements import MapElement, MapView


@strawberry.input(description="Names an element of a data map.")
class ElementInput:
    kind: ElementKind = strawberry.field(description="Its kind.")
    key: str = strawberry.field(description="Its key.")

    @property
    def name(self) -> ElementName:
        return ElementName(self.kind, self.key)


@strawberry.type(description="A step of a path.")
class MapHop:
    view: strawberry.Private[MapView]
    hop: strawberry.Private[paths.Hop]

    @strawberry.field(description="What the path passes here.")
    def element(self) -> MapElement:
        return self.view.named(self.hop.element)

    @strawberry.field(
        description="The processings or disclosures that make the step from the one before: each of them does. Empty "
        "for the first, and where a recipient engages another or is in a country."
    )
    def by(self) -> list[MapElement]:
        return [self.view.named(each) for each in self.hop.by]


@strawberry.type(
    description="A path that data takes: source, service, category, recipient, those that this one engages, country. "
    "It begins and ends where it was asked to."
)
class MapPath:
    view: strawberry.Private[MapView]
    path: strawberry.Private[paths.Path]
    is_identifiable: bool = strawberry.field(
        description="Whether what goes along it tells whose it is; false where all disclosures on it are anonymous."
    )

    @strawberry.field(description="Its steps, two at least.")
    def hops(self) -> list[MapHop]:
        return [MapHop(view=self.view, hop=each) for each in paths.hops(self.path)]


@strawberry.type(description="One page of paths, in the order of the map.")
class MapPathConnection(Connection[MapPath]):
    is_complete: bool = strawberry.field(
        description="Whether these, on all pages, are all there are: false where there are more than are looked for."
    )


# Of each map, what was asked last and has a next page: no page can be told without all the paths, for their order and
# their number. They are keys alone, and know nothing of the view.
_read_on: WeakKeyDictionary[MapView, tuple[PathQuestion, FoundPaths]] = WeakKeyDictionary()


async def page_of_paths(
    context: Context,
    view: MapView,
    begins: Sequence[ElementInput] | None,
    ends: Sequence[ElementInput] | None,
    first: int,
    after: str | None,
) -> MapPathConnection:
    """Raises Unauthenticated, Forbidden, InvalidInput, NotFound."""
    context.viewer.require_staff()
    check_first(first)
    asked = question(view.data_map, _names(begins), _names(ends))
    last, found = _read_on.get(view, (None, None))
    if after is None or last != asked or found is None:
        found = await find_paths(context.database, view.data_map, asked)
    part = page(
        found.paths,
        kind=f"paths-{view.number}",
        of=(asked.begins, asked.ends),
        place=lambda path: tuple(f"{hop.element.kind} {hop.element.key}" for hop in paths.hops(path)),
        node=lambda path: MapPath(view=view, path=path, is_identifiable=path.is_identifiable),
        first=first,
        after=after,
        ordered=False,
    )
    if part.page_info.has_next_page:
        _read_on[view] = asked, found
    elif last == asked:
        _read_on.pop(view, None)
    return MapPathConnection(
        edges=part.edges, page_info=part.page_info, total_count=part.total_count, is_complete=found.is_complete
    )


def _names(elements: Sequence[ElementInput] | None) -> list[ElementName] | None:
    return None if elements is None else [each.name for each in elements]
