"""The details of an item that was there before and is still there, in the sentences of a language."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from babel.units import format_unit

from graph.notice_content.model import Detail, DetailKind, Holdings, Item
from server.notify.catalogue import Catalogue

Held: TypeAlias = Callable[[Iterable[Holdings]], Sequence[str]]

#: Attributes whose values are words of the data map.
WORDS = frozenset({"kind", "legal_basis", "adequacy", "outcome", "start", "condition"})
FLAGS = frozenset({"special", "direct_marketing", "identifiable"})
# A rule's criterion says in words what these say.
_SAID_BY_CRITERION = frozenset({"period", "start"})

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
_UNITS = ("duration-year", "duration-month", "duration-day")


def changes_of(item: Item, catalogue: Catalogue, held: Held) -> list[dict[str, Any]]:
    """What changes, each once: `label` with `before` and `after`, both texts, or with `value`, which is None then."""
    altered = {detail.attribute for detail in item.details if detail.kind is DetailKind.ALTERED}
    found: list[dict[str, Any]] = []
    for detail in item.details:
        if detail.attribute in _SAID_BY_CRITERION and "criterion" in altered:
            continue
        found += (change for change in _changes(detail, catalogue, held) if change not in found)
    return found


def _changes(detail: Detail, catalogue: Catalogue, held: Held) -> Iterator[dict[str, Any]]:
    say = catalogue.say
    of = detail.of
    if of is None:
        return
    if detail.attribute is None:
        is_gone = detail.kind is DetailKind.REMOVED
        if of.label in ("Disclosure", "Processing"):
            name = "disclosed" if of.label == "Disclosure" else "processed"
            value = "; ".join(held(detail.holdings))
            if value:
                yield _value(say(f"change.not_{name}" if is_gone else f"change.{name}"), value)
        elif of.name is not None:
            yield _value(say("line.removed" if is_gone else "line.added"), of.name)
        return
    label = _label(of.label, detail.attribute, catalogue)
    match detail.kind:
        case DetailKind.LINKED:
            yield _value(say("change.linked", label=label), detail.after or "")
        case DetailKind.UNLINKED:
            yield _value(say("change.unlinked", label=label), detail.before or "")
        case _:
            before = _worded(detail.attribute, detail.before, catalogue)
            after = _worded(detail.attribute, detail.after, catalogue)
            if before != after:
                yield {"label": label, "before": before, "after": after, "value": None}


def _value(label: str, value: str) -> dict[str, Any]:
    return {"label": label, "before": None, "after": None, "value": value}


def _label(label: str, attribute: str, catalogue: Catalogue) -> str:
    if label == "Right" and attribute == "exceptions":
        attribute = "exceptions_of_right"
    return catalogue.say(f"attribute.{attribute.partition('.')[0]}")


def _worded(attribute: str, value: str | None, catalogue: Catalogue) -> str:
    """A value of the map as people say it."""
    if value is None:
        return catalogue.say("value.nothing")
    if attribute in WORDS:
        return catalogue.say(f"word.{attribute}.{value}")
    if attribute in FLAGS:
        return catalogue.say(f"word.flag.{value}")
    if attribute == "notice_channels":
        return ", ".join(catalogue.say(f"word.notice_channels.{each}") for each in value.split(", "))
    if attribute == "period" and (found := _PERIOD.fullmatch(value)):
        counts = zip(found.groups(), _UNITS, strict=True)
        return ", ".join(format_unit(int(count), unit, locale=catalogue.locale) for count, unit in counts if count)
    return value
