"""The rules of who receives data: recipients, countries, safeguards, disclosures and their cases."""

from __future__ import annotations

from dataclasses import replace

import pytest

from graph.changes import EVERYONE
from graph.model import (
    Adequacy,
    CaseCondition,
    RecipientKind,
)
from tests.builders import (
    a_case,
    a_country,
    a_disclosure,
    a_recipient,
)
from tests.graph.impact.estate import (
    ESTATE,
    added,
    altered,
    removed,
)
from tests.graph.impact.rows import CONTACT, EMAIL, LOGS, Row, also, check, held_by

TO_HOST = a_disclosure("logs-to-host", services=("desk",), categories=("logs",), recipient="host", case="ordinary")
DEPERSONALISED = altered("disclosures", "email-to-mailer", identifiable=False)
AGAIN = a_disclosure("again", services=("site",), categories=("email",), recipient="mailer", case="ordinary")

ROWS = [
    # recipients, countries, safeguards
    Row("recipient-added", "recipient/printer/added", EVERYONE, added("recipients", a_recipient("printer"))),
    Row(
        "recipient-added",
        "recipient/printer/added",
        EMAIL,
        altered("recipients", "host", engages=("printer",), elements=added("recipients", a_recipient("printer"))),
    ),
    Row(
        "recipient-removed",
        "recipient/host/removed",
        EMAIL,
        altered("recipients", "mailer", engages=(), elements=removed("recipients", "host")),
    ),
    Row("recipient-replaced", "recipient/host/name", EMAIL, altered("recipients", "host", name="Cellar Inc.")),
    Row("element-reworded", "recipient/host/name", EMAIL, altered("recipients", "host", name="The Host Company LLC")),
    Row(
        "recipient-kind",
        "recipient/mailer/kind",
        EMAIL,
        altered("recipients", "mailer", kind=RecipientKind.INDEPENDENT_CONTROLLER),
    ),
    Row(
        "recipient-function",
        "recipient/mailer/function",
        EMAIL,
        altered("recipients", "mailer", function="reads messages"),
    ),
    Row(
        "recipient-country-added",
        "recipient/host/located-in/DE/added",
        EMAIL,
        altered("recipients", "host", countries=("JP", "DE")),
    ),
    Row(
        "recipient-country-removed",
        "recipient/host/located-in/JP/removed",
        EMAIL,
        altered("recipients", "host", countries=("DE",)),
    ),
    Row(
        "transfer-without-adequacy",
        "recipient/host/located-in/US/added",
        EMAIL,
        altered("recipients", "host", countries=("JP", "US")),
    ),
    Row(
        "transfer-without-adequacy",
        "country/IN/added",
        EMAIL,
        altered(
            "recipients",
            "host",
            countries=("IN",),
            elements=added("countries", a_country("IN", adequacy=Adequacy.NONE)),
        ),
    ),
    Row(
        "recipient-engaged",
        "recipient/host/engages/lawyer/added",
        EMAIL,
        altered("recipients", "host", engages=("lawyer",)),
    ),
    Row(
        "recipient-disengaged",
        "recipient/mailer/engages/host/removed",
        EMAIL,
        altered("recipients", "mailer", engages=()),
    ),
    Row(
        "country-added",
        "country/FR/added",
        EMAIL,
        altered("recipients", "host", countries=("FR",), elements=added("countries", a_country("FR"))),
    ),
    Row(
        "country-removed",
        "country/JP/removed",
        EMAIL,
        altered("recipients", "host", countries=(), elements=removed("countries", "JP")),
    ),
    Row("adequacy-lost", "country/JP/adequacy", EMAIL, altered("countries", "JP", adequacy=Adequacy.NONE)),
    Row("adequacy-changed", "country/JP/adequacy", EMAIL, ESTATE, altered("countries", "JP", adequacy=Adequacy.NONE)),
    Row(
        "safeguard-added",
        "recipient/host/protected-by/vault/added",
        EMAIL,
        altered("recipients", "host", safeguards=("vault",)),
    ),
    Row(
        "safeguard-removed",
        "recipient/mailer/protected-by/clauses/removed",
        EMAIL,
        altered("recipients", "mailer", safeguards=()),
    ),
    # disclosures
    Row("disclosure-added", "disclosure/logs-to-host/added", LOGS, added("disclosures", TO_HOST)),
    Row("disclosure-removed", "disclosure/email-to-mailer/removed", EMAIL, removed("disclosures", "email-to-mailer")),
    Row(
        "disclosure-widened",
        "disclosure/email-to-mailer/discloses/contact/added",
        CONTACT,
        altered("disclosures", "email-to-mailer", categories=("contact",)),
    ),
    Row(
        "disclosure-widened",
        "disclosure/email-to-mailer/from/desk/added",
        held_by("desk", "email"),
        altered("disclosures", "email-to-mailer", services=("site", "desk")),
    ),
    Row(
        "disclosure-widened",
        "disclosure/email-to-mailer/to/lawyer/added",
        EMAIL,
        altered("disclosures", "email-to-mailer", recipient="lawyer"),
    ),
    Row(
        "disclosure-widened",
        "disclosure/email-to-mailer/for/news/added",
        also(EMAIL, "news"),
        altered("disclosures", "email-to-mailer", purpose="news"),
    ),
    Row(
        "disclosure-narrowed",
        "disclosure/email-to-mailer/to/mailer/removed",
        EMAIL,
        altered("disclosures", "email-to-mailer", recipient="lawyer"),
    ),
    Row(
        "fact-restated",
        "disclosure/email-to-mailer/discloses/email/removed",
        EMAIL,
        altered("disclosures", "email-to-mailer", categories=("contact",)),
    ),
    Row("disclosure-identifiable", "disclosure/email-to-mailer/identifiable", EMAIL, ESTATE, DEPERSONALISED),
    # Without a name it went already, where it went with one.
    Row(
        "disclosure-added",
        "disclosure/again/added",
        EMAIL,
        added("disclosures", AGAIN, elements=DEPERSONALISED),
        DEPERSONALISED,
    ),
    Row("fact-restated", "disclosure/again/added", EMAIL, added("disclosures", replace(AGAIN, identifiable=False))),
    Row("disclosure-depersonalised", "disclosure/email-to-mailer/identifiable", EMAIL, DEPERSONALISED),
    Row("case-added", "disclosure-case/war/added", EVERYONE, added("disclosure_cases", a_case("war", number="4"))),
    Row(
        "case-removed",
        "disclosure-case/ordinary/removed",
        EMAIL,
        removed("disclosure_cases", "ordinary", elements=altered("disclosures", "email-to-mailer", case="asked")),
    ),
    Row(
        "case-loosened",
        "disclosure-case/asked/condition",
        EVERYONE,
        altered("disclosure_cases", "asked", condition=CaseCondition.NONE),
    ),
    Row(
        "case-loosened",
        "disclosure-case/agreed/condition",
        EVERYONE,
        altered("disclosure_cases", "agreed", condition=CaseCondition.TRUST),
    ),
    Row(
        "case-changed",
        "disclosure-case/ordinary/condition",
        EMAIL,
        altered("disclosure_cases", "ordinary", condition=CaseCondition.EVENT),
    ),
    Row(
        "case-changed",
        "disclosure/email-to-mailer/in-case/agreed/added",
        EMAIL,
        altered("disclosures", "email-to-mailer", case="agreed"),
    ),
    Row(
        "case-loosened",
        "disclosure/email-to-mailer/in-case/ordinary/added",
        EMAIL,
        ESTATE,
        altered("disclosures", "email-to-mailer", case="agreed"),
    ),
    Row("case-number", "disclosure-case/ordinary/number", EMAIL, altered("disclosure_cases", "ordinary", number="9")),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_change_falls_under_its_rule(row: Row) -> None:
    check(row)
