"""What a person can do about a change: what the policy grants, and the law makes of it here."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping

from graph.changes import Impact
from graph.data_map import DataMap
from graph.model import OPEN_TO_OBJECTION, LegalBasis, Right
from graph.notice_content.clauses import clause_text
from graph.notice_content.model import Action, ActionKind, Item, ItemKind, Named, PurposeTold

#: The articles of the GDPR by which a right of the map is recognised as the one to do something.
ARTICLES: Mapping[ActionKind, str] = {
    ActionKind.OBJECT: "21",
    ActionKind.WITHDRAW_CONSENT: "7",
    ActionKind.RESTRICT: "18",
    ActionKind.EXPORT: "20",
    ActionKind.DELETE: "17",
}
# What ends needs no objection.
_ENDED = frozenset(kind for kind in ItemKind if kind.value.endswith("_REMOVED"))
_ARTICLE = re.compile(r"(?<![\d(])\d+")


def rights_by_action(data_map: DataMap) -> Mapping[ActionKind, Right]:
    """Which of the map's rights each action is of, the first where there are several."""
    found: dict[ActionKind, Right] = {}
    for right in data_map.elements.rights:
        articles = set(_ARTICLE.findall(right.article))
        for kind, article in ARTICLES.items():
            if article in articles:
                found.setdefault(kind, right)
    return found


def actions_of(
    kind: ItemKind,
    impact: Impact,
    purposes: Collection[PurposeTold],
    rights: Collection[ActionKind],
    *,
    concerns_data: bool,
) -> tuple[ActionKind, ...]:
    """What can be done about an item, in the order of the enumeration: to ask, always; against a DIRECT change what the
    policy grants, as far as it helps.

    To object helps where data is used on a basis open to objection, or for direct marketing; to withdraw consent where
    it is used on consent; to have it restricted where the change is about the person's own data.
    """
    found = {ActionKind.ASK}
    if impact is Impact.DIRECT:
        found |= {ActionKind.EXPORT, ActionKind.DELETE}
        if concerns_data:
            found.add(ActionKind.RESTRICT)
        if kind not in _ENDED:
            found |= {each for each in (ActionKind.OBJECT, ActionKind.WITHDRAW_CONSENT) if any(_helped(each, purposes))}
    return tuple(each for each in ActionKind if each in found and (each in rights or each is ActionKind.ASK))


def actions_told(items: Iterable[Item], data_map: DataMap) -> tuple[Action, ...]:
    """How to do what can be done about any of the items, each action once, in the order of the enumeration."""
    purposes: dict[ActionKind, dict[str, PurposeTold]] = {}
    for item in items:
        for kind in item.actions:
            purposes.setdefault(kind, {}).update({each.key: each for each in _helped(kind, item.purposes)})
    rights = rights_by_action(data_map)
    order = list(data_map.purposes)
    found = [Action(ActionKind.ASK)] if ActionKind.ASK in purposes else []
    for kind, right in rights.items():
        if kind in purposes:
            told = sorted(purposes[kind], key=lambda key: order.index(key) if key in data_map.purposes else len(order))
            found.append(_action(kind, right, [purposes[kind][key] for key in told], data_map))
    return tuple(sorted(found, key=lambda each: list(ActionKind).index(each.kind)))


def _action(kind: ActionKind, right: Right, purposes: Iterable[PurposeTold], data_map: DataMap) -> Action:
    return Action(
        kind,
        Named("Right", right.key, right.name),
        right.description,
        right.conditions,
        right.exceptions,
        right.how,
        tuple(Named("Purpose", each.key, each.name) for each in purposes),
        tuple(clause_text(each) for each in data_map.clauses_of(right.clauses)),
    )


def _helped(kind: ActionKind, purposes: Iterable[PurposeTold]) -> Iterator[PurposeTold]:
    """The purposes against which an action helps by its nature."""
    for each in purposes:
        match kind:
            case ActionKind.OBJECT:
                if each.direct_marketing or not OPEN_TO_OBJECTION.isdisjoint(each.legal_bases):
                    yield each
            case ActionKind.WITHDRAW_CONSENT:
                if LegalBasis.CONSENT in each.legal_bases:
                    yield each
