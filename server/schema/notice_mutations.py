"""What a person writes about their notices: that they have read some, and how they are told."""

from __future__ import annotations

from typing import Annotated

import strawberry

from graph import errors, model
from graph.errors import InvalidInput
from graph.reports import find_locale
from graph.store.contacts import choose_channels
from graph.store.notices import Mailbox, mark_read
from server.context import Info
from server.schema.connections import PAGE_MAXIMUM
from server.schema.ids import GlobalId, read_global_id
from server.schema.mutations import Failure, NoRevisionInForce
from server.schema.notices import NO_LOCALE, Notice, NoticeChannel, channels_shown, locale_of, shown, unread_of
from server.schema.queries import load_answer

#: As many as one page has.
NOTICES_AT_MOST = PAGE_MAXIMUM
#: No id of a notice is longer: of a subject's id each character may take four bytes, and a byte takes 4/3 of its own.
ID_CHARACTERS_AT_MOST = 800


@strawberry.input(description="What the person has read.")
class MarkNoticesReadInput:
    ids: list[strawberry.ID] = strawberry.field(
        description=f"The ids of notices of their own, at most {NOTICES_AT_MOST}; one that is read stays as it is."
    )


@strawberry.type(description="They are marked.")
class MarkNoticesReadSuccess:
    notices: list[Notice] = strawberry.field(description="Those that were named, the newest first.")
    unread_notices: int = strawberry.field(description="How many of all the person's notices are not read yet.")


@strawberry.type(description="There is no such notice of the person's own.")
class NoticeNotFound(Failure):
    ids: list[strawberry.ID] = strawberry.field(
        description="Those that were not found, as they were given; of what is longer than any id of a notice, its "
        "beginning."
    )


@strawberry.type(description="There are more notices than one call takes.")
class TooManyNotices(Failure):
    maximum: int = strawberry.field(description="How many it takes.")


MarkNoticesReadPayload = Annotated[
    MarkNoticesReadSuccess | NoticeNotFound | TooManyNotices,
    strawberry.union("MarkNoticesReadPayload", description="What is read now, or why nothing was marked."),
]


@strawberry.input(description="By what ways, and in which language, the person would be told.")
class SetNoticeChannelsInput:
    channels: list[model.Channel] | None = strawberry.field(
        default=strawberry.UNSET,
        description="At least one, of those that are available, and of those chosen before even where they are not "
        "just now; null: whatever is available, now and later. Left out: they stay as they are.",
    )
    locale: str | None = strawberry.field(
        default=None, description="The language, as a BCP 47 tag such as `pt-BR`; null: it stays as it is."
    )


@strawberry.type(description="The choice holds for whatever the person is told from now on.")
class SetNoticeChannelsSuccess:
    channels: list[NoticeChannel] = strawberry.field(description="All there are, with the choice.")
    locale: str | None = strawberry.field(description="The language in which the person is written to.")


@strawberry.type(
    description="A change to the policy is a system message: it can be moved to another channel, not switched off."
)
class NoChannelChosen(Failure):
    available: list[model.Channel] = strawberry.field(description="Those that can be chosen.")


@strawberry.type(description="The person cannot be told by a channel that they chose.")
class ChannelNotAvailable(Failure):
    channel: model.Channel = strawberry.field(description="The first such.")
    available: list[model.Channel] = strawberry.field(description="Those that can be chosen.")


@strawberry.type(description="The language is no BCP 47 tag.")
class InvalidLocale(Failure):
    given: str = strawberry.field(description="What was given; of what is longer than any tag, its beginning.")


SetNoticeChannelsPayload = Annotated[
    SetNoticeChannelsSuccess | NoChannelChosen | ChannelNotAvailable | InvalidLocale | NoRevisionInForce,
    strawberry.union("SetNoticeChannelsPayload", description="The choice, or why it was not taken."),
]


@strawberry.type
class NoticeMutations:
    @strawberry.field(description="Marks notices as read, all or none of them. For the person.")
    async def mark_notices_read(
        self,
        info: Info,
        input: Annotated[MarkNoticesReadInput, strawberry.argument(description="Which notices.")],
    ) -> MarkNoticesReadPayload:
        context = info.context
        subject = context.viewer.require_subject()
        if len(input.ids) > NOTICES_AT_MOST:
            message = f"{len(input.ids)} notices are more than {NOTICES_AT_MOST}: send them in parts"
            return TooManyNotices(code="TOO_MANY_NOTICES", message=message, maximum=NOTICES_AT_MOST)
        mailbox = await context.mailboxes.load(subject)
        named = {id: _own_id(id, mailbox) for id in input.ids}
        missing = [id for id, own in named.items() if own is None]
        if missing:
            message = "Some of these are no notices of yours: name those that `me { notices }` tells"
            quoted = [strawberry.ID(id[:ID_CHARACTERS_AT_MOST]) for id in missing]
            return NoticeNotFound(code=errors.NotFound.code, message=message, ids=quoted)
        marked = await mark_read(
            context.database, subject, [own for own in named.values() if own is not None], context.clock()
        )
        context.mailboxes.clear(subject)
        now_read = {each.id for each in marked}
        return MarkNoticesReadSuccess(
            notices=await shown(context, marked, locale_of(mailbox.contact)),
            unread_notices=unread_of([each for each in mailbox.notices if each.id not in now_read]),
        )

    @strawberry.field(
        description="Chooses by what ways, and in which language, the person is told of revisions. For the person."
    )
    async def set_notice_channels(
        self,
        info: Info,
        input: Annotated[SetNoticeChannelsInput, strawberry.argument(description="The choice.")],
    ) -> SetNoticeChannelsPayload:
        context = info.context
        subject = context.viewer.require_subject()
        locale = None if input.locale is None else find_locale(input.locale)
        if input.locale is not None and locale is None:
            given = input.locale[: errors.QUOTED_AT_MOST]
            return InvalidLocale(code=InvalidInput.code, message=NO_LOCALE, given=given)
        try:
            answer = await load_answer(context, None)
        except errors.NoRevisionInForce as error:
            return NoRevisionInForce(code=error.code, message=error.message)
        mailbox = await context.mailboxes.load(subject)
        before = channels_shown(context, answer, mailbox.contact)
        available = [each.channel for each in before if each.is_available]
        kept = [each.channel for each in before if each.is_chosen]
        refusal = _why_not(input.channels, available, kept) if isinstance(input.channels, list) else None
        if refusal is not None:
            return refusal
        chosen = frozenset(input.channels) if input.channels else None
        contact = await choose_channels(
            context.database, subject, chosen, locale, keeps_channels=input.channels is strawberry.UNSET
        )
        context.mailboxes.clear(subject)
        return SetNoticeChannelsSuccess(channels=channels_shown(context, answer, contact), locale=contact.locale)


def _why_not(
    chosen: list[model.Channel], available: list[model.Channel], kept: list[model.Channel]
) -> NoChannelChosen | ChannelNotAvailable | None:
    way_out = f"choose one of {', '.join(available) or 'none'}, or null for whatever is available"
    if not chosen:
        message = f"A change to the policy is told by one way at least: {way_out}"
        return NoChannelChosen(code="NO_CHANNEL_CHOSEN", message=message, available=available)
    refused = next((each for each in chosen if each not in available and each not in kept), None)
    if refused is None:
        return None
    message = f"{refused} is not available to you just now: {way_out}"
    return ChannelNotAvailable(code="CHANNEL_NOT_AVAILABLE", message=message, channel=refused, available=available)


def _own_id(id: strawberry.ID, mailbox: Mailbox) -> str | None:
    """The id in the store of a notice in a mailbox, None for any other id."""
    try:
        found = read_global_id(str(id))
    except InvalidInput:
        return None
    return next((each.id for each in mailbox.notices if found == GlobalId("Notice", (each.id,))), None)
