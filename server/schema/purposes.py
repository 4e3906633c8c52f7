"""Why data is processed, and how long it is kept."""

from __future__ import annotations

import strawberry

from graph import model
from graph.decisions import why_not
from server.schema.elements import Clause, MapElement, MapView, note_for_staff
from server.schema.services import DataCategory, Service, Source


@strawberry.type(description="Why data is processed.")
class Purpose(MapElement):
    name: str = strawberry.field(description="What people call it.")
    description: str = strawberry.field(description="What it covers; empty where the name says it.")
    legal_basis: model.LegalBasis = strawberry.field(description="Why it is lawful, where a processing says no other.")

    @strawberry.field(description="Whether it is direct marketing, which can always be objected to (GDPR Art. 21(2)).")
    def is_direct_marketing(self) -> bool:
        return bool(self.element.direct_marketing)

    @strawberry.field(description="The decisions that a person can take on it; any other is refused.")
    def allows(self) -> list[model.DecisionKind]:
        return [each for each in model.DecisionKind if why_not(self.view.data_map, self.element, each) is None]

    note: str | None = strawberry.field(
        resolver=note_for_staff, description="An internal note. For staff; null to others."
    )


@strawberry.type(description="A length of time in calendar units, added to a date in the order years, months, days.")
class RetentionPeriod:
    years: int = strawberry.field(description="Calendar years.")
    months: int = strawberry.field(description="Calendar months; a day that a month lacks becomes its last.")
    days: int = strawberry.field(description="Days.")


@strawberry.type(description="What may keep data longer, even against a request to erase it.")
class RetentionException:
    view: strawberry.Private[MapView]
    exception: strawberry.Private[model.RetentionException]
    key: str = strawberry.field(description="Unique within its rule.")
    name: str = strawberry.field(description="What it is.")

    @strawberry.field(description="The clauses that state it. Empty: none does.")
    def clauses(self) -> list[Clause]:
        return [self.view.clauses[key] for key in self.exception.clauses]


@strawberry.type(description="How long data is kept.")
class RetentionRule(MapElement):
    name: str = strawberry.field(description="What people call it.")
    criterion: str = strawberry.field(description="How long, in words.")
    start: model.RetentionStart = strawberry.field(description="The event from which the period runs.")
    outcome: model.RetentionOutcome = strawberry.field(description="What happens when the time is over.")

    @strawberry.field(description="How long, as a length of time; null where the policy states none.")
    def period(self) -> RetentionPeriod | None:
        period = self.element.period
        return RetentionPeriod(years=period.years, months=period.months, days=period.days) if period else None

    @strawberry.field(description="What may keep data longer.")
    def exceptions(self) -> list[RetentionException]:
        return exceptions_of(self.view, self.element)


def exceptions_of(view: MapView, rule: model.RetentionRule) -> list[RetentionException]:
    return [RetentionException(view=view, exception=each, key=each.key, name=each.name) for each in rule.exceptions]


@strawberry.type(
    description="One fact: a service uses categories from a source for a purpose on a basis, kept under a rule."
)
class Processing(MapElement):
    legal_basis: model.LegalBasis = strawberry.field(description="Why it is lawful.")

    @strawberry.field(description="The service, with those that are part of it.")
    def service(self) -> Service:
        return self.view.load(Service, self.element.service)

    @strawberry.field(description="The categories, with those that are part of them.")
    def categories(self) -> list[DataCategory]:
        return self.view.load_all(DataCategory, self.element.categories)

    @strawberry.field(description="Where the data comes from.")
    def source(self) -> Source:
        return self.view.load(Source, self.element.source)

    @strawberry.field(description="Why it is used.")
    def purpose(self) -> Purpose:
        return self.view.load(Purpose, self.element.purpose)

    @strawberry.field(description="How long it is kept.")
    def retention(self) -> RetentionRule:
        return self.view.load(RetentionRule, self.element.retention)

    note: str | None = strawberry.field(
        resolver=note_for_staff, description="An internal note. For staff; null to others."
    )
