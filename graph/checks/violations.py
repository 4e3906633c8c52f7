"""Where a data map contradicts itself, the policy's principles or the GDPR."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import TypeAlias

from graph.checks.rule import Found, Rule, listed, of_element, violation
from graph.checks.subject import CheckSubject
from graph.model import Adequacy, Disclosure, LegalBasis, Processing, Recipient, RecipientKind
from graph.trees import carriers, reachable


@violation(
    "disclosed-but-not-processed",
    "a disclosure names a category that no processing of that service has",
    "add the processing, or disclose less",
)
def _disclosed_but_not_processed(subject: CheckSubject) -> Iterator[Found]:
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
            yield of_element(disclosure, message)


@violation(
    "purpose-limitation",
    "a category is disclosed for a purpose that the service does not process it for",
    "disclose it for a purpose that it is processed for, or add the processing",
)
def _purpose_limitation(subject: CheckSubject) -> Iterator[Found]:
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
            yield of_element(disclosure, message)


@violation(
    "more-than-the-purpose-needs",
    "with a category that is disclosed goes what the service, or a part of it, does not process for that purpose",
    "name only what the purpose needs, or add the processing",
)
def _more_than_the_purpose_needs(subject: CheckSubject) -> Iterator[Found]:
    """A whole goes out only where all of it is needed. Source: design, "the strictly limited kit"; GDPR Art. 5(1)(c).

    What a purpose needs is what is processed for it. With a whole go its parts, and with a service what its parts have:
    those that are processed too, and not for this purpose. Where nothing of it is processed for the purpose, that is
    the rule before this one's. Aggregated data is nobody's.
    """
    beyond: dict[tuple[str, str, str], tuple[_Place, ...]] = {}
    for disclosure in subject.elements.disclosures:
        if not disclosure.identifiable:
            continue
        more: set[_Place] = set()
        for asked in product(disclosure.services, disclosure.categories, (disclosure.purpose,)):
            if asked not in beyond:
                beyond[asked] = tuple(_beyond(subject, *asked))
            more.update(beyond[asked])
        if more:
            named = ", ".join(f"'{category}' of '{service}'" for service, category in _widest(subject, more))
            message = (
                f"discloses for '{disclosure.purpose}' what is not, or not as a whole, processed for it: {named}; name "
                "only what it needs, or add the processing"
            )
            yield of_element(disclosure, message)


_Place: TypeAlias = tuple[str, str]
"""A service and a category."""


def _beyond(subject: CheckSubject, service: str, category: str, purpose: str) -> Iterator[_Place]:
    """What is processed of the category in the service, and not for the purpose; nothing where all of it is not."""
    services, categories = subject.services, subject.categories
    processings = subject.processings_of(service, category)
    needed = [each for each in processings if each.purpose == purpose]
    for processing in processings if needed else ():
        place = services.lower(service, processing.service)
        around = [each for each in needed if services.is_within(place, each.service)]
        for named in categories.related(category) & subject.named_by(processing):
            part = categories.lower(category, named)
            if all(categories.line(part).isdisjoint(subject.named_by(each)) for each in around):
                yield place, part


def _widest(subject: CheckSubject, places: set[_Place]) -> list[_Place]:
    """Without those that are within another, in order."""
    return sorted(
        (service, category)
        for service, category in places
        if places.isdisjoint(
            {
                (whole, of)
                for whole in subject.services.line(service)
                for of in subject.categories.line(category)
                if (whole, of) != (service, category)
            }
        )
    )


@violation(
    "undisclosed-recipient",
    "somebody receives identifiable data, and no clause states them, or what goes to them",
    "write a clause that names them, or says what kind of recipient they are, and cite it",
)
def _undisclosed_recipient(subject: CheckSubject) -> Iterator[Found]:
    """Whoever receives data of a person is told of, or their kind is. Source: GDPR Art. 13(1)(e), 14(1)(e).

    A clause that a disclosure to the recipient cites tells of it. Sub-processors are recipients too. A body that the
    law entitles to ask is none (Art. 4(9)), and whom a person trusts that person knows (Art. 13(4)).
    """
    for recipient in undisclosed(subject):
        message = (
            "receives identifiable data, and no clause says so; write one that says who or what it is, and cite it"
        )
        yield of_element(recipient, message)


def undisclosed(subject: CheckSubject) -> Iterator[Recipient]:
    told = {each.recipient for each in subject.elements.disclosures if each.clauses}
    for recipient in subject.elements.recipients:
        is_recipient = recipient.kind not in (RecipientKind.AUTHORITY, RecipientKind.TRUSTED_SUBJECT)
        if is_recipient and recipient.key in subject.receiving and not recipient.clauses and recipient.key not in told:
            yield recipient


@violation(
    "transfer-without-safeguard",
    "a recipient, or a sub-processor, gets identifiable data in a country without adequate protection, and no "
    "safeguard is named",
    "add what protects the transfer to the safeguards of the recipient",
)
def _transfer_without_safeguard(subject: CheckSubject) -> Iterator[Found]:
    """Identifiable data reaches an inadequate country only under a safeguard. Source: GDPR Art. 44 to 46.

    Onward transfers count (Art. 44): a sub-processor receives what the recipient that engages it does.
    """
    inadequate = {each.key for each in subject.elements.countries if each.adequacy is Adequacy.NONE}
    for recipient in subject.elements.recipients:
        countries = [key for key in recipient.countries if key in inadequate]
        if recipient.key in subject.receiving and countries and not recipient.safeguards:
            message = f"receives identifiable data in {listed(countries)} without a safeguard; name what protects it"
            yield of_element(recipient, message)


@violation(
    "marketing-without-consent",
    "direct marketing rests on another basis than consent",
    "make its basis consent",
)
def _marketing_without_consent(subject: CheckSubject) -> Iterator[Found]:
    """Direct marketing rests on consent. Source: design, invariant 6; the policy; Directive 2002/58/EC Art. 13(1)."""
    marketing = {each.key for each in subject.elements.purposes if each.direct_marketing}
    for purpose in subject.elements.purposes:
        if purpose.direct_marketing and purpose.legal_basis is not LegalBasis.CONSENT:
            message = f"is direct marketing on {purpose.legal_basis}; make its basis CONSENT"
            yield of_element(purpose, message)
    for processing in subject.elements.processings:
        if processing.purpose in marketing and processing.legal_basis is not LegalBasis.CONSENT:
            message = f"is for direct marketing ('{processing.purpose}') on {processing.legal_basis}; make it CONSENT"
            yield of_element(processing, message)


@violation(
    "special-category",
    "data of GDPR Art. 9 or 10 is used or disclosed",
    "take it out",
)
def _special_category(subject: CheckSubject) -> Iterator[Found]:
    """No special data is used or disclosed, nor a category with such a part. Source: GDPR Art. 9 and 10; the policy."""
    special = [each.key for each in subject.elements.data_categories if each.special]
    for element, category, part in _touching(subject, reachable(special, subject.categories.parts)):
        named = f"'{category}'" if category == part else f"'{category}' and so its part '{part}'"
        yield of_element(element, f"{_has(element)} {named}, which is special data; take it out")


@violation(
    "exclusion-contradicted",
    "something is used or disclosed that an exclusion promises never to process",
    "take it out, or change the promise and the policy",
)
def _exclusion_contradicted(subject: CheckSubject) -> Iterator[Found]:
    """What is promised never to be processed is neither processed nor disclosed. Source: design, Exclusion."""
    for exclusion in subject.elements.exclusions:
        for element, category, part in _touching(subject, reachable(exclusion.categories, subject.categories.parts)):
            named = f"'{category}'" if category == part else f"'{category}' and so its part '{part}'"
            yield of_element(element, f"{_has(element)} {named}, against the promise '{exclusion.key}'; take it out")


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
    _more_than_the_purpose_needs,
    _undisclosed_recipient,
    _transfer_without_safeguard,
    _marketing_without_consent,
    _special_category,
    _exclusion_contradicted,
)
