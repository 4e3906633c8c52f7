"""A sender: takes what is due on one channel, or for one product, hands it over, and writes down how that ended.

Many may run at once, in one process or in several. Each claims what it is about to send; how that keeps them from
sending anything twice is said in `graph.deliveries`.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Generic

import structlog

from graph.deliveries import BACK_OFF, BackOff, Outcome, Refused, Returned, begun, settled
from graph.errors import GraphUnavailable
from graph.notices import UNSETTLED, Delivery, DeliveryState, lane_of
from graph.store.database import Database
from graph.store.deliveries import Queue
from server.notify.ledger import Ledger
from server.notify.post import ChannelAway, NotYet, ParcelT, Post

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How a sender goes about it. `at_once`: how many it hands over at a time. `lease`: for how long a claim holds,
    which is longer than to hand one over may take. `look_seconds`: how often it looks for what is new while nothing is
    due. `away_seconds`: the longest pause while the channel's server is away. `grace_seconds`: how long to wait for
    what is under way, once it is told to stop."""

    at_once: int = 16
    lease: timedelta = timedelta(minutes=2)
    look_seconds: float = 2.0
    away_seconds: float = 60.0
    grace_seconds: float = 20.0

    @property
    def claimed_at_once(self) -> int:
        return 4 * self.at_once


PACE = Pace()
#: However long a receiver asks not to be tried again.
ASKED_SECONDS_AT_MOST = 3600.0
#: The longest pause while the graph is away.
GRAPH_AWAY_SECONDS = 15.0
GRAPH_AWAY = "the graph is away"
#: Of what the channel prepares nothing for.
NO_PARCEL = Refused("its notice is gone, or cannot be put into words", is_final=False)


class Sender(Generic[ParcelT]):
    def __init__(
        self,
        database: Database,
        post: Post[ParcelT],
        *,
        product: str | None = None,
        clock: Callable[[], datetime],
        new_id: Callable[[], str],
        pace: Pace = PACE,
        back_off: BackOff = BACK_OFF,
        chance: Callable[[], float] = random.random,
        on_end: Callable[[Delivery, Outcome], None] = lambda delivery, outcome: None,
        on_doubt: Callable[[Delivery], None] = lambda delivery: None,
    ) -> None:
        """`on_end` is told of each try that ended, `on_doubt` of each delivery that is found to be UNKNOWN."""
        self._queue = Queue(database, post.channel, product)
        self._post = post
        self._product = product
        self._clock = clock
        self._new_id = new_id
        self._pace = pace
        self._back_off = back_off
        self._chance = chance
        self._on_end = on_end
        self._on_doubt = on_doubt
        self._ledger = Ledger(database)
        self._places = asyncio.Semaphore(pace.at_once)
        self._under_way: set[asyncio.Task[None]] = set()
        self._away = ""
        self._away_seconds = 0.0
        self._graph_away_seconds = 0.0
        # Of the event loop's clock: nothing is claimed before.
        self._again_at = 0.0
        # How many got through, and how many had when one first failed that has not got through since, by its id.
        self._got_through = 0
        self._had_got_through: dict[str, int] = {}
        self._stop = asyncio.Event()

    @property
    def away(self) -> str:
        """Why nothing can be sent just now, "" where it can."""
        return self._away or (GRAPH_AWAY if self._graph_away_seconds else "")

    @property
    def lane(self) -> str:
        """What it works through: see `lane_of`."""
        return lane_of(self._post.channel, self._product)

    async def run(self, *, until_settled: Callable[[], bool] = lambda: False) -> None:
        """Sends until it is told to stop; or, once `until_settled` says so, until nothing is due now or later."""
        rounds = asyncio.create_task(self._rounds(until_settled))
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait({rounds, stopping}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            stopping.cancel()
            until = _loop_time() + self._pace.grace_seconds
            try:
                # While the graph is away a round waits for as long as it takes.
                if self._stop.is_set():
                    await asyncio.wait({rounds}, timeout=self._pace.grace_seconds)
            finally:
                rounds.cancel()
                await self._finish(until)
        if rounds.done() and not rounds.cancelled():
            rounds.result()

    async def _rounds(self, until_settled: Callable[[], bool]) -> None:
        while not self._stop.is_set():
            if (seconds := self._again_at - _loop_time()) > 0:
                await self._pause(seconds)
            elif not await self._round():
                try:
                    due_at = await self._queue.find_next_due()
                    # What is under way is still due, at the end of its lease.
                    if due_at is None and until_settled() and await self._queue.is_empty():
                        return
                except GraphUnavailable:
                    due_at = None
                await self._pause(self._seconds_until(due_at))

    def stop(self) -> None:
        """What is being handed over is ended, and nothing new begun."""
        self._stop.set()

    # ---- a round -----------------------------------------------------------------------------------------------------

    async def _round(self) -> bool:
        """Claims what is due and begins to send it; False where nothing is due, as far as is known."""
        is_trying = bool(self._away)
        claim, now = self._new_id(), self._clock()
        try:
            # While the channel is away, one delivery finds out whether it is back.
            limit = 1 if is_trying else self._pace.claimed_at_once
            claimed = await self._queue.claim(claim, until=now + self._pace.lease, now=now, limit=limit)
            unsent = self._mine(claimed)
            parcels = await self._post.prepare(unsent) if unsent else {}
        except GraphUnavailable:
            self._set_graph_away()
            return True
        except ChannelAway as error:
            self._set_away(str(error), error.seconds)
            return True
        self._set_graph_there()
        while unsent:
            await self._places.acquire()
            if self._stop.is_set() or (self._away and not is_trying):
                self._places.release()
                break
            delivery = unsent.pop(0)
            task = asyncio.create_task(self._send(delivery, claim, parcels.get(delivery.id, NO_PARCEL)))
            self._under_way.add(task)
            task.add_done_callback(self._sent)
            if is_trying:
                await asyncio.wait({task})
        await asyncio.gather(*(self._give_back(delivery, claim) for delivery in unsent))
        return bool(claimed)

    def _mine(self, claimed: list[Delivery]) -> list[Delivery]:
        """Those that are this sender's now. What another left in the middle is told of, and left."""
        for delivery in claimed:
            if delivery.state is DeliveryState.UNKNOWN:
                log.warning("A sender ended in the middle of a delivery", lane=self.lane)
                self._on_doubt(delivery)
        return [each for each in claimed if each.state in UNSETTLED]

    async def _give_back(self, delivery: Delivery, claim: str) -> None:
        await self._settle(delivery, claim, Returned())

    def _sent(self, task: asyncio.Task[None]) -> None:
        self._places.release()
        self._under_way.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("A delivery is in doubt", lane=self.lane, error=type(error).__name__)

    async def _send(self, delivery: Delivery, claim: str, parcel: ParcelT | Refused) -> None:
        if not isinstance(parcel, Refused):
            try:
                await self._post.wait(parcel)
            except NotYet as limit:
                await self._settle(delivery, claim, Returned(limit.after))
                return
        if self._stop.is_set():
            await self._give_back(delivery, claim)
            return
        # The lease begins when it is written down, for which the graph may have to be waited for.
        if not await self._ledger.take(
            delivery.id, lambda each: begun(each, claim, until=self._clock() + self._pace.lease)
        ):
            return
        outcome: Outcome
        if isinstance(parcel, Refused):
            outcome = parcel
        else:
            # What was handed over together fails together, and is one failure.
            is_trial = bool(self._away)
            try:
                outcome = await self._post.hand_over(parcel)
                if not isinstance(outcome, Returned):
                    self._set_there(delivery.id)
            except ChannelAway as error:
                outcome = self._put_off(delivery.id, error, is_trial=is_trial)
            except Exception:
                # Each further one would be in doubt as well.
                self._set_away("it is not known whether something was taken that was handed over", longer=is_trial)
                raise
        await self._settle(delivery, claim, outcome)

    async def _settle(self, delivery: Delivery, claim: str, outcome: Outcome) -> None:
        now, chance = self._clock(), self._chance()
        taken = await self._ledger.take(
            delivery.id, lambda each: settled(each, claim, outcome, now=now, back_off=self._back_off, chance=chance)
        )
        if taken and not isinstance(outcome, Returned):
            self._on_end(delivery, outcome)

    # ---- waiting -----------------------------------------------------------------------------------------------------

    def _set_away(self, reason: str, seconds: float = 0.0, *, longer: bool = True) -> None:
        """`seconds`: that the receiver asked for. `longer`: whether it was away before, and was tried again."""
        if not self._away:
            log.warning("Nothing can be sent just now", lane=self.lane, reason=reason)
        self._away = reason
        doubled = self._away_seconds * 2 if longer else self._away_seconds
        self._away_seconds = min(max(doubled, 1.0), self._pace.away_seconds)
        self._wait(max(self._away_seconds, min(seconds, ASKED_SECONDS_AT_MOST)))

    def _set_there(self, id: str) -> None:
        """By the delivery that got through."""
        if self._away:
            log.info("Sending goes on", lane=self.lane)
        self._away = ""
        self._away_seconds = self._again_at = 0.0
        self._got_through += 1
        self._had_got_through.pop(id, None)

    def _put_off(self, id: str, error: ChannelAway, *, is_trial: bool) -> Outcome:
        """A channel that takes the others is not away for one that fails again: that has failed by itself, and neither
        holds up the others nor comes again for ever. Where the receiver said for how long, it is away."""
        before = self._had_got_through.setdefault(id, self._got_through)
        if self._got_through > before and not is_trial and not error.seconds:
            return Refused(str(error), is_final=False)
        self._set_away(str(error), error.seconds, longer=is_trial)
        return Returned()

    def _set_graph_away(self) -> None:
        if not self._graph_away_seconds:
            log.warning("Nothing can be sent just now", lane=self.lane, reason=GRAPH_AWAY)
        self._graph_away_seconds = min(max(self._graph_away_seconds * 2, 1.0), GRAPH_AWAY_SECONDS)
        self._wait(self._graph_away_seconds)

    def _set_graph_there(self) -> None:
        if self._graph_away_seconds:
            log.info("The graph is back", lane=self.lane)
        self._graph_away_seconds = 0.0

    def _wait(self, seconds: float) -> None:
        self._again_at = max(self._again_at, _loop_time() + seconds)

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    def _seconds_until(self, due_at: datetime | None) -> float:
        if due_at is None:
            return self._pace.look_seconds
        return min(max((due_at - self._clock()).total_seconds(), 0.01), self._pace.look_seconds)

    async def _finish(self, until: float) -> None:
        """`until`: of the event loop's clock, when it is no longer waited for what is under way."""
        try:
            async with asyncio.timeout_at(until):
                if self._under_way:
                    await asyncio.wait(self._under_way)
                await self._ledger.settle()
        except TimeoutError:
            # The graph is away: what was sent and could not be written down is UNKNOWN to the next sender.
            log.error("Deliveries are left in doubt", channel=self._post.channel.value, count=len(self._under_way))
            self._ledger.give_up()
        await self._post.close()


def _loop_time() -> float:
    return asyncio.get_running_loop().time()
