"""The keys by which those whom a change touches are found: in their order the rows of one place stand together.

A holding has `service category subject`, a decision `purpose subject`. A space is in no key of a map and in no id of a
person, and comes before all that is: so keys are ordered by their parts, and those that begin with a place are that
place's, by subject. All of it is ASCII, of which alone every engine has the same order, with an index and without.

They are derived from what else is known, so no backup has them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from graph.holdings import record_id

#: The property that holds one, and the labels of what has it.
REACH_KEY = "reach_key"
KEYED = frozenset({"Holding", "Decision"})

# The first character after the space: what begins with a prefix comes before the prefix that ends in this.
_AFTER = "!"
# Of each part; keys of a map and ids of people are shorter. What a restored file says may be anything, and more than
# an index takes.
_LONGEST_PART = 200


# What stands for a character that is not ASCII, and for itself: it comes after all others that are.
_ESCAPE = "~"
_TO_ESCAPE = re.compile(r"[^ -}]")
_ESCAPED = re.compile(r"~([0-9a-f]{6})")


def sortable(subject: str) -> str:
    """A subject's id in ASCII. The order of ids stays that of their code points."""
    if subject.isascii() and _ESCAPE not in subject:
        return subject
    return _TO_ESCAPE.sub(lambda found: f"{_ESCAPE}{ord(found[0]):06x}", subject)


def subject_of(sortable: str) -> str:
    """The id that `sortable` was given."""
    if _ESCAPE not in sortable:
        return sortable
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), sortable)


def holding_key(service: str, category: str, subject: str) -> str:
    return f"{service} {category} {sortable(subject)}"


def decision_key(purpose: str, subject: str) -> str:
    return f"{purpose} {sortable(subject)}"


def prefix(*parts: str) -> str:
    """What the keys begin with that have these parts first."""
    return "".join(f"{part} " for part in parts)


def end_of(prefix: str) -> str:
    """Comes after every key that begins with a prefix, before every other that comes after those, and is none."""
    return prefix[:-1] + _AFTER


def key_of(label: str, subject: str, properties: Mapping[str, Any]) -> str | None:
    """The key of a row that hangs on a subject, None where it has none: a row of another kind, a tombstone, a period
    that was closed by the next, and what no report could have said."""
    match label:
        case "Holding" if "since" in properties:
            service, category = _part(properties.get("service")), _part(properties.get("category"))
            # A closed period has another id than its register, which stands at its place already.
            if service and category and properties.get("id") == record_id(subject, service, category):
                return holding_key(service, category, subject) if _part(subject) else None
        case "Decision":
            purpose = _part(properties.get("purpose"))
            return decision_key(purpose, subject) if purpose and _part(subject) else None
    return None


def with_key(label: str, subject: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    """The row with the key that follows from it, whatever it said of that."""
    rest, key = without_key(label, properties), key_of(label, subject, properties)
    return rest if key is None else {**rest, REACH_KEY: key}


def without_key(label: str, properties: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in properties.items() if name != REACH_KEY or label not in KEYED}


def _part(value: object) -> str | None:
    """The value, if it can be a part of a key."""
    if not isinstance(value, str) or not 1 <= len(value) <= _LONGEST_PART or " " in value:
        return None
    return value
