"""The states of a delivery: what a sender may do in each, and that nothing is ever handed over twice."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from graph.deliveries import (
    BACK_OFF,
    DIED,
    BackOff,
    Outcome,
    Refused,
    Returned,
    Sent,
    begun,
    claimed,
    fetched,
    given_up,
    sent_again,
    settled,
    shown,
    stopped,
    was_told,
)
from graph.model import Channel
from graph.notices import Delivery, DeliveryState, NoticeKind

NOW = datetime(2026, 12, 1, 9, tzinfo=UTC)
LEASE = timedelta(minutes=2)
PENDING = Delivery("anna", 2, NoticeKind.REVISION, Channel.EMAIL, DeliveryState.PENDING, due_at=NOW)
CLAIMED = replace(PENDING, claim="mine", due_at=NOW + LEASE)
SENDING = replace(CLAIMED, state=DeliveryState.SENDING)


def settle(delivery: Delivery, outcome: Outcome, claim: str = "mine") -> Delivery | None:
    return settled(delivery, claim, outcome, now=NOW, back_off=BACK_OFF, chance=0.0)


def test_what_is_due_is_claimed_for_the_time_of_a_lease() -> None:
    assert claimed(PENDING, "mine", until=NOW + LEASE, now=NOW) == CLAIMED


def test_what_is_claimed_is_not_claimed_again_before_its_lease_has_run_out() -> None:
    assert claimed(CLAIMED, "other", until=NOW + 2 * LEASE, now=NOW + LEASE / 2) is None
    assert claimed(CLAIMED, "other", until=NOW + 2 * LEASE, now=NOW + LEASE) == replace(
        CLAIMED, claim="other", due_at=NOW + 2 * LEASE
    )


def test_what_was_being_handed_over_when_its_sender_died_is_unknown() -> None:
    assert claimed(SENDING, "other", until=NOW + 2 * LEASE, now=NOW + LEASE) == replace(
        SENDING, state=DeliveryState.UNKNOWN, due_at=None, reason=DIED
    )


def test_a_sender_begins_with_the_newest_claim_alone() -> None:
    assert begun(CLAIMED, "mine", until=NOW + LEASE) == SENDING
    assert begun(replace(CLAIMED, claim="other"), "mine", until=NOW + LEASE) is None


def test_to_begin_again_is_to_have_begun() -> None:
    assert begun(SENDING, "mine", until=NOW + LEASE) == SENDING


def test_what_was_taken_is_sent() -> None:
    assert settle(SENDING, Sent()) == replace(
        SENDING, state=DeliveryState.SENT, claim=None, due_at=None, attempts=1, sent_at=NOW
    )


def test_a_sender_that_was_thought_dead_may_still_say_that_it_sent() -> None:
    unknown = replace(SENDING, state=DeliveryState.UNKNOWN, due_at=None, reason=DIED)

    after = settle(unknown, Sent())

    assert after is not None
    assert (after.state, after.reason) == (DeliveryState.SENT, None)


def test_what_failed_for_now_is_due_again_later_and_later() -> None:
    back_off = BackOff(first=timedelta(minutes=1), longest=timedelta(minutes=5), attempts_at_most=5)
    waits = []
    delivery = SENDING
    for _ in range(4):
        after = settled(delivery, "mine", Refused("451", is_final=False), now=NOW, back_off=back_off, chance=0.0)
        assert after is not None
        assert after.due_at is not None
        assert (after.state, after.reason, after.claim) == (DeliveryState.RETRY, "451", None)
        waits.append(after.due_at - NOW)
        delivery = replace(after, state=DeliveryState.SENDING, claim="mine")
    assert waits == [timedelta(minutes=minutes) for minutes in (1, 2, 4, 5)]

    last = settled(delivery, "mine", Refused("451", is_final=False), now=NOW, back_off=back_off, chance=0.0)

    assert last == replace(delivery, state=DeliveryState.FAILED, claim=None, due_at=None, attempts=5, reason="451")


def test_the_wait_is_shorter_by_chance_and_never_by_more_than_half() -> None:
    assert BACK_OFF.wait(1, 1.0) == BACK_OFF.first / 2
    assert BACK_OFF.wait(1000, 0.0) == BACK_OFF.longest


def test_what_failed_for_good_is_not_tried_again() -> None:
    assert settle(SENDING, Refused("550", is_final=True)) == replace(
        SENDING, state=DeliveryState.FAILED, claim=None, due_at=None, attempts=1, reason="550"
    )


def test_what_was_not_handed_over_after_all_is_due_at_once_and_was_no_attempt() -> None:
    assert settle(SENDING, Returned()) == replace(SENDING, state=DeliveryState.PENDING, claim=None, due_at=NOW)
    assert settle(replace(SENDING, attempts=2), Returned()) == replace(
        SENDING, state=DeliveryState.RETRY, claim=None, due_at=NOW, attempts=2
    )


@pytest.mark.parametrize("outcome", [Sent(), Refused("550", is_final=True), Returned()])
def test_nobody_settles_what_another_has_claimed(outcome: Outcome) -> None:
    assert settle(SENDING, outcome, claim="older") is None


def test_a_withdrawn_revision_stops_what_was_not_handed_over() -> None:
    assert stopped(CLAIMED) == replace(PENDING, state=DeliveryState.STOPPED, due_at=None)
    assert stopped(SENDING) is None
    assert stopped(replace(PENDING, state=DeliveryState.SENT)) is None


def test_a_product_that_fetched_was_told() -> None:
    waiting = replace(PENDING, channel=Channel.SOFTWARE_PRODUCT, product="panel", due_at=None)

    assert fetched(waiting, now=NOW) == replace(waiting, state=DeliveryState.SENT, sent_at=NOW)
    assert fetched(replace(waiting, state=DeliveryState.STOPPED), now=NOW) is None


def test_what_a_product_was_shown_may_have_been_told_until_it_says_so() -> None:
    waiting = replace(PENDING, channel=Channel.SOFTWARE_PRODUCT, product="panel", due_at=None)
    given = replace(waiting, state=DeliveryState.SENDING)

    assert shown(waiting, is_fetched=False) == given
    # Not again, and not where a sender is to take it, or has it.
    assert shown(given, is_fetched=True) is None
    assert shown(replace(waiting, due_at=NOW), is_fetched=False) is None
    assert shown(replace(given, due_at=NOW, claim="mine"), is_fetched=True) is None
    # Where none is to any more, it waits to be fetched as well.
    assert shown(replace(waiting, due_at=NOW, claim="mine"), is_fetched=True) == given
    assert shown(replace(waiting, state=DeliveryState.RETRY, due_at=NOW), is_fetched=True) == given
    # From then on a withdrawal does not stop it, no sender takes it, and staff may give it up.
    assert stopped(given) is None
    assert claimed(given, "mine", until=NOW + LEASE, now=NOW) is None
    assert given_up(given, "the product is gone") == replace(
        waiting, state=DeliveryState.FAILED, reason="the product is gone", is_given_up=True, may_have_arrived=True
    )
    assert fetched(given, now=NOW) == replace(waiting, state=DeliveryState.SENT, sent_at=NOW)


def test_a_product_that_fetched_what_was_in_doubt_has_it() -> None:
    unknown = replace(SENDING, state=DeliveryState.UNKNOWN, due_at=None, reason=DIED)

    assert fetched(unknown, now=NOW) == replace(
        SENDING, state=DeliveryState.SENT, claim=None, due_at=None, sent_at=NOW, reason=None
    )
    # What a sender has in its hands is the sender's to settle.
    assert fetched(SENDING, now=NOW) is None


@pytest.mark.parametrize("state", [DeliveryState.FAILED, DeliveryState.RETRY, DeliveryState.UNKNOWN])
def test_staff_send_again_what_may_not_have_arrived(state: DeliveryState) -> None:
    failed = replace(PENDING, state=state, attempts=3, reason="451", due_at=None)

    in_doubt = state is DeliveryState.UNKNOWN
    assert sent_again(failed, now=NOW, is_fetched=False) == replace(PENDING, may_have_arrived=in_doubt)


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.SENDING, DeliveryState.STOPPED])
def test_nobody_sends_again_what_was_sent_or_stopped(state: DeliveryState) -> None:
    assert sent_again(replace(SENDING, state=state), now=NOW, is_fetched=False) is None


def test_what_was_given_up_is_sent_again_only_where_that_is_named() -> None:
    """It may have been sent, such as one that was in doubt, or told in another way."""
    doubtful = replace(PENDING, state=DeliveryState.UNKNOWN, due_at=None, reason=DIED)
    over = given_up(doubtful, "the mail server's log has all of them")
    assert over is not None

    assert sent_again(over, now=NOW, is_fetched=False) is None
    again = sent_again(over, now=NOW, is_fetched=False, is_reason_named=True)
    assert again == replace(PENDING, may_have_arrived=True)


def test_who_may_have_been_told_hears_of_a_withdrawal_whatever_staff_did_since() -> None:
    doubtful = replace(PENDING, state=DeliveryState.UNKNOWN, due_at=None, reason=DIED)
    shown_once = replace(PENDING, state=DeliveryState.SENDING, due_at=None)
    for delivery in (doubtful, shown_once):
        over = given_up(delivery, "the log has it")
        assert over is not None
        again = sent_again(over, now=NOW, is_fetched=False, is_reason_named=True)
        assert again is not None
        assert [was_told(each) for each in (delivery, over, again)] == [True, True, True]
        refused = settle(replace(again, state=DeliveryState.SENDING, claim="mine"), Refused("550", is_final=True))
        assert refused is not None
        assert (refused.state, was_told(refused)) == (DeliveryState.FAILED, True)
    for state, was in ((DeliveryState.SENT, True), (DeliveryState.SENDING, True), (DeliveryState.FAILED, False)):
        assert was_told(replace(PENDING, state=state)) is was
    never = given_up(PENDING, "nobody is to hear of it")
    assert never is not None
    assert not was_told(never)
    assert not was_told(PENDING)


def test_staff_give_up_what_is_not_sent_and_say_why() -> None:
    assert given_up(replace(PENDING, state=DeliveryState.RETRY), "the address is known to be wrong") == replace(
        PENDING, state=DeliveryState.FAILED, due_at=None, reason="the address is known to be wrong", is_given_up=True
    )
    assert given_up(SENDING, "no") is None


@dataclass
class _Hand:
    """A sender's hand: what it claimed, and whether it has begun."""

    claim: str
    begun: bool = False
    handed_over: bool = False


class Senders(RuleBasedStateMachine):
    """Three senders that may stop at any moment, and come back at any later one; staff never send again."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.delivery = PENDING
        self.hands: dict[int, _Hand] = {}
        self.claims = 0
        self.handed_over = 0

    @rule(seconds=st.integers(1, 300))
    def time_goes_by(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(sender=st.integers(0, 2))
    def claims_it(self, sender: int) -> None:
        self.claims += 1
        after = claimed(self.delivery, str(self.claims), until=self.now + LEASE, now=self.now)
        if after is not None:
            self.delivery = after
            if after.state is not DeliveryState.UNKNOWN:
                self.hands[sender] = _Hand(str(self.claims))

    @rule(sender=st.integers(0, 2))
    def begins(self, sender: int) -> None:
        hand = self.hands.get(sender)
        if hand is None or hand.begun:
            return
        after = begun(self.delivery, hand.claim, until=self.now + LEASE)
        if after is None:
            del self.hands[sender]
        else:
            self.delivery, hand.begun = after, True

    @rule(sender=st.integers(0, 2))
    def hands_over(self, sender: int) -> None:
        hand = self.hands.get(sender)
        if hand is not None and hand.begun and not hand.handed_over:
            hand.handed_over = True
            self.handed_over += 1

    @rule(sender=st.integers(0, 2), fails=st.booleans())
    def settles(self, sender: int, fails: bool) -> None:
        hand = self.hands.get(sender)
        if hand is None or not hand.begun:
            return
        # Whoever did not hand over, or was refused, says so; the receiver then has nothing.
        if hand.handed_over and fails:
            self.handed_over -= 1
        outcome: Outcome = Returned() if not hand.handed_over else Refused("451", is_final=False) if fails else Sent()
        after = settled(self.delivery, hand.claim, outcome, now=self.now, back_off=BACK_OFF, chance=0.5)
        self.delivery = after or self.delivery
        del self.hands[sender]

    @rule()
    def the_revision_is_withdrawn(self) -> None:
        self.delivery = stopped(self.delivery) or self.delivery

    @invariant()
    def it_is_handed_over_once_at_most(self) -> None:
        assert self.handed_over <= 1

    @invariant()
    def what_is_said_to_be_sent_was_handed_over(self) -> None:
        if self.delivery.state is DeliveryState.SENT:
            assert self.handed_over == 1

    @invariant()
    def what_is_said_to_be_stopped_was_not(self) -> None:
        if self.delivery.state is DeliveryState.STOPPED:
            assert self.handed_over == 0


TestSenders = Senders.TestCase
