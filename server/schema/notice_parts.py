"""What a notice says, in parts: what changes for the person, and what they can do about it."""

from __future__ import annotations

from collections.abc import Iterable

import strawberry

from graph import changes, model
from graph.notice_content import model as told


@strawberry.type(description="Something of the data map, by its key.")
class NamedElement:
    type: str = strawberry.field(description="Its type, such as `DataCategory`.")
    key: str = strawberry.field(description="Its key in the data map.")
    name: str | None = strawberry.field(
        description="Null for a recipient that the policy does not name, and for facts."
    )

    @classmethod
    def of(cls, named: told.Named) -> NamedElement:
        return cls(type=named.label, key=named.key, name=named.name)


def _named(each: Iterable[told.Named]) -> list[NamedElement]:
    return [NamedElement.of(named) for named in each]


@strawberry.type(
    description="Some of what is held of the person: each of the categories, held by each of the services."
)
class NoticeHoldings:
    services: list[NamedElement] = strawberry.field(description="In the order of the map.")
    categories: list[NamedElement] = strawberry.field(description="In the order of the map; none: all that they hold.")

    @classmethod
    def of(cls, holdings: told.Holdings) -> NoticeHoldings:
        return cls(services=_named(holdings.services), categories=_named(holdings.categories))


@strawberry.type(description="Where a recipient is.")
class NoticeCountry:
    key: str = strawberry.field(description="The key of the country.")
    name: str = strawberry.field(description="Its name.")
    adequacy: model.Adequacy = strawberry.field(description="How the law sees its protection of data.")


@strawberry.type(description="When data is passed on.")
class NoticeCase:
    key: str = strawberry.field(description="The key of the disclosure case.")
    name: str = strawberry.field(description="Its name.")
    condition: model.CaseCondition = strawberry.field(description="What must have happened before it applies.")


@strawberry.type(description="Who may receive what an item is about.")
class NoticeRecipient:
    key: str = strawberry.field(description="The key of the recipient.")
    name: str | None = strawberry.field(description="Null where the policy does not name it.")
    kind: model.RecipientKind = strawberry.field(description="What it is to the controller.")
    function: str = strawberry.field(description="What it does.")
    description: str = strawberry.field(description="What the policy says of it.")
    countries: list[NoticeCountry] = strawberry.field(description="Where it is. Empty: the policy does not say.")
    safeguards: list[NamedElement] = strawberry.field(description="What protects the transfer to it.")
    via: list[NamedElement] = strawberry.field(
        description="Who passes data on to it, the first who has it first. Empty where it goes there directly."
    )
    cases: list[NoticeCase] = strawberry.field(description="When.")
    is_identifiable: bool = strawberry.field(description="False where it goes there without a name only.")

    @classmethod
    def of(cls, recipient: told.RecipientTold) -> NoticeRecipient:
        return cls(
            key=recipient.key,
            name=recipient.name,
            kind=recipient.kind,
            function=recipient.function,
            description=recipient.description,
            countries=[
                NoticeCountry(key=each.key, name=each.name, adequacy=each.adequacy) for each in recipient.countries
            ],
            safeguards=_named(recipient.safeguards),
            via=_named(recipient.via),
            cases=[NoticeCase(key=each.key, name=each.name, condition=each.condition) for each in recipient.cases],
            is_identifiable=recipient.identifiable,
        )


@strawberry.type(description="What data is used for, as far as an item is about it.")
class NoticePurpose:
    key: str = strawberry.field(description="The key of the purpose.")
    name: str = strawberry.field(description="Its name.")
    description: str = strawberry.field(description="What the policy says of it.")
    legal_bases: list[model.LegalBasis] = strawberry.field(description="Why that is lawful, for this person's data.")
    is_direct_marketing: bool = strawberry.field(description="Whether it is advertising.")

    @classmethod
    def of(cls, purpose: told.PurposeTold) -> NoticePurpose:
        return cls(
            key=purpose.key,
            name=purpose.name,
            description=purpose.description,
            legal_bases=list(purpose.legal_bases),
            is_direct_marketing=purpose.direct_marketing,
        )


@strawberry.type(description="The text of a clause, in one of two policies.")
class NoticeClauseText:
    key: str = strawberry.field(description="The key of the clause.")
    number: str = strawberry.field(description="Its number in the policy; empty where it has none.")
    text: str = strawberry.field(description="What a reader sees, without Markdown.")

    @classmethod
    def of(cls, text: told.ClauseText) -> NoticeClauseText:
        return cls(key=text.key, number=text.number, text=text.text)


@strawberry.type(description="A run of words of a clause that was reworded.")
class Words:
    kind: changes.WordsKind = strawberry.field(description="In which of the two texts they stand.")
    text: str = strawberry.field(description="The words.")


@strawberry.type(description="A clause that states what an item is about, in the old and in the new policy.")
class NoticeClause:
    before: NoticeClauseText | None = strawberry.field(description="Null: it is new.")
    after: NoticeClauseText | None = strawberry.field(description="Null: it is no longer there.")
    is_changed: bool = strawberry.field(description="Whether the two differ.")
    words: list[Words] = strawberry.field(description="What differs, where it was reworded, in the order of reading.")

    @classmethod
    def of(cls, clause: told.ClauseTold) -> NoticeClause:
        return cls(
            before=None if clause.before is None else NoticeClauseText.of(clause.before),
            after=None if clause.after is None else NoticeClauseText.of(clause.after),
            is_changed=clause.is_changed,
            words=[Words(kind=each.kind, text=each.text) for each in clause.words],
        )


@strawberry.type(description="One change of an item.")
class NoticeDetail:
    change: str = strawberry.field(description="The key of the change between the two revisions.")
    kind: told.DetailKind = strawberry.field(description="What happens.")
    impact: changes.Impact = strawberry.field(description="What it does to the person's rights.")
    of: NamedElement | None = strawberry.field(description="What changes; null for a clause.")
    attribute: str | None = strawberry.field(description="Which field or relationship of it, if it is one.")
    before: str | None = strawberry.field(description="What it was, as text; null: nothing.")
    after: str | None = strawberry.field(description="What it becomes, as text; null: nothing.")
    holdings: list[NoticeHoldings] = strawberry.field(description="Which of the item's holdings it is about.")


def _detail(detail: told.Detail) -> NoticeDetail:
    return NoticeDetail(
        change=detail.change,
        kind=detail.kind,
        impact=detail.impact,
        of=None if detail.of is None else NamedElement.of(detail.of),
        attribute=detail.attribute,
        before=detail.before,
        after=detail.after,
        holdings=[NoticeHoldings.of(each) for each in detail.holdings],
    )


@strawberry.type(description="One thing that changes for the person.")
class NoticeItem:
    key: str = strawberry.field(description="Of the item within its notice.")
    kind: told.ItemKind = strawberry.field(description="What changes, and how.")
    impact: changes.Impact = strawberry.field(description="The gravest of its details.")
    about: NamedElement | None = strawberry.field(description="What it is about; null for reworded clauses.")
    description: str = strawberry.field(description="What the policy says of that.")
    holdings: list[NoticeHoldings] = strawberry.field(
        description="Which of the person's holdings it touches. None, and no decisions: it is about everybody alike."
    )
    decisions: list[NamedElement] = strawberry.field(
        description="The purposes of the person's decisions that it touches."
    )
    recipients: list[NoticeRecipient] = strawberry.field(description="Who plays a part in it.")
    purposes: list[NoticePurpose] = strawberry.field(description="The purposes that play a part in it.")
    details: list[NoticeDetail] = strawberry.field(description="What it is made up of, change by change.")
    clauses: list[NoticeClause] = strawberry.field(description="The clauses that state it, old and new.")
    actions: list[told.ActionKind] = strawberry.field(
        description="What can be done about it; the notice's `actions` say how."
    )

    @classmethod
    def of(cls, item: told.Item) -> NoticeItem:
        return cls(
            key=item.key,
            kind=item.kind,
            impact=item.impact,
            about=None if item.about is None else NamedElement.of(item.about),
            description=item.description,
            holdings=[NoticeHoldings.of(each) for each in item.holdings],
            decisions=_named(item.decisions),
            recipients=[NoticeRecipient.of(each) for each in item.recipients],
            purposes=[NoticePurpose.of(each) for each in item.purposes],
            details=[_detail(each) for each in item.details],
            clauses=[NoticeClause.of(each) for each in item.clauses],
            actions=list(item.actions),
        )


@strawberry.type(description="What the person can do, and how.")
class NoticeAction:
    kind: told.ActionKind = strawberry.field(description="What.")
    right: NamedElement | None = strawberry.field(description="The right that grants it; null for asking.")
    description: str = strawberry.field(description="The right in the policy's words.")
    conditions: str = strawberry.field(description="When it applies, in the policy's words.")
    exceptions: str = strawberry.field(description="When it does not, in the policy's words.")
    how: str = strawberry.field(description="How to exercise it, in the policy's words.")
    purposes: list[NamedElement] = strawberry.field(description="Against which it helps.")
    clauses: list[NoticeClauseText] = strawberry.field(description="The clauses that state the right.")

    @classmethod
    def of(cls, action: told.Action) -> NoticeAction:
        return cls(
            kind=action.kind,
            right=None if action.right is None else NamedElement.of(action.right),
            description=action.description,
            conditions=action.conditions,
            exceptions=action.exceptions,
            how=action.how,
            purposes=_named(action.purposes),
            clauses=[NoticeClauseText.of(each) for each in action.clauses],
        )


@strawberry.type(description="Who tells, and answers.")
class NoticeController:
    name: str = strawberry.field(description="The name.")
    email: str = strawberry.field(description="Where to write to.")
    website: str = strawberry.field(description="The website.")
    answers_within: str = strawberry.field(description="How soon an answer comes, in the policy's words.")

    @classmethod
    def of(cls, controller: told.ControllerTold) -> NoticeController:
        return cls(
            name=controller.name,
            email=controller.email,
            website=controller.website,
            answers_within=controller.answers_within,
        )
