"""What a person is told of revisions, and how they are reached."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from typing import Annotated

import strawberry

from graph import model, notices
from graph.answer import SubjectAnswer
from graph.contacts import Contact, available_channels, channels_of
from graph.errors import InvalidInput
from graph.notice_content import Contents
from graph.notice_content.model import NoticeContent
from graph.notices import newest_first, public_id
from graph.reports import find_locale
from server.context import Context, Info
from server.notify.letter import Letter
from server.schema.connections import PAGE_DEFAULT, After, Connection, Edge, First, page
from server.schema.elements import Node
from server.schema.notice_parts import NoticeAction, NoticeController, NoticeItem
from server.schema.records import id_of

Locale = Annotated[
    str | None,
    strawberry.argument(
        description="The language wished for, as a BCP 47 tag; null: the one in which the person is written to."
    ),
]


@strawberry.type(description="What the person is told of one revision: what changes for them.")
class Notice(Node):
    told: strawberry.Private[notices.Notice]
    contents: strawberry.Private[Contents]
    reference: str = strawberry.field(description="What links to the notice call it.")
    kind: notices.NoticeKind = strawberry.field(description="What it is about.")
    revision_number: int = strawberry.field(description="The number of the revision.")
    created_at: datetime = strawberry.field(description="When the person was told.")
    read_at: datetime | None = strawberry.field(description="When they marked it as read; null: not yet.")
    effective_at: datetime | None = strawberry.field(description="When the revision comes, or came, into force.")
    url: str = strawberry.field(description="Where to read on.")
    locale: str = strawberry.field(description="The language of title, text and HTML, as a BCP 47 tag.")
    title: str = strawberry.field(description="One line.")
    text: str = strawberry.field(description="The whole as plain text.")
    html: str = strawberry.field(description="The whole as an HTML document that is safe to show.")

    @classmethod
    def of(cls, told: notices.Notice, contents: Contents, letter: Letter) -> Notice:
        return cls(
            told=told,
            contents=contents,
            id=id_of("Notice", told.id),
            reference=public_id(told.id),
            kind=told.kind,
            revision_number=told.revision,
            created_at=told.created_at,
            read_at=told.read_at,
            effective_at=contents.effective_at,
            url=str(letter.content["url"]),
            locale=letter.locale,
            title=letter.title,
            text=letter.text,
            html=letter.html,
        )

    @cached_property
    def _content(self) -> NoticeContent:
        return self.contents.of(self.told)

    @strawberry.field(description="The language of the names and clauses in what follows, as a BCP 47 tag.")
    def language(self) -> str:
        return self.contents.language

    @strawberry.field(description="Whether the revision was in force when the person was told.")
    def is_in_force(self) -> bool:
        return self.contents.is_in_force(self.told)

    @strawberry.field(description="What changes for the person, the gravest first.")
    def items(self) -> list[NoticeItem]:
        return [NoticeItem.of(each) for each in self._content.items]

    @strawberry.field(description="What the person can do, and how.")
    def actions(self) -> list[NoticeAction]:
        return [NoticeAction.of(each) for each in self._content.actions]

    @strawberry.field(description="Who tells, and answers.")
    def controller(self) -> NoticeController:
        return NoticeController.of(self._content.controller)


async def shown(context: Context, told: Sequence[notices.Notice], locale: str | None) -> list[Notice]:
    """Notices in words, in their order. Asks nothing of the graph where their revisions are known.

    Raises GraphUnavailable.
    """
    letters = context.board.letters
    return [Notice.of(each, await letters.contents(each.revision), await letters.render(each, locale)) for each in told]


def known_by(told: Sequence[notices.Notice], context: Context, at: datetime) -> list[notices.Notice]:
    """Those of which the person knew at a time, as they were then; all there are for now, whoever's clock is ahead."""
    if at >= context.now:
        return list(told)
    known = (each for each in told if each.created_at <= at)
    return [replace(each, read_at=None) if each.read_at is not None and each.read_at > at else each for each in known]


#: What is said of what is none.
NO_LOCALE = "`locale` is not a language tag (BCP 47): give one such as de or pt-BR"


def wished_for(locale: str | None, contact: Contact | None) -> str | None:
    """The language of a notice: what is asked for, or else what is known of the person. Raises InvalidInput."""
    if locale is None:
        return locale_of(contact)
    found = find_locale(locale)
    if found is None:
        raise InvalidInput(NO_LOCALE)
    return found


def locale_of(contact: Contact | None) -> str | None:
    return None if contact is None else contact.locale


async def find_own_notice(context: Context, subject: str, id: str) -> Notice | None:
    """One of a subject's own notices by its id in the store; None for what is not among these."""
    mailbox = await context.mailboxes.load(subject)
    found = [each for each in mailbox.notices if each.id == id]
    notices_shown = await shown(context, found, locale_of(mailbox.contact))
    return notices_shown[0] if notices_shown else None


@strawberry.type(description="A way by which people are told of revisions, as it stands for the person.")
class NoticeChannel:
    channel: model.Channel = strawberry.field(description="The way.")
    is_available: bool = strawberry.field(description="Whether the person can be told by it now.")
    is_chosen: bool = strawberry.field(description="Whether they chose it; without a choice, whether it is available.")
    is_used: bool = strawberry.field(
        description="Whether they are told by it: it is chosen and available, or nothing else is left."
    )


def channels_shown(context: Context, answer: SubjectAnswer, contact: Contact | None) -> list[NoticeChannel]:
    """All channels, in the order of the enumeration."""
    offer = context.board.ways.offer(answer.data_map.elements.controller)
    services = {row.holding.service for row in answer.holdings}
    available = available_channels(contact, services, offer)
    chosen = available if contact is None or contact.channels is None else contact.channels
    used = channels_of(contact, services, offer)
    return [
        NoticeChannel(
            channel=channel, is_available=channel in available, is_chosen=channel in chosen, is_used=channel in used
        )
        for channel in model.Channel
    ]


@strawberry.type
class Told:
    """What every person has to do with notices: all of it is from one statement, which is run where it is asked for."""

    answer: strawberry.Private[SubjectAnswer]

    @strawberry.field(
        description="What the person was told of revisions, the newest first. Null, with an error, where it cannot be "
        "told just now."
    )
    async def notices(
        self,
        info: Info,
        first: First = PAGE_DEFAULT,
        after: After = None,
        unread: Annotated[
            bool | None, strawberry.argument(description="Only those that are not read, or that are; null: all.")
        ] = None,
        locale: Locale = None,
    ) -> Connection[Notice] | None:
        mailbox = await info.context.mailboxes.load(self.answer.id)
        known = known_by(mailbox.notices, info.context, self.answer.at)
        chosen = page(
            [each for each in known if unread is None or (each.read_at is None) == unread],
            kind="notices",
            of=(self.answer.id, unread),
            place=newest_first,
            node=lambda each: each,
            first=first,
            after=after,
            ordered=True,
        )
        in_words = await shown(info.context, [edge.node for edge in chosen.edges], wished_for(locale, mailbox.contact))
        edges = [
            Edge(node=node, write_cursor=edge.write_cursor) for node, edge in zip(in_words, chosen.edges, strict=True)
        ]
        return Connection(edges=edges, page_info=chosen.page_info, total_count=chosen.total_count)

    @strawberry.field(
        description="How many notices the person has not marked as read. Null, with an error, as `notices`."
    )
    async def unread_notices(self, info: Info) -> int | None:
        mailbox = await info.context.mailboxes.load(self.answer.id)
        return unread_of(known_by(mailbox.notices, info.context, self.answer.at))

    @strawberry.field(
        description="By what ways the person is told, with the choice that they made last. Null, with an error, as "
        "`notices`."
    )
    async def notice_channels(self, info: Info) -> list[NoticeChannel] | None:
        mailbox = await info.context.mailboxes.load(self.answer.id)
        return channels_shown(info.context, self.answer, mailbox.contact)

    @strawberry.field(
        description="The language in which the person is written to, as a BCP 47 tag; null: not known, and then that "
        "of the policy."
    )
    async def locale(self, info: Info) -> str | None:
        mailbox = await info.context.mailboxes.load(self.answer.id)
        return locale_of(mailbox.contact)


def unread_of(told: Sequence[notices.Notice]) -> int:
    return sum(each.read_at is None for each in told)
