"""The rules of clauses: what a reworded, new or missing clause means, with what it states."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest

from graph.changes import EVERYONE, Impact, Touch
from graph.clauses import read_policy
from graph.data_map import DataMap
from graph.impact import changes
from graph.model import LegalBasis, MapElements
from tests.builders import a_revision, a_safeguard
from tests.graph.impact.estate import ESTATE, EXCEPTION, added, altered
from tests.graph.impact.rows import CONTACT, EMAIL, PIECE, also, expect, held_by

TEXT = {
    "news": "We send news about the site to all who asked for them.",
    "nothing": "We are glad that so many people come to read this page.",
    "other": "Nothing else is said in this clause of the policy.",
}


def written(texts: dict[str, str], elements: MapElements, number: int = 1) -> DataMap:
    markdown = "# Policy {#policy}\n" + "".join(f"\n{text} {{#{key}}}\n" for key, text in texts.items())
    return DataMap(a_revision(number), read_policy(markdown).policy, elements)


STATING = altered("purposes", "news", clauses=("news",))
STATED_CHANGED = altered("purposes", "news", elements=STATING, legal_basis=LegalBasis.CONTRACT)
NEWS = also(PIECE, "news")


@dataclass(frozen=True)
class ClauseRow:
    rule: str
    key: str
    touch: Touch
    after: dict[str, str]
    before: dict[str, str]
    elements: MapElements = STATING

    def __str__(self) -> str:
        return f"{self.rule} {self.key}"


def reworded(key: str, text: str) -> dict[str, str]:
    return {**TEXT, key: text}


def without(key: str) -> dict[str, str]:
    return {each: text for each, text in TEXT.items() if each != key}


PARTS = {"news": "We send news about the site to all", "rest": "who asked for them."}
ROWS = [
    ClauseRow("clause-presentation", "clause/news/reworded", NEWS, reworded("news", f"*{TEXT['news']}*"), TEXT),
    ClauseRow("clause-divided", "clause/news/reworded", NEWS, {**PARTS, **without("news")}, TEXT),
    ClauseRow("clause-divided", "clause/rest/removed", EVERYONE, TEXT, {**PARTS, **without("news")}),
    ClauseRow(
        "clause-spelling", "clause/news/reworded", NEWS, TEXT, reworded("news", TEXT["news"].replace("about", "abuot"))
    ),
    ClauseRow(
        "clause-qualified",
        "clause/news/reworded",
        NEWS,
        reworded("news", TEXT["news"].replace("all who", "whoever not")),
        TEXT,
        STATED_CHANGED,
    ),
    ClauseRow(
        "clause-qualified",
        "clause/nothing/reworded",
        EVERYONE,
        reworded("nothing", TEXT["nothing"].replace("so many", "9000")),
        TEXT,
    ),
    ClauseRow(
        "clause-of-elements",
        "clause/news/reworded",
        NEWS,
        reworded("news", TEXT["news"].replace("about", "concerning")),
        TEXT,
    ),
    ClauseRow("clause-of-elements", "clause/news/added", NEWS, TEXT, without("news")),
    ClauseRow("clause-of-elements", "clause/news/removed", NEWS, without("news"), TEXT),
    ClauseRow(
        "clause-told-by-elements",
        "clause/news/reworded",
        NEWS,
        reworded("news", TEXT["news"].replace("about", "concerning")),
        TEXT,
        STATED_CHANGED,
    ),
    ClauseRow("clause-told-by-elements", "clause/news/added", NEWS, TEXT, without("news"), STATED_CHANGED),
    ClauseRow(
        "clause-without-element",
        "clause/nothing/reworded",
        EVERYONE,
        reworded("nothing", TEXT["nothing"].replace("glad", "happy")),
        TEXT,
    ),
    ClauseRow("clause-without-element", "clause/nothing/removed", EVERYONE, without("nothing"), TEXT),
    ClauseRow("clause-moved", "clause/other/moved", EVERYONE, {"other": TEXT["other"], **TEXT}, TEXT),
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_each_change_of_a_clause_falls_under_its_rule(row: ClauseRow) -> None:
    before = STATING if "news" in row.before else altered("purposes", "news", clauses=())
    after = row.elements if "news" in row.after else altered("purposes", "news", elements=row.elements, clauses=())
    expect(row.rule, row.key, row.touch, written(row.before, before), written(row.after, after, 2))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("- 16", "- 18"),
        ("- Yes", "- No"),
        ("- Germany", "- Russia"),
        ("- 1.000 Euro", "- 5.000 Euro"),
        ("25. Mai", "30. Mai"),
        ("16. Users", "18. Users"),
    ],
)
def test_a_short_clause_of_which_nothing_stays_is_judged_as_reworded(old: str, new: str) -> None:
    before, after = (
        DataMap(a_revision(number), read_policy(f"# Policy\n\n{text}\n").policy, ESTATE)
        for number, text in enumerate((old, new), start=1)
    )
    assert [(change.rule, change.impact) for change in changes(before, after)] == [
        ("clause-qualified", Impact.INDIRECT)
    ]


def rules_between(old: str, new: str) -> set[tuple[str, Impact]]:
    frame = "# Policy\n\nIt begins here for all of us.\n\n{}\n\nIt ends here for all of them.\n"
    before, after = (
        DataMap(a_revision(number), read_policy(frame.format(text)).policy, ESTATE)
        for number, text in enumerate((old, new), start=1)
    )
    return {(change.rule, change.impact) for change in changes(before, after)}


KEPT = "We keep names of people. We may share them with Google! We never sell them."
LISTED = "We collect: names of users; email addresses; and the 3 last logs."
KEPT_APART = KEPT.replace(". ", ".\n\n", 1)
ITEMS = LISTED.replace("; ", "\n- ")
DIVIDED = [
    (KEPT, "We keep names of people.\n\nWe may share them with Google! We never sell them."),
    (KEPT, "We keep names of people.\n\nWe may share them with Google!\n\nWe never sell them."),
    (LISTED, "We collect:\n\n- names of users,\n- email addresses;\n- the 3 last logs"),
    (LISTED, "We collect:\n\n1. names of users;\n2. email addresses; and\n3. the 3 last logs."),
    ("a) users go; people stay", "a) users go;\n\nb) people stay"),
    # Several side by side, each between others that are divided.
    (
        f"{KEPT}\n\n{LISTED}\n\nWe go. We stay.",
        f"{KEPT_APART}\n\n- {ITEMS}\n- We go.\n- We stay.",
    ),
]
NOT_DIVIDED = [
    (KEPT, "We keep names of people.\n\nWe must share them with Google! We never sell them."),
    (KEPT, "We keep names of people.\n\nWe never sell them. We may share them with Google!"),
    (KEPT, "We keep names of people.\n\nWe may share them with Google!"),
    (KEPT, "We keep names of people.\n\nWe may share them with Google!\n\nNow and then.\n\nWe never sell them."),
    (LISTED, "We collect:\n\n- names of users\n- email addresses\n- or the 3 last logs"),
    ("users go; 30 people stay", "- users go\n- 60 people stay"),
    ("users go: users of ours", "users go:\n\n16\\. users of ours"),  # a number that counts nothing
    # Under another heading, or where nothing beside it is the same.
    (f"## Shared\n\n{KEPT}", f"## Not shared\n\n{KEPT_APART}"),
    (
        f"We share\n\n{LISTED}\n\nWe never share\n\nCookies of ours.",
        f"We share\n\nWe never share\n\n- {ITEMS}\n- Cookies of ours.",
    ),
    # Rows, of which each value has its column.
    ("users go far people stay here", "| users | go far |\n|---|---|\n| people | stay here |"),
]


@pytest.mark.parametrize(("old", "new"), DIVIDED)
def test_the_same_words_in_more_or_fewer_clauses_are_layout(old: str, new: str) -> None:
    assert rules_between(old, new) == rules_between(new, old) == {("clause-divided", Impact.NONE)}


@pytest.mark.parametrize(("old", "new"), NOT_DIVIDED)
def test_what_is_not_all_the_same_in_order_and_in_place_is_no_layout(old: str, new: str) -> None:
    for one, other in ((old, new), (new, old)):
        assert "clause-divided" not in {rule for rule, _ in rules_between(one, other)}


def test_what_is_divided_between_others_that_are_and_one_that_changed_is_layout() -> None:
    old, new = f"{KEPT}\n\n{LISTED}\n\nIt was so.", f"{KEPT_APART}\n\n- {ITEMS}\n\nThat is another thing."
    kept = {("clause-divided", Impact.NONE), ("clause-without-element", Impact.NONE)}
    assert rules_between(old, new) == rules_between(new, old) == kept


def test_a_clause_of_an_exception_states_its_rule() -> None:
    exception = replace(EXCEPTION, clauses=("news",))
    elements = altered("retention_rules", "short", exceptions=(exception,))
    old = written(TEXT, elements)
    (change,) = changes(old, written(reworded("news", TEXT["news"].replace("about", "concerning")), elements, 2))
    assert (change.rule, change.touch) == ("clause-of-elements", CONTACT)


def test_what_comes_along_with_a_reference_is_told_with_it_and_what_was_there_is_not() -> None:
    """A clause of a new safeguard is told where that protects a recipient; one of a category that a processing uses
    from now on says more than that."""
    vault = added("safeguards", a_safeguard("walls", clauses=("news",)))
    safe = written(TEXT, altered("recipients", "host", elements=vault, safeguards=("walls",)), 2)
    expect("clause-told-by-elements", "clause/news/added", EMAIL, written(without("news"), ESTATE), safe)

    stating = altered("data_categories", "contact", clauses=("news",))
    used = altered("processings", "desk-logs", elements=stating, categories=("logs", "contact"))
    again = written(reworded("news", TEXT["news"].replace("about", "concerning")), used, 2)
    at_desk = held_by("desk", "contact", "email")
    expect("clause-of-elements", "clause/news/reworded", CONTACT | at_desk, written(TEXT, stating), again)
