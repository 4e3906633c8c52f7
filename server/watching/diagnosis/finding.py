"""One thing that was looked at, and what was found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

#: Told what is being looked at, by whoever is about to take some seconds for it.
Progress: TypeAlias = Callable[[str], None]


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """It works, and somebody should know this."""

    FAILURE = "failure"
    NOT_CHECKED = "not checked"
    """Something else must be mended first."""


@dataclass(frozen=True, slots=True)
class Finding:
    """`check`: what was looked at. `found`: what is there. `mend`: the way out, empty where nothing is to be done."""

    check: str
    verdict: Verdict
    found: str
    mend: str = ""


def ok(check: str, found: str) -> Finding:
    return Finding(check, Verdict.OK, found)


def warning(check: str, found: str, mend: str) -> Finding:
    return Finding(check, Verdict.WARNING, found, mend)


def failure(check: str, found: str, mend: str) -> Finding:
    return Finding(check, Verdict.FAILURE, found, mend)


def not_checked(check: str, found: str) -> Finding:
    return Finding(check, Verdict.NOT_CHECKED, found)


def split_message(message: str) -> tuple[str, str]:
    """A message of the project's, `what is wrong: the way out`, in its two parts."""
    found, _, mend = message.rpartition(": ")
    return (found, mend) if found else (message, "")
