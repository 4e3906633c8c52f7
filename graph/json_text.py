"""What a text in JSON has, before anything is made of it."""

from __future__ import annotations

import re

#: Each to its end, or to that of the text where it has none, so that no text is looked at twice.
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"?', re.DOTALL)


def values_in(text: bytes | bytearray) -> int:
    """How many values (objects, lists, texts, numbers) there are, or somewhat more; of what is no JSON, some number.
    Takes 10 ms a megabyte."""
    frame = _STRING.sub(b"", text)
    return 1 + sum(map(frame.count, (b",", b"[", b"{")))
