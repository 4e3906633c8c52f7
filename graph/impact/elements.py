"""Which rule a difference between elements falls under. Pure.

By kind of element, then by what changed: a rule, or a function that chooses one. A test sees to it that every field of
the model is here.
"""

from __future__ import annotations

from collections.abc import Mapping

from graph.changes import (
    ElementAdded,
    ElementAltered,
    ElementDifference,
    ElementRemoved,
    RelationshipAdded,
    RelationshipRemoved,
)
from graph.impact import judges, rules
from graph.impact.judges import Entry, chosen
from graph.impact.pair import Pair
from graph.impact.rules import Rule
from graph.model import Adequacy


def rule_of(difference: ElementDifference, pair: Pair) -> Rule:
    match difference:
        case ElementAdded(element):
            entry = ADDED[type(element).__name__]
        case ElementRemoved(element):
            entry = REMOVED[type(element).__name__]
        case ElementAltered(old=element, attribute=attribute):
            entry = ALTERED[type(element).__name__][attribute.partition(".")[0]]
        case RelationshipAdded(old=element, relationship=relationship):
            entry = LINKED[type(element).__name__][relationship]
        case RelationshipRemoved(old=element, relationship=relationship):
            entry = UNLINKED[type(element).__name__][relationship]
    return chosen(entry, difference, pair)


_REWORDED = judges.worded(rules.ELEMENT_REWORDED)
_PROMISE = judges.worded(judges.promise)
_CONTACT = judges.worded(rules.CONTROLLER_CONTACT)
_CONDITIONS_OF_RIGHT = judges.worded(judges.by_presence(rules.RIGHT_WIDENED, rules.RIGHT_NARROWED))

#: By label.
ADDED: Mapping[str, Entry] = {
    "Service": rules.SERVICE_ADDED,
    "DataCategory": judges.category_added,
    "Source": rules.TOLD_WHERE_USED,
    "Purpose": rules.PURPOSE_ADDED,
    "Country": judges.country_added,
    "Safeguard": rules.TOLD_WHERE_USED,
    "Recipient": rules.RECIPIENT_ADDED,
    "RetentionRule": rules.TOLD_WHERE_USED,
    "Processing": judges.fact_added(rules.PROCESSING_ADDED),
    "DisclosureCase": rules.CASE_ADDED,
    "Disclosure": judges.fact_added(rules.DISCLOSURE_ADDED),
    "Exclusion": rules.EXCLUSION_ADDED,
    "Right": rules.RIGHT_ADDED,
    "Measure": rules.MEASURE_CHANGED,
}
REMOVED: Mapping[str, Entry] = {
    "Service": rules.SERVICE_REMOVED,
    "DataCategory": judges.category_removed,
    "Source": rules.TOLD_WHERE_USED,
    "Purpose": judges.used(rules.PURPOSE_REMOVED),
    "Country": judges.country_removed,
    "Safeguard": rules.TOLD_WHERE_USED,
    "Recipient": judges.used(rules.RECIPIENT_REMOVED),
    "RetentionRule": rules.TOLD_WHERE_USED,
    "Processing": judges.fact_removed(rules.PROCESSING_REMOVED),
    "DisclosureCase": judges.used(rules.CASE_REMOVED),
    "Disclosure": judges.fact_removed(rules.DISCLOSURE_REMOVED),
    "Exclusion": rules.EXCLUSION_REMOVED,
    "Right": rules.RIGHT_REMOVED,
    "Measure": rules.MEASURE_CHANGED,
}
#: By label, then by field.
ALTERED: Mapping[str, Mapping[str, Entry]] = {
    "Controller": {
        "name": _CONTACT,
        "registration": judges.worded(rules.CONTROLLER_REPLACED),
        "address": _CONTACT,
        "country": judges.controller_country,
        "email": _CONTACT,
        "answers_within": _CONTACT,
        "website": _CONTACT,
        "notice_channels": rules.CONTROLLER_CONTACT,
    },
    "Service": {"name": _REWORDED, "description": _REWORDED},
    "DataCategory": {
        "name": _REWORDED,
        "description": _REWORDED,
        "kind": rules.CATEGORY_KIND,
        "special": judges.by_value("true", rules.CATEGORY_KIND, rules.CATEGORY_NOT_SPECIAL),
    },
    "Source": {"name": _REWORDED, "description": _REWORDED, "kind": judges.source_kind},
    "Purpose": {
        "name": _REWORDED,
        "description": _REWORDED,
        "legal_basis": rules.BASIS_CHANGED,
        "direct_marketing": rules.MARKETING_CHANGED,
    },
    "Country": {
        "name": _REWORDED,
        "adequacy": judges.by_value(Adequacy.NONE, rules.ADEQUACY_LOST, rules.ADEQUACY_CHANGED),
    },
    "Safeguard": {"name": _REWORDED, "description": _REWORDED},
    "Recipient": {
        "name": judges.worded(judges.recipient_name),
        "kind": rules.RECIPIENT_KIND,
        "function": judges.worded(rules.RECIPIENT_FUNCTION),
        "description": _REWORDED,
    },
    "RetentionRule": {
        "name": _REWORDED,
        "criterion": judges.worded(judges.criterion),
        "start": judges.length,
        "period": judges.length,
        "outcome": judges.outcome,
        "exceptions": judges.exception,
    },
    "Processing": {"legal_basis": rules.BASIS_CHANGED},
    "DisclosureCase": {
        "number": rules.CASE_NUMBER,
        "name": _REWORDED,
        "description": _REWORDED,
        "condition": judges.condition,
    },
    "Disclosure": {
        "identifiable": judges.by_value("true", rules.DISCLOSURE_IDENTIFIABLE, rules.DISCLOSURE_DEPERSONALISED),
    },
    "Exclusion": {
        "name": _PROMISE,
        "description": _PROMISE,
        "kind": rules.EXCLUSION_NARROWED,
        "minimum_age": judges.minimum_age,
    },
    "Right": {
        "name": _PROMISE,
        "description": _PROMISE,
        "article": rules.PROMISE_REWORDED,
        "conditions": _CONDITIONS_OF_RIGHT,
        "exceptions": _CONDITIONS_OF_RIGHT,
        "how": judges.worded(rules.PROMISE_REWORDED),
    },
    "Measure": {
        "name": judges.worded(rules.MEASURE_CHANGED),
        "description": judges.worded(rules.MEASURE_CHANGED),
        "kind": rules.MEASURE_KIND,
    },
}
#: By label, then by type of relationship.
LINKED: Mapping[str, Mapping[str, Entry]] = {
    "Service": {"PART_OF": judges.part_of_added},
    "DataCategory": {"PART_OF": judges.part_of_added},
    "Recipient": {
        "LOCATED_IN": judges.country_linked,
        "ENGAGES": rules.RECIPIENT_ENGAGED,
        "PROTECTED_BY": rules.SAFEGUARD_ADDED,
    },
    "Processing": {
        "BY": judges.fact_linked(rules.PROCESSING_WIDENED),
        "USES": judges.fact_linked(rules.PROCESSING_WIDENED),
        "COMES_FROM": judges.source_linked,
        "FOR": judges.fact_linked(rules.PROCESSING_WIDENED),
        "KEPT_UNDER": judges.retention_linked,
    },
    "Disclosure": {
        "FROM": judges.fact_linked(rules.DISCLOSURE_WIDENED),
        "DISCLOSES": judges.fact_linked(rules.DISCLOSURE_WIDENED),
        "TO": judges.fact_linked(rules.DISCLOSURE_WIDENED),
        "FOR": judges.fact_linked(rules.DISCLOSURE_WIDENED),
        "IN_CASE": judges.case_linked,
    },
    "Exclusion": {"EXCLUDES": rules.EXCLUSION_WIDENED},
}
UNLINKED: Mapping[str, Mapping[str, Entry]] = {
    "Service": {"PART_OF": judges.part_of_removed},
    "DataCategory": {"PART_OF": judges.part_of_removed},
    "Recipient": {
        "LOCATED_IN": rules.RECIPIENT_COUNTRY_REMOVED,
        "ENGAGES": rules.RECIPIENT_DISENGAGED,
        "PROTECTED_BY": rules.SAFEGUARD_REMOVED,
    },
    "Processing": {
        "BY": judges.fact_unlinked(rules.PROCESSING_NARROWED),
        "USES": judges.fact_unlinked(rules.PROCESSING_NARROWED),
        "COMES_FROM": rules.TOLD_BY_REPLACEMENT,
        "FOR": judges.fact_unlinked(rules.PROCESSING_NARROWED),
        "KEPT_UNDER": rules.TOLD_BY_REPLACEMENT,
    },
    "Disclosure": {
        "FROM": judges.fact_unlinked(rules.DISCLOSURE_NARROWED),
        "DISCLOSES": judges.fact_unlinked(rules.DISCLOSURE_NARROWED),
        "TO": judges.fact_unlinked(rules.DISCLOSURE_NARROWED),
        "FOR": judges.fact_unlinked(rules.DISCLOSURE_NARROWED),
        "IN_CASE": rules.TOLD_BY_REPLACEMENT,
    },
    "Exclusion": {"EXCLUDES": rules.EXCLUSION_NARROWED},
}
