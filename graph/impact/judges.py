"""The choices between rules, where the kind of a difference between elements does not say which holds. Pure.

Each function is asked about differences of the kind under which it stands in the tables of `graph.impact.elements`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from graph.changes import ElementAdded, ElementAltered, ElementRemoved
from graph.clauses.words import folded
from graph.impact import rules
from graph.impact.facts import Facts, services_of
from graph.impact.pair import Pair
from graph.impact.protected_words import LEGAL_FORMS
from graph.impact.retention import rule_of_length, rule_of_outcome, rule_of_replacement
from graph.impact.rules import Rule
from graph.impact.wording import Wording
from graph.model import Adequacy, CaseCondition, SourceKind

# Of the elements of a difference, what is known is that they are of the kind that the tables say.
Judge: TypeAlias = Callable[[Any, Pair], Rule]
Entry: TypeAlias = Rule | Judge


def chosen(entry: Entry, difference: Any, pair: Pair) -> Rule:
    return entry if isinstance(entry, Rule) else entry(difference, pair)


# ---- texts -----------------------------------------------------------------------------------------------------------


def worded(rule: Entry) -> Judge:
    """`rule`, unless only the presentation or the spelling of the text changed."""

    def judge(difference: ElementAltered, pair: Pair) -> Rule:
        match pair.wordings.of_texts(difference.before, difference.after):
            case Wording.SAME:
                return rules.ELEMENT_PRESENTATION
            case Wording.SPELLING:
                return rules.ELEMENT_SPELLING
        return chosen(rule, difference, pair)

    return judge


def promise(difference: ElementAltered, pair: Pair) -> Rule:
    wording = pair.wordings.of_texts(difference.before, difference.after)
    return rules.PROMISE_QUALIFIED if wording is Wording.QUALIFIED else rules.PROMISE_REWORDED


def by_presence(gone: Rule, otherwise: Rule) -> Judge:
    """`gone` where the new revision says nothing any more."""

    def judge(difference: ElementAltered, _: Pair) -> Rule:
        return gone if difference.after is None else otherwise

    return judge


def by_value(value: str, rule: Rule, otherwise: Rule) -> Judge:
    """`rule` where the new value is this one."""

    def judge(difference: ElementAltered, _: Pair) -> Rule:
        return rule if difference.after == value else otherwise

    return judge


# ---- controller, services, categories, sources -----------------------------------------------------------------------


def controller_country(difference: ElementAltered, pair: Pair) -> Rule:
    before, after = pair.old.countries[str(difference.before)], pair.new.countries[str(difference.after)]
    is_lost = after.adequacy is Adequacy.NONE and before.adequacy is not Adequacy.NONE
    return rules.CONTROLLER_MOVED_OUT if is_lost else rules.CONTROLLER_CONTACT


def category_added(difference: ElementAdded, pair: Pair) -> Rule:
    return _of_category(difference.element, pair.after) or rules.CATEGORY_ADDED


def category_removed(difference: ElementRemoved, pair: Pair) -> Rule:
    found = _of_category(difference.element, pair.before)
    if found is not None:
        return found
    return rules.CATEGORY_REMOVED if pair.before.using(difference.element) else rules.NOT_IN_USE


def _of_category(category: Any, facts: Facts) -> Rule | None:
    """Of one for which no fact holds: that it groups others, or is refused."""
    if facts.over(category):
        return None
    if facts.using(category):
        return rules.GROUPING
    return rules.CATEGORY_REFUSED if facts.exclusions_over(category) else None


def part_of_added(difference: Any, pair: Pair) -> Rule:
    old, new = pair.before.over(difference.old), pair.after.over(difference.new)
    return rules.FACTS_INHERITED if (new - old) & pair.before.names else rules.GROUPING


def part_of_removed(difference: Any, pair: Pair) -> Rule:
    before, after = difference.old, difference.new
    if pair.before.exclusions_over(before) - pair.after.exclusions_over(after):
        return rules.EXCLUSION_NARROWED
    lost = pair.before.over(before) - pair.after.over(after)
    return rules.FACTS_DROPPED if lost & pair.after.names else rules.GROUPING


def source_kind(difference: ElementAltered, _: Pair) -> Rule:
    is_lost = difference.before == SourceKind.DATA_SUBJECT
    return rules.SOURCE_NOT_THE_PERSON if is_lost else rules.SOURCE_CHANGED


def source_linked(difference: Any, pair: Pair) -> Rule:
    before, after = pair.old.sources[difference.old.source], difference.target
    is_lost = before.kind is SourceKind.DATA_SUBJECT and after.kind is not SourceKind.DATA_SUBJECT
    return rules.SOURCE_NOT_THE_PERSON if is_lost else rules.SOURCE_CHANGED


# ---- retention -------------------------------------------------------------------------------------------------------


def length(difference: Any, _: Pair) -> Rule:
    return rule_of_length(difference.old, difference.new)


def criterion(difference: Any, _: Pair) -> Rule:
    if difference.old.period is None and difference.new.period is None:
        return rules.RETENTION_INCOMPARABLE
    found = rule_of_length(difference.old, difference.new)
    return rules.ELEMENT_REWORDED if found is rules.RETENTION_SAME else found


def outcome(difference: Any, _: Pair) -> Rule:
    return rule_of_outcome(difference.old, difference.new)


def exception(difference: ElementAltered, pair: Pair) -> Rule:
    if difference.before is None:
        return rules.EXCEPTION_ADDED
    if difference.after is None:
        return rules.EXCEPTION_REMOVED
    return worded(rules.ELEMENT_REWORDED)(difference, pair)


def retention_linked(difference: Any, pair: Pair) -> Rule:
    return rule_of_replacement(pair.old.retention_rules[difference.old.retention], difference.target)


# ---- recipients and countries ----------------------------------------------------------------------------------------


def recipient_name(difference: ElementAltered, _: Pair) -> Rule:
    before, after = _telling_words(difference.before), _telling_words(difference.after)
    is_other = before and after and before.isdisjoint(after)
    return rules.RECIPIENT_REPLACED if is_other else rules.ELEMENT_REWORDED


def _telling_words(name: str | None) -> frozenset[str]:
    """The words of a name that tell it from others."""
    words = {word.casefold().strip(".") for word in folded((name or "").split(), keeps_number=True)}
    return frozenset(word for word in words if any(map(str.isalnum, word))) - LEGAL_FORMS


def country_added(difference: Any, pair: Pair) -> Rule:
    if not any(difference.element.key in each.countries for each in pair.new.elements.recipients):
        return rules.NOT_IN_USE
    return _new_country(difference.element, rules.COUNTRY_ADDED)


def country_linked(difference: Any, _: Pair) -> Rule:
    return _new_country(difference.target, rules.RECIPIENT_COUNTRY_ADDED)


def _new_country(country: Any, rule: Rule) -> Rule:
    return rules.TRANSFER_WITHOUT_ADEQUACY if country.adequacy is Adequacy.NONE else rule


def country_removed(difference: Any, pair: Pair) -> Rule:
    is_used = any(difference.element.key in each.countries for each in pair.old.elements.recipients)
    return rules.COUNTRY_REMOVED if is_used else rules.NOT_IN_USE


# ---- facts -----------------------------------------------------------------------------------------------------------


def fact_added(rule: Rule) -> Judge:
    def judge(difference: Any, pair: Pair) -> Rule:
        fact = difference.element
        return rules.FACT_RESTATED if pair.before.says(fact, services_of(fact), fact.categories) else rule

    return judge


def fact_removed(rule: Rule) -> Judge:
    def judge(difference: Any, pair: Pair) -> Rule:
        fact = difference.element
        return rules.FACT_RESTATED if pair.after.says(fact, services_of(fact), fact.categories) else rule

    return judge


def fact_linked(rule: Rule) -> Judge:
    def judge(difference: Any, pair: Pair) -> Rule:
        services, categories = _part(difference.new, difference)
        return rules.FACT_RESTATED if pair.before.says(difference.new, services, categories) else rule

    return judge


def fact_unlinked(rule: Rule) -> Judge:
    def judge(difference: Any, pair: Pair) -> Rule:
        services, categories = _part(difference.old, difference)
        return rules.FACT_RESTATED if pair.after.says(difference.old, services, categories) else rule

    return judge


def _part(fact: Any, difference: Any) -> tuple[Iterable[str], Iterable[str]]:
    """The services and categories of a fact that one of its references is about."""
    key = (difference.target.key,)
    match difference.relationship:
        case "BY" | "FROM":
            return key, fact.categories
        case "USES" | "DISCLOSES":
            return services_of(fact), key
    return services_of(fact), fact.categories


def used(rule: Rule) -> Judge:
    """`rule`, unless no fact used the element."""

    def judge(difference: ElementRemoved, pair: Pair) -> Rule:
        return rule if pair.before.using(difference.element) else rules.NOT_IN_USE

    return judge


#: From the loosest. Consent and trust are as strict as each other, and not the same.
_CONDITIONS = {CaseCondition.NONE: 0, CaseCondition.EVENT: 1, CaseCondition.TRUST: 2, CaseCondition.CONSENT: 2}


def condition(difference: Any, _: Pair) -> Rule:
    return _compared_conditions(difference.old.condition, difference.new.condition)


def case_linked(difference: Any, pair: Pair) -> Rule:
    return _compared_conditions(pair.old.disclosure_cases[difference.old.case].condition, difference.target.condition)


def _compared_conditions(before: CaseCondition, after: CaseCondition) -> Rule:
    is_kept = before is after or _CONDITIONS[after] > _CONDITIONS[before]
    return rules.CASE_CHANGED if is_kept else rules.CASE_LOOSENED


# ---- promises --------------------------------------------------------------------------------------------------------


def minimum_age(difference: Any, _: Pair) -> Rule:
    is_lower = (difference.new.minimum_age or 0) < (difference.old.minimum_age or 0)
    return rules.EXCLUSION_NARROWED if is_lower else rules.EXCLUSION_WIDENED
