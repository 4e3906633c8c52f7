"""Terms and their definitions -> items `term: definition`."""

from __future__ import annotations

from collections.abc import Sequence

from graph.policy_import.blocks import BREAK, Block, Code, Heading, Inline, Item, ItemList, Paragraph, Quote, Run
from graph.policy_import.runs import in_one_line, joined, lines_of


def defined(parts: Sequence[tuple[bool, Sequence[Block]]]) -> list[Item]:
    """`parts` are blocks in their order, each with whether it is a term. Several terms share the definition after them;
    further definitions stand below the first."""
    items: list[Item] = []
    terms: list[Inline] = []
    key: str | None = None
    for is_term, blocks in parts:
        if is_term:
            terms += [line for line in map(one_line, blocks) if line]
            key = key or next((block.key for block in blocks if isinstance(block, Paragraph)), None)
        elif terms:
            items.append(_item(in_one_line(terms, ","), key, blocks))
            terms, key = [], None
        elif items:
            items[-1] = Item((*items[-1].blocks, *blocks))
        else:
            items.append(Item(tuple(blocks)))
    if terms:
        items.append(Item((Paragraph(in_one_line(terms, ","), key),)))
    return items


def _item(term: Inline, key: str | None, blocks: Sequence[Block]) -> Item:
    first = blocks[0]
    if not isinstance(first, Paragraph):
        return Item((Paragraph(joined([*term, Run(":")]), key), *blocks))
    text = in_one_line([term, first.text if BREAK not in first.text else one_line(first)], ":")
    return Item((Paragraph(text, first.key or key), *blocks[1:]))


def one_line(block: Block) -> Inline:
    """What a block says, where there is one line for it."""
    match block:
        case Paragraph() | Heading():
            return in_one_line([line for lines in lines_of(block.text) for line in lines], "")
        case ItemList():
            return in_one_line([line for item in block.items for line in map(one_line, item.blocks) if line], ";")
        case Quote():
            return in_one_line([line for line in map(one_line, block.blocks) if line], "")
        case Code():
            return joined([Run(block.text)])
        case _:
            return in_one_line([cell for row in block.rows for cell in row.cells if cell], "")
