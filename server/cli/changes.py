"""Changes between two revisions, for people and as JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from graph.changes import (
    Change,
    ClauseAdded,
    ClauseMoved,
    ClauseRemoved,
    ClauseReworded,
    ElementAdded,
    ElementAltered,
    ElementRemoved,
    Impact,
    RelationshipAdded,
    RelationshipRemoved,
    Touch,
    Words,
    WordsKind,
)
from graph.clauses.words import text_of, word_differences
from graph.data_map import DataMap
from graph.impact.groups import groups_of
from graph.impact.rules import RULES
from graph.model import Clause, MapElement
from server.cli.output import say

_RULES = {rule.name: rule for rule in RULES}

#: As `wdiff` marks words.
_MARKS = {WordsKind.SAME: ("", ""), WordsKind.REMOVED: ("[-", "-]"), WordsKind.ADDED: ("{+", "+}")}


def say_change(change: Change, before: DataMap, after: DataMap) -> None:
    """What changes, by which rule, whom it touches, and the clauses that say so."""
    say(change.key)
    say(f"  {_RULES[change.rule].when} ({change.rule})")
    touched = "" if change.impact is Impact.NONE else _touched(change.touch, before, after)
    lines = (_what(change), _adjusted(change), touched)
    for line in (*filter(None, lines), *_clauses(change, before, after)):
        say(f"  {line}")


def change_as_json(change: Change, before: DataMap, after: DataMap) -> dict[str, Any]:
    adjustment = change.adjustment
    return {
        "key": change.key,
        "kind": type(change.difference).__name__,
        "impact": change.impact.value,
        "judged_impact": change.judged.value,
        "rule": change.rule,
        "rule_says": _RULES[change.rule].when,
        "adjustment": adjustment
        and {
            "impact": adjustment.impact.value,
            "reason": adjustment.reason,
            "by": adjustment.by,
            "adjusted_at": adjustment.adjusted_at.isoformat(),
        },
        "touches": {
            "everyone": change.touch.everyone,
            "places": [
                {"service": place.service, "category": place.category}
                for place in sorted(change.touch.places, key=lambda each: (each.service, each.category or ""))
            ],
            "purposes": sorted(change.touch.purposes),
        },
        "clauses_before": [_clause_as_json(before.clauses[key]) for key in change.clauses_before],
        "clauses_after": [_clause_as_json(after.clauses[key]) for key in change.clauses_after],
        **_difference_as_json(change),
    }


def _difference_as_json(change: Change) -> dict[str, Any]:
    match change.difference:
        case ElementAdded(element) | ElementRemoved(element):
            return {"element": _element_as_json(element)}
        case ElementAltered(new=element, attribute=attribute, before=before, after=after):
            return {"element": _element_as_json(element), "attribute": attribute, "before": before, "after": after}
        case RelationshipAdded(_, element, relationship, target) | RelationshipRemoved(
            _, element, relationship, target
        ):
            return {
                "element": _element_as_json(element),
                "relationship": relationship,
                "target": _element_as_json(target),
            }
        case ClauseReworded(words=words):
            return {"words": [{"kind": each.kind.value, "text": each.text} for each in words]}
        case ClauseAdded() | ClauseRemoved() | ClauseMoved():
            return {}


def _element_as_json(element: MapElement) -> dict[str, str]:
    return {"kind": type(element).__name__, "key": element.key}


def _clause_as_json(clause: Clause) -> dict[str, str]:
    return {"key": clause.key, "number": clause.number, "text": clause.text}


# ---- in words --------------------------------------------------------------------------------------------------------


def _what(change: Change) -> str:
    match change.difference:
        case ElementAltered(attribute=attribute, before=before, after=after):
            return f"{attribute}: {_said(before)} -> {_said(after)}"
        case ElementAdded(element) | ElementRemoved(element) if name := getattr(element, "name", None):
            return f"name: {name}"
        case RelationshipAdded(target=target) | RelationshipRemoved(target=target) if name := getattr(
            target, "name", None
        ):
            return f"name: {name}"
        case _:
            return ""


def _said(value: str | None) -> str:
    return "nothing" if value is None else value


def _adjusted(change: Change) -> str:
    adjustment = change.adjustment
    if adjustment is None:
        return ""
    because = f", because: {adjustment.reason}" if adjustment.reason else ""
    return f"adjusted from {change.judged} to {adjustment.impact}{because}"


def _touched(touch: Touch, before: DataMap, after: DataMap) -> str:
    if touch.everyone:
        return "touches everyone"
    spots = [
        f"{_keys(group.categories) or 'whatever is held'} of {_keys(group.services)}"
        for group in groups_of(touch, before, after)
    ]
    if touch.purposes:
        spots.append(f"decisions about {', '.join(sorted(touch.purposes))}")
    return f"touches {'; '.join(spots)}"


def _keys(elements: Iterable[MapElement]) -> str:
    return ", ".join(element.key for element in elements)


def _clauses(change: Change, before: DataMap, after: DataMap) -> Iterable[str]:
    """The clauses that say otherwise now, with what is new and gone marked; the keys of the others."""
    match change.difference:
        case ClauseReworded(new=new, words=words):
            yield _marked(new, words)
            return
        case ClauseMoved(old, new):
            yield f"clause {old.number} -> {new.number}: {text_of(new)}"
            return
    alike = []
    for key in dict.fromkeys((*change.clauses_before, *change.clauses_after)):
        was, is_now = before.clauses.get(key), after.clauses.get(key)
        if was is not None and is_now is not None:
            if text_of(was) == text_of(is_now):
                alike.append(key)
            else:
                yield _marked(is_now, word_differences(was, is_now))
        elif was is not None:
            yield _marked(was, (Words(WordsKind.REMOVED, text_of(was)),))
        elif is_now is not None:
            yield _marked(is_now, (Words(WordsKind.ADDED, text_of(is_now)),))
    if alike:
        yield f"stated in {', '.join(alike)}"


def _marked(clause: Clause, words: Iterable[Words]) -> str:
    text = "".join(f"{_MARKS[each.kind][0]}{each.text}{_MARKS[each.kind][1]}" for each in words)
    return f"clause {clause.number} {clause.key}: {text}"
