"""How far the telling of a revision is, for staff."""

from __future__ import annotations

from datetime import datetime

import strawberry

from graph import model
from graph.errors import NotFound
from graph.notices import DeliveryState, FanOutState, NoticeKind
from graph.notices import FanOut as Written
from graph.store.delivery_status import NotifyStatus, load_notify_status, load_pace
from server.context import Context, Info


@strawberry.type(description="The writing of notices of one kind.")
class FanOut:
    kind: NoticeKind = strawberry.field(description="What the notices are about.")
    state: FanOutState = strawberry.field(description="Where it stands.")
    notices: int = strawberry.field(description="How many are written: one for each person who is told.")
    deliveries: int = strawberry.field(description="On how many channels, all people taken together.")
    begun_at: datetime = strawberry.field(description="When the revision was published, or withdrawn.")
    finished_at: datetime | None = strawberry.field(description="When the last one was written; null: not yet.")

    @classmethod
    def of(cls, fan_out: Written) -> FanOut:
        return cls(
            kind=fan_out.kind,
            state=fan_out.state,
            notices=fan_out.notices,
            deliveries=fan_out.deliveries,
            begun_at=fan_out.begun_at,
            finished_at=fan_out.finished_at,
        )


@strawberry.type(description="How many deliveries on a channel are in a state.")
class DeliveryCount:
    channel: model.Channel = strawberry.field(description="The channel.")
    state: DeliveryState = strawberry.field(description="The state.")
    count: int = strawberry.field(description="How many; never 0.")


@strawberry.type(description="How many deliveries on a channel did not go out, or not yet, for one reason.")
class DeliveryFailure:
    channel: model.Channel = strawberry.field(description="The channel.")
    state: DeliveryState = strawberry.field(description="The state.")
    reason: str = strawberry.field(description="Why the last attempt failed, or why it was given up.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="How fast deliveries go out.")
class DeliveryPace:
    per_second: float = strawberry.field(description="In a second, on average of the last minute.")
    seconds_left: float | None = strawberry.field(description="Until nothing is left, at that; null: nothing moves.")


@strawberry.type(description="How far the telling of a revision is, counted when it is asked.")
class Notification:
    status: strawberry.Private[NotifyStatus]
    is_written: bool = strawberry.field(description="Whether all notices are written.")
    is_settled: bool = strawberry.field(
        description="Whether nothing is left to do: all are told, or it is known whom that failed for, and none is in "
        "doubt."
    )

    @classmethod
    def of(cls, status: NotifyStatus) -> Notification:
        return cls(status=status, is_written=status.is_written, is_settled=status.is_settled)

    @strawberry.field(description="The writing of notices: of the revision, and of its withdrawal if there was one.")
    def fan_outs(self) -> list[FanOut]:
        return [FanOut.of(each) for each in self.status.fan_outs]

    @strawberry.field(description="All deliveries, by channel, then by state.")
    def counts(self) -> list[DeliveryCount]:
        return [
            DeliveryCount(channel=channel, state=state, count=count)
            for (channel, state), count in self.status.counts.items()
        ]

    @strawberry.field(
        description="Those that were refused at least once, were given up or are in doubt: the most frequent first."
    )
    def failures(self) -> list[DeliveryFailure]:
        return [
            DeliveryFailure(channel=each.channel, state=each.state, reason=each.reason, count=each.count)
            for each in self.status.failures
        ]

    @strawberry.field(description="How fast it goes; null, with an error, where that cannot be counted just now.")
    async def pace(self, info: Info) -> DeliveryPace | None:
        context = info.context
        pace = await load_pace(context.database, self.status, context.now)
        return DeliveryPace(per_second=pace.per_second, seconds_left=pace.seconds_left)


async def find_notification(context: Context, number: int) -> Notification | None:
    """None for a revision of which nobody is told. Raises Forbidden, Unauthenticated, GraphUnavailable."""
    context.viewer.require_staff()
    try:
        return Notification.of(await load_notify_status(context.database, number))
    except NotFound:
        return None
