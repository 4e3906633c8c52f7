"""One person's answer: what is held about them, why, how long, and who receives it.

Pure: a subject's rows joined with the revision that was in force. `at` is the time asked about; rows that did not yet
exist then, or no longer did, do not count.
"""

from __future__ import annotations

import calendar
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property

from graph.data_map import Coverage, DataMap, DisclosurePath, ProcessingFact
from graph.model import (
    OPEN_TO_OBJECTION,
    AccessRecord,
    CaseCondition,
    Decision,
    DecisionKind,
    DisclosureRecord,
    Holding,
    LegalBasis,
    Purpose,
    Recipient,
    RetentionPeriod,
    RetentionRule,
    RetentionStart,
    SubjectRecord,
    Trust,
)


class PurposeStatus(StrEnum):
    """Whether data is used for a purpose in the ordinary course, for one person. `NO_CONSENT`: never given.

    All but `ACTIVE` stop the ordinary use, not all use: what is restricted is still stored, and what is needed to
    establish or defend legal claims goes on whatever was decided (GDPR Art. 18(2), 21(1)).
    """

    ACTIVE = "ACTIVE"
    NO_CONSENT = "NO_CONSENT"
    WITHDRAWN = "WITHDRAWN"
    OBJECTED = "OBJECTED"
    RESTRICTED = "RESTRICTED"


class DisclosureStatus(StrEnum):
    """Whether a disclosure happens, for one person.

    `ON_EVENT`: only if something happens that nobody knows beforehand, such as a lawful request; no decision of the
    person changes that. `NO_TRUST`: only if the person trusts somebody with this category. `NO_CONSENT`: only if the
    person consents. `PURPOSE_INACTIVE`: not in the ordinary course, for nothing that covers the holding is active for
    its purpose.
    """

    ACTIVE = "ACTIVE"
    ON_EVENT = "ON_EVENT"
    NO_TRUST = "NO_TRUST"
    NO_CONSENT = "NO_CONSENT"
    PURPOSE_INACTIVE = "PURPOSE_INACTIVE"


@dataclass(frozen=True, slots=True)
class Standing:
    """The state of one purpose on one legal basis, for one person. `decision` is the one that made it so, if any."""

    status: PurposeStatus
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class HeldPurpose:
    """Why a holding is there: one processing that covers it, and whether it is active for this person."""

    fact: ProcessingFact
    standing: Standing

    @property
    def is_active(self) -> bool:
        return self.standing.status is PurposeStatus.ACTIVE


@dataclass(frozen=True, slots=True)
class HeldRecipient:
    """Who may receive a holding, by one path, and whether that happens for this person."""

    path: DisclosurePath
    status: DisclosureStatus


@dataclass(frozen=True, slots=True)
class HeldRetention:
    """How long a holding is kept under one rule. `ends_at` is None where the rule gives no date that can be computed.

    `purposes` are the keys of the purposes that keep it under this rule.
    """

    rule: RetentionRule
    ends_at: datetime | None
    purposes: tuple[str, ...]


@dataclass(frozen=True)
class HoldingAnswer:
    """One row of the answer: a holding as it was at the time asked about, and what the revision says about it."""

    holding: Holding
    coverage: Coverage
    person: Person

    def is_of_service(self, keys: frozenset[str]) -> bool:
        return self.holding.service in keys or any(each.key in keys for each in self.coverage.services)

    def is_of_category(self, keys: frozenset[str]) -> bool:
        return self.holding.category in keys or any(each.key in keys for each in self.coverage.categories)

    def may_reach(self, keys: frozenset[str]) -> bool:
        return any(path.recipient.key in keys for path in self.coverage.paths)

    @cached_property
    def purposes(self) -> tuple[HeldPurpose, ...]:
        """In the order of the map."""
        return tuple(
            HeldPurpose(fact, self.person.standing(fact.purpose, fact.processing.legal_basis))
            for fact in self.coverage.processings
        )

    @property
    def recipients(self) -> tuple[HeldRecipient, ...]:
        """In the order of the map, each disclosure's own recipient before those that it engages."""
        active: dict[str, bool] = {}
        for held in self.purposes:
            key = held.fact.purpose.key
            active[key] = held.is_active or active.get(key, False)
        return tuple(
            HeldRecipient(path, self.person.disclosure_status(path, active.get(path.purpose.key)))
            for path in self.coverage.paths
        )

    @cached_property
    def standing(self) -> Hashable | None:
        """What service, category, purposes, recipients and their statuses follow from: rows equal in it are equal in
        those, whoever they are about. None where the map does not know the holding's service or category."""
        if not (self.coverage.services and self.coverage.categories):
            return None
        if self.person.is_undecided:
            return self.coverage
        statuses = (*(each.standing.status for each in self.purposes), *(each.status for each in self.recipients))
        return self.coverage, statuses

    @property
    def retention(self) -> tuple[HeldRetention, ...]:
        """One for each rule that covers the holding, in the order of the map."""
        purposes: dict[str, list[str]] = {}
        rules: dict[str, RetentionRule] = {}
        for fact in self.coverage.processings:
            rules[fact.retention.key] = fact.retention
            purposes.setdefault(fact.retention.key, []).append(fact.purpose.key)
        return tuple(
            HeldRetention(rule, ends_at(rule, self.holding), tuple(dict.fromkeys(purposes[key])))
            for key, rule in rules.items()
        )


@dataclass(frozen=True, slots=True)
class RecipientAnswer:
    """The inverse view: one recipient, what it may receive of this person, and what it did receive.

    `recipient` is None where an actual disclosure names a key that this revision does not know.
    """

    key: str
    recipient: Recipient | None
    may_receive: tuple[tuple[HoldingAnswer, HeldRecipient], ...]
    disclosed: tuple[DisclosureRecord, ...]

    @property
    def services(self) -> frozenset[str]:
        """The keys of the services from which it may receive."""
        return frozenset(held.path.service.key for _, held in self.may_receive)

    @property
    def categories(self) -> frozenset[str]:
        """The keys of the categories that it may receive, as they are held."""
        return frozenset(held.path.category.key for _, held in self.may_receive)

    @property
    def purposes(self) -> frozenset[str]:
        """The keys of the purposes for which it may receive."""
        return frozenset(held.path.purpose.key for _, held in self.may_receive)

    @property
    def clauses(self) -> tuple[str, ...]:
        """The keys of those that state the recipient, then of those that state what may reach it; each once."""
        own = () if self.recipient is None else self.recipient.clauses
        reaching = (key for _, held in self.may_receive for key in held.path.disclosure.clauses)
        return tuple(dict.fromkeys((*own, *reaching)))


class Person:
    """The decisions and trusts of one subject at one time, ready to be asked about purposes and paths."""

    def __init__(self, decisions: Iterable[Decision], trusts: Iterable[Trust]) -> None:
        self._consent: dict[str, Decision] = {}
        self._objection: dict[str, Decision] = {}
        self._restriction: dict[str, Decision] = {}
        self._trusted_categories = frozenset(category for trust in trusts for category in trust.categories)
        for decision in sorted(decisions, key=lambda each: (each.decided_at, each.id)):
            match decision.kind:
                case DecisionKind.CONSENT | DecisionKind.WITHDRAWAL:
                    self._consent[decision.purpose] = decision
                case DecisionKind.OBJECTION:
                    self._objection[decision.purpose] = decision
                case DecisionKind.RESTRICTION:
                    self._restriction[decision.purpose] = decision
                case DecisionKind.LIFTING:
                    self._objection.pop(decision.purpose, None)
                    self._restriction.pop(decision.purpose, None)

    @property
    def is_undecided(self) -> bool:
        """Whether no decision and no trust makes this person another than most."""
        return not (self._consent or self._objection or self._restriction or self._trusted_categories)

    def standing(self, purpose: Purpose, basis: LegalBasis) -> Standing:
        """What the decisions make of data that is processed for a purpose on a basis.

        A restriction stops any processing (GDPR Art. 18). An objection stops what rests on legitimate interests or a
        public task, and direct marketing on any basis (Art. 21(1), (2)); on other bases it has no effect. Both outweigh
        consent, and a restriction an objection. Consent matters where processing rests on it (Art. 7(3)).
        """
        if restriction := self._restriction.get(purpose.key):
            return Standing(PurposeStatus.RESTRICTED, restriction)
        objection = self._objection.get(purpose.key)
        if objection and (basis in OPEN_TO_OBJECTION or purpose.direct_marketing):
            return Standing(PurposeStatus.OBJECTED, objection)
        if basis is not LegalBasis.CONSENT:
            return _ACTIVE
        consent = self._consent.get(purpose.key)
        if consent is None:
            return _NO_CONSENT
        if consent.kind is DecisionKind.WITHDRAWAL:
            return Standing(PurposeStatus.WITHDRAWN, consent)
        return Standing(PurposeStatus.ACTIVE, consent)

    def has_consented(self, purpose: str) -> bool:
        consent = self._consent.get(purpose)
        return consent is not None and consent.kind is DecisionKind.CONSENT

    def disclosure_status(self, path: DisclosurePath, is_processed: bool | None) -> DisclosureStatus:
        """Whether a path is taken. `is_processed`: whether any processing that covers the holding for the path's
        purpose is active; None where none covers it, so that the purpose's default basis has to tell."""
        if path.case.condition is CaseCondition.EVENT:
            # What the law demands, or a claim needs, goes whatever the person objected to or had restricted.
            return DisclosureStatus.ON_EVENT
        if is_processed is None:
            standing = self.standing(path.purpose, path.purpose.legal_basis)
            is_processed = standing.status is PurposeStatus.ACTIVE
        if not is_processed:
            return DisclosureStatus.PURPOSE_INACTIVE
        match path.case.condition:
            case CaseCondition.NONE:
                return DisclosureStatus.ACTIVE
            case CaseCondition.CONSENT:
                consented = self.has_consented(path.purpose.key)
                return DisclosureStatus.ACTIVE if consented else DisclosureStatus.NO_CONSENT
            case CaseCondition.TRUST:
                trusted = not self._trusted_categories.isdisjoint(path.category_keys)
                return DisclosureStatus.ACTIVE if trusted else DisclosureStatus.NO_TRUST


_ACTIVE = Standing(PurposeStatus.ACTIVE, None)
_NO_CONSENT = Standing(PurposeStatus.NO_CONSENT, None)


class SubjectAnswer:
    """Everything about one subject at one time, under one revision. Lists are ordered oldest first where dated."""

    def __init__(self, record: SubjectRecord, data_map: DataMap, at: datetime) -> None:
        self.id = record.id
        self.at = at
        self.data_map = data_map
        self._record = record

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        return tuple(each for each in self._record.decisions if each.decided_at <= self.at)

    @cached_property
    def trusts(self) -> tuple[Trust, ...]:
        """Those in force at the time."""
        return tuple(each for each in self._record.trusts if each.is_in_force_at(self.at))

    @cached_property
    def disclosures(self) -> tuple[DisclosureRecord, ...]:
        return tuple(each for each in self._record.disclosures if each.disclosed_at <= self.at)

    @cached_property
    def accesses(self) -> tuple[AccessRecord, ...]:
        return tuple(each for each in self._record.accesses if each.accessed_at <= self.at)

    @cached_property
    def person(self) -> Person:
        return Person(self.decisions, self.trusts)

    @cached_property
    def holdings(self) -> tuple[HoldingAnswer, ...]:
        """What is held at the time, ordered by service, category and id. `last_seen` is None where it came later."""
        held = [each for each in self._record.holdings if each.is_held_at(self.at)]
        held.sort(key=lambda each: (each.service, each.category, each.id))
        coverage, person = self.data_map.coverage, self.person
        return tuple(
            HoldingAnswer(self._without_later_use(each), coverage(each.service, each.category), person) for each in held
        )

    def _without_later_use(self, holding: Holding) -> Holding:
        is_later = holding.last_seen is not None and self.at < holding.last_seen
        return replace(holding, last_seen=None) if is_later else holding

    @cached_property
    def recipients(self) -> tuple[RecipientAnswer, ...]:
        """Every recipient that may receive, or did receive, data of this person: in the order of the map, then by key
        those that the map does not know."""
        may: dict[str, list[tuple[HoldingAnswer, HeldRecipient]]] = {}
        for row in self.holdings:
            for received in row.recipients:
                may.setdefault(received.path.recipient.key, []).append((row, received))
        did: dict[str, list[DisclosureRecord]] = {}
        for record in self.disclosures:
            did.setdefault(record.recipient, []).append(record)
        keys = may.keys() | did.keys()
        known = [key for key in self.data_map.recipients if key in keys]
        return tuple(
            RecipientAnswer(key, self.data_map.recipients.get(key), tuple(may.get(key, ())), tuple(did.get(key, ())))
            for key in (*known, *sorted(keys - set(known)))
        )


def holdings_matching(
    rows: Sequence[HoldingAnswer],
    *,
    services: Iterable[str] | None,
    categories: Iterable[str] | None,
    recipients: Iterable[str] | None,
) -> tuple[HoldingAnswer, ...]:
    """The rows of any of these services, of any of these categories (or of their parts), and that any of these
    recipients may receive, in their order. None does not filter; an empty list matches nothing."""
    filters = (
        (services, HoldingAnswer.is_of_service),
        (categories, HoldingAnswer.is_of_category),
        (recipients, HoldingAnswer.may_reach),
    )
    wanted = [(frozenset(keys), matches) for keys, matches in filters if keys is not None]
    return tuple(row for row in rows if all(matches(row, keys) for keys, matches in wanted))


def ends_at(rule: RetentionRule, holding: Holding) -> datetime | None:
    """When a holding's time under a rule is over: the rule's period after its start, None where either is unknown."""
    if rule.period is None:
        return None
    starts: Mapping[RetentionStart, datetime | None] = {
        RetentionStart.COLLECTION: holding.since,
        RetentionStart.LAST_USE: holding.last_seen,
        RetentionStart.END: holding.until,
        RetentionStart.UNREPORTED: None,
    }
    start = starts[rule.start]
    return None if start is None else add_period(start, rule.period)


def add_period(start: datetime, period: RetentionPeriod) -> datetime | None:
    """`start` plus calendar years, months and days, in this order; a day that the month lacks becomes its last
    (31 January and a month is 28 or 29 February). None past the year 9999."""
    months = start.month - 1 + period.months + 12 * period.years
    year, month = start.year + months // 12, months % 12 + 1
    if year > 9999:
        return None
    day = min(start.day, calendar.monthrange(year, month)[1])
    try:
        return start.replace(year=year, month=month, day=day) + timedelta(days=period.days)
    except OverflowError:
        return None
