"""A notice as an email: a text and the same in HTML.

There is no `List-Unsubscribe`: a notice of a revision is a system message, which a person can move to another channel
in the account area, and not switch off.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.utils import format_datetime, formataddr
from functools import lru_cache

from graph.email_address import EmailAddress, Mailbox
from server.notify.letter import Letter

#: Heads that are kept: there is one for each title in each language.
HEADS_KEPT = 256

LINE_LENGTH = 76


@dataclass(frozen=True, slots=True)
class MailSender:
    """Whom mail comes from, and whom answers go to if that is another."""

    mailbox: Mailbox
    reply_to: Mailbox | None = None


class Messages:
    """Makes messages from one sender."""

    def __init__(self, sender: MailSender) -> None:
        self._sender = sender
        # Most of the work is in the folding of lines that are the same for many.
        self._common_head = lru_cache(HEADS_KEPT)(self._write_common_head)

    def write(self, letter: Letter, to: EmailAddress, id: str, at: datetime) -> bytes:
        """The message as it goes over the wire, with CRLF. `id`: of the delivery, as others may see it; the same
        however often it is sent."""
        own = (
            f"To: {to.wire}\r\n"
            f"Date: {format_datetime(at)}\r\n"
            f"Message-ID: <{id}@{self._sender.mailbox.address.domain}>\r\n"
        )
        # In no part: neither quoted-printable nor Base64 has these two side by side.
        boundary = f"=_{id}"
        head = (
            f"{own}{self._common_head(letter.title, letter.locale)}"
            f'MIME-Version: 1.0\r\nContent-Type: multipart/alternative;\r\n boundary="{boundary}"\r\n\r\n'
        )
        begin, end = f"--{boundary}\r\n".encode(), f"--{boundary}--\r\n".encode()
        return b"".join((head.encode(), begin, _part("plain", letter.text), begin, _part("html", letter.html), end))

    def _write_common_head(self, title: str, locale: str) -> str:
        fields = [("From", _mailbox("From", self._sender.mailbox))]
        if self._sender.reply_to is not None:
            fields.append(("Reply-To", _mailbox("Reply-To", self._sender.reply_to)))
        fields += [
            ("Subject", _words("Subject", _one_line(title))),
            # What answers by itself does not answer this (RFC 3834).
            ("Auto-Submitted", "auto-generated"),
            ("Content-Language", _words("Content-Language", _one_line(locale))),
        ]
        return "".join(f"{name}: {value}\r\n" for name, value in fields)


def _part(subtype: str, text: str) -> bytes:
    """In seven bits, whatever the mail server takes: none on the way needs to write it anew, which would break a
    signature. By hand, for the library takes a millisecond, and each person has links of their own."""
    data = b"".join(line + b"\r\n" for line in _whole(text).encode().splitlines())
    encoding, content = "quoted-printable", binascii.b2a_qp(data)
    if len(content) > len(data) * 4 // 3:
        encoding, content = "base64", base64.encodebytes(data).replace(b"\n", b"\r\n")
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n'
    return head.encode() + content + b"\r\n"


def _words(field: str, text: str) -> str:
    """In ASCII, and in lines that are short enough. The newer part of the library, which EmailMessage would have this
    from, loses blanks between words in other scripts."""
    is_plain = text.isascii() and max(map(len, text.split()), default=0) < LINE_LENGTH // 2
    return Header(text, "us-ascii" if is_plain else "utf-8", LINE_LENGTH, field).encode(linesep="\r\n")


def _mailbox(field: str, mailbox: Mailbox) -> str:
    if mailbox.name.isascii():
        return formataddr((mailbox.name, mailbox.address.wire))
    return f"{_words(field, mailbox.name)}\r\n <{mailbox.address.wire}>"


def _one_line(text: str) -> str:
    """What stands in the head: a line break there would begin a field of its own. Encoded words are for the library to
    make: who reads one in a title would decode it."""
    shown = "".join(each if each.isprintable() else " " for each in _whole(text))
    return " ".join(shown.replace("=?", "= ?").split())


def _whole(text: str) -> str:
    """Without halves of characters, which cannot be sent."""
    return text.encode("utf-8", "replace").decode()
