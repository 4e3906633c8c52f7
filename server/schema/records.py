"""What is recorded of a person: decisions, trusts, disclosures that did happen, and who looked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import strawberry

from graph import model
from server.schema.elements import Clause, MapView, Node
from server.schema.ids import GlobalId
from server.schema.purposes import Purpose
from server.schema.recipients import DisclosureCase, Recipient
from server.schema.services import DataCategory, Service


def clauses_of(view: MapView, keys: Iterable[str]) -> list[Clause]:
    return [view.clauses[key] for key in dict.fromkeys(keys)]


def id_of(type: str, id: str) -> strawberry.ID:
    return strawberry.ID(str(GlobalId(type, (id,))))


@strawberry.type(description="What the person decided about a purpose, and when.")
class Decision(Node):
    view: strawberry.Private[MapView]
    decision: strawberry.Private[model.Decision]
    kind: model.DecisionKind = strawberry.field(description="What was decided.")
    decided_at: datetime = strawberry.field(description="When.")
    purpose_key: str = strawberry.field(description="The key of the purpose.")
    reported_by: str | None = strawberry.field(
        description="The key of the service that told of it; null: the person decided here, or an operator told."
    )

    @classmethod
    def of(cls, view: MapView, decision: model.Decision) -> Decision:
        return cls(
            view=view,
            decision=decision,
            id=id_of("Decision", decision.id),
            kind=decision.kind,
            decided_at=decision.decided_at,
            purpose_key=decision.purpose,
            reported_by=decision.service,
        )

    @strawberry.field(description="The purpose; null where this revision no longer has it.")
    def purpose(self) -> Purpose | None:
        return self.view.find(Purpose, self.decision.purpose)

    @strawberry.field(description="The clauses that state the purpose. Empty: none does.")
    def clauses(self) -> list[Clause]:
        purpose = self.view.data_map.purposes.get(self.decision.purpose)
        return clauses_of(self.view, purpose.clauses if purpose else ())


@strawberry.type(description="The person lets another see categories.")
class Trust(Node):
    view: strawberry.Private[MapView]
    trust: strawberry.Private[model.Trust]
    towards: str = strawberry.field(description="The opaque id of the one who is trusted.")
    since: datetime = strawberry.field(description="From when.")
    until: datetime | None = strawberry.field(description="Until when; null: until it is taken back.")
    category_keys: list[str] = strawberry.field(description="The keys of the categories, with what is part of them.")
    reported_by: str | None = strawberry.field(
        description="The key of the service that told of it; null: an operator told."
    )

    @classmethod
    def of(cls, view: MapView, trust: model.Trust) -> Trust:
        return cls(
            view=view,
            trust=trust,
            id=id_of("Trust", trust.id),
            towards=trust.towards,
            since=trust.since,
            until=trust.until,
            category_keys=list(trust.categories),
            reported_by=trust.service,
        )

    @strawberry.field(description="The categories; those that this revision no longer has are left to `categoryKeys`.")
    def categories(self) -> list[DataCategory]:
        found = (self.view.find(DataCategory, key) for key in self.trust.categories)
        return [category for category in found if category is not None]

    @strawberry.field(
        description="The clauses that state the cases in which somebody who is trusted may see data. Empty: none does."
    )
    def clauses(self) -> list[Clause]:
        cases = self.view.data_map.elements.disclosure_cases
        on_trust = (each for each in cases if each.condition is model.CaseCondition.TRUST)
        return clauses_of(self.view, (key for each in on_trust for key in each.clauses))


@strawberry.type(description="A disclosure that did happen.")
class DisclosureRecord(Node):
    view: strawberry.Private[MapView]
    record: strawberry.Private[model.DisclosureRecord]
    disclosed_at: datetime = strawberry.field(description="When.")
    recipient_key: str = strawberry.field(description="The key of the recipient.")
    service_key: str = strawberry.field(description="The key of the service that the data came from.")
    category_keys: list[str] = strawberry.field(description="The keys of the categories that went.")

    @classmethod
    def of(cls, view: MapView, record: model.DisclosureRecord) -> DisclosureRecord:
        return cls(
            view=view,
            record=record,
            id=id_of("DisclosureRecord", record.id),
            disclosed_at=record.disclosed_at,
            recipient_key=record.recipient,
            service_key=record.service,
            category_keys=list(record.categories),
        )

    @strawberry.field(description="Who received it; null where this revision no longer has the recipient.")
    def recipient(self) -> Recipient | None:
        return self.view.find(Recipient, self.record.recipient)

    @strawberry.field(description="Where it came from; null where this revision no longer has the service.")
    def service(self) -> Service | None:
        return self.view.find(Service, self.record.service)

    @strawberry.field(description="What went; those that this revision no longer has are left to `categoryKeys`.")
    def categories(self) -> list[DataCategory]:
        found = (self.view.find(DataCategory, key) for key in self.record.categories)
        return [category for category in found if category is not None]

    @strawberry.field(description="What for; null where the reporter did not say, or this revision no longer has it.")
    def purpose(self) -> Purpose | None:
        return self.view.find(Purpose, self.record.purpose)

    @strawberry.field(description="In which case; null where the reporter did not say.")
    def case(self) -> DisclosureCase | None:
        return self.view.find(DisclosureCase, self.record.case)

    @strawberry.field(description="The clauses that state the case, and the recipient. Empty: none does.")
    def clauses(self) -> list[Clause]:
        data_map = self.view.data_map
        case = data_map.disclosure_cases.get(self.record.case) if self.record.case else None
        recipient = data_map.recipients.get(self.record.recipient)
        stated = (each for each in (case, recipient) if each is not None)
        return clauses_of(self.view, (key for each in stated for key in each.clauses))


@strawberry.type(description="A member of staff read this person's answer.")
class AccessRecord(Node):
    by: str = strawberry.field(description="The opaque id of the member of staff.")
    accessed_at: datetime = strawberry.field(description="When.")

    @classmethod
    def of(cls, record: model.AccessRecord) -> AccessRecord:
        return cls(id=id_of("AccessRecord", record.id), by=record.by, accessed_at=record.accessed_at)
