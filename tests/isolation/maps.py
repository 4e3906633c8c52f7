"""Three revisions of one small company: two that are published, one after the other, and a draft that is for staff.

What is for staff alone carries `SECRET`.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from graph.checks import findings
from graph.checks.overruling import is_standing, key_of
from graph.model import (
    CaseCondition,
    DataCategory,
    LegalBasis,
    MapElements,
    RecipientKind,
    RevisionContent,
    RevisionState,
    Service,
)
from graph.store.database import Database
from graph.store.judging import overrule_finding
from graph.store.publishing import publish_revision
from graph.store.revisions import draft_revision
from tests.builders import (
    A_DAY,
    a_case,
    a_category,
    a_disclosure,
    a_map,
    a_policy,
    a_processing,
    a_purpose,
    a_recipient,
    a_revision_content,
    a_service,
)

SECRET = "for-staff-only"
#: Keys that begin alike: what belongs to one of these services does not belong to another.
SERVICES = ("shop", "shop-desk", "mail")
CATEGORIES = ("contact", "email", "log")
PURPOSES = ("delivery", "news", "orders")
RECIPIENTS = ("mailer", "host", "friends")
CASES = ("providers", "on-trust", "on-consent")
CLAUSES = ("statement", "other")

#: The first revision comes into force on A_DAY, the second then.
SECOND_IN_FORCE = A_DAY + timedelta(days=10)


def a_company() -> MapElements:
    shop, desk, mail = SERVICES
    contact, email, log = CATEGORIES
    delivery, news, orders = PURPOSES
    mailer, host, friends = RECIPIENTS
    providers, on_trust, on_consent = CASES

    def service(key: str, part_of: str | None = None) -> Service:
        return a_service(key, part_of=part_of, note=SECRET, owner=SECRET)

    def category(key: str, part_of: str | None = None) -> DataCategory:
        return a_category(key, part_of=part_of, note=SECRET)

    return a_map(
        services=(service(shop), service(desk, part_of=shop), service(mail)),
        data_categories=(category(contact), category(email, part_of=contact), category(log)),
        purposes=(
            a_purpose(delivery, note=SECRET),
            a_purpose(news, legal_basis=LegalBasis.CONSENT, direct_marketing=True),
            a_purpose(orders, legal_basis=LegalBasis.CONTRACT),
        ),
        recipients=(
            a_recipient(mailer, engages=(host,), note=SECRET),
            a_recipient(host),
            a_recipient(friends, kind=RecipientKind.TRUSTED_SUBJECT, name=None, description="whom you trust"),
        ),
        processings=(
            a_processing("shop-contact", service=shop, categories=(contact,), purpose=delivery, note=SECRET),
            a_processing("shop-news", service=shop, categories=(email,), purpose=news, legal_basis=LegalBasis.CONSENT),
            a_processing("mail-log", service=mail, categories=(log,), purpose=delivery),
            a_processing(
                "mail-orders", service=mail, categories=(email,), purpose=orders, legal_basis=LegalBasis.CONTRACT
            ),
        ),
        disclosure_cases=(
            a_case(providers),
            a_case(on_trust, number="2", condition=CaseCondition.TRUST),
            a_case(on_consent, number="3", condition=CaseCondition.CONSENT),
        ),
        disclosures=(
            a_disclosure("to-mailer", services=(shop, mail), categories=(contact,), recipient=mailer, purpose=delivery),
            a_disclosure(
                "to-friends",
                services=(shop,),
                categories=(contact, log),
                recipient=friends,
                purpose=delivery,
                case=on_trust,
                note=SECRET,
            ),
            a_disclosure(
                "news-to-mailer", services=(shop,), categories=(email,), recipient=mailer, purpose=news, case=on_consent
            ),
        ),
    )


def contents() -> tuple[RevisionContent, RevisionContent, RevisionContent]:
    """The two that are published, and the draft."""
    first = a_revision_content(policy=a_policy(*CLAUSES), elements=a_company())
    mailer, *others = first.elements.recipients
    changed = replace(first.elements, recipients=(replace(mailer, function="Sending parcels"), *others))
    second = replace(first, policy=a_policy(*CLAUSES, "third"), elements=changed, summary="The second policy.")
    return first, second, replace(first, policy=a_policy(*CLAUSES, SECRET), summary=SECRET)


async def publish(database: Database) -> None:
    """Puts all three into an empty graph, as 1, 2 and 3."""
    at = SECOND_IN_FORCE
    for number, content in enumerate(contents(), 1):
        draft = await draft_revision(database, content, at=at)
        assert (draft.number, draft.state) == (number, RevisionState.DRAFT)
        violations = [each for each in findings(content.elements, content.policy) if is_standing(each)]
        assert violations
        for each in violations:
            await overrule_finding(database, number, key_of(each), SECRET, by=SECRET, at=at)
        if number < 3:
            effective_at = (A_DAY, SECOND_IN_FORCE)[number - 1]
            await publish_revision(database, number, expected=number - 1, effective_at=effective_at, at=at)
