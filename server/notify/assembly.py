"""The notification job, put together from the settings."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from graph.deliveries import BACK_OFF, BackOff, Outcome, Refused
from graph.notices import Delivery, FanOut
from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from server.notify.board import NoticeBoard
from server.notify.channels.email import email_pace, email_post
from server.notify.channels.webhook import PRODUCT_BACK_OFF, PRODUCT_PACE, webhook_posts
from server.notify.fan_out import FanOutJob
from server.notify.items import Items
from server.notify.job import Job
from server.notify.post import Post
from server.notify.sender import Pace, Sender
from server.settings import Settings
from server.watching.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Assembly:
    """`worked_on`: the revisions of which it has written notices or settled deliveries."""

    job: Job
    worked_on: set[int] = field(default_factory=set)


def assemble(
    settings: Settings, database: Database, *, clock: Callable[[], datetime], metrics: Metrics | None = None
) -> Assembly:
    """Opens nothing: the job does, and closes it when it ends. `metrics`: where what it does is counted too.

    Raises InvalidSettings.
    """
    comparisons = Comparisons(DataMaps(database, clock=clock))
    board = NoticeBoard.of(settings, database, comparisons)
    worked_on: set[int] = set()

    def on_page(before: FanOut, after: FanOut) -> None:
        worked_on.add(after.revision)
        if metrics is not None:
            metrics.notices_written(after.notices - before.notices)

    def on_end(delivery: Delivery, outcome: Outcome) -> None:
        worked_on.add(delivery.revision)
        if metrics is not None:
            metrics.delivery_tried(delivery.channel.value, _word(outcome))

    def on_doubt(delivery: Delivery) -> None:
        worked_on.add(delivery.revision)
        if metrics is not None:
            metrics.delivery_tried(delivery.channel.value, "unknown")

    lease = timedelta(seconds=settings.notify_lease_seconds)

    def sender(post: Post[Any], pace: Pace, back_off: BackOff, product: str | None = None) -> Sender[Any]:
        return Sender(
            database,
            post,
            product=product,
            clock=clock,
            new_id=lambda: uuid.uuid4().hex,
            pace=replace(pace, lease=lease),
            back_off=back_off,
            on_end=on_end,
            on_doubt=on_doubt,
        )

    senders = []
    mail = email_post(settings, database, board.letters, clock=clock)
    if mail is not None:
        senders.append(sender(mail, email_pace(settings), BACK_OFF))
    posts = webhook_posts(settings, board.products, Items(database, board.letters), clock=clock)
    senders += [sender(post, PRODUCT_PACE, PRODUCT_BACK_OFF, product) for product, post in posts.items()]
    job = Job(FanOutJob(database, comparisons, board.ways, clock=clock, on_page=on_page), senders)
    if metrics is not None:
        metrics.show_lanes(lambda: job.away)
    return Assembly(job, worked_on)


def _word(outcome: Outcome) -> str:
    match outcome:
        case Refused(is_final=True):
            return "refused"
        case Refused():
            return "retry"
        case _:
            return "sent"
