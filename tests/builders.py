"""Small, valid pieces of a revision, the same every time: each builder takes the fields that a test is about.

`a_map()` is the least whole map: valid against `a_policy()`, and nothing for a check to find. Its one story: the
service "billing" has the "email" of a person for "delivery", and a named processor in Cyprus sends the messages.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from io import StringIO
from typing import Any

from ruamel.yaml import YAML

from graph.map_file.form import map_as_plain
from graph.model import (
    Adequacy,
    CaseCondition,
    CategoryKind,
    Channel,
    Clause,
    ClauseKind,
    Controller,
    Country,
    DataCategory,
    Decision,
    DecisionKind,
    Disclosure,
    DisclosureCase,
    DisclosureRecord,
    Exclusion,
    ExclusionKind,
    Holding,
    LegalBasis,
    MapElements,
    Measure,
    MeasureKind,
    Policy,
    Processing,
    Purpose,
    Recipient,
    RecipientKind,
    RetentionOutcome,
    RetentionPeriod,
    RetentionRule,
    RetentionStart,
    Revision,
    RevisionContent,
    RevisionState,
    Right,
    Safeguard,
    Service,
    Source,
    SourceKind,
    SubjectRecord,
    Trust,
)

STATED = ("statement",)
A_DAY = datetime(2026, 1, 1, tzinfo=UTC)


# ---- text ------------------------------------------------------------------------------------------------------------


def a_policy(*keys: str) -> Policy:
    """One section "policy" with one paragraph for each key, "statement" if none is given."""
    keys = keys or STATED
    section = Clause("policy", "0", ClauseKind.SECTION, "Policy")
    paragraphs = tuple(
        Clause(key, f"{place}", ClauseKind.PARAGRAPH, f"What {key} says.", "policy")
        for place, key in enumerate(keys, 1)
    )
    markdown = "# Policy {#policy}\n" + "".join(f"\n{each.text} {{#{each.key}}}\n" for each in paragraphs)
    return Policy(markdown, (section, *paragraphs))


def a_table(head: Sequence[str], *rows: Sequence[str]) -> str:
    """Of cells in Markdown, in which a bar that is text has a backslash before it."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (head, ["---"] * len(head), *rows))


# ---- the map ---------------------------------------------------------------------------------------------------------


def a_controller(key: str = "acme", **over: Any) -> Controller:
    return replace(
        Controller(
            key=key,
            name="Acme Ltd",
            registration="HE 1",
            address="1 Sea Road, Paphos",
            country="CY",
            email="privacy@example.com",
            answers_within="one month",
            website="https://example.com",
            notice_channels=(Channel.EMAIL, Channel.ACCOUNT_AREA),
            clauses=STATED,
        ),
        **over,
    )


def a_service(key: str = "billing", **over: Any) -> Service:
    return replace(Service(key=key, name=_named(key), clauses=STATED), **over)


def a_category(key: str = "email", **over: Any) -> DataCategory:
    return replace(DataCategory(key=key, name=_named(key), kind=CategoryKind.PERSONAL, clauses=STATED), **over)


def a_source(key: str = "the-person", **over: Any) -> Source:
    return replace(Source(key=key, name=_named(key), kind=SourceKind.DATA_SUBJECT, clauses=STATED), **over)


def a_purpose(key: str = "delivery", **over: Any) -> Purpose:
    return replace(
        Purpose(key=key, name=_named(key), legal_basis=LegalBasis.LEGITIMATE_INTERESTS, clauses=STATED), **over
    )


def a_country(key: str = "CY", **over: Any) -> Country:
    return replace(Country(key=key, name=f"Country {key}", adequacy=Adequacy.EEA, clauses=STATED), **over)


def a_safeguard(key: str = "standard-clauses", **over: Any) -> Safeguard:
    return replace(Safeguard(key=key, name=_named(key), clauses=STATED), **over)


def a_recipient(key: str = "mailer", **over: Any) -> Recipient:
    return replace(
        Recipient(
            key=key,
            kind=RecipientKind.PROCESSOR,
            name=_named(key),
            function="sends messages",
            countries=("CY",),
            clauses=STATED,
        ),
        **over,
    )


def a_retention_rule(key: str = "half-a-year", **over: Any) -> RetentionRule:
    return replace(
        RetentionRule(
            key=key,
            name=_named(key),
            criterion="half a year after the account is closed",
            start=RetentionStart.END,
            outcome=RetentionOutcome.ERASE,
            period=RetentionPeriod(months=6),
            clauses=STATED,
        ),
        **over,
    )


def a_processing(key: str = "billing-email", **over: Any) -> Processing:
    return replace(
        Processing(
            key=key,
            service="billing",
            categories=("email",),
            source="the-person",
            purpose="delivery",
            legal_basis=LegalBasis.LEGITIMATE_INTERESTS,
            retention="half-a-year",
            clauses=STATED,
        ),
        **over,
    )


def a_case(key: str = "providers", **over: Any) -> DisclosureCase:
    return replace(
        DisclosureCase(key=key, number="1", name=_named(key), condition=CaseCondition.NONE, clauses=STATED), **over
    )


def a_disclosure(key: str = "email-to-mailer", **over: Any) -> Disclosure:
    return replace(
        Disclosure(
            key=key,
            services=("billing",),
            categories=("email",),
            recipient="mailer",
            purpose="delivery",
            case="providers",
            clauses=STATED,
        ),
        **over,
    )


def an_exclusion(key: str = "minors", **over: Any) -> Exclusion:
    return replace(Exclusion(key=key, kind=ExclusionKind.AGE, name=_named(key), minimum_age=18, clauses=STATED), **over)


def a_right(key: str = "access", **over: Any) -> Right:
    return replace(
        Right(key=key, name=_named(key), description="to see what is held", article="15", clauses=STATED), **over
    )


def a_measure(key: str = "encryption", **over: Any) -> Measure:
    return replace(Measure(key=key, name=_named(key), kind=MeasureKind.TECHNICAL, clauses=STATED), **over)


def a_map(**over: Any) -> MapElements:
    return replace(
        MapElements(
            controller=a_controller(),
            services=(a_service(),),
            data_categories=(a_category(),),
            sources=(a_source(),),
            purposes=(a_purpose(),),
            countries=(a_country(),),
            recipients=(a_recipient(),),
            retention_rules=(a_retention_rule(),),
            processings=(a_processing(),),
            disclosure_cases=(a_case(),),
            disclosures=(a_disclosure(),),
        ),
        **over,
    )


# ---- revisions -------------------------------------------------------------------------------------------------------


def a_revision_content(**over: Any) -> RevisionContent:
    return replace(
        RevisionContent(policy=a_policy(), elements=a_map(), language="en", summary="The first policy."), **over
    )


def a_revision(number: int = 1, **over: Any) -> Revision:
    """Published and in force since 1 January 2026."""
    return replace(
        Revision(
            number=number,
            state=RevisionState.PUBLISHED,
            base=number - 1,
            language="en",
            summary="The first policy.",
            text_hash="0" * 64,
            map_hash="1" * 64,
            drafted_at=A_DAY,
            published_at=A_DAY,
            effective_at=A_DAY,
        ),
        **over,
    )


# ---- the subject side ------------------------------------------------------------------------------------------------


def a_holding(id: str = "holding-1", **over: Any) -> Holding:
    return replace(
        Holding(
            id=id,
            service="billing",
            category="email",
            since=A_DAY,
            last_seen=None,
            until=None,
            source="the-person",
            records=1,
            reported_at=A_DAY,
        ),
        **over,
    )


def a_decision(id: str = "decision-1", **over: Any) -> Decision:
    return replace(Decision(id=id, purpose="delivery", kind=DecisionKind.CONSENT, decided_at=A_DAY), **over)


def a_trust(id: str = "trust-1", **over: Any) -> Trust:
    return replace(Trust(id=id, towards="subject-2", categories=("email",), since=A_DAY, until=None), **over)


def a_disclosure_record(id: str = "record-1", **over: Any) -> DisclosureRecord:
    return replace(
        DisclosureRecord(
            id=id,
            service="billing",
            categories=("email",),
            recipient="mailer",
            purpose="delivery",
            case="providers",
            disclosed_at=A_DAY,
        ),
        **over,
    )


def a_subject(id: str = "subject-1", **over: Any) -> SubjectRecord:
    """Somebody with one holding and nothing else."""
    return replace(SubjectRecord(id=id, holdings=(a_holding(),)), **over)


# ---- files -----------------------------------------------------------------------------------------------------------

# The map file that reads as `a_map()`, in the words of the builders above; its policy is `a_policy().markdown`.
A_MAP_TEXT = """\
revision:
  language: en
  summary: The first policy.
controller:
  key: acme
  name: Acme Ltd
  registration: HE 1
  address: 1 Sea Road, Paphos
  country: CY
  email: privacy@example.com
  answers_within: one month
  website: https://example.com
  notice_channels: [EMAIL, ACCOUNT_AREA]
  clauses: [statement]
services:
  billing:
    name: Billing
    clauses: [statement]
data_categories:
  email:
    name: Email
    kind: PERSONAL
    clauses: [statement]
sources:
  the-person: {name: The person, kind: DATA_SUBJECT, clauses: [statement]}
purposes:
  delivery:
    name: Delivery
    legal_basis: LEGITIMATE_INTERESTS
    clauses: [statement]
countries:
  CY: {name: Country CY, adequacy: EEA, clauses: [statement]}
recipients:
  mailer:
    kind: PROCESSOR
    name: Mailer
    function: sends messages
    countries: [CY]
    clauses: [statement]
retention_rules:
  half-a-year:
    name: Half a year
    criterion: half a year after the account is closed
    start: END
    outcome: ERASE
    period: {months: 6}
    clauses: [statement]
processings:
  billing-email:
    service: billing
    categories: [email]
    source: the-person
    purpose: delivery
    retention: half-a-year
    clauses: [statement]
disclosure_cases:
  providers:
    number: "1"
    name: Providers
    condition: NONE
    clauses: [statement]
disclosures:
  email-to-mailer:
    services: [billing]
    categories: [email]
    recipient: mailer
    purpose: delivery
    case: providers
    clauses: [statement]
"""


def a_map_text(content: RevisionContent) -> str:
    """A map file that reads as the content's elements, language and summary."""
    out = StringIO()
    head = {"revision": {"language": content.language, "summary": content.summary}}
    YAML().dump({**head, **map_as_plain(content.elements)}, out)
    return out.getvalue()


def _named(key: str) -> str:
    return key.replace("-", " ").capitalize()
