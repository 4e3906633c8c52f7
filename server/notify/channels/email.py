"""Notices by email, handed to the company's mail server.

Taken by it is sent: what comes back later, such as that a mailbox is full, goes to the sender's address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from graph.deliveries import Outcome, Refused
from graph.email_address import EmailAddress, read_address, read_mailbox
from graph.model import Channel
from graph.notices import Delivery, public_id
from graph.store.contacts import list_contacts
from graph.store.database import Database
from server.mail_settings import address_keys_of
from server.notify.account_system import AccountSystem
from server.notify.letter import Letter
from server.notify.mail_connection import MailServer
from server.notify.mail_connections import MailConnections
from server.notify.mail_message import MailSender, Messages
from server.notify.rates import Rates
from server.notify.sender import Pace
from server.sealing import AddressKeys
from server.settings import Settings

log = structlog.get_logger(__name__)

NO_ADDRESS = Refused("no address is known", is_final=True)
NOT_AN_ADDRESS = Refused("what is known as the address is none", is_final=True)
# Not for good: the key may come back.
NOT_OPENED = Refused("the address was sealed with a key that is not in VITRINE_ADDRESS_KEYS", is_final=False)
NOT_WRITTEN = Refused("the message cannot be put together", is_final=False)


class Writer(Protocol):
    """Puts notices into words: see `server.notify.letters`."""

    async def write(self, deliveries: Sequence[Delivery]) -> Mapping[str, Letter]: ...


@dataclass(frozen=True, slots=True)
class Parcel:
    """A message, and whose it is."""

    to: EmailAddress
    message: bytes = field(repr=False)


class EmailPost:
    """The way out by email."""

    channel = Channel.EMAIL

    def __init__(
        self,
        database: Database,
        letters: Writer,
        sender: MailSender,
        connections: MailConnections,
        rates: Rates,
        *,
        keys: AddressKeys | None,
        account_system: AccountSystem | None,
        clock: Callable[[], datetime],
    ) -> None:
        """`keys`: of the addresses that are kept. `account_system`: is asked for those that are not."""
        self._database = database
        self._letters = letters
        self._sender = sender
        self._messages = Messages(sender)
        self._connections = connections
        self._rates = rates
        self._keys = keys
        self._account_system = account_system
        self._clock = clock

    async def prepare(self, deliveries: Sequence[Delivery]) -> Mapping[str, Parcel | Refused]:
        addresses = await self._addresses({delivery.subject for delivery in deliveries})
        reached = [each for each in deliveries if isinstance(addresses[each.subject], EmailAddress)]
        letters = await self._letters.write(reached) if reached else {}
        parcels: dict[str, Parcel | Refused] = {}
        for delivery in deliveries:
            to = addresses[delivery.subject]
            if isinstance(to, Refused):
                parcels[delivery.id] = to
            elif (letter := letters.get(delivery.id)) is not None:
                parcels[delivery.id] = self._parcel(delivery, to, letter)
        return parcels

    async def wait(self, parcel: Parcel) -> None:
        await self._rates.wait(parcel.to.domain)

    async def hand_over(self, parcel: Parcel) -> Outcome:
        return await self._connections.hand_over(self._sender.mailbox.address, parcel.to, parcel.message)

    async def close(self) -> None:
        await self._connections.close()
        if self._account_system is not None:
            await self._account_system.close()

    def _parcel(self, delivery: Delivery, to: EmailAddress, letter: Letter) -> Parcel | Refused:
        try:
            return Parcel(to, self._messages.write(letter, to, public_id(delivery.id), self._clock()))
        except Exception as error:
            # One letter that the library makes nothing of must not keep the others from being sent.
            log.error("A message cannot be put together", error=type(error).__name__)
            return NOT_WRITTEN

    async def _addresses(self, subjects: set[str]) -> dict[str, EmailAddress | Refused]:
        contacts = await list_contacts(self._database, subjects)
        found: dict[str, EmailAddress | Refused] = {}
        for subject in sorted(subjects):
            contact = contacts.get(subject)
            sealed = None if contact is None else contact.address
            found[subject] = NO_ADDRESS if sealed is None else self._opened(subject, sealed)
        unknown = [subject for subject, address in found.items() if isinstance(address, Refused)]
        if self._account_system is not None and unknown:
            told = await self._account_system.find_addresses(unknown)
            found |= {subject: address or NOT_AN_ADDRESS for subject, address in told.items()}
        return found

    def _opened(self, subject: str, sealed: str) -> EmailAddress | Refused:
        text = None if self._keys is None else self._keys.open(subject, sealed)
        try:
            return NOT_OPENED if text is None else read_address(text)
        except ValueError:
            return NOT_AN_ADDRESS


def email_post(
    settings: Settings, database: Database, letters: Writer, *, clock: Callable[[], datetime]
) -> EmailPost | None:
    """The way out that the settings name; None where they name none. Wants a sender at `email_pace`.

    Raises InvalidSettings.
    """
    server = MailServer.of(settings)
    if server is None or settings.mail_from is None:
        return None
    reply_to = None if settings.mail_reply_to is None else read_mailbox(settings.mail_reply_to)
    return EmailPost(
        database,
        letters,
        MailSender(read_mailbox(settings.mail_from), reply_to),
        MailConnections(server, settings.mail_connections),
        Rates(settings.mail_per_second, settings.mail_domain_per_second),
        keys=address_keys_of(settings),
        account_system=AccountSystem.of(settings),
        clock=clock,
    )


def email_pace(settings: Settings) -> Pace:
    return Pace(at_once=settings.mail_connections)
