"""What ISPsystem's policy and its map hold. Lists are in their order."""

from __future__ import annotations

from graph.model import CaseCondition, Channel, Controller, ExclusionKind, LegalBasis, RecipientKind

SECTIONS = [
    "scope",
    "not-covered",
    "other-rules",
    "information",
    "sources",
    "specific-types",
    "public-sections",
    "principles",
    "purposes",
    "retention",
    "disclosure",
    "security",
    "age",
    "changes",
    "transfers",
    "controller",
    "rights",
    "processors",
]

CONTROLLER = Controller(
    key="ispsystem",
    name="ISPsystem LTD",
    registration="HE379354",
    address="Tepeleniou 13, Tepelenio Court, 2nd floor, 8010 Paphos, Cyprus",
    country="CY",
    email="privacy@ispsystem.com",
    answers_within="strives to answer as swiftly as it can, and in no more than one month",
    website="https://www.ispsystem.com",
    notice_channels=(Channel.EMAIL, Channel.ACCOUNT_AREA, Channel.SOFTWARE_PRODUCT),
    clauses=(
        "policy.subject",
        "controller.identity",
        "controller.questions",
        "controller.answers",
        "changes.reasons",
        "changes.publication",
        "changes.notification",
        "changes.in-force",
    ),
)

SERVICES = {
    "software-products": [
        "ISPmanager",
        "BILLmanager",
        "DCImanager",
        "VMmanager",
        "DNSmanager",
        "COREmanager",
        "IPmanager",
    ],
    "account-area": [],
    "websites": [],
    "related-services": ["SSL certificates", "Webinars", "Conferences", "Contests"],
    "requests": ["Requests to technical support", "Requests to other departments", "Online chat"],
}
"""The key of each kind of service, with the names of its parts."""

CATEGORIES = {
    "personal-data": [
        "family-name",
        "first-name",
        "email",
        "address",
        "billing-details",
        "phone",
        "further-information",
    ],
    "supplementary-data": ["log-data", "usage-data", "installation-data", "cookies", "third-party-data"],
    "log-data": ["ip-address", "browser", "access-date", "access-time", "activity-duration", "activity-order"],
    "usage-data": ["device-type", "operating-system", "error-logs", "usage-quantities", "interface-interaction"],
    "installation-data": ["server-ip", "license-id"],
    "third-party-data": ["social-email", "social-other"],
}
"""The key of each category that has parts, with theirs."""

PURPOSES = [
    ("agreements", LegalBasis.LEGITIMATE_INTERESTS, False),
    ("law", LegalBasis.LEGITIMATE_INTERESTS, False),
    ("payments-and-accounts", LegalBasis.LEGITIMATE_INTERESTS, False),
    ("protection", LegalBasis.LEGITIMATE_INTERESTS, False),
    ("improvement", LegalBasis.LEGITIMATE_INTERESTS, False),
    ("interaction", LegalBasis.LEGITIMATE_INTERESTS, False),
    ("system-messages", LegalBasis.LEGITIMATE_INTERESTS, False),
    ("marketing-messages", LegalBasis.CONSENT, True),
    ("research", LegalBasis.LEGITIMATE_INTERESTS, False),
]
"""Key, legal basis, whether it is direct marketing."""

USES: tuple[tuple[str, str, set[tuple[str, str]]], ...] = (
    (
        "billmanager",
        "email",
        {
            ("agreements", "data-subject"),
            ("law", "data-subject"),
            ("payments-and-accounts", "data-subject"),
            ("protection", "data-subject"),
            ("interaction", "data-subject"),
            ("system-messages", "data-subject"),
            ("marketing-messages", "data-subject"),
        },
    ),
    (
        "account-area",
        "billing-details",
        {
            ("agreements", "data-subject"),
            ("law", "data-subject"),
            ("payments-and-accounts", "data-subject"),
            ("protection", "data-subject"),
            ("interaction", "data-subject"),
        },
    ),
    ("ispmanager", "server-ip", {("protection", "license-checks"), ("law", "license-checks")}),
    (
        "account-area",
        "server-ip",
        {("agreements", "data-subject"), ("protection", "data-subject"), ("law", "data-subject")},
    ),
    ("websites", "server-ip", set()),
    (
        "websites",
        "ip-address",
        {
            ("protection", "automatic-logging"),
            ("improvement", "automatic-logging"),
            ("research", "automatic-logging"),
            ("law", "automatic-logging"),
        },
    ),
    ("websites", "cookies", {("improvement", "automatic-logging"), ("law", "automatic-logging")}),
    ("websites", "social-email", {("payments-and-accounts", "third-parties"), ("law", "third-parties")}),
    ("websites", "public-posts", {("agreements", "data-subject"), ("law", "data-subject")}),
    ("contests", "open-source-data", {("interaction", "open-sources"), ("law", "open-sources")}),
    (
        "online-chat",
        "error-logs",
        {
            ("improvement", "automatic-logging"),
            ("research", "automatic-logging"),
            ("law", "automatic-logging"),
        },
    ),
    ("technical-support", "ip-address", set()),
    ("technical-support", "cookies", set()),
    ("technical-support", "social-email", set()),
)
"""Service, category, and each purpose with the source that the category comes from for it."""

DISCLOSURE_CASES = [
    ("1", "additional-services", CaseCondition.NONE),
    ("2", "notice-of-the-user", CaseCondition.TRUST),
    ("3", "law", CaseCondition.EVENT),
    ("4", "affiliates", CaseCondition.NONE),
    ("5", "protection", CaseCondition.EVENT),
    ("6", "reorganisation-and-contracts", CaseCondition.EVENT),
    ("7", "depersonalised-data", CaseCondition.NONE),
    ("8", "consent", CaseCondition.CONSENT),
]
"""Number, key, condition."""

UNNAMED_RECIPIENTS = {
    "email-sending-providers": RecipientKind.PROCESSOR,
    "website-monitoring-providers": RecipientKind.PROCESSOR,
    "subcontractors": RecipientKind.PROCESSOR,
    "licensors": RecipientKind.PROCESSOR,
    "trusted-subjects": RecipientKind.TRUSTED_SUBJECT,
    "competent-bodies": RecipientKind.AUTHORITY,
    "affiliates": RecipientKind.AFFILIATE,
    "parties-in-protection": RecipientKind.INDEPENDENT_CONTROLLER,
    "contract-acquirers": RecipientKind.SUCCESSOR,
    "reorganisation-successors": RecipientKind.SUCCESSOR,
    "statistics-recipients": RecipientKind.PUBLIC,
    "recipients-with-consent": RecipientKind.INDEPENDENT_CONTROLLER,
    "payment-services": RecipientKind.INDEPENDENT_CONTROLLER,
    "comments-service": RecipientKind.INDEPENDENT_CONTROLLER,
    "social-networks": RecipientKind.INDEPENDENT_CONTROLLER,
    "forum-readers": RecipientKind.PUBLIC,
}

EXCLUSIONS = [
    ("bank-cards", ExclusionKind.CATEGORY, ("bank-card-data",), None),
    ("biometric-data", ExclusionKind.CATEGORY, ("biometric-data",), None),
    ("political-beliefs", ExclusionKind.CATEGORY, ("political-beliefs",), None),
    ("religious-beliefs", ExclusionKind.CATEGORY, ("religious-beliefs",), None),
    ("previous-convictions", ExclusionKind.CATEGORY, ("previous-convictions",), None),
    ("health", ExclusionKind.CATEGORY, ("health-data",), None),
    ("similar-information", ExclusionKind.CATEGORY, ("similar-specific-data",), None),
    ("minors", ExclusionKind.AGE, (), 18),
    ("other-software", ExclusionKind.SCOPE, (), None),
    ("third-party-services", ExclusionKind.SCOPE, (), None),
    ("companies-using-products", ExclusionKind.SCOPE, (), None),
    ("public-sections", ExclusionKind.SCOPE, (), None),
]
"""Key, kind, categories, minimum age."""

SPECIAL_CATEGORIES = {
    "biometric-data",
    "political-beliefs",
    "religious-beliefs",
    "previous-convictions",
    "health-data",
    "similar-specific-data",
}

RIGHTS = {
    "withdraw-consent": "7(3)",
    "be-informed": "13, 14",
    "access": "15, 16",
    "object": "21",
    "restrict": "18",
    "export": "20",
    "delete": "17",
    "other": "",
}
"""The key of each right, with the articles of the GDPR that it is from."""

PRINCIPLES = [
    "lawful-grounds",
    "goal-limitation",
    "no-consolidation",
    "relevance",
    "accuracy",
    "storage-limitation",
    "security",
]

ORGANISATIONAL_MEASURES = [
    "responsible-person",
    "internal-documents",
    "any-measures",
    "periodic-checks",
    "informed-staff",
]

NEVER_NAMED = {
    "affiliates",
    "comments-service",
    "email-sending-providers",
    "licensors",
    "parties-in-protection",
    "payment-services",
    "recipients-with-consent",
    "social-networks",
    "subcontractors",
    "website-monitoring-providers",
}
"""Recipients of whom neither a name nor a country is said."""

NEVER_RECEIVING = {"comments-service", "forum-readers", "payment-services", "social-networks"}
"""Recipients that people turn to themselves."""

MARKETING_PROCESSINGS = {
    "account-area-marketing-messages",
    "related-services-marketing-messages",
    "requests-marketing-messages",
    "software-products-marketing-messages",
    "websites-marketing-messages",
}

GAPS = {
    *(("unnamed-recipient", "Recipient", key) for key in NEVER_NAMED),
    *(("recipient-without-country", "Recipient", key) for key in NEVER_NAMED),
    *(("unused-recipient", "Recipient", key) for key in NEVER_RECEIVING),
    *(("retention-without-period", "RetentionRule", key) for key in ("goals", "log-data")),
    *(("consent-not-kept-apart", "Processing", key) for key in MARKETING_PROCESSINGS),
}
"""What the checks find: rule, kind of element, key."""
