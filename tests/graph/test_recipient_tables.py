"""Which tables of a policy name recipients, and what is read from them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from graph.checks.recipient_tables import RecipientRow, Tables, recipient_tables
from graph.checks.recipient_tables.heads import columns_of
from graph.checks.recipient_tables.names import company_name
from graph.checks.recipient_tables.places import PlaceNames
from graph.checks.tables import tables_of
from graph.clauses import read_policy
from graph.model import Clause, ClauseKind, Policy
from tests.builders import a_country, a_table

DOCUMENTS = Path(__file__).parent / "policy_import/documents/expected"


def read(*texts: str) -> list[tuple[str, str, str | None]]:
    """Name, function and place of each row of the tables in a policy of these blocks."""
    return [(row.name, row.function, row.where) for row in rows(*texts)]


def rows(*texts: str) -> list[RecipientRow]:
    policy = read_policy("\n\n".join(("## Processors", *texts))).accepted()
    return [row for table in recipient_tables(tables_of(policy)).read for row in table.rows]


# ---- heads -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("Name | Function | Country of origin", "Name, Function, Country of origin"),
        ("Country | What they do | Company", "Company, What they do, Country"),
        ("Sub-processor | Country", "Sub-processor, , Country"),
        ("Service provider | Purpose", "Service provider, Purpose, "),
        (
            "Name of Subprocessor | Description of Processing | Location of Processing | Corporate Location",
            "Name of Subprocessor, Description of Processing, Location of Processing",
        ),
        ("Entity | Purpose | Applicable service | Entity country", "Entity, Purpose, Entity country"),
        ("Entity name | Corporate location | Activities", "Entity name, Activities, Corporate location"),
        (
            "Name of the company | Services provided by the sub-processor | Country | Transfer mechanism",
            "Name of the company, Services provided by the sub-processor, Country",
        ),
        ("Service | Vendor | Purpose | Data centre region", "Vendor, Purpose, Data centre region"),
        ("Third party | Data shared | Purpose | Country", "Third party, Purpose, Country"),
        ("Entity Name | Entity Type | Entity Country", "Entity Name, Entity Type, Entity Country"),
        ("Entity type | Entity | Role | Nation", "Entity, Role, Nation"),
        (
            "Infrastructure provider | Nature of processing | Data centre",
            "Infrastructure provider, Nature of processing, Data centre",
        ),
        ("Data importer | Purpose | Territory", "Data importer, Purpose, Territory"),
        ("Data centre operator | Registered office | Task", "Data centre operator, Task, Registered office"),
        ("Company | Purpose | Domicile | Data centre/center location", "Company, Purpose, Data centre/center location"),
        ("Provider name | Description of service | Address", "Provider name, Description of service, Address"),
        ("Firma | Aufgabe | Land", "Firma, Aufgabe, Land"),
        ("Unterauftragsverarbeiter | Zweck | Sitz | Serverstandort", "Unterauftragsverarbeiter, Zweck, Serverstandort"),
        ("Empfänger | Wofür | Wo", "Empfänger, Wofür, Wo"),
        ("Dienstleister | Leistung | Land | Garantien für Drittlandtransfer", "Dienstleister, Leistung, Land"),
        (
            "Datenimporteur | Art der Verarbeitung | Rechenzentrum",
            "Datenimporteur, Art der Verarbeitung, Rechenzentrum",
        ),
        ("Name | Purpose | Based in", "Name, Purpose, Based in"),
        ("Vendor | Located in", "Vendor, , Located in"),
        ("Company | What | Where they are based", "Company, What, Where they are based"),
        ("Name | Zweck | Ansässig in", "Name, Zweck, Ansässig in"),
        ("Name | Finalité | Basée à", "Name, Finalité, Basée à"),
        ("Prestataire | Base légale | Pays", "Prestataire, , Pays"),
        ("Name and address | Function", "Name and address, Function, Name and address"),
        ("Company, address | Purpose | Country", "Company, address, Purpose, Country"),
        ("Sub-processor (country) | Task", "Sub-processor (country), Task, Sub-processor (country)"),
        ("Name und Anschrift | Zweck", "Name und Anschrift, Zweck, Name und Anschrift"),
        ("Name | Kategorie | Niederlassung", "Name, Kategorie, Niederlassung"),
        ("Sous-traitant | Finalité | Pays", "Sous-traitant, Finalité, Pays"),
        ("Hébergeur | Nature du service | Centre de données", "Hébergeur, Nature du service, Centre de données"),
        ("Importateur | Finalité | Domicile", "Importateur, Finalité, Domicile"),
        ("Nom | Fonction | Localisation des données", "Nom, Fonction, Localisation des données"),
        ("Компания | Цель | Страна", "Компания, Цель, Страна"),
        ("Провайдер | Вид обработки | Дата-центр", "Провайдер, Вид обработки, Дата-центр"),
        ("Импортёр | Цель | Резиденция", "Импортёр, Цель, Резиденция"),
        ("Наименование | Назначение | Место обработки", "Наименование, Назначение, Место обработки"),
    ],
)
def test_a_head_in_any_usual_words_tells_what_its_columns_hold(head: str, expected: str) -> None:
    cells = head.split(" | ")
    columns = columns_of(cells)
    assert columns is not None
    function = "" if columns.function is None else cells[columns.function]
    assert f"{cells[columns.name]}, {function}, {' and '.join(cells[at] for at in columns.countries)}" == expected


@pytest.mark.parametrize(
    "head",
    [
        "Cookie | Provider | Purpose | Expiry",
        "Name of cookie | Provider | Purpose | Country",
        "Name | Provider | Purpose | Expiry | Type",
        "Name | Purpose | Duration",
        "Category of data | Purpose | Legal basis | Recipients",
        "Zweck | Daten | Rechtsgrundlage | Empfänger",
        "Categories of recipients | Purpose | Country",
        "Kategorien von Empfängern | Zweck | Land",
        "Country | Responsible entity",
        "Authority | Country | Website",
        "Name | Email | Phone",
        "Right | What it means | How",
        "Transfer mechanism | Purpose | Country",
        "Name and email address | Purpose",
        "Address and name of authority | Purpose",
        "Vendor | Based on",
        "Sub-processor | Website",
        "Sub-processor | Type",
        "Entity type | Country",
        f"Provider | {'What it does for you, at length, ' * 4}",
    ],
)
def test_a_table_of_something_else_is_no_table_of_recipients(head: str) -> None:
    assert columns_of(head.split(" | ")) is None


COLUMNS = {
    "Sub-processor": ("Google LLC", "Datenhaus GmbH"),
    "What for": ("analytics", "hosting"),
    "Location of processing": ("USA (SCC)", "Germany; Ireland"),
    "Seat": ("Mountain View", "Berlin"),
    "Since": ("2019", "2024"),
}


@settings(deadline=None)
@given(st.permutations(list(COLUMNS)))
def test_any_order_of_columns_gives_the_same_rows(order: list[str]) -> None:
    table = a_table(order, *([COLUMNS[column][at] for column in order] for at in range(2)))
    assert read(table) == [("Google LLC", "analytics", "USA (SCC)"), ("Datenhaus GmbH", "hosting", "Germany; Ireland")]


# ---- rows ------------------------------------------------------------------------------------------------------------

HEAD = ("Name", "Function", "Country")


def test_cells_are_read_as_a_reader_sees_them() -> None:
    table = a_table(
        ("**Name**", "Function", "*Country*"),
        (r"[Google](https://google.example/a\|b)", r"`counts \| ranks`", "**USA**"),
        (r"A \| B Ltd.", "mail", "[Cyprus][1] {#mail}"),
    )
    assert read(table, "[1]: https://cy.example") == [
        ("Google", "counts | ranks", "USA"),
        ("A | B Ltd.", "mail", "Cyprus"),
    ]
    assert [row.clause for row in rows(table, "[1]: https://cy.example")] == ["processors.r2", "mail"]


def test_a_table_ends_where_the_next_begins() -> None:
    cookies = a_table(("Cookie", "Why", "Days"), ("sid", "to sign in", "1"))
    second = a_table(("Country", "Vendor"), ("Spain", "Hosting SL"))
    assert read(a_table(HEAD, ("Google", "analytics", "USA")), cookies, second) == [
        ("Google", "analytics", "USA"),
        ("Hosting SL", "", "Spain"),
    ]


def test_an_address_below_the_name_says_the_country() -> None:
    table = a_table(
        ("Name and address", "Function"),
        ("Google India Ltd., 1 Low Road, Dublin, Ireland; Mail SARL, Paris, France", "mail"),
        ("Datahost, Musterstr. 1, Berlin, Germany", "servers"),
        ("Counter (USA)", "analytics"),
    )
    assert [(sorted(row.company.names)[0], row.where) for row in rows(table)] == [
        ("google india", "1 Low Road, Dublin, Ireland"),
        ("mail", "Paris, France"),
        ("datahost", "Musterstr. 1, Berlin, Germany"),
        ("counter", "USA"),
    ]


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ((("Our sub-processors", "", ""), ("**Name**", "**Function**", "**Country**")), [("A", "b", "DE")]),
        ((("", "", ""), ("**Name**", "**Function**", "**Country**")), [("A", "b", "DE")]),
        ((("Vendor", "Location", ""), ("Vendor", "of storage", "of the seat")), [("A", "", "b")]),
        ((("Vendor", "Purpose", "Location"), ("Vendor", "mail", "US")), [("Vendor", "mail", "US"), ("A", "b", "DE")]),
        ((("Cookies", "", ""), ("Name", "Function", "Country")), []),
        ((("", "Vendor", "Vendor"), ("Purpose", "mail", "hosting")), []),
    ],
)
def test_a_head_may_be_of_two_rows(head: tuple[tuple[str, ...], ...], expected: list[tuple[str, str, str]]) -> None:
    assert read(a_table(("Term", "Meaning"), ("a", "b")), "Then", a_table(*head, ("A", "b", "DE"))) == expected


def test_a_repeated_head_is_no_row_and_a_name_left_out_is_that_of_the_row_above() -> None:
    table = a_table(HEAD, ("Google", "analytics", "USA"), HEAD, ("", "fonts", "Ireland"), ("-", "none", "none"))
    assert read(table) == [("Google", "analytics", "USA"), ("Google", "fonts", "Ireland")]


def test_a_row_that_says_one_thing_only_may_be_a_heading() -> None:
    table = a_table(
        HEAD,
        ("Hosting", "", ""),
        ("EU only", "EU only", "EU only"),
        ("Google", "", "USA"),
        ("", "x", ""),
        ("Acme Ltd.", "", ""),
    )
    assert [(row.name, row.is_bare) for row in rows(table)] == [
        ("Hosting", True),
        ("EU only", True),
        ("Google", False),
        ("Google", False),
        ("Acme Ltd.", False),
    ]


GOOGLE = "Google LLC, 1600 Amphitheatre Parkway, Mountain View, CA 94043, USA"
AWS = "Amazon Web Services EMEA SARL, 38 avenue John F. Kennedy, L-1855 Luxembourg"


@pytest.mark.parametrize(
    ("cell", "names", "unclear"),
    [
        ("Google LLC; Google Ireland Ltd.", ["Google LLC", "Google Ireland Ltd."], ""),
        ("Google Inc.; Meta Platforms; Yandex LLC", ["Google Inc.", "Meta Platforms", "Yandex LLC"], ""),
        ("Amazon Web Services; Stripe; Twilio", ["Amazon Web Services", "Stripe", "Twilio"], ""),
        ("1&1; 3M; Microsoft 365; booking.com; eBay", ["1&1", "3M", "Microsoft 365", "booking.com", "eBay"], ""),
        (f"{AWS}; Stripe Payments Europe, Ltd.", [AWS, "Stripe Payments Europe, Ltd."], ""),
        ("Google; Meta Platforms, 1 Hacker Way", ["Google", "Meta Platforms, 1 Hacker Way"], ""),
        (GOOGLE, [GOOGLE], ""),
        ("Google LLC<br>1600 Amphitheatre Parkway<br>Mountain View, CA 94043<br>USA", ["Google LLC"], ""),
        ("Hetzner; Industriestr. 25; 91710 Gunzenhausen; Germany", ["Hetzner"], ""),
        ("Google (Ads; Analytics)", ["Google (Ads; Analytics)"], ""),
        ("Mailer Ltd., Tracker Inc.", ["Mailer Ltd.", "Tracker Inc."], ""),
        ("Mailer, Inc., Tracker, Inc.", ["Mailer, Inc.", "Tracker, Inc."], ""),
        ("Mailer Ltd., 1 Low Road, Tracker, Inc.", ["Mailer Ltd., 1 Low Road", "Tracker, Inc."], ""),
        ("Mailer Ltd., The Hague, Netherlands", ["Mailer Ltd., The Hague, Netherlands"], "The Hague"),
        ("Google LLC, Meta Platforms, USA", ["Google LLC, Meta Platforms, USA"], "Meta Platforms"),
        ("Google LLC, Meta Platforms, 1 Low Road", ["Google LLC, Meta Platforms, 1 Low Road"], "Meta Platforms"),
        ("Acme B.V., Herengracht 123, 1015 CJ Amsterdam", ["Acme B.V., Herengracht 123, 1015 CJ Amsterdam"], ""),
        ("Google Ltd., Dublin 4, Ireland", ["Google Ltd., Dublin 4, Ireland"], ""),
        ("Google LLC, Mountain View, California, USA", ["Google LLC, Mountain View, California, USA"], ""),
        ("Google GmbH, Wien, Österreich; Meta, USA", ["Google GmbH, Wien, Österreich", "Meta, USA"], ""),
        ("Google; Bahnhofstr. 1; 8001 Musterstadt; Switzerland", ["Google"], ""),
        ("Google; Dublin; Ireland; Phoenix", ["Google"], "Phoenix"),
        ("Google; 24 Seven Office; 1984 Hosting", ["Google"], "24 Seven Office; 1984 Hosting"),
        ("Google LLC, Boulder, CO, USA", ["Google LLC, Boulder, CO, USA"], ""),
        ("Acme, Inc.", ["Acme, Inc."], ""),
        ("Foo GmbH & Co. KG", ["Foo GmbH & Co. KG"], ""),
        ("Dewey, Cheatham & Howe LLP", ["Dewey, Cheatham & Howe LLP"], ""),
        ("Acme Ltd., formerly Bar Inc.", ["Acme Ltd., formerly Bar Inc."], ""),
        ("Google LLC, Meta", ["Google LLC, Meta"], "Meta"),
        ("Google LLC, Microsoft 365", ["Google LLC, Microsoft 365"], "Microsoft 365"),
        ("Acme Ltd., a Delaware corporation", ["Acme Ltd., a Delaware corporation"], "a Delaware corporation"),
        ("Twilio; hosting; Stripe", ["Twilio", "Stripe"], "hosting"),
    ],
)
def test_a_cell_is_a_row_for_each_company_and_tells_what_may_be_one(cell: str, names: list[str], unclear: str) -> None:
    told = rows(a_table(HEAD, (cell, "a", "b"), ("", "c", "d")))
    assert [row.name for row in told if row.function == "a"] == names
    assert ["; ".join(row.unclear) for row in told] == [unclear, *[""] * (len(told) - 1)]


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        ("github", ["Mailwren: Portugal", "Statlark: Estonia"]),
        (
            "sub_processors",
            [
                "European Union: ",
                "Hosting Nord A/S: Denmark; Sweden",
                "Mirror SAS: France",
                "Elsewhere: ",
                "Edge & Co Inc.: USA (SCCs), Brazil, Japan",
            ],
        ),
        ("word", ["Bettenboerse GmbH: Germany", "Keycard Oy: Finland"]),
        ("russian", ["ООО «Почта-Сервис»: Россия", "Datenhaus GmbH: Германия"]),
        (
            "cms_page",
            [
                "Wolkenhaus AG: Schweiz",
                "Zettelpost GmbH: Schweiz",
                "Alpin Data s.r.l.: Italien, Slowenien",
                "Alle mit Vertrag nach Art. 28.: ",
            ],
        ),
    ],
)
def test_imported_documents_tell_their_recipients(document: str, expected: list[str]) -> None:
    (file,) = DOCUMENTS.glob(f"{document}.*.md")
    (table,) = recipient_tables(tables_of(read_policy(file.read_text("utf-8")).policy)).read
    assert [f"{row.name}: {row.where}" for row in table.rows] == expected


def test_clauses_that_are_not_those_of_the_text_are_not_read() -> None:
    head = Clause("head", "1", ClauseKind.TABLE_ROW, "Vendor | Country")
    policy = Policy("", (head, Clause("row", "2", ClauseKind.TABLE_ROW, "Google | USA")))
    assert recipient_tables(tables_of(policy)) == Tables()


# ---- places ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("USA", "US"),
        ("U.S.", "US"),
        ("United States of America", "US"),
        ("UK & Northern Ireland", "GB"),
        ("Germany and the Netherlands", "DE NL"),
        ("Denmark; Sweden / Norway", "DK NO SE"),
        ("• USA • India", "IN US"),
        ("Czech Republic<br>Slovakia", "CZ SK"),
        ("Bosnia and Herzegovina, Trinidad & Tobago", "BA TT"),
        ("Korea, Republic of", "KR"),
        ("DE, US, IE", "DE IE US"),
        ("DEU and GBR", "DE GB"),
        ("GERMANY AND IN FRANCE", "DE FR"),
        ("Deutschland, Österreich", "AT DE"),
        ("in den Vereinigten Staaten (USA)", "US"),
        ("États-Unis et Irlande", "IE US"),
        ("США, Российская Федерация", "RU US"),
        ("USA (SCC)", "US"),
        ("USA – EU-US Data Privacy Framework", "US"),
        ("USA, under EU Standard Contractual Clauses", "US"),
        ("UK (adequacy decision of the EU)", "GB"),
        ("Frankfurt, Germany", "DE"),
        ("Atlanta, Georgia, USA", "US"),
        ("Palo Alto, CA 94301, USA", "US"),
        ("Tbilisi, Georgia; Boston, USA", "GE US"),
        ("Germany, USA", "DE US"),
        ("Ireland, Germany, USA", "DE IE US"),
        ("Papua New Guinea; New Jersey", "PG US"),
        ("Sydney, New South Wales", "AU"),
        ("Jersey City, New Jersey", "US"),
        ("Santa Fe, New Mexico; Jersey; Mexico City", "JE MX US"),
        ("Guinea-Bissau; Equatorial Guinea; Niger; Dominican Republic", "DO GQ GW NE"),
        ("Guinea; Nigeria; Dominica; North Korea", "DM GN KP NG"),
        ("Georgia (US)", "US"),
        ("Georgia, USA", "US"),
        ("New York, Delaware (DE), USA", "US"),
        ("US-Georgia; Germany", "DE US"),
        ("Ireland, USA (CA, NY and DE), Canada", "CA IE US"),
        ("Georgia & USA", "GE US"),
        ("Armenia, Georgia, USA", "AM GE US"),
        ("Frankfurt, Germany, USA", "DE US"),
        ("(no transfer to the USA)", ""),
        ("Germany (no transfer to the USA)", "DE"),
        ("not in the USA, but in Canada", "CA"),
        ("not in the USA but in Canada", "CA"),
        ("outside the EU", ""),
        ("Non-EU: India", "IN"),
        ("NO, SE", "NO SE"),
        ("No 1 High Street, Norway", "NO"),
        ("EU except Malta, Cyprus (UK)", "EU GB"),
        ("nicht in den USA", ""),
        ("Irland, keine Übermittlung in die USA", "IE"),
        ("pas aux États-Unis; France, Nord-Pas-de-Calais", "FR"),
        ("Германия, без передачи в США", "DE"),
        ("Frankfurt (EU)", "EU"),
        ("EU/EWR", "EEA EU"),
        ("Евросоюз, Германия", "DE EU"),
        ("Worldwide", "several continents"),
        ("Asia", "several continents"),
        ("Zyprus-Land", "CY"),
        ("Frankfurt", ""),
        ("tell us", ""),
        ("-", ""),
        ("", ""),
    ],
)
def test_a_cell_tells_its_countries(cell: str, expected: str) -> None:
    places = PlaceNames([a_country("CY", name="Zyprus-Land")]).read(cell)
    assert " ".join(sorted([*places.countries, *places.regions])) == expected


# ---- names -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Google Inc.", "GOOGLE LLC"),
        ('OOO "Yandex"', "Yandex, L.L.C."),
        ("ООО «Яндекс»", "Яндекс"),
        ("Amazon Web Services, Inc.", "Amazon Web Services EMEA S.à r.l. (Amazon Web Services)"),
        ("The Rocket Science Group LLC d/b/a Mailchimp", "Mailchimp"),
        ("Rocket Science Group (trading as Mailchimp)", "mailchimp inc"),
        ("X Corp. (formerly Twitter)", "Twitter, Inc."),
        ("1. Société Générale S.A.*", "Societe Generale [2]"),
        ("Hetzner Online GmbH, Industriestr. 25, Gunzenhausen", "Hetzner Online"),
        ("Muster GmbH & Co. KG", "Muster"),
        ("Foo Sp. z o.o.", "FOO"),
        ("AT&T", "AT & T Inc."),
    ],
)
def test_one_name_is_written_in_many_ways(one: str, other: str) -> None:
    assert company_name(one).is_same(company_name(other))
    assert company_name(other).is_same(company_name(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Google LLC", "Gogle LLC"),
        ("Google LLC", "Google Ireland Ltd."),
        ("Google (Ireland) Ltd.", "Meta (Ireland) Ltd."),
        ("Google (Ireland) Ltd.", "Google LLC"),
        ("Hetzner (hosting)", "Amazon (hosting)"),
        ("AB Tasty", "Tasty"),
        ("Google LLC, 1 Low Road, Meta Inc.", "Google"),
        ("SE", "AG"),
        ("-", "—"),
    ],
)
def test_names_that_are_alike_are_not_the_same(one: str, other: str) -> None:
    assert not company_name(one).is_same(company_name(other))
    assert not company_name(other).is_same(company_name(one))
