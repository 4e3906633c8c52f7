"""The fields of elements that name others: as relationships, they are the edges of the graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import LiteralString


@dataclass(frozen=True, slots=True)
class Link:
    """A field of an element that names others: the type of relationship, and the label at its other end."""

    type: LiteralString
    label: LiteralString


CLAUSES = Link("STATED_IN", "Clause")

#: The fields that become relationships, by label. `clauses` does for every label.
LINKS: Mapping[str, Mapping[str, Link]] = {
    "Clause": {"part_of": Link("PART_OF", "Clause")},
    "Service": {"part_of": Link("PART_OF", "Service")},
    "DataCategory": {"part_of": Link("PART_OF", "DataCategory")},
    "Recipient": {
        "countries": Link("LOCATED_IN", "Country"),
        "engages": Link("ENGAGES", "Recipient"),
        "safeguards": Link("PROTECTED_BY", "Safeguard"),
    },
    "RetentionRule": {"exceptions": Link("HAS_EXCEPTION", "RetentionException")},
    "Processing": {
        "service": Link("BY", "Service"),
        "categories": Link("USES", "DataCategory"),
        "source": Link("COMES_FROM", "Source"),
        "purpose": Link("FOR", "Purpose"),
        "retention": Link("KEPT_UNDER", "RetentionRule"),
    },
    "Disclosure": {
        "services": Link("FROM", "Service"),
        "categories": Link("DISCLOSES", "DataCategory"),
        "recipient": Link("TO", "Recipient"),
        "purpose": Link("FOR", "Purpose"),
        "case": Link("IN_CASE", "DisclosureCase"),
    },
    "Exclusion": {"categories": Link("EXCLUDES", "DataCategory")},
}
