"""How far the telling of a revision is: counted in the graph each time, so that no counter can drift."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from graph.deliveries import GIVEN_UP, SENT_AGAIN, given_up, sent_again
from graph.errors import InvalidInput
from graph.model import Channel
from graph.notices import UNSETTLED, Delivery, DeliveryState, FanOut, FanOutState, NoticeKind
from graph.store.database import Database
from graph.store.deliveries import change_deliveries
from graph.store.fan_outs import fan_out_not_found, find_fan_outs
from graph.store.times import to_text

SELECTED_A_PAGE = 500


@dataclass(frozen=True, slots=True)
class Failure:
    """How many deliveries on a channel did not go out, or not yet, for one reason."""

    channel: Channel
    state: DeliveryState
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class NotifyStatus:
    """`counts`: how many deliveries are in each state, by channel; those that are none are left out. `failures`: those
    that were refused at least once, or are in doubt, the most frequent reason first. `queued`: how many a sender is
    still to take, now or later; the others that are unsettled are for products to fetch."""

    revision: int
    fan_outs: tuple[FanOut, ...]
    counts: Mapping[tuple[Channel, DeliveryState], int]
    failures: tuple[Failure, ...]
    queued: int

    @property
    def is_written(self) -> bool:
        """Whether all notices are, that are to be."""
        return all(each.state is not FanOutState.PENDING for each in self.fan_outs)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is left to do: all are told, or it is known whom that failed for, and none is in doubt."""
        return self.is_written and not self.unsettled and not self.count(DeliveryState.UNKNOWN)

    @property
    def unsettled(self) -> int:
        return sum(self.count(state) for state in UNSETTLED)

    def count(self, state: DeliveryState) -> int:
        return sum(count for (_, each), count in self.counts.items() if each is state)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast deliveries are settled. `seconds_left` at that rate; None where nothing moves."""

    per_second: float
    seconds_left: float | None


def pace_between(before: NotifyStatus, after: NotifyStatus, seconds: float) -> Pace:
    """The pace between two looks, so many seconds apart."""
    per_second = max(before.unsettled - after.unsettled, 0) / seconds if seconds > 0 else 0.0
    return Pace(per_second, after.unsettled / per_second if per_second else None)


COUNT_SENT = """
MATCH (d:Delivery)
WHERE d.id > $from AND d.id < $to AND d.channel <> "ACCOUNT_AREA" AND d.sent_at > $after
RETURN count(*) AS count
"""
PACE_WINDOW = timedelta(minutes=1)


async def load_pace(database: Database, status: NotifyStatus, now: datetime) -> Pace:
    """How fast deliveries went out in the last minute; those in the account area are there once they are written."""
    (counted,) = await database.read(COUNT_SENT, **_of(status.revision), after=to_text(now - PACE_WINDOW))
    per_second = counted["count"] / PACE_WINDOW.total_seconds()
    return Pace(per_second, status.unsettled / per_second if per_second else None)


COUNT_DELIVERIES = """
MATCH (d:Delivery)
WHERE d.id > $from AND d.id < $to
RETURN d.channel AS channel, d.state AS state, d.reason AS reason, count(*) AS count, count(d.queue) AS queued
"""


async def load_notify_status(database: Database, revision: int) -> NotifyStatus:
    """Raises NotFound for a revision of which nobody was told."""
    fan_outs = await _load_fan_outs(database, revision)
    counts: dict[tuple[Channel, DeliveryState], int] = {}
    failures = []
    queued = 0
    for record in await database.read(COUNT_DELIVERIES, **_of(revision)):
        channel, state = Channel(record["channel"]), DeliveryState(record["state"])
        counts[channel, state] = counts.get((channel, state), 0) + record["count"]
        queued += record["queued"]
        if record["reason"] is not None:
            failures.append(Failure(channel, state, record["reason"], record["count"]))
    return NotifyStatus(
        revision,
        tuple(fan_outs[kind] for kind in NoticeKind if kind in fan_outs),
        {key: counts[key] for key in sorted(counts, key=lambda key: (list(Channel).index(key[0]), key[1]))},
        tuple(sorted(failures, key=lambda each: (-each.count, each.channel, each.state, each.reason))),
        queued,
    )


def _of(revision: int) -> dict[str, str]:
    """Between which ids those of a revision are: "0" comes after "/", with which each of them goes on."""
    return {"from": f"{revision}/", "to": f"{revision}0"}


@dataclass(frozen=True, slots=True)
class Selection:
    """Deliveries of a revision: on one channel or any, in one state or any, for one reason or any."""

    revision: int
    channel: Channel | None = None
    state: DeliveryState | None = None
    reason: str | None = None


async def send_again(
    database: Database, selection: Selection, *, fetching: Collection[str], clock: Callable[[], datetime]
) -> int:
    """Has the deliveries of a selection sent again, and returns how many those are. Without a state, those that FAILED
    or wait for a RETRY: one in doubt must be named, for it may have been sent. Of a revision that was withdrawn since,
    only what tells of that. `fetching`: the products that fetch.

    What was given up is taken only where its reason is named: it may have been sent, or told in another way.

    Raises NotFound for a revision of which nobody was told, InvalidInput for a state in which nothing is sent again.
    """
    states = _states(selection, SENT_AGAIN, SENT_AGAIN - {DeliveryState.UNKNOWN}, "sent again")
    is_withdrawn = NoticeKind.WITHDRAWAL in await _load_fan_outs(database, selection.revision)

    def step(delivery: Delivery) -> Delivery | None:
        if is_withdrawn and delivery.kind is NoticeKind.REVISION:
            return None
        return sent_again(
            delivery,
            now=clock(),
            is_fetched=delivery.product in fetching,
            is_reason_named=selection.reason is not None,
        )

    return sum([await change_selected(database, replace(selection, state=each), step) for each in states])


async def give_up(database: Database, selection: Selection, because: str) -> int:
    """Has the deliveries of a selection not sent, or not again, and returns how many those are. Without a state, what
    is open after an attempt: PENDING must be named, for nobody has tried yet. `because` is kept with each.

    Raises NotFound for a revision of which nobody was told, InvalidInput for a state in which nothing is given up, and
    where `because` says nothing.
    """
    reason = because.strip()
    if not reason:
        raise InvalidInput("Say why: it is kept with each of them")
    states = _states(selection, GIVEN_UP, GIVEN_UP - {DeliveryState.PENDING}, "given up")
    await _load_fan_outs(database, selection.revision)

    def step(delivery: Delivery) -> Delivery | None:
        return given_up(delivery, reason)

    return sum([await change_selected(database, replace(selection, state=each), step) for each in states])


def _states(
    selection: Selection, possible: frozenset[DeliveryState], usual: frozenset[DeliveryState], done: str
) -> list[DeliveryState]:
    """In which the deliveries of a selection are; the `usual` ones where it names none. Raises InvalidInput."""
    if selection.state is None:
        return sorted(usual)
    if selection.state not in possible:
        raise InvalidInput(f"What is {selection.state} is not {done}: name one of {', '.join(sorted(possible))}")
    return [selection.state]


async def _load_fan_outs(database: Database, revision: int) -> Mapping[NoticeKind, FanOut]:
    """Raises NotFound for a revision of which nobody was told."""
    found = await find_fan_outs(database, revision)
    if not found:
        raise fan_out_not_found(revision)
    return found


LIST_SELECTED = """
MATCH (d:Delivery)
WHERE d.id > $after AND d.id < $to AND ($channel IS NULL OR d.channel = $channel)
  AND ($state IS NULL OR d.state = $state) AND ($reason IS NULL OR d.reason = $reason)
RETURN d.id AS id
ORDER BY d.id
LIMIT $limit
"""


async def change_selected(database: Database, selection: Selection, step: Callable[[Delivery], Delivery | None]) -> int:
    """Takes a step with each delivery of a selection, page by page, and returns how many it changed."""
    changed = 0
    async for ids in _selected(database, selection):
        changed += len(await change_deliveries(database, ids, step))
    return changed


async def _selected(database: Database, selection: Selection) -> AsyncIterator[list[str]]:
    after = f"{selection.revision}/"
    while True:
        records = await database.read(
            LIST_SELECTED,
            after=after,
            to=f"{selection.revision}0",
            channel=selection.channel and selection.channel.value,
            state=selection.state and selection.state.value,
            reason=selection.reason,
            limit=SELECTED_A_PAGE,
        )
        ids = [record["id"] for record in records]
        if ids:
            yield ids
        if len(ids) < SELECTED_A_PAGE:
            return
        after = ids[-1]
