"""The words of comparison: what differs between two revisions, what that does to people's rights, and whom it touches.

Immutable, and knows nothing of files, of the database or of HTTP, like `graph.model`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from graph.model import Clause, MapElement


class Impact(StrEnum):
    """What a change does to people's rights (design, section 6). Ordered by `rank`: NONE notifies nobody."""

    NONE = "NONE"
    INDIRECT = "INDIRECT"
    DIRECT = "DIRECT"

    @property
    def rank(self) -> int:
        return list(Impact).index(self)


# ---- differences -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ElementAdded:
    element: MapElement


@dataclass(frozen=True, slots=True)
class ElementRemoved:
    element: MapElement


@dataclass(frozen=True, slots=True)
class ElementAltered:
    """An element of both revisions says something else of itself. `attribute` is the field's name in `graph.model`;
    `before` and `after` are its values as text, None where it says nothing."""

    old: MapElement
    new: MapElement
    attribute: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class RelationshipAdded:
    """An element of both revisions refers to something that it did not refer to: `relationship` is the type of the
    relationship in the graph, such as LOCATED_IN; `target` is what it leads to, in the new revision."""

    old: MapElement
    new: MapElement
    relationship: str
    target: MapElement


@dataclass(frozen=True, slots=True)
class RelationshipRemoved:
    """The other way round; `target` is of the old revision."""

    old: MapElement
    new: MapElement
    relationship: str
    target: MapElement


@dataclass(frozen=True, slots=True)
class ClauseAdded:
    clause: Clause


@dataclass(frozen=True, slots=True)
class ClauseRemoved:
    clause: Clause


class WordsKind(StrEnum):
    SAME = "SAME"
    REMOVED = "REMOVED"
    ADDED = "ADDED"


@dataclass(frozen=True, slots=True)
class Words:
    """A run of words of a reworded clause, as people read them: in both texts, in the old one, or in the new one.

    Those that are SAME or REMOVED make up the old text, those that are SAME or ADDED the new one, in their order.
    """

    kind: WordsKind
    text: str


@dataclass(frozen=True, slots=True)
class ClauseReworded:
    old: Clause
    new: Clause
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True)
class ClauseMoved:
    """The clause stands elsewhere among those that are in both revisions. It may be reworded as well."""

    old: Clause
    new: Clause


ElementDifference: TypeAlias = ElementAdded | ElementRemoved | ElementAltered | RelationshipAdded | RelationshipRemoved
ClauseDifference: TypeAlias = ClauseAdded | ClauseRemoved | ClauseReworded | ClauseMoved
Difference: TypeAlias = ElementDifference | ClauseDifference


# ---- whom a change touches -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where holdings are: a service and a category, both keys as holdings have them; `category` None: any category."""

    service: str
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Touch:
    """Whom a change touches: everybody, or those with a holding at one of `places`, or with a decision about one of
    `purposes`. Services and categories that are part of those that a fact names are named as well. All empty: nobody.
    """

    everyone: bool = False
    places: frozenset[Place] = frozenset()
    purposes: frozenset[str] = frozenset()

    def __or__(self, other: Touch) -> Touch:
        return Touch(self.everyone or other.everyone, self.places | other.places, self.purposes | other.purposes)

    def __bool__(self) -> bool:
        return self.everyone or bool(self.places or self.purposes)

    def holds(self, service: str, category: str) -> bool:
        """Whether a holding of `service` and `category` is at one of the places."""
        return Place(service, category) in self.places or Place(service) in self.places


NOBODY = Touch()
EVERYONE = Touch(everyone=True)


# ---- changes ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ImpactAdjustment:
    """The publisher judged a change otherwise than the rule. `reason` is there whenever the impact was lowered; `by` is
    the opaque id of the member of staff, or None from the command line."""

    change: str
    impact: Impact
    reason: str | None
    by: str | None
    adjusted_at: datetime


@dataclass(frozen=True, slots=True)
class Change:
    """One difference with what follows from it.

    `key` is the same whenever the same two revisions are compared, such as `recipient/example-analytics/added`. `rule`
    names the rule of `graph.impact` that gave `judged`; `impact` is that, or the publisher's `adjustment` of it.
    `clauses_before` and `clauses_after` are the keys of the clauses that state it, in the old and the new revision.
    """

    key: str
    difference: Difference
    judged: Impact
    rule: str
    touch: Touch
    clauses_before: tuple[str, ...] = ()
    clauses_after: tuple[str, ...] = ()
    adjustment: ImpactAdjustment | None = None

    @property
    def impact(self) -> Impact:
        return self.judged if self.adjustment is None else self.adjustment.impact


def notifying(changes: tuple[Change, ...]) -> Iterator[Change]:
    """Those of which people are told."""
    return (change for change in changes if change.impact is not Impact.NONE and change.touch)


def touch_of(changes: Iterable[Change]) -> Touch:
    """Whom any of them touches, those without an impact left out."""
    touch = NOBODY
    for change in notifying(tuple(changes)):
        touch |= change.touch
    return touch
