"""What may stand where in a map file: derived from the dataclasses of the model, so that a field exists once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import MISSING, dataclass, fields
from enum import StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

from graph.map_file.fields import COUNTRY_KEY, FIELDS, KEY, KINDS, FieldRule, TextForm
from graph.model import Controller, MapElements


@dataclass(frozen=True, slots=True)
class Revision:
    """The head of the file, beside the elements."""

    language: str
    summary: str


class FieldKind(StrEnum):
    """How a field is written: one value, a list, a mapping of its own (PART), or a mapping of mappings (PARTS)."""

    TEXT = "TEXT"
    FLAG = "FLAG"
    NUMBER = "NUMBER"
    WORD = "WORD"
    TEXTS = "TEXTS"
    WORDS = "WORDS"
    PART = "PART"
    PARTS = "PARTS"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an element.

    `default` is what it is when left out, None for a required one. `words` is the enumeration of a WORD or of WORDS;
    `part` is the dataclass of a PART or of PARTS.
    """

    name: str
    kind: FieldKind
    required: bool
    nullable: bool
    default: object
    rule: FieldRule
    words: type[StrEnum] | None = None
    part: type[Any] | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of element: `name` is the key of the file that holds them, `element` their dataclass."""

    name: str
    element: type[Any]
    description: str

    @property
    def key_form(self) -> TextForm:
        return COUNTRY_KEY if self.name == "countries" else KEY

    @property
    def is_single(self) -> bool:
        return self.element is Controller


@cache
def kinds() -> tuple[Kind, ...]:
    """The kinds of element in the order of the model, the controller first."""
    hints = get_type_hints(MapElements)
    return tuple(
        Kind(
            each.name,
            get_args(hints[each.name])[0] if get_args(hints[each.name]) else hints[each.name],
            KINDS[each.name],
        )
        for each in fields(MapElements)
    )


def fields_of(element: type[Any]) -> tuple[Field, ...]:
    """The fields of a dataclass of the model as the file has them.

    `key` is among them for the controller only: everywhere else it is the key of the mapping.
    """
    if element not in _known:
        _known[element] = tuple(_fields(element))
    return _known[element]


_known: dict[type[Any], tuple[Field, ...]] = {}
"""Type hints are slow to find, and a file has thousands of elements of few classes."""


def _fields(element: type[Any]) -> Iterator[Field]:
    hints = get_type_hints(element)
    for each in fields(element):
        if each.name == "key" and element is not Controller:
            continue
        rule = FIELDS.get(f"{element.__name__}.{each.name}") or FIELDS[each.name]
        required = each.default is MISSING and not rule.optional
        default = None if each.default is MISSING else each.default
        yield _field(each.name, hints[each.name], required, default, rule)


_SINGLE = {str: FieldKind.TEXT, bool: FieldKind.FLAG, int: FieldKind.NUMBER}


def _field(name: str, hint: Any, required: bool, default: object, rule: FieldRule) -> Field:
    nullable = isinstance(hint, UnionType)
    inner = next(each for each in get_args(hint) if each is not NoneType) if nullable else hint
    several = get_origin(inner) is tuple
    if several:
        inner = get_args(inner)[0]
    if inner in _SINGLE:
        return Field(name, FieldKind.TEXTS if several else _SINGLE[inner], required, nullable, default, rule)
    if issubclass(inner, StrEnum):
        kind = FieldKind.WORDS if several else FieldKind.WORD
        return Field(name, kind, required, nullable, default, rule, words=inner)
    return Field(name, FieldKind.PARTS if several else FieldKind.PART, required, nullable, default, rule, part=inner)
