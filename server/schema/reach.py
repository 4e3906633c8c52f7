"""Whom a revision's changes touch, for staff, before anything is sent."""

from __future__ import annotations

from datetime import datetime

import strawberry

from graph import changes, model
from graph.reach import Reach as Counted
from graph.reach import ReachOfChange as CountedOfChange
from graph.store.subjects import record_accesses
from server.context import Context, Info
from server.notify.prospect import foresee, turn_to_look
from server.schema.connections import PAGE_DEFAULT, After, Connection, First, page

#: Holdings, decisions and people that are read for one count: some seconds' work.
ROWS_AT_MOST = 2_000_000


@strawberry.type(description="How many people are told on a channel.")
class ReachOnChannel:
    channel: model.Channel = strawberry.field(description="The channel.")
    subjects: int = strawberry.field(description="How many people. Some are told on several.")


@strawberry.type(description="How many people a change touches by what is held about them at a place.")
class ReachAtPlace:
    service: str = strawberry.field(description="The key of the service.")
    category: str = strawberry.field(description="The key of the category.")
    subjects: int = strawberry.field(description="How many people. Some have several such holdings.")


@strawberry.type(description="How many people a change touches by what they decided about a purpose.")
class ReachForPurpose:
    purpose: str = strawberry.field(description="The key of the purpose.")
    subjects: int = strawberry.field(description="How many people.")


@strawberry.type(description="Whom one change touches, and why.")
class ReachOfChange:
    change: str = strawberry.field(description="The change's key.")
    impact: changes.Impact = strawberry.field(description="What it does to people's rights.")
    rule: str = strawberry.field(description="The rule that says so.")
    subjects: int = strawberry.field(description="How many people; 0 where it has no impact.")
    is_about_everyone: bool = strawberry.field(description="Whether it touches everybody with a holding.")
    places: list[ReachAtPlace] = strawberry.field(description="Where it touches holdings.")
    purposes: list[ReachForPurpose] = strawberry.field(description="Of which purposes it touches decisions.")

    @classmethod
    def of(cls, counted: CountedOfChange) -> ReachOfChange:
        return cls(
            change=counted.change.key,
            impact=counted.change.impact,
            rule=counted.change.rule,
            subjects=counted.subjects,
            is_about_everyone=counted.change.touch.everyone,
            places=[
                ReachAtPlace(service=place.service, category=place.category or "", subjects=count)
                for place, count in counted.places
            ],
            purposes=[ReachForPurpose(purpose=purpose, subjects=count) for purpose, count in counted.purposes],
        )


@strawberry.type(
    description="Whom the changes of a revision touch, counted when it is asked. The ids of all of them are to be had "
    "by GET at `/reach/{number}/ids`."
)
class Reach:
    counted: strawberry.Private[Counted]
    compared_with: int | None = strawberry.field(
        description="The number of the revision that the changes are against: for a draft the one published last, else "
        "the one that it followed; null for the first."
    )
    at: datetime = strawberry.field(description="When it was counted.")
    subjects: int = strawberry.field(description="How many people a change with an impact touches, each counted once.")
    channels: list[ReachOnChannel] = strawberry.field(description="By which channels they would be told.")

    @classmethod
    def of(cls, counted: Counted) -> Reach:
        return cls(
            counted=counted,
            compared_with=counted.base,
            at=counted.at,
            subjects=counted.subjects,
            channels=[
                ReachOnChannel(channel=channel, subjects=count) for channel, count in (counted.channels or {}).items()
            ],
        )

    @strawberry.field(
        description="The ids of ten of them at most, from among all. Leaves a record that each of these sees in "
        "`accessedBy`."
    )
    async def sample(self, info: Info) -> list[strawberry.ID]:
        context = info.context
        by = context.viewer.require_staff()
        sample = self.counted.sample
        if sample:
            accesses = {each: model.AccessRecord(context.new_id(), by, context.now) for each in sample}
            await record_accesses(context.database, accesses)
        return [strawberry.ID(each) for each in sample]

    @strawberry.field(description="Every change, those that touch nobody too, in the order of the comparison.")
    def changes(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[ReachOfChange]:
        return page(
            list(self.counted.changes),
            kind=f"reach-{self.counted.number}-{self.counted.base}",
            place=lambda each: (each.change.key,),
            node=ReachOfChange.of,
            first=first,
            after=after,
            ordered=False,
        )


async def load_reach(context: Context, number: int) -> Reach:
    """Raises Unauthenticated, Forbidden, NotFound, ReachTooWide, Overloaded."""
    context.viewer.require_staff()
    async with turn_to_look(context.database).in_place():
        counted = await foresee(
            context.database,
            context.comparisons,
            context.board.ways,
            number,
            at=context.now,
            rows_at_most=ROWS_AT_MOST,
        )
    return Reach.of(counted)
