"""Puts notices into words, many at a time: what many people are told alike is written once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

import structlog

from graph.changes import Place
from graph.errors import GraphUnavailable
from graph.notice_content import Contents
from graph.notice_content.model import NoticeContent
from graph.notice_content.plain import content_as_plain
from graph.notices import Delivery, Notice, NoticeKind, notice_id, public_id
from graph.store.comparisons import Comparisons
from graph.store.contacts import list_contacts
from graph.store.database import Database
from graph.store.notices import list_notices_by_id
from graph.store.revisions import load_revision
from server.notify.letter import Letter
from server.notify.notice_links import NoticeLinks
from server.notify.stationery import Stationery

log = structlog.get_logger(__name__)

#: Different letters kept in memory, so that what is told to many is written once.
LETTERS_AT_MOST = 256
_REVISIONS_KEPT = 64


@dataclass(frozen=True, slots=True)
class _Key:
    """What letters follow from, but for what is said in their links: people who are alike in it are told the same."""

    revision: int
    kind: NoticeKind
    is_in_force: bool
    places: frozenset[Place]
    purposes: frozenset[str]
    language: str


class Letters:
    """Safe for many at once. What has been compared and written is kept: published revisions never change."""

    def __init__(
        self, database: Database, comparisons: Comparisons, stationery: Stationery, links: NoticeLinks
    ) -> None:
        self._database = database
        self._comparisons = comparisons
        self._stationery = stationery
        self._links = links
        # Stands for the notice's id in what is kept. Nothing that people write can hold it.
        self._stand_in = uuid4().hex
        self._contents: OrderedDict[int, Contents] = OrderedDict()
        self._loading = asyncio.Lock()
        self._letters: OrderedDict[_Key, Letter] = OrderedDict()

    async def write(self, deliveries: Sequence[Delivery]) -> Mapping[str, Letter]:
        """A letter for each delivery, by its id, in the language that its subject is known to read; deliveries whose
        notice is gone, or cannot be put into words, are left out. Two statements, once a revision is known. Raises
        GraphUnavailable."""
        ids = {each.id: notice_id(each.revision, each.kind, each.subject) for each in deliveries}
        notices = await list_notices_by_id(self._database, list(dict.fromkeys(ids.values())))
        contacts = await list_contacts(self._database, {notice.subject for notice in notices.values()})
        locales = {subject: contact.locale for subject, contact in contacts.items()}
        wanted = [(notice, locales.get(notice.subject)) for notice in notices.values()]
        letters = await self._write_all(wanted)
        by_notice = {id: letter for id, letter in zip(notices, letters, strict=True) if letter is not None}
        return {delivery: by_notice[id] for delivery, id in ids.items() if id in by_notice}

    async def render(self, notice: Notice, locale: str | None) -> Letter:
        """`locale`: the BCP 47 tag of the language wished for, None for that of the policy. No statement, once the
        revision is known. Raises GraphUnavailable."""
        (letter,) = await self._write([(notice, locale)])
        return letter

    async def content(self, notice: Notice) -> NoticeContent:
        """What a notice says, before it is put into words. As `render`."""
        return (await self._contents_of(notice.revision)).of(notice)

    async def contents(self, revision: int) -> Contents:
        """What all notices of a revision are made from. As `render`."""
        return await self._contents_of(revision)

    # ---- writing -----------------------------------------------------------------------------------------------------

    async def _write_all(self, wanted: Sequence[tuple[Notice, str | None]]) -> Sequence[Letter | None]:
        """As `_write`, with None for a notice that cannot be put into words: it must not keep the others back."""
        try:
            return await self._write(wanted)
        except GraphUnavailable:
            raise
        except Exception:
            return [await self._write_one(notice, locale) for notice, locale in wanted]

    async def _write_one(self, notice: Notice, locale: str | None) -> Letter | None:
        try:
            return await self.render(notice, locale)
        except GraphUnavailable:
            raise
        except Exception as error:
            log.error("A notice cannot be put into words", revision=notice.revision, error=type(error).__name__)
            return None

    async def _write(self, wanted: Sequence[tuple[Notice, str | None]]) -> list[Letter]:
        """A letter for each notice and wished for language, in this order."""
        contents = {number: await self._contents_of(number) for number in {notice.revision for notice, _ in wanted}}
        keys = [self._key(notice, locale, contents[notice.revision]) for notice, locale in wanted]
        samples = {key: notice for key, (notice, _) in zip(keys, wanted, strict=True)}
        known = {key: self._letters[key] for key in samples if key in self._letters}
        missing = [(key, notice, contents[key.revision]) for key, notice in samples.items() if key not in known]
        if missing:
            # In a thread: a batch of letters that all differ would hold everybody else up.
            known |= await asyncio.to_thread(self._written, missing)
        self._keep(known)
        return [self._addressed(known[key], notice) for key, (notice, _) in zip(keys, wanted, strict=True)]

    def _key(self, notice: Notice, locale: str | None, contents: Contents) -> _Key:
        return _Key(
            notice.revision,
            notice.kind,
            contents.is_in_force(notice),
            frozenset(notice.places),
            frozenset(notice.purposes),
            self._stationery.language_for(locale, contents.language),
        )

    def _written(self, missing: Iterable[tuple[_Key, Notice, Contents]]) -> dict[_Key, Letter]:
        found = {}
        for key, notice, contents in missing:
            content = contents.of(notice)
            written = self._stationery.write(content, key.language, self._links, self._stand_in)
            plain = {"notice": self._stand_in, "url": self._url(notice, self._stand_in), **content_as_plain(content)}
            found[key] = Letter(written.title, written.text, written.html, key.language, plain)
        return found

    def _addressed(self, letter: Letter, notice: Notice) -> Letter:
        """The letter with the notice's own id in its links."""
        id = public_id(notice.id)
        return replace(
            letter,
            text=letter.text.replace(self._stand_in, id),
            html=letter.html.replace(self._stand_in, id),
            content={**letter.content, "notice": id, "url": self._url(notice, id)},
        )

    def _url(self, notice: Notice, id: str) -> str:
        return self._links.to_notice(notice.kind, notice.revision, id)

    # ---- what is kept ------------------------------------------------------------------------------------------------

    def _keep(self, letters: Mapping[_Key, Letter]) -> None:
        for key, letter in letters.items():
            self._letters[key] = letter
            self._letters.move_to_end(key)
        while len(self._letters) > LETTERS_AT_MOST:
            self._letters.popitem(last=False)

    async def _contents_of(self, number: int) -> Contents:
        async with self._loading:
            known = self._contents.get(number)
            if known is None:
                revision = await load_revision(self._database, number)
                comparison = await self._comparisons.load(revision.base, number)
                known = await asyncio.to_thread(Contents, comparison.changes, comparison.old, comparison.new)
                self._contents[number] = known
            self._contents.move_to_end(number)
            while len(self._contents) > _REVISIONS_KEPT:
                self._contents.popitem(last=False)
            return known
