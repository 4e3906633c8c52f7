"""Where a data map contradicts itself, the policy's principles or the GDPR."""

from __future__ import annotations

from collections.abc import Iterator

from graph.checks.subject import CheckSubject, Rule, listed, violation
from graph.model import Adequacy, Disclosure, Finding, LegalBasis, Processing
from graph.trees import carriers, reachable


def _disclosed_but_not_processed(subject: CheckSubject) -> Iterator[Finding]:
    """Nothing goes out that is not there. Source: design, "the strictly limited kit"; GDPR Art. 5(1)(c).

    A disclosure of a category with parts discloses what of it the service has: it is enough that one part is processed.
    """
    for disclosure in subject.elements.disclosures:
        missing = [
            f"'{category}' of '{service}'"
            for service in disclosure.services
            for category in disclosure.categories
            if not subject.processings_of(service, category)
        ]
        if missing:
            message = f"discloses what no processing has: {', '.join(missing)}; add the processing, or disclose less"
            yield violation("disclosed-but-not-processed", disclosure, message)


def _purpose_limitation(subject: CheckSubject) -> Iterator[Finding]:
    """Data goes out only for a purpose that the service has it for. Source: GDPR Art. 5(1)(b); the policy's principle.

    What is not processed at all is the rule before this one's.
    """
    for disclosure in subject.elements.disclosures:
        other = []
        for service in disclosure.services:
            for category in disclosure.categories:
                processings = subject.processings_of(service, category)
                if processings and all(each.purpose != disclosure.purpose for each in processings):
                    other.append(f"'{category}' of '{service}'")
        if other:
            message = (
                f"discloses for '{disclosure.purpose}' what is not processed for it: {', '.join(other)}; "
                "disclose it for a purpose that it is processed for, or add the processing"
            )
            yield violation("purpose-limitation", disclosure, message)


def _transfer_without_safeguard(subject: CheckSubject) -> Iterator[Finding]:
    """Identifiable data reaches an inadequate country only under a safeguard. Source: GDPR Art. 44 to 46.

    Onward transfers count (Art. 44): a sub-processor receives what the recipient that engages it does.
    """
    first = {each.recipient for each in subject.elements.disclosures if each.identifiable}
    receiving = reachable(first, {each.key: each.engages for each in subject.elements.recipients})
    inadequate = {each.key for each in subject.elements.countries if each.adequacy is Adequacy.NONE}
    for recipient in subject.elements.recipients:
        countries = [key for key in recipient.countries if key in inadequate]
        if recipient.key in receiving and countries and not recipient.safeguards:
            message = f"receives identifiable data in {listed(countries)} without a safeguard; name what protects it"
            yield violation("transfer-without-safeguard", recipient, message)


def _marketing_without_consent(subject: CheckSubject) -> Iterator[Finding]:
    """Direct marketing rests on consent. Source: design, invariant 6; the policy; Directive 2002/58/EC Art. 13(1)."""
    marketing = {each.key for each in subject.elements.purposes if each.direct_marketing}
    for purpose in subject.elements.purposes:
        if purpose.direct_marketing and purpose.legal_basis is not LegalBasis.CONSENT:
            message = f"is direct marketing on {purpose.legal_basis}; make its basis CONSENT"
            yield violation("marketing-without-consent", purpose, message)
    for processing in subject.elements.processings:
        if processing.purpose in marketing and processing.legal_basis is not LegalBasis.CONSENT:
            message = f"is for direct marketing ('{processing.purpose}') on {processing.legal_basis}; make it CONSENT"
            yield violation("marketing-without-consent", processing, message)


def _special_category(subject: CheckSubject) -> Iterator[Finding]:
    """No special data is used or disclosed, nor a category with such a part. Source: GDPR Art. 9 and 10; the policy."""
    special = [each.key for each in subject.elements.data_categories if each.special]
    for element, category, part in _touching(subject, reachable(special, subject.categories.parts)):
        named = f"'{category}'" if category == part else f"'{category}' and so its part '{part}'"
        yield violation("special-category", element, f"{_has(element)} {named}, which is special data; take it out")


def _exclusion_contradicted(subject: CheckSubject) -> Iterator[Finding]:
    """What is promised never to be processed is neither processed nor disclosed. Source: design, Exclusion."""
    for exclusion in subject.elements.exclusions:
        for element, category, part in _touching(subject, reachable(exclusion.categories, subject.categories.parts)):
            named = f"'{category}'" if category == part else f"'{category}' and so its part '{part}'"
            message = f"{_has(element)} {named}, against the promise '{exclusion.key}'; take it out"
            yield violation("exclusion-contradicted", element, message)


def _touching(subject: CheckSubject, forbidden: set[str]) -> Iterator[tuple[Processing | Disclosure, str, str]]:
    """Processings and disclosures that touch `forbidden`, with the category named and the one that is meant by it."""
    carrying = carriers(sorted(forbidden), subject.categories.wholes)
    facts: tuple[Processing | Disclosure, ...] = (*subject.elements.processings, *subject.elements.disclosures)
    for element in facts:
        for category in element.categories:
            if category in carrying:
                yield element, category, carrying[category]


def _has(element: Processing | Disclosure) -> str:
    return "uses" if isinstance(element, Processing) else "discloses"


VIOLATION_RULES: tuple[Rule, ...] = (
    _disclosed_but_not_processed,
    _purpose_limitation,
    _transfer_without_safeguard,
    _marketing_without_consent,
    _special_category,
    _exclusion_contradicted,
)
