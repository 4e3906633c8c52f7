"""The recipients that a policy's tables name beside those of the map. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from rapidfuzz import fuzz, process

from graph.checks.recipient_tables import RecipientRow, recipient_tables
from graph.checks.recipient_tables.companies import companies_in
from graph.checks.recipient_tables.names import CompanyName, company_name, key_name
from graph.checks.recipient_tables.places import PlaceNames, Places
from graph.checks.recipient_tables.words import words_of
from graph.checks.tables import PolicyTables
from graph.model import MapElements, Recipient

_ALIKE = 75.0
"""The least likeness, of 100, that is worth telling: one letter in four may differ, and all that one name has more."""
_COMPARED_AT_MOST = 500_000
"""Pairs of names: a second's work. Where a text has more names that are not in the map, none is suggested."""


class TextAndMap:
    """Rows in the order of the text; of a row, `matching` recipients in the order of the map."""

    def __init__(self, elements: MapElements, tables: PolicyTables) -> None:
        self._elements = elements
        found = recipient_tables(tables)
        self.tables = found.read
        self.unclear = found.unclear
        self.rows = tuple(row for table in self.tables for row in table.rows)

    def matching(self, row: RecipientRow) -> tuple[Recipient, ...]:
        """The recipients that the row names; several where they have one name."""
        return self._matching[row]

    def rows_of(self, recipient: Recipient) -> tuple[RecipientRow, ...]:
        return tuple(self._rows_of.get(recipient.key, ()))

    def is_controller(self, row: RecipientRow) -> bool:
        """Who answers for the processing may stand among those who receive from it, and is no recipient."""
        return row.company.is_same(self._controller)

    def likely(self, row: RecipientRow) -> Recipient | None:
        """Of a row that names no recipient: which one it may mean. That which cites it, else the one most alike."""
        return self._likely.get(row)

    def is_likely_meant(self, recipient: Recipient) -> bool:
        """By a row that names no recipient."""
        return any(each is recipient for each in self._likely.values())

    def places(self, row: RecipientRow) -> Places:
        return self._place_names.read(row.where or "")

    def named_in(self, cells: Iterable[str]) -> list[Recipient]:
        """The recipients whose names stand in these cells, in the order of the cells; of those with one name the
        first."""
        found = [self._named.find(each.company) for cell in cells for each in companies_in(cell).companies]
        return list({each[0].key: each[0] for each in found if each}.values())

    def are_countries(self, cells: Sequence[str]) -> bool:
        """Whether each of these cells that says anything names one."""
        said = [cell for cell in cells if words_of(cell)]
        return bool(said) and all(map(self._place_names.read, said))

    @cached_property
    def _controller(self) -> CompanyName:
        return company_name(self._elements.controller.name)

    @cached_property
    def _place_names(self) -> PlaceNames:
        return PlaceNames(self._elements.countries)

    @cached_property
    def _named(self) -> _Index:
        return _Index((each, company_name(each.name)) for each in self._elements.recipients if each.name is not None)

    @cached_property
    def _matching(self) -> Mapping[RecipientRow, tuple[Recipient, ...]]:
        keyed = _Index((each, key_name(each.key)) for each in self._elements.recipients)
        found = {}
        for row in self.rows:
            found[row] = self._named.find(row.company) or keyed.find(row.company)
        return found

    @cached_property
    def _rows_of(self) -> Mapping[str, list[RecipientRow]]:
        found: dict[str, list[RecipientRow]] = {}
        for row in self.rows:
            for recipient in self.matching(row):
                found.setdefault(recipient.key, []).append(row)
        return found

    @cached_property
    def _likely(self) -> Mapping[RecipientRow, Recipient]:
        unknown = [row for row in self.rows if not (row.is_bare or self.matching(row) or self.is_controller(row))]
        recipients = sorted(self._elements.recipients, key=lambda each: each.key)
        citing = {key: each for each in recipients if not self.rows_of(each) for key in each.clauses}
        known = {name: each for each in recipients if each.name for name in company_name(each.name).names}
        is_affordable = len(unknown) * len(known) <= _COMPARED_AT_MOST
        found = {}
        for row in unknown:
            likely = citing.get(row.clause)
            if likely is None and is_affordable:
                likely = _most_alike(row.company, known)
            if likely is not None:
                found[row] = likely
        return found


class _Index:
    """Recipients by what they are called."""

    def __init__(self, names: Iterable[tuple[Recipient, CompanyName]]) -> None:
        self._by_name: dict[str, list[Recipient]] = {}
        self._by_aside: dict[str, list[Recipient]] = {}
        for recipient, name in names:
            for held, said in ((self._by_name, name.names), (self._by_aside, name.asides)):
                for each in said:
                    held.setdefault(each, []).append(recipient)

    def find(self, name: CompanyName) -> tuple[Recipient, ...]:
        """As `CompanyName.is_same`."""
        return tuple({each.key: each for each in self._found(name)}.values())

    def _found(self, name: CompanyName) -> Iterator[Recipient]:
        for each in sorted(name.names):
            yield from self._by_name.get(each, ())
            yield from self._by_aside.get(each, ())
        for each in sorted(name.asides):
            yield from self._by_name.get(each, ())


def _most_alike(name: CompanyName, known: Mapping[str, Recipient]) -> Recipient | None:
    found = [
        process.extractOne(each, known.keys(), scorer=fuzz.token_set_ratio, score_cutoff=_ALIKE)
        for each in sorted(name.names)
    ]
    best = max((each for each in found if each is not None), key=lambda each: each[1], default=None)
    return None if best is None else known[best[0]]
