"""The words of telling people: notices, deliveries, and the fan-out that writes them.

Immutable, and knows nothing of the database, of mail or of HTTP. Times are aware UTC datetimes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from graph.changes import Place
from graph.model import Channel


class NoticeKind(StrEnum):
    """`REVISION`: a revision was published. `WITHDRAWAL`: one that was told of will not come into force."""

    REVISION = "REVISION"
    WITHDRAWAL = "WITHDRAWAL"


class DeliveryState(StrEnum):
    """Where a delivery stands.

    `PENDING`: to be sent. `SENDING`: handed over now, or given out in the feed and not acknowledged yet. `SENT`: taken
    by the receiver. `RETRY`: failed for the time being, and due again. `FAILED`: refused, or given up. `UNKNOWN`: the
    sender died between handing over and writing down how that ended; never sent again unless staff say so. `STOPPED`:
    its revision was withdrawn before.
    """

    PENDING = "PENDING"
    SENDING = "SENDING"
    SENT = "SENT"
    RETRY = "RETRY"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
    STOPPED = "STOPPED"


#: The states in which something is still to be done, by a sender.
UNSETTLED = frozenset({DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.RETRY})


class FanOutState(StrEnum):
    """`PENDING`: notices are still to be written. `DONE`: all are. `STOPPED`: the revision was withdrawn first."""

    PENDING = "PENDING"
    DONE = "DONE"
    STOPPED = "STOPPED"


@dataclass(frozen=True, slots=True)
class FanOut:
    """The writing of one revision's notices. `cursor` is the id of the last subject who is done with, "" for none;
    `notices` and `deliveries` are how many were written. `is_in_doubt`: the graph was restored from a backup that was
    made before all were, so whoever comes after the cursor may have been told from the graph that was backed up."""

    revision: int
    kind: NoticeKind
    state: FanOutState
    cursor: str
    notices: int
    deliveries: int
    begun_at: datetime
    finished_at: datetime | None = None
    is_in_doubt: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """What one subject is told of one revision: it touches their holdings at `places`, and their decisions about
    `purposes`; both empty where it touches everybody alike. `read_at`: when they marked it as read."""

    subject: str
    revision: int
    kind: NoticeKind
    created_at: datetime
    places: tuple[Place, ...] = ()
    purposes: tuple[str, ...] = ()
    read_at: datetime | None = None

    @property
    def id(self) -> str:
        return notice_id(self.revision, self.kind, self.subject)


def newest_first(notice: Notice) -> tuple[int, int, int]:
    """What one subject's notices are sorted by: no two of them have the same."""
    microseconds = (notice.created_at - _EPOCH) // timedelta(microseconds=1)
    return -microseconds, -notice.revision, -list(NoticeKind).index(notice.kind)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One notice on one channel. `product` is the service whose back end is told, for SOFTWARE_PRODUCT. `attempts`
    counts those that ended, since staff last asked for it to be sent again; `reason` says why the last one failed, or
    why staff gave it up, where `is_given_up`. `due_at`: when a sender may claim it; None where none is to. `claim`: the
    word of the sender that did. `may_have_arrived`: whether an earlier try may have, which nobody knows.
    """

    subject: str
    revision: int
    kind: NoticeKind
    channel: Channel
    state: DeliveryState
    product: str | None = None
    attempts: int = 0
    due_at: datetime | None = None
    claim: str | None = None
    sent_at: datetime | None = None
    reason: str | None = None
    is_given_up: bool = False
    may_have_arrived: bool = False

    @property
    def id(self) -> str:
        return delivery_id(self.revision, self.kind, self.channel, self.subject)


def notice_id(revision: int, kind: NoticeKind, subject: str) -> str:
    """One for each revision, kind and subject: that there is one at most is the uniqueness of this."""
    return f"{revision}/{kind.value}/{subject}"


def delivery_id(revision: int, kind: NoticeKind, channel: Channel, subject: str) -> str:
    """One for each revision, kind, channel and subject: that there is one at most is the uniqueness of this."""
    return f"{revision}/{kind.value}/{channel.value}/{subject}"


def lane_of(channel: Channel, product: str | None = None) -> str:
    """What one sender works through: a channel, or the deliveries of one product, so that no product which is away
    holds up another. No whitespace."""
    return channel.value if product is None else f"{channel.value}/{product}"


def public_id(id: str) -> str:
    """What others may see of the id of a notice or delivery, such as mail servers on the way: 128 bits of SHA-256, in
    hexadecimal, from which the subject's id cannot be had."""
    return hashlib.sha256(id.encode()).hexdigest()[:32]
