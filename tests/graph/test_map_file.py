"""What a map file says is read, and each field that cannot be read is reported at its line."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from graph.map_file import MapFile, read_map
from graph.map_file.fields import FIELDS, KINDS
from graph.map_file.form import map_as_plain, map_hash
from graph.map_file.shape import Revision, fields_of, kinds
from graph.model import LegalBasis, RevisionContent
from tests.builders import (
    A_MAP_TEXT,
    a_category,
    a_controller,
    a_map,
    a_map_text,
    a_processing,
    a_purpose,
    a_revision_content,
    a_service,
)
from tests.graph.map_texts import CLAUSES, changed, problems_of
from tests.strategies import valid_maps

# ---- what can be read ------------------------------------------------------------------------------------------------


def test_a_valid_file_gives_its_elements_language_and_summary() -> None:
    assert read_map(A_MAP_TEXT, CLAUSES) == MapFile(a_map(), "en", "The first policy.")


def test_a_processing_without_a_basis_has_that_of_its_purpose() -> None:
    text = changed("legal_basis: LEGITIMATE_INTERESTS", "legal_basis: CONTRACT")
    assert read_map(text, CLAUSES).elements.processings == (a_processing(legal_basis=LegalBasis.CONTRACT),)


def test_a_processing_may_have_a_basis_of_its_own() -> None:
    text = changed("    retention: half-a-year\n", "    retention: half-a-year\n    legal_basis: CONTRACT\n")
    assert read_map(text, CLAUSES).elements.processings == (a_processing(legal_basis=LegalBasis.CONTRACT),)
    assert read_map(text, CLAUSES).elements.purposes == (a_purpose(),)


@pytest.mark.parametrize("word", ["NO", "yes", "off", "2018-11-12", "12:30", "1_000", "+357 26 000 000", "Пётр"])
def test_what_older_yaml_takes_for_something_else_is_a_text(word: str) -> None:
    text = changed("name: Billing", f"name: {word}")
    assert read_map(text, CLAUSES).elements.services == (a_service(name=word),)


def test_norwegian_and_norway_are_no_booleans() -> None:
    text = A_MAP_TEXT.replace("language: en", "language: no").replace("CY", "NO")
    read = read_map(text, CLAUSES)
    assert (read.language, read.elements.controller.country) == ("no", "NO")


def test_white_space_around_a_text_is_not_part_of_it() -> None:
    text = changed("name: Billing\n", "name: >\n      Billing\n      and more\n\n")
    assert read_map(text, CLAUSES).elements.services == (a_service(name="Billing and more"),)


def test_citations_are_not_looked_at_where_the_clauses_are_not_known() -> None:
    assert read_map(changed("name: Billing\n    clauses: [statement]", "name: Billing\n    clauses: [other]"), None)


@settings(max_examples=40, deadline=None)
@given(valid_maps())
def test_what_is_written_is_read_back(content: RevisionContent) -> None:
    clauses = {clause.key for clause in content.policy.clauses}
    assert read_map(a_map_text(content), clauses) == MapFile(content.elements, content.language, content.summary)


# ---- single fields ---------------------------------------------------------------------------------------------------

FIELD_PROBLEMS = {
    "no head": (
        changed("revision:\n  language: en\n  summary: The first policy.\n", ""),
        ["map.yaml:1: 'revision' is missing: add 'revision:' at the top level, with its fields"],
    ),
    "a misspelt kind does not make its keys dangle": (
        changed("recipients:\n", "recipiens:\n"),
        ["map.yaml:33: unknown key 'recipiens': did you mean 'recipients'?"],
    ),
    "an unknown kind": (
        A_MAP_TEXT + "xyzzy: {}\n",
        ["map.yaml:70: unknown key 'xyzzy': use one of: safeguards, exclusions, rights, measures"],
    ),
    "a misspelt field is one problem": (
        changed("    function: sends messages", "    funktion: sends messages"),
        ["map.yaml:37: recipients.mailer: unknown key 'funktion': did you mean 'function'?"],
    ),
    "a misspelt field that a rule needs is one problem": (
        changed("    countries: [CY]", "    contries: [CY]"),
        ["map.yaml:38: recipients.mailer: unknown key 'contries': did you mean 'countries'?"],
    ),
    "an element that repeats its key": (
        changed("    name: Billing\n", "    name: Billing\n    key: billing\n"),
        [
            "map.yaml:18: services.billing: unknown key 'key': "
            "delete it: the key of an element is the one that it stands under"
        ],
    ),
    "a missing field": (
        changed("    source: the-person\n", ""),
        [
            "map.yaml:49: processings.billing-email: 'source' is missing: "
            "add 'source:' with a key of sources (Where the data comes from)"
        ],
    ),
    "an empty field": (
        changed("name: Billing", "name:"),
        [
            "map.yaml:17: services.billing.name is empty: "
            "give a text (What people call it, in the language of the policy)"
        ],
    ),
    "a name of spaces": (
        changed("name: Billing", "name: '  '"),
        ["map.yaml:17: services.billing.name is empty: give a text"],
    ),
    "a number as a name": (
        changed("name: Billing", "name: 365"),
        ['map.yaml:17: services.billing.name: 365 is a number, not a text: put it in quotes: "365"'],
    ),
    "true as a name": (
        changed("name: Billing", "name: true"),
        ['map.yaml:17: services.billing.name: true is true or false, not a text: put it in quotes: "true"'],
    ),
    "a list as a name": (
        changed("name: Billing", "name: [a, b]"),
        ["map.yaml:17: services.billing.name is not a single value: give a text"],
    ),
    "a text as a list": (
        changed("    services: [billing]", "    services: billing"),
        ["map.yaml:64: disclosures.email-to-mailer.services is not a list: write [billing]"],
    ),
    "an empty list": (
        changed("    services: [billing]", "    services: []"),
        ["map.yaml:64: disclosures.email-to-mailer.services is an empty list: give at least one: a key of services"],
    ),
    "a list that names one twice": (
        changed("    services: [billing]", "    services:\n    - billing\n    - billing"),
        ["map.yaml:66: disclosures.email-to-mailer.services names 'billing' twice: delete one of the two"],
    ),
    "an empty item": (
        changed("    services: [billing]", "    services:\n    - billing\n    -"),
        ["map.yaml:66: disclosures.email-to-mailer.services[2] is empty: give a key of services"],
    ),
    "yes for true": (
        changed("kind: PERSONAL\n", "kind: PERSONAL\n    special: yes\n"),
        ["map.yaml:23: data_categories.email.special is neither true nor false: write true or false, without quotes"],
    ),
    "a word in small letters": (
        changed("kind: PERSONAL\n", "kind: personal\n"),
        ["map.yaml:22: data_categories.email.kind: there is no 'personal': did you mean PERSONAL?"],
    ),
    "a word that is none": (
        changed("kind: PERSONAL\n", "kind: secret\n"),
        ["map.yaml:22: data_categories.email.kind: there is no 'secret': give one of: PERSONAL, SUPPLEMENTARY"],
    ),
    "a word of a list": (
        changed("[EMAIL, ACCOUNT_AREA]", "[EMAIL, PIGEON]"),
        [
            "map.yaml:13: controller.notice_channels[2]: there is no 'PIGEON': "
            "give one of: EMAIL, ACCOUNT_AREA, SOFTWARE_PRODUCT"
        ],
    ),
    "a number with a unit": (
        changed("{months: 6}", "{months: 6m}"),
        [
            "map.yaml:46: retention_rules.half-a-year.period.months is not a whole number: "
            "give one from 0 to 1000, without quotes"
        ],
    ),
    "a number of five thousand digits": (
        changed("{months: 6}", "{months: %s}" % ("9" * 5000)),
        [
            "map.yaml:46: retention_rules.half-a-year.period.months is not a whole number: "
            "give one from 0 to 1000, without quotes"
        ],
    ),
    "a negative period": (
        changed("{months: 6}", "{months: -6}"),
        [
            "map.yaml:46: retention_rules.half-a-year.period.months: -6 is out of bounds: "
            "give a whole number from 0 to 1000"
        ],
    ),
    "an age of nothing": (
        A_MAP_TEXT + "exclusions:\n  minors: {kind: AGE, name: Minors, minimum_age: 0}\n",
        ["map.yaml:71: exclusions.minors.minimum_age: 0 is out of bounds: give a whole number from 1 to 150"],
    ),
    "a key with capitals": (
        changed("  billing:\n", "  Billing:\n").replace("billing", "Billing"),
        [
            "map.yaml:16: services.Billing: 'Billing' is not a key: "
            "use lower-case letters and digits with single '-' between, such as 'log-data'",
            "map.yaml:49: processings.Billing-email: 'Billing-email' is not a key: "
            "use lower-case letters and digits with single '-' between, such as 'log-data'",
            "map.yaml:50: processings.Billing-email.service: 'Billing' does not fit: "
            "give lower-case letters and digits with single '-' between, such as 'log-data'",
            "map.yaml:64: disclosures.email-to-mailer.services[1]: 'Billing' does not fit: "
            "give lower-case letters and digits with single '-' between, such as 'log-data'",
        ],
    ),
    "a key without end": (
        A_MAP_TEXT + f"rights:\n  {'a' * 121}: {{name: A, description: B}}\n",
        [
            f"map.yaml:71: rights.{'a' * 121}: '{'a' * 121}' is not a key: "
            "use lower-case letters and digits with single '-' between, such as 'log-data'"
        ],
    ),
    "a country that is none": (
        A_MAP_TEXT.replace("CY:", "UK:").replace(": CY", ": UK").replace("[CY]", "[UK]"),
        ["map.yaml:32: countries.UK: no country has the code 'UK': use the two capitals of ISO 3166-1, such as 'CY'"],
    ),
    "a text of many lines": (
        changed("email: privacy@example.com", "email: |\n    write to\n    us " + "at once " * 10),
        [
            "map.yaml:10: controller.email: 'write to us at once at once at once at once at once at once …' "
            "does not fit: give an email address, such as 'privacy@example.com'"
        ],
    ),
    "an email address": (
        changed("privacy@example.com", "privacy at example.com"),
        [
            "map.yaml:10: controller.email: 'privacy at example.com' does not fit: "
            "give an email address, such as 'privacy@example.com'"
        ],
    ),
    "a website": (
        changed("website: https://example.com", "website: javascript:alert(1)"),
        [
            "map.yaml:12: controller.website: 'javascript:alert(1)' does not fit: "
            "give an address that starts with 'https://' or 'http://'"
        ],
    ),
    "a language": (
        changed("language: en", "language: English"),
        ["map.yaml:2: revision.language: 'English' does not fit: give a language tag, such as 'en' or 'pt-BR'"],
    ),
    "a kind that is a list": (
        A_MAP_TEXT + "rights:\n- access\n",
        ["map.yaml:70: rights is not a mapping: write each as 'key:' with its fields below, or leave out 'rights'"],
    ),
    "a kind that is a list does not make its keys dangle": (
        changed("services:\n  billing:\n    name: Billing\n    clauses: [statement]\n", "services: [billing]\n"),
        ["map.yaml:15: services is not a mapping: write each as 'key:' with its fields below, or leave out 'services'"],
    ),
    "an element that is a text": (
        A_MAP_TEXT + "rights:\n  access: to see\n",
        ["map.yaml:71: rights.access is not a mapping: write its fields below it, indented, as 'field: value'"],
    ),
    "exceptions that are a list": (
        changed("period: {months: 6}", "exceptions: [disputes]"),
        [
            "map.yaml:46: retention_rules.half-a-year.exceptions is not a mapping: "
            "write each as 'key:' with its fields below"
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FIELD_PROBLEMS)
def test_a_field_that_cannot_be_read_is_reported_at_its_line(name: str) -> None:
    text, expected = FIELD_PROBLEMS[name]
    assert problems_of(text) == expected


def test_all_problems_are_reported_at_once() -> None:
    text = A_MAP_TEXT
    for old, new in (
        ("email: privacy@example.com", "email: nobody"),
        ("name: Billing", "nane: Billing"),
        ("kind: PERSONAL", "kind: personal"),
        ("recipient: mailer", "recipient: mailr"),
        ("purpose: delivery\n    case: providers\n    clauses: [statement]", "case: providers\n    clauses: [stament]"),
    ):
        text = text.replace(old, new)
    assert [problem.split(": ")[0] for problem in problems_of(text)] == [
        "map.yaml:10",
        "map.yaml:17",
        "map.yaml:22",
        "map.yaml:63",
        "map.yaml:66",
        "map.yaml:68",
    ]


# ---- the hash --------------------------------------------------------------------------------------------------------


def test_the_hash_does_not_see_how_a_map_is_written() -> None:
    text = changed("    name: Mailer\n", "").replace(
        "countries: [CY]\n", "countries: [CY]\n    name: Mailer\n    note:\n"
    )
    text = text.replace(" clauses: [statement]\n", " clauses: [ 'statement' ] # cited\n")
    assert map_hash(read_map(text, CLAUSES).elements) == map_hash(a_map())


def test_the_hash_does_not_see_order() -> None:
    one, two = a_service("one"), a_service("two", clauses=("statement", "policy"))
    turned = replace(two, clauses=("policy", "statement"))
    assert map_hash(a_map(services=(one, two))) == map_hash(a_map(services=(turned, one)))


@pytest.mark.parametrize(
    "other",
    [
        a_map(services=(a_service(clauses=()),)),
        a_map(services=(a_service(clauses=("policy", "statement")),)),
        a_map(services=(a_service(name="billing"),)),
        a_map(services=(a_service(note="for staff"),)),
        a_map(services=(a_service(), a_service("shop"))),
        a_map(data_categories=(a_category(special=True),)),
        a_map(processings=(a_processing(legal_basis=LegalBasis.CONTRACT),)),
        a_map(controller=a_controller(notice_channels=())),
        a_map(controller=a_controller("other")),
    ],
)
def test_the_hash_sees_every_fact(other: object) -> None:
    assert isinstance(other, type(a_map()))
    assert map_hash(other) != map_hash(a_map())


def test_the_hash_stays_the_same_in_every_version_of_this_code() -> None:
    assert map_hash(a_map()) == "6c4da7c4a7b5d84e592f46603944a64b9144362bb5cf9440b66bf47e0801aced"


def test_the_plain_form_leaves_out_what_is_not_said() -> None:
    assert map_as_plain(a_map())["services"] == {"billing": {"name": "Billing", "clauses": ["statement"]}}
    assert "rights" not in map_as_plain(a_map())


# ---- the description of the file -------------------------------------------------------------------------------------


def test_every_field_of_the_model_is_described_and_nothing_else() -> None:
    elements = {kind.element for kind in kinds()} | {Revision}
    elements |= {field.part for element in tuple(elements) for field in fields_of(element) if field.part is not None}
    used = {
        name if (name := f"{element.__name__}.{field.name}") in FIELDS else field.name
        for element in elements
        for field in fields_of(element)
    }
    assert used == set(FIELDS)
    assert [kind.name for kind in kinds()] == list(KINDS)


def test_a_text_of_a_generated_map_names_its_language() -> None:
    assert a_map_text(a_revision_content()).startswith("revision:\n  language: en\n  summary: The first policy.\n")
