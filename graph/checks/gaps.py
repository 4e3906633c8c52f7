"""What a data map should say, or somebody should look at."""

from __future__ import annotations

from collections.abc import Iterator

from graph.checks.coverage import stating_clauses, unstated_elements
from graph.checks.rule import Found, Rule, gap, listed, of_clause, of_element
from graph.checks.subject import CheckSubject
from graph.checks.tables import neighbours
from graph.checks.violations import undisclosed
from graph.model import LegalBasis


@gap(
    "unnamed-recipient",
    "a processor, affiliate or independent controller has no name",
    "name it in the policy and in the map",
)
def _unnamed_recipient(subject: CheckSubject) -> Iterator[Found]:
    """A recipient whom the controller can know has a name. Source: GDPR Art. 13(1)(e) and 15(1)(c); invariant 5."""
    for recipient in subject.elements.recipients:
        if recipient.name is None and recipient.kind.is_knowable:
            yield of_element(recipient, "is named nowhere; name it in the policy and in the map")


@gap(
    "recipient-without-country",
    "a processor, affiliate or independent controller is in no country",
    "say in which countries it has the data",
)
def _recipient_without_country(subject: CheckSubject) -> Iterator[Found]:
    """Where a recipient has the data is said. Source: GDPR Art. 13(1)(f)."""
    for recipient in subject.elements.recipients:
        if not recipient.countries and recipient.kind.is_knowable:
            yield of_element(recipient, "is in no country; say where it has the data")


@gap(
    "element-without-clause",
    "no clause states an element",
    "cite one, or write one",
)
def _element_without_clause(subject: CheckSubject) -> Iterator[Found]:
    """Every element is stated in the policy, or is known not to be. Source: design, invariant 4; GDPR Art. 12(1).

    Of recipients that should be disclosed a rule of its own tells.
    """
    told = list(undisclosed(subject))
    for element in unstated_elements(subject.elements):
        if element not in told:
            yield of_element(element, "is stated by no clause; cite one, or write one")


@gap(
    "retention-without-period",
    "a retention rule has words but no length",
    "give a period, if one can be given",
)
def _retention_without_period(subject: CheckSubject) -> Iterator[Found]:
    """Storage has a length, or, where none can be given, a criterion. Source: GDPR Art. 13(2)(a)."""
    for rule in subject.elements.retention_rules:
        if rule.period is None:
            yield of_element(rule, "has only a criterion; give a period if one can be given")


@gap(
    "consent-not-kept-apart",
    "what is kept on consent is kept under the same rule on another basis too, so that the map cannot say what a "
    "withdrawal ends",
    "give the processing on consent a retention rule of its own",
)
def _consent_not_kept_apart(subject: CheckSubject) -> Iterator[Found]:
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
            yield of_element(processing, message)


# ---- gaps: something is said and leads nowhere -----------------------------------------------------------------------


@gap(
    "dead-promise",
    "a right has nothing that it could be used on: to withdraw consent where nothing rests on it, or to object to "
    "direct marketing where there is none",
    "take the right out, or add to the map what it is about",
)
def _dead_promise(subject: CheckSubject) -> Iterator[Found]:
    """What a person may ask for is there to be asked for. Source: GDPR Art. 12(1), 13(2)(c), 21(2).

    Two rights need something in the map to be used on, and are known by their articles. All others anybody has.
    """
    elements = subject.elements
    bases = {each.legal_basis for each in elements.purposes} | {each.legal_basis for each in elements.processings}
    dead = {}
    if LegalBasis.CONSENT not in bases:
        dead["7(3)"] = "nothing in the map rests on consent"
    if not any(each.direct_marketing for each in elements.purposes):
        dead |= dict.fromkeys(("21(2)", "21(3)"), "no purpose of the map is direct marketing")
    for right in elements.rights:
        why = dead.get(right.article.replace(" ", ""))
        if why:
            yield of_element(right, f"has nothing to be used on: {why}; add what is missing, or take the right out")


@gap(
    "clause-without-element",
    "a list item or table row states nothing of the map, though most of its neighbours do",
    "cite it where it belongs",
)
def _clause_without_element(subject: CheckSubject) -> Iterator[Found]:
    """A list item or table row that states nothing, among neighbours of which most do. Source: design, section 4.

    Headings, introductions and definitions rightly state nothing of the map, so clauses in general are not asked. But
    where the policy lists rights, cases or processors one by one, the one that is not in the map was forgotten. The
    head of a table is no row of it, and what is said between two lists parts them.
    """
    stating = stating_clauses(subject.elements, subject.policy)
    for items in neighbours(subject.policy, subject.table_heads):
        silent = [each for each in items if each.key not in stating]
        if 2 * len(silent) >= len(items):
            continue
        for clause in silent:
            message = "states nothing of the map, though its neighbours do; cite it where it belongs"
            yield of_clause(clause.key, message)


GAP_RULES: tuple[Rule, ...] = (
    _unnamed_recipient,
    _recipient_without_country,
    _element_without_clause,
    _retention_without_period,
    _consent_not_kept_apart,
    _dead_promise,
    _clause_without_element,
)
