"""What people are shown of their notices in the account area, as far as the service must have it ready."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from graph.store.comparisons import Comparisons
from graph.store.database import Database
from server.notify.letters import Letters
from server.notify.notice_links import NoticeLinks
from server.notify.products import Products, load_products
from server.notify.stationery import Stationery
from server.notify.tail import NoticeTail
from server.notify.ways import Ways
from server.settings import Settings


@dataclass(frozen=True, slots=True)
class NoticeBoard:
    """`letters` puts notices into words, `ways` says by what people can be told, `products` which back ends are,
    `tail` tells of new ones."""

    letters: Letters
    ways: Ways
    products: Products
    tail: NoticeTail

    @classmethod
    def of(cls, settings: Settings, database: Database, comparisons: Comparisons) -> NoticeBoard:
        """Raises InvalidSettings for templates or products that cannot be used."""
        links = NoticeLinks(settings.links, settings.notice_url)
        products = load_products(settings.products, is_development=settings.is_development)
        stationery = _shipped() if settings.templates is None else Stationery(settings.templates)
        return cls(
            Letters(database, comparisons, stationery, links),
            Ways.of(settings, products),
            products,
            NoticeTail(database),
        )


@cache
def _shipped() -> Stationery:
    """Without a company's own: read once, for reading it takes part of a second."""
    return Stationery(None)
