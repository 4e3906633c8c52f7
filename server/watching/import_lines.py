"""Reported lines, counted as they are written for good."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from graph.store.reports import Counts
from server.ingest import Summary
from server.watching.requests import note_lines


def note_outcomes(counts: Counts, rejections: Iterable[str]) -> None:
    """Lines that came and were written at once; `rejections`: the codes of those that were not."""
    outcomes = Counter(rejections)
    outcomes.update(changed=counts.changed, unchanged=counts.unchanged, older=counts.older)
    for outcome, count in outcomes.items():
        note_lines(outcome, count)


class NotedLines:
    """Told of the summary of one import after each batch, as `ingest` does: what came since the last time counts."""

    def __init__(self) -> None:
        self._noted: Counter[str] = Counter()

    def __call__(self, summary: Summary) -> None:
        counts = Counter(changed=summary.changed, unchanged=summary.unchanged, older=summary.older)
        counts.update({code.value: count for code, count in summary.rejected.items()})
        for outcome, count in (counts - self._noted).items():
            note_lines(outcome, count)
        self._noted = counts
