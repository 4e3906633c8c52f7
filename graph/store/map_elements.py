"""A revision's policy and map as a subgraph, and back.

An element becomes a node with its plain fields as properties; the fields that name other elements become
relationships, and nothing else holds them. `position` keeps the order of the file: of nodes within their label, of
relationships within the field that they came from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING, asdict, fields
from typing import Any, LiteralString

from pydantic import TypeAdapter

from graph import model
from graph.links import CLAUSES, LINKS, Link
from graph.model import Clause, MapElements, Policy, RetentionException, RetentionRule
from graph.store.database import Database, Transaction
from graph.store.map_statements import NODES, RELATIONSHIPS

ROWS_A_STATEMENT = 1000


#: The fields of MapElements by label.
FIELDS: Mapping[str, str] = {
    "Service": "services",
    "DataCategory": "data_categories",
    "Source": "sources",
    "Purpose": "purposes",
    "Country": "countries",
    "Safeguard": "safeguards",
    "Recipient": "recipients",
    "RetentionRule": "retention_rules",
    "Processing": "processings",
    "DisclosureCase": "disclosure_cases",
    "Disclosure": "disclosures",
    "Exclusion": "exclusions",
    "Right": "rights",
    "Measure": "measures",
}

Element = model.MapElement | Clause | RetentionException
_ADAPTERS: Mapping[str, TypeAdapter[Any]] = {label: TypeAdapter(getattr(model, label)) for label in NODES}


async def create_elements(transaction: Transaction, number: int, policy: Policy, elements: MapElements) -> None:
    """Writes the subgraph of revision `number`, whose Revision node the transaction has already written."""
    nodes: dict[str, list[dict[str, Any]]] = defaultdict(list)
    relationships: dict[tuple[str, str, str], list[dict[str, Any]]] = defaultdict(list)
    for element in _with_exceptions(policy, elements):
        label = type(element).__name__
        nodes[label].append({"revision": number, "position": len(nodes[label]), **_properties(label, element)})
        for link, keys in _links(label, element):
            relationships[label, link.type, link.label].extend(
                {"start": element.key, "end": key, "position": position} for position, key in enumerate(keys)
            )
    for label, rows in nodes.items():
        await _run_in_parts(transaction, NODES[label], number, rows)
    for kind, rows in relationships.items():
        await _run_in_parts(transaction, RELATIONSHIPS[kind], number, rows)


LIST_NODES = """
MATCH (r:Revision {number: $number})-[:HAS]->(n)
RETURN labels(n)[0] AS label, properties(n) AS properties
"""
LIST_RELATIONSHIPS = """
MATCH (r:Revision {number: $number})-[:HAS]->(a)-[link]->(b)
RETURN labels(a)[0] AS label, a.key AS start, type(link) AS type, b.key AS end, link.position AS position
"""


async def load_elements(database: Database, number: int) -> tuple[tuple[Clause, ...], MapElements]:
    """The clauses and the map of a revision that exists, each list in the order of its file."""
    nodes: dict[str, dict[str, dict[str, Any]]] = {label: {} for label in NODES}
    for record in await database.read(LIST_NODES, number=number):
        nodes[record["label"]][record["properties"]["key"]] = record["properties"]
    keys: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
    for record in await database.read(LIST_RELATIONSHIPS, number=number):
        keys[record["label"], record["start"], record["type"]].append((record["position"], record["end"]))
    linked = {place: tuple(key for _, key in sorted(ends)) for place, ends in keys.items()}

    exceptions = {key: _exception(key, row, linked) for key, row in nodes["RetentionException"].items()}
    built: dict[str, tuple[Any, ...]] = {}
    for label, rows in nodes.items():
        if label != "RetentionException":
            ordered = sorted(rows.values(), key=lambda row: int(row["position"]))
            built[label] = tuple(_element(label, row, linked, exceptions) for row in ordered)
    (controller,) = built["Controller"]
    lists = {field: built[label] for label, field in FIELDS.items()}
    return built["Clause"], MapElements(controller=controller, **lists)


# ---- elements to rows ------------------------------------------------------------------------------------------------


def _with_exceptions(policy: Policy, elements: MapElements) -> Iterable[Element]:
    yield from policy.clauses
    yield elements.controller
    for field in FIELDS.values():
        yield from getattr(elements, field)
    for rule in elements.retention_rules:
        for exception in rule.exceptions:
            yield RetentionException(_exception_key(rule, exception), exception.name, exception.clauses)


def _exception_key(rule: RetentionRule, exception: RetentionException) -> str:
    # An exception's key is unique within its rule only; element keys hold no dot, so this one is unique.
    return f"{rule.key}.{exception.key}"


def _properties(label: str, element: Element) -> dict[str, Any]:
    links = LINKS.get(label, {})
    row = {name: value for name, value in asdict(element).items() if name not in links and name != "clauses"}
    if period := row.pop("period", None):
        row |= {f"period_{unit}": count for unit, count in period.items()}
    return {
        name: list(value) if isinstance(value, tuple) else value for name, value in row.items() if value is not None
    }


def _links(label: str, element: Element) -> Iterable[tuple[Link, tuple[str, ...]]]:
    for field in fields(element):
        link = CLAUSES if field.name == "clauses" else LINKS.get(label, {}).get(field.name)
        if link is None:
            continue
        value = getattr(element, field.name)
        if isinstance(element, RetentionRule) and field.name == "exceptions":
            value = tuple(_exception_key(element, each) for each in element.exceptions)
        if value:
            yield link, (value,) if isinstance(value, str) else value


async def _run_in_parts(
    transaction: Transaction, statement: LiteralString, number: int, rows: Sequence[dict[str, Any]]
) -> None:
    for start in range(0, len(rows), ROWS_A_STATEMENT):
        await transaction.run(statement, revision=number, rows=rows[start : start + ROWS_A_STATEMENT])


# ---- rows to elements ------------------------------------------------------------------------------------------------

Linked = Mapping[tuple[str, str, str], tuple[str, ...]]


def _element(label: str, row: Mapping[str, Any], linked: Linked, exceptions: Mapping[str, RetentionException]) -> Any:
    key = row["key"]
    values = {name: value for name, value in row.items() if name not in ("revision", "position")}
    period = {unit: values.pop(f"period_{unit}", None) for unit in ("years", "months", "days")}
    if any(count is not None for count in period.values()):
        values["period"] = period
    for field in fields(getattr(model, label)):
        link = CLAUSES if field.name == "clauses" else LINKS.get(label, {}).get(field.name)
        if link is None:
            if field.default is MISSING:
                values.setdefault(field.name, None)  # the graph keeps no nulls: that of an unnamed recipient is gone
            continue
        ends = linked.get((label, key, link.type), ())
        if field.name == "exceptions":
            values[field.name] = tuple(exceptions[end] for end in ends)
        elif "tuple" in str(field.type):
            values[field.name] = ends
        else:
            values[field.name] = ends[0] if ends else None
    return _ADAPTERS[label].validate_python(values)


def _exception(key: str, row: Mapping[str, Any], linked: Linked) -> RetentionException:
    clauses = linked.get(("RetentionException", key, CLAUSES.type), ())
    return RetentionException(key.partition(".")[2], row["name"], clauses)
