"""Made-up notices that have everything that a notice may have: with them templates are tried when they are read."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from graph.changes import Impact, Words, WordsKind
from graph.model import Adequacy, CaseCondition, LegalBasis, RecipientKind
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

_SERVICE = Named("Service", "shop", "Shop")
_CATEGORY = Named("DataCategory", "email", "Email address")
_HOLDINGS = (Holdings((_SERVICE,), (_CATEGORY,)), Holdings((_SERVICE,), ()))
_CLAUSE = ClauseText("section.p1", "1.1", "What the clause says now.")
_CLAUSES = (
    ClauseTold(
        replace(_CLAUSE, text="What the clause said."),
        _CLAUSE,
        (
            Words(WordsKind.SAME, "What the clause "),
            Words(WordsKind.REMOVED, "said"),
            Words(WordsKind.ADDED, "says now"),
            Words(WordsKind.SAME, "."),
        ),
    ),
    ClauseTold(None, _CLAUSE),
    ClauseTold(_CLAUSE, None),
    ClauseTold(_CLAUSE, _CLAUSE),
)
_RECIPIENTS = tuple(
    RecipientTold(
        key,
        name,
        RecipientKind.PROCESSOR,
        "Email sending",
        "A company.",
        tuple(CountryTold(each.value, "A country", each) for each in Adequacy),
        (Named("Safeguard", "contract", "A contract"),),
        (Named("Recipient", "other", "Another company"),),
        (CaseTold("case", "A case", CaseCondition.EVENT),),
        identifiable=False,
    )
    for key, name in (("company", "Example Ltd"), ("unnamed", None))
)
_PURPOSES = (
    PurposeTold("messages", "Messages", "", (LegalBasis.CONSENT,), True),
    PurposeTold("service", "Service", "", tuple(LegalBasis), False),
)
_DETAILS = (
    Detail("1", DetailKind.ADDED, Impact.DIRECT, Named("Disclosure", "d", None), holdings=_HOLDINGS),
    Detail("2", DetailKind.REMOVED, Impact.DIRECT, Named("Country", "CY", "Cyprus")),
    Detail("3", DetailKind.ALTERED, Impact.DIRECT, Named("Purpose", "p", "P"), "legal_basis", "CONSENT", "CONTRACT"),
    Detail("4", DetailKind.LINKED, Impact.DIRECT, Named("Recipient", "r", "R"), "LOCATED_IN", None, "Cyprus"),
    Detail("5", DetailKind.REWORDED, Impact.DIRECT),
)


def _item(kind: ItemKind) -> Item:
    about = None if kind is ItemKind.POLICY_REWORDED else Named("Recipient", "company", "Example Ltd")
    return Item(
        kind,
        Impact.DIRECT,
        about,
        "What it is.",
        _HOLDINGS,
        (),
        _RECIPIENTS,
        _PURPOSES,
        _DETAILS,
        _CLAUSES,
        (*ActionKind,),
    )


_FULL = NoticeContent(
    NoticeKind.REVISION,
    2,
    1,
    "en",
    datetime(2026, 11, 20, 9, tzinfo=UTC),
    datetime(2027, 1, 1, tzinfo=UTC),
    False,
    ControllerTold("Example Ltd", "privacy@example.com", "https://example.com", "one month"),
    (
        *(_item(kind) for kind in ItemKind),
        replace(_item(ItemKind.COUNTRY_CHANGED), about=Named("Country", "CY", "Cyprus"), impact=Impact.INDIRECT),
        replace(_item(ItemKind.PURPOSE_ADDED), about=Named("Purpose", "messages", "Messages")),
        replace(_item(ItemKind.RIGHT_CHANGED), holdings=(), decisions=(), recipients=(), purposes=()),
    ),
    tuple(
        Action(kind, Named("Right", "right", "A right"), "What it is.", "When.", "Except.", "How.", (), (_CLAUSE,))
        for kind in ActionKind
    ),
)

#: As full, and as empty, as a notice of each kind can be.
SAMPLES: tuple[NoticeContent, ...] = (
    _FULL,
    replace(_FULL, is_in_force=True),
    replace(_FULL, items=(), actions=(), effective_at=None, published_at=None),
    replace(_FULL, kind=NoticeKind.WITHDRAWAL),
    replace(_FULL, kind=NoticeKind.WITHDRAWAL, items=(), actions=(), effective_at=None, published_at=None),
)
