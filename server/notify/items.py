"""What a product is told of one notice: the body of a webhook, and an item of the feed, as docs/products.md has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from graph.notices import Delivery, Notice, notice_id, public_id
from graph.store.database import Database
from graph.store.notices import list_notices_by_id
from graph.store.times import to_text
from server.notify.letter import Letter

#: Of the shape of an item. What is added later keeps it; it rises where something is taken away or changes its meaning.
VERSION = 1
CREATED = "notice.created"

Item = dict[str, Any]


class Writer(Protocol):
    """Who puts notices into words."""

    async def write(self, deliveries: Sequence[Delivery]) -> Mapping[str, Letter]:
        """By the id of the delivery. Raises GraphUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class Items:
    """`writer` puts notices into words; what it says as structure holds the notice's link, as `url`."""

    database: Database
    writer: Writer

    async def of(self, deliveries: Sequence[Delivery]) -> dict[str, Item]:
        """By the id of the delivery; those of which there is no letter are left out. Raises GraphUnavailable."""
        letters = await self.writer.write(deliveries)
        ids = [_notice_id(delivery) for delivery in deliveries]
        notices = await list_notices_by_id(self.database, ids)
        return {
            delivery.id: _item(delivery, notices[id], letters[delivery.id])
            for delivery, id in zip(deliveries, ids, strict=True)
            if id in notices and delivery.id in letters
        }


def _item(delivery: Delivery, notice: Notice, letter: Letter) -> Item:
    return {
        "id": public_id(delivery.id),
        "type": CREATED,
        "version": VERSION,
        "timestamp": to_text(notice.created_at),
        "data": {
            "subject": delivery.subject,
            "product": delivery.product,
            "revision": delivery.revision,
            "kind": delivery.kind.value,
            "locale": letter.locale,
            "title": letter.title,
            "text": letter.text,
            "url": letter.content["url"],
            "content": dict(letter.content),
        },
    }


def _notice_id(delivery: Delivery) -> str:
    return notice_id(delivery.revision, delivery.kind, delivery.subject)
