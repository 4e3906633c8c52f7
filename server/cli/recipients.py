"""The recipients that the tables of an imported policy name, as lines and as JSON."""

from __future__ import annotations

from dataclasses import dataclass

from graph.checks import findings
from graph.checks.recipient_tables import RecipientTable, recipient_tables
from graph.checks.recipient_tables.places import PlaceNames
from graph.checks.recipients import RECIPIENT_RULES
from graph.checks.tables import tables_of
from graph.model import Finding, MapElements, Policy
from server.cli.findings import findings_as_json
from server.cli.output import complain, counted


@dataclass(frozen=True, slots=True)
class ReadRecipients:
    """`found` is what the rules on recipients say beside a map, None where there is no map."""

    tables: tuple[RecipientTable, ...]
    names: PlaceNames
    found: tuple[Finding, ...] | None

    def complain(self) -> None:
        """A line on the tables, if there are any or something is found, and one for each finding."""
        if not self.tables and not self.found:
            return
        rows = sum(not row.is_bare for table in self.tables for row in table.rows)
        beside = "" if self.found is None else f"; beside the map: {counted(len(self.found), 'finding')}"
        complain(f"Recipients: {rows:,} read from {counted(len(self.tables), 'table')}{beside}")
        for each in self.found or ():
            complain(f"{each.kind.value} {each.rule}: {each.element_kind} {each.element} {each.message}")

    def as_json(self) -> dict[str, object]:
        """`recipients` has the rows, with the codes of countries and the regions that they name."""
        rows = []
        for row in (row for table in self.tables for row in table.rows if not row.is_bare):
            places = self.names.read(row.where or "")
            rows.append(
                {
                    "clause": row.clause,
                    "name": row.name,
                    "function": row.function,
                    "countries": sorted(places.countries),
                    "regions": sorted(places.regions),
                }
            )
        return {"recipients": rows, "findings": None if self.found is None else findings_as_json(self.found)}


def read_recipients(policy: Policy, elements: MapElements | None) -> ReadRecipients:
    names = PlaceNames(() if elements is None else elements.countries)
    found = None if elements is None else findings(elements, policy, RECIPIENT_RULES)
    return ReadRecipients(recipient_tables(tables_of(policy)).read, names, found)
