"""The numbers of lists that are text: Markdown takes "25. May 2018" at the beginning of a line for an item. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from markdown_it.token import Token

from graph.clauses.numbering import are_text, counts_on


@dataclass(slots=True)
class _List:
    """`items`: where each opens, the number that it has in the source, and the words that it begins with."""

    items: list[tuple[int, int, list[str]]] = field(default_factory=list)
    goes_on: bool = False

    @property
    def is_text(self) -> bool:
        return are_text(self.items[0][1], [words for _, _, words in self.items], goes_on=self.goes_on)


def numbers_in_text(tokens: Sequence[Token]) -> Mapping[int, str]:
    """What stands before the text of an item, by the place of the token that opens it, for those whose number is text:
    see `are_text`. Lists of the same list item, quote or text may go on, whatever stands between."""
    lists: dict[int, list[_List]] = defaultdict(list)
    open_lists: list[_List | None] = []
    containers = [-1]
    for at, token in enumerate(tokens):
        match token.type:
            case "ordered_list_open":
                open_lists.append(_List())
            case "bullet_list_open":
                open_lists.append(None)
            case "ordered_list_close" | "bullet_list_close":
                ended = open_lists.pop()
                if ended is not None:
                    lists[containers[-1]].append(ended)
            case "list_item_open":
                containers.append(at)
                numbered = open_lists[-1]
                if numbered is not None:
                    numbered.items.append((at, int(token.info), _first_words(tokens, at)))
            case "blockquote_open":
                containers.append(at)
            case "list_item_close" | "blockquote_close":
                containers.pop()
    found: dict[int, str] = {}
    for beside in lists.values():
        for one, other in pairwise(beside):
            if counts_on(one.items[-1][1], other.items[0][1]):
                one.goes_on = other.goes_on = True
        found |= {
            at: f"{number}\\{tokens[at].markup}" for each in beside if each.is_text for at, number, _ in each.items
        }
    return found


def items_without_text(tokens: Sequence[Token]) -> list[int]:
    """Those of `numbers_in_text` that nothing follows: a year at a sentence's end may stand on a line of its own."""
    return [at for at in numbers_in_text(tokens) if tokens[at + 1].type == "list_item_close"]


def _first_words(tokens: Sequence[Token], at: int) -> list[str]:
    is_text = tokens[at + 1].type == "paragraph_open"
    return tokens[at + 2].content.split(maxsplit=2) if is_text else []
