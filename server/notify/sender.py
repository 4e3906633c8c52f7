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
from graph.notices import Delivery, DeliveryState, lane_of
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


class Sender(Generic[ParcelT]):
    """`away`: why nothing can be sent on the channel just now, "" where it can."""

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
        self._away_seconds = 0.0
        self._stop = asyncio.Event()
        self.away = ""

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
            until = asyncio.get_running_loop().time() + self._pace.grace_seconds
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
            if await self._round():
                continue
            if until_settled() and await self._has_nothing_left():
                return
            await self._pause(self._away_seconds or await self._seconds_to_wait())

    def stop(self) -> None:
        """What is being handed over is ended, and nothing new begun."""
        self._stop.set()

    # ---- a round -----------------------------------------------------------------------------------------------------

    async def _round(self) -> bool:
        """Claims what is due and begins to send it; False where there was nothing to do, or nothing can be done."""
        is_trying = bool(self.away)
        claim = self._new_id()
        try:
            # While the channel is away, one delivery finds out whether it is back.
            claimed = await self._claim(claim, 1 if is_trying else self._pace.claimed_at_once)
            parcels = await self._post.prepare(claimed) if claimed else {}
        except GraphUnavailable:
            self._set_away("the graph is away")
            return False
        except ChannelAway as error:
            self._set_away(str(error), error.seconds)
            return False
        unsent = list(claimed)
        while unsent:
            await self._places.acquire()
            if self._stop.is_set() or (self.away and not is_trying):
                self._places.release()
                break
            delivery = unsent.pop(0)
            if delivery.id not in parcels:
                self._places.release()
                # Its notice is gone: at once it would come again and again.
                await self._settle(delivery, claim, Returned(self._pace.lease))
                continue
            task = asyncio.create_task(self._send(delivery, claim, parcels[delivery.id]))
            self._under_way.add(task)
            task.add_done_callback(self._sent)
            if is_trying:
                await asyncio.wait({task})
        await asyncio.gather(*(self._give_back(delivery, claim) for delivery in unsent))
        return bool(claimed) and not self.away

    async def _claim(self, claim: str, limit: int) -> list[Delivery]:
        """Those that are this sender's now. What another left in the middle is told of, and left."""
        now = self._clock()
        claimed = await self._queue.claim(claim, until=now + self._pace.lease, now=now, limit=limit)
        mine = []
        for delivery in claimed:
            if delivery.state is DeliveryState.UNKNOWN:
                log.warning("A sender ended in the middle of a delivery", lane=self.lane)
                self._on_doubt(delivery)
            elif delivery.state is not DeliveryState.STOPPED:
                mine.append(delivery)
        return mine

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
            is_trial = bool(self.away)
            try:
                outcome = await self._post.hand_over(parcel)
                self._set_there()
            except ChannelAway as error:
                self._set_away(str(error), error.seconds, longer=is_trial)
                outcome = Returned()
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
        if not self.away:
            log.warning("Nothing can be sent just now", lane=self.lane, reason=reason)
        self.away = reason
        doubled = self._away_seconds * 2 if longer else self._away_seconds
        self._away_seconds = max(min(max(doubled, 1.0), self._pace.away_seconds), min(seconds, ASKED_SECONDS_AT_MOST))

    def _set_there(self) -> None:
        if self.away:
            log.info("Sending goes on", lane=self.lane)
        self.away = ""
        self._away_seconds = 0.0

    async def _pause(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stop.wait()

    async def _seconds_to_wait(self) -> float:
        try:
            due_at = await self._queue.find_next_due()
        except GraphUnavailable:
            return self._pace.look_seconds
        if due_at is None:
            return self._pace.look_seconds
        return min(max((due_at - self._clock()).total_seconds(), 0.01), self._pace.look_seconds)

    async def _has_nothing_left(self) -> bool:
        # What is under way is still due, at the end of its lease.
        try:
            return await self._queue.is_empty()
        except GraphUnavailable:
            return False

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
