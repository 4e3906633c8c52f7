"""Changes made by hand, and what a person is told of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from graph.changes import EVERYONE, Change, Difference, Impact, Place, Touch
from graph.compare import compare
from graph.data_map import DataMap
from graph.model import MapElements, Policy
from graph.notice_content import content_of
from graph.notice_content.model import Item, NoticeContent
from graph.notices import Notice, NoticeKind
from tests.builders import a_map, a_policy, a_revision

WRITTEN = datetime(2026, 11, 20, 10, tzinfo=UTC)
EFFECTIVE = datetime(2027, 1, 1, tzinfo=UTC)

EMAIL = Place("billing", "email")
PHONE = Place("billing", "phone")
AT_EMAIL = Touch(places=frozenset({EMAIL}))


def a_data_map(number: int = 1, policy: Policy | None = None, **over: Any) -> DataMap:
    revision = a_revision(number, published_at=WRITTEN, effective_at=EFFECTIVE)
    return DataMap(revision, policy or a_policy(), over.get("elements") or a_map(**over))


def a_change(difference: Difference, touch: Touch = EVERYONE, **over: Any) -> Change:
    made = Change(f"{type(difference).__name__}/{id(difference)}", difference, Impact.DIRECT, "a-rule", touch)
    return replace(made, **over)


def all_changes(old: DataMap, new: DataMap, touch: Touch = EVERYONE, **over: Any) -> tuple[Change, ...]:
    """Every difference as a change of this touch, numbered in their order."""
    found = compare(old, new)
    return tuple(a_change(each, touch, key=str(number), **over) for number, each in enumerate(found))


def a_notice(*places: Place, **over: Any) -> Notice:
    return replace(Notice("subject-1", 2, NoticeKind.REVISION, WRITTEN, places), **over)


def told(notice: Notice, changes: Sequence[Change], old: DataMap, new: DataMap) -> NoticeContent:
    return content_of(notice, changes, old, new)


def told_of(old: MapElements, new: MapElements, *places: Place, touch: Touch = EVERYONE, **over: Any) -> NoticeContent:
    """What somebody with holdings at `places` is told of all that differs between two maps, all of which touches
    alike."""
    before, after = a_data_map(1, elements=old), a_data_map(2, elements=new)
    return content_of(a_notice(*places), all_changes(before, after, touch, **over), before, after)


def kinds(content: NoticeContent) -> list[str]:
    return [item.key for item in content.items]


def only(content: NoticeContent) -> Item:
    (item,) = content.items
    return item
