"""What a notice says, before it is put into words: the changes that touch one person, as a layman would count them.

Immutable, and knows nothing of languages or templates. Names and texts are those of the policy. Everything here is of
that one person: who else is touched by a change, and where, is never told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from graph.changes import Impact, Words
from graph.model import Adequacy, CaseCondition, LegalBasis, RecipientKind
from graph.notices import NoticeKind


class ItemKind(StrEnum):
    """What happens, to what. `PROMISE`: what is promised not to be done. `CASE`: when data may be passed on.
    `PROTECTION`: what protects data. `POLICY_REWORDED`: clauses of which nothing else here tells."""

    RECIPIENT_ADDED = "RECIPIENT_ADDED"
    RECIPIENT_CHANGED = "RECIPIENT_CHANGED"
    RECIPIENT_REMOVED = "RECIPIENT_REMOVED"
    COUNTRY_ADDED = "COUNTRY_ADDED"
    COUNTRY_CHANGED = "COUNTRY_CHANGED"
    COUNTRY_REMOVED = "COUNTRY_REMOVED"
    PURPOSE_ADDED = "PURPOSE_ADDED"
    PURPOSE_CHANGED = "PURPOSE_CHANGED"
    PURPOSE_REMOVED = "PURPOSE_REMOVED"
    CATEGORY_ADDED = "CATEGORY_ADDED"
    CATEGORY_CHANGED = "CATEGORY_CHANGED"
    CATEGORY_REMOVED = "CATEGORY_REMOVED"
    SERVICE_ADDED = "SERVICE_ADDED"
    SERVICE_CHANGED = "SERVICE_CHANGED"
    SERVICE_REMOVED = "SERVICE_REMOVED"
    SOURCE_CHANGED = "SOURCE_CHANGED"
    RETENTION_CHANGED = "RETENTION_CHANGED"
    RIGHT_ADDED = "RIGHT_ADDED"
    RIGHT_CHANGED = "RIGHT_CHANGED"
    RIGHT_REMOVED = "RIGHT_REMOVED"
    PROMISE_ADDED = "PROMISE_ADDED"
    PROMISE_CHANGED = "PROMISE_CHANGED"
    PROMISE_REMOVED = "PROMISE_REMOVED"
    CASE_ADDED = "CASE_ADDED"
    CASE_CHANGED = "CASE_CHANGED"
    CASE_REMOVED = "CASE_REMOVED"
    PROTECTION_ADDED = "PROTECTION_ADDED"
    PROTECTION_CHANGED = "PROTECTION_CHANGED"
    PROTECTION_REMOVED = "PROTECTION_REMOVED"
    CONTROLLER_CHANGED = "CONTROLLER_CHANGED"
    POLICY_REWORDED = "POLICY_REWORDED"


class DetailKind(StrEnum):
    """`ALTERED`: an element says something else of itself, or refers to one thing in the place of another. `LINKED`,
    `UNLINKED`: it refers to something more, or less. `REWORDED` and `MOVED` are of clauses."""

    ADDED = "ADDED"
    REMOVED = "REMOVED"
    ALTERED = "ALTERED"
    LINKED = "LINKED"
    UNLINKED = "UNLINKED"
    REWORDED = "REWORDED"
    MOVED = "MOVED"


class ActionKind(StrEnum):
    """What a person can do about a change."""

    OBJECT = "OBJECT"
    WITHDRAW_CONSENT = "WITHDRAW_CONSENT"
    RESTRICT = "RESTRICT"
    EXPORT = "EXPORT"
    DELETE = "DELETE"
    ASK = "ASK"


@dataclass(frozen=True, slots=True)
class Named:
    """An element by its label and key, such as DataCategory `email`. `name` is None for a recipient that the policy
    does not name, and for facts, which have none."""

    label: str
    key: str
    name: str | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """Some of what is held of the person: each of `categories`, held by each of `services`, both in the order of the
    map. No categories: all that the services hold."""

    services: tuple[Named, ...]
    categories: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class CountryTold:
    key: str
    name: str
    adequacy: Adequacy


@dataclass(frozen=True, slots=True)
class CaseTold:
    key: str
    name: str
    condition: CaseCondition


@dataclass(frozen=True, slots=True)
class RecipientTold:
    """Who may receive what the item is about. `via`: the recipients that pass it on, the first who has it first; empty
    where it goes there directly by any way. `cases`: when. `identifiable`: False where it only goes without a name."""

    key: str
    name: str | None
    kind: RecipientKind
    function: str
    description: str
    countries: tuple[CountryTold, ...]
    safeguards: tuple[Named, ...]
    via: tuple[Named, ...] = ()
    cases: tuple[CaseTold, ...] = ()
    identifiable: bool = True


@dataclass(frozen=True, slots=True)
class PurposeTold:
    """`legal_bases`: those on which this person's data is used for it, in the order of the enumeration."""

    key: str
    name: str
    description: str
    legal_bases: tuple[LegalBasis, ...]
    direct_marketing: bool


@dataclass(frozen=True, slots=True)
class ClauseText:
    """`text` is what a reader sees, without Markdown."""

    key: str
    number: str
    text: str


@dataclass(frozen=True, slots=True)
class ClauseTold:
    """A clause that states what the item is about, in the old and in the new policy: both are there and equal in text
    where it did not change. `words`: the difference, where it was reworded."""

    before: ClauseText | None
    after: ClauseText | None
    words: tuple[Words, ...] = ()

    @property
    def is_changed(self) -> bool:
        return bool(self.words) or self.before is None or self.after is None


@dataclass(frozen=True, slots=True)
class Detail:
    """One change of the item. `change` is its key; `of` what changes, None for a clause; `attribute` a field of
    `graph.model`, or a type of relationship for LINKED, UNLINKED and an ALTERED reference. `before`, `after`: values as
    text, None for nothing; of a reference the names of what it leads to. `holdings`: which of the item's it is about.
    """

    change: str
    kind: DetailKind
    impact: Impact
    of: Named | None = None
    attribute: str | None = None
    before: str | None = None
    after: str | None = None
    holdings: tuple[Holdings, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that changes for the person. `about` is None for POLICY_REWORDED only; `description` is what the policy
    says of it. No holdings and no decisions: it is about everybody alike. `impact`: the gravest of its details.

    `recipients` and `purposes` are those that play a part in the change, as far as they have to do with this person's
    holdings. `actions`: what can be done about it, in the order of the enumeration; NoticeContent says how.
    """

    kind: ItemKind
    impact: Impact
    about: Named | None
    description: str
    holdings: tuple[Holdings, ...]
    decisions: tuple[Named, ...]
    recipients: tuple[RecipientTold, ...]
    purposes: tuple[PurposeTold, ...]
    details: tuple[Detail, ...]
    clauses: tuple[ClauseTold, ...]
    actions: tuple[ActionKind, ...]

    @property
    def key(self) -> str:
        """Of the item within its notice, such as `RECIPIENT_ADDED/example-analytics`."""
        return self.kind.value if self.about is None else f"{self.kind.value}/{self.about.key}"


@dataclass(frozen=True, slots=True)
class Action:
    """`right` is what the policy grants for it, with its words; None for ASK. `purposes`: against which it helps, for
    OBJECT and WITHDRAW_CONSENT."""

    kind: ActionKind
    right: Named | None = None
    description: str = ""
    conditions: str = ""
    exceptions: str = ""
    how: str = ""
    purposes: tuple[Named, ...] = ()
    clauses: tuple[ClauseText, ...] = ()


@dataclass(frozen=True, slots=True)
class ControllerTold:
    """Who tells. `answers_within` is in the policy's words."""

    name: str
    email: str
    website: str
    answers_within: str


@dataclass(frozen=True, slots=True)
class NoticeContent:
    """All that a notice says. `language`: that of names and clauses, as a BCP 47 tag. `items`: DIRECT before INDIRECT,
    each in the order of the map, clauses last. `is_in_force`: it was when the notice was written. Of a WITHDRAWAL, the
    items are what does not come about, and `actions` is to ask alone."""

    kind: NoticeKind
    revision: int
    base: int
    language: str
    published_at: datetime | None
    effective_at: datetime | None
    is_in_force: bool
    controller: ControllerTold
    items: tuple[Item, ...]
    actions: tuple[Action, ...]
