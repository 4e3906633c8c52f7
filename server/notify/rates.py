"""How fast mail is handed over: at an even rate in all, and at another to the addresses of one domain.

Each rate is one number, the time at which the next message may go (the generic cell rate algorithm, as in
`server.gate.rates`). Whose turn comes soon is waited for. Whose turn is further off goes back into the queue until
then, so that one slow domain holds up no other and no claim runs out while it waits.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from server.notify.post import NotYet

#: How long a turn is waited for.
HOLD_SECONDS = 5.0
#: For how long a message goes back into the queue at most: a limit may have been raised meanwhile.
BACK_SECONDS = 900.0
#: Domains that are remembered. Beyond it those are forgotten that were used first, and may go a little too fast.
DOMAINS_AT_MOST = 10_000


@dataclass(slots=True)
class _Line:
    """`free_at`: when the next may go; `back_at`: when the last of those comes that went back into the queue."""

    interval: float
    free_at: float = 0.0
    back_at: float = 0.0

    def wait(self, now: float) -> float:
        """Seconds until the next may go. After a rest, what goes in a second may go at once."""
        return max(self.free_at - now - max(1.0 - self.interval, 0.0), 0.0)

    def take(self, now: float) -> None:
        self.free_at = max(self.free_at, now) + self.interval

    def go_back(self, now: float) -> float:
        """Seconds after which one more may come again: one behind the other, at the rate."""
        self.back_at = min(max(self.back_at, now + self.wait(now)) + self.interval, now + BACK_SECONDS)
        return self.back_at - now

    def is_idle(self, now: float) -> bool:
        return self.free_at <= now and self.back_at <= now


class Rates:
    """`per_second` messages in all, `domain_per_second` to one domain; 0: any number. Memory is bounded."""

    def __init__(
        self,
        per_second: float,
        domain_per_second: float,
        *,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._all = _Line(1 / per_second) if per_second else None
        self._domain_interval = 1 / domain_per_second if domain_per_second else 0.0
        self._domains: dict[str, _Line] = {}
        self._monotonic = monotonic
        self._sleep = sleep

    def __len__(self) -> int:
        return len(self._domains)

    async def wait(self, domain: str) -> None:
        """Returns when it is the turn of a message to `domain`, which counts. Raises NotYet where that is more than
        `HOLD_SECONDS` off; then it does not count."""
        now = self._monotonic()
        lines = [line for line in (self._all, self._line(domain, now)) if line is not None]
        seconds = max((line.wait(now) for line in lines), default=0.0)
        if seconds > HOLD_SECONDS:
            late = (line.go_back(now) for line in lines if line.wait(now) > HOLD_SECONDS)
            raise NotYet(timedelta(seconds=max(late)))
        for line in lines:
            line.take(now)
        if seconds:
            await self._sleep(seconds)

    def _line(self, domain: str, now: float) -> _Line | None:
        if not self._domain_interval:
            return None
        line = self._domains.get(domain)
        if line is None:
            if len(self._domains) >= DOMAINS_AT_MOST:
                self._forget(now)
            line = self._domains[domain] = _Line(self._domain_interval)
        return line

    def _forget(self, now: float) -> None:
        busy = {domain: line for domain, line in self._domains.items() if not line.is_idle(now)}
        # Half of the room at least, so that this is not done for each new domain.
        first = max(len(busy) - DOMAINS_AT_MOST // 2, 0)
        self._domains = dict(list(busy.items())[first:])
