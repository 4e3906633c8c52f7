"""The catalogue of the pages has words for what the service names."""

from __future__ import annotations

import re
from pathlib import Path

from graph.impact.elements import ALTERED, LINKED

CATALOGUE = Path(__file__).parents[2] / "server/web/src/shared/texts/me.ts"


def test_a_person_is_told_of_what_changed_in_words() -> None:
    keys = set(re.findall(r'^  "([^"]+)":', CATALOGUE.read_text(), re.MULTILINE))
    named = {name for by_kind in (ALTERED, LINKED) for names in by_kind.values() for name in names}
    assert {name for name in named if f"told.{name}" not in keys} == set()
