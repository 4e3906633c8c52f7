"""One connection to the mail server (SMTP), and what each of its answers means for a message.

A message is taken by the server when it answers to the dot at its end, and not before. So as long as the dot was not
sent, a message is certainly not taken, whatever happens; between the dot and the answer nobody knows.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NoReturn

from aiosmtplib import SMTP, SMTPAuthenticationError, SMTPException, SMTPResponseException, SMTPTimeoutError
from aiosmtplib.response import SMTPResponse

from graph.deliveries import Outcome, Refused, Sent
from graph.email_address import EmailAddress
from graph.errors import InvalidSettings
from server.mail_settings import MailTls
from server.notify.post import ChannelAway
from server.settings import Settings

PORTS = {MailTls.IMPLICIT: 465, MailTls.OFF: 25}
SUBMISSION_PORT = 587
QUIT_SECONDS = 2.0
_BUFFER_LOOK_SECONDS = 0.02

_CLOSING = 421
#: What says that we, and not a person's address, are not welcome: log in first, or otherwise.
_LOG_IN = frozenset({530, 534, 535, 538})
_TOO_LARGE = 552
_GO_ON = 354
_ENHANCED = re.compile(r"[245]\.\d{1,3}\.\d{1,3}(?!\S)")
_LINE_BEGINS_WITH_DOT = re.compile(rb"(?m)^\.")


class Step(StrEnum):
    """Where a message is, in the words of the protocol."""

    RSET = "RSET"
    MAIL = "MAIL FROM"
    RCPT = "RCPT TO"
    DATA = "DATA"
    MESSAGE = "the message"


class Unanswered(Exception):
    """The connection is of no more use, and the message was certainly not taken. `step`: how far it had come."""

    def __init__(self, step: Step) -> None:
        super().__init__(f"no answer to {step}")
        self.step = step


class InDoubt(Exception):
    """The message was sent, and no answer tells whether it was taken."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds a connection may take, with its encryption and the log-in; a message, until the dot at its end;
    and then its answer, for which servers look at the whole of it. Together less than a lease."""

    connect_seconds: float = 15.0
    message_seconds: float = 20.0
    answer_seconds: float = 60.0


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class MailServer:
    """`context`: how to encrypt; None for not at all. `user`: None where nobody logs in. `name`: what this machine says
    it is called; None for what the network knows it as."""

    host: str
    port: int
    tls: MailTls
    context: ssl.SSLContext | None = field(default=None, repr=False)
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    name: str | None = None
    patience: Patience = PATIENCE

    @classmethod
    def of(cls, settings: Settings) -> MailServer | None:
        """None where none is set. Raises InvalidSettings."""
        if settings.mail_host is None:
            return None
        tls = settings.mail_tls
        try:
            context = None if tls is MailTls.OFF else ssl.create_default_context(cafile=settings.mail_ca_file)
        except ssl.SSLError as error:
            raise InvalidSettings(f"VITRINE_MAIL_CA_FILE: {settings.mail_ca_file} is no PEM file") from error
        port = settings.mail_port or PORTS.get(tls, SUBMISSION_PORT)
        return cls(settings.mail_host, port, tls, context, settings.mail_user, settings.mail_password)


class MailConnection:
    """Open, and for one message at a time. `was_used`: it has taken a message before."""

    def __init__(self, smtp: SMTP, patience: Patience) -> None:
        self._smtp = smtp
        self._patience = patience
        self._needs_reset = False
        self.was_used = False

    @property
    def is_open(self) -> bool:
        return self._smtp.is_connected

    async def hand_over(self, sender: EmailAddress, to: EmailAddress, message: bytes) -> Outcome:
        """Raises Unanswered, InDoubt and ChannelAway; after each, and where it was cancelled, the connection is
        closed."""
        is_whole = False
        try:
            outcome = await self._hand_over(sender, to, message)
            is_whole = True
            return outcome
        finally:
            self.was_used = True
            if not is_whole:
                self.abort()

    def abort(self) -> None:
        """Closes it at once."""
        if self._smtp.transport is not None:
            # What waits to be written is thrown away: a server that takes nothing would keep it for ever.
            self._smtp.transport.abort()  # type: ignore[attr-defined] # a transport that is written to
        self._smtp.close()

    async def quit(self) -> None:
        """Closes it with a word to the server."""
        with contextlib.suppress(TimeoutError, OSError, SMTPException):
            async with asyncio.timeout(QUIT_SECONDS):
                await self._smtp.quit()
        self.abort()

    async def _hand_over(self, sender: EmailAddress, to: EmailAddress, message: bytes) -> Outcome:
        if to.needs_utf8 and not self._smtp.supports_extension("smtputf8"):
            return Refused("the mail server takes no address with letters that are not ASCII (SMTPUTF8)", is_final=True)
        step = Step.RSET
        reading: asyncio.Task[SMTPResponse] | None = None
        try:
            async with asyncio.timeout(self._patience.message_seconds):
                if self._needs_reset:
                    await self._ask(Step.RSET, b"RSET")
                self._needs_reset = True
                step = Step.MAIL
                refused = _refused(await self._ask(step, b"MAIL", *self._mail_options(sender, to, message)), step, to)
                if refused is None:
                    step = Step.RCPT
                    refused = _refused(await self._ask(step, b"RCPT", _path(b"TO:", to)), step, to)
                if refused is None:
                    step = Step.DATA
                    refused = _refused(await self._ask(step, b"DATA"), step, to)
                if refused is not None:
                    return refused
                step = Step.MESSAGE
                reading = self._begin_reading()
                await self._write(message, reading)
        except (TimeoutError, OSError, SMTPException) as error:
            await _ended(reading)
            raise Unanswered(step) from error
        except BaseException:
            await _ended(reading)
            raise
        return await self._finish(reading)

    async def _finish(self, reading: asyncio.Task[SMTPResponse]) -> Outcome:
        """The dot, and the answer to it; or what was answered before there was one."""
        is_early = reading.done()
        if not is_early:
            try:
                self._write_now(b".\r\n")
            except (OSError, SMTPException) as error:
                await _ended(reading)
                raise Unanswered(Step.MESSAGE) from error
        try:
            async with asyncio.timeout(self._patience.answer_seconds):
                response = await reading
        except (TimeoutError, OSError, SMTPException) as error:
            if is_early:
                raise Unanswered(Step.MESSAGE) from error
            raise InDoubt from error
        if is_early or response.code == _CLOSING:
            self.abort()
        self._needs_reset = False
        if 400 <= response.code < 600:
            return Refused(_reason(response, Step.MESSAGE), is_final=response.code >= 500)
        if is_early:
            raise Unanswered(Step.MESSAGE)
        if 200 <= response.code < 300:
            return Sent()
        raise InDoubt

    async def _ask(self, step: Step, *words: bytes) -> SMTPResponse:
        """The answer. Raises Unanswered where the server closes the connection with it."""
        response = await self._smtp.execute_command(*words, timeout=None)
        if response.code == _CLOSING or (step is Step.RSET and response.code != 250):
            raise Unanswered(step)
        return response

    def _mail_options(self, sender: EmailAddress, to: EmailAddress, message: bytes) -> list[bytes]:
        options = [_path(b"FROM:", sender)]
        if self._smtp.supports_extension("size"):
            options.append(b"SIZE=%d" % len(message))
        if to.needs_utf8:
            options.append(b"SMTPUTF8")
        return options

    def _begin_reading(self) -> asyncio.Task[SMTPResponse]:
        protocol = self._smtp.protocol
        if protocol is None:
            raise ConnectionResetError
        return asyncio.create_task(protocol.read_response(None))

    async def _write(self, message: bytes, reading: asyncio.Task[SMTPResponse]) -> None:
        """Returns when all but the dot is on its way, or the server has said or closed something."""
        await asyncio.sleep(0)  # `reading` begins: from then on nothing that the server says is overheard
        if not reading.done():
            self._write_now(_LINE_BEGINS_WITH_DOT.sub(b"..", message))
        transport = self._smtp.transport
        while not reading.done() and transport is not None and transport.get_write_buffer_size():  # type: ignore[attr-defined]
            await asyncio.wait({reading}, timeout=_BUFFER_LOOK_SECONDS)

    def _write_now(self, data: bytes) -> None:
        if self._smtp.protocol is None:
            raise ConnectionResetError
        self._smtp.protocol.write(data)


async def _ended(reading: asyncio.Task[SMTPResponse] | None) -> None:
    if reading is not None:
        reading.cancel()
        await asyncio.wait({reading})
        if not reading.cancelled():
            reading.exception()  # looked at: what went wrong is told otherwise


def _path(word: bytes, address: EmailAddress) -> bytes:
    return word + b"<" + address.wire.encode() + b">"


def _refused(response: SMTPResponse, step: Step, to: EmailAddress) -> Refused | None:
    """What an answer before the message means; None to go on. Raises ChannelAway for what is not about this message."""
    code, reason = response.code, _reason(response, step)
    if (code == _GO_ON) if step is Step.DATA else (200 <= code < 300):
        return None
    if code in _LOG_IN:
        raise ChannelAway(f"the mail server wants another log-in: {reason}")
    if step is Step.MAIL and code != _TOO_LARGE and not to.needs_utf8:
        # The sender is the same for all: what is said of it is said of all.
        raise ChannelAway(f"the mail server takes no mail from us: {reason}")
    return Refused(reason, is_final=500 <= code < 600)


def _reason(response: SMTPResponse, step: Step) -> str:
    """Numbers alone: what servers write beside them quotes addresses."""
    enhanced = _ENHANCED.match(response.message)
    return f"{response.code}{f' {enhanced[0]}' if enhanced else ''} to {step}"


# ---- connecting ------------------------------------------------------------------------------------------------------


async def connect(server: MailServer) -> MailConnection:
    """A connection, encrypted and logged in as the settings want it. Raises ChannelAway."""
    smtp = SMTP(
        hostname=server.host,
        port=server.port,
        local_hostname=server.name,
        timeout=server.patience.connect_seconds,
        use_tls=server.tls is MailTls.IMPLICIT,
        start_tls=False,
        tls_context=server.context,
    )
    connection = MailConnection(smtp, server.patience)
    try:
        async with asyncio.timeout(server.patience.connect_seconds):
            await smtp.connect()
            await smtp.ehlo()
            await _encrypt(smtp, server)
            await _log_in(smtp, server)
    except BaseException as error:
        connection.abort()
        # Whatever it is, nothing was sent yet.
        if isinstance(error, Exception) and not isinstance(error, ChannelAway):
            _tell(error)
        raise
    return connection


async def _encrypt(smtp: SMTP, server: MailServer) -> None:
    if server.tls not in (MailTls.REQUIRED, MailTls.OPTIONAL):
        return
    if smtp.supports_extension("starttls"):
        await smtp.starttls()
        await smtp.ehlo()
    elif server.tls is MailTls.REQUIRED:
        raise ChannelAway("the mail server offers no encryption (STARTTLS)")


async def _log_in(smtp: SMTP, server: MailServer) -> None:
    if server.user is None:
        return
    if not smtp.supported_auth_methods:
        raise ChannelAway("the mail server offers no log-in that is known here")
    await smtp.login(server.user, server.password or "")


def _tell(error: BaseException) -> NoReturn:
    """Why there is no connection: fixed words, and the server's code."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLError):
        cause = cause.__cause__
    match cause or error:
        case ssl.SSLCertVerificationError():
            reason = "its certificate does not verify"
        case ssl.SSLError():
            reason = "it cannot be agreed with on encryption"
        case SMTPAuthenticationError(code=code):
            reason = f"it refuses user and password ({code})"
        case SMTPResponseException(code=code) if code < 0:
            reason = "it does not speak SMTP"
        case SMTPResponseException(code=code):
            reason = f"it answers {code}"
        case TimeoutError() | SMTPTimeoutError():
            reason = "it does not answer in time"
        case _:
            reason = "it takes no connection"
    raise ChannelAway(f"no connection to the mail server: {reason}") from error
