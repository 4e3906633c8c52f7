"""The ids by which people, staff and services are known: made elsewhere, compared as they are, never taken apart."""

from __future__ import annotations

import unicodedata
from typing import TypeGuard

MAXIMUM_ID_LENGTH = 128


def is_opaque_id(value: object) -> TypeGuard[str]:
    """Whether `value` has the shape of an id: 1 to 128 characters, none of them whitespace, a control or invisible."""
    if not isinstance(value, str) or not 1 <= len(value) <= MAXIMUM_ID_LENGTH:
        return False
    if value.isascii():  # as most are: an import asks this of every line
        return value.isprintable() and " " not in value
    # Categories C* and Z*: an id with a line break forges log lines, one with an invisible character looks like
    # another, and a lone surrogate cannot be stored.
    return not any(unicodedata.category(character)[0] in "CZ" for character in value)
