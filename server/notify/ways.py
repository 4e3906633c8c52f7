"""By which ways this installation can reach people."""

from __future__ import annotations

from dataclasses import dataclass

from graph.contacts import Offer
from graph.model import Channel, Controller
from server.notify.products import Products
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class Ways:
    """`mails`: whether there is a mail server to hand mail to. `asks_for_addresses`: whether the account system tells
    addresses. `products`: the services whose back ends take notices; those that are `fetching` ask for them."""

    mails: bool = False
    asks_for_addresses: bool = False
    products: frozenset[str] = frozenset()
    fetching: frozenset[str] = frozenset()

    @classmethod
    def of(cls, settings: Settings, products: Products) -> Ways:
        """`products`: those that the settings name."""
        return cls(
            mails=settings.mail_host is not None,
            asks_for_addresses=settings.account_url is not None,
            products=products.services,
            fetching=products.fetching,
        )

    def offer(self, controller: Controller) -> Offer:
        """What people can be told by: what the policy promises, all channels where it promises none, of what is set up
        here."""
        promised = frozenset(controller.notice_channels) or frozenset(Channel)
        ready = {Channel.ACCOUNT_AREA}
        if self.mails:
            ready.add(Channel.EMAIL)
        if self.products:
            ready.add(Channel.SOFTWARE_PRODUCT)
        return Offer(promised & ready, self.asks_for_addresses, self.products)
