"""One expected change of a map: under which rule it falls, and whom it touches."""

from __future__ import annotations

from dataclasses import dataclass

from graph.changes import Change, Place, Touch
from graph.data_map import DataMap
from graph.impact import changes
from graph.impact.rules import RULES
from graph.model import MapElements
from tests.graph.impact.estate import DESK_LOGS, DESK_PIECE, ESTATE, SITE_CONTACT, SITE_EMAIL, of

CONTACT, EMAIL, LOGS, PIECE = (Touch(places=each) for each in (SITE_CONTACT, SITE_EMAIL, DESK_LOGS, DESK_PIECE))
IMPACTS = {rule.name: rule.impact for rule in RULES}


def held_by(service: str, *categories: str) -> Touch:
    """Whoever has a holding of the service, of these categories if any is named."""
    return Touch(places=frozenset({Place(service, each) for each in categories} or {Place(service)}))


ON_DESK = held_by("desk")


def also(touch: Touch, *purposes: str) -> Touch:
    """And whoever decided about these purposes."""
    return touch | Touch(purposes=frozenset(purposes))


@dataclass(frozen=True)
class Row:
    """`rule` is what the change with this key falls under between the two maps."""

    rule: str
    key: str
    touch: Touch
    after: MapElements
    before: MapElements = ESTATE

    def __str__(self) -> str:
        return f"{self.rule} {self.key}"


def check(row: Row) -> None:
    expect(row.rule, row.key, row.touch, of(row.before), of(row.after, 2))


def expect(rule: str, key: str, touch: Touch, old: DataMap, new: DataMap) -> Change:
    """The change with a key, which is as is said."""
    found = {each.key: each for each in changes(old, new)}
    assert key in found, sorted(found)
    change = found[key]
    assert (change.rule, change.judged, change.touch) == (rule, IMPACTS[rule], touch)
    return change
