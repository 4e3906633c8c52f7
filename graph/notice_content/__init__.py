"""What one person is told of a revision: of all its changes those that touch them, each in exactly one item.

An item is what a person would count as one thing: a new recipient, with the countries it is in, what it is given and
for what, is one. What is said of it is taken from the maps, as far as it is about this person's holdings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from graph.changes import Change, Place, notifying
from graph.data_map import DataMap, all_elements
from graph.map_file.shape import kinds
from graph.model import Controller, MapElement, Recipient, RetentionRule
from graph.notice_content.actions import actions_of, actions_told, rights_by_action
from graph.notice_content.clauses import CitedClauses
from graph.notice_content.details import Details, named
from graph.notice_content.holdings import Names, Uses
from graph.notice_content.model import (
    Action,
    ActionKind,
    ControllerTold,
    Detail,
    DetailKind,
    Item,
    ItemKind,
    NoticeContent,
    PurposeTold,
    RecipientTold,
)
from graph.notice_content.topics import REWORDED, Topic, Topics
from graph.notices import Notice, NoticeKind


def content_of(notice: Notice, changes: Sequence[Change], old: DataMap, new: DataMap) -> NoticeContent:
    """What a notice says. For many notices of the same revision, make one `Contents`."""
    return Contents(changes, old, new).of(notice)


_GONE = frozenset({DetailKind.REMOVED, DetailKind.UNLINKED})


@dataclass(frozen=True, slots=True)
class _Told:
    """A change that people are told of. `topics`: what it may be told with, see `Topics`."""

    change: Change
    detail: Detail
    topics: tuple[Topic, ...]


class Contents:
    """All that can be said of the changes between two revisions, ready to be picked for one person after another.

    `changes` are all those of `graph.impact`, in its order; those without impact are told to nobody.
    """

    def __init__(self, changes: Sequence[Change], old: DataMap, new: DataMap) -> None:
        self._old, self._new = old, new
        self._topics = Topics(old, new)
        self._names = Names(old, new)
        self._clauses = CitedClauses(old, new, changes)
        self._rights = frozenset(rights_by_action(new))
        details = Details(old, new)
        self._told = [_Told(each, details.of(each), self._topics.of(each)) for each in notifying(tuple(changes))]
        self._for_everyone = frozenset(place for place, each in enumerate(self._told) if each.change.touch.everyone)
        self._by_place: dict[Place, list[int]] = {}
        self._by_purpose: dict[str, list[int]] = {}
        for number, each in enumerate(self._told):
            for place in each.change.touch.places:
                self._by_place.setdefault(place, []).append(number)
            for purpose in each.change.touch.purposes:
                self._by_purpose.setdefault(purpose, []).append(number)
        order = {kind.element.__name__: rank for rank, kind in enumerate(kinds())}
        self._ranks = {
            (label := type(element).__name__, element.key): (order[label], rank)
            for data_map in (old, new)
            for rank, element in enumerate(all_elements(data_map.elements))
        }

    @property
    def effective_at(self) -> datetime | None:
        """When the revision comes into force."""
        return self._new.revision.effective_at

    @property
    def language(self) -> str:
        """That of names and clauses."""
        return self._new.revision.language

    def is_in_force(self, notice: Notice) -> bool:
        """Whether the revision was in force when the notice was written."""
        effective_at = self._new.revision.effective_at
        return effective_at is not None and effective_at <= notice.created_at

    def of(self, notice: Notice) -> NoticeContent:
        """The same for notices with the same kind, places and purposes that are written on the same side of the time of
        coming into force."""
        is_withdrawn = notice.kind is NoticeKind.WITHDRAWAL
        items = self._items(notice)
        actions: tuple[Action, ...] = (Action(ActionKind.ASK),)
        if is_withdrawn:
            items = tuple(replace(item, actions=(ActionKind.ASK,)) for item in items)
        elif items:
            actions = actions_told(items, self._new)
        revision = self._new.revision
        is_in_force = self.is_in_force(notice)
        # Until it comes into force, the old policy says who answers.
        answering = self._new if is_in_force else self._old
        return NoticeContent(
            notice.kind,
            revision.number,
            self._old.revision.number,
            revision.language,
            revision.published_at,
            revision.effective_at,
            is_in_force,
            _controller(answering.elements.controller),
            items,
            actions,
        )

    # ---- which changes -----------------------------------------------------------------------------------------------

    def _items(self, notice: Notice) -> tuple[Item, ...]:
        places = self._touched(notice)
        purposes = {number for key in notice.purposes for number in self._by_purpose.get(key, ())}
        numbers = sorted(self._for_everyone | places.keys() | purposes)
        items = [
            self._item(topic, told, {number: places.get(number, []) for number in told}, notice)
            for topic, told in self._by_topic(numbers).items()
        ]
        return tuple(sorted(items, key=self._place_of_item))

    def _touched(self, notice: Notice) -> dict[int, list[Place]]:
        """The changes that touch the person's holdings, by number, each with where."""
        found: dict[int, list[Place]] = {}
        for place in notice.places:
            of_service = () if place.category is None else self._by_place.get(Place(place.service), ())
            for number in {*self._by_place.get(place, ()), *of_service}:
                found.setdefault(number, []).append(place)
        return found

    def _by_topic(self, numbers: Iterable[int]) -> dict[Topic, list[int]]:
        """The changes as items: first those that can be told in one way only, then what goes with them."""
        found: dict[Topic, list[int]] = {}
        waiting: list[int] = []
        for number in numbers:
            topics = self._told[number].topics
            if len(topics) == 1:
                found.setdefault(topics[0], []).append(number)
            else:
                waiting.append(number)
        clauses = [number for number in waiting if not self._told[number].topics]
        for number in waiting:
            if topics := self._told[number].topics:
                topic = next((each for each in topics if each in found), topics[-1])
                found.setdefault(topic, []).append(number)
        citing = [(topic, self._cited(told)) for topic, told in found.items()]
        for number in clauses:
            cited = self._cited([number])
            topic = next((each for each, theirs in citing if not cited.isdisjoint(theirs)), REWORDED)
            found.setdefault(topic, []).append(number)
        return found

    def _cited(self, numbers: Iterable[int]) -> frozenset[tuple[bool, str]]:
        """The keys of the clauses that state changes, each with whether it is the new policy's."""
        changes = [self._told[number].change for number in numbers]
        before = ((False, key) for each in changes for key in each.clauses_before)
        after = ((True, key) for each in changes for key in each.clauses_after)
        return frozenset((*before, *after))

    def _place_of_item(self, item: Item) -> tuple[int, bool, int, int]:
        about = item.about
        rank = (0, 0) if about is None else self._ranks[about.label, about.key]
        return -item.impact.rank, about is None, *rank

    # ---- one item ----------------------------------------------------------------------------------------------------

    def _item(
        self, topic: Topic, numbers: Sequence[int], places: Mapping[int, Sequence[Place]], notice: Notice
    ) -> Item:
        told = [self._told[number] for number in sorted(numbers)]
        before, after = self._topics.find(topic)
        element = before if after is None else after
        touched = dict.fromkeys(place for number in numbers for place in places[number])
        decided = {key for each in told for key in each.change.touch.purposes}.intersection(notice.purposes)
        # What goes is as the old policy has it.
        is_gone = after is None or all(each.detail.kind in _GONE for each in told)
        uses = Uses(self._old if is_gone else self._new, tuple(touched))
        recipients, purposes = self._parts(topic, element, uses, told)
        impact = max((each.change.impact for each in told), key=lambda impact: impact.rank)
        return Item(
            topic.kind,
            impact,
            None if element is None else named(element),
            _description(element),
            self._names.fold(touched),
            self._names.purposes(decided),
            recipients,
            purposes,
            tuple(
                replace(self._told[number].detail, holdings=self._names.fold(places[number]))
                for number in sorted(numbers)
            ),
            self._clauses.told(
                (key for each in told for key in each.change.clauses_before),
                (key for each in told for key in each.change.clauses_after),
            ),
            actions_of(topic.kind, impact, purposes, self._rights, concerns_data=bool(touched or decided)),
        )

    @staticmethod
    def _parts(
        topic: Topic, element: MapElement | None, uses: Uses, told: Sequence[_Told]
    ) -> tuple[tuple[RecipientTold, ...], tuple[PurposeTold, ...]]:
        """The recipients and purposes that play a part in an item."""
        key = topic.key
        match topic.label:
            case "Recipient":
                assert isinstance(element, Recipient)
                facts = [each.detail.of.key for each in told if each.detail.of and each.detail.of.label == "Disclosure"]
                paths = [path for path in uses.paths if path.recipient.key == key]
                if len(facts) == len(told):
                    # What is more, or less, for one purpose says nothing of the others.
                    paths = [path for path in paths if path.disclosure.key in facts]
                return (uses.recipient(element, paths),), uses.purposes({path.purpose.key for path in paths})
            case "Country":
                paths = [path for path in uses.paths if key in path.recipient.countries]
                return uses.recipients(paths), uses.purposes({path.purpose.key for path in paths})
            case "DisclosureCase":
                return uses.recipients(path for path in uses.paths if path.case.key == key), ()
            case "Safeguard":
                return uses.recipients(path for path in uses.paths if key in path.recipient.safeguards), ()
            case "Purpose":
                paths = [path for path in uses.paths if path.purpose.key == key]
                is_new = topic.kind is ItemKind.PURPOSE_ADDED
                return uses.recipients(paths) if is_new else (), uses.purposes({key})
            case "DataCategory":
                return _of_category(key, uses)
            case "RetentionRule":
                return (), uses.purposes({each.purpose for each in uses.processings if each.retention == key})
            case "Source":
                return (), uses.purposes({each.purpose for each in uses.processings if each.source == key})
            case _:
                return (), ()


def _of_category(key: str, uses: Uses) -> tuple[tuple[RecipientTold, ...], tuple[PurposeTold, ...]]:
    """Who may receive a category of the services where the person is, and what it is used for there."""
    services = {place.service for place in uses.places} or set(uses.data_map.services)
    own = Uses(uses.data_map, tuple(Place(service, key) for service in uses.data_map.services if service in services))
    if not own.places:
        return (), ()
    return own.recipients(own.paths), own.purposes({each.purpose for each in own.processings})


def _description(element: MapElement | None) -> str:
    if isinstance(element, RetentionRule):
        return element.criterion
    description: str = getattr(element, "description", "")
    return description


def _controller(controller: Controller) -> ControllerTold:
    return ControllerTold(controller.name, controller.email, controller.website, controller.answers_within)
