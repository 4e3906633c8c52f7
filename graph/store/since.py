"""Since when there is an element: one text for each label, because a statement cannot take a label as a parameter on
both engines."""

from __future__ import annotations

from collections.abc import Mapping
from typing import LiteralString

from graph.model import ElementKind, ElementName
from graph.store.database import Database

FIND_CONTROLLER = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Controller {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_SERVICE = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Service {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_DATA_CATEGORY = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:DataCategory {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_SOURCE = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Source {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_PURPOSE = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Purpose {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_COUNTRY = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Country {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_SAFEGUARD = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Safeguard {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_RECIPIENT = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Recipient {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_RETENTION_RULE = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:RetentionRule {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_PROCESSING = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Processing {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_DISCLOSURE_CASE = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:DisclosureCase {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_DISCLOSURE = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Disclosure {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_EXCLUSION = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Exclusion {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_RIGHT = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Right {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""
FIND_MEASURE = """
MATCH (r:Revision {state: "PUBLISHED"})
MATCH (n:Measure {revision: r.number, key: $key})
RETURN min(r.number) AS number
"""

#: The least number of a published revision that has the key, by kind of element.
FIRST_WITH: Mapping[ElementKind, LiteralString] = {
    ElementKind.CONTROLLER: FIND_CONTROLLER,
    ElementKind.SERVICE: FIND_SERVICE,
    ElementKind.DATA_CATEGORY: FIND_DATA_CATEGORY,
    ElementKind.SOURCE: FIND_SOURCE,
    ElementKind.PURPOSE: FIND_PURPOSE,
    ElementKind.COUNTRY: FIND_COUNTRY,
    ElementKind.SAFEGUARD: FIND_SAFEGUARD,
    ElementKind.RECIPIENT: FIND_RECIPIENT,
    ElementKind.RETENTION_RULE: FIND_RETENTION_RULE,
    ElementKind.PROCESSING: FIND_PROCESSING,
    ElementKind.DISCLOSURE_CASE: FIND_DISCLOSURE_CASE,
    ElementKind.DISCLOSURE: FIND_DISCLOSURE,
    ElementKind.EXCLUSION: FIND_EXCLUSION,
    ElementKind.RIGHT: FIND_RIGHT,
    ElementKind.MEASURE: FIND_MEASURE,
}


async def find_since(database: Database, name: ElementName) -> int | None:
    """The number of the first published revision that has the element; None where none has. Raises GraphUnavailable."""
    (record,) = await database.read(FIRST_WITH[name.kind], key=name.key)
    number: int | None = record["number"]
    return number
