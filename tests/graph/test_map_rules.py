from __future__ import annotations

import pytest

from graph.errors import InvalidRevision
from graph.map_file import read_map
from graph.map_file.rules import PATHS_AT_MOST
from graph.trees import cycles, path_counts
from tests.builders import A_MAP_TEXT

CLAUSES = ("policy", "statement")


def problems_of(text: str) -> list[str]:
    with pytest.raises(InvalidRevision) as caught:
        read_map(text, CLAUSES)
    return [str(problem) for problem in caught.value.problems]


def changed(old: str, new: str) -> str:
    assert A_MAP_TEXT.count(old) == 1, f"{old!r} must stand once in the text"
    return A_MAP_TEXT.replace(old, new)


def with_services(*lines: str) -> str:
    return changed("data_categories:\n", "".join(f"  {line}\n" for line in lines) + "data_categories:\n")


def with_categories(*lines: str) -> str:
    return changed("sources:\n", "".join(f"  {line}\n" for line in lines) + "sources:\n")


def with_recipients(*lines: str) -> str:
    return changed("retention_rules:\n", "".join(f"  {line}\n" for line in lines) + "retention_rules:\n")


# ---- references ------------------------------------------------------------------------------------------------------

DANGLING = {
    "controller.country": (
        changed("  country: CY", "  country: DE"),
        "map.yaml:9: controller.country: no key in countries is 'DE': add 'DE' to countries, or name another",
    ),
    "service.part_of": (
        with_services("shop: {name: Shop, part_of: biling}"),
        "map.yaml:19: services.shop.part_of: no key in services is 'biling': did you mean 'billing'?",
    ),
    "category.part_of": (
        with_categories("phone: {name: Phone, kind: PERSONAL, part_of: contact}"),
        "map.yaml:24: data_categories.phone.part_of: no key in data_categories is 'contact': "
        "add 'contact' to data_categories, or name another",
    ),
    "recipient.countries": (
        changed("countries: [CY]", "countries: [CY, RU]"),
        "map.yaml:38: recipients.mailer.countries: no key in countries is 'RU': "
        "add 'RU' to countries, or name another",
    ),
    "recipient.engages": (
        changed("    countries: [CY]\n", "    countries: [CY]\n    engages:\n    - mailer-two\n"),
        "map.yaml:40: recipients.mailer.engages: no key in recipients is 'mailer-two': did you mean 'mailer'?",
    ),
    "recipient.safeguards": (
        changed("    countries: [CY]\n", "    countries: [CY]\n    safeguards: [clauses]\n"),
        "map.yaml:39: recipients.mailer.safeguards: no key in safeguards is 'clauses': "
        "add 'clauses' to safeguards, or name another",
    ),
    "processing.service": (
        changed("service: billing", "service: bills"),
        "map.yaml:50: processings.billing-email.service: no key in services is 'bills': "
        "add 'bills' to services, or name another",
    ),
    "processing.categories": (
        changed("categories: [email]\n    source", "categories: [emails]\n    source"),
        "map.yaml:51: processings.billing-email.categories: no key in data_categories is 'emails': "
        "did you mean 'email'?",
    ),
    "processing.source": (
        changed("source: the-person", "source: person"),
        "map.yaml:52: processings.billing-email.source: no key in sources is 'person': did you mean 'the-person'?",
    ),
    "processing.purpose": (
        changed("purpose: delivery\n    retention", "purpose: delivering\n    retention"),
        "map.yaml:53: processings.billing-email.purpose: no key in purposes is 'delivering': "
        "did you mean 'delivery'?",
    ),
    "processing.retention": (
        changed("retention: half-a-year", "retention: half-year"),
        "map.yaml:54: processings.billing-email.retention: no key in retention_rules is 'half-year': "
        "did you mean 'half-a-year'?",
    ),
    "disclosure.services": (
        changed("services: [billing]", "services: [billing, shop]"),
        "map.yaml:64: disclosures.email-to-mailer.services: no key in services is 'shop': "
        "add 'shop' to services, or name another",
    ),
    "disclosure.categories": (
        changed("categories: [email]\n    recipient", "categories: [mail]\n    recipient"),
        "map.yaml:65: disclosures.email-to-mailer.categories: no key in data_categories is 'mail': "
        "did you mean 'email'?",
    ),
    "disclosure.recipient": (
        changed("recipient: mailer", "recipient: mail"),
        "map.yaml:66: disclosures.email-to-mailer.recipient: no key in recipients is 'mail': did you mean 'mailer'?",
    ),
    "disclosure.purpose": (
        changed("purpose: delivery\n    case", "purpose: sale\n    case"),
        "map.yaml:67: disclosures.email-to-mailer.purpose: no key in purposes is 'sale': "
        "add 'sale' to purposes, or name another",
    ),
    "disclosure.case": (
        changed("case: providers", "case: provider"),
        "map.yaml:68: disclosures.email-to-mailer.case: no key in disclosure_cases is 'provider': "
        "did you mean 'providers'?",
    ),
    "exclusion.categories": (
        A_MAP_TEXT + "exclusions:\n  never: {kind: CATEGORY, name: Never, categories: [cards]}\n",
        "map.yaml:71: exclusions.never.categories: no key in data_categories is 'cards': "
        "add 'cards' to data_categories, or name another",
    ),
    "clauses": (
        changed("name: Billing\n    clauses: [statement]", "name: Billing\n    clauses:\n    - policy\n    - statment"),
        "map.yaml:20: services.billing.clauses: no clause is 'statment': did you mean 'statement'?",
    ),
    "clauses of the controller": (
        changed("  clauses: [statement]\nservices", "  clauses: [nowhere]\nservices"),
        "map.yaml:14: controller.clauses: no clause is 'nowhere': "
        "cite a clause of policy.md, or give one this key: {#nowhere}",
    ),
    "clauses of an exception": (
        changed("    period:", "    exceptions: {disputes: {name: Disputes, clauses: [dispute]}}\n    period:"),
        "map.yaml:46: retention_rules.half-a-year.exceptions.disputes.clauses: no clause is 'dispute': "
        "cite a clause of policy.md, or give one this key: {#dispute}",
    ),
}  # fmt: skip


@pytest.mark.parametrize("field", DANGLING)
def test_a_reference_that_leads_nowhere_is_reported_at_its_line(field: str) -> None:
    text, expected = DANGLING[field]
    assert problems_of(text) == [expected]


def test_thousands_of_wrong_references_are_all_reported() -> None:
    text = changed(
        "categories: [email]\n    source", f"categories: [{', '.join(f'x{n}' for n in range(5000))}]\n    source"
    )
    assert len(problems_of(text)) == 5000


# ---- cycles ----------------------------------------------------------------------------------------------------------


def test_a_service_is_not_a_part_of_itself() -> None:
    assert problems_of(with_services("shop: {name: Shop, part_of: shop}")) == [
        "map.yaml:19: services.shop.part_of: a cycle: 'shop' is part of 'shop': take one of these links out"
    ]


def test_a_cycle_of_categories_is_named_once() -> None:
    text = with_categories(
        "a: {name: A, kind: PERSONAL, part_of: c}",
        "b: {name: B, kind: PERSONAL, part_of: a}",
        "c: {name: C, kind: PERSONAL, part_of: b}",
        "d: {name: D, kind: PERSONAL, part_of: a}",
    )
    assert problems_of(text) == [
        "map.yaml:25: data_categories.b.part_of: a cycle: "
        "'a' is part of 'c' is part of 'b' is part of 'a': take one of these links out"
    ]


def test_sub_processors_do_not_go_round() -> None:
    text = with_recipients(
        "a: {kind: PROCESSOR, name: A, function: f, countries: [CY], engages: [mailer, b]}",
        "b: {kind: PROCESSOR, name: B, function: f, countries: [CY], engages: [mailer, a]}",
    )
    assert problems_of(text) == [
        "map.yaml:41: recipients.b.engages: a cycle: 'a' engages 'b' engages 'a': take one of these links out"
    ]


def test_a_recipient_may_be_engaged_by_two() -> None:
    text = with_recipients(
        "a: {kind: PROCESSOR, name: A, function: f, countries: [CY], engages: [mailer, b]}",
        "b: {kind: PROCESSOR, name: B, function: f, countries: [CY], engages: [mailer]}",
    )
    assert len(read_map(text, CLAUSES).elements.recipients) == 3


def test_a_cycle_of_thousands_is_found_and_told_in_a_line() -> None:
    lines = [f"s{n}: {{name: S, part_of: s{(n + 1) % 3000}}}" for n in range(3000)]
    (problem,) = problems_of(with_services(*lines))
    assert "'s7' is part of … (3000 in all) is part of 's0'" in problem


def test_cycles_that_share_a_member_are_told_one_by_one() -> None:
    assert cycles({"a": ["b", "c"], "b": ["a"], "c": ["a"], "d": ["e"], "e": ["d"]}) == [("a", "b"), ("d", "e")]


# ---- recipients ------------------------------------------------------------------------------------------------------


def test_a_named_processor_is_in_a_country() -> None:
    assert problems_of(changed("    countries: [CY]\n", "")) == [
        "map.yaml:34: recipients.mailer: a processor without a country: add 'countries: [..]', where it has the data"
    ]
    assert problems_of(changed("    countries: [CY]\n", "    countries: []\n")) == [
        "map.yaml:38: recipients.mailer: a processor without a country: add 'countries: [..]', where it has the data"
    ]


def test_others_and_processors_whom_nobody_names_may_be_without_a_country() -> None:
    text = with_recipients(
        "court: {kind: AUTHORITY, name: Court, function: justice}",
        "somebody: {kind: PROCESSOR, function: hosting, description: Whoever hosts it.}",
    )
    assert [each.countries for each in read_map(text, CLAUSES).elements.recipients] == [("CY",), (), ()]


def test_who_has_no_name_is_described() -> None:
    assert problems_of(with_recipients("friends: {kind: AFFILIATE, name: null, function: help}")) == [
        "map.yaml:40: recipients.friends has neither a name nor a description: say who it is in 'description'"
    ]


def test_trusted_subjects_receive_only_where_the_case_is_trust() -> None:
    text = with_recipients("friend: {kind: TRUSTED_SUBJECT, description: A friend., function: help}")
    assert problems_of(text.replace("recipient: mailer", "recipient: friend")) == [
        "map.yaml:69: disclosures.email-to-mailer.case: 'friend' is a trusted subject, but 'providers' does not need "
        "trust: name a case whose condition is TRUST"
    ]


def test_trust_lets_nobody_else_receive() -> None:
    assert problems_of(changed("condition: NONE", "condition: TRUST")) == [
        "map.yaml:66: disclosures.email-to-mailer.recipient: 'providers' needs trust, but 'mailer' is no trusted "
        "subject: name a recipient of the kind TRUSTED_SUBJECT, or another case"
    ]


# ---- promises --------------------------------------------------------------------------------------------------------


def test_a_special_category_is_neither_used_nor_disclosed() -> None:
    assert problems_of(changed("kind: PERSONAL\n", "kind: PERSONAL\n    special: true\n")) == [
        "map.yaml:52: processings.billing-email uses 'email', which is special data (GDPR Art. 9 or 10): "
        "take it out of the list",
        "map.yaml:66: disclosures.email-to-mailer discloses 'email', which is special data (GDPR Art. 9 or 10): "
        "take it out of the list",
    ]


def test_a_part_of_a_special_category_is_special() -> None:
    text = with_categories("health: {name: Health, kind: PERSONAL, special: true}")
    text = text.replace("    kind: PERSONAL\n", "    kind: PERSONAL\n    part_of: health\n")
    assert [problem.split(" (")[0] for problem in problems_of(text)] == [
        "map.yaml:53: processings.billing-email uses 'email', which is special data",
        "map.yaml:67: disclosures.email-to-mailer discloses 'email', which is special data",
    ]


def test_a_category_with_a_special_part_cannot_be_named_as_a_whole() -> None:
    text = with_categories(
        "blood: {name: Blood, kind: PERSONAL, special: true, part_of: body}",
        "body: {name: Body, kind: PERSONAL, part_of: email}",
    )
    assert problems_of(text) == [
        "map.yaml:53: processings.billing-email uses 'email' and so its part 'blood', which is special data "
        "(GDPR Art. 9 or 10): name its other parts one by one instead",
        "map.yaml:67: disclosures.email-to-mailer discloses 'email' and so its part 'blood', which is special data "
        "(GDPR Art. 9 or 10): name its other parts one by one instead",
    ]


def test_an_excluded_category_is_neither_used_nor_disclosed() -> None:
    text = A_MAP_TEXT + "exclusions:\n  never: {kind: CATEGORY, name: Never, categories: [email]}\n"
    assert problems_of(text) == [
        "map.yaml:51: processings.billing-email uses 'email', which exclusions.never promises never to process: "
        "take it out of the list",
        "map.yaml:65: disclosures.email-to-mailer discloses 'email', which exclusions.never promises never to "
        "process: take it out of the list",
    ]


def test_special_and_excluded_categories_may_stand_beside_what_is_used() -> None:
    text = with_categories(
        "health: {name: Health, kind: PERSONAL, special: true}",
        "cards: {name: Cards, kind: PERSONAL}",
    )
    text += "exclusions:\n  never: {kind: CATEGORY, name: Never, categories: [health, cards]}\n"
    assert len(read_map(text, CLAUSES).elements.exclusions) == 1


def test_an_exclusion_has_what_its_kind_speaks_of() -> None:
    text = A_MAP_TEXT + (
        "exclusions:\n"
        "  cards: {kind: CATEGORY, name: Cards, categories: []}\n"
        "  minors: {kind: AGE, name: Minors}\n"
        "  shops: {kind: SCOPE, name: Shops, categories: [email], minimum_age: 18}\n"
        "  elsewhere: {kind: SCOPE, name: Elsewhere}\n"
    )
    assert problems_of(text) == [
        "map.yaml:71: exclusions.cards excludes categories but names none: add 'categories: [..]'",
        "map.yaml:72: exclusions.minors excludes an age but gives none: add 'minimum_age: 18', in years",
        "map.yaml:73: exclusions.shops: a minimum_age beside the kind SCOPE: delete it, or make the kind AGE",
        "map.yaml:73: exclusions.shops: categories beside the kind SCOPE: delete them, or make the kind CATEGORY",
    ]


# ---- single kinds ----------------------------------------------------------------------------------------------------


def test_direct_marketing_needs_consent() -> None:
    text = changed("    legal_basis: LEGITIMATE_INTERESTS\n", "    legal_basis: CONTRACT\n    direct_marketing: true\n")
    assert problems_of(text) == [
        "map.yaml:29: purposes.delivery.legal_basis: direct marketing on CONTRACT: "
        "write CONSENT, or 'direct_marketing: false'"
    ]
    assert read_map(text.replace("CONTRACT", "CONSENT"), CLAUSES).elements.purposes[0].direct_marketing


@pytest.mark.parametrize("period", ["{}", "{months: 0}", "{years: 0, months: 0, days: 0}"])
def test_a_period_has_a_length(period: str) -> None:
    assert problems_of(changed("{months: 6}", period)) == [
        "map.yaml:46: retention_rules.half-a-year.period has no length: "
        "give years, months or days, or leave 'period' out"
    ]


def test_two_cases_do_not_have_one_place() -> None:
    text = changed("disclosures:\n", '  law: {number: "1", name: Law, condition: EVENT}\ndisclosures:\n')
    assert problems_of(text) == [
        "map.yaml:62: disclosure_cases.law.number: '1' is the number of 'providers' too: "
        "give each case its own place in the list"
    ]


def test_an_element_without_a_clause_is_no_problem() -> None:
    text = changed("name: Billing\n    clauses: [statement]", "name: Billing")
    assert read_map(text, CLAUSES).elements.services[0].clauses == ()


# ---- paths -----------------------------------------------------------------------------------------------------------


def layers(number: int) -> list[str]:
    """Sub-processors of the mailer's: `number` layers of two, each engaging both of the next."""
    said = "kind: PROCESSOR, function: sends, countries: [CY]"
    return [
        f"layer-{layer}-{side}: {{name: L{layer}{side}, {said}, "
        f"engages: [{f'layer-{layer + 1}-a, layer-{layer + 1}-b' if layer < number else ''}]}}"
        for layer in range(1, number + 1)
        for side in "ab"
    ]


def with_layers(number: int) -> str:
    text = with_recipients(*layers(number))
    return text.replace("    name: Mailer\n", "    name: Mailer\n    engages: [layer-1-a, layer-1-b]\n")


def test_no_recipient_has_more_paths_than_can_be_shown() -> None:
    # 1 + 2 + … + 2 ** 9 are 1,023; one layer less are 511. Forty layers would be 2 ** 41.
    assert len(read_map(with_layers(8), CLAUSES).elements.recipients) == 17
    for number, places in ((9, ["mailer"]), (40, ["layer-31-a", "layer-31-b"])):
        assert broad(with_layers(number)) == places


def test_nor_does_one_to_whom_nothing_is_disclosed() -> None:
    assert len(read_map(with_recipients(*layers(9)), CLAUSES).elements.recipients) == 19
    assert broad(with_recipients(*layers(20))) == ["layer-11-a", "layer-11-b"]


def broad(text: str) -> list[str]:
    """The recipients from which too many paths lead on, each told at its line."""
    problems = problems_of(text)
    found = [problem.split("'")[1] for problem in problems]
    said = text.splitlines()
    for key, problem in zip(found, problems, strict=True):
        line = next(
            place
            for place, each in enumerate(said, 1)
            if each.startswith(f"  {key}: " if key != "mailer" else "    engages: [layer-1-a")
        )
        assert problem == (
            f"map.yaml:{line}: recipients.{key}.engages: more than 1,000 paths lead on from '{key}': "
            "take 'engages' out where several ways lead to one recipient, or describe alike recipients as one"
        )
    return found


@pytest.mark.parametrize(("length", "fits"), [(PATHS_AT_MOST, True), (PATHS_AT_MOST + 1, False)])
def test_from_a_recipient_exactly_so_many_paths_may_lead(length: int, fits: bool) -> None:
    chain = [f"r{n}: {{name: R, kind: AUTHORITY, function: f, engages: [r{n + 1}]}}" for n in range(1, length - 1)]
    text = with_recipients(*chain, f"r{length - 1}: {{name: R, kind: AUTHORITY, function: f}}")
    text = text.replace("    name: Mailer\n", "    name: Mailer\n    engages: [r1]\n")
    if fits:
        read_map(text, CLAUSES)
    else:
        assert len(problems_of(text)) == 1


@pytest.mark.parametrize(
    ("steps", "counts"),
    [
        ({}, {}),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, {"a": 5, "b": 2, "c": 2, "d": 1}),
        ({"a": ["gone"]}, {"a": 1}),
        ({"a": ["b"], "b": ["a"], "c": ["a"], "d": []}, {"d": 1}),
    ],
)
def test_paths_are_counted_without_walking_them(steps: dict[str, list[str]], counts: dict[str, int]) -> None:
    assert path_counts(steps, 100) == counts


def test_a_count_stops_at_its_bound() -> None:
    steps = {str(n): [str(n + 1), str(n + 1)] for n in range(10_000)} | {"10000": []}
    assert path_counts(steps, 7)["0"] == 7
