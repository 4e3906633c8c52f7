"""Global ids and cursors: opaque to clients, exact to us."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

import orjson

from graph.errors import InvalidInput

#: Five keys of 200 characters, of four bytes each, take 5,334 in base64: no id or cursor of ours has more than that.
LENGTH_AT_MOST = 8_192


@dataclass(frozen=True, slots=True)
class GlobalId:
    """What an id names: a type, and the parts that tell one of that type from another (a revision and a key, or an id
    of the store)."""

    type: str
    parts: tuple[str | int, ...]

    def __str__(self) -> str:
        return _encode([self.type, *self.parts])


def read_global_id(text: str) -> GlobalId:
    """Raises InvalidInput."""
    value = _decode(text)
    if not (isinstance(value, list) and len(value) >= 2 and isinstance(value[0], str)):
        raise InvalidInput("This is not an id of this service: give one that it returned")
    return GlobalId(value[0], tuple(value[1:]))


def write_cursor(kind: str, place: tuple[str | int, ...]) -> str:
    return _encode(["after", kind, *place])


def read_cursor(kind: str, text: str) -> tuple[str | int, ...]:
    """The place that a cursor of this kind of list names. Raises InvalidInput for any other."""
    value = _decode(text)
    if not (isinstance(value, list) and len(value) >= 3 and value[:2] == ["after", kind]):
        raise InvalidInput("This is not a cursor of this list: give an `endCursor` that it returned, or none")
    return tuple(value[2:])


def _encode(value: list[Any]) -> str:
    # An answer has dozens of them, and the standard library's encoder takes ten times as long.
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


def _decode(text: str) -> Any:
    if len(text) > LENGTH_AT_MOST:
        return None
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        # As text: of bytes it would guess the encoding, and one thing would have several ids.
        value = json.loads(data.decode("utf-8"))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return value if isinstance(value, list) and all(_is_part(part) for part in value) else None


def _is_part(part: object) -> bool:
    """Whether the graph could hold it: text without half characters, or a whole number of 64 bits."""
    if isinstance(part, str):
        return not any("\ud800" <= character <= "\udfff" for character in part)
    return isinstance(part, int) and not isinstance(part, bool) and abs(part) < 2**63
