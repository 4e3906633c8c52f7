"""Generated revisions: whole, valid, and as odd as a valid one can be.

`valid_maps()` gives what `read_map` accepts: every reference resolves, no cycle, nothing excluded or special in use.
The checks may still find things in it (something disclosed that is not processed, an unnamed recipient): those are
findings, not problems. Keys are short and regular (`service-1`), so that a failing example can be read.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence

from hypothesis import settings
from hypothesis import strategies as st

from graph.model import (
    Adequacy,
    CaseCondition,
    CategoryKind,
    Channel,
    Country,
    DataCategory,
    Disclosure,
    DisclosureCase,
    Exclusion,
    ExclusionKind,
    LegalBasis,
    MapElements,
    Measure,
    MeasureKind,
    Processing,
    Purpose,
    Recipient,
    RecipientKind,
    RetentionException,
    RetentionOutcome,
    RetentionPeriod,
    RetentionRule,
    RetentionStart,
    RevisionContent,
    Right,
    Safeguard,
    Service,
    Source,
    SourceKind,
)
from tests.builders import a_controller, a_policy

# Words that careless YAML takes for something else, beside plain ones.
_TEXTS = ("Billing", "no", "1", "2018-11-12", "null", "~", "a: b", "# not a comment", "- x", 'say "hi"', "it's", "Пётр")
_CODES = ("CY", "NO", "US", "RU", "DE", "JP")


def of_thirty(number: int) -> settings:
    """So many cases where thirty are usual, for what takes long; where more are usual, or fewer, in proportion."""
    assert settings.default is not None
    return settings(max_examples=max(1, settings.default.max_examples * number // 30))


# A strategy that is made anew is examined anew, for each value that is drawn from it: that took most of the time.
@functools.cache
def texts() -> st.SearchStrategy[str]:
    """Names and the like: not empty, no white space around them."""
    free = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=12)
    return st.sampled_from(_TEXTS) | free.map(str.strip).filter(bool)


@st.composite
def valid_maps(draw: st.DrawFn) -> RevisionContent:
    policy = a_policy(*_keys("clause", draw(st.integers(1, 4))))
    cited = _some(tuple(clause.key for clause in policy.clauses), most=2)

    countries = tuple(
        Country(code, draw(texts()), draw(st.sampled_from(Adequacy)), draw(cited))
        for code in draw(st.lists(st.sampled_from(_CODES), min_size=1, max_size=3, unique=True))
    )
    safeguards = tuple(
        Safeguard(key, draw(texts()), clauses=draw(cited)) for key in _keys("safeguard", draw(st.integers(0, 2)))
    )
    services = draw(_services(cited))
    held, refused = draw(_categories("category", cited, 1, 5)), draw(_refused_categories(cited))
    purposes = draw(_purposes(cited))
    sources = tuple(
        Source(key, draw(texts()), draw(st.sampled_from(SourceKind)), clauses=draw(cited))
        for key in _keys("source", draw(st.integers(1, 2)))
    )
    rules = draw(_retention_rules(cited))
    recipients = draw(_recipients(cited, _keys_of(countries), _keys_of(safeguards)))
    cases = tuple(
        DisclosureCase(f"case-{number}", str(number), draw(texts()), condition, clauses=draw(cited))
        for number, condition in enumerate(draw(st.permutations(tuple(CaseCondition))), 1)
    )
    elements = MapElements(
        controller=a_controller(
            name=draw(texts()),
            country=draw(_one(countries)),
            notice_channels=tuple(draw(st.lists(st.sampled_from(Channel), unique=True))),
            clauses=draw(cited),
        ),
        services=services,
        data_categories=tuple(draw(st.permutations(held + refused))),
        sources=sources,
        purposes=purposes,
        countries=countries,
        safeguards=safeguards,
        recipients=recipients,
        retention_rules=rules,
        processings=draw(_processings(cited, services, held, sources, purposes, rules)),
        disclosure_cases=cases,
        disclosures=draw(_disclosures(cited, services, held, recipients, purposes, cases)),
        exclusions=draw(_exclusions(cited, refused)),
        rights=tuple(
            Right(key, draw(texts()), draw(texts()), article=draw(st.sampled_from(("", "15", "7(3)"))))
            for key in _keys("right", draw(st.integers(0, 2)))
        ),
        measures=tuple(
            Measure(key, draw(texts()), draw(st.sampled_from(MeasureKind)), clauses=draw(cited))
            for key in _keys("measure", draw(st.integers(0, 2)))
        ),
    )
    return RevisionContent(policy, elements, draw(st.sampled_from(("en", "no", "pt-BR"))), draw(texts()))


# ---- the kinds -------------------------------------------------------------------------------------------------------


@st.composite
def _services(draw: st.DrawFn, cited: st.SearchStrategy[tuple[str, ...]]) -> tuple[Service, ...]:
    keys = _keys("service", draw(st.integers(1, 4)))
    found = [
        Service(
            key,
            draw(texts()),
            draw(_texts_or_nothing()),
            part_of=draw(_none_or(keys[:place])),
            owner=draw(_none_or_texts()),
            clauses=draw(cited),
        )
        for place, key in enumerate(keys)
    ]
    return tuple(draw(st.permutations(found)))


@st.composite
def _categories(
    draw: st.DrawFn, name: str, cited: st.SearchStrategy[tuple[str, ...]], least: int, most: int
) -> tuple[DataCategory, ...]:
    keys = _keys(name, draw(st.integers(least, most)))
    return tuple(
        DataCategory(
            key,
            draw(texts()),
            draw(st.sampled_from(CategoryKind)),
            part_of=draw(_none_or(keys[:place])),
            note=draw(_none_or_texts()),
            clauses=draw(cited),
        )
        for place, key in enumerate(keys)
    )


@st.composite
def _refused_categories(draw: st.DrawFn, cited: st.SearchStrategy[tuple[str, ...]]) -> tuple[DataCategory, ...]:
    """A tree of its own, each of it special or not: nothing above it is in use, so nothing of it is."""
    return tuple(
        DataCategory(each.key, each.name, each.kind, "", draw(st.booleans()), each.part_of, each.note, each.clauses)
        for each in draw(_categories("refused", cited, 0, 3))
    )


@st.composite
def _purposes(draw: st.DrawFn, cited: st.SearchStrategy[tuple[str, ...]]) -> tuple[Purpose, ...]:
    found = []
    for key in _keys("purpose", draw(st.integers(1, 3))):
        basis = draw(st.sampled_from(LegalBasis))
        marketing = basis is LegalBasis.CONSENT and draw(st.booleans())
        found.append(Purpose(key, draw(texts()), basis, direct_marketing=marketing, clauses=draw(cited)))
    return tuple(found)


@st.composite
def _retention_rules(draw: st.DrawFn, cited: st.SearchStrategy[tuple[str, ...]]) -> tuple[RetentionRule, ...]:
    periods = st.builds(RetentionPeriod, st.integers(0, 10), st.integers(0, 11), st.integers(1, 90))
    return tuple(
        RetentionRule(
            key,
            draw(texts()),
            draw(texts()),
            draw(st.sampled_from(RetentionStart)),
            draw(st.sampled_from(RetentionOutcome)),
            draw(st.none() | periods),
            tuple(
                RetentionException(name, draw(texts()), draw(cited))
                for name in _keys("exception", draw(st.integers(0, 2)))
            ),
            draw(cited),
        )
        for key in _keys("rule", draw(st.integers(1, 2)))
    )


@st.composite
def _recipients(
    draw: st.DrawFn, cited: st.SearchStrategy[tuple[str, ...]], countries: tuple[str, ...], safeguards: tuple[str, ...]
) -> tuple[Recipient, ...]:
    """A processor that is named has a country; who is not named is described. Sub-processors go any depth down."""
    keys = _keys("recipient", draw(st.integers(1, 5)))
    found = []
    for place, key in enumerate(keys):
        kind = draw(st.sampled_from(RecipientKind))
        name = draw(_none_or_texts())
        must_have_country = kind is RecipientKind.PROCESSOR and name is not None
        found.append(
            Recipient(
                key,
                kind,
                name,
                draw(texts()),
                draw(texts() if name is None else st.just("")),
                draw(_some(countries, least=1 if must_have_country else 0)),
                draw(_some(keys[:place], most=2)),
                draw(_some(safeguards)),
                draw(_none_or_texts()),
                draw(cited),
            )
        )
    return tuple(draw(st.permutations(found)))


@st.composite
def _processings(
    draw: st.DrawFn,
    cited: st.SearchStrategy[tuple[str, ...]],
    services: Sequence[Service],
    categories: Sequence[DataCategory],
    sources: Sequence[Source],
    purposes: Sequence[Purpose],
    rules: Sequence[RetentionRule],
) -> tuple[Processing, ...]:
    return tuple(
        Processing(
            key,
            draw(_one(services)),
            draw(_some(_keys_of(categories), least=1, most=3)),
            draw(_one(sources)),
            draw(_one(purposes)),
            draw(st.sampled_from(LegalBasis)),
            draw(_one(rules)),
            clauses=draw(cited),
        )
        for key in _keys("processing", draw(st.integers(0, 5)))
    )


@st.composite
def _disclosures(
    draw: st.DrawFn,
    cited: st.SearchStrategy[tuple[str, ...]],
    services: Sequence[Service],
    categories: Sequence[DataCategory],
    recipients: Sequence[Recipient],
    purposes: Sequence[Purpose],
    cases: Sequence[DisclosureCase],
) -> tuple[Disclosure, ...]:
    found = []
    for key in _keys("disclosure", draw(st.integers(0, 4))):
        recipient = draw(st.sampled_from(recipients))
        on_trust = recipient.kind is RecipientKind.TRUSTED_SUBJECT
        fitting = [case for case in cases if (case.condition is CaseCondition.TRUST) == on_trust]
        found.append(
            Disclosure(
                key,
                draw(_some(_keys_of(services), least=1, most=2)),
                draw(_some(_keys_of(categories), least=1, most=3)),
                recipient.key,
                draw(_one(purposes)),
                draw(_one(fitting)),
                draw(st.booleans()),
                clauses=draw(cited),
            )
        )
    return tuple(found)


@st.composite
def _exclusions(
    draw: st.DrawFn, cited: st.SearchStrategy[tuple[str, ...]], refused: Sequence[DataCategory]
) -> tuple[Exclusion, ...]:
    found = []
    promised: bool = draw(st.booleans())
    if refused and promised:
        named = draw(_some(_keys_of(refused), least=1))
        found.append(Exclusion("never", ExclusionKind.CATEGORY, draw(texts()), categories=named, clauses=draw(cited)))
    if draw(st.booleans()):
        found.append(Exclusion("minors", ExclusionKind.AGE, draw(texts()), minimum_age=draw(st.integers(1, 21))))
    if draw(st.booleans()):
        found.append(Exclusion("elsewhere", ExclusionKind.SCOPE, draw(texts()), clauses=draw(cited)))
    return tuple(found)


# ---- choosing --------------------------------------------------------------------------------------------------------


def _keys(name: str, count: int) -> tuple[str, ...]:
    return tuple(f"{name}-{number}" for number in range(1, count + 1))


def _keys_of(
    elements: Sequence[Country | Safeguard | Service | DataCategory],
) -> tuple[str, ...]:
    return tuple(element.key for element in elements)


def _one(
    elements: Sequence[Country | Service | Source | Purpose | RetentionRule | DisclosureCase],
) -> st.SearchStrategy[str]:
    return st.sampled_from(tuple(element.key for element in elements))


@functools.cache
def _none_or_texts() -> st.SearchStrategy[str | None]:
    return st.none() | texts()


@functools.cache
def _texts_or_nothing() -> st.SearchStrategy[str]:
    return st.just("") | texts()


@functools.cache
def _some(keys: tuple[str, ...], least: int = 0, most: int = 3) -> st.SearchStrategy[tuple[str, ...]]:
    if not keys:
        return st.just(())
    return st.lists(st.sampled_from(keys), min_size=least, max_size=most, unique=True).map(tuple)


@functools.cache
def _none_or(keys: tuple[str, ...]) -> st.SearchStrategy[str | None]:
    return st.none() | st.sampled_from(keys) if keys else st.none()
