"""The citations of a map of elements, when the text that it cites is replaced."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any

from graph.errors import Problem
from graph.map_file.rules import NO_CLAUSE
from graph.map_file.shape import kinds
from graph.model import MapElements

_HINT = "cite a clause of the new text, in a map given with --map"


def followed(elements: MapElements, renamed: Mapping[str, str]) -> MapElements:
    """The elements with each citation of a key of `renamed` replaced by what that leads to."""
    if not renamed:
        return elements
    found: MapElements = _followed(elements, renamed)
    return found


def _followed(part: Any, renamed: Mapping[str, str]) -> Any:
    changed: dict[str, Any] = {}
    for each in fields(part):
        value = getattr(part, each.name)
        if each.name == "clauses":
            changed[each.name] = tuple(dict.fromkeys(renamed.get(key, key) for key in value))
        elif isinstance(value, tuple):
            changed[each.name] = tuple(_followed(one, renamed) if is_dataclass(one) else one for one in value)
        elif is_dataclass(value):
            changed[each.name] = _followed(value, renamed)
    return replace(part, **changed)


def broken_citations(
    elements: MapElements, known: Collection[str], hint: Callable[[str], str | None], file: str
) -> list[Problem]:
    """A problem for each citation of a key that is not among `known`, in the order of the map; `file` names the map."""
    problems = []
    for kind in kinds():
        found = getattr(elements, kind.name)
        for element in (found,) if kind.is_single else found:
            path = kind.name if kind.is_single else f"{kind.name}.{element.key}"
            for place, key in _citations(element, path):
                if key not in known:
                    message = f"{place}.clauses: {NO_CLAUSE} '{key}'"
                    problems.append(Problem(file, 0, message, hint(key) or _HINT))
    return problems


def _citations(part: Any, path: str) -> Iterator[tuple[str, str]]:
    """The keys that an element and its parts cite, each with the path of what cites it."""
    for each in fields(part):
        value = getattr(part, each.name)
        if each.name == "clauses":
            for key in value:
                yield path, key
        elif isinstance(value, tuple):
            for one in value:
                if is_dataclass(one):
                    yield from _citations(one, f"{path}.{each.name}.{getattr(one, 'key', '')}")
