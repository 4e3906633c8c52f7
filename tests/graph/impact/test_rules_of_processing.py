"""The rules of what is processed: services, categories, sources, purposes, processings, retention."""

from __future__ import annotations

import pytest

from graph.changes import EVERYONE, Place, Touch
from graph.model import (
    CategoryKind,
    LegalBasis,
    RetentionOutcome,
    RetentionPeriod,
    RetentionStart,
    SourceKind,
)
from tests.builders import (
    a_category,
    a_processing,
    a_purpose,
    a_service,
)
from tests.graph.impact.estate import (
    ESTATE,
    EXCEPTION,
    added,
    altered,
    removed,
)
from tests.graph.impact.rows import CONTACT, EMAIL, LOGS, ON_DESK, PIECE, Row, also, check, held_by

FOR_NEWS = a_processing("site-news", service="site", categories=("email",), source="person", purpose="news")
BOTH_EMAILS = altered("processings", "site-contact", categories=("contact", "email"))
RESTATED = a_processing("shop-email", service="shop", categories=("email",), source="person", retention="short")
DESK_CONTACT = altered("processings", "desk-logs", categories=("logs", "contact"))
WITH_EXCEPTION = altered("retention_rules", "short", exceptions=(EXCEPTION,))
WITH_CELLAR = added("services", a_service("cellar"))
IN_CELLAR = a_processing("cellar-logs", service="cellar", categories=("logs",), source="tracker", retention="needed")

ROWS = [
    # services, categories, sources
    Row(
        "service-added",
        "service/cellar/added",
        held_by("cellar"),
        added("services", a_service("cellar")),
    ),
    Row(
        "service-removed",
        "service/attic/removed",
        held_by("attic"),
        removed("services", "attic"),
    ),
    Row(
        "facts-inherited",
        "service/attic/part-of/site/added",
        held_by("attic"),
        altered("services", "attic", part_of="site"),
    ),
    Row(
        "facts-inherited",
        "data-category/logs/part-of/contact/added",
        LOGS | Touch(places=frozenset({Place("site", "logs"), Place("shop", "logs")})),
        altered("data_categories", "logs", part_of="contact"),
    ),
    Row(
        "facts-dropped",
        "service/shop/part-of/site/removed",
        held_by("shop"),
        altered("services", "shop", part_of=None),
    ),
    Row("grouping", "service/desk/part-of/attic/added", ON_DESK, altered("services", "desk", part_of="attic")),
    # Facts that are new themselves tell of it.
    Row(
        "grouping",
        "service/attic/part-of/cellar/added",
        held_by("attic"),
        altered("services", "attic", elements=added("processings", IN_CELLAR, elements=WITH_CELLAR), part_of="cellar"),
        WITH_CELLAR,
    ),
    Row(
        "grouping",
        "data-category/piece/part-of/group/removed",
        PIECE,
        altered("data_categories", "piece", part_of=None),
    ),
    Row(
        "grouping",
        "data-category/group/removed",
        PIECE,
        removed("data_categories", "group", elements=altered("data_categories", "piece", part_of=None)),
    ),
    Row(
        "grouping",
        "data-category/paper/added",
        ON_DESK,
        altered("data_categories", "logs", part_of="paper", elements=added("data_categories", a_category("paper"))),
    ),
    Row(
        "category-added",
        "data-category/phone/added",
        Touch(places=frozenset({Place("site"), Place("shop")})),
        added("data_categories", a_category("phone", part_of="contact")),
    ),
    Row("category-added", "data-category/rumours/added", EVERYONE, added("data_categories", a_category("rumours"))),
    Row(
        "category-refused",
        "data-category/beliefs/added",
        EVERYONE,
        added("data_categories", a_category("beliefs", part_of="health")),
    ),
    Row(
        "category-refused",
        "data-category/beliefs/removed",
        EVERYONE,
        ESTATE,
        added("data_categories", a_category("beliefs", part_of="health")),
    ),
    Row(
        "category-removed",
        "data-category/email/removed",
        EMAIL,
        removed(
            "data_categories", "email", elements=altered("disclosures", "email-to-mailer", categories=("contact",))
        ),
    ),
    Row(
        "category-kind",
        "data-category/logs/kind",
        LOGS,
        altered("data_categories", "logs", kind=CategoryKind.SUPPLEMENTARY),
    ),
    Row("category-kind", "data-category/logs/special", LOGS, altered("data_categories", "logs", special=True)),
    Row(
        "category-not-special",
        "data-category/health/special",
        EVERYONE,
        altered("data_categories", "health", special=False),
    ),
    Row(
        "source-not-the-person",
        "source/person/kind",
        CONTACT,
        altered("sources", "person", kind=SourceKind.THIRD_PARTY),
    ),
    Row(
        "source-not-the-person",
        "processing/site-contact/comes-from/tracker/added",
        CONTACT,
        altered("processings", "site-contact", source="tracker"),
    ),
    Row(
        "source-changed",
        "source/tracker/kind",
        LOGS | PIECE,
        altered("sources", "tracker", kind=SourceKind.THIRD_PARTY),
    ),
    Row(
        "source-changed",
        "processing/desk-logs/comes-from/person/added",
        LOGS,
        altered("processings", "desk-logs", source="person"),
    ),
    # purposes and processings
    Row("purpose-added", "purpose/fun/added", EVERYONE, added("purposes", a_purpose("fun"))),
    Row(
        "purpose-added",
        "purpose/fun/added",
        also(LOGS, "fun"),
        altered("processings", "desk-logs", purpose="fun", elements=added("purposes", a_purpose("fun"))),
    ),
    Row(
        "purpose-removed",
        "purpose/news/removed",
        also(PIECE, "news"),
        removed("purposes", "news", elements=removed("processings", "desk-piece")),
    ),
    Row(
        "basis-changed",
        "purpose/news/legal_basis",
        also(PIECE, "news"),
        altered("purposes", "news", legal_basis=LegalBasis.CONTRACT),
    ),
    Row(
        "basis-changed",
        "processing/desk-logs/legal_basis",
        also(LOGS, "delivery"),
        altered("processings", "desk-logs", legal_basis=LegalBasis.CONTRACT),
    ),
    Row(
        "marketing-changed",
        "purpose/news/direct_marketing",
        also(PIECE, "news"),
        altered("purposes", "news", direct_marketing=False),
    ),
    Row("processing-added", "processing/site-news/added", EMAIL, added("processings", FOR_NEWS)),
    Row("processing-removed", "processing/desk-logs/removed", LOGS, removed("processings", "desk-logs")),
    Row(
        "processing-widened",
        "processing/desk-logs/uses/contact/added",
        held_by("desk", "contact", "email"),
        DESK_CONTACT,
    ),
    Row(
        "processing-widened",
        "processing/desk-logs/by/attic/added",
        held_by("attic", "logs"),
        altered("processings", "desk-logs", service="attic"),
    ),
    Row(
        "processing-widened",
        "processing/desk-logs/for/news/added",
        also(LOGS, "news"),
        altered("processings", "desk-logs", purpose="news"),
    ),
    Row(
        "processing-narrowed",
        "processing/desk-logs/uses/contact/removed",
        held_by("desk", "contact", "email"),
        ESTATE,
        DESK_CONTACT,
    ),
    Row(
        "processing-narrowed",
        "processing/desk-logs/by/desk/removed",
        LOGS,
        altered("processings", "desk-logs", service="attic"),
    ),
    Row(
        "fact-restated",
        "processing/shop-email/added",
        held_by("shop", "email"),
        added("processings", RESTATED),
    ),
    Row(
        "fact-restated",
        "processing/shop-email/removed",
        held_by("shop", "email"),
        ESTATE,
        added("processings", RESTATED),
    ),
    Row("fact-restated", "processing/site-contact/uses/email/added", EMAIL, BOTH_EMAILS),
    Row("fact-restated", "processing/site-contact/uses/email/removed", EMAIL, ESTATE, BOTH_EMAILS),
    # retention
    Row(
        "retention-longer",
        "retention-rule/short/period",
        CONTACT,
        altered("retention_rules", "short", period=RetentionPeriod(months=7)),
    ),
    Row(
        "retention-longer",
        "retention-rule/short/start",
        CONTACT,
        altered("retention_rules", "short", start=RetentionStart.END),
        altered("retention_rules", "short", start=RetentionStart.LAST_USE),
    ),
    Row(
        "retention-longer",
        "processing/site-contact/kept-under/long/added",
        CONTACT,
        altered("processings", "site-contact", retention="long"),
    ),
    Row(
        "retention-shorter",
        "retention-rule/short/period",
        CONTACT,
        altered("retention_rules", "short", period=RetentionPeriod(days=180)),
    ),
    Row(
        "retention-incomparable",
        "retention-rule/needed/period",
        LOGS | PIECE,
        altered("retention_rules", "needed", period=RetentionPeriod(days=1)),
    ),
    Row(
        "retention-incomparable",
        "retention-rule/needed/criterion",
        LOGS | PIECE,
        altered("retention_rules", "needed", criterion="as we like"),
    ),
    Row(
        "retention-same",
        "retention-rule/long/period",
        EVERYONE,
        altered("retention_rules", "long", period=RetentionPeriod(months=24)),
    ),
    Row(
        "element-reworded",
        "retention-rule/short/criterion",
        CONTACT,
        altered("retention_rules", "short", criterion="six months after the account is closed"),
    ),
    Row(
        "retention-outcome-weaker",
        "retention-rule/short/outcome",
        CONTACT,
        altered("retention_rules", "short", outcome=RetentionOutcome.ERASE_OR_DEPERSONALISE),
    ),
    Row(
        "retention-outcome-stronger",
        "retention-rule/short/outcome",
        CONTACT,
        ESTATE,
        altered("retention_rules", "short", outcome=RetentionOutcome.DEPERSONALISE),
    ),
    Row("retention-exception-added", "retention-rule/short/exceptions.disputes", CONTACT, WITH_EXCEPTION),
    Row("retention-exception-removed", "retention-rule/short/exceptions.disputes", CONTACT, ESTATE, WITH_EXCEPTION),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_change_falls_under_its_rule(row: Row) -> None:
    check(row)
