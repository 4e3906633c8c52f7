"""A map with something of every kind, and ways to change one thing in it.

The shop is part of the site. The site has the contact details of people, of which the email address is a part, for
delivery, and sends the address to a mailer, which has a host keep it. The desk has logs, which nobody receives.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from graph.changes import Place
from graph.data_map import DataMap
from graph.model import (
    Adequacy,
    CaseCondition,
    ExclusionKind,
    LegalBasis,
    MapElements,
    RetentionException,
    RetentionOutcome,
    RetentionPeriod,
    RetentionStart,
    SourceKind,
)
from tests.builders import (
    a_case,
    a_category,
    a_controller,
    a_country,
    a_disclosure,
    a_map,
    a_measure,
    a_policy,
    a_processing,
    a_purpose,
    a_recipient,
    a_retention_rule,
    a_revision,
    a_right,
    a_safeguard,
    a_service,
    a_source,
    an_exclusion,
)

ESTATE = a_map(
    controller=a_controller(),
    services=(a_service("site"), a_service("shop", part_of="site"), a_service("desk"), a_service("attic")),
    data_categories=(
        a_category("contact"),
        a_category("email", part_of="contact"),
        a_category("logs"),
        a_category("health", special=True),
        a_category("group"),
        a_category("piece", part_of="group"),
    ),
    sources=(a_source("person"), a_source("tracker", kind=SourceKind.AUTOMATIC), a_source("spare")),
    purposes=(
        a_purpose("delivery"),
        a_purpose("news", legal_basis=LegalBasis.CONSENT, direct_marketing=True),
        a_purpose("spare"),
    ),
    countries=(
        a_country("CY"),
        a_country("DE"),
        a_country("JP", adequacy=Adequacy.ADEQUATE),
        a_country("US", adequacy=Adequacy.NONE),
    ),
    safeguards=(a_safeguard("clauses"), a_safeguard("vault")),
    recipients=(
        a_recipient("mailer", name="Mailer Ltd", countries=("CY",), engages=("host",), safeguards=("clauses",)),
        a_recipient("host", name="Host Inc.", countries=("JP",)),
        a_recipient("lawyer", name="Law & Co"),
    ),
    retention_rules=(
        a_retention_rule("short", period=RetentionPeriod(months=6)),
        a_retention_rule("long", period=RetentionPeriod(years=2)),
        a_retention_rule("needed", period=None, start=RetentionStart.UNREPORTED),
    ),
    processings=(
        a_processing("site-contact", service="site", categories=("contact",), source="person", retention="short"),
        a_processing("desk-logs", service="desk", categories=("logs",), source="tracker", retention="needed"),
        a_processing(
            "desk-piece", service="desk", categories=("piece",), source="tracker", purpose="news", retention="needed"
        ),
    ),
    disclosure_cases=(
        a_case("ordinary", number="1"),
        a_case("asked", number="2", condition=CaseCondition.EVENT),
        a_case("agreed", number="3", condition=CaseCondition.CONSENT),
    ),
    disclosures=(
        a_disclosure("email-to-mailer", services=("site",), categories=("email",), recipient="mailer", case="ordinary"),
    ),
    exclusions=(
        an_exclusion("minors"),
        an_exclusion("no-health", kind=ExclusionKind.CATEGORY, minimum_age=None, categories=("health",)),
    ),
    rights=(a_right("access", conditions="Once a year.", exceptions="Never of others.", how="Write to us."),),
    measures=(a_measure(),),
)

SITE_EMAIL = frozenset({Place("site", "email"), Place("shop", "email")})
SITE_CONTACT = frozenset({Place("site", "contact"), Place("shop", "contact"), *SITE_EMAIL})
DESK_LOGS = frozenset({Place("desk", "logs")})
DESK_PIECE = frozenset({Place("desk", "piece")})

EXCEPTION = RetentionException("disputes", "Disputes")
WEAKER = RetentionOutcome.DEPERSONALISE


def of(elements: MapElements, number: int = 1) -> DataMap:
    return DataMap(a_revision(number), a_policy(), elements)


def altered(field: str, key: str, elements: MapElements = ESTATE, **over: Any) -> MapElements:
    """With one element of a list said otherwise."""
    kept = getattr(elements, field)
    assert key in {each.key for each in kept}
    others: dict[str, Any] = {field: tuple(replace(each, **over) if each.key == key else each for each in kept)}
    return replace(elements, **others)


def added(field: str, *others: Any, elements: MapElements = ESTATE) -> MapElements:
    more: dict[str, Any] = {field: (*getattr(elements, field), *others)}
    return replace(elements, **more)


def removed(field: str, key: str, elements: MapElements = ESTATE) -> MapElements:
    fewer: dict[str, Any] = {field: tuple(each for each in getattr(elements, field) if each.key != key)}
    return replace(elements, **fewer)
