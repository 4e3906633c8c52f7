"""What the controller promises: not to do, to let people do, and to protect; and who it is."""

from __future__ import annotations

import strawberry

from graph import model
from server.schema.elements import MapElement
from server.schema.services import DataCategory


@strawberry.type(description="Who answers for the processing (GDPR Art. 13(1)(a)).")
class Controller(MapElement):
    name: str = strawberry.field(description="The company's name.")
    registration: str = strawberry.field(description="Its registration number.")
    address: str = strawberry.field(description="Where to write to.")
    country: str = strawberry.field(description="ISO 3166-1 alpha-2 code.")
    email: str = strawberry.field(description="Where to ask about data.")
    website: str = strawberry.field(description="Where it publishes its policy.")
    answers_within: str = strawberry.field(description="How soon it answers, in the policy's words.")
    notice_channels: list[model.Channel] = strawberry.field(description="How it tells people of a revision.")


@strawberry.type(description="A promise not to.")
class Exclusion(MapElement):
    name: str = strawberry.field(description="What is never done, or not covered.")
    description: str = strawberry.field(description="More about it; empty where the name says it.")
    kind: model.ExclusionKind = strawberry.field(description="What is promised not to be.")
    minimum_age: int | None = strawberry.field(description="For the kind AGE: in years, the age of those served.")

    @strawberry.field(description="For the kind CATEGORY: what is never processed, with what is part of it.")
    def categories(self) -> list[DataCategory]:
        return self.view.load_all(DataCategory, self.element.categories)


@strawberry.type(description="What a person may ask for.")
class Right(MapElement):
    name: str = strawberry.field(description="What people call it.")
    description: str = strawberry.field(description="What it gives.")
    article: str = strawberry.field(description="The GDPR's article; empty where the policy goes beyond it.")
    conditions: str = strawberry.field(description="When it can be used; empty: always.")
    exceptions: str = strawberry.field(description="What may stand against it; empty: nothing.")
    how: str = strawberry.field(description="How to use it.")


@strawberry.type(description="What protects the data: a principle that is kept to, or something that is done.")
class Measure(MapElement):
    name: str = strawberry.field(description="What people call it.")
    description: str = strawberry.field(description="How it protects; empty where the name says it.")
    kind: model.MeasureKind = strawberry.field(description="What it is.")
