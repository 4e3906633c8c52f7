"""How a delivery moves from one state to the next, whoever asks: pure, and the same for every channel.

A sender *claims* what is due, *begins* each just before it hands it over, and *settles* it with how that ended. A claim
is a random word; whoever does not have the newest one any more changes nothing. Until it begins, nothing was handed
over, so a claim that runs out is free for the next sender. One that runs out after that leaves a delivery of which
nobody can know whether it was sent: UNKNOWN. Its sender may still come back and say so, as long as nobody else has
claimed it since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from graph.notices import UNSETTLED, Delivery, DeliveryState

#: What an UNKNOWN delivery says of itself.
DIED = "the sender ended between handing over and writing down how that went"
BACKED_UP = "it was not settled when the graph was backed up, and may have been sent since"
REASON_AT_MOST = 300


@dataclass(frozen=True, slots=True)
class Sent:
    """The receiver took it."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver did not take it: for good, or for now. `reason` is a fixed text, with a code of the receiver's at
    most: never what it wrote, which may quote an address."""

    reason: str
    is_final: bool


@dataclass(frozen=True, slots=True)
class Returned:
    """Not handed over after all, such as where the sender stops: due again `after` a while, and no attempt."""

    after: timedelta = timedelta(0)


Outcome = Sent | Refused | Returned


@dataclass(frozen=True, slots=True)
class BackOff:
    """How long to wait after the attempt with a number, counted from 1: twice as long each time, up to `longest`, less
    up to a half of it by chance, so that what failed together does not come back together. After `attempts_at_most`
    failures it is given up."""

    first: timedelta = timedelta(minutes=1)
    longest: timedelta = timedelta(hours=6)
    attempts_at_most: int = 12

    def wait(self, attempt: int, chance: float) -> timedelta:
        """`chance`: from 0 to 1."""
        doubled: int = 2 ** min(attempt - 1, 20)
        return min(self.first * doubled, self.longest) * (1 - chance / 2)


BACK_OFF = BackOff()


def claimed(delivery: Delivery, claim: str, *, until: datetime, now: datetime) -> Delivery | None:
    """The delivery for a sender that would have it, UNKNOWN where its last sender died in the middle, or None where it
    is not due: another was faster."""
    if delivery.due_at is None or delivery.due_at > now:
        return None
    match delivery.state:
        case DeliveryState.SENDING:
            return replace(delivery, state=DeliveryState.UNKNOWN, due_at=None, reason=DIED)
        case DeliveryState.PENDING | DeliveryState.RETRY:
            return replace(delivery, claim=claim, due_at=until)
        case _:
            return None


def begun(delivery: Delivery, claim: str, *, until: datetime) -> Delivery | None:
    """The delivery at the moment before it is handed over; None where it may not be: the claim has gone to another.

    One that is begun already stays so: who asks again did not hear the answer.
    """
    if delivery.claim != claim or delivery.state not in UNSETTLED:
        return None
    return replace(delivery, state=DeliveryState.SENDING, due_at=until)


def settled(
    delivery: Delivery, claim: str, outcome: Outcome, *, now: datetime, back_off: BackOff, chance: float
) -> Delivery | None:
    """The delivery once it is known how it ended; None where the claim has gone to another."""
    if delivery.claim != claim:
        return None
    match outcome:
        case Returned(after):
            if delivery.state not in UNSETTLED:
                return None
            again = DeliveryState.RETRY if delivery.attempts else DeliveryState.PENDING
            return replace(delivery, state=again, claim=None, due_at=now + after)
        case Sent():
            if delivery.state not in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
                return None
            return replace(
                _ended(delivery, DeliveryState.SENT), attempts=delivery.attempts + 1, sent_at=now, reason=None
            )
        case Refused(reason, is_final):
            if delivery.state not in (DeliveryState.SENDING, DeliveryState.UNKNOWN):
                return None
            attempts = delivery.attempts + 1
            failed = replace(delivery, attempts=attempts, reason=reason[:REASON_AT_MOST], claim=None)
            if is_final or attempts >= back_off.attempts_at_most:
                return _ended(failed, DeliveryState.FAILED)
            return replace(failed, state=DeliveryState.RETRY, due_at=now + back_off.wait(attempts, chance))


def shown(delivery: Delivery, *, is_fetched: bool) -> Delivery | None:
    """The delivery once it is given out in the feed: its product may tell the person from now on. None where a sender
    is to take it, or it is shown already, or settled. `is_fetched`: nobody sends to this product, or not any more."""
    if delivery.state not in (DeliveryState.PENDING, DeliveryState.RETRY):
        return None
    if delivery.due_at is not None and not is_fetched:
        return None
    return replace(delivery, state=DeliveryState.SENDING, due_at=None, claim=None)


def fetched(delivery: Delivery, *, now: datetime) -> Delivery | None:
    """The delivery once its product has read it in the feed and asked for what comes after it; None where a sender has
    it in hand, or it is settled. Of what was in doubt it is then known that it arrived."""
    is_open = delivery.state in (DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.UNKNOWN)
    if not is_open and not _is_shown(delivery):
        return None
    return replace(_ended(delivery, DeliveryState.SENT), sent_at=now, reason=None)


def stopped(delivery: Delivery) -> Delivery | None:
    """The delivery of a revision that was withdrawn; None where it was handed over, or is settled."""
    if delivery.state not in (DeliveryState.PENDING, DeliveryState.RETRY):
        return None
    return _ended(delivery, DeliveryState.STOPPED)


def doubted(delivery: Delivery) -> Delivery | None:
    """The delivery as a backup keeps it: nobody knows what becomes of it between that and a restore. None where it is
    settled, or in doubt already."""
    if delivery.state not in UNSETTLED:
        return None
    return replace(_ended(delivery, DeliveryState.UNKNOWN), reason=BACKED_UP)


#: What may be sent again: it failed, waits, or is not known to have been sent.
SENT_AGAIN = frozenset({DeliveryState.FAILED, DeliveryState.RETRY, DeliveryState.UNKNOWN})
#: What may be given up; of what is SENDING only what was given out in the feed.
GIVEN_UP = frozenset({DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.UNKNOWN, DeliveryState.SENDING})


def sent_again(
    delivery: Delivery, *, now: datetime, is_fetched: bool, is_reason_named: bool = False
) -> Delivery | None:
    """What staff ask for: to send it now, and as if for the first time. None where that would send twice what was sent,
    or what is being sent. What was given up may have been sent, or told in another way: it is taken only where staff
    name the reason that they gave (`is_reason_named`)."""
    if delivery.state not in SENT_AGAIN or (delivery.is_given_up and not is_reason_named):
        return None
    due_at = None if is_fetched else now
    again = replace(delivery, state=DeliveryState.PENDING, attempts=0, due_at=due_at, claim=None, reason=None)
    return replace(again, is_given_up=False, may_have_arrived=_may_have_arrived(delivery))


def given_up(delivery: Delivery, reason: str) -> Delivery | None:
    """What staff ask for: not to send what waits, what failed for now or is not known to have been sent, or what a
    product has read and never acknowledged."""
    is_open = delivery.state in (DeliveryState.PENDING, DeliveryState.RETRY, DeliveryState.UNKNOWN)
    if not is_open and not _is_shown(delivery):
        return None
    over = replace(_ended(delivery, DeliveryState.FAILED), reason=reason[:REASON_AT_MOST], is_given_up=True)
    return replace(over, may_have_arrived=_may_have_arrived(delivery))


def was_told(delivery: Delivery) -> bool:
    """Whether the person was told by it, or may have been: of a withdrawal they are to hear too. One that is being
    handed over now counts: better to be told of it twice than never."""
    return delivery.state in (DeliveryState.SENT, DeliveryState.SENDING) or _may_have_arrived(delivery)


def _may_have_arrived(delivery: Delivery) -> bool:
    return delivery.may_have_arrived or delivery.state is DeliveryState.UNKNOWN or _is_shown(delivery)


def _is_shown(delivery: Delivery) -> bool:
    """Whether it was given out in the feed: in a sender's hands it would be due at the end of a lease."""
    return delivery.state is DeliveryState.SENDING and delivery.due_at is None


def _ended(delivery: Delivery, state: DeliveryState) -> Delivery:
    return replace(delivery, state=state, due_at=None, claim=None)
