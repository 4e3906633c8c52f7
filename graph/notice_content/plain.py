"""What a notice says, as JSON."""

from __future__ import annotations

from datetime import datetime

from graph.notice_content.model import (
    Action,
    ClauseText,
    ClauseTold,
    Detail,
    Holdings,
    Item,
    Named,
    NoticeContent,
    PurposeTold,
    RecipientTold,
)


def content_as_plain(content: NoticeContent) -> dict[str, object]:
    """The content as JSON has it: fields by their names, enumerations as words, times in ISO 8601. docs/notices.md
    describes it, and it is only ever added to."""
    return {
        "kind": content.kind.value,
        "revision": content.revision,
        "base": content.base,
        "language": content.language,
        "published_at": _time(content.published_at),
        "effective_at": _time(content.effective_at),
        "is_in_force": content.is_in_force,
        "controller": {
            "name": content.controller.name,
            "email": content.controller.email,
            "website": content.controller.website,
            "answers_within": content.controller.answers_within,
        },
        "items": [_item(each) for each in content.items],
        "actions": [_action(each) for each in content.actions],
    }


def _time(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat().replace("+00:00", "Z")


def _item(item: Item) -> dict[str, object]:
    return {
        "key": item.key,
        "kind": item.kind.value,
        "impact": item.impact.value,
        "about": None if item.about is None else _named(item.about),
        "description": item.description,
        "holdings": [_holdings(each) for each in item.holdings],
        "decisions": [_named(each) for each in item.decisions],
        "recipients": [_recipient(each) for each in item.recipients],
        "purposes": [_purpose(each) for each in item.purposes],
        "details": [_detail(each) for each in item.details],
        "clauses": [_clause(each) for each in item.clauses],
        "actions": [each.value for each in item.actions],
    }


def _named(named: Named) -> dict[str, object]:
    return {"label": named.label, "key": named.key, "name": named.name}


def _holdings(holdings: Holdings) -> dict[str, object]:
    return {
        "services": [_named(each) for each in holdings.services],
        "categories": [_named(each) for each in holdings.categories],
    }


def _recipient(told: RecipientTold) -> dict[str, object]:
    return {
        "key": told.key,
        "name": told.name,
        "kind": told.kind.value,
        "function": told.function,
        "description": told.description,
        "countries": [{"key": each.key, "name": each.name, "adequacy": each.adequacy.value} for each in told.countries],
        "safeguards": [_named(each) for each in told.safeguards],
        "via": [_named(each) for each in told.via],
        "cases": [{"key": each.key, "name": each.name, "condition": each.condition.value} for each in told.cases],
        "identifiable": told.identifiable,
    }


def _purpose(told: PurposeTold) -> dict[str, object]:
    return {
        "key": told.key,
        "name": told.name,
        "description": told.description,
        "legal_bases": [each.value for each in told.legal_bases],
        "direct_marketing": told.direct_marketing,
    }


def _detail(detail: Detail) -> dict[str, object]:
    return {
        "change": detail.change,
        "kind": detail.kind.value,
        "impact": detail.impact.value,
        "of": None if detail.of is None else _named(detail.of),
        "attribute": detail.attribute,
        "before": detail.before,
        "after": detail.after,
        "holdings": [_holdings(each) for each in detail.holdings],
    }


def _clause(told: ClauseTold) -> dict[str, object]:
    return {
        "before": None if told.before is None else _clause_text(told.before),
        "after": None if told.after is None else _clause_text(told.after),
        "is_changed": told.is_changed,
        "words": [{"kind": each.kind.value, "text": each.text} for each in told.words],
    }


def _clause_text(text: ClauseText) -> dict[str, object]:
    return {"key": text.key, "number": text.number, "text": text.text}


def _action(action: Action) -> dict[str, object]:
    return {
        "kind": action.kind.value,
        "right": None if action.right is None else _named(action.right),
        "description": action.description,
        "conditions": action.conditions,
        "exceptions": action.exceptions,
        "how": action.how,
        "purposes": [_named(each) for each in action.purposes],
        "clauses": [_clause_text(each) for each in action.clauses],
    }
