from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings

from graph.checks import findings
from graph.clauses import read_policy
from graph.model import (
    Clause,
    ClauseKind,
    ExclusionKind,
    FindingKind,
    LegalBasis,
    MapElements,
    Policy,
    RecipientKind,
    RetentionException,
    RevisionContent,
)
from tests.builders import (
    a_case,
    a_category,
    a_country,
    a_disclosure,
    a_map,
    a_processing,
    a_purpose,
    a_recipient,
    a_retention_rule,
    a_right,
    a_safeguard,
    a_service,
    a_source,
    a_table,
    an_exclusion,
)
from tests.graph.checked import UNSTATED, found, gap, violation
from tests.strategies import valid_maps


def test_nothing_is_found_in_a_sound_map() -> None:
    assert found() == ()


# ---- marketing -------------------------------------------------------------------------------------------------------


def test_marketing_rests_on_consent() -> None:
    marketing = a_purpose(direct_marketing=True, legal_basis=LegalBasis.CONSENT)
    assert found(purposes=(marketing,), processings=(a_processing(legal_basis=LegalBasis.CONSENT),)) == ()


def test_marketing_on_another_basis_is_found_in_purposes_and_processings() -> None:
    assert found(purposes=(a_purpose(direct_marketing=True),)) == (
        violation(
            "marketing-without-consent",
            "Processing",
            "billing-email",
            "is for direct marketing ('delivery') on LEGITIMATE_INTERESTS; make it CONSENT",
        ),
        violation(
            "marketing-without-consent",
            "Purpose",
            "delivery",
            "is direct marketing on LEGITIMATE_INTERESTS; make its basis CONSENT",
        ),
    )


# ---- promises --------------------------------------------------------------------------------------------------------


def test_special_data_in_use_is_found_under_any_whole() -> None:
    categories = (a_category(), a_category("blood", special=True, part_of="email"))
    assert found(data_categories=categories) == (
        violation(
            "special-category",
            "Disclosure",
            "email-to-mailer",
            "discloses 'email' and so its part 'blood', which is special data; take it out",
        ),
        violation(
            "special-category",
            "Processing",
            "billing-email",
            "uses 'email' and so its part 'blood', which is special data; take it out",
        ),
    )


def test_a_part_of_special_data_is_special() -> None:
    health, blood = a_category("health", special=True), a_category("blood", part_of="health")
    blood_test = a_processing("billing-blood", categories=("blood",))
    assert found(data_categories=(a_category(), health, blood), processings=(a_processing(), blood_test)) == (
        violation(
            "special-category", "Processing", "billing-blood", "uses 'blood', which is special data; take it out"
        ),
    )


def test_a_promise_not_to_process_is_kept() -> None:
    never = an_exclusion("never", kind=ExclusionKind.CATEGORY, minimum_age=None, categories=("email",))
    assert found(exclusions=(never,)) == (
        violation(
            "exclusion-contradicted",
            "Disclosure",
            "email-to-mailer",
            "discloses 'email', against the promise 'never'; take it out",
        ),
        violation(
            "exclusion-contradicted",
            "Processing",
            "billing-email",
            "uses 'email', against the promise 'never'; take it out",
        ),
    )


def test_what_a_rule_finds_twice_at_one_element_is_told_together() -> None:
    health, blood = a_category("health", special=True), a_category("blood", special=True)
    assert found(
        data_categories=(a_category(), health, blood), processings=(a_processing(categories=("health", "blood")),)
    )[1] == violation(
        "special-category",
        "Processing",
        "billing-email",
        "uses 'health', which is special data; take it out; and uses 'blood', which is special data; take it out",
    )


def test_what_is_excluded_and_special_and_not_in_use_is_no_finding() -> None:
    categories = (a_category(), a_category("health", special=True), a_category("blood", part_of="health"))
    never = an_exclusion("never", kind=ExclusionKind.CATEGORY, minimum_age=None, categories=("health",))
    assert found(data_categories=categories, exclusions=(never,)) == ()


# ---- recipients ------------------------------------------------------------------------------------------------------


def test_affiliates_named_nowhere_are_a_gap() -> None:
    affiliates = a_recipient("affiliates", kind=RecipientKind.AFFILIATE, name=None, description="Affiliated persons.")
    assert found(
        recipients=(a_recipient(), affiliates),
        disclosures=(a_disclosure(), a_disclosure("to-affiliates", recipient="affiliates")),
    ) == (
        gap("unnamed-recipient", "Recipient", "affiliates", "is named nowhere; name it in the policy and in the map"),
    )


def test_a_recipient_without_a_country_is_a_gap() -> None:
    affiliate = a_recipient(kind=RecipientKind.AFFILIATE, countries=())
    assert found(recipients=(affiliate,)) == (
        gap("recipient-without-country", "Recipient", "mailer", "is in no country; say where it has the data"),
    )


@pytest.mark.parametrize(
    "kind", [RecipientKind.AUTHORITY, RecipientKind.TRUSTED_SUBJECT, RecipientKind.SUCCESSOR, RecipientKind.PUBLIC]
)
def test_whom_nobody_can_know_beforehand_is_no_gap(kind: RecipientKind) -> None:
    assert found(recipients=(a_recipient(kind=kind, name=None, countries=(), description="Whoever it is."),)) == ()


# ---- clauses ---------------------------------------------------------------------------------------------------------


def test_an_element_that_no_clause_states_is_a_gap() -> None:
    assert found(services=(a_service(clauses=()),), rights=(a_right(), a_right("export", clauses=()))) == (
        gap("element-without-clause", "Right", "export", UNSTATED, ()),
        gap("element-without-clause", "Service", "billing", UNSTATED, ()),
    )


def a_list(*keys: str, kind: ClauseKind = ClauseKind.LIST_ITEM) -> Policy:
    section = Clause("rights", "1", ClauseKind.SECTION, "Rights")
    return Policy("", (section, *(Clause(key, f"1.{n}", kind, key, "rights") for n, key in enumerate(keys, 1))))


def rights(*keys: str) -> MapElements:
    return a_map(rights=tuple(a_right(key, clauses=(key,)) for key in keys))


def test_the_one_item_of_a_list_that_states_nothing_is_a_gap() -> None:
    assert findings(rights("access", "export"), a_list("access", "export", "erasure")) == (
        gap(
            "clause-without-element",
            "Clause",
            "erasure",
            "states nothing of the map, though its neighbours do; cite it where it belongs",
            ("erasure",),
        ),
    )


def test_a_list_that_is_mostly_talk_is_none() -> None:
    assert findings(rights("access"), a_list("access", "export", "erasure")) == ()
    assert findings(rights("access"), a_list("access", "erasure")) == ()


def test_an_item_states_what_its_own_items_state() -> None:
    policy = a_list("access", "export", "erasure")
    below = Clause("erasure.how", "1.3.1", ClauseKind.LIST_ITEM, "how", "erasure")
    elements = rights("access", "export")
    exception = RetentionException("disputes", "Disputes", ("erasure.how",))
    elements = replace(elements, retention_rules=(a_retention_rule(exceptions=(exception,)),))
    assert findings(elements, replace(policy, clauses=(*policy.clauses, below))) == ()


def test_the_head_of_a_table_states_nothing_and_other_rows_do() -> None:
    table = a_list("head", "google", "yandex", "matomo", kind=ClauseKind.TABLE_ROW)
    assert [each.element for each in findings(rights("google", "yandex", "matomo"), table)] == []
    assert [each.element for each in findings(rights("google", "yandex"), table)] == ["matomo"]


HEAD = ("Right", "Whom to ask")
RIGHTS_LIST = "- see {#access}\n- change {#change}\n- take {#export}"
RIGHTS_ROWS = (("see", "us {#access}"), ("change", "us {#change}"))
OTHER_ROWS = (("take", "us {#export}"), ("limit", "us {#limit}"))
HOW = "Write to us, and say: {#how}\n\n- your name {#name}\n- your town {#town}"


@pytest.mark.parametrize(
    ("blocks", "expected"),
    [
        ((RIGHTS_LIST, HOW), []),
        ((f"{RIGHTS_LIST}\n- erase {{#erasure}}", HOW), ["erasure"]),
        (("- see {#access}\n\n  In full. {#access.full}\n\n- ask {#ask}\n- take {#export}",), ["ask"]),
        ((a_table(HEAD, *RIGHTS_ROWS), a_table(("Word", "Meaning"), ("Data", "all {#data}"))), []),
        ((a_table(HEAD, *RIGHTS_ROWS), a_table(HEAD, *OTHER_ROWS, ("ask", "us {#ask}"))), ["ask"]),
    ],
    ids=[
        "list, list",
        "list with one more, list",
        "paragraph in an item",
        "table, table",
        "table, table with one more",
    ],
)
def test_neighbours_are_of_one_list_or_table(blocks: tuple[str, ...], expected: list[str]) -> None:
    policy = read_policy("\n\n".join(("## Rights", *blocks))).accepted()
    stated = {each.key for each in policy.clauses} & {"access", "change", "export", "limit"}
    told = findings(rights(*sorted(stated)), policy)
    assert [each.element for each in told if each.rule == "clause-without-element"] == expected


def test_paragraphs_and_headings_may_state_nothing() -> None:
    assert findings(rights("one", "two"), a_list("one", "two", "three", kind=ClauseKind.PARAGRAPH)) == ()


# ---- promises that lead nowhere --------------------------------------------------------------------------------------


def test_a_right_with_nothing_to_use_it_on_is_a_dead_promise() -> None:
    rights = tuple(a_right(key, article=key) for key in ("7 (3)", "21(2)", "21(3)", "21", "20", "13, 7(3)", ""))
    nothing, marketing = "nothing in the map rests on consent", "no purpose of the map is direct marketing"
    assert found(rights=rights) == tuple(
        gap(
            "dead-promise",
            "Right",
            key,
            f"has nothing to be used on: {why}; add what is missing, or take the right out",
        )
        for key, why in (("21(2)", marketing), ("21(3)", marketing), ("7 (3)", nothing))
    )


def test_it_is_alive_where_something_rests_on_consent_or_is_marketing() -> None:
    rights = (a_right(article="7(3)"), a_right("object", article="21(2)"))
    on_consent = a_processing(legal_basis=LegalBasis.CONSENT)
    assert found(rights=rights[:1], processings=(on_consent,)) == ()
    purpose = a_purpose(legal_basis=LegalBasis.CONSENT, direct_marketing=True)
    assert found(rights=rights, purposes=(purpose,), processings=(on_consent,)) == ()


# ---- retention -------------------------------------------------------------------------------------------------------


def test_a_rule_without_a_period_is_a_gap() -> None:
    assert found(retention_rules=(a_retention_rule(period=None),)) == (
        gap(
            "retention-without-period",
            "RetentionRule",
            "half-a-year",
            "has only a criterion; give a period if one can be given",
        ),
    )


NEWS = a_purpose("news", legal_basis=LegalBasis.CONSENT)


def test_what_is_kept_on_consent_is_kept_apart_from_the_same_data_on_another_basis() -> None:
    news = a_processing("billing-news", purpose="news", legal_basis=LegalBasis.CONSENT)
    assert found(purposes=(a_purpose(), NEWS), processings=(a_processing(), news)) == (
        gap(
            "consent-not-kept-apart",
            "Processing",
            "billing-news",
            "keeps on consent what is also kept, on another basis, for 'delivery', all under 'half-a-year'; "
            "give it a rule that says what happens when consent is withdrawn",
        ),
    )


@pytest.mark.parametrize(
    "over",
    [
        {"retention": "until-withdrawal"},
        {"service": "shop"},
        {"categories": ("phone",)},
    ],
)
def test_another_rule_another_service_or_other_data_is_apart(over: dict[str, Any]) -> None:
    news = a_processing("news", purpose="news", legal_basis=LegalBasis.CONSENT, **over)
    rest = a_processing("rest", service="shop", categories=("phone",), retention="until-withdrawal", purpose="news")
    rest = replace(rest, legal_basis=LegalBasis.CONSENT)
    assert (
        found(
            services=(a_service(), a_service("shop")),
            data_categories=(a_category(), a_category("phone")),
            purposes=(a_purpose(), NEWS),
            retention_rules=(a_retention_rule(), a_retention_rule("until-withdrawal")),
            processings=(a_processing(), news, rest),
        )
        == ()
    )


# ---- unused ----------------------------------------------------------------------------------------------------------

UNUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "unused-service": ({"services": (a_service(), a_service("x"))}, "Service", "no processing"),
    "unused-category": (
        {"data_categories": (a_category(), a_category("x"))},
        "DataCategory",
        "no processing or exclusion",
    ),
    "unused-source": ({"sources": (a_source(), a_source("x"))}, "Source", "no processing"),
    "unused-purpose": ({"purposes": (a_purpose(), a_purpose("x"))}, "Purpose", "no processing"),
    "unused-retention": (
        {"retention_rules": (a_retention_rule(), a_retention_rule("x"))},
        "RetentionRule",
        "no processing",
    ),
    "unused-recipient": (
        {"recipients": (a_recipient(), a_recipient("x"))},
        "Recipient",
        "no disclosure, and no recipient engages it",
    ),
    "unused-case": ({"disclosure_cases": (a_case(), a_case("x", number="2"))}, "DisclosureCase", "no disclosure"),
    "unused-country": ({"countries": (a_country(), a_country("x"))}, "Country", "no recipient"),
    "unused-safeguard": ({"safeguards": (a_safeguard("x"),)}, "Safeguard", "no recipient"),
}


@pytest.mark.parametrize("rule", UNUSED)
def test_what_no_fact_uses_is_a_gap(rule: str) -> None:
    over, kind, where = UNUSED[rule]
    assert found(**over) == (gap(rule, kind, "x", f"stands in {where}; add what is missing, or take it out"),)


def test_parts_and_wholes_of_what_is_used_are_used() -> None:
    assert (
        found(
            services=(a_service("all"), a_service(part_of="all"), a_service("invoices", part_of="billing")),
            data_categories=(a_category("all"), a_category(part_of="all"), a_category("domain", part_of="email")),
        )
        == ()
    )


def test_who_is_engaged_and_what_is_promised_is_used() -> None:
    never = an_exclusion("never", kind=ExclusionKind.CATEGORY, minimum_age=None, categories=("cards",))
    assert (
        found(
            recipients=(a_recipient(engages=("hoster",)), a_recipient("hoster")),
            data_categories=(a_category(), a_category("cards"), a_category("card-number", part_of="cards")),
            exclusions=(never,),
        )
        == ()
    )


# ---- order -----------------------------------------------------------------------------------------------------------


def test_violations_come_first_then_rule_kind_and_key() -> None:
    kinds = [
        (each.kind.value, each.rule, each.element)
        for each in found(
            services=(a_service(), a_service("z"), a_service("y", clauses=())),
            purposes=(a_purpose(direct_marketing=True),),
            data_categories=(a_category(), a_category("fax", clauses=())),
            disclosures=(a_disclosure("b", categories=("fax",)), a_disclosure("a", categories=("fax",))),
        )
    ]
    assert kinds == [
        ("VIOLATION", "disclosed-but-not-processed", "a"),
        ("VIOLATION", "disclosed-but-not-processed", "b"),
        ("VIOLATION", "marketing-without-consent", "billing-email"),
        ("VIOLATION", "marketing-without-consent", "delivery"),
        ("GAP", "element-without-clause", "fax"),
        ("GAP", "element-without-clause", "y"),
        ("GAP", "unused-category", "fax"),
        ("GAP", "unused-service", "y"),
        ("GAP", "unused-service", "z"),
    ]


@settings(max_examples=40, deadline=None)
@given(valid_maps())
def test_findings_of_any_map_name_each_element_once_a_rule_and_do_not_depend_on_its_order(
    content: RevisionContent,
) -> None:
    elements = content.elements
    turned = replace(
        elements,
        services=elements.services[::-1],
        data_categories=elements.data_categories[::-1],
        recipients=elements.recipients[::-1],
        processings=elements.processings[::-1],
        disclosures=elements.disclosures[::-1],
    )
    found = findings(elements, content.policy)
    assert findings(turned, content.policy) == found
    assert len({(each.rule, each.element_kind, each.element) for each in found}) == len(found)
    assert {each.rule for each in found if each.kind is FindingKind.VIOLATION} <= {
        "disclosed-but-not-processed",
        "purpose-limitation",
        "more-than-the-purpose-needs",
        "undisclosed-recipient",
        "transfer-without-safeguard",
        "marketing-without-consent",
    }
