"""What is asked, of whom, and what is held about them.

Every subject has `HOLDINGS` holdings under the seed's own map. Those with an even number have *wide* ones: the kinds of
data that the policy speaks of most, with some five purposes and seven paths to a recipient each. Those with an odd
number have *narrow* ones, with two or three of either, as a map with fewer general clauses has them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

HOLDINGS = 12

#: The hot query: what is held, why, and who receives it.
QUERY = (
    "query Mine { me { holdings(first: 50) { nodes { since category { key name } service { key name } "
    "purposes { status purpose { key name } } recipients { status recipient { key name } } } } } }"
)


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of subject: the (service, category) pairs that it has holdings of."""

    name: str
    pairs: Sequence[tuple[str, str]]


_SHARED = ("account-area", "ispmanager", "websites")

WIDE = Profile(
    "wide",
    [
        *((service, category) for service in _SHARED for category in ("first-name", "email", "ip-address")),
        ("websites", "cookies"),
        ("ispmanager", "license-id"),
        ("ispmanager", "device-type"),
    ],
)
NARROW = Profile(
    "narrow",
    [
        (service, category)
        for service in ("ispmanager", "billmanager", "dcimanager", "vmmanager")
        for category in ("cookies", "social-email", "open-source-data")
    ],
)
PROFILES = (WIDE, NARROW)

_EPOCH = datetime(2019, 1, 1, tzinfo=UTC)


def profile_of(number: int) -> Profile:
    return PROFILES[number % len(PROFILES)]


def subject_id(number: int) -> str:
    return f"bench-{number:09d}"


def report_lines(begin: int, end: int, holdings: int = HOLDINGS) -> Iterator[bytes]:
    """The reports about the subjects of these numbers, `holdings` of each, as `vitrine holdings import` takes them."""
    for number in range(begin, end):
        subject = subject_id(number)
        for place, (service, category) in enumerate(profile_of(number).pairs[:holdings]):
            since = _EPOCH + timedelta(minutes=number % 1_000_000, days=place)
            line = {
                "subject": subject,
                "service": service,
                "category": category,
                "since": _text(since),
                "last_seen": _text(since + timedelta(days=400)),
                "source": "automatic-logging",
                "records": 1 + place,
            }
            yield json.dumps(line, separators=(",", ":")).encode() + b"\n"


def _text(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
