"""Parts of answers that are the same for everybody of whom the same holds, kept from one answer to the next."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Any

#: Values (objects, and fields of objects) that all kept parts of a schema may have, of some 100 bytes each.
SHARED_VALUES_AT_MOST = 200_000

#: Under this name, a field's metadata has a function from its object to what its value depends on, apart from the map:
#: None where the value is for nobody else.
SHARED_BY = "shared_by"

#: A field with this in its metadata tells of one person, although its object does not.
PERSONAL: dict[object, Any] = {"is_personal": True}


@dataclass(frozen=True, slots=True)
class Part:
    """Fields of one object. `values`: how many they come to, those in `content` itself not counted. What is in
    `content` is shared by answers: nobody may change it."""

    values: int
    content: Mapping[str, Any]

    @property
    def size(self) -> int:
        return self.values + 1 + len(self.content)


class SharedParts:
    """The parts that were asked for last, as many as have `values_at_most` values."""

    def __init__(self, values_at_most: int = SHARED_VALUES_AT_MOST) -> None:
        self._values_at_most = values_at_most
        self._parts: OrderedDict[Hashable, Part] = OrderedDict()
        self._values: int = 0

    def __len__(self) -> int:
        return len(self._parts)

    def find(self, key: Hashable) -> Part | None:
        part = self._parts.get(key)
        if part is not None:
            self._parts.move_to_end(key)
        return part

    def keep(self, key: Hashable, part: Part) -> None:
        """`key` is one that `find` does not know."""
        # More than its values, so that parts without any are bounded too.
        self._parts[key] = part
        self._values += part.size
        while self._values > self._values_at_most:
            _, oldest = self._parts.popitem(last=False)
            self._values -= oldest.size
