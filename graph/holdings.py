"""What services report of holdings, and what follows from a report for what is known already.

Each (subject, service, category) is one register with two sides: what the newest report *says of the holding*, and
what the newest report says of its *being gone*. Each side keeps the newest by `reported_at`, so the register itself,
which is what is held now, does not depend on the order in which reports arrive, but where two of one kind have the same
`reported_at`: then the one that arrives later counts. A report that arrives twice changes nothing.

A holding that begins again after its end leaves the period before as a row of its own. Which earlier periods are left
does depend on arrival: one is closed only where its end had arrived before the report that opens the next.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class HoldingReport:
    """A service holds a category about a subject, as of `reported_at`. Fields as in `graph.model.Holding`."""

    subject: str
    service: str
    category: str
    since: datetime
    last_seen: datetime | None
    until: datetime | None
    source: str | None
    records: int | None
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class GoneReport:
    """A service no longer holds a category about a subject: it was gone `at`, as known on `reported_at`."""

    subject: str
    service: str
    category: str
    at: datetime
    reported_at: datetime


@dataclass(frozen=True, slots=True)
class Register:
    """What is known of one (subject, service, category): the newest of either kind of report, one of them at least."""

    held: HoldingReport | None = None
    gone: GoneReport | None = None

    @property
    def subject(self) -> str:
        about = self.held or self.gone
        assert about is not None, "a register that is kept has one side at least"
        return about.subject

    @property
    def until(self) -> datetime | None:
        """When the holding ends or ended, both sides taken together; None if no end is known."""
        if self.held is None:
            return None if self.gone is None else self.gone.at
        if self.gone is None:
            return self.held.until
        gone_at = max(self.gone.at, self.held.since)
        return gone_at if self.held.until is None else min(self.held.until, gone_at)


class Outcome(StrEnum):
    """What a report did: `OLDER` ones and ones that say nothing new do not change the graph."""

    CHANGED = "CHANGED"
    UNCHANGED = "UNCHANGED"
    OLDER = "OLDER"


@dataclass(frozen=True, slots=True)
class Step:
    """The register after a report, what the report did, and the period that it closed for good, if it did."""

    register: Register
    outcome: Outcome
    closed: Register | None = None


def apply(register: Register, report: HoldingReport | GoneReport) -> Step:
    """The next state of a register. Of two reports of one time, the one that arrives later counts."""
    if isinstance(report, GoneReport):
        return _apply_gone(register, report)
    return _apply_held(register, report)


def _apply_held(register: Register, report: HoldingReport) -> Step:
    held, gone = register.held, register.gone
    if held is not None and report.reported_at < held.reported_at:
        return Step(register, Outcome.OLDER)
    if gone is not None and gone.reported_at < report.reported_at:
        after = Register(report)
    else:
        after = replace(register, held=report)
    if after == register:
        return Step(register, Outcome.UNCHANGED)
    ended_at = register.until
    # Of two reports of one time neither follows the other: sent again, they would close what they did not before.
    begins_again = (
        held is not None
        and held.reported_at < report.reported_at
        and ended_at is not None
        and held.since < ended_at <= report.since
    )
    return Step(after, Outcome.CHANGED, register if begins_again else None)


def _apply_gone(register: Register, report: GoneReport) -> Step:
    for known in (register.held, register.gone):
        if known is not None and report.reported_at < known.reported_at:
            return Step(register, Outcome.OLDER)
    after = replace(register, gone=report)
    return Step(after, Outcome.UNCHANGED if after == register else Outcome.CHANGED)


def register_id(report: HoldingReport | GoneReport) -> str:
    """The id of the register that a report is about: 128 bits of SHA-256, in hexadecimal."""
    return _digest(report.subject, report.service, report.category)


def closed_id(register: Register) -> str:
    """The id of a closed period: that of its register, and when it began."""
    assert register.held is not None, "only what was held can be closed"
    held = register.held
    return _digest(held.subject, held.service, held.category, held.since.isoformat())


def record_id(*parts: str) -> str:
    """The id of a record that is known by its content alone, such as a decision: the same content has the same id."""
    return _digest(*parts)


def _digest(*parts: str) -> str:
    # A length before each part: no two lists of parts give the same bytes.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return hashlib.sha256(text.encode()).hexdigest()[:32]
