"""What every element of a data map has in common; and clauses, which state them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import Any, ClassVar, Self, TypeVar, cast

import strawberry

from graph import model
from graph.checks import findings
from graph.checks.coverage import SilentClause, silent_clauses
from graph.data_map import DataMap, all_elements
from graph.people import Holders
from server.context import Info
from server.policy_html import clause_html, policy_html
from server.schema.ids import GlobalId
from server.turns import Turn

ElementT = TypeVar("ElementT", bound="MapElement")

NOTE = "An internal note. For staff; null to others."


@strawberry.interface(description="Something with an id that `node` finds again.")
class Node:
    id: strawberry.ID = strawberry.field(description="The global id.")


class MapView:
    """A data map as the API shows it: each element and clause is made once and serves every request, and so is what
    takes long to compute.

    Immutable like the map; what depends on who asks is decided in the fields.
    """

    def __init__(self, data_map: DataMap, types: Mapping[type[model.MapElement], Callable[..., MapElement]]) -> None:
        self.data_map = data_map
        self.clauses = {clause.key: Clause.of(self, clause) for clause in data_map.policy.clauses}
        self._elements: dict[tuple[str, str], MapElement] = {}
        self._lists: dict[str, list[MapElement]] = {}
        self._clause_html: dict[str, str] = {}
        self._html: asyncio.Task[str] | None = None
        for element in all_elements(data_map.elements):
            shown = types[type(element)](self, element)
            kind = type(shown).__name__
            self._elements[kind, element.key] = shown
            self._lists.setdefault(kind, []).append(shown)

    @property
    def number(self) -> int:
        return self.data_map.revision.number

    @cached_property
    def findings(self) -> tuple[model.Finding, ...]:
        """As `graph.checks.findings`. Of a large map they take a second the first time: see `load_findings`."""
        return findings(self.data_map.elements, self.data_map.policy)

    @cached_property
    def silent_clauses(self) -> tuple[SilentClause, ...]:
        """As `graph.checks.coverage.silent_clauses`. There as soon as the findings are loaded: see `load_findings`."""
        return silent_clauses(self.data_map.elements, self.data_map.policy)

    async def load_findings(self, turn: Turn) -> tuple[model.Finding, ...]:
        """The findings, without holding up anybody else. Raises Overloaded."""
        if not {"findings", "silent_clauses"} <= vars(self).keys():
            async with turn.in_place():
                await turn.in_thread(lambda: (self.findings, self.silent_clauses))
        return self.findings

    @cached_property
    def holders(self) -> Holders:
        """Whom each element is about."""
        return Holders(self.data_map)

    async def html(self) -> str:
        """The whole text as HTML that is safe to show. All who ask share one rendering."""
        if self._html is None or _is_lost(self._html):
            # In a thread: a long text takes seconds the first time, and nobody else is to wait for it.
            self._html = asyncio.create_task(asyncio.to_thread(policy_html, self.data_map.policy))
        # Shielded: one asker going away must not take it from the others.
        return await asyncio.shield(self._html)

    def clause_html(self, clause: model.Clause) -> str:
        """A clause's own text as HTML that is safe to show."""
        html = self._clause_html.get(clause.key)
        if html is None:
            html = self._clause_html[clause.key] = clause_html(clause)
        return html

    def find(self, type: type[ElementT], key: str | None) -> ElementT | None:
        return None if key is None else cast("ElementT | None", self._elements.get((type.__name__, key)))

    def load(self, type: type[ElementT], key: str) -> ElementT:
        """An element that a valid map has."""
        return cast(ElementT, self._elements[type.__name__, key])

    def load_all(self, type: type[ElementT], keys: Iterable[str]) -> list[ElementT]:
        return [self.load(type, key) for key in keys]

    def all(self, type: type[ElementT]) -> list[ElementT]:
        """Every element of one kind, in the order of the map."""
        return cast(list[ElementT], self._lists.get(type.__name__, []))

    def find_named(self, kind: str, key: str) -> MapElement | Clause | None:
        """By the name of its type, as it stands in a global id."""
        return self.clauses.get(key) if kind == "Clause" else self._elements.get((kind, key))

    def show(self, element: model.MapElement) -> MapElement:
        return self._elements[type(element).__name__, element.key]

    def named(self, name: model.ElementName) -> MapElement:
        """An element that the map has."""
        return self._elements[name.kind.value, name.key]


def _is_lost(task: asyncio.Task[str]) -> bool:
    """Whether nothing will ever come of it: who asks next tries again."""
    return task.done() and (task.cancelled() or task.exception() is not None)


@strawberry.interface(description="One element of a data map: what the policy's clauses state, as data.")
class MapElement(Node):
    is_of_map: ClassVar[bool] = True
    view: strawberry.Private[MapView]
    element: strawberry.Private[Any]
    key: str = strawberry.field(description="Stable across revisions, unique within its kind.")

    @classmethod
    def of(cls, view: MapView, element: Any) -> Self:
        """The element as the API shows it. Types whose fields are the element's name them, and are filled by name."""
        shown = {
            name: getattr(element, name) for name in cls._plain_fields() if name not in ("id", "key", "view", "element")
        }
        id = strawberry.ID(str(GlobalId(cls.__name__, (view.number, element.key))))
        return cls(view=view, element=element, id=id, key=element.key, **shown)

    @classmethod
    def _plain_fields(cls) -> list[str]:
        definition: Any = cls
        fields = definition.__strawberry_definition__.fields
        return [field.python_name for field in fields if field.base_resolver is None]

    @strawberry.field(description="The clauses that state it, in the order that the map cites them. Empty: none does.")
    def clauses(self) -> list[Clause]:
        return [self.view.clauses[key] for key in self.element.clauses]


def note_for_staff(root: strawberry.Parent[MapElement], info: Info) -> str | None:
    """The resolver of every element's internal note: null to all but staff."""
    note: str | None = root.element.note
    return note if info.context.viewer.is_staff else None


@strawberry.type(description="One addressable piece of the policy: a heading, a paragraph, a list item or a table row.")
class Clause(Node):
    is_of_map: ClassVar[bool] = True
    view: strawberry.Private[MapView]
    clause: strawberry.Private[model.Clause]
    key: str = strawberry.field(description="Stable across revisions.")
    number: str = strawberry.field(description="Its place in the text, such as 4.2.1.")
    kind: model.ClauseKind = strawberry.field(description="What it is in the text.")
    text: str = strawberry.field(description="Its own Markdown, without that of the clauses below it.")

    @classmethod
    def of(cls, view: MapView, clause: model.Clause) -> Clause:
        id = strawberry.ID(str(GlobalId("Clause", (view.number, clause.key))))
        return cls(
            view=view, clause=clause, id=id, key=clause.key, number=clause.number, kind=clause.kind, text=clause.text
        )

    @strawberry.field(description="Its own text as HTML that is safe to show.")
    def html(self) -> str:
        return self.view.clause_html(self.clause)

    @strawberry.field(description="The section or list item that it stands in, null at the top.")
    def part_of(self) -> Clause | None:
        return self.view.clauses[self.clause.part_of] if self.clause.part_of else None

    @strawberry.field(description="The section that it stands in, however deep; null at the top.")
    def section(self) -> Clause | None:
        above = self.clause.part_of
        while above is not None and self.view.clauses[above].kind is not model.ClauseKind.SECTION:
            above = self.view.clauses[above].clause.part_of
        return self.view.clauses[above] if above else None

    @strawberry.field(description="The clauses directly below it, in reading order.")
    def parts(self) -> list[Clause]:
        below = self.view.data_map.clauses_below.get(self.clause.key, ())
        return [self.view.clauses[clause.key] for clause in below]

    @strawberry.field(description="The elements of the data map that it states, in the order of the map.")
    def states(self) -> list[MapElement]:
        stated = self.view.data_map.elements_by_clause.get(self.clause.key, ())
        return [self.view.show(element) for element in stated]
