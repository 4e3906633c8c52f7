"""Mail servers: real ones on loopback, that take mail, refuse it, or break off in the middle as they are told."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, TypeAlias

from aiosmtpd import smtp
from aiosmtpd.smtp import AuthResult, Envelope, LoginPassword, Session

TAKEN = "250 OK"
NAME = "mail.company.example"

Judge: TypeAlias = Callable[[str], str | None]
"""What a server says of an address; None to take it."""


@dataclass(frozen=True, slots=True)
class Mail:
    """One message that was taken. `connection`: which it came on, counted from 1."""

    sender: str
    to: str
    options: tuple[str, ...]
    content: bytes
    connection: int

    @property
    def message(self) -> EmailMessage:
        parsed = message_from_bytes(self.content, policy=policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed


@dataclass(slots=True)
class MailHost:
    """`mails`: what was taken, in order. `connections`: how many were made; `open`: are open now."""

    port: int = 0
    judge_recipient: Judge = lambda address: None
    judge_message: Judge = lambda address: None
    mails: list[Mail] = field(default_factory=list)
    logins: list[tuple[bytes, bytes, bool]] = field(default_factory=list)
    connections: int = 0
    open: int = 0
    most_open: int = 0

    async def handle_RCPT(  # noqa: N802 - as the library calls it
        self, server: smtp.SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.judge_recipient(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or TAKEN

    async def handle_DATA(self, server: smtp.SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        [to] = envelope.rcpt_tos
        answer = self.judge_message(to)
        if answer is None:
            assert isinstance(envelope.content, bytes)
            assert envelope.mail_from is not None
            number = server.number  # type: ignore[attr-defined]
            mail = Mail(envelope.mail_from, to, tuple(envelope.mail_options), envelope.content, number)
            self.mails.append(mail)
        return answer or TAKEN

    def authenticate(
        self, server: smtp.SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password, session.ssl is not None))
        return AuthResult(success=data.password == b"right", handled=False)


@contextlib.asynccontextmanager
async def mail_host(
    *,
    host: MailHost | None = None,
    tls: ssl.SSLContext | None = None,
    starttls: ssl.SSLContext | None = None,
    must_log_in: bool = False,
    utf8: bool = True,
    size: int = 10_000_000,
) -> AsyncIterator[MailHost]:
    """A mail server on loopback. `tls`: encrypted from the first byte; `starttls`: offers it."""
    found = host or MailHost()
    protocols: set[smtp.SMTP] = set()

    class Counted(smtp.SMTP):
        number = 0

        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            if not self.number:  # else it is the same one, encrypted
                found.connections += 1
                found.open += 1
                found.most_open = max(found.most_open, found.open)
                self.number = found.connections
                protocols.add(self)
            super().connection_made(transport)

        def connection_lost(self, error: Exception | None) -> None:
            found.open -= 1
            protocols.discard(self)
            super().connection_lost(error)

    loop = asyncio.get_running_loop()

    def protocol() -> Counted:
        return Counted(
            found,
            hostname=NAME,
            enable_SMTPUTF8=utf8,
            data_size_limit=size,
            tls_context=starttls,
            auth_require_tls=tls is None and starttls is not None,
            authenticator=found.authenticate if must_log_in else None,
            auth_required=must_log_in,
            loop=loop,
        )

    server = await loop.create_server(protocol, "127.0.0.1", found.port, ssl=tls)
    found.port = server.sockets[0].getsockname()[1]
    try:
        yield found
    finally:
        server.close()
        for each in list(protocols):
            if isinstance(each.transport, asyncio.WriteTransport):
                each.transport.abort()
            # The library leaves it reading for ever where the connection is lost in the middle of the handshake.
            if each._handler_coroutine is not None:
                each._handler_coroutine.cancel()
        await asyncio.sleep(0)


# ---- a server that follows a script ----------------------------------------------------------------------------------

CLOSE, HANG = "close", "hang"
GREETING, EHLO, DOT = "GREETING", "EHLO", "."
GOOD = {GREETING: "220 there", EHLO: f"250-{NAME}\r\n250 SIZE 100000000", "DATA": "354 go on", "QUIT": "221 bye"}


Says: TypeAlias = str | Callable[[int, int], str]


@dataclass(slots=True)
class Script:
    """What to say, by the first word of what was said: an answer, `CLOSE` or `HANG`, or which of them for the number of
    the connection, and of the time that the word is said on it, both counted from 1. `cut_after`: how many bytes of a
    message are read before the connection is broken off; or, where there is something to say `early`, before that is
    said. `heard`: every line but those of messages, by connection. `taken`: how many messages were."""

    port: int = 0
    says: dict[str, Says] = field(default_factory=dict)
    cut_after: int | None = None
    early: str = ""
    heard: list[list[str]] = field(default_factory=list)
    taken: int = 0
    _heard_more: asyncio.Event = field(default_factory=asyncio.Event)

    async def until_heard(self, word: str) -> None:
        """Returns once a line began with this word, on any connection."""
        while not any(line.startswith(word) for lines in self.heard for line in lines):
            self._heard_more.clear()
            await self._heard_more.wait()

    def hear(self, line: str, connection: int) -> None:
        self.heard[connection - 1].append(line)
        self._heard_more.set()

    def answer(self, word: str, connection: int, time: int) -> str:
        told = self.says.get(word, GOOD.get(word, TAKEN))
        return told if isinstance(told, str) else told(connection, time)


@contextlib.asynccontextmanager
async def scripted(script: Script) -> AsyncIterator[Script]:
    """A mail server on loopback that follows the script."""
    tasks: set[asyncio.Task[None]] = set()

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        script.heard.append([])
        try:
            await _follow(script, len(script.heard), reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            tasks.discard(task)
            writer.transport.abort()

    server = await asyncio.start_server(connected, "127.0.0.1", script.port)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _follow(script: Script, connection: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    word = GREETING
    times: Counter[str] = Counter()
    while True:
        times[word] += 1
        answer = script.answer(word, connection, times[word])
        if answer == CLOSE:
            return
        if answer == HANG:
            await asyncio.Event().wait()
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()
        if answer.startswith("421") or word == "QUIT":
            return
        script.taken += word == DOT and answer.startswith("2")
        if word == "DATA" and answer.startswith("354"):
            if script.cut_after is not None:
                await reader.readexactly(script.cut_after)
                if script.early:
                    writer.write(f"{script.early}\r\n".encode())
                    await asyncio.Event().wait()
                return
            await reader.readuntil(b"\r\n.\r\n")
            word = DOT
            continue
        line = (await reader.readuntil(b"\r\n")).decode().strip()
        script.hear(line, connection)
        word = line.split(" ")[0]
