"""One change as a detail of an item: what changed, from what to what."""

from __future__ import annotations

from collections.abc import Mapping

from graph.changes import (
    Change,
    ClauseAdded,
    ClauseMoved,
    ClauseRemoved,
    ClauseReworded,
    ElementAdded,
    ElementAltered,
    ElementRemoved,
    RelationshipAdded,
    RelationshipRemoved,
)
from graph.compare import by_name
from graph.data_map import DataMap
from graph.links import LINKS
from graph.model import Disclosure, MapElement, Processing, Recipient, RetentionRule
from graph.notice_content.model import Detail, DetailKind, Named


def named(element: MapElement) -> Named:
    """A fact has no name: it is what it is about that has one."""
    name = None if isinstance(element, (Processing, Disclosure)) else element.name
    return Named(type(element).__name__, element.key, name)


class Details:
    """Details of the changes between two revisions, without holdings: those are of a person."""

    def __init__(self, old: DataMap, new: DataMap) -> None:
        self._old, self._new = by_name(old), by_name(new)

    def of(self, change: Change) -> Detail:
        key, impact = change.key, change.impact
        match change.difference:
            case ElementAdded(element):
                return Detail(key, DetailKind.ADDED, impact, named(element))
            case ElementRemoved(element):
                return Detail(key, DetailKind.REMOVED, impact, named(element))
            case ElementAltered(new=element, attribute=attribute, before=before, after=after):
                return Detail(key, DetailKind.ALTERED, impact, named(element), attribute, before, after)
            case RelationshipAdded(old, new, relationship, target):
                return self._reference(change, old, new, relationship, target, is_gone=False)
            case RelationshipRemoved(old, new, relationship, target):
                return self._reference(change, old, new, relationship, target, is_gone=True)
            case ClauseAdded():
                return Detail(key, DetailKind.ADDED, impact)
            case ClauseRemoved():
                return Detail(key, DetailKind.REMOVED, impact)
            case ClauseReworded():
                return Detail(key, DetailKind.REWORDED, impact)
            case ClauseMoved():
                return Detail(key, DetailKind.MOVED, impact)

    def _reference(
        self, change: Change, old: MapElement, new: MapElement, relationship: str, target: MapElement, *, is_gone: bool
    ) -> Detail:
        field = _field(new, relationship)
        single = not isinstance(getattr(new, field), tuple)
        if single:
            # One reference in the place of another, told as one change whichever of the two it is.
            before = self._said(self._old, old, relationship, getattr(old, field))
            after = self._said(self._new, new, relationship, getattr(new, field))
            return Detail(change.key, DetailKind.ALTERED, change.impact, named(new), relationship, before, after)
        kind = DetailKind.UNLINKED if is_gone else DetailKind.LINKED
        said = _said(target)
        before, after = (said, None) if is_gone else (None, said)
        return Detail(change.key, kind, change.impact, named(new), relationship, before, after)

    @staticmethod
    def _said(
        elements: Mapping[tuple[str, str], MapElement], element: MapElement, relationship: str, key: str | None
    ) -> str | None:
        label = LINKS[type(element).__name__][_field(element, relationship)].label
        target = elements.get((label, key)) if key is not None else None
        return None if target is None else _said(target)


def _field(element: MapElement, relationship: str) -> str:
    links = LINKS[type(element).__name__]
    return next(field for field, link in links.items() if link.type == relationship)


def _said(element: MapElement) -> str:
    """What an element is called where something refers to it."""
    if isinstance(element, RetentionRule):
        return element.criterion  # its name says what it is for, not how long
    if isinstance(element, Recipient):
        return element.name or element.description or element.function
    return named(element).name or element.key
