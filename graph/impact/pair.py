"""Two revisions, with what judging their differences needs."""

from __future__ import annotations

from dataclasses import dataclass

from graph.data_map import DataMap
from graph.impact.facts import Facts
from graph.impact.touches import Touches
from graph.impact.wording import Wordings


@dataclass(frozen=True, slots=True)
class Pair:
    old: DataMap
    new: DataMap
    touches: Touches
    wordings: Wordings

    @property
    def before(self) -> Facts:
        return self.touches.old

    @property
    def after(self) -> Facts:
        return self.touches.new
