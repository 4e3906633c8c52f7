"""What the checks report of a revision, and what of text and map says nothing of the other."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import strawberry

from graph import model
from graph.checks import RULES
from graph.checks.coverage import ClauseRole, unstated_elements
from graph.checks.overruling import is_standing, key_of, overruled
from graph.data_map import all_elements
from graph.model import FindingKind
from graph.store.overrules import list_overrules
from server.context import Context, Info
from server.schema.connections import PAGE_DEFAULT, After, Connection, First, page
from server.schema.elements import Clause, MapElement, MapView
from server.schema.people import PeopleCount, count_people_at
from server.turns import turn_to_work_out

_RULES = {rule.name: rule for rule in RULES}


@strawberry.type(description="Why a draft could, or can, be published in spite of a violation.")
class FindingOverrule:
    reason: str = strawberry.field(description="Why, in the publisher's words.")
    by: str | None = strawberry.field(description="The id of the member of staff; null: the command line.")
    overruled_at: datetime = strawberry.field(description="When.")


@strawberry.type(description="What a check reports of a revision: a rule is broken, or something is not said.")
class Finding:
    view: strawberry.Private[MapView]
    finding: strawberry.Private[model.Finding]
    key: str = strawberry.field(
        description="Tells it apart among those of its revision: `overruleFinding` is asked by it."
    )
    kind: FindingKind = strawberry.field(description="How grave it is.")
    rule: str = strawberry.field(description="The name of the check: docs/compliance.md has them all.")
    message: str = strawberry.field(description="What is wrong here, and how to mend it.")

    @classmethod
    def of(cls, view: MapView, finding: model.Finding) -> Finding:
        return cls(
            view=view,
            finding=finding,
            key=key_of(finding),
            kind=finding.kind,
            rule=finding.rule,
            message=finding.message,
        )

    @strawberry.field(description="What is so wherever the rule finds something.")
    def rule_says(self) -> str:
        return _RULES[self.finding.rule].says

    @strawberry.field(description="What can be done about it wherever the rule finds something.")
    def mending(self) -> str:
        return _RULES[self.finding.rule].mending

    @strawberry.field(description="The element that it is about; null where that is a clause.")
    def element(self) -> MapElement | None:
        found = self.view.find_named(self.finding.element_kind, self.finding.element)
        return found if isinstance(found, MapElement) else None

    @strawberry.field(description="The clause that it is about; null where that is an element.")
    def clause(self) -> Clause | None:
        found = self.view.find_named(self.finding.element_kind, self.finding.element)
        return found if isinstance(found, Clause) else None

    @strawberry.field(description="All clauses that speak of what it is about, in the order that tells most.")
    def clauses(self) -> list[Clause]:
        return [self.view.clauses[key] for key in self.finding.clauses if key in self.view.clauses]

    @strawberry.field(
        description="How many people it concerns: of whom something is held, now, at the element, or at any that the "
        "clause states. Null for a clause that states nothing."
    )
    async def people(self, info: Info) -> PeopleCount | None:
        element = self.element()
        stated = self.view.data_map.elements_by_clause
        about = stated.get(self.finding.element, ()) if element is None else (element.element,)
        return await count_people_at(info.context, self.view, about) if about else None

    @strawberry.field(description="Why it keeps the draft from being published no longer; null where nobody said so.")
    def overrule(self) -> FindingOverrule | None:
        found = self.finding.overrule
        if found is None:
            return None
        return FindingOverrule(reason=found.reason, by=found.by, overruled_at=found.overruled_at)


@strawberry.type(description="A clause that states nothing of the map, nor does any clause below it.")
class SilentClause:
    clause: Clause = strawberry.field(description="The clause.")
    role: ClauseRole = strawberry.field(description="What it is there for, by its form.")


@strawberry.type(description="How much of text and map there is, and how much of it needs a look.")
class CoverageCounts:
    clauses: int = strawberry.field(description="The clauses of the text.")
    silent_clauses: int = strawberry.field(description="Those of them that state nothing of the map.")
    elements: int = strawberry.field(description="The elements of the map.")
    unstated_elements: int = strawberry.field(description="Those of them that no clause states.")
    violations: int = strawberry.field(description="The findings that keep a draft from being published.")
    overruled: int = strawberry.field(description="The violations that are overruled.")
    gaps: int = strawberry.field(description="The findings of something that is not said.")


@strawberry.type(
    description="How text and map of a revision cover one another: whether the policy says what is done, and whether "
    "what it says is done."
)
class MapCoverage:
    view: strawberry.Private[MapView]
    found: strawberry.Private[Sequence[model.Finding]]

    @strawberry.field(
        description="The clauses that state nothing of the map, in reading order. A section or item is there where all "
        "that stands below it is silent, too."
    )
    def silent_clauses(self) -> list[SilentClause]:
        return [
            SilentClause(clause=self.view.clauses[each.clause.key], role=each.role) for each in self.view.silent_clauses
        ]

    @strawberry.field(description="The elements that no clause states, in the order of the map. Each has a finding.")
    def unstated_elements(self) -> list[MapElement]:
        return [self.view.show(each) for each in unstated_elements(self.view.data_map.elements)]

    @strawberry.field(description="As `findings` of the map.")
    def findings(self, first: First = PAGE_DEFAULT, after: After = None) -> Connection[Finding]:
        return page_of_findings(self.view, self.found, first, after)

    @strawberry.field(description="The numbers of all these.")
    def counts(self) -> CoverageCounts:
        standing = sum(map(is_standing, self.found))
        gaps = sum(each.kind is FindingKind.GAP for each in self.found)
        return CoverageCounts(
            clauses=len(self.view.clauses),
            silent_clauses=len(self.view.silent_clauses),
            elements=sum(1 for _ in all_elements(self.view.data_map.elements)),
            unstated_elements=len(unstated_elements(self.view.data_map.elements)),
            violations=standing,
            overruled=len(self.found) - standing - gaps,
            gaps=gaps,
        )


async def load_findings(context: Context, view: MapView) -> tuple[model.Finding, ...]:
    """What the checks find, with what is overruled of it. For staff."""
    return overruled(
        await view.load_findings(turn_to_work_out(context.database)),
        await list_overrules(context.database, view.number),
    )


def page_of_findings(
    view: MapView, found: Sequence[model.Finding], first: int, after: str | None
) -> Connection[Finding]:
    return page(
        found,
        kind=f"findings-{view.number}",
        place=lambda each: (key_of(each),),
        node=lambda each: Finding.of(view, each),
        first=first,
        after=after,
        ordered=False,
    )
