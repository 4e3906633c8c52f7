"""The lists of a page: items, and terms with their definitions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from graph.policy_import.blocks import Block, Heading, ItemList
from graph.policy_import.definitions import defined
from graph.policy_import.gathering import DEEPEST, OF_LIST, Close, Flow, Gathering, number_of
from graph.policy_import.html_styles import Attributes, google_list_level
from graph.policy_import.items import Levelled, nested


@dataclass(slots=True)
class _List:
    is_numbered: bool
    number: int
    level: int | None
    stray: Flow
    items: list[Levelled] = field(default_factory=list)


@dataclass(slots=True)
class _Glossary:
    stray: Flow
    parts: list[tuple[bool, list[Block]]] = field(default_factory=list)


class Lists(Gathering):
    def _start_lists(self) -> None:
        self._lists: list[_List] = []
        self._glossaries: list[_Glossary] = []

    def _list(self, tag: str, attributes: Attributes) -> Close:
        if self._nesting + OF_LIST > DEEPEST:
            return self._paragraph("div", attributes)
        self._flush()
        self._nesting += OF_LIST
        found = _List(tag == "ol", number_of(attributes.get("start"), 1), google_list_level(attributes), Flow())
        self._lists.append(found)
        self._flows.append(found.stray)

        def close() -> None:
            self._take_stray(found)
            self._flows.pop()
            self._lists.pop()
            self._nesting -= OF_LIST
            self._flow.blocks += _as_list(found)

        return close

    def _item(self, attributes: Attributes) -> Close:
        found = self._lists[-1] if self._lists and self._flow is self._lists[-1].stray else None
        if found is None and self._nesting + OF_LIST > DEEPEST:
            return self._paragraph("div", attributes)
        if found is None:
            # An item outside of any list: one of a list of its own.
            self._flush()
            around = self._list("ul", {})
            inner = self._item(attributes)

            def close_both() -> None:
                inner()
                around()

            return close_both
        self._take_stray(found)
        found.number = number_of(attributes.get("value"), found.number)
        self._open_flow(attributes)

        def close() -> None:
            blocks = self._ended()
            self._flows.pop()
            if blocks:
                self._append(found, blocks)

        return close

    def _take_stray(self, found: _List) -> None:
        """What stands in a list but in none of its items belongs to the item before it, or is one."""
        self._flush()
        blocks = nested(found.stray.blocks, (DEEPEST - self._nesting) // OF_LIST)
        found.stray.blocks = []
        if blocks and found.items and all(isinstance(block, ItemList) for block in blocks):
            last = found.items[-1]
            found.items[-1] = replace(last, blocks=(*last.blocks, *blocks))
        elif blocks:
            self._append(found, blocks)

    def _append(self, found: _List, blocks: Sequence[Block]) -> None:
        number = found.number if found.is_numbered else None
        found.items.append(Levelled(found.level or 0, number, tuple(blocks)))
        found.number += 1

    def _glossary(self) -> Close:
        if self._nesting + OF_LIST > DEEPEST:
            return self._paragraph("div", {})
        self._flush()
        self._nesting += OF_LIST
        found = _Glossary(Flow())
        self._flows.append(found.stray)
        self._glossaries.append(found)

        def close() -> None:
            self._take_stray_definition()
            self._flows.pop()
            self._nesting -= OF_LIST
            items = defined(self._glossaries.pop().parts)
            if items:
                self._flow.blocks.append(ItemList(tuple(items)))

        return close

    def _definition(self, is_term: bool, attributes: Attributes) -> Close:
        found = self._glossaries[-1] if self._glossaries else None
        if found is None or self._flow is not found.stray:
            return self._paragraph("div", attributes)
        self._take_stray_definition()
        self._open_flow(attributes)

        def close() -> None:
            blocks = self._ended()
            self._flows.pop()
            if blocks:
                found.parts.append((is_term, blocks))

        return close

    def _take_stray_definition(self) -> None:
        blocks = self._ended()
        self._flow.blocks = []
        if blocks:
            self._glossaries[-1].parts.append((False, blocks))


def _as_list(found: _List) -> Sequence[Block | Levelled]:
    """A list as blocks: one whose items all begin with a heading is none, but sections."""
    if found.items and all(isinstance(item.blocks[0], Heading) for item in found.items):
        return [block for item in found.items for block in item.blocks]
    if found.level is not None:
        return found.items
    return nested([replace(item, level=0) for item in found.items], 1)
