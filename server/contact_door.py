"""The door for reports of how people are reached: who may send them, and the keys that seal the addresses in them."""

from __future__ import annotations

from dataclasses import dataclass, field

from graph.contacts import Contact
from graph.reports import NO_CONTACTS, ContactLine, ContactRule
from server.mail_settings import address_keys_of
from server.sealing import AddressKeys
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class ContactDoor:
    """`rule`: who may, and with what; it allows an address where there are `keys` alone."""

    rule: ContactRule = NO_CONTACTS
    keys: AddressKeys | None = field(default=None, repr=False)

    @classmethod
    def of(cls, settings: Settings) -> ContactDoor:
        """Raises ValueError for keys that are none, which reading the settings has refused."""
        keys = address_keys_of(settings)
        return cls(ContactRule(settings.contact_service, can_seal=keys is not None), keys)

    def seal(self, line: ContactLine) -> Contact:
        """A line that the rule let in, as it is kept."""
        address = None
        if line.email is not None:
            assert self.keys is not None, "the rule lets no address in that cannot be sealed"
            address = self.keys.seal(line.subject, line.email)
        channels = None if line.channels is None else frozenset(line.channels)
        return Contact(line.subject, line.locale, channels, address, line.reported_at)


CLOSED = ContactDoor()
