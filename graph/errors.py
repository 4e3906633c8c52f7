"""The errors that the project raises on purpose, as one tree.

    VitrineError                       INTERNAL
    ├── InvalidInput                   INVALID_INPUT           what was sent cannot be accepted as it is
    │   ├── InvalidRevision            INVALID_REVISION        a policy or a data map with problems, all of them listed
    │   ├── InvalidTime                INVALID_TIME            a time in the future, or a revision out of its order
    │   │   └── ShortNotice            SHORT_NOTICE            people would be told too late: say why, or later
    │   ├── ViolationsNotOverruled     VIOLATIONS_NOT_OVERRULED a draft breaks rules of the checks, and nobody says why
    │   ├── DecisionNotApplicable      DECISION_NOT_APPLICABLE the purpose does not allow this decision
    │   ├── ReachTooWide               REACH_TOO_WIDE          more people are affected than can be counted in a request
    │   └── RecordTooLarge             RECORD_TOO_LARGE        a record of processing activities would be too long
    ├── NotFound                       NOT_FOUND               no such revision, clause, purpose …
    │   └── NoRevisionInForce          NO_REVISION_IN_FORCE    no policy was in force at that time
    ├── Conflict                       CONFLICT                somebody else was first; nothing of yours is lost
    │   └── NothingChanged             NOTHING_CHANGED         what would be published is already in force
    ├── Unauthenticated                UNAUTHENTICATED         no credential, or one that does not verify
    ├── Forbidden                      FORBIDDEN               a good credential, for something else
    ├── IssuerUnavailable              ISSUER_UNAVAILABLE      the token issuer's keys cannot be fetched; ask later
    ├── GraphUnavailable               GRAPH_UNAVAILABLE       the graph does not answer; ask again later
    ├── GraphFault                     GRAPH_FAULT             the graph answered with an error that nobody expected
    ├── EngineFailure                  ENGINE_FAILURE          the embedded engine cannot start, or has died
    │   └── DataFolderInUse            DATA_FOLDER_IN_USE      another process has the data folder
    └── InvalidSettings                INVALID_SETTINGS        settings that cannot work, all of them listed

Every error carries a stable `code` (clients branch on it), a message that says what is wrong and what to do about
it, and `ids`: the identifiers it is about. A message never holds personal data; it may hold opaque ids. What it repeats
of the input it repeats through `quoted`, which bounds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

QUOTED_AT_MOST = 200  # as long as the longest key: a key that could exist is always shown whole


def quoted(text: str) -> str:
    """What was sent, as a message repeats it: in quotes, and of what is longer only the beginning, with a mark."""
    return repr(text) if len(text) <= QUOTED_AT_MOST else f"{text[:QUOTED_AT_MOST]!r}…"


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One thing wrong with a file: where it stands, what is wrong, how to mend it.

    `line` counts from 1; 0 means the file as a whole.
    """

    file: str
    line: int
    message: str
    hint: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}: {self.hint}"


class VitrineError(Exception):
    """The root of the tree. `message` is shown to whoever asked; `ids` name what it is about."""

    code: ClassVar[str] = "INTERNAL"

    def __init__(self, message: str, **ids: str | int) -> None:
        super().__init__(message)
        self.message = message
        self.ids = ids


class InvalidInput(VitrineError):
    code = "INVALID_INPUT"


class InvalidRevision(InvalidInput):
    """A policy or map that cannot become a revision. `problems` lists all of them, by file and line."""

    code = "INVALID_REVISION"

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        count = len(self.problems)
        super().__init__(f"{count} problem{'' if count == 1 else 's'} in the policy or its data map")


class InvalidTime(InvalidInput):
    code = "INVALID_TIME"


class ShortNotice(InvalidTime):
    """A revision that would come into force `days` (whole ones) after its publication, where `required_days` are asked
    for; at `earliest`, the start of a day in UTC, it could without a reason."""

    code = "SHORT_NOTICE"

    def __init__(self, message: str, *, number: int, days: int, required_days: int, earliest: datetime) -> None:
        super().__init__(message, number=number)
        self.days = days
        self.required_days = required_days
        self.earliest = earliest


@dataclass(frozen=True, slots=True)
class StandingViolation:
    """One that keeps a draft from being published: the key of the finding, and what it says."""

    finding: str
    message: str

    def __str__(self) -> str:
        return f"{self.finding}: {self.message}"


class ViolationsNotOverruled(InvalidInput):
    """A draft cannot be published because of `violations`: all of those that nobody gave a reason for."""

    code = "VIOLATIONS_NOT_OVERRULED"

    def __init__(self, number: int, violations: Sequence[StandingViolation]) -> None:
        self.violations = tuple(violations)
        count = len(self.violations)
        super().__init__(
            f"Revision {number} has {count} violation{'' if count == 1 else 's'} that nobody overruled (the first: "
            f"{quoted(self.violations[0].finding)}): mend what is wrong and draft it again, or overrule each with a "
            "reason, which stays with the revision",
            number=number,
        )


class DecisionNotApplicable(InvalidInput):
    code = "DECISION_NOT_APPLICABLE"


class ReachTooWide(InvalidInput):
    code = "REACH_TOO_WIDE"


class RecordTooLarge(InvalidInput):
    code = "RECORD_TOO_LARGE"


class NotFound(VitrineError):
    code = "NOT_FOUND"


class NoRevisionInForce(NotFound):
    code = "NO_REVISION_IN_FORCE"


class Conflict(VitrineError):
    code = "CONFLICT"


class NothingChanged(Conflict):
    code = "NOTHING_CHANGED"


class Unauthenticated(VitrineError):
    code = "UNAUTHENTICATED"


class Forbidden(VitrineError):
    code = "FORBIDDEN"


class IssuerUnavailable(VitrineError):
    code = "ISSUER_UNAVAILABLE"


class GraphUnavailable(VitrineError):
    code = "GRAPH_UNAVAILABLE"


class GraphFault(VitrineError):
    code = "GRAPH_FAULT"


class EngineFailure(VitrineError):
    code = "ENGINE_FAILURE"


class DataFolderInUse(EngineFailure):
    code = "DATA_FOLDER_IN_USE"


class InvalidSettings(VitrineError):
    code = "INVALID_SETTINGS"
