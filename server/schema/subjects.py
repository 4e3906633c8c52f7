"""One person's answer: holdings, and what the revision in force says of each."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import Annotated, ClassVar

import strawberry

from graph import answer, model
from graph.answer import DisclosureStatus, PurposeStatus, SubjectAnswer, holdings_matching
from graph.data_map import DisclosurePath as Path
from server.schema.connections import PAGE_DEFAULT, After, Connection, First, page
from server.schema.elements import Clause, MapElement, MapView, Node
from server.schema.notices import Told
from server.schema.promises import Exclusion, Right
from server.schema.purposes import Processing, Purpose, RetentionException, RetentionRule, exceptions_of
from server.schema.recipients import Country, Disclosure, DisclosureCase, Recipient
from server.schema.records import AccessRecord, Decision, DisclosureRecord, Trust, clauses_of, id_of
from server.schema.revisions import Revision, view_of
from server.schema.services import DataCategory, Service, Source
from server.schema.shared_parts import PERSONAL, SHARED_BY

Keys = Annotated[
    list[str] | None, strawberry.argument(description="Only those with one of these keys; null for all of them.")
]


@strawberry.type(description="Why a holding is there: one processing that covers it.")
class HeldPurpose:
    is_of_map: ClassVar[bool] = True
    view: strawberry.Private[MapView]
    held: strawberry.Private[answer.HeldPurpose]
    status: PurposeStatus = strawberry.field(
        description="Whether data is used for it in the ordinary course, for this person."
    )
    is_active: bool = strawberry.field(description="Whether the status is ACTIVE.")
    legal_basis: model.LegalBasis = strawberry.field(description="Why it is lawful.")

    @classmethod
    def of(cls, view: MapView, held: answer.HeldPurpose) -> HeldPurpose:
        return cls(
            view=view,
            held=held,
            status=held.standing.status,
            is_active=held.is_active,
            legal_basis=held.fact.processing.legal_basis,
        )

    @strawberry.field(description="The purpose.")
    def purpose(self) -> Purpose:
        return self.view.load(Purpose, self.held.fact.purpose.key)

    @strawberry.field(description="The processing that says so.")
    def processing(self) -> Processing:
        return self.view.load(Processing, self.held.fact.processing.key)

    @strawberry.field(description="The person's decision that made the status, if one did.", metadata=PERSONAL)
    def decision(self) -> Decision | None:
        decision = self.held.standing.decision
        return Decision.of(self.view, decision) if decision else None

    @strawberry.field(description="The clauses that state the processing, and the purpose. Empty: none does.")
    def clauses(self) -> list[Clause]:
        fact = self.held.fact
        return clauses_of(self.view, (*fact.processing.clauses, *fact.purpose.clauses))


@strawberry.type(description="The way that data takes: service, category, disclosure, recipient, and on.")
class DisclosurePath:
    is_of_map: ClassVar[bool] = True
    view: strawberry.Private[MapView]
    path: strawberry.Private[Path]

    @strawberry.field(
        description="The hops in order: a service, a category, a disclosure, then recipient by recipient."
    )
    def hops(self) -> list[MapElement]:
        path = self.path
        elements: tuple[model.MapElement, ...] = (path.service, path.category, path.disclosure, *path.recipients)
        return [self.view.show(each) for each in elements]

    @strawberry.field(description="Where the path ends: the countries of its last recipient. Empty: not stated.")
    def countries(self) -> list[Country]:
        return self.view.load_all(Country, self.path.recipient.countries)

    @strawberry.field(description="The path in words, such as `ISPmanager → Email → Example Ltd → Cyprus`.")
    def text(self) -> str:
        path = self.path
        names = [path.service.name, path.category.name]
        names += [each.name or each.description or each.function for each in path.recipients]
        countries = ", ".join(self.view.load(Country, key).name for key in path.recipient.countries)
        return " → ".join([*names, countries] if countries else names)


@strawberry.type(description="Who may receive a holding, by one path.")
class HeldRecipient:
    is_of_map: ClassVar[bool] = True
    view: strawberry.Private[MapView]
    held: strawberry.Private[answer.HeldRecipient]
    row: strawberry.Private[answer.HoldingAnswer]
    status: DisclosureStatus = strawberry.field(description="Whether that happens, for this person.")
    is_active: bool = strawberry.field(description="Whether the status is ACTIVE.")
    is_identifiable: bool = strawberry.field(description="False where data is aggregated or depersonalised first.")

    @classmethod
    def of(cls, view: MapView, row: answer.HoldingAnswer, held: answer.HeldRecipient) -> HeldRecipient:
        return cls(
            view=view,
            held=held,
            row=row,
            status=held.status,
            is_active=held.status is DisclosureStatus.ACTIVE,
            is_identifiable=held.path.disclosure.identifiable,
        )

    @strawberry.field(description="The recipient: the last of the path.")
    def recipient(self) -> Recipient:
        return self.view.load(Recipient, self.held.path.recipient.key)

    @strawberry.field(description="The holding that it may receive.", metadata=PERSONAL)
    def holding(self) -> Holding:
        return Holding.of(self.view, self.row)

    @strawberry.field(description="The disclosure that says so.")
    def disclosure(self) -> Disclosure:
        return self.view.load(Disclosure, self.held.path.disclosure.key)

    @strawberry.field(description="What for.")
    def purpose(self) -> Purpose:
        return self.view.load(Purpose, self.held.path.purpose.key)

    @strawberry.field(description="The case that allows it.")
    def case(self) -> DisclosureCase:
        return self.view.load(DisclosureCase, self.held.path.case.key)

    @strawberry.field(description="The way that the data takes, hop by hop.")
    def path(self) -> DisclosurePath:
        return DisclosurePath(view=self.view, path=self.held.path)

    @strawberry.field(description="Where the recipient is. Empty where the policy does not say.")
    def countries(self) -> list[Country]:
        return self.view.load_all(Country, self.held.path.recipient.countries)

    @strawberry.field(
        description="The clauses that state the disclosure, its case and its recipients. Empty: none does."
    )
    def clauses(self) -> list[Clause]:
        path = self.held.path
        stated: tuple[model.MapElement, ...] = (path.disclosure, path.case, *path.recipients)
        return clauses_of(self.view, (key for each in stated for key in each.clauses))


@strawberry.type(description="How long a holding is kept, under one rule.")
class HeldRetention:
    view: strawberry.Private[MapView]
    held: strawberry.Private[answer.HeldRetention]
    ends_at: datetime | None = strawberry.field(
        description="When its time is over; null where the rule gives no date that can be computed."
    )

    @strawberry.field(description="The rule.")
    def rule(self) -> RetentionRule:
        return self.view.load(RetentionRule, self.held.rule.key)

    @strawberry.field(description="The purposes that keep it under this rule.")
    def purposes(self) -> list[Purpose]:
        return self.view.load_all(Purpose, self.held.purposes)

    @strawberry.field(description="What may keep it longer.")
    def exceptions(self) -> list[RetentionException]:
        return exceptions_of(self.view, self.held.rule)

    @strawberry.field(description="The clauses that state the rule. Empty: none does.")
    def clauses(self) -> list[Clause]:
        return clauses_of(self.view, self.held.rule.clauses)


def _id_of_holding(self: Holding) -> strawberry.ID:
    return id_of("Holding", self.row.holding.id)


_BY_STANDING = {SHARED_BY: attrgetter("row.standing")}


@strawberry.type(description="That a service holds a category about the person. Never the value.")
class Holding(Node):
    view: strawberry.Private[MapView]
    row: strawberry.Private[answer.HoldingAnswer]
    # Written when it is asked for: most who read what is held do not.
    id: strawberry.ID = strawberry.field(resolver=_id_of_holding, description="The global id.")
    service_key: str = strawberry.field(description="The key of the service.")
    category_key: str = strawberry.field(description="The key of the category.")
    since: datetime = strawberry.field(description="From when it is held.")
    last_seen: datetime | None = strawberry.field(description="When it was last seen or used; null: not reported.")
    until: datetime | None = strawberry.field(description="When it will be gone; null: no end is known.")
    records: int | None = strawberry.field(description="How many records; null: not reported.")

    @classmethod
    def of(cls, view: MapView, row: answer.HoldingAnswer) -> Holding:
        holding = row.holding
        return cls(
            view=view,
            row=row,
            service_key=holding.service,
            category_key=holding.category,
            since=holding.since,
            last_seen=holding.last_seen,
            until=holding.until,
            records=holding.records,
        )

    @strawberry.field(
        description="The service that holds it; null where this revision no longer has it.", metadata=_BY_STANDING
    )
    def service(self) -> Service | None:
        return self.view.find(Service, self.row.holding.service)

    @strawberry.field(description="The category; null where this revision no longer has it.", metadata=_BY_STANDING)
    def category(self) -> DataCategory | None:
        return self.view.find(DataCategory, self.row.holding.category)

    @strawberry.field(description="Where it came from; null where that was not reported.")
    def source(self) -> Source | None:
        return self.view.find(Source, self.row.holding.source)

    @strawberry.field(
        description="Why it is there, in the order of the map. Empty: the policy states no purpose for it.",
        metadata=_BY_STANDING,
    )
    def purposes(self) -> list[HeldPurpose]:
        return [HeldPurpose.of(self.view, held) for held in self.row.purposes]

    @strawberry.field(
        description="Who may receive it, in the order of the map, one row for each path.", metadata=_BY_STANDING
    )
    def recipients(self) -> list[HeldRecipient]:
        return [HeldRecipient.of(self.view, self.row, held) for held in self.row.recipients]

    @strawberry.field(description="How long it is kept, one row for each rule.")
    def retention(self) -> list[HeldRetention]:
        return [HeldRetention(view=self.view, held=held, ends_at=held.ends_at) for held in self.row.retention]

    @strawberry.field(description="The clauses that state that it is held, and what it is. Empty: none does.")
    def clauses(self) -> list[Clause]:
        coverage = self.row.coverage
        named: tuple[model.MapElement, ...] = (*coverage.categories[:1], *coverage.services[:1])
        return clauses_of(self.view, (*coverage.clauses, *(key for each in named for key in each.clauses)))


@strawberry.type(description="One recipient: what it may receive of the person's data, apart from what it did receive.")
class SubjectRecipient:
    view: strawberry.Private[MapView]
    row: strawberry.Private[answer.RecipientAnswer]
    whose: strawberry.Private[str]
    key: str = strawberry.field(description="The recipient's key.")
    is_active: bool = strawberry.field(description="Whether any disclosure to it happens in the ordinary course.")

    @classmethod
    def of(cls, view: MapView, row: answer.RecipientAnswer, whose: str) -> SubjectRecipient:
        active = any(held.status is DisclosureStatus.ACTIVE for _, held in row.may_receive)
        return cls(view=view, row=row, whose=whose, key=row.key, is_active=active)

    @strawberry.field(description="The recipient; null where data went to one that this revision does not have.")
    def recipient(self) -> Recipient | None:
        return self.view.find(Recipient, self.row.key)

    @strawberry.field(description="The services from which it may receive, in the order of the map.")
    def services(self) -> list[Service]:
        keys = self.row.services
        return [each for each in self.view.all(Service) if each.key in keys]

    @strawberry.field(description="The categories that it may receive, in the order of the map.")
    def categories(self) -> list[DataCategory]:
        keys = self.row.categories
        return [each for each in self.view.all(DataCategory) if each.key in keys]

    @strawberry.field(description="The purposes for which it may receive, in the order of the map.")
    def purposes(self) -> list[Purpose]:
        keys = self.row.purposes
        return [each for each in self.view.all(Purpose) if each.key in keys]

    @strawberry.field(
        description="The clauses that state the recipient, and the disclosures that may reach it. Empty: none does."
    )
    def clauses(self) -> list[Clause]:
        return clauses_of(self.view, self.row.clauses)

    @strawberry.field(description="What it may receive: service, category, purpose and case of each path to it.")
    def may_receive(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[HeldRecipient]:
        return page(
            self.row.may_receive,
            kind=f"mayReceive-{self.key}",
            place=lambda each: (
                each[0].holding.service,
                each[0].holding.category,
                each[0].holding.id,
                each[1].path.disclosure.key,
                "/".join(recipient.key for recipient in each[1].path.recipients),
            ),
            node=lambda each: HeldRecipient.of(self.view, each[0], each[1]),
            first=first,
            after=after,
            ordered=False,
        )

    @strawberry.field(description="What it did receive, and when; the oldest first.")
    def disclosed(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[DisclosureRecord]:
        return page(
            self.row.disclosed,
            kind=f"disclosed-{self.key}",
            place=lambda record: (record.disclosed_at.isoformat(), record.id),
            node=lambda record: DisclosureRecord.of(self.view, record),
            first=first,
            after=after,
            ordered=True,
            of=(self.whose,),
        )


@strawberry.type(description="A person: what is held about them, why, how long, and who receives it, at one time.")
class Subject(Told, Node):
    view: strawberry.Private[MapView]
    key: str = strawberry.field(description="The person's opaque id in the account system.")
    as_of: datetime = strawberry.field(description="The time that the answer is about.")

    @classmethod
    def of(cls, answer: SubjectAnswer) -> Subject:
        return cls(
            answer=answer, view=view_of(answer.data_map), id=id_of("Subject", answer.id), key=answer.id, as_of=answer.at
        )

    @strawberry.field(description="The revision that was in force, which every row of the answer is by.")
    def revision(self) -> Revision:
        return Revision.of(self.answer.data_map.revision)

    @strawberry.field(description="What is held, ordered by service, category and id.")
    def holdings(
        self,
        first: First = PAGE_DEFAULT,
        after: After = None,
        service: Keys = None,
        category: Keys = None,
        recipient: Keys = None,
    ) -> Connection[Holding]:
        rows = self.answer.holdings
        return page(
            holdings_matching(rows, services=service, categories=category, recipients=recipient),
            kind="holdings",
            of=(self.key, service, category, recipient),
            place=lambda row: (row.holding.service, row.holding.category, row.holding.id),
            node=lambda row: Holding.of(self.view, row),
            first=first,
            after=after,
            ordered=True,
        )

    @strawberry.field(
        description="Everybody who may receive, or did receive, anything of it: in the order of the map, then by key."
    )
    def recipients(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[SubjectRecipient]:
        return page(
            self.answer.recipients,
            kind=f"recipients-{self.view.number}",
            of=(self.key,),
            place=lambda row: (row.key,),
            node=lambda row: SubjectRecipient.of(self.view, row, self.key),
            first=first,
            after=after,
            ordered=False,
        )

    @strawberry.field(description="What the policy promises never to hold or to do, with its clauses.")
    def never_held(self) -> list[Exclusion]:
        return self.view.all(Exclusion)

    @strawberry.field(description="What the person may ask for.")
    def rights(self) -> list[Right]:
        return self.view.all(Right)

    @strawberry.field(description="What the person decided, the oldest first.")
    def decisions(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Decision]:
        return page(
            self.answer.decisions,
            kind="decisions",
            of=(self.key,),
            place=lambda each: (each.decided_at.isoformat(), each.id),
            node=lambda each: Decision.of(self.view, each),
            first=first,
            after=after,
            ordered=True,
        )

    @strawberry.field(description="Whom the person trusts at that time, the oldest first.")
    def trusts(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Trust]:
        return page(
            self.answer.trusts,
            kind="trusts",
            of=(self.key,),
            place=lambda each: (each.since.isoformat(), each.id),
            node=lambda each: Trust.of(self.view, each),
            first=first,
            after=after,
            ordered=True,
        )

    @strawberry.field(description="Which members of staff read this person's answer, the oldest first.")
    def accessed_by(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[AccessRecord]:
        return page(
            self.answer.accesses,
            kind="accesses",
            of=(self.key,),
            place=lambda each: (each.accessed_at.isoformat(), each.id),
            node=AccessRecord.of,
            first=first,
            after=after,
            ordered=True,
        )


def find_own(answer: SubjectAnswer, type: str, id: str) -> Node | None:
    """The row of one person's answer with a global id's type and part; None if it is not among that person's own."""
    view = view_of(answer.data_map)
    if type == "Subject":
        return Subject.of(answer) if id == answer.id else None
    rows: dict[str, Iterable[Node]] = {
        "Holding": (Holding.of(view, row) for row in answer.holdings if row.holding.id == id),
        "Decision": (Decision.of(view, each) for each in answer.decisions if each.id == id),
        "Trust": (Trust.of(view, each) for each in answer.trusts if each.id == id),
        "DisclosureRecord": (DisclosureRecord.of(view, each) for each in answer.disclosures if each.id == id),
        "AccessRecord": (AccessRecord.of(each) for each in answer.accesses if each.id == id),
    }
    return next(iter(rows.get(type, ())), None)
