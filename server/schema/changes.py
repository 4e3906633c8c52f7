"""What differs between two revisions: each change with its impact, and whom it touches."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, TypeVar

import strawberry

from graph import changes
from graph.changes import Impact
from graph.impact.groups import groups_of
from graph.impact.rules import RULES
from graph.store.comparisons import Comparison as Compared
from server.context import Info
from server.schema.connections import PAGE_DEFAULT, After, Connection, First, page
from server.schema.elements import Clause, MapElement, MapView
from server.schema.notice_parts import Words
from server.schema.purposes import Purpose
from server.schema.services import DataCategory, Service

ElementT = TypeVar("ElementT", bound=MapElement)

_RULES = {rule.name: rule for rule in RULES}

Impacts = Annotated[
    list[Impact] | None, strawberry.argument(description="Only changes with one of these impacts; null: all of them.")
]


@dataclass(frozen=True, slots=True)
class Views:
    """The two revisions as the API shows them."""

    before: MapView
    after: MapView

    def newest(self, type: type[ElementT], key: str) -> ElementT:
        """An element of one of them, from the newer that has it."""
        return self.after.find(type, key) or self.before.load(type, key)


# ---- whom a change touches -------------------------------------------------------------------------------------------


@strawberry.type(
    description="Holdings of each of the categories, by each of the services, with what is part of them in either "
    "revision. Each is of the newer revision that has it."
)
class TouchedHoldings:
    services: list[Service] = strawberry.field(description="In the order of the map.")
    categories: list[DataCategory] = strawberry.field(description="In the order of the map; none: of any category.")


@strawberry.type(
    description="Whom a change touches: everyone, or whoever has one of these holdings or decided about one of these "
    "purposes."
)
class Touched:
    views: strawberry.Private[Views]
    touch: strawberry.Private[changes.Touch]

    @strawberry.field(description="Whether it touches everybody. Then nothing else is named.")
    def is_everyone(self) -> bool:
        return self.touch.everyone

    @strawberry.field(description="The holdings that it touches, services with the same categories together.")
    def holdings(self) -> list[TouchedHoldings]:
        before, after = self.views.before.data_map, self.views.after.data_map
        return [
            TouchedHoldings(
                services=[self.views.newest(Service, each.key) for each in group.services],
                categories=[self.views.newest(DataCategory, each.key) for each in group.categories],
            )
            for group in groups_of(self.touch, before, after)
        ]

    @strawberry.field(description="The purposes of the decisions that it touches, in the order of their keys.")
    def purposes(self) -> list[Purpose]:
        return [self.views.newest(Purpose, key) for key in sorted(self.touch.purposes)]


# ---- changes ---------------------------------------------------------------------------------------------------------


@strawberry.type(description="The publisher judged a change otherwise than its rule.")
class ImpactAdjustment:
    adjustment: strawberry.Private[changes.ImpactAdjustment]
    impact: Impact = strawberry.field(description="What it does to people's rights, by the publisher.")
    reason: str | None = strawberry.field(description="Why; never null where the impact is lower than the rule's.")
    adjusted_at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="The id of the member of staff; null: the command line. For staff; null to others.")
    def by(self, info: Info) -> str | None:
        return self.adjustment.by if info.context.viewer.is_staff else None


@strawberry.interface(description="One difference between two revisions, and what follows from it.")
class Change:
    is_of_map: ClassVar[bool] = True
    views: strawberry.Private[Views]
    change: strawberry.Private[changes.Change]
    key: str = strawberry.field(description="The same whenever these two revisions are compared.")
    impact: Impact = strawberry.field(description="What it does to people's rights; by the publisher, if adjusted.")
    judged_impact: Impact = strawberry.field(description="What it does to people's rights, by the rule.")
    rule: str = strawberry.field(description="The name of the rule that it falls under: docs/impact.md has them all.")

    @strawberry.field(description="What falls under the rule, in words.")
    def rule_says(self) -> str:
        return _RULES[self.change.rule].when

    @strawberry.field(description="The publisher's judgement of it, where that is another than the rule's.")
    def adjustment(self) -> ImpactAdjustment | None:
        found = self.change.adjustment
        if found is None:
            return None
        return ImpactAdjustment(
            adjustment=found, impact=found.impact, reason=found.reason, adjusted_at=found.adjusted_at
        )

    @strawberry.field(description="Whom it touches.")
    def touches(self) -> Touched:
        return Touched(views=self.views, touch=self.change.touch)

    @strawberry.field(description="The clauses of the older revision that state what changes.")
    def clauses_before(self) -> list[Clause]:
        return [self.views.before.clauses[key] for key in self.change.clauses_before]

    @strawberry.field(description="The clauses of the newer revision that state what changes.")
    def clauses_after(self) -> list[Clause]:
        return [self.views.after.clauses[key] for key in self.change.clauses_after]

    @property
    def difference(self) -> Any:
        """Of the kind that the type is made from."""
        return self.change.difference


@strawberry.type(description="An element of the data map is new.")
class ElementAdded(Change):
    @strawberry.field(description="The element.")
    def element(self) -> MapElement:
        return self.views.after.show(self.difference.element)


@strawberry.type(description="An element of the data map is gone.")
class ElementRemoved(Change):
    @strawberry.field(description="The element, as it was.")
    def element(self) -> MapElement:
        return self.views.before.show(self.difference.element)


def _old_element(root: strawberry.Parent[Change]) -> MapElement:
    return root.views.before.show(root.difference.old)


def _new_element(root: strawberry.Parent[Change]) -> MapElement:
    return root.views.after.show(root.difference.new)


def _old_clause(root: strawberry.Parent[Change]) -> Clause:
    return root.views.before.clauses[root.difference.old.key]


def _new_clause(root: strawberry.Parent[Change]) -> Clause:
    return root.views.after.clauses[root.difference.new.key]


@strawberry.type(description="An element of both revisions says something else of itself.")
class ElementAltered(Change):
    old: MapElement = strawberry.field(resolver=_old_element, description="The element, as it was.")
    new: MapElement = strawberry.field(resolver=_new_element, description="The element, as it is.")

    @strawberry.field(description="The field of the map file that has another value, such as `legal_basis`.")
    def attribute(self) -> str:
        return str(self.difference.attribute)

    @strawberry.field(description="The value as it was, as text; null: none.")
    def before(self) -> str | None:
        found: str | None = self.difference.before
        return found

    @strawberry.field(description="The value as it is, as text; null: none.")
    def after(self) -> str | None:
        found: str | None = self.difference.after
        return found


@strawberry.type(description="An element of both revisions refers to something that it did not refer to.")
class RelationshipAdded(Change):
    old: MapElement = strawberry.field(resolver=_old_element, description="The element, as it was.")
    new: MapElement = strawberry.field(resolver=_new_element, description="The element, as it is.")

    @strawberry.field(description="The kind of reference, as the graph names it: `LOCATED_IN`, say.")
    def relationship(self) -> str:
        return str(self.difference.relationship)

    @strawberry.field(description="What it refers to.")
    def target(self) -> MapElement:
        return self.views.after.show(self.difference.target)


@strawberry.type(description="An element of both revisions no longer refers to something.")
class RelationshipRemoved(Change):
    old: MapElement = strawberry.field(resolver=_old_element, description="The element, as it was.")
    new: MapElement = strawberry.field(resolver=_new_element, description="The element, as it is.")

    @strawberry.field(description="The kind of reference, as the graph names it: `LOCATED_IN`, say.")
    def relationship(self) -> str:
        return str(self.difference.relationship)

    @strawberry.field(description="What it referred to.")
    def target(self) -> MapElement:
        return self.views.before.show(self.difference.target)


@strawberry.type(description="A clause is new.")
class ClauseAdded(Change):
    @strawberry.field(description="The clause.")
    def clause(self) -> Clause:
        return self.views.after.clauses[self.difference.clause.key]


@strawberry.type(description="A clause is gone.")
class ClauseRemoved(Change):
    @strawberry.field(description="The clause, as it was.")
    def clause(self) -> Clause:
        return self.views.before.clauses[self.difference.clause.key]


@strawberry.type(description="A clause has other words, or is set otherwise.")
class ClauseReworded(Change):
    old_clause: Clause = strawberry.field(resolver=_old_clause, description="The clause, as it was.")
    new_clause: Clause = strawberry.field(resolver=_new_clause, description="The clause, as it is.")

    @strawberry.field(
        description="What a reader sees of both, in order: what is SAME or REMOVED makes up the old text, what is SAME "
        "or ADDED the new one."
    )
    def words(self) -> list[Words]:
        return [Words(kind=each.kind, text=each.text) for each in self.difference.words]


@strawberry.type(description="A clause stands elsewhere. It may be reworded as well, which is a change of its own.")
class ClauseMoved(Change):
    old_clause: Clause = strawberry.field(resolver=_old_clause, description="The clause, as it was.")
    new_clause: Clause = strawberry.field(resolver=_new_clause, description="The clause, as it is.")


_TYPES: dict[type[changes.Difference], type[Change]] = {
    changes.ElementAdded: ElementAdded,
    changes.ElementRemoved: ElementRemoved,
    changes.ElementAltered: ElementAltered,
    changes.RelationshipAdded: RelationshipAdded,
    changes.RelationshipRemoved: RelationshipRemoved,
    changes.ClauseAdded: ClauseAdded,
    changes.ClauseRemoved: ClauseRemoved,
    changes.ClauseReworded: ClauseReworded,
    changes.ClauseMoved: ClauseMoved,
}


def shown(views: Views, change: changes.Change) -> Change:
    return _TYPES[type(change.difference)](
        views=views, change=change, key=change.key, impact=change.impact, judged_impact=change.judged, rule=change.rule
    )


# ---- the whole -------------------------------------------------------------------------------------------------------


@strawberry.type(description="How many changes have each impact.")
class ImpactCounts:
    direct: int = strawberry.field(description="How many affect people's rights.")
    indirect: int = strawberry.field(description="How many touch them without taking anything away.")
    none: int = strawberry.field(description="How many do nothing to them.")


@strawberry.type(
    description="Two revisions compared: all that people see of them, but for citations and for the order of things."
)
class Comparison:
    views: strawberry.Private[Views]
    compared: strawberry.Private[Compared]

    @strawberry.field(name="from", description="The number of the older revision, or of the one that is taken for it.")
    def before(self) -> int:
        return self.views.before.number

    @strawberry.field(name="to", description="The number of the newer revision, or of the one that is taken for it.")
    def after(self) -> int:
        return self.views.after.number

    @strawberry.field(description="Whether anything changes.")
    def is_changed(self) -> bool:
        return bool(self.compared.changes)

    @strawberry.field(description="The gravest impact of any change; NONE where there is none.")
    def highest_impact(self) -> Impact:
        return self.compared.highest_impact

    @strawberry.field(description="How many changes have each impact.")
    def counts(self) -> ImpactCounts:
        counted = Counter(change.impact for change in self.compared.changes)
        return ImpactCounts(direct=counted[Impact.DIRECT], indirect=counted[Impact.INDIRECT], none=counted[Impact.NONE])

    @strawberry.field(
        description="The changes: of elements by kind in the order of the map, then by key; then of clauses in the "
        "order of the newer text."
    )
    def changes(self, first: First = PAGE_DEFAULT, after: After = None, impact: Impacts = None) -> Connection[Change]:
        wanted = None if impact is None else frozenset(impact)
        return page(
            [each for each in self.compared.changes if wanted is None or each.impact in wanted],
            kind=f"changes-{self.views.before.number}-{self.views.after.number}",
            of=() if wanted is None else tuple(sorted(wanted)),
            place=lambda each: (each.key,),
            node=lambda each: shown(self.views, each),
            first=first,
            after=after,
            ordered=False,
        )


#: What the schema must name: nothing leads to these but their interface.
CHANGE_TYPES = tuple(_TYPES.values())
