"""Which revisions are published, and how one of them stands: what a page of the policy says beside the text. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from graph.model import Revision, RevisionState

#: That a page lists; of those before it says that they are there.
REVISIONS_AT_MOST = 100


class Standing(StrEnum):
    IN_FORCE = "IN_FORCE"
    TO_COME = "TO_COME"
    PAST = "PAST"
    DRAFT = "DRAFT"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Shelf:
    """`revisions`: the published ones, the newest first, at most `REVISIONS_AT_MOST`. `has_older`: whether there are
    more. `in_force`: the number of the one in force, 0 for none. Two that are equal look the same on every page."""

    revisions: tuple[Revision, ...]
    has_older: bool
    in_force: int

    def with_in_force(self, number: int) -> Shelf:
        return replace(self, in_force=number)

    def standing(self, revision: Revision) -> Standing:
        match revision.state:
            case RevisionState.DRAFT:
                return Standing.DRAFT
            case RevisionState.WITHDRAWN:
                return Standing.WITHDRAWN
        if revision.number == self.in_force:
            return Standing.IN_FORCE
        return Standing.TO_COME if revision.number > self.in_force else Standing.PAST

    def find(self, number: int) -> Revision | None:
        return next((each for each in self.revisions if each.number == number), None)

    def find_next(self, number: int) -> Revision | None:
        """What replaces a revision, or will; None where that is not known here."""
        later = [each for each in self.revisions if each.number > number]
        return later[-1] if later and (self.find(number) or not self.has_older) else None

    def find_before(self, number: int) -> Revision | None:
        return next((each for each in self.revisions if each.number < number), None)

    def in_force_at(self, at: datetime) -> int | None:
        """The number of the newest that is in force at a time; None where it is older than those here, or none is."""
        return next((each.number for each in self.revisions if effective_at(each) <= at), None)

    @property
    def modified_at(self) -> datetime:
        """When a page last changed of those that say how these stand: one was published, or came into force. Only the
        newest can be withdrawn, so that a withdrawal leads to another time as well."""
        current = [effective_at(each) for each in self.revisions if each.number <= self.in_force]
        return max([*map(published_at, self.revisions), *current])


def published_at(revision: Revision) -> datetime:
    assert revision.published_at is not None
    return revision.published_at


def effective_at(revision: Revision) -> datetime:
    assert revision.effective_at is not None
    return revision.effective_at


def is_published(revision: Revision) -> bool:
    return revision.state is RevisionState.PUBLISHED
