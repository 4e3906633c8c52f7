"""Data maps of any size, the same every time: trees of services and categories, facts over them, and recipients that
engage one another."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from graph.map_file.country_codes import COUNTRY_CODES
from graph.model import (
    Adequacy,
    CaseCondition,
    CategoryKind,
    Clause,
    ClauseKind,
    Controller,
    Country,
    DataCategory,
    Disclosure,
    DisclosureCase,
    LegalBasis,
    MapElements,
    Policy,
    Processing,
    Purpose,
    Recipient,
    RecipientKind,
    RetentionOutcome,
    RetentionRule,
    RetentionStart,
    RevisionContent,
    Service,
    Source,
    SourceKind,
)

SOURCES = 20
COUNTRIES = 60
#: Of a hundred elements; the rest are categories.
PURPOSES, SERVICES, RECIPIENTS = 2, 8, 30
#: One in so many is at the top of its tree.
TREE = 8

_STATED = ("statement",)


def large_map(
    elements: int, relationships: int, *, services: Sequence[str] = (), categories: Sequence[str] = ()
) -> RevisionContent:
    """So many sources, services, categories, purposes, recipients and countries, and so many references between all
    elements, those to clauses not counted: what trees, chains and places leave of them, processings and disclosures
    have. `services`, `categories`: keys of the first ones."""
    random = Random(elements)  # noqa: S311
    sources, purposes, recipients = (
        [f"{name}-{number}" for number in range(count)]
        for name, count in (
            ("source", SOURCES),
            ("purpose", elements * PURPOSES // 100),
            ("recipient", elements * RECIPIENTS // 100),
        )
    )
    countries = sorted(COUNTRY_CODES)[:COUNTRIES]
    service_tree = _tree("service", elements * SERVICES // 100, services, random)
    counted = sum(map(len, (sources, purposes, recipients, countries, service_tree)))
    category_tree = _tree("category", elements - counted, categories, random)
    engages = [
        _some(recipients[place + 1 : place + 50], random.choice((0, 0, 0, 0, 1, 2)), random)
        for place in range(len(recipients))
    ]
    located = [_some(countries, random.choice((1, 1, 1, 2)), random) for _ in recipients]
    left = relationships - sum(map(len, (*engages, *located)))
    left -= sum(whole is not None for tree in (service_tree, category_tree) for whole in tree.values())
    processings: list[Processing] = []
    disclosures: list[Disclosure] = []
    while left > 0:
        of = _some([*category_tree], random.randint(1, 6), random)
        number, purpose = len(processings), random.choice(purposes)
        if len(processings) <= len(disclosures):
            service, source = random.choice([*service_tree]), random.choice(sources)
            basis = random.choice((LegalBasis.CONTRACT, LegalBasis.LEGITIMATE_INTERESTS))
            processings.append(
                Processing(f"processing-{number}", service, of, source, purpose, basis, "rule", clauses=_STATED)
            )
            left -= len(of) + 4
        else:
            whose = _some([*service_tree], random.randint(1, 3), random)
            to = random.choice(recipients)
            is_named = random.random() < 0.8
            disclosures.append(
                Disclosure(f"disclosure-{number}", whose, of, to, purpose, "case", is_named, clauses=_STATED)
            )
            left -= len(whose) + len(of) + 3
    return RevisionContent(
        Policy(
            "# Policy {#policy}\n\nWhat it says. {#statement}\n",
            (
                Clause("policy", "1", ClauseKind.SECTION, "Policy"),
                Clause("statement", "1.1", ClauseKind.PARAGRAPH, "What it says.", "policy"),
            ),
        ),
        MapElements(
            controller=Controller(
                "acme", "Acme Ltd.", "1", "1 Sea Road", countries[0], "a@example.com", "a month", "https://example.com"
            ),
            services=tuple(Service(key, key, part_of=whole, clauses=_STATED) for key, whole in service_tree.items()),
            data_categories=tuple(
                DataCategory(key, key, CategoryKind.PERSONAL, part_of=whole, clauses=_STATED)
                for key, whole in category_tree.items()
            ),
            sources=tuple(Source(key, key, SourceKind.DATA_SUBJECT, clauses=_STATED) for key in sources),
            purposes=tuple(Purpose(key, key, LegalBasis.CONTRACT, clauses=_STATED) for key in purposes),
            countries=tuple(Country(key, key, Adequacy.ADEQUATE, clauses=_STATED) for key in countries),
            recipients=tuple(
                Recipient(
                    key, RecipientKind.PROCESSOR, key, "does it", countries=places, engages=others, clauses=_STATED
                )
                for key, places, others in zip(recipients, located, engages, strict=True)
            ),
            retention_rules=(
                RetentionRule(
                    "rule", "Rule", "as long", RetentionStart.UNREPORTED, RetentionOutcome.ERASE, clauses=_STATED
                ),
            ),
            processings=tuple(processings),
            disclosure_cases=(DisclosureCase("case", "1", "Case", CaseCondition.NONE, clauses=_STATED),),
            disclosures=tuple(disclosures),
        ),
        "en",
        "A large map.",
    )


def _tree(name: str, count: int, first: Sequence[str], random: Random) -> dict[str, str | None]:
    """Keys with what each is part of: the first ones are at the top, the others below any before them."""
    keys = [*first, *(f"{name}-{number}" for number in range(len(first), count))]
    tops = max(1, count // TREE)
    return {key: None if place < tops else keys[random.randrange(place)] for place, key in enumerate(keys)}


def _some(keys: Sequence[str], count: int, random: Random) -> tuple[str, ...]:
    return tuple(random.sample(keys, min(count, len(keys))))
