"""Email addresses: what is taken for one, and the one way in which it is then written."""

from __future__ import annotations

import re
from dataclasses import dataclass

from email_validator import EmailNotValidError, validate_email

ADDRESS_LENGTH_AT_MOST = 254

_NO_ADDRESS = "not an email address"
_MAILBOX = re.compile(r"(?P<name>[^<>]*)<(?P<address>[^<>]+)>")


@dataclass(frozen=True, slots=True, repr=False)
class EmailAddress:
    """One address, without a name. `repr` never shows it, and so no trace of an error does.

    `text`: as people write it, in one form. `wire`: as mail servers take it: `domain` in ASCII, and all of it, unless
    `needs_utf8` for what stands before the @ (SMTPUTF8).
    """

    text: str
    wire: str
    domain: str
    needs_utf8: bool


@dataclass(frozen=True, slots=True)
class Mailbox:
    """An address of the company's own, with a name before it, or "" for none."""

    name: str
    address: EmailAddress


def read_address(text: str) -> EmailAddress:
    """An address as it was sent. Raises ValueError, whose message does not repeat it.

    Not taken: white space, control characters, a second @, quotes and comments, words that a mail program would decode
    into others, an IP address for a domain, a domain without a dot or one that is reserved, such as `.invalid`. Nothing
    is looked up.
    """
    if len(text) > ADDRESS_LENGTH_AT_MOST or not text.isprintable() or "=?" in text:
        raise ValueError(_NO_ADDRESS)
    try:
        found = validate_email(text, check_deliverability=False)
    except EmailNotValidError:
        # Its words quote what was sent.
        raise ValueError(_NO_ADDRESS) from None
    domain = found.ascii_domain.lower()
    return EmailAddress(found.normalized, f"{found.local_part}@{domain}", domain, found.smtputf8)


def read_mailbox(text: str) -> Mailbox:
    """Such as `Privacy team <privacy@company.example>`, or an address alone. Raises ValueError as `read_address`, and
    for letters before the @ that are not ASCII, which few mail servers take."""
    found = _MAILBOX.fullmatch(text)
    name, address = (found["name"].strip(), found["address"].strip()) if found is not None else ("", text.strip())
    if not name.isprintable() or "=?" in name:
        raise ValueError("the name before the address has control characters or encoded words")
    mailbox = Mailbox(name.removeprefix('"').removesuffix('"'), read_address(address))
    if mailbox.address.needs_utf8:
        raise ValueError("the address has letters before the @ that are not ASCII")
    return mailbox
