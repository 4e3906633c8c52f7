"""Paths through the data map of a revision, walked in the graph.

A statement finds all paths that a question asks for, up to a bound, and says how many ways there are to them: one more
processing or disclosure that makes the same path is one more way. The words of a path are the keys that it passes, in
places of their own: source, service, category, the recipients, country; empty where the path does not pass such a one.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from itertools import chain
from typing import Any, LiteralString

from graph.data_map import DataMap
from graph.model import ElementKind
from graph.paths import Path, PathQuestion, in_order
from graph.store.database import Database

#: Ways that are told for one question: some seconds' work. How much is walked to find them is bounded by the map file,
#: by which at most `graph.map_file.rules.PATHS_AT_MOST` chains begin at one recipient.
WAYS_AT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class FoundPaths:
    """In the order of the map. Not complete: there are more than were looked for."""

    paths: tuple[Path, ...]
    is_complete: bool


# From where a question begins to a first recipient, and on from there. Anywhere begins at the recipients from which it
# ends, and looks back.
FIND_PATHS = """
CALL () {
  UNWIND $from_recipients AS asked
  MATCH (first:Recipient {revision: $revision, key: asked})
  RETURN first, "  " AS head, [] AS processings, null AS disclosure
  UNION ALL
  UNWIND $from_categories AS asked
  MATCH (x:DataCategory {revision: $revision, key: asked})
  CALL (x) {
    MATCH (x)-[:PART_OF*0..]->(whole:DataCategory)
    RETURN whole AS named, x.key AS category
    UNION ALL
    MATCH (x)<-[:PART_OF*1..]-(part:DataCategory)
    RETURN part AS named, part.key AS category
  }
  MATCH (named)<-[:DISCLOSES]-(disclosure:Disclosure)-[:TO]->(first:Recipient)
  RETURN first, "  " + category AS head, [] AS processings, disclosure
  UNION ALL
  UNWIND $from_services AS asked
  MATCH (x:Service {revision: $revision, key: asked})
  CALL (x) {
    MATCH (x)-[:PART_OF*0..]->(whole:Service)
    RETURN whole AS named, x.key AS service
    UNION ALL
    MATCH (x)<-[:PART_OF*1..]-(part:Service)
    RETURN part AS named, part.key AS service
  }
  MATCH (named)<-[:FROM]-(disclosure:Disclosure)-[:DISCLOSES]->(of:DataCategory)
  MATCH (disclosure)-[:TO]->(first:Recipient)
  RETURN first, " " + service + " " + of.key AS head, [] AS processings, disclosure
  UNION ALL
  UNWIND $from_sources AS asked
  MATCH (:Source {revision: $revision, key: asked})<-[:COMES_FROM]-(p:Processing)-[:BY]->(x:Service)
  MATCH (p)-[:USES]->(y:DataCategory)
  WITH asked, x, y, collect(p.key) AS processings
  WITH asked, x, y, processings,
       COLLECT { MATCH (x)-[:PART_OF*0..]->(whole:Service) RETURN whole.key } AS wholes,
       COLLECT { MATCH (x)<-[:PART_OF*1..]-(part:Service) RETURN part.key } AS parts
  CALL (y) {
    MATCH (y)-[:PART_OF*0..]->(whole:DataCategory)
    RETURN whole AS named, y.key AS category
    UNION ALL
    MATCH (y)<-[:PART_OF*1..]-(part:DataCategory)
    RETURN part AS named, part.key AS category
  }
  MATCH (named)<-[:DISCLOSES]-(disclosure:Disclosure)-[:FROM]->(of:Service)
  WHERE of.key IN wholes OR of.key IN parts
  MATCH (disclosure)-[:TO]->(first:Recipient)
  RETURN first, asked + " " + CASE WHEN of.key IN parts THEN of.key ELSE x.key END + " " + category AS head,
         processings, disclosure
  UNION ALL
  CALL () {
    UNWIND $back_recipients AS asked
    MATCH (last:Recipient {revision: $revision, key: asked})
    RETURN last
    UNION
    UNWIND $back_countries AS asked
    MATCH (:Country {revision: $revision, key: asked})<-[:LOCATED_IN]-(last:Recipient)
    RETURN last
  }
  MATCH (last)<-[:ENGAGES*0..]-(first:Recipient)
  WITH DISTINCT first
  MATCH (first)<-[:TO]-(disclosure:Disclosure)-[:FROM]->(x:Service)
  MATCH (disclosure)-[:DISCLOSES]->(y:DataCategory)
  WITH y, collect({x: x, first: first, disclosure: disclosure}) AS disclosed
  WITH y, disclosed,
       COLLECT { MATCH (y)-[:PART_OF*0..]->(whole:DataCategory) RETURN whole.key } AS wholes,
       COLLECT { MATCH (y)<-[:PART_OF*1..]-(part:DataCategory) RETURN part.key } AS parts
  UNWIND disclosed AS each
  WITH each.x AS x, collect({
    y: y.key, wholes: wholes, parts: parts, first: each.first, disclosure: each.disclosure
  }) AS disclosed
  WITH x, disclosed, COLLECT {
    MATCH (x)-[:PART_OF*0..]->(:Service)<-[:BY]-(p:Processing)-[:USES]->(used:DataCategory)
    MATCH (p)-[:COMES_FROM]->(source:Source)
    RETURN {head: source.key + " " + x.key, used: used.key, processing: p.key} AS taken
    UNION ALL
    MATCH (x)<-[:PART_OF*1..]-(part:Service)<-[:BY]-(p:Processing)-[:USES]->(used:DataCategory)
    MATCH (p)-[:COMES_FROM]->(source:Source)
    RETURN {head: source.key + " " + part.key, used: used.key, processing: p.key} AS taken
  } AS intake
  UNWIND disclosed AS each
  WITH x, each, [taken IN intake WHERE taken.used IN each.wholes OR taken.used IN each.parts] AS covering
  UNWIND CASE WHEN size(covering) = 0 THEN [null] ELSE covering END AS taken
  RETURN each.first AS first,
         coalesce(taken.head, " " + x.key) + " " + CASE WHEN taken.used IN each.parts THEN taken.used ELSE each.y END
         AS head,
         CASE WHEN taken IS NULL THEN [] ELSE [taken.processing] END AS processings, each.disclosure AS disclosure
}
MATCH course = (first)-[:ENGAGES*0..]->(last:Recipient)
WITH head, processings, disclosure, last.key AS last, [each IN nodes(course) | each.key] AS recipients,
     COLLECT { MATCH (last)-[:LOCATED_IN]->(country:Country) RETURN country.key } AS countries
UNWIND [each IN countries WHERE $to_anywhere OR each IN $to_countries]
     + CASE WHEN last IN $to_recipients OR ($to_anywhere AND size(countries) = 0) THEN [""] ELSE [] END AS country
WITH head, processings, disclosure, recipients, country
WHERE disclosure IS NOT NULL OR size(recipients) > 1 OR size(country) > 0
WITH reduce(words = head, each IN recipients | words + " " + each) + " " + country AS words, processings,
     disclosure.key AS disclosure, CASE WHEN disclosure.identifiable = false THEN 0 ELSE 1 END AS identifiable
LIMIT $ways
WITH words, collect(DISTINCT processings) AS processings, collect(DISTINCT disclosure) AS disclosures,
     max(identifiable) AS identifiable, count(*) AS ways
RETURN collect([words, processings, disclosures, identifiable]) AS found, sum(ways) AS ways
"""
# What comes from where to a service, or to a category that a service has.
FIND_INTAKE = """
CALL () {
  UNWIND $to_services AS asked
  MATCH (x:Service {revision: $revision, key: asked})
  CALL (x) {
    MATCH (x)-[:PART_OF*0..]->(whole:Service)
    RETURN whole AS named, x.key AS service
    UNION ALL
    MATCH (x)<-[:PART_OF*1..]-(part:Service)
    RETURN part AS named, part.key AS service
  }
  MATCH (named)<-[:BY]-(p:Processing)-[:COMES_FROM]->(source:Source)
  WHERE $from_anywhere OR source.key IN $from_sources
  RETURN source.key + " " + service + "  " AS words, p.key AS processing
  UNION ALL
  UNWIND $to_categories AS asked
  MATCH (x:DataCategory {revision: $revision, key: asked})
  CALL (x) {
    MATCH (x)-[:PART_OF*0..]->(whole:DataCategory)
    RETURN whole AS named, x.key AS category
    UNION ALL
    MATCH (x)<-[:PART_OF*1..]-(part:DataCategory)
    RETURN part AS named, part.key AS category
  }
  MATCH (named)<-[:USES]-(p:Processing)-[:BY]->(of:Service)
  CALL (p, of) {
    MATCH (p)-[:COMES_FROM]->(source:Source)
    WHERE $from_anywhere OR source.key IN $from_sources
    RETURN source.key + " " + of.key AS head
    UNION ALL
    MATCH (of)-[:PART_OF*0..]->(whole:Service)
    WHERE whole.key IN $from_services
    RETURN " " + of.key AS head
    UNION ALL
    MATCH (of)<-[:PART_OF*1..]-(part:Service)
    WHERE part.key IN $from_services
    RETURN " " + part.key AS head
  }
  RETURN head + " " + category + " " AS words, p.key AS processing
}
WITH words, processing
LIMIT $ways
WITH words, collect(DISTINCT processing) AS processings, count(*) AS ways
RETURN collect([words, [processings], [], 1]) AS found, sum(ways) AS ways
"""


async def find_paths(
    database: Database, data_map: DataMap, question: PathQuestion, *, ways_at_most: int = WAYS_AT_MOST
) -> FoundPaths:
    """All paths that a question about a map asks for: in one statement, or in two where it asks both for paths to a
    service or category and for others. Raises GraphUnavailable."""
    begins = {
        "from_sources": question.begin_keys(ElementKind.SOURCE),
        "from_services": question.begin_keys(ElementKind.SERVICE),
        "revision": data_map.revision.number,
        "ways": ways_at_most + 1,
    }
    categories, services = question.end_keys(ElementKind.DATA_CATEGORY), question.end_keys(ElementKind.SERVICE)
    recipients, countries = question.end_keys(ElementKind.RECIPIENT), question.end_keys(ElementKind.COUNTRY)
    is_open = question.ends is None
    looks_back = question.begins is None
    asked = []
    if categories or services:
        asked.append(
            _find(
                database,
                FIND_INTAKE,
                from_anywhere=looks_back,
                to_categories=categories,
                to_services=services,
                **begins,
            )
        )
    if is_open or recipients or countries:
        asked.append(
            _find(
                database,
                FIND_PATHS,
                from_categories=question.begin_keys(ElementKind.DATA_CATEGORY),
                from_recipients=question.begin_keys(ElementKind.RECIPIENT),
                back_recipients=(list(data_map.recipients) if is_open else recipients) if looks_back else [],
                back_countries=countries if looks_back else [],
                to_anywhere=is_open,
                to_recipients=recipients,
                to_countries=countries,
                **begins,
            )
        )
    found = await asyncio.gather(*asked)
    paths = {path: None for part, _ in found for path in part}
    return FoundPaths(tuple(in_order(data_map, paths)), is_complete=all(ways <= ways_at_most for _, ways in found))


async def _find(database: Database, statement: LiteralString, **parameters: Any) -> tuple[list[Path], int]:
    (record,) = await database.read(statement, **parameters)
    return [_path(*row) for row in record["found"]], record["ways"]


def _path(words: str, processings: list[list[str]], disclosures: list[str], identifiable: int) -> Path:
    source, service, category, *recipients, country = words.split(" ")
    return Path(
        source or None,
        service or None,
        category or None,
        tuple(recipients),
        country or None,
        tuple(sorted(set(chain.from_iterable(processings)))),
        tuple(sorted(disclosures)),
        is_identifiable=identifiable == 1,
    )
