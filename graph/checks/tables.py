"""The tables of a policy, and which clauses are neighbours in a list or table. Pure."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from itertools import takewhile
from typing import TypeAlias

from markdown_it.token import Token

from graph.clauses import parse_policy
from graph.clauses.words import shown_text
from graph.model import Clause, ClauseKind, Policy

Row = tuple[Clause, Sequence[str]]
"""Its cells are as a reader sees them."""


PolicyTables: TypeAlias = list[list[Row]] | None
"""The rows of each table, the head first; without the head where that is empty, for what says nothing is no clause.
None where the policy's clauses are not those of its text."""


def tables_of(policy: Policy) -> PolicyTables:
    """Takes as long as to read the policy again.

    Read from the text: in a clause, a bar that is text looks like one between cells, and two tables may follow one
    another without a word between.
    """
    if not any(clause.kind is ClauseKind.TABLE_ROW for clause in policy.clauses):
        return []
    text = parse_policy(policy.markdown)
    if len(text.pieces) != len(policy.clauses):
        return None
    starts = [at for at, token in enumerate(text.tokens) if token.type == "table_open"]
    tables: dict[int, list[Row]] = {}
    for clause, piece in zip(policy.clauses, text.pieces, strict=True):
        if piece.kind is ClauseKind.TABLE_ROW:
            rows = tables.setdefault(bisect(starts, piece.opener), [])
            rows.append((clause, _cells(text.tokens, piece.opener)))
    return list(tables.values())


def table_heads(policy: Policy, tables: PolicyTables) -> set[str]:
    """The keys of the first rows of tables, as `tables_of` the policy read them; where it could not, of rows with
    no row before."""
    if tables is not None:
        return {head.key for (head, _), *_ in tables}
    return {items[0].key for items in _runs(policy, set()) if items[0].kind is ClauseKind.TABLE_ROW}


def neighbours(policy: Policy, heads: set[str]) -> list[list[Clause]]:
    """The items of each list, and the rows of each table but its head, which is among `heads`. What is said between two
    lists parts them; what stands below an item does not part it from the next."""
    return [[each for each in items if each.key not in heads] for items in _runs(policy, heads)]


def _runs(policy: Policy, heads: set[str]) -> list[list[Clause]]:
    runs: list[list[Clause]] = []
    last: dict[str | None, list[Clause]] = {}  # by what it is part of
    for clause in policy.clauses:
        run = last.get(clause.part_of)
        if run is None or run[0].kind is not clause.kind or clause.key in heads:
            run = last[clause.part_of] = []
            runs.append(run)
        run.append(clause)
    return [run for run in runs if run[0].kind in (ClauseKind.LIST_ITEM, ClauseKind.TABLE_ROW)]


def _cells(tokens: Sequence[Token], opener: int) -> list[str]:
    row = takewhile(lambda token: token.type != "tr_close", (tokens[at] for at in range(opener, len(tokens))))
    return [shown_text(token.children or ()) for token in row if token.type == "inline"]
