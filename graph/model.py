"""The words of the domain: what a revision says, and what is known of a subject.

Terms are those of the GDPR and of the W3C Data Privacy Vocabulary where those have one. Everything here is immutable
and knows nothing of files, of the database or of HTTP. Times are aware UTC datetimes. `clauses` are keys of clauses of
the same revision, in the order in which the map cites them; an empty tuple says that no clause states the element.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

# ---- revisions -------------------------------------------------------------------------------------------------------


class RevisionState(StrEnum):
    DRAFT = "DRAFT"
    PUBLISHED = "PUBLISHED"
    WITHDRAWN = "WITHDRAWN"


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of policy text and data map together.

    `number` counts drafts and published revisions from 1 and is never reused. `base` is the number of the revision
    that was last published when this one was drafted, 0 for none: publishing fails if another one came between.
    `text_hash` and `map_hash` are SHA-256 in hexadecimal of the text and of the map's canonical form.
    `short_notice_reason` is why it comes into force sooner after its publication than is asked for, where its publisher
    said so: for staff.
    """

    number: int
    state: RevisionState
    base: int
    language: str
    summary: str
    text_hash: str
    map_hash: str
    drafted_at: datetime
    published_at: datetime | None = None
    effective_at: datetime | None = None
    short_notice_reason: str | None = None


class ClauseKind(StrEnum):
    SECTION = "SECTION"
    PARAGRAPH = "PARAGRAPH"
    LIST_ITEM = "LIST_ITEM"
    TABLE_ROW = "TABLE_ROW"


@dataclass(frozen=True, slots=True)
class Clause:
    """One addressable piece of the policy: a heading, a paragraph, a list item or a table row.

    `number` is its place in the text, such as "4.2.1"; `text` is its own Markdown, without that of the clauses below
    it; `part_of` is the key of the section or list item that it stands in, None at the top.
    """

    key: str
    number: str
    kind: ClauseKind
    text: str
    part_of: str | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The text of a revision: the whole as Markdown, and its clauses in reading order."""

    markdown: str
    clauses: tuple[Clause, ...]


# ---- the data map ----------------------------------------------------------------------------------------------------


class CategoryKind(StrEnum):
    PERSONAL = "PERSONAL"
    SUPPLEMENTARY = "SUPPLEMENTARY"


class SourceKind(StrEnum):
    DATA_SUBJECT = "DATA_SUBJECT"
    AUTOMATIC = "AUTOMATIC"
    THIRD_PARTY = "THIRD_PARTY"


class LegalBasis(StrEnum):
    """GDPR Art. 6(1), points (a) to (f) in order."""

    CONSENT = "CONSENT"
    CONTRACT = "CONTRACT"
    LEGAL_OBLIGATION = "LEGAL_OBLIGATION"
    VITAL_INTERESTS = "VITAL_INTERESTS"
    PUBLIC_TASK = "PUBLIC_TASK"
    LEGITIMATE_INTERESTS = "LEGITIMATE_INTERESTS"


#: What can be objected to without further reason than the person's situation (GDPR Art. 21(1)).
OPEN_TO_OBJECTION = frozenset({LegalBasis.LEGITIMATE_INTERESTS, LegalBasis.PUBLIC_TASK})


class RecipientKind(StrEnum):
    PROCESSOR = "PROCESSOR"
    AFFILIATE = "AFFILIATE"
    AUTHORITY = "AUTHORITY"
    TRUSTED_SUBJECT = "TRUSTED_SUBJECT"
    SUCCESSOR = "SUCCESSOR"
    INDEPENDENT_CONTROLLER = "INDEPENDENT_CONTROLLER"
    PUBLIC = "PUBLIC"

    @property
    def is_knowable(self) -> bool:
        """Whether the controller could name them beforehand. Nobody can say which authority will ask, who will succeed
        the company, or whom a person will trust."""
        return self in (RecipientKind.PROCESSOR, RecipientKind.AFFILIATE, RecipientKind.INDEPENDENT_CONTROLLER)


class Adequacy(StrEnum):
    """How the law sees a country's protection: inside the EEA, an adequacy decision (GDPR Art. 45), or neither."""

    EEA = "EEA"
    ADEQUATE = "ADEQUATE"
    NONE = "NONE"


class CaseCondition(StrEnum):
    """What must have happened before a disclosure case applies to one person.

    `NONE`: nothing, it happens in the ordinary course. `TRUST`: the person trusts another subject with the category.
    `CONSENT`: the person consented to the purpose. `EVENT`: something outside the person's doing, such as a lawful
    request or a reorganisation; it cannot be known beforehand.
    """

    NONE = "NONE"
    TRUST = "TRUST"
    CONSENT = "CONSENT"
    EVENT = "EVENT"


class RetentionStart(StrEnum):
    """The event from which a retention period runs: a holding's `since`, its `last_seen`, its `until`, or an event that
    no system reports (the goals are accomplished, a dispute ends), for which no date can be computed."""

    COLLECTION = "COLLECTION"
    LAST_USE = "LAST_USE"
    END = "END"
    UNREPORTED = "UNREPORTED"


class RetentionOutcome(StrEnum):
    ERASE = "ERASE"
    DEPERSONALISE = "DEPERSONALISE"
    ERASE_OR_DEPERSONALISE = "ERASE_OR_DEPERSONALISE"


class ExclusionKind(StrEnum):
    """What is promised not to be: categories never processed, something not covered, an age not served."""

    CATEGORY = "CATEGORY"
    SCOPE = "SCOPE"
    AGE = "AGE"


class MeasureKind(StrEnum):
    PRINCIPLE = "PRINCIPLE"
    ORGANISATIONAL = "ORGANISATIONAL"
    TECHNICAL = "TECHNICAL"


class Channel(StrEnum):
    EMAIL = "EMAIL"
    ACCOUNT_AREA = "ACCOUNT_AREA"
    SOFTWARE_PRODUCT = "SOFTWARE_PRODUCT"


@dataclass(frozen=True, slots=True)
class Controller:
    """Who answers for the processing (GDPR Art. 13(1)(a)). `answers_within` is in the policy's words."""

    key: str
    name: str
    registration: str
    address: str
    country: str
    email: str
    answers_within: str
    website: str
    notice_channels: tuple[Channel, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Service:
    """Something of the controller's that collects data. A fact about a service holds for those that are `part_of` it.

    `owner` and `note` are for staff only.
    """

    key: str
    name: str
    description: str = ""
    part_of: str | None = None
    owner: str | None = None
    note: str | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DataCategory:
    """A kind of data. A fact about a category holds for those that are `part_of` it. `special`: GDPR Art. 9 or 10."""

    key: str
    name: str
    kind: CategoryKind
    description: str = ""
    special: bool = False
    part_of: str | None = None
    note: str | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Source:
    key: str
    name: str
    kind: SourceKind
    description: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Purpose:
    """Why data is processed. `direct_marketing` purposes can always be objected to (GDPR Art. 21(2))."""

    key: str
    name: str
    legal_basis: LegalBasis
    description: str = ""
    direct_marketing: bool = False
    note: str | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Country:
    """`key` is the ISO 3166-1 alpha-2 code."""

    key: str
    name: str
    adequacy: Adequacy
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who may receive data. `name` is None for one that the policy does not name; `description` then says what it is.

    `engages` are the recipients that it passes data on to; `countries` are country keys; `safeguards` protect the
    transfer.
    """

    key: str
    kind: RecipientKind
    name: str | None
    function: str
    description: str = ""
    countries: tuple[str, ...] = ()
    engages: tuple[str, ...] = ()
    safeguards: tuple[str, ...] = ()
    note: str | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RetentionPeriod:
    """A length of time in calendar units, added to a date in this order: years, months, days."""

    years: int = 0
    months: int = 0
    days: int = 0


@dataclass(frozen=True, slots=True)
class RetentionException:
    """What may keep data beyond the rule, even against a request to erase it."""

    key: str
    name: str
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """How long data is kept. `criterion` says it in words; `period` is None where the policy states no length."""

    key: str
    name: str
    criterion: str
    start: RetentionStart
    outcome: RetentionOutcome
    period: RetentionPeriod | None = None
    exceptions: tuple[RetentionException, ...] = ()
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Processing:
    """One fact: this service uses these categories from this source for this purpose on this basis, kept so long."""

    key: str
    service: str
    categories: tuple[str, ...]
    source: str
    purpose: str
    legal_basis: LegalBasis
    retention: str
    note: str | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DisclosureCase:
    """One item of the policy's own list of when disclosure is allowed. `number` is its place in that list."""

    key: str
    number: str
    name: str
    condition: CaseCondition
    description: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Disclosure:
    """One fact: these categories of these services go to this recipient for this purpose in this case.

    Only the categories named (and their parts): the strictly limited kit. `identifiable` is False where the data is
    aggregated or depersonalised before it goes.
    """

    key: str
    services: tuple[str, ...]
    categories: tuple[str, ...]
    recipient: str
    purpose: str
    case: str
    identifiable: bool = True
    note: str | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A promise not to. `categories` for the kind CATEGORY, `minimum_age` in years for the kind AGE."""

    key: str
    kind: ExclusionKind
    name: str
    description: str = ""
    categories: tuple[str, ...] = ()
    minimum_age: int | None = None
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Right:
    """What a person may ask for. `article` is the GDPR's, empty where the policy goes beyond it."""

    key: str
    name: str
    description: str
    article: str = ""
    conditions: str = ""
    exceptions: str = ""
    how: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Safeguard:
    """What protects a transfer to another country or to a processor."""

    key: str
    name: str
    description: str = ""
    clauses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measure:
    """What protects the data: a principle that is kept to, or something that is done."""

    key: str
    name: str
    kind: MeasureKind
    description: str = ""
    clauses: tuple[str, ...] = ()


MapElement = (
    Controller
    | Service
    | DataCategory
    | Source
    | Purpose
    | Country
    | Recipient
    | RetentionRule
    | Processing
    | DisclosureCase
    | Disclosure
    | Exclusion
    | Right
    | Safeguard
    | Measure
)


class ElementKind(StrEnum):
    """The kinds of elements of a data map: each value is the name of the class, and of the label in the graph."""

    CONTROLLER = "Controller"
    SERVICE = "Service"
    DATA_CATEGORY = "DataCategory"
    SOURCE = "Source"
    PURPOSE = "Purpose"
    COUNTRY = "Country"
    SAFEGUARD = "Safeguard"
    RECIPIENT = "Recipient"
    RETENTION_RULE = "RetentionRule"
    PROCESSING = "Processing"
    DISCLOSURE_CASE = "DisclosureCase"
    DISCLOSURE = "Disclosure"
    EXCLUSION = "Exclusion"
    RIGHT = "Right"
    MEASURE = "Measure"


@dataclass(frozen=True, slots=True)
class ElementName:
    """What tells an element from all others of its map."""

    kind: ElementKind
    key: str


def name_of(element: MapElement) -> ElementName:
    return ElementName(ElementKind(type(element).__name__), element.key)


@dataclass(frozen=True, slots=True)
class MapElements:
    """Every element of a data map, each kind in the order of the file. Keys are unique within a kind."""

    controller: Controller
    services: tuple[Service, ...] = ()
    data_categories: tuple[DataCategory, ...] = ()
    sources: tuple[Source, ...] = ()
    purposes: tuple[Purpose, ...] = ()
    countries: tuple[Country, ...] = ()
    safeguards: tuple[Safeguard, ...] = ()
    recipients: tuple[Recipient, ...] = ()
    retention_rules: tuple[RetentionRule, ...] = ()
    processings: tuple[Processing, ...] = ()
    disclosure_cases: tuple[DisclosureCase, ...] = ()
    disclosures: tuple[Disclosure, ...] = ()
    exclusions: tuple[Exclusion, ...] = ()
    rights: tuple[Right, ...] = ()
    measures: tuple[Measure, ...] = ()


@dataclass(frozen=True, slots=True)
class RevisionContent:
    """What a revision is made of before it has a number: text and map, checked against each other.

    `language` is a BCP 47 tag; `summary` says in a sentence what this revision is or changes.
    """

    policy: Policy
    elements: MapElements
    language: str
    summary: str


class FindingKind(StrEnum):
    VIOLATION = "VIOLATION"
    GAP = "GAP"


@dataclass(frozen=True, slots=True)
class FindingOverrule:
    """Why a draft may be published although a rule is broken. `finding` is the key of the violation; `by` the opaque id
    of the member of staff, None for the command line."""

    finding: str
    reason: str
    by: str | None
    overruled_at: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check reports: a rule is broken (VIOLATION), or something is not said (GAP).

    `rule` names the check; `element_kind` (such as "Recipient") and `element` name what it is about.
    """

    kind: FindingKind
    rule: str
    element_kind: str
    element: str
    message: str
    clauses: tuple[str, ...] = ()
    overrule: FindingOverrule | None = None


# ---- the subject side ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Holding:
    """That a service holds a category about a subject, never the value.

    Held from `since` (included) to `until` (excluded); `until` None: no end is known. `source` is a key of the map or
    None where the service did not say; `records` is how many, None where it did not say. `reported_at` is when the
    service knew this.
    """

    id: str
    service: str
    category: str
    since: datetime
    last_seen: datetime | None
    until: datetime | None
    source: str | None
    records: int | None
    reported_at: datetime

    def is_held_at(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


class DecisionKind(StrEnum):
    """What a subject decided about a purpose.

    `CONSENT` holds until `WITHDRAWAL`; `OBJECTION` (GDPR Art. 21) and `RESTRICTION` (Art. 18) hold until `LIFTING`.
    """

    CONSENT = "CONSENT"
    WITHDRAWAL = "WITHDRAWAL"
    OBJECTION = "OBJECTION"
    RESTRICTION = "RESTRICTION"
    LIFTING = "LIFTING"


@dataclass(frozen=True, slots=True)
class Decision:
    id: str
    purpose: str
    kind: DecisionKind
    decided_at: datetime
    service: str | None = None
    """The key of the service that told of it; None: the person themself, or a report of the operator."""


@dataclass(frozen=True, slots=True)
class Trust:
    """The subject lets another subject, `towards`, see `categories` from `since` until `until`."""

    id: str
    towards: str
    categories: tuple[str, ...]
    since: datetime
    until: datetime | None
    service: str | None = None
    """The key of the service that told of it; None: a report of the operator that names none."""

    def is_in_force_at(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)


@dataclass(frozen=True, slots=True)
class DisclosureRecord:
    """What did happen: categories of a service went to a recipient on a date."""

    id: str
    service: str
    categories: tuple[str, ...]
    recipient: str
    purpose: str | None
    case: str | None
    disclosed_at: datetime


@dataclass(frozen=True, slots=True)
class AccessRecord:
    """That a member of staff read this subject's answer. `by` is that person's opaque id."""

    id: str
    by: str
    accessed_at: datetime


@dataclass(frozen=True, slots=True)
class SubjectRecord:
    """All that the graph knows of one subject. Lists are ordered by time and id, newest last."""

    id: str
    holdings: tuple[Holding, ...] = ()
    decisions: tuple[Decision, ...] = ()
    trusts: tuple[Trust, ...] = ()
    disclosures: tuple[DisclosureRecord, ...] = ()
    accesses: tuple[AccessRecord, ...] = ()
