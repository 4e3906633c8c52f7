"""What staff do where the telling of a revision failed: send again, or give up."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graph import errors, model
from graph.deliveries import REASON_AT_MOST
from graph.notices import DeliveryState
from graph.store.delivery_status import Selection, give_up, send_again
from server.context import Info
from server.schema.mutations import Failure
from server.schema.notify_status import Notification, find_notification


@strawberry.input(description="Deliveries of a revision: all that meet what is given.")
class RetryDeliveriesInput:
    number: int = strawberry.field(description="The revision.")
    channel: model.Channel | None = strawberry.field(default=None, description="Those on this channel; null: on any.")
    state: DeliveryState | None = strawberry.field(
        default=None,
        description="Those in this state: FAILED, RETRY, or UNKNOWN, which may have been sent; null: FAILED and RETRY.",
    )
    reason: str | None = strawberry.field(
        default=None,
        description="Those that failed for exactly this reason; null: for any, but what was given up, which may have "
        "been sent.",
    )


@strawberry.input(description="Deliveries of a revision: all that meet what is given.")
class GiveUpDeliveriesInput:
    number: int = strawberry.field(description="The revision.")
    because: str = strawberry.field(
        description=f"Why: it is kept with each of them, of what is longer the first {REASON_AT_MOST} characters."
    )
    channel: model.Channel | None = strawberry.field(default=None, description="Those on this channel; null: on any.")
    state: DeliveryState | None = strawberry.field(
        default=None,
        description="Those in this state: RETRY or UNKNOWN, SENDING of a product's feed, or PENDING, which nobody has "
        "tried; null: all these but PENDING.",
    )
    reason: str | None = strawberry.field(
        default=None, description="Those that failed for exactly this reason; null: for any."
    )


@strawberry.type
class _Changed:
    number: int = strawberry.field(description="The revision.")
    changed: int = strawberry.field(description="How many deliveries.")

    @strawberry.field(description="How far the telling is now.")
    async def notification(self, info: Info) -> Notification | None:
        return await find_notification(info.context, self.number)


@strawberry.type(description="They are sent again; what a sender has in hand, and what is sent, stays as it is.")
class RetryDeliveriesSuccess(_Changed):
    pass


@strawberry.type(description="They are given up; what a sender has in hand, and what is settled, stays as it is.")
class GiveUpDeliveriesSuccess(_Changed):
    pass


@strawberry.type(description="Nobody was told of this revision.")
class NobodyWasTold(Failure):
    number: int = strawberry.field(description="The number that was asked for.")


@strawberry.type(description="What was given chooses nothing that this can be done with.")
class InvalidSelection(Failure):
    number: int = strawberry.field(description="The revision.")


RetryDeliveriesPayload = Annotated[
    RetryDeliveriesSuccess | NobodyWasTold | InvalidSelection,
    strawberry.union("RetryDeliveriesPayload", description="How many are sent again, or why none is."),
]
GiveUpDeliveriesPayload = Annotated[
    GiveUpDeliveriesSuccess | NobodyWasTold | InvalidSelection,
    strawberry.union("GiveUpDeliveriesPayload", description="How many are given up, or why none is."),
]


@strawberry.type
class DeliveryMutations:
    @strawberry.field(
        description="Has deliveries sent again now, as if for the first time; of a revision that was withdrawn, only "
        "those that tell of that. Page by page: where it does not end in time, what is done stays so, and calling "
        "again goes on; `vitrine notify retry` takes any number. For staff."
    )
    async def retry_deliveries(
        self,
        info: Info,
        input: Annotated[RetryDeliveriesInput, strawberry.argument(description="Which deliveries.")],
    ) -> RetryDeliveriesPayload:
        context = info.context
        context.viewer.require_staff()
        selection = Selection(input.number, input.channel, input.state, input.reason)
        fetching = context.board.ways.fetching
        try:
            changed = await send_again(context.database, selection, fetching=fetching, clock=context.clock)
        except errors.NotFound as error:
            return NobodyWasTold(code=error.code, message=error.message, number=input.number)
        except errors.InvalidInput as error:
            return InvalidSelection(code=error.code, message=error.message, number=input.number)
        return RetryDeliveriesSuccess(number=input.number, changed=changed)

    @strawberry.field(
        description="Has deliveries not sent, or not again. Page by page, as `retryDeliveries`; `vitrine notify "
        "give-up` takes any number. For staff."
    )
    async def give_up_deliveries(
        self,
        info: Info,
        input: Annotated[GiveUpDeliveriesInput, strawberry.argument(description="Which deliveries, and why.")],
    ) -> GiveUpDeliveriesPayload:
        context = info.context
        context.viewer.require_staff()
        selection = Selection(input.number, input.channel, input.state, input.reason)
        try:
            changed = await give_up(context.database, selection, input.because)
        except errors.NotFound as error:
            return NobodyWasTold(code=error.code, message=error.message, number=input.number)
        except errors.InvalidInput as error:
            return InvalidSelection(code=error.code, message=error.message, number=input.number)
        return GiveUpDeliveriesSuccess(number=input.number, changed=changed)
