"""The connections to the mail server that are kept open and used again."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from graph.deliveries import Outcome, Refused, Returned
from graph.email_address import EmailAddress
from server.notify.mail_connection import MailConnection, MailServer, Step, Unanswered, connect
from server.notify.post import ChannelAway

#: Shorter than the time after which mail servers close a connection that says nothing.
IDLE_SECONDS = 30.0
#: How long to wait for one to become free.
WAIT_SECONDS = 5.0
#: After how long a message comes again for which none did.
CROWDED_AFTER = timedelta(seconds=1)
#: A connection that was used before and shows within this time that it is dead is replaced.
DEAD_SECONDS = 5.0
#: For how long a server that took no more connections is not asked for more.
CROWDED_SECONDS = 60.0


class _Crowded(Exception):
    """All connections are in use, and none became free in time."""


class MailConnections:
    """At most `size`; fewer for a while where the server takes no more. Idle ones are closed after `idle_seconds`."""

    def __init__(
        self,
        server: MailServer,
        size: int,
        *,
        idle_seconds: float = IDLE_SECONDS,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._server = server
        self._size = size
        self._limit = size
        self._limited_until = 0.0
        self._idle_seconds = idle_seconds
        self._monotonic = monotonic
        #: The one that was used last is at the end, and used next: under little load the others become idle.
        self._idle: dict[MailConnection, asyncio.TimerHandle] = {}
        self._in_use: set[MailConnection] = set()
        self._opening = 0
        self._changed = asyncio.Event()
        self._leaving: set[asyncio.Task[None]] = set()
        self._is_closed = False

    def __len__(self) -> int:
        """How many are open, or being opened."""
        return len(self._idle) + len(self._in_use) + self._opening

    async def hand_over(self, sender: EmailAddress, to: EmailAddress, message: bytes) -> Outcome:
        """What became of a message; bounded by less than a lease. Raises ChannelAway, and InDoubt."""
        begun_at = self._monotonic()
        while True:
            try:
                async with self._one() as connection:
                    was_used = connection.was_used
                    return await connection.hand_over(sender, to, message)
            except _Crowded:
                return Returned(CROWDED_AFTER)
            except Unanswered as error:
                if was_used and self._monotonic() - begun_at < DEAD_SECONDS:
                    continue  # it had died since it was used, and the message was not taken
                if error.step in (Step.RSET, Step.MAIL):
                    raise ChannelAway(f"the mail server does not answer to {error.step}") from error
                # It may be for this message that the server breaks off: it counts.
                return Refused(f"no answer to {error.step}", is_final=False)

    @contextlib.asynccontextmanager
    async def _one(self) -> AsyncIterator[MailConnection]:
        """A connection for one's own. Raises ChannelAway where none can be opened, _Crowded where none becomes free."""
        connection = await self._take()
        self._in_use.add(connection)
        try:
            yield connection
        finally:
            self._in_use.discard(connection)
            self._give_back(connection)

    async def close(self) -> None:
        """Ends what is idle with a word to the server, and what is in use at once."""
        self._is_closed = True
        for connection in self._in_use:
            connection.abort()
        for connection, timer in self._idle.items():
            timer.cancel()
            self._leave(connection)
        self._idle.clear()
        if self._leaving:
            await asyncio.wait(self._leaving)

    async def _take(self) -> MailConnection:
        until = self._monotonic() + WAIT_SECONDS
        while True:
            while self._idle:
                connection, timer = self._idle.popitem()
                timer.cancel()
                if connection.is_open:
                    return connection
            if len(self) < self._room():
                opened = await self._open()
                if opened is not None:
                    return opened
                continue
            self._changed.clear()
            try:
                async with asyncio.timeout(max(until - self._monotonic(), 0)):
                    await self._changed.wait()
            except TimeoutError:
                raise _Crowded from None

    def _room(self) -> int:
        if self._monotonic() >= self._limited_until:
            self._limit = self._size
        return self._limit

    async def _open(self) -> MailConnection | None:
        """None where the server takes no more than it has of us: one of those will be free."""
        self._opening += 1
        try:
            return await connect(self._server)
        except ChannelAway:
            others = len(self) - 1
            if not others:
                raise
            self._limit = others
            self._limited_until = self._monotonic() + CROWDED_SECONDS
            return None
        finally:
            self._opening -= 1
            self._changed.set()

    def _give_back(self, connection: MailConnection) -> None:
        if connection.is_open and not self._is_closed:
            timer = asyncio.get_running_loop().call_later(self._idle_seconds, self._end_idle, connection)
            self._idle[connection] = timer
        self._changed.set()

    def _end_idle(self, connection: MailConnection) -> None:
        if self._idle.pop(connection, None) is not None:
            self._leave(connection)

    def _leave(self, connection: MailConnection) -> None:
        task = asyncio.create_task(connection.quit())
        self._leaving.add(task)
        task.add_done_callback(self._leaving.discard)
