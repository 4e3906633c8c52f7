"""What a letter says: of whom, of what, from when, in which words, and how much of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any

import pytest

from graph.changes import Impact
from graph.model import Adequacy, CaseCondition, LegalBasis
from graph.notice_content.model import (
    Action,
    ActionKind,
    CaseTold,
    ClauseTold,
    ControllerTold,
    CountryTold,
    Detail,
    DetailKind,
    Holdings,
    Item,
    ItemKind,
    Named,
    NoticeContent,
    PurposeTold,
)
from graph.notices import NoticeKind
from server.notify.catalogue import Catalogue, read_sentences
from server.notify.notice_links import NoticeLinks
from server.notify.page import CLAUSE_CHARACTERS_AT_MOST, PageWriter
from server.notify.stationery import REFERENCE, SENTENCES, SHIPPED
from tests.server.notify.contents import (
    AT_SHOP,
    EMAIL,
    SHOP,
    a_clause_text,
    a_content,
    a_recipient_told,
    an_item,
    reworded,
)

LINKS = NoticeLinks("https://privacy.example.com")
NOTICE = "0" * 32
LANGUAGES = ("en", "de", "ru")
MAILER = Named("Recipient", "example", "Example Ltd")
CONTROLLER = ControllerTold("Example Ltd", "a@example.com", "https://example.com", "a month")


@cache
def catalogue(language: str) -> Catalogue:
    sentences, _ = read_sentences((SHIPPED / language / SENTENCES).read_text("utf-8"), SENTENCES)
    return Catalogue(language, [sentences])


def page(content: NoticeContent, language: str = REFERENCE, links: NoticeLinks = LINKS) -> dict[str, Any]:
    return PageWriter(catalogue(language), links).page(content, NOTICE)


def title(content: NoticeContent, language: str = REFERENCE) -> str:
    return str(page(content, language)["title"])


def entry(item: Item, language: str = REFERENCE, **over: Any) -> dict[str, Any]:
    (section,) = page(a_content(item, **over), language)["sections"]
    (found,) = section["entries"]
    return dict(found)


def lines(item: Item) -> list[tuple[str, str]]:
    return [(each["label"], each["value"]) for each in entry(item)["lines"]]


def detail(kind: DetailKind, of: Named | None = MAILER, *said: str | None, **over: Any) -> Detail:
    attribute, before, after = (*said, None, None, None)[:3]
    return Detail("1", kind, Impact.DIRECT, of, attribute, before, after, **over)


def changes(*details: Detail, language: str = REFERENCE) -> list[tuple[str, ...]]:
    """What changes, as label with the value, or with what it is before and after."""
    found = entry(an_item(details=details), language)["changes"]
    return [
        (each["label"], each["before"], each["after"]) if each["value"] is None else (each["label"], each["value"])
        for each in found
    ]


def holdings(count: int) -> tuple[Holdings, ...]:
    return (Holdings((SHOP,), tuple(Named("DataCategory", f"{n}", f"Data {n}") for n in range(1, count + 1))),)


# ---- title and beginning ---------------------------------------------------------------------------------------------


def test_the_title_says_from_when_and_what_of_the_persons_data_changes() -> None:
    new = an_item(ItemKind.RECIPIENT_ADDED, about=MAILER, holdings=AT_SHOP, recipients=(a_recipient_told(),))
    assert title(a_content(new)) == (
        "Our privacy policy changes on 1 January 2027: a new recipient of your data (Email address)"
    )
    assert title(a_content(new, an_item())) == (
        "Our privacy policy changes on 1 January 2027: a new recipient of your data (Email address), and 1 more change"
    )
    assert title(a_content(new, an_item(), an_item())).endswith("(Email address), and 2 more changes")


@pytest.mark.parametrize(
    ("over", "said", "begins"),
    [
        ({}, "Our privacy policy changes on 1 January 2027: how long data is kept",
         "Example Ltd has published a new privacy policy. It applies from 1 January 2027. Here you read only what "
         "changes for you."),
        ({"effective_at": None}, "Our privacy policy changes: how long data is kept",
         "Example Ltd has published a new privacy policy. Here you read only what changes for you."),
        ({"is_in_force": True}, "Our privacy policy has changed: how long data is kept",
         "Example Ltd has a new privacy policy. It has applied since 1 January 2027. Here you read only what changes "
         "for you."),
        ({"effective_at": datetime(2027, 1, 1, 9, 30, tzinfo=UTC)},
         "Our privacy policy changes on 1 January 2027, 09:30 UTC: how long data is kept",
         "Example Ltd has published a new privacy policy. It applies from 1 January 2027, 09:30 UTC. Here you read "
         "only what changes for you."),
        ({"kind": NoticeKind.WITHDRAWAL}, "Our privacy policy does not change on 1 January 2027 after all",
         "On 20 November 2026 Example Ltd told you that its privacy policy would change on 1 January 2027. That change "
         "has been taken back. It will not come into force."),
        ({"kind": NoticeKind.WITHDRAWAL, "effective_at": None}, "Our privacy policy does not change after all",
         "Example Ltd told you that its privacy policy would change. That change has been taken back. It will not come "
         "into force."),
    ],
)  # fmt: skip
def test_the_beginning_says_what_happens_and_from_when(over: dict[str, Any], said: str, begins: str) -> None:
    found = page(a_content(an_item(), **over))
    assert found["title"] == said
    assert found["intro"][0] == begins


@pytest.mark.parametrize(
    ("count", "data"),
    [(2, "Data 1, Data 2"), (3, "Data 1, Data 2, Data 3"), (4, "Data 1, Data 2 and 2 more")],
)
def test_the_title_names_a_few_kinds_of_data_and_says_how_many_more_there_are(count: int, data: str) -> None:
    item = an_item(holdings=holdings(count))
    assert title(a_content(item)).endswith(f": how long your data is kept ({data})")


def test_the_title_shortens_long_names() -> None:
    long = Holdings((SHOP,), (Named("DataCategory", "long", "Data of a kind with a very long name indeed"),))
    assert title(a_content(an_item(holdings=(long,)))).endswith("(Data of a kind with a very long name in…)")


def test_whoever_reads_another_language_than_the_policys_is_told_so() -> None:
    content = a_content(an_item())
    said = page(content, "de")["intro"]
    assert said[2:] == [
        "Die Datenschutzerklärung ist in einer anderen Sprache (Englisch). Namen und Zitate stehen hier so wie dort."
    ]
    assert len(page(content)["intro"]) == 2
    assert len(page(replace(content, language="en-GB"))["intro"]) == 2
    # A language that nobody knows is called by its tag.
    assert "(qxx)" in page(replace(content, language="qxx"))["intro"][2]


# ---- every kind of change --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", ItemKind)
def test_every_kind_of_change_is_said_in_every_language(kind: ItemKind, language: str) -> None:
    item = an_item(kind, holdings=AT_SHOP)
    found = page(a_content(item), language)
    (section,) = found["sections"]
    (told,) = section["entries"]
    assert (told["kind"], told["number"]) == (kind.value, 1)
    assert ("Thing" in told["heading"]) is (kind is not ItemKind.POLICY_REWORDED)
    said = catalogue(language).say(f"what.{kind.value}")
    assert said in title(a_content(replace(item, holdings=())), language)
    assert ("Email address" in found["title"]) is (said not in found["title"])


def test_what_affects_rights_comes_under_its_own_heading_numbered_through() -> None:
    indirect = an_item(ItemKind.PURPOSE_REMOVED, impact=Impact.INDIRECT)
    sections = page(a_content(an_item(), an_item(ItemKind.RIGHT_ADDED), indirect))["sections"]
    assert [(each["heading"], [told["number"] for told in each["entries"]]) for each in sections] == [
        ("What affects your rights", [1, 2]),
        ("What else changes", [3]),
    ]


def test_of_a_withdrawn_revision_only_what_does_not_change_is_named() -> None:
    item = an_item(clauses=(reworded("Kept a day.", "Kept a year."),), details=(detail(DetailKind.REMOVED),))
    (section,) = page(a_content(item, kind=NoticeKind.WITHDRAWAL))["sections"]
    (told,) = section["entries"]
    assert (section["heading"], told["heading"]) == ("What does not change after all", "How long data is kept: Thing")
    assert (told["clauses"], told["changes"], told["also"]["numbers"]) == ([], [], "")


def test_more_changes_than_anybody_reads_are_counted() -> None:
    found = page(a_content(*(an_item() for _ in range(27))))
    assert [len(each["entries"]) for each in found["sections"]] == [25]
    assert found["more"] == "And 2 more changes, which you find in the policy."
    assert found["title"].endswith("and 26 more changes")
    assert page(a_content(*(an_item() for _ in range(25))))["more"] == ""


# ---- lines -----------------------------------------------------------------------------------------------------------


def test_what_is_the_persons_own_is_named_by_kind_and_service() -> None:
    groups = (Holdings((SHOP,), ()), Holdings((SHOP, Named("Service", "forum", "Forum")), (EMAIL,)))
    assert lines(an_item(holdings=groups)) == [("Your data", "all that is held by Shop; Email address (Shop, Forum)")]
    decided = (Named("Purpose", "a", "Advice"), Named("Purpose", "b", "Letters"))
    assert lines(an_item(decisions=decided)) == [("Your decision about", "Advice; Letters")]
    assert lines(an_item()) == [("Whom it concerns", "Everyone whose data we hold")]


@pytest.mark.parametrize(("count", "more"), [(12, ""), (13, ", Data 13"), (14, " and 2 more")])
def test_a_list_that_is_cut_says_by_how_many(count: int, more: str) -> None:
    twelve = ", ".join(f"Data {number}" for number in range(1, 13))
    assert lines(an_item(holdings=holdings(count))) == [("Your data", f"{twelve}{more} (Shop)")]


def test_a_new_recipient_is_told_with_who_where_and_what_for() -> None:
    recipient = a_recipient_told(
        countries=(CountryTold("CY", "Cyprus", Adequacy.EEA), CountryTold("SG", "Singapore", Adequacy.NONE)),
        safeguards=(Named("Safeguard", "s", "A contract"),),
        via=(Named("Recipient", "a", "Agency"), Named("Recipient", "b", None)),
        cases=(CaseTold("c", "On request", CaseCondition.EVENT),),
        identifiable=False,
    )
    purposes = (
        PurposeTold("p", "Letters", "", (LegalBasis.CONSENT,), True),
        PurposeTold("q", "Bills", "", (LegalBasis.CONSENT, LegalBasis.CONTRACT), False),
    )
    item = an_item(ItemKind.RECIPIENT_ADDED, about=MAILER, recipients=(recipient,), purposes=purposes)
    assert lines(item)[1:] == [
        ("What they do", "Email sending"),
        ("Who that is", "A company that works for us, and may use the data only as we say"),
        (
            "Where",
            "Cyprus – European data protection law applies there; Singapore – outside the European Economic Area, and "
            "the European Commission has not decided that data is protected well enough there",
        ),
        ("How it is protected there", "A contract"),
        ("Passed on by", "Agency, a recipient that the policy does not name"),
        ("Only in this case", "On request"),
        ("In which form", "Only in such a way that nobody can recognise you in it"),
        ("What for", "Letters (only if you have agreed); Bills"),
    ]


def test_where_a_recipient_is_that_was_there_before_is_told_if_that_changes() -> None:
    recipient = a_recipient_told(countries=(CountryTold("SG", "Singapore", Adequacy.ADEQUATE),))
    item = an_item(ItemKind.RECIPIENT_CHANGED, about=MAILER, recipients=(recipient,))
    assert [label for label, _ in lines(item)] == ["Whom it concerns", "What they do"]
    moved = replace(item, details=(detail(DetailKind.LINKED, MAILER, "LOCATED_IN", None, "Singapore"),))
    assert lines(moved)[2:] == [
        ("Where", "Singapore – the European Commission has decided that data is protected well enough there")
    ]


@pytest.mark.parametrize("condition", [CaseCondition.NONE, CaseCondition.EVENT])
def test_a_case_is_told_where_it_is_needed_in_all_ways(condition: CaseCondition) -> None:
    cases = (CaseTold("a", "On request", CaseCondition.EVENT), CaseTold("b", "Other", condition))
    item = an_item(ItemKind.RECIPIENT_ADDED, about=MAILER, recipients=(a_recipient_told(cases=cases),))
    assert dict(lines(item)).get("Only in this case") == (
        None if condition is CaseCondition.NONE else "On request; Other"
    )


def test_a_recipient_without_a_name_is_called_by_what_it_does() -> None:
    unnamed = a_recipient_told(None, countries=(CountryTold("CY", "Cyprus", Adequacy.EEA),))
    about = replace(MAILER, name=None)
    added = entry(an_item(ItemKind.RECIPIENT_ADDED, about=about, recipients=(unnamed,)))
    assert added["heading"] == "New recipient: a recipient that the policy does not name (Email sending)"
    country = an_item(ItemKind.COUNTRY_ADDED, about=Named("Country", "CY", "Cyprus"), recipients=(unnamed,))
    assert lines(country)[1:] == [
        ("Who may receive it", "a recipient that the policy does not name (Email sending) (Cyprus)")
    ]


def test_a_new_use_is_told_with_why_it_is_allowed() -> None:
    purpose = PurposeTold("p", "Thing", "", (LegalBasis.LEGITIMATE_INTERESTS, LegalBasis.CONTRACT), False)
    about = Named("Purpose", "p", "Thing")
    assert lines(an_item(ItemKind.PURPOSE_ADDED, about=about, purposes=(purpose,)))[1:] == [
        (
            "Why that is allowed",
            "It is needed for a contract with you; We have an interest in it that the law accepts (legitimate "
            "interest), unless yours counts more",
        )
    ]
    assert len(lines(an_item(ItemKind.PURPOSE_CHANGED, about=about, purposes=(purpose,)))) == 1


def test_what_it_is_is_said_of_what_comes_or_goes_alone() -> None:
    kinds = (ItemKind.RIGHT_ADDED, ItemKind.RIGHT_REMOVED, ItemKind.RIGHT_CHANGED)
    assert [entry(an_item(kind, description="What it is."))["description"] for kind in kinds] == [
        *("What it is.", "What it is.", "")
    ]


# ---- from what to what -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (("legal_basis", "CONSENT", "CONTRACT"),
         ("Why the use is allowed", "You have agreed to it (consent)", "It is needed for a contract with you")),
        (("direct_marketing", "false", "true"), ("Counts as advertising", "No", "Yes")),
        (("period", "P1Y6M", None), ("Length", "1 year, 6 months", "–")),
        (("period", "P0D", "P30D"), ("Length", "0 days", "30 days")),
        (("notice_channels", "ACCOUNT_AREA", "ACCOUNT_AREA, EMAIL"),
         ("How you are told of changes", "in the account area", "in the account area, by email")),
        (("exceptions.law", None, "What a law demands"), ("What may be kept longer", "–", "What a law demands")),
        (("condition", "NONE", "CONSENT"), ("When", "Always", "Only if you agree")),
        (("KEPT_UNDER", "a year", "two years"), ("How long", "a year", "two years")),
    ],
)  # fmt: skip
def test_a_change_is_said_as_people_say_it(said: tuple[str, ...], expected: tuple[str, ...]) -> None:
    assert changes(detail(DetailKind.ALTERED, MAILER, *said)) == [expected]


def test_exceptions_of_a_right_are_called_otherwise_than_those_of_a_rule() -> None:
    right = Named("Right", "delete", "To delete")
    assert changes(detail(DetailKind.ALTERED, right, "exceptions", "None", "Some")) == [
        ("When you do not have it", "None", "Some")
    ]


def test_what_is_linked_added_or_gone_is_said_as_one_value() -> None:
    fact, country = Named("Disclosure", "d", None), Named("Country", "CY", "Cyprus")
    use = Named("Processing", "p", None)
    assert changes(
        detail(DetailKind.LINKED, MAILER, "LOCATED_IN", None, "Cyprus"),
        detail(DetailKind.UNLINKED, MAILER, "ENGAGES", "Agency", None),
        detail(DetailKind.ADDED, country),
        detail(DetailKind.REMOVED, country),
        detail(DetailKind.ADDED, fact, holdings=AT_SHOP),
        detail(DetailKind.REMOVED, fact, holdings=AT_SHOP),
        detail(DetailKind.ADDED, use, holdings=AT_SHOP),
        detail(DetailKind.REMOVED, use, holdings=AT_SHOP),
    ) == [
        ("Country, now also", "Cyprus"),
        ("Passes data on to, no longer", "Agency"),
        ("New", "Cyprus"),
        ("No longer", "Cyprus"),
        ("Now also received", "Email address (Shop)"),
        ("No longer received", "Email address (Shop)"),
        ("Now also used", "Email address (Shop)"),
        ("No longer used", "Email address (Shop)"),
    ]


def test_what_says_nothing_to_the_person_is_left_out() -> None:
    """A fact about nothing of theirs, a clause, what reads alike before and after, and what was said already."""
    twice = detail(DetailKind.ALTERED, MAILER, "name", "A", "B")
    assert changes(
        detail(DetailKind.ADDED, Named("Disclosure", "d", None)),
        detail(DetailKind.REWORDED, None),
        detail(DetailKind.ADDED, replace(MAILER, name=None)),
        detail(DetailKind.ALTERED, MAILER, "period", "P12M", "P12M"),
        twice,
        replace(twice, change="2"),
    ) == [("Name", "A", "B")]


def test_how_long_in_words_stands_for_the_numbers_in_it() -> None:
    rule = Named("RetentionRule", "r", "Logs")
    numbers = (
        detail(DetailKind.ALTERED, rule, "start", "END", "COLLECTION"),
        detail(DetailKind.ALTERED, rule, "period", "P1Y", "P2Y"),
    )
    words = detail(DetailKind.ALTERED, rule, "criterion", "A year.", "Two years.")
    assert changes(words, *numbers) == [("How long", "A year.", "Two years.")]
    assert [label for label, *_ in changes(*numbers)] == ["Counted from", "Length"]


def test_of_what_comes_or_goes_there_is_no_before_and_after() -> None:
    assert entry(an_item(ItemKind.RIGHT_ADDED, details=(detail(DetailKind.ADDED),)))["changes"] == []


@pytest.mark.parametrize(
    ("over", "after"),
    [
        ({}, "From 1 January 2027"),
        ({"is_in_force": True}, "Since 1 January 2027"),
        ({"effective_at": None}, "From then on"),
    ],
)
def test_before_and_after_are_named_by_the_day(over: dict[str, Any], after: str) -> None:
    found = entry(an_item(), **over)
    assert (found["before"], found["after"]) == ("Until now", after)


# ---- clauses ---------------------------------------------------------------------------------------------------------


def clauses(*told: ClauseTold) -> list[dict[str, Any]]:
    return list(entry(an_item(clauses=told))["clauses"])


def run(text: str, changed: bool = False) -> dict[str, Any]:
    return {"text": text, "changed": changed}


def test_a_clause_is_quoted_as_it_was_and_as_it_is_with_what_differs() -> None:
    (told,) = clauses(reworded("Kept for a day only.", "Kept for a year only."))
    assert told == {
        "heading": "In the policy, in 1.1",
        "before": [run("Kept for a "), run("day", True), run(" only.")],
        "after": [run("Kept for a "), run("year", True), run(" only.")],
        "url": "https://privacy.example.com/policy/2#clause-a.clause",
        "link": "Read it in the policy",
    }


def test_a_clause_that_comes_or_goes_is_quoted_whole() -> None:
    come, gone = clauses(ClauseTold(None, a_clause_text("New.")), ClauseTold(a_clause_text("Old."), None))
    assert (come["heading"], come["before"], come["after"]) == ("New in the policy, in 1.1", [], [run("New.")])
    assert (gone["heading"], gone["before"], gone["after"]) == ("No longer in the policy", [run("Old.")], [])
    assert (bool(come["url"]), gone["url"]) == (True, "")


def test_clauses_that_stay_as_they_are_are_named_by_their_numbers() -> None:
    told = tuple(ClauseTold(each, each) for each in (a_clause_text(number="1.1"), a_clause_text(number="2.3")))
    assert entry(an_item(clauses=told))["also"] == {"label": "See also in the policy", "numbers": "1.1, 2.3"}
    assert clauses(*told) == []


def test_more_clauses_than_anybody_reads_are_counted() -> None:
    told = entry(an_item(clauses=tuple(ClauseTold(None, a_clause_text(f"Clause {n}.")) for n in range(10))))
    assert len(told["clauses"]) == 8
    assert told["more_clauses"] == "and 2 more passages of the policy"


def test_of_a_long_clause_what_is_near_the_change_is_quoted_and_the_rest_is_marked() -> None:
    before = " ".join(["start"] * 60 + ["day"] + ["end"] * 90)
    (told,) = clauses(reworded(before, before.replace("day", "year")))
    start, changed, end = told["before"]
    assert start["text"].startswith("[…] start ") and len(start["text"]) < 170
    assert changed == run("day", True)
    assert end["text"].endswith("end […]") and len(end["text"]) < 170


@pytest.mark.parametrize(("unit", "kept"), [("word ", "word word […]"), ("漢", "漢漢 […]")])
def test_a_clause_without_end_is_cut_and_the_cut_is_marked(unit: str, kept: str) -> None:
    (told,) = clauses(ClauseTold(None, a_clause_text((unit * 3000).strip())))
    (whole,) = told["after"]
    assert whole["text"].endswith(kept)
    assert CLAUSE_CHARACTERS_AT_MOST - 10 < len(whole["text"]) <= CLAUSE_CHARACTERS_AT_MOST + len(" […]")


# ---- what can be done, and where it leads ----------------------------------------------------------------------------


def test_an_action_says_how_when_and_what_is_excepted() -> None:
    right = Named("Right", "object", "To object")
    purposes = (Named("Purpose", "p", "Letters"),)
    object_to = Action(ActionKind.OBJECT, right, "", "", "", "In the account area.", purposes, (a_clause_text(),))
    delete = Action(ActionKind.DELETE, right, "", "At any time.", "What a law demands.")
    ask = Action(ActionKind.ASK)
    found = page(replace(a_content(), controller=CONTROLLER, actions=(object_to, delete, ask)))["actions"]
    assert [(each["text"], *((line["label"], line["value"]) for line in each["lines"])) for each in found] == [
        (
            "You can object to what your data is used for.",
            ("Which uses", "Letters"),
            ("How", "In the account area."),
        ),
        (
            "You can ask us to delete your data.",
            ("How", "Write to a@example.com"),
            ("When", "At any time."),
            ("Except", "What a law demands."),
        ),
        ("If you have a question, write to a@example.com.", ("What the policy says of answers", "a month")),
    ]
    assert [each["clauses"] for each in found] == ["In the policy: 1.1", "", ""]


def test_without_a_page_of_its_own_a_notice_leads_to_the_policy() -> None:
    content = a_content()
    assert page(content)["link"] == {"label": "Read the whole policy", "url": "https://privacy.example.com/policy/2"}
    # Nobody is shown the revision that was withdrawn.
    withdrawn = page(replace(content, kind=NoticeKind.WITHDRAWAL))["link"]
    assert withdrawn["url"] == "https://privacy.example.com/policy"


def test_a_page_of_the_companys_own_is_led_to_with_what_its_address_asks_for() -> None:
    item = an_item(clauses=(ClauseTold(None, replace(a_clause_text(), key="a/b c")),))
    links = NoticeLinks("https://x.example", "https://my.example.com/{revision}/{notice}#{clause}")
    found = page(a_content(item), links=links)
    assert found["link"] == {
        "label": "Read this online, and see all that is held about you",
        "url": f"https://my.example.com/2/{NOTICE}",
    }
    clause = found["sections"][0]["entries"][0]["clauses"][0]
    assert clause["url"] == f"https://my.example.com/2/{NOTICE}#a%2Fb%20c"
    without = page(a_content(item), links=NoticeLinks("https://x.example", "https://my.example.com/{notice}"))
    assert without["sections"][0]["entries"][0]["clauses"][0]["url"] == ""
