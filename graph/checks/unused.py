"""What a data map lists, and no fact of it uses."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from graph.checks.rule import Found, Rule, gap, of_element
from graph.checks.subject import CheckSubject
from graph.model import MapElement, MapElements


def _unused(
    noun: str,
    says: str,
    where: str,
    held: Callable[[MapElements], Iterable[MapElement]],
    used: Callable[[CheckSubject], Iterable[str]],
    mending: str = "add what is missing, or take it out",
) -> Rule:
    """`where`: that of which an element that nothing uses is no part. `used`: the keys of those that are in use."""

    @gap(f"unused-{noun}", says, mending)
    def rule(subject: CheckSubject) -> Iterator[Found]:
        """Every element is used by some fact, or by a promise: what is listed means something. Source: GDPR 5(1)(a)."""
        keys = set(used(subject))
        for element in held(subject.elements):
            if element.key not in keys:
                yield of_element(element, f"stands in {where}; add what is missing, or take it out")

    return rule


def _used_services(subject: CheckSubject) -> set[str]:
    """With their parts and their wholes."""
    return subject.services.around(each.service for each in subject.elements.processings)


def _used_categories(subject: CheckSubject) -> set[str]:
    """With their parts and their wholes."""
    elements = subject.elements
    processed = {key for each in elements.processings for key in each.categories}
    return subject.categories.around(processed.union(*(each.categories for each in elements.exclusions)))


def _used_recipients(subject: CheckSubject) -> set[str]:
    """Who is engaged by another is used too."""
    elements = subject.elements
    return {each.recipient for each in elements.disclosures} | {
        key for each in elements.recipients for key in each.engages
    }


def _used_countries(subject: CheckSubject) -> set[str]:
    elements = subject.elements
    return {elements.controller.country} | {key for each in elements.recipients for key in each.countries}


UNUSED_RULES: tuple[Rule, ...] = (
    _unused(
        "service", "no processing of a service", "no processing", lambda elements: elements.services, _used_services
    ),
    _unused(
        "category",
        "a category is in no processing and no exclusion",
        "no processing or exclusion",
        lambda elements: elements.data_categories,
        _used_categories,
    ),
    _unused(
        "source",
        "a source is in no processing",
        "no processing",
        lambda elements: elements.sources,
        lambda subject: (each.source for each in subject.elements.processings),
    ),
    _unused(
        "purpose",
        "a purpose is in no processing",
        "no processing",
        lambda elements: elements.purposes,
        lambda subject: (each.purpose for each in subject.elements.processings),
    ),
    _unused(
        "retention",
        "a retention rule is in no processing",
        "no processing",
        lambda elements: elements.retention_rules,
        lambda subject: (each.retention for each in subject.elements.processings),
    ),
    _unused(
        "recipient",
        "a recipient is in no disclosure, and engaged by nobody",
        "no disclosure, and no recipient engages it",
        lambda elements: elements.recipients,
        _used_recipients,
        "add what is missing, or take it out; leave it where the policy speaks of somebody to whom nothing goes",
    ),
    _unused(
        "case",
        "a case is in no disclosure",
        "no disclosure",
        lambda elements: elements.disclosure_cases,
        lambda subject: (each.case for each in subject.elements.disclosures),
    ),
    _unused(
        "country", "no recipient is in a country", "no recipient", lambda elements: elements.countries, _used_countries
    ),
    _unused(
        "safeguard",
        "a safeguard protects the transfer to no recipient",
        "no recipient",
        lambda elements: elements.safeguards,
        lambda subject: (key for each in subject.elements.recipients for key in each.safeguards),
    ),
)
