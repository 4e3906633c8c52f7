"""A person's answer by plain traversals of the graph, to be compared with what the program answers.

It knows nothing of `DataMap` and `SubjectAnswer`: the engine walks from the person's rows to what the revision in force
says of them, and the statuses are written down from the rules a second time. Its Cypher runs on both engines.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from graph.store.database import Database
from graph.store.times import from_text, to_text


@dataclass(frozen=True, slots=True)
class Told:
    """What a person is told, as sorted rows: of holdings by id, and of the map by key."""

    revision: int | None
    holdings: tuple[tuple[Any, ...], ...]
    purposes: tuple[tuple[Any, ...], ...]
    retention: tuple[tuple[Any, ...], ...]
    recipients: tuple[tuple[Any, ...], ...]
    reached: tuple[tuple[Any, ...], ...]
    disclosed: tuple[tuple[Any, ...], ...]
    decisions: tuple[str, ...]
    trusts: tuple[tuple[Any, ...], ...]


IN_FORCE = """
MATCH (r:Revision {state: "PUBLISHED"})
WHERE r.effective_at <= $at
RETURN r.number AS number
ORDER BY r.effective_at
"""
HELD = """
MATCH (s:Subject {id: $id})-[:HAS_HOLDING]->(h:Holding)
WHERE h.since <= $at AND (h.until IS NULL OR $at < h.until)
RETURN h.id AS id, h.service AS service, h.category AS category, h.since AS since,
       CASE WHEN h.last_seen <= $at THEN h.last_seen END AS last_seen, h.until AS until, h.source AS source,
       h.records AS records
"""
WHY = """
MATCH (s:Subject {id: $id})-[:HAS_HOLDING]->(h:Holding)
WHERE h.since <= $at AND (h.until IS NULL OR $at < h.until)
MATCH (:Service {revision: $number, key: h.service})-[:PART_OF*0..]->(service:Service)
MATCH (:DataCategory {revision: $number, key: h.category})-[:PART_OF*0..]->(category:DataCategory)
MATCH (service)<-[:BY]-(p:Processing)-[:USES]->(category)
WITH DISTINCT h, p
MATCH (p)-[:FOR]->(purpose:Purpose)
MATCH (p)-[:KEPT_UNDER]->(rule:RetentionRule)
OPTIONAL MATCH (p)-[:STATED_IN]->(clause:Clause)
RETURN h.id AS holding, h.since AS since, CASE WHEN h.last_seen <= $at THEN h.last_seen END AS last_seen,
       h.until AS until, p.key AS processing, purpose.key AS purpose, purpose.direct_marketing AS marketing,
       p.legal_basis AS basis, properties(rule) AS rule, clause.key AS clause
"""
WHO = """
MATCH (s:Subject {id: $id})-[:HAS_HOLDING]->(h:Holding)
WHERE h.since <= $at AND (h.until IS NULL OR $at < h.until)
MATCH (:Service {revision: $number, key: h.service})-[:PART_OF*0..]->(service:Service)
MATCH (:DataCategory {revision: $number, key: h.category})-[:PART_OF*0..]->(category:DataCategory)
MATCH (service)<-[:FROM]-(d:Disclosure)-[:DISCLOSES]->(category)
WITH DISTINCT h, d
MATCH (d)-[:FOR]->(purpose:Purpose)
MATCH (d)-[:IN_CASE]->(case:DisclosureCase)
MATCH (d)-[:TO]->(first:Recipient)
MATCH path = (first)-[:ENGAGES*0..]->(last:Recipient)
OPTIONAL MATCH (last)-[:LOCATED_IN]->(country:Country)
RETURN h.id AS holding, h.service AS service, h.category AS category, d.key AS disclosure,
       d.identifiable AS identifiable, purpose.key AS purpose, purpose.direct_marketing AS marketing,
       purpose.legal_basis AS basis, case.condition AS condition, [hop IN nodes(path) | hop.key] AS hops,
       country.key AS country
"""
TRUSTED = """
MATCH (s:Subject {id: $id})-[:TRUSTS]->(t:Trust)
WHERE t.since <= $at AND (t.until IS NULL OR $at < t.until)
UNWIND t.categories AS trusted
MATCH (s)-[:HAS_HOLDING]->(h:Holding)
MATCH (:DataCategory {revision: $number, key: h.category})-[:PART_OF*0..]->(category:DataCategory)
WHERE category.key = trusted
RETURN DISTINCT h.id AS holding
"""
DECIDED = """
MATCH (s:Subject {id: $id})-[:DECIDED]->(d:Decision)
WHERE d.decided_at <= $at
RETURN d.id AS id, d.purpose AS purpose, d.kind AS kind
ORDER BY d.decided_at, d.id
"""
TRUSTS = """
MATCH (s:Subject {id: $id})-[:TRUSTS]->(t:Trust)-[:TOWARDS]->(other:Subject)
WHERE t.since <= $at AND (t.until IS NULL OR $at < t.until)
RETURN t.id AS id, other.id AS towards
"""
DISCLOSED = """
MATCH (s:Subject {id: $id})-[:WAS_DISCLOSED]->(d:DisclosureRecord)
WHERE d.disclosed_at <= $at
RETURN d.recipient AS recipient, d.id AS id
"""


async def ask(database: Database, id: str, at: datetime) -> Told:
    """What the graph says about a subject at a time, under the revision in force then."""
    moment = to_text(at)
    in_force = [each["number"] for each in await database.read(IN_FORCE, at=moment)]
    number = in_force[-1] if in_force else None

    async def rows(statement: Any) -> list[dict[str, Any]]:
        return [dict(each) for each in await database.read(statement, id=id, at=moment, number=number)]

    decided = await rows(DECIDED)
    trusted = {each["holding"] for each in await rows(TRUSTED)}
    why, who = await rows(WHY), await rows(WHO)
    return Told(
        number,
        _sorted(tuple(each.values()) for each in await rows(HELD)),
        _sorted(
            (
                each["holding"],
                each["processing"],
                each["purpose"],
                each["basis"],
                purpose_status(decided, each),
                clauses,
            )
            for each, clauses in _gathered(why, "clause")
        ),
        _sorted({_retention(each, why) for each in why}),
        _sorted(
            (
                each["holding"],
                each["disclosure"],
                tuple(each["hops"]),
                each["identifiable"],
                disclosure_status(decided, trusted, why, each),
                countries,
            )
            for each, countries in _gathered(who, "country")
        ),
        _sorted(_reached(who)),
        _sorted((each["recipient"], each["id"]) for each in await rows(DISCLOSED)),
        tuple(each["id"] for each in decided),
        _sorted((each["id"], each["towards"]) for each in await rows(TRUSTS)),
    )


def purpose_status(decided: list[dict[str, Any]], use: dict[str, Any]) -> str:
    """What the newest decisions about the use's purpose make of it.

    Anything can be restricted. Objected to can be what rests on legitimate interests or on a public task, and direct
    marketing; an objection to anything else leaves it as it is. What rests on consent needs one.
    """
    if _newest(decided, use, "RESTRICTION", "LIFTING") == "RESTRICTION":
        return "RESTRICTED"
    yields = use["marketing"] or use["basis"] in ("LEGITIMATE_INTERESTS", "PUBLIC_TASK")
    if yields and _newest(decided, use, "OBJECTION", "LIFTING") == "OBJECTION":
        return "OBJECTED"
    consent = _newest(decided, use, "CONSENT", "WITHDRAWAL") if use["basis"] == "CONSENT" else "NOT NEEDED"
    return {"NOT NEEDED": "ACTIVE", "CONSENT": "ACTIVE", "WITHDRAWAL": "WITHDRAWN", None: "NO_CONSENT"}[consent]


def disclosure_status(
    decided: list[dict[str, Any]], trusted: set[str], uses: list[dict[str, Any]], path: dict[str, Any]
) -> str:
    """What comes by an event comes whatever was decided. Else data goes if any use of the holding for the purpose is
    active, or, where there is none, if one on the purpose's own basis would be; and if the case's condition is met."""
    if path["condition"] == "EVENT":
        return "ON_EVENT"
    of_purpose = [use for use in uses if all(use[name] == path[name] for name in ("holding", "purpose"))]
    if "ACTIVE" not in {purpose_status(decided, use) for use in of_purpose or [path]}:
        return "PURPOSE_INACTIVE"
    if path["condition"] == "TRUST" and path["holding"] not in trusted:
        return "NO_TRUST"
    if path["condition"] == "CONSENT" and _newest(decided, path, "CONSENT", "WITHDRAWAL") != "CONSENT":
        return "NO_CONSENT"
    return "ACTIVE"


def _newest(decided: list[dict[str, Any]], use: dict[str, Any], *kinds: str) -> str | None:
    of_these = [each["kind"] for each in decided if each["purpose"] == use["purpose"] and each["kind"] in kinds]
    return of_these[-1] if of_these else None


def _reached(who: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Each recipient at the end of a path, with the services, categories and purposes of all paths to it."""
    ends = {each["hops"][-1] for each in who}
    return [
        (
            end,
            *(
                tuple(sorted({each[name] for each in who if each["hops"][-1] == end}))
                for name in ("service", "category", "purpose")
            ),
        )
        for end in ends
    ]


def _retention(use: dict[str, Any], why: list[dict[str, Any]]) -> tuple[Any, ...]:
    rule = use["rule"]
    purposes = {
        each["purpose"] for each in why if (each["holding"], each["rule"]["key"]) == (use["holding"], rule["key"])
    }
    return use["holding"], rule["key"], _ends_at(rule, use), tuple(sorted(purposes))


def _ends_at(rule: dict[str, Any], use: dict[str, Any]) -> str | None:
    field = {"COLLECTION": "since", "LAST_USE": "last_seen", "END": "until", "UNREPORTED": None}[rule["start"]]
    if "period_days" not in rule or field is None or use[field] is None:
        return None
    start = from_text(use[field])
    months = start.year * 12 + start.month - 1 + rule["period_years"] * 12 + rule["period_months"]
    for day in range(start.day, 0, -1):
        try:
            end = start.replace(year=months // 12, month=months % 12 + 1, day=day)
        except ValueError:  # the month is shorter
            continue
        return to_text(end + timedelta(days=rule["period_days"]))
    raise AssertionError("every month has a first day")


def _gathered(rows: list[dict[str, Any]], name: str) -> list[tuple[dict[str, Any], tuple[str, ...]]]:
    """The rows with what differs in `name` only taken together: the other fields once, and all that is in that one."""
    found: dict[str, tuple[dict[str, Any], set[str]]] = {}
    for row in rows:
        rest = {key: value for key, value in row.items() if key != name}
        found.setdefault(repr(sorted(rest.items())), (rest, set()))[1].update([row[name]] if row[name] else [])
    return [(rest, tuple(sorted(values))) for rest, values in found.values()]


def _sorted(rows: Any) -> tuple[Any, ...]:
    return tuple(sorted(rows, key=repr))
