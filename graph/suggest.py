"""The word that was probably meant."""

from __future__ import annotations

from collections.abc import Iterable

from rapidfuzz import fuzz, process

_ALIKE = 70.0
"""The least likeness, of 100, that is worth suggesting: one letter in four may differ."""


def nearest(word: str, candidates: Iterable[str]) -> str | None:
    """The candidate most like `word`, the first of equals; None where none is alike. Upper and lower case are one."""
    found = process.extractOne(word, tuple(candidates), scorer=fuzz.ratio, processor=str.lower, score_cutoff=_ALIKE)
    return found[0] if found else None
