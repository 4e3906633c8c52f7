"""Which names of operations are told to whoever watches: clients choose them, so they could be any, without end."""

from __future__ import annotations

import re
from collections.abc import Iterable

NAMES_AT_MOST = 100
#: Of these, by whoever is nobody: the others are left to people, services and staff.
ANONYMOUS_NAMES_AT_MOST = 25
UNNAMED = "unnamed"
OTHER = "other"

_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,63}"
_WELL_FORMED = re.compile(_NAME)
# Blanks and comments, none of which is ever tried in another way; then the operation.
_BEGINNING = re.compile(rf"(?>[\s,\ufeff]++|#[^\r\n]*+)*+(?:query|mutation|subscription)\s+({_NAME})\b")


def name_in(document: str) -> str | None:
    """The name of the operation that a document begins with: what runs where the client names none. Found without
    parsing, which may cost more than the rest; anywhere further on it could be a text in a string."""
    found = _BEGINNING.match(document)
    return None if found is None else found[1]


class OperationNames:
    """Those of the manifest of persisted documents, where there is one: all others are `other`.

    Without one, the first `NAMES_AT_MOST` that are used by operations which went well, so that nobody fills the table
    with documents that are none; and nobody fills more than a part of it with documents that are some.
    """

    def __init__(self, persisted: Iterable[str] | None = None) -> None:
        self._are_ours = persisted is not None
        self._known = set(persisted or ())
        self._anonymous = 0

    def label(self, name: str | None, *, went_well: bool, anonymous: bool) -> str:
        """For metrics and traces: a name, `unnamed` or `other`."""
        if not name:
            return UNNAMED
        if name in self._known:
            return name
        if self._are_ours or not went_well or not self._has_room(anonymous) or not _WELL_FORMED.fullmatch(name):
            return OTHER
        self._known.add(name)
        self._anonymous += anonymous
        return name

    def _has_room(self, anonymous: bool) -> bool:
        return len(self._known) < NAMES_AT_MOST and not (anonymous and self._anonymous >= ANONYMOUS_NAMES_AT_MOST)

    def of_ours(self, name: str | None) -> str | None:
        """For logs: a name that stands in the manifest, which the company wrote. None for any other: whoever chose that
        can have written anything into it."""
        return name if self._are_ours and name in self._known else None
