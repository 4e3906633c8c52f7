"""Lists in pages, as Relay has them: forward, by key, with a stated maximum. No offset stands in any cursor."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import partial
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from graph.errors import InvalidInput
from server.schema.ids import read_cursor, write_cursor

T = TypeVar("T")
RowT = TypeVar("RowT")
NodeT = TypeVar("NodeT")

PAGE_DEFAULT = 50
PAGE_MAXIMUM = 200

First = Annotated[int, strawberry.argument(description=f"How many at most: 1 to {PAGE_MAXIMUM}.")]
After = Annotated[str | None, strawberry.argument(description="Begin after this cursor, an `endCursor` of this list.")]

Place = tuple[str | int, ...]


@strawberry.type(description="One row of a list, with its place in it.")
class Edge(Generic[T]):
    write_cursor: strawberry.Private[Callable[[], str]]
    node: T = strawberry.field(description="The row.")

    @strawberry.field(description="Its place: give it as `after` to begin behind it.")
    def cursor(self) -> str:
        # Written when it is asked for: most who read a page want its rows.
        return self.write_cursor()


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    first: strawberry.Private[Edge[Any] | None]
    last: strawberry.Private[Edge[Any] | None]
    has_next_page: bool = strawberry.field(description="Whether more follows after this page.")
    has_previous_page: bool = strawberry.field(description="Whether anything stands before this page.")

    @strawberry.field(description="The cursor of the first row, null on an empty page.")
    def start_cursor(self) -> str | None:
        return None if self.first is None else self.first.write_cursor()

    @strawberry.field(description="Give this as `after` to read on; null on an empty page.")
    def end_cursor(self) -> str | None:
        return None if self.last is None else self.last.write_cursor()


@strawberry.type(description="One page of a list.")
class Connection(Generic[T]):
    edges: list[Edge[T]] = strawberry.field(description="The rows of this page, in the order of the list.")
    page_info: PageInfo = strawberry.field(description="Where this page stands.")
    total_count: int = strawberry.field(description="How many rows the whole list has.")

    @strawberry.field(description="The rows of this page without their cursors.")
    def nodes(self) -> list[T]:
        return [edge.node for edge in self.edges]


def check_first(first: int) -> int:
    """Raises InvalidInput."""
    if not 1 <= first <= PAGE_MAXIMUM:
        raise InvalidInput(f"`first` is {first}: ask for 1 to {PAGE_MAXIMUM} rows, and read on with `after`")
    return first


def page(
    rows: Sequence[RowT],
    *,
    kind: str,
    place: Callable[[RowT], Place],
    node: Callable[[RowT], NodeT],
    first: int,
    after: str | None,
    ordered: bool,
    of: tuple[object, ...] = (),
) -> Connection[NodeT]:
    """The page of rows after a cursor. `place` tells rows apart. `of`: whose list it is and what was chosen of it,
    where that is not in `kind`; a cursor of another such list is refused, and says nothing of whose it is.

    `ordered`: whether the rows are in the order of their places. Then a row which has gone since its cursor was given
    does no harm: the page begins where it stood. In any other order, such as that of the map, nobody can say where that
    was, and its cursor is refused. Raises InvalidInput.
    """
    check_first(first)
    write = _exact if ordered else _digest
    begin = 0
    if after is not None:
        begin = _index_after([write(place(row)) for row in rows], read_cursor(_kind(kind, of), after), ordered)
    chosen = rows[begin : begin + first]
    edges = [Edge(node=node(row), write_cursor=partial(_cursor, kind, of, write, place, row)) for row in chosen]
    return Connection(
        edges=edges, page_info=page_info(edges, begin > 0, len(rows) > begin + first), total_count=len(rows)
    )


def page_info(edges: Sequence[Edge[NodeT]], has_previous: bool, has_next: bool) -> PageInfo:
    return PageInfo(
        has_next_page=has_next,
        has_previous_page=has_previous,
        first=edges[0] if edges else None,
        last=edges[-1] if edges else None,
    )


def _cursor(
    kind: str, of: tuple[object, ...], write: Callable[[Place], Place], place: Callable[[RowT], Place], row: RowT
) -> str:
    return write_cursor(_kind(kind, of), write(place(row)))


def _kind(kind: str, of: tuple[object, ...]) -> str:
    return f"{kind}-{hashlib.sha256(repr(of).encode(errors='surrogatepass')).hexdigest()[:16]}" if of else kind


def _exact(place: Place) -> Place:
    return place


def _digest(place: Place) -> Place:
    """What tells a place from others where their order says nothing: of one length, however long the place is."""
    return (hashlib.sha256(repr(place).encode(errors="surrogatepass")).hexdigest(),)


def _index_after(places: Sequence[Place], cursor: Place, ordered: bool) -> int:
    if cursor in places:
        return places.index(cursor) + 1
    if not ordered:
        raise InvalidInput("The row of this cursor is no longer in the list: read the list from its beginning")
    try:
        return sum(place <= cursor for place in places)
    except TypeError:
        raise InvalidInput("This is not a cursor of this list: give an `endCursor` that it returned, or none") from None
