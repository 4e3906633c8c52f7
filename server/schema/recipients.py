"""Who may receive data, where, in which cases, and how it is protected there."""

from __future__ import annotations

import strawberry

from graph import model
from server.schema.elements import MapElement, note_for_staff
from server.schema.purposes import Purpose
from server.schema.services import DataCategory, Service


@strawberry.type(description="A country where a recipient is.")
class Country(MapElement):
    name: str = strawberry.field(description="What people call it. `key` is its ISO 3166-1 alpha-2 code.")
    adequacy: model.Adequacy = strawberry.field(description="How the law sees its protection of data.")


@strawberry.type(description="What protects a transfer.")
class Safeguard(MapElement):
    name: str = strawberry.field(description="What people call it.")
    description: str = strawberry.field(description="How it protects.")


@strawberry.type(description="Who may receive data.")
class Recipient(MapElement):
    name: str | None = strawberry.field(description="Its name; null where the policy names none: see `description`.")
    kind: model.RecipientKind = strawberry.field(description="What it is to the controller.")
    function: str = strawberry.field(description="What it does with the data.")
    description: str = strawberry.field(description="Who it is, above all where it has no name.")

    @strawberry.field(description="Whether the policy names it. One that it does not name is shown all the same.")
    def is_named(self) -> bool:
        return self.element.name is not None

    @strawberry.field(description="Where it is. Empty where the policy does not say.")
    def countries(self) -> list[Country]:
        return self.view.load_all(Country, self.element.countries)

    @strawberry.field(description="The recipients that it passes data on to.")
    def engages(self) -> list[Recipient]:
        return self.view.load_all(Recipient, self.element.engages)

    @strawberry.field(description="What protects the data there.")
    def safeguards(self) -> list[Safeguard]:
        return self.view.load_all(Safeguard, self.element.safeguards)

    note: str | None = strawberry.field(
        resolver=note_for_staff, description="An internal note. For staff; null to others."
    )


@strawberry.type(description="One item of the policy's own list of when disclosure is allowed.")
class DisclosureCase(MapElement):
    number: str = strawberry.field(description="Its place in that list.")
    name: str = strawberry.field(description="What people call it.")
    description: str = strawberry.field(description="What it covers; empty where the name says it.")
    condition: model.CaseCondition = strawberry.field(description="What must have happened before it applies.")


@strawberry.type(
    description="One fact: categories of services go to a recipient for a purpose in a case. Only those named go."
)
class Disclosure(MapElement):
    @strawberry.field(description="The services that the data comes from, with those that are part of them.")
    def services(self) -> list[Service]:
        return self.view.load_all(Service, self.element.services)

    @strawberry.field(description="The categories that go, with those that are part of them.")
    def categories(self) -> list[DataCategory]:
        return self.view.load_all(DataCategory, self.element.categories)

    @strawberry.field(description="Who receives it first; see its `engages` for where it goes on.")
    def recipient(self) -> Recipient:
        return self.view.load(Recipient, self.element.recipient)

    @strawberry.field(description="What for.")
    def purpose(self) -> Purpose:
        return self.view.load(Purpose, self.element.purpose)

    @strawberry.field(description="The case that allows it.")
    def case(self) -> DisclosureCase:
        return self.view.load(DisclosureCase, self.element.case)

    @strawberry.field(description="False where data is aggregated or depersonalised before it goes.")
    def is_identifiable(self) -> bool:
        return bool(self.element.identifiable)

    note: str | None = strawberry.field(
        resolver=note_for_staff, description="An internal note. For staff; null to others."
    )
