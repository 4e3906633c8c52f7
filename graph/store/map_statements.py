"""The statements that write a revision's nodes and relationships: one text for each label, and one for each kind of
relationship between two labels, because a statement cannot take a label as a parameter on both engines.

Parameters: `$revision`, and `$rows`. For nodes a row holds the properties; for relationships `{start, end, position}`:
the keys of both ends, and the place in the list that it came from.
"""

from __future__ import annotations

from typing import LiteralString

CREATE_CLAUSES = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Clause)
SET n = row
"""
CREATE_CONTROLLERS = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Controller)
SET n = row
"""
CREATE_SERVICES = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Service)
SET n = row
"""
CREATE_DATA_CATEGORIES = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:DataCategory)
SET n = row
"""
CREATE_SOURCES = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Source)
SET n = row
"""
CREATE_PURPOSES = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Purpose)
SET n = row
"""
CREATE_COUNTRIES = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Country)
SET n = row
"""
CREATE_SAFEGUARDS = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Safeguard)
SET n = row
"""
CREATE_RECIPIENTS = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Recipient)
SET n = row
"""
CREATE_RETENTION_RULES = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:RetentionRule)
SET n = row
"""
CREATE_RETENTION_EXCEPTIONS = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:RetentionException)
SET n = row
"""
CREATE_PROCESSINGS = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Processing)
SET n = row
"""
CREATE_DISCLOSURE_CASES = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:DisclosureCase)
SET n = row
"""
CREATE_DISCLOSURES = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Disclosure)
SET n = row
"""
CREATE_EXCLUSIONS = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Exclusion)
SET n = row
"""
CREATE_RIGHTS = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Right)
SET n = row
"""
CREATE_MEASURES = """
MATCH (r:Revision {number: $revision})
UNWIND $rows AS row
CREATE (r)-[:HAS]->(n:Measure)
SET n = row
"""
CONNECT_CLAUSE_PART_OF = """
UNWIND $rows AS row
MATCH (a:Clause {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:PART_OF {position: row.position}]->(b)
"""
CONNECT_SERVICE_PART_OF = """
UNWIND $rows AS row
MATCH (a:Service {revision: $revision, key: row.start})
MATCH (b:Service {revision: $revision, key: row.end})
CREATE (a)-[:PART_OF {position: row.position}]->(b)
"""
CONNECT_DATA_CATEGORY_PART_OF = """
UNWIND $rows AS row
MATCH (a:DataCategory {revision: $revision, key: row.start})
MATCH (b:DataCategory {revision: $revision, key: row.end})
CREATE (a)-[:PART_OF {position: row.position}]->(b)
"""
CONNECT_RECIPIENT_LOCATED_IN = """
UNWIND $rows AS row
MATCH (a:Recipient {revision: $revision, key: row.start})
MATCH (b:Country {revision: $revision, key: row.end})
CREATE (a)-[:LOCATED_IN {position: row.position}]->(b)
"""
CONNECT_RECIPIENT_ENGAGES = """
UNWIND $rows AS row
MATCH (a:Recipient {revision: $revision, key: row.start})
MATCH (b:Recipient {revision: $revision, key: row.end})
CREATE (a)-[:ENGAGES {position: row.position}]->(b)
"""
CONNECT_RECIPIENT_PROTECTED_BY = """
UNWIND $rows AS row
MATCH (a:Recipient {revision: $revision, key: row.start})
MATCH (b:Safeguard {revision: $revision, key: row.end})
CREATE (a)-[:PROTECTED_BY {position: row.position}]->(b)
"""
CONNECT_RETENTION_RULE_HAS_EXCEPTION = """
UNWIND $rows AS row
MATCH (a:RetentionRule {revision: $revision, key: row.start})
MATCH (b:RetentionException {revision: $revision, key: row.end})
CREATE (a)-[:HAS_EXCEPTION {position: row.position}]->(b)
"""
CONNECT_PROCESSING_BY = """
UNWIND $rows AS row
MATCH (a:Processing {revision: $revision, key: row.start})
MATCH (b:Service {revision: $revision, key: row.end})
CREATE (a)-[:BY {position: row.position}]->(b)
"""
CONNECT_PROCESSING_USES = """
UNWIND $rows AS row
MATCH (a:Processing {revision: $revision, key: row.start})
MATCH (b:DataCategory {revision: $revision, key: row.end})
CREATE (a)-[:USES {position: row.position}]->(b)
"""
CONNECT_PROCESSING_COMES_FROM = """
UNWIND $rows AS row
MATCH (a:Processing {revision: $revision, key: row.start})
MATCH (b:Source {revision: $revision, key: row.end})
CREATE (a)-[:COMES_FROM {position: row.position}]->(b)
"""
CONNECT_PROCESSING_FOR_PURPOSE = """
UNWIND $rows AS row
MATCH (a:Processing {revision: $revision, key: row.start})
MATCH (b:Purpose {revision: $revision, key: row.end})
CREATE (a)-[:FOR {position: row.position}]->(b)
"""
CONNECT_PROCESSING_KEPT_UNDER = """
UNWIND $rows AS row
MATCH (a:Processing {revision: $revision, key: row.start})
MATCH (b:RetentionRule {revision: $revision, key: row.end})
CREATE (a)-[:KEPT_UNDER {position: row.position}]->(b)
"""
CONNECT_DISCLOSURE_FROM = """
UNWIND $rows AS row
MATCH (a:Disclosure {revision: $revision, key: row.start})
MATCH (b:Service {revision: $revision, key: row.end})
CREATE (a)-[:FROM {position: row.position}]->(b)
"""
CONNECT_DISCLOSURE_DISCLOSES = """
UNWIND $rows AS row
MATCH (a:Disclosure {revision: $revision, key: row.start})
MATCH (b:DataCategory {revision: $revision, key: row.end})
CREATE (a)-[:DISCLOSES {position: row.position}]->(b)
"""
CONNECT_DISCLOSURE_TO = """
UNWIND $rows AS row
MATCH (a:Disclosure {revision: $revision, key: row.start})
MATCH (b:Recipient {revision: $revision, key: row.end})
CREATE (a)-[:TO {position: row.position}]->(b)
"""
CONNECT_DISCLOSURE_FOR_PURPOSE = """
UNWIND $rows AS row
MATCH (a:Disclosure {revision: $revision, key: row.start})
MATCH (b:Purpose {revision: $revision, key: row.end})
CREATE (a)-[:FOR {position: row.position}]->(b)
"""
CONNECT_DISCLOSURE_IN_CASE = """
UNWIND $rows AS row
MATCH (a:Disclosure {revision: $revision, key: row.start})
MATCH (b:DisclosureCase {revision: $revision, key: row.end})
CREATE (a)-[:IN_CASE {position: row.position}]->(b)
"""
CONNECT_EXCLUSION_EXCLUDES = """
UNWIND $rows AS row
MATCH (a:Exclusion {revision: $revision, key: row.start})
MATCH (b:DataCategory {revision: $revision, key: row.end})
CREATE (a)-[:EXCLUDES {position: row.position}]->(b)
"""
CONNECT_CONTROLLER_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Controller {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_SERVICE_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Service {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_DATA_CATEGORY_STATED_IN = """
UNWIND $rows AS row
MATCH (a:DataCategory {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_SOURCE_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Source {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_PURPOSE_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Purpose {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_COUNTRY_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Country {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_SAFEGUARD_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Safeguard {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_RECIPIENT_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Recipient {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_RETENTION_RULE_STATED_IN = """
UNWIND $rows AS row
MATCH (a:RetentionRule {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_RETENTION_EXCEPTION_STATED_IN = """
UNWIND $rows AS row
MATCH (a:RetentionException {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_PROCESSING_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Processing {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_DISCLOSURE_CASE_STATED_IN = """
UNWIND $rows AS row
MATCH (a:DisclosureCase {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_DISCLOSURE_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Disclosure {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_EXCLUSION_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Exclusion {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_RIGHT_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Right {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""
CONNECT_MEASURE_STATED_IN = """
UNWIND $rows AS row
MATCH (a:Measure {revision: $revision, key: row.start})
MATCH (b:Clause {revision: $revision, key: row.end})
CREATE (a)-[:STATED_IN {position: row.position}]->(b)
"""

#: Node statements by label.
NODES: dict[str, LiteralString] = {
    "Clause": CREATE_CLAUSES,
    "Controller": CREATE_CONTROLLERS,
    "Service": CREATE_SERVICES,
    "DataCategory": CREATE_DATA_CATEGORIES,
    "Source": CREATE_SOURCES,
    "Purpose": CREATE_PURPOSES,
    "Country": CREATE_COUNTRIES,
    "Safeguard": CREATE_SAFEGUARDS,
    "Recipient": CREATE_RECIPIENTS,
    "RetentionRule": CREATE_RETENTION_RULES,
    "RetentionException": CREATE_RETENTION_EXCEPTIONS,
    "Processing": CREATE_PROCESSINGS,
    "DisclosureCase": CREATE_DISCLOSURE_CASES,
    "Disclosure": CREATE_DISCLOSURES,
    "Exclusion": CREATE_EXCLUSIONS,
    "Right": CREATE_RIGHTS,
    "Measure": CREATE_MEASURES,
}

#: Relationship statements by label of the start, type and label of the end.
RELATIONSHIPS: dict[tuple[str, str, str], LiteralString] = {
    ("Clause", "PART_OF", "Clause"): CONNECT_CLAUSE_PART_OF,
    ("Service", "PART_OF", "Service"): CONNECT_SERVICE_PART_OF,
    ("DataCategory", "PART_OF", "DataCategory"): CONNECT_DATA_CATEGORY_PART_OF,
    ("Recipient", "LOCATED_IN", "Country"): CONNECT_RECIPIENT_LOCATED_IN,
    ("Recipient", "ENGAGES", "Recipient"): CONNECT_RECIPIENT_ENGAGES,
    ("Recipient", "PROTECTED_BY", "Safeguard"): CONNECT_RECIPIENT_PROTECTED_BY,
    ("RetentionRule", "HAS_EXCEPTION", "RetentionException"): CONNECT_RETENTION_RULE_HAS_EXCEPTION,
    ("Processing", "BY", "Service"): CONNECT_PROCESSING_BY,
    ("Processing", "USES", "DataCategory"): CONNECT_PROCESSING_USES,
    ("Processing", "COMES_FROM", "Source"): CONNECT_PROCESSING_COMES_FROM,
    ("Processing", "FOR", "Purpose"): CONNECT_PROCESSING_FOR_PURPOSE,
    ("Processing", "KEPT_UNDER", "RetentionRule"): CONNECT_PROCESSING_KEPT_UNDER,
    ("Disclosure", "FROM", "Service"): CONNECT_DISCLOSURE_FROM,
    ("Disclosure", "DISCLOSES", "DataCategory"): CONNECT_DISCLOSURE_DISCLOSES,
    ("Disclosure", "TO", "Recipient"): CONNECT_DISCLOSURE_TO,
    ("Disclosure", "FOR", "Purpose"): CONNECT_DISCLOSURE_FOR_PURPOSE,
    ("Disclosure", "IN_CASE", "DisclosureCase"): CONNECT_DISCLOSURE_IN_CASE,
    ("Exclusion", "EXCLUDES", "DataCategory"): CONNECT_EXCLUSION_EXCLUDES,
    ("Controller", "STATED_IN", "Clause"): CONNECT_CONTROLLER_STATED_IN,
    ("Service", "STATED_IN", "Clause"): CONNECT_SERVICE_STATED_IN,
    ("DataCategory", "STATED_IN", "Clause"): CONNECT_DATA_CATEGORY_STATED_IN,
    ("Source", "STATED_IN", "Clause"): CONNECT_SOURCE_STATED_IN,
    ("Purpose", "STATED_IN", "Clause"): CONNECT_PURPOSE_STATED_IN,
    ("Country", "STATED_IN", "Clause"): CONNECT_COUNTRY_STATED_IN,
    ("Safeguard", "STATED_IN", "Clause"): CONNECT_SAFEGUARD_STATED_IN,
    ("Recipient", "STATED_IN", "Clause"): CONNECT_RECIPIENT_STATED_IN,
    ("RetentionRule", "STATED_IN", "Clause"): CONNECT_RETENTION_RULE_STATED_IN,
    ("RetentionException", "STATED_IN", "Clause"): CONNECT_RETENTION_EXCEPTION_STATED_IN,
    ("Processing", "STATED_IN", "Clause"): CONNECT_PROCESSING_STATED_IN,
    ("DisclosureCase", "STATED_IN", "Clause"): CONNECT_DISCLOSURE_CASE_STATED_IN,
    ("Disclosure", "STATED_IN", "Clause"): CONNECT_DISCLOSURE_STATED_IN,
    ("Exclusion", "STATED_IN", "Clause"): CONNECT_EXCLUSION_STATED_IN,
    ("Right", "STATED_IN", "Clause"): CONNECT_RIGHT_STATED_IN,
    ("Measure", "STATED_IN", "Clause"): CONNECT_MEASURE_STATED_IN,
}
