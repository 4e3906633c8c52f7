"""Revisions, and the two faces of one: the policy's text and the data map."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, TypeVar

import strawberry

from graph import model
from graph.data_map import DataMap as Map
from graph.errors import QUOTED_AT_MOST, NotFound, quoted
from graph.paths import ENDS_AT_MOST
from graph.store.reach import find_base
from graph.store.revisions import load_revision
from graph.store.since import find_since
from server.context import Context, Info
from server.records.document import RecordOf
from server.schema.changes import Comparison, Views
from server.schema.connections import PAGE_DEFAULT, After, Connection, First, page
from server.schema.elements import Clause, MapElement, MapView, Node
from server.schema.falls import MapImpact, load_impact
from server.schema.findings import Finding, MapCoverage, load_findings, page_of_findings
from server.schema.ids import GlobalId
from server.schema.notify_status import Notification, find_notification
from server.schema.outline import MapOutline, load_outline
from server.schema.paths import ElementInput, MapPathConnection, page_of_paths
from server.schema.people import PeopleCount, count_people_at
from server.schema.processing_record import Of, ProcessingRecord, load_record
from server.schema.promises import Controller, Exclusion, Measure, Right
from server.schema.purposes import Processing, Purpose, RetentionRule
from server.schema.reach import Reach, load_reach
from server.schema.recipients import Country, Disclosure, DisclosureCase, Recipient, Safeguard
from server.schema.services import DataCategory, Service, Source

ElementT = TypeVar("ElementT", bound=MapElement)

Begins = Annotated[
    list[ElementInput] | None,
    strawberry.argument(name="from", description=f"Where paths begin: 1 to {ENDS_AT_MOST}; null: anywhere."),
]
Ends = Annotated[
    list[ElementInput] | None,
    strawberry.argument(description=f"Where they end: 1 to {ENDS_AT_MOST}; null: anywhere."),
]

_TYPES: dict[type[model.MapElement], type[MapElement]] = {
    model.Controller: Controller,
    model.Service: Service,
    model.DataCategory: DataCategory,
    model.Source: Source,
    model.Purpose: Purpose,
    model.Country: Country,
    model.Safeguard: Safeguard,
    model.Recipient: Recipient,
    model.RetentionRule: RetentionRule,
    model.Processing: Processing,
    model.DisclosureCase: DisclosureCase,
    model.Disclosure: Disclosure,
    model.Exclusion: Exclusion,
    model.Right: Right,
    model.Measure: Measure,
}


_VIEW = "_view_of_api"


def view_of(data_map: Map) -> MapView:
    """The map as the API shows it, made once: a map in memory is one object, and never changes."""
    # Kept in the map itself, so that it lives as long as the map: it refers to the map, so that any table of ours from
    # maps to views would keep both for ever.
    kept = vars(data_map)
    if _VIEW not in kept:
        kept[_VIEW] = MapView(data_map, {element: shown.of for element, shown in _TYPES.items()})
    view: MapView = kept[_VIEW]
    return view


@strawberry.type(description="One state of policy text and data map together. It never changes once it is published.")
class Revision(Node):
    notice_reason: strawberry.Private[str | None]
    number: int = strawberry.field(description="Counts drafts and published revisions from 1; never used twice.")
    state: model.RevisionState = strawberry.field(description="Where it stands.")
    language: str = strawberry.field(description="The text's language, as a BCP 47 tag.")
    summary: str = strawberry.field(description="What it is, or what it changes, in a sentence.")
    drafted_at: datetime = strawberry.field(description="When it was drafted.")
    published_at: datetime | None = strawberry.field(description="When it was published; null for a draft.")
    effective_at: datetime | None = strawberry.field(description="When it comes, or came, into force.")
    text_hash: str = strawberry.field(description="SHA-256 of the policy's text, in hexadecimal.")
    map_hash: str = strawberry.field(description="SHA-256 of the data map, in hexadecimal.")

    @strawberry.field(
        description="Whom its changes touch, before anything is sent: for a draft against the revision published last, "
        "else against the one that it followed. Takes seconds. For staff; null, with an error, to others, and with the "
        "code REACH_TOO_WIDE where that is more than can be counted while one waits: `vitrine reach` counts any number."
    )
    async def reach(self, info: Info) -> Reach | None:
        return await load_reach(info.context, self.number)

    @strawberry.field(
        description="How far the telling of people is; null where nobody is told of it. For staff; null, with an "
        "error, to others."
    )
    async def notification(self, info: Info) -> Notification | None:
        return await find_notification(info.context, self.number)

    @strawberry.field(
        description="Why it comes into force sooner after its publication than is asked for; null where its publisher "
        "gave no reason. For staff; null, with an error, to others."
    )
    def short_notice_reason(self, info: Info) -> str | None:
        info.context.viewer.require_staff()
        return self.notice_reason

    @strawberry.field(
        description="What it changes: a draft against the revision published last, any other against the one that it "
        "followed. Null for the first, and, with an error with the code NOT_FOUND, where that one was taken back."
    )
    async def changes(self, info: Info) -> Comparison | None:
        context = info.context
        base = await find_base(context.database, await load_revision(context.database, self.number))
        return None if base is None else await load_comparison(context, base, self.number)

    @classmethod
    def of(cls, revision: model.Revision) -> Revision:
        return cls(
            id=strawberry.ID(str(GlobalId("Revision", (revision.number,)))),
            number=revision.number,
            state=revision.state,
            language=revision.language,
            summary=revision.summary,
            drafted_at=revision.drafted_at,
            published_at=revision.published_at,
            effective_at=revision.effective_at,
            text_hash=revision.text_hash,
            map_hash=revision.map_hash,
            notice_reason=revision.short_notice_reason,
        )


async def load_comparison(context: Context, old: int, new: int) -> Comparison:
    """Of two revisions that the viewer may see. Raises NotFound."""
    before, after = await context.load_data_map(None, old), await context.load_data_map(None, new)
    return Comparison(
        views=Views(view_of(before), view_of(after)), compared=await context.comparisons.of(before, after)
    )


@strawberry.type(description="The text of a revision.")
class Policy:
    view: strawberry.Private[MapView]

    @strawberry.field(description="The revision that the text is of.")
    def revision(self) -> Revision:
        return Revision.of(self.view.data_map.revision)

    @strawberry.field(description="The whole text as Markdown, as it was published.")
    def markdown(self) -> str:
        return self.view.data_map.policy.markdown

    @strawberry.field(description="The whole text as HTML that is safe to show. A clause has the id `clause-` + key.")
    async def html(self) -> str:
        return await self.view.html()

    @strawberry.field(description="Every clause in reading order.")
    def clauses(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Clause]:
        return page(
            list(self.view.clauses.values()),
            kind=f"clauses-{self.view.number}",
            place=lambda clause: (clause.key,),
            node=lambda clause: clause,
            first=first,
            after=after,
            ordered=False,
        )

    @strawberry.field(description="The clauses at the top of the tree; each has those below it.")
    def tree(self) -> list[Clause]:
        top = self.view.data_map.clauses_below.get(None, ())
        return [self.view.clauses[clause.key] for clause in top]

    @strawberry.field(description="The clause with a key. An error with the code NOT_FOUND if there is none.")
    def clause(self, key: Annotated[str, strawberry.argument(description="The clause's key.")]) -> Clause | None:
        return self.view.clauses[self.view.data_map.load_clause(key).key]

    @strawberry.field(description="The table of processors, from the map: name, function and countries of each.")
    def processors(self) -> list[Recipient]:
        return [each for each in self.view.all(Recipient) if each.kind is model.RecipientKind.PROCESSOR]


@strawberry.type(description="An element of a map, with what is asked of it beside what it says.")
class ElementDetail:
    view: strawberry.Private[MapView]
    named: strawberry.Private[model.MapElement]
    element: MapElement = strawberry.field(description="The element.")

    @strawberry.field(
        description="The first published revision that has an element of this kind with this key; null where none has."
    )
    async def since(self, info: Info) -> Revision | None:
        database = info.context.database
        number = await find_since(database, model.name_of(self.named))
        return None if number is None else Revision.of(await load_revision(database, number))

    @strawberry.field(
        description="How many people it is about: of whom something is held there, now; everybody for what is said to "
        "all, such as a right."
    )
    async def people(self, info: Info) -> PeopleCount:
        return await count_people_at(info.context, self.view, [self.named])

    @strawberry.field(description="What the checks find of it, the gravest first.")
    async def findings(self, info: Info) -> list[Finding]:
        name = model.name_of(self.named)
        return [
            Finding.of(self.view, each)
            for each in await load_findings(info.context, self.view)
            if (each.element_kind, each.element) == (name.kind, name.key)
        ]


@strawberry.type(description="The data map of a revision. Lists are in the order of the map.")
class DataMap:
    view: strawberry.Private[MapView]

    @strawberry.field(description="The revision that the map is of.")
    def revision(self) -> Revision:
        return Revision.of(self.view.data_map.revision)

    @strawberry.field(description="Who answers for the processing.")
    def controller(self) -> Controller:
        return self.view.all(Controller)[0]

    @strawberry.field(description="What collects data.")
    def services(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Service]:
        return self._page(Service, first, after)

    @strawberry.field(description="The kinds of data.")
    def categories(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[DataCategory]:
        return self._page(DataCategory, first, after)

    @strawberry.field(description="Where data comes from.")
    def sources(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Source]:
        return self._page(Source, first, after)

    @strawberry.field(description="Why data is processed.")
    def purposes(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Purpose]:
        return self._page(Purpose, first, after)

    @strawberry.field(description="Who may receive data.")
    def recipients(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Recipient]:
        return self._page(Recipient, first, after)

    @strawberry.field(description="Where recipients are.")
    def countries(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Country]:
        return self._page(Country, first, after)

    @strawberry.field(description="What protects transfers.")
    def safeguards(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Safeguard]:
        return self._page(Safeguard, first, after)

    @strawberry.field(description="Which service uses what, from where, why and how long.")
    def processings(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Processing]:
        return self._page(Processing, first, after)

    @strawberry.field(description="What goes to whom.")
    def disclosures(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Disclosure]:
        return self._page(Disclosure, first, after)

    @strawberry.field(description="When disclosure is allowed, as the policy lists it.")
    def disclosure_cases(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[DisclosureCase]:
        return self._page(DisclosureCase, first, after)

    @strawberry.field(description="How long data is kept.")
    def retention_rules(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[RetentionRule]:
        return self._page(RetentionRule, first, after)

    @strawberry.field(description="What is promised not to be.")
    def exclusions(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Exclusion]:
        return self._page(Exclusion, first, after)

    @strawberry.field(description="What a person may ask for.")
    def rights(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Right]:
        return self._page(Right, first, after)

    @strawberry.field(description="What protects the data.")
    def measures(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Measure]:
        return self._page(Measure, first, after)

    @strawberry.field(
        description="What the checks report, the gravest first. For staff; null, with an error, to others."
    )
    async def findings(
        self, info: Info, first: First = PAGE_DEFAULT, after: After = None
    ) -> Connection[Finding] | None:
        info.context.viewer.require_staff()
        return page_of_findings(self.view, await load_findings(info.context, self.view), first, after)

    @strawberry.field(
        description="Which clauses say nothing of the map, and which elements no clause states, with the findings. For "
        "staff; null, with an error, to others."
    )
    async def coverage(self, info: Info) -> MapCoverage | None:
        info.context.viewer.require_staff()
        return MapCoverage(view=self.view, found=await load_findings(info.context, self.view))

    @strawberry.field(
        description="The whole map briefly and at once, for a picture. For staff; null, with an error, to others."
    )
    async def outline(self, info: Info) -> MapOutline | None:
        return await load_outline(info.context, self.view)

    @strawberry.field(
        description="An element, with whom it is about and what is found of it. For staff; null, with an error, to "
        "others, and with the code NOT_FOUND where there is none."
    )
    def element(
        self, info: Info, of: Annotated[ElementInput, strawberry.argument(description="The element.")]
    ) -> ElementDetail | None:
        info.context.viewer.require_staff()
        found = self.view.data_map.load_element(of.name)
        return ElementDetail(view=self.view, named=found, element=self.view.show(found))

    @strawberry.field(
        description="The paths that data takes from any of some elements to any of some others: from sources, "
        "services, categories or recipients, to services, categories, recipients or countries. A path from or to a "
        "service or category is one from or to a part of it, too, and what holds for a whole holds for its parts. With "
        "`from` alone it is who receives something, with `to` alone where something comes from. For staff; null, with "
        "an error, to others, and with the code INVALID_INPUT where no path could lead from there to there."
    )
    async def paths(
        self, info: Info, from_: Begins = None, to: Ends = None, first: First = PAGE_DEFAULT, after: After = None
    ) -> MapPathConnection | None:
        return await page_of_paths(info.context, self.view, from_, to, first, after)

    @strawberry.field(
        description="What follows if some elements go: what else falls, which promises break, what the checks would "
        "find, and whom it is about. For staff; null, with an error, to others."
    )
    async def impact(
        self, info: Info, of: Annotated[list[ElementInput], strawberry.argument(description="The elements that go.")]
    ) -> MapImpact | None:
        return await load_impact(info.context, self.view, of)

    @strawberry.field(
        description="The record of processing activities that the map makes (GDPR Art. 30), in words. For staff; null, "
        "with an error, to others, and with the code RECORD_TOO_LARGE where it would be too long."
    )
    async def processing_record(self, info: Info, of: Of = RecordOf.CONTROLLER) -> ProcessingRecord | None:
        return await load_record(info.context, self.view, of)

    def _page(self, type: type[ElementT], first: int, after: str | None) -> Connection[ElementT]:
        return page(
            self.view.all(type),
            kind=f"{type.__name__}-{self.view.number}",  # the order is the revision's: a cursor is good for it alone
            place=lambda element: (element.key,),
            node=lambda element: element,
            first=first,
            after=after,
            ordered=False,
        )


def find_node(view: MapView, type: str, key: str) -> Node:
    """Raises NotFound."""
    found = view.find_named(type, key)
    if found is None:
        message = f"Revision {view.number} has no {quoted(key)} of the type {quoted(type)}"
        raise NotFound(message, revision=view.number, key=key[:QUOTED_AT_MOST])
    return found
