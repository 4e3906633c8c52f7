"""What the checks find where the tables of a policy and the map name other recipients, or other countries."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.checks import findings
from graph.clauses import read_policy
from graph.model import Finding, FindingKind, MapElements, Policy, Recipient, RecipientKind
from tests.builders import a_country, a_disclosure, a_map, a_recipient, a_table

HEAD = ("Name", "Function", "Country")
STATEMENT = "We hold your email address. {#statement}"
COUNTRIES = tuple(a_country(code, name=name) for code, name in (("CY", "Cyprus"), ("DE", "Germany"), ("FR", "France")))
STATED = ("statement",)


def a_text(*blocks: str) -> Policy:
    """The statement that everything of the map cites, and a section "processors" with `blocks`."""
    return read_policy("\n\n".join((STATEMENT, "## Processors", *blocks))).accepted()


def a_map_of(*recipients: Recipient) -> MapElements:
    """All of them in use."""
    return a_map(
        countries=COUNTRIES,
        recipients=recipients,
        disclosures=tuple(a_disclosure(f"to-{each.key}", recipient=each.key) for each in recipients),
    )


def found(text: Policy, *recipients: Recipient) -> tuple[Finding, ...]:
    """Without what is said of countries that nobody is in."""
    return tuple(each for each in findings(a_map_of(*recipients), text) if each.rule != "unused-country")


def of_row(rule: str, row: str, message: str, *rows: str) -> Finding:
    kind = FindingKind.GAP if rule in ("row-without-country", "unclear-name") else FindingKind.VIOLATION
    return Finding(kind, rule, "Clause", row, message, (row, *rows))


def of_recipient(rule: str, key: str, message: str, clauses: tuple[str, ...] = STATED) -> Finding:
    return Finding(FindingKind.VIOLATION, rule, "Recipient", key, message, clauses)


def test_what_is_in_both_is_no_finding() -> None:
    table = a_table(HEAD, ("**Mailer Ltd.**", "sends messages", "Zypern"), ("Acme", "answers you", ""))
    assert found(a_text(table), a_recipient()) == ()


def test_a_policy_without_a_table_of_recipients_is_not_asked() -> None:
    cookies = a_table(("Cookie", "Why", "Days"), ("sid", "to sign in", "1"))
    assert found(a_text(cookies), a_recipient()) == ()


# ---- in the text, and not in the map ---------------------------------------------------------------------------------


def test_a_row_that_names_no_recipient_of_the_map() -> None:
    table = a_table(HEAD, ("Mailer", "mail", "Cyprus"), ("Hosting Nord A/S", "servers", "Germany"))
    assert found(a_text(table), a_recipient()) == (
        of_row(
            "recipient-not-in-map",
            "processors.r3",
            "names 'Hosting Nord A/S', which is no recipient of the map; add it to the map, or take it out of the text",
        ),
    )


@pytest.mark.parametrize("cell", ["Mailer Ltd., Tracker Inc.", "Mailer; Tracker Inc.", "Mailer Ltd.; Tracker Inc."])
def test_each_of_several_names_in_a_cell_is_looked_for(cell: str) -> None:
    (finding,) = found(a_text(a_table(HEAD, (cell, "mail", "Cyprus"))), a_recipient())
    assert (finding.rule, finding.message.partition(",")[0]) == ("recipient-not-in-map", "names 'Tracker Inc.'")


def test_what_may_be_a_name_beside_another_is_told() -> None:
    table = a_table(HEAD, ("Mailer Ltd., Tracker", "mail", "Cyprus"), ("Hosting", "", ""))
    assert found(a_text(table), a_recipient()) == (
        of_row(
            "unclear-name",
            "processors.r2",
            "says 'Tracker' beside 'Mailer Ltd., Tracker', which may be another recipient, an address or a remark; "
            "give each company a row, and what else there is to say a column",
        ),
        of_row(
            "unclear-name",
            "processors.r3",
            "says nothing but 'Hosting', which may be a recipient or a heading; say what it does and where, or head a "
            "table of its own with it",
        ),
    )


def test_a_company_of_which_a_row_says_nothing_is_looked_for() -> None:
    table = a_table(HEAD, ("Mailer", "mail", "Cyprus"), ("Nord Ltd., Berlin", "", ""), ("European Union", "", ""))
    ((rule, clauses), (where, _)) = [(each.rule, each.clauses) for each in found(a_text(table), a_recipient())]
    assert (rule, clauses, where) == ("recipient-not-in-map", ("processors.r3",), "row-without-country")


def test_a_company_that_several_rows_name_is_told_once() -> None:
    table = a_table(HEAD, ("Nord", "servers", "France"), ("Mailer", "mail", "Cyprus"), ("NORD GmbH", "mail", "France"))
    assert [(each.rule, each.clauses) for each in found(a_text(table), a_recipient())] == [
        ("recipient-not-in-map", ("processors.r2", "processors.r4"))
    ]


def test_a_name_that_is_alike_is_told_as_the_likely_one_and_not_taken_for_it() -> None:
    table = a_table(HEAD, ("Mailler Inc.", "mail", "Germany"))
    assert found(a_text(table), a_recipient(name="Mailer Ltd.")) == (
        of_row(
            "recipient-not-in-map",
            "processors.r2",
            "names 'Mailler Inc.', which is no recipient of the map; if it is 'mailer' ('Mailer Ltd.'), write one name "
            "in both, otherwise add it to the map",
        ),
    )


def test_a_recipient_that_cites_the_row_is_the_likely_one_whatever_its_name() -> None:
    table = a_table(HEAD, ("Яндекс", "analytics", "Cyprus {#yandex}"))
    yandex = a_recipient("counter", name="Yandex", clauses=("yandex",))
    (finding,) = found(a_text(table), yandex, a_recipient("other", name="Other", kind=RecipientKind.PUBLIC))
    assert finding.rule == "recipient-not-in-map"
    assert "if it is 'counter' ('Yandex')" in finding.message


def test_headings_among_the_rows_and_the_controller_are_no_recipients() -> None:
    table = a_table(HEAD, ("In the EU", "", ""), ("Acme Ltd.", "support", "Cyprus"), ("Mailer", "mail", "Cyprus"))
    assert found(a_text(table), a_recipient()) == ()


def test_a_recipient_without_a_name_is_known_by_its_key() -> None:
    table = a_table(HEAD, ("Print shops", "letters", "Cyprus"))
    shops = a_recipient("print-shops", name=None, description="Whoever prints.")
    assert [each.rule for each in found(a_text(table), shops)] == ["unnamed-recipient"]


# ---- in the map, and not in the text ---------------------------------------------------------------------------------

TABLE = a_table(HEAD, ("Mailer", "mail", "Cyprus"))
NORD = a_recipient("nord", name="Hosting Nord A/S")
NOT_IN_TEXT = of_recipient(
    "recipient-not-in-text",
    "nord",
    "is named by no row of 'processors.r1', and by no clause that it cites; add a row, cite the clause that names it, "
    "or take it out of the map",
)


def test_a_processor_that_no_row_names() -> None:
    assert found(a_text(TABLE), a_recipient(), NORD) == (NOT_IN_TEXT,)


def test_an_affiliate_and_whoever_cites_a_row_are_asked_for_too() -> None:
    affiliate = replace(NORD, kind=RecipientKind.AFFILIATE)
    assert found(a_text(TABLE), a_recipient(), affiliate) == (NOT_IN_TEXT,)
    citing = replace(NORD, kind=RecipientKind.PUBLIC, clauses=("processors.r2",))
    assert found(a_text(TABLE), a_recipient(), citing) == (replace(NOT_IN_TEXT, clauses=("processors.r2",)),)


@pytest.mark.parametrize(
    "over",
    [
        {"kind": RecipientKind.AUTHORITY},
        {"kind": RecipientKind.INDEPENDENT_CONTROLLER},
        {"clauses": ("statement", "servers")},
    ],
    ids=lambda over: " ".join(over),
)
def test_whoever_is_stated_elsewhere_is_not_asked_for(over: dict[str, Any]) -> None:
    text = a_text(TABLE, "Our servers are those of *Hosting Nord*, in Paphos. {#servers}")
    assert found(text, a_recipient(), replace(NORD, **over)) == ()


def test_nobody_asks_for_whom_the_map_has_no_name_or_discloses_nothing_to() -> None:
    unnamed = replace(NORD, name=None, description="Hosts.")
    assert [each.rule for each in found(a_text(TABLE), a_recipient(), unnamed)] == ["unnamed-recipient"]
    idle = a_map(recipients=(a_recipient(), NORD))
    assert [each.rule for each in findings(idle, a_text(TABLE))] == ["unused-recipient"]


def test_a_sub_processor_is_named_as_the_one_that_engages_it_is() -> None:
    engaging = a_map(recipients=(a_recipient(engages=("nord",)), NORD))
    assert findings(engaging, a_text(TABLE)) == (NOT_IN_TEXT,)


# ---- countries -------------------------------------------------------------------------------------------------------


def in_countries(text: str, *recipients: Recipient, head: tuple[str, ...] = HEAD) -> list[str]:
    """The messages on the one row of a table."""
    return [each.message for each in found(a_text(a_table(head, ("Mailer", "mail", text))), *recipients)]


def test_another_country_is_found_on_either_side() -> None:
    table = a_table(HEAD, ("Mailer", "mail", "Germany, France"))
    assert found(a_text(table), a_recipient(countries=("CY", "DE"))) == (
        of_recipient(
            "recipient-in-another-country",
            "mailer",
            "is in 'FR' by the text and not by the map, and is in 'CY' by the map and not by the text; "
            "say the same in both",
            ("statement", "processors.r2"),
        ),
    )


@pytest.mark.parametrize(
    ("cell", "countries", "expected"),
    [
        ("Cyprus; Germany", ("DE", "CY"), []),
        ("Cyprus", ("DE", "CY"), ["is in 'DE' by the map and not by the text; say the same in both"]),
        ("USA (SCC)", (), ["is in 'US' by the text and not by the map; say the same in both"]),
        ("EU", ("DE", "FR"), []),
        ("Germany (EU)", ("DE",), []),
        ("Germany and the EEA", ("DE", "FR"), []),
        ("worldwide", ("DE", "US"), []),
        (
            "EU",
            ("US",),
            ["is in 'EU' by the text and not by the map, and is in 'US' by the map and not by the text; say the same"],
        ),
        ("EU, USA", ("US",), ["is in 'EU' by the text and not by the map; say the same in both"]),
    ],
)
def test_a_region_is_any_of_its_countries(cell: str, countries: tuple[str, ...], expected: list[str]) -> None:
    said = in_countries(cell, a_recipient(kind=RecipientKind.AUTHORITY, countries=countries))
    assert [message.startswith(start) for message, start in zip(said, expected, strict=True)] == [True] * len(expected)


def test_rows_of_one_recipient_and_recipients_of_one_name_count_together() -> None:
    table = a_table(HEAD, ("Mailer Ltd.", "mail", "Germany"), ("Mailer", "letters", "France"))
    assert found(a_text(table), a_recipient(countries=("DE", "FR"))) == ()
    letters = a_recipient("letters", name="Mailer", countries=("FR",))
    assert found(a_text(table), a_recipient(countries=("DE",)), letters) == ()


def test_without_a_column_for_countries_none_are_compared() -> None:
    table = a_table(("Service provider", "Purpose"), ("Mailer", "sends mail to Germany"))
    assert found(a_text(table), a_recipient()) == ()


def test_a_row_that_says_no_country_that_is_known() -> None:
    """The other rows of a recipient then do not tell that it is nowhere else."""
    table = a_table(HEAD, ("Mailer", "mail", "Ulm"), ("Nord", "servers", ""), ("Mailer", "letters", "Germany"))
    assert found(a_text(table), a_recipient(countries=("DE", "CY")), NORD) == (
        of_row("row-without-country", "processors.r2", "says no country of 'Mailer', but 'Ulm'; name the country"),
        of_row("row-without-country", "processors.r3", "says no country of 'Nord'; name the country"),
    )


# ---- heads that do not tell ------------------------------------------------------------------------------------------


def heads(head: tuple[str, ...], *rows: tuple[str, ...]) -> list[tuple[FindingKind, str, str]]:
    """What is said of the head of a table, which names recipients of a map with Mailer, Nord and two more."""
    others = [a_recipient(key, name=name) for key, name in (("letters", "Briefe AG"), ("ads", "Adhouse"))]
    told = found(a_text(a_table(head, *rows)), a_recipient(), NORD, *others)
    return [(each.kind, each.element, each.message) for each in told if each.rule == "unknown-head"]


def no_table_of_recipients(named: str) -> list[tuple[FindingKind, str, str]]:
    message = (
        f"heads a table that names {named}, and does not tell which columns say who that is, what for and in which "
        "country; call those 'Name', 'Function' and 'Country'"
    )
    return [(FindingKind.GAP, "processors.r1", message)]


def test_a_table_that_names_recipients_and_does_not_say_so_is_told() -> None:
    rows = [("a", "Mailer Ltd.", "2019"), ("b", "Hosting Nord", "2020")]
    assert heads(("No.", "Ours", "Since"), *rows) == no_table_of_recipients("'mailer', 'nord'")
    more = [("c", "ADHOUSE", "2021"), ("d", "Briefe AG", "2022")]
    assert heads(("No.", "Ours", "Since"), *rows, *more) == no_table_of_recipients("'mailer', 'nord', 'ads' and others")


def test_one_recipient_beside_countries_is_enough() -> None:
    assert heads(("Ours", "There"), ("Mailer", "Cyprus"), ("Nobody", "")) == no_table_of_recipients("'mailer'")
    assert heads(("Company", "Country"), ("Mailer", "Germany")) == no_table_of_recipients("'mailer'")
    assert heads(("Ours", "There"), ("Mailer", "Cyprus"), ("Nobody", "over there")) == []


def test_a_column_of_countries_that_is_not_called_so_is_told() -> None:
    message = "heads a table of recipients, and does not tell which column says the country; call that 'Country'"
    rows = (("Mailer", "mail", "Cyprus"), ("Nord", "servers", "-"))
    assert heads(("Vendor", "Purpose", "There"), *rows) == [(FindingKind.GAP, "processors.r1", message)]
    assert heads(("Vendor", "Purpose", "There"), *rows, ("Adhouse", "ads", "yes")) == []
    assert heads(("Vendor", "Purpose", "Transfer mechanism"), *rows) == []


@pytest.mark.parametrize(
    "head",
    [
        ("Cookie", "Whose", "Country"),
        ("Data", "Whose", "There"),
        ("Purpose", "Recipients", "Legal basis"),
        ("Why", "Who", "How long: retention"),
    ],
)
def test_a_table_about_something_else_may_name_recipients(head: tuple[str, ...]) -> None:
    assert heads(head, ("sid", "Mailer", "yes"), ("theme", "Hosting Nord A/S", "no")) == []


# ---- whole tables ----------------------------------------------------------------------------------------------------

RECIPIENTS = (
    a_recipient("google", name="Google LLC", countries=("CY", "DE")),
    a_recipient("yandex", name='OOO "Yandex"', countries=("FR",)),
    a_recipient("datenhaus", name="Datenhaus GmbH", countries=("DE", "FR")),
)
WORDED = [
    (
        ("Entity name", "Purpose", "Location of processing"),
        [("Google Inc.", "ads", "Cyprus & Germany"), ("Yandex", "ads", "FR"), ("Datenhaus", "", "DE/FR (EU)")],
    ),
    (
        ("Unterauftragsverarbeiter", "Zweck", "Land"),
        [("GOOGLE", "", "Zypern, Deutschland"), ("Yandex LLC", "", "Frankreich"), ("Datenhaus GmbH", "", "EU")],
    ),
    (
        ("Компания", "Цель", "Страна"),
        [("Google", "", "Кипр; Германия"), ("ООО «Yandex»", "", "Франция"), ("Datenhaus", "", "Германия и Франция")],
    ),
    (
        ("Sous-traitant", "Finalité", "Pays"),
        [("Google", "", "Chypre / Allemagne"), ("Yandex", "", "France"), ("Datenhaus", "", "Allemagne et France")],
    ),
]


@pytest.mark.parametrize(("head", "rows"), WORDED, ids=lambda each: each[0])
def test_a_table_in_any_language_says_what_the_map_says(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    assert found(a_text(a_table(head, *rows)), *RECIPIENTS) == ()


@settings(deadline=None)
@given(st.permutations(range(3)), st.permutations(range(3)), st.sampled_from(WORDED))
def test_neither_the_order_of_columns_nor_of_rows_nor_of_recipients_counts(
    columns: list[int], order: list[int], worded: tuple[tuple[str, ...], list[tuple[str, ...]]]
) -> None:
    head, rows = worded
    shown = [[rows[row][column] for column in columns] for row in order]
    assert found(a_text(a_table([head[column] for column in columns], *shown)), *(RECIPIENTS[at] for at in order)) == ()
