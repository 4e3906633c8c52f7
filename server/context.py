"""What one request knows: who asks, when, and where the graph is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

import strawberry
from strawberry.dataloader import DataLoader

from graph.data_map import DataMap
from graph.errors import InvalidInput, InvalidTime
from graph.model import MapElement, Revision, RevisionState
from graph.people import Holders, PeopleCount
from graph.store.comparisons import Comparisons
from graph.store.data_maps import DataMaps
from graph.store.database import Database
from graph.store.notices import Mailbox, list_mailboxes
from graph.store.people import count_people_of_each
from graph.store.publishing import NoticePeriod
from graph.store.revisions import load_revision, no_revision_in_force, revision_not_found
from server.new_documents import Reading
from server.notify.board import NoticeBoard
from server.notify.prospect import turn_to_look
from server.records.document import Document
from server.viewer import Viewer
from server.workshop import Workshop

WhoseElements: TypeAlias = tuple[Holders, tuple[MapElement, ...]]
"""The holders of a map, and some of its elements."""


@dataclass(slots=True)
class Context:
    """Shared by the resolvers of one request. `now` is the request's one time. `may_introspect`: whether the schema may
    be asked for. `values_at_most`: in the answer to a query; None for any number. `notice`: how long before it comes
    into force a revision is published. `reading`: of the document, where it is not known yet. `opened`: called by a
    subscription once it has begun to listen."""

    viewer: Viewer
    database: Database
    data_maps: DataMaps
    comparisons: Comparisons
    board: NoticeBoard
    records: Workshop[Document]
    now: datetime
    correlation_id: str
    new_id: Callable[[], str]
    notice: NoticePeriod
    may_introspect: bool = False
    values_at_most: int | None = None
    reading: Reading | None = None
    opened: Callable[[], None] = lambda: None
    _mailboxes: DataLoader[str, Mailbox] | None = field(default=None, init=False)
    _people: DataLoader[WhoseElements, PeopleCount] | None = field(default=None, init=False)

    @property
    def mailboxes(self) -> DataLoader[str, Mailbox]:
        """Mailboxes by subject, each read once for the request, and in one statement all that are asked for at once.
        Whose it is that may be read, whoever asks has made sure of."""
        if self._mailboxes is None:

            async def load(subjects: list[str]) -> list[Mailbox]:
                found = await list_mailboxes(self.database, subjects)
                return [found[subject] for subject in subjects]

            self._mailboxes = DataLoader(load)
        return self._mailboxes

    @property
    def people(self) -> DataLoader[WhoseElements, PeopleCount]:
        """Of how many people something is held now at any of some elements: all that is asked for at once is read
        once, and for no longer than anybody waits."""
        if self._people is None:

            async def load(asked: list[WhoseElements]) -> list[PeopleCount]:
                async with turn_to_look(self.database).in_place() as turn:
                    # Of a broad map it takes a second.
                    touches = await turn.in_thread(lambda: [holders.of_all(of) for holders, of in asked])
                    return await count_people_of_each(self.database, touches, at=self.now)

            self._people = DataLoader(load)
        return self._people

    @property
    def clock(self) -> Callable[[], datetime]:
        """For what waits for its turn to write, and must know the time then."""
        return self.data_maps.clock

    def at(self, as_of: datetime | None) -> datetime:
        """The time asked about: now, or one that is past. Raises InvalidTime for one to come."""
        if as_of is None:
            return self.now
        if as_of > self.now:
            raise InvalidTime(
                f"`asOf` {as_of:%Y-%m-%d %H:%M} UTC lies in the future: what will be held then is not known; "
                "leave `asOf` out for now"
            )
        return as_of

    async def load_data_map(self, as_of: datetime | None, number: int | None) -> DataMap:
        """The revision with a number, or the one in force at a time; drafts for staff only.

        To others a draft, or a revision taken back, is as if it were not there, and takes as long. Raises NotFound,
        NoRevisionInForce, InvalidTime, InvalidInput.
        """
        if as_of is not None and number is not None:
            raise InvalidInput("Give `asOf` or `number`, not both: each of them names a revision")
        if number is None:
            return await self.data_maps.load_in_force(self.at(as_of))
        if not self.viewer.is_staff and not self.data_maps.is_kept(number):
            self._require_published(await load_revision(self.database, number))
        data_map = await self.data_maps.load(number)
        # Again: it may have been taken back meanwhile.
        self._require_published(data_map.revision)
        return data_map

    def _require_published(self, revision: Revision) -> None:
        if revision.state is not RevisionState.PUBLISHED and not self.viewer.is_staff:
            raise revision_not_found(revision.number)

    async def load_in_force(self, number: int | None, at: datetime) -> DataMap:
        """The revision that was found in force at a time, if any was. Raises NoRevisionInForce."""
        if number is None:
            raise await no_revision_in_force(self.database, at)
        return await self.data_maps.load(number)


Info = strawberry.Info[Context, None]
