"""What follows if elements of a map go, for staff."""

from __future__ import annotations

from collections.abc import Sequence

import strawberry

from graph import falls, model
from graph.falls import Fall, check_asked
from graph.store.falls import find_fallen
from server.context import Context, Info
from server.schema.elements import Clause, MapElement, MapView
from server.schema.findings import Finding
from server.schema.paths import ElementInput
from server.schema.people import PeopleCount, count_people_at
from server.turns import turn_to_work_out

#: What falls, which promises break and what is found: of each so many are told.
ROWS_AT_MOST = 1_000
#: Reasons of one that falls.
REASONS_AT_MOST = 20


@strawberry.type(description="An element that falls with others.")
class FallenElement:
    view: strawberry.Private[MapView]
    fallen: strawberry.Private[falls.Fallen]

    @strawberry.field(description="The element.")
    def element(self) -> MapElement:
        return self.view.show(self.fallen.element)

    @strawberry.field(
        description=f"Those of the fallen that it cannot do without, in the order of the map: the first "
        f"{REASONS_AT_MOST}."
    )
    def because(self) -> list[MapElement]:
        return [self.view.show(each) for each in self.fallen.because[:REASONS_AT_MOST]]


@strawberry.type(description="A clause that would state what is no more.")
class BrokenPromise:
    view: strawberry.Private[MapView]
    promise: strawberry.Private[falls.BrokenPromise]

    @strawberry.field(description="The clause.")
    def clause(self) -> Clause:
        return self.view.clauses[self.promise.clause.key]

    @strawberry.field(description="Of what it states, what is no more, in the order of the map.")
    def states(self) -> list[MapElement]:
        return [self.view.show(each) for each in self.promise.states]


@strawberry.type(
    description=f"What follows if elements of a map go. Of each list the first {ROWS_AT_MOST:,} are there."
)
class MapImpact:
    view: strawberry.Private[MapView]
    fall: strawberry.Private[Fall]
    found: strawberry.Private[Sequence[model.Finding]]

    @strawberry.field(description="The elements that go, in the order of the map.")
    def of(self) -> list[MapElement]:
        return [self.view.show(each) for each in self.fall.asked]

    @strawberry.field(description="What else falls, in the order of the map.")
    def falls(self) -> list[FallenElement]:
        return [FallenElement(view=self.view, fallen=each) for each in self.fall.falls[:ROWS_AT_MOST]]

    @strawberry.field(description="The clauses that would state what is no more, in reading order.")
    def broken_promises(self) -> list[BrokenPromise]:
        return [BrokenPromise(view=self.view, promise=each) for each in self.fall.broken_promises[:ROWS_AT_MOST]]

    @strawberry.field(description="What the checks would find that they do not find now, the gravest first.")
    def findings(self) -> list[Finding]:
        return [Finding.of(self.view, each) for each in self.found[:ROWS_AT_MOST]]

    @strawberry.field(
        description="How many people it concerns: of whom something is held at what goes, or by a processing or "
        "disclosure that falls."
    )
    async def people(self, info: Info) -> PeopleCount:
        return await count_people_at(info.context, self.view, self.fall.concerned)

    @strawberry.field(description="Whether nothing of this was cut, but for the count of people, which says it itself.")
    def is_complete(self) -> bool:
        lists = (self.fall.falls, self.fall.broken_promises, self.found)
        most = max((len(each.because) for each in self.fall.falls), default=0)
        return max(map(len, lists)) <= ROWS_AT_MOST and most <= REASONS_AT_MOST


async def load_impact(context: Context, view: MapView, of: Sequence[ElementInput]) -> MapImpact:
    """Raises Unauthenticated, Forbidden, InvalidInput, NotFound, Overloaded."""
    context.viewer.require_staff()
    asked = check_asked(view.data_map, [each.name for each in of])
    levels = await find_fallen(context.database, view.data_map, asked)
    before = await view.load_findings(turn_to_work_out(context.database))

    def follow() -> MapImpact:
        # One more than is shown: it says that there are more.
        fall = Fall(view.data_map, levels, reasons_at_most=REASONS_AT_MOST + 1)
        _ = fall.falls, fall.broken_promises
        return MapImpact(view=view, fall=fall, found=fall.new_findings(before))

    # For a large map it takes a second.
    async with turn_to_work_out(context.database).in_place() as turn:
        return await turn.in_thread(follow)
