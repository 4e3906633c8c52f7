"""What notices say, made up: by hand from the samples, and generated."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from graph.changes import Impact
from graph.clauses.words import text_of, word_differences
from graph.model import Adequacy, CaseCondition, Clause, ClauseKind, LegalBasis, RecipientKind
from graph.notice_content.model import (
    Action,
    ActionKind,
    CaseTold,
    ClauseText,
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
    RecipientTold,
)
from graph.notices import NoticeKind
from server.notify.samples import SAMPLES

SHOP = Named("Service", "shop", "Shop")
EMAIL = Named("DataCategory", "email", "Email address")
AT_SHOP = (Holdings((SHOP,), (EMAIL,)),)


def a_content(*items: Item, **over: Any) -> NoticeContent:
    """A revision of 20 November 2026, in force from 1 January 2027, with nothing but `items` in it."""
    return replace(SAMPLES[0], items=items, actions=(), **over)


def an_item(kind: ItemKind = ItemKind.RETENTION_CHANGED, **over: Any) -> Item:
    """Of everybody alike, about an element with the name "Thing", with nothing more said of it."""
    about = None if kind is ItemKind.POLICY_REWORDED else Named("Measure", "thing", "Thing")
    return replace(Item(kind, Impact.DIRECT, about, "", (), (), (), (), (), (), ()), **over)


def a_recipient_told(name: str | None = "Example Ltd", **over: Any) -> RecipientTold:
    return replace(RecipientTold("example", name, RecipientKind.PROCESSOR, "Email sending", "", (), ()), **over)


def a_clause_text(text: str = "What it says.", number: str = "1.1", key: str = "a.clause") -> ClauseText:
    return ClauseText(key, number, text)


def reworded(before: str, after: str) -> ClauseTold:
    old, new = (Clause("a.clause", "1.1", ClauseKind.PARAGRAPH, each) for each in (before, after))
    return ClauseTold(a_clause_text(text_of(old)), a_clause_text(text_of(new)), word_differences(old, new))


# ---- generated -------------------------------------------------------------------------------------------------------

# What Markdown makes something of is left to the tests of clauses.
_CLAUSE = st.text("abcé漢 .,;<>&\"'-0123456789", min_size=1, max_size=400).map(lambda text: " ".join(text.split()))
_ODD = ("<script>alert(1)</script>", '" onload="x', "'--><img src=x>", "{{ 7 * 7 }}", "{% raw %}", "a  b", "R&amp;D")
texts = st.sampled_from(_ODD) | st.text("ab <>&\"'{}%é漢-/", min_size=1, max_size=90).filter(str.strip)
_moments = st.integers(0, 10**10).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


def _few(element: st.SearchStrategy[Any], most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(element, max_size=most).map(tuple)


def _named(label: str) -> st.SearchStrategy[Named]:
    return st.builds(Named, st.just(label), st.just("key"), texts)


_clauses = st.builds(reworded, _CLAUSE.filter(bool), _CLAUSE.filter(bool)).flatmap(
    lambda told: st.sampled_from(
        (told, replace(told, before=None, words=()), replace(told, after=None, words=()), replace(told, words=()))
    )
)
_holdings = st.builds(
    Holdings, st.lists(_named("Service"), min_size=1, max_size=14).map(tuple), _few(_named("DataCategory"), 15)
)
_recipients = st.builds(
    RecipientTold,
    st.just("key"),
    st.none() | texts,
    st.sampled_from(RecipientKind),
    texts,
    texts,
    _few(st.builds(CountryTold, st.just("CY"), texts, st.sampled_from(Adequacy))),
    _few(_named("Safeguard")),
    _few(st.builds(Named, st.just("Recipient"), st.just("key"), st.none() | texts)),
    _few(st.builds(CaseTold, st.just("case"), texts, st.sampled_from(CaseCondition))),
    st.booleans(),
)
_purposes = st.builds(PurposeTold, st.just("key"), texts, texts, _few(st.sampled_from(LegalBasis)), st.booleans())
_details = st.one_of(
    st.builds(Detail, texts, st.sampled_from((DetailKind.LINKED, DetailKind.UNLINKED)), st.just(Impact.DIRECT),
              _named("Recipient"), st.just("LOCATED_IN"), st.none() | texts, st.none() | texts),
    st.builds(Detail, texts, st.just(DetailKind.ALTERED), st.just(Impact.DIRECT), _named("Right"),
              st.sampled_from(("name", "description", "exceptions", "exceptions.some", "how")), st.none() | texts,
              st.none() | texts),
    st.builds(Detail, texts, st.sampled_from((DetailKind.ADDED, DetailKind.REMOVED)), st.just(Impact.DIRECT),
              _named("Country") | _named("Disclosure") | _named("Processing"), holdings=_few(_holdings, 2)),
)  # fmt: skip


@st.composite
def _items(draw: st.DrawFn) -> Item:
    kind = draw(st.sampled_from(ItemKind))
    label = draw(st.sampled_from(("Recipient", "Country", "Purpose", "DataCategory", "Right")))
    recipients = draw(_few(_recipients))
    about = None if kind is ItemKind.POLICY_REWORDED else draw(_named(label))
    if about and about.label == "Recipient":
        recipients = (draw(_recipients),)
        about = replace(about, name=recipients[0].name)
    return Item(
        kind,
        draw(st.sampled_from((Impact.DIRECT, Impact.INDIRECT))),
        about,
        draw(texts),
        draw(_few(_holdings, 2)),
        draw(_few(_named("Purpose"))),
        recipients,
        draw(_few(_purposes)),
        draw(_few(_details)),
        draw(_few(_clauses, 4)),
        (),
    )


_actions = st.builds(
    Action,
    st.sampled_from(ActionKind),
    _named("Right"),
    *(texts, texts, texts, st.just("") | texts),
    _few(_named("Purpose")),
    _few(st.builds(a_clause_text)),
)

#: Of any kind, about anything, in words that HTML and templates could take for their own.
contents: st.SearchStrategy[NoticeContent] = st.builds(
    NoticeContent,
    st.sampled_from(NoticeKind),
    st.integers(2, 9),
    st.just(1),
    st.sampled_from(("en", "de", "fr-CH", "x-none")),
    st.none() | _moments,
    st.none() | _moments,
    st.booleans(),
    st.builds(ControllerTold, texts, st.just("privacy@example.com"), st.just("https://example.com"), texts),
    _few(_items(), 3),
    _few(_actions, 3),
)
