"""What else of a revision's map falls if some of its elements go, found in the graph level by level.

What goes takes its parts along. A processing needs its service, source, purpose, rule and one of its categories; a
disclosure its recipient, purpose, case, one of its services and one of its categories. Everything else falls with the
last of what used it; a recipient, where nobody is left by whom data gets to it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import LiteralString

from graph.data_map import DataMap
from graph.model import ElementKind, ElementName
from graph.store.database import Database

FIND_GONE = """
UNWIND $services AS asked
MATCH (:Service {revision: $revision, key: asked})<-[:PART_OF*0..]-(part:Service)
RETURN "Service" AS kind, part.key AS key
UNION
UNWIND $categories AS asked
MATCH (:DataCategory {revision: $revision, key: asked})<-[:PART_OF*0..]-(part:DataCategory)
RETURN "DataCategory" AS kind, part.key AS key
UNION
UNWIND $countries AS asked
MATCH (:Country {revision: $revision, key: asked})<-[:LOCATED_IN]-(recipient:Recipient)
WITH recipient, count(*) AS fallen
WHERE fallen = COUNT { (recipient)-[:LOCATED_IN]->(each:Country) }
RETURN "Recipient" AS kind, recipient.key AS key
"""
FIND_FALLEN_PROCESSINGS = """
UNWIND $services AS gone
MATCH (:Service {revision: $revision, key: gone})<-[:BY]-(p:Processing)
RETURN "Processing" AS kind, p.key AS key
UNION
UNWIND $sources AS gone
MATCH (:Source {revision: $revision, key: gone})<-[:COMES_FROM]-(p:Processing)
RETURN "Processing" AS kind, p.key AS key
UNION
UNWIND $purposes AS gone
MATCH (:Purpose {revision: $revision, key: gone})<-[:FOR]-(p:Processing)
RETURN "Processing" AS kind, p.key AS key
UNION
UNWIND $rules AS gone
MATCH (:RetentionRule {revision: $revision, key: gone})<-[:KEPT_UNDER]-(p:Processing)
RETURN "Processing" AS kind, p.key AS key
UNION
UNWIND $categories AS gone
MATCH (:DataCategory {revision: $revision, key: gone})<-[:USES]-(p:Processing)
WITH p, count(*) AS fallen
WHERE fallen = COUNT { (p)-[:USES]->(each:DataCategory) }
RETURN "Processing" AS kind, p.key AS key
"""
# A category is used that a processing names, with its parts and with its wholes. One that falls takes along the parts
# of it that nothing used.
FIND_FALLEN_CATEGORIES = """
UNWIND $processings AS fallen
MATCH (:Processing {revision: $revision, key: fallen})-[:USES]->(used:DataCategory)
WITH used, count(*) AS uses
CALL (used) {
  MATCH (used)-[:PART_OF*0..]->(near:DataCategory)
  RETURN near
  UNION ALL
  MATCH (used)<-[:PART_OF*1..]-(near:DataCategory)
  RETURN near
}
WITH near, sum(uses) AS fallen
WHERE fallen = COUNT { (near)-[:PART_OF*0..]->(whole:DataCategory)<-[:USES]-(each:Processing) }
             + COUNT { (near)<-[:PART_OF*1..]-(part:DataCategory)<-[:USES]-(each:Processing) }
MATCH (near)<-[:PART_OF*0..]-(gone:DataCategory)
RETURN DISTINCT "DataCategory" AS kind, gone.key AS key
"""
FIND_FALLEN_DISCLOSURES = """
UNWIND $recipients AS gone
MATCH (:Recipient {revision: $revision, key: gone})<-[:TO]-(d:Disclosure)
RETURN "Disclosure" AS kind, d.key AS key
UNION
UNWIND $purposes AS gone
MATCH (:Purpose {revision: $revision, key: gone})<-[:FOR]-(d:Disclosure)
RETURN "Disclosure" AS kind, d.key AS key
UNION
UNWIND $cases AS gone
MATCH (:DisclosureCase {revision: $revision, key: gone})<-[:IN_CASE]-(d:Disclosure)
RETURN "Disclosure" AS kind, d.key AS key
UNION
UNWIND $services AS gone
MATCH (:Service {revision: $revision, key: gone})<-[:FROM]-(d:Disclosure)
WITH d, count(*) AS fallen
WHERE fallen = COUNT { (d)-[:FROM]->(each:Service) }
RETURN "Disclosure" AS kind, d.key AS key
UNION
UNWIND $categories AS gone
MATCH (:DataCategory {revision: $revision, key: gone})<-[:DISCLOSES]-(d:Disclosure)
WITH d, count(*) AS fallen
WHERE fallen = COUNT { (d)-[:DISCLOSES]->(each:DataCategory) }
RETURN "Disclosure" AS kind, d.key AS key
"""
# Data still gets to whom it is disclosed, and to whom one engages that it gets to. Asked again and again until nobody
# else falls, once for each link of a chain: the ways through layers of recipients are too many to be walked.
FIND_FALLEN_RECIPIENTS = """
CALL () {
  UNWIND $recipients AS gone
  MATCH (:Recipient {revision: $revision, key: gone})-[:ENGAGES]->(near:Recipient)
  RETURN near
  UNION
  UNWIND $disclosures AS gone
  MATCH (:Disclosure {revision: $revision, key: gone})-[:TO]->(near:Recipient)
  RETURN near
}
WITH near
WHERE NOT near.key IN $recipients
  AND NOT EXISTS { MATCH (near)<-[:TO]-(left:Disclosure) WHERE NOT left.key IN $disclosures }
  AND NOT EXISTS { MATCH (near)<-[:ENGAGES]-(left:Recipient) WHERE NOT left.key IN $recipients }
RETURN "Recipient" AS kind, near.key AS key
"""
FIND_UNUSED = """
UNWIND $processings AS gone
MATCH (:Processing {revision: $revision, key: gone})-[:COMES_FROM]->(near:Source)
WITH near, count(*) AS fallen
WHERE fallen = COUNT { (near)<-[:COMES_FROM]-(each:Processing) }
RETURN "Source" AS kind, near.key AS key
UNION
UNWIND $processings AS gone
MATCH (:Processing {revision: $revision, key: gone})-[:KEPT_UNDER]->(near:RetentionRule)
WITH near, count(*) AS fallen
WHERE fallen = COUNT { (near)<-[:KEPT_UNDER]-(each:Processing) }
RETURN "RetentionRule" AS kind, near.key AS key
UNION
CALL () {
  UNWIND $processings AS gone
  MATCH (:Processing {revision: $revision, key: gone})-[:FOR]->(near:Purpose)
  RETURN near
  UNION ALL
  UNWIND $disclosures AS gone
  MATCH (:Disclosure {revision: $revision, key: gone})-[:FOR]->(near:Purpose)
  RETURN near
}
WITH near, count(*) AS fallen
WHERE fallen = COUNT { (near)<-[:FOR]-(each) }
RETURN "Purpose" AS kind, near.key AS key
UNION
UNWIND $disclosures AS gone
MATCH (:Disclosure {revision: $revision, key: gone})-[:IN_CASE]->(near:DisclosureCase)
WITH near, count(*) AS fallen
WHERE fallen = COUNT { (near)<-[:IN_CASE]-(each:Disclosure) }
RETURN "DisclosureCase" AS kind, near.key AS key
UNION
UNWIND $recipients AS gone
MATCH (:Recipient {revision: $revision, key: gone})-[:LOCATED_IN]->(near:Country)
WITH near, count(*) AS fallen
WHERE near.key <> $home AND fallen = COUNT { (near)<-[:LOCATED_IN]-(each:Recipient) }
RETURN "Country" AS kind, near.key AS key
UNION
UNWIND $recipients AS gone
MATCH (:Recipient {revision: $revision, key: gone})-[:PROTECTED_BY]->(near:Safeguard)
WITH near, count(*) AS fallen
WHERE fallen = COUNT { (near)<-[:PROTECTED_BY]-(each:Recipient) }
RETURN "Safeguard" AS kind, near.key AS key
UNION
UNWIND $categories AS gone
MATCH (:DataCategory {revision: $revision, key: gone})<-[:EXCLUDES]-(near:Exclusion)
WITH near, count(*) AS fallen
WHERE fallen = COUNT { (near)-[:EXCLUDES]->(each:DataCategory) }
RETURN "Exclusion" AS kind, near.key AS key
"""

#: In their order: what falls by one falls no more by those before it.
_LEVELS: tuple[LiteralString, ...] = (
    FIND_GONE,
    FIND_FALLEN_PROCESSINGS,
    FIND_FALLEN_CATEGORIES,
    FIND_FALLEN_DISCLOSURES,
    FIND_FALLEN_RECIPIENTS,
    FIND_UNUSED,
)
_PARAMETERS: Mapping[ElementKind, str] = {
    ElementKind.SERVICE: "services",
    ElementKind.DATA_CATEGORY: "categories",
    ElementKind.SOURCE: "sources",
    ElementKind.PURPOSE: "purposes",
    ElementKind.COUNTRY: "countries",
    ElementKind.RECIPIENT: "recipients",
    ElementKind.RETENTION_RULE: "rules",
    ElementKind.PROCESSING: "processings",
    ElementKind.DISCLOSURE_CASE: "cases",
    ElementKind.DISCLOSURE: "disclosures",
}


async def find_fallen(database: Database, data_map: DataMap, asked: Iterable[ElementName]) -> Mapping[ElementName, int]:
    """The elements that go, at the level 0, and all that fall with them, each at the level of the statement by which it
    does: in six statements, and one more for each link of the longest chain of recipients that falls. Raises
    GraphUnavailable."""
    levels = dict.fromkeys(asked, 0)
    for level, statement in enumerate(_LEVELS, 1):
        is_next = True
        while is_next:
            is_next = await _fell(database, data_map, statement, levels, level) and statement == FIND_FALLEN_RECIPIENTS
    return levels


async def _fell(
    database: Database, data_map: DataMap, statement: LiteralString, levels: dict[ElementName, int], level: int
) -> bool:
    """Whether anything did that had not before."""
    keys = {name: sorted(each.key for each in levels if each.kind is kind) for kind, name in _PARAMETERS.items()}
    home, known = data_map.elements.controller.country, len(levels)
    for record in await database.read(statement, revision=data_map.revision.number, home=home, **keys):
        levels.setdefault(ElementName(ElementKind(record["kind"]), record["key"]), level)
    return len(levels) > known
