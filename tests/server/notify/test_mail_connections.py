"""Mail handed to real servers: what each ending means, and that connections are kept, replaced and bounded."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from pathlib import Path

import pytest
from aiosmtplib import SMTP

from graph.deliveries import Outcome, Refused, Returned, Sent
from graph.email_address import read_address
from server.mail_settings import MailTls
from server.notify import mail_connections
from server.notify.mail_connection import InDoubt, MailServer, Patience
from server.notify.mail_connections import CROWDED_SECONDS, MailConnections
from server.notify.post import ChannelAway
from tests.server.notify.back_ends import an_authority, the_authority
from tests.server.notify.mail_servers import (
    CLOSE,
    DOT,
    EHLO,
    GREETING,
    HANG,
    NAME,
    MailHost,
    Says,
    Script,
    mail_host,
    scripted,
)

FROM, TO = read_address("privacy@company.example"), read_address("ann@people.example")
MESSAGE = b"Subject: Changes\r\n\r\nHello\r\n.\r\n..two dots\r\n.\r\n"
HUGE = b"Subject: Changes\r\n\r\n" + b"x" * 998 + b"\r\n" * 1 + (b"y" * 998 + b"\r\n") * 30_000
PATIENT = Patience(connect_seconds=30, message_seconds=30, answer_seconds=30)
HASTY = Patience(connect_seconds=0.3, message_seconds=0.3, answer_seconds=0.3)


def plain(port: int, patience: Patience = PATIENT) -> MailServer:
    return MailServer("127.0.0.1", port, MailTls.OFF, name="tests.company.example", patience=patience)


async def handed_over(server: MailServer, message: bytes = MESSAGE) -> Outcome:
    connections = MailConnections(server, 2)
    try:
        return await connections.hand_over(FROM, TO, message)
    finally:
        await connections.close()


# ---- endings ---------------------------------------------------------------------------------------------------------

QUOTING = "<ann@people.example>: Recipient address rejected"
ANSWERS: list[tuple[str, str, Outcome]] = [
    (DOT, "250 2.0.0 queued as 4711", Sent()),
    (DOT, "251 forwarded", Sent()),
    ("RCPT", f"550 5.1.1 {QUOTING}", Refused("550 5.1.1 to RCPT TO", is_final=True)),
    ("RCPT", f"550 {QUOTING}", Refused("550 to RCPT TO", is_final=True)),
    ("RCPT", "550-5.1.1 ann@people.example\r\n550 5.1.1 is not here", Refused("550 5.1.1 to RCPT TO", is_final=True)),
    ("RCPT", "550 5.1.1.ann@people.example", Refused("550 to RCPT TO", is_final=True)),
    ("RCPT", f"450 4.2.0 {QUOTING}: Greylisted", Refused("450 4.2.0 to RCPT TO", is_final=False)),
    ("RCPT", "452 4.2.2 mailbox full", Refused("452 4.2.2 to RCPT TO", is_final=False)),
    ("RCPT", "354 what?", Refused("354 to RCPT TO", is_final=False)),
    ("RCPT", "421 4.3.2 shutting down", Refused("no answer to RCPT TO", is_final=False)),
    ("RCPT", "this is not SMTP", Refused("no answer to RCPT TO", is_final=False)),
    ("MAIL", "552 5.3.4 too large", Refused("552 5.3.4 to MAIL FROM", is_final=True)),
    ("DATA", "554 5.5.1 no valid recipients", Refused("554 5.5.1 to DATA", is_final=True)),
    ("DATA", "451 4.3.0 try again", Refused("451 4.3.0 to DATA", is_final=False)),
    ("DATA", "250 what?", Refused("250 to DATA", is_final=False)),
    (DOT, f"554 5.7.1 spam for {QUOTING}", Refused("554 5.7.1 to the message", is_final=True)),
    (DOT, "451 4.3.0 queue full", Refused("451 4.3.0 to the message", is_final=False)),
    (DOT, "421 4.3.0 shutting down", Refused("421 4.3.0 to the message", is_final=False)),
]  # fmt: skip


@pytest.mark.parametrize(("word", "answer", "outcome"), ANSWERS)
async def test_an_answer_is_told_by_its_numbers_alone(word: str, answer: str, outcome: Outcome) -> None:
    async with scripted(Script(says={word: answer})) as script:
        assert await handed_over(plain(script.port)) == outcome
        assert script.taken == (outcome == Sent())


@pytest.mark.parametrize("word", ["RCPT", "DATA"])
@pytest.mark.parametrize("end", [CLOSE, HANG])
async def test_what_breaks_off_before_the_message_was_not_taken_and_counts(word: str, end: str) -> None:
    async with scripted(Script(says={word: end})) as script:
        step = {"RCPT": "RCPT TO"}.get(word, word)
        patience = PATIENT if end == CLOSE else HASTY
        assert await handed_over(plain(script.port, patience)) == Refused(f"no answer to {step}", is_final=False)


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (CLOSE, "the mail server does not answer to MAIL FROM"),
        (HANG, "the mail server does not answer to MAIL FROM"),
        ("421 4.7.0 too many messages", "the mail server does not answer to MAIL FROM"),
        (f"550 5.7.1 {FROM.text} is not welcome", "the mail server takes no mail from us: 550 5.7.1 to MAIL FROM"),
        ("451 4.3.0 disk full", "the mail server takes no mail from us: 451 4.3.0 to MAIL FROM"),
        ("530 5.7.0 log in first", "the mail server wants another log-in: 530 5.7.0 to MAIL FROM"),
    ],
)
async def test_what_is_said_of_the_sender_is_said_of_all(answer: str, reason: str) -> None:
    async with scripted(Script(says={"MAIL": answer})) as script:
        with pytest.raises(ChannelAway) as raised:
            await handed_over(plain(script.port, HASTY if answer == HANG else PATIENT))
    assert str(raised.value) == reason


async def test_a_recipient_for_whom_one_would_have_to_log_in_is_not_to_blame() -> None:
    async with scripted(Script(says={"RCPT": f"530 5.7.0 {QUOTING}"})) as script:
        with pytest.raises(ChannelAway, match=r"^the mail server wants another log-in: 530 5\.7\.0 to RCPT TO$"):
            await handed_over(plain(script.port))


@pytest.mark.parametrize("end", [CLOSE, HANG, "354 go on", "what did you say"])
async def test_what_breaks_off_after_the_message_is_in_doubt(end: str) -> None:
    async with scripted(Script(says={DOT: end})) as script:
        with pytest.raises(InDoubt):
            await handed_over(plain(script.port, HASTY if end == HANG else PATIENT))


async def test_a_message_that_was_not_whole_was_not_taken() -> None:
    async with scripted(Script(cut_after=100_000)) as script:
        assert await handed_over(plain(script.port), HUGE) == Refused("no answer to the message", is_final=False)


async def test_a_server_that_stops_reading_in_the_middle_has_not_taken_it() -> None:
    async with scripted(Script(cut_after=100_000, early=" ")) as script:
        outcome = await handed_over(plain(script.port, replace(PATIENT, message_seconds=1)), HUGE)
    assert outcome == Refused("no answer to the message", is_final=False)


@pytest.mark.parametrize(("code", "is_final"), [(552, True), (451, False)])
async def test_what_is_refused_in_the_middle_was_not_taken(code: int, is_final: bool) -> None:
    async with scripted(Script(cut_after=100_000, early=f"{code} enough")) as script:
        assert await handed_over(plain(script.port), HUGE) == Refused(f"{code} to the message", is_final=is_final)


# ---- connecting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "answer", "reason"),
    [
        (GREETING, CLOSE, "it takes no connection"),
        (GREETING, HANG, "it does not answer in time"),
        (GREETING, "421 too busy", "it answers 421"),
        (GREETING, "554 go away", "it answers 554"),
        (GREETING, "HTTP/1.1 400 Bad Request", "it does not speak SMTP"),
        (EHLO, "502 not implemented", "it answers 502"),
        (EHLO, CLOSE, "it takes no connection"),
        (EHLO, HANG, "it does not answer in time"),
    ],
)
async def test_a_server_that_does_not_begin_is_away(word: str, answer: str, reason: str) -> None:
    async with scripted(Script(says={word: answer})) as script:
        with pytest.raises(ChannelAway) as raised:
            await handed_over(plain(script.port, HASTY if answer == HANG else PATIENT))
    assert str(raised.value) == f"no connection to the mail server: {reason}"


async def test_a_server_that_is_not_there_is_away() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with pytest.raises(ChannelAway, match=r"^no connection to the mail server: it takes no connection$"):
        await handed_over(plain(port))


async def test_whatever_goes_wrong_before_there_is_a_connection_nothing_was_sent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def fails(smtp: SMTP) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(SMTP, "connect", fails)
    with pytest.raises(ChannelAway, match=r"^no connection to the mail server: it takes no connection$"):
        await handed_over(plain(25))


class TestEncryption:
    @pytest.mark.parametrize("tls", [MailTls.REQUIRED, MailTls.OPTIONAL])
    async def test_by_starttls_to_a_certificate_that_verifies(self, tls: MailTls, tmp_path: Path) -> None:
        async with mail_host(starttls=the_authority().serves(tmp_path, "127.0.0.1"), must_log_in=True) as host:
            server = MailServer(
                "127.0.0.1", host.port, tls, the_authority().trusted(), "vitrine", "right", NAME, PATIENT
            )
            assert await handed_over(server) == Sent()
        assert host.logins == [(b"vitrine", b"right", True)]

    async def test_from_the_first_byte(self, tmp_path: Path) -> None:
        async with mail_host(tls=the_authority().serves(tmp_path, "127.0.0.1")) as host:
            server = MailServer(
                "127.0.0.1", host.port, MailTls.IMPLICIT, the_authority().trusted(), name=NAME, patience=PATIENT
            )
            assert await handed_over(server) == Sent()

    async def test_optional_is_none_where_none_is_offered(self) -> None:
        async with mail_host() as host:
            server = replace(plain(host.port), tls=MailTls.OPTIONAL, context=the_authority().trusted())
            assert await handed_over(server) == Sent()

    async def test_required_goes_nowhere_where_none_is_offered(self) -> None:
        async with mail_host() as host:
            server = replace(plain(host.port), tls=MailTls.REQUIRED, context=the_authority().trusted())
            with pytest.raises(ChannelAway, match=r"^the mail server offers no encryption \(STARTTLS\)$"):
                await handed_over(server)
        assert host.mails == []

    @pytest.mark.parametrize("tls", [MailTls.REQUIRED, MailTls.OPTIONAL, MailTls.IMPLICIT])
    @pytest.mark.parametrize("wrong", ["authority", "name"])
    async def test_to_nobody_whose_certificate_does_not_verify(self, tls: MailTls, wrong: str, tmp_path: Path) -> None:
        context = the_authority().serves(tmp_path, "192.0.2.1" if wrong == "name" else "127.0.0.1")
        trusted = (the_authority() if wrong == "name" else an_authority("Another")).trusted()
        is_implicit = tls is MailTls.IMPLICIT
        async with mail_host(tls=context if is_implicit else None, starttls=None if is_implicit else context) as host:
            server = replace(plain(host.port), tls=tls, context=trusted, user="vitrine", password="right")
            with pytest.raises(ChannelAway) as raised:
                await handed_over(server)
        assert str(raised.value) == "no connection to the mail server: its certificate does not verify"
        assert (host.mails, host.logins) == ([], [])


class TestLogIn:
    async def test_a_wrong_password_sends_nothing(self, tmp_path: Path) -> None:
        async with mail_host(starttls=the_authority().serves(tmp_path, "127.0.0.1"), must_log_in=True) as host:
            server = replace(plain(host.port), tls=MailTls.REQUIRED, context=the_authority().trusted())
            with pytest.raises(ChannelAway) as raised:
                await handed_over(replace(server, user="vitrine", password="wrong"))
            assert str(raised.value) == "no connection to the mail server: it refuses user and password (535)"
            with pytest.raises(ChannelAway, match=r"^the mail server wants another log-in: 530"):
                await handed_over(server)
        assert host.mails == []

    async def test_where_no_log_in_is_offered_the_password_stays_here(self) -> None:
        async with scripted(Script()) as script:
            with pytest.raises(ChannelAway, match=r"^the mail server offers no log-in that is known here$"):
                await handed_over(replace(plain(script.port), user="vitrine", password="right"))
        assert script.heard == [["EHLO tests.company.example"]]

    def test_a_password_is_shown_nowhere(self) -> None:
        assert "right" not in repr(replace(plain(25), user="vitrine", password="right"))


# ---- what goes over the wire -----------------------------------------------------------------------------------------


async def test_a_message_arrives_byte_for_byte() -> None:
    async with mail_host() as host:
        for message in (MESSAGE, b".\r\n", b"\r\n.\r\nMAIL FROM:<eve@people.example>\r\n", HUGE[:500_000] + b"\r\n"):
            assert await handed_over(plain(host.port), message) == Sent()
            assert host.mails[-1].content == message
    assert {(mail.sender, mail.to) for mail in host.mails} == {(FROM.text, TO.text)}
    assert len(host.mails) == 4


async def test_addresses_in_other_scripts() -> None:
    domain, whole = read_address("ann@пример.example"), read_address("анна@пример.example")
    for takes_all in (True, False):
        async with mail_host(utf8=takes_all) as host:
            connections = MailConnections(plain(host.port), 1)
            assert await connections.hand_over(FROM, domain, MESSAGE) == Sent()
            outcome = await connections.hand_over(FROM, whole, MESSAGE)
            await connections.close()
        if takes_all:
            assert outcome == Sent()
            assert [mail.to for mail in host.mails] == ["ann@xn--e1afmkfd.example", "анна@xn--e1afmkfd.example"]
            assert ["SMTPUTF8" in mail.options for mail in host.mails] == [False, True]
        else:
            reason = "the mail server takes no address with letters that are not ASCII (SMTPUTF8)"
            assert outcome == Refused(reason, is_final=True)
            assert [mail.to for mail in host.mails] == ["ann@xn--e1afmkfd.example"]


async def test_what_is_said_is_the_envelope_and_no_more() -> None:
    says: dict[str, Says] = {"RCPT": lambda _, time: "550 5.1.1 no" if time == 1 else "250 OK"}
    async with scripted(Script(says=says)) as script:
        connections = MailConnections(plain(script.port), 1)
        assert isinstance(await connections.hand_over(FROM, TO, MESSAGE), Refused)
        assert await connections.hand_over(FROM, TO, MESSAGE) == Sent()
        assert await connections.hand_over(FROM, TO, MESSAGE) == Sent()
        await connections.close()
    mail = f"MAIL FROM:<{FROM.text}> SIZE={len(MESSAGE)}"
    recipient = f"RCPT TO:<{TO.text}>"
    whole = [mail, recipient, "DATA"]
    assert script.heard == [["EHLO tests.company.example", mail, recipient, "RSET", *whole, *whole, "QUIT"]]


# ---- connections that are kept ---------------------------------------------------------------------------------------


async def test_many_messages_share_few_connections() -> None:
    async with mail_host() as host:
        connections = MailConnections(plain(host.port), 3)
        for _ in range(3):
            outcomes = await asyncio.gather(*(connections.hand_over(FROM, TO, MESSAGE) for _ in range(20)))
            assert outcomes == [Sent()] * 20
        assert (len(host.mails), host.connections, host.most_open, len(connections)) == (60, 3, 3, 3)
        await connections.close()
        assert len(connections) == 0


async def test_one_after_the_other_uses_one_connection() -> None:
    async with mail_host() as host:
        connections = MailConnections(plain(host.port), 3)
        for _ in range(10):
            await connections.hand_over(FROM, TO, MESSAGE)
        await connections.close()
    assert (len(host.mails), host.connections) == (10, 1)


async def test_idle_connections_are_closed_with_a_word() -> None:
    async with scripted(Script()) as script:
        connections = MailConnections(plain(script.port), 3, idle_seconds=0.01)
        await connections.hand_over(FROM, TO, MESSAGE)
        await script.until_heard("QUIT")
        assert len(connections) == 0
        assert await connections.hand_over(FROM, TO, MESSAGE) == Sent()
        await connections.close()
        assert len(script.heard) == 2


async def test_connections_that_a_restarted_server_has_left_are_replaced() -> None:
    host = MailHost()
    async with mail_host(host=host):
        connections = MailConnections(plain(host.port), 3)
        await asyncio.gather(*(connections.hand_over(FROM, TO, MESSAGE) for _ in range(3)))
    async with mail_host(host=host):
        outcomes = await asyncio.gather(*(connections.hand_over(FROM, TO, MESSAGE) for _ in range(3)))
        assert outcomes == [Sent()] * 3
        await connections.close()
    assert (len(host.mails), host.connections) == (6, 6)


@pytest.mark.parametrize("word", ["MAIL", "RCPT", "DATA"])
@pytest.mark.parametrize("end", [CLOSE, "421 4.7.0 too many messages on this connection"])
async def test_a_used_connection_that_ends_before_the_message_is_replaced(word: str, end: str) -> None:
    says: dict[str, Says] = {word: lambda _, time: end if time == 2 else {"DATA": "354 go on"}.get(word, "250 OK")}
    async with scripted(Script(says=says)) as script:
        connections = MailConnections(plain(script.port), 1)
        assert [await connections.hand_over(FROM, TO, MESSAGE) for _ in range(4)] == [Sent()] * 4
        await connections.close()
    assert (script.taken, len(script.heard)) == (4, 4)


async def test_a_used_connection_that_ends_after_the_message_is_in_doubt_and_sent_no_second_time() -> None:
    says: dict[str, Says] = {DOT: lambda _, time: CLOSE if time == 2 else "250 OK"}
    async with scripted(Script(says=says)) as script:
        connections = MailConnections(plain(script.port), 1)
        assert await connections.hand_over(FROM, TO, MESSAGE) == Sent()
        with pytest.raises(InDoubt):
            await connections.hand_over(FROM, TO, MESSAGE)
        await connections.close()
    assert [line for line in script.heard[0] if line == "DATA"] == ["DATA", "DATA"]
    assert len(script.heard) == 1


async def test_a_server_that_takes_few_connections_gets_no_more() -> None:
    seconds = 0.0
    says: dict[str, Says] = {GREETING: lambda connection, _: "220 there" if connection <= 2 else "421 too many"}
    async with scripted(Script(says=says)) as script:
        connections = MailConnections(plain(script.port), 8, monotonic=lambda: seconds)
        for _ in range(5):
            outcomes = await asyncio.gather(*(connections.hand_over(FROM, TO, MESSAGE) for _ in range(8)))
            assert outcomes == [Sent()] * 8
        assert (script.taken, len(connections)) == (40, 2)
        asked = len(script.heard)
        assert asked <= 8
        # After a while it is asked whether it takes more by now.
        script.says.clear()
        seconds = CROWDED_SECONDS
        await asyncio.gather(*(connections.hand_over(FROM, TO, MESSAGE) for _ in range(8)))
        assert len(connections) == 8
        await connections.close()


async def test_who_gets_no_connection_in_time_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail_connections, "WAIT_SECONDS", 0.05)
    async with scripted(Script(says={DOT: HANG})) as script:
        connections = MailConnections(plain(script.port), 1)
        first = asyncio.create_task(connections.hand_over(FROM, TO, MESSAGE))
        await script.until_heard("DATA")
        assert await connections.hand_over(FROM, TO, MESSAGE) == Returned(mail_connections.CROWDED_AFTER)
        await connections.close()
        with pytest.raises(InDoubt):
            await first


async def test_a_message_that_is_given_up_takes_its_connection_with_it() -> None:
    async with scripted(Script(says={"RCPT": lambda connection, _: HANG if connection == 1 else "250 OK"})) as script:
        connections = MailConnections(plain(script.port), 1)
        first = asyncio.create_task(connections.hand_over(FROM, TO, MESSAGE))
        await script.until_heard("RCPT")
        first.cancel()
        await asyncio.wait({first})
        assert await connections.hand_over(FROM, TO, MESSAGE) == Sent()
        assert len(script.heard) == 2
        await connections.close()
