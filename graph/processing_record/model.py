"""What a record of processing activities is made of."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from graph.model import (
    Clause,
    Country,
    DataCategory,
    Disclosure,
    DisclosureCase,
    LegalBasis,
    MapElement,
    Processing,
    Purpose,
    Recipient,
    RetentionRule,
    Safeguard,
    Service,
    Source,
)

T = TypeVar("T")


class Point(StrEnum):
    """What Art. 30 asks for: paragraph 1 of the controller, paragraph 2 of a processor."""

    CONTROLLER = "30(1)(a)"
    PURPOSES = "30(1)(b)"
    SUBJECTS_AND_DATA = "30(1)(c)"
    RECIPIENTS = "30(1)(d)"
    TRANSFERS = "30(1)(e)"
    ERASURE = "30(1)(f)"
    MEASURES = "30(1)(g)"
    PROCESSOR = "30(2)(a)"
    PROCESSING = "30(2)(b)"
    PROCESSORS_TRANSFERS = "30(2)(c)"
    PROCESSORS_MEASURES = "30(2)(d)"


@dataclass(frozen=True, slots=True)
class Unstated:
    """What Art. 30 asks for and the map does not say: `what` of the element `about`, such as "the country". `mending`
    says where in the map it belongs, or that the map has no place for it."""

    point: Point
    what: str
    about: MapElement
    mending: str


@dataclass(frozen=True, slots=True)
class WithParts(Generic[T]):
    """An element and, of what is part of it, what has no parts of its own, in the order of the map."""

    whole: T
    parts: tuple[T, ...]


@dataclass(frozen=True, slots=True)
class Onward:
    """A recipient that data reaches: from those that engage it, or, where these are none, by the disclosure itself."""

    recipient: Recipient
    engaged_by: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one disclosure hands on of an activity. `reached`: its own recipient, and then those that this one engages,
    nearest first."""

    disclosure: Disclosure
    case: DisclosureCase
    services: tuple[Service, ...]
    categories: tuple[DataCategory, ...]
    reached: tuple[Onward, ...]


@dataclass(frozen=True, slots=True)
class Transfer:
    """That a recipient has identifiable data in a country outside of the EEA, and what protects it there."""

    recipient: Recipient
    country: Country
    safeguards: tuple[Safeguard, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """A row of the controller's record: a processing; or what of a disclosure is processed nowhere for its purpose, so
    that no disclosure is missing from the record. Then `source` and `retention` are None.

    `clauses` state what is in the row, each once.
    """

    fact: Processing | Disclosure
    service: WithParts[Service]
    purpose: Purpose
    legal_basis: LegalBasis
    categories: tuple[WithParts[DataCategory], ...]
    source: Source | None
    retention: RetentionRule | None
    receipts: tuple[Receipt, ...]
    transfers: tuple[Transfer, ...]
    clauses: tuple[Clause, ...]
    unstated: tuple[Unstated, ...]


@dataclass(frozen=True, slots=True)
class Task:
    """A row of the processors' record: what one processor, or a recipient that a processor engages, has by one
    disclosure; `disclosure`, `purpose` and `case` are None where none leads to it.

    `engaged_by` is empty where the controller itself engages it. `clauses` as those of an activity.
    """

    processor: Recipient
    engaged_by: tuple[Recipient, ...]
    disclosure: Disclosure | None
    purpose: Purpose | None
    case: DisclosureCase | None
    services: tuple[Service, ...]
    categories: tuple[WithParts[DataCategory], ...]
    safeguards: tuple[Safeguard, ...]
    transfers: tuple[Transfer, ...]
    clauses: tuple[Clause, ...]
    unstated: tuple[Unstated, ...]
