"""One element as the map file has it, readable or not: what the rules look at before there is an element."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from graph.map_file.shape import fields_of


@dataclass(slots=True)
class MapEntry:
    """An element under its key, with the line of all that it says.

    `values` has every field that could be read, with defaults for those left out; a field that is missing or cannot
    be read is not in it, so a rule must ask `has` for what it judges. `lines` has the line of each field that the file
    gives and, under (field, place), of each item of its list.
    """

    kind: str
    key: str
    path: str
    line: int
    element: type[Any]
    values: dict[str, Any] = field(default_factory=dict)
    lines: dict[str | tuple[str, int], int] = field(default_factory=dict)

    def has(self, *names: str) -> bool:
        return all(name in self.values for name in names)

    def text(self, name: str) -> str | None:
        value = self.values.get(name)
        return value if isinstance(value, str) else None

    def texts(self, name: str) -> tuple[str, ...]:
        """The items of a list, or the one text of a single field; () where there is none."""
        value = self.values.get(name)
        if isinstance(value, str):
            return (value,)
        return value if isinstance(value, tuple) else ()

    def is_set(self, name: str) -> bool:
        return self.values.get(name) is True

    def line_of(self, name: str, place: int | None = None) -> int:
        """The line of a field, or of one item of its list; the element's own where the file does not give it."""
        if place is not None and (name, place) in self.lines:
            return self.lines[name, place]
        return self.lines.get(name, self.line)

    def parts(self) -> tuple[MapEntry, ...]:
        """The entries inside this one: the period and the exceptions of a retention rule."""
        found: list[MapEntry] = []
        for value in self.values.values():
            if isinstance(value, MapEntry):
                found.append(value)
            elif isinstance(value, tuple):
                found.extend(each for each in value if isinstance(each, MapEntry))
        return tuple(found)

    def build(self) -> Any:
        """The element. Every field must have been read."""
        values = {each.name: _built(self.values[each.name]) for each in fields_of(self.element)}
        if "key" in self.element.__dataclass_fields__:
            values["key"] = self.key
        return self.element(**values)


Entries = Mapping[str, Mapping[str, MapEntry]]
"""The entries of a file: by kind, then by key, both in the order of the file."""


def _built(value: object) -> object:
    if isinstance(value, MapEntry):
        return value.build()
    if isinstance(value, tuple):
        return tuple(_built(each) for each in value)
    return value
