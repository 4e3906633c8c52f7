"""What collects data, what data, and where it comes from."""

from __future__ import annotations

import strawberry

from graph import model
from server.context import Info
from server.schema.elements import MapElement, note_for_staff


@strawberry.type(description="Something of the controller's that collects data: a product, a website, a desk.")
class Service(MapElement):
    name: str = strawberry.field(description="What people call it.")
    description: str = strawberry.field(description="What it is; empty where the name says it.")

    @strawberry.field(description="The service that it is part of. What holds for that one holds for this.")
    def part_of(self) -> Service | None:
        return self.view.find(Service, self.element.part_of)

    @strawberry.field(description="Who answers for it inside the company. For staff; null to others.")
    def owner(self, info: Info) -> str | None:
        return self.element.owner if info.context.viewer.is_staff else None

    note: str | None = strawberry.field(
        resolver=note_for_staff, description="An internal note. For staff; null to others."
    )


@strawberry.type(description="A kind of data.")
class DataCategory(MapElement):
    name: str = strawberry.field(description="What people call it.")
    description: str = strawberry.field(description="What it is; empty where the name says it.")
    kind: model.CategoryKind = strawberry.field(description="Whether it counts as personal by itself.")

    @strawberry.field(description="Whether it is of a special kind (GDPR Art. 9 or 10).")
    def is_special(self) -> bool:
        return bool(self.element.special)

    @strawberry.field(description="The category that it is part of. What holds for that one holds for this.")
    def part_of(self) -> DataCategory | None:
        return self.view.find(DataCategory, self.element.part_of)

    @strawberry.field(description="The categories that it is part of, nearest first.")
    def ancestors(self) -> list[DataCategory]:
        _, *line = self.view.data_map.category_line(self.key)
        return self.view.load_all(DataCategory, (category.key for category in line))

    note: str | None = strawberry.field(
        resolver=note_for_staff, description="An internal note. For staff; null to others."
    )


@strawberry.type(description="Where data comes from.")
class Source(MapElement):
    name: str = strawberry.field(description="What people call it.")
    description: str = strawberry.field(description="What it is; empty where the name says it.")
    kind: model.SourceKind = strawberry.field(description="Who or what it is.")
