"""A notice in words, as one person is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Letter:
    """`text` and `html` say the same. `locale` is the BCP 47 tag of the language that they are in. `content` is the
    structured form, as JSON."""

    title: str
    text: str
    html: str
    locale: str
    content: Mapping[str, object]
