"""What a backup is made of, and in which order: what may come next in a file, and what may be named there. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from graph.errors import quoted
from graph.model import RevisionState
from graph.notices import NoticeKind, notice_id

#: Of an id or key: more than an engine's index takes.
KEY_CHARACTERS_AT_MOST = 8_192
SUBJECT, TRUST, LEDGER, REVISION, ADJUSTMENT = "Subject", "Trust", "Ledger", "Revision", "ImpactAdjustment"
OVERRULE = "FindingOverrule"
CONTACT, NOTICE, DELIVERY, FAN_OUT = "Contact", "Notice", "Delivery", "FanOut"
#: What belongs to a revision and is no element of it, in this order.
HEADS = (ADJUSTMENT, OVERRULE, FAN_OUT)
#: The ledgers of a file: of the pages of notices, once there is one, and of revisions.
NOTICES, REVISIONS = "NOTICES", "REVISIONS"


_STATES = frozenset(RevisionState)
_KINDS = frozenset(NoticeKind)
INTEGERS = range(-(2**63), 2**63)

Properties = dict[str, Any]
T = TypeVar("T", str, int, tuple[int, str], tuple[bool, str, str])


@dataclass(frozen=True, slots=True)
class Known:
    """What the graph is made of. `rows`: the labels of what hangs on a subject. `elements`: those of a revision's.
    `relationships`: between elements, as label, type, label."""

    rows: frozenset[str]
    elements: frozenset[str]
    relationships: frozenset[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class Node:
    """`subject`: whom it hangs on; `towards`: whom a trust is shown to."""

    label: str
    properties: Properties
    subject: str | None = None
    towards: str | None = None


@dataclass(frozen=True, slots=True)
class Relationship:
    """Between two elements of one revision, each as label and key."""

    type: str
    revision: int
    start: tuple[str, str]
    end: tuple[str, str]
    position: int


Record = Node | Relationship


def row_place(label: str, id: str) -> tuple[bool, str, str]:
    """What those that hang on one subject are sorted by."""
    return label == DELIVERY, label, id


def head_place(label: str, id: str) -> tuple[int, str]:
    """What those that belong to one revision are sorted by."""
    return HEADS.index(label), id


#: Before every row of a subject.
_FIRST = (False, "", "")


class Place:
    """Where in a file one is: what may come next, and what may be named."""

    def __init__(self, known: Known) -> None:
        self._known = known
        self._section = 0
        self._subject = ""
        self._row = _FIRST  # of that subject
        self._notices: set[str] = set()  # of that subject
        self._page = 0  # the last of any notice
        self._trust = ""
        self._pages: int | None = None
        self._ledger: tuple[int, int] | None = None
        self._revision = 0
        self._published = 0
        self._head = (0, "")  # of that revision, as are those that follow
        self._elements: set[tuple[str, str]] = set()
        self._linked = False

    def enter(self, record: Record) -> None:
        """Raises ValueError for a record that cannot stand here."""
        if isinstance(record, Relationship):
            self._link(record)
            return
        label, properties = record.label, record.properties
        section = self._section_of(label)
        if section < self._section:
            raise _misplaced(label)
        self._section = section
        belongs = label in self._known.rows or label == TRUST
        if belongs == (record.subject is None) or (label == TRUST) == (record.towards is None):
            raise ValueError(f"a {label} does not say whom it is about")
        if label in self._known.elements:
            self._element(label, properties)
        elif label == REVISION:
            self._revise(properties)
        elif label in HEADS:
            self._belong(label, properties)
        elif label == LEDGER:
            self._lead(properties)
        elif label == TRUST:
            self._trust = _later(label, self._trust, key_of(properties, "id"))
        elif label == SUBJECT:
            self._subject, self._row = _later(label, self._subject, key_of(properties, "id")), _FIRST
            self._notices = set()
        elif record.subject != self._subject:
            raise _misplaced(label)
        else:
            self._row = _later(label, self._row, row_place(label, key_of(properties, "id")))
            self._hang(label, properties)

    def end(self) -> None:
        """Raises ValueError where something is still to come."""
        if (self._revision, self._published) != (self._ledger or (0, 0)):
            raise ValueError("the ledger and the revisions do not agree")
        if self._page > (self._pages or 0):
            raise ValueError("the ledger and the notices do not agree")

    def _hang(self, label: str, properties: Properties) -> None:
        """Whose they are is in some rows as well."""
        if label == CONTACT and properties["id"] != self._subject:
            raise _misplaced(label)
        if label not in (NOTICE, DELIVERY):
            return
        kind = text_of(properties, "kind")
        if kind not in _KINDS:
            raise ValueError(f"{quoted(kind)} is no kind of a notice")
        notice = notice_id(integer_of(properties, "revision"), NoticeKind(kind), self._subject)
        if text_of(properties, "subject") != self._subject:
            raise _misplaced(label)
        if label == DELIVERY and notice not in self._notices:
            raise _misplaced(label)
        if label == NOTICE:
            if properties["id"] != notice:
                raise _misplaced(label)
            self._notices.add(notice)
            self._page = max(self._page, integer_of(properties, "page"))

    def _lead(self, properties: Properties) -> None:
        id = key_of(properties, "id")
        if self._ledger is None and self._pages is None and id == NOTICES:
            self._pages = integer_of(properties, "last_page")
            return
        if self._ledger is not None or id != REVISIONS:
            raise _misplaced(LEDGER)
        self._ledger = integer_of(properties, "last_number"), integer_of(properties, "last_published")

    def _revise(self, properties: Properties) -> None:
        self._revision = _later(REVISION, self._revision, integer_of(properties, "number"))
        state = text_of(properties, "state")
        if state not in _STATES:
            raise ValueError(f"{quoted(state)} is no state of a revision")
        if state == RevisionState.PUBLISHED:
            self._published = self._revision
        self._head, self._elements, self._linked = (0, ""), set(), False

    def _belong(self, label: str, properties: Properties) -> None:
        """What belongs to a revision, and comes before its elements."""
        if integer_of(properties, "revision") != self._revision or self._elements or self._linked:
            raise _misplaced(label)
        self._head = _later(label, self._head, head_place(label, key_of(properties, "id")))

    def _element(self, label: str, properties: Properties) -> None:
        place = label, key_of(properties, "key")
        if integer_of(properties, "revision") != self._revision or self._linked or place in self._elements:
            raise _misplaced(label)
        self._elements.add(place)

    def _link(self, record: Relationship) -> None:
        if (record.start[0], record.type, record.end[0]) not in self._known.relationships:
            place = quoted(" ".join((record.start[0], record.type, record.end[0])))
            raise ValueError(f"{place} is no relationship that this version knows")
        if record.revision != self._revision or not {record.start, record.end} <= self._elements:
            raise _misplaced(record.type)
        self._linked = True

    def _section_of(self, label: str) -> int:
        if label == SUBJECT or label in self._known.rows:
            return 0
        if label in (TRUST, LEDGER):
            return 1 if label == TRUST else 2
        if label == REVISION or label in HEADS or label in self._known.elements:
            return 3
        raise ValueError(f"{quoted(label)} is no node that this version knows")


def _misplaced(kind: str) -> ValueError:
    return ValueError(f"a {kind} stands in the wrong place")


def _later(kind: str, last: T, next: T) -> T:
    """`next`, which comes after what was there last."""
    if next <= last:
        raise _misplaced(kind)
    return next


def text_of(value: Mapping[str, Any], name: str) -> str:
    text = value.get(name)
    if not isinstance(text, str):
        raise ValueError(f"has no {name}")
    return text


def key_of(value: Mapping[str, Any], name: str) -> str:
    key = text_of(value, name)
    if not 1 <= len(key) <= KEY_CHARACTERS_AT_MOST:
        raise ValueError(f"has no {name} of 1 to {KEY_CHARACTERS_AT_MOST} characters")
    return key


def integer_of(value: Mapping[str, Any], name: str) -> int:
    number = value.get(name)
    if type(number) is not int or number not in INTEGERS:
        raise ValueError(f"has no {name}")
    return number
