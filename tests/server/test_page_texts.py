"""The catalogue of the pages has words for what the service names."""

from __future__ import annotations

import re
from collections.abc import Set
from pathlib import Path

from graph.impact.elements import ALTERED, LINKED
from graph.model import (
    Adequacy,
    CaseCondition,
    CategoryKind,
    ExclusionKind,
    LegalBasis,
    MeasureKind,
    RecipientKind,
    RetentionOutcome,
    RetentionStart,
    SourceKind,
)

CATALOGUE = Path(__file__).parents[2] / "server/web/src/shared/texts"
#: What an element says of itself, and what it refers to.
NAMED = {name for by_kind in (ALTERED, LINKED) for names in by_kind.values() for name in names}


def keys(file: str) -> Set[str]:
    return set(re.findall(r'^  "([^"]+)":', (CATALOGUE / file).read_text(), re.MULTILINE))


def test_a_person_is_told_of_what_changed_in_words() -> None:
    assert {name for name in NAMED if f"told.{name}" not in keys("me.ts")} == set()


def test_staff_compare_revisions_in_words() -> None:
    assert {key.removeprefix("field.") for key in keys("mapFields.ts") if key.startswith("field.")} == NAMED
    values = {"outcome": RetentionOutcome, "start": RetentionStart, "condition": CaseCondition}
    for field, words in values.items():
        assert {f"value.{field}.{each.value}" for each in words} <= keys("mapFields.ts")
    details = (LegalBasis, Adequacy, RecipientKind, SourceKind, CategoryKind, ExclusionKind, MeasureKind)
    assert {f"detail.{each.value}" for words in details for each in words} <= keys("map.ts")
