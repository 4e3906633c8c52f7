"""How the keys of changes and of findings name an element: `retention-rule/log-data`. Pure."""

from __future__ import annotations

import re

_INNER_CAPITAL = re.compile(r"(?<=[a-z])(?=[A-Z])")


def element_name(kind: str, key: str) -> str:
    """`kind`: the name of its type, such as RetentionRule, or Clause."""
    return f"{_INNER_CAPITAL.sub('-', kind).lower()}/{key}"
