"""The elements of a data map as plain data, shaped like the map file; and the hash of what they say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import is_dataclass
from typing import TypeAlias

from graph.map_file.shape import fields_of, kinds
from graph.model import MapElements

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain]"


def map_as_plain(elements: MapElements) -> dict[str, Plain]:
    """What a map file would hold, without its `revision`: kinds, elements and fields in the order of the model.

    Fields that have their default and kinds without elements are left out, so that a field added to the model later
    changes nothing of the maps that do not use it. A processing always has its basis.
    """
    form: dict[str, Plain] = {}
    for kind in kinds():
        held = getattr(elements, kind.name)
        if kind.is_single:
            form[kind.name] = _fields(held)
        elif held:
            form[kind.name] = {each.key: _fields(each) for each in held}
    return form


def map_hash(elements: MapElements) -> str:
    """SHA-256, in hexadecimal, of what the map says.

    Every fact counts, each citation of a clause too. What does not is presentation: the order of elements, of fields
    and of the items of a list, and how the file was written.
    """
    canonical = json.dumps(
        _unordered(map_as_plain(elements)), sort_keys=True, ensure_ascii=False, separators=(",", ":")
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _fields(element: object) -> dict[str, Plain]:
    found: dict[str, Plain] = {}
    for field in fields_of(type(element)):
        value = getattr(element, field.name)
        if field.required or value != field.default:
            found[field.name] = _plain(value)
    return found


def _plain(value: object) -> Plain:
    if isinstance(value, tuple):
        if value and is_dataclass(value[0]):
            return {each.key: _fields(each) for each in value}
        return [_plain(each) for each in value]
    if is_dataclass(value):
        return _fields(value)
    if isinstance(value, (bool, int)):
        return value
    return str(value)


def _unordered(value: Plain) -> Plain:
    if isinstance(value, Mapping):
        return {key: _unordered(each) for key, each in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(each) for each in value), key=str)
    return value
