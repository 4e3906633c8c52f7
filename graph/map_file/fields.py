"""What the types of the model do not say about a map file, for whoever writes one and for whoever reads it.

`FIELDS` is looked up by "Class.field", then by "field"; a test sees to it that every field of the model is here, and
nothing else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextForm:
    """Which texts a field takes: the whole text matches `pattern`; `words` say so in a sentence.

    `longest` is in characters.
    """

    pattern: str
    words: str
    longest: int = 120

    def fits(self, text: str) -> bool:
        return len(text) <= self.longest and re.fullmatch(self.pattern, text) is not None


KEY = TextForm("[a-z0-9]+(-[a-z0-9]+)*", "lower-case letters and digits with single '-' between, such as 'log-data'")
CLAUSE_KEY = TextForm("[a-z0-9]+([.-][a-z0-9]+)*", "the key of a clause of policy.md, such as 'rights.access'")
COUNTRY_KEY = TextForm("[A-Z]{2}", "the two capitals of ISO 3166-1, such as 'CY'")
EMAIL = TextForm(r"[^@\s<>]+@[^@\s<>.]+(\.[^@\s<>.]+)+", "an email address, such as 'privacy@example.com'")
WEBSITE = TextForm(r"https?://[^\s/<>]+(/[^\s<>]*)?", "an address that starts with 'https://' or 'http://'", 2000)
LANGUAGE = TextForm("[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", "a language tag, such as 'en' or 'pt-BR'")


@dataclass(frozen=True, slots=True)
class FieldRule:
    """What the type of one field does not say.

    `form` is for its text, or each text of its list. `refers_to` is the kind whose keys it holds. An `optional` field
    may be left out although the model has no default for it. `least` and `most` bound a number; `least` of a list is
    its shortest length.
    """

    description: str
    form: TextForm | None = None
    refers_to: str | None = None
    optional: bool = False
    least: int | None = None
    most: int | None = None


_BASIS = "The point of GDPR Art. 6(1) that allows it"
_PARTS_TOO = "what is said of it holds for its parts too"

FIELDS = {
    # what many kinds have
    "name": FieldRule("What people call it, in the language of the policy."),
    "description": FieldRule("What it is, in a sentence or two for the public."),
    "note": FieldRule("For staff only; never shown to the public."),
    "clauses": FieldRule("Keys of the clauses of policy.md that state this.", CLAUSE_KEY),
    # the head of the file
    "Revision.language": FieldRule("The language of policy and map, as a BCP 47 tag.", LANGUAGE),
    "Revision.summary": FieldRule("What this revision is or changes, in one sentence."),
    # kinds, in the order of the file
    "Controller.key": FieldRule("A short name that stays the same in every revision.", KEY),
    "Controller.name": FieldRule("The full name of the company, with its legal form."),
    "Controller.registration": FieldRule("Its number in the register of companies."),
    "Controller.address": FieldRule("Its postal address, on one line."),
    "Controller.country": FieldRule("The country that it is in.", COUNTRY_KEY, "countries"),
    "Controller.email": FieldRule("Where a person writes to about their data.", EMAIL),
    "Controller.answers_within": FieldRule("How soon it answers, in the policy's words, such as 'one month'."),
    "Controller.website": FieldRule("Where the policy is published.", WEBSITE),
    "Controller.notice_channels": FieldRule("How people are told of a revision that touches their rights."),
    "Service.part_of": FieldRule(f"The service that it is a part of; {_PARTS_TOO}.", KEY, "services"),
    "Service.owner": FieldRule("Who in the company answers for it; for staff only."),
    "DataCategory.kind": FieldRule("PERSONAL: it says who somebody is; SUPPLEMENTARY: technical data beside it."),
    "DataCategory.special": FieldRule("True for data of GDPR Art. 9 or 10, which may be excluded but never used."),
    "DataCategory.part_of": FieldRule(f"The category that it is a part of; {_PARTS_TOO}.", KEY, "data_categories"),
    "Source.kind": FieldRule("Whether the person gives it, a machine records it, or somebody else provides it."),
    "Purpose.legal_basis": FieldRule(f"{_BASIS}; a processing may name another."),
    "Purpose.direct_marketing": FieldRule("True for marketing to the person, which needs the basis CONSENT."),
    "Country.adequacy": FieldRule("EEA; ADEQUATE under GDPR Art. 45; or NONE, where a transfer needs a safeguard."),
    "Recipient.kind": FieldRule("What the recipient is to the controller and to the person."),
    "Recipient.name": FieldRule(
        "Its full name; left out where the policy names nobody, and the description then says who it is.",
        optional=True,
    ),
    "Recipient.function": FieldRule("What it does with the data, such as 'web analytics'."),
    "Recipient.countries": FieldRule("The countries in which it has the data.", COUNTRY_KEY, "countries"),
    "Recipient.engages": FieldRule("The recipients that it passes data on to: its sub-processors.", KEY, "recipients"),
    "Recipient.safeguards": FieldRule("What protects the transfer to it.", KEY, "safeguards"),
    "RetentionRule.criterion": FieldRule("How long data is kept, in the policy's words."),
    "RetentionRule.start": FieldRule("The event from which the period runs; UNREPORTED if no system reports it."),
    "RetentionRule.outcome": FieldRule("What happens to the data when its time is over."),
    "RetentionRule.period": FieldRule("The length of time; left out where the policy states none."),
    "RetentionRule.exceptions": FieldRule("What may keep data longer, even against a request to erase it."),
    "RetentionPeriod.years": FieldRule("Calendar years.", least=0, most=1000),
    "RetentionPeriod.months": FieldRule("Calendar months, beside the years.", least=0, most=1000),
    "RetentionPeriod.days": FieldRule("Days, beside years and months.", least=0, most=100_000),
    "Processing.service": FieldRule("The service that does it, with its parts.", KEY, "services"),
    "Processing.categories": FieldRule(
        "The categories that it uses, with their parts.", KEY, "data_categories", least=1
    ),
    "Processing.source": FieldRule("Where the data comes from.", KEY, "sources"),
    "Processing.purpose": FieldRule("What it is for.", KEY, "purposes"),
    "Processing.legal_basis": FieldRule(f"{_BASIS}; left out where it is the purpose's own.", optional=True),
    "Processing.retention": FieldRule("How long the data is kept.", KEY, "retention_rules"),
    "DisclosureCase.number": FieldRule("Its place in the policy's own list, in quotes, such as '1'."),
    "DisclosureCase.condition": FieldRule("What must have happened before it applies to a person."),
    "Disclosure.services": FieldRule(
        "The services that the data comes from, with their parts.", KEY, "services", least=1
    ),
    "Disclosure.categories": FieldRule(
        "The categories that are disclosed, with their parts, and no others.", KEY, "data_categories", least=1
    ),
    "Disclosure.recipient": FieldRule("Who receives the data.", KEY, "recipients"),
    "Disclosure.purpose": FieldRule("What it is disclosed for.", KEY, "purposes"),
    "Disclosure.case": FieldRule("The case of the policy's list that allows it.", KEY, "disclosure_cases"),
    "Disclosure.identifiable": FieldRule("False where the data is aggregated or depersonalised before it goes."),
    "Exclusion.kind": FieldRule("CATEGORY: data never processed; SCOPE: what is not covered; AGE: who is not served."),
    "Exclusion.categories": FieldRule(
        "For the kind CATEGORY: what is never processed, with its parts.", KEY, "data_categories"
    ),
    "Exclusion.minimum_age": FieldRule(
        "For the kind AGE: the age, in years, from which people are served.", least=1, most=150
    ),
    "Right.description": FieldRule("What a person may ask for."),
    "Right.article": FieldRule("The article of the GDPR, such as '15'; left out where the policy goes beyond it."),
    "Right.conditions": FieldRule("When it can be asked for."),
    "Right.exceptions": FieldRule("When it need not be granted."),
    "Right.how": FieldRule("How to ask for it."),
    "Measure.kind": FieldRule("A principle that is kept to, or something organisational or technical that is done."),
}

KINDS = {
    "controller": "Who answers for the processing.",
    "services": "What collects data: products, account areas, websites, requests.",
    "data_categories": "Kinds of data, as a tree; also those that are promised never to be processed.",
    "sources": "Where data comes from.",
    "purposes": "Why data is processed.",
    "countries": "The countries that the map speaks of, by their ISO 3166-1 code.",
    "safeguards": "What protects a transfer.",
    "recipients": "Who may receive data.",
    "retention_rules": "How long data is kept.",
    "processings": "Facts: a service uses categories from a source for a purpose, kept under a rule.",
    "disclosure_cases": "The policy's own list of when disclosure is allowed.",
    "disclosures": "Facts: categories of services go to a recipient for a purpose, in a case.",
    "exclusions": "Promises not to: data never processed, things not covered, people not served.",
    "rights": "What a person may ask for.",
    "measures": "What protects the data.",
}
"""What each key of the file lists, by the names of the fields of MapElements."""
