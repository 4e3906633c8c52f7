"""How a person is reached: the channels that there are for them, and those that they chose.

A notice of a revision is a system message: whoever switches a channel off moves it to another (design, invariant 6).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from graph.model import Channel


@dataclass(frozen=True, slots=True)
class Contact:
    """What is known of how to reach a subject.

    `locale` is a BCP 47 tag. `channels` are those that the person chose, None for no choice made. `address` is the
    email address as it is kept: sealed, so that only who has the key can read it; None where the account system did not
    tell it.
    """

    subject: str
    locale: str | None = None
    channels: frozenset[Channel] | None = None
    address: str | None = None
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Offer:
    """What can be served: `channels` that the policy promises and that are set up here; `asks_for_addresses`: whether
    the account system is asked for an address when it is needed; `products`: the services whose back ends take notices.
    """

    channels: frozenset[Channel]
    asks_for_addresses: bool = False
    products: frozenset[str] = frozenset()


#: What is always there: the person asks, and is answered.
LAST_RESORT = Channel.ACCOUNT_AREA


def available_channels(contact: Contact | None, services: Collection[str], offer: Offer) -> tuple[Channel, ...]:
    """The channels on which a person can be told now, in the order of the enumeration. `services`: where they have
    holdings."""
    can_be_mailed = offer.asks_for_addresses or (contact is not None and contact.address is not None)
    can = {
        Channel.EMAIL: can_be_mailed,
        Channel.ACCOUNT_AREA: True,
        Channel.SOFTWARE_PRODUCT: not offer.products.isdisjoint(services),
    }
    return tuple(channel for channel in Channel if channel in offer.channels and can[channel])


def channels_of(contact: Contact | None, services: Collection[str], offer: Offer) -> tuple[Channel, ...]:
    """The channels on which a person is told, in the order of the enumeration: those that they chose, of those
    available; all of these without a choice; the account area where nothing is left. Never empty."""
    available = available_channels(contact, services, offer)
    chosen = contact.channels if contact is not None and contact.channels is not None else frozenset(available)
    return tuple(channel for channel in available if channel in chosen) or (LAST_RESORT,)
