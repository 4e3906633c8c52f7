"""The rules of who answers and what is promised, of texts, and of what is told elsewhere."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.changes import EVERYONE
from graph.model import (
    ExclusionKind,
    MapElements,
    MeasureKind,
)
from tests.builders import (
    a_category,
    a_controller,
    a_country,
    a_measure,
    a_retention_rule,
    a_right,
    a_safeguard,
    a_source,
    an_exclusion,
)
from tests.graph.impact.estate import (
    ESTATE,
    added,
    altered,
    removed,
)
from tests.graph.impact.rows import CONTACT, EMAIL, LOGS, Row, also, check, held_by


def controller(**over: str) -> MapElements:
    return replace(ESTATE, controller=a_controller(**over))


ROWS = [
    # the controller
    Row("controller-replaced", "controller/acme/registration", EVERYONE, controller(registration="HE 2")),
    Row("controller-contact", "controller/acme/email", EVERYONE, controller(email="dpo@example.com")),
    Row("controller-contact", "controller/acme/country", EVERYONE, controller(country="DE")),
    Row("controller-moved-out", "controller/acme/country", EVERYONE, controller(country="US")),
    # texts of elements
    Row(
        "element-presentation",
        "service/attic/name",
        held_by("attic"),
        altered("services", "attic", name="Attic."),
    ),
    Row(
        "element-spelling",
        "purpose/delivery/description",
        also(CONTACT | LOGS, "delivery"),
        altered("purposes", "delivery", description="Sent carefully."),
        altered("purposes", "delivery", description="Sent carefuly."),
    ),
    Row(
        "element-reworded",
        "data-category/logs/description",
        LOGS,
        altered("data_categories", "logs", description="Lines of text."),
    ),
    Row(
        "element-reworded",
        "recipient/host/description",
        EMAIL,
        altered("recipients", "host", description="Keeps servers."),
    ),
    # promises
    Row("exclusion-added", "exclusion/robots/added", EVERYONE, added("exclusions", an_exclusion("robots"))),
    Row("exclusion-removed", "exclusion/minors/removed", EVERYONE, removed("exclusions", "minors")),
    Row("exclusion-widened", "exclusion/minors/minimum_age", EVERYONE, altered("exclusions", "minors", minimum_age=21)),
    Row(
        "exclusion-widened",
        "exclusion/no-health/excludes/group/added",
        EVERYONE,
        altered("exclusions", "no-health", categories=("health", "group")),
    ),
    Row(
        "exclusion-narrowed", "exclusion/minors/minimum_age", EVERYONE, altered("exclusions", "minors", minimum_age=16)
    ),
    Row(
        "exclusion-narrowed",
        "exclusion/minors/kind",
        EVERYONE,
        altered("exclusions", "minors", kind=ExclusionKind.SCOPE),
    ),
    Row(
        "exclusion-narrowed",
        "exclusion/no-health/excludes/health/removed",
        EVERYONE,
        altered("exclusions", "no-health", categories=()),
    ),
    Row(
        "exclusion-narrowed",
        "data-category/beliefs/part-of/health/removed",
        EVERYONE,
        added("data_categories", a_category("beliefs")),
        added("data_categories", a_category("beliefs", part_of="health")),
    ),
    Row("right-added", "right/export/added", EVERYONE, added("rights", a_right("export"))),
    Row("right-removed", "right/access/removed", EVERYONE, removed("rights", "access")),
    Row(
        "right-narrowed",
        "right/access/conditions",
        EVERYONE,
        altered("rights", "access", conditions="Once in two years."),
    ),
    Row("right-narrowed", "right/access/exceptions", EVERYONE, ESTATE, altered("rights", "access", exceptions="")),
    Row("right-widened", "right/access/exceptions", EVERYONE, altered("rights", "access", exceptions="")),
    Row(
        "promise-qualified",
        "right/access/description",
        EVERYONE,
        altered("rights", "access", description="to see what is not held"),
    ),
    Row(
        "promise-reworded",
        "right/access/description",
        EVERYONE,
        altered("rights", "access", description="to look at what is held"),
    ),
    Row("promise-reworded", "right/access/how", EVERYONE, altered("rights", "access", how="Call us.")),
    Row("promise-reworded", "exclusion/minors/name", EVERYONE, altered("exclusions", "minors", name="Children")),
    Row("measure-changed", "measure/locks/added", EVERYONE, added("measures", a_measure("locks"))),
    Row(
        "measure-changed",
        "measure/encryption/description",
        EVERYONE,
        altered("measures", "encryption", description="Strong."),
    ),
    Row(
        "measure-kind",
        "measure/encryption/kind",
        EVERYONE,
        altered("measures", "encryption", kind=MeasureKind.ORGANISATIONAL),
    ),
    # told elsewhere
    Row("told-where-used", "source/heralds/added", EVERYONE, added("sources", a_source("heralds"))),
    Row(
        "told-where-used",
        "safeguard/walls/added",
        EMAIL,
        altered("recipients", "host", safeguards=("walls",), elements=added("safeguards", a_safeguard("walls"))),
    ),
    Row("told-where-used", "retention-rule/weeks/added", EVERYONE, added("retention_rules", a_retention_rule("weeks"))),
    Row(
        "told-by-replacement",
        "processing/site-contact/kept-under/short/removed",
        CONTACT,
        altered("processings", "site-contact", retention="long"),
    ),
    Row(
        "told-by-replacement",
        "disclosure/email-to-mailer/in-case/ordinary/removed",
        EMAIL,
        altered("disclosures", "email-to-mailer", case="agreed"),
    ),
    Row("not-in-use", "recipient/lawyer/removed", EVERYONE, removed("recipients", "lawyer")),
    Row("not-in-use", "country/DE/removed", EVERYONE, removed("countries", "DE")),
    Row("not-in-use", "country/FR/added", EVERYONE, added("countries", a_country("FR"))),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_change_falls_under_its_rule(row: Row) -> None:
    check(row)
