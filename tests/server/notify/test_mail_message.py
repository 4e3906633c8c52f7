"""Notices as emails: what stands in their head, that both bodies arrive, and that nothing else gets in."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.email_address import read_address, read_mailbox
from graph.notices import public_id
from server.notify.letter import Letter
from server.notify.mail_message import HEADS_KEPT, MailSender, Messages

AT = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
ID = public_id("2/REVISION/EMAIL/ann")
TO = read_address("ann@people.example")
SENDER = MailSender(read_mailbox("Privacy team <privacy@company.example>"))
LETTER = Letter("Our policy changes", "Hello,\n\nit changes.\n", "<p>Hello,</p>\n<p>it changes.</p>\n", "en", {})
HEAD = [
    "To",
    "Date",
    "Message-ID",
    "From",
    "Subject",
    "Auto-Submitted",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]


def parsed(message: bytes) -> EmailMessage:
    found = message_from_bytes(message, policy=policy.default)
    assert isinstance(found, EmailMessage)
    return found


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def raw_head(message: bytes) -> list[str]:
    """The names of the fields as they go over the wire, whatever a parser makes of them."""
    head = message.partition(b"\r\n\r\n")[0]
    assert b"\n" not in head.replace(b"\r\n", b"")
    assert b"\r" not in head.replace(b"\r\n", b"")
    return [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith((b" ", b"\t"))]


def test_a_notice_has_this_head_and_both_bodies() -> None:
    message = Messages(SENDER).write(LETTER, TO, ID, AT)
    assert raw_head(message) == HEAD
    found = parsed(message)
    assert {name: str(found[name]) for name in HEAD[:-2]} == {
        "To": "ann@people.example",
        "Date": "Tue, 01 Dec 2026 09:30:00 +0000",
        "Message-ID": f"<{ID}@company.example>",
        "From": "Privacy team <privacy@company.example>",
        "Subject": "Our policy changes",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "en",
    }
    assert found.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in found.iter_parts()] == ["text/plain", "text/html"]
    assert (body(found, "plain"), body(found, "html")) == (LETTER.text, LETTER.html)


def test_the_envelope_and_the_head_tell_no_more_of_the_person_than_the_address() -> None:
    message = Messages(SENDER).write(LETTER, TO, public_id("2/REVISION/EMAIL/u-4711"), AT).decode()
    assert "u-4711" not in message
    assert message.count("ann") == 1


def test_answers_go_where_the_settings_say() -> None:
    sender = MailSender(SENDER.mailbox, read_mailbox("Ответы <answers@company.example>"))
    message = Messages(sender).write(LETTER, TO, ID, AT)
    assert raw_head(message) == [*HEAD[:4], "Reply-To", *HEAD[4:]]
    assert str(parsed(message)["Reply-To"]) == "Ответы <answers@company.example>"


def test_the_same_delivery_has_the_same_id_however_often_it_is_written() -> None:
    messages = Messages(SENDER)
    first, again = (parsed(messages.write(LETTER, TO, ID, at)) for at in (AT, AT.replace(day=2)))
    assert first["Message-ID"] == again["Message-ID"]
    assert first["Date"] != again["Date"]


def test_other_scripts_arrive_in_seven_bits() -> None:
    letter = Letter(
        "Наша политика меняется с 1 января 2027 года: новый получатель вашего адреса электронной почты",
        "Здравствуйте,\n\nона меняется. " + "Это длинная строка. " * 100 + "\n",
        "<p>Здравствуйте</p>\n" * 200,
        "ru",
        {},
    )
    sender = MailSender(read_mailbox("Отдел данных «Пример» <privacy@пример.example>"))
    message = Messages(sender).write(letter, read_address("анна@пример.example".replace("анна", "ann")), ID, AT)
    assert message.isascii()
    assert max(map(len, message.split(b"\r\n"))) <= 78
    found = parsed(message)
    assert found["Subject"] == letter.title
    assert found["From"].addresses[0].display_name == "Отдел данных «Пример»"
    assert found["From"].addresses[0].addr_spec == "privacy@xn--e1afmkfd.example"
    assert found["To"].addresses[0].addr_spec == "ann@xn--e1afmkfd.example"
    assert (body(found, "plain"), body(found, "html")) == (letter.text, letter.html)


def test_an_address_that_needs_it_stands_there_as_it_is() -> None:
    message = Messages(SENDER).write(LETTER, read_address("анна@пример.example"), ID, AT)
    assert message.startswith("To: анна@xn--e1afmkfd.example\r\n".encode())
    assert raw_head(message) == HEAD


def test_the_longest_address_stands_on_one_line() -> None:
    to = read_address("a" * 200 + "@" + "b" * 40 + ".example")
    message = Messages(SENDER).write(LETTER, to, ID, AT)
    assert to.wire.encode() in message
    assert parsed(message)["To"].addresses[0].addr_spec == to.wire


def test_what_is_told_to_many_is_put_together_once_and_not_for_ever() -> None:
    messages = Messages(SENDER)
    for number in range(3 * HEADS_KEPT):
        title = f"Change {number // 3}"
        to = read_address(f"p{number}@people.example")
        found = parsed(messages.write(Letter(title, "a\n", "<p>a", "en", {}), to, ID, AT))
        assert (found["Subject"], found["To"]) == (title, to.text)


INJECTED = [
    "Changes\r\nBcc: eve@people.example",
    "Changes\nBcc: eve@people.example",
    "Changes\rBcc: eve@people.example",
    "Changes\r\n\r\n<p>another body</p>",
    "Changes\u2028Bcc: eve@people.example",
    "Changes\x85Bcc: eve@people.example",
    "Changes\x0b\x0cBcc: eve@people.example",
    "Changes\0Bcc: eve@people.example",
    # Encoded words: the library decodes them, and writes out what was in them.
    "=?utf-8?q?Changes=0D=0ABcc:_eve@people.example?=",
    "=?utf-8?b?DQpCY2M6IGV2ZUBwZW9wbGUuZXhhbXBsZQ==?=",
    "=?utf-8?q?=0D=0A=0D=0A?= another body",
    "=?utf-7?q?+AA0-+AAo-Bcc:_eve@people.example?=",
    "=?=?utf-8?q?=0ABcc:_eve@people.example?=",
    "\ud800Bcc: eve@people.example",
    "",
    " \t ",
    "x" * 5000,
    "ä" * 3000,
]


@pytest.mark.parametrize("text", INJECTED)
def test_nothing_in_a_letter_begins_a_field_of_its_own(text: str) -> None:
    for letter in (
        Letter(text, "a\n", "<p>a", "en", {}),
        Letter("Changes", text, "<p>a", "en", {}),
        Letter("Changes", "a\n", text, "en", {}),
        Letter("Changes", "a\n", "<p>a", text, {}),
    ):
        message = Messages(SENDER).write(letter, TO, ID, AT)
        assert raw_head(message) == HEAD
        found = parsed(message)
        assert found.keys() == HEAD
        assert [part.get_content_type() for part in found.walk()] == [
            "multipart/alternative",
            "text/plain",
            "text/html",
        ]


@pytest.mark.parametrize("text", [each for each in INJECTED if each.strip() and each[0] not in "xä"])
def test_nothing_in_the_settings_begins_a_field_of_its_own(text: str) -> None:
    for mailbox in (f"{text} <privacy@company.example>", f"Privacy <{text}@company.example>"):
        with pytest.raises(ValueError, match="address"):
            read_mailbox(mailbox)


_texts = st.text(max_size=60) | st.from_regex(r"(=\?[a-z0-9\-]{0,8}\?[bqBQ]\?[ -~]{0,30}\?=|[\r\n -~ä]){0,5}")


@given(title=_texts, text=_texts, html=_texts)
def test_whatever_a_letter_holds(title: str, text: str, html: str) -> None:
    message = Messages(SENDER).write(Letter(title, text, html, "en", {}), TO, ID, AT)
    assert raw_head(message) == HEAD
    found = parsed(message)
    assert found.keys() == HEAD
    assert [part.get_content_type() for part in found.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert body(found, "plain").split() == text.encode("utf-8", "replace").decode().split()


@given(
    title=st.lists(st.text(st.characters(categories=["L", "N", "P"]), min_size=1, max_size=30), min_size=1, max_size=30)
)
def test_a_title_arrives_with_every_blank(title: list[str]) -> None:
    text = " ".join(title).replace("=?", "")
    message = Messages(SENDER).write(Letter(text, "a\n", "<p>a", "en", {}), TO, ID, AT)
    assert parsed(message)["Subject"] == " ".join(text.split())
    assert max(map(len, message.split(b"\r\n"))) <= 78


@given(name=st.text(st.characters(categories=["L", "N", "P", "S", "Zs"]), max_size=120))
def test_a_name_arrives_as_the_settings_say(name: str) -> None:
    try:
        mailbox = read_mailbox(f"{name}<privacy@company.example>")
    except ValueError:
        return
    message = Messages(MailSender(mailbox)).write(LETTER, TO, ID, AT)
    assert raw_head(message) == HEAD
    # The newer parser puts a blank between two encoded words of one name.
    shown, address = parseaddr(message_from_bytes(message)["From"])
    assert address == "privacy@company.example"
    assert str(make_header(decode_header(shown))) == mailbox.name
