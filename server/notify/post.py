"""What a channel is to a sender."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Protocol, TypeVar

from graph.deliveries import Outcome, Refused
from graph.model import Channel
from graph.notices import Delivery

ParcelT = TypeVar("ParcelT")


class ChannelAway(Exception):
    """Nothing can be handed over on this channel just now, whatever it is: its server does not answer, or refuses the
    credentials. The message says so, for staff; it holds nothing of a person. `seconds`: for how long it asked not to
    be tried again, where it did."""

    def __init__(self, message: str, seconds: float = 0.0) -> None:
        super().__init__(message)
        self.seconds = seconds


class NotYet(Exception):
    """Limits of rate do not allow this one to be handed over for a while: it goes back into the queue, and comes again
    `after` that."""

    def __init__(self, after: timedelta) -> None:
        super().__init__("limits of rate")
        self.after = after


class Post(Protocol[ParcelT]):
    """One channel's way out. Safe for many at once."""

    @property
    def channel(self) -> Channel: ...

    async def prepare(self, deliveries: Sequence[Delivery]) -> Mapping[str, ParcelT | Refused]:
        """All that is needed to hand these over, by the id of the delivery, or why one cannot be. One of which nothing
        is said has failed for now: its notice is gone, or cannot be put into words. Raises GraphUnavailable and
        ChannelAway."""
        ...

    async def wait(self, parcel: ParcelT) -> None:
        """Returns when limits of rate allow it to be handed over, in seconds. Raises NotYet where that takes longer."""
        ...

    async def hand_over(self, parcel: ParcelT) -> Outcome:
        """Sent, refused, or returned if it was certainly not handed over. Raises ChannelAway: not handed over either.

        Bounded in time, by less than a lease. Whatever else it raises leaves in doubt whether it was sent.
        """
        ...

    async def close(self) -> None: ...
