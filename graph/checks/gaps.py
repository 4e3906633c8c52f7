"""What a data map should say, or somebody should look at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from graph.checks.subject import CheckSubject, Rule, gap, listed
from graph.model import Clause, ClauseKind, Finding, FindingKind, LegalBasis, MapElement, RecipientKind
from graph.trees import carriers

_KNOWABLE = (RecipientKind.PROCESSOR, RecipientKind.AFFILIATE, RecipientKind.INDEPENDENT_CONTROLLER)
"""Recipients whom the controller could name beforehand. Nobody can say which authority will ask, who will succeed the
company, or whom a person will trust."""


def _unnamed_recipient(subject: CheckSubject) -> Iterator[Finding]:
    """A recipient whom the controller can know has a name. Source: GDPR Art. 13(1)(e) and 15(1)(c); invariant 5."""
    for recipient in subject.elements.recipients:
        if recipient.name is None and recipient.kind in _KNOWABLE:
            yield gap("unnamed-recipient", recipient, "is named nowhere; name it in the policy and in the map")


def _recipient_without_country(subject: CheckSubject) -> Iterator[Finding]:
    """Where a recipient has the data is said. Source: GDPR Art. 13(1)(f)."""
    for recipient in subject.elements.recipients:
        if not recipient.countries and recipient.kind in _KNOWABLE:
            yield gap("recipient-without-country", recipient, "is in no country; say where it has the data")


def _element_without_clause(subject: CheckSubject) -> Iterator[Finding]:
    """Every element is stated in the policy, or is known not to be. Source: design, invariant 4; GDPR Art. 12(1)."""
    for element in subject.each():
        if not element.clauses:
            yield gap("element-without-clause", element, "is stated by no clause; cite one, or write one")


def _retention_without_period(subject: CheckSubject) -> Iterator[Finding]:
    """Storage has a length, or, where none can be given, a criterion. Source: GDPR Art. 13(2)(a)."""
    for rule in subject.elements.retention_rules:
        if rule.period is None:
            yield gap("retention-without-period", rule, "has only a criterion; give a period if one can be given")


def _consent_not_kept_apart(subject: CheckSubject) -> Iterator[Finding]:
    """What is held on consent is kept apart from the same data held on another basis.

    Source: the policy's principle of non-consolidation; GDPR Art. 7(3) and 17(1)(b). Holding an email address both for
    marketing and for a contract is no mistake in itself; but under one retention rule the map cannot say what happens
    to it when consent is withdrawn. Other pairs of purposes are not compared: whether they agree is no question of
    the map's.
    """
    for processing in subject.elements.processings:
        if processing.legal_basis is not LegalBasis.CONSENT:
            continue
        shared = {
            other.purpose
            for category in processing.categories
            for other in subject.processings_of(processing.service, category)
            if other.legal_basis is not LegalBasis.CONSENT and other.retention == processing.retention
        }
        if shared:
            message = (
                f"keeps on consent what is also kept, on another basis, for {listed(sorted(shared))}, all under "
                f"'{processing.retention}'; give it a rule that says what happens when consent is withdrawn"
            )
            yield gap("consent-not-kept-apart", processing, message)


# ---- gaps: something is said and leads nowhere -----------------------------------------------------------------------


def _unused(subject: CheckSubject) -> Iterator[Finding]:
    """Every element is used by some fact, or by a promise. Source: GDPR Art. 5(1)(a): what is listed means something.

    A service or category is used with its parts and with its wholes. A recipient is used that another one engages.
    """
    elements = subject.elements
    processings, disclosures, recipients = elements.processings, elements.disclosures, elements.recipients
    categories = {key for each in processings for key in each.categories}
    categories |= {key for each in elements.exclusions for key in each.categories}
    receiving = {each.recipient for each in disclosures} | {key for each in recipients for key in each.engages}
    located = {elements.controller.country} | {key for each in recipients for key in each.countries}
    protecting = {key for each in recipients for key in each.safeguards}
    uses: tuple[tuple[str, Iterable[MapElement], set[str], str], ...] = (
        ("service", elements.services, subject.services.around(each.service for each in processings), "no processing"),
        ("category", elements.data_categories, subject.categories.around(categories), "no processing or exclusion"),
        ("source", elements.sources, {each.source for each in processings}, "no processing"),
        ("purpose", elements.purposes, {each.purpose for each in processings}, "no processing"),
        ("retention", elements.retention_rules, {each.retention for each in processings}, "no processing"),
        ("recipient", recipients, receiving, "no disclosure, and no recipient engages it"),
        ("case", elements.disclosure_cases, {each.case for each in disclosures}, "no disclosure"),
        ("country", elements.countries, located, "no recipient"),
        ("safeguard", elements.safeguards, protecting, "no recipient"),
    )
    for name, held, used, what in uses:
        for element in held:
            if element.key not in used:
                yield gap(f"unused-{name}", element, f"stands in {what}; add what is missing, or take it out")


def _clause_without_element(subject: CheckSubject) -> Iterator[Finding]:
    """A list item or table row that states nothing, among neighbours of which most do. Source: design, section 4.

    Headings, introductions and definitions rightly state nothing of the map, so clauses in general are not asked. But
    where the policy lists rights, cases or processors one by one, the one that is not in the map was forgotten. The
    first row of a table is its head.
    """
    clauses = subject.policy.clauses
    cited = {key for each in subject.each() for key in each.clauses}
    cited |= {key for rule in subject.elements.retention_rules for each in rule.exceptions for key in each.clauses}
    wholes = {each.key: each.part_of for each in clauses}
    stating = carriers(sorted(cited), wholes)
    lists: dict[tuple[str | None, ClauseKind], list[Clause]] = {}
    before: Clause | None = None
    for clause in clauses:
        heads_table = before is None or (before.kind, before.part_of) != (ClauseKind.TABLE_ROW, clause.part_of)
        before = clause
        if clause.kind is ClauseKind.LIST_ITEM or (clause.kind is ClauseKind.TABLE_ROW and not heads_table):
            lists.setdefault((clause.part_of, clause.kind), []).append(clause)
    for items in lists.values():
        silent = [each for each in items if each.key not in stating]
        if 2 * len(silent) >= len(items):
            continue
        for clause in silent:
            message = "states nothing of the map, though its neighbours do; cite it where it belongs"
            key = clause.key
            yield Finding(FindingKind.GAP, "clause-without-element", "Clause", key, message, (key,))


GAP_RULES: tuple[Rule, ...] = (
    _unnamed_recipient,
    _recipient_without_country,
    _element_without_clause,
    _retention_without_period,
    _consent_not_kept_apart,
    _unused,
    _clause_without_element,
)
