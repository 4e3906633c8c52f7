"""Senders: several at once share the work, hand each delivery over once, and write down how that ended."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

import server.notify.sender as module
from graph.deliveries import BackOff, Outcome, Refused, Returned, Sent
from graph.model import Channel
from graph.notices import Delivery, DeliveryState
from graph.store.database import Database
from graph.store.delivery_status import NotifyStatus, Selection, change_selected, load_notify_status
from graph.store.fan_outs import Told
from server.notify.post import ChannelAway
from server.notify.sender import Pace, Sender
from tests.graph.store.telling import tell
from tests.graph.store.telling import told as told_at

SOON = Pace(at_once=4, lease=timedelta(seconds=30), look_seconds=0.05, away_seconds=0.05)
AT_ONCE = BackOff(first=timedelta(milliseconds=10), longest=timedelta(milliseconds=10), attempts_at_most=3)


@dataclass
class Receiver:
    """Whoever takes what is handed over, on the mail channel: keeps count, and answers as it is told to."""

    answer: Callable[[str], Outcome] = lambda subject: Sent()
    taken: Counter[str] = field(default_factory=Counter)
    at_once: int = 0
    most_at_once: int = 0


@dataclass
class PostTo:
    receiver: Receiver
    refused: frozenset[str] = frozenset()
    unworded: frozenset[str] = frozenset()
    channel: Channel = Channel.EMAIL
    closed: bool = False

    async def prepare(self, deliveries: Sequence[Delivery]) -> Mapping[str, str | Refused]:
        return {
            each.id: Refused("no address", is_final=True) if each.subject in self.refused else each.subject
            for each in deliveries
            if each.subject not in self.unworded
        }

    async def wait(self, parcel: str) -> None:
        pass

    async def hand_over(self, parcel: str) -> Outcome:
        receiver = self.receiver
        receiver.at_once += 1
        receiver.most_at_once = max(receiver.most_at_once, receiver.at_once)
        await asyncio.sleep(0)
        receiver.at_once -= 1
        outcome = receiver.answer(parcel)
        if isinstance(outcome, Sent):
            receiver.taken[parcel] += 1
        return outcome

    async def close(self) -> None:
        self.closed = True


def now() -> datetime:
    return datetime.now(UTC)


def told(subject: str, channel: Channel) -> Told:
    """Due at once."""
    return told_at(subject, channel, at=now())


def a_sender(database: Database, post: PostTo, name: str = "s", *, back_off: BackOff = AT_ONCE) -> Sender[str]:
    words = (f"{name}-{number}" for number in range(100_000))
    return Sender(database, post, clock=now, new_id=lambda: next(words), pace=SOON, back_off=back_off)


class Watched(Sender[str]):
    """Keeps how long it has paused each time, in seconds."""

    pauses: list[float]

    async def _pause(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await super()._pause(seconds)


def watched(database: Database, post: PostTo, pace: Pace, clock: Callable[[], datetime] = now) -> Watched:
    words = (f"w-{number}" for number in range(100_000))
    sender = Watched(database, post, clock=clock, new_id=lambda: next(words), pace=pace, back_off=AT_ONCE)
    sender.pauses = []
    return sender


def states(status: NotifyStatus) -> dict[str, int]:
    return {state.value: count for (_, state), count in status.counts.items()}


async def test_everything_that_is_due_is_sent_once_and_the_sender_ends(database: Database) -> None:
    people = [f"p{number:02}" for number in range(50)]
    await tell(database, [told(each, Channel.EMAIL) for each in people])
    post = PostTo(Receiver())

    await a_sender(database, post).run(until_settled=lambda: True)

    assert post.receiver.taken == Counter(people)
    assert post.receiver.most_at_once <= SOON.at_once
    assert states(await load_notify_status(database, 2)) == {"SENT": 50}
    assert post.closed


async def test_three_senders_share_the_work(database: Database) -> None:
    people = [f"p{number:03}" for number in range(120)]
    await tell(database, [told(each, Channel.EMAIL) for each in people])
    receiver = Receiver()
    posts = [PostTo(receiver) for _ in range(3)]

    await asyncio.gather(
        *(a_sender(database, post, f"s{place}").run(until_settled=lambda: True) for place, post in enumerate(posts))
    )

    assert receiver.taken == Counter(people)
    assert states(await load_notify_status(database, 2)) == {"SENT": 120}


async def test_what_fails_for_now_is_tried_again_and_what_fails_for_good_is_not(database: Database) -> None:
    await tell(database, [told(each, Channel.EMAIL) for each in ("ann", "ben", "cyd", "dee")])
    tries: Counter[str] = Counter()

    def answer(subject: str) -> Outcome:
        tries[subject] += 1
        if subject == "ben":
            return Refused("550", is_final=True)
        if subject == "cyd" and tries["cyd"] < 3:
            return Refused("451", is_final=False)
        if subject == "dee":
            return Refused("452", is_final=False)
        return Sent()

    await a_sender(database, PostTo(Receiver(answer))).run(until_settled=lambda: True)

    assert tries == Counter({"ann": 1, "ben": 1, "cyd": 3, "dee": 3})
    status = await load_notify_status(database, 2)
    assert states(status) == {"SENT": 2, "FAILED": 2}
    assert {(each.reason, each.count) for each in status.failures} == {("550", 1), ("452", 1)}


async def test_what_cannot_be_prepared_fails_without_being_handed_over(database: Database) -> None:
    await tell(database, [told(each, Channel.EMAIL) for each in ("ann", "ben")])
    post = PostTo(Receiver(), refused=frozenset({"ann"}))

    await a_sender(database, post).run(until_settled=lambda: True)

    assert post.receiver.taken == Counter(["ben"])
    status = await load_notify_status(database, 2)
    assert [(each.state.value, each.reason) for each in status.failures] == [("FAILED", "no address")]


async def test_what_cannot_be_put_into_words_is_tried_again_and_then_given_up(database: Database) -> None:
    await tell(database, [told(each, Channel.EMAIL) for each in ("ann", "ben")])
    post = PostTo(Receiver(), unworded=frozenset({"ann"}))

    async with asyncio.timeout(30):
        await a_sender(database, post).run(until_settled=lambda: True)

    assert post.receiver.taken == Counter(["ben"])
    status = await load_notify_status(database, 2)
    assert [(each.state.value, each.reason) for each in status.failures] == [
        ("FAILED", "its notice is gone, or cannot be put into words")
    ]


async def test_a_channel_that_is_away_costs_no_delivery_an_attempt(database: Database) -> None:
    await tell(database, [told(f"p{number}", Channel.EMAIL) for number in range(20)])
    calls = 0
    reasons: list[str] = []

    def answer(subject: str) -> Outcome:
        nonlocal calls
        calls += 1
        reasons.append(sender.away)
        if calls <= 10:
            raise ChannelAway("the mail server does not answer")
        return Sent()

    sender = a_sender(database, PostTo(Receiver(answer)), back_off=BackOff(attempts_at_most=1))
    await sender.run(until_settled=lambda: True)

    assert (reasons[9], sender.away) == ("the mail server does not answer", "")
    assert states(await load_notify_status(database, 2)) == {"SENT": 20}
    # Four were on their way when the first one failed; from then on one at a time asked whether it is back.
    assert calls <= 20 + 10


@pytest.mark.parametrize("state", [DeliveryState.SENDING, DeliveryState.PENDING])
async def test_what_finds_nothing_out_about_a_channel_that_is_away_costs_no_pause(
    database: Database, state: DeliveryState
) -> None:
    """Twenty that a sender left when it died, or that cannot be prepared, become due while the channel is away, before
    the one that was tried twice."""
    people = [f"p{number:02}" for number in range(20)]
    await tell(database, [told(each, Channel.EMAIL) for each in ("ann", *people)])
    soon = now() + timedelta(minutes=30)
    await change_selected(
        database,
        Selection(2),
        lambda each: None if each.subject == "ann" else replace(each, state=state, due_at=soon),
    )
    tries = 0

    def answer(subject: str) -> Outcome:
        nonlocal tries
        tries += 1
        if tries <= 2:
            raise ChannelAway("the mail server does not answer")
        return Sent()

    def clock() -> datetime:
        return now() + timedelta(hours=tries // 2)

    post = PostTo(Receiver(answer), refused=frozenset(people))
    sender = watched(database, post, Pace(at_once=4, look_seconds=0.02, away_seconds=0.5), clock)
    await sender.run(until_settled=lambda: True)

    assert post.receiver.taken == Counter(["ann"])
    how = "UNKNOWN" if state is DeliveryState.SENDING else "FAILED"
    assert states(await load_notify_status(database, 2)) == {"SENT": 1, how: 20}
    assert len([seconds for seconds in sender.pauses if seconds > 0.1]) <= 2


async def test_a_graph_that_was_away_is_looked_for_soon_and_leaves_no_mark_on_the_channel(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "GRAPH_AWAY_SECONDS", 0.03)
    await tell(database, [told("ann", Channel.EMAIL)])
    async with Database(database.address) as own:
        await own.leave("the graph is away")
        post = PostTo(Receiver())
        sender = watched(own, post, Pace(look_seconds=0.02, away_seconds=600))
        running = asyncio.create_task(sender.run(until_settled=lambda: True))
        while len(sender.pauses) < 5:  # noqa: ASYNC110 - the sender tells nobody
            await asyncio.sleep(0.01)
        assert sender.away == "the graph is away"
        own.move(database.address)
        await running

    assert post.receiver.taken == Counter(["ann"])
    assert sender.away == ""
    assert max(sender.pauses) <= 0.03


async def test_one_that_comes_back_says_nothing_about_a_channel_that_is_away(database: Database) -> None:
    await tell(database, [told("ann", Channel.EMAIL)])
    away: list[str] = []

    def answer(subject: str) -> Outcome:
        away.append(sender.away)
        if len(away) == 1:
            raise ChannelAway("the mail server does not answer")
        return Sent() if len(away) == 3 else Returned()

    sender = a_sender(database, PostTo(Receiver(answer)))
    await sender.run(until_settled=lambda: True)

    assert away == ["", "the mail server does not answer", "the mail server does not answer"]


async def test_one_that_a_channel_never_takes_is_given_up_and_holds_nobody_back(database: Database) -> None:
    people = [f"p{number:02}" for number in range(20)]
    await tell(database, [told(each, Channel.EMAIL) for each in ("ann", *people)])
    tries: Counter[str] = Counter()

    def answer(subject: str) -> Outcome:
        tries[subject] += 1
        if subject == "ann":
            raise ChannelAway("the product answers HTTP 503")
        return Sent()

    sender = a_sender(database, PostTo(Receiver(answer)))
    async with asyncio.timeout(30):
        await sender.run(until_settled=lambda: True)

    # The first time nobody could know that it was not the channel.
    assert tries == Counter({"ann": 1 + AT_ONCE.attempts_at_most}) + Counter(people)
    status = await load_notify_status(database, 2)
    assert states(status) == {"SENT": 20, "FAILED": 1}
    assert [each.reason for each in status.failures] == ["the product answers HTTP 503"]
    assert sender.away == ""


async def test_a_receiver_that_says_for_how_long_costs_no_delivery_an_attempt(database: Database) -> None:
    people = [f"p{number:02}" for number in range(20)]
    await tell(database, [told(each, Channel.EMAIL) for each in ("ann", *people)])
    tries: Counter[str] = Counter()

    def answer(subject: str) -> Outcome:
        tries[subject] += 1
        if subject == "ann" and tries["ann"] < 6:
            raise ChannelAway("the product answers HTTP 429", 0.01)
        return Sent()

    await a_sender(database, PostTo(Receiver(answer))).run(until_settled=lambda: True)

    assert tries == Counter({"ann": 6}) + Counter(people)
    assert states(await load_notify_status(database, 2)) == {"SENT": 21}


async def test_a_failure_that_leaves_it_in_doubt_is_never_sent_again(database: Database) -> None:
    await tell(database, [told(each, Channel.EMAIL) for each in ("ann", "ben")])
    tries: Counter[str] = Counter()

    def answer(subject: str) -> Outcome:
        tries[subject] += 1
        if subject == "ann":
            raise ConnectionResetError
        return Sent()

    post = PostTo(Receiver(answer))
    sender = Sender(
        database,
        post,
        clock=now,
        new_id=iter([f"w{number}" for number in range(1000)]).__next__,
        pace=Pace(at_once=4, lease=timedelta(milliseconds=200), look_seconds=0.02),
        back_off=AT_ONCE,
    )

    await sender.run(until_settled=lambda: True)

    assert tries == Counter(["ann", "ben"])
    assert states(await load_notify_status(database, 2)) == {"SENT": 1, "UNKNOWN": 1}


async def test_a_sender_that_is_stopped_ends_what_it_has_begun_and_gives_the_rest_back(database: Database) -> None:
    people = [f"p{number:02}" for number in range(30)]
    await tell(database, [told(each, Channel.EMAIL) for each in people])
    sender: Sender[str]

    def answer(subject: str) -> Outcome:
        sender.stop()
        return Sent()

    first = PostTo(Receiver(answer))
    sender = a_sender(database, first)
    await sender.run()

    sent = states(await load_notify_status(database, 2))
    assert sent == {"SENT": first.receiver.taken.total(), "PENDING": 30 - first.receiver.taken.total()}

    second = PostTo(Receiver())
    await a_sender(database, second, "next").run(until_settled=lambda: True)

    assert first.receiver.taken + second.receiver.taken == Counter(people)


async def test_a_sender_that_is_stopped_while_the_graph_is_away_ends_all_the_same(database: Database) -> None:
    await tell(database, [told(each, Channel.EMAIL) for each in ("ann", "ben")])
    async with Database(database.address) as own:
        handed_over = asyncio.Event()

        class Leaving(PostTo):
            async def hand_over(self, parcel: str) -> Outcome:
                await own.leave("the graph is away")
                handed_over.set()
                return Sent()

        post = Leaving(Receiver())
        pace = Pace(at_once=1, lease=timedelta(seconds=30), look_seconds=0.05, grace_seconds=0.2)
        sender: Sender[str] = Sender(own, post, clock=now, new_id=lambda: "mine", pace=pace)
        running = asyncio.create_task(sender.run())
        await handed_over.wait()
        sender.stop()

        await running

    assert post.closed
    # What was handed over and could not be written down stays so: the next sender will tell that nobody knows.
    assert states(await load_notify_status(database, 2)) == {"SENDING": 1, "PENDING": 1}
