"""Where the tables of a policy and the map name other recipients, or other countries.

A table of recipients is known by its head (`graph.checks.recipient_tables`). Where a head does not tell, and the rows
do, that is said. A policy without such tables is not asked: that its recipients are stated at all is a rule of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from graph.checks.recipient_tables import RecipientRow, UnclearTable
from graph.checks.recipient_tables.comparison import TextAndMap
from graph.checks.recipient_tables.names import company_name
from graph.checks.recipient_tables.places import REGIONS, Places, is_place
from graph.checks.recipient_tables.words import words_of
from graph.checks.rule import Found, Rule, gap, listed, of_clause, of_element, violation
from graph.checks.subject import CheckSubject
from graph.clauses.words import text_of
from graph.errors import quoted
from graph.model import RecipientKind
from graph.trees import reachable


@violation(
    "recipient-not-in-map",
    "a row of a table of recipients names somebody whom the map does not have",
    "add the recipient, or take the row out; where the likely one is told, write one name in text and map",
)
def _recipient_not_in_map(subject: CheckSubject) -> Iterator[Found]:
    """Who receives data by the text is in the map, which says so to each person. Source: GDPR Art. 13(1)(e), 15(1)(c).

    A row that says nothing but a name, without a legal form, may be a heading (`unclear-name`), and the controller is
    no recipient of its own. A company that several rows name is told once.
    """
    told = subject.text_and_map
    unknown: dict[frozenset[str], list[RecipientRow]] = {}
    for row in told.rows:
        if not (row.is_bare or told.matching(row) or told.is_controller(row)):
            unknown.setdefault(row.company.names, []).append(row)
    for rows in unknown.values():
        first = rows[0]
        message = f"names {quoted(first.name)}, which is no recipient of the map"
        likely = next(filter(None, map(told.likely, rows)), None)
        if likely is None:
            message += "; add it to the map, or take it out of the text"
        else:
            called = f" ({quoted(likely.name)})" if likely.name else ""
            message += f"; if it is '{likely.key}'{called}, write one name in both, otherwise add it to the map"
        yield of_clause(first.clause, message, _clauses((), rows))


@violation(
    "recipient-not-in-text",
    "a named processor or affiliate that receives data, or whoever cites a row, stands in no table of recipients, and "
    "no clause that it cites names it",
    "add a row, cite the clause that names it, or take it out of the map",
)
def _recipient_not_in_text(subject: CheckSubject) -> Iterator[Found]:
    """Who is known to receive data is named by the text. Source: GDPR Art. 13(1)(e); design, invariant 5.

    Where a table names recipients, a processor or affiliate that has a name, or whoever cites a row of it, is named
    there, or by a clause that it cites. Nobody is asked for whom the map itself has no name, or to whom it discloses
    nothing, and nobody who is told as the likely meaning of a row.
    """
    told = subject.text_and_map
    if not told.tables:
        return
    rows = {row.clause for row in told.rows}
    texts = {clause.key: clause for clause in subject.policy.clauses}
    elements = subject.elements
    receiving = reachable(
        {each.recipient for each in elements.disclosures}, {each.key: each.engages for each in elements.recipients}
    )
    for recipient in elements.recipients:
        is_expected = recipient.kind in _LISTED or not rows.isdisjoint(recipient.clauses)
        if recipient.name is None or recipient.key not in receiving or not is_expected:
            continue
        if told.rows_of(recipient) or told.is_likely_meant(recipient):
            continue
        if any(_names(text_of(texts[key]), recipient.name) for key in recipient.clauses if key in texts):
            continue
        message = (
            f"is named by no row of {listed(table.head for table in told.tables)}, and by no clause that it cites; "
            "add a row, cite the clause that names it, or take it out of the map"
        )
        yield of_element(recipient, message)


@violation(
    "recipient-in-another-country",
    "a table of recipients and the map put a recipient in different countries",
    "say the same in both",
)
def _recipient_in_another_country(subject: CheckSubject) -> Iterator[Found]:
    """Text and map say the same of where a recipient has the data. Source: GDPR Art. 13(1)(f).

    What several rows say of one recipient counts together, and so do recipients of one name. For a region, one of its
    countries is enough, and any of them is allowed.
    """
    told = subject.text_and_map
    for recipient in subject.elements.recipients:
        rows = [row for row in told.rows_of(recipient) if row.where is not None]
        by_row = [told.places(row) for row in rows]
        by_text = Places()
        for places in by_row:
            by_text |= places
        by_map = {country for row in rows for each in told.matching(row) for country in each.countries}
        covered = by_text.countries.union(*(REGIONS[region] for region in by_text.regions))
        not_in_map = sorted(by_text.countries - by_map)
        not_in_map += sorted(region for region in by_text.regions if by_map.isdisjoint(REGIONS[region]))
        # Of a row whose country is not known nothing can be said.
        not_in_text = sorted(set(recipient.countries) - covered) if by_row and all(by_row) else []
        said = []
        if not_in_map:
            said.append(f"is in {listed(not_in_map)} by the text and not by the map")
        if not_in_text:
            said.append(f"is in {listed(not_in_text)} by the map and not by the text")
        if said:
            message = f"{', and '.join(said)}; say the same in both"
            clauses = _clauses(recipient.clauses, rows)
            yield of_element(recipient, message, clauses)


@gap(
    "row-without-country",
    "a row of a table of recipients, which has a column for countries, names none that is known",
    "name the country",
)
def _row_without_country(subject: CheckSubject) -> Iterator[Found]:
    """A table with a column for countries says in each row where the data is. Source: GDPR Art. 13(1)(f)."""
    told = subject.text_and_map
    for row in told.rows:
        if row.where is None or told.places(row) or told.is_controller(row):
            continue
        if row.is_bare and not told.matching(row):
            continue
        said = f", but {quoted(row.where)}" if row.where else ""
        message = f"says no country of {quoted(row.name)}{said}; name the country"
        yield of_clause(row.clause, message)


@gap(
    "unclear-name",
    "a row of a table of recipients says something beside a name that may be another name, an address or a remark; or "
    "it says a name alone, which may be a heading",
    "give each company a row, and what else there is to say a column; or write the address with its street and number",
)
def _unclear_name(subject: CheckSubject) -> Iterator[Found]:
    """Whom a row names is told, so that each of them is compared. Source: GDPR Art. 12(1), 13(1)(e)."""
    told = subject.text_and_map
    for row in told.rows:
        is_heading = is_place(_WHERE.sub("", row.name))
        if row.is_bare and not (is_heading or told.matching(row) or told.is_controller(row)):
            yield of_clause(
                row.clause,
                f"says nothing but {quoted(row.name)}, which may be a recipient or a heading; say what it does and "
                "where, or head a table of its own with it",
            )
        if row.unclear:
            said = ", ".join(map(quoted, row.unclear[:_SHOWN]))
            if len(row.unclear) > _SHOWN:
                said += " and others"
            yield of_clause(
                row.clause,
                f"says {said} beside {quoted(row.name)}, which may be another recipient, an address or a remark; give "
                "each company a row, and what else there is to say a column",
            )


@gap(
    "unknown-head",
    "a table names recipients of the map, but by its head it is no table of recipients; or it is one, and its column "
    "of countries is not called so",
    "head its columns in usual words, such as Name, Function and Country",
)
def _unknown_head(subject: CheckSubject) -> Iterator[Found]:
    """A table that names recipients says in its head which column is what, so that it is compared.

    Source: GDPR Art. 12(1). Where the head does not tell, the rows do: two recipients in one column, or one beside a
    column of countries.
    """
    told = subject.text_and_map
    for table in told.unclear:
        message = _unknown_country(told, table) if table.is_read else _unknown_names(told, table)
        if message:
            yield of_clause(table.head, message)


def _unknown_country(told: TextAndMap, table: UnclearTable) -> str:
    if not any(map(told.are_countries, table.columns)):
        return ""
    return "heads a table of recipients, and does not tell which column says the country; call that 'Country'"


def _unknown_names(told: TextAndMap, table: UnclearTable) -> str:
    others = [cells for cells in table.columns if not told.are_countries(cells)]
    enough = 2 if len(others) == len(table.columns) else 1
    named = max(map(told.named_in, others), key=len, default=[])
    if len(named) < enough:
        return ""
    whom = listed(each.key for each in named[:_SHOWN])
    if len(named) > _SHOWN:
        whom += " and others"
    return (
        f"heads a table that names {whom}, and does not tell which columns say who that is, what for and in which "
        "country; call those 'Name', 'Function' and 'Country'"
    )


_SHOWN = 3
_WHERE = re.compile(r"(?:in|within|inside|outside|innerhalb|außerhalb|dans|hors|в|вне) (?:the |d\w{1,2} |l['’])?", re.I)
_LISTED = (RecipientKind.PROCESSOR, RecipientKind.AFFILIATE)


def _names(text: str, name: str) -> bool:
    """Whether a text has the name, or one that the company trades as, in its words."""
    said = f" {' '.join(words_of(text))} "
    return any(f" {each} " in said for each in company_name(name).names)


def _clauses(cited: Iterable[str], rows: Iterable[RecipientRow]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*cited, *(row.clause for row in rows)]))


RECIPIENT_RULES: tuple[Rule, ...] = (
    _recipient_not_in_map,
    _recipient_not_in_text,
    _recipient_in_another_country,
    _row_without_country,
    _unclear_name,
    _unknown_head,
)
