"""Times as the graph keeps them: text of one width, so that the order of texts is the order of times.

Temporal values cost three times as much to carry as strings, and the embedded engine serves no order of them by index.
"""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(time: datetime) -> str:
    """Such as "2018-11-12T00:00:00.000000Z". `time` is aware."""
    # Faster than `strftime`, which an import feels. The last six are "+00:00".
    return time.astimezone(UTC).isoformat("T", "microseconds")[:-6] + "Z"


def from_text(text: str) -> datetime:
    return datetime.fromisoformat(text)


def find_text(time: datetime | None) -> str | None:
    return None if time is None else to_text(time)


def find_time(text: str | None) -> datetime | None:
    return None if text is None else from_text(text)
