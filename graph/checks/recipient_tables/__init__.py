"""The tables of a policy that name recipients: who, for what, in which countries. Pure.

Which tables these are is told by their heads (`heads`), in English, German, French and Russian. Cells are read as a
reader sees them: without marks, with the text of links.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from graph.checks.recipient_tables.companies import companies_in
from graph.checks.recipient_tables.heads import Columns, columns_of, is_about_others, two_rows_as_head, unknown_columns
from graph.checks.recipient_tables.names import CompanyName, has_form, split_outside_brackets
from graph.checks.tables import PolicyTables, Row


@dataclass(frozen=True, slots=True)
class RecipientRow:
    """What a row says of one company; a row that names several has one of these for each.

    `clause` is the row's key; `company` is what the `name` is compared by. `where` is the cell on countries, None where
    the table has none. `is_bare`: nothing but a name without a legal form is said, which may then be a heading among
    the rows. `unclear`, of the first row of a cell, is what stands there beside the names and may be others.
    """

    clause: str
    name: str
    company: CompanyName
    function: str
    where: str | None
    is_bare: bool = False
    unclear: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RecipientTable:
    """`head` is the key of its first row."""

    head: str
    rows: tuple[RecipientRow, ...]


@dataclass(frozen=True, slots=True)
class UnclearTable:
    """One whose head may not tell all. `columns` are the cells of those that it may not tell of: where the table
    `is_read`, though without countries, of those with unknown headings; otherwise of all. `head` is as above."""

    head: str
    is_read: bool
    columns: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Tables:
    """Of a policy, in reading order. What is about something else, such as cookies, is in neither."""

    read: tuple[RecipientTable, ...] = ()
    unclear: tuple[UnclearTable, ...] = ()


def recipient_tables(tables: PolicyTables) -> Tables:
    """None where the policy's clauses are not those of its text. `tables`: as `tables_of` the policy read them."""
    read = []
    unclear = []
    for table in tables or ():
        (head, _), *_ = table
        cells, rows = _head_and_rows(table)
        columns = columns_of(cells)
        # Where a table is long, its head may be repeated.
        others = [(clause, each) for clause, each in rows if each not in (table[0][1], cells)]
        unknown: Iterable[int] = ()
        if columns is not None:
            read.append(RecipientTable(head.key, tuple(_rows(others, columns))))
            unknown = () if columns.countries else unknown_columns(cells)
        elif not is_about_others(cells):
            unknown = range(len(cells))
        by_column = tuple(tuple(each[place] for _, each in others) for place in unknown)
        if by_column:
            unclear.append(UnclearTable(head.key, columns is not None, by_column))
    return Tables(tuple(read), tuple(unclear))


def second_heads(tables: PolicyTables) -> set[str]:
    """The keys of second rows that are a part of their table's head."""
    return {rows[1][0].key for rows in tables or () if len(_head_and_rows(rows)[1]) + 1 < len(rows)}


def _head_and_rows(table: Sequence[Row]) -> tuple[Sequence[str], Sequence[Row]]:
    """What its head says, and the rows below."""
    (_, first), *rows = table
    both = two_rows_as_head(first, rows[0][1]) if rows else None
    return (first, rows) if both is None else (both, rows[1:])


def _rows(rows: Sequence[Row], columns: Columns) -> Iterator[RecipientRow]:
    above = ""
    for clause, cells in rows:
        own = cells[columns.name]
        name = own or above
        # Cells that were merged may be repeated.
        says_one_thing = len({*cells} - {""}) == 1
        is_bare = says_one_thing and bool(own) and not any(map(has_form, split_outside_brackets(own, ",;")))
        above = "" if is_bare else name
        function = "" if columns.function is None else cells[columns.function]
        where = "; ".join(filter(None, (cells[place] for place in columns.countries))) if columns.countries else None
        said = companies_in(name)
        unclear = said.unclear if own else ()
        for each in said.companies:
            if each.company.names:
                place = each.where if columns.name in columns.countries else where
                yield RecipientRow(clause.key, each.name, each.company, function, place, is_bare, unclear)
                unclear = ()
